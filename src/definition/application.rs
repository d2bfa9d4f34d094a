//! Names and functions in a formula: what a letter stands for, and where the argument of a function ends.

use std::ops::Range;
use std::sync::Arc;

use super::expression::{Factor, Parser, quotient};
use super::items::{Item, Kind};
use super::names::{self, Known};
use super::{Error, error, rows};
use crate::diagnostic;
use crate::function::catalogue::Meaning;
use crate::function::expression::{Expr, Node, Number, Op};
use crate::function::parse;

/// How a factor was written, as far as it decides how what is beside it is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// Digits.
    Number,
    /// `|…|`
    Bars,
    /// `(…)`
    Parentheses,
    /// A function with an argument without parentheses; `turns` for sines and their like, whose argument is often a product.
    Bare { argument: Node, turns: bool },
    /// A function like `\sin` with parentheses; `simple` if they hold a single name.
    Named { simple: bool },
    /// Anything else.
    Other,
}

/// What stands between the name of a function and its argument.
#[derive(Default)]
struct Marks<'p> {
    primes: u32,
    power: Option<(&'p [Item], Range<usize>)>,
    base: Option<(&'p [Item], Range<usize>)>,
}

impl<'p> Parser<'p, '_, '_> {
    /// A name: the variable, a parameter, a constant or a function with its argument.
    pub(super) fn name(&mut self) -> Result<Factor, Error> {
        let start = self.at;
        let Some(item) = self.peek() else { return Err(self.unexpected()) };
        let Some(base) = names::spelling(std::slice::from_ref(item)) else { return Err(self.unexpected()) };
        self.at += 1;
        let mut name = base.clone();
        let positive_part = self.context.variable.as_deref() == Some(base.as_str()) && self.positive_part_follows();
        if let Some(Item { kind: Kind::Subscript(inner), .. }) = self.peek()
            && !positive_part
        {
            match names::spelling(inner) {
                Some(subscript) => name = format!("{base}_{subscript}"),
                None if matches!(base.as_str(), "chi" | "I") => {
                    self.at = start;
                    return self.indicator();
                }
                None => return Err(error(self.here(), "this subscript is no name", "")),
            }
            self.at += 1;
        }
        let range = self.since(start);
        let plain = |node: Node| Ok(Factor { node, shape: Shape::Other });
        if let Some((_, value)) = self.context.bound.iter().rev().find(|(known, _)| *known == name) {
            return plain(Expr::integer(*value));
        }
        if self.context.variable.as_deref() == Some(name.as_str()) {
            return plain(Arc::new(Expr::Variable));
        }
        if let Some((_, node)) = self.context.parameters.iter().find(|(known, _)| *known == name) {
            return plain(node.clone());
        }
        let upright = matches!(&item.kind, Kind::Word(_));
        if (upright || self.argument_follows())
            && let Some(meaning) = self.context.meaning(&name, &range)?
        {
            // `\operatorname{erf} x` is written like `\sin x`.
            if upright
                && matches!(meaning, Meaning::Primitive(_))
                && let Some(known) = names::upright_function(&name)
            {
                self.at = start;
                return self.application(known);
            }
            return self.call(&name, &range, meaning);
        }
        if upright && let Some(known) = names::upright_function(&name) {
            self.at = start;
            return self.application(known);
        }
        match name.as_str() {
            "e" => return plain(Arc::new(Expr::E)),
            "pi" => return plain(Arc::new(Expr::Pi)),
            _ => {}
        }
        Err(self.unknown(&name, start, &range)?)
    }

    /// Whether an argument in parentheses or a prime is next.
    fn argument_follows(&self) -> bool {
        match self.peek().map(|item| &item.kind) {
            Some(Kind::Char('(' | '\'')) => true,
            Some(Kind::Fence(open, _, _)) => open == "(" || open == "[",
            Some(Kind::Superscript(inner)) => {
                primes(inner) > 0
                    || matches!(self.peek_at(1).map(|item| &item.kind), Some(Kind::Char('(' | '\'')))
                        && inner.first().is_some_and(|item| item.is_char('(') || item.is_char('-'))
            }
            _ => false,
        }
    }

    fn unknown(&mut self, name: &str, start: usize, range: &Range<usize>) -> Result<Error, Error> {
        let shown = self.shown(range.clone()).to_owned();
        let letters: String = self.items[start..]
            .iter()
            .map_while(|item| match item.kind {
                Kind::Char(c) if c.is_alphabetic() => Some(c),
                _ => None,
            })
            .collect();
        let near = self.context.names();
        let word = (2..=letters.chars().count().min(20)).rev().find_map(|length| {
            let word: String = letters.chars().take(length).collect();
            (names::upright_function(&word).is_some() || near.contains(&word)).then_some(word)
        });
        if let Some(word) = word {
            let end = self.items.get(start + word.chars().count() - 1).map_or(range.end, |item| item.range.end);
            let command = if names::named_function(&word).is_some() {
                format!("\\{word}")
            } else {
                format!("\\operatorname{{{word}}}")
            };
            return Ok(error(
                range.start..end,
                format!("`{word}` is read as a product of letters"),
                format!("write `{command}`"),
            ));
        }
        if self.argument_follows() {
            let nearest = diagnostic::nearest(name, near.iter().map(String::as_str));
            let help = nearest.map_or_else(
                || format!("define it in a formula with `% define {name}`; if it is a factor, give it a value in the comment"),
                |near| format!("did you mean `{near}`?"),
            );
            return Ok(error(
                range.clone(),
                format!("`{shown}` is neither defined on this page nor a known function"),
                help,
            ));
        }
        if name == "i" {
            return Ok(error(
                range.clone(),
                "the imaginary unit is not part of the function language",
                "give `i` a value in the comment if it is a parameter",
            ));
        }
        if self.context.meaning(name, range)?.is_some() {
            let message = format!("the function `{shown}` needs an argument in parentheses");
            return Ok(error(range.clone(), message, format!("write `{shown}(x)`")));
        }
        let variable = self.context.variable.clone();
        let help = format!("give it a value in the comment, as in `% define f; {shown} = 1`");
        let message = match variable {
            Some(variable) if variable.chars().count() > 1 => {
                format!("`{shown}` has no value: the variable is `\\{variable}`")
            }
            Some(variable) => format!("`{shown}` has no value: the variable is `{variable}`"),
            None => format!("`{shown}` has no value"),
        };
        Ok(error(range.clone(), message, help))
    }

    /// Primes, powers and a base behind the name of a function.
    fn marks(&mut self) -> Result<Marks<'p>, Error> {
        let mut marks = Marks::default();
        while let Some(item) = self.peek() {
            match &item.kind {
                Kind::Char('\'') => marks.primes += 1,
                Kind::Superscript(inner) if primes(inner) > 0 => marks.primes += primes(inner),
                Kind::Superscript(inner) if marks.power.is_none() => marks.power = Some((inner, item.range.clone())),
                Kind::Subscript(inner) if marks.base.is_none() => marks.base = Some((inner, item.range.clone())),
                Kind::Superscript(_) | Kind::Subscript(_) => {
                    return Err(error(item.range.clone(), "there are two of these", ""));
                }
                _ => break,
            }
            self.at += 1;
        }
        Ok(marks)
    }

    /// A function that is defined somewhere, with its argument.
    fn call(&mut self, name: &str, range: &Range<usize>, meaning: Meaning) -> Result<Factor, Error> {
        let mut marks = self.marks()?;
        if let Some((inner, _)) = &marks.power
            && let Some(order) = order_of_derivative(inner)
        {
            marks.primes += order;
            marks.power = None;
        }
        if let Some((_, place)) = marks.power.or(marks.base) {
            let message = format!("a power of the function `{name}` can mean its square or that it is applied twice");
            return Err(error(place, message, "write the power behind the argument: `f(x)^2`"));
        }
        let Some((arguments, end)) = self.arguments()? else {
            let shown = self.shown(range.clone());
            let message = format!("the function `{shown}` needs an argument in parentheses");
            return Err(error(range.clone(), message, format!("write `{shown}(x)`")));
        };
        let nodes = self.read_all(&arguments)?;
        let place = range.start..end;
        let node = match meaning {
            Meaning::Primitive(op) => parse::apply(name, op, nodes, marks.primes, place)?,
            Meaning::Defined(definition) => parse::call(&definition, nodes, Vec::new(), marks.primes, place)?,
        };
        Ok(Factor { node, shape: Shape::Other })
    }

    fn read_all(&mut self, arguments: &[(&'p [Item], Range<usize>)]) -> Result<Vec<Node>, Error> {
        arguments.iter().map(|(items, place)| self.sub(items, place)).collect()
    }

    /// The arguments in parentheses or brackets that are next, divided at commas, and where they end.
    #[expect(clippy::type_complexity, reason = "a list of arguments with their places, and the end")]
    fn arguments(&mut self) -> Result<Option<(Vec<(&'p [Item], Range<usize>)>, usize)>, Error> {
        let (inner, range) = match self.peek().map(|item| &item.kind) {
            Some(Kind::Char('(')) => self.between('(', ')')?,
            Some(Kind::Char('[')) => self.between('[', ']')?,
            Some(Kind::Fence(open, close, inner))
                if matches!((open.as_str(), close.as_str()), ("(", ")") | ("[", "]")) =>
            {
                let place = self.here();
                self.at += 1;
                (inner.as_slice(), place)
            }
            _ => return Ok(None),
        };
        let parts = rows::divided(inner, |item| matches!(item.kind, Kind::Char(',' | ';')));
        Ok(Some((parts.into_iter().map(|part| (part, range.clone())).collect(), range.end)))
    }

    /// A function like `\sin`, whose name is next.
    pub(super) fn application(&mut self, known: Known) -> Result<Factor, Error> {
        let start = self.at;
        self.at += 1;
        let marks = self.marks()?;
        let place = self.since(start);
        let name = self.shown(self.items[start].range.clone()).trim_start_matches('\\').to_owned();
        if let Known::Extremum(op) = known {
            return self.extremum(op, &name, &marks, &place);
        }
        let (known, power) = self.power_of_name(known, &marks)?;
        if let Some((_, place)) = marks.base.as_ref().filter(|_| known != Known::Log) {
            return Err(error(place.clone(), format!("`{name}` has no base"), ""));
        }
        let (argument, shape) = self.argument_of(known, &name, &place)?;
        let range = place.start..self.since(start).end;
        let node = match known {
            Known::Op(op) => parse::apply(&name, op, vec![argument], marks.primes, range.clone())?,
            Known::Inverse(op) => {
                quotient(Expr::integer(1), parse::apply(&name, op, vec![argument], 0, range.clone())?)
            }
            _ => self.logarithm(marks.base.as_ref(), argument)?,
        };
        if marks.primes > 0 && !matches!(known, Known::Op(_)) {
            return Err(error(place, format!("write the derivative of `{name}` as `\\frac{{d}}{{dx}}`"), ""));
        }
        let node = match power {
            Some(power) => Arc::new(Expr::Power(node, power)),
            None => node,
        };
        Ok(Factor { node, shape })
    }

    /// `\sin^2`, `\sin^{-1}`: the function and the power of its value.
    fn power_of_name(&mut self, known: Known, marks: &Marks<'p>) -> Result<(Known, Option<Node>), Error> {
        let Some((inner, place)) = &marks.power else { return Ok((known, None)) };
        let refused = |help: &str| Err(error(place.clone(), "this power of a function can be read in two ways", help));
        let exponent = self.sub(inner, place)?;
        match super::expression::integer(&exponent) {
            Some(-1) => match known {
                Known::Op(op) if names::inverse(op).is_some() => {
                    Ok((Known::Op(names::inverse(op).unwrap_or(op)), None))
                }
                _ => refused("write a fraction, or the name of the inverse function"),
            },
            Some(power @ 1..) => Ok((known, Some(Expr::integer(power)))),
            _ => refused("put parentheses around the function and its argument"),
        }
    }

    fn logarithm(&mut self, base: Option<&(&'p [Item], Range<usize>)>, argument: Node) -> Result<Node, Error> {
        let ln = |node: Node| Arc::new(Expr::Apply(Op::Ln, vec![node]));
        let Some((items, place)) = base else { return Ok(ln(argument)) };
        let base = self.sub(items, place)?;
        Ok(match base.number().and_then(Number::as_integer) {
            Some(2) => Arc::new(Expr::Apply(Op::Log2, vec![argument])),
            Some(10) => Arc::new(Expr::Apply(Op::Log10, vec![argument])),
            _ if *base == Expr::E => ln(argument),
            _ if base.has_variable() => return Err(error(place.clone(), "the base of a logarithm is a number", "")),
            _ => quotient(ln(argument), ln(base)),
        })
    }

    fn extremum(&mut self, op: Op, name: &str, marks: &Marks<'p>, place: &Range<usize>) -> Result<Factor, Error> {
        if marks.base.is_some() || marks.power.is_some() || marks.primes > 0 {
            let message = format!("`\\{name}` over a set is not part of the function language");
            return Err(error(place.clone(), message, format!("write `\\{name}\\{{a, b\\}}`")));
        }
        let comma = |item: &Item| matches!(item.kind, Kind::Char(','));
        let (parts, end) = match self.peek().map(|item| &item.kind) {
            Some(Kind::Fence(open, close, inner)) if open == "{" && close == "}" => {
                let range = self.here();
                self.at += 1;
                (rows::divided(inner, comma).into_iter().map(|part| (part, range.clone())).collect(), range.end)
            }
            Some(Kind::Command(open)) if open == "lbrace" => {
                let (inner, range) = self.set()?;
                (rows::divided(inner, comma).into_iter().map(|part| (part, range.clone())).collect(), range.end)
            }
            _ => match self.arguments()? {
                Some(found) => found,
                None => {
                    let message = format!("`\\{name}` needs a list of values");
                    return Err(error(place.clone(), message, format!("write `\\{name}(a, b)`")));
                }
            },
        };
        let nodes = self.read_all(&parts)?;
        let node = parse::apply(name, op, nodes, 0, place.start..end)?;
        Ok(Factor { node, shape: Shape::Other })
    }

    /// What stands between `\{` and `\}`.
    fn set(&mut self) -> Result<(&'p [Item], Range<usize>), Error> {
        let (first, mut depth) = (self.at, 0);
        for (number, item) in self.items.iter().enumerate().skip(first) {
            if item.is_command("lbrace") {
                depth += 1;
            } else if item.is_command("rbrace") {
                depth -= 1;
            }
            if depth == 0 {
                self.at = number + 1;
                return Ok((&self.items[first + 1..number], self.since(first)));
            }
        }
        Err(error(self.here(), "this brace is never closed", "add `\\}`"))
    }

    /// The argument of a function like `\sin`.
    fn argument_of(&mut self, known: Known, name: &str, place: &Range<usize>) -> Result<(Node, Shape), Error> {
        if let Some((arguments, end)) = self.arguments_in_any_brackets()? {
            let nodes = self.read_all(&arguments)?;
            let [argument] = nodes.as_slice() else {
                let message = format!("`{name}` takes 1 argument, not {}", nodes.len());
                return Err(error(place.start..end, message, ""));
            };
            let simple = matches!(**argument, Expr::Variable | Expr::Number(_) | Expr::Parameter(_));
            return Ok((argument.clone(), Shape::Named { simple }));
        }
        if let Some(Item { kind: Kind::Group(inner), range }) = self.peek() {
            let argument = self.sub(inner, range)?;
            self.at += 1;
            if self.starts_factor() && !self.function_follows() {
                return Err(self.goes_on(name, place));
            }
            return Ok((argument.clone(), Shape::Bare { argument, turns: false }));
        }
        let turns = matches!(known, Known::Op(Op::Sin | Op::Cos | Op::Tan | Op::Sec | Op::Csc | Op::Cot));
        let argument = self.bare_argument(name, place, turns)?;
        Ok((argument.clone(), Shape::Bare { argument, turns }))
    }

    /// As [`Parser::arguments`], but also in braces: `\exp\{-x\}`.
    #[expect(clippy::type_complexity, reason = "a list of arguments with their places, and the end")]
    fn arguments_in_any_brackets(&mut self) -> Result<Option<(Vec<(&'p [Item], Range<usize>)>, usize)>, Error> {
        match self.peek().map(|item| &item.kind) {
            Some(Kind::Fence(open, close, inner)) if open == "{" && close == "}" => {
                let place = self.here();
                self.at += 1;
                Ok(Some((vec![(inner.as_slice(), place.clone())], place.end)))
            }
            Some(Kind::Command(open)) if open == "lbrace" => {
                let (inner, place) = self.set()?;
                Ok(Some((vec![(inner, place.clone())], place.end)))
            }
            _ => self.arguments(),
        }
    }

    fn function_follows(&self) -> bool {
        matches!(self.peek().map(|item| &item.kind), Some(Kind::Command(name)) if names::named_function(name).is_some())
    }

    fn goes_on(&self, name: &str, place: &Range<usize>) -> Error {
        let range = place.start..self.here().end.max(place.end);
        let message = format!("the argument of `{name}` in `{}` can end in two places", self.shown(range.clone()));
        error(range, message, "put parentheses around the argument")
    }

    /// An argument without parentheses: numbers and constants, then one factor with the variable.
    fn bare_argument(&mut self, name: &str, place: &Range<usize>, turns: bool) -> Result<Node, Error> {
        if !self.starts_factor() {
            let message = format!("the argument of `{name}` is missing or begins with a sign");
            return Err(error(
                place.start..self.here().end.max(place.end),
                message,
                "put parentheses around the argument",
            ));
        }
        if self.function_follows() {
            return Ok(self.factor()?.node);
        }
        let mut factors: Vec<Node> = Vec::new();
        loop {
            let bracket = self.argument_starts();
            let variable = factors.iter().any(|factor| factor.has_variable());
            if !factors.is_empty() {
                let touching = self.at > 0 && self.items[self.at - 1].range.end == self.here().start;
                if variable || bracket && !turns || !turns && !touching {
                    return Err(self.goes_on(name, place));
                }
                if matches!(self.peek().map(|item| &item.kind), Some(Kind::Char(c)) if c.is_ascii_digit()) {
                    return Err(self.goes_on(name, place));
                }
            }
            factors.push(self.factor()?.node);
            if !self.starts_factor() || self.function_follows() {
                break;
            }
            if bracket {
                return Err(self.goes_on(name, place));
            }
        }
        Ok(if factors.len() == 1 { factors.remove(0) } else { Arc::new(Expr::Product(factors)) })
    }

    /// Whether brackets are next.
    fn argument_starts(&self) -> bool {
        matches!(self.peek().map(|item| &item.kind), Some(Kind::Char('(' | '[') | Kind::Fence(..)))
    }
}

/// The primes in a superscript that holds nothing else.
pub(super) fn primes(items: &[Item]) -> u32 {
    if items.iter().all(|item| item.is_char('\'')) { items.len() as u32 } else { 0 }
}

/// `(2)`: the order of a derivative.
pub(super) fn order_of_derivative(items: &[Item]) -> Option<u32> {
    match items {
        [open, Item { kind: Kind::Char(digit), .. }, close] if open.is_char('(') && close.is_char(')') => {
            digit.to_digit(10)
        }
        _ => None,
    }
}

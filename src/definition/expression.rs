//! From the items of a formula to an expression.
//!
//! A recursive descent like that of the infix language, but over mathematics as it is typeset: factors stand beside each
//! other, functions take arguments without parentheses, a bar opens and closes. Whatever a careful reader could take in
//! two ways is refused with both readings; a wrong value is worse than a question.

use std::ops::Range;
use std::sync::Arc;

use super::application::Shape;
use super::items::{Item, Kind, range_of};
use super::{Context, Error, error, names, rows, series};
use crate::function::derivative;
use crate::function::expression::{Expr, Node, Number, Op};
use crate::function::parse;
use crate::function::simplify::simplify;

/// A formula may have so many parts.
const MOST_PARTS: usize = 10_000;
/// A derivative that is written as one may have so many parts.
const MOST_DERIVED: usize = 20_000;
/// Brackets, arguments and exponents may be nested this deep.
const MOST_NESTING: u32 = 60;

/// Reads items as one expression.
pub(super) fn whole(items: &[Item], place: &Range<usize>, context: &mut Context<'_>) -> Result<Node, Error> {
    let mut parser = Parser::new(items, place, context)?;
    if items.is_empty() {
        return Err(error(place.clone(), "an expression is missing here", ""));
    }
    let node = parser.sum();
    let node = node.and_then(|node| parser.expect_end().map(|()| node));
    parser.context.nesting -= 1;
    node
}

/// Reads items between two signs that close them, or some part of a formula with its own place.
pub(super) struct Parser<'p, 'c, 'a> {
    pub(super) items: &'p [Item],
    pub(super) at: usize,
    pub(super) context: &'c mut Context<'a>,
    /// The place of the whole, for what is missing at its end.
    pub(super) place: Range<usize>,
    /// Between `|` and `|`, where a bar after a value closes.
    in_bars: bool,
}

/// A factor and how it was written.
#[derive(Debug, Clone)]
pub(super) struct Factor {
    pub(super) node: Node,
    pub(super) shape: Shape,
}

impl Factor {
    fn plain(node: Expr) -> Factor {
        Factor { node: Arc::new(node), shape: Shape::Other }
    }
}

pub(super) fn quotient(above: Node, below: Node) -> Node {
    Arc::new(Expr::Quotient(above, below))
}

fn product_of(mut factors: Vec<Node>) -> Node {
    if factors.len() == 1 { factors.remove(0) } else { Arc::new(Expr::Product(factors)) }
}

/// A whole number from 0 on, if the expression is one without parameters.
pub(super) fn integer(node: &Node) -> Option<i64> {
    if node.has_variable() {
        return None;
    }
    simplify(node).number().and_then(Number::as_integer).map(i64::from)
}

impl<'p, 'c, 'a> Parser<'p, 'c, 'a> {
    /// A parser one level deeper; the caller goes back up.
    pub(super) fn new(
        items: &'p [Item],
        place: &Range<usize>,
        context: &'c mut Context<'a>,
    ) -> Result<Parser<'p, 'c, 'a>, Error> {
        if context.nesting >= MOST_NESTING {
            let message = format!("nested more than {MOST_NESTING} levels deep");
            return Err(error(place.clone(), message, "define parts of it as functions"));
        }
        context.nesting += 1;
        Ok(Parser { items, at: 0, context, place: range_of(items, place.clone()), in_bars: false })
    }

    pub(super) fn peek(&self) -> Option<&'p Item> {
        self.items.get(self.at)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'p Item> {
        self.items.get(self.at + ahead)
    }

    /// The place of the next item, or the end.
    pub(super) fn here(&self) -> Range<usize> {
        self.peek().map_or(self.place.end..self.place.end, |item| item.range.clone())
    }

    /// From item `start` to the one before the next.
    pub(super) fn since(&self, start: usize) -> Range<usize> {
        range_of(&self.items[start..self.at.max(start)], self.here())
    }

    pub(super) fn shown(&self, range: Range<usize>) -> &'a str {
        self.context.text.get(range).unwrap_or("").trim()
    }

    /// Reads an argument with a parser of its own.
    pub(super) fn sub(&mut self, items: &[Item], place: &Range<usize>) -> Result<Node, Error> {
        whole(items, place, self.context)
    }

    fn expect_end(&self) -> Result<(), Error> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected()),
        }
    }

    /// Why the next item cannot stand where it does.
    pub(super) fn unexpected(&self) -> Error {
        let Some(item) = self.peek() else {
            let before = self.at.checked_sub(1).and_then(|last| self.items.get(last));
            let place = before.map_or(self.place.end..self.place.end, |item| item.range.clone());
            return error(place, "the formula ends where a number or a name is expected", "");
        };
        let (range, shown) = (item.range.clone(), self.shown(item.range.clone()));
        match &item.kind {
            Kind::Char(',' | ';') => {
                error(range, "a list has no single value", "a decimal point is a full stop, or `{,}` as in `0{,}5`")
            }
            Kind::Char(')' | ']') => error(range, format!("`{shown}` closes nothing"), ""),
            Kind::Char('|') => error(range, "this `|` has no partner", "write `\\lvert … \\rvert`"),
            Kind::Char('\'') => error(range, "a prime belongs to the name of a function", "write `f'(x)`"),
            Kind::Relation(_) => error(range, "a comparison is not part of a value", "write it as a condition"),
            Kind::Subscript(_) => error(range, "only a name can have a subscript here", ""),
            Kind::Superscript(_) => error(range, "there is nothing that this is the power of", ""),
            Kind::Command(name) => match names::refusal(name) {
                Some((message, help)) => error(range, message, help),
                None => error(range, format!("`{shown}` cannot be read as part of a function"), ""),
            },
            Kind::Set(_) | Kind::In(_) => {
                error(range, "a set has no value", "write it as a condition, `x \\in [0, 1]`")
            }
            Kind::NewRow => error(range, "the expression goes on in a new row without a sign", ""),
            _ => error(range, format!("`{shown}` is not expected here"), ""),
        }
    }

    pub(super) fn sum(&mut self) -> Result<Node, Error> {
        let first = self.signed()?;
        let mut terms = vec![first];
        loop {
            let start = self.at;
            match self.peek().map(|item| &item.kind) {
                Some(Kind::Char('+')) => {
                    self.at += 1;
                    terms.push(self.signed()?);
                }
                Some(Kind::Char('-')) => {
                    self.at += 1;
                    terms.push(Arc::new(Expr::Negative(self.signed()?)));
                }
                Some(Kind::Command(name)) if name == "bmod" => {
                    let message = "`\\bmod` after a sum can be read in two ways";
                    return Err(error(self.here(), message, "put parentheses around the sum, or around the remainder"));
                }
                _ if terms.len() == 1 => return Ok(terms.remove(0)),
                _ => return Ok(Arc::new(Expr::Sum(terms))),
            }
            let parts = rows::divided(&self.items[start..self.at], |item| item.is_command("bmod"));
            if parts.len() > 1
                && let Some(modulo) = self.items[start..self.at].get(parts[0].len())
            {
                let message = "`\\bmod` in a sum can be read in two ways";
                return Err(error(modulo.range.clone(), message, "put parentheses around the remainder"));
            }
        }
    }

    /// A product with signs before it.
    fn signed(&mut self) -> Result<Node, Error> {
        let mut negative = false;
        while let Some(item) = self.peek().filter(|item| item.is_char('-') || item.is_char('+')) {
            negative ^= item.is_char('-');
            self.at += 1;
        }
        let product = self.product()?;
        Ok(if negative { Arc::new(Expr::Negative(product)) } else { product })
    }

    /// A factor with signs before it.
    fn signed_factor(&mut self) -> Result<Factor, Error> {
        let mut negative = false;
        while let Some(item) = self.peek().filter(|item| item.is_char('-') || item.is_char('+')) {
            negative ^= item.is_char('-');
            self.at += 1;
        }
        let factor = self.factor()?;
        Ok(if negative { Factor { node: Arc::new(Expr::Negative(factor.node)), ..factor } } else { factor })
    }

    pub(super) fn product(&mut self) -> Result<Node, Error> {
        let start = self.at;
        let Factor { node, shape: mut last } = self.factor()?;
        let mut factors = vec![node];
        let (mut divided, mut after_bars) = (false, last == Shape::Bars);
        while let Some(item) = self.peek() {
            match &item.kind {
                Kind::Char('*') => {
                    self.check_bare(&last, start)?;
                    self.at += 1;
                    let factor = self.signed_factor()?;
                    (last, divided, after_bars) = (factor.shape, false, false);
                    factors.push(factor.node);
                }
                Kind::Char('/') => {
                    self.at += 1;
                    let below = self.signed_factor()?;
                    self.check_divided(&last, &below, start)?;
                    let above = product_of(std::mem::take(&mut factors));
                    factors.push(quotient(above, below.node));
                    (last, divided, after_bars) = (below.shape, true, false);
                }
                Kind::Command(name) if name == "bmod" || name == "mod" => {
                    self.at += 1;
                    let divisor = self.signed_factor()?;
                    let dividend = product_of(std::mem::take(&mut factors));
                    factors.push(Arc::new(Expr::Apply(Op::Mod, vec![dividend, divisor.node])));
                    (last, divided, after_bars) = (Shape::Other, true, false);
                }
                _ if self.starts_factor() => {
                    let place = item.range.clone();
                    if divided {
                        let range = self.since(start).start..place.end;
                        let found = self.shown(range.clone());
                        let help = "write a fraction `\\frac{…}{…}`, or put parentheses around what is meant";
                        return Err(error(range, format!("`{found}` can be read in two ways"), help));
                    }
                    if matches!(item.kind, Kind::Char(c) if c.is_ascii_digit() || c == '.') {
                        let message =
                            format!("the number `{}` follows a value without a sign", self.shown(place.clone()));
                        return Err(error(place, message, "write `\\cdot` between them"));
                    }
                    if last == Shape::Number && is_numeric_fraction(item) {
                        let message = "a number beside a fraction can be a sum or a product";
                        return Err(error(
                            self.since(start).start..place.end,
                            message,
                            "write `+` or `\\cdot` between them",
                        ));
                    }
                    if item.is_char('|') && after_bars && last != Shape::Bars {
                        let message = "these bars can be paired in two ways";
                        return Err(error(self.since(start), message, "write `\\lvert … \\rvert`"));
                    }
                    let factor = self.factor()?;
                    after_bars |= factor.shape == Shape::Bars;
                    last = factor.shape;
                    factors.push(factor.node);
                }
                _ => break,
            }
        }
        Ok(product_of(factors))
    }

    /// `\sin 2 \cdot x` can mean two things.
    fn check_bare(&self, last: &Shape, start: usize) -> Result<(), Error> {
        match last {
            Shape::Bare { argument, turns: true } if !argument.has_variable() => {
                let range = self.since(start);
                let message =
                    format!("the argument of the function in `{}` can end here or go on", self.shown(range.clone()));
                Err(error(range, message, "put parentheses around it"))
            }
            _ => Ok(()),
        }
    }

    /// `\sin x / 2` can mean two things; `\sin x / x` and `\ln x / \ln 2` can not.
    fn check_divided(&self, last: &Shape, below: &Factor, start: usize) -> Result<(), Error> {
        let Shape::Bare { argument, .. } = last else { return Ok(()) };
        if *argument == below.node || matches!(below.shape, Shape::Bare { .. } | Shape::Named { .. }) {
            return Ok(());
        }
        let range = self.since(start);
        let message = format!("`{}` can be read in two ways", self.shown(range.clone()));
        Err(error(range, message, "write a fraction `\\frac{…}{…}`, or parentheses around the argument"))
    }

    pub(super) fn starts_factor(&self) -> bool {
        let Some(item) = self.peek() else { return false };
        match &item.kind {
            Kind::Char('|') => !self.in_bars,
            Kind::Char(c) => c.is_alphanumeric() || "([".contains(*c) || *c == '.' && self.digit_follows(),
            Kind::Command(name) => {
                names::is_letter(name)
                    || names::named_function(name).is_some()
                    || matches!(name.as_str(), "lvert" | "lfloor" | "lceil" | "sum" | "prod" | "lbrace")
                    || names::refusal(name).is_some() && !matches!(name.as_str(), "cup" | "cap" | "setminus" | "to")
            }
            Kind::Word(_)
            | Kind::Fraction(..)
            | Kind::Root(..)
            | Kind::Binomial(..)
            | Kind::Fence(..)
            | Kind::Environment(..)
            | Kind::Indicator
            | Kind::Group(_) => true,
            _ => false,
        }
    }

    fn digit_follows(&self) -> bool {
        let next = self.peek_at(1);
        next.is_some_and(|next| {
            matches!(next.kind, Kind::Char(c) if c.is_ascii_digit()) && next.range.start == self.here().end
        })
    }

    /// An atom with what is behind it: powers and factorials.
    pub(super) fn factor(&mut self) -> Result<Factor, Error> {
        self.context.parts += 1;
        if self.context.parts > MOST_PARTS {
            return Err(error(
                self.here(),
                format!("the formula has more than {MOST_PARTS} parts"),
                "define parts of it as functions",
            ));
        }
        let start = self.at;
        let mut factor = self.atom()?;
        let mut powers = 0;
        while let Some(item) = self.peek() {
            match &item.kind {
                Kind::Char('!') => {
                    factor = Factor { node: self.factorial(&factor.node)?, shape: Shape::Other };
                }
                Kind::Superscript(inner) => {
                    if powers > 0 {
                        return Err(error(
                            item.range.clone(),
                            "a power has a second exponent",
                            "put parentheses around the first power",
                        ));
                    }
                    if let Shape::Named { simple: false } = factor.shape {
                        let range = self.since(start).start..item.range.end;
                        let message = format!(
                            "`{}` can mean a power of the function or of its argument",
                            self.shown(range.clone())
                        );
                        return Err(error(
                            range,
                            message,
                            "write the exponent behind the name of the function, or more parentheses",
                        ));
                    }
                    if let Some(odd) = odd_exponent(inner) {
                        return Err(error(item.range.clone(), odd, "write a power as `^{2}`"));
                    }
                    let exponent = self.sub(inner, &item.range)?;
                    self.at += 1;
                    powers += 1;
                    factor = Factor::plain(Expr::Power(factor.node, exponent));
                }
                Kind::Subscript(_) if powers == 0 && self.is_positive_part(start) => {
                    self.at += 1;
                    factor = Factor::plain(Expr::Apply(Op::Max, vec![Expr::integer(0), factor.node]));
                }
                Kind::Subscript(_) | Kind::Char('\'') => return Err(self.unexpected()),
                _ => break,
            }
        }
        Ok(factor)
    }

    /// Whether the index `+` is next.
    pub(super) fn positive_part_follows(&self) -> bool {
        matches!(self.peek().map(|item| &item.kind), Some(Kind::Subscript(inner)) if matches!(inner.as_slice(), [plus] if plus.is_char('+')))
    }

    /// `(…)_+`, `[…]_+` and the variable with this index: the value where it is positive, else 0.
    fn is_positive_part(&self, start: usize) -> bool {
        let brackets = matches!(self.items[start].kind, Kind::Char('(' | '[') | Kind::Fence(..));
        self.positive_part_follows() && (brackets || self.at == start + 1)
    }

    fn factorial(&mut self, of: &Node) -> Result<Node, Error> {
        let place = self.here();
        self.at += 1;
        if self.peek().is_some_and(|item| item.is_char('!')) {
            return Err(error(place, "a double factorial is not part of the function language", ""));
        }
        match self.context.whole_number(of) {
            Some(n @ 0..=33) => {
                let product = (1..=i128::from(n)).product();
                let number = Number::ratio(product, 1).unwrap_or(Number::integer(1));
                Ok(Arc::new(Expr::Number(number)))
            }
            _ => Err(error(place, "only whole numbers from 0 to 33 have a factorial here", "")),
        }
    }

    fn atom(&mut self) -> Result<Factor, Error> {
        let Some(item) = self.peek() else { return Err(self.unexpected()) };
        match &item.kind {
            Kind::Char(c) if c.is_ascii_digit() || *c == '.' => {
                if *c == '1' && matches!(self.peek_at(1).map(|next| &next.kind), Some(Kind::Subscript(_))) {
                    return self.indicator();
                }
                self.number()
            }
            Kind::Char('(') => self.bracketed('(', ')'),
            Kind::Char('[') => self.bracketed('[', ']'),
            Kind::Char('|') => self.bars(),
            Kind::Char(c) if c.is_alphabetic() => self.name(),
            Kind::Word(_) => self.name(),
            Kind::Command(name) if names::is_letter(name) => self.name(),
            Kind::Command(name) => match name.as_str() {
                "lvert" => self.delimited("rvert", |node| Expr::Apply(Op::Abs, vec![node])),
                "lfloor" => self.delimited("rfloor", |node| Expr::Apply(Op::Floor, vec![node])),
                "lceil" => self.delimited("rceil", |node| Expr::Apply(Op::Ceil, vec![node])),
                "lbrace" => Err(braces(item.range.clone())),
                "sum" | "prod" => series::read(self),
                _ => match names::named_function(name) {
                    Some(known) => self.application(known),
                    None => Err(self.unexpected()),
                },
            },
            Kind::Fraction(above, below) => self.fraction(item, above, below),
            Kind::Root(degree, inner) => self.root(item, degree.as_deref(), inner),
            Kind::Binomial(above, below) => self.binomial(item, above, below),
            Kind::Fence(open, close, inner) => self.fence(item, open, close, inner),
            Kind::Environment(name, cells) => {
                if !matches!(name.as_str(), "cases" | "dcases" | "rcases" | "drcases") {
                    let message = format!("the value is a `{name}`, not a number");
                    return Err(error(
                        item.range.clone(),
                        message,
                        "cases stand in `\\begin{cases}`, or between `\\left\\{` and `\\right.`",
                    ));
                }
                self.at += 1;
                let node = rows::piecewise(cells, &item.range, self.context)?;
                Ok(Factor { node, shape: Shape::Other })
            }
            Kind::Indicator => self.indicator(),
            Kind::Group(inner) => {
                let node = self.sub(inner, &item.range)?;
                self.at += 1;
                Ok(Factor { node, shape: Shape::Other })
            }
            _ => Err(self.unexpected()),
        }
    }

    /// Digits with a decimal point or `{,}`, which stands before decimals or between thousands; or with spaces between
    /// thousands.
    fn number(&mut self) -> Result<Factor, Error> {
        let (start, mut text, mut end) = (self.at, String::new(), self.here().start);
        let (mut groups, mut spaces) = (0, 0);
        while let Some(item) = self.peek() {
            let touches = item.range.start == end || item.range.end == end;
            match &item.kind {
                Kind::Char(c) if c.is_ascii_digit() && touches => text.push(*c),
                // `1\,000`, as the SI has it.
                Kind::Char(c) if c.is_ascii_digit() && self.digits_from(self.at) == 3 && is_group(&text, spaces) => {
                    spaces += 1;
                    text.push(*c);
                }
                Kind::Char(c) if c.is_ascii_digit() => {
                    let range = self.since(start).start..item.range.end;
                    return Err(error(
                        range,
                        "there is a space in this number",
                        "write `\\cdot` between two numbers, or `{,}` between thousands",
                    ));
                }
                Kind::Char('.') if touches && !text.contains('.') && self.digit_follows() => text.push('.'),
                Kind::NumberComma if !text.contains('.') => {
                    let digits = self.digits_from(self.at + 1);
                    let later = self.items.get(self.at + 1 + digits);
                    let more = later.is_some_and(|item| item.kind == Kind::NumberComma || item.is_char('.'));
                    let may_group = digits == 3 && (groups > 0 || text.len() <= 3 && !text.starts_with('0'));
                    let may_part = digits > 0 && groups == 0 && spaces == 0 && !more;
                    let parts = may_part && (!may_group || self.context.functions.has_decimal_comma());
                    if !parts && !may_group {
                        return Err(error(
                            item.range.clone(),
                            "this comma does not stand in a number",
                            "write a full stop",
                        ));
                    }
                    if parts {
                        text.push('.');
                    }
                    groups += 1;
                    end = self.items[self.at + 1].range.start;
                    self.at += 1;
                    continue;
                }
                _ => break,
            }
            end = item.range.end;
            self.at += 1;
        }
        let range = self.since(start);
        if self.is_exponent(end) {
            let message = format!(
                "`{}e…` can be a number in scientific notation or a multiple of Euler's number",
                self.shown(range.clone())
            );
            return Err(error(range, message, "write `\\cdot 10^{-3}`, or a space before `e`"));
        }
        match Number::parse(&text) {
            Some(number) if number.value.is_finite() => {
                Ok(Factor { node: Arc::new(Expr::Number(number)), shape: Shape::Number })
            }
            _ => Err(error(range, "this is not a number", "")),
        }
    }

    /// How many digits stand together from an item on.
    fn digits_from(&self, start: usize) -> usize {
        let is_digit = |item: &Item| matches!(item.kind, Kind::Char(c) if c.is_ascii_digit());
        let digits = self.items.iter().skip(start).take_while(|item| is_digit(item));
        let mut end = None;
        digits.take_while(|item| end.replace(item.range.end).is_none_or(|end| end == item.range.start)).count()
    }

    /// `e-3` or `e5` directly behind a number.
    fn is_exponent(&self, mut end: usize) -> bool {
        let mut touching = |ahead: usize, wanted: fn(char) -> bool| {
            let item = self.peek_at(ahead).filter(|item| item.range.start == end);
            let found = item.is_some_and(|item| matches!(item.kind, Kind::Char(c) if wanted(c)));
            end = item.map_or(end, |item| item.range.end);
            found
        };
        if !touching(0, |c| c == 'e' || c == 'E') {
            return false;
        }
        touching(1, |c| c.is_ascii_digit() || c == '-' || c == '+')
            && (matches!(self.peek_at(1).map(|item| &item.kind), Some(Kind::Char(c)) if c.is_ascii_digit())
                || touching(2, |c| c.is_ascii_digit()))
    }

    /// The items between the bracket at the next place and the one that closes it; both are stepped over.
    pub(super) fn between(&mut self, open: char, close: char) -> Result<(&'p [Item], Range<usize>), Error> {
        let first = self.at;
        let mut depth = 0;
        for (number, item) in self.items.iter().enumerate().skip(first) {
            if item.is_char(open) {
                depth += 1;
            } else if item.is_char(close) {
                depth -= 1;
            }
            if depth == 0 {
                self.at = number + 1;
                return Ok((&self.items[first + 1..number], self.since(first)));
            }
        }
        Err(error(self.here(), format!("`{open}` is never closed"), format!("add `{close}`")))
    }

    /// The value of the parentheses that are next, without a power behind them.
    pub(super) fn in_parentheses(&mut self) -> Result<Factor, Error> {
        match self.peek() {
            Some(item) => match &item.kind {
                Kind::Fence(_, _, inner) => {
                    self.at += 1;
                    Ok(Factor { node: self.sub(inner, &item.range)?, shape: Shape::Parentheses })
                }
                _ => self.bracketed('(', ')'),
            },
            None => Err(self.unexpected()),
        }
    }

    fn bracketed(&mut self, open: char, close: char) -> Result<Factor, Error> {
        let start = self.at;
        let (inner, range) = self.between(open, close)?;
        self.brackets(open, inner, &range, start)
    }

    /// Brackets around a value, of which `inner` is what they hold and `start` the first item.
    fn brackets(&mut self, open: char, inner: &[Item], range: &Range<usize>, start: usize) -> Result<Factor, Error> {
        if open == '[' {
            if rows::has_comparison(inner) {
                let condition = rows::condition(inner, range, self.context)?;
                return Ok(Factor { node: rows::indicator(&condition), shape: Shape::Other });
            }
            let alone = start == 0 || self.items[start - 1].is_char('+') || self.items[start - 1].is_char('-');
            let followed = self.starts_factor()
                || matches!(self.peek().map(|item| &item.kind), Some(Kind::Superscript(_) | Kind::Char('*')));
            let holds_brackets =
                inner.iter().any(|item| item.is_char('(') || matches!(item.kind, Kind::Fence(..) | Kind::Command(_)));
            if self.positive_part_follows() {
                let node = self.sub(inner, range)?;
                return Ok(Factor { node, shape: Shape::Parentheses });
            }
            let lone = inner.iter().filter(|item| !matches!(item.kind, Kind::Subscript(_))).count() <= 1;
            if lone || alone && !followed && !holds_brackets {
                let message = "these brackets can mean the integer part";
                return Err(error(range.clone(), message, "write `\\lfloor … \\rfloor`, or parentheses"));
            }
        }
        let node = self.sub(inner, range)?;
        Ok(Factor { node, shape: Shape::Parentheses })
    }

    fn bars(&mut self) -> Result<Factor, Error> {
        let start = self.here();
        self.at += 1;
        let outer = std::mem::replace(&mut self.in_bars, true);
        self.context.nesting += 1;
        if self.context.nesting > MOST_NESTING {
            return Err(error(start, format!("nested more than {MOST_NESTING} levels deep"), ""));
        }
        let inner = self.sum()?;
        self.context.nesting -= 1;
        self.in_bars = outer;
        if !self.peek().is_some_and(|item| item.is_char('|')) {
            return Err(if self.peek().is_none() {
                error(start, "this `|` is never closed", "write `\\lvert … \\rvert`")
            } else {
                self.unexpected()
            });
        }
        self.at += 1;
        Ok(Factor { node: Arc::new(Expr::Apply(Op::Abs, vec![inner])), shape: Shape::Bars })
    }

    /// What stands between a command and the command that closes it.
    fn delimited(&mut self, close: &str, make: fn(Node) -> Expr) -> Result<Factor, Error> {
        let Some(Item { kind: Kind::Command(open), .. }) = self.peek() else { return Err(self.unexpected()) };
        let first = self.at;
        let mut depth = 0;
        for (number, item) in self.items.iter().enumerate().skip(first) {
            if item.is_command(open) {
                depth += 1;
            } else if item.is_command(close) {
                depth -= 1;
            }
            if depth == 0 {
                self.at = number + 1;
                let place = self.since(first);
                let inner = self.sub(&self.items[first + 1..number], &place)?;
                return Ok(Factor::plain(make(inner)));
            }
        }
        Err(error(self.here(), format!("`\\{open}` is never closed"), format!("add `\\{close}`")))
    }

    fn fence(&mut self, item: &Item, open: &str, close: &str, inner: &[Item]) -> Result<Factor, Error> {
        let start = self.at;
        self.at += 1;
        let apply = |op: Op, node: Node| Ok(Factor::plain(Expr::Apply(op, vec![node])));
        match (open, close) {
            ("(", ")") | (".", ".") => self.brackets('(', inner, &item.range, start),
            ("[", "]") => self.brackets('[', inner, &item.range, start),
            ("|", "|") => {
                let node = self.sub(inner, &item.range)?;
                apply(Op::Abs, node)
            }
            ("\\lfloor", "\\rfloor") => {
                let node = self.sub(inner, &item.range)?;
                apply(Op::Floor, node)
            }
            ("\\lceil", "\\rceil") => {
                let node = self.sub(inner, &item.range)?;
                apply(Op::Ceil, node)
            }
            ("{", ".") | (".", "}") => match inner {
                [Item { kind: Kind::Environment(_, cells), .. }] => {
                    let node = rows::piecewise(cells, &item.range, self.context)?;
                    Ok(Factor { node, shape: Shape::Other })
                }
                _ => Err(error(
                    item.range.clone(),
                    "this brace holds no rows",
                    "put them into `\\begin{array}{l} … \\end{array}`",
                )),
            },
            ("{", "}") => Err(braces(item.range.clone())),
            (_, "|") => Err(error(
                item.range.clone(),
                "a value at a place is not part of the function language",
                "write `f(0)`",
            )),
            ("\\lfloor", "\\rceil") => Err(error(
                item.range.clone(),
                "rounding is not one function: halves go up or to even",
                "write `\\lfloor x + \\frac{1}{2} \\rfloor`",
            )),
            _ => Err(error(item.range.clone(), "these delimiters do not belong together", "")),
        }
    }

    fn fraction(&mut self, item: &Item, above: &[Item], below: &[Item]) -> Result<Factor, Error> {
        if let Some(order) = series::derivative_order(above, below, self.context)? {
            return series::derivative(self, order, above, item);
        }
        let (a, b) = (self.sub(above, &item.range)?, self.sub(below, &item.range)?);
        self.at += 1;
        Ok(Factor { node: quotient(a, b), shape: Shape::Other })
    }

    fn root(&mut self, item: &Item, degree: Option<&[Item]>, inner: &[Item]) -> Result<Factor, Error> {
        let radicand = self.sub(inner, &item.range)?;
        let degree = match degree {
            Some(degree) => {
                let node = self.sub(degree, &item.range)?;
                self.context.whole_number(&node).filter(|n| *n >= 2).ok_or_else(|| {
                    error(
                        range_of(degree, item.range.clone()),
                        "the degree of a root is a whole number from 2 on",
                        "write a power with a fraction",
                    )
                })?
            }
            None => 2,
        };
        self.at += 1;
        let power = |base: Node| Expr::Power(base, quotient(Expr::integer(1), Expr::integer(degree)));
        Ok(Factor::plain(match degree {
            2 => Expr::Apply(Op::Sqrt, vec![radicand]),
            3 => Expr::Apply(Op::Cbrt, vec![radicand]),
            // Roots of odd degree are real also of negative numbers.
            _ if degree % 2 == 1 => {
                let sign = Arc::new(Expr::Apply(Op::Sign, vec![radicand.clone()]));
                let size = Arc::new(Expr::Apply(Op::Abs, vec![radicand]));
                Expr::Product(vec![sign, Arc::new(power(size))])
            }
            _ => power(radicand),
        }))
    }

    fn binomial(&mut self, item: &Item, above: &[Item], below: &[Item]) -> Result<Factor, Error> {
        let (n, k) = (self.sub(above, &item.range)?, self.sub(below, &item.range)?);
        let (n, k) = (self.context.whole_number(&n), self.context.whole_number(&k));
        let (Some(n @ 0..=100), Some(k @ 0..=100)) = (n, k) else {
            return Err(error(item.range.clone(), "a binomial coefficient of numbers that are not whole", ""));
        };
        self.at += 1;
        let mut value: i128 = i128::from(k <= n);
        for step in 0..k.min(n) {
            value = value * i128::from(n - step) / i128::from(step + 1);
        }
        Ok(Factor::plain(Expr::Number(Number::ratio(value, 1).unwrap_or(Number::integer(0)))))
    }

    /// `\mathbb{1}_{x > 0}`, `\mathbf{1}(x > 0)`, `\chi_{[0, 1]}(x)`.
    pub(super) fn indicator(&mut self) -> Result<Factor, Error> {
        let start = self.at;
        self.at += 1;
        let mut set = None;
        if let Some(Item { kind: Kind::Subscript(inner), range }) = self.peek() {
            self.at += 1;
            let inner = rows::without_braces(inner);
            if rows::has_comparison(inner) {
                let condition = rows::condition(inner, range, self.context)?;
                return Ok(Factor { node: rows::indicator(&condition), shape: Shape::Other });
            }
            set = Some((inner, range.clone()));
        }
        let (inner, range) = match self.peek().map(|item| &item.kind) {
            Some(Kind::Char('(')) => self.between('(', ')')?,
            Some(Kind::Char('[')) => self.between('[', ']')?,
            Some(Kind::Fence(_, _, inner)) => {
                let place = self.here();
                self.at += 1;
                (inner.as_slice(), place)
            }
            Some(Kind::Command(name)) if name == "lbrace" => {
                let first = self.at;
                let close =
                    self.items.iter().skip(first).position(|item| item.is_command("rbrace")).map(|at| first + at);
                let close = close.ok_or_else(|| error(self.here(), "this brace is never closed", ""))?;
                self.at = close + 1;
                (&self.items[first + 1..close], self.since(first))
            }
            _ => return Err(error(self.since(start), "an indicator needs a condition", "write `\\mathbb{1}_{x > 0}`")),
        };
        let condition = match set {
            Some((set, place)) => {
                let argument = self.sub(inner, &range)?;
                rows::membership(&argument, set, &place, self.context)?
            }
            None => rows::condition(inner, &range, self.context)?,
        };
        Ok(Factor { node: rows::indicator(&condition), shape: Shape::Other })
    }

    /// The derivative of an expression, `order` times.
    pub(super) fn derived(node: Node, order: u32, place: &Range<usize>) -> Result<Node, Error> {
        let mut node = node;
        for _ in 0..order {
            node = derivative::of(&node);
            if node.depth() > parse::MOST_DEPTH || !node.is_within(&mut { MOST_DERIVED }) {
                return Err(error(
                    place.clone(),
                    "the derivative is too large",
                    "define what is derived as a function",
                ));
            }
        }
        Ok(node)
    }
}

fn braces(range: Range<usize>) -> Error {
    error(
        range,
        "braces alone can mean a set or the fractional part",
        "write parentheses, or `x - \\lfloor x \\rfloor`",
    )
}

/// Whether a space behind these digits may divide thousands, when so many have done so before.
fn is_group(digits: &str, spaces: usize) -> bool {
    !digits.contains('.') && !digits.starts_with('0') && (spaces > 0 || digits.len() <= 3)
}

fn is_numeric_fraction(item: &Item) -> bool {
    let numeric = |items: &[Item]| items.iter().all(|item| matches!(item.kind, Kind::Char(c) if c.is_ascii_digit()));
    matches!(&item.kind, Kind::Fraction(above, below) if numeric(above) && numeric(below))
}

/// Exponents that are none.
fn odd_exponent(items: &[Item]) -> Option<&'static str> {
    match items {
        [Item { kind: Kind::Char('\''), .. }, ..] => Some("a prime belongs to the name of a function"),
        [Item { kind: Kind::Char('*' | '+' | '-'), .. }] => Some("this mark has no meaning here"),
        [Item { kind: Kind::Char('('), .. }, .., Item { kind: Kind::Char(')'), .. }] if items.len() == 3 => {
            Some("an exponent in parentheses can be an index or the order of a derivative")
        }
        [item] if item.is_command("circ") => Some("degrees are not part of the function language"),
        [item] if item.is_command("dagger") || item.is_command("top") => Some("this mark has no meaning here"),
        _ => None,
    }
}

//! From infix text to an expression.
//!
//! A recursive descent over tokens that are made one at a time, so that a text of a million terms ends at the bound and
//! not at its end. Every error points at bytes of the text. Depth and size are bounded here, and with them the recursion
//! of everything that walks an expression later.

use std::ops::Range;
use std::sync::Arc;

use super::catalogue::{Meaning, Scope};
use super::expression::{Condition, Definition, Expr, Node, Number, Op, Relation};
use super::{Error, tape};
use crate::diagnostic;

/// Brackets, bars, exponents and signs may be nested this deep.
const MOST_NESTING: u32 = 80;
/// An expression may have this many parts.
const MOST_PARTS: usize = 10_000;
/// With all its calls written out, an expression may be this deep.
pub(crate) const MOST_DEPTH: u32 = 400;
/// A function may be derived this often by primes.
const MOST_PRIMES: u32 = 6;

/// Reads an expression in `x`.
pub(crate) fn expression(text: &str, scope: &Scope) -> Result<Node, Error> {
    let mut parser = Parser::new(text, scope)?;
    if parser.token.kind == Token::End {
        return Err(error(0..text.len(), "the expression is empty", "write a function of `x`, such as `max(0, x)`"));
    }
    let node = parser.sum()?;
    parser.expect_end()?;
    check_size(node.depth(), || tape::compile(&node).is_some(), text)?;
    Ok(node)
}

/// Reads a definition such as `leaky(x; a = 0.01) = {x < 0: a x, x}`.
pub(crate) fn definition(text: &str, scope: &Scope) -> Result<Definition, Error> {
    let mut parser = Parser::new(text, scope)?;
    let (name, range) = parser.name("a name, as in `leaky(x; a = 0.01) = {x < 0: a x, x}`")?;
    check_name(&name, &range, scope)?;
    parser.take(&Token::Open('('), "`(` after the name of the function")?;
    let (variable, range) = parser.name("the variable `x`")?;
    parser.check_letter(&variable, &range)?;
    parser.variable = variable;
    parser.parameters()?;
    parser.take(&Token::Relation(Relation::Equal), "`=` and the expression")?;
    parser.defining = Some(name.clone());
    let body = parser.sum()?;
    parser.expect_end()?;
    let definition = Definition::new(name.into(), parser.parameters, body);
    check_size(definition.depth, || tape::compile_definition(&definition).is_some(), text)?;
    Ok(definition)
}

fn error(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Error {
    let help = help.into();
    Error { range, message: message.into(), help: (!help.is_empty()).then_some(help) }
}

pub(crate) fn check_name(name: &str, range: &Range<usize>, scope: &Scope) -> Result<(), Error> {
    match scope.meaning(name) {
        Some(Meaning::Primitive(_)) if !scope.is_catalogue(name) => {
            let help = "only functions of the catalogue, such as `relu`, may be replaced; choose another name";
            Err(error(range.clone(), format!("`{name}` is a primitive and cannot be defined"), help))
        }
        None if matches!(name, "x" | "e" | "pi" | "π") => {
            Err(error(range.clone(), format!("`{name}` cannot be the name of a function"), "choose another name"))
        }
        _ => Ok(()),
    }
}

/// Refuses a definition that is too large.
pub(crate) fn check_definition(definition: &Definition, range: Range<usize>) -> Result<(), Error> {
    let help = "write it with fewer functions inside each other";
    if definition.depth > MOST_DEPTH || tape::compile_definition(definition).is_none() {
        return Err(error(range, "the expression is too large once its calls are written out", help));
    }
    Ok(())
}

fn check_size(depth: u32, fits: impl FnOnce() -> bool, text: &str) -> Result<(), Error> {
    let help = "write it with fewer functions inside each other";
    if depth > MOST_DEPTH {
        return Err(error(0..text.len(), "the expression is nested too deeply once its calls are written out", help));
    }
    if !fits() {
        return Err(error(0..text.len(), "the expression is too large once its calls are written out", help));
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(Number),
    Name(String),
    Plus,
    Minus,
    Times,
    Over,
    Caret,
    Superscript(i64),
    Open(char),
    Close(char),
    Bar,
    Comma,
    Semicolon,
    Colon,
    Prime,
    Relation(Relation),
    End,
}

#[derive(Debug, Clone)]
struct Place {
    kind: Token,
    range: Range<usize>,
}

struct Parser<'a> {
    text: &'a str,
    scope: &'a Scope,
    token: Place,
    /// End of the token before the current one.
    behind: usize,
    variable: String,
    parameters: Vec<(Arc<str>, Option<Node>)>,
    /// The name that is being defined.
    defining: Option<String>,
    nesting: u32,
    parts: usize,
    /// True directly inside `|…|`, where a bar after a value closes.
    in_bars: bool,
}

/// Full-width forms and other signs that mean an ASCII one.
fn plain(character: char) -> char {
    match character {
        '\u{2212}' | '\u{2010}'..='\u{2013}' => '-',
        '×' | '·' | '⋅' | '∙' | '∗' => '*',
        '÷' | '∕' | '⁄' => '/',
        '′' | '’' | '‘' => '\'',
        '\u{3000}' | '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
        '∣' | '│' => '|',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

/// The next token from byte `start` on.
fn read_token(text: &str, mut start: usize) -> Result<Place, Error> {
    start += text[start..].len() - text[start..].trim_start_matches(|c: char| plain(c).is_whitespace()).len();
    let rest = &text[start..];
    let Some(first) = rest.chars().next() else {
        return Ok(Place { kind: Token::End, range: text.len()..text.len() });
    };
    let place = |kind, length| Ok(Place { kind, range: start..start + length });
    let single = first.len_utf8();
    let followed_by = |character: char| rest[single..].chars().next().is_some_and(|next| plain(next) == character);
    let second = rest[single..].chars().next().map_or(0, char::len_utf8);
    match plain(first) {
        '0'..='9' | '.' if first.is_ascii() => read_number(text, start),
        'π' => place(Token::Name("pi".into()), single),
        '+' => place(Token::Plus, single),
        '-' => place(Token::Minus, single),
        '*' if followed_by('*') => Err(error(start..start + single + second, "`**` is not an operator", "write `^`")),
        '*' => place(Token::Times, single),
        '/' => place(Token::Over, single),
        '^' => place(Token::Caret, single),
        '²' => place(Token::Superscript(2), single),
        '³' => place(Token::Superscript(3), single),
        '(' | '[' | '{' => place(Token::Open(plain(first)), single),
        ')' | ']' | '}' => place(Token::Close(plain(first)), single),
        '|' => place(Token::Bar, single),
        ',' => place(Token::Comma, single),
        ';' => place(Token::Semicolon, single),
        ':' => place(Token::Colon, single),
        '\'' => place(Token::Prime, single),
        '<' if followed_by('=') => place(Token::Relation(Relation::LessEqual), single + second),
        '>' if followed_by('=') => place(Token::Relation(Relation::GreaterEqual), single + second),
        '=' if followed_by('=') => place(Token::Relation(Relation::Equal), single + second),
        '!' if followed_by('=') => place(Token::Relation(Relation::NotEqual), single + second),
        '≠' => place(Token::Relation(Relation::NotEqual), single),
        '<' => place(Token::Relation(Relation::Less), single),
        '>' => place(Token::Relation(Relation::Greater), single),
        '=' => place(Token::Relation(Relation::Equal), single),
        '≤' | '≦' | '⩽' => place(Token::Relation(Relation::LessEqual), single),
        '≥' | '≧' | '⩾' => place(Token::Relation(Relation::GreaterEqual), single),
        letter if letter.is_alphabetic() || letter == '_' => {
            let name: String = rest
                .chars()
                .take_while(|&c| (c.is_alphanumeric() || c == '_') && c != 'π' && !"²³".contains(c))
                .collect();
            let length = name.len();
            place(if name == "and" { Token::Relation(Relation::And) } else { Token::Name(name) }, length)
        }
        _ => Err(error(start..start + single, format!("`{first}` has no meaning in an expression"), "")),
    }
}

fn read_number(text: &str, start: usize) -> Result<Place, Error> {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut end = digits(start);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    let found = &text[start..end];
    if bytes.get(end) == Some(&b'.') || found == "." {
        return Err(error(start..end.max(start + 1), format!("`{found}` is not a number"), "write it like `0.5`"));
    }
    match Number::parse(found) {
        Some(number) if number.value.is_finite() => Ok(Place { kind: Token::Number(number), range: start..end }),
        _ => Err(error(start..end, format!("the number `{found}` is too large"), "the largest is about 1.8e308")),
    }
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, scope: &'a Scope) -> Result<Parser<'a>, Error> {
        Ok(Parser {
            text,
            scope,
            token: read_token(text, 0)?,
            behind: 0,
            variable: "x".into(),
            parameters: Vec::new(),
            defining: None,
            nesting: 0,
            parts: 0,
            in_bars: false,
        })
    }

    fn advance(&mut self) -> Result<Place, Error> {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            let message = format!("the expression is too long: more than {MOST_PARTS} numbers, names and signs");
            return Err(error(self.token.range.clone(), message, "define parts of it as functions"));
        }
        let next = read_token(self.text, self.token.range.end)?;
        self.behind = self.token.range.end;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn at(&self, kind: &Token) -> bool {
        self.token.kind == *kind
    }

    /// The current token as it is written.
    fn found(&self) -> String {
        match self.token.kind {
            Token::End => "the text ends here".into(),
            _ => format!("`{}` is not expected here", &self.text[self.token.range.clone()]),
        }
    }

    fn unexpected(&self, wanted: &str) -> Error {
        error(
            self.token.range.clone(),
            self.found(),
            if wanted.is_empty() { String::new() } else { format!("expected {wanted}") },
        )
    }

    fn take(&mut self, kind: &Token, wanted: &str) -> Result<Place, Error> {
        if self.at(kind) { self.advance() } else { Err(self.unexpected(wanted)) }
    }

    fn name(&mut self, wanted: &str) -> Result<(String, Range<usize>), Error> {
        match self.token.kind.clone() {
            Token::Name(name) => Ok((name, self.advance()?.range)),
            _ => Err(self.unexpected(wanted)),
        }
    }

    fn expect_end(&self) -> Result<(), Error> {
        match &self.token.kind {
            Token::End => Ok(()),
            Token::Close(close) => Err(error(
                self.token.range.clone(),
                format!("`{close}` closes nothing"),
                "remove it, or open it before",
            )),
            Token::Bar => Err(error(self.token.range.clone(), "this `|` has no partner", "write `abs(…)`")),
            Token::Relation(_) => {
                let help = "a comparison belongs into a piecewise expression, as in `{x < 0: 0, x}`";
                Err(error(self.token.range.clone(), self.found(), help))
            }
            Token::Prime => {
                let help = "put the prime behind the name of a function, as in `relu'(x)`";
                Err(error(self.token.range.clone(), self.found(), help))
            }
            _ => Err(error(self.token.range.start..self.text.trim_end().len(), "the expression ends before this", "")),
        }
    }

    /// Runs `inner` one level deeper, with bars closed by whatever `inner` decides.
    fn nested<T>(&mut self, in_bars: bool, inner: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.nesting >= MOST_NESTING {
            let message = format!("nested more than {MOST_NESTING} levels deep");
            return Err(error(self.token.range.clone(), message, "define parts of it as functions"));
        }
        self.nesting += 1;
        let outer = std::mem::replace(&mut self.in_bars, in_bars);
        let result = inner(self);
        self.in_bars = outer;
        self.nesting -= 1;
        result
    }

    fn sum(&mut self) -> Result<Node, Error> {
        let first = self.signed()?;
        let mut terms = vec![first];
        loop {
            match self.token.kind {
                Token::Plus => {
                    self.advance()?;
                    terms.push(self.signed()?);
                }
                Token::Minus => {
                    self.advance()?;
                    terms.push(Arc::new(Expr::Negative(self.signed()?)));
                }
                _ if terms.len() == 1 => return Ok(terms.remove(0)),
                _ => return Ok(Arc::new(Expr::Sum(terms))),
            }
        }
    }

    /// A product with signs before it.
    fn signed(&mut self) -> Result<Node, Error> {
        match self.token.kind {
            Token::Plus => {
                self.advance()?;
                self.nested(self.in_bars, Self::signed)
            }
            Token::Minus => {
                self.advance()?;
                Ok(Arc::new(Expr::Negative(self.nested(self.in_bars, Self::signed)?)))
            }
            _ => self.product(),
        }
    }

    fn product(&mut self) -> Result<Node, Error> {
        let start = self.token.range.start;
        let mut factors = vec![self.power()?];
        let mut divided = false;
        loop {
            match self.token.kind {
                Token::Times => {
                    self.advance()?;
                    factors.push(self.signed_power()?);
                    divided = false;
                }
                Token::Over => {
                    self.advance()?;
                    let denominator = self.signed_power()?;
                    let numerator = product_of(factors);
                    factors = vec![Arc::new(Expr::Quotient(numerator, denominator))];
                    divided = true;
                }
                _ if self.starts_factor() => {
                    let place = self.token.range.clone();
                    if divided {
                        let found = &self.text[start..place.end];
                        let help = "write the product with `*` or put parentheses: `(1/2)x` or `1/(2x)`";
                        return Err(error(start..place.end, format!("`{found}` is ambiguous"), help));
                    }
                    if matches!(self.token.kind, Token::Number(_)) {
                        let message =
                            format!("the number `{}` follows a value without an operator", &self.text[place.clone()]);
                        return Err(error(place, message, "write `*` between them"));
                    }
                    factors.push(self.power()?);
                }
                _ => return Ok(product_of(factors)),
            }
        }
    }

    fn starts_factor(&self) -> bool {
        match self.token.kind {
            Token::Number(_) | Token::Name(_) | Token::Open(_) => true,
            Token::Bar => !self.in_bars,
            _ => false,
        }
    }

    fn signed_power(&mut self) -> Result<Node, Error> {
        match self.token.kind {
            Token::Minus => {
                self.advance()?;
                Ok(Arc::new(Expr::Negative(self.nested(self.in_bars, Self::signed_power)?)))
            }
            Token::Plus => {
                self.advance()?;
                self.nested(self.in_bars, Self::signed_power)
            }
            _ => self.power(),
        }
    }

    fn power(&mut self) -> Result<Node, Error> {
        let base = self.atom()?;
        match self.token.kind {
            Token::Caret => {
                self.advance()?;
                let exponent = self.nested(self.in_bars, Self::signed_power)?;
                Ok(Arc::new(Expr::Power(base, exponent)))
            }
            Token::Superscript(exponent) => {
                self.advance()?;
                Ok(Arc::new(Expr::Power(base, Expr::integer(exponent))))
            }
            _ => Ok(base),
        }
    }

    fn atom(&mut self) -> Result<Node, Error> {
        match self.token.kind.clone() {
            Token::Number(number) => {
                self.advance()?;
                Ok(Arc::new(Expr::Number(number)))
            }
            Token::Name(name) => self.named(&name),
            Token::Open('{') => self.nested(false, Self::piecewise),
            Token::Open(open) => self.nested(false, |parser| parser.group(open)),
            Token::Bar => self.nested(true, Self::bars),
            _ => Err(self.unexpected("a number, a name or an opening bracket")),
        }
    }

    fn group(&mut self, open: char) -> Result<Node, Error> {
        let start = self.advance()?.range;
        let inner = self.sum()?;
        self.close(open, start)?;
        Ok(inner)
    }

    fn close(&mut self, open: char, start: Range<usize>) -> Result<(), Error> {
        let close = match open {
            '(' => ')',
            '[' => ']',
            _ => '}',
        };
        match self.token.kind {
            Token::Close(found) if found == close => self.advance().map(|_| ()),
            Token::End => Err(error(start, format!("`{open}` is never closed"), format!("add `{close}`"))),
            Token::Close(found) => Err(error(
                self.token.range.clone(),
                format!("`{found}` does not close `{open}`"),
                format!("expected `{close}`"),
            )),
            _ => Err(self.unexpected(&format!("`{close}` or an operator"))),
        }
    }

    fn bars(&mut self) -> Result<Node, Error> {
        let start = self.advance()?.range;
        let inner = self.sum()?;
        if self.at(&Token::End) {
            return Err(error(start, "this `|` is never closed", "add `|`, or write `abs(…)`"));
        }
        self.take(&Token::Bar, "`|` or an operator")?;
        Ok(Arc::new(Expr::Apply(Op::Abs, vec![inner])))
    }

    fn piecewise(&mut self) -> Result<Node, Error> {
        let start = self.advance()?.range;
        let (mut rows, mut default) = (Vec::new(), None);
        loop {
            let first = self.sum()?;
            if let Token::Relation(_) = self.token.kind {
                let condition = self.condition(first)?;
                self.take(&Token::Colon, "`:` and a value after the condition")?;
                rows.push((condition, self.sum()?));
            } else if self.at(&Token::Colon) {
                let help = "a condition compares, as in `x < 0`";
                return Err(error(self.token.range.clone(), "there is no condition before this `:`", help));
            } else {
                default = Some(first);
            }
            if self.at(&Token::Comma) && default.is_none() {
                self.advance()?;
                continue;
            }
            if self.at(&Token::Comma) {
                let help = "only the last value of a piecewise expression may be without a condition";
                return Err(error(self.token.range.clone(), self.found(), help));
            }
            self.close('{', start)?;
            return match default {
                Some(default) if rows.is_empty() => Ok(default),
                default => Ok(Arc::new(Expr::Piecewise(rows, default))),
            };
        }
    }

    fn condition(&mut self, first: Node) -> Result<Condition, Error> {
        let mut condition = Condition { terms: vec![first], relations: Vec::new() };
        while let Token::Relation(relation) = self.token.kind {
            self.advance()?;
            condition.relations.push(relation);
            condition.terms.push(self.sum()?);
        }
        let relations = &condition.relations;
        let alone = |ends: &[Relation]| ends.iter().all(|relation| *relation == Relation::And);
        if relations.is_empty()
            || alone(&relations[..1])
            || relations.windows(2).any(alone)
            || relations.ends_with(&[Relation::And])
        {
            let help = "both sides of `and` compare, as in `x > 0 and x != 1`";
            return Err(error(self.token.range.clone(), "there is no comparison beside an `and`", help));
        }
        Ok(condition)
    }

    fn named(&mut self, name: &str) -> Result<Node, Error> {
        let range = self.advance()?.range;
        // `ln|x|` is `ln(|x|)`.
        let is_function =
            matches!(self.token.kind, Token::Open('(' | '[') | Token::Prime) || (self.at(&Token::Bar) && !self.in_bars);
        if name == self.variable {
            return if self.at(&Token::Prime) {
                Err(self.prime_without_function())
            } else {
                Ok(Arc::new(Expr::Variable))
            };
        }
        if let Some((parameter, _)) = self.parameters.iter().find(|(parameter, _)| &**parameter == name) {
            return Ok(Arc::new(Expr::Parameter(parameter.clone())));
        }
        match name {
            "pi" => return Ok(Arc::new(Expr::Pi)),
            "e" => return Ok(Arc::new(Expr::E)),
            _ => {}
        }
        if let Some(value) = self.scope.parameters.get(name) {
            return Ok(Arc::new(Expr::Number(*value)));
        }
        if self.defining.as_deref() == Some(name) && is_function {
            return Err(error(range, format!("`{name}` is used in its own definition"), "recursion is not possible"));
        }
        let Some(meaning) = self.scope.meaning(name) else {
            return Err(self.unknown(name, range, is_function));
        };
        if !is_function {
            let help = if self.at(&Token::Caret) {
                format!("write the power behind the argument: `{name}(x)^2`")
            } else {
                format!("write `{name}(x)`")
            };
            return Err(error(range, format!("the function `{name}` needs an argument in parentheses"), help));
        }
        let primes = self.primes()?;
        self.nested(false, |parser| parser.call(name, &range, meaning, primes))
    }

    fn prime_without_function(&self) -> Error {
        let help = "put the prime behind the name of a function, as in `relu'(x)`";
        error(self.token.range.clone(), self.found(), help)
    }

    fn primes(&mut self) -> Result<u32, Error> {
        let (start, mut count) = (self.token.range.start, 0);
        while self.at(&Token::Prime) {
            self.advance()?;
            count += 1;
        }
        if count > MOST_PRIMES {
            let message = format!("a derivative of order {count} is too high");
            return Err(error(start..self.behind, message, format!("at most {MOST_PRIMES} primes are possible")));
        }
        Ok(count)
    }

    fn unknown(&self, name: &str, range: Range<usize>, is_function: bool) -> Error {
        if is_function {
            let near = diagnostic::nearest(name, self.scope.names()).map(|near| format!("did you mean `{near}`?"));
            let help = near.unwrap_or_else(|| format!("define it first, as in `{name}(x) = x^2`"));
            return error(range, format!("unknown function `{name}`"), help);
        }
        let spaced = || {
            let letters: Vec<String> = name.chars().map(String::from).collect();
            let known = |letter: &String| {
                *letter == self.variable
                    || letter == "e"
                    || letter.chars().all(|c| c.is_ascii_digit())
                    || self.parameters.iter().any(|(parameter, _)| **parameter == **letter)
                    || self.scope.parameters.contains_key(letter)
            };
            (letters.len() > 1 && letters.iter().all(known))
                .then(|| format!("for a product write `{}`", letters.join(" ")))
        };
        let names = self.scope.names().chain(["pi", "x"]);
        let near = || {
            diagnostic::nearest(name, names).filter(|near| *near != name).map(|near| format!("did you mean `{near}`?"))
        };
        let single = || format!("the variable is `{}`; give other letters a value as parameters", self.variable);
        let help = spaced().or_else(|| if name.chars().count() > 1 { near() } else { None }).unwrap_or_else(single);
        error(range, format!("unknown name `{name}`"), help)
    }

    /// The arguments of a function and the call itself.
    fn call(&mut self, name: &str, range: &Range<usize>, meaning: Meaning, primes: u32) -> Result<Node, Error> {
        if self.at(&Token::Bar) {
            let argument = self.nested(true, Self::bars)?;
            let range = range.start..self.behind;
            return match meaning {
                Meaning::Primitive(op) => apply(name, op, vec![argument], primes, range),
                Meaning::Defined(definition) => call(&definition, vec![argument], Vec::new(), primes, range),
            };
        }
        let Token::Open(open @ ('(' | '[')) = self.token.kind else {
            return Err(self.unexpected(&format!("`(` and the argument of `{name}`")));
        };
        let start = self.advance()?.range;
        let mut arguments = Vec::new();
        if !matches!(self.token.kind, Token::Close(_)) {
            arguments.push(self.sum()?);
            while self.at(&Token::Comma) {
                self.advance()?;
                arguments.push(self.sum()?);
            }
        }
        let named = self.named_arguments()?;
        self.close(open, start)?;
        let range = range.start..self.behind;
        match meaning {
            Meaning::Primitive(op) => {
                if let Some((parameter, place, _)) = named.first() {
                    return Err(error(place.clone(), format!("`{name}` has no parameter `{parameter}`"), ""));
                }
                apply(name, op, arguments, primes, range)
            }
            Meaning::Defined(definition) => call(&definition, arguments, named, primes, range),
        }
    }

    fn named_arguments(&mut self) -> Result<Vec<(String, Range<usize>, Node)>, Error> {
        let mut named = Vec::new();
        if !self.at(&Token::Semicolon) {
            return Ok(named);
        }
        while matches!(self.token.kind, Token::Semicolon | Token::Comma) {
            self.advance()?;
            let (name, range) = self.name("a parameter, as in `a = 0.2`")?;
            self.take(&Token::Relation(Relation::Equal), "`=` and the value of the parameter")?;
            named.push((name, range, self.sum()?));
        }
        Ok(named)
    }

    fn check_letter(&self, name: &str, range: &Range<usize>) -> Result<(), Error> {
        if matches!(name, "e" | "pi") || matches!(self.scope.meaning(name), Some(Meaning::Primitive(_))) {
            let message = format!("`{name}` has a meaning already and cannot be a variable or a parameter");
            return Err(error(range.clone(), message, "choose another letter"));
        }
        Ok(())
    }

    /// `; a = 0.01, b = 2)` behind the variable.
    fn parameters(&mut self) -> Result<(), Error> {
        while matches!(self.token.kind, Token::Semicolon | Token::Comma) {
            self.advance()?;
            let (name, range) = self.name("the name of a parameter")?;
            self.check_letter(&name, &range)?;
            if name == self.variable || self.parameters.iter().any(|(known, _)| **known == *name) {
                return Err(error(range, format!("`{name}` stands here twice"), "choose another letter"));
            }
            let mut default = None;
            if self.at(&Token::Relation(Relation::Equal)) {
                self.advance()?;
                let start = self.token.range.start;
                let value = self.sum()?;
                if value.has_variable() {
                    let message = format!("the default of `{name}` depends on the variable");
                    return Err(error(start..self.behind, message, "a parameter is a constant"));
                }
                default = Some(value);
            }
            self.parameters.push((name.into(), default));
        }
        self.take(&Token::Close(')'), "`)`, or `;` and a parameter such as `a = 0.01`").map(|_| ())
    }
}

fn product_of(mut factors: Vec<Node>) -> Node {
    if factors.len() == 1 { factors.remove(0) } else { Arc::new(Expr::Product(factors)) }
}

fn count_of(count: usize) -> String {
    format!("{count} {}", if count == 1 { "argument" } else { "arguments" })
}

pub(crate) fn apply(name: &str, op: Op, arguments: Vec<Node>, primes: u32, range: Range<usize>) -> Result<Node, Error> {
    let found = arguments.len();
    let (fits, wanted) = match op {
        Op::Mod => (found == 2, "2 arguments".to_string()),
        Op::Min | Op::Max => (found >= 2, "2 or more arguments".to_string()),
        _ => (found == 1, count_of(1)),
    };
    if !fits {
        let message = format!("`{name}` takes {wanted}, not {found}");
        let help = if op == Op::Mod { "`mod(x, m)` is the remainder of x divided by m" } else { "" };
        return Err(error(range, message, help));
    }
    if primes == 0 {
        return Ok(Arc::new(Expr::Apply(op, arguments)));
    }
    if matches!(op, Op::Min | Op::Max) {
        let message = format!("`{name}` has no derivative of its own: it has several arguments");
        return Err(error(range, message, "define a function of `x` with it and derive that"));
    }
    let mut inner = vec![Arc::new(Expr::Variable)];
    let parameter: Arc<str> = "m".into();
    let mut parameters = Vec::new();
    if op == Op::Mod {
        inner.push(Arc::new(Expr::Parameter(parameter.clone())));
        parameters.push((parameter, None));
    }
    let definition = Definition::new(name.into(), parameters, Arc::new(Expr::Apply(op, inner)));
    call_derivative(&Arc::new(definition), arguments, primes, range)
}

pub(crate) fn call(
    definition: &Arc<Definition>,
    mut arguments: Vec<Node>,
    named: Vec<(String, Range<usize>, Node)>,
    primes: u32,
    range: Range<usize>,
) -> Result<Node, Error> {
    let (name, found) = (&definition.name, arguments.len());
    let most = definition.parameters.len() + 1;
    if found == 0 || found > most {
        let wanted = if most == 1 { count_of(1) } else { format!("1 to {}", count_of(most)) };
        return Err(error(range, format!("`{name}` takes {wanted}, not {found}"), ""));
    }
    let mut given: Vec<Option<Node>> = arguments.drain(1..).map(Some).collect();
    given.resize(most - 1, None);
    for (parameter, place, value) in named {
        let Some(index) = definition.parameters.iter().position(|(known, _)| **known == *parameter) else {
            let known: Vec<String> = definition.parameters.iter().map(|(name, _)| format!("`{name}`")).collect();
            let help =
                if known.is_empty() { "it has no parameters".into() } else { format!("it has {}", known.join(", ")) };
            return Err(error(place, format!("`{name}` has no parameter `{parameter}`"), help));
        };
        if given[index].is_some() {
            return Err(error(place, format!("the parameter `{parameter}` is given twice"), ""));
        }
        given[index] = Some(value);
    }
    for (value, (parameter, default)) in given.into_iter().zip(&definition.parameters) {
        let Some(value) = value.or_else(|| default.clone()) else {
            let help = format!("write `{name}(x; {parameter} = 1)`");
            return Err(error(range, format!("`{name}` needs a value for its parameter `{parameter}`"), help));
        };
        arguments.push(value);
    }
    call_derivative(definition, arguments, primes, range)
}

fn call_derivative(
    definition: &Arc<Definition>,
    arguments: Vec<Node>,
    primes: u32,
    range: Range<usize>,
) -> Result<Node, Error> {
    let mut definition = definition.clone();
    for _ in 0..primes {
        definition = definition.derivative();
        if definition.depth > MOST_DEPTH || tape::compile_definition(&definition).is_none() {
            let message = format!("the derivative of `{}` is too large", definition.name);
            return Err(error(range, message, "write it with fewer functions inside each other"));
        }
    }
    // A parameter that moves with x is no constant of the derivative: then the definition is written out.
    if arguments[1..].iter().any(|argument| argument.has_variable()) {
        return Ok(Expr::substitute(&definition.body, &definition, &arguments));
    }
    Ok(Arc::new(Expr::Call(definition, arguments)))
}

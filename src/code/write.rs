//! Expressions and bodies of functions as source text.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::cases::{self, Cases, Comparison, Test};
use super::language::Language;
use crate::function::expression::{Definition, Expr, Node, Number, Op, Relation};

/// Lines are broken where they would be longer.
const WIDTH: usize = 88;

// How tightly an expression holds together: in a weaker place it needs no parentheses.
const CONDITIONAL: u8 = 0;
const SUM: u8 = 1;
const NEGATIVE: u8 = 2;
const PRODUCT: u8 = 3;
const POWER: u8 = 4;
const ATOM: u8 = 5;

/// A body: names for parts of it, and its value.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) locals: Vec<(String, Node)>,
    pub(super) value: Value,
}

/// The value of a body.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// An expression.
    Plain(Node),
    /// Cases, each with a body, and what holds else; undefined if nothing does.
    Cases(Vec<(Test, Block)>, Option<Box<Block>>),
}

/// Writes expressions, and notes what they need.
pub(super) struct Writer<'a> {
    pub(super) language: Language,
    /// What a function is called, and which of its parameters it takes.
    pub(super) names: &'a dyn Fn(&Definition) -> (String, Vec<usize>),
    /// What the functions are called that the language lacks.
    pub(super) helper: &'a dyn Fn(Op) -> String,
    /// What stands before all functions.
    pub(super) needs: BTreeSet<Need>,
}

/// What has to stand before all functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// The library of mathematics: NumPy, `math.h`.
    Library,
    /// π by its short name.
    Pi,
}

/// Text and how tightly it holds together.
type Written = (String, u8);

fn tight((text, level): Written, least: u8) -> String {
    if level < least { format!("({text})") } else { text }
}

impl Writer<'_> {
    /// An expression as text that may stand anywhere.
    pub(super) fn text(&mut self, node: &Node) -> String {
        self.expression(node).0
    }

    fn tight(&mut self, node: &Node, least: u8) -> String {
        tight(self.expression(node), least)
    }

    fn expression(&mut self, node: &Node) -> Written {
        match &**node {
            Expr::Number(number) => self.number(*number),
            Expr::Pi => (self.pi().to_owned(), ATOM),
            Expr::E => (self.euler().to_owned(), ATOM),
            Expr::Variable => ("x".to_owned(), ATOM),
            Expr::Parameter(name) => (self.language.identifier(name), ATOM),
            Expr::Negative(inner) => {
                // JavaScript refuses `-x ** 2`.
                let refused = self.language == Language::JavaScript && begins_with_power(inner);
                let text = if refused { format!("({})", self.text(inner)) } else { self.tight(inner, PRODUCT) };
                (format!("-{text}"), NEGATIVE)
            }
            Expr::Sum(terms) => (self.terms(terms).concat(), SUM),
            Expr::Product(factors) => {
                let mut all = vec![self.tight(&factors[0], PRODUCT)];
                all.extend(factors[1..].iter().map(|factor| self.tight(factor, POWER)));
                (all.join(" * "), PRODUCT)
            }
            Expr::Quotient(a, b) => (format!("{} / {}", self.tight(a, PRODUCT), self.tight(b, POWER)), PRODUCT),
            Expr::Power(base, exponent) => self.power(base, exponent),
            Expr::Apply(op, arguments) => self.apply(*op, arguments),
            Expr::Call(definition, arguments) => self.call(definition, arguments),
            Expr::Piecewise(rows, default) => self.conditional(&cases::read(rows, default.as_ref())),
        }
    }

    /// The terms of a sum, each but the first with its sign.
    fn terms(&mut self, terms: &[Node]) -> Vec<String> {
        let mut all = vec![self.tight(&terms[0], NEGATIVE)];
        for term in &terms[1..] {
            let (sign, size) = match &**term {
                Expr::Negative(inner) => ("-", inner.clone()),
                Expr::Number(number) if number.is_negative() => ("-", Arc::new(Expr::Number(number.negative()))),
                _ => ("+", term.clone()),
            };
            all.push(format!(" {sign} {}", self.tight(&size, PRODUCT)));
        }
        all
    }

    fn pi(&mut self) -> &'static str {
        self.needs.insert(if self.language == Language::Python { Need::Library } else { Need::Pi });
        match self.language {
            Language::Python => "np.pi",
            Language::JavaScript => "Math.PI",
            Language::Rust | Language::C => "PI",
        }
    }

    fn euler(&mut self) -> &'static str {
        self.needs.insert(Need::Library);
        match self.language {
            Language::Python => "np.e",
            Language::JavaScript => "Math.E",
            Language::Rust => "std::f64::consts::E",
            Language::C => "exp(1.0)",
        }
    }

    fn undefined(&mut self) -> &'static str {
        self.needs.insert(Need::Library);
        match self.language {
            Language::Python => "np.nan",
            Language::JavaScript => "NaN",
            Language::Rust => "f64::NAN",
            Language::C => "NAN",
        }
    }

    fn number(&mut self, number: Number) -> Written {
        if !number.value.is_finite() {
            return (self.undefined().to_owned(), ATOM);
        }
        if let Some((numerator, denominator)) = number.ratio
            && denominator != 1
            && number.to_string().contains('/')
        {
            let part = |part: i128| Number::ratio(part, 1).unwrap_or(Number::integer(1));
            let (above, below) = (self.number(part(numerator)), self.number(part(denominator)));
            return (format!("{} / {}", above.0, below.0), if numerator < 0 { NEGATIVE } else { PRODUCT });
        }
        let level = if number.is_negative() { NEGATIVE } else { ATOM };
        (self.literal(number.value.hi), level)
    }

    /// A double as the shortest literal that is read back as it.
    fn literal(&self, value: f64) -> String {
        let plain = format!("{value}");
        let text = if plain.len() > 18 { format!("{value:e}") } else { plain };
        let is_integer = !text.contains(['.', 'e']);
        let wants_point = matches!(self.language, Language::Rust | Language::C);
        if is_integer && wants_point { text + ".0" } else { text }
    }

    fn power(&mut self, base: &Node, exponent: &Node) -> Written {
        let integer = exponent.number().and_then(Number::as_integer);
        match self.language {
            Language::Python => {
                let (base, level) = self.expression(base);
                let exponent = self.tight(exponent, POWER);
                let simple = |text: &str| text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
                let space = if simple(&base) && simple(&exponent) { "" } else { " " };
                (format!("{}{space}**{space}{exponent}", tight((base, level), ATOM)), POWER)
            }
            Language::JavaScript => {
                let (base, exponent) = (self.tight(base, ATOM), self.tight(exponent, POWER));
                (format!("{base} ** {exponent}"), POWER)
            }
            Language::Rust => match integer {
                Some(integer) => (self.method(base, "powi", &integer.to_string()), ATOM),
                None => {
                    let exponent = self.text(exponent);
                    (self.method(base, "powf", &exponent), ATOM)
                }
            },
            Language::C => {
                let is_name = matches!(**base, Expr::Variable | Expr::Parameter(_));
                let text = self.text(base);
                if integer == Some(2) && is_name {
                    return (format!("{text} * {text}"), PRODUCT);
                }
                self.needs.insert(Need::Library);
                (format!("pow({text}, {})", self.text(exponent)), ATOM)
            }
        }
    }

    /// A method of Rust called on an expression. Literals alone have no type that could have methods.
    fn method(&mut self, node: &Node, name: &str, arguments: &str) -> String {
        if is_typed(node) {
            return format!("{}.{name}({arguments})", self.tight(node, ATOM));
        }
        let text = self.text(node);
        if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
            return format!("{text}_f64.{name}({arguments})");
        }
        let separator = if arguments.is_empty() { "" } else { ", " };
        format!("f64::{name}({text}{separator}{arguments})")
    }

    fn list(&mut self, nodes: &[Node]) -> String {
        nodes.iter().map(|node| self.text(node)).collect::<Vec<_>>().join(", ")
    }

    fn apply(&mut self, op: Op, arguments: &[Node]) -> Written {
        if matches!(op, Op::Min | Op::Max) {
            return (self.extremum(op, arguments), ATOM);
        }
        if self.language == Language::Python {
            self.needs.insert(Need::Library);
            match op {
                Op::Softplus => return (format!("np.logaddexp(0, {})", self.text(&arguments[0])), ATOM),
                Op::Heaviside => return (format!("np.heaviside({}, 0.5)", self.text(&arguments[0])), ATOM),
                Op::Mod => return (format!("np.mod({})", self.list(arguments)), ATOM),
                _ => {}
            }
        }
        let steps = cases::of_step(op, &arguments[0]);
        match (steps, self.language.function(op)) {
            (Some(steps), None) => self.expression(&Arc::new(steps)),
            (_, Some(name)) => {
                self.needs.insert(Need::Library);
                if self.language == Language::Rust {
                    return (self.method(&arguments[0], name, ""), ATOM);
                }
                (format!("{name}({})", self.text(&arguments[0])), ATOM)
            }
            _ => {
                let name = (self.helper)(op);
                (format!("{name}({})", self.list(arguments)), ATOM)
            }
        }
    }

    fn extremum(&mut self, op: Op, arguments: &[Node]) -> String {
        self.needs.insert(Need::Library);
        let least = op == Op::Min;
        if let Some(text) = self.clamp(op, arguments) {
            return text;
        }
        if self.language == Language::JavaScript {
            return format!("Math.{}({})", if least { "min" } else { "max" }, self.list(arguments));
        }
        let mut arguments = arguments.to_vec();
        if arguments[0].number().is_some() && self.language == Language::Rust {
            arguments.rotate_left(1);
        }
        if self.language == Language::Rust {
            let method = if least { "min" } else { "max" };
            let second = self.text(&arguments[1]);
            let first = self.method(&arguments[0], method, &second);
            return arguments[2..].iter().fold(first, |text, next| format!("{text}.{method}({})", self.text(next)));
        }
        let name = match (self.language, least) {
            (Language::Python, true) => "np.minimum",
            (Language::Python, false) => "np.maximum",
            (_, true) => "fmin",
            (_, false) => "fmax",
        };
        let last = self.text(&arguments[arguments.len() - 1]);
        let before = &arguments[..arguments.len() - 1];
        before.iter().rev().fold(last, |text, next| format!("{name}({}, {text})", self.text(next)))
    }

    /// The smaller of `high` and the larger of `low` and something is that thing, clipped.
    fn clamp(&mut self, op: Op, arguments: &[Node]) -> Option<String> {
        if !matches!(self.language, Language::Python | Language::Rust) {
            return None;
        }
        let split = |op: Op, all: &[Node]| match all {
            [a, b] if a.number().is_some() => Some((op, a.number()?, b.clone())),
            [a, b] if b.number().is_some() => Some((op, b.number()?, a.clone())),
            _ => None,
        };
        let (_, outer, inner) = split(op, arguments)?;
        let Expr::Apply(other @ (Op::Min | Op::Max), all) = &*inner else { return None };
        let (_, second, inside) = split(*other, all)?;
        let (low, high) = match (op, other) {
            (Op::Min, Op::Max) => (second, outer),
            (Op::Max, Op::Min) => (outer, second),
            _ => return None,
        };
        let in_order = low.value.hi <= high.value.hi;
        let (low, high) = (self.number(low).0, self.number(high).0);
        let text = match self.language {
            Language::Python => format!("np.clip({}, {low}, {high})", self.text(&inside)),
            _ => self.method(&inside, "clamp", &format!("{low}, {high}")),
        };
        in_order.then_some(text)
    }

    fn call(&mut self, definition: &Definition, arguments: &[Node]) -> Written {
        let (name, used) = (self.names)(definition);
        let mut all = vec![arguments[0].clone()];
        all.extend(used.iter().map(|place| arguments[place + 1].clone()));
        // Defaults are left out where the language knows them.
        if matches!(self.language, Language::Python | Language::JavaScript) {
            while all.len() > 1 {
                let (_, default) = &definition.parameters[used[all.len() - 2]];
                if default.as_ref() != all.last() {
                    break;
                }
                all.pop();
            }
        }
        (format!("{name}({})", self.list(&all)), ATOM)
    }

    // Cases

    fn comparison(&mut self, comparison: &Comparison) -> String {
        let same = if self.language == Language::JavaScript { ("===", "!==") } else { ("==", "!=") };
        let relation = match comparison.relation {
            Relation::Less => "<",
            Relation::LessEqual => "<=",
            Relation::Equal | Relation::And => same.0,
            Relation::GreaterEqual => ">=",
            Relation::Greater => ">",
            Relation::NotEqual => same.1,
        };
        format!("{} {relation} {}", self.tight(&comparison.left, SUM), self.tight(&comparison.right, SUM))
    }

    fn test(&mut self, test: &Test) -> String {
        let (and, or) = if self.language == Language::Python { (" & ", " | ") } else { (" && ", " || ") };
        let single = test.len() == 1;
        let python = self.language == Language::Python;
        let mut alternatives = Vec::new();
        for all in test {
            let count = all.len();
            let one = |text: String| if python && (count > 1 || !single) { format!("({text})") } else { text };
            let joined = all.iter().map(|comparison| one(self.comparison(comparison))).collect::<Vec<_>>().join(and);
            alternatives.push(if count > 1 && !single { format!("({joined})") } else { joined });
        }
        alternatives.join(or)
    }

    /// Cases inside an expression.
    fn conditional(&mut self, cases: &Cases) -> Written {
        if cases.rows.is_empty() {
            return match &cases.default {
                Some((value, _)) => self.expression(value),
                None => (self.undefined().to_owned(), ATOM),
            };
        }
        // What stands in brackets needs no parentheses.
        let least = if matches!(self.language, Language::JavaScript | Language::C) { SUM } else { CONDITIONAL };
        let rows: Vec<(String, String)> =
            cases.rows.iter().map(|row| (self.test(&row.test), self.tight(&row.value, least))).collect();
        let default = match &cases.default {
            Some((value, _)) => self.text(value),
            None => self.undefined().to_owned(),
        };
        self.choice(&rows, &default)
    }

    fn choice(&mut self, rows: &[(String, String)], default: &str) -> Written {
        match self.language {
            Language::Python => {
                self.needs.insert(Need::Library);
                let text = rows
                    .iter()
                    .rev()
                    .fold(default.to_owned(), |rest, (test, value)| format!("np.where({test}, {value}, {rest})"));
                (text, ATOM)
            }
            Language::Rust => {
                let mut text = String::new();
                for (test, value) in rows {
                    text.push_str(&format!("if {test} {{ {value} }} else "));
                }
                (format!("{text}{{ {default} }}"), CONDITIONAL)
            }
            Language::JavaScript | Language::C => {
                let text: String = rows.iter().map(|(test, value)| format!("{test} ? {value} : ")).collect();
                (text + default, CONDITIONAL)
            }
        }
    }

    // Bodies

    /// The lines of a body, each with its indentation and without a newline.
    pub(super) fn block(&mut self, block: &Block, indent: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let space = " ".repeat(indent);
        for (name, node) in &block.locals {
            let text = self.text(node);
            lines.push(match self.language {
                Language::Python => format!("{space}{name} = {text}"),
                Language::Rust => format!("{space}let {name} = {text};"),
                Language::JavaScript => format!("{space}const {name} = {text};"),
                Language::C => format!("{space}double {name} = {text};"),
            });
        }
        match &block.value {
            Value::Plain(node) => lines.extend(self.result(node, indent)),
            Value::Cases(rows, default) if self.language == Language::Python => {
                lines.extend(self.where_lines(rows, default.as_deref(), indent));
            }
            Value::Cases(rows, default) => {
                lines.extend(self.branches(rows, default.as_deref(), indent));
            }
        }
        lines
    }

    /// `return value`, on several lines if it is long.
    fn result(&mut self, node: &Node, indent: usize) -> Vec<String> {
        let space = " ".repeat(indent);
        let (before, after) = match self.language {
            Language::Python => ("return ", ""),
            Language::Rust => ("", ""),
            Language::JavaScript | Language::C => ("return ", ";"),
        };
        let text = self.text(node);
        if self.language == Language::Python && !node.has_variable() && !mentions_locals(node) {
            return vec![format!("{space}return np.full_like(x, {text}, dtype=float)")];
        }
        let flat = format!("{space}{before}{text}{after}");
        let Expr::Sum(terms) = &**node else { return vec![flat] };
        if flat.len() <= WIDTH {
            return vec![flat];
        }
        let inner = " ".repeat(indent + if self.language == Language::JavaScript { 2 } else { 4 });
        let terms = self.terms(terms);
        let rest = terms[1..].iter().map(|term| format!("{inner}{}", term.trim_start()));
        if self.language == Language::Rust {
            return std::iter::once(format!("{space}{}", terms[0])).chain(rest).collect();
        }
        let mut lines = vec![format!("{space}return ("), format!("{inner}{}", terms[0])];
        lines.extend(rest);
        lines.push(format!("{space}){after}"));
        lines
    }

    /// A number as one case of several that are all numbers: `1.0`.
    fn leaf(&mut self, block: &Block, floats: bool) -> String {
        let Value::Plain(node) = &block.value else { return self.undefined().to_owned() };
        let text = self.text(node);
        let is_integer = text.trim_start_matches('-').chars().all(|c| c.is_ascii_digit());
        if floats && is_integer { text + ".0" } else { text }
    }

    /// Cases as nested `np.where`, or `np.select` if they are many.
    fn where_lines(&mut self, rows: &[(Test, Block)], default: Option<&Block>, indent: usize) -> Vec<String> {
        self.needs.insert(Need::Library);
        let is_number = |block: &Block| matches!(&block.value, Value::Plain(node) if !node.has_variable());
        let floats = rows.iter().all(|(_, block)| is_number(block)) && default.is_none_or(is_number);
        let texts: Vec<(String, String)> =
            rows.iter().map(|(test, block)| (self.test(test), self.leaf(block, floats))).collect();
        let default = match default {
            Some(block) => self.leaf(block, floats),
            None => self.undefined().to_owned(),
        };
        let space = " ".repeat(indent);
        if texts.len() > 2 {
            let tests: Vec<&str> = texts.iter().map(|(test, _)| test.as_str()).collect();
            let values: Vec<&str> = texts.iter().map(|(_, value)| value.as_str()).collect();
            let flat = format!("{space}return np.select([{}], [{}], {default})", tests.join(", "), values.join(", "));
            if flat.len() <= WIDTH {
                return vec![flat];
            }
            return vec![
                format!("{space}return np.select("),
                format!("{space}    [{}],", tests.join(", ")),
                format!("{space}    [{}],", values.join(", ")),
                format!("{space}    {default},"),
                format!("{space})"),
            ];
        }
        nested(&texts, &default, &format!("{space}return "), "")
    }

    /// Cases as `if` and `else`, or in one line if they are two and short.
    fn branches(&mut self, rows: &[(Test, Block)], default: Option<&Block>, indent: usize) -> Vec<String> {
        let undefined = Block { locals: Vec::new(), value: Value::Plain(Expr::undefined()) };
        let default = default.unwrap_or(&undefined);
        let (space, step) = (" ".repeat(indent), if self.language == Language::JavaScript { 2 } else { 4 });
        let plain = |block: &Block| match &block.value {
            Value::Plain(node) if block.locals.is_empty() => Some(node.clone()),
            _ => None,
        };
        if let [(test, block)] = rows
            && let (Some(value), Some(other)) = (plain(block), plain(default))
            && self.language != Language::Rust
        {
            let (test, value, other) = (self.test(test), self.tight(&value, SUM), self.text(&other));
            let line = format!("{space}return {test} ? {value} : {other};");
            if line.len() <= WIDTH {
                return vec![line];
            }
        }
        let mut lines = Vec::new();
        for (place, (test, block)) in rows.iter().enumerate() {
            let test = self.test(test);
            if self.language == Language::Rust {
                let else_if = if place == 0 { "" } else { "} else " };
                lines.push(format!("{space}{else_if}if {test} {{"));
                lines.extend(self.block(block, indent + step));
                continue;
            }
            let inner = self.block(block, indent + step);
            match (inner.as_slice(), self.language) {
                ([line], Language::JavaScript) if line.len() + test.len() < WIDTH => {
                    lines.push(format!("{space}if ({test}) {}", line.trim_start()));
                }
                ([line], _) => lines.extend([format!("{space}if ({test})"), line.clone()]),
                _ => {
                    lines.push(format!("{space}if ({test}) {{"));
                    lines.extend(inner);
                    lines.push(format!("{space}}}"));
                }
            }
        }
        if self.language == Language::Rust {
            lines.push(format!("{space}}} else {{"));
            lines.extend(self.block(default, indent + step));
            lines.push(format!("{space}}}"));
        } else {
            lines.extend(self.block(default, indent));
        }
        lines
    }
}

/// Whether the first thing that is written of an expression is a power.
fn begins_with_power(node: &Node) -> bool {
    match &**node {
        Expr::Power(..) => true,
        Expr::Product(all) => begins_with_power(&all[0]),
        Expr::Quotient(above, _) => begins_with_power(above),
        _ => false,
    }
}

/// Whether Rust knows that an expression is a double: it is more than literals.
fn is_typed(node: &Node) -> bool {
    match &**node {
        Expr::Number(number) => !number.value.is_finite(),
        Expr::Negative(inner) => is_typed(inner),
        Expr::Sum(all) | Expr::Product(all) => all.iter().any(is_typed),
        Expr::Quotient(a, b) => is_typed(a) || is_typed(b),
        Expr::Piecewise(rows, default) => {
            default.as_ref().is_none_or(is_typed) || rows.iter().any(|(_, value)| is_typed(value))
        }
        _ => true,
    }
}

/// Whether names of parts occur, which depend on the variable.
fn mentions_locals(node: &Node) -> bool {
    let mut found = matches!(&**node, Expr::Parameter(name) if matches!(&**name, "u" | "v" | "w" | "z" | "s" | "t"));
    node.each_child(&mut |child| found = found || mentions_locals(child));
    found
}

/// `np.where(a, b, np.where(…))` on one line, or its arguments on lines of their own.
fn nested(rows: &[(String, String)], default: &str, before: &str, after: &str) -> Vec<String> {
    let Some(((test, value), rest)) = rows.split_first() else { return vec![format!("{before}{default}{after}")] };
    let flat =
        rows.iter().rev().fold(default.to_owned(), |rest, (test, value)| format!("np.where({test}, {value}, {rest})"));
    let line = format!("{before}{flat}{after}");
    if line.len() <= WIDTH {
        return vec![line];
    }
    let indent = before.len() - before.trim_start().len();
    let inner = " ".repeat(indent + 4);
    let mut lines = vec![format!("{before}np.where("), format!("{inner}{test},"), format!("{inner}{value},")];
    lines.extend(nested(rest, default, &inner, ","));
    lines.push(format!("{}){after}", " ".repeat(indent)));
    lines
}

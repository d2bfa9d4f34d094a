//! One function of a listing: what it computes, in steps and cases, what it calls, and its text.

use std::sync::Arc;

use super::cases::{self, Region, Test};
use super::write::{Block, Value, Writer};
use super::{Language, MOST_PARTS, Tongue, language, locals, stable};
use crate::function::expression::{Condition, Definition, Expr, Node, Number, Op, Relation};
use crate::function::tape;

/// Places at which a case is tried that does not hold there: arrays are computed in all cases.
const PROBES: [f64; 17] =
    [-1e4, -1000.0, -100.0, -10.0, -5.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0, 1000.0, 1e4];

/// What a routine computes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    /// A function.
    Function(Arc<Definition>),
    /// A primitive that the language lacks.
    Primitive(Op),
}

/// True for a primitive that needs a routine of its own.
pub(super) fn is_written(language: Language, op: Op) -> bool {
    match op {
        Op::Sigmoid => true,
        Op::Softplus => language != Language::Python,
        _ => language::missing(language, op).is_some(),
    }
}

/// A function of the listing.
pub(super) struct Routine {
    pub(super) name: String,
    pub(super) about: Vec<String>,
    pub(super) parameters: Vec<(String, Option<Node>)>,
    pub(super) block: Block,
    /// The whole text, if it does not come from an expression.
    pub(super) ready: Option<&'static str>,
}

/// A primitive that the language lacks.
pub(super) fn primitive(op: Op, language: Language, tongue: Tongue, name: &str) -> Routine {
    let x = Arc::new(Expr::Variable);
    let apply = |op: Op, argument: Node| stable::apply(op, argument);
    let minus = |node: Node| Arc::new(Expr::Negative(node));
    let plain = |node: Node| Block { locals: Vec::new(), value: Value::Plain(node) };
    let (about, block) = match (op, language) {
        (Op::Sigmoid, Language::Python) => {
            (tongue.sigmoid(), plain(apply(Op::Exp, minus(apply(Op::Softplus, minus(x))))))
        }
        (Op::Sigmoid, _) => {
            let z: Node = Arc::new(Expr::Parameter("z".into()));
            let below: Node = Arc::new(Expr::Sum(vec![Expr::integer(1), z.clone()]));
            let over = |above: Node| plain(Arc::new(Expr::Quotient(above, below.clone())));
            let test = vec![vec![cases::Comparison {
                left: x.clone(),
                relation: Relation::GreaterEqual,
                right: Expr::integer(0),
            }]];
            let value = Value::Cases(vec![(test, over(Expr::integer(1)))], Some(Box::new(over(z))));
            let locals = vec![("z".to_owned(), apply(Op::Exp, minus(apply(Op::Abs, x))))];
            (tongue.sigmoid(), Block { locals, value })
        }
        (Op::Softplus, _) => {
            let tail = apply(Op::Log1p, apply(Op::Exp, minus(apply(Op::Abs, x.clone()))));
            let above = Arc::new(Expr::Apply(Op::Max, vec![x, Expr::integer(0)]));
            (tongue.softplus(), plain(Arc::new(Expr::Sum(vec![above, tail]))))
        }
        _ => ("", plain(x)),
    };
    let parameters = Vec::new();
    let about = vec![about.to_owned()];
    Routine { name: name.to_owned(), about, parameters, block, ready: language::missing(language, op) }
}

impl Routine {
    /// What it calls.
    pub(super) fn needed(&self, language: Language) -> Vec<Key> {
        let mut found = Vec::new();
        match self.ready {
            Some(text) => {
                for (op, name) in [(Op::Erf, "erf("), (Op::Erfc, "erfc(")] {
                    // Each of the two error functions of Rust and JavaScript needs the other.
                    if language != Language::Python
                        && text.contains(name)
                        && !text.contains(&format!("fn {name}"))
                        && !text.contains(&format!("function {name}"))
                    {
                        found.push(Key::Primitive(op));
                    }
                }
            }
            None => needed_by(&self.block, language, &mut found),
        }
        found
    }

    pub(super) fn text(&self, writer: &mut Writer<'_>) -> String {
        let language = writer.language;
        let names: Vec<String> = self.parameters.iter().map(|(name, _)| language.identifier(name)).collect();
        let mut parameters = Vec::new();
        for (name, (_, default)) in names.iter().zip(&self.parameters) {
            parameters.push(match (language, default) {
                (Language::Python, Some(default)) => format!("{name}={}", writer.text(default)),
                (Language::JavaScript, Some(default)) => format!("{name} = {}", writer.text(default)),
                (Language::Python | Language::JavaScript, None) => name.clone(),
                (Language::Rust, _) => format!("{name}: f64"),
                (Language::C, _) => format!("double {name}"),
            });
        }
        let indent = if language == Language::JavaScript { 2 } else { 4 };
        let body = writer.block(&self.block, indent).join("\n");
        let x = match language {
            Language::Python | Language::JavaScript => "x",
            Language::Rust if !has_word(&body, "x") => "_x: f64",
            Language::Rust => "x: f64",
            Language::C => "double x",
        };
        let all = std::iter::once(x.to_owned()).chain(parameters).collect::<Vec<_>>().join(", ");
        let (name, about) = (&self.name, comment(&self.about, language));
        match language {
            Language::Python => format!("def {name}({all}):\n{about}{body}\n"),
            Language::Rust => format!("{about}pub fn {name}({all}) -> f64 {{\n{body}\n}}\n"),
            Language::JavaScript => format!("{about}function {name}({all}) {{\n{body}\n}}\n"),
            Language::C => format!("{about}double {name}({all})\n{{\n{body}\n}}\n"),
        }
    }
}

/// Lines above or in a function that say what it is.
fn comment(lines: &[String], language: Language) -> String {
    let clean: Vec<String> = lines.iter().map(|line| line.replace("*/", "* /").replace('\\', "/")).collect();
    match (language, clean.as_slice()) {
        (_, []) => String::new(),
        (Language::Python, [line]) => format!("    \"\"\"{line}\"\"\"\n"),
        (Language::Python, [first, rest @ ..]) => {
            format!("    \"\"\"{first}\n\n    {}\n    \"\"\"\n", rest.join("\n    "))
        }
        (Language::Rust, lines) => lines.iter().map(|line| format!("/// {line}\n")).collect(),
        (Language::JavaScript, [line]) => format!("/** {line} */\n"),
        (Language::JavaScript, lines) => format!("/**\n * {}\n */\n", lines.join("\n * ")),
        (Language::C, lines) => format!("/* {} */\n", lines.join("\n   ")),
    }
}

pub(super) fn is_small(node: &Node) -> bool {
    // Before it is made neat, an expression may be larger than a reader would like.
    node.is_within(&mut { 10 * MOST_PARTS })
}

pub(super) fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|own| own == word)
}

fn needed_by(block: &Block, language: Language, found: &mut Vec<Key>) {
    for (_, node) in &block.locals {
        calls(node, language, found);
    }
    match &block.value {
        Value::Plain(node) => calls(node, language, found),
        Value::Cases(rows, default) => {
            for (test, block) in rows {
                for comparison in test.iter().flatten() {
                    calls(&comparison.left, language, found);
                    calls(&comparison.right, language, found);
                }
                needed_by(block, language, found);
            }
            if let Some(block) = default {
                needed_by(block, language, found);
            }
        }
    }
}

fn calls(node: &Node, language: Language, found: &mut Vec<Key>) {
    node.each_child(&mut |child| calls(child, language, found));
    let key = match &**node {
        Expr::Call(definition, _) => Key::Function(definition.clone()),
        Expr::Apply(op, _) if is_written(language, *op) => Key::Primitive(*op),
        _ => return,
    };
    if !found.contains(&key) {
        found.push(key);
    }
}

/// A body for one number: cases are branches, each with names of its own.
pub(super) fn scalar_block(node: &Node, taken: &[String], depth: usize) -> Block {
    if let Expr::Piecewise(rows, default) = &**node
        && depth < 2
    {
        let cases = cases::read(rows, default.as_ref());
        if cases.rows.is_empty() {
            return match &cases.default {
                Some((value, _)) => scalar_block(value, taken, depth + 1),
                None => undefined(),
            };
        }
        let rows = cases.rows.into_iter().map(|row| (row.test, scalar_block(&row.value, taken, depth + 1)));
        let default = cases.default.map(|(value, _)| Box::new(scalar_block(&value, taken, depth + 1)));
        return Block { locals: Vec::new(), value: Value::Cases(rows.collect(), default) };
    }
    let mut value = node.clone();
    let locals = locals::hoist(&mut [&mut value], taken);
    Block { locals, value: Value::Plain(value) }
}

fn undefined() -> Block {
    Block { locals: Vec::new(), value: Value::Plain(Expr::undefined()) }
}

/// A body for arrays: every case is computed everywhere, so each is kept from places where it would complain.
pub(super) fn array_block(node: &Node, definition: &Definition, taken: &[String]) -> Block {
    let Expr::Piecewise(rows, default) = &**node else {
        let mut value = node.clone();
        let locals = locals::hoist(&mut [&mut value], taken);
        return Block { locals, value: Value::Plain(value) };
    };
    let cases = cases::read(rows, default.as_ref());
    let tests: Vec<Test> = cases.rows.iter().map(|row| row.test.clone()).collect();
    let mut values: Vec<Node> = Vec::new();
    for (place, row) in cases.rows.iter().enumerate() {
        values.push(guarded(&row.value, row.region, &tests[..=place], true, definition));
    }
    if let Some((value, region)) = &cases.default {
        values.push(guarded(value, *region, &tests, false, definition));
    }
    if cases.rows.is_empty() {
        let mut value = values.pop().unwrap_or_else(Expr::undefined);
        let locals = locals::hoist(&mut [&mut value], taken);
        return Block { locals, value: Value::Plain(value) };
    }
    let locals = locals::hoist(&mut values.iter_mut().collect::<Vec<_>>(), taken);
    let plain = |node: Node| Block { locals: Vec::new(), value: Value::Plain(node) };
    let mut values = values.into_iter();
    let rows = tests.into_iter().zip(values.by_ref()).map(|(test, value)| (test, plain(value))).collect();
    let default = values.next().map(|value| Box::new(plain(value)));
    Block { locals, value: Value::Cases(rows, default) }
}

/// The value of a case with its variable kept where the case holds, if the value complains elsewhere. The case holds by
/// the last of `tests` if `own`, else where none of them does.
fn guarded(value: &Node, region: Region, tests: &[Test], own: bool, definition: &Definition) -> Node {
    let mut arguments = vec![Arc::new(Expr::Variable)];
    arguments
        .extend(definition.parameters.iter().map(|(_, default)| default.clone().unwrap_or_else(|| Expr::integer(1))));
    let plain = Expr::substitute(value, definition, &arguments);
    let Some(tape) = tape::compile(&plain) else { return value.clone() };
    let calm = |x: f64| tape.duals(x).iter().all(|(value, _)| value.is_finite());
    let ((low, from), (high, to)) = match region {
        Region::Interval { low, high } => (low, high),
        Region::Other => ((f64::INFINITY, false), (f64::INFINITY, false)),
    };
    let places = || PROBES.into_iter().chain([low, high].into_iter().filter(|end| end.is_finite()));
    let left = places().any(|x| (x < low || x == low && !from) && !calm(x));
    let right = places().any(|x| (x > high || x == high && !to) && !calm(x));
    if !left && !right {
        return value.clone();
    }
    let number = |x: f64| Arc::new(Expr::Number(Number::from_double(x)));
    let x = Arc::new(Expr::Variable);
    let is_calm_at = |needed: bool, end: f64| !needed || (end.is_finite() && calm(end));
    let kept = if region != Region::Other && is_calm_at(left, low) && is_calm_at(right, high) {
        let above = if left { Arc::new(Expr::Apply(Op::Max, vec![x, number(low)])) } else { x };
        if right { Arc::new(Expr::Apply(Op::Min, vec![above, number(high)])) } else { above }
    } else {
        let inside = [0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 10.0, -10.0].into_iter().find(|x| calm(*x));
        let Some(inside) = inside else { return value.clone() };
        let (skipped, chosen) = if own { tests.split_at(tests.len() - 1) } else { (tests, &[][..]) };
        let mut rows = Vec::new();
        // The tests before are asked again only where there is no other way to say where the case holds.
        for test in skipped.iter().filter(|_| !own || region == Region::Other) {
            rows.extend(test.iter().map(|all| (condition(all), number(inside))));
        }
        for test in chosen {
            rows.extend(test.iter().map(|all| (condition(all), x.clone())));
        }
        let default = if own { number(inside) } else { x };
        Arc::new(Expr::Piecewise(rows, Some(default)))
    };
    let parameters: Vec<Node> =
        definition.parameters.iter().map(|(name, _)| Arc::new(Expr::Parameter(name.clone()))).collect();
    let mut arguments = vec![kept];
    arguments.extend(parameters);
    Expr::substitute(value, definition, &arguments)
}

/// Comparisons that must all hold as one condition.
fn condition(all: &[cases::Comparison]) -> Condition {
    let (mut terms, mut relations) = (Vec::new(), Vec::new());
    for comparison in all {
        if !terms.is_empty() {
            relations.push(Relation::And);
        }
        terms.extend([comparison.left.clone(), comparison.right.clone()]);
        relations.push(comparison.relation);
    }
    Condition { terms, relations }
}

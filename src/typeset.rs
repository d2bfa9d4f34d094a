//! Expressions as formulas: TeX as a person would write it, which reads back as the same function.
//!
//! ```text
//! request ─► its function ─► neat: factors in order, fractions reduced ─► TeX
//!                             └─► cases: rows whose conditions exclude each other
//! ```
//!
//! Whatever [`definition`](crate::definition) refuses because it can be read in two ways is not written. The module
//! knows functions and nothing of articles or sites.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use crate::function::expression::{Condition, Expr, Node, Op, Relation};
use crate::function::{Error, Scope, parse};

mod cases;
mod neat;
mod write;

pub(crate) use neat::neat;
use write::{DERIVED, Writer, name};

/// A formula of more parts than this is not written.
const MOST_PARTS: usize = 1500;

/// The parameters of a function and their values.
pub(crate) type Parameters<'a> = &'a [(Arc<str>, Option<Node>)];

/// What is to be typeset.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// TeX of the left side, without an equals sign; made from the name of the function if there is none.
    pub left: Option<&'a str>,
    /// The name of a function, such as `relu'`, or any expression in `x`.
    pub expression: &'a str,
    /// A derivative is shown with what is derived, row by row.
    pub steps: bool,
    /// How conditions are worded.
    pub wording: Wording<'a>,
}

/// The words between conditions.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a> {
    /// The remaining case.
    pub otherwise: &'a str,
    /// Between two conditions of which one must hold.
    pub or: &'a str,
}

/// What a request is about.
struct Subject {
    /// The name as TeX, with primes; `None` for an expression.
    name: Option<String>,
    /// What it is the derivative of, if it is one, with its name.
    derived: Option<(Option<String>, Node)>,
    /// For a derivative of a function with a notation of its own, such as `\sin x`: its order and that function.
    notation: Option<(usize, Node)>,
    body: Node,
    parameters: Vec<(Arc<str>, Option<Node>)>,
}

/// A formula as TeX. Errors point into the expression.
pub fn formula(request: &Request<'_>, scope: &Scope) -> Result<String, Error> {
    let everything = 0..request.expression.len();
    let subject = subject(request.expression, scope)?;
    let variable = request.left.and_then(variable_of).unwrap_or("x");
    let taken = subject.parameters.iter().any(|(parameter, _)| name(parameter) == variable);
    if taken || matches!(variable, "e" | "\\pi") {
        let message = format!("`{variable}` cannot be the variable: it stands for something else in this formula");
        return Err(error(everything, &message, "write another letter on the left side"));
    }
    let writer =
        Writer { variable, wording: request.wording, parameters: &subject.parameters, parts: Cell::new(MOST_PARTS) };
    let too_large =
        || error(everything.clone(), "this formula would be too large to read", "define parts of it as functions");
    let left = match (request.left, &subject.notation) {
        (None, Some((order, node))) if !request.steps || *order > 1 => {
            let of = writer.piece(node).ok_or_else(too_large)?.unless(&DERIVED);
            let power = if *order > 1 { format!("^{order}") } else { String::new() };
            Some(format!("\\frac{{d{power}}}{{d{variable}{power}}} {}", of.tex))
        }
        (left, _) => left.map(str::to_owned),
    };
    if request.steps {
        let Some((name, before)) = &subject.derived else {
            let help = "write the name of a function with a prime, as in `relu'`";
            return Err(error(everything, "there is no derivative here whose steps could be shown", help));
        };
        let made = name.as_ref().map(|name| format!("\\frac{{d}}{{d{variable}}} {name}({variable})"));
        let steps = writer.steps(before, &subject.body).ok_or_else(too_large)?;
        return Ok(match left.or(made) {
            Some(left) => format!("{left} = {steps}"),
            None => steps,
        });
    }
    let body = writer.whole(&subject.body).ok_or_else(too_large)?;
    Ok(match left.or_else(|| subject.name.map(|name| format!("{name}({variable})"))) {
        Some(left) => format!("{left} = {body}"),
        None => body,
    })
}

fn error(range: Range<usize>, message: &str, help: &str) -> Error {
    Error { range, message: message.to_owned(), help: Some(help.to_owned()) }
}

/// The letter between the last parentheses of a left side.
fn variable_of(left: &str) -> Option<&str> {
    let inner = left.trim_end().strip_suffix(')')?;
    let inner = inner[inner.rfind('(')? + 1..].trim();
    let inner = inner.split([';', ',']).next()?.trim();
    let letter = inner.strip_prefix('\\').unwrap_or(inner);
    let one = letter.chars().count() == 1 || letter.len() < inner.len();
    (one && !letter.is_empty() && letter.chars().all(char::is_alphabetic)).then_some(inner)
}

/// Finds out what an expression is about: a bare name stands for its function, and so does one in front of `(x)`.
fn subject(text: &str, scope: &Scope) -> Result<Subject, Error> {
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    let rest = trimmed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    let bare = &trimmed[..trimmed.len() - rest.len()];
    let behind = rest.trim_start_matches('\'');
    let primes = rest.len() - behind.len();
    let alone = behind.is_empty() && scope.meaning(bare).is_some();
    let read = |primes: usize| {
        let argument = if alone { "(x)" } else { behind };
        parse::expression(&format!("{bare}{}{argument}", "'".repeat(primes)), scope)
    };
    let node = read(primes).map_err(|mut error| {
        let within = |at: usize| (start + at).min(start + trimmed.len());
        error.range = within(error.range.start)..within(error.range.end);
        error
    })?;
    let mut subject = unfolded(&node);
    if subject.name.is_some() && primes > 0 {
        let before = unfolded(&read(primes - 1)?);
        let first = unfolded(&read(0)?);
        if first.name.is_none() {
            subject.notation = Some((primes, first.body));
        }
        let jumps = primes == 1 && matches!(*before.body, Expr::Piecewise(..));
        subject.derived = Some(match &*read(0)? {
            // The rows of a primitive that jumps say nothing of its derivative at the jump.
            Expr::Apply(..) if jumps => (None, read(0)?),
            _ => (before.name.filter(|_| subject.notation.is_none()), before.body),
        });
    }
    Ok(subject)
}

/// A call of a function as its name and what it is. Parameters stay letters where the call leaves them at their values.
fn unfolded(node: &Node) -> Subject {
    let plain = |name, body| Subject { name, derived: None, notation: None, body, parameters: Vec::new() };
    match &**node {
        Expr::Call(definition, arguments) if matches!(*arguments[0], Expr::Variable) => {
            let mut given = vec![Arc::new(Expr::Variable)];
            let mut parameters = Vec::new();
            for ((name, value), argument) in definition.parameters.iter().zip(&arguments[1..]) {
                let kept = value.as_ref() == Some(argument);
                given.push(if kept { Arc::new(Expr::Parameter(name.clone())) } else { argument.clone() });
                if kept {
                    parameters.push((name.clone(), value.clone()));
                }
            }
            let body = Expr::substitute(&definition.body, definition, &given);
            let body = if definition.order > 0 { neat::neat(&body, &parameters) } else { body };
            let name = format!("{}{}", name(&definition.name), "'".repeat(definition.order as usize));
            Subject { name: Some(name), derived: None, notation: None, body, parameters }
        }
        Expr::Apply(op, arguments) if arguments.len() == 1 && matches!(*arguments[0], Expr::Variable) => {
            match written_out(*op) {
                Some(body) => plain(Some(name(op.name())), body),
                None => plain(None, node.clone()),
            }
        }
        _ => plain(None, node.clone()),
    }
}

/// The formula of a primitive that has no notation of its own.
fn written_out(op: Op) -> Option<Node> {
    let x = || Arc::new(Expr::Variable);
    let apply = |op, argument: Node| Arc::new(Expr::Apply(op, vec![argument]));
    let one = || Expr::integer(1);
    let rows = |values: &[(Relation, Node)]| {
        let row = |(relation, value): &(Relation, Node)| {
            (Condition { terms: vec![x(), Expr::integer(0)], relations: vec![*relation] }, value.clone())
        };
        Arc::new(Expr::Piecewise(values.iter().map(row).collect(), None))
    };
    let half = || Arc::new(Expr::Quotient(one(), Expr::integer(2)));
    Some(match op {
        Op::Sigmoid => {
            let below = vec![one(), apply(Op::Exp, Arc::new(Expr::Negative(x())))];
            Arc::new(Expr::Quotient(one(), Arc::new(Expr::Sum(below))))
        }
        Op::Softplus => apply(Op::Ln, Arc::new(Expr::Sum(vec![one(), apply(Op::Exp, x())]))),
        Op::Tanhshrink => Arc::new(Expr::Sum(vec![x(), Arc::new(Expr::Negative(apply(Op::Tanh, x())))])),
        Op::Step => rows(&[(Relation::Less, Expr::integer(0)), (Relation::GreaterEqual, one())]),
        Op::Heaviside => {
            rows(&[(Relation::Less, Expr::integer(0)), (Relation::Equal, half()), (Relation::Greater, one())])
        }
        Op::Sign => rows(&[
            (Relation::Less, Expr::integer(-1)),
            (Relation::Equal, Expr::integer(0)),
            (Relation::Greater, one()),
        ]),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;

//! The rows of a piecewise function with conditions that exclude each other, as they are read on a page.
//!
//! In an expression the first row whose condition holds counts; on a page each row stands for itself. Conditions that
//! compare the variable with numbers become sets of intervals, from which those of earlier rows are taken away.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Parameters;
use crate::function::Function;
use crate::function::expression::{Condition, Definition, Expr, Node, Relation};

/// So many parts a set may have.
const MOST_PARTS: usize = 12;

/// A row with what must hold for it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) value: Node,
    pub(super) when: When,
}

/// When a row holds.
#[derive(Debug, Clone)]
pub(super) enum When {
    /// For these x.
    In(Set),
    /// If this holds and no row before it does.
    If(Condition),
    /// In the remaining case.
    Otherwise,
}

/// An end of an interval.
#[derive(Debug, Clone)]
pub(super) struct End {
    /// Its value; infinite where there is none.
    at: f64,
    /// As it is written.
    pub(super) node: Option<Node>,
    pub(super) closed: bool,
}

/// An interval, or a point if both ends are the same.
#[derive(Debug, Clone)]
pub(super) struct Interval {
    pub(super) low: End,
    pub(super) high: End,
}

/// Intervals in ascending order that do not touch.
pub(super) type Set = Vec<Interval>;

impl Interval {
    pub(super) fn is_point(&self) -> bool {
        self.low.at == self.high.at
    }

    /// `−a` and `a`.
    pub(super) fn mirrored(&self) -> bool {
        self.low.at == -self.high.at && self.low.closed == self.high.closed
    }
}

fn nowhere() -> End {
    End { at: f64::NEG_INFINITY, node: None, closed: false }
}

fn everything() -> Set {
    vec![Interval { low: nowhere(), high: End { at: f64::INFINITY, ..nowhere() } }]
}

/// The rows of a piecewise expression, each with its own condition. Neighbours of equal value become one.
pub(super) fn rows(all: &[(Condition, Node)], default: Option<&Node>, parameters: Parameters<'_>) -> Vec<Row> {
    in_sets(all, default, parameters).unwrap_or_else(|| {
        let row =
            |(condition, value): &(Condition, Node)| Row { value: value.clone(), when: When::If(condition.clone()) };
        let rest = default.map(|value| Row { value: value.clone(), when: When::Otherwise });
        all.iter().map(row).chain(rest).collect()
    })
}

fn in_sets(all: &[(Condition, Node)], default: Option<&Node>, parameters: Parameters<'_>) -> Option<Vec<Row>> {
    let mut rest = everything();
    let mut found: Vec<(Node, Set)> = Vec::new();
    let mut add = |value: &Node, set: Set| match found.iter_mut().find(|(known, _)| known == value) {
        Some((_, known)) => *known = union(known, &set),
        None if !set.is_empty() => found.push((value.clone(), set)),
        None => {}
    };
    for (condition, value) in all {
        let set = set_of(condition, parameters)?;
        add(value, intersection(&set, &rest));
        rest = intersection(&complement(&set), &rest);
        if rest.len() > MOST_PARTS {
            return None;
        }
    }
    if let Some(value) = default {
        add(value, rest);
    }
    let last = found.len().checked_sub(1)?;
    let row = |(number, (value, set)): (usize, (Node, Set))| {
        let plain = set.len() == 1 || set.len() == 2 && symmetrical(&set) || points(&set) || hole(&set).is_some();
        let remaining = number == last && last > 0 && !plain && default.is_some();
        Row { value, when: if remaining { When::Otherwise } else { When::In(set) } }
    };
    Some(found.into_iter().enumerate().map(row).collect())
}

/// `x < −a` or `x > a`.
pub(super) fn symmetrical(set: &Set) -> bool {
    let [left, right] = set.as_slice() else { return false };
    left.low.node.is_none()
        && right.high.node.is_none()
        && left.high.at == -right.low.at
        && left.high.closed == right.low.closed
        && right.low.at > 0.0
}

/// Everything but a point.
pub(super) fn hole(set: &Set) -> Option<&Node> {
    let [left, right] = set.as_slice() else { return None };
    let all = left.low.node.is_none() && right.high.node.is_none() && left.high.at == right.low.at;
    left.high.node.as_ref().filter(|_| all)
}

fn points(set: &Set) -> bool {
    set.iter().all(Interval::is_point)
}

/// The numbers for which a condition holds, if it compares the variable with what has a number as its value.
fn set_of(condition: &Condition, parameters: Parameters<'_>) -> Option<Set> {
    let mut set = everything();
    for ((left, relation), right) in condition.terms.iter().zip(&condition.relations).zip(&condition.terms[1..]) {
        let (relation, node) = match (&**left, *relation, &**right) {
            (_, Relation::And, _) => continue,
            (Expr::Variable, relation, _) if !right.has_variable() => (relation, right),
            (_, relation, Expr::Variable) if !left.has_variable() => (relation.turned(), left),
            _ => return None,
        };
        set = intersection(&set, &compared(relation, node, value(node, parameters)?));
    }
    Some(set)
}

fn value(node: &Node, parameters: Parameters<'_>) -> Option<f64> {
    let definition = Definition::new("".into(), parameters.to_vec(), node.clone());
    let mut arguments = vec![Arc::new(Expr::Variable)];
    for (_, value) in parameters {
        arguments.push(value.clone()?);
    }
    let number = Function::new(&Expr::substitute(node, &definition, &arguments)).value(0.0);
    number.is_finite().then_some(number)
}

/// The numbers that compare with a number as asked.
fn compared(relation: Relation, node: &Node, at: f64) -> Set {
    let end = |closed: bool| End { at, node: Some(node.clone()), closed };
    let below = |closed: bool| Interval { low: nowhere(), high: end(closed) };
    let above = |closed: bool| Interval { low: end(closed), high: End { at: f64::INFINITY, ..nowhere() } };
    match relation {
        Relation::Less => vec![below(false)],
        Relation::LessEqual => vec![below(true)],
        Relation::Greater => vec![above(false)],
        Relation::GreaterEqual => vec![above(true)],
        Relation::Equal => vec![Interval { low: end(true), high: end(true) }],
        Relation::NotEqual => vec![below(false), above(false)],
        Relation::And => everything(),
    }
}

fn by_low(a: &End, b: &End) -> Ordering {
    a.at.total_cmp(&b.at).then(b.closed.cmp(&a.closed))
}

fn by_high(a: &End, b: &End) -> Ordering {
    a.at.total_cmp(&b.at).then(a.closed.cmp(&b.closed))
}

fn intersection(a: &Set, b: &Set) -> Set {
    let mut common = Set::new();
    for (one, other) in a.iter().flat_map(|one| b.iter().map(move |other| (one, other))) {
        let low = if by_low(&one.low, &other.low).is_lt() { &other.low } else { &one.low };
        let high = if by_high(&one.high, &other.high).is_gt() { &other.high } else { &one.high };
        if low.at < high.at || low.at == high.at && low.closed && high.closed {
            common.push(Interval { low: low.clone(), high: high.clone() });
        }
    }
    common.sort_by(|one, other| by_low(&one.low, &other.low));
    common
}

fn complement(set: &Set) -> Set {
    let mut rest = Set::new();
    let mut low = nowhere();
    let turned = |end: &End| End { closed: !end.closed, ..end.clone() };
    for interval in set {
        if interval.low.node.is_some() {
            let high = turned(&interval.low);
            if low.at < high.at || low.at == high.at && low.closed && high.closed {
                rest.push(Interval { low: low.clone(), high });
            }
        }
        if interval.high.node.is_none() {
            return rest;
        }
        low = turned(&interval.high);
    }
    rest.push(Interval { low, high: End { at: f64::INFINITY, ..nowhere() } });
    rest
}

fn union(a: &Set, b: &Set) -> Set {
    complement(&intersection(&complement(a), &complement(b)))
}

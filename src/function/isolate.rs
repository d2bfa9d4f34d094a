//! Comparisons solved for the variable, where that takes nothing but undoing one operation after the other:
//! `|x - 1| <= 0.1` is `0.9 <= x` and `x <= 1.1`, `3x = 1` is `x = 1/3`.
//!
//! At the end of a condition that is no double, such as 1/3, nothing is lost to rounding in a comparison of this form.

use std::sync::Arc;

use super::Function;
use super::expression::{Condition, Expr, Node, Number, Op, Relation};
use super::simplify::simplify;

/// A comparison may fall into so many alternatives.
const MOST_ALTERNATIVES: usize = 8;

/// Comparisons of the variable with numbers that must all hold.
type Clause = Vec<(Relation, Node)>;

/// Alternatives, one of which must hold where the comparison does; `None` if it cannot be solved. `value` gives the
/// number that an expression without the variable is.
pub(crate) fn comparison(
    left: &Node,
    relation: Relation,
    right: &Node,
    value: &dyn Fn(&Node) -> f64,
) -> Option<Vec<Clause>> {
    match (left.has_variable(), right.has_variable()) {
        (true, false) => solve(left, relation, right, value),
        (false, true) => solve(right, relation.turned(), left, value),
        _ => None,
    }
}

fn solve(unknown: &Node, relation: Relation, right: &Node, value: &dyn Fn(&Node) -> f64) -> Option<Vec<Clause>> {
    let negative = |node: &Node| simplify(&Arc::new(Expr::Negative(node.clone())));
    // The only part with the variable, and the others.
    let parted = |parts: &[Node]| -> Option<(Node, Vec<Node>)> {
        let (with, without): (Vec<Node>, Vec<Node>) = parts.iter().cloned().partition(|part| part.has_variable());
        let [with] = <[Node; 1]>::try_from(with).ok()?;
        Some((with, without))
    };
    let scaled = |part: &Node, right: Node, factor: &Node| {
        let factor = value(factor);
        let relation = if factor < 0.0 { relation.turned() } else { relation };
        (factor.is_finite() && factor != 0.0).then(|| solve(part, relation, &simplify(&right), value))?
    };
    match &**unknown {
        Expr::Variable => Some(vec![vec![(relation, right.clone())]]),
        Expr::Negative(inner) => solve(inner, relation.turned(), &negative(right), value),
        Expr::Sum(terms) => {
            let (with, without) = parted(terms)?;
            let mut terms: Vec<Node> = without.iter().map(negative).collect();
            terms.push(right.clone());
            solve(&with, relation, &simplify(&Arc::new(Expr::Sum(terms))), value)
        }
        Expr::Product(factors) => {
            let (with, mut without) = parted(factors)?;
            let factor = if without.len() == 1 { without.remove(0) } else { Arc::new(Expr::Product(without)) };
            scaled(&with, Arc::new(Expr::Quotient(right.clone(), factor.clone())), &factor)
        }
        Expr::Quotient(above, below) if !below.has_variable() => {
            scaled(above, Arc::new(Expr::Product(vec![right.clone(), below.clone()])), below)
        }
        // A size is above every negative number, always or never.
        Expr::Apply(Op::Abs, _) if value(right) < 0.0 => match relation {
            Relation::Greater | Relation::GreaterEqual | Relation::NotEqual => Some(vec![Vec::new()]),
            _ => Some(Vec::new()),
        },
        Expr::Apply(Op::Abs, inner) if value(right) >= 0.0 => {
            both_signs(&inner[0], relation, right, &negative(right), value)
        }
        Expr::Apply(Op::Exp, inner) if value(right) > 0.0 => {
            solve(&inner[0], relation, &simplify(&Arc::new(Expr::Apply(Op::Ln, vec![right.clone()]))), value)
        }
        Expr::Power(base, exponent) if !base.has_variable() && value(base) > 0.0 && value(right) > 0.0 => {
            let logarithm = |node: &Node| Arc::new(Expr::Apply(Op::Ln, vec![node.clone()]));
            if **base == Expr::E {
                return solve(exponent, relation, &simplify(&logarithm(right)), value);
            }
            let factor = logarithm(base);
            scaled(exponent, Arc::new(Expr::Quotient(logarithm(right), factor.clone())), &factor)
        }
        Expr::Power(base, exponent) if base.has_variable() && value(right) >= 0.0 => {
            let two = exponent.number().and_then(Number::as_integer).is_some_and(|exponent| exponent == 2);
            let root = simplify(&Arc::new(Expr::Apply(Op::Sqrt, vec![right.clone()])));
            two.then(|| both_signs(base, relation, &root, &negative(&root), value))?
        }
        _ => None,
    }
}

/// `|u| ~ right`, where `right` is not negative.
fn both_signs(
    inner: &Node,
    relation: Relation,
    right: &Node,
    negative: &Node,
    value: &dyn Fn(&Node) -> f64,
) -> Option<Vec<Clause>> {
    let (above, below) = (solve(inner, relation, right, value)?, solve(inner, relation.turned(), negative, value)?);
    match relation {
        Relation::Greater | Relation::GreaterEqual | Relation::Equal => Some(above.into_iter().chain(below).collect()),
        _ => both_of_few(&above, &below),
    }
}

/// Alternatives of which both must hold, as alternatives.
pub(crate) fn both<T: Clone>(a: &[Vec<T>], b: &[Vec<T>]) -> Vec<Vec<T>> {
    a.iter().flat_map(|a| b.iter().map(|b| [a.as_slice(), b].concat())).collect()
}

/// The same, if they are few.
fn both_of_few<T: Clone>(a: &[Vec<T>], b: &[Vec<T>]) -> Option<Vec<Vec<T>>> {
    (a.len() * b.len() <= MOST_ALTERNATIVES).then(|| both(a, b))
}

/// An expression whose conditions are solved for the variable where they can be; calls are written out. `budget` is how
/// many parts are looked at.
pub(crate) fn conditions(node: &Node, budget: &mut usize) -> Node {
    let Some(left) = budget.checked_sub(1) else { return node.clone() };
    *budget = left;
    match &**node {
        Expr::Call(definition, arguments) => {
            conditions(&Expr::substitute(&definition.body, definition, arguments), budget)
        }
        Expr::Piecewise(rows, default) => {
            let mut solved = Vec::with_capacity(rows.len());
            for (condition, value) in rows {
                let value = conditions(value, budget);
                match alternatives(condition) {
                    Some(all) => solved.extend(all.into_iter().map(|condition| (condition, value.clone()))),
                    None => solved.push((condition.clone(), value)),
                }
            }
            Arc::new(Expr::Piecewise(solved, default.as_ref().map(|default| conditions(default, budget))))
        }
        other => Arc::new(other.map_children(&mut |child| conditions(child, budget))),
    }
}

/// A condition as alternatives of comparisons with the variable alone.
fn alternatives(condition: &Condition) -> Option<Vec<Condition>> {
    let value = |node: &Node| Function::new(node).value(0.0);
    let mut all: Vec<Clause> = vec![Vec::new()];
    for (pair, relation) in condition.terms.windows(2).zip(&condition.relations) {
        if *relation != Relation::And {
            all = both_of_few(&all, &comparison(&pair[0], *relation, &pair[1], &value)?)?;
        }
    }
    let chain = |clause: Clause| {
        let mut condition = Condition { terms: Vec::new(), relations: Vec::new() };
        for (relation, end) in clause {
            if !condition.terms.is_empty() {
                condition.relations.push(Relation::And);
            }
            condition.terms.extend([Arc::new(Expr::Variable), end]);
            condition.relations.push(relation);
        }
        condition
    };
    (!all.iter().any(Vec::is_empty)).then(|| all.into_iter().map(chain).collect())
}

//! Rows whose conditions overlap must agree where they do.

use std::sync::Arc;

use super::rows::{Alternatives, Clause, Comparison, Row, When, as_condition};
use super::{Context, Error, error, shown};
use crate::function::expression::{Expr, Node, Relation};
use crate::function::isolate;
use crate::function::{Effort, Verdict, compare_within};

/// So many pairs of rows are compared in full.
const MOST_COMPARED: usize = 40;

/// What a clause allows, if it bounds the variable by numbers.
#[derive(Debug, Clone)]
struct Bounds {
    low: f64,
    /// The lower end as it is written, and whether it is allowed.
    low_end: Option<(Node, bool)>,
    high: f64,
    high_end: Option<(Node, bool)>,
    excluded: Vec<f64>,
}

/// How two clauses lie to each other.
enum Common {
    Nothing,
    /// One place, as it is written.
    Place(Node),
    More,
}

/// Finds the first pair of rows that disagree.
pub(super) fn check(rows: &[Row], context: &mut Context<'_>) -> Result<(), Error> {
    let mut compared = 0;
    let mut effort = context.effort;
    let clauses: Vec<Vec<(Clause, Option<Bounds>)>> = rows
        .iter()
        .map(|row| match &row.when {
            When::If(condition) | When::ElseIf(condition) => {
                let with_bounds = |clause: Clause| {
                    let bounds = bounds(&clause, context);
                    (clause, bounds)
                };
                solved(condition, context).into_iter().map(with_bounds).collect()
            }
            When::Otherwise => Vec::new(),
        })
        .collect();
    for (number, row) in rows.iter().enumerate() {
        if !matches!(row.when, When::If(_)) {
            continue;
        }
        for (before, others) in rows[..number].iter().zip(&clauses) {
            if before.value == row.value {
                continue;
            }
            let pairs = others.iter().flat_map(|a| clauses[number].iter().map(move |b| (a, b)));
            for ((a, a_bounds), (b, b_bounds)) in pairs {
                match common(a_bounds.as_ref(), b_bounds.as_ref()) {
                    Common::Nothing => {}
                    Common::Place(place) => at_place(before, row, &place, context, &mut effort)?,
                    Common::More => {
                        compared += 1;
                        if compared > MOST_COMPARED {
                            return Err(error(
                                row.place.clone(),
                                "too many rows overlap to be compared",
                                "write conditions that exclude each other",
                            ));
                        }
                        in_common(before, row, (a, b), context, &mut effort)?;
                    }
                }
            }
        }
    }
    context.effort = effort;
    Ok(())
}

/// Alternatives with the variable alone on the left of each comparison, where it can be brought there.
fn solved(alternatives: &Alternatives, context: &Context<'_>) -> Alternatives {
    let value = |node: &Node| context.function(node).value(0.0);
    let mut all = Alternatives::new();
    for clause in alternatives {
        let mut clauses: Alternatives = vec![Vec::new()];
        for comparison in clause {
            let solved = isolate::comparison(&comparison.left, comparison.relation, &comparison.right, &value);
            let solved: Alternatives = match solved {
                Some(solved) => {
                    let alone = |(relation, right)| Comparison { left: Arc::new(Expr::Variable), relation, right };
                    solved.into_iter().map(|clause| clause.into_iter().map(alone).collect()).collect()
                }
                None => vec![vec![comparison.clone()]],
            };
            clauses = isolate::both(&clauses, &solved);
            if clauses.len() > MOST_COMPARED {
                return alternatives.clone();
            }
        }
        all.extend(clauses);
    }
    all
}

fn common(a: Option<&Bounds>, b: Option<&Bounds>) -> Common {
    let (Some(a), Some(b)) = (a, b) else { return Common::More };
    let low =
        if a.low > b.low || a.low == b.low && a.low_end.as_ref().is_some_and(|(_, closed)| !closed) { a } else { b };
    let high = if a.high < b.high || a.high == b.high && a.high_end.as_ref().is_some_and(|(_, closed)| !closed) {
        a
    } else {
        b
    };
    if low.low > high.high {
        return Common::Nothing;
    }
    if low.low < high.high {
        return Common::More;
    }
    match (&low.low_end, &high.high_end) {
        (Some((place, true)), Some((_, true))) if !a.excluded.contains(&low.low) && !b.excluded.contains(&low.low) => {
            Common::Place(place.clone())
        }
        _ => Common::Nothing,
    }
}

fn bounds(clause: &Clause, context: &Context<'_>) -> Option<Bounds> {
    let mut bounds =
        Bounds { low: f64::NEG_INFINITY, low_end: None, high: f64::INFINITY, high_end: None, excluded: Vec::new() };
    for comparison in clause {
        let (relation, end) = match (&*comparison.left, &*comparison.right) {
            (Expr::Variable, right) if !right.has_variable() => (comparison.relation, &comparison.right),
            (left, Expr::Variable) if !left.has_variable() => (comparison.relation.turned(), &comparison.left),
            _ => return None,
        };
        let value = context.function(end).value(0.0);
        if !value.is_finite() {
            return None;
        }
        let closed = matches!(relation, Relation::LessEqual | Relation::Equal | Relation::GreaterEqual);
        if matches!(relation, Relation::Greater | Relation::GreaterEqual | Relation::Equal)
            && (value > bounds.low || value == bounds.low && !closed)
        {
            (bounds.low, bounds.low_end) = (value, Some((end.clone(), closed)));
        }
        if matches!(relation, Relation::Less | Relation::LessEqual | Relation::Equal)
            && (value < bounds.high || value == bounds.high && !closed)
        {
            (bounds.high, bounds.high_end) = (value, Some((end.clone(), closed)));
        }
        if relation == Relation::NotEqual {
            bounds.excluded.push(value);
        }
    }
    Some(bounds)
}

/// Compares two rows at the one place that they share, which need not be a double.
fn at_place(before: &Row, row: &Row, place: &Node, context: &Context<'_>, effort: &mut Effort) -> Result<(), Error> {
    let at = |value: &Node| context.function(&Expr::at(value, place));
    match compare_within(&at(&before.value), &at(&row.value), effort) {
        Verdict::Differ { left, right, .. } => {
            Err(disagree(row, context.function(place).value(0.0), (left, right), context))
        }
        _ => Ok(()),
    }
}

fn in_common(
    before: &Row,
    row: &Row,
    (a, b): (&Clause, &Clause),
    context: &Context<'_>,
    effort: &mut Effort,
) -> Result<(), Error> {
    let both: Alternatives = vec![[a.as_slice(), b.as_slice()].concat()];
    let rows = |value: &Node| both.iter().map(|clause| (as_condition(clause), value.clone())).collect();
    let narrowed = |value: &Node| context.function(&Arc::new(Expr::Piecewise(rows(value), None)));
    match compare_within(&narrowed(&before.value), &narrowed(&row.value), effort) {
        Verdict::Differ { x, left, right } => Err(disagree(row, x, (left, right), context)),
        Verdict::Undecided { .. } => {
            let message = "whether this row agrees with one before it where both hold cannot be decided";
            Err(error(row.place.clone(), message, "write conditions that exclude each other"))
        }
        _ => Ok(()),
    }
}

fn disagree(row: &Row, x: f64, (left, right): (Option<f64>, Option<f64>), context: &Context<'_>) -> Error {
    let variable = context.variable_name();
    let (left, right) = shown(left, right);
    let message = format!(
        "at {variable} = {} this row and one before it hold, with different values {left} and {right}",
        super::number(x)
    );
    error(row.place.clone(), message, "make one of the conditions strict")
}

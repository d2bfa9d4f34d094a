//! Where a formula holds, as the condition behind it says.

use std::ops::Range;

use super::rows::{self, Alternatives, Clause};
use super::{Context, Error, error};
use crate::function::expression::{Expr, Node};
use crate::function::{Verdict, compare_within, isolate};

/// The condition behind a formula. What it says of parameters must hold for their defaults.
pub(super) fn condition(
    divided: &rows::Divided<'_>,
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Result<Option<Alternatives>, Error> {
    let condition = match rows::when(divided, place, context)? {
        None => return Ok(None),
        Some(rows::When::If(condition)) => condition,
        Some(_) => return Err(error(place.clone(), "there is no other case here", "")),
    };
    let mut all = Alternatives::new();
    for clause in condition {
        let (about, constant): (Clause, Clause) = clause
            .into_iter()
            .partition(|comparison| comparison.left.has_variable() || comparison.right.has_variable());
        let holds = rows::indicator(&vec![constant.clone()]);
        if constant.is_empty() || context.function(&holds).value(0.0) == 1.0 {
            all.push(about);
        }
    }
    if all.is_empty() {
        return Err(error(place.clone(), "the condition does not hold for the values of the parameters", ""));
    }
    Ok(Some(all))
}

/// Refuses a condition that holds nowhere: it makes every statement true, so it is a mistake, or no condition.
pub(super) fn is_somewhere(condition: &Alternatives, place: &Range<usize>, context: &Context<'_>) -> Result<(), Error> {
    let holds = context.function(&rows::indicator(condition));
    if places(condition, context).into_iter().any(|x| holds.value(x) == 1.0) {
        return Ok(());
    }
    let inside = context.function(&rows::restricted(&Expr::integer(1), condition));
    match compare_within(&inside, &context.function(&Expr::undefined()), &mut { context.effort }) {
        Verdict::Identical | Verdict::Agree => {
            let message = "the condition behind the formula holds nowhere that was looked at";
            Err(error(place.clone(), message, "mend it; a second statement belongs into a formula of its own"))
        }
        Verdict::Differ { .. } | Verdict::Undecided { .. } => Ok(()),
    }
}

/// Places at the ends of a condition, beside them and between them.
fn places(condition: &Alternatives, context: &Context<'_>) -> Vec<f64> {
    let value = |node: &Node| context.function(node).value(0.0);
    let solved = condition
        .iter()
        .flatten()
        .filter_map(|comparison| isolate::comparison(&comparison.left, comparison.relation, &comparison.right, &value));
    let mut ends: Vec<f64> =
        solved.flatten().flatten().map(|(_, end)| value(&end)).filter(|end| end.is_finite()).collect();
    ends.sort_by(f64::total_cmp);
    let between: Vec<f64> = ends.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
    let beside = |end: f64| {
        let step = end.abs().max(1.0);
        [end, end.next_down(), end.next_up(), end - step * 1e-6, end + step * 1e-6, end - step, end + step]
    };
    ends.into_iter().flat_map(beside).chain(between).collect()
}

//! Cases as code asks for them.
//!
//! A piecewise expression says each case in full: `x < 0`, `0 <= x < 6`, `6 <= x`. Code asks one question after the
//! other: a comparison that has been answered is not asked again, and the last case needs no question at all. What may
//! be left out is found by trying every combination of answers that can occur.

use std::sync::Arc;

use crate::function::expression::{Condition, Expr, Node, Number, Op, Relation};

/// `left relation right`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub(super) left: Node,
    pub(super) relation: Relation,
    pub(super) right: Node,
}

/// Comparisons of which all must hold, or one list of several.
pub(super) type Test = Vec<Vec<Comparison>>;

/// Cases in the order in which they are asked for, and what holds else; undefined if nothing does.
#[derive(Debug, Clone)]
pub(super) struct Cases {
    pub(super) rows: Vec<Row>,
    pub(super) default: Option<(Node, Region)>,
}

/// A case.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) test: Test,
    pub(super) value: Node,
    pub(super) region: Region,
}

/// Where a case holds, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Region {
    /// From `low` to `high`, infinite where it has no end, and whether each end belongs to it.
    Interval { low: (f64, bool), high: (f64, bool) },
    /// Something else.
    Other,
}

/// Pairs that are compared, other than the variable with a number, at most.
const MOST_PAIRS: usize = 3;

/// So many combinations of answers are tried at most.
const MOST_SITUATIONS: usize = 1000;

/// One combination of answers.
struct Situation {
    /// The variable.
    x: f64,
    /// For each other pair the sign of its difference; `None` where it has no value.
    signs: Vec<Option<i32>>,
}

/// Reads a piecewise expression.
pub(super) fn read(rows: &[(Condition, Node)], default: Option<&Node>) -> Cases {
    let mut tests: Vec<(Test, Node)> = Vec::new();
    for (condition, value) in rows {
        let test = comparisons(condition);
        match tests.last_mut() {
            Some((last, known)) if known == value => last.push(test),
            _ => tests.push((vec![test], value.clone())),
        }
    }
    let mut default = default.cloned();
    let (samples, pairs) = situations(&tests);
    if let Some(pairs) = &pairs {
        let chosen = |tests: &[(Test, Node)], situation: &Situation| {
            tests.iter().position(|(test, _)| holds(test, situation, pairs))
        };
        let covered = |tests: &[(Test, Node)]| samples.iter().all(|sample| chosen(tests, sample).is_some());
        if default.is_none()
            && covered(&tests)
            && let Some((_, value)) = tests.pop()
        {
            default = Some(value);
        }
        // A row before the default that says the same is no row.
        while tests.last().is_some_and(|(_, value)| Some(value) == default.as_ref()) {
            tests.pop();
        }
        shorten(&mut tests, &samples, pairs);
    }
    let region = |place: Option<usize>| {
        let Some(pairs) = pairs.as_ref().filter(|pairs| pairs.is_empty()) else { return Region::Other };
        let at = |sample: &Situation| tests.iter().position(|(test, _)| holds(test, sample, pairs)) == place;
        interval(&samples.iter().map(|sample| (sample.x, at(sample))).collect::<Vec<_>>())
    };
    let default = default.map(|value| (value, region(None)));
    let regions: Vec<Region> = (0..tests.len()).map(|place| region(Some(place))).collect();
    let rows = tests.into_iter().zip(regions).map(|((test, value), region)| Row { test: tidy(test), value, region });
    Cases { rows: rows.collect(), default }
}

/// A chain as comparisons of two, the variable or the longer side on the left where there is only one.
fn comparisons(condition: &Condition) -> Vec<Comparison> {
    let pairs = condition.terms.windows(2).zip(&condition.relations);
    let all = pairs.filter(|(_, relation)| **relation != Relation::And).map(|(pair, relation)| Comparison {
        left: pair[0].clone(),
        relation: *relation,
        right: pair[1].clone(),
    });
    all.collect()
}

/// `0 > x` is asked as `x < 0`, and `x < 0` or `x > 0` as `x != 0`.
fn tidy(test: Test) -> Test {
    let turned = |mut all: Vec<Comparison>| {
        if let [only] = all.as_mut_slice()
            && !only.left.has_variable()
            && only.right.has_variable()
        {
            std::mem::swap(&mut only.left, &mut only.right);
            only.relation = only.relation.turned();
        }
        all
    };
    let test: Test = test.into_iter().map(turned).collect();
    if let [first, second] = test.as_slice()
        && let ([a], [b]) = (first.as_slice(), second.as_slice())
        && a.left == b.left
        && a.right == b.right
        && matches!((a.relation, b.relation), (Relation::Less, Relation::Greater) | (Relation::Greater, Relation::Less))
    {
        return vec![vec![Comparison { relation: Relation::NotEqual, ..a.clone() }]];
    }
    test
}

/// The number that the variable is compared with, and the relation as seen from the variable.
fn threshold(comparison: &Comparison) -> Option<(f64, Relation)> {
    let number = |node: &Node| node.number().map(|number| number.value.hi);
    match (&*comparison.left, &*comparison.right) {
        (Expr::Variable, _) => Some((number(&comparison.right)?, comparison.relation)),
        (_, Expr::Variable) => Some((number(&comparison.left)?, comparison.relation.turned())),
        _ => None,
    }
}

/// All combinations of answers, and the pairs beside the variable and numbers; `None` if there are too many.
fn situations(tests: &[(Test, Node)]) -> (Vec<Situation>, Option<Vec<(Node, Node)>>) {
    let (mut places, mut pairs): (Vec<f64>, Vec<(Node, Node)>) = (Vec::new(), Vec::new());
    for comparison in tests.iter().flat_map(|(test, _)| test).flatten() {
        if let Some((place, _)) = threshold(comparison) {
            places.push(place);
        } else if pair_of(comparison, &pairs).is_none() {
            pairs.push((comparison.left.clone(), comparison.right.clone()));
        }
    }
    if pairs.len() > MOST_PAIRS {
        return (Vec::new(), None);
    }
    places.sort_by(f64::total_cmp);
    places.dedup();
    if tests.len() * places.len() > MOST_SITUATIONS / 4 {
        return (Vec::new(), None);
    }
    let mut xs = vec![places.first().map_or(0.0, |first| first - 1.0)];
    for (place, x) in places.iter().enumerate() {
        xs.push(*x);
        xs.push(places.get(place + 1).map_or(x + 1.0, |next| f64::midpoint(*x, *next)));
    }
    let mut all: Vec<Situation> = xs.into_iter().map(|x| Situation { x, signs: Vec::new() }).collect();
    for (left, right) in &pairs {
        let mut signs = vec![Some(-1), Some(0), Some(1)];
        if !(left.is_total() && right.is_total()) {
            signs.push(None);
        }
        if all.len() * signs.len() > MOST_SITUATIONS {
            return (Vec::new(), None);
        }
        all = all
            .iter()
            .flat_map(|before| {
                signs.iter().map(|sign| {
                    let signs = before.signs.iter().copied().chain([*sign]).collect();
                    Situation { x: before.x, signs }
                })
            })
            .collect();
    }
    (all, Some(pairs))
}

/// Which pair a comparison is about, and whether the other way round.
fn pair_of(comparison: &Comparison, pairs: &[(Node, Node)]) -> Option<(usize, bool)> {
    let find = |a: &Node, b: &Node| pairs.iter().position(|(left, right)| left == a && right == b);
    let direct = find(&comparison.left, &comparison.right).map(|place| (place, false));
    direct.or_else(|| find(&comparison.right, &comparison.left).map(|place| (place, true)))
}

fn holds(test: &Test, situation: &Situation, pairs: &[(Node, Node)]) -> bool {
    let one = |comparison: &Comparison| {
        if let Some((place, relation)) = threshold(comparison) {
            return situation.x.partial_cmp(&place).is_some_and(|order| relation.holds(order as i32));
        }
        let Some((pair, turned)) = pair_of(comparison, pairs) else { return false };
        let sign = situation.signs[pair].map(|sign| if turned { -sign } else { sign });
        sign.is_some_and(|sign| comparison.relation.holds(sign))
    };
    test.iter().any(|all| all.iter().all(one))
}

/// Leaves out comparisons whose answer is known where they are asked.
fn shorten(tests: &mut [(Test, Node)], samples: &[Situation], pairs: &[(Node, Node)]) {
    let choices = |tests: &[(Test, Node)]| -> Vec<Option<usize>> {
        samples.iter().map(|sample| tests.iter().position(|(test, _)| holds(test, sample, pairs))).collect()
    };
    let wanted = choices(tests);
    for row in 0..tests.len() {
        for alternative in 0..tests[row].0.len() {
            let mut place = 0;
            while place < tests[row].0[alternative].len() && tests[row].0[alternative].len() > 1 {
                let removed = tests[row].0[alternative].remove(place);
                if choices(tests) != wanted {
                    tests[row].0[alternative].insert(place, removed);
                    place += 1;
                }
            }
        }
    }
}

/// The interval that neighbouring samples fill.
fn interval(samples: &[(f64, bool)]) -> Region {
    let Some(first) = samples.iter().position(|(_, inside)| *inside) else { return Region::Other };
    let last = samples.iter().rposition(|(_, inside)| *inside).unwrap_or(first);
    if !samples[first..=last].iter().all(|(_, inside)| *inside) {
        return Region::Other;
    }
    // Samples alternate: between two thresholds, then a threshold.
    let low = match first {
        0 => (f64::NEG_INFINITY, false),
        place if place % 2 == 1 => (samples[place].0, true),
        place => (samples[place - 1].0, false),
    };
    let high = match last {
        place if place + 1 == samples.len() => (f64::INFINITY, false),
        place if place % 2 == 1 => (samples[place].0, true),
        place => (samples[place + 1].0, false),
    };
    Region::Interval { low, high }
}

/// `heaviside`, `step` and `sign` as the cases that they are.
pub(super) fn of_step(op: Op, argument: &Node) -> Option<Expr> {
    let row = |relation, value: Node| {
        (Condition { terms: vec![argument.clone(), Expr::integer(0)], relations: vec![relation] }, value)
    };
    let half = Arc::new(Expr::Number(Number::ratio(1, 2)?));
    let (above, below) = (row(Relation::Greater, Expr::integer(1)), |value| row(Relation::Less, value));
    Some(match op {
        Op::Step => Expr::Piecewise(vec![row(Relation::GreaterEqual, Expr::integer(1))], Some(Expr::integer(0))),
        Op::Heaviside => Expr::Piecewise(vec![above, below(Expr::integer(0))], Some(half)),
        Op::Sign => Expr::Piecewise(vec![above, below(Expr::integer(-1))], Some(Expr::integer(0))),
        _ => return None,
    })
}

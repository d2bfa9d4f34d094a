//! Whether two expressions are the same function.
//!
//! Simplified forms decide it if they are equal. Otherwise both are compared at many places: small whole numbers, every
//! breakpoint of either and close beside it on both sides, and a grid that is dense near zero and reaches far out; and
//! their enclosures on intervals, which must meet, so that nothing can hide between the places. A place at which they
//! differ is proof; agreement everywhere is as good as proof for formulas that people write, and is said to be no more.

use super::expression::{Expr, Node, Number};
use super::simplify::simplify;
use super::{Domain, Function};
use super::{isolate, wide};

/// What is known of two functions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Their simplified forms are equal.
    Identical,
    /// They agree at all places that were looked at.
    Agree,
    /// They differ at `x`; `None` is undefined.
    Differ {
        /// The place.
        x: f64,
        /// The value of the first.
        left: Option<f64>,
        /// The value of the second.
        right: Option<f64>,
    },
    /// They agree where it could be decided, but at this place and others it could not.
    Undecided {
        /// The place.
        x: f64,
    },
}

/// Relative difference of doubles that is looked at with more digits.
const SUSPECT: f64 = 1e-13;
/// Windows in which breakpoints are looked for.
const WINDOWS: [f64; 3] = [8.0, 1024.0, 1e6];
/// At most so many breakpoints of a window are compared.
const MOST_BREAKPOINTS: usize = 60;
/// At most so many places are looked at with more digits.
const MOST_EXACT: usize = 3000;
/// All whole numbers up to this size are looked at.
const SMALL_NUMBERS: i32 = 12;
/// So many ends of conditions are compared exactly,
const MOST_ENDS: usize = 40;
/// and so many parts of an expression are searched for them.
const MOST_LOOKED_AT: usize = 20_000;
/// At most so many places may be undecided before it is said.
const MOST_UNDECIDED: usize = 40;

/// How much may still be spent on comparisons; the comparisons of a formula share one.
///
/// Work is counted, not timed, so that every machine decides alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    left: f64,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { left: 1.0 }
    }
}

/// Compares two functions. The place of a difference is the first one found, simple numbers first.
#[must_use]
pub fn compare(left: &Function, right: &Function) -> Verdict {
    compare_within(left, right, &mut Effort::default())
}

/// Compares two functions with what is left of an effort: less of it means fewer places, none that nothing is decided.
pub(crate) fn compare_within(left: &Function, right: &Function, effort: &mut Effort) -> Verdict {
    if left.expression() == right.expression() || simplify(left.expression()) == simplify(right.expression()) {
        return Verdict::Identical;
    }
    if effort.left <= 0.0 {
        return Verdict::Undecided { x: 0.0 };
    }
    let size = left.tape.steps.len() + right.tape.steps.len();
    let most_exact = (MOST_EXACT * 50 / size.max(50)).max(60);
    let mut comparison = Comparison { left, right, exact: 0, most_exact, undecided: Vec::new() };
    let verdict = decide(&mut comparison, size, effort);
    effort.left -= 0.02 + size as f64 * (5e-5 + comparison.exact as f64 * 1e-6);
    verdict
}

fn decide(comparison: &mut Comparison<'_>, size: usize, effort: &mut Effort) -> Verdict {
    let (left, right) = (comparison.left, comparison.right);
    for k in 0..=SMALL_NUMBERS {
        for x in [f64::from(k), -f64::from(k)] {
            if let Some(difference) = comparison.exactly(x) {
                return difference;
            }
        }
    }
    let thin = 1 + size / 400;
    for x in places(left, right, size, effort).into_iter().step_by(thin) {
        if let Some(difference) = comparison.at(x) {
            return difference;
        }
    }
    for x in comparison.apart(thin) {
        if let Some(difference) = comparison.exactly(x) {
            return difference;
        }
    }
    if let Some(difference) = at_ends(left, right) {
        return difference;
    }
    match comparison.undecided.first() {
        Some(&x) if comparison.undecided.len() > MOST_UNDECIDED => Verdict::Undecided { x },
        _ => Verdict::Agree,
    }
}

/// Compares at the ends of conditions, also those that are no doubles, such as `x = 1/3`: there the functions are
/// numbers.
fn at_ends(left: &Function, right: &Function) -> Option<Verdict> {
    let [left, right] =
        [left, right].map(|function| isolate::conditions(function.expression(), &mut { MOST_LOOKED_AT }));
    let mut ends = Vec::new();
    for node in [&left, &right] {
        ends_of(node, &mut { MOST_LOOKED_AT }, &mut ends);
    }
    for end in ends {
        let (a, b) = (Expr::at(&left, &end), Expr::at(&right, &end));
        if let (Some(first), Some(second), order) = wide::order(&a, &b, 0.0)
            && (first != second || order.is_some_and(|order| order != 0))
        {
            let value = |defined: bool, node: &Node| defined.then(|| shown(&Function::new(node), 0.0));
            let x = Function::new(&end).value(0.0);
            return Some(Verdict::Differ { x, left: value(first, &a), right: value(second, &b) });
        }
    }
    None
}

/// Collects what conditions compare the variable with, if it is no small whole number.
fn ends_of(node: &Node, budget: &mut usize, ends: &mut Vec<Node>) {
    let Some(left) = budget.checked_sub(1) else { return };
    *budget = left;
    if let Expr::Piecewise(rows, _) = &**node {
        for pair in rows.iter().flat_map(|(condition, _)| condition.terms.windows(2)) {
            let end = match (&*pair[0], &*pair[1]) {
                (Expr::Variable, _) if !pair[1].has_variable() => &pair[1],
                (_, Expr::Variable) if !pair[0].has_variable() => &pair[0],
                _ => continue,
            };
            let seen = end.number().and_then(Number::as_integer).is_some_and(|whole| whole.abs() <= SMALL_NUMBERS);
            if !seen && ends.len() < MOST_ENDS && !ends.contains(end) {
                ends.push(end.clone());
            }
        }
    }
    node.each_child(&mut |child| ends_of(child, budget, ends));
}

struct Comparison<'a> {
    left: &'a Function,
    right: &'a Function,
    /// How often many digits were asked for,
    exact: usize,
    /// and how often they may be.
    most_exact: usize,
    undecided: Vec<f64>,
}

impl Comparison<'_> {
    /// Compares doubles, and more digits where these leave a doubt.
    fn at(&mut self, x: f64) -> Option<Verdict> {
        let (a, b) = (self.left.value(x), self.right.value(x));
        let close = (a - b).abs() <= SUSPECT * a.abs().max(b.abs());
        if a.is_finite() && b.is_finite() && close || a.is_nan() && b.is_nan() && self.exact > self.most_exact / 2 {
            return None;
        }
        self.exactly(x)
    }

    fn exactly(&mut self, x: f64) -> Option<Verdict> {
        self.exact += 1;
        if self.exact > self.most_exact {
            self.undecided.push(x);
            return None;
        }
        let (a, b, order) = wide::order(self.left.expression(), self.right.expression(), x);
        match (a, b, order) {
            (Some(true), Some(true), Some(0)) | (Some(false), Some(false), _) => None,
            (Some(a), Some(b), order) if a != b || order.is_some() => {
                let value = |defined: bool, function: &Function| defined.then(|| shown(function, x));
                Some(Verdict::Differ { x, left: value(a, self.left), right: value(b, self.right) })
            }
            _ => {
                self.undecided.push(x);
                None
            }
        }
    }

    /// Middles of intervals on which the enclosures have nothing in common.
    fn apart(&self, thin: usize) -> Vec<f64> {
        let mut found = Vec::new();
        let mut low: f64 = -1e9;
        while low < 1e9 {
            let high = low + (low.abs() / 32.0).max(1.0 / 32.0) * thin as f64;
            let (a, b) = (self.left.enclose(low, high), self.right.enclose(low, high));
            let valued = a.domain == Domain::Everywhere && b.domain == Domain::Everywhere;
            let nowhere = |a: Domain, b: Domain| a == Domain::Nowhere && b == Domain::Everywhere;
            if valued && (a.high < b.low || b.high < a.low)
                || nowhere(a.domain, b.domain)
                || nowhere(b.domain, a.domain)
            {
                found.push(f64::midpoint(low, high));
            }
            low = high;
        }
        found
    }
}

/// The value that a message shows.
fn shown(function: &Function, x: f64) -> f64 {
    match function.exact_value(x) {
        wide::Exact::Value { double, .. } => double,
        _ => function.value(x),
    }
}

/// The places at which two functions are compared, beside small whole numbers.
fn places(left: &Function, right: &Function, size: usize, effort: &mut Effort) -> Vec<f64> {
    let mut places = Vec::new();
    let mut crowded = false;
    for (number, width) in WINDOWS.into_iter().enumerate() {
        // Where there are many already, or little is left, the nearest ones must do.
        if number > 0 && (crowded || effort.left < 0.4 || size > 2000) {
            break;
        }
        for function in [left, right] {
            let analysis = function.analyse(-width, width);
            let found = analysis.breakpoints.len() + analysis.unresolved.len();
            crowded |= found > MOST_BREAKPOINTS;
            effort.left -= found as f64 * 2e-4;
            for breakpoint in analysis.breakpoints.iter().take(MOST_BREAKPOINTS) {
                let x = breakpoint.x;
                let step = x.abs().max(1e-3);
                places.extend([x, x - step * 1e-6, x + step * 1e-6, x - step * 1e-3, x + step * 1e-3]);
                // Beside 0 they are so small that nothing can be added to them.
                if x != 0.0 {
                    places.extend([x.next_down(), x.next_up()]);
                }
            }
        }
    }
    for k in 0..=640 {
        let x = f64::from(k) / 64.0;
        places.extend([x, -x]);
    }
    let mut size = 1e-9;
    while size < 1e9 {
        places.extend([size, -size]);
        size *= 1.171_875;
    }
    // Round numbers far out, as they stand in tables of taxes and the like.
    for power in 1..=9 {
        for k in 1..10 {
            let x = f64::from(k) * libm::pow(10.0, f64::from(power));
            places.extend([x, -x]);
        }
    }
    places
}

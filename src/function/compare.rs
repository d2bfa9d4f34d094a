//! Whether two expressions are the same function.
//!
//! Simplified forms decide it if they are equal. Otherwise both are compared at many places: small whole numbers, every
//! breakpoint of either and close beside it on both sides, and a grid that is dense near zero and reaches far out; and
//! their enclosures on intervals, which must meet, so that nothing can hide between the places. A place at which they
//! differ is proof; agreement everywhere is as good as proof for formulas that people write, and is said to be no more.

use super::simplify::simplify;
use super::wide;
use super::{Domain, Function};

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
/// At most so many places may be undecided before it is said.
const MOST_UNDECIDED: usize = 40;

/// Compares two functions. The place of a difference is the first one found, simple numbers first.
#[must_use]
pub fn compare(left: &Function, right: &Function) -> Verdict {
    if left.expression() == right.expression() || simplify(left.expression()) == simplify(right.expression()) {
        return Verdict::Identical;
    }
    let mut comparison = Comparison { left, right, exact: 0, undecided: Vec::new() };
    for k in 0..=12 {
        for x in [f64::from(k), -f64::from(k)] {
            if let Some(difference) = comparison.exactly(x) {
                return difference;
            }
        }
    }
    for x in places(left, right) {
        if let Some(difference) = comparison.at(x) {
            return difference;
        }
    }
    for x in comparison.apart() {
        if let Some(difference) = comparison.exactly(x) {
            return difference;
        }
    }
    match comparison.undecided.first() {
        Some(&x) if comparison.undecided.len() > MOST_UNDECIDED => Verdict::Undecided { x },
        _ => Verdict::Agree,
    }
}

struct Comparison<'a> {
    left: &'a Function,
    right: &'a Function,
    /// How often many digits were asked for.
    exact: usize,
    undecided: Vec<f64>,
}

impl Comparison<'_> {
    /// Compares doubles, and more digits where these leave a doubt.
    fn at(&mut self, x: f64) -> Option<Verdict> {
        let (a, b) = (self.left.value(x), self.right.value(x));
        let close = (a - b).abs() <= SUSPECT * a.abs().max(b.abs());
        if a.is_finite() && b.is_finite() && close || a.is_nan() && b.is_nan() && self.exact > MOST_EXACT / 2 {
            return None;
        }
        self.exactly(x)
    }

    fn exactly(&mut self, x: f64) -> Option<Verdict> {
        self.exact += 1;
        if self.exact > MOST_EXACT {
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
    fn apart(&self) -> Vec<f64> {
        let mut found = Vec::new();
        let mut low: f64 = -1e9;
        while low < 1e9 {
            let high = low + (low.abs() / 32.0).max(1.0 / 32.0);
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
fn places(left: &Function, right: &Function) -> Vec<f64> {
    let mut places = Vec::new();
    for width in WINDOWS {
        for function in [left, right] {
            let analysis = function.analyse(-width, width);
            for breakpoint in analysis.breakpoints.iter().take(MOST_BREAKPOINTS) {
                let x = breakpoint.x;
                let step = x.abs().max(1e-3);
                places.extend([x, x - step * 1e-6, x + step * 1e-6, x - step * 1e-3, x + step * 1e-3]);
                places.extend([x.next_down(), x.next_up()]);
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

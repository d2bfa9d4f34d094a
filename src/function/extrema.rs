//! Where a function turns: local maxima and minima inside its smooth pieces.
//!
//! A piece is divided until its slope cannot vanish or its slope is itself monotone, so that there is at most one turn;
//! that is found by bisection of the slope and polished with Taylor coefficients to the nearest double.

use std::collections::VecDeque;

use super::double_double::{Ball, Dd};
use super::exact::Point;
use super::tape::Tape;
use super::{Extremum, Piece, Turn};

/// Boxes that are looked at for one piece.
const MOST_BOXES: usize = 4000;
/// Steps evaluated for one piece.
const MOST_WORK: usize = 400_000;

/// The extrema inside one piece, ascending.
pub(crate) fn inside(tape: &Tape, piece: &Piece) -> Vec<Extremum> {
    let mut found: Vec<Extremum> = Vec::new();
    // Where the function certainly rises (1) or falls (−1).
    let mut monotone: Vec<(f64, f64, i32)> = Vec::new();
    let smallest = (piece.high - piece.low) * 1e-9;
    let mut parts = VecDeque::from([(piece.low, piece.high)]);
    // Large parts first: a place that cannot be settled must not use up the work for the others.
    for _ in 0..MOST_BOXES.min(MOST_WORK / tape.steps.len()).max(8) {
        let Some((low, high)) = parts.pop_front() else { break };
        let all = tape.enclose(low, high);
        let root = &all[tape.root as usize];
        let middle = f64::midpoint(low, high);
        if root.smooth && (root.slope.low >= 0.0 || root.slope.high <= 0.0) {
            let sign = i32::from(root.slope.high > 0.0) - i32::from(root.slope.low < 0.0);
            monotone.push((low, high, sign));
        } else if root.smooth && (root.bend.low > 0.0 || root.bend.high < 0.0) {
            match turn_between(tape, low, high) {
                Some(extremum) => found.push(extremum),
                None => monotone.push((low, high, if tape.dual(middle).1 < 0.0 { -1 } else { 1 })),
            }
        } else if high - low > smallest && low < middle && middle < high {
            parts.extend([(low, middle), (middle, high)]);
        }
    }
    // A turn on the edge of two parts, or in a part too small to be settled.
    monotone.retain(|(_, _, sign)| *sign != 0);
    monotone.sort_by(|a, b| a.0.total_cmp(&b.0));
    for pair in monotone.windows(2) {
        let ((start, low, before), (high, end, after)) = (pair[0], pair[1]);
        if before != after && !found.iter().any(|extremum| start <= extremum.x && extremum.x <= end) {
            let inwards = smallest.min((low - start) / 2.0).min((end - high) / 2.0);
            found.extend(turn_between(tape, low - inwards, high + inwards));
        }
    }
    found.sort_by(|a, b| a.x.total_cmp(&b.x));
    found.dedup_by(|second, first| second.x - first.x <= smallest && second.turn == first.turn);
    found.retain(|extremum| piece.low < extremum.x && extremum.x < piece.high);
    found
}

/// The turn between two places with slopes of different signs.
fn turn_between(tape: &Tape, low: f64, high: f64) -> Option<Extremum> {
    let width = high - low;
    // A step inwards: at the ends of a piece there may be no slope.
    let slope = |x: f64| tape.dual(x).1;
    let (mut a, mut b) = (low, high);
    let (mut first, mut last) = (slope(a), slope(b));
    if first.is_nan() || first == 0.0 {
        a += width * 1e-7;
        first = slope(a);
    }
    if last.is_nan() || last == 0.0 {
        b -= width * 1e-7;
        last = slope(b);
    }
    let turn = match (first > 0.0, last > 0.0) {
        (true, false) if last < 0.0 => Turn::Maximum,
        (false, true) if first < 0.0 => Turn::Minimum,
        _ => return None,
    };
    for _ in 0..80 {
        let middle = f64::midpoint(a, b);
        if middle <= a || middle >= b {
            break;
        }
        if (slope(middle) > 0.0) == (first > 0.0) { a = middle } else { b = middle }
    }
    let place = tape.stationary(f64::midpoint(a, b), (b - a).max(1e-10 * width));
    let value = match tape.point(place) {
        Point::Value(value) => value.value.hi,
        _ => tape.value(place.value.hi),
    };
    let x = place.value.hi;
    value.is_finite().then_some(Extremum { x: x + 0.0, value: value + 0.0, turn })
}

impl Tape {
    /// Newton's method for the zero of the slope; the start if it leaves the neighbourhood.
    fn stationary(&self, start: f64, reach: f64) -> Ball {
        let mut x = Dd::new(start);
        for _ in 0..4 {
            let Some(all) = self.coefficients(self.root, Ball::exact(x)) else { break };
            let change = all[1].value / (all[2].value * Dd::new(2.0));
            if !change.is_finite() || (x - change - Dd::new(start)).hi.abs() > reach * 1e3 {
                break;
            }
            x = x - change;
            if change.hi.abs() <= 1e-25 * x.hi.abs() {
                break;
            }
        }
        if x.hi.abs() < 1e-8 * reach {
            return Ball::ZERO;
        }
        if x.lo.abs() <= 1e-25 * x.hi.abs() {
            Ball::exact(Dd::new(x.hi))
        } else {
            Ball { value: x, error: 1e-28 * x.hi.abs() }
        }
    }
}

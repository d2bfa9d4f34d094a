//! The `y` window that looks right when the author gives none.
//!
//! A bounded curve is shown whole, spikes included: its highest and lowest values are searched with enclosures, not
//! read off samples. A curve with poles is shown where most of it is. A constant gets a window around it.

use super::number::Decimal;
use crate::function::{Analysis, Domain, Function, Limit};

/// Evenly spaced places at which a curve with poles is looked at.
const SAMPLES: usize = 400;

/// How often an interval is split in search of an extreme value.
const SPLITS: usize = 300;

/// The lowest and the highest ordinate for these curves over an `x` window.
pub(super) fn ordinates(curves: &[(&Function, &Analysis)], x: (f64, f64)) -> (f64, f64) {
    let spans = curves.iter().filter_map(|(function, analysis)| span(function, analysis, x));
    let union = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (low, high) = padded(union.unwrap_or((-1.0, 1.0)));
    if low < high && (high - low).is_finite() { (low, high) } else { (-1.0, 1.0) }
}

/// The values of one curve worth showing; `None` where there are none.
fn span(function: &Function, analysis: &Analysis, x: (f64, f64)) -> Option<(f64, f64)> {
    let mut values = samples(function, analysis, x);
    let limits = limits(analysis);
    let finite_limits = || limits.iter().copied().filter(|y| y.is_finite());
    let unbounded = limits.iter().any(|y| y.is_infinite()) || values.last().is_some_and(|y| y.abs() > 1e200);
    if unbounded {
        values.retain(|y| y.abs() <= 1e200);
        return most(&values, finite_limits().collect());
    }
    let pieces: Vec<(f64, f64)> = analysis.pieces.iter().map(|piece| (piece.low, piece.high)).collect();
    values.extend(finite_limits());
    let start = values.iter().fold(None, |range: Option<(f64, f64)>, &y| {
        Some(range.map_or((y, y), |(low, high)| (low.min(y), high.max(y))))
    })?;
    let high = summit(function, &pieces, start, 1.0);
    let low = -summit(function, &pieces, (-start.1, -start.0), -1.0);
    Some((low, high))
}

/// Ascending values at evenly spaced places inside the pieces.
fn samples(function: &Function, analysis: &Analysis, (first, last): (f64, f64)) -> Vec<f64> {
    let mut values: Vec<f64> = (0..SAMPLES)
        .map(|i| first + (last - first) * ((i as f64 + 0.5) / SAMPLES as f64))
        .filter(|x| !analysis.unresolved.iter().any(|zone| zone.low <= *x && *x <= zone.high))
        .map(|x| function.value(x))
        .filter(|y| !y.is_nan())
        .collect();
    values.sort_by(f64::total_cmp);
    values
}

/// All one-sided limits and values at breakpoints and at the ends of the pieces.
fn limits(analysis: &Analysis) -> Vec<f64> {
    let value = |limit: &Limit| match limit {
        Limit::Finite(y) => Some(*y),
        Limit::PlusInfinity => Some(f64::INFINITY),
        Limit::MinusInfinity => Some(f64::NEG_INFINITY),
        Limit::Undefined | Limit::None => None,
    };
    let ends = analysis.pieces.iter().flat_map(|piece| [piece.at_low, piece.at_high]);
    let mut limits: Vec<f64> = ends.filter_map(|limit| value(&limit)).collect();
    limits.extend(analysis.breakpoints.iter().filter_map(|breakpoint| breakpoint.value));
    limits.extend(analysis.unresolved.iter().flat_map(|zone| [zone.values.0, zone.values.1]));
    limits.retain(|y| !y.is_nan());
    limits
}

/// Where most of an unbounded curve is: the middle four fifths of its values and about as much again.
fn most(values: &[f64], limits: Vec<f64>) -> Option<(f64, f64)> {
    let (&least, &greatest) = (values.first()?, values.last()?);
    let quantile = |part: f64| values[((values.len() - 1) as f64 * part) as usize];
    let (low, high) = (quantile(0.1), quantile(0.9));
    let spread = high - low;
    let (mut low, mut high) = ((low - 0.6 * spread).max(least), (high + 0.6 * spread).min(greatest));
    for limit in limits {
        if low - 2.0 * spread <= limit && limit <= high + 2.0 * spread {
            (low, high) = (low.min(limit), high.max(limit));
        }
    }
    Some((low, high))
}

/// The greatest value of `sign × function` on some intervals, to a hundredth of its range: the interval with the
/// highest bound is split until the bound is as good as what was found.
fn summit(function: &Function, intervals: &[(f64, f64)], (low, start): (f64, f64), sign: f64) -> f64 {
    let bound = |a: f64, b: f64| {
        let values = function.enclose(a.next_up(), b.next_down());
        match (values.domain, sign > 0.0) {
            (Domain::Nowhere, _) => f64::NEG_INFINITY,
            (_, true) => values.high,
            (_, false) => -values.low,
        }
    };
    let mut best = start;
    let mut open: Vec<(f64, f64, f64)> = intervals.iter().map(|&(a, b)| (bound(a, b), a, b)).collect();
    for _ in 0..SPLITS {
        let Some(highest) = (0..open.len()).max_by(|&i, &j| open[i].0.total_cmp(&open[j].0)) else { break };
        let (top, a, b) = open.swap_remove(highest);
        let middle = f64::midpoint(a, b);
        if top - best <= 0.01 * (best - low) || middle <= a || b <= middle {
            break;
        }
        let value = sign * function.value(middle);
        if value > best && value.is_finite() {
            best = value;
        }
        open.extend([(bound(a, middle), a, middle), (bound(middle, b), middle, b)]);
    }
    best
}

/// Room around the values, to round numbers; zero is included when it is near.
fn padded((mut low, mut high): (f64, f64)) -> (f64, f64) {
    const ROOM: f64 = 0.06;
    let size = low.abs().max(high.abs());
    if high - low <= 1e-12 * size || high == low {
        let center = f64::midpoint(low, high);
        let half = if size > 0.0 { Decimal::scaled(1, Decimal::shortest(size).power()).value() } else { 1.0 };
        return (center - half, center + half);
    }
    let near_zero = 0.3 * (high - low);
    if 0.0 < low && low < near_zero {
        low = 0.0;
    } else if -near_zero < high && high < 0.0 {
        high = 0.0;
    }
    let room = ROOM * (high - low);
    let power = Decimal::shortest(high - low).power() - 2;
    let round = |value: f64| Decimal::rounded_at(value, power).value();
    (round(low - room), round(high + room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_left_and_numbers_are_round() {
        assert_eq!(padded((0.0, 10.0)), (-0.6, 10.6));
        assert_eq!(padded((3.0, 3.0)), (2.0, 4.0));
        assert_eq!(padded((0.0, 0.0)), (-1.0, 1.0));
        assert_eq!(padded((0.1, 1.0)), (-0.06, 1.06));
        let (low, high) = padded((1.0 - 1e-9, 1.0 + 1e-9));
        assert!(1.0 - 1.2e-9 < low && low < 1.0 - 1e-9 && 1.0 + 1e-9 < high && high < 1.0 + 1.2e-9);
    }

    #[test]
    fn most_of_an_unbounded_curve_is_its_middle() {
        let values: Vec<f64> = (1..=100).map(|i| 1.0 / f64::from(101 - i)).collect();
        let (low, high) = most(&values, vec![]).unwrap();
        assert!(low == 0.01 && high < 0.3, "{low} {high}");
    }
}

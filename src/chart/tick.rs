//! Where an axis is marked and what stands there.
//!
//! A tick is an integer multiple of a step of one, two or five times a power of ten, kept as an integer until it is
//! printed: labels are exact and distinct in any window, be it `[0, 1e-7]`, `[1e9, 1e9 + 1]` or `1 ± 2e-9`.

use super::number::Decimal;
use super::text;

/// One mark on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    /// Where, in the units of the axis.
    pub(super) value: f64,
    /// What is written there.
    pub(super) label: String,
}

/// Which marks an author wants.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Ticks {
    /// Round decimal numbers.
    #[default]
    Decimal,
    /// Simple multiples of π.
    Pi,
    /// Exactly these.
    At(Vec<f64>),
}

/// Which way the labels stack: it decides how many fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Beside one another.
    Horizontal,
    /// Above one another.
    Vertical,
}

/// The marks of an axis from `low` to `high` that is `length` viewBox units long: as many as fit without touching.
pub(super) fn ticks(wanted: &Ticks, (low, high): (f64, f64), length: f64, direction: Direction) -> Vec<Tick> {
    if let Ticks::At(values) = wanted {
        return listed(values, (low, high), length, direction);
    }
    let most = match direction {
        Direction::Horizontal => (length / 44.0) as usize,
        Direction::Vertical => (length / 40.0) as usize,
    };
    for limit in (2..=most.clamp(2, 11)).rev() {
        let ticks = match wanted {
            Ticks::Pi => multiples_of_pi(low, high, limit).unwrap_or_else(|| decimal(low, high, limit)),
            _ => decimal(low, high, limit),
        };
        if fit(&ticks, (low, high), length, direction) {
            return ticks;
        }
    }
    decimal(low, high, 2)
}

/// The author's own marks that lie in the window, without those whose labels would touch the one before.
fn listed(values: &[f64], (low, high): (f64, f64), length: f64, direction: Direction) -> Vec<Tick> {
    let mut values: Vec<f64> = values.iter().copied().filter(|value| low <= *value && *value <= high).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let mut ticks: Vec<Tick> = Vec::new();
    for value in values {
        let label = pi_fraction(value).unwrap_or_else(|| Decimal::shortest(value).text());
        ticks.push(Tick { value, label });
        if !fit(&ticks, (low, high), length, direction) {
            ticks.pop();
        }
    }
    ticks
}

/// True if no label touches its neighbour.
fn fit(ticks: &[Tick], (low, high): (f64, f64), length: f64, direction: Direction) -> bool {
    ticks.windows(2).all(|pair| {
        let distance = (pair[1].value - pair[0].value) / (high - low) * length;
        match direction {
            Direction::Horizontal => {
                f64::midpoint(text::width(&pair[0].label), text::width(&pair[1].label)) + 0.5 * text::SIZE <= distance
            }
            Direction::Vertical => text::LINE <= distance,
        }
    })
}

/// At most `most` round numbers, with the smallest step that allows it.
fn decimal(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let exponent = Decimal::shortest((high - low) / most as f64).power();
    for exponent in exponent - 1..=exponent + 2 {
        for step in [1, 2, 5] {
            let unit = Decimal::scaled(step, exponent).value();
            let first = (low / unit - slack(low / unit)).ceil();
            let last = (high / unit + slack(high / unit)).floor();
            if last - first < most as f64 {
                return labelled(first, last, step, exponent);
            }
        }
    }
    Vec::new()
}

/// How far beyond the window a mark may lie for the sake of rounding.
fn slack(count: f64) -> f64 {
    1e-9_f64.max(count.abs() * 1e-15)
}

/// The marks `first × step × 10^exponent` to `last × …`, all in the same notation.
fn labelled(first: f64, last: f64, step: i128, exponent: i32) -> Vec<Tick> {
    let numbers: Vec<Decimal> =
        (first as i128..=last as i128).map(|count| Decimal::scaled(count * step, exponent)).collect();
    let longest = |notation: fn(&Decimal) -> String| {
        numbers.iter().map(|number| notation(number).chars().count()).max().unwrap_or(0)
    };
    let (plain, scientific) = (longest(Decimal::plain), longest(Decimal::scientific));
    let notation = if plain > 6 && scientific < plain { Decimal::scientific } else { Decimal::plain };
    numbers.iter().map(|number| Tick { value: number.value(), label: notation(number) }).collect()
}

/// Steps for an axis in multiples of π, as numerator and denominator.
const PI_STEPS: [(i64, i64); 12] =
    [(1, 12), (1, 6), (1, 4), (1, 2), (1, 1), (2, 1), (5, 1), (10, 1), (20, 1), (50, 1), (100, 1), (1000, 1)];

/// At most `most` multiples of π; `None` if the window is too narrow or too wide for that to help.
fn multiples_of_pi(low: f64, high: f64, most: usize) -> Option<Vec<Tick>> {
    PI_STEPS.into_iter().find_map(|(numerator, denominator)| {
        let unit = std::f64::consts::PI * numerator as f64 / denominator as f64;
        let (first, last) = ((low / unit - 1e-9).ceil(), (high / unit + 1e-9).floor());
        (2.0 <= last - first + 1.0 && last - first < most as f64).then(|| {
            (first as i64..=last as i64)
                .map(|count| Tick {
                    value: std::f64::consts::PI * (count * numerator) as f64 / denominator as f64,
                    label: pi_label(count * numerator, denominator),
                })
                .collect()
        })
    })
}

/// `−3π/2` for −3 and 2, reduced.
fn pi_label(numerator: i64, denominator: i64) -> String {
    let divisor = greatest_common_divisor(numerator.abs(), denominator.abs()).max(1);
    let (numerator, denominator) = (numerator / divisor, denominator / divisor);
    let sign = if numerator < 0 { "\u{2212}" } else { "" };
    let times = match numerator.unsigned_abs() {
        0 => return "0".to_owned(),
        1 => String::new(),
        count => count.to_string(),
    };
    let over = if denominator == 1 { String::new() } else { format!("/{denominator}") };
    format!("{sign}{times}π{over}")
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// The label of a number that is a simple multiple of π to its last digits, such as `π/2`; `None` for others and 0.
pub(super) fn pi_fraction(value: f64) -> Option<String> {
    let twelfths = value / std::f64::consts::PI * 12.0;
    let near = (twelfths - twelfths.round()).abs() <= 4.0 * f64::EPSILON * twelfths.abs();
    (near && twelfths.round() != 0.0 && twelfths.abs() < 1e4).then(|| pi_label(twelfths.round() as i64, 12))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(wanted: &Ticks, low: f64, high: f64, direction: Direction) -> String {
        let ticks =
            ticks(wanted, (low, high), if direction == Direction::Horizontal { 570.0 } else { 340.0 }, direction);
        ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn labels_are_exact_and_distinct_in_any_window() {
        use Direction::{Horizontal, Vertical};
        let check = |low, high, direction, expected: &str| {
            assert_eq!(labels(&Ticks::Decimal, low, high, direction), expected, "{low} {high}");
        };
        check(-10.0, 10.0, Horizontal, "−10 −8 −6 −4 −2 0 2 4 6 8 10");
        check(-3.0, 3.0, Horizontal, "−3 −2 −1 0 1 2 3");
        check(-0.5, 1.5, Vertical, "−0.5 0 0.5 1 1.5");
        check(0.0, 1e-7, Vertical, "0 2×10⁻⁸ 4×10⁻⁸ 6×10⁻⁸ 8×10⁻⁸ 1×10⁻⁷");
        check(0.0, 1e9, Vertical, "0 2×10⁸ 4×10⁸ 6×10⁸ 8×10⁸ 1×10⁹");
        check(0.999_999_998, 1.000_000_002, Vertical, "0.999999998 0.999999999 1 1.000000001 1.000000002");
        check(1e9, 1e9 + 1.0, Horizontal, "1000000000 1000000000.5 1000000001");
        check(-1e-300, 1e-300, Vertical, "−1×10⁻³⁰⁰ −5×10⁻³⁰¹ 0 5×10⁻³⁰¹ 1×10⁻³⁰⁰");
        check(0.3, 0.7, Horizontal, "0.3 0.35 0.4 0.45 0.5 0.55 0.6 0.65 0.7");
    }

    #[test]
    fn multiples_of_pi_are_reduced() {
        let pi = std::f64::consts::PI;
        assert_eq!(labels(&Ticks::Pi, -2.0 * pi, 2.0 * pi, Direction::Horizontal), "−2π −3π/2 −π −π/2 0 π/2 π 3π/2 2π");
        assert_eq!(labels(&Ticks::Pi, 0.0, 1.0, Direction::Horizontal), "0 π/12 π/6 π/4");
        assert_eq!(labels(&Ticks::Pi, 0.0, 0.1, Direction::Horizontal).split(' ').next(), Some("0"));
        assert_eq!(pi_fraction(1.5 * pi).as_deref(), Some("3π/2"));
        assert_eq!(pi_fraction(3.0), None);
    }

    #[test]
    fn a_list_is_taken_as_it_is() {
        assert_eq!(labels(&Ticks::At(vec![3.0, -1.0, 0.25, 99.0]), -3.0, 3.0, Direction::Horizontal), "−1 0.25 3");
    }
}

//! Values of the curves in numbers: exact at breakpoints, with the limits from both sides where they differ, and at
//! the round abscissae of the axis.

use super::describe::{abscissa, limit};
use super::language::Language;
use super::number;
use super::tick::Tick;
use crate::function::{Analysis, Breakpoint, Function, Kind, Limit};

/// More breakpoints than this are left to the picture.
const MOST: usize = 24;

/// An abscissa as text, with the value of each curve.
type Row = (String, Vec<String>);

/// A curve as a column of the table.
pub(super) struct Column<'a> {
    pub(super) function: &'a Function,
    pub(super) slope: &'a Function,
    pub(super) analysis: &'a Analysis,
}

/// The rows for some curves: an abscissa and the value of each curve there.
pub(super) fn rows(curves: &[Column<'_>], ticks: &[Tick], window: (f64, f64), language: Language) -> Vec<Row> {
    let mut places: Vec<f64> = ticks.iter().map(|tick| tick.value).chain([window.0, window.1]).collect();
    let breakpoints = curves.iter().flat_map(|curve| curve.analysis.breakpoints.iter().take(MOST));
    places.extend(breakpoints.map(|breakpoint| breakpoint.x));
    places.sort_by(f64::total_cmp);
    places.dedup();
    places.iter().flat_map(|&x| rows_at(curves, x, window, language)).collect()
}

/// One row, or three where a curve has one-sided limits that are not its value.
fn rows_at(curves: &[Column<'_>], x: f64, window: (f64, f64), language: Language) -> Vec<Row> {
    let at: Vec<String> = curves
        .iter()
        .map(|curve| match breakpoint(curve.analysis, x) {
            Some(breakpoint) => breakpoint.value.map_or_else(|| language.undefined().to_owned(), number::text),
            None => value(curve, x, language),
        })
        .collect();
    let name = abscissa(x);
    let broken = curves.iter().any(|curve| breakpoint(curve.analysis, x).is_some_and(|b| b.kind != Kind::Kink));
    if !broken {
        return vec![(name, at)];
    }
    let side = |of: fn(&Breakpoint) -> Limit| -> Vec<String> {
        let limits = curves.iter().zip(&at).map(|(curve, value)| match breakpoint(curve.analysis, x) {
            Some(breakpoint) if breakpoint.kind != Kind::Kink => limit(of(breakpoint), language),
            _ => value.clone(),
        });
        limits.collect()
    };
    let left = (format!("→ {name}⁻"), side(|breakpoint| breakpoint.left));
    let right = (format!("→ {name}⁺"), side(|breakpoint| breakpoint.right));
    let mut rows = Vec::new();
    if x > window.0 {
        rows.push(left);
    }
    rows.push((name, at));
    if x < window.1 {
        rows.push(right);
    }
    rows
}

fn breakpoint(analysis: &Analysis, x: f64) -> Option<&Breakpoint> {
    analysis.breakpoints.iter().find(|breakpoint| breakpoint.x == x)
}

/// A value; zero where the rounding of the abscissa explains all of it, as for the sine of π.
fn value(curve: &Column<'_>, x: f64, language: Language) -> String {
    let y = curve.function.value(x);
    if y.is_nan() {
        return language.undefined().to_owned();
    }
    let explained = y.abs() <= f64::EPSILON * x.abs() * curve.slope.value(x).abs();
    number::text(if explained { 0.0 } else { y })
}

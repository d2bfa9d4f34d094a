//! What a chart shows, in sentences: made from the function, so it says what the picture says.

use super::language::Language;
use super::number::{self, Decimal};
use super::tick::pi_fraction;
use super::trace::{Section, Trace};
use crate::function::{Analysis, Breakpoint, Domain, Function, Kind, Limit};

/// More places of one kind than this are counted instead of listed.
const MOST: usize = 6;

/// One curve of a chart: its name as plain text, the function, and what is drawn.
pub(super) struct Curve<'a> {
    pub(super) name: String,
    pub(super) function: &'a Function,
    pub(super) analysis: &'a Analysis,
    pub(super) trace: &'a Trace,
}

/// Describes curves over the `x` window of their chart, which shows what has these names. The `family` is the sentence
/// about a letter that moves.
pub(super) fn describe(
    names: &[String],
    family: Option<String>,
    curves: &[Curve<'_>],
    x: (f64, f64),
    language: Language,
) -> String {
    let mut sentences = vec![language.graph(names, (abscissa(x.0), abscissa(x.1)))];
    sentences.extend(family);
    for curve in curves {
        sentences.push(language.curve(&curve.name, &clauses(curve, x, language)));
    }
    sentences.join(if language == Language::Japanese { "" } else { " " })
}

/// An abscissa in words: a simple multiple of π as such.
pub(super) fn abscissa(x: f64) -> String {
    pi_fraction(x).unwrap_or_else(|| number::text(x))
}

fn clauses(curve: &Curve<'_>, x: (f64, f64), language: Language) -> Vec<String> {
    let analysis = curve.analysis;
    let mut clauses = Vec::new();
    let parts = domain(analysis);
    if parts.is_empty() && analysis.unresolved.is_empty() && analysis.breakpoints.iter().all(|b| b.value.is_none()) {
        return vec![language.nowhere()];
    }
    if !covers(&parts, x) && !parts.is_empty() && parts.len() <= MOST {
        clauses.push(language.domain(&parts.iter().map(Interval::text).collect::<Vec<_>>()));
    }
    // Nothing is said of rises and falls rather than something false.
    if curve.trace.sections.iter().all(|section| is_monotone(curve.function, section)) {
        clauses.extend(trends(&curve.trace.sections, language));
    }
    clauses.extend(breakpoints(analysis, language));
    for zone in analysis.unresolved.iter().take(MOST) {
        let (low, high) = (number::text(zone.values.0), number::text(zone.values.1));
        clauses.push(language.murky(&abscissa(zone.low), &abscissa(zone.high), &low, &high));
    }
    clauses.extend(limits(curve.function, language));
    clauses
}

/// A part of the domain within the window.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Interval {
    low: f64,
    high: f64,
    with_low: bool,
    with_high: bool,
}

impl Interval {
    fn text(&self) -> String {
        let sign = |with: bool| if with { "≤" } else { "<" };
        let (low, high) = (abscissa(self.low), abscissa(self.high));
        format!("{low} {} x {} {high}", sign(self.with_low), sign(self.with_high))
    }
}

/// Where the function is defined: its pieces, joined where it has a value between them.
fn domain(analysis: &Analysis) -> Vec<Interval> {
    let defined = |x: f64| analysis.breakpoints.iter().find(|b| b.x == x).is_none_or(|b| b.value.is_some());
    let mut parts: Vec<Interval> = Vec::new();
    // An unresolved zone is no gap: the function has values there, only too many.
    let pieces = analysis.pieces.iter().map(|piece| (piece.low, piece.high));
    let mut pieces: Vec<(f64, f64)> =
        pieces.chain(analysis.unresolved.iter().map(|zone| (zone.low, zone.high))).collect();
    pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (low, high) in pieces {
        let part = Interval { low, high, with_low: defined(low), with_high: defined(high) };
        match parts.last_mut() {
            Some(last) if last.high == part.low && last.with_high && part.with_low => {
                (last.high, last.with_high) = (part.high, part.with_high);
            }
            _ => parts.push(part),
        }
    }
    parts
}

fn covers(parts: &[Interval], x: (f64, f64)) -> bool {
    let whole = |part: &Interval| part.low <= x.0 && x.1 <= part.high;
    parts.len() == 1 && parts.iter().all(whole)
        || parts.windows(2).all(|pair| pair[0].high == pair[1].low) && {
            // Single points missing are told as holes, poles and jumps.
            parts.first().is_some_and(|first| first.low <= x.0) && parts.last().is_some_and(|last| x.1 <= last.high)
        }
}

/// Whether a section is what it is said to be, at many points of it: the search for extrema can miss some where a slope
/// cannot be told from zero, as in the difference of two nearly equal functions.
fn is_monotone(function: &Function, section: &Section) -> bool {
    const POINTS: u32 = 200;
    let ((x0, y0), (x1, y1)) = (section.from, section.to);
    let values = (1..POINTS).map(|i| function.value(x0 + (x1 - x0) * f64::from(i) / f64::from(POINTS)));
    let values: Vec<f64> = values.chain([y1]).filter(|y| y.is_finite()).collect();
    let (low, high) = values.iter().fold((y0, y0), |(low, high), &y| (low.min(y), high.max(y)));
    // The limits at the ends may be infinite; what is finite between them is compared.
    let slack = 1e-9 * (high - low) + 1e-12 * low.abs().max(high.abs());
    if number::text(y0) == number::text(y1) {
        return high - low <= 1e-6 * low.abs().max(high.abs()) || high == low;
    }
    let upwards = if y1 > y0 { 1.0 } else { -1.0 };
    values.windows(2).all(|pair| upwards * (pair[1] - pair[0]) >= -slack)
}

/// Rises, falls and constant parts, or a count of them, with the extrema.
fn trends(sections: &[Section], language: Language) -> Vec<String> {
    let (maxima, minima): (Vec<_>, Vec<_>) = sections
        .windows(2)
        .filter(|pair| pair[0].to == pair[1].from && pair[0].turns(&pair[1]))
        .map(|pair| (pair[0].to, pair[0].to.1 > pair[0].from.1))
        .partition(|(_, peak)| *peak);
    if sections.len() > 2 * MOST {
        return vec![language.waves(maxima.len(), minima.len())];
    }
    let mut clauses: Vec<String> = sections.iter().map(|section| trend(section, language)).collect();
    clauses.extend(maxima.iter().map(|((x, y), _)| language.maximum(&abscissa(*x), &number::text(*y))));
    clauses.extend(minima.iter().map(|((x, y), _)| language.minimum(&abscissa(*x), &number::text(*y))));
    clauses
}

fn trend(section: &Section, language: Language) -> String {
    let (x, y) = (abscissa(section.from.0), number::text(section.from.1));
    let (to_x, to_y) = (abscissa(section.to.0), number::text(section.to.1));
    if y == to_y {
        language.constant(&y, &x, &to_x)
    } else if section.from.1 < section.to.1 {
        language.rises((&x, &y), (&to_x, &to_y))
    } else {
        language.falls((&x, &y), (&to_x, &to_y))
    }
}

fn breakpoints(analysis: &Analysis, language: Language) -> Vec<String> {
    let told: Vec<String> = analysis.breakpoints.iter().filter_map(|b| breakpoint(b, language)).collect();
    let count = told.len();
    if count <= 2 * MOST {
        return told;
    }
    told.into_iter().take(MOST).chain([language.more(count - MOST)]).collect()
}

fn breakpoint(breakpoint: &Breakpoint, language: Language) -> Option<String> {
    let x = abscissa(breakpoint.x);
    let (left, right) = (limit(breakpoint.left, language), limit(breakpoint.right, language));
    let value = breakpoint.value.map(number::text);
    match breakpoint.kind {
        Kind::Kink => Some(language.kink(&x, &value?)),
        Kind::Jump => Some(language.jump(&x, &left, &right, value.as_deref())),
        Kind::Hole => Some(language.hole(&x, &left)),
        Kind::Pole => Some(language.pole(&x, &left, &right)),
        Kind::Isolated => Some(language.isolated(&x, &value?)),
        // The domain has been told.
        Kind::End => None,
    }
}

/// A one-sided limit in words.
pub(super) fn limit(limit: Limit, language: Language) -> String {
    match limit {
        Limit::Finite(y) => number::text(y),
        Limit::PlusInfinity => number::text(f64::INFINITY),
        Limit::MinusInfinity => number::text(f64::NEG_INFINITY),
        Limit::Undefined | Limit::None => language.undefined().to_owned(),
    }
}

/// Horizontal asymptotes, where an enclosure of everything far out proves them.
fn limits(function: &Function, language: Language) -> Vec<String> {
    const FAR: f64 = 1e9;
    const SURE: f64 = 1e-7;
    [(-f64::MAX, -FAR, "\u{2212}∞"), (FAR, f64::MAX, "∞")]
        .into_iter()
        .filter_map(|(low, high, to)| {
            let values = function.enclose(low, high);
            let sure = values.domain == Domain::Everywhere && values.high - values.low <= SURE;
            sure.then(|| {
                let limit = Decimal::rounded_at(f64::midpoint(values.low, values.high), -6);
                language.tends(&limit.text(), to)
            })
        })
        .collect()
}

//! A function to what is drawn of it: runs of the pen, bands where it oscillates too fast, and dots at its jumps.
//!
//! A run never crosses a breakpoint unless the function is continuous there, and never leaves the plot rectangle:
//! poles end at its edge. Dots say which end belongs to the graph.

use super::frame::{Frame, Point, Rectangle};
use super::path;
use super::refine::{Murky, Refiner, Sample};
use crate::function::{Analysis, Breakpoint, Function, Kind, Limit, Piece};

/// A vertex of a run, in pixels, inside the plot rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vertex {
    pub(super) at: Point,
    /// True if it must be drawn exactly: a kink, an extremum, an end.
    pub(super) joint: bool,
}

/// A dot at a jump, a hole or an end of the domain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dot {
    pub(super) at: Point,
    /// True if the value is taken there, false for a limit that is not.
    pub(super) closed: bool,
}

/// All that is drawn of one curve, in pixels, clipped.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Trace {
    /// Pen-down runs from left to right, each with at least two vertices.
    pub(super) runs: Vec<Vec<Vertex>>,
    /// Closed polygons that the curve fills.
    pub(super) bands: Vec<Vec<Point>>,
    /// Where the graph begins and ends at its breakpoints.
    pub(super) dots: Vec<Dot>,
    /// Its monotonic parts from left to right, in the units of mathematics.
    pub(super) sections: Vec<Section>,
}

/// A part of the graph on which it rises, falls or stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Section {
    /// Abscissa and value or limit at its left end.
    pub(super) from: (f64, f64),
    /// The same at its right end.
    pub(super) to: (f64, f64),
}

impl Section {
    /// True if the graph goes down after going up, or up after going down.
    pub(super) fn turns(&self, next: &Section) -> bool {
        (self.to.1 - self.from.1) * (next.to.1 - next.from.1) < 0.0
    }
}

/// Draws a function, given with its derivative, into a frame.
pub(super) fn trace(function: &Function, slope: &Function, analysis: &Analysis, frame: &Frame) -> Trace {
    let mut refiner = Refiner::new(function, slope, frame);
    let mut murky: Vec<Murky> = Vec::new();
    let mut runs: Vec<Vec<Sample>> = Vec::new();
    let crowds = crowds(analysis, frame);
    for piece in &analysis.pieces {
        if crowds.iter().any(|crowd| crowd.from <= piece.low && piece.high <= crowd.to) {
            continue;
        }
        let (samples, cloudy) = refiner.piece(piece);
        murky.extend(cloudy);
        append(&mut runs, samples, joins(piece, analysis));
    }
    for zone in &analysis.unresolved {
        murky.push(Murky { from: zone.low, to: zone.high, low: zone.values.0, high: zone.values.1 });
    }
    let dots = dots(analysis, frame, &crowds);
    murky.extend(crowds);
    runs = runs.into_iter().flat_map(|run| without_fast_waves(run, frame, &mut murky)).collect();
    let sections = runs.iter().flat_map(|run| sections(run)).collect();
    let runs = runs.iter().flat_map(|run| clipped(run, frame)).collect();
    Trace { runs, bands: bands(murky, frame), dots, sections }
}

/// True if the pen may stay down between the piece and the one before it.
fn joins(piece: &Piece, analysis: &Analysis) -> bool {
    let at = analysis.breakpoints.binary_search_by(|breakpoint| breakpoint.x.total_cmp(&piece.low));
    at.map_or(true, |index| analysis.breakpoints[index].kind == Kind::Kink)
}

/// Adds the vertices of a piece to the last run or, after a break, as new ones.
fn append(runs: &mut Vec<Vec<Sample>>, samples: Vec<Sample>, joins: bool) {
    let Some(&first) = samples.first() else { return };
    let continues =
        joins && runs.last().and_then(|run| run.last()).is_some_and(|last| last.x == first.x && last.y == first.y);
    if !continues {
        runs.push(Vec::new());
    }
    for sample in samples.into_iter().skip(usize::from(continues)) {
        if sample.lifted {
            runs.push(Vec::new());
        }
        if let Some(run) = runs.last_mut() {
            run.push(Sample { lifted: false, ..sample });
        }
    }
}

/// Stretches of the window where pieces are so narrow and so many that neither lines nor dots could be told apart.
/// Where there are hundreds, that begins earlier.
fn crowds(analysis: &Analysis, frame: &Frame) -> Vec<Murky> {
    const MANY: usize = 6;
    const HUNDREDS: usize = 200;
    let widest = if analysis.pieces.len() > HUNDREDS { 3.0 } else { 0.6 };
    let narrow = |piece: &Piece| (piece.high - piece.low) * frame.x_scale() < widest;
    let mut crowds = Vec::new();
    for group in analysis.pieces.chunk_by(|a, b| narrow(a) && narrow(b) && (b.low - a.high) * frame.x_scale() < widest)
    {
        if group.len() < MANY {
            continue;
        }
        // One column of the band for every few pieces, so that its edge follows the graph.
        for column in group.chunks(MANY) {
            let values = || {
                let ends = column.iter().flat_map(|piece| [piece.at_low, piece.at_high]);
                ends.filter_map(|limit| match limit {
                    Limit::Finite(y) => Some(y),
                    Limit::PlusInfinity => Some(f64::INFINITY),
                    Limit::MinusInfinity => Some(f64::NEG_INFINITY),
                    Limit::Undefined | Limit::None => None,
                })
            };
            let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
            if let (Some(first), Some(last)) = (column.first(), column.last()) {
                crowds.push(Murky { from: first.low, to: last.high, low, high });
            }
        }
    }
    crowds
}

/// Splits a run where it turns back more than twice a pixel, and reports those parts as murky. Of a run with hundreds
/// of waves, those are murky already whose lines would touch.
fn without_fast_waves(run: Vec<Sample>, frame: &Frame, murky: &mut Vec<Murky>) -> Vec<Vec<Sample>> {
    const MANY: usize = 4;
    const HUNDREDS: usize = 300;
    let turning: Vec<usize> = (1..run.len().saturating_sub(1))
        .filter(|&i| {
            let row = |i: usize| frame.row(run[i].y);
            let (before, after) = (row(i) - row(i - 1), row(i + 1) - row(i));
            before * after < 0.0 && run[i].joint
        })
        .collect();
    let apart = if turning.len() > HUNDREDS { 1.5 } else { 0.5 };
    let close = |a: &usize, b: &usize| {
        let (a, b) = (run[*a], run[*b]);
        (b.x - a.x) * frame.x_scale() < apart && (frame.row(a.y) - frame.row(b.y)).abs() > 1.0
    };
    let mut parts = Vec::new();
    let mut rest = 0;
    for group in turning.chunk_by(close) {
        let (Some(&first), Some(&last)) = (group.first(), group.last()) else { continue };
        if group.len() < MANY {
            continue;
        }
        parts.push(run[rest..=first].to_vec());
        rest = last;
        for pair in run[first..=last].windows(2) {
            let (low, high) = (pair[0].y.min(pair[1].y), pair[0].y.max(pair[1].y));
            murky.push(Murky { from: pair[0].x, to: pair[1].x, low, high });
        }
    }
    if parts.is_empty() {
        return vec![run];
    }
    parts.push(run[rest..].to_vec());
    parts.retain(|part| {
        let scrap = part.last().zip(part.first()).is_some_and(|(b, a)| (b.x - a.x) * frame.x_scale() < 1.0);
        if scrap {
            murky.extend(part.windows(2).map(|pair| {
                let (low, high) = (pair[0].y.min(pair[1].y), pair[0].y.max(pair[1].y));
                Murky { from: pair[0].x, to: pair[1].x, low, high }
            }));
        }
        !scrap
    });
    parts
}

/// The monotonic parts of a run: from joint to joint, those that go the same way as one.
fn sections(run: &[Sample]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let joints: Vec<&Sample> = run.iter().enumerate().filter(|(i, s)| *i == 0 || s.joint).map(|(_, s)| s).collect();
    for pair in joints.windows(2) {
        let (from, to) = ((pair[0].x, pair[0].y), (pair[1].x, pair[1].y));
        let way = |from: f64, to: f64| from.partial_cmp(&to);
        match sections.last_mut() {
            Some(last) if way(last.from.1, last.to.1) == way(from.1, to.1) => last.to = to,
            _ => sections.push(Section { from, to }),
        }
    }
    sections
}

/// The dots of a curve that lie inside the window.
fn dots(analysis: &Analysis, frame: &Frame, crowds: &[Murky]) -> Vec<Dot> {
    let mut dots = Vec::new();
    for breakpoint in &analysis.breakpoints {
        let crowded = crowds.iter().any(|crowd| crowd.from <= breakpoint.x && breakpoint.x <= crowd.to);
        if breakpoint.kind != Kind::Kink && !crowded {
            dots.extend(dots_of(breakpoint, frame));
        }
    }
    dots
}

/// A closed dot at the value, an open one at each finite limit that is not the value.
fn dots_of(breakpoint: &Breakpoint, frame: &Frame) -> Vec<Dot> {
    const SAME: f64 = 0.01;
    let mut dots: Vec<Dot> = Vec::new();
    let value = breakpoint.value.map(|y| (y, true));
    let limits = [breakpoint.left, breakpoint.right].map(|limit| match limit {
        Limit::Finite(y) => Some((y, false)),
        _ => None,
    });
    for (y, closed) in std::iter::once(value).chain(limits).flatten() {
        let at = frame.point(breakpoint.x, y);
        if frame.plot.holds(at, 1e-6) && dots.iter().all(|dot| dot.at.distance(at) > SAME) {
            dots.push(Dot { at, closed });
        }
    }
    dots
}

/// The parts of a run inside the plot rectangle.
fn clipped(run: &[Sample], frame: &Frame) -> Vec<Vec<Vertex>> {
    let mut parts: Vec<Vec<Vertex>> = Vec::new();
    let mut down = false;
    for pair in run.windows(2) {
        if pair[0].y.is_nan() || pair[1].y.is_nan() {
            down = false;
            continue;
        }
        let (a, b) = (frame.point(pair[0].x, pair[0].y), frame.point(pair[1].x, pair[1].y));
        let Some((from, to)) = clip(a, b, &frame.plot) else {
            down = false;
            continue;
        };
        let part = |t: f64| Point { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
        if !down || from > 0.0 {
            let start = if from > 0.0 { part(from) } else { a };
            parts.push(vec![Vertex { at: start, joint: true }]);
        }
        let (end, joint) = if to < 1.0 { (part(to), true) } else { (b, pair[1].joint) };
        if let Some(part) = parts.last_mut() {
            part.push(Vertex { at: end, joint });
        }
        down = to >= 1.0;
    }
    parts.retain(|part| part.windows(2).any(|pair| pair[0].at != pair[1].at));
    parts
}

/// The part of a segment inside a rectangle, as parameters of its ends (Liang and Barsky).
fn clip(a: Point, b: Point, plot: &Rectangle) -> Option<(f64, f64)> {
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    let edges = [
        (a.x - b.x, a.x - plot.left),
        (b.x - a.x, plot.right - a.x),
        (a.y - b.y, a.y - plot.top),
        (b.y - a.y, plot.bottom - a.y),
    ];
    for (outward, room) in edges {
        // A hundred-thousandth of a pixel outside is a rounding error, not outside.
        if outward == 0.0 {
            if room < -1e-5 {
                return None;
            }
        } else if outward < 0.0 {
            from = from.max(if room >= -1e-5 { 0.0 } else { room / outward });
        } else {
            to = to.min(if room >= outward - 1e-5 { 1.0 } else { room / outward });
        }
    }
    (from <= to).then_some((from, to))
}

/// Neighbouring murky columns as one polygon each, clipped to the plot rectangle.
fn bands(mut murky: Vec<Murky>, frame: &Frame) -> Vec<Vec<Point>> {
    const APART: f64 = 0.6;
    const COARSE: f64 = 0.3;
    murky.retain(|zone| zone.low <= frame.y.1 && frame.y.0 <= zone.high);
    murky.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut polygons = Vec::new();
    for group in murky.chunk_by(|a, b| (b.from - a.to) * frame.x_scale() < APART) {
        let columns = columns(group, frame);
        if columns.last().zip(columns.first()).is_none_or(|(last, first)| last.1 - first.0 < 0.05) {
            continue;
        }
        let edge = |row: fn(&(f64, f64, f64, f64)) -> f64| {
            let points: Vec<Point> =
                columns.iter().flat_map(|column| [column.0, column.1].map(|x| Point { x, y: row(column) })).collect();
            path::simplified(&points, COARSE)
        };
        let mut polygon = edge(|column| column.2);
        polygon.extend(edge(|column| column.3).into_iter().rev());
        polygons.push(polygon);
    }
    polygons
}

/// Murky zones in steps of at least half a pixel, as (left, right, top, bottom).
fn columns(group: &[Murky], frame: &Frame) -> Vec<(f64, f64, f64, f64)> {
    const STEP: f64 = 0.5;
    let rows = (frame.plot.top, frame.plot.bottom);
    let mut columns: Vec<(f64, f64, f64, f64)> = Vec::new();
    for zone in group {
        let (left, right) = (frame.column(zone.from), frame.column(zone.to));
        let (top, bottom) = (frame.row(zone.high).clamp(rows.0, rows.1), frame.row(zone.low).clamp(rows.0, rows.1));
        match columns.last_mut() {
            Some(last) if right - last.0 <= STEP || last.1 - last.0 < STEP => {
                *last = (last.0, last.1.max(right), last.2.min(top), last.3.max(bottom));
            }
            _ => columns.push((left, right, top, bottom)),
        }
    }
    let (left, right) = (frame.plot.left, frame.plot.right);
    columns.iter().map(|&(a, b, top, bottom)| (a.clamp(left, right), b.clamp(left, right), top, bottom)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame =
        Frame { x: (0.0, 10.0), y: (0.0, 10.0), plot: Rectangle { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 } };

    #[test]
    fn a_run_is_cut_exactly_at_the_edge() {
        let run = [Sample::new(0.0, -5.0), Sample::new(5.0, 5.0), Sample::new(10.0, 25.0)];
        let parts = clipped(&run, &FRAME);
        let corners: Vec<_> = parts[0].iter().map(|vertex| (vertex.at.x, vertex.at.y, vertex.joint)).collect();
        assert_eq!(parts.len(), 1);
        assert_eq!(corners, [(25.0, 100.0, true), (50.0, 50.0, false), (62.5, 0.0, true)]);
    }

    #[test]
    fn a_run_that_leaves_and_returns_is_two() {
        let run = [Sample::new(0.0, 5.0), Sample::new(2.0, 15.0), Sample::new(4.0, 5.0)];
        assert_eq!(clipped(&run, &FRAME).len(), 2);
        assert_eq!(clipped(&[Sample::new(0.0, 15.0), Sample::new(9.0, 11.0)], &FRAME), Vec::<Vec<Vertex>>::new());
    }

    #[test]
    fn an_edge_of_the_window_is_inside() {
        let run = [Sample::new(0.0, 0.0), Sample::new(10.0, 0.0)];
        assert_eq!(clipped(&run, &FRAME).len(), 1);
    }
}

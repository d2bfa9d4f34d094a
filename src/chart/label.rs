//! The name of each curve beside it, where it touches nothing and is nearer to its own curve than to any other.
//!
//! Every place along a curve, above, below and to either side, is tried and judged. A name without a good place is left
//! to the legend.

use std::ops::Range;

use super::frame::{Frame, Point, Rectangle};
use super::trace::Trace;

/// A name to be placed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name {
    /// Indices of the traces that it names: one, or all frames of a curve that moves.
    pub(super) traces: Range<usize>,
    /// Its size in pixels where letters are largest.
    pub(super) size: Size,
    /// True if it is seen only where a family stands together, so that other frames are not in its way.
    pub(super) in_family: bool,
}

/// A trace, and whether it is seen where a family stands together.
pub(super) type Seen<'a> = (&'a Trace, bool);

/// Width and height of a name in pixels where letters are largest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// How a text lies to its anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    /// What SVG and our classes call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        }
    }
}

/// Where a name goes: its anchor at half its height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) at: Point,
    pub(super) anchor: Anchor,
}

/// Space between a name and what is around it.
const GAP: f64 = 4.0;

/// For each name in order a place, if it has one that those before it have left.
pub(super) fn place(names: &[Name], traces: &[Seen<'_>], frame: &Frame) -> Vec<Option<Place>> {
    let ink = Ink::of(traces, frame);
    let mut taken: Vec<(Rectangle, bool)> = Vec::new();
    for (trace, kin) in traces {
        taken.extend(trace.dots.iter().map(|dot| (around(dot.at), *kin)));
        taken.extend(trace.bands.iter().map(|band| (hull(band), *kin)));
    }
    let mut places = Vec::new();
    for name in names {
        let found = best(name, &ink, &taken, frame);
        taken.extend(found.map(|(_, area)| (area, true)));
        places.push(found.map(|(place, _)| place));
    }
    places
}

fn around(dot: Point) -> Rectangle {
    Rectangle { left: dot.x, top: dot.y, right: dot.x, bottom: dot.y }.grown(5.0)
}

fn hull(polygon: &[Point]) -> Rectangle {
    let empty =
        Rectangle { left: f64::INFINITY, top: f64::INFINITY, right: f64::NEG_INFINITY, bottom: f64::NEG_INFINITY };
    polygon.iter().fold(empty, |hull, point| Rectangle {
        left: hull.left.min(point.x),
        top: hull.top.min(point.y),
        right: hull.right.max(point.x),
        bottom: hull.bottom.max(point.y),
    })
}

/// Points along a drawn curve, at most three pixels apart.
fn points_along(trace: &Trace) -> Vec<Point> {
    const STEP: f64 = 3.0;
    let mut points = Vec::new();
    for pair in trace.runs.iter().flat_map(|run| run.windows(2)) {
        let (a, b) = (pair[0].at, pair[1].at);
        let count = (a.distance(b) / STEP).ceil().max(1.0);
        points.extend((0..count as usize).map(|i| {
            let t = i as f64 / count;
            Point { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) }
        }));
        points.push(b);
    }
    points
}

/// Points along all drawn curves, so sorted that those near a rectangle are found fast.
struct Ink {
    /// For each trace its points.
    curves: Vec<Vec<Point>>,
    /// All points in columns from the left edge of the plot, with the index of their trace.
    columns: Vec<Vec<(usize, Point)>>,
    /// For each trace whether it is seen where a family stands together.
    kin: Vec<bool>,
    left: f64,
}

/// The width of such a column in pixels.
const COLUMN: f64 = 8.0;

/// Nothing is judged by what is farther away than this, in pixels.
const FAR: f64 = 64.0;

impl Ink {
    fn of(traces: &[Seen<'_>], frame: &Frame) -> Ink {
        let curves: Vec<Vec<Point>> = traces.iter().map(|(trace, _)| points_along(trace)).collect();
        let left = frame.plot.left;
        let mut columns = vec![Vec::new(); (frame.plot.width() / COLUMN) as usize + 2];
        for (index, points) in curves.iter().enumerate() {
            for &point in points {
                let column = ((point.x - left) / COLUMN).max(0.0) as usize;
                let last = columns.len() - 1;
                columns[column.min(last)].push((index, point));
            }
        }
        Ink { curves, columns, kin: traces.iter().map(|(_, kin)| *kin).collect(), left }
    }

    /// The points that may be nearer to a rectangle than [`FAR`].
    fn near(&self, area: &Rectangle) -> impl Iterator<Item = &(usize, Point)> {
        let column = |x: f64| ((x - self.left) / COLUMN).max(0.0) as usize;
        let first = column(area.left - FAR).min(self.columns.len());
        let last = (column(area.right + FAR) + 1).min(self.columns.len());
        self.columns[first..last].iter().flatten()
    }
}

/// The best place for one name, with the rectangle that it takes.
fn best(name: &Name, ink: &Ink, taken: &[(Rectangle, bool)], frame: &Frame) -> Option<(Place, Rectangle)> {
    let own: Vec<&Point> = ink.curves.get(name.traces.clone())?.iter().flatten().collect();
    let mut best: Option<(f64, Place, Rectangle)> = None;
    let stride = (own.len() / 100).max(2);
    for (point, side) in own.iter().step_by(stride).flat_map(|point| SIDES.map(|side| (point, side))) {
        let (place, area) = side.place(**point, name.size);
        let in_the_way = |(other, kin): &(Rectangle, bool)| (*kin || !name.in_family) && other.meets(&area.grown(GAP));
        if !frame.plot.grown(-GAP).contains(&area) || taken.iter().any(in_the_way) {
            continue;
        }
        let Some(score) = judge(&area, name, ink, frame) else { continue };
        let score = score - side.cost();
        if best.is_none_or(|(highest, ..)| score > highest) {
            best = Some((score, place, area));
        }
    }
    best.map(|(_, place, area)| (place, area))
}

/// Higher is better; `None` where the name would touch a curve or belong to another as well.
fn judge(area: &Rectangle, name: &Name, ink: &Ink, frame: &Frame) -> Option<f64> {
    let mut nearest_own = f64::INFINITY;
    let mut nearest_other = f64::INFINITY;
    // The square is compared, since this loop is where labels spend their time.
    for (index, point) in ink.near(area) {
        if name.in_family && !ink.kin[*index] {
            continue;
        }
        let nearest = if name.traces.contains(index) { &mut nearest_own } else { &mut nearest_other };
        *nearest = nearest.min(area.squared_distance(*point));
        if *nearest < GAP * GAP {
            return None;
        }
    }
    let (nearest_own, nearest_other) = (nearest_own.sqrt(), nearest_other.sqrt());
    if nearest_other < 1.6 * nearest_own {
        return None;
    }
    let rightness = (area.right - frame.plot.left) / frame.plot.width();
    Some(40.0 * rightness + 0.5 * nearest_other.min(60.0) - 2.0 * nearest_own)
}

/// Where a name lies as seen from a point of its curve.
#[derive(Debug, Clone, Copy)]
enum Side {
    Above,
    Below,
    Left,
    Right,
    AboveLeft,
    AboveRight,
    BelowLeft,
    BelowRight,
}

const SIDES: [Side; 8] = [
    Side::Above,
    Side::Below,
    Side::Left,
    Side::Right,
    Side::AboveLeft,
    Side::AboveRight,
    Side::BelowLeft,
    Side::BelowRight,
];

impl Side {
    fn place(self, point: Point, Size { width, height }: Size) -> (Place, Rectangle) {
        let half = height / 2.0;
        let (aside, away, corner) = (2.0 * GAP, half + GAP + 1.0, half + GAP);
        let (dx, dy, anchor) = match self {
            Side::Above => (0.0, -away, Anchor::Middle),
            Side::Below => (0.0, away, Anchor::Middle),
            Side::Left => (-aside, 0.0, Anchor::End),
            Side::Right => (aside, 0.0, Anchor::Start),
            Side::AboveLeft => (-1.25 * GAP, -corner, Anchor::End),
            Side::AboveRight => (1.25 * GAP, -corner, Anchor::Start),
            Side::BelowLeft => (-1.25 * GAP, corner, Anchor::End),
            Side::BelowRight => (1.25 * GAP, corner, Anchor::Start),
        };
        let at = Point { x: point.x + dx, y: point.y + dy };
        let left = match anchor {
            Anchor::Start => at.x,
            Anchor::Middle => at.x - width / 2.0,
            Anchor::End => at.x - width,
        };
        let area = Rectangle { left, top: at.y - half, right: left + width, bottom: at.y + half };
        (Place { at, anchor }, area)
    }

    fn cost(self) -> f64 {
        match self {
            Side::Above => 0.0,
            Side::Below => 3.0,
            Side::Left | Side::Right => 6.0,
            Side::AboveLeft | Side::AboveRight => 2.0,
            Side::BelowLeft | Side::BelowRight => 4.0,
        }
    }
}

impl Rectangle {
    fn contains(&self, other: &Rectangle) -> bool {
        self.left <= other.left && other.right <= self.right && self.top <= other.top && other.bottom <= self.bottom
    }

    /// The square of how far a point is from the rectangle; 0 inside.
    fn squared_distance(&self, point: Point) -> f64 {
        let dx = (self.left - point.x).max(point.x - self.right).max(0.0);
        let dy = (self.top - point.y).max(point.y - self.bottom).max(0.0);
        dx * dx + dy * dy
    }
}

#[cfg(test)]
mod tests {
    use super::super::trace::Vertex;
    use super::*;

    const SIZE: Size = Size { width: 80.0, height: 27.0 };

    const FRAME: Frame =
        Frame { x: (0.0, 1.0), y: (0.0, 1.0), plot: Rectangle { left: 0.0, top: 0.0, right: 500.0, bottom: 300.0 } };

    fn line(from: (f64, f64), to: (f64, f64)) -> Trace {
        let vertex = |(x, y)| Vertex { at: Point { x, y }, joint: true };
        Trace { runs: vec![vec![vertex(from), vertex(to)]], ..Trace::default() }
    }

    #[test]
    fn names_touch_neither_curves_nor_each_other() {
        let traces =
            [line((0.0, 250.0), (500.0, 50.0)), line((0.0, 50.0), (500.0, 250.0)), line((0.0, 150.0), (500.0, 150.0))];
        let names: Vec<_> =
            (0..3).map(|curve| Name { traces: curve..curve + 1, size: SIZE, in_family: false }).collect();
        let places: Vec<Place> =
            place(&names, &traces.each_ref().map(|trace| (trace, true)), &FRAME).into_iter().flatten().collect();
        assert_eq!(places.len(), 3);
        assert!(places.iter().all(|place| FRAME.plot.holds(place.at, 0.0)));
    }

    #[test]
    fn without_room_there_is_no_place() {
        let traces: Vec<_> = (0..30).map(|i| line((0.0, f64::from(i) * 10.0), (500.0, f64::from(i) * 10.0))).collect();
        let seen: Vec<Seen<'_>> = traces.iter().map(|trace| (trace, true)).collect();
        let name = |in_family| Name { traces: 3..4, size: SIZE, in_family };
        assert_eq!(place(&[name(false)], &seen, &FRAME), [None]);
        let kin: Vec<Seen<'_>> = traces.iter().enumerate().map(|(index, trace)| (trace, index % 6 == 3)).collect();
        assert!(place(&[name(true)], &kin, &FRAME)[0].is_some(), "only what is seen with the family is in the way");
    }
}

//! Path data: what a curve costs on the page.
//!
//! A run (pen down) comes as smooth stretches of closely spaced vertices in hundredths of a pixel, joined at kinks and
//! extrema. Each stretch is covered from left to right by the longest line or cubic Bézier that stays within a
//! tolerance of all its vertices; the fit is checked with the rounded numbers that are written. Stretch ends are
//! written exactly. For the fit see Philip J. Schneider, "An Algorithm for Automatically Fitting Digitized Curves",
//! Graphics Gems, 1990.

use super::frame::{Point, UNITS};
use super::number::hundredths;

/// A place in hundredths of a pixel.
pub(super) type Unit = (i32, i32);

/// How far, in pixels, a line may pass from the vertices that it replaces.
const LINE_TOLERANCE: f64 = 0.08;

/// The same for a cubic, rounding included.
const CUBIC_TOLERANCE: f64 = 0.09;

/// Numbers inside a stretch are written to a tenth of a pixel.
const COARSE: f64 = 10.0;

/// Writes runs as path data; each starts with `M`. A run is a list of smooth stretches, each of which starts where
/// the one before it ends.
pub(super) fn data(runs: &[Vec<Vec<Unit>>]) -> String {
    let mut writer = Writer::default();
    for run in runs {
        let Some(&start) = run.first().and_then(|stretch| stretch.first()) else { continue };
        writer.start(start);
        for stretch in run {
            cover(stretch, &mut writer);
        }
    }
    writer.text
}

/// Writes straight lines: the grid and the axes.
pub(super) fn lines(lines: &[(Unit, Unit)]) -> String {
    let mut writer = Writer::default();
    for &(from, to) in lines {
        writer.start(from);
        writer.line(to);
    }
    writer.text
}

/// Writes a closed polygon.
pub(super) fn polygon(points: &[Unit]) -> String {
    let mut writer = Writer::default();
    if let Some((&first, rest)) = points.split_first() {
        writer.start(first);
        for &point in rest {
            writer.line(point);
        }
        writer.text.push('z');
        writer.command = 'z';
    }
    writer.text
}

/// The text so far, the pen, and what need not be repeated.
#[derive(Default)]
struct Writer {
    text: String,
    pen: Unit,
    command: char,
    /// True if the last number has a point: the next one may then start with its own point.
    pointed: bool,
}

impl Writer {
    fn start(&mut self, at: Unit) {
        self.pen = at;
        self.put('M', &[at.0, at.1]);
    }

    fn line(&mut self, to: Unit) {
        let (dx, dy) = (to.0 - self.pen.0, to.1 - self.pen.1);
        match (dx, dy) {
            (0, 0) => return,
            (_, 0) => self.put('h', &[dx]),
            (0, _) => self.put('v', &[dy]),
            _ => self.put('l', &[dx, dy]),
        }
        self.pen = to;
    }

    fn cubic(&mut self, first: Unit, second: Unit, to: Unit) {
        let (x, y) = self.pen;
        self.put('c', &[first.0 - x, first.1 - y, second.0 - x, second.1 - y, to.0 - x, to.1 - y]);
        self.pen = to;
    }

    fn put(&mut self, command: char, numbers: &[i32]) {
        let repeated = command == self.command && command != 'M';
        if !repeated {
            self.text.push(command);
            self.command = command;
        }
        for (index, &number) in numbers.iter().enumerate() {
            let text = hundredths(number);
            let first = index == 0 && !repeated;
            if !(first || text.starts_with('-') || text.starts_with('.') && self.pointed) {
                self.text.push(' ');
            }
            self.pointed = text.contains('.');
            self.text.push_str(&text);
        }
    }
}

/// One drawn piece of a stretch.
enum Segment {
    Line,
    Cubic(Unit, Unit),
}

/// Covers one smooth stretch, starting at the pen.
fn cover(stretch: &[Unit], writer: &mut Writer) {
    let points = thinned(stretch);
    let last = points.len() - 1;
    let mut at = 0;
    while at < last {
        let pen = point(writer.pen);
        let target = |to: usize| if to == last { round(points[to], 1.0) } else { beside(writer.pen, points[to]) };
        let line = reach(at, last, |to| line_fits(pen, &points[at..=to], point(target(to))).then_some(Segment::Line));
        let cubic = reach(at, last, |to| cubic_fit(writer.pen, &points, (at, to), target(to)));
        let (to, segment) = match (line, cubic) {
            (Some(line), Some(cubic)) if cubic.0 > line.0 => cubic,
            (Some(line), _) => line,
            (None, Some(cubic)) => cubic,
            (None, None) => (at + 1, Segment::Line),
        };
        let end = target(to);
        match segment {
            Segment::Line => writer.line(end),
            Segment::Cubic(first, second) => writer.cubic(first, second, end),
        }
        at = to;
    }
}

/// The farthest vertex after `at` that `try_fit` reaches: doubling steps, then bisection between success and failure.
fn reach(at: usize, last: usize, mut try_fit: impl FnMut(usize) -> Option<Segment>) -> Option<(usize, Segment)> {
    if let Some(segment) = try_fit(last) {
        return Some((last, segment));
    }
    let mut best = None;
    let mut failed = last;
    let mut step = 1;
    while at + step < failed {
        let to = at + step;
        match try_fit(to) {
            Some(segment) => best = Some((to, segment)),
            // The first steps of a cubic may fail for want of vertices, not for want of room.
            None if best.is_none() && step < 8 => {}
            None => failed = to,
        }
        step *= 2;
    }
    let mut reached = best.as_ref().map_or(at, |(to, _)| *to);
    while reached + 1 < failed {
        let middle = usize::midpoint(reached, failed);
        match try_fit(middle) {
            Some(segment) => {
                best = Some((middle, segment));
                reached = middle;
            }
            None => failed = middle,
        }
    }
    best
}

fn point(unit: Unit) -> Point {
    Point { x: f64::from(unit.0) / UNITS, y: f64::from(unit.1) / UNITS }
}

/// The nearest place whose coordinates are multiples of `grain` hundredths.
fn round(point: Point, grain: f64) -> Unit {
    let nearest = |value: f64| ((value * UNITS / grain).round() * grain) as i32;
    (nearest(point.x), nearest(point.y))
}

/// The place nearest to `target` that is a whole number of tenths away from `from`: short to write.
fn beside(from: Unit, target: Point) -> Unit {
    let start = point(from);
    let offset = round(Point { x: target.x - start.x, y: target.y - start.y }, COARSE);
    (from.0 + offset.0, from.1 + offset.1)
}

/// Vertices without those that add nothing (Douglas and Peucker with a hundredth of a pixel), evenly spread.
fn thinned(stretch: &[Unit]) -> Vec<Point> {
    let points: Vec<Point> = stretch.iter().map(|&unit| point(unit)).collect();
    dense(&simplified(&points, 0.012))
}

/// The polyline with further vertices on its long edges: a fit that is checked at vertices must not leave an edge.
fn dense(points: &[Point]) -> Vec<Point> {
    const APART: f64 = 5.0;
    let mut dense = points.first().copied().into_iter().collect::<Vec<_>>();
    for pair in points.windows(2) {
        let count = (pair[0].distance(pair[1]) / APART).ceil().max(1.0);
        dense.extend((1..count as usize).map(|i| {
            let t = i as f64 / count;
            Point { x: pair[0].x + t * (pair[1].x - pair[0].x), y: pair[0].y + t * (pair[1].y - pair[0].y) }
        }));
        dense.push(pair[1]);
    }
    dense
}

/// The vertices that a polyline needs to stay within `tolerance` (Douglas and Peucker).
pub(super) fn simplified(points: &[Point], tolerance: f64) -> Vec<Point> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let mut keep = vec![false; points.len()];
    (keep[0], keep[last]) = (true, true);
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let worst = (from + 1..to)
            .map(|index| (distance_to_segment(points[index], points[from], points[to]), index))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((distance, index)) = worst
            && distance > tolerance
        {
            keep[index] = true;
            open.extend([(from, index), (index, to)]);
        }
    }
    points.iter().zip(keep).filter_map(|(&point, keep)| keep.then_some(point)).collect()
}

/// The distance of a point from a line segment.
pub(super) fn distance_to_segment(point: Point, from: Point, to: Point) -> f64 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let square = dx * dx + dy * dy;
    let t = if square > 0.0 { ((point.x - from.x) * dx + (point.y - from.y) * dy) / square } else { 0.0 };
    let t = t.clamp(0.0, 1.0);
    point.distance(Point { x: from.x + t * dx, y: from.y + t * dy })
}

fn line_fits(from: Point, points: &[Point], to: Point) -> bool {
    points.iter().all(|&point| distance_to_segment(point, from, to) <= LINE_TOLERANCE)
}

/// A cubic's four control points.
type Cubic = [Point; 4];

/// A cubic from the pen to `target` through the vertices `range.0..=range.1`, if one fits.
fn cubic_fit(pen: Unit, points: &[Point], range: (usize, usize), target: Unit) -> Option<Segment> {
    if range.1 - range.0 < 2 {
        return None;
    }
    let samples = sampled(&points[range.0..=range.1]);
    let tangents = (tangent(points, range.0), tangent(points, range.1));
    let ends = (point(pen), point(target));
    let mut parameters = chord_lengths(&samples);
    let mut cubic = least_squares(&samples, &parameters, ends, tangents);
    for _ in 0..4 {
        reparametrise(&cubic, &samples, &mut parameters);
        cubic = least_squares(&samples, &parameters, ends, tangents);
    }
    let (first, second) = (beside(pen, cubic[1]), beside(pen, cubic[2]));
    let written = [ends.0, point(first), point(second), ends.1];
    if !stays_between(&written) {
        return None;
    }
    reparametrise(&written, &samples, &mut parameters);
    reparametrise(&written, &samples, &mut parameters);
    let near = |(&sample, &t): (&Point, &f64)| sample.distance(at(&written, t)) <= CUBIC_TOLERANCE;
    let fits = samples.iter().zip(&parameters).all(near) && stays_near(&written, &points[range.0..=range.1]);
    fits.then_some(Segment::Cubic(first, second))
}

/// The other half of the proof: between the vertices the cubic does not swing away from the polyline.
fn stays_near(cubic: &Cubic, points: &[Point]) -> bool {
    const STEPS: u32 = 24;
    let mut edge = 0;
    (1..STEPS).all(|step| {
        let place = at(cubic, f64::from(step) / f64::from(STEPS));
        // Both go from left to right: an edge that lies behind stays behind.
        while edge + 2 < points.len() && points[edge + 1].x < place.x - CUBIC_TOLERANCE {
            edge += 1;
        }
        let near = |pair: &[Point]| distance_to_segment(place, pair[0], pair[1]) <= 1.2 * CUBIC_TOLERANCE;
        let ahead = points[edge..].windows(2).take_while(|pair| pair[0].x <= place.x + CUBIC_TOLERANCE);
        ahead.into_iter().any(near)
    })
}

/// A graph does not turn back: neither may its cubic, or it would bridge a jump.
fn stays_between([start, first, second, end]: &Cubic) -> bool {
    let slack = 0.051;
    let inside = |x: f64| start.x - slack <= x && x <= end.x + slack;
    inside(first.x) && inside(second.x) && first.x <= second.x.max(end.x) + slack
}

/// At most 64 of the vertices, first and last included.
fn sampled(points: &[Point]) -> Vec<Point> {
    const MOST: usize = 64;
    if points.len() <= MOST {
        return points.to_vec();
    }
    (0..MOST).map(|index| points[index * (points.len() - 1) / (MOST - 1)]).collect()
}

/// The direction of the curve at a vertex: that of the parabola through it and two others about a pixel away.
fn tangent(points: &[Point], index: usize) -> Point {
    const NEAR: f64 = 0.7;
    let here = points[index];
    let far = |candidate: &&Point| candidate.distance(here) >= NEAR;
    let behind = points[..index].iter().rev().find(far).or(points[..index].first());
    let ahead = points[index + 1..].iter().find(far).or(points[index + 1..].last());
    let through = |a: Point, b: Point, sign: f64| {
        // The derivative at `here` of the parabola through `here`, `a` and `b`, by distance along the polyline.
        let (s, t) = (here.distance(a), here.distance(a) + a.distance(b));
        let weight = |near: f64, far: f64| (near * t / s - far * s / t) / (t - s) * sign;
        Point { x: weight(a.x - here.x, b.x - here.x), y: weight(a.y - here.y, b.y - here.y) }
    };
    let direction = match (behind, ahead) {
        (Some(&a), Some(&b)) => {
            let (s, t) = (here.distance(a), here.distance(b));
            Point {
                x: (here.x - a.x) / s * t + (b.x - here.x) / t * s,
                y: (here.y - a.y) / s * t + (b.y - here.y) / t * s,
            }
        }
        (None, Some(&a)) => match points[index + 1..].iter().find(|next| next.distance(a) >= NEAR && next.x > a.x) {
            Some(&b) if index == 0 => through(a, b, 1.0),
            _ => Point { x: a.x - here.x, y: a.y - here.y },
        },
        (Some(&a), None) => match points[..index].iter().rev().find(|next| next.distance(a) >= NEAR && next.x < a.x) {
            Some(&b) => through(a, b, -1.0),
            None => Point { x: here.x - a.x, y: here.y - a.y },
        },
        (None, None) => Point { x: 1.0, y: 0.0 },
    };
    let length = libm::hypot(direction.x, direction.y);
    if length > 0.0 && direction.x >= 0.0 {
        Point { x: direction.x / length, y: direction.y / length }
    } else {
        Point { x: 0.0, y: direction.y.signum() }
    }
}

/// Each vertex's share of the length of the polyline: 0 at the first, 1 at the last.
fn chord_lengths(points: &[Point]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut lengths = vec![0.0];
    for pair in points.windows(2) {
        sum += pair[0].distance(pair[1]);
        lengths.push(sum);
    }
    lengths.iter().map(|length| if sum > 0.0 { length / sum } else { 0.0 }).collect()
}

/// The cubic with these ends and end tangents that is nearest to the samples at these parameters.
fn least_squares(
    samples: &[Point],
    parameters: &[f64],
    (start, end): (Point, Point),
    tangents: (Point, Point),
) -> Cubic {
    let (head, tail) = tangents;
    let [mut aa, mut ab, mut bb, mut ac, mut bc] = [0.0; 5];
    for (sample, &t) in samples.iter().zip(parameters) {
        let s = 1.0 - t;
        let (b0, b1, b2, b3) = (s * s * s, 3.0 * t * s * s, 3.0 * t * t * s, t * t * t);
        let rest = Point {
            x: sample.x - start.x * (b0 + b1) - end.x * (b2 + b3),
            y: sample.y - start.y * (b0 + b1) - end.y * (b2 + b3),
        };
        let (a, b) = (Point { x: head.x * b1, y: head.y * b1 }, Point { x: -tail.x * b2, y: -tail.y * b2 });
        aa += a.x * a.x + a.y * a.y;
        ab += a.x * b.x + a.y * b.y;
        bb += b.x * b.x + b.y * b.y;
        ac += a.x * rest.x + a.y * rest.y;
        bc += b.x * rest.x + b.y * rest.y;
    }
    let chord = start.distance(end);
    let determinant = aa * bb - ab * ab;
    let (mut alpha, mut beta) = ((ac * bb - bc * ab) / determinant, (bc * aa - ac * ab) / determinant);
    let sensible = |arm: f64| arm.is_finite() && 0.0 < arm && arm <= 1.5 * chord;
    if !(sensible(alpha) && sensible(beta)) {
        (alpha, beta) = (chord / 3.0, chord / 3.0);
    }
    [
        start,
        Point { x: start.x + alpha * head.x, y: start.y + alpha * head.y },
        Point { x: end.x - beta * tail.x, y: end.y - beta * tail.y },
        end,
    ]
}

/// The point of a cubic at a parameter.
fn at([a, b, c, d]: &Cubic, t: f64) -> Point {
    let s = 1.0 - t;
    let mix =
        |a: f64, b: f64, c: f64, d: f64| s * s * s * a + 3.0 * t * s * s * b + 3.0 * t * t * s * c + t * t * t * d;
    Point { x: mix(a.x, b.x, c.x, d.x), y: mix(a.y, b.y, c.y, d.y) }
}

/// Moves each parameter towards the point of the cubic nearest to its sample, by one step of Newton's method.
fn reparametrise(cubic: &Cubic, samples: &[Point], parameters: &mut [f64]) {
    let [a, b, c, d] = cubic;
    for (sample, t) in samples.iter().zip(parameters) {
        let s = 1.0 - *t;
        let here = at(cubic, *t);
        let slope =
            |a: f64, b: f64, c: f64, d: f64| 3.0 * (s * s * (b - a) + 2.0 * s * *t * (c - b) + *t * *t * (d - c));
        let bend = |a: f64, b: f64, c: f64, d: f64| 6.0 * (s * (c - 2.0 * b + a) + *t * (d - 2.0 * c + b));
        let (dx, dy) = (slope(a.x, b.x, c.x, d.x), slope(a.y, b.y, c.y, d.y));
        let (ex, ey) = (bend(a.x, b.x, c.x, d.x), bend(a.y, b.y, c.y, d.y));
        let (ox, oy) = (here.x - sample.x, here.y - sample.y);
        let denominator = dx * dx + dy * dy + ox * ex + oy * ey;
        if denominator > 0.0 {
            *t = (*t - (ox * dx + oy * dy) / denominator).clamp(0.0, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_runs_are_single_commands() {
        assert_eq!(data(&[vec![vec![(0, 100), (5000, 100), (10000, 100)]]]), "M0 1h100");
        assert_eq!(data(&[vec![vec![(0, 0), (100, 50)], vec![(100, 50), (200, -25)]]]), "M0 0l1 .5 1-.75");
        assert_eq!(lines(&[((0, 0), (0, 700)), ((150, 0), (150, 700))]), "M0 0v7M1.5 0v7");
        assert_eq!(polygon(&[(0, 0), (100, 0), (100, 100)]), "M0 0h1v1z");
    }

    #[test]
    fn a_smooth_stretch_becomes_few_cubics_and_ends_exactly() {
        let wave: Vec<Unit> = (0..=2000)
            .map(|i| (i * 30, (15000.0 + 13000.0 * libm::sin(f64::from(i) / 318.0)).round() as i32))
            .collect();
        let text = data(&[vec![wave.clone()]]);
        assert!(text.len() < 250, "{} {text}", text.len());
        assert!(text.starts_with("M0 150c"), "{text}");
    }
}

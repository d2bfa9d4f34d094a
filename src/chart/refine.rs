//! One smooth piece of a graph to vertices: as many as a picture needs, and proof that nothing lies between them.
//!
//! An interval is done when a bound, not a look at a few samples, says that its chord is as good as the graph: the
//! values lie outside of the window, or in a strip thinner than the tolerance, or the slope varies so little that the
//! graph cannot leave the chord. Enclosures of the function and of its derivative give these bounds, so no spike
//! hides between two samples. What no bound settles down to an eighth of a pixel gets a last effort of its own, and
//! what oscillates even there is reported as [`Murky`] instead of being drawn as a line that it is not.

use super::frame::Frame;
use crate::function::{Domain, Function, Limit, Piece};

/// How far, in pixels, a chord may be from the graph.
const TOLERANCE: f64 = 0.03;
/// Wider intervals are split without a look.
const WIDEST: f64 = 16.0;
/// From here on, oscillation is looked for.
const NARROW: f64 = 0.5;
/// The width at which an interval becomes a cell with a budget of its own.
const CELL: f64 = 0.125;
/// A monotonic graph that is this narrow is a vertical line.
const HAIR: f64 = 0.02;
/// What does for want of anything better once the budget of the curve is spent.
const COARSE: f64 = 0.5;
/// How many intervals a cell may be split into.
const CELL_BUDGET: usize = 96;
/// How many intervals one curve may be split into; a picture has a few hundred.
const CURVE_BUDGET: usize = 30_000;

/// A vertex of the graph, in the units of mathematics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// The abscissa.
    pub(super) x: f64,
    /// The value or one-sided limit there; infinite at a pole.
    pub(super) y: f64,
    /// True if the vertex must be kept exactly: a kink, an extremum, an end.
    pub(super) joint: bool,
    /// True if no line leads from the vertex before to this one.
    pub(super) lifted: bool,
}

impl Sample {
    /// A vertex on the way.
    pub(super) fn new(x: f64, y: f64) -> Sample {
        Sample { x, y, joint: false, lifted: false }
    }
}

/// A range of abscissae where the graph oscillates faster than pixels can show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Murky {
    /// From here
    pub(super) from: f64,
    /// to here
    pub(super) to: f64,
    /// all values seen lie between this
    pub(super) low: f64,
    /// and this.
    pub(super) high: f64,
}

/// A function with its derivative, and what is left of its budget.
pub(super) struct Refiner<'a> {
    pub(super) function: &'a Function,
    pub(super) slope: &'a Function,
    pub(super) frame: &'a Frame,
    budget: usize,
    samples: Vec<Sample>,
    murky: Vec<Murky>,
    ends: (f64, f64),
}

impl<'a> Refiner<'a> {
    /// Prepares to refine the pieces of one curve.
    pub(super) fn new(function: &'a Function, slope: &'a Function, frame: &'a Frame) -> Refiner<'a> {
        let ends = (f64::NAN, f64::NAN);
        Refiner { function, slope, frame, budget: CURVE_BUDGET, samples: Vec::new(), murky: Vec::new(), ends }
    }

    /// The vertices of a piece from its left to its right end, and the parts of it that cannot be drawn.
    pub(super) fn piece(&mut self, piece: &Piece) -> (Vec<Sample>, Vec<Murky>) {
        self.ends = (piece.low, piece.high);
        let left = self.end(piece.low, piece.at_low, piece.low.next_up());
        let right = self.end(piece.high, piece.at_high, piece.high.next_down());
        self.samples.push(left);
        self.refine(left, right);
        let (mut samples, murky) = (std::mem::take(&mut self.samples), std::mem::take(&mut self.murky));
        if let Some(last) = samples.last_mut() {
            last.joint = true;
        }
        self.add_extrema(&mut samples);
        (samples, murky)
    }

    /// The vertex at an end: its one-sided limit, or, where there is none, the value just inside.
    fn end(&self, x: f64, limit: Limit, inside: f64) -> Sample {
        let y = match limit {
            Limit::Finite(y) => y,
            Limit::PlusInfinity => f64::INFINITY,
            Limit::MinusInfinity => f64::NEG_INFINITY,
            Limit::Undefined | Limit::None => self.function.value(inside),
        };
        Sample { joint: true, ..Sample::new(x, y) }
    }

    fn width(&self, u: Sample, v: Sample) -> f64 {
        (v.x - u.x) * self.frame.x_scale()
    }

    fn sample(&self, x: f64) -> Sample {
        Sample::new(x, self.function.value(x))
    }

    /// Adds the vertices after `u` up to and with `v`.
    fn refine(&mut self, u: Sample, v: Sample) {
        let mut open = vec![(u, v)];
        while let Some((u, v)) = open.pop() {
            let width = self.width(u, v);
            let done = width <= WIDEST && self.settled(u, v, width);
            if done || self.budget == 0 && width <= COARSE {
                self.samples.push(v);
            } else if width <= NARROW && self.oscillates(&self.comb(u, v)) {
                self.add_murky(u, v);
            } else if width <= CELL && self.budget > 0 {
                self.cell(u, v);
            } else {
                let middle = self.sample(f64::midpoint(u.x, v.x));
                open.extend([(middle, v), (u, middle)]);
            }
        }
    }

    /// The last effort: splits an interval of an eighth of a pixel as long as its own budget lasts.
    fn cell(&mut self, u: Sample, v: Sample) {
        let mut open = vec![(u, v)];
        let mut done = vec![u];
        let mut budget = CELL_BUDGET;
        while let Some((a, b)) = open.pop() {
            let middle = f64::midpoint(a.x, b.x);
            let exhausted = budget == 0 || middle <= a.x || b.x <= middle;
            if exhausted || self.settled(a, b, self.width(a, b)) {
                done.push(b);
                continue;
            }
            budget -= 1;
            let middle = self.sample(middle);
            open.extend([(middle, b), (a, middle)]);
        }
        if budget == 0 && self.oscillates(&done) {
            self.add_murky(u, v);
        } else {
            self.samples.extend(&done[1..]);
        }
    }

    /// True if a bound proves that the chord shows the graph.
    fn settled(&mut self, u: Sample, v: Sample, width: f64) -> bool {
        self.budget = self.budget.saturating_sub(1);
        let (low, high) = self.inside(u.x, v.x);
        if low >= high {
            return true;
        }
        let values = self.function.enclose(low, high);
        let plot = &self.frame.plot;
        let (top, bottom) = (self.frame.row(values.high), self.frame.row(values.low));
        if values.domain == Domain::Nowhere || bottom < plot.top - 2.0 || plot.bottom + 2.0 < top {
            return true;
        }
        if u.y.is_infinite() || v.y.is_infinite() {
            return width <= 0.005;
        }
        if bottom - top <= TOLERANCE || self.reaches_its_limit(u, v, width) {
            return true;
        }
        let slopes = self.slope.enclose(low, high);
        if slopes.domain == Domain::Nowhere {
            return false;
        }
        let monotonic = slopes.low >= 0.0 || slopes.high <= 0.0;
        if monotonic && width <= HAIR {
            return true;
        }
        let scale = self.frame.y_scale() / self.frame.x_scale();
        let spread = (slopes.high - slopes.low) * scale;
        let steepness = if monotonic { slopes.low.abs().min(slopes.high.abs()) * scale } else { 0.0 };
        slopes.domain == Domain::Everywhere && spread * width / 4.0 <= TOLERANCE * libm::hypot(1.0, steepness)
    }

    /// True beside an end of the piece with a finite limit, where the graph has all but reached it. Closer by, values
    /// may be nothing but rounding errors: `(1 - cos(x))/x^2` at `1e-9`.
    fn reaches_its_limit(&self, u: Sample, v: Sample, width: f64) -> bool {
        let at_end = u.x == self.ends.0 || v.x == self.ends.1;
        at_end && width <= HAIR && (self.frame.row(u.y) - self.frame.row(v.y)).abs() <= 0.25
    }

    /// The interval without the ends of the piece, where the function may be undefined or take another value.
    fn inside(&self, low: f64, high: f64) -> (f64, f64) {
        let low = if low == self.ends.0 { low.next_up() } else { low };
        (low, if high == self.ends.1 { high.next_down() } else { high })
    }

    /// Evenly spaced vertices across an interval.
    fn comb(&self, u: Sample, v: Sample) -> Vec<Sample> {
        const TEETH: i32 = 16;
        let tooth = |i: i32| self.sample(u.x + (v.x - u.x) * (f64::from(i) / f64::from(TEETH)));
        std::iter::once(u).chain((1..TEETH).map(tooth)).chain([v]).collect()
    }

    /// True if the vertices turn back at least three times by more than a pixel.
    fn oscillates(&self, samples: &[Sample]) -> bool {
        let rows = samples.iter().filter(|sample| !sample.y.is_nan()).map(|sample| self.frame.row(sample.y));
        turns(rows, 1.0) >= 3
    }

    /// Reports an interval as murky, with the values seen in it.
    fn add_murky(&mut self, u: Sample, v: Sample) {
        let mut comb = self.comb(u, v);
        comb.extend(comb.windows(2).map(|pair| self.sample(0.618 * pair[0].x + 0.382 * pair[1].x)).collect::<Vec<_>>());
        let values = || comb.iter().map(|sample| sample.y).filter(|y| !y.is_nan());
        let (mut low, mut high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let (x_low, x_high) = self.inside(u.x, v.x);
        let bounds = self.function.enclose(x_low, x_high);
        // A bound is better than what was seen, unless it is a bad bound.
        if bounds.high - bounds.low <= 1.2 * (high - low) {
            (low, high) = (bounds.low, bounds.high);
        }
        if low <= high {
            self.murky.push(Murky { from: u.x, to: v.x, low, high });
        }
        self.samples.push(Sample { lifted: true, joint: true, ..v });
    }

    /// Puts an exact vertex at each extremum that the vertices show.
    fn add_extrema(&self, samples: &mut Vec<Sample>) {
        let mut extrema = Vec::new();
        for index in 1..samples.len().saturating_sub(1) {
            let (before, here, after) = (samples[index - 1], samples[index], samples[index + 1]);
            let row = |sample: Sample| self.frame.row(sample.y);
            let (up, down) = (row(here) - row(before), row(after) - row(here));
            let turns = up * down < 0.0 && up.abs().max(down.abs()) > 1e-3;
            let visible = self.frame.plot.grown(4.0);
            if !turns || here.lifted || after.lifted || !(visible.top..=visible.bottom).contains(&row(here)) {
                continue;
            }
            if let Some(x) = self.level_place(before.x, after.x) {
                let y = self.function.value(x);
                if y.is_finite() {
                    extrema.push((index, Sample { joint: true, ..Sample::new(x, y) }));
                }
            }
        }
        for (index, extremum) in extrema.into_iter().rev() {
            let here = samples[index].x;
            match extremum.x.total_cmp(&here) {
                std::cmp::Ordering::Less => samples.insert(index, extremum),
                std::cmp::Ordering::Equal => samples[index].joint = true,
                std::cmp::Ordering::Greater => samples.insert(index + 1, extremum),
            }
        }
    }

    /// Where the slope changes its sign between two abscissae, by bisection; a round number if that serves as well.
    fn level_place(&self, mut low: f64, mut high: f64) -> Option<f64> {
        let (at_low, at_high) = (self.slope.value(low), self.slope.value(high));
        if at_low.is_nan() || at_high.is_nan() || at_low * at_high > 0.0 || at_low == at_high {
            return None;
        }
        let (first, last) = (low, high);
        for _ in 0..64 {
            let middle = f64::midpoint(low, high);
            if middle <= low || high <= middle {
                break;
            }
            let slope = self.slope.value(middle);
            if slope == 0.0 {
                (low, high) = (middle, middle);
                break;
            }
            if (slope > 0.0) == (at_low > 0.0) { low = middle } else { high = middle }
        }
        let grain = (self.frame.x.1 - self.frame.x.0) * 1e-9;
        let digits = super::number::Decimal::shortest(grain).power();
        let round = super::number::Decimal::rounded_at(low, digits).value();
        let serves = first < round && round < last && (round - low).abs() <= grain && self.slope.value(round) == 0.0;
        Some(if serves { round } else { f64::midpoint(low, high) })
    }
}

/// How often a sequence turns back by more than `amount`.
pub(super) fn turns(values: impl Iterator<Item = f64>, amount: f64) -> usize {
    let mut count = 0;
    let mut direction = 0.0;
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        (low, high) = (low.min(value), high.max(value));
        if direction <= 0.0 && value > low + amount {
            count += usize::from(direction < 0.0);
            (direction, high) = (1.0, value);
        } else if direction >= 0.0 && value < high - amount {
            count += usize::from(direction > 0.0);
            (direction, low) = (-1.0, value);
        }
        if direction > 0.0 {
            low = high;
        } else if direction < 0.0 {
            high = low;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_back_is_counted_beyond_a_threshold() {
        assert_eq!(turns([0.0, 5.0, 0.0, 5.0].into_iter(), 1.0), 2);
        assert_eq!(turns([0.0, 5.0, 4.5, 9.0].into_iter(), 1.0), 0);
        assert_eq!(turns([3.0, 1.0, 1.5, 1.0, 4.0].into_iter(), 1.0), 1);
        assert_eq!(turns(std::iter::empty(), 1.0), 0);
    }
}

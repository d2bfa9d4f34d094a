//! Where a function jumps, bends, ends or runs away: found from its expression.
//!
//! A tape breaks only where a *switch* turns: a denominator or the argument of a logarithm reaches zero, a comparison
//! changes its answer, the argument of `floor` passes an integer. So the window is divided until, in every box, each
//! switch either cannot turn (by interval arithmetic) or is strictly monotone; then its turning points are counted and
//! found by bisection and Newton's method, and polished to 30 digits. What happens at each is read off the one-sided
//! expansions of `germ`; a candidate at which nothing happens is dropped, so too many candidates do no harm.
//! Work is bounded: a cell of 1/1024 of the window that cannot be settled becomes an unresolved zone.

use std::collections::BTreeMap;

use super::double_double::{Ball, Dd, PI};
use super::exact::Point;
use super::expression::Op;
use super::germ::{Beside, Side};
use super::interval::{Bound, Enclosed, possible_rows};
use super::tape::{Id, Step, Tape};
use super::{Analysis, Breakpoint, Domain, Kind, Limit, Piece, Unresolved};

/// The window has this many cells; what differs within one cannot be seen in a chart.
pub(crate) const CELLS: usize = 1024;
/// Boxes may be divided this often below the size of a cell.
const FINEST: i32 = 24;
/// Boxes per cell before it is given up.
const MOST_BOXES_IN_CELL: u32 = 300;
/// Steps evaluated on boxes before everything left is given up.
const MOST_WORK: usize = 1_500_000;
/// Finding a root costs as much as this many boxes.
const SOLVE_WORK: usize = 40;
/// Above this number, breakpoints closer than a cell are not told apart.
const MANY: usize = 600;
/// Steps expanded beside candidates before everything left is given up.
const MOST_EXPANSIONS: usize = 40_000;

/// Values `offset + k period` at which a switch turns.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Targets {
    offset: Ball,
    period: Option<Ball>,
}

impl Targets {
    fn only(value: i32) -> Targets {
        Targets { offset: Ball::integer(value), period: None }
    }

    fn integers() -> Targets {
        Targets { offset: Ball::ZERO, period: Some(Ball::ONE) }
    }

    fn turns(offset: Ball) -> Targets {
        Targets { offset, period: Some(Ball::rounded(PI, 0.0)) }
    }

    /// The numbers k of the targets that may lie in a range.
    fn numbers(&self, range: Bound) -> Option<(f64, f64)> {
        let offset = self.offset.value.hi;
        let Some(period) = self.period else {
            let margin = 4e-16 * offset.abs();
            return (range.low - margin <= offset && offset <= range.high + margin).then_some((0.0, 0.0));
        };
        let period = period.value.hi;
        let margin = 1e-15 * (1.0 + range.low.abs().max(range.high.abs()).min(1e300));
        let first = ((range.low - margin - offset) / period).ceil();
        let last = ((range.high + margin - offset) / period).floor();
        (first <= last).then_some((first, last))
    }

    fn number(&self, k: f64) -> Ball {
        self.period.map_or(self.offset, |period| self.offset + period * Ball::exact(Dd::new(k)))
    }
}

/// A step and the values at which something above it breaks.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Switch {
    step: Id,
    targets: Targets,
}

fn half_turn() -> Ball {
    Ball::rounded(PI.scale(-1), 0.0)
}

/// A part of the window.
struct Part {
    low: f64,
    high: f64,
    /// How often it was divided.
    level: i32,
    /// Switches whose turning points in it are known.
    solved: Vec<Switch>,
}

/// A place where something may happen.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    place: Ball,
    /// Found in a box larger than a cell: worth telling even in a zone that is not resolved.
    coarse: bool,
}

struct Search<'a> {
    tape: &'a Tape,
    low: f64,
    high: f64,
    candidates: Vec<Candidate>,
    boxes: Vec<u32>,
    blurred: Vec<bool>,
    work: usize,
    most_work: usize,
    identical: BTreeMap<Id, bool>,
}

/// All breakpoints in the closed window, the pieces between them, and what could not be resolved.
pub(crate) fn analyse(tape: &Tape, low: f64, high: f64) -> Analysis {
    let mut analysis = Analysis { breakpoints: Vec::new(), pieces: Vec::new(), unresolved: Vec::new() };
    let width = high - low;
    if !(low < high && width.is_finite() && width / CELLS as f64 > 16.0 * f64::EPSILON * low.abs().max(high.abs())) {
        return analysis;
    }
    let mut search = Search::new(tape, low, high);
    search.run();
    search.thin_out();
    search.find_oscillations();
    let zones = search.zones();
    let mut edges = Vec::new();
    for (place, coarse) in search.places() {
        let x = place.value.hi;
        let inside = zones.iter().any(|zone| zone.low < x && x < zone.high);
        if inside && !coarse {
            continue;
        }
        let (left, right) = (search.beside(place, Side::Left), search.beside(place, Side::Right));
        if let Some(breakpoint) = classify(tape, place, &left, &right) {
            analysis.breakpoints.push(breakpoint);
        }
        edges.push(place);
    }
    analysis.breakpoints.dedup_by(|second, first| second.x == first.x);
    analysis.pieces = pieces(&search, &analysis.breakpoints, &zones);
    analysis.unresolved = zones;
    analysis
}

impl<'a> Search<'a> {
    fn new(tape: &'a Tape, low: f64, high: f64) -> Search<'a> {
        Search {
            tape,
            low,
            high,
            candidates: Vec::new(),
            boxes: vec![0; CELLS],
            blurred: vec![false; CELLS],
            work: 0,
            most_work: MOST_WORK,
            identical: BTreeMap::new(),
        }
    }

    fn cell_width(&self) -> f64 {
        (self.high - self.low) / CELLS as f64
    }

    fn cell_of(&self, x: f64) -> usize {
        (((x - self.low) / self.cell_width()).max(0.0) as usize).min(CELLS - 1)
    }

    fn cell_bounds(&self, cell: usize) -> (f64, f64) {
        let at = |place: usize| {
            if place == CELLS { self.high } else { self.low + self.cell_width() * place as f64 }
        };
        (at(cell), at(cell + 1))
    }

    fn enclose(&mut self, low: f64, high: f64) -> Vec<Enclosed> {
        self.work += self.tape.steps.len();
        self.tape.enclose(low, high)
    }

    fn run(&mut self) {
        let mut parts = vec![Part { low: self.low, high: self.high, level: 0, solved: Vec::new() }];
        while let Some(part) = parts.pop() {
            let cell = self.cell_of(f64::midpoint(part.low, part.high));
            let in_cell = part.level >= 10;
            if in_cell {
                self.boxes[cell] += 1;
                if self.blurred[cell] {
                    continue;
                }
            }
            if self.work > self.most_work || (in_cell && self.boxes[cell] > MOST_BOXES_IN_CELL) {
                let (first, last) = (self.cell_of(part.low), self.cell_of(part.high.next_down()));
                self.blurred[first..=last].iter_mut().for_each(|blurred| *blurred = true);
                continue;
            }
            self.examine(part, &mut parts);
        }
    }

    /// Finds the turning points in a part, or divides it.
    fn examine(&mut self, part: Part, parts: &mut Vec<Part>) {
        let all = self.enclose(part.low, part.high);
        let mut solved = part.solved;
        let mut open = Vec::new();
        for switch in self.switches(&all) {
            let Some((first, last)) = switch.targets.numbers(all[switch.step as usize].value) else { continue };
            if solved.contains(&switch) || self.is_identical(switch) {
                continue;
            }
            let enclosed = &all[switch.step as usize];
            if enclosed.continuous && enclosed.slope.low == 0.0 && enclosed.slope.high == 0.0 {
                continue;
            }
            let monotone = enclosed.continuous && (enclosed.slope.low > 0.0 || enclosed.slope.high < 0.0);
            let room = ((part.high - part.low) / self.cell_width()).ceil() + 3.0;
            if monotone && last - first < room {
                self.solve_all(switch, (first, last), part.low, part.high, part.level < 10);
                solved.push(switch);
            } else {
                open.push((switch, monotone));
            }
        }
        if open.is_empty() {
            return;
        }
        if part.level >= 10 && open.iter().any(|(_, monotone)| *monotone) {
            // Even a monotone switch turns too often for a cell.
            let cell = self.cell_of(f64::midpoint(part.low, part.high));
            self.blurred[cell] = true;
            return;
        }
        let middle = f64::midpoint(part.low, part.high);
        if part.level >= 10 + FINEST || middle <= part.low || middle >= part.high {
            self.settle(&open, &all, part.low, part.high);
            return;
        }
        parts.push(Part { low: middle, high: part.high, level: part.level + 1, solved: solved.clone() });
        parts.push(Part { low: part.low, high: middle, level: part.level + 1, solved });
    }

    /// A part that is too small to be divided: a multiple root, or the surroundings of something found already.
    fn settle(&mut self, open: &[(Switch, bool)], all: &[Enclosed], low: f64, high: f64) {
        let near = |candidate: &Candidate| {
            let width = high - low;
            low - width <= candidate.place.value.hi && candidate.place.value.hi <= high + width
        };
        if self.candidates.iter().any(near) {
            return;
        }
        for (switch, _) in open {
            let Some((first, last)) = switch.targets.numbers(all[switch.step as usize].value) else { continue };
            let middle = f64::midpoint(low, high);
            for k in (0..3).map(|k| first + f64::from(k)).take_while(|k| *k <= last && last - first < 3.0) {
                self.work += 4 * SOLVE_WORK * self.tape.steps.len();
                let target = switch.targets.number(k);
                if let Some(place) = self.tape.multiple_root(switch.step, target, middle, high - low) {
                    self.candidates.push(Candidate { place, coarse: true });
                }
            }
        }
    }

    /// True if a switch sits on its target everywhere, such as the difference of x² and x·x.
    fn is_identical(&mut self, switch: Switch) -> bool {
        if switch.targets.period.is_some() || !switch.targets.offset.is_zero() {
            return false;
        }
        let (tape, low, width) = (self.tape, self.low, self.high - self.low);
        *self.identical.entry(switch.step).or_insert_with(|| {
            [0.137, 0.411, 0.683, 0.929].iter().all(|part| {
                let x = Ball::exact(Dd::new(low + width * part));
                matches!(tape.points(x)[switch.step as usize], Point::Value(value) if value.is_zero())
            })
        })
    }

    fn solve_all(&mut self, switch: Switch, (first, last): (f64, f64), low: f64, high: f64, coarse: bool) {
        let mut k = first;
        while k <= last {
            self.work += SOLVE_WORK * self.tape.steps.len();
            if let Some(place) = self.tape.solve(switch.step, switch.targets.number(k), low, high) {
                let slack = 1e-14 * (self.high - self.low);
                let x = place.value.hi;
                if self.low <= x && x <= self.high && low - slack <= x && x <= high + slack {
                    self.candidates.push(Candidate { place, coarse });
                }
            }
            k += 1.0;
        }
    }

    /// The switches that may turn somewhere in a box, as far as they matter there.
    fn switches(&self, all: &[Enclosed]) -> Vec<Switch> {
        let mut found = Vec::new();
        let mut seen = vec![false; self.tape.steps.len()];
        let mut stack = vec![self.tape.root];
        while let Some(id) = stack.pop() {
            let enclosed = &all[id as usize];
            let calm = enclosed.smooth && enclosed.domain == Domain::Everywhere;
            if std::mem::replace(&mut seen[id as usize], true) || calm || enclosed.domain == Domain::Nowhere {
                continue;
            }
            self.own_switches(id, all, &mut stack, &mut found);
        }
        found
    }

    /// The switches of one step, and the steps below it that matter.
    fn own_switches(&self, id: Id, all: &[Enclosed], below: &mut Vec<Id>, found: &mut Vec<Switch>) {
        let add = |step: Id, targets: Targets, found: &mut Vec<Switch>| self.add_switch(step, targets, found);
        match &self.tape.steps[id as usize] {
            Step::Constant(_) | Step::Variable => {}
            Step::Negative(a) => below.push(*a),
            Step::Add(a, b) | Step::Subtract(a, b) | Step::Multiply(a, b) => below.extend([*a, *b]),
            Step::Divide(a, b) => {
                below.extend([*a, *b]);
                add(*b, Targets::only(0), found);
            }
            Step::IntegerPower(a, n) => {
                below.push(*a);
                if *n < 0 {
                    add(*a, Targets::only(0), found);
                }
            }
            Step::Power(a, b) => {
                below.extend([*a, *b]);
                add(*a, Targets::only(0), found);
                if all[*a as usize].value.contains(0.0) {
                    add(*b, Targets::only(0), found);
                }
            }
            Step::Unary(op, a) => {
                below.push(*a);
                for targets in breaks_of(*op) {
                    add(*a, targets, found);
                }
            }
            Step::Modulo(a, m, ratio) => {
                below.extend([*a, *m]);
                add(*m, Targets::only(0), found);
                add(*ratio, Targets::integers(), found);
            }
            Step::Least(a, b, d) | Step::Greatest(a, b, d) => {
                below.extend([*a, *b]);
                add(*d, Targets::only(0), found);
            }
            Step::Select(rows, default) => {
                let (possible, certain) = possible_rows(rows, *default, all);
                below.extend(possible.iter().flatten());
                if certain {
                    return;
                }
                for comparison in rows.iter().flat_map(|(comparisons, _)| comparisons) {
                    below.extend([comparison.left, comparison.right]);
                    add(comparison.difference, Targets::only(0), found);
                }
            }
        }
    }

    /// Adds a switch, after moving it down as long as the question stays exact: a product is zero where a factor is,
    /// the sine is zero where its argument is a multiple of π.
    fn add_switch(&self, step: Id, targets: Targets, found: &mut Vec<Switch>) {
        let zero = targets == Targets::only(0);
        let quarter = || Targets::turns(half_turn());
        match &self.tape.steps[step as usize] {
            Step::Constant(_) => return,
            Step::Negative(a) if zero => return self.add_switch(*a, targets, found),
            Step::Multiply(a, b) if zero => {
                self.add_switch(*a, targets, found);
                return self.add_switch(*b, targets, found);
            }
            Step::Divide(a, _) if zero => return self.add_switch(*a, targets, found),
            Step::IntegerPower(a, n) if zero && *n > 0 => return self.add_switch(*a, targets, found),
            Step::IntegerPower(_, n) if zero && *n < 0 => return,
            Step::Power(a, _) if zero => return self.add_switch(*a, targets, found),
            Step::Unary(op, a) if zero => match op {
                Op::Abs
                | Op::Sqrt
                | Op::Cbrt
                | Op::Expm1
                | Op::Log1p
                | Op::Asin
                | Op::Atan
                | Op::Sinh
                | Op::Tanh
                | Op::Asinh
                | Op::Atanh
                | Op::Erf
                | Op::Tanhshrink
                | Op::Sign => {
                    return self.add_switch(*a, targets, found);
                }
                Op::Step | Op::Heaviside => return self.add_switch(*a, targets, found),
                Op::Floor | Op::Ceil => return self.add_switch(*a, Targets::integers(), found),
                Op::Exp | Op::Cosh | Op::Erfc | Op::Sigmoid | Op::Softplus | Op::Sec | Op::Csc => return,
                Op::Ln | Op::Log2 | Op::Log10 | Op::Acosh | Op::Acos => {
                    return self.add_switch(*a, Targets::only(1), found);
                }
                Op::Sin | Op::Tan => return self.add_switch(*a, Targets::turns(Ball::ZERO), found),
                Op::Cos | Op::Cot => return self.add_switch(*a, quarter(), found),
                Op::Mod | Op::Min | Op::Max => {}
            },
            _ => {}
        }
        let switch = Switch { step, targets };
        if !found.contains(&switch) {
            found.push(switch);
        }
    }

    /// Very many breakpoints: those closer than a cell are not told apart.
    fn thin_out(&mut self) {
        self.candidates.sort_by(|a, b| a.place.value.hi.total_cmp(&b.place.value.hi));
        self.candidates.dedup_by(|second, first| {
            let same = second.place.value.hi == first.place.value.hi;
            first.coarse |= same && second.coarse;
            same
        });
        let expansions = self.candidates.len() * self.tape.steps.len() * 2;
        if self.candidates.len() <= MANY && expansions <= MOST_EXPANSIONS {
            return;
        }
        let width = self.cell_width();
        let close: Vec<bool> = (0..self.candidates.len())
            .map(|place| {
                let x = |place: usize| self.candidates[place].place.value.hi;
                let before = place > 0 && x(place) - x(place - 1) < width;
                before || (place + 1 < self.candidates.len() && x(place + 1) - x(place) < width)
            })
            .collect();
        for (place, close) in close.iter().enumerate() {
            if *close || expansions > MOST_EXPANSIONS {
                let cell = self.cell_of(self.candidates[place].place.value.hi);
                self.blurred[cell] = true;
                self.candidates[place].coarse = false;
            }
        }
        for cell in 1..CELLS - 1 {
            self.blurred[cell] |= self.blurred[cell - 1] && self.blurred[cell + 1];
        }
        let blurred = std::mem::take(&mut self.candidates);
        self.candidates =
            blurred.into_iter().filter(|c| c.coarse || !self.blurred[self.cell_of(c.place.value.hi)]).collect();
    }

    /// The candidates in ascending order, none twice.
    fn places(&self) -> Vec<(Ball, bool)> {
        self.candidates.iter().map(|candidate| (candidate.place, candidate.coarse)).collect()
    }

    /// Marks the cells in which the function turns several times, or among whose neighbours it does.
    fn find_oscillations(&mut self) {
        let most_work = self.work + self.most_work / 4;
        let mut turns = vec![0; CELLS];
        let mut parts = vec![(0, CELLS)];
        while let Some((first, last)) = parts.pop() {
            if self.work > most_work {
                break;
            }
            let (low, high) = (self.cell_bounds(first).0, self.cell_bounds(last - 1).1);
            let all = self.enclose(low, high);
            let root = &all[self.tape.root as usize];
            // It turns where its slope changes sign, and at most once where its bend does not.
            let keeps_sign = |bound: Bound| bound.low >= 0.0 || bound.high <= 0.0;
            let calm =
                root.domain == Domain::Nowhere || (root.smooth && (keeps_sign(root.slope) || keeps_sign(root.bend)));
            if calm {
                continue;
            }
            if last - first > 1 {
                let middle = usize::midpoint(first, last);
                parts.extend([(first, middle), (middle, last)]);
            } else {
                turns[first] = self.count_turns(low, high);
            }
        }
        let dense: Vec<u32> =
            (0..CELLS).map(|cell| turns[cell.saturating_sub(4)..(cell + 5).min(CELLS)].iter().sum()).collect();
        for cell in 0..CELLS {
            self.blurred[cell] |= turns[cell] >= 3 || (turns[cell] > 0 && dense[cell] >= 15);
        }
        // A zone reaches on for as long as it is nearly as dense.
        let mut before = false;
        for (blurred, dense) in self.blurred.iter_mut().zip(&dense) {
            *blurred |= before && *dense >= 12;
            before = *blurred;
        }
        before = false;
        for (blurred, dense) in self.blurred.iter_mut().zip(&dense).rev() {
            *blurred |= before && *dense >= 12;
            before = *blurred;
        }
    }

    /// How often the function turns in a cell, seen at 34 places; jumps that are known do not count.
    fn count_turns(&mut self, low: f64, high: f64) -> u32 {
        let (mut changes, mut sign, mut before) = (0, 0.0, f64::NAN);
        let first = self.candidates.partition_point(|candidate| candidate.place.value.hi < low);
        let mut known = self.candidates[first..].iter().map(|candidate| candidate.place.value.hi).peekable();
        for place in 0..=33 {
            let x = low + (high - low) * f64::from(place) / 33.0;
            let value = self.tape.value(x);
            let step = value - before;
            let mut jumped = false;
            while known.next_if(|place| *place <= x).is_some() {
                jumped = true;
            }
            if jumped {
                sign = 0.0;
            } else if step != 0.0 && step.is_finite() {
                changes += u32::from(sign != 0.0 && step.signum() != sign && step.abs() > 1e-12 * value.abs());
                sign = step.signum();
            }
            before = value;
        }
        self.work += self.tape.steps.len() * 4;
        changes
    }

    /// Neighbouring blurred cells whose values agree, as zones.
    fn zones(&mut self) -> Vec<Unresolved> {
        self.work = 0;
        self.most_work /= 2;
        let mut zones: Vec<Unresolved> = Vec::new();
        for cell in 0..CELLS {
            if !self.blurred[cell] {
                continue;
            }
            let (low, high) = self.cell_bounds(cell);
            let Some(values) = self.bounds_of(low, high) else { continue };
            if let Some(last) = zones.last_mut() {
                let hull = (last.values.0.min(values.0), last.values.1.max(values.1));
                let longest = (last.values.1 - last.values.0).max(values.1 - values.0);
                if last.high == low && (hull.1 - hull.0 <= longest * 1.05 || hull == last.values) {
                    last.high = high;
                    last.values = hull;
                    continue;
                }
            }
            zones.push(Unresolved { low, high, values });
        }
        zones
    }

    /// Bounds of the values in a cell; `None` if there are none.
    fn bounds_of(&mut self, low: f64, high: f64) -> Option<(f64, f64)> {
        let (mut result, mut open): (Option<Bound>, Vec<(f64, f64)>) = (None, Vec::new());
        let mut parts = vec![(low, high, 0)];
        let deepest = if self.work < self.most_work { 12 } else { 0 };
        while let Some((low, high, level)) = parts.pop() {
            let all = self.enclose(low, high);
            let root = &all[self.tape.root as usize];
            let bounded = root.value.low.is_finite() && root.value.high.is_finite();
            let middle = f64::midpoint(low, high);
            if root.domain == Domain::Nowhere {
            } else if level < deepest.min(2) || (!bounded && level < deepest && open.len() < 4) {
                parts.extend([(low, middle, level + 1), (middle, high, level + 1)]);
            } else if bounded {
                result = Some(result.map_or(root.value, |hull| hull.hull(root.value)));
            } else {
                open.push((low, high));
            }
        }
        for (low, high) in open {
            result = Some(self.sampled_bounds(low, high, result));
        }
        result.map(|bound| (bound.low, bound.high))
    }

    /// Where interval arithmetic finds no bounds (`x floor(1/x)` at 0): those of the surroundings, if samples do not
    /// leave them far.
    fn sampled_bounds(&self, low: f64, high: f64, around: Option<Bound>) -> Bound {
        let entire = Bound::new(f64::NEG_INFINITY, f64::INFINITY);
        let Some(around) = around else { return entire };
        let mut hull = around;
        for place in 0..16 {
            let value = self.tape.value(low + (high - low) * (f64::from(place) + 0.37) / 16.0);
            if !value.is_nan() {
                hull = hull.hull(Bound::new(value, value));
            }
        }
        if hull.width() <= 3.0 * around.width() + 1e-9 { hull } else { entire }
    }

    /// The behaviour beside a place; by sampling if the expansion says nothing.
    fn beside(&self, place: Ball, side: Side) -> Beside {
        let beside = self.tape.beside(place, side);
        if beside.limit.is_some() {
            return beside;
        }
        let sign = if side == Side::Left { -1.0 } else { 1.0 };
        let x = place.value.hi;
        let mut limit = sampled_limit(|h| self.tape.value(x + sign * h), x.abs(), self.cell_width());
        let value = self.tape.value(x);
        if matches!(limit, Limit::Finite(near) if (near - value).abs() <= 1e-6 * (1.0 + value.abs())) {
            limit = Limit::Finite(value);
        }
        Beside { limit: Some(limit), slope: None, exact: None }
    }
}

/// A limit for h → 0 by sampling: the last resort, for expressions beyond the expansions (`exp(exp(1/x))`).
fn sampled_limit(value: impl Fn(f64) -> f64, size: f64, start: f64) -> Limit {
    let finest = if size == 0.0 { 1e-290 } else { size * 1e-9 };
    let mut values = Vec::new();
    let mut h = start * 0.01;
    while h > finest && values.len() < 60 {
        values.push(value(h));
        h *= if size == 0.0 { 1e-5 } else { 0.5 };
    }
    let last = &values[values.len().saturating_sub(6)..];
    let (Some(&end), true) = (last.last(), last.len() >= 3) else { return Limit::None };
    let (low, high) =
        last.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
    if last.iter().all(|value| value.is_nan()) {
        return Limit::Undefined;
    }
    if last.iter().any(|value| value.is_nan()) {
        return Limit::None;
    }
    if low > 1e100 {
        return Limit::PlusInfinity;
    }
    if high < -1e100 {
        return Limit::MinusInfinity;
    }
    if high - low <= 1e-7 * (1.0 + end.abs()) { Limit::Finite(end) } else { Limit::None }
}

fn breaks_of(op: Op) -> Vec<Targets> {
    match op {
        Op::Abs | Op::Sign | Op::Heaviside | Op::Step | Op::Ln | Op::Log2 | Op::Log10 | Op::Sqrt | Op::Cbrt => {
            vec![Targets::only(0)]
        }
        Op::Floor | Op::Ceil => vec![Targets::integers()],
        Op::Log1p => vec![Targets::only(-1)],
        Op::Asin | Op::Acos | Op::Atanh => vec![Targets::only(-1), Targets::only(1)],
        Op::Acosh => vec![Targets::only(1)],
        Op::Tan | Op::Sec => vec![Targets::turns(half_turn())],
        Op::Cot | Op::Csc => vec![Targets::turns(Ball::ZERO)],
        _ => Vec::new(),
    }
}

/// What happens at a place; `None` if nothing does.
fn classify(tape: &Tape, place: Ball, left: &Beside, right: &Beside) -> Option<Breakpoint> {
    let x = place.value.hi + 0.0;
    let tidy = |value: f64| if value == 0.0 { 0.0 } else { value };
    let value = match tape.point(place) {
        Point::Value(value) => Some(value.value.hi),
        Point::Undefined => None,
        Point::Unknown => Some(tape.value(x)).filter(|value| !value.is_nan()),
    };
    let value = value.map(tidy);
    let (from_left, from_right) = (left.limit.unwrap_or(Limit::None), right.limit.unwrap_or(Limit::None));
    let infinite = |limit| matches!(limit, Limit::PlusInfinity | Limit::MinusInfinity);
    let kind = match (from_left, from_right) {
        (Limit::Undefined, Limit::Undefined) => value.map(|_| Kind::Isolated)?,
        (a, b) if infinite(a) || infinite(b) => Kind::Pole,
        (Limit::Undefined, _) | (_, Limit::Undefined) => Kind::End,
        (Limit::None, Limit::None) => value.map(|_| Kind::Jump)?,
        (Limit::None, _) | (_, Limit::None) => Kind::Jump,
        (Limit::Finite(a), Limit::Finite(b)) => {
            let scale = a.abs().max(b.abs());
            let known = left.exact.zip(right.exact);
            let apart = known.map_or((a - b).abs() > 1e-9 * (1.0 + scale), |(a, b)| {
                (a - b).snap(scale).sign() != Some(0) && ((a - b).value.hi.abs() > 1e-24 * scale)
            });
            let same = |value: f64| (value - a).abs() <= 1e-13 * scale.max(value.abs()) || (value - a).abs() < 1e-300;
            match value {
                _ if apart => Kind::Jump,
                None => Kind::Hole,
                Some(value) if !same(value) => Kind::Jump,
                Some(_) if is_smooth(left.slope, right.slope) => return None,
                Some(_) => Kind::Kink,
            }
        }
        _ => return None,
    };
    let limit = |limit| if let Limit::Finite(value) = limit { Limit::Finite(tidy(value)) } else { limit };
    Some(Breakpoint { x, kind, left: limit(from_left), value, right: limit(from_right) })
}

fn is_smooth(left: Option<f64>, right: Option<f64>) -> bool {
    match (left, right) {
        (Some(a), Some(b)) => a.is_finite() && b.is_finite() && (a - b).abs() <= 1e-13 * a.abs().max(b.abs()),
        _ => false,
    }
}

/// The open intervals between breakpoints, zones and the ends of the window on which the function is defined.
fn pieces(search: &Search, breakpoints: &[Breakpoint], zones: &[Unresolved]) -> Vec<Piece> {
    // Cuts with the limits on both sides where they are known from a breakpoint.
    let mut cuts: Vec<(f64, Option<(Limit, Limit)>)> = vec![(search.low, None), (search.high, None)];
    for zone in zones {
        cuts.extend([(zone.low, None), (zone.high, None)]);
    }
    cuts.extend(breakpoints.iter().map(|breakpoint| (breakpoint.x, Some((breakpoint.left, breakpoint.right)))));
    cuts.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.is_some().cmp(&a.1.is_some())));
    cuts.dedup_by(|second, first| second.0 == first.0);
    let limit = |x: f64, known: Option<(Limit, Limit)>, side: Side| match (known, side) {
        (Some((left, _)), Side::Left) => left,
        (Some((_, right)), Side::Right) => right,
        // Where nothing breaks, the limit is the value.
        (None, side) => match search.tape.value(x) {
            value if value.is_finite() => Limit::Finite(value + 0.0),
            f64::INFINITY => Limit::PlusInfinity,
            f64::NEG_INFINITY => Limit::MinusInfinity,
            _ => search.beside(Ball::exact(Dd::new(x)), side).limit.unwrap_or(Limit::None),
        },
    };
    let mut pieces = Vec::new();
    for pair in cuts.windows(2) {
        let ((low, at_low), (high, at_high)) = (pair[0], pair[1]);
        let middle = f64::midpoint(low, high);
        if zones.iter().any(|zone| zone.low <= middle && middle <= zone.high) || !(low < middle && middle < high) {
            continue;
        }
        let (at_low, at_high) = (limit(low, at_low, Side::Right), limit(high, at_high, Side::Left));
        let undefined = at_low == Limit::Undefined || at_high == Limit::Undefined;
        if undefined && search.tape.value(middle).is_nan() {
            continue;
        }
        let mend = |limit, inside: f64| {
            if limit == Limit::Undefined { Limit::Finite(search.tape.value(inside)) } else { limit }
        };
        pieces.push(Piece { low, high, at_low: mend(at_low, low.next_up()), at_high: mend(at_high, high.next_down()) });
    }
    pieces
}

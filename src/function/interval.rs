//! Enclosures of a function, its slope and its second derivative over an interval.
//!
//! Every operation rounds outwards, so the true range is never larger than what is returned. Beside the bounds goes
//! what is proven: where the expression is defined, whether it is continuous, and whether it is differentiable.

use super::Domain;
use super::evaluate;
use super::expression::{Op, Relation};
use super::tape::{Comparison, Id, Step, Tape};

/// A closed interval; its ends may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bound {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Bounds and proofs for one step over an interval of x.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Enclosed {
    /// Of the values; meaningless if the domain is `Nowhere`.
    pub(crate) value: Bound,
    /// Of the slopes, where there are any.
    pub(crate) slope: Bound,
    /// Of the second derivatives.
    pub(crate) bend: Bound,
    pub(crate) domain: Domain,
    /// Proven continuous, and defined everywhere.
    pub(crate) continuous: bool,
    /// Proven differentiable.
    pub(crate) smooth: bool,
}

const ENTIRE: Bound = Bound { low: f64::NEG_INFINITY, high: f64::INFINITY };
const ZERO: Bound = Bound { low: 0.0, high: 0.0 };
const ONE: Bound = Bound { low: 1.0, high: 1.0 };

/// 0 · ∞ is 0 here: the bound of a product, not a limit.
fn times(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

impl Bound {
    pub(crate) fn new(low: f64, high: f64) -> Bound {
        if low.is_nan() || high.is_nan() { ENTIRE } else { Bound { low, high } }
    }

    fn point(value: f64) -> Bound {
        Bound::new(value, value)
    }

    /// One double outwards: for operations that round correctly.
    fn out(low: f64, high: f64) -> Bound {
        Bound::new(low.next_down(), high.next_up())
    }

    /// A few units outwards: for library functions.
    fn wide(low: f64, high: f64) -> Bound {
        let margin = |value: f64| if value.is_finite() { value.abs() * 2e-15 + 1e-320 } else { 0.0 };
        Bound::new(low - margin(low), high + margin(high))
    }

    pub(crate) fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    pub(crate) fn width(self) -> f64 {
        self.high - self.low
    }

    /// At least as wide as a period, or unbounded.
    fn is_wide(self, period: f64) -> bool {
        self.width() >= period || self.width().is_nan()
    }

    pub(crate) fn hull(self, other: Bound) -> Bound {
        Bound { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// What both have in common; the first if they have nothing.
    pub(crate) fn meet(self, other: Bound) -> Bound {
        let (low, high) = (self.low.max(other.low), self.high.min(other.high));
        if low <= high { Bound { low, high } } else { self }
    }

    fn neg(self) -> Bound {
        Bound { low: -self.high, high: -self.low }
    }

    fn add(self, other: Bound) -> Bound {
        let exact = self == ZERO || other == ZERO;
        let (low, high) = (self.low + other.low, self.high + other.high);
        if exact { Bound { low, high } } else { Bound::out(low, high) }
    }

    fn sub(self, other: Bound) -> Bound {
        self.add(other.neg())
    }

    fn mul(self, other: Bound) -> Bound {
        if self == ONE {
            return other;
        }
        if other == ONE {
            return self;
        }
        if self == ZERO || other == ZERO {
            return ZERO;
        }
        let products = [
            times(self.low, other.low),
            times(self.low, other.high),
            times(self.high, other.low),
            times(self.high, other.high),
        ];
        let low = products.iter().copied().fold(f64::INFINITY, f64::min);
        let high = products.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // A bound of exactly zero stays: signs matter more than a unit of the smallest double.
        let down = if low == 0.0 { 0.0 } else { low.next_down() };
        let up = if high == 0.0 { 0.0 } else { high.next_up() };
        Bound::new(down, up)
    }

    fn scale(self, factor: f64) -> Bound {
        self.mul(Bound::point(factor))
    }

    fn square(self) -> Bound {
        let (a, b) = (self.low * self.low, self.high * self.high);
        let low = if self.contains(0.0) { 0.0 } else { a.min(b).next_down().max(0.0) };
        Bound::new(low, a.max(b).next_up())
    }

    /// 1/x over the part of the interval without zero.
    fn inverse(self) -> Bound {
        if self.low > 0.0 || self.high < 0.0 {
            return Bound::out(1.0 / self.high, 1.0 / self.low);
        }
        if self.low == 0.0 && self.high > 0.0 {
            return Bound::new((1.0 / self.high).next_down(), f64::INFINITY);
        }
        if self.high == 0.0 && self.low < 0.0 {
            return Bound::new(f64::NEG_INFINITY, (1.0 / self.low).next_up());
        }
        ENTIRE
    }

    fn div(self, other: Bound) -> Bound {
        if other == ONE {
            return self;
        }
        if other.low > 0.0 || other.high < 0.0 {
            let quotients =
                [self.low / other.low, self.low / other.high, self.high / other.low, self.high / other.high];
            if quotients.iter().any(|value| value.is_nan()) {
                return self.mul(other.inverse());
            }
            let low = quotients.iter().copied().fold(f64::INFINITY, f64::min);
            let high = quotients.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let down = if low == 0.0 { 0.0 } else { low.next_down() };
            return Bound::new(down, if high == 0.0 { 0.0 } else { high.next_up() });
        }
        self.mul(other.inverse())
    }

    /// A function that rises on the interval.
    fn rising(self, function: impl Fn(f64) -> f64) -> Bound {
        Bound::wide(function(self.low), function(self.high))
    }

    fn falling(self, function: impl Fn(f64) -> f64) -> Bound {
        Bound::wide(function(self.high), function(self.low))
    }

    /// The part that is at least `low`.
    fn from(self, low: f64) -> Bound {
        Bound { low: self.low.max(low), high: self.high.max(low) }
    }

    fn within(self, low: f64, high: f64) -> Bound {
        Bound { low: self.low.clamp(low, high), high: self.high.clamp(low, high) }
    }

    /// An even function that rises from zero on.
    fn even(self, function: impl Fn(f64) -> f64) -> Bound {
        let far = self.low.abs().max(self.high.abs());
        let near = if self.contains(0.0) { 0.0 } else { self.low.abs().min(self.high.abs()) };
        Bound { low: near, high: far }.rising(function)
    }

    /// True if some `offset + k period` lies inside, or so near that rounding cannot tell.
    fn meets(self, offset: f64, period: f64) -> bool {
        if !(self.low.abs() < 1e15 && self.high.abs() < 1e15) {
            return true;
        }
        let margin = 4e-16 * (self.low.abs() + self.high.abs() + 1.0);
        let (low, high) = ((self.low - margin - offset) / period, (self.high + margin - offset) / period);
        high.floor() >= low.ceil()
    }
}

use std::f64::consts::{FRAC_PI_2, PI, TAU};

fn sin(a: Bound) -> Bound {
    if a.is_wide(TAU) {
        return Bound { low: -1.0, high: 1.0 };
    }
    let (first, last) = (libm::sin(a.low), libm::sin(a.high));
    let ends = Bound::wide(first.min(last), first.max(last));
    let low = if a.meets(-FRAC_PI_2, TAU) { -1.0 } else { ends.low };
    let high = if a.meets(FRAC_PI_2, TAU) { 1.0 } else { ends.high };
    Bound { low: low.max(-1.0), high: high.min(1.0) }
}

fn cos(a: Bound) -> Bound {
    if a.is_wide(TAU) {
        return Bound { low: -1.0, high: 1.0 };
    }
    let (first, last) = (libm::cos(a.low), libm::cos(a.high));
    let ends = Bound::wide(first.min(last), first.max(last));
    let low = if a.meets(PI, TAU) { -1.0 } else { ends.low };
    let high = if a.meets(0.0, TAU) { 1.0 } else { ends.high };
    Bound { low: low.max(-1.0), high: high.min(1.0) }
}

/// 2/√π exp(−x²).
fn bell(a: Bound) -> Bound {
    a.square().neg().rising(libm::exp).scale(std::f64::consts::FRAC_2_SQRT_PI).from(0.0)
}

/// sigmoid(x) sigmoid(−x).
fn hill(a: Bound) -> Bound {
    let far = |x: f64| -evaluate::sigmoid(x) * evaluate::sigmoid(-x);
    a.even(far).neg().from(0.0)
}

fn integer_power(a: Bound, n: i32) -> Bound {
    if n < 0 {
        return integer_power(a, -n).inverse();
    }
    match n {
        0 => ONE,
        1 => a,
        2 => a.square(),
        _ if n % 2 == 0 => a.even(|x| evaluate::integer_power(x, n)).from(0.0),
        _ => a.rising(|x| evaluate::integer_power(x, n)),
    }
}

/// First and second derivative of a primitive over `a`, where it has the values `v`.
fn derivatives(op: Op, a: Bound, v: Bound) -> (Bound, Bound) {
    let one_plus = |b: Bound| ONE.add(b);
    match op {
        Op::Abs => (Bound::new(if a.low > 0.0 { 1.0 } else { -1.0 }, if a.high < 0.0 { -1.0 } else { 1.0 }), ZERO),
        Op::Sign | Op::Heaviside | Op::Step | Op::Floor | Op::Ceil => (ZERO, ZERO),
        Op::Exp => (v, v),
        Op::Expm1 => (a.rising(libm::exp), a.rising(libm::exp)),
        Op::Ln => (a.inverse(), a.square().inverse().neg()),
        Op::Log1p => (one_plus(a).inverse(), one_plus(a).square().inverse().neg()),
        Op::Log2 => scaled((a.inverse(), a.square().inverse().neg()), std::f64::consts::LOG2_E),
        Op::Log10 => scaled((a.inverse(), a.square().inverse().neg()), std::f64::consts::LOG10_E),
        Op::Sqrt => (v.inverse().scale(0.5), integer_power(v, 3).inverse().scale(-0.25)),
        Op::Cbrt => (v.square().scale(3.0).inverse(), integer_power(v, 5).scale(-4.5).inverse()),
        Op::Sin => (cos(a), v.neg()),
        Op::Cos => (sin(a).neg(), v.neg()),
        Op::Tan => (one_plus(v.square()), v.mul(one_plus(v.square())).scale(2.0)),
        Op::Sec => (v.mul(sin(a).div(cos(a))), v.mul(v.square().scale(2.0).sub(ONE))),
        Op::Csc => (v.mul(cos(a).div(sin(a))).neg(), v.mul(v.square().scale(2.0).sub(ONE))),
        Op::Cot => (one_plus(v.square()).neg(), v.mul(one_plus(v.square())).scale(2.0)),
        Op::Asin | Op::Acos => {
            let root = ONE.sub(a.square()).from(0.0).rising(f64::sqrt).from(0.0).inverse();
            let pair = (root, a.mul(integer_power(root, 3)));
            if op == Op::Asin { pair } else { (pair.0.neg(), pair.1.neg()) }
        }
        Op::Atan => {
            let slope = one_plus(a.square()).inverse();
            (slope, a.mul(slope.square()).scale(-2.0))
        }
        Op::Sinh => (a.even(libm::cosh), v),
        Op::Cosh => (a.rising(libm::sinh), v),
        Op::Tanh => hyperbolic(a, v),
        Op::Asinh => {
            let slope = one_plus(a.square()).rising(f64::sqrt).inverse();
            (slope, a.mul(integer_power(slope, 3)).neg())
        }
        Op::Acosh => {
            let slope = a.square().sub(ONE).from(0.0).rising(f64::sqrt).from(0.0).inverse();
            (slope, a.mul(integer_power(slope, 3)).neg())
        }
        Op::Atanh => {
            let slope = ONE.sub(a.square()).from(0.0).inverse();
            (slope, a.mul(slope.square()).scale(2.0))
        }
        Op::Erf => (bell(a), a.mul(bell(a)).scale(-2.0)),
        Op::Erfc => (bell(a).neg(), a.mul(bell(a)).scale(2.0)),
        Op::Sigmoid => (hill(a), hill(a).mul(ONE.sub(v.scale(2.0)))),
        Op::Softplus => (a.rising(evaluate::sigmoid), hill(a)),
        Op::Tanhshrink => {
            let tanh = a.rising(libm::tanh);
            (tanh.square(), tanh.mul(hyperbolic(a, tanh).0).scale(2.0))
        }
        Op::Mod | Op::Min | Op::Max => (ENTIRE, ENTIRE),
    }
}

fn scaled(pair: (Bound, Bound), factor: f64) -> (Bound, Bound) {
    (pair.0.scale(factor), pair.1.scale(factor))
}

fn hyperbolic(a: Bound, tanh: Bound) -> (Bound, Bound) {
    let slope = a.even(|x| -1.0 / (libm::cosh(x) * libm::cosh(x))).neg().from(0.0);
    (slope, tanh.mul(slope).scale(-2.0))
}

/// How much of the interval `a` the conditions `inside` cover.
fn domain_of(all: bool, none: bool) -> Domain {
    match (all, none) {
        (true, _) => Domain::Everywhere,
        (_, true) => Domain::Nowhere,
        _ => Domain::Somewhere,
    }
}

/// The values of a primitive, its domain within `a`, and the part of `a` that it was computed on.
fn values(op: Op, a: Bound) -> (Bound, Domain, Bound) {
    let total = |value: Bound| (value, Domain::Everywhere, a);
    let from = |low: f64, open: bool, function: fn(f64) -> f64| {
        let part = a.from(low);
        let all = if open { a.low > low } else { a.low >= low };
        let none = if open { a.high <= low } else { a.high < low };
        (part.rising(function), domain_of(all, none), part)
    };
    let ln = |function: fn(f64) -> f64| from(0.0, true, function);
    match op {
        Op::Abs => total(Bound {
            low: if a.contains(0.0) { 0.0 } else { a.low.abs().min(a.high.abs()) },
            high: a.low.abs().max(a.high.abs()),
        }),
        Op::Sign | Op::Heaviside | Op::Step | Op::Floor | Op::Ceil => {
            total(Bound::new(evaluate::unary(op, a.low), evaluate::unary(op, a.high)))
        }
        Op::Exp => total(a.rising(libm::exp).from(0.0)),
        Op::Expm1 => total(a.rising(libm::expm1).from(-1.0)),
        Op::Ln => ln(libm::log),
        Op::Log2 => ln(libm::log2),
        Op::Log10 => ln(libm::log10),
        Op::Log1p => from(-1.0, true, libm::log1p),
        Op::Sqrt => {
            let (value, domain, part) = from(0.0, false, f64::sqrt);
            (value.from(0.0), domain, part)
        }
        Op::Acosh => {
            let (value, domain, part) = from(1.0, false, libm::acosh);
            (value.from(0.0), domain, part)
        }
        Op::Cbrt => total(a.rising(libm::cbrt)),
        Op::Sin => total(sin(a)),
        Op::Cos => total(cos(a)),
        Op::Tan => periodic(a, FRAC_PI_2, libm::tan, true),
        Op::Cot => periodic(a, 0.0, |x| 1.0 / libm::tan(x), false),
        Op::Sec => {
            let cosine = cos(a);
            (cosine.inverse(), domain_of(!a.meets(FRAC_PI_2, PI), false), a)
        }
        Op::Csc => {
            let sine = sin(a);
            (sine.inverse(), domain_of(!a.meets(0.0, PI), a == ZERO), a)
        }
        Op::Asin | Op::Acos => {
            let part = a.within(-1.0, 1.0);
            let domain = domain_of(-1.0 <= a.low && a.high <= 1.0, a.low > 1.0 || a.high < -1.0);
            (if op == Op::Asin { part.rising(libm::asin) } else { part.falling(libm::acos).from(0.0) }, domain, part)
        }
        Op::Atanh => {
            let part = a.within(-1.0, 1.0);
            let domain = domain_of(-1.0 < a.low && a.high < 1.0, a.low >= 1.0 || a.high <= -1.0);
            (part.rising(libm::atanh), domain, part)
        }
        Op::Atan => total(a.rising(libm::atan)),
        Op::Sinh => total(a.rising(libm::sinh)),
        Op::Cosh => total(a.even(libm::cosh).from(1.0)),
        Op::Tanh => total(a.rising(libm::tanh).within(-1.0, 1.0)),
        Op::Asinh => total(a.rising(libm::asinh)),
        Op::Erf => total(a.rising(libm::erf).within(-1.0, 1.0)),
        Op::Erfc => total(a.falling(libm::erfc).within(0.0, 2.0)),
        Op::Sigmoid => total(a.rising(evaluate::sigmoid).within(0.0, 1.0)),
        Op::Softplus | Op::Tanhshrink => total(a.rising(|x| evaluate::unary(op, x))),
        Op::Mod | Op::Min | Op::Max => (ENTIRE, Domain::Somewhere, a),
    }
}

fn periodic(a: Bound, pole: f64, function: impl Fn(f64) -> f64, rises: bool) -> (Bound, Domain, Bound) {
    if a.is_wide(PI) || a.meets(pole, PI) {
        return (ENTIRE, domain_of(false, a == ZERO && pole == 0.0), a);
    }
    (if rises { a.rising(function) } else { a.falling(function) }, Domain::Everywhere, a)
}

/// Whether a primitive jumps, and whether it bends, somewhere in `a`.
fn breaks(op: Op, a: Bound) -> (bool, bool) {
    match op {
        Op::Sign | Op::Heaviside | Op::Step => (a.contains(0.0), a.contains(0.0)),
        Op::Floor => (a.low.floor() != a.high.floor() || a.low == a.low.floor(), true),
        Op::Ceil => (a.low.ceil() != a.high.ceil() || a.high == a.high.ceil(), true),
        Op::Abs | Op::Cbrt | Op::Sqrt => (false, a.contains(0.0)),
        Op::Asin | Op::Acos => (false, a.contains(1.0) || a.contains(-1.0)),
        Op::Acosh => (false, a.contains(1.0)),
        _ => (false, false),
    }
}

impl Enclosed {
    fn constant(value: f64) -> Enclosed {
        let (domain, smooth) = if value.is_nan() { (Domain::Nowhere, false) } else { (Domain::Everywhere, true) };
        // Constants are rounded to nearest: the true one lies beside.
        let value = if value == value.trunc() { Bound::point(value) } else { Bound::out(value, value) };
        Enclosed { value, slope: ZERO, bend: ZERO, domain, continuous: smooth, smooth }
    }

    fn is_constant(&self) -> bool {
        self.slope == ZERO && self.continuous
    }

    /// A step made of one other.
    fn chain(a: &Enclosed, value: Bound, domain: Domain, inner: (Bound, Bound), broken: (bool, bool)) -> Enclosed {
        let domain = both(a.domain, domain);
        let everywhere = domain == Domain::Everywhere;
        let continuous = everywhere && a.continuous && (!broken.0 || a.is_constant());
        let smooth = continuous && a.smooth && (!broken.1 || a.is_constant());
        let (slope, bend) = if a.is_constant() {
            (ZERO, ZERO)
        } else if continuous {
            let bend = if smooth { inner.1.mul(a.slope.square()).add(inner.0.mul(a.bend)) } else { ENTIRE };
            (inner.0.mul(a.slope), bend)
        } else {
            (ENTIRE, ENTIRE)
        };
        Enclosed { value, slope, bend, domain, continuous, smooth }
    }

    /// A step made of two others without breaks of its own.
    fn join(a: &Enclosed, b: &Enclosed, value: Bound, slope: Bound, bend: Bound) -> Enclosed {
        let continuous = a.continuous && b.continuous;
        let smooth = a.smooth && b.smooth;
        let slope = if continuous { slope } else { ENTIRE };
        let bend = if smooth { bend } else { ENTIRE };
        Enclosed { value, slope, bend, domain: both(a.domain, b.domain), continuous, smooth }
    }

    fn broken(mut self) -> Enclosed {
        self.continuous = false;
        self.smooth = false;
        self.slope = ENTIRE;
        self.bend = ENTIRE;
        self
    }

    fn nowhere() -> Enclosed {
        Enclosed { domain: Domain::Nowhere, value: ENTIRE, ..Enclosed::constant(0.0) }.broken()
    }
}

fn both(a: Domain, b: Domain) -> Domain {
    match (a, b) {
        (Domain::Nowhere, _) | (_, Domain::Nowhere) => Domain::Nowhere,
        (Domain::Everywhere, Domain::Everywhere) => Domain::Everywhere,
        _ => Domain::Somewhere,
    }
}

fn multiply(a: &Enclosed, b: &Enclosed, same: bool) -> Enclosed {
    let value = if same { a.value.square() } else { a.value.mul(b.value) };
    let slope = a.slope.mul(b.value).add(a.value.mul(b.slope));
    let bend = a.bend.mul(b.value).add(a.slope.mul(b.slope).scale(2.0)).add(a.value.mul(b.bend));
    Enclosed::join(a, b, value, slope, bend)
}

fn divide(a: &Enclosed, b: &Enclosed, same: bool) -> Enclosed {
    let zero = b.value.contains(0.0);
    if b.value == ZERO || b.domain == Domain::Nowhere || a.domain == Domain::Nowhere {
        return Enclosed::nowhere();
    }
    let value = if same { ONE } else { a.value.div(b.value) };
    let slope = a.slope.sub(value.mul(b.slope)).div(b.value);
    let bend = a.bend.sub(slope.mul(b.slope).scale(2.0)).sub(value.mul(b.bend)).div(b.value);
    let result = Enclosed::join(a, b, value, slope, bend);
    if zero { Enclosed { domain: Domain::Somewhere, ..result.broken() } } else { result }
}

fn power(a: &Enclosed, b: &Enclosed) -> Enclosed {
    if a.domain == Domain::Nowhere || b.domain == Domain::Nowhere || a.value.high < 0.0 {
        return Enclosed::nowhere();
    }
    let base = a.value.from(0.0);
    let corners = [
        libm::pow(base.low, b.value.low),
        libm::pow(base.low, b.value.high),
        libm::pow(base.high, b.value.low),
        libm::pow(base.high, b.value.high),
    ];
    let has_nan = corners.iter().any(|corner| corner.is_nan());
    let mut value = if has_nan {
        ENTIRE.from(0.0)
    } else {
        let low = corners.iter().copied().fold(f64::INFINITY, f64::min);
        Bound::wide(low, corners.iter().copied().fold(0.0, f64::max)).from(0.0)
    };
    if base.contains(1.0) || b.value.contains(0.0) {
        value = value.hull(ONE);
    }
    let positive = a.value.low > 0.0;
    if !positive && b.value.low <= 0.0 {
        value = value.hull(Bound { low: 0.0, high: f64::INFINITY });
    }
    // With u = b ln a: f' = f u', f'' = f (u'² + u'').
    let logarithm = base.rising(libm::log);
    let ratio = a.slope.div(base);
    let exponent = b.slope.mul(logarithm).add(b.value.mul(ratio));
    let bend =
        b.bend.mul(logarithm).add(b.slope.mul(ratio).scale(2.0)).add(b.value.mul(a.bend.div(base).sub(ratio.square())));
    let result = Enclosed::join(a, b, value, value.mul(exponent), value.mul(exponent.square().add(bend)));
    if positive {
        return result;
    }
    let all = a.value.low >= 0.0 && b.value.low > 0.0;
    let domain = both(result.domain, if all { Domain::Everywhere } else { Domain::Somewhere });
    let continuous = all && result.continuous;
    Enclosed { domain, continuous, ..result.broken() }
}

fn extremum(a: &Enclosed, b: &Enclosed, difference: Bound, least: bool) -> Enclosed {
    if a.domain == Domain::Nowhere || b.domain == Domain::Nowhere {
        return Enclosed::nowhere();
    }
    let (above, below) = if least { (b, a) } else { (a, b) };
    // Where the operands touch there may be a kink, be it on the edge of the interval.
    let apart = difference.low > 0.0 || difference.high < 0.0;
    let choose = |chosen: &Enclosed, other: &Enclosed| Enclosed {
        domain: both(chosen.domain, other.domain),
        continuous: chosen.continuous && other.continuous,
        smooth: chosen.smooth && other.smooth && apart,
        bend: if apart { chosen.bend } else { ENTIRE },
        slope: if apart { chosen.slope } else { chosen.slope.hull(other.slope) },
        ..*chosen
    };
    if difference.low >= 0.0 {
        return choose(above, below);
    }
    if difference.high <= 0.0 {
        return choose(below, above);
    }
    let value = if least {
        Bound { low: a.value.low.min(b.value.low), high: a.value.high.min(b.value.high) }
    } else {
        Bound { low: a.value.low.max(b.value.low), high: a.value.high.max(b.value.high) }
    };
    let continuous = a.continuous && b.continuous;
    let slope = if continuous { a.slope.hull(b.slope) } else { ENTIRE };
    Enclosed { value, slope, bend: ENTIRE, domain: both(a.domain, b.domain), continuous, smooth: false }
}

/// Whether a comparison holds on the whole interval (`Some`), or it depends.
fn decide(comparison: &Comparison, all: &[Enclosed]) -> Option<bool> {
    let difference = &all[comparison.difference as usize];
    let (left, right) = (&all[comparison.left as usize], &all[comparison.right as usize]);
    let value = if comparison.left == comparison.right { ZERO } else { difference.value };
    let defined = left.domain == Domain::Everywhere && right.domain == Domain::Everywhere;
    if !defined {
        return None;
    }
    match comparison.relation {
        Relation::Less if value.high < 0.0 => Some(true),
        Relation::Less if value.low >= 0.0 => Some(false),
        Relation::LessEqual if value.high <= 0.0 => Some(true),
        Relation::LessEqual if value.low > 0.0 => Some(false),
        Relation::Greater if value.low > 0.0 => Some(true),
        Relation::Greater if value.high <= 0.0 => Some(false),
        Relation::GreaterEqual if value.low >= 0.0 => Some(true),
        Relation::GreaterEqual if value.high < 0.0 => Some(false),
        Relation::Equal if value == ZERO => Some(true),
        Relation::Equal if !value.contains(0.0) => Some(false),
        Relation::NotEqual if value == ZERO => Some(false),
        Relation::NotEqual if !value.contains(0.0) => Some(true),
        _ => None,
    }
}

/// The rows that may be taken somewhere on the interval, and whether it is certainly a single one.
pub(crate) fn possible_rows(
    rows: &[(Vec<Comparison>, Id)],
    default: Option<Id>,
    all: &[Enclosed],
) -> (Vec<Option<Id>>, bool) {
    let (mut possible, mut certain) = (Vec::new(), true);
    for (comparisons, value) in rows {
        let answers: Vec<Option<bool>> = comparisons.iter().map(|comparison| decide(comparison, all)).collect();
        if answers.contains(&Some(false)) {
            // The row is out, but a comparison without a value in it still makes the whole undefined.
            let unknown = answers.iter().take_while(|answer| **answer != Some(false)).any(Option::is_none);
            let defined = comparisons.iter().all(|c| {
                all[c.left as usize].domain == Domain::Everywhere && all[c.right as usize].domain == Domain::Everywhere
            });
            certain &= !unknown || defined;
            continue;
        }
        possible.push(Some(*value));
        if answers.iter().all(|answer| *answer == Some(true)) {
            return (possible.clone(), certain && possible.len() == 1);
        }
    }
    possible.push(default);
    let single = possible.len() == 1;
    (possible, certain && single)
}

fn select(rows: &[(Vec<Comparison>, Id)], default: Option<Id>, all: &[Enclosed]) -> Enclosed {
    let nowhere = |c: &Comparison| {
        all[c.left as usize].domain == Domain::Nowhere || all[c.right as usize].domain == Domain::Nowhere
    };
    if rows.first().is_some_and(|(comparisons, _)| comparisons.iter().any(nowhere)) {
        return Enclosed::nowhere();
    }
    let (possible, certain) = possible_rows(rows, default, all);
    let at = |id: &Option<Id>| id.map_or_else(Enclosed::nowhere, |id| all[id as usize]);
    if certain {
        return at(&possible[0]);
    }
    let (mut result, mut anywhere, mut everywhere): (Option<Bound>, bool, bool) = (None, false, true);
    for value in &possible {
        let value = at(value);
        everywhere &= value.domain == Domain::Everywhere;
        if value.domain != Domain::Nowhere {
            anywhere = true;
            result = Some(result.map_or(value.value, |hull| hull.hull(value.value)));
        }
    }
    let defined = rows.iter().all(|(comparisons, _)| {
        comparisons.iter().all(|c| {
            all[c.left as usize].domain == Domain::Everywhere && all[c.right as usize].domain == Domain::Everywhere
        })
    });
    let domain = domain_of(everywhere && defined, !anywhere);
    let value = result.unwrap_or(ENTIRE);
    Enclosed { value, slope: ENTIRE, bend: ENTIRE, domain, continuous: false, smooth: false }
}

fn modulo(a: &Enclosed, m: &Enclosed, ratio: &Enclosed) -> Enclosed {
    if ratio.domain == Domain::Nowhere {
        return Enclosed::nowhere();
    }
    let whole = Bound { low: ratio.value.low.floor(), high: ratio.value.high.floor() };
    let jumps = whole.low != whole.high || ratio.value.low == whole.low;
    let between = m.value.hull(ZERO);
    let exact = a.value.sub(m.value.mul(whole));
    let value = if exact.width().is_finite() { exact.meet(between) } else { between };
    let slope = a.slope.sub(whole.mul(m.slope));
    let bend = a.bend.sub(whole.mul(m.bend));
    let result = Enclosed::join(a, m, value, slope, bend);
    let result = Enclosed { domain: both(result.domain, ratio.domain), ..result };
    if jumps || !ratio.continuous { result.broken() } else { result }
}

impl Tape {
    /// Enclosures of all steps over an interval of x.
    pub(crate) fn enclose(&self, low: f64, high: f64) -> Vec<Enclosed> {
        let mut all = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let enclosed = self.enclose_step(step, Bound { low, high }, &all);
            all.push(enclosed);
        }
        all
    }

    fn enclose_step(&self, step: &Step, x: Bound, all: &[Enclosed]) -> Enclosed {
        let at = |id: &Id| &all[*id as usize];
        match step {
            Step::Constant(place) => Enclosed::constant(self.constants[*place as usize].double),
            Step::Variable => Enclosed { value: x, slope: ONE, ..Enclosed::constant(0.0) },
            Step::Negative(a) => {
                let a = at(a);
                Enclosed { value: a.value.neg(), slope: a.slope.neg(), bend: a.bend.neg(), ..*a }
            }
            Step::Add(a, b) => {
                let (a, b) = (at(a), at(b));
                Enclosed::join(a, b, a.value.add(b.value), a.slope.add(b.slope), a.bend.add(b.bend))
            }
            Step::Subtract(a, b) if a == b => {
                let a = at(a);
                Enclosed::join(a, a, ZERO, ZERO, ZERO)
            }
            Step::Subtract(a, b) => {
                let (a, b) = (at(a), at(b));
                Enclosed::join(a, b, a.value.sub(b.value), a.slope.sub(b.slope), a.bend.sub(b.bend))
            }
            Step::Multiply(a, b) => multiply(at(a), at(b), a == b),
            Step::Divide(a, b) => divide(at(a), at(b), a == b),
            Step::IntegerPower(a, n) if *n < 0 => {
                let below = self.enclose_step(&Step::IntegerPower(*a, -n), x, all);
                divide(&Enclosed::constant(1.0), &below, false)
            }
            Step::IntegerPower(a, n) => {
                let a = at(a);
                let slope = integer_power(a.value, (n - 1).max(0)).scale(f64::from(*n));
                let bend = integer_power(a.value, (n - 2).max(0)).scale(f64::from(*n) * f64::from(n - 1));
                Enclosed::chain(a, integer_power(a.value, *n), Domain::Everywhere, (slope, bend), (false, false))
            }
            Step::Power(a, b) => power(at(a), at(b)),
            Step::Unary(op, a) => {
                let a = at(a);
                if a.domain == Domain::Nowhere {
                    return Enclosed::nowhere();
                }
                let (value, domain, part) = values(*op, a.value);
                Enclosed::chain(a, value, domain, derivatives(*op, part, value), breaks(*op, a.value))
            }
            Step::Modulo(a, m, ratio) => modulo(at(a), at(m), at(ratio)),
            Step::Least(a, b, d) => extremum(at(a), at(b), at(d).value, true),
            Step::Greatest(a, b, d) => extremum(at(a), at(b), at(d).value, false),
            Step::Select(rows, default) => select(rows, *default, all),
        }
    }
}

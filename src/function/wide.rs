//! Values at one place with many digits and a wide exponent.
//!
//! (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ) at 1000 is 1, although both parts of the fraction are far beyond the largest double. A [`Wide`]
//! number is a ball of about 31 digits times a power of two, so that formulas may be computed as people write them.
//! What cannot be decided is said to be unknown; nothing is guessed.

use super::double_double::{Ball, Dd, LN_2, PI};
use super::exact::{self, Point};
use super::expression::{Node, Number, Op};
use super::tape::{self, Comparison, Id, Step};

/// A value that is known to many digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Exact {
    /// `mantissa` times 10 to the `exponent`; the size of the mantissa is at least 1 and below 10, or it is 0.
    Value {
        /// The nearest double.
        mantissa: f64,
        /// The power of ten.
        exponent: i64,
        /// A bound of the relative error, beside the rounding of the mantissa.
        error: f64,
        /// The nearest double of the whole number; 0 or infinite where it is too small or too large for one.
        double: f64,
    },
    /// The function has no value there.
    Undefined,
    /// It could not be decided.
    Unknown,
}

/// `ball` times 2 to the `exponent`; the middle of the ball is at least 1/2 and below 1 in size, or the ball is 0.
#[derive(Debug, Clone, Copy)]
struct Wide {
    ball: Ball,
    exponent: i64,
    /// It cannot be told from zero, and counts as zero where it is compared. What it is divided by or multiplied with
    /// may show that it is not.
    hidden: bool,
}

#[derive(Debug, Clone, Copy)]
enum Found {
    Value(Wide),
    Undefined,
    Unknown,
}

use Found::{Undefined, Unknown, Value};

/// Numbers of this size (as a power of two) are computed as doubles are.
const NEAR: i64 = 800;
/// More binary places than any number here has.
const ALL_PLACES: i64 = 220;

impl Found {
    fn then(self, next: impl FnOnce(Wide) -> Found) -> Found {
        match self {
            Value(wide) => next(wide),
            other => other,
        }
    }

    fn with(self, other: Found, next: impl FnOnce(Wide, Wide) -> Found) -> Found {
        match (self, other) {
            (Undefined, _) | (_, Undefined) => Undefined,
            (Value(a), Value(b)) => next(a, b),
            _ => Unknown,
        }
    }

    fn of(point: Point) -> Found {
        match point {
            Point::Value(ball) => Wide::scaled(ball, 0),
            Point::Undefined => Undefined,
            Point::Unknown => Unknown,
        }
    }
}

impl Wide {
    const ZERO: Wide = Wide { ball: Ball::ZERO, exponent: 0, hidden: false };
    const ONE: Wide = Wide { ball: Ball::exact(Dd { hi: 0.5, lo: 0.0 }), exponent: 1, hidden: false };

    /// `ball` times 2 to the `exponent`.
    fn scaled(ball: Ball, exponent: i64) -> Found {
        if !(ball.value.is_finite() && ball.error.is_finite()) {
            return Unknown;
        }
        if ball.is_zero() {
            return Value(Wide::ZERO);
        }
        let (_, own) = libm::frexp(ball.value.hi.abs().max(ball.error));
        let ball = Ball { value: ball.value.scale(-own), error: libm::scalbn(ball.error, -own) };
        Value(Wide { ball, exponent: exponent + i64::from(own), hidden: false })
    }

    /// As a ball, where it is about as large as doubles are.
    fn near(self) -> Option<Ball> {
        let shift = self.exponent as i32;
        (self.exponent.abs() <= NEAR || self.ball.is_zero())
            .then(|| Ball { value: self.ball.value.scale(shift), error: libm::scalbn(self.ball.error, shift) })
    }

    fn sign(self) -> Option<i32> {
        if self.hidden { Some(0) } else { self.ball.sign() }
    }

    /// This number, made of a hidden zero, which it is as well if it must be far smaller than the last digit of 1.
    fn hidden_if(self, hidden: bool) -> Wide {
        Wide { hidden: hidden && self.exponent < -60 && self.ball.sign().is_none(), ..self }
    }

    fn neg(self) -> Wide {
        Wide { ball: -self.ball, ..self }
    }

    fn add(self, other: Wide) -> Found {
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        if large.ball.is_zero() || small.ball.is_zero() {
            return Value(if large.ball.is_zero() { small } else { large });
        }
        let shift = large.exponent - small.exponent;
        if shift > ALL_PLACES {
            let error = large.ball.error + libm::scalbn(1.0, -(ALL_PLACES as i32));
            return Wide::scaled(Ball { error, ..large.ball }, large.exponent);
        }
        let shift = -(shift as i32);
        let small = Ball { value: small.ball.value.scale(shift), error: libm::scalbn(small.ball.error, shift) };
        Wide::scaled(sum(large.ball, small), large.exponent)
    }

    fn multiply(self, other: Wide) -> Found {
        let product = Wide::scaled(self.ball * other.ball, self.exponent.saturating_add(other.exponent));
        product.then(|product| Value(product.hidden_if(self.hidden || other.hidden)))
    }

    fn divide(self, other: Wide) -> Found {
        match other.ball.sign() {
            Some(0) => Undefined,
            Some(_) => Wide::scaled(self.ball / other.ball, self.exponent.saturating_sub(other.exponent))
                .then(|quotient| Value(quotient.hidden_if(self.hidden))),
            None => Unknown,
        }
    }

    fn half(self) -> Wide {
        if self.ball.is_zero() { self } else { Wide { exponent: self.exponent - 1, ..self } }
    }

    fn is_tiny(self) -> bool {
        self.exponent < -NEAR
    }
}

/// A sum whose error is never forgotten: unlike that of balls it is not zero for being tiny.
fn sum(a: Ball, b: Ball) -> Ball {
    let value = a.value + b.value;
    let plain = |ball: Ball| ball.error == 0.0 && ball.value.lo == 0.0;
    if plain(a) && plain(b) && (value - a.value - b.value).hi == 0.0 {
        return Ball::exact(value);
    }
    Ball::rounded(value, a.error + b.error + 1e-30 * a.value.hi.abs().max(b.value.hi.abs()))
}

/// Whether a sum that cannot be told from zero is taken for zero.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Zero {
    /// Yes, if it is tiny against its terms: what 28 digits cannot tell from zero, is zero.
    Taken,
    /// No: it stays a number of unknown sign.
    Open,
}

/// The value of an expression at `x`.
pub(crate) fn value(expression: &Node, x: f64) -> Exact {
    match at(expression, x, Zero::Taken) {
        Value(wide) => read_off(wide),
        Undefined => Exact::Undefined,
        Unknown => Exact::Unknown,
    }
}

/// Whether two expressions are defined at a place, and whether their values are equal there (0) or which is larger, as
/// far as it is certain. Values that differ by less than the last digit of a double are equal.
pub(crate) fn order(left: &Node, right: &Node, x: f64) -> (Option<bool>, Option<bool>, Option<i32>) {
    let (a, b) = (at(left, x, Zero::Open), at(right, x, Zero::Open));
    let defined = |found: Found| match found {
        Value(_) => Some(true),
        Undefined => Some(false),
        Unknown => None,
    };
    let order = match (a, b) {
        (Value(a), Value(b)) => match a.add(b.neg()) {
            Value(rest) if rest.exponent <= a.exponent.max(b.exponent) - 50 => Some(0),
            Value(rest) => rest.sign().or((rest.exponent <= -60).then_some(0)),
            _ => None,
        },
        _ => None,
    };
    (defined(a), defined(b), order)
}

fn at(expression: &Node, x: f64, zero: Zero) -> Found {
    let Some(tape) = tape::compile_wide(expression) else { return Undefined };
    let number = Number::from_double(x);
    let exact = matches!(number.ratio, Some((_, 1))) && number.value.lo == 0.0;
    let ball = if exact { Ball::exact(number.value) } else { Ball::rounded(number.value, 0.0) };
    let x = Wide::scaled(ball, 0);
    let mut all: Vec<Found> = Vec::with_capacity(tape.steps.len());
    for step in &tape.steps {
        let found = match step {
            Step::Constant(place) => Found::of(tape.constants[*place as usize].point()),
            Step::Variable => x,
            _ => step_value(step, zero, &all),
        };
        all.push(found);
    }
    all[tape.root as usize]
}

fn step_value(step: &Step, zero: Zero, all: &[Found]) -> Found {
    let at = |id: &Id| all[*id as usize];
    let by_difference =
        |d: &Id, choices: [&Id; 3]| at(d).then(|d| d.sign().map_or(Unknown, |sign| at(choices[(sign + 1) as usize])));
    let add = |a: Wide, b: Wide| {
        let scale = a.exponent.max(b.exponent);
        a.add(b).then(|sum| {
            let hidden = zero == Zero::Taken && sum.sign().is_none() && sum.exponent < scale - 90;
            Value(if hidden { Wide { hidden, ..sum } } else { sum.hidden_if(a.hidden && b.hidden) })
        })
    };
    match step {
        Step::Constant(_) | Step::Variable => Unknown,
        Step::Negative(a) => at(a).then(|a| Value(a.neg())),
        Step::Add(a, b) => at(a).with(at(b), add),
        Step::Subtract(a, b) if a == b => at(a).then(|_| Value(Wide::ZERO)),
        Step::Subtract(a, b) => at(a).with(at(b), |a, b| add(a, b.neg())),
        Step::Multiply(a, b) => at(a).with(at(b), Wide::multiply),
        Step::Divide(a, b) => at(a).with(at(b), Wide::divide),
        Step::IntegerPower(a, n) => at(a).then(|a| integer_power(a, *n)),
        Step::Power(a, b) => at(a).with(at(b), power),
        Step::Unary(op, a) => at(a).then(|a| unary(*op, a)),
        Step::Modulo(a, m, ratio) => {
            let whole = at(ratio).then(|ratio| unary(Op::Floor, ratio));
            let multiple = at(m).with(whole, Wide::multiply);
            at(a).with(multiple, |a, b| add(a, b.neg()))
        }
        Step::Least(a, b, d) => {
            by_difference(d, [a, a, b]).with(at(a).with(at(b), |a, _| Value(a)), |value, _| Value(value))
        }
        Step::Greatest(a, b, d) => {
            by_difference(d, [b, a, a]).with(at(a).with(at(b), |a, _| Value(a)), |value, _| Value(value))
        }
        Step::Select(rows, default) => select(rows, default.as_ref(), all),
    }
}

fn select(rows: &[(Vec<Comparison>, Id)], default: Option<&Id>, all: &[Found]) -> Found {
    for (comparisons, value) in rows {
        let mut holds = true;
        for comparison in comparisons {
            match all[comparison.difference as usize] {
                Value(difference) => match difference.sign() {
                    Some(sign) => holds &= comparison.relation.holds(sign),
                    None => return Unknown,
                },
                other => return other,
            }
        }
        if holds {
            return all[*value as usize];
        }
    }
    default.map_or(Undefined, |default| all[*default as usize])
}

fn integer_power(base: Wide, exponent: i32) -> Found {
    let (mut result, mut square, mut rest) = (Value(Wide::ONE), Value(base), exponent.unsigned_abs());
    while rest > 0 {
        if rest & 1 == 1 {
            result = result.with(square, Wide::multiply);
        }
        square = square.with(square, Wide::multiply);
        rest >>= 1;
    }
    if exponent < 0 { result.then(|result| Wide::ONE.divide(result)) } else { result }
}

/// A real power; the base may not be negative.
fn power(base: Wide, exponent: Wide) -> Found {
    if let (Some(a), Some(b)) = (base.near(), exponent.near())
        && let small = b.value.hi.abs() * (base.exponent.abs() as f64 + 1.0)
        && (small < NEAR as f64 || base.ball.is_zero())
    {
        return Found::of(exact::power(a, b));
    }
    match base.ball.sign() {
        Some(-1) => Undefined,
        Some(1) => logarithm(base).with(Value(exponent), Wide::multiply).then(exponential),
        _ => Unknown,
    }
}

/// e^x, also far out.
fn exponential(x: Wide) -> Found {
    if x.is_tiny() && !x.ball.is_zero() {
        return Wide::ONE.add(x);
    }
    let Some(near) = x.near() else { return beyond(x) };
    if near.value.hi.abs() < 600.0 {
        return Found::of(exact::unary(Op::Exp, near));
    }
    let count = (near.value.hi / LN_2.hi).round();
    if count.abs() > 1e15 {
        return beyond(x);
    }
    let count_ball = Ball::exact(Dd::new(count));
    let rest = near - Ball::rounded(LN_2, 0.0) * count_ball;
    match exact::unary(Op::Exp, rest) {
        Point::Value(ball) => Wide::scaled(ball, count as i64),
        _ => Unknown,
    }
}

/// e^x where not even the exponent has a name: nothing that could be told from 0, or too large.
fn beyond(x: Wide) -> Found {
    match x.sign() {
        Some(-1) => Value(Wide { ball: Ball { value: Dd::ZERO, error: 0.5 }, exponent: -(1 << 50), hidden: false }),
        _ => Unknown,
    }
}

fn logarithm(x: Wide) -> Found {
    match x.ball.sign() {
        Some(1) => {}
        Some(_) => return Undefined,
        None => return Unknown,
    }
    if let Some(near) = x.near() {
        return Found::of(exact::unary(Op::Ln, near));
    }
    let whole = Ball::rounded(LN_2, 0.0) * Ball::exact(Dd::new(x.exponent as f64));
    Found::of(exact::unary(Op::Ln, x.ball)).then(|part| Wide::scaled(whole, 0).then(|whole| whole.add(part)))
}

/// The value of a primitive of one argument.
fn unary(op: Op, x: Wide) -> Found {
    let size = if x.ball.is_zero() { 0.0 } else { x.near().map_or(f64::NAN, |near| near.value.hi.abs()) };
    let one_less = |found: Found| found.then(|value| value.add(Wide::ONE.neg()));
    // What is too large for a double has no size that is a number.
    let beyond = size.is_nan() || size >= 600.0;
    match op {
        Op::Exp => exponential(x),
        Op::Ln => logarithm(x),
        Op::Abs => match x.sign() {
            Some(sign) if sign < 0 => Value(x.neg()),
            Some(_) => Value(x),
            None => Unknown,
        },
        Op::Expm1 if size.is_nan() && x.is_tiny() => Value(x),
        Op::Expm1 if beyond => one_less(exponential(x)),
        Op::Sinh | Op::Cosh if beyond && !x.is_tiny() => {
            let opposite = exponential(x.neg()).then(|value| Value(if op == Op::Sinh { value.neg() } else { value }));
            exponential(x).with(opposite, Wide::add).then(|sum| Value(sum.half()))
        }
        Op::Sigmoid if beyond => {
            exponential(x.neg()).then(|value| value.add(Wide::ONE)).then(|below| Wide::ONE.divide(below))
        }
        Op::Softplus if beyond => exponential(x).then(|value| unary(Op::Log1p, value)),
        Op::Tanhshrink => unary(Op::Tanh, x).then(|tanh| x.add(tanh.neg())),
        Op::Erfc if size > 27.0 && x.sign() == Some(1) => complement(x),
        _ if !size.is_nan() => Found::of(exact::unary(op, x.near().unwrap_or(Ball::ZERO))),
        _ if x.is_tiny() => tiny(op, x),
        _ => huge(op, x),
    }
}

/// A primitive of a number that is far smaller than the last digit of 1.
fn tiny(op: Op, x: Wide) -> Found {
    let one =
        |slope: i32| if slope == 0 { Value(Wide::ONE) } else { Wide::ONE.add(if slope > 0 { x } else { x.neg() }) };
    match op {
        Op::Sin | Op::Tan | Op::Asin | Op::Atan | Op::Sinh | Op::Tanh | Op::Asinh | Op::Atanh | Op::Log1p => Value(x),
        Op::Cos | Op::Sec | Op::Cosh => Value(Wide::ONE),
        Op::Erf => Found::of(exact::unary(Op::Sqrt, Ball::rounded(PI, 0.0)))
            .then(|root| x.divide(root))
            .then(|value| Value(Wide { exponent: value.exponent + 1, ..value })),
        Op::Erfc => one(-1),
        Op::Sigmoid => one(1).then(|value| Value(value.half())),
        Op::Sqrt | Op::Cbrt | Op::Log2 | Op::Log10 | Op::Sign | Op::Step | Op::Heaviside => by_scale(op, x),
        Op::Floor => x.sign().map_or(Unknown, |sign| Value(if sign < 0 { Wide::ONE.neg() } else { Wide::ZERO })),
        Op::Ceil => x.sign().map_or(Unknown, |sign| Value(if sign > 0 { Wide::ONE } else { Wide::ZERO })),
        _ => Unknown,
    }
}

/// A primitive of a number that is far larger than 1.
fn huge(op: Op, x: Wide) -> Found {
    let Some(sign) = x.sign() else { return Unknown };
    let signed = |value: Wide| Value(if sign < 0 { value.neg() } else { value });
    match op {
        Op::Floor | Op::Ceil => Value(x),
        Op::Log1p => {
            if sign > 0 {
                logarithm(x)
            } else {
                Undefined
            }
        }
        Op::Tanh | Op::Erf => signed(Wide::ONE),
        Op::Erfc if sign < 0 => Found::of(Point::Value(Ball::integer(2))),
        Op::Atan => Found::of(Point::Value(Ball::rounded(PI.scale(-1), 0.0))).then(signed),
        Op::Asin | Op::Acos | Op::Atanh => Undefined,
        Op::Asinh => {
            let twice = Wide { exponent: x.exponent + 1, ..x };
            if sign > 0 { logarithm(twice) } else { logarithm(twice.neg()).then(|value| Value(value.neg())) }
        }
        Op::Acosh => {
            if sign > 0 {
                logarithm(Wide { exponent: x.exponent + 1, ..x })
            } else {
                Undefined
            }
        }
        Op::Sqrt | Op::Cbrt | Op::Log2 | Op::Log10 | Op::Sign | Op::Step | Op::Heaviside => by_scale(op, x),
        _ => Unknown,
    }
}

/// Primitives that can be computed from mantissa and exponent.
fn by_scale(op: Op, x: Wide) -> Found {
    let part = |step: i64| {
        let rest = x.exponent.rem_euclid(step);
        let ball = Ball { value: x.ball.value.scale(rest as i32), error: libm::scalbn(x.ball.error, rest as i32) };
        (ball, (x.exponent - rest) / step)
    };
    match op {
        Op::Sqrt | Op::Cbrt => {
            let (ball, exponent) = part(if op == Op::Sqrt { 2 } else { 3 });
            match exact::unary(op, ball) {
                Point::Value(ball) => Wide::scaled(ball, exponent),
                other => Found::of(other),
            }
        }
        Op::Log2 | Op::Log10 => {
            let base = Ball::integer(if op == Op::Log2 { 2 } else { 10 });
            logarithm(x).with(Found::of(exact::unary(Op::Ln, base)), Wide::divide)
        }
        _ => Found::of(exact::unary(op, x.ball)),
    }
}

/// erfc far out: the continued fraction of Abramowitz and Stegun 7.1.14.
fn complement(x: Wide) -> Found {
    let Some(near) = x.near() else { return beyond(x.neg()) };
    let mut tail = Dd::ZERO;
    for k in (1..=60).rev() {
        tail = Dd::new(f64::from(k) / 2.0) / (near.value + tail);
    }
    let root = exact::unary(Op::Sqrt, Ball::rounded(PI, 0.0));
    let below = Found::of(root)
        .then(|root| Wide::scaled(Ball::rounded(near.value + tail, near.error), 0).then(|sum| root.multiply(sum)));
    x.multiply(x).then(|square| exponential(square.neg())).with(below, Wide::divide)
}

/// The decimal form of a number.
fn read_off(wide: Wide) -> Exact {
    if wide.ball.is_zero() || wide.hidden {
        return Exact::Value { mantissa: 0.0, exponent: 0, error: 0.0, double: 0.0 };
    }
    if wide.sign().is_none() {
        // Not told from zero: zero, if it is smaller than any double.
        return if wide.exponent < -1100 {
            Exact::Value { mantissa: 0.0, exponent: 0, error: 0.0, double: 0.0 }
        } else {
            Exact::Unknown
        };
    }
    let error = wide.ball.error / wide.ball.value.hi.abs();
    let double = libm::scalbn(wide.ball.value.hi, wide.exponent.clamp(-3000, 3000) as i32);
    if double.is_finite() && double.abs() >= f64::MIN_POSITIVE {
        let digits = format!("{double:e}");
        let (mantissa, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
        let (mantissa, exponent) = (mantissa.parse().unwrap_or(double), exponent.parse().unwrap_or(0));
        return Exact::Value { mantissa, exponent, error, double };
    }
    let size = if wide.ball.value.hi < 0.0 { wide.neg() } else { wide };
    let ten = exact::unary(Op::Ln, Ball::integer(10));
    let decimal = logarithm(size).with(Found::of(ten), Wide::divide);
    let Value(decimal) = decimal else { return Exact::Unknown };
    let Some(decimal) = decimal.near() else { return Exact::Unknown };
    let exponent = decimal.value.floor().hi;
    let part = decimal - Ball::exact(Dd::new(exponent));
    match exact::power(Ball::integer(10), part) {
        Point::Value(ball) => Exact::Value {
            mantissa: ball.value.hi.copysign(wide.ball.value.hi),
            exponent: exponent as i64,
            error: error + ball.error / ball.value.hi.abs(),
            double,
        },
        _ => Exact::Unknown,
    }
}

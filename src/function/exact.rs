//! Values at an exact place, to about 28 digits.
//!
//! At π the sine is 0 and at ln 2 the exponential is 2, although neither place is a double. A [`Point`] is the value of
//! an expression there; `Unknown` is said rather than a guess.

use super::double_double::{Ball, Dd, LN_2};
use super::evaluate;
use super::expression::Op;

/// A value at an exact place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Point {
    /// Defined, with this value.
    Value(Ball),
    /// Not defined there.
    Undefined,
    /// Could not be decided.
    Unknown,
}

use Point::{Undefined, Unknown, Value};

impl Point {
    pub(crate) fn then(self, next: impl FnOnce(Ball) -> Point) -> Point {
        match self {
            Value(ball) => next(ball),
            other => other,
        }
    }

    pub(crate) fn with(self, other: Point, next: impl FnOnce(Ball, Ball) -> Point) -> Point {
        match (self, other) {
            (Undefined, _) | (_, Undefined) => Undefined,
            (Value(a), Value(b)) => next(a, b),
            _ => Unknown,
        }
    }
}

/// A value that is only worth something if it is finite.
pub(crate) fn checked(ball: Ball) -> Point {
    if ball.value.is_finite() && ball.error.is_finite() { Value(ball) } else { Unknown }
}

/// By the sign of a number: negative, zero, positive.
pub(crate) fn by_sign(ball: Ball, cases: [Point; 3]) -> Point {
    match ball.sign() {
        Some(sign) => cases[(sign + 1) as usize],
        None => Unknown,
    }
}

fn constant(value: i32) -> Point {
    Value(Ball::integer(value))
}

pub(crate) fn floor(ball: Ball) -> Point {
    if let Some(integer) = ball.nearest_integer() {
        return Value(Ball::exact(integer));
    }
    let low = (ball.value - Dd::new(ball.error)).floor();
    let high = (ball.value + Dd::new(ball.error)).floor();
    if low == high && low.hi.abs() < 1e25 { Value(Ball::exact(low)) } else { Unknown }
}

pub(crate) fn quotient(a: Ball, b: Ball) -> Point {
    match b.sign() {
        Some(0) => Undefined,
        Some(_) => checked(a / b),
        None => Unknown,
    }
}

/// The value of a primitive of one argument.
pub(crate) fn unary(op: Op, x: Ball) -> Point {
    let slope = evaluate::slope(op, x.value.hi).abs();
    let smooth = |function: fn(Dd) -> Dd| checked(x.map(function, slope));
    let positive = |value: &dyn Fn() -> Point| by_sign(x, [Undefined, Undefined, value()]);
    match op {
        Op::Abs => Value(x.abs()),
        Op::Sign => by_sign(x, [constant(-1), constant(0), constant(1)]),
        Op::Heaviside => by_sign(x, [constant(0), Value(Ball::exact(Dd::new(0.5))), constant(1)]),
        Op::Step => by_sign(x, [constant(0), constant(1), constant(1)]),
        Op::Floor => floor(x),
        Op::Ceil => floor(-x).then(|value| Value(-value)),
        Op::Exp => {
            if x.is_zero() {
                constant(1)
            } else {
                checked(x.exp())
            }
        }
        Op::Expm1 => {
            if x.is_zero() {
                constant(0)
            } else {
                smooth(Dd::exp_m1)
            }
        }
        Op::Ln => positive(&|| logarithm(x)),
        Op::Log1p => {
            if x.is_zero() {
                return constant(0);
            }
            // Close to −1 a sum of balls would be taken for zero.
            let above = (x.value + Dd::ONE).hi;
            if above.abs() <= x.error && x.error > 0.0 {
                Unknown
            } else if above > 0.0 {
                smooth(Dd::ln_1p)
            } else {
                Undefined
            }
        }
        Op::Log2 => positive(&|| logarithm(x).then(|y| quotient(y, Ball::rounded(LN_2, 0.0)))),
        Op::Log10 => {
            let ten = Ball::rounded(Dd::new(10.0).ln(), 1e-30);
            positive(&|| logarithm(x).then(|y| quotient(y, ten)).then(|y| Value(to_integer(y))))
        }
        Op::Sqrt => by_sign(x, [Undefined, constant(0), root(x)]),
        Op::Cbrt => by_sign(x, [smooth(Dd::cbrt), constant(0), smooth(Dd::cbrt)]).then(|y| Value(to_integer(y))),
        Op::Sin => checked(x.sin_cos().0),
        Op::Cos => checked(x.sin_cos().1),
        Op::Tan => with_sin_cos(x, quotient),
        Op::Sec => with_sin_cos(x, |_, cos| quotient(Ball::ONE, cos)),
        Op::Csc => with_sin_cos(x, |sin, _| quotient(Ball::ONE, sin)),
        Op::Cot => with_sin_cos(x, |sin, cos| quotient(cos, sin)),
        Op::Asin => arc(x, |c| checked(x).then(|x| quotient(x, c)).then(|q| unary(Op::Atan, q)), 1),
        Op::Acos => acos(x),
        Op::Atan => {
            if x.is_zero() {
                constant(0)
            } else {
                smooth(Dd::atan)
            }
        }
        Op::Sinh => hyperbolic(x, |m, e| (m + m / e) / Ball::integer(2)),
        Op::Cosh => hyperbolic(x, |_, e| (e + Ball::ONE / e) / Ball::integer(2)),
        Op::Tanh => tanh(x),
        Op::Asinh => asinh(x),
        Op::Acosh => by_sign(x - Ball::ONE, [Undefined, constant(0), acosh(x)]),
        Op::Atanh => by_sign(Ball::ONE - x.abs(), [Undefined, Undefined, atanh(x)]),
        Op::Erf => {
            if x.is_zero() {
                constant(0)
            } else {
                smooth(Dd::erf)
            }
        }
        Op::Erfc => {
            if x.is_zero() {
                constant(1)
            } else {
                smooth(Dd::erfc)
            }
        }
        Op::Sigmoid => sigmoid(x),
        Op::Softplus => softplus(x),
        Op::Tanhshrink => tanh(x).then(|tanh| Value(x - tanh)),
        Op::Mod | Op::Min | Op::Max => Unknown,
    }
}

/// Roots and logarithms of numbers that have whole ones are whole.
fn to_integer(ball: Ball) -> Ball {
    let tight = Ball { value: ball.value, error: ball.error.max(1e-29 * ball.value.hi.abs()) };
    tight.nearest_integer().map_or(ball, Ball::exact)
}

fn logarithm(x: Ball) -> Point {
    if x == Ball::ONE {
        return constant(0);
    }
    let spread = x.error / (x.value.hi - x.error);
    checked(Ball::rounded(x.value.ln(), spread * 1.5 + 1e-30)).then(|y| Value(y.snap(1.0)))
}

fn root(x: Ball) -> Point {
    if x.value.hi <= 0.0 {
        return Unknown;
    }
    let value = x.value.sqrt();
    if x.error == 0.0 && value.square() == x.value {
        return Value(Ball::exact(value));
    }
    checked(Ball::rounded(value, x.error / value.hi * 1.5))
}

fn with_sin_cos(x: Ball, next: impl FnOnce(Ball, Ball) -> Point) -> Point {
    let (sin, cos) = x.sin_cos();
    checked(sin).with(checked(cos), next)
}

/// asin through the atan of x / √(1 − x²); `end` is the sign of the value at 1, in quarter turns.
fn arc(x: Ball, inner: impl FnOnce(Ball) -> Point, end: i32) -> Point {
    let below = (Ball::ONE - x) * (Ball::ONE + x);
    match below.sign() {
        Some(0) => {
            let quarter = Ball::rounded(super::double_double::PI.scale(-1), 0.0);
            Value(if (x.value.hi > 0.0) == (end > 0) { quarter } else { -quarter })
        }
        Some(sign) if sign > 0 => root(below).then(inner),
        Some(_) => Undefined,
        None => Unknown,
    }
}

fn acos(x: Ball) -> Point {
    let ratio = |x: Ball| quotient(Ball::ONE - x, Ball::ONE + x);
    match (Ball::ONE - x.abs()).sign() {
        Some(0) if x.value.hi > 0.0 => constant(0),
        Some(0) => Value(Ball::rounded(super::double_double::PI, 0.0)),
        Some(sign) if sign > 0 => {
            ratio(x).then(root).then(|y| unary(Op::Atan, y)).then(|y| Value(y * Ball::integer(2)))
        }
        Some(_) => Undefined,
        None => Unknown,
    }
}

/// A function of e^x − 1 and e^x.
fn hyperbolic(x: Ball, function: impl FnOnce(Ball, Ball) -> Ball) -> Point {
    let less = if x.is_zero() { Ball::ZERO } else { x.map(Dd::exp_m1, evaluate::slope(Op::Exp, x.value.hi)) };
    let exp = if x.is_zero() { Ball::ONE } else { x.exp() };
    if exp.value.hi == 0.0 { Unknown } else { checked(function(less, exp)) }
}

fn tanh(x: Ball) -> Point {
    if x.value.hi.abs() > 40.0 {
        return Value(Ball::rounded(Dd::new(1f64.copysign(x.value.hi)), 1e-34));
    }
    let less = unary(Op::Expm1, x + x);
    less.then(|m| quotient(m, m + Ball::integer(2)))
}

fn asinh(x: Ball) -> Point {
    if x.is_zero() {
        return constant(0);
    }
    let size = x.abs();
    // x + x² / (1 + √(1 + x²)) keeps the small digits.
    let value = root(size * size + Ball::ONE)
        .then(|root| quotient(size * size, root + Ball::ONE))
        .then(|part| unary(Op::Log1p, size + part));
    value.then(|y| Value(if x.value.hi < 0.0 { -y } else { y }))
}

fn acosh(x: Ball) -> Point {
    let less = x - Ball::ONE;
    root(less * (x + Ball::ONE)).then(|root| unary(Op::Log1p, less + root))
}

fn atanh(x: Ball) -> Point {
    if x.is_zero() {
        return constant(0);
    }
    let half = Ball::exact(Dd::new(0.5));
    quotient(x + x, Ball::ONE - x).then(|y| unary(Op::Log1p, y)).then(|y| Value(y * half))
}

fn sigmoid(x: Ball) -> Point {
    if x.value.hi > 0.0 {
        return unary(Op::Exp, -x).then(|e| quotient(Ball::ONE, Ball::ONE + e));
    }
    unary(Op::Exp, x).then(|e| quotient(e, Ball::ONE + e))
}

fn softplus(x: Ball) -> Point {
    let small = unary(Op::Exp, -x.abs()).then(|e| unary(Op::Log1p, e));
    small.then(|y| Value(if x.value.hi > 0.0 { x + y } else { y }))
}

/// A power with an integer exponent.
pub(crate) fn integer_power(base: Ball, exponent: i32) -> Point {
    let (mut result, mut square, mut rest) = (Ball::ONE, base, exponent.unsigned_abs());
    while rest > 0 {
        if rest & 1 == 1 {
            result = result * square;
        }
        square = square * square;
        rest >>= 1;
    }
    if exponent < 0 { quotient(Ball::ONE, result) } else { checked(result) }
}

/// A real power of a base that is not negative.
pub(crate) fn power(base: Ball, exponent: Ball) -> Point {
    if let (Some(whole), 0.0) = (exponent.nearest_integer(), exponent.error) {
        // A whole exponent that is not written as a constant still needs a base that is not negative.
        if whole.hi.abs() <= 1024.0 && base.sign() == Some(1) {
            return integer_power(base, whole.hi as i32);
        }
    }
    match (base.sign(), exponent.sign()) {
        (Some(-1), _) | (Some(0), Some(-1)) => Undefined,
        (Some(0), Some(0)) => constant(1),
        (Some(0), Some(_)) => constant(0),
        (Some(_), _) => logarithm(base).then(|y| unary(Op::Exp, y * exponent)),
        _ => Unknown,
    }
}

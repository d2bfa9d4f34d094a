//! Values and slopes of the primitives in double precision.
//!
//! Each is stable over the whole line: nothing overflows on the way to a finite value, and no digits cancel. Undefined
//! is NaN, and an infinite result means overflow only. `libm` gives the same bits on every machine.

use super::expression::Op;

/// The value of a primitive of one argument.
pub(crate) fn unary(op: Op, x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    match op {
        Op::Abs => x.abs(),
        Op::Sign => f64::from(i8::from(x > 0.0) - i8::from(x < 0.0)),
        Op::Floor => x.floor(),
        Op::Ceil => x.ceil(),
        Op::Exp => libm::exp(x),
        Op::Expm1 => libm::expm1(x),
        Op::Ln => defined(x > 0.0, libm::log(x)),
        Op::Log1p => defined(x > -1.0, libm::log1p(x)),
        Op::Log2 => defined(x > 0.0, libm::log2(x)),
        Op::Log10 => defined(x > 0.0, libm::log10(x)),
        Op::Sqrt => x.sqrt(),
        Op::Cbrt => libm::cbrt(x),
        Op::Sin => libm::sin(x),
        Op::Cos => libm::cos(x),
        Op::Tan => libm::tan(x),
        Op::Sec => quotient(1.0, libm::cos(x)),
        Op::Csc => quotient(1.0, libm::sin(x)),
        Op::Cot => quotient(1.0, libm::tan(x)),
        Op::Asin => libm::asin(x),
        Op::Acos => libm::acos(x),
        Op::Atan => libm::atan(x),
        Op::Sinh => libm::sinh(x),
        Op::Cosh => libm::cosh(x),
        Op::Tanh => libm::tanh(x),
        Op::Asinh => libm::asinh(x),
        Op::Acosh => defined(x >= 1.0, libm::acosh(x)),
        Op::Atanh => defined(-1.0 < x && x < 1.0, libm::atanh(x)),
        Op::Erf => libm::erf(x),
        Op::Erfc => libm::erfc(x),
        Op::Heaviside => f64::midpoint(f64::from(i8::from(x > 0.0) - i8::from(x < 0.0)), 1.0),
        Op::Step => f64::from(u8::from(x >= 0.0)),
        Op::Sigmoid => sigmoid(x),
        Op::Softplus => x.max(0.0) + libm::log1p(libm::exp(-x.abs())),
        Op::Tanhshrink => tanhshrink(x),
        Op::Mod | Op::Min | Op::Max => f64::NAN,
    }
}

fn defined(condition: bool, value: f64) -> f64 {
    if condition { value } else { f64::NAN }
}

/// 1/(1 + e^−x) with a small relative error in both tails.
pub(crate) fn sigmoid(x: f64) -> f64 {
    let small = libm::exp(-x.abs());
    if x >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) }
}

/// Coefficients of x³, x⁵, … in x − tanh x, from the Bernoulli numbers.
const TANHSHRINK: [f64; 12] = [
    1.0 / 3.0,
    -2.0 / 15.0,
    17.0 / 315.0,
    -62.0 / 2835.0,
    1382.0 / 155_925.0,
    -21844.0 / 6_081_075.0,
    929_569.0 / 638_512_875.0,
    -6_404_582.0 / 10_854_718_875.0,
    443_861_162.0 / 1_856_156_927_625.0,
    -18_888_466_084.0 / 194_896_477_400_625.0,
    113_927_491_862.0 / 2_900_518_163_668_125.0,
    -58_870_668_456_604.0 / 3_698_160_658_676_859_375.0,
];

/// x − tanh x; near zero by its series, where the difference would cancel.
fn tanhshrink(x: f64) -> f64 {
    if x.abs() > 0.4 {
        return x - libm::tanh(x);
    }
    let square = x * x;
    x * square * TANHSHRINK.iter().rev().fold(0.0, |sum, factor| sum * square + factor)
}

/// a/b, undefined where b is 0.
pub(crate) fn quotient(a: f64, b: f64) -> f64 {
    if b == 0.0 { f64::NAN } else { a / b }
}

/// a − m floor(a/m), exact where a and m are.
pub(crate) fn modulo(a: f64, m: f64) -> f64 {
    if m == 0.0 || !a.is_finite() {
        return f64::NAN;
    }
    if m.is_infinite() {
        return if a == 0.0 || (a < 0.0) == (m < 0.0) { a } else { f64::NAN };
    }
    let rest = a % m;
    if rest != 0.0 && (rest < 0.0) != (m < 0.0) { rest + m } else { rest }
}

/// Real powers: a negative base needs an integer exponent that is written as one; 0^0 is 1.
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    if base.is_nan() || exponent.is_nan() || base < 0.0 || (base == 0.0 && exponent < 0.0) {
        return f64::NAN;
    }
    libm::pow(base, exponent)
}

/// Powers with an integer exponent.
pub(crate) fn integer_power(base: f64, exponent: i32) -> f64 {
    match exponent {
        _ if base.is_nan() => base,
        2 => base * base,
        3 => base * base * base,
        -1 => quotient(1.0, base),
        -2 => quotient(1.0, base * base),
        _ if exponent < 0 && base == 0.0 => f64::NAN,
        _ => libm::pow(base, f64::from(exponent)),
    }
}

/// 2/√π exp(−x²).
fn bell(x: f64) -> f64 {
    std::f64::consts::FRAC_2_SQRT_PI * libm::exp(-x * x)
}

/// The derivative of a primitive of one argument; NaN where it has none.
pub(crate) fn slope(op: Op, x: f64) -> f64 {
    let value = || unary(op, x);
    let square = |y: f64| y * y;
    match op {
        Op::Abs => f64::from(i8::from(x > 0.0) - i8::from(x < 0.0)),
        Op::Sign | Op::Heaviside | Op::Step => defined(x != 0.0, 0.0),
        Op::Floor | Op::Ceil => defined(x != x.floor(), 0.0),
        Op::Exp | Op::Expm1 => libm::exp(x),
        Op::Ln => defined(x > 0.0, 1.0 / x),
        Op::Log1p => defined(x > -1.0, 1.0 / (1.0 + x)),
        Op::Log2 => defined(x > 0.0, std::f64::consts::LOG2_E / x),
        Op::Log10 => defined(x > 0.0, std::f64::consts::LOG10_E / x),
        Op::Sqrt => quotient(0.5, value()),
        Op::Cbrt => quotient(1.0, 3.0 * square(value())),
        Op::Sin => libm::cos(x),
        Op::Cos => -libm::sin(x),
        Op::Tan => 1.0 / square(libm::cos(x)),
        Op::Sec => value() * libm::tan(x),
        Op::Csc => -value() * unary(Op::Cot, x),
        Op::Cot => -square(unary(Op::Csc, x)),
        Op::Asin => quotient(1.0, ((1.0 - x) * (1.0 + x)).sqrt()),
        Op::Acos => -quotient(1.0, ((1.0 - x) * (1.0 + x)).sqrt()),
        Op::Atan => 1.0 / (1.0 + x * x),
        Op::Sinh => libm::cosh(x),
        Op::Cosh => libm::sinh(x),
        Op::Tanh => 1.0 / square(libm::cosh(x)),
        Op::Asinh => 1.0 / libm::hypot(x, 1.0),
        Op::Acosh => defined(x > 1.0, 1.0 / ((x - 1.0) * (x + 1.0)).sqrt()),
        Op::Atanh => defined(-1.0 < x && x < 1.0, 1.0 / ((1.0 - x) * (1.0 + x))),
        Op::Erf => bell(x),
        Op::Erfc => -bell(x),
        Op::Sigmoid => sigmoid(x) * sigmoid(-x),
        Op::Softplus => sigmoid(x),
        Op::Tanhshrink => square(libm::tanh(x)),
        Op::Mod | Op::Min | Op::Max => f64::NAN,
    }
}

//! What a function does just beside a place: one-sided limits without sampling.
//!
//! Beside c, at c + ε or c − ε, every step of a tape is written as a short sum of terms
//! `coefficient · exp(Σ cᵢ ε^aᵢ) · ε^p · ln(1/ε)^q`, largest first, plus a bound of the rest; a small piece of what is
//! called a transseries (Gruntz, *On computing limits in a symbolic manipulation system*, 1996). Limit, slope and sign
//! are read off the first terms. So `sin(x)/x` tends to 1, `x^x` to 1 and `x sin(1/x)` to 0, and `floor` knows from
//! which side its argument comes. Coefficients carry 31 digits and their error; what cannot be decided is `Unknown`.

use std::cmp::Ordering;

use super::Limit;
use super::double_double::{Ball, Dd, PI};
use super::exact::{self, Point};
use super::expression::Op;
use super::tape::{Comparison, Id, Step, Tape};

/// A sum keeps this many terms.
const MOST_TERMS: usize = 9;
/// Taylor series go to this power.
const MOST_POWER: usize = 9;

/// `exp(Σ c ε^a) ε^power ln(1/ε)^log`.
#[derive(Debug, Clone, PartialEq)]
struct Monomial {
    /// Exponents (negative, ascending) and coefficients (not zero) of the exponential.
    exponential: Vec<(f64, f64)>,
    power: f64,
    log: f64,
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

impl Monomial {
    const ONE: Monomial = Monomial { exponential: Vec::new(), power: 0.0, log: 0.0 };

    fn power(power: f64) -> Monomial {
        Monomial { power, ..Monomial::ONE }
    }

    fn mul(&self, other: &Monomial) -> Monomial {
        let mut exponential = self.exponential.clone();
        for &(exponent, coefficient) in &other.exponential {
            match exponential.iter_mut().find(|(known, _)| near(*known, exponent)) {
                Some(entry) => {
                    let sum = entry.1 + coefficient;
                    entry.1 = if sum.abs() <= 1e-13 * coefficient.abs() { 0.0 } else { sum };
                }
                None => exponential.push((exponent, coefficient)),
            }
        }
        exponential.retain(|(_, coefficient)| *coefficient != 0.0);
        exponential.sort_by(|a, b| a.0.total_cmp(&b.0));
        Monomial { exponential, power: self.power + other.power, log: self.log + other.log }
    }

    fn raise(&self, exponent: f64) -> Monomial {
        if exponent == 0.0 {
            return Monomial::ONE;
        }
        let exponential = self.exponential.iter().map(|(a, c)| (*a, c * exponent)).collect();
        Monomial { exponential, power: self.power * exponent, log: self.log * exponent }
    }

    /// By size as ε falls to zero.
    fn compare(&self, other: &Monomial) -> Ordering {
        if !self.exponential.is_empty() || !other.exponential.is_empty() {
            let ratio = self.mul(&other.raise(-1.0));
            if let Some((_, coefficient)) = ratio.exponential.first() {
                return if *coefficient > 0.0 { Ordering::Greater } else { Ordering::Less };
            }
        }
        if !near(self.power, other.power) {
            return other.power.total_cmp(&self.power);
        }
        if near(self.log, other.log) { Ordering::Equal } else { self.log.total_cmp(&other.log) }
    }

    fn is_larger(&self, other: &Monomial) -> bool {
        self.compare(other) == Ordering::Greater
    }

    fn is_small(&self) -> bool {
        Monomial::ONE.is_larger(self)
    }
}

/// A monomial and its coefficient.
type Term = (Monomial, Ball);

/// A sum of terms, largest first, and a bound of what it lacks (`None`: nothing).
#[derive(Debug, Clone)]
struct Series {
    terms: Vec<(Monomial, Ball)>,
    rest: Option<Monomial>,
}

/// A step beside a place.
#[derive(Debug, Clone)]
enum Germ {
    Series(Series),
    Undefined,
    Unknown,
}

fn larger(a: Option<Monomial>, b: Option<Monomial>) -> Option<Monomial> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.is_larger(&a) { b } else { a }),
        (a, b) => a.or(b),
    }
}

impl Series {
    fn constant(value: Ball) -> Series {
        let terms = if value.is_zero() { Vec::new() } else { vec![(Monomial::ONE, value)] };
        Series { terms, rest: None }
    }

    fn bounded() -> Series {
        Series { terms: Vec::new(), rest: Some(Monomial::ONE) }
    }

    fn is_zero(&self) -> bool {
        self.terms.is_empty() && self.rest.is_none()
    }

    /// Puts terms in order, adds equal ones, and cuts off what is not known or not needed.
    fn normal(mut terms: Vec<(Monomial, Ball)>, mut rest: Option<Monomial>) -> Series {
        terms.sort_by(|a, b| b.0.compare(&a.0));
        let mut result: Vec<(Monomial, Ball)> = Vec::with_capacity(terms.len());
        for (monomial, coefficient) in terms {
            match result.last_mut() {
                Some(last) if last.0.compare(&monomial) == Ordering::Equal => last.1 = last.1 + coefficient,
                _ => result.push((monomial, coefficient)),
            }
        }
        result.retain(|(_, coefficient)| !coefficient.is_zero());
        // A coefficient that may be zero is part of the rest.
        if let Some(place) = result.iter().position(|(_, coefficient)| coefficient.sign().is_none()) {
            rest = larger(rest, Some(result[place].0.clone()));
            result.truncate(place);
        }
        if let Some(bound) = &rest {
            result.retain(|(monomial, _)| monomial.is_larger(bound));
        }
        if result.len() > MOST_TERMS {
            rest = larger(rest, Some(result[MOST_TERMS].0.clone()));
            result.truncate(MOST_TERMS);
        }
        Series { terms: result, rest }
    }

    /// The size of the whole.
    fn lead(&self) -> Option<&Monomial> {
        self.terms.first().map(|(monomial, _)| monomial).or(self.rest.as_ref())
    }

    fn sign(&self) -> Option<i32> {
        match self.terms.first() {
            Some((_, coefficient)) => coefficient.sign(),
            None if self.rest.is_none() => Some(0),
            None => None,
        }
    }

    fn neg(mut self) -> Series {
        self.terms.iter_mut().for_each(|(_, coefficient)| *coefficient = -*coefficient);
        self
    }

    fn add(mut self, other: Series) -> Series {
        if other.is_zero() {
            return self;
        }
        self.terms.extend(other.terms);
        Series::normal(self.terms, larger(self.rest, other.rest))
    }

    fn add_constant(self, value: Ball) -> Series {
        self.add(Series::constant(value))
    }

    fn mul(&self, other: &Series) -> Series {
        let (Some(left), Some(right)) = (self.lead(), other.lead()) else {
            return Series::constant(Ball::ZERO);
        };
        let mut terms = Vec::with_capacity(self.terms.len() * other.terms.len());
        for (a, x) in &self.terms {
            for (b, y) in &other.terms {
                terms.push((a.mul(b), *x * *y));
            }
        }
        let rest =
            larger(self.rest.as_ref().map(|rest| rest.mul(right)), other.rest.as_ref().map(|rest| rest.mul(left)));
        Series::normal(terms, rest)
    }

    fn scale(&self, factor: Ball) -> Series {
        self.mul(&Series::constant(factor))
    }

    /// The first term, and the rest divided by it, which tends to zero.
    fn factor(&self) -> Option<(Monomial, Ball, Series)> {
        let (monomial, coefficient) = self.terms.first()?.clone();
        let inverse = monomial.raise(-1.0);
        let terms = self.terms[1..].iter().map(|(m, c)| (m.mul(&inverse), *c / coefficient)).collect();
        let rest = self.rest.as_ref().map(|rest| rest.mul(&inverse));
        Some((monomial, coefficient, Series { terms, rest }))
    }

    fn times_term(&self, monomial: &Monomial, coefficient: Ball) -> Series {
        let terms = self.terms.iter().map(|(m, c)| (m.mul(monomial), *c * coefficient)).collect();
        Series { terms, rest: self.rest.as_ref().map(|rest| rest.mul(monomial)) }
    }

    /// Σ cₖ uᵏ for u → 0.
    fn compose(&self, coefficients: &[Ball]) -> Series {
        if self.is_zero() {
            return Series::constant(coefficients[0]);
        }
        let mut sum = Series::constant(Ball::ZERO);
        for coefficient in coefficients.iter().rev() {
            sum = sum.mul(self).add_constant(*coefficient);
        }
        let beyond = self.lead().map(|lead| lead.raise(coefficients.len() as f64));
        Series::normal(sum.terms, larger(sum.rest, beyond))
    }

    fn reciprocal(&self) -> Germ {
        if self.is_zero() {
            return Germ::Undefined;
        }
        self.raise(Ball::integer(-1), Some(-1))
    }

    /// A constant power; `integer` if it is one.
    fn raise(&self, exponent: Ball, integer: Option<i32>) -> Germ {
        let Some((monomial, coefficient, u)) = self.factor() else {
            return match (&self.rest, integer) {
                (_, Some(0)) => Germ::Series(Series::constant(Ball::ONE)),
                (None, _) if exponent.sign() == Some(1) => Germ::Series(Series::constant(Ball::ZERO)),
                (None, _) => Germ::Undefined,
                (Some(rest), Some(n)) if n > 0 => {
                    Germ::Series(Series { terms: Vec::new(), rest: Some(rest.raise(f64::from(n))) })
                }
                _ => Germ::Unknown,
            };
        };
        let scale = match integer {
            Some(n) => exact::integer_power(coefficient, n),
            None if coefficient.sign() == Some(-1) => return Germ::Undefined,
            None => exact::power(coefficient, exponent),
        };
        let Point::Value(scale) = scale else { return Germ::Unknown };
        let mut coefficients = vec![Ball::ONE];
        for k in 1..=MOST_POWER {
            let last = coefficients[k - 1];
            coefficients.push(last * (exponent - Ball::count(k - 1)) / Ball::count(k));
        }
        Germ::Series(u.compose(&coefficients).times_term(&monomial.raise(exponent.value.hi), scale))
    }

    /// What tends to infinity, the constant, and what tends to zero; `None` if the rest does not tend to zero.
    fn split(&self) -> Option<(Vec<Term>, Ball, Series)> {
        if self.rest.as_ref().is_some_and(|rest| !rest.is_small()) {
            return None;
        }
        let (mut big, mut constant, mut small) = (Vec::new(), Ball::ZERO, Vec::new());
        for (monomial, coefficient) in &self.terms {
            match monomial.compare(&Monomial::ONE) {
                Ordering::Greater => big.push((monomial.clone(), *coefficient)),
                Ordering::Equal => constant = *coefficient,
                Ordering::Less => small.push((monomial.clone(), *coefficient)),
            }
        }
        Some((big, constant, Series { terms: small, rest: self.rest.clone() }))
    }

    fn limit(&self) -> Limit {
        let Some((monomial, coefficient)) = self.terms.first() else {
            let vanishes = self.rest.as_ref().is_none_or(Monomial::is_small);
            return if vanishes { Limit::Finite(0.0) } else { Limit::None };
        };
        match monomial.compare(&Monomial::ONE) {
            Ordering::Less => Limit::Finite(0.0),
            Ordering::Equal if self.rest.as_ref().is_none_or(Monomial::is_small) => Limit::Finite(coefficient.value.hi),
            Ordering::Equal => Limit::None,
            Ordering::Greater if coefficient.value.hi > 0.0 => Limit::PlusInfinity,
            Ordering::Greater => Limit::MinusInfinity,
        }
    }

    /// Whether the argument runs away: its sign there.
    fn infinite(&self) -> Option<i32> {
        let (monomial, coefficient) = self.terms.first()?;
        if monomial.is_larger(&Monomial::ONE) { coefficient.sign() } else { None }
    }

    fn exp(&self) -> Germ {
        let Some((big, constant, small)) = self.split() else {
            let bounded = self.terms.is_empty() && self.rest.as_ref().is_some_and(|rest| *rest == Monomial::ONE);
            return if bounded { Germ::Series(Series::bounded()) } else { Germ::Unknown };
        };
        let mut monomial = Monomial::ONE;
        for (term, coefficient) in big {
            let plain = term.exponential.is_empty();
            if plain && near(term.log, 0.0) {
                monomial =
                    monomial.mul(&Monomial { exponential: vec![(term.power, coefficient.value.hi)], ..Monomial::ONE });
            } else if plain && near(term.power, 0.0) && near(term.log, 1.0) {
                monomial = monomial.mul(&Monomial::power(-coefficient.value.hi));
            } else {
                return Germ::Unknown;
            }
        }
        match exact::unary(Op::Exp, constant) {
            Point::Value(factor) => Germ::Series(small.compose(&factorials()).times_term(&monomial, factor)),
            _ => Germ::Unknown,
        }
    }

    fn ln(&self) -> Germ {
        let Some((monomial, coefficient, u)) = self.factor() else {
            return if self.is_zero() { Germ::Undefined } else { Germ::Unknown };
        };
        match coefficient.sign() {
            Some(1) => {}
            Some(_) => return Germ::Undefined,
            None => return Germ::Unknown,
        }
        let Point::Value(constant) = exact::unary(Op::Ln, coefficient) else { return Germ::Unknown };
        if !near(monomial.log, 0.0) {
            return Germ::Unknown;
        }
        let mut coefficients = vec![Ball::ZERO];
        coefficients.extend(alternating());
        let mut terms: Vec<(Monomial, Ball)> = Vec::new();
        for (exponent, factor) in &monomial.exponential {
            terms.push((Monomial::power(*exponent), Ball::rounded(Dd::new(*factor), factor.abs() * 1e-15)));
        }
        if monomial.power != 0.0 {
            terms.push((Monomial { log: 1.0, ..Monomial::ONE }, Ball::exact(Dd::new(-monomial.power))));
        }
        Germ::Series(Series { terms, rest: None }.add_constant(constant).add(u.compose(&coefficients)))
    }
}

/// 1, −1/2, 1/3, …: the logarithm of 1 + u.
fn alternating() -> impl Iterator<Item = Ball> {
    (1..=MOST_POWER).map(|k| if k % 2 == 1 { Ball::ONE / Ball::count(k) } else { -Ball::ONE / Ball::count(k) })
}

fn factorials() -> Vec<Ball> {
    let mut coefficients = vec![Ball::ONE];
    for k in 1..=MOST_POWER {
        coefficients.push(coefficients[k - 1] / Ball::count(k));
    }
    coefficients
}

/// Coefficients of (q₀ + q₁ u + q₂ u²)^r (J. C. P. Miller's recurrence).
fn quadratic_power(q: [Ball; 3], r: Ball, first: Ball) -> Vec<Ball> {
    let mut y = vec![first];
    for k in 1..=MOST_POWER {
        let mut sum = Ball::ZERO;
        for j in 1..=k.min(2) {
            let factor = r * Ball::count(j) - Ball::count(k - j);
            sum = sum + factor * q[j] * y[k - j];
        }
        y.push(sum / (Ball::count(k) * q[0]));
    }
    y
}

/// The integral of a power series.
fn integrate(constant: Ball, slopes: &[Ball]) -> Vec<Ball> {
    let mut result = vec![constant];
    result.extend(slopes[..MOST_POWER].iter().enumerate().map(|(k, slope)| *slope / Ball::count(k + 1)));
    result
}

/// The solution of y′ = a + b y − y².
fn riccati(first: Ball, a: Ball, b: Ball) -> Vec<Ball> {
    let mut y = vec![first];
    for k in 0..MOST_POWER {
        let mut sum = b * y[k];
        if k == 0 {
            sum = sum + a;
        }
        for i in 0..=k {
            sum = sum - y[i] * y[k - i];
        }
        y.push(sum / Ball::count(k + 1));
    }
    y
}

/// The Taylor coefficients of a primitive at an inner point of its domain.
fn taylor(op: Op, c: Ball) -> Option<Vec<Ball>> {
    let Point::Value(value) = exact::unary(op, c) else { return None };
    let (one, two) = (Ball::ONE, Ball::integer(2));
    let half = Ball::exact(Dd::new(0.5));
    let root = |square: Ball| match exact::unary(Op::Sqrt, square) {
        Point::Value(root) => Some(one / root),
        _ => None,
    };
    Some(match op {
        Op::Sin | Op::Cos => {
            let (sin, cos) = c.sin_cos();
            let cycle = if op == Op::Sin { [sin, cos, -sin, -cos] } else { [cos, -sin, -cos, sin] };
            factorials().iter().enumerate().map(|(k, factor)| cycle[k % 4] * *factor).collect()
        }
        Op::Expm1 => {
            let Point::Value(exp) = exact::unary(Op::Exp, c) else { return None };
            let mut all: Vec<Ball> = factorials().iter().map(|factor| exp * *factor).collect();
            all[0] = value;
            all
        }
        Op::Atan => {
            let q = [one + c * c, two * c, one];
            integrate(value, &quadratic_power(q, -one, one / q[0]))
        }
        Op::Asin | Op::Acos => {
            let q = [(one - c) * (one + c), -(two * c), -one];
            let slopes = quadratic_power(q, -half, root(q[0])?);
            let sign = if op == Op::Asin { one } else { -one };
            integrate(value, &slopes.iter().map(|slope| *slope * sign).collect::<Vec<_>>())
        }
        Op::Asinh => {
            let q = [one + c * c, two * c, one];
            integrate(value, &quadratic_power(q, -half, root(q[0])?))
        }
        Op::Acosh => {
            let q = [(c - one) * (c + one), two * c, one];
            integrate(value, &quadratic_power(q, -half, root(q[0])?))
        }
        Op::Atanh => {
            let q = [(one - c) * (one + c), -(two * c), -one];
            integrate(value, &quadratic_power(q, -one, one / q[0]))
        }
        Op::Tanh => riccati(value, one, Ball::ZERO),
        Op::Sigmoid => riccati(value, Ball::ZERO, one),
        Op::Softplus => {
            let Point::Value(sigmoid) = exact::unary(Op::Sigmoid, c) else { return None };
            integrate(value, &riccati(sigmoid, Ball::ZERO, one))
        }
        Op::Erf | Op::Erfc => integrate(value, &bell(c, if op == Op::Erf { two } else { -two })?),
        _ => return None,
    })
}

/// The Taylor coefficients of factor/√π exp(−x²).
fn bell(c: Ball, factor: Ball) -> Option<Vec<Ball>> {
    let Point::Value(exp) = exact::unary(Op::Exp, -(c * c)) else { return None };
    let Point::Value(root) = exact::unary(Op::Sqrt, Ball::rounded(PI, 0.0)) else { return None };
    let mut z = vec![exp * factor / root];
    for k in 0..MOST_POWER {
        let before = if k == 0 { Ball::ZERO } else { z[k - 1] };
        z.push(Ball::integer(-2) * (c * z[k] + before) / Ball::count(k + 1));
    }
    Some(z)
}

impl Germ {
    fn constant(value: Ball) -> Germ {
        Germ::Series(Series::constant(value))
    }

    fn integer(value: i32) -> Germ {
        Germ::constant(Ball::integer(value))
    }

    fn point(point: Point) -> Germ {
        match point {
            Point::Value(value) => Germ::constant(value),
            Point::Undefined => Germ::Undefined,
            Point::Unknown => Germ::Unknown,
        }
    }

    fn then(&self, next: impl FnOnce(&Series) -> Germ) -> Germ {
        match self {
            Germ::Series(series) => next(series),
            other => other.clone(),
        }
    }

    fn with(&self, other: &Germ, next: impl FnOnce(&Series, &Series) -> Germ) -> Germ {
        match (self, other) {
            (Germ::Undefined, _) | (_, Germ::Undefined) => Germ::Undefined,
            (Germ::Series(a), Germ::Series(b)) => next(a, b),
            _ => Germ::Unknown,
        }
    }

    fn neg(&self) -> Germ {
        self.then(|series| Germ::Series(series.clone().neg()))
    }

    fn add(&self, other: &Germ) -> Germ {
        self.with(other, |a, b| Germ::Series(a.clone().add(b.clone())))
    }

    fn mul(&self, other: &Germ) -> Germ {
        self.with(other, |a, b| Germ::Series(a.mul(b)))
    }

    fn div(&self, other: &Germ) -> Germ {
        self.with(other, |a, b| b.reciprocal().then(|inverse| Germ::Series(a.mul(inverse))))
    }

    fn scale(&self, factor: f64) -> Germ {
        self.then(|series| Germ::Series(series.scale(Ball::exact(Dd::new(factor)))))
    }

    fn add_constant(&self, value: i32) -> Germ {
        self.then(|series| Germ::Series(series.clone().add_constant(Ball::integer(value))))
    }

    fn square(&self) -> Germ {
        self.mul(self)
    }

    fn root(&self) -> Germ {
        self.then(|series| series.raise(Ball::exact(Dd::new(0.5)), None))
    }

    fn apply(&self, op: Op) -> Germ {
        self.then(|series| unary(op, series))
    }
}

fn by_sign(series: &Series, cases: [Germ; 3]) -> Germ {
    let [below, zero, above] = cases;
    match series.sign() {
        Some(-1) => below,
        Some(0) => zero,
        Some(_) => above,
        None => Germ::Unknown,
    }
}

fn floor(series: &Series) -> Germ {
    let Some((big, constant, small)) = series.split() else { return Germ::Unknown };
    if !big.is_empty() {
        return Germ::Series(Series::normal(big, Some(Monomial::ONE)));
    }
    let Some(integer) = constant.nearest_integer() else { return Germ::point(exact::floor(constant)) };
    let integer = Ball::exact(integer);
    let less = Ball::integer(-1);
    by_sign(&small, [Germ::constant(integer + less), Germ::constant(integer), Germ::constant(integer)])
}

fn unary(op: Op, s: &Series) -> Germ {
    let this = || Germ::Series(s.clone());
    match op {
        Op::Abs => by_sign(s, [Germ::Series(s.clone().neg()), Germ::integer(0), this()]),
        Op::Sign => by_sign(s, [Germ::integer(-1), Germ::integer(0), Germ::integer(1)]),
        Op::Step => by_sign(s, [Germ::integer(0), Germ::integer(1), Germ::integer(1)]),
        Op::Heaviside => by_sign(s, [Germ::integer(0), Germ::constant(Ball::exact(Dd::new(0.5))), Germ::integer(1)]),
        Op::Floor => floor(s),
        Op::Ceil => floor(&s.clone().neg()).neg(),
        Op::Exp => s.exp(),
        Op::Ln => s.ln(),
        Op::Log1p => match s.split() {
            Some((big, constant, small)) if big.is_empty() && constant.is_zero() => log_near_one(&small),
            _ => this().add_constant(1).apply(Op::Ln),
        },
        Op::Log2 => this().apply(Op::Ln).mul(&inverse_log(2)),
        Op::Log10 => this().apply(Op::Ln).mul(&inverse_log(10)),
        Op::Sqrt => s.raise(Ball::exact(Dd::new(0.5)), None),
        Op::Cbrt => {
            let third = Ball::ONE / Ball::integer(3);
            let root = |s: &Series| s.raise(third, None);
            match s.sign() {
                Some(-1) => root(&s.clone().neg()).neg(),
                _ => root(s),
            }
        }
        Op::Sin | Op::Cos => match s.split() {
            Some((big, constant, small)) if big.is_empty() => {
                taylor(op, constant).map_or(Germ::Unknown, |all| Germ::Series(small.compose(&all)))
            }
            _ => Germ::Series(Series::bounded()),
        },
        Op::Tan => oscillating(s, Germ::div),
        Op::Cot => oscillating(s, |sin, cos| cos.div(sin)),
        Op::Sec => oscillating(s, |_, cos| Germ::integer(1).div(cos)),
        Op::Csc => oscillating(s, |sin, _| Germ::integer(1).div(sin)),
        Op::Sinh => exponentials(s).map_or(Germ::Unknown, |(a, b)| a.add(&b.neg()).scale(0.5)),
        Op::Cosh => exponentials(s).map_or(Germ::Unknown, |(a, b)| a.add(&b).scale(0.5)),
        Op::Tanhshrink => this().add(&unary(Op::Tanh, s).neg()),
        _ => analytic(op, s),
    }
}

fn log_near_one(small: &Series) -> Germ {
    let mut coefficients = vec![Ball::ZERO];
    coefficients.extend(alternating());
    Germ::Series(small.compose(&coefficients))
}

fn inverse_log(base: i32) -> Germ {
    Germ::point(exact::unary(Op::Ln, Ball::integer(base)).then(|ln| exact::quotient(Ball::ONE, ln)))
}

fn oscillating(s: &Series, make: impl FnOnce(&Germ, &Germ) -> Germ) -> Germ {
    match s.split() {
        Some((big, _, _)) if big.is_empty() => make(&unary(Op::Sin, s), &unary(Op::Cos, s)),
        _ => Germ::Unknown,
    }
}

fn exponentials(s: &Series) -> Option<(Germ, Germ)> {
    let (plus, minus) = (s.exp(), s.clone().neg().exp());
    (!matches!(plus, Germ::Unknown) && !matches!(minus, Germ::Unknown)).then_some((plus, minus))
}

/// Primitives with a Taylor series inside their domain and a behaviour of their own at its ends and at infinity.
fn analytic(op: Op, s: &Series) -> Germ {
    let this = Germ::Series(s.clone());
    if let Some(sign) = s.infinite() {
        return at_infinity(op, s, sign);
    }
    let Some((_, constant, small)) = s.split() else {
        // A bounded argument that does not settle: the total ones stay bounded.
        return if op.is_total() { Germ::Series(Series::bounded()) } else { Germ::Unknown };
    };
    let beyond = |end: i32, sign: i32| (constant * Ball::integer(sign) - Ball::integer(end)).sign();
    match op {
        Op::Asin | Op::Acos => match beyond(1, 1).zip(beyond(1, -1)) {
            Some((-1, -1)) => {}
            Some((1, _) | (_, 1)) => return Germ::Undefined,
            Some((0, _)) => {
                // acos y = 2 asin √((1 − y)/2).
                let turn = this.neg().add_constant(1).scale(0.5).root().apply(Op::Asin).scale(2.0);
                return if op == Op::Acos { turn } else { half_turn().add(&turn.neg()) };
            }
            Some(_) => {
                let turn = this.add_constant(1).scale(0.5).root().apply(Op::Asin).scale(2.0);
                let full = half_turn().scale(2.0);
                return if op == Op::Acos { full.add(&turn.neg()) } else { turn.add(&half_turn().neg()) };
            }
            None => return Germ::Unknown,
        },
        Op::Acosh => match beyond(1, 1) {
            Some(1) => {}
            Some(0) => return this.add_constant(-1).scale(0.5).root().apply(Op::Asinh).scale(2.0),
            Some(_) => return Germ::Undefined,
            None => return Germ::Unknown,
        },
        Op::Atanh => match beyond(1, 1).zip(beyond(1, -1)) {
            Some((-1, -1)) => {}
            Some((1, _) | (_, 1)) => return Germ::Undefined,
            Some(_) => {
                let ratio = this.add_constant(1).div(&this.neg().add_constant(1));
                return ratio.apply(Op::Ln).scale(0.5);
            }
            None => return Germ::Unknown,
        },
        _ => {}
    }
    taylor(op, constant).map_or(Germ::Unknown, |all| Germ::Series(small.compose(&all)))
}

fn half_turn() -> Germ {
    Germ::constant(Ball::rounded(PI.scale(-1), 0.0))
}

fn at_infinity(op: Op, s: &Series, sign: i32) -> Germ {
    let this = Germ::Series(s.clone());
    let size = if sign > 0 { this.clone() } else { this.neg() };
    let signed = |germ: Germ| if sign > 0 { germ } else { germ.neg() };
    match op {
        Op::Atan => signed(half_turn().add(&Germ::integer(1).div(&size).apply(Op::Atan).neg())),
        Op::Tanh => {
            let part = Germ::integer(2).div(&size.scale(2.0).apply(Op::Exp).add_constant(1));
            signed(Germ::integer(1).add(&part.neg()))
        }
        Op::Sigmoid => {
            let small = size.neg().apply(Op::Exp);
            let above = if sign > 0 { Germ::integer(1) } else { small.clone() };
            above.div(&small.add_constant(1))
        }
        Op::Softplus => {
            let part = size.neg().apply(Op::Exp).apply(Op::Log1p);
            if sign > 0 { this.add(&part) } else { part }
        }
        Op::Expm1 => this.apply(Op::Exp).add_constant(-1),
        Op::Asinh => signed(size.add(&size.square().add_constant(1).root()).apply(Op::Ln)),
        Op::Acosh if sign > 0 => this.add(&this.square().add_constant(-1).root()).apply(Op::Ln),
        Op::Erf => signed(Germ::integer(1).add(&complementary(&size).neg())),
        Op::Erfc if sign > 0 => complementary(&size),
        Op::Erfc => Germ::integer(2).add(&complementary(&size).neg()),
        Op::Asin | Op::Acos | Op::Acosh | Op::Atanh => Germ::Undefined,
        _ => Germ::Unknown,
    }
}

/// erfc y ~ exp(−y²)/(y √π) (1 + O(1/y²)) for y → ∞ (Abramowitz and Stegun 7.1.23).
fn complementary(size: &Germ) -> Germ {
    let root = Germ::point(exact::unary(Op::Sqrt, Ball::rounded(PI, 0.0)));
    let first = size.square().neg().apply(Op::Exp).div(&size.mul(&root));
    first.with(size, |first, size| match (first.lead(), size.lead()) {
        (Some(lead), Some(far)) => {
            let rest = lead.mul(&far.raise(-2.0));
            Germ::Series(Series::normal(first.terms.clone(), larger(first.rest.clone(), Some(rest))))
        }
        _ => Germ::Unknown,
    })
}

/// Where to look from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// From below, at c − ε.
    Left,
    /// From above, at c + ε.
    Right,
}

/// What is known of a function on one side of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Beside {
    /// The limit; the outer `None` means that it could not be found this way.
    pub(crate) limit: Option<Limit>,
    /// The one-sided slope in the direction of growing x, if the limit is finite and the slope is known; it may be
    /// infinite.
    pub(crate) slope: Option<f64>,
    /// The limit to 31 digits, if it is finite.
    pub(crate) exact: Option<Ball>,
}

impl Tape {
    /// The values of all steps at an exact place.
    pub(crate) fn points(&self, x: Ball) -> Vec<Point> {
        let mut all: Vec<Point> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let point = self.step_point(step, x, &all);
            all.push(point);
        }
        all
    }

    /// The value at an exact place.
    pub(crate) fn point(&self, x: Ball) -> Point {
        self.points(x)[self.root as usize]
    }

    fn step_point(&self, step: &Step, x: Ball, all: &[Point]) -> Point {
        let at = |id: &Id| all[*id as usize];
        let both = |a: &Id, b: &Id, next: fn(Ball, Ball) -> Point| at(a).with(at(b), next);
        match step {
            Step::Constant(place) => self.constants[*place as usize].point(),
            Step::Variable => Point::Value(x),
            Step::Negative(a) => at(a).then(|a| Point::Value(-a)),
            Step::Add(a, b) => both(a, b, |a, b| exact::checked(a + b)),
            Step::Subtract(a, b) if a == b => at(a).then(|_| Point::Value(Ball::ZERO)),
            Step::Subtract(a, b) => both(a, b, |a, b| exact::checked(a - b)),
            Step::Multiply(a, b) => both(a, b, |a, b| exact::checked(a * b)),
            Step::Divide(a, b) => both(a, b, exact::quotient),
            Step::IntegerPower(a, n) => at(a).then(|a| exact::integer_power(a, *n)),
            Step::Power(a, b) => both(a, b, exact::power),
            Step::Unary(op, a) => at(a).then(|a| exact::unary(*op, a)),
            Step::Modulo(a, m, ratio) => {
                at(ratio).then(exact::floor).then(|whole| both_with(at(a), at(m), |a, m| exact::checked(a - m * whole)))
            }
            Step::Least(a, b, d) => at(d).then(|d| exact::by_sign(d, [at(a), at(a), at(b)])),
            Step::Greatest(a, b, d) => at(d).then(|d| exact::by_sign(d, [at(b), at(a), at(a)])),
            Step::Select(rows, default) => {
                let sign = |comparison: &Comparison| match at(&comparison.difference) {
                    Point::Value(difference) => difference.sign().ok_or(Point::Unknown),
                    other => Err(other),
                };
                match choose(rows, *default, sign) {
                    Ok(chosen) => chosen.map_or(Point::Undefined, |id| at(&id)),
                    Err(failure) => failure,
                }
            }
        }
    }

    fn step_germ(&self, step: &Step, x: &Series, all: &[Germ]) -> Germ {
        let at = |id: &Id| &all[*id as usize];
        match step {
            Step::Constant(place) => Germ::point(self.constants[*place as usize].point()),
            Step::Variable => Germ::Series(x.clone()),
            Step::Negative(a) => at(a).neg(),
            Step::Add(a, b) => at(a).add(at(b)),
            Step::Subtract(a, b) if a == b => at(a).then(|_| Germ::integer(0)),
            Step::Subtract(a, b) => at(a).add(&at(b).neg()),
            Step::Multiply(a, b) => at(a).mul(at(b)),
            Step::Divide(a, b) if a == b => {
                at(a).then(|a| if a.is_zero() { Germ::Undefined } else { Germ::integer(1) })
            }
            Step::Divide(a, b) => at(a).div(at(b)),
            // Small powers by multiplication, which is exact for polynomials.
            Step::IntegerPower(a, n @ 2..=6) => (1..*n).fold(at(a).clone(), |product, _| product.mul(at(a))),
            Step::IntegerPower(a, n) => at(a).then(|a| a.raise(Ball::integer(*n), Some(*n))),
            Step::Power(a, b) => power(at(a), at(b)),
            Step::Unary(op, a) => at(a).apply(*op),
            Step::Modulo(a, m, ratio) => at(a).add(&at(m).mul(&at(ratio).then(floor)).neg()),
            Step::Least(a, b, d) => at(d).then(|d| by_sign(d, [at(a).clone(), at(a).clone(), at(b).clone()])),
            Step::Greatest(a, b, d) => at(d).then(|d| by_sign(d, [at(b).clone(), at(a).clone(), at(a).clone()])),
            Step::Select(rows, default) => {
                let sign = |comparison: &Comparison| match at(&comparison.difference) {
                    Germ::Series(difference) => difference.sign().ok_or(Germ::Unknown),
                    other => Err(other.clone()),
                };
                match choose(rows, *default, sign) {
                    Ok(chosen) => chosen.map_or(Germ::Undefined, |id| at(&id).clone()),
                    Err(failure) => failure,
                }
            }
        }
    }

    /// The behaviour on one side of `place`.
    pub(crate) fn beside(&self, place: Ball, side: Side) -> Beside {
        let sign = if side == Side::Left { -1 } else { 1 };
        let x = Series::normal(vec![(Monomial::ONE, place), (Monomial::power(1.0), Ball::integer(sign))], None);
        self.read_off(&x, f64::from(sign))
    }

    /// The behaviour far out: the limit for x to plus (`Right`) or minus infinity.
    pub(crate) fn far_out(&self, side: Side) -> Option<Limit> {
        let sign = if side == Side::Left { -1 } else { 1 };
        let x = Series { terms: vec![(Monomial::power(-1.0), Ball::integer(sign))], rest: None };
        self.read_off(&x, 0.0).limit
    }

    fn read_off(&self, x: &Series, direction: f64) -> Beside {
        let mut all: Vec<Germ> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let germ = self.step_germ(step, x, &all);
            all.push(germ);
        }
        let series = match &all[self.root as usize] {
            Germ::Series(series) => series,
            Germ::Undefined => return Beside { limit: Some(Limit::Undefined), slope: None, exact: None },
            Germ::Unknown => return Beside { limit: None, slope: None, exact: None },
        };
        let limit = series.limit();
        let (mut slope, mut exact) = (None, None);
        if let (Limit::Finite(_), Some((_, constant, small))) = (limit, series.split()) {
            exact = Some(constant);
            slope = one_sided_slope(&small).map(|slope| slope * direction);
        }
        Beside { limit: Some(limit), slope, exact }
    }
}

/// The coefficient of ε in what tends to zero.
fn one_sided_slope(small: &Series) -> Option<f64> {
    let linear = Monomial::power(1.0);
    if small.rest.as_ref().is_some_and(|rest| !linear.is_larger(rest))
        && small.terms.first().is_none_or(|(lead, _)| !lead.is_larger(&linear))
    {
        return None;
    }
    let Some((lead, coefficient)) = small.terms.first() else { return Some(0.0) };
    Some(match lead.compare(&linear) {
        Ordering::Greater => f64::INFINITY.copysign(coefficient.value.hi),
        Ordering::Equal => coefficient.value.hi,
        Ordering::Less => 0.0,
    })
}

fn both_with(a: Point, b: Point, next: impl FnOnce(Ball, Ball) -> Point) -> Point {
    a.with(b, next)
}

/// A power whose exponent is no integer constant.
fn power(base: &Germ, exponent: &Germ) -> Germ {
    base.with(exponent, |base, exponent| {
        if base.is_zero() {
            return by_sign(exponent, [Germ::Undefined, Germ::integer(1), Germ::integer(0)]);
        }
        if base.sign() == Some(-1) {
            return Germ::Undefined;
        }
        match exponent.terms.as_slice() {
            [] if exponent.rest.is_none() => Germ::integer(1),
            [(monomial, value)] if exponent.rest.is_none() && *monomial == Monomial::ONE => base.raise(*value, None),
            _ => base.ln().mul(&Germ::Series(exponent.clone())).apply(Op::Exp),
        }
    })
}

/// The row whose conditions all hold, by the signs of the differences.
fn choose<F>(
    rows: &[(Vec<Comparison>, Id)],
    default: Option<Id>,
    sign: impl Fn(&Comparison) -> Result<i32, F>,
) -> Result<Option<Id>, F> {
    for (comparisons, value) in rows {
        let mut all = true;
        for comparison in comparisons {
            all &= comparison.relation.holds(sign(comparison)?);
        }
        if all {
            return Ok(Some(*value));
        }
    }
    Ok(default)
}

impl Tape {
    /// The first Taylor coefficients of a step at a place; `None` if it has none there.
    pub(crate) fn coefficients(&self, step: Id, place: Ball) -> Option<[Ball; 5]> {
        let x = Series::normal(vec![(Monomial::ONE, place), (Monomial::power(1.0), Ball::ONE)], None);
        let mut all: Vec<Germ> = Vec::with_capacity(step as usize + 1);
        for current in &self.steps[..=step as usize] {
            let germ = self.step_germ(current, &x, &all);
            all.push(germ);
        }
        let Some(Germ::Series(series)) = all.pop() else { return None };
        let mut coefficients = [Ball::ZERO; 5];
        for (monomial, coefficient) in &series.terms {
            let power = monomial.power.round();
            if !monomial.exponential.is_empty()
                || !near(monomial.log, 0.0)
                || !near(power, monomial.power)
                || power < 0.0
            {
                return None;
            }
            if let Some(entry) = coefficients.get_mut(power as usize) {
                *entry = *coefficient;
            }
        }
        Some(coefficients)
    }
}

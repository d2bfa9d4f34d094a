//! The expression that text, values, derivatives and pictures share.
//!
//! An [`Expr`] is what the author wrote: sums and products keep their terms and their order, named functions stay calls,
//! numbers stay exact. Machines work on the flat form that `tape` makes of it. Trees are shared by [`Node`] and their
//! depth is bounded where they are made, so any walk over them may recurse.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::derivative;
use super::double_double::Dd;
use super::evaluate;

/// A shared subexpression.
pub(crate) type Node = Arc<Expr>;

/// A real expression in one variable and named parameters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    /// A number as written.
    Number(Number),
    /// π.
    Pi,
    /// Euler's number.
    E,
    /// The variable.
    Variable,
    /// A parameter of the definition that this expression is the body of.
    Parameter(Arc<str>),
    /// Two or more terms; a difference has a `Negative` term.
    Sum(Vec<Node>),
    /// Two or more factors.
    Product(Vec<Node>),
    /// Numerator and denominator.
    Quotient(Node, Node),
    /// The opposite.
    Negative(Node),
    /// Base and exponent.
    Power(Node, Node),
    /// A primitive.
    Apply(Op, Vec<Node>),
    /// A defined function: its argument, then all its parameters in the order of the definition.
    Call(Arc<Definition>, Vec<Node>),
    /// The value of the first row whose condition holds, else the last expression, else undefined. A condition that
    /// cannot be evaluated makes the whole undefined.
    Piecewise(Vec<(Condition, Node)>, Option<Node>),
}

/// A chain of comparisons such as `-1 < x <= 2`: one relation between each two neighbours. Two chains that must both
/// hold stand in one, with [`Relation::And`] between them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    /// What is compared.
    pub(crate) terms: Vec<Node>,
    /// How; one fewer than terms.
    pub(crate) relations: Vec<Relation>,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Relation {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `=`
    Equal,
    /// `>=`
    GreaterEqual,
    /// `>`
    Greater,
    /// `!=`
    NotEqual,
    /// No comparison: what is before it and what is after it must both hold.
    And,
}

impl Relation {
    /// Whether it holds between two numbers whose difference has this sign.
    pub(crate) fn holds(self, sign: i32) -> bool {
        match self {
            Relation::Less => sign < 0,
            Relation::LessEqual => sign <= 0,
            Relation::Equal => sign == 0,
            Relation::GreaterEqual => sign >= 0,
            Relation::Greater => sign > 0,
            Relation::NotEqual => sign != 0,
            Relation::And => true,
        }
    }

    /// The relation with its sides exchanged.
    pub(crate) fn turned(self) -> Relation {
        match self {
            Relation::Less => Relation::Greater,
            Relation::LessEqual => Relation::GreaterEqual,
            Relation::GreaterEqual => Relation::LessEqual,
            Relation::Greater => Relation::Less,
            other => other,
        }
    }
}

/// A named function of one variable.
#[derive(Debug)]
pub(crate) struct Definition {
    /// Its name without primes.
    pub(crate) name: Arc<str>,
    /// How often it is derived: 1 for `relu'`.
    pub(crate) order: u32,
    /// Parameters and their defaults, in order.
    pub(crate) parameters: Vec<(Arc<str>, Option<Node>)>,
    /// The expression.
    pub(crate) body: Node,
    /// How deep the body is when all calls in it are written out.
    pub(crate) depth: u32,
    /// The derivative, made when it is first asked for.
    pub(crate) derivative: OnceLock<Arc<Definition>>,
}

impl Definition {
    /// A new definition.
    pub(crate) fn new(name: Arc<str>, parameters: Vec<(Arc<str>, Option<Node>)>, body: Node) -> Definition {
        let depth = body.depth();
        Definition { name, order: 0, parameters, body, depth, derivative: OnceLock::new() }
    }

    /// The definition of the derivative.
    pub(crate) fn derivative(&self) -> Arc<Definition> {
        let make = || {
            let body = derivative::of(&self.body);
            let depth = body.depth();
            let (name, parameters) = (self.name.clone(), self.parameters.clone());
            let order = self.order + 1;
            Arc::new(Definition { name, order, parameters, body, depth, derivative: OnceLock::new() })
        };
        self.derivative.get_or_init(make).clone()
    }
}

impl PartialEq for Definition {
    fn eq(&self, other: &Definition) -> bool {
        std::ptr::eq(self, other)
            || (self.name == other.name && self.order == other.order && self.body == other.body)
                && self.parameters == other.parameters
    }
}

/// A primitive function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Op {
    Abs,
    Sign,
    Floor,
    Ceil,
    Mod,
    Min,
    Max,
    Exp,
    Expm1,
    Ln,
    Log1p,
    Log2,
    Log10,
    Sqrt,
    Cbrt,
    Sin,
    Cos,
    Tan,
    Sec,
    Csc,
    Cot,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Asinh,
    Acosh,
    Atanh,
    Erf,
    Erfc,
    Heaviside,
    Step,
    Sigmoid,
    Softplus,
    Tanhshrink,
}

impl Op {
    /// What it is called; `log` is another spelling of `ln`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Op::Abs => "abs",
            Op::Sign => "sign",
            Op::Floor => "floor",
            Op::Ceil => "ceil",
            Op::Mod => "mod",
            Op::Min => "min",
            Op::Max => "max",
            Op::Exp => "exp",
            Op::Expm1 => "expm1",
            Op::Ln => "ln",
            Op::Log1p => "log1p",
            Op::Log2 => "log2",
            Op::Log10 => "log10",
            Op::Sqrt => "sqrt",
            Op::Cbrt => "cbrt",
            Op::Sin => "sin",
            Op::Cos => "cos",
            Op::Tan => "tan",
            Op::Sec => "sec",
            Op::Csc => "csc",
            Op::Cot => "cot",
            Op::Asin => "asin",
            Op::Acos => "acos",
            Op::Atan => "atan",
            Op::Sinh => "sinh",
            Op::Cosh => "cosh",
            Op::Tanh => "tanh",
            Op::Asinh => "asinh",
            Op::Acosh => "acosh",
            Op::Atanh => "atanh",
            Op::Erf => "erf",
            Op::Erfc => "erfc",
            Op::Heaviside => "heaviside",
            Op::Step => "step",
            Op::Sigmoid => "sigmoid",
            Op::Softplus => "softplus",
            Op::Tanhshrink => "tanhshrink",
        }
    }

    /// True if it has a value at every real number.
    pub(crate) fn is_total(self) -> bool {
        !matches!(
            self,
            Op::Mod
                | Op::Ln
                | Op::Log1p
                | Op::Log2
                | Op::Log10
                | Op::Sqrt
                | Op::Tan
                | Op::Sec
                | Op::Csc
                | Op::Cot
                | Op::Asin
                | Op::Acos
                | Op::Acosh
                | Op::Atanh
        )
    }
}

/// A number: the fraction that was meant, where it fits, and its value to 31 digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Number {
    /// Numerator and denominator in lowest terms, the denominator positive.
    pub(crate) ratio: Option<(i128, i128)>,
    /// The value.
    pub(crate) value: Dd,
}

impl Number {
    /// An integer.
    pub(crate) fn integer(value: i64) -> Number {
        Number { ratio: Some((i128::from(value), 1)), value: Dd::from_integer(i128::from(value)) }
    }

    /// A fraction; `None` if the denominator is zero or the numbers do not fit.
    pub(crate) fn ratio(numerator: i128, denominator: i128) -> Option<Number> {
        if denominator == 0 || numerator == i128::MIN || denominator == i128::MIN {
            return None;
        }
        let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs()).cast_signed();
        let sign = denominator.signum();
        let (numerator, denominator) = (sign * numerator / divisor, sign * denominator / divisor);
        let value = Dd::from_integer(numerator) / Dd::from_integer(denominator);
        Some(Number { ratio: Some((numerator, denominator)), value })
    }

    /// The number that people mean by this double: its shortest decimal.
    pub(crate) fn from_double(value: f64) -> Number {
        if !value.is_finite() {
            return Number { ratio: None, value: Dd::new(value) };
        }
        let (sign, digits) = (value.is_sign_negative(), format!("{:e}", value.abs()));
        let number = Number::parse(&digits).unwrap_or(Number { ratio: None, value: Dd::new(value.abs()) });
        if sign { number.negative() } else { number }
    }

    /// Reads a decimal such as `0.01` or `1e-3`.
    pub(crate) fn parse(text: &str) -> Option<Number> {
        let nearest: f64 = text.parse().ok()?;
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let part = part.trim_end_matches('0');
        let exponent: i32 = exponent.parse().unwrap_or(i32::MAX / 2);
        let shift = exponent.saturating_sub(i32::try_from(part.len()).unwrap_or(i32::MAX / 2));
        let digits = format!("{whole}{part}");
        let digits: Option<i128> = if digits.len() <= 60 { format!("0{digits}").parse().ok() } else { None };
        let power = 10i128.checked_pow(shift.unsigned_abs());
        let exact = digits.zip(power).and_then(|(digits, power)| {
            if shift >= 0 { Number::ratio(digits.checked_mul(power)?, 1) } else { Number::ratio(digits, power) }
        });
        Some(exact.unwrap_or(Number { ratio: None, value: Dd::new(nearest) }))
    }

    pub(crate) fn negative(self) -> Number {
        Number { ratio: self.ratio.map(|(n, d)| (-n, d)), value: -self.value }
    }

    pub(crate) fn add(self, other: Number) -> Option<Number> {
        let ((a, b), (c, d)) = self.ratio.zip(other.ratio)?;
        Number::ratio(a.checked_mul(d)?.checked_add(c.checked_mul(b)?)?, b.checked_mul(d)?)
    }

    pub(crate) fn multiply(self, other: Number) -> Option<Number> {
        let ((a, b), (c, d)) = self.ratio.zip(other.ratio)?;
        Number::ratio(a.checked_mul(c)?, b.checked_mul(d)?)
    }

    pub(crate) fn divide(self, other: Number) -> Option<Number> {
        let (numerator, denominator) = other.ratio?;
        self.multiply(Number::ratio(denominator, numerator)?)
    }

    /// The number as a small integer.
    pub(crate) fn as_integer(self) -> Option<i32> {
        let (numerator, denominator) = self.ratio?;
        if denominator == 1 { i32::try_from(numerator).ok() } else { None }
    }

    pub(crate) fn is(self, integer: i32) -> bool {
        self.as_integer() == Some(integer)
    }

    pub(crate) fn is_negative(self) -> bool {
        self.value.hi < 0.0
    }
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

impl Expr {
    /// An integer.
    pub(crate) fn integer(value: i64) -> Node {
        Arc::new(Expr::Number(Number::integer(value)))
    }

    /// What has no value anywhere.
    pub(crate) fn undefined() -> Node {
        Arc::new(Expr::Number(Number::from_double(f64::NAN)))
    }

    /// The number, if it is one.
    pub(crate) fn number(&self) -> Option<Number> {
        match self {
            Expr::Number(number) => Some(*number),
            Expr::Negative(inner) => Some(inner.number()?.negative()),
            _ => None,
        }
    }

    /// Calls `visit` with each direct subexpression, from left to right.
    pub(crate) fn each_child<'a>(&'a self, visit: &mut impl FnMut(&'a Node)) {
        match self {
            Expr::Number(_) | Expr::Pi | Expr::E | Expr::Variable | Expr::Parameter(_) => {}
            Expr::Sum(children) | Expr::Product(children) | Expr::Apply(_, children) | Expr::Call(_, children) => {
                children.iter().for_each(visit);
            }
            Expr::Negative(child) => visit(child),
            Expr::Quotient(a, b) | Expr::Power(a, b) => {
                visit(a);
                visit(b);
            }
            Expr::Piecewise(rows, default) => {
                for (condition, value) in rows {
                    condition.terms.iter().for_each(&mut *visit);
                    visit(value);
                }
                default.iter().for_each(visit);
            }
        }
    }

    /// The same expression with each direct subexpression replaced.
    pub(crate) fn map_children(&self, change: &mut impl FnMut(&Node) -> Node) -> Expr {
        match self {
            Expr::Number(_) | Expr::Pi | Expr::E | Expr::Variable | Expr::Parameter(_) => self.clone(),
            Expr::Sum(terms) => Expr::Sum(terms.iter().map(change).collect()),
            Expr::Product(factors) => Expr::Product(factors.iter().map(change).collect()),
            Expr::Apply(op, arguments) => Expr::Apply(*op, arguments.iter().map(change).collect()),
            Expr::Call(definition, arguments) => Expr::Call(definition.clone(), arguments.iter().map(change).collect()),
            Expr::Negative(child) => Expr::Negative(change(child)),
            Expr::Quotient(a, b) => Expr::Quotient(change(a), change(b)),
            Expr::Power(a, b) => Expr::Power(change(a), change(b)),
            Expr::Piecewise(rows, default) => {
                let row = |(condition, value): &(Condition, Node)| {
                    let terms = condition.terms.iter().map(&mut *change).collect();
                    (Condition { terms, relations: condition.relations.clone() }, change(value))
                };
                let rows = rows.iter().map(row).collect();
                Expr::Piecewise(rows, default.as_ref().map(change))
            }
        }
    }

    /// How deep it is when all calls are written out; what bounds every recursion.
    pub(crate) fn depth(&self) -> u32 {
        fn walk(expr: &Expr, known: &mut HashMap<*const Expr, u32>) -> u32 {
            if let Some(depth) = known.get(&std::ptr::from_ref(expr)) {
                return *depth;
            }
            let own = if let Expr::Call(definition, _) = expr { definition.depth } else { 0 };
            let mut deepest = 0;
            expr.each_child(&mut |child| deepest = deepest.max(walk(child, known)));
            let depth = deepest.saturating_add(own).saturating_add(1);
            known.insert(expr, depth);
            depth
        }
        walk(self, &mut HashMap::new())
    }

    /// Whether it has at most so many parts, shared ones counted each time that they occur.
    pub(crate) fn is_within(&self, budget: &mut usize) -> bool {
        let Some(left) = budget.checked_sub(1) else { return false };
        *budget = left;
        let mut within = true;
        self.each_child(&mut |child| within = within && child.is_within(budget));
        within
    }

    /// Whether the variable occurs.
    pub(crate) fn has_variable(&self) -> bool {
        let mut found = matches!(self, Expr::Variable);
        self.each_child(&mut |child| found = found || child.has_variable());
        found
    }

    /// An expression with another in the place of the variable.
    pub(crate) fn at(node: &Node, argument: &Node) -> Node {
        let nothing = Definition::new("".into(), Vec::new(), Expr::integer(0));
        Expr::substitute(node, &nothing, std::slice::from_ref(argument))
    }

    /// The expression with the variable and the parameters of `definition` replaced by `arguments`.
    pub(crate) fn substitute(node: &Node, definition: &Definition, arguments: &[Node]) -> Node {
        match &**node {
            Expr::Variable => arguments[0].clone(),
            Expr::Parameter(name) => {
                let place = definition.parameters.iter().position(|(parameter, _)| parameter == name);
                place.map_or_else(|| node.clone(), |place| arguments[place + 1].clone())
            }
            Expr::Number(_) | Expr::Pi | Expr::E => node.clone(),
            other => Arc::new(other.map_children(&mut |child| Expr::substitute(child, definition, arguments))),
        }
    }

    /// About the value of a small expression without variable, parameters and calls; `None` also where it is not certain
    /// that it has one.
    pub(crate) fn constant(&self) -> Option<f64> {
        self.constant_within(&mut 40).filter(|value| value.is_finite())
    }

    fn constant_within(&self, budget: &mut u32) -> Option<f64> {
        /// Rounding moves no value across zero from here on.
        const CERTAIN: f64 = 1e-9;
        *budget = budget.checked_sub(1)?;
        match self {
            Expr::Number(number) => Some(number.value.hi),
            Expr::Pi => Some(std::f64::consts::PI),
            Expr::E => Some(std::f64::consts::E),
            Expr::Negative(inner) => Some(-inner.constant_within(budget)?),
            Expr::Sum(terms) => terms.iter().try_fold(0.0, |sum, term| Some(sum + term.constant_within(budget)?)),
            Expr::Product(all) => all.iter().try_fold(1.0, |product, one| Some(product * one.constant_within(budget)?)),
            Expr::Quotient(a, b) => {
                let below = b.constant_within(budget).filter(|below| below.abs() > CERTAIN)?;
                Some(a.constant_within(budget)? / below)
            }
            Expr::Power(base, exponent) => {
                let base = base.constant_within(budget)?;
                match exponent.number().and_then(Number::as_integer) {
                    Some(exponent) if exponent >= 0 || base.abs() > CERTAIN => {
                        Some(evaluate::integer_power(base, exponent))
                    }
                    None if base > CERTAIN => Some(evaluate::power(base, exponent.constant_within(budget)?)),
                    _ => None,
                }
            }
            Expr::Apply(op, arguments) if arguments.len() == 1 => {
                if matches!(op, Op::Floor | Op::Ceil | Op::Sign | Op::Heaviside | Op::Step) {
                    return None;
                }
                let argument = arguments[0].constant_within(budget)?;
                let roots = matches!(op, Op::Sqrt | Op::Ln | Op::Log2 | Op::Log10) && argument > CERTAIN;
                (op.is_total() || roots).then(|| evaluate::unary(*op, argument))
            }
            _ => None,
        }
    }

    /// True if it certainly has a value at every x; large expressions are not looked at to their end.
    pub(crate) fn is_total(&self) -> bool {
        self.is_total_within(&mut 200)
    }

    fn is_total_within(&self, budget: &mut u32) -> bool {
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        if self.constant().is_some() {
            return true;
        }
        let mut total = match self {
            Expr::Apply(op, _) => op.is_total(),
            Expr::Call(definition, _) => definition.body.is_total_within(budget),
            Expr::Quotient(_, denominator) => denominator.constant().is_some_and(|below| below.abs() > 1e-9),
            Expr::Power(base, exponent) => match exponent.number().and_then(Number::as_integer) {
                Some(exponent) => exponent >= 0,
                None => matches!(**base, Expr::E),
            },
            Expr::Piecewise(_, default) => default.is_some(),
            Expr::Number(number) => number.value.is_finite(),
            _ => true,
        };
        self.each_child(&mut |child| total = total && child.is_total_within(budget));
        total
    }
}

/// How tightly an expression holds together when written.
fn strength(expr: &Expr) -> u8 {
    match expr {
        Expr::Sum(_) => 1,
        Expr::Negative(_) => 2,
        Expr::Product(_) | Expr::Quotient(..) => 3,
        Expr::Power(..) => 4,
        Expr::Number(number) => match number.ratio {
            Some((numerator, _)) if numerator < 0 => 2,
            Some((_, denominator)) if decimal(*number).is_none() && denominator != 1 => 3,
            None if number.is_negative() => 2,
            _ => 5,
        },
        _ => 5,
    }
}

/// The decimal digits of a number that has few.
fn decimal(number: Number) -> Option<String> {
    let Some((numerator, denominator)) = number.ratio else {
        return Some(format!("{}", number.value.hi));
    };
    if denominator == 1 {
        return Some(numerator.to_string());
    }
    let mut power = 1i128;
    for places in 1..=36 {
        power *= 10;
        if power % denominator == 0 {
            let digits = numerator.checked_mul(power / denominator)?;
            let (sign, digits) = (if digits < 0 { "-" } else { "" }, digits.unsigned_abs());
            let power = power.unsigned_abs();
            return Some(format!("{sign}{}.{:0places$}", digits / power, digits % power));
        }
    }
    None
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (decimal(*self), self.ratio) {
            (Some(digits), _) => f.write_str(&digits),
            (None, Some((numerator, denominator))) => write!(f, "{numerator}/{denominator}"),
            (None, None) => write!(f, "{}", self.value.hi),
        }
    }
}

/// An expression in parentheses if it is weaker than `least`.
struct Tight<'a>(&'a Expr, u8);

impl fmt::Display for Tight<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if strength(self.0) < self.1 { write!(f, "({})", self.0) } else { self.0.fmt(f) }
    }
}

fn list<'a>(f: &mut fmt::Formatter<'_>, nodes: impl IntoIterator<Item = &'a Node>) -> fmt::Result {
    for (place, node) in nodes.into_iter().enumerate() {
        f.write_str(if place == 0 { "" } else { ", " })?;
        write!(f, "{node}")?;
    }
    Ok(())
}

/// Infix text that reads back as the same function.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Number(number) => number.fmt(f),
            Expr::Pi => f.write_str("pi"),
            Expr::E => f.write_str("e"),
            Expr::Variable => f.write_str("x"),
            Expr::Parameter(name) => f.write_str(name),
            Expr::Negative(inner) => write!(f, "-{}", Tight(inner, 3)),
            Expr::Quotient(a, b) => write!(f, "{}/{}", Tight(a, 3), Tight(b, 4)),
            Expr::Power(a, b) => write!(f, "{}^{}", Tight(a, 5), Tight(b, 4)),
            Expr::Sum(terms) => {
                for (place, term) in terms.iter().enumerate() {
                    match &**term {
                        Expr::Negative(inner) if place > 0 => write!(f, " - {}", Tight(inner, 3))?,
                        term if place > 0 => write!(f, " + {}", Tight(term, 3))?,
                        term => Tight(term, 2).fmt(f)?,
                    }
                }
                Ok(())
            }
            Expr::Product(factors) => {
                for (place, factor) in factors.iter().enumerate() {
                    // A quotient inside a product keeps its parentheses: a/b*c is not what a*(b/c) says.
                    let least = if place == 0 { 3 } else { 4 };
                    write!(f, "{}{}", if place == 0 { "" } else { "*" }, Tight(factor, least))?;
                }
                Ok(())
            }
            Expr::Apply(op, arguments) => {
                write!(f, "{}(", op.name())?;
                list(f, arguments)?;
                f.write_str(")")
            }
            Expr::Call(definition, arguments) => {
                write!(f, "{}{}(", definition.name, "'".repeat(definition.order as usize))?;
                list(f, arguments)?;
                f.write_str(")")
            }
            Expr::Piecewise(rows, default) => {
                f.write_str("{")?;
                for (place, (condition, value)) in rows.iter().enumerate() {
                    write!(f, "{}{}", if place == 0 { "" } else { ", " }, condition.terms[0])?;
                    for (relation, term) in condition.relations.iter().zip(&condition.terms[1..]) {
                        write!(f, " {relation} {term}")?;
                    }
                    write!(f, ": {value}")?;
                }
                if let Some(default) = default {
                    write!(f, ", {default}")?;
                }
                f.write_str("}")
            }
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Relation::Less => "<",
            Relation::LessEqual => "<=",
            Relation::Equal => "=",
            Relation::GreaterEqual => ">=",
            Relation::Greater => ">",
            Relation::NotEqual => "!=",
            Relation::And => "and",
        })
    }
}

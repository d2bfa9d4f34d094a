//! The flat form of an expression, for machines.
//!
//! A [`Tape`] lists every distinct subexpression once, operands before what uses them; all calls are written out and
//! all parameters are numbers. Values, dual numbers, intervals and one-sided limits are computed by one walk over it,
//! without recursion. Constant parts are computed to 31 digits and rounded once. `e^u − 1` and `ln(1 + u)` become
//! `expm1` and `log1p`, so a formula as people write it keeps its digits.

use std::collections::HashMap;

use super::double_double::{Ball, Dd, E, PI};
use super::evaluate;
use super::exact::{self, Point};
use super::expression::{Definition, Expr, Node, Op, Relation};

/// A tape has at most this many steps.
const MOST_STEPS: usize = 20_000;
/// At most this many nodes are looked at to make one.
const MOST_VISITS: usize = 200_000;

/// The place of a step on its tape.
pub(crate) type Id = u32;

/// One distinct subexpression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// An entry of the tape's constants.
    Constant(u32),
    Variable,
    Negative(Id),
    Add(Id, Id),
    Subtract(Id, Id),
    Multiply(Id, Id),
    Divide(Id, Id),
    /// A power whose exponent is an integer constant.
    IntegerPower(Id, i32),
    /// Any other power; undefined for negative bases.
    Power(Id, Id),
    Unary(Op, Id),
    /// Dividend, divisor and their quotient.
    Modulo(Id, Id, Id),
    /// Two operands and their difference.
    Least(Id, Id, Id),
    Greatest(Id, Id, Id),
    /// Rows and the default.
    Select(Vec<(Vec<Comparison>, Id)>, Option<Id>),
}

/// One comparison of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Comparison {
    pub(crate) left: Id,
    pub(crate) right: Id,
    /// The step that is their difference.
    pub(crate) difference: Id,
    pub(crate) relation: Relation,
}

/// A number to 31 digits and to 16; NaN if it is undefined, an infinite error if only the double is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Constant {
    pub(crate) ball: Ball,
    pub(crate) double: f64,
}

impl Constant {
    pub(crate) fn point(&self) -> Point {
        if self.double.is_nan() { Point::Undefined } else { exact::checked(self.ball) }
    }
}

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Tape {
    pub(crate) steps: Vec<Step>,
    pub(crate) constants: Vec<Constant>,
    pub(crate) root: Id,
}

/// Makes the tape of an expression; `None` if it is too large.
pub(crate) fn compile(node: &Node) -> Option<Tape> {
    let mut maker = Maker::new();
    let variable = maker.push(Step::Variable)?;
    let frame = Frame { variable, parameters: Vec::new(), definition: None, number: 0 };
    let root = maker.visit(node, &frame)?;
    Some(maker.finish(root))
}

/// The tape of a definition with its parameters left undefined, to see that it is not too large.
pub(crate) fn compile_definition(definition: &Definition) -> Option<Tape> {
    let mut maker = Maker::new();
    let variable = maker.push(Step::Variable)?;
    // Parameters stand for themselves as further variables: any step that is no constant will do.
    let mut parameters = Vec::new();
    for (place, _) in (100..).zip(&definition.parameters) {
        parameters.push(maker.push(Step::IntegerPower(variable, place))?);
    }
    let frame = Frame { variable, parameters, definition: Some(definition), number: 0 };
    let root = maker.visit(&definition.body, &frame)?;
    Some(maker.finish(root))
}

/// What the variable and the parameters of a body are.
struct Frame<'a> {
    variable: Id,
    parameters: Vec<Id>,
    definition: Option<&'a Definition>,
    number: u32,
}

/// Makes the tape of an expression for numbers with a wide exponent: constant parts that are very large or very small
/// are left to be computed.
pub(crate) fn compile_wide(node: &Node) -> Option<Tape> {
    let mut maker = Maker { wide: true, ..Maker::new() };
    let variable = maker.push(Step::Variable)?;
    let frame = Frame { variable, parameters: Vec::new(), definition: None, number: 0 };
    let root = maker.visit(node, &frame)?;
    Some(maker.finish(root))
}

/// The terms of a sum beside a 1.
fn rest_beside_one(node: &Node) -> Option<Vec<Node>> {
    let Expr::Sum(terms) = &**node else { return None };
    let place = terms.iter().position(|term| matches!(&**term, Expr::Number(number) if number.is(1)))?;
    let mut rest = terms.clone();
    rest.remove(place);
    (!rest.is_empty()).then_some(rest)
}

#[derive(Default)]
struct Maker {
    /// Constant parts that leave the range of doubles are kept as steps.
    wide: bool,
    steps: Vec<Step>,
    constants: Vec<Constant>,
    known: HashMap<Step, Id>,
    known_constants: HashMap<[u64; 4], Id>,
    visited: HashMap<(*const Expr, u32), Id>,
    frames: HashMap<(*const Definition, Vec<Id>), u32>,
    visits: usize,
}

impl Maker {
    fn new() -> Maker {
        Maker::default()
    }

    fn finish(self, root: Id) -> Tape {
        Tape { steps: self.steps, constants: self.constants, root }
    }

    fn push(&mut self, step: Step) -> Option<Id> {
        if let Some(id) = self.known.get(&step) {
            return Some(*id);
        }
        if self.steps.len() >= MOST_STEPS {
            return None;
        }
        let id = self.steps.len() as Id;
        self.steps.push(step.clone());
        self.known.insert(step, id);
        Some(id)
    }

    fn constant(&mut self, constant: Constant) -> Option<Id> {
        let Ball { value, error } = constant.ball;
        let key = [value.hi.to_bits(), value.lo.to_bits(), error.to_bits(), constant.double.to_bits()];
        if let Some(id) = self.known_constants.get(&key) {
            return Some(*id);
        }
        self.constants.push(constant);
        let id = self.push(Step::Constant(self.constants.len() as u32 - 1))?;
        self.known_constants.insert(key, id);
        Some(id)
    }

    fn ball(&mut self, ball: Ball) -> Option<Id> {
        self.constant(Constant { ball, double: ball.value.hi })
    }

    fn undefined(&mut self) -> Option<Id> {
        self.constant(Constant { ball: Ball::ZERO, double: f64::NAN })
    }

    fn value(&self, id: Id) -> Option<Constant> {
        match self.steps[id as usize] {
            Step::Constant(place) => Some(self.constants[place as usize]),
            _ => None,
        }
    }

    /// Adds a step, computing it now if its operands are constants.
    fn add(&mut self, step: Step) -> Option<Id> {
        let constant = |id: Id| self.value(id);
        let folded = match &step {
            Step::Negative(a) => constant(*a).map(|a| (a.point().then(|a| exact::checked(-a)), -a.double)),
            Step::Unary(op, a) => {
                constant(*a).map(|a| (a.point().then(|x| exact::unary(*op, x)), evaluate::unary(*op, a.double)))
            }
            Step::IntegerPower(a, n) => constant(*a)
                .map(|a| (a.point().then(|x| exact::integer_power(x, *n)), evaluate::integer_power(a.double, *n))),
            Step::Add(a, b) | Step::Subtract(a, b) | Step::Multiply(a, b) | Step::Divide(a, b) | Step::Power(a, b) => {
                constant(*a).zip(constant(*b)).map(|(a, b)| fold(&step, a, b))
            }
            _ => None,
        };
        match folded {
            None => self.push(step),
            Some((Point::Value(ball), _)) if self.wide && !(is_moderate(ball) || self.is_zero(&step)) => {
                self.push(step)
            }
            Some((Point::Undefined | Point::Unknown, _)) if self.wide => self.push(step),
            Some((Point::Undefined, _)) => self.undefined(),
            Some((Point::Value(ball), _)) => self.ball(ball),
            Some((Point::Unknown, double)) if double.is_nan() => self.undefined(),
            Some((Point::Unknown, double)) => {
                self.constant(Constant { ball: Ball { value: Dd::new(double), error: f64::INFINITY }, double })
            }
        }
    }

    /// Whether a step of constants is zero, if it is computed as that: many a zero of doubles is a number too small for
    /// them.
    fn is_zero(&self, step: &Step) -> bool {
        let zero = |id: &Id| self.value(*id).is_some_and(|constant| constant.ball.is_zero());
        let exact = |id: &Id| self.value(*id).is_some_and(|constant| constant.ball.error == 0.0);
        match step {
            Step::Add(a, b) | Step::Subtract(a, b) => exact(a) && exact(b),
            Step::Multiply(a, b) => zero(a) || zero(b),
            Step::Divide(a, _) | Step::IntegerPower(a, _) | Step::Power(a, _) => zero(a),
            Step::Unary(Op::Exp | Op::Sigmoid | Op::Softplus | Op::Erfc | Op::Sec | Op::Csc, _) => false,
            _ => true,
        }
    }

    fn visit(&mut self, node: &Node, frame: &Frame) -> Option<Id> {
        let key = (std::sync::Arc::as_ptr(node), frame.number);
        if let Some(id) = self.visited.get(&key) {
            return Some(*id);
        }
        self.visits += 1;
        if self.visits > MOST_VISITS {
            return None;
        }
        let id = self.make(node, frame)?;
        self.visited.insert(key, id);
        Some(id)
    }

    fn make(&mut self, node: &Node, frame: &Frame) -> Option<Id> {
        match &**node {
            Expr::Number(number) if !number.value.is_finite() => self.undefined(),
            Expr::Number(number) => {
                let Dd { lo, .. } = number.value;
                let exact = matches!(number.ratio, Some((_, 1))) && lo == 0.0;
                self.ball(if exact { Ball::exact(number.value) } else { Ball::rounded(number.value, 0.0) })
            }
            Expr::Pi => self.ball(Ball::rounded(PI, 0.0)),
            Expr::E => self.ball(Ball::rounded(E, 0.0)),
            Expr::Variable => Some(frame.variable),
            Expr::Parameter(name) => {
                let parameters = &frame.definition?.parameters;
                let place = parameters.iter().position(|(known, _)| known == name)?;
                frame.parameters.get(place).copied()
            }
            Expr::Negative(a) => {
                let a = self.visit(a, frame)?;
                self.add(Step::Negative(a))
            }
            Expr::Sum(terms) => self.sum(terms, frame),
            Expr::Product(factors) => {
                let mut product = self.visit(&factors[0], frame)?;
                for factor in &factors[1..] {
                    let factor = self.visit(factor, frame)?;
                    product = self.add(Step::Multiply(product, factor))?;
                }
                Some(product)
            }
            Expr::Quotient(a, b) => {
                let (a, b) = (self.visit(a, frame)?, self.visit(b, frame)?);
                self.add(Step::Divide(a, b))
            }
            Expr::Power(a, b) => self.power(a, b, frame),
            // ln(1 + u) has all digits of a small u, which 1 + u has lost.
            Expr::Apply(Op::Ln, arguments) if self.wide && rest_beside_one(&arguments[0]).is_some() => {
                let rest = rest_beside_one(&arguments[0])?;
                let inner = self.sum(&rest, frame)?;
                self.add(Step::Unary(Op::Log1p, inner))
            }
            Expr::Apply(op, arguments) => self.apply(*op, arguments, frame),
            Expr::Call(definition, arguments) => {
                let mut all = Vec::new();
                for argument in arguments {
                    all.push(self.visit(argument, frame)?);
                }
                let count = self.frames.len() as u32 + 1;
                let number = *self.frames.entry((std::sync::Arc::as_ptr(definition), all.clone())).or_insert(count);
                let (variable, parameters) = (all[0], all[1..].to_vec());
                self.visit(&definition.body, &Frame { variable, parameters, definition: Some(definition), number })
            }
            Expr::Piecewise(rows, default) => self.piecewise(rows, default.as_ref(), frame),
        }
    }

    fn subtract(&mut self, a: Id, b: Id) -> Option<Id> {
        if self.value(b).is_some_and(|b| b.ball.is_zero() && !b.double.is_nan()) {
            return Some(a);
        }
        // e^u − 1 without cancellation.
        if self.value(b).is_some_and(|b| b.ball == Ball::ONE)
            && let Step::Unary(Op::Exp, u) = self.steps[a as usize]
        {
            return self.add(Step::Unary(Op::Expm1, u));
        }
        if self.value(a).is_some_and(|a| a.ball == Ball::ONE)
            && let Step::Unary(Op::Exp, u) = self.steps[b as usize]
        {
            let less = self.add(Step::Unary(Op::Expm1, u))?;
            return self.add(Step::Negative(less));
        }
        self.add(Step::Subtract(a, b))
    }

    fn sum(&mut self, terms: &[Node], frame: &Frame) -> Option<Id> {
        let mut sum = self.visit(&terms[0], frame)?;
        for term in &terms[1..] {
            sum = if let Expr::Negative(inner) = &**term {
                let inner = self.visit(inner, frame)?;
                self.subtract(sum, inner)?
            } else {
                let term = self.visit(term, frame)?;
                match (self.value(sum), self.value(term)) {
                    (Some(first), None) if first.ball == -Ball::ONE => {
                        let one = self.ball(Ball::ONE)?;
                        self.subtract(term, one)?
                    }
                    _ => self.add(Step::Add(sum, term))?,
                }
            };
        }
        Some(sum)
    }

    fn power(&mut self, base: &Node, exponent: &Node, frame: &Frame) -> Option<Id> {
        let (euler, base, exponent) =
            (matches!(**base, Expr::E), self.visit(base, frame)?, self.visit(exponent, frame)?);
        if euler {
            return self.add(Step::Unary(Op::Exp, exponent));
        }
        if let Some(Constant { ball, double }) = self.value(exponent)
            && !double.is_nan()
            && let Some(whole) = ball.nearest_integer()
            && whole.hi.abs() <= 1e9
        {
            return match whole.hi as i32 {
                1 => Some(base),
                integer => self.add(Step::IntegerPower(base, integer)),
            };
        }
        self.add(Step::Power(base, exponent))
    }

    fn apply(&mut self, op: Op, arguments: &[Node], frame: &Frame) -> Option<Id> {
        let first = self.visit(&arguments[0], frame)?;
        match op {
            Op::Mod => {
                let divisor = self.visit(&arguments[1], frame)?;
                let ratio = self.add(Step::Divide(first, divisor))?;
                self.push(Step::Modulo(first, divisor, ratio))
            }
            Op::Min | Op::Max => {
                let mut all = vec![first];
                for argument in &arguments[1..] {
                    all.push(self.visit(argument, frame)?);
                }
                self.extremum(op, &all)
            }
            Op::Ln => {
                // ln(1 + u) without cancellation.
                if let Step::Add(a, b) = self.steps[first as usize] {
                    for (one, other) in [(a, b), (b, a)] {
                        if self.value(one).is_some_and(|one| one.ball == Ball::ONE) {
                            return self.add(Step::Unary(Op::Log1p, other));
                        }
                    }
                }
                self.add(Step::Unary(op, first))
            }
            _ => self.add(Step::Unary(op, first)),
        }
    }

    fn extremum(&mut self, op: Op, all: &[Id]) -> Option<Id> {
        if let [only] = all {
            return Some(*only);
        }
        let (left, right) = all.split_at(all.len() / 2);
        let (a, b) = (self.extremum(op, left)?, self.extremum(op, right)?);
        let difference = self.difference(a, b)?;
        self.push(if op == Op::Min { Step::Least(a, b, difference) } else { Step::Greatest(a, b, difference) })
    }

    /// a − b, or something that has its sign and is simpler.
    fn difference(&mut self, a: Id, b: Id) -> Option<Id> {
        if self.value(a).is_some_and(|a| a.ball.is_zero() && !a.double.is_nan()) {
            return self.add(Step::Negative(b));
        }
        // Constants that cannot be told apart are equal where they are compared.
        if let (Some(first), Some(second)) = (self.value(a), self.value(b))
            && let (Point::Value(ball), _) = fold(&Step::Subtract(a, b), first, second)
            && ball.is_zero()
        {
            return self.ball(ball);
        }
        self.subtract(a, b)
    }

    fn piecewise(
        &mut self,
        rows: &[(super::expression::Condition, Node)],
        default: Option<&Node>,
        frame: &Frame,
    ) -> Option<Id> {
        let mut made = Vec::new();
        for (condition, value) in rows {
            let mut terms = Vec::new();
            for term in &condition.terms {
                terms.push(self.visit(term, frame)?);
            }
            let mut comparisons = Vec::new();
            let compared =
                terms.windows(2).zip(&condition.relations).filter(|(_, relation)| **relation != Relation::And);
            for (pair, relation) in compared {
                let difference = self.difference(pair[0], pair[1])?;
                comparisons.push(Comparison { left: pair[0], right: pair[1], difference, relation: *relation });
            }
            made.push((comparisons, self.visit(value, frame)?));
        }
        let default = match default {
            Some(default) => Some(self.visit(default, frame)?),
            None => None,
        };
        self.push(Step::Select(made, default))
    }
}

/// Far from the ends of the range of doubles.
fn is_moderate(ball: Ball) -> bool {
    1e-200 < ball.value.hi.abs() && ball.value.hi.abs() < 1e200
}

fn fold(step: &Step, a: Constant, b: Constant) -> (Point, f64) {
    let (x, y) = (a.double, b.double);
    let both = |next: &dyn Fn(Ball, Ball) -> Point| a.point().with(b.point(), next);
    match step {
        Step::Add(..) => (both(&|a, b| exact::checked(a + b)), x + y),
        Step::Subtract(..) => (both(&|a, b| exact::checked(a - b)), x - y),
        Step::Multiply(..) => (both(&|a, b| exact::checked(a * b)), x * y),
        Step::Divide(..) => (both(&exact::quotient), evaluate::quotient(x, y)),
        _ => (both(&exact::power), evaluate::power(x, y)),
    }
}

impl Tape {
    /// The function that is defined nowhere.
    pub(crate) fn nowhere() -> Tape {
        let constants = vec![Constant { ball: Ball::ZERO, double: f64::NAN }];
        Tape { steps: vec![Step::Constant(0)], constants, root: 0 }
    }

    /// The value at x.
    pub(crate) fn value(&self, x: f64) -> f64 {
        const FEW: usize = 64;
        let mut few = [0.0; FEW];
        let mut many = Vec::new();
        let values = if self.steps.len() <= FEW {
            &mut few[..self.steps.len()]
        } else {
            many.resize(self.steps.len(), 0.0);
            &mut many[..]
        };
        for (place, step) in self.steps.iter().enumerate() {
            let (before, rest) = values.split_at_mut(place);
            rest[0] = self.step_value(step, x, before);
        }
        values[self.root as usize]
    }

    fn step_value(&self, step: &Step, x: f64, values: &[f64]) -> f64 {
        let at = |id: &Id| values[*id as usize];
        match step {
            Step::Constant(place) => self.constants[*place as usize].double,
            Step::Variable => x,
            Step::Negative(a) => -at(a),
            Step::Add(a, b) => at(a) + at(b),
            Step::Subtract(a, b) => at(a) - at(b),
            Step::Multiply(a, b) => at(a) * at(b),
            Step::Divide(a, b) => evaluate::quotient(at(a), at(b)),
            Step::IntegerPower(a, n) => evaluate::integer_power(at(a), *n),
            Step::Power(a, b) => evaluate::power(at(a), at(b)),
            Step::Unary(op, a) => evaluate::unary(*op, at(a)),
            Step::Modulo(a, m, _) => evaluate::modulo(at(a), at(m)),
            Step::Least(a, b, _) => extremum(at(a), at(b), f64::min),
            Step::Greatest(a, b, _) => extremum(at(a), at(b), f64::max),
            Step::Select(rows, default) => {
                select(rows, default.as_ref(), |id| at(&id)).map_or(f64::NAN, |chosen| at(&chosen))
            }
        }
    }

    /// Value and derivative at x by dual numbers.
    pub(crate) fn dual(&self, x: f64) -> (f64, f64) {
        self.duals(x)[self.root as usize]
    }

    /// Value and derivative of every step.
    pub(crate) fn duals(&self, x: f64) -> Vec<(f64, f64)> {
        let (mut values, mut duals) = (Vec::with_capacity(self.steps.len()), Vec::with_capacity(self.steps.len()));
        for step in &self.steps {
            let value = self.step_value(step, x, &values);
            let slope = if value.is_nan() { f64::NAN } else { step_slope(step, value, &duals) };
            values.push(value);
            duals.push((value, slope));
        }
        duals
    }
}

fn extremum(a: f64, b: f64, choose: fn(f64, f64) -> f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { choose(a, b) }
}

/// The row that holds; `None` if none does or a comparison has no answer.
fn select(rows: &[(Vec<Comparison>, Id)], default: Option<&Id>, at: impl Fn(Id) -> f64) -> Option<Id> {
    for (comparisons, value) in rows {
        let mut all = true;
        for comparison in comparisons {
            let order = at(comparison.left).partial_cmp(&at(comparison.right))?;
            all &= comparison.relation.holds(order as i32);
        }
        if all {
            return Some(*value);
        }
    }
    default.copied()
}

/// a·b where a factor that is exactly zero wins over an infinite one: the slope of a constant stays zero.
fn times(a: f64, b: f64) -> f64 {
    if b == 0.0 && !a.is_nan() { 0.0 } else { a * b }
}

fn step_slope(step: &Step, value: f64, duals: &[(f64, f64)]) -> f64 {
    let at = |id: &Id| duals[*id as usize];
    let slope = |id: &Id| duals[*id as usize].1;
    match step {
        Step::Constant(_) => 0.0,
        Step::Variable => 1.0,
        Step::Negative(a) => -slope(a),
        Step::Add(a, b) => slope(a) + slope(b),
        Step::Subtract(a, b) => slope(a) - slope(b),
        Step::Multiply(a, b) => times(at(b).0, slope(a)) + times(at(a).0, slope(b)),
        Step::Divide(a, b) => (slope(a) - times(value, slope(b))) / at(b).0,
        Step::IntegerPower(a, 0) => times(0.0, slope(a)),
        Step::IntegerPower(a, n) => times(f64::from(*n) * evaluate::integer_power(at(a).0, n - 1), slope(a)),
        Step::Power(a, b) => {
            let by_base =
                if slope(a) == 0.0 { 0.0 } else { at(b).0 * evaluate::power(at(a).0, at(b).0 - 1.0) * slope(a) };
            let by_exponent = if slope(b) == 0.0 { 0.0 } else { value * evaluate::unary(Op::Ln, at(a).0) * slope(b) };
            by_base + by_exponent
        }
        Step::Unary(op, a) => times(evaluate::slope(*op, at(a).0), slope(a)),
        Step::Modulo(a, m, ratio) => {
            let whole = at(ratio).0.floor();
            if whole == at(ratio).0 { f64::NAN } else { slope(a) - times(whole, slope(m)) }
        }
        Step::Least(a, b, _) | Step::Greatest(a, b, _) => match (at(a).0 == value, at(b).0 == value) {
            (true, true) => f64::midpoint(slope(a), slope(b)),
            (true, false) => slope(a),
            _ => slope(b),
        },
        Step::Select(rows, default) => {
            select(rows, default.as_ref(), |id| at(&id).0).map_or(f64::NAN, |chosen| slope(&chosen))
        }
    }
}

//! The symbolic derivative.
//!
//! It is undefined wherever the function is, and where the function jumps. At a kink a piecewise definition follows the
//! row that holds there; `abs'(0)` is 0 and `max` and `min` of equal arguments take the mean of both slopes, as
//! `PyTorch` does.

use std::collections::HashMap;
use std::sync::Arc;

use super::expression::{Condition, Expr, Node, Number, Op, Relation};
use super::simplify::{negative, power, product, quotient, rebuild, restrict, sum};

/// The derivative of an expression with respect to its variable.
pub(crate) fn of(node: &Node) -> Node {
    Derivation { known: HashMap::new() }.of(node)
}

/// Remembers the derivatives of shared parts, by address.
struct Derivation {
    known: HashMap<*const Expr, (Node, Node)>,
}

fn apply(op: Op, argument: &Node) -> Node {
    Arc::new(Expr::Apply(op, vec![argument.clone()]))
}

fn one() -> Node {
    Expr::integer(1)
}

fn square(node: Node) -> Node {
    power(node, Expr::integer(2))
}

fn is_zero(node: &Node) -> bool {
    node.number().is_some_and(|number| number.is(0))
}

/// True if an expression with a value is certainly at least 0.
fn is_never_negative(node: &Node) -> bool {
    match &**node {
        Expr::Number(number) => !number.is_negative(),
        Expr::Pi | Expr::E => true,
        Expr::Apply(op, _) => {
            matches!(op, Op::Abs | Op::Exp | Op::Sqrt | Op::Cosh | Op::Sigmoid | Op::Softplus | Op::Erfc)
        }
        Expr::Power(base, exponent) => {
            is_never_negative(base)
                || exponent.number().and_then(Number::as_integer).is_some_and(|exponent| exponent % 2 == 0)
        }
        Expr::Sum(all) | Expr::Product(all) => all.iter().all(is_never_negative),
        Expr::Quotient(a, b) => is_never_negative(a) && is_never_negative(b),
        _ => false,
    }
}

impl Derivation {
    fn of(&mut self, node: &Node) -> Node {
        if let Some((_, known)) = self.known.get(&Arc::as_ptr(node)) {
            return known.clone();
        }
        let result = self.make(node);
        // The node is kept, so that its address stays taken.
        self.known.insert(Arc::as_ptr(node), (node.clone(), result.clone()));
        result
    }

    fn make(&mut self, node: &Node) -> Node {
        match &**node {
            Expr::Number(value) if !value.value.is_finite() => node.clone(),
            Expr::Number(_) | Expr::Pi | Expr::E | Expr::Parameter(_) => Expr::integer(0),
            Expr::Variable => one(),
            constant if constant.constant().is_some() => Expr::integer(0),
            Expr::Sum(terms) => sum(terms.iter().map(|term| self.of(term)).collect()),
            Expr::Negative(inner) => negative(self.of(inner)),
            Expr::Product(factors) => self.product(factors),
            Expr::Quotient(a, b) => self.quotient(a, b),
            Expr::Power(base, exponent) => self.power(node, base, exponent),
            Expr::Apply(op, arguments) => self.apply(*op, arguments),
            Expr::Call(definition, arguments) => {
                let slope = self.of(&arguments[0]);
                let outer = Arc::new(Expr::Call(definition.derivative(), arguments.clone()));
                product(vec![outer, slope])
            }
            Expr::Piecewise(rows, default) => {
                let rows = rows.iter().map(|(condition, value)| (condition.clone(), self.of(value))).collect();
                Arc::new(Expr::Piecewise(rows, default.as_ref().map(|value| self.of(value))))
            }
        }
    }

    fn product(&mut self, factors: &[Node]) -> Node {
        let mut terms = Vec::new();
        for (place, factor) in factors.iter().enumerate() {
            let slope = self.of(factor);
            let others =
                || factors.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, node)| node.clone());
            if is_zero(&slope) && others().all(|node| node.is_total()) {
                continue;
            }
            terms.push(product(std::iter::once(slope).chain(others()).collect()));
        }
        sum(terms)
    }

    fn quotient(&mut self, a: &Node, b: &Node) -> Node {
        let (above, below) = (self.of(a), self.of(b));
        if is_zero(&below) && b.is_total() {
            return quotient(above, b.clone());
        }
        if is_zero(&above) && a.is_total() {
            return negative(quotient(product(vec![a.clone(), below]), square(b.clone())));
        }
        let left = product(vec![above, b.clone()]);
        let right = product(vec![a.clone(), below]);
        quotient(sum(vec![left, negative(right)]), square(b.clone()))
    }

    fn power(&mut self, node: &Node, base: &Node, exponent: &Node) -> Node {
        let base_slope = self.of(base);
        if !exponent.has_variable() {
            let exponent = rebuild(exponent.map_children(&mut Node::clone));
            if is_zero(&exponent) && base.is_total() {
                return Expr::integer(0);
            }
            let less = sum(vec![exponent.clone(), Expr::integer(-1)]);
            return product(vec![exponent, power(base.clone(), less), base_slope]);
        }
        let slope = self.of(exponent);
        if !base.has_variable() {
            let factor = if matches!(**base, Expr::E) { one() } else { apply(Op::Ln, base) };
            return product(vec![node.clone(), factor, slope]);
        }
        let logarithm = apply(Op::Ln, base);
        // Where the logarithm has a value the base is positive, so x/x may be cancelled there.
        let second = if base == exponent {
            base_slope
        } else {
            quotient(product(vec![exponent.clone(), base_slope]), base.clone())
        };
        product(vec![node.clone(), sum(vec![product(vec![slope, logarithm]), second])])
    }

    fn apply(&mut self, op: Op, arguments: &[Node]) -> Node {
        let u = &arguments[0];
        match op {
            Op::Min | Op::Max => return self.extremum(op, arguments),
            Op::Mod => return self.modulo(u, &arguments[1]),
            _ => {}
        }
        let slope = self.of(u);
        let divide = |by: Node| quotient(slope.clone(), by);
        let times = |by: Node| product(vec![by, slope.clone()]);
        let zero = || Expr::integer(0);
        match op {
            Op::Abs => times(apply(Op::Sign, u)),
            Op::Sign | Op::Heaviside | Op::Step => times(jump(u)),
            Op::Floor => times(restrict(vec![apply(op, u), u.clone()], vec![Relation::Less], zero())),
            Op::Ceil => times(restrict(vec![u.clone(), apply(op, u)], vec![Relation::Less], zero())),
            Op::Exp | Op::Expm1 => times(apply(Op::Exp, u)),
            Op::Ln => positive(u, divide(u.clone())),
            Op::Log2 => positive(u, divide(product(vec![u.clone(), apply(Op::Ln, &Expr::integer(2))]))),
            Op::Log10 => positive(u, divide(product(vec![u.clone(), apply(Op::Ln, &Expr::integer(10))]))),
            Op::Log1p => {
                let value = divide(sum(vec![one(), u.clone()]));
                restrict(vec![u.clone(), Expr::integer(-1)], vec![Relation::Greater], value)
            }
            Op::Sqrt => divide(product(vec![Expr::integer(2), apply(Op::Sqrt, u)])),
            Op::Cbrt => divide(product(vec![Expr::integer(3), square(apply(Op::Cbrt, u))])),
            Op::Sin => times(apply(Op::Cos, u)),
            Op::Cos => negative(times(apply(Op::Sin, u))),
            Op::Tan => times(square(apply(Op::Sec, u))),
            Op::Sec => times(product(vec![apply(Op::Sec, u), apply(Op::Tan, u)])),
            Op::Csc => negative(times(product(vec![apply(Op::Csc, u), apply(Op::Cot, u)]))),
            Op::Cot => negative(times(square(apply(Op::Csc, u)))),
            Op::Asin => divide(apply(Op::Sqrt, &sum(vec![one(), negative(square(u.clone()))]))),
            Op::Acos => negative(divide(apply(Op::Sqrt, &sum(vec![one(), negative(square(u.clone()))])))),
            Op::Atan => divide(sum(vec![one(), square(u.clone())])),
            Op::Sinh => times(apply(Op::Cosh, u)),
            Op::Cosh => times(apply(Op::Sinh, u)),
            Op::Tanh => divide(square(apply(Op::Cosh, u))),
            Op::Asinh => divide(apply(Op::Sqrt, &sum(vec![square(u.clone()), one()]))),
            Op::Acosh => {
                let value = divide(apply(Op::Sqrt, &sum(vec![square(u.clone()), Expr::integer(-1)])));
                restrict(vec![u.clone(), one()], vec![Relation::Greater], value)
            }
            Op::Atanh => {
                let value = divide(sum(vec![one(), negative(square(u.clone()))]));
                let inside = vec![Expr::integer(-1), u.clone(), one()];
                restrict(inside, vec![Relation::Less, Relation::Less], value)
            }
            Op::Erf => times(bell(u)),
            Op::Erfc => negative(times(bell(u))),
            Op::Sigmoid => times(product(vec![apply(op, u), apply(op, &negative(u.clone()))])),
            Op::Softplus => times(apply(Op::Sigmoid, u)),
            Op::Tanhshrink => times(square(apply(Op::Tanh, u))),
            Op::Mod | Op::Min | Op::Max => zero(),
        }
    }

    fn extremum(&mut self, op: Op, arguments: &[Node]) -> Node {
        let (first, rest) = (&arguments[0], &arguments[1..]);
        let second = if rest.len() == 1 {
            rest[0].clone()
        } else {
            // Halves, so that the depth grows with the logarithm of the number of arguments.
            let half = arguments.len() / 2;
            let part =
                |all: &[Node]| if all.len() == 1 { all[0].clone() } else { Arc::new(Expr::Apply(op, all.to_vec())) };
            return self.extremum_of_two(op, &part(&arguments[..half]), &part(&arguments[half..]));
        };
        self.extremum_of_two(op, first, &second)
    }

    fn extremum_of_two(&mut self, op: Op, a: &Node, b: &Node) -> Node {
        let (left, right) = (self.of(a), self.of(b));
        let mean = quotient(sum(vec![left.clone(), right.clone()]), Expr::integer(2));
        let (above, below) = if op == Op::Max { (left, right) } else { (right, left) };
        let row = |relation, value| (Condition { terms: vec![a.clone(), b.clone()], relations: vec![relation] }, value);
        let rows = vec![row(Relation::Greater, above), row(Relation::Less, below), row(Relation::Equal, mean)];
        Arc::new(Expr::Piecewise(rows, None))
    }

    fn modulo(&mut self, a: &Node, m: &Node) -> Node {
        let ratio = quotient(a.clone(), m.clone());
        let floor = apply(Op::Floor, &ratio);
        let (left, right) = (self.of(a), self.of(m));
        let value = sum(vec![left, negative(product(vec![right, floor.clone()]))]);
        restrict(vec![floor, ratio], vec![Relation::Less], value)
    }
}

/// 0 beside the jump of a step at zero, undefined on it.
fn jump(u: &Node) -> Node {
    let row = |relation| {
        (Condition { terms: vec![u.clone(), Expr::integer(0)], relations: vec![relation] }, Expr::integer(0))
    };
    Arc::new(Expr::Piecewise(vec![row(Relation::Less), row(Relation::Greater)], None))
}

/// `value`, restricted to where `u` is positive; a division by `u` in `value` excludes 0 already.
fn positive(u: &Node, value: Node) -> Node {
    if is_never_negative(u) {
        value
    } else {
        restrict(vec![u.clone(), Expr::integer(0)], vec![Relation::Greater], value)
    }
}

/// 2/√π exp(−u²).
fn bell(u: &Node) -> Node {
    let factor = quotient(Expr::integer(2), apply(Op::Sqrt, &Arc::new(Expr::Pi)));
    product(vec![factor, apply(Op::Exp, &negative(square(u.clone())))])
}

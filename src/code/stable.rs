//! Formulas as a machine should compute them.
//!
//! People write `1/(1 + e^(−x))` and `ln(1 + e^x)`; doubles overflow in them or lose their digits. [`stable`] writes the
//! same function with primitives that do neither: `sigmoid`, `softplus`, `expm1`, `log1p`, `tanh`. What it does not
//! know stays as it is.

use std::sync::Arc;

use crate::function::Function;
use crate::function::expression::{Expr, Node, Number, Op};
use crate::function::simplify::{self, negative, product, quotient};

/// The same function, fit for doubles.
pub(super) fn stable(node: &Node) -> Node {
    let changed = node.map_children(&mut stable);
    if is_undefined(&changed) {
        return Expr::undefined();
    }
    match &changed {
        Expr::Power(base, exponent) if matches!(**base, Expr::E) => apply(Op::Exp, exponent.clone()),
        Expr::Power(base, exponent) if exponent.number().is_some_and(|number| number.ratio == Some((1, 2))) => {
            apply(Op::Sqrt, base.clone())
        }
        Expr::Power(base, exponent)
            if exponent.number().and_then(Number::as_integer).is_some_and(|power| (-64..0).contains(&power)) =>
        {
            let power = exponent.number().and_then(Number::as_integer).unwrap_or(-1);
            let below = simplify::power(base.clone(), Expr::integer(i64::from(-power)));
            stable(&Arc::new(Expr::Quotient(Expr::integer(1), below)))
        }
        Expr::Apply(Op::Sec, arguments) => one_over(Op::Cos, &arguments[0]),
        Expr::Apply(Op::Csc, arguments) => one_over(Op::Sin, &arguments[0]),
        Expr::Apply(Op::Cot, arguments) => one_over(Op::Tan, &arguments[0]),
        Expr::Apply(Op::Ln, arguments) => logarithm(&arguments[0]).unwrap_or_else(|| Arc::new(changed.clone())),
        Expr::Apply(Op::Log1p, arguments) => match &*arguments[0] {
            Expr::Apply(Op::Exp, inner) => apply(Op::Softplus, inner[0].clone()),
            _ => Arc::new(changed),
        },
        Expr::Apply(Op::Tanhshrink, arguments) => {
            let tanh = apply(Op::Tanh, arguments[0].clone());
            Arc::new(Expr::Sum(vec![arguments[0].clone(), Arc::new(Expr::Negative(tanh))]))
        }
        Expr::Sum(terms) => match opposite_gate(terms).or_else(|| exponential_less_one(terms)) {
            Some(node) => node,
            None => Arc::new(changed),
        },
        Expr::Quotient(above, below) => fraction(above, below).unwrap_or_else(|| Arc::new(changed.clone())),
        _ => Arc::new(changed),
    }
}

/// A constant without a value, which would stop some languages: 1/0.
fn is_undefined(node: &Expr) -> bool {
    matches!(node, Expr::Quotient(..) | Expr::Power(..) | Expr::Apply(..))
        && is_constant(node)
        && Function::new(&Arc::new(node.clone())).value(0.0).is_nan()
}

fn is_constant(node: &Expr) -> bool {
    let mut constant = !matches!(node, Expr::Variable | Expr::Parameter(_) | Expr::Call(..));
    node.each_child(&mut |child| constant = constant && is_constant(child));
    constant
}

fn one_over(op: Op, argument: &Node) -> Node {
    Arc::new(Expr::Quotient(Expr::integer(1), apply(op, argument.clone())))
}

pub(super) fn apply(op: Op, argument: Node) -> Node {
    Arc::new(Expr::Apply(op, vec![argument]))
}

fn is(node: &Node, integer: i32) -> bool {
    node.number().is_some_and(|number| number.is(integer))
}

fn sum_of(mut terms: Vec<Node>) -> Node {
    if terms.len() == 1 { terms.remove(0) } else { Arc::new(Expr::Sum(terms)) }
}

/// u if the node is 1 + u.
fn more_than_one(node: &Node) -> Option<Node> {
    let Expr::Sum(terms) = &**node else { return None };
    let place = terms.iter().position(|term| is(term, 1))?;
    let mut rest = terms.clone();
    rest.remove(place);
    Some(sum_of(rest))
}

/// u if the node is e^u.
fn exponent_of(node: &Node) -> Option<Node> {
    match &**node {
        Expr::Apply(Op::Exp, inner) => Some(inner[0].clone()),
        _ => None,
    }
}

/// ln(1 + e^u) and ln(1 + u).
fn logarithm(argument: &Node) -> Option<Node> {
    let rest = more_than_one(argument)?;
    Some(match exponent_of(&rest) {
        Some(exponent) => apply(Op::Softplus, exponent),
        None => apply(Op::Log1p, rest),
    })
}

/// One plus or minus a function that comes near to one: 1 − σ(u) is σ(−u), which does not vanish where σ(u) rounds to 1;
/// likewise erf and tanh.
fn opposite_gate(terms: &[Node]) -> Option<Node> {
    let other = match terms {
        [one, other] if is(one, 1) => other,
        [other, one] if is(one, 1) => other,
        _ => return None,
    };
    let (minus, gate) = match &**other {
        Expr::Negative(gate) => (true, gate),
        _ => (false, other),
    };
    let Expr::Apply(op, inner) = &**gate else { return None };
    let signed = |node: &Node, minus: bool| if minus { negative(node.clone()) } else { node.clone() };
    match op {
        Op::Sigmoid if minus => Some(apply(Op::Sigmoid, negative(inner[0].clone()))),
        Op::Erf => Some(apply(Op::Erfc, signed(&inner[0], !minus))),
        Op::Tanh => {
            let twice = product(vec![Expr::integer(2), signed(&inner[0], minus)]);
            Some(Arc::new(Expr::Product(vec![Expr::integer(2), apply(Op::Sigmoid, twice)])))
        }
        _ => None,
    }
}

/// e^u − 1 and 1 − e^u, alone or among other terms.
fn exponential_less_one(terms: &[Node]) -> Option<Node> {
    let inner = |term: &Node| match &**term {
        Expr::Negative(inner) => exponent_of(inner),
        _ => None,
    };
    let find = |test: &dyn Fn(&Node) -> bool| terms.iter().position(test);
    let minus_one = |term: &Node| is(term, -1);
    let (exponential, one, sign) = match (find(&|term| exponent_of(term).is_some()), find(&minus_one)) {
        (Some(exponential), Some(one)) => (exponential, one, false),
        _ => (find(&|term| inner(term).is_some())?, find(&|term| is(term, 1))?, true),
    };
    let exponent = if sign { inner(&terms[exponential]) } else { exponent_of(&terms[exponential]) }?;
    let less = apply(Op::Expm1, exponent);
    let less = if sign { Arc::new(Expr::Negative(less)) } else { less };
    let mut rest = Vec::new();
    for (place, term) in terms.iter().enumerate() {
        if place == exponential {
            rest.push(less.clone());
        } else if place != one {
            rest.push(term.clone());
        }
    }
    Some(sum_of(rest))
}

/// The factors of a product, with −1 for a sign.
fn factors(node: &Node, into: &mut Vec<Node>) {
    match &**node {
        Expr::Product(all) => all.iter().for_each(|factor| factors(factor, into)),
        Expr::Negative(inner) => {
            into.push(Expr::integer(-1));
            factors(inner, into);
        }
        Expr::Power(base, exponent) => match exponent.number().and_then(Number::as_integer) {
            Some(exponent @ 2..=4) => (0..exponent).for_each(|_| into.push(base.clone())),
            _ => into.push(node.clone()),
        },
        _ => into.push(node.clone()),
    }
}

/// Fractions with e^u in them that would be ∞/∞ or lose everything: 1/(1 + e^u), e^u/(1 + e^u), their products, and
/// tanh in exponentials.
fn fraction(above: &Node, below: &Node) -> Option<Node> {
    if let Some(node) = hyperbolic(above, below) {
        return Some(node);
    }
    let (mut top, mut bottom) = (Vec::new(), Vec::new());
    factors(above, &mut top);
    factors(below, &mut bottom);
    let gate = |node: &Node| more_than_one(node).and_then(|rest| exponent_of(&rest));
    if !bottom.iter().any(|factor| gate(factor).is_some()) {
        return None;
    }
    let mut gates = Vec::new();
    bottom.retain(|factor| {
        let Some(exponent) = gate(factor) else { return true };
        let known = |wanted: Node| top.iter().position(|factor| *factor == wanted);
        if let Some(place) = known(apply(Op::Expm1, exponent.clone())) {
            top.remove(place);
            gates.push(apply(Op::Tanh, quotient(exponent, Expr::integer(2))));
        } else if let Some(place) = known(apply(Op::Exp, exponent.clone())) {
            top.remove(place);
            gates.push(apply(Op::Sigmoid, exponent));
        } else {
            gates.push(apply(Op::Sigmoid, negative(exponent)));
        }
        false
    });
    top.extend(gates);
    let top = product(top);
    Some(if bottom.is_empty() { top } else { quotient(top, product(bottom)) })
}

/// (e^u − e^−u)/(e^u + e^−u).
fn hyperbolic(above: &Node, below: &Node) -> Option<Node> {
    let pair = |node: &Node| match &**node {
        Expr::Sum(terms) if terms.len() == 2 => Some((terms[0].clone(), terms[1].clone())),
        _ => None,
    };
    let ((a, b), (c, d)) = (pair(above)?, pair(below)?);
    let Expr::Negative(b) = &*b else { return None };
    let (u, v) = (exponent_of(&a)?, exponent_of(b)?);
    let same = (c == a && d == *b) || (c == *b && d == a);
    (same && v == negative(u.clone())).then(|| apply(Op::Tanh, u))
}

/// The same function without the warnings that arrays give: 1/cosh² has a form that does not overflow on the way to 0.
pub(super) fn for_arrays(node: &Node) -> Node {
    let changed = node.map_children(&mut for_arrays);
    if let Expr::Quotient(above, below) = &changed
        && let Some(node) = bell(above, below)
    {
        return node;
    }
    Arc::new(changed)
}

/// a/cosh(u)² as 4az/(1 + z)² with z = e^(−2|u|).
fn bell(above: &Node, below: &Node) -> Option<Node> {
    let mut bottom = Vec::new();
    factors(below, &mut bottom);
    let first = bottom.iter().position(|factor| matches!(**factor, Expr::Apply(Op::Cosh, _)))?;
    let cosh = bottom.remove(first);
    let second = bottom.iter().position(|factor| *factor == cosh)?;
    bottom.remove(second);
    let Expr::Apply(_, inner) = &*cosh else { return None };
    let size = match &*inner[0] {
        Expr::Apply(Op::Softplus | Op::Abs | Op::Exp, _) => inner[0].clone(),
        _ => apply(Op::Abs, inner[0].clone()),
    };
    let twice = Arc::new(Expr::Product(vec![Expr::integer(2), size]));
    let z = apply(Op::Exp, Arc::new(Expr::Negative(twice)));
    let square = Arc::new(Expr::Power(Arc::new(Expr::Sum(vec![Expr::integer(1), z.clone()])), Expr::integer(2)));
    let mut top = vec![Expr::integer(4)];
    if !is(above, 1) {
        factors(above, &mut top);
    }
    top.push(z);
    bottom.insert(0, square);
    let below = if bottom.len() == 1 { bottom.remove(0) } else { Arc::new(Expr::Product(bottom)) };
    Some(Arc::new(Expr::Quotient(Arc::new(Expr::Product(top)), below)))
}

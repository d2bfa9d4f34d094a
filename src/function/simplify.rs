//! Sums, products, quotients and powers made simple as a person would write them.
//!
//! Each constructor keeps the value *and the domain*: `0 * ln(x)` is not 0, because it is undefined at −2, and `x/x` is
//! not 1. What is dropped is dropped only if it certainly has a value everywhere.

use std::sync::Arc;

use super::expression::{Condition, Expr, Node, Number, Op};

/// More terms than this are not compared with each other.
const MOST_COMPARED: usize = 64;

/// Larger expressions stay as they are.
const MOST_PARTS: usize = 20_000;

/// The same function, written more simply.
pub(crate) fn simplify(node: &Node) -> Node {
    if node.is_within(&mut { MOST_PARTS }) { simplified(node) } else { node.clone() }
}

fn simplified(node: &Node) -> Node {
    let changed = node.map_children(&mut |child| simplified(child));
    match (&**node, &changed) {
        // A negative base asks for an integer that is written as one: x^(x − x) is not x^0.
        (Expr::Power(_, before), Expr::Power(base, after)) if before.has_variable() && !after.has_variable() => {
            Arc::new(Expr::Power(base.clone(), before.clone()))
        }
        _ => rebuild(changed),
    }
}

/// Passes an expression with simple parts through the constructors below.
pub(crate) fn rebuild(expr: Expr) -> Node {
    match expr {
        Expr::Sum(terms) => sum(terms),
        Expr::Product(factors) => product(factors),
        Expr::Quotient(a, b) => quotient(a, b),
        Expr::Negative(a) => negative(a),
        Expr::Power(a, b) => power(a, b),
        other => Arc::new(other),
    }
}

pub(crate) fn number(number: Number) -> Node {
    Arc::new(Expr::Number(number))
}

fn is(node: &Node, integer: i32) -> bool {
    node.number().is_some_and(|number| number.is(integer))
}

/// A node as a number times the rest; no rest means 1.
fn split(node: &Node) -> (Number, Option<Node>) {
    match &**node {
        Expr::Number(number) => (*number, None),
        Expr::Negative(inner) => {
            let (factor, rest) = split(inner);
            (factor.negative(), rest)
        }
        Expr::Product(factors) => match &*factors[0] {
            Expr::Number(number) => {
                let rest = factors[1..].to_vec();
                (*number, Some(if rest.len() == 1 { rest[0].clone() } else { Arc::new(Expr::Product(rest)) }))
            }
            _ => (Number::integer(1), Some(node.clone())),
        },
        _ => (Number::integer(1), Some(node.clone())),
    }
}

fn scaled(factor: Number, rest: &Node) -> Node {
    if factor.is(1) {
        return rest.clone();
    }
    if factor.is_negative() {
        return Arc::new(Expr::Negative(scaled(factor.negative(), rest)));
    }
    if let Some((1, denominator @ 2..)) = factor.ratio
        && let Some(denominator) = Number::ratio(denominator, 1)
    {
        return Arc::new(Expr::Quotient(rest.clone(), number(denominator)));
    }
    let mut factors = vec![number(factor)];
    match &**rest {
        Expr::Product(inner) => factors.extend(inner.iter().cloned()),
        _ => factors.push(rest.clone()),
    }
    Arc::new(Expr::Product(factors))
}

pub(crate) fn negative(node: Node) -> Node {
    match &*node {
        Expr::Number(value) => number(value.negative()),
        Expr::Negative(inner) => inner.clone(),
        _ => Arc::new(Expr::Negative(node)),
    }
}

fn flatten_sum(node: Node, sign: bool, into: &mut Vec<Node>) {
    match &*node {
        Expr::Sum(inner) => inner.iter().for_each(|term| flatten_sum(term.clone(), sign, into)),
        Expr::Negative(inner) if matches!(**inner, Expr::Sum(_)) => flatten_sum(inner.clone(), !sign, into),
        _ => into.push(if sign { negative(node) } else { node }),
    }
}

/// A sum with numbers folded and like terms collected.
pub(crate) fn sum(terms: Vec<Node>) -> Node {
    let mut flat = Vec::new();
    for term in terms {
        flatten_sum(term, false, &mut flat);
    }
    if flat.len() > MOST_COMPARED {
        return Arc::new(Expr::Sum(flat));
    }
    let mut constants: Vec<Number> = Vec::new();
    let mut collected: Vec<(Number, Node)> = Vec::new();
    for term in flat {
        let (factor, Some(rest)) = split(&term) else {
            let value = split(&term).0;
            match constants.first().and_then(|first| first.add(value)) {
                Some(total) => constants[0] = total,
                None => constants.push(value),
            }
            continue;
        };
        let like = collected.iter_mut().find(|(known, other)| *other == rest && known.add(factor).is_some());
        match like.and_then(|entry| Some((entry.0.add(factor)?, entry))) {
            Some((total, entry)) => entry.0 = total,
            None => collected.push((factor, rest)),
        }
    }
    let mut result: Vec<Node> = Vec::new();
    for (factor, rest) in &collected {
        if !factor.is(0) {
            result.push(scaled(*factor, rest));
        } else if !rest.is_total() {
            result.push(Arc::new(Expr::Product(vec![Expr::integer(0), rest.clone()])));
        }
    }
    result.extend(constants.into_iter().filter(|value| !value.is(0)).map(number));
    // A sum reads better if it does not begin with a minus.
    if let Some(place) = result.iter().position(|term| split(term).0.value.hi >= 0.0) {
        result[..=place].rotate_right(1);
    }
    match result.len() {
        0 => Expr::integer(0),
        1 => result.remove(0),
        _ => Arc::new(Expr::Sum(result)),
    }
}

fn flatten_product(node: &Node, above: &mut Vec<Node>, below: &mut Vec<Node>, factor: &mut Number) {
    match &**node {
        Expr::Number(number) => match factor.multiply(*number) {
            Some(product) => *factor = product,
            None => above.push(node.clone()),
        },
        Expr::Negative(inner) => {
            *factor = factor.negative();
            flatten_product(inner, above, below, factor);
        }
        Expr::Product(inner) => inner.iter().for_each(|inner| flatten_product(inner, above, below, factor)),
        Expr::Quotient(a, b) => {
            flatten_product(a, above, below, factor);
            match b.number().and_then(|number| factor.divide(number)) {
                Some(divided) => *factor = divided,
                None => below.push(b.clone()),
            }
        }
        _ => above.push(node.clone()),
    }
}

/// Base and exponent of a factor that is a power with a positive integer exponent.
fn as_power(node: &Node) -> (Node, i32) {
    match &**node {
        Expr::Power(base, exponent) => match exponent.number().and_then(Number::as_integer) {
            Some(exponent @ 1..=1000) => (base.clone(), exponent),
            _ => (node.clone(), 1),
        },
        _ => (node.clone(), 1),
    }
}

/// Equal factors become powers, and `u sign(u)` becomes `|u|`.
fn collect_factors(factors: Vec<Node>) -> Vec<Node> {
    if factors.len() > MOST_COMPARED {
        return factors;
    }
    let mut collected: Vec<(Node, i32)> = Vec::new();
    for factor in factors {
        let (base, exponent) = as_power(&factor);
        match collected.iter_mut().find(|(known, _)| *known == base) {
            Some(entry) => entry.1 = entry.1.saturating_add(exponent),
            None => collected.push((base, exponent)),
        }
    }
    let sign = collected.iter().position(|(node, power)| *power == 1 && matches!(**node, Expr::Apply(Op::Sign, _)));
    if let Some(sign) = sign
        && let Expr::Apply(Op::Sign, inner) = &*collected[sign].0.clone()
        && let Some(place) = collected.iter().position(|(node, power)| *power == 1 && *node == inner[0])
    {
        collected[place].0 = Arc::new(Expr::Apply(Op::Abs, inner.clone()));
        collected.remove(sign);
    }
    collected.into_iter().map(|(base, exponent)| power(base, Expr::integer(exponent.into()))).collect()
}

fn product_of(mut factors: Vec<Node>) -> Node {
    if factors.len() == 1 { factors.remove(0) } else { Arc::new(Expr::Product(factors)) }
}

/// A product with numbers and equal factors gathered and all fractions in one.
pub(crate) fn product(factors: Vec<Node>) -> Node {
    let (mut above, mut below, mut factor) = (Vec::new(), Vec::new(), Number::integer(1));
    for node in factors {
        flatten_product(&node, &mut above, &mut below, &mut factor);
    }
    if factor.is(0) && above.iter().all(|node| node.is_total()) && below.is_empty() {
        return Expr::integer(0);
    }
    let above = collect_factors(above);
    if below.is_empty() {
        return match above.len() {
            0 => number(factor),
            _ if factor.is(0) => {
                let mut all = vec![number(factor)];
                all.extend(above);
                Arc::new(Expr::Product(all))
            }
            _ => scaled(factor, &product_of(above)),
        };
    }
    let minus = factor.is_negative();
    let factor = if minus { factor.negative() } else { factor };
    let (numerator, denominator) = factor.ratio.map_or((factor, Number::integer(1)), |(n, d)| {
        let integer = |value| Number::ratio(value, 1).unwrap_or(Number::integer(1));
        (integer(n), integer(d))
    });
    let top = match above.len() {
        0 => number(numerator),
        _ if numerator.is(1) => product_of(above),
        _ => product_of(std::iter::once(number(numerator)).chain(above).collect()),
    };
    let mut bottom = collect_factors(below);
    if !denominator.is(1) {
        bottom.insert(0, number(denominator));
    }
    let result = Arc::new(Expr::Quotient(top, product_of(bottom)));
    if minus { negative(result) } else { result }
}

pub(crate) fn quotient(a: Node, b: Node) -> Node {
    if is(&b, 1) {
        return a;
    }
    if let (Some(n), Some(d)) = (a.number(), b.number()) {
        return n.divide(d).map_or_else(|| Arc::new(Expr::Quotient(a, b)), number);
    }
    product(vec![Arc::new(Expr::Quotient(a, b))])
}

pub(crate) fn power(base: Node, exponent: Node) -> Node {
    let Some(integer) = exponent.number().and_then(Number::as_integer) else {
        return Arc::new(Expr::Power(base, exponent));
    };
    if integer == 1 {
        return base;
    }
    if integer == 0 && base.is_total() {
        return Expr::integer(1);
    }
    if let (Some(mut value), 2..=64) = (base.number(), integer) {
        let factor = value;
        if (1..integer).all(|_| value.multiply(factor).map(|product| value = product).is_some()) {
            return number(value);
        }
    }
    let (inner, first) = as_power(&base);
    match first.checked_mul(integer) {
        Some(both) if first > 1 && integer > 0 => Arc::new(Expr::Power(inner, Expr::integer(both.into()))),
        _ => Arc::new(Expr::Power(base, exponent)),
    }
}

/// `value` where the condition holds, undefined elsewhere.
pub(crate) fn restrict(terms: Vec<Node>, relations: Vec<super::expression::Relation>, value: Node) -> Node {
    Arc::new(Expr::Piecewise(vec![(Condition { terms, relations }, value)], None))
}

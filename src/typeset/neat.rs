//! The last touches that a person gives to a formula: factors in their usual order, fractions reduced, constants drawn
//! together.
//!
//! Like `function::simplify`, on which it builds, it keeps value and domain; it may take more time, and it knows the
//! values of parameters, so that it can divide by one.

use std::sync::Arc;

use super::Parameters;
use crate::function::expression::{Expr, Node, Number, Op};
use crate::function::simplify::{self, negative, number, product, quotient, sum};

/// Larger expressions stay as they are.
const MOST_PARTS: usize = 4000;

/// The same function for the values of the parameters, as a person would write it.
pub(crate) fn neat(node: &Node, parameters: Parameters<'_>) -> Node {
    if !node.is_within(&mut { MOST_PARTS }) {
        return node.clone();
    }
    Neat { parameters }.node(node)
}

struct Neat<'a> {
    parameters: Parameters<'a>,
}

/// A product: a number times factors with exponents, over others.
#[derive(Default)]
struct Factors {
    above: Vec<(Node, i32)>,
    below: Vec<(Node, i32)>,
}

impl Neat<'_> {
    fn node(&self, node: &Node) -> Node {
        let changed = node.map_children(&mut |child| self.node(child));
        match (&**node, changed) {
            // A negative base asks for an integer that is written as one: x^(x − x) is not x^0.
            (Expr::Power(_, before), Expr::Power(base, after)) if before.has_variable() && !after.has_variable() => {
                Arc::new(Expr::Power(base, before.clone()))
            }
            (_, Expr::Power(base, exponent)) => self.power(base, exponent),
            (_, Expr::Sum(terms)) => sum(without_zeros(&sum(terms), &[])),
            (_, Expr::Negative(inner)) => opposite(&inner),
            (_, changed @ (Expr::Product(_) | Expr::Quotient(..))) => self.ratio(&Arc::new(changed)),
            (_, other) => Arc::new(other),
        }
    }

    /// True if it certainly has a value that is not 0 at every x.
    fn is_never_zero(&self, node: &Node) -> bool {
        match &**node {
            Expr::Parameter(name) => self.parameters.iter().any(|(known, value)| {
                known == name && value.as_ref().and_then(|value| value.constant()).is_some_and(|value| value != 0.0)
            }),
            Expr::Apply(Op::Exp | Op::Cosh | Op::Sigmoid | Op::Softplus, arguments) => self.is_total(&arguments[0]),
            Expr::Power(base, exponent) => exponent.number().is_some() && self.is_never_zero(base),
            Expr::Product(all) => all.iter().all(|one| self.is_never_zero(one)),
            Expr::Sum(terms) => {
                let positive = |term: &Node| term.number().is_some_and(|number| number.value.hi > 0.0);
                terms.iter().any(positive)
                    && terms.iter().all(|term| positive(term) || self.is_total(term) && never_negative(term))
            }
            _ => node.constant().is_some_and(|value| value.abs() > 1e-9),
        }
    }

    /// True if it certainly has a value at every x.
    fn is_total(&self, node: &Node) -> bool {
        match &**node {
            Expr::Quotient(a, b) => self.is_total(a) && self.is_total(b) && self.is_never_zero(b),
            Expr::Sum(all) | Expr::Product(all) => all.iter().all(|one| self.is_total(one)),
            Expr::Negative(inner) => self.is_total(inner),
            Expr::Apply(op, arguments) if op.is_total() => arguments.iter().all(|one| self.is_total(one)),
            _ => node.is_total(),
        }
    }

    fn power(&self, base: Node, exponent: Node) -> Node {
        let whole = exponent.number().and_then(Number::as_integer).filter(|power| (2..=64).contains(power));
        let Some(power) = whole else { return simplify::power(base, exponent) };
        let raised = |node: &Node| simplify::power(node.clone(), exponent.clone());
        match &*base {
            Expr::Negative(inner) => {
                let positive = self.power(inner.clone(), exponent);
                if power % 2 == 0 { positive } else { negative(positive) }
            }
            Expr::Apply(Op::Sqrt, inner) if power % 2 == 0 && inner[0].constant().is_some() => {
                simplify::power(inner[0].clone(), Expr::integer(i64::from(power / 2)))
            }
            Expr::Quotient(a, b) if !b.has_variable() => self.ratio(&Arc::new(Expr::Quotient(
                self.power(a.clone(), exponent.clone()),
                self.power(b.clone(), exponent),
            ))),
            Expr::Product(all) if all.iter().any(|one| one.constant().is_some()) => {
                self.ratio(&Arc::new(Expr::Product(all.iter().map(raised).collect())))
            }
            _ => simplify::power(base, exponent),
        }
    }

    /// A product or a quotient, reduced and in order.
    fn ratio(&self, node: &Node) -> Node {
        let node = match &**node {
            Expr::Quotient(a, b) => quotient(a.clone(), b.clone()),
            Expr::Product(all) => product(all.clone()),
            _ => node.clone(),
        };
        let (minus, node) = match &*node {
            Expr::Negative(inner) => (true, inner.clone()),
            _ => (false, node),
        };
        let (above, below) = match &*node {
            Expr::Quotient(a, b) if matches!(**a, Expr::Sum(_)) => {
                let kept = sum(without_zeros(a, std::slice::from_ref(b)));
                if kept != *a {
                    let again = self.ratio(&Arc::new(Expr::Quotient(kept, b.clone())));
                    return if minus { opposite(&again) } else { again };
                }
                (a.clone(), Some(b.clone()))
            }
            Expr::Quotient(a, b) => (a.clone(), Some(b.clone())),
            Expr::Product(_) => (node.clone(), None),
            _ => return if minus { negative(node) } else { node },
        };
        let mut factors = Factors { above: split(&above), below: below.as_ref().map(split).unwrap_or_default() };
        let zero = factors.above.iter().any(|(base, _)| base.number().is_some_and(|number| number.is(0)));
        if zero
            && factors.above.iter().all(|(base, _)| self.is_total(base))
            && factors.below.iter().all(|(base, _)| self.is_total(base) && self.is_never_zero(base))
        {
            return Expr::integer(0);
        }
        self.cancel(&mut factors);
        mirror(&mut factors.above);
        let result = written(factors);
        let result = distributed(&result).unwrap_or(result);
        if minus { opposite(&result) } else { result }
    }

    /// Removes what stands above and below, where that removes no hole.
    fn cancel(&self, factors: &mut Factors) {
        for (base, above) in &mut factors.above {
            let Some((_, below)) = factors.below.iter_mut().find(|(other, power)| other == base && *power > 0) else {
                continue;
            };
            let common = (*above).min(*below);
            let hole = common == *below && !self.is_never_zero(base);
            let common = if hole { common - 1 } else { common };
            *above -= common;
            *below -= common;
        }
    }
}

/// The terms of a sum without those that are 0 wherever the others, or `further` parts, have a value.
fn without_zeros(node: &Node, further: &[Node]) -> Vec<Node> {
    let Expr::Sum(terms) = &**node else { return vec![node.clone()] };
    let vanishes = |place: usize| {
        let Expr::Product(factors) = &*terms[place] else { return false };
        let others = || terms.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, term)| term);
        factors[0].number().is_some_and(|number| number.is(0))
            && factors[1..]
                .iter()
                .all(|one| one.is_total() || others().chain(further).any(|other| contains(other, one)))
    };
    // One at a time, because two may lean on each other.
    match (0..terms.len()).find(|place| vanishes(*place)) {
        None => terms.clone(),
        Some(place) => {
            let mut rest = terms.clone();
            rest.remove(place);
            if rest.len() == 1 { rest } else { without_zeros(&Arc::new(Expr::Sum(rest)), further) }
        }
    }
}

/// Whether an expression has no value where `part` has none, because `part` occurs in it.
fn contains(node: &Node, part: &Node) -> bool {
    if node == part {
        return true;
    }
    if matches!(**node, Expr::Piecewise(..)) {
        return false;
    }
    let mut found = false;
    node.each_child(&mut |child| found = found || contains(child, part));
    found
}

/// The opposite, without a minus in front of a sum.
fn opposite(node: &Node) -> Node {
    match &**node {
        Expr::Sum(terms) => sum(terms.iter().map(|term| negative(term.clone())).collect()),
        _ => negative(node.clone()),
    }
}

/// The factors of a product with their exponents, equal ones together.
fn split(node: &Node) -> Vec<(Node, i32)> {
    fn collect(node: &Node, all: &mut Vec<(Node, i32)>) {
        let (base, power) = match &**node {
            Expr::Product(factors) => return factors.iter().for_each(|one| collect(one, all)),
            Expr::Power(base, exponent) => match exponent.number().and_then(Number::as_integer) {
                Some(power @ 1..=1000) => (base, power),
                _ => (node, 1),
            },
            _ => (node, 1),
        };
        match all.iter_mut().find(|(known, _)| known == base && base.number().is_none()) {
            Some((_, known)) => *known += power,
            None => all.push((base.clone(), power)),
        }
    }
    let mut all = Vec::new();
    collect(node, &mut all);
    all
}

/// `σ(u) σ(−u)` is written σ(u)(1 − σ(u)).
fn mirror(factors: &mut [(Node, i32)]) {
    let arguments: Vec<Node> = factors
        .iter()
        .filter_map(|(base, _)| match &**base {
            Expr::Apply(Op::Sigmoid, arguments) => Some(arguments[0].clone()),
            _ => None,
        })
        .collect();
    for (base, _) in factors {
        let Expr::Apply(Op::Sigmoid, inner) = &**base else { continue };
        let opposite = negative(inner[0].clone());
        if matches!(*inner[0], Expr::Negative(_)) && arguments.contains(&opposite) {
            let other = Arc::new(Expr::Apply(Op::Sigmoid, vec![opposite]));
            *base = Arc::new(Expr::Sum(vec![Expr::integer(1), Arc::new(Expr::Negative(other))]));
        }
    }
}

/// Where a factor stands in a product.
fn rank(node: &Expr) -> u8 {
    match node {
        Expr::Number(_) => 0,
        Expr::Parameter(_) => 2,
        Expr::Variable => 3,
        Expr::Power(base, _) if !matches!(**base, Expr::E) => rank(base),
        _ if node.constant().is_some() => 1,
        _ if is_polynomial(node) => 4,
        Expr::Sum(_) => 6,
        Expr::Piecewise(..) => 7,
        _ => 5,
    }
}

fn is_polynomial(node: &Expr) -> bool {
    let mut plain = !matches!(node, Expr::Apply(..) | Expr::Call(..) | Expr::Piecewise(..));
    node.each_child(&mut |child| plain = plain && is_polynomial(child));
    plain
}

/// Square roots of constants under one root.
fn rooted(factors: Vec<(Node, i32)>) -> Vec<Node> {
    let (mut roots, mut all) = (Vec::new(), Vec::new());
    for (base, power) in factors.into_iter().filter(|(_, power)| *power > 0) {
        match &*base {
            Expr::Apply(Op::Sqrt, inner) if power == 1 && inner[0].constant().is_some() => roots.push(inner[0].clone()),
            _ => all.push(simplify::power(base, Expr::integer(i64::from(power)))),
        }
    }
    if !roots.is_empty() {
        let mut inner = if roots.len() == 1 { roots.remove(0) } else { product(roots) };
        if let Expr::Product(factors) = &*inner {
            let mut factors = factors.clone();
            factors.sort_by_key(|one| rank(one));
            inner = Arc::new(Expr::Product(factors));
        }
        all.push(Arc::new(Expr::Apply(Op::Sqrt, vec![inner])));
    }
    all.sort_by_key(|one| rank(one));
    all
}

fn written(factors: Factors) -> Node {
    let of = |mut all: Vec<Node>| match all.len() {
        0 => Expr::integer(1),
        1 => all.remove(0),
        _ => Arc::new(Expr::Product(all)),
    };
    let (mut above, mut below) = (rooted(factors.above), rooted(factors.below));
    // The numbers above and below as one fraction.
    let mut ratio = Some(Number::integer(1));
    for one in &above {
        ratio = one.number().map_or(ratio, |number| ratio.and_then(|ratio| ratio.multiply(number)));
    }
    for one in &below {
        ratio = one.number().map_or(ratio, |number| ratio.and_then(|ratio| ratio.divide(number)));
    }
    let decimal = |all: &[Node]| all.iter().filter_map(|one| one.number()).any(|number| number.as_integer().is_none());
    if let Some((n, d)) = ratio.and_then(|ratio| ratio.ratio)
        && !decimal(&above)
        && !decimal(&below)
        && let (Some(n), Some(d)) = (Number::ratio(n, 1), Number::ratio(d, 1))
    {
        above.retain(|one| one.number().is_none());
        below.retain(|one| one.number().is_none());
        if !n.is(1) {
            above.insert(0, number(n));
        }
        if !d.is(1) {
            below.insert(0, number(d));
        }
    }
    let without_one = |all: Vec<Node>| -> Vec<Node> {
        all.into_iter().filter(|one| !one.number().is_some_and(|number| number.is(1))).collect()
    };
    let (above, below) = (without_one(above), without_one(below));
    if below.is_empty() { of(above) } else { Arc::new(Expr::Quotient(of(above), of(below))) }
}

/// `(2a + b)/2` as a + b/2, and `(2a + 2b)/(2c)` as (a + b)/c.
fn distributed(node: &Node) -> Option<Node> {
    let Expr::Quotient(above, below) = &**node else { return None };
    let Expr::Sum(terms) = &**above else { return None };
    let (divisor, rest) = match &**below {
        Expr::Number(divisor) => (*divisor, None),
        Expr::Product(all) => (all[0].number()?, Some(all[1..].to_vec())),
        _ => return None,
    };
    let divides = |term: &Node| {
        let mut inner = term;
        if let Expr::Negative(positive) = &**inner {
            inner = positive;
        }
        if let Expr::Quotient(top, _) = &**inner {
            inner = top;
        }
        let first = match &**inner {
            Expr::Product(all) => all[0].number(),
            Expr::Number(number) => Some(*number),
            _ => None,
        };
        first.and_then(|first| first.divide(divisor)).is_some_and(|ratio| ratio.as_integer().is_some())
    };
    let worth = if rest.is_some() { terms.iter().all(divides) } else { terms.iter().any(divides) };
    let divided = || sum(terms.iter().map(|term| quotient(term.clone(), number(divisor))).collect());
    worth.then(|| match rest {
        None => divided(),
        Some(mut rest) => {
            let below = if rest.len() == 1 { rest.remove(0) } else { Arc::new(Expr::Product(rest)) };
            Arc::new(Expr::Quotient(divided(), below))
        }
    })
}

/// True if a value is certainly at least 0.
fn never_negative(node: &Node) -> bool {
    match &**node {
        Expr::Number(number) => !number.is_negative(),
        Expr::Apply(op, _) => matches!(op, Op::Abs | Op::Exp | Op::Sqrt | Op::Cosh | Op::Sigmoid | Op::Softplus),
        Expr::Power(base, exponent) => {
            never_negative(base)
                || exponent.number().and_then(Number::as_integer).is_some_and(|power| power >= 0 && power % 2 == 0)
        }
        Expr::Sum(all) | Expr::Product(all) => all.iter().all(never_negative),
        _ => false,
    }
}

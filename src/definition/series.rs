//! Sums and products with numbers for limits, and the derivative written as a fraction.

use std::ops::Range;
use std::sync::Arc;

use super::application::Shape;
use super::expression::{Factor, Parser};
use super::items::{Item, Kind, range_of};
use super::{Context, Error, error, names, rows};
use crate::function::expression::{Expr, Node, Relation};

/// A sum may have so many terms.
const MOST_TERMS: i64 = 200;

/// `\sum_{k=0}^{5}` and what follows it, up to the next plus or minus.
pub(super) fn read(parser: &mut Parser<'_, '_, '_>) -> Result<Factor, Error> {
    let Some(operator) = parser.peek() else { return Err(parser.unexpected()) };
    let product = operator.is_command("prod");
    parser.at += 1;
    let (mut lower, mut upper) = (None, None);
    while let Some(item) = parser.peek() {
        match &item.kind {
            Kind::Subscript(inner) => lower = Some((inner.as_slice(), item.range.clone())),
            Kind::Superscript(inner) => upper = Some((inner.as_slice(), item.range.clone())),
            _ => break,
        }
        parser.at += 1;
    }
    let help = "write both limits, as in `\\sum_{k=0}^{5}`";
    let (Some((lower, lower_place)), Some((upper, upper_place))) = (lower, upper) else {
        return Err(error(operator.range.clone(), "this sum does not say from where to where it goes", help));
    };
    let sides = rows::divided(lower, |item| item.kind == Kind::Relation(Relation::Equal));
    let index = sides.first().and_then(|name| names::spelling(name));
    let (Some(index), [_, first]) = (index, sides.as_slice()) else {
        return Err(error(lower_place, "the lower limit names no index and its first value", help));
    };
    let first = limit(parser, first, &lower_place, "lower")?;
    let last = limit(parser, upper, &upper_place, "upper")?;
    if last - first >= MOST_TERMS {
        return Err(error(upper_place, format!("the sum has more than {MOST_TERMS} terms"), ""));
    }
    let body = parser.at;
    if product && let Some(place) = late_factor(parser, &index) {
        let message = "this factor can belong to each factor of the product or stand behind it";
        return Err(error(place, message, "put parentheses around the product, or around what it multiplies"));
    }
    let (mut terms, mut value) = (Vec::new(), first);
    loop {
        parser.at = body;
        parser.context.bound.push((index.clone(), value));
        let term = parser.product();
        parser.context.bound.pop();
        let term = term?;
        if value <= last {
            terms.push(term);
        }
        value += 1;
        if value > last {
            break;
        }
    }
    let node = match terms.len() {
        0 => Expr::integer(i64::from(product)),
        1 => terms.remove(0),
        _ if product => Arc::new(Expr::Product(terms)),
        _ => Arc::new(Expr::Sum(terms)),
    };
    Ok(Factor { node, shape: Shape::Other })
}

/// A factor that does not depend on the index, behind a sign or brackets, while one before it does.
fn late_factor(parser: &Parser<'_, '_, '_>, index: &str) -> Option<Range<usize>> {
    let rest = &parser.items[parser.at..];
    let end = rows::divided(rest, |item| item.is_char('+') || item.is_char('-'));
    let product = end.first()?;
    let factors = rows::divided(product, |item| item.is_char('*'));
    let depends = |factor: &[Item]| uses(factor, index);
    let first = factors.iter().position(|factor| depends(factor))?;
    let late = factors[first + 1..].iter().find(|factor| !factor.is_empty() && !depends(factor));
    if let Some(late) = late {
        return Some(range_of(late, parser.place.clone()));
    }
    // What follows the brackets that hold the index for the last time.
    let last = (0..product.len()).rev().find(|&at| depends(&product[at..=at]))?;
    let (mut depth, mut bars) = (0i32, 0);
    let mut closed = matches!(product[last].kind, Kind::Fence(..)).then_some(last + 1);
    for (at, item) in product.iter().enumerate() {
        match item.kind {
            Kind::Char('(' | '[') => depth += 1,
            Kind::Char(')' | ']') => depth -= 1,
            Kind::Char('|') => bars += 1,
            _ => continue,
        }
        if at > last && depth == 0 && bars % 2 == 0 && closed.is_none() {
            closed = Some(at + 1);
        }
    }
    let behind = &product[closed?..];
    let powers = behind.iter().take_while(|item| matches!(item.kind, Kind::Superscript(_) | Kind::Char('!' | '\'')));
    let behind = &behind[powers.count()..];
    let is_value =
        |item: &Item| !matches!(item.kind, Kind::Quad | Kind::Align | Kind::Char(',' | '.' | ';' | ')' | ']'));
    behind.first().filter(|item| is_value(item)).map(|_| range_of(behind, parser.place.clone()))
}

/// Whether a name occurs in items.
fn uses(items: &[Item], name: &str) -> bool {
    (0..items.len()).any(|at| {
        names::spelling(&items[at..=at]).is_some_and(|found| found == name)
            || match &items[at].kind {
                Kind::Group(inner)
                | Kind::Superscript(inner)
                | Kind::Subscript(inner)
                | Kind::Fence(_, _, inner)
                | Kind::Root(None, inner) => uses(inner, name),
                Kind::Fraction(a, b) | Kind::Binomial(a, b) | Kind::Root(Some(a), b) => uses(a, name) || uses(b, name),
                _ => false,
            }
    })
}

/// A limit of a sum: a whole number, or a parameter whose value is one.
fn limit(parser: &mut Parser<'_, '_, '_>, items: &[Item], place: &Range<usize>, which: &str) -> Result<i64, Error> {
    let range = range_of(items, place.clone());
    if items.iter().any(|item| item.is_command("infty")) {
        return Err(error(range, "an infinite sum is not part of the function language", "write what it is equal to"));
    }
    let node = parser.sub(items, place).map_err(|found| {
        let shown = parser.shown(range.clone());
        let message = format!("the {which} limit `{shown}` of the sum has no value");
        error(found.range, message, "give it a value in the comment, as in `% define f; n = 5`")
    })?;
    parser.context.whole_number(&node).ok_or_else(|| error(range, "a limit of a sum is a whole number", ""))
}

/// How a derivative is written as a fraction: how often, and whether what is derived stands above the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    times: u32,
    /// Items of the numerator that belong to the operator.
    sign: usize,
}

fn is_d(item: &Item, context: &Context<'_>) -> bool {
    let d = item.is_char('d') && context.variable.as_deref() != Some("d");
    (d && !context.parameters.iter().any(|(name, _)| name == "d")) || item.is_command("partial")
}

/// `d²/dx²`: the order, if a fraction is a derivative. An error if it derives by something that is not the variable.
pub(super) fn derivative_order(above: &[Item], below: &[Item], context: &Context<'_>) -> Result<Option<Order>, Error> {
    let (Some(first), [second, rest @ ..]) = (above.first(), below) else { return Ok(None) };
    if !is_d(first, context) || !is_d(second, context) || rest.is_empty() {
        return Ok(None);
    }
    let power = |item: &Item| match &item.kind {
        Kind::Superscript(inner) => match inner.as_slice() {
            [Item { kind: Kind::Char(digit), .. }] => digit.to_digit(10),
            _ => None,
        },
        _ => None,
    };
    let upper = above.get(1).and_then(power);
    let (name, lower) = match rest {
        [name @ .., last] if power(last).is_some() => (name, power(last)),
        name => (name, None),
    };
    if upper.unwrap_or(1) != lower.unwrap_or(1) {
        return Err(error(
            range_of(below, 0..0),
            "the orders above and below do not agree",
            "write `\\frac{d^2}{dx^2}`",
        ));
    }
    let by = names::spelling(name);
    if by.is_none() || context.variable.is_some() && by != context.variable {
        let variable = context.variable.as_deref().unwrap_or("x");
        let message = format!("a derivative by something that is not the variable `{variable}`");
        return Err(error(range_of(below, 0..0), message, ""));
    }
    Ok(Some(Order { times: upper.unwrap_or(1), sign: 1 + usize::from(upper.is_some()) }))
}

/// The variable that a fraction such as `d/dx` or `df/dx` derives by.
pub(super) fn derived_by(above: &[Item], below: &[Item]) -> Option<String> {
    let d = |item: Option<&Item>| item.is_some_and(|item| item.is_char('d') || item.is_command("partial"));
    if !d(above.first()) || !d(below.first()) {
        return None;
    }
    let name =
        below[1..].iter().take_while(|item| !matches!(item.kind, Kind::Superscript(_))).cloned().collect::<Vec<_>>();
    names::spelling(&name)
}

/// A derivative as a value: the fraction is the next item.
pub(super) fn derivative(
    parser: &mut Parser<'_, '_, '_>,
    order: Order,
    above: &[Item],
    item: &Item,
) -> Result<Factor, Error> {
    parser.at += 1;
    let inner = &above[order.sign..];
    if inner.is_empty() {
        let operand = behind(parser, item)?;
        let node = Parser::derived(operand, order.times, &item.range)?;
        return Ok(Factor { node, shape: Shape::Other });
    }
    let brackets = parser.peek().filter(|item| match &item.kind {
        Kind::Char(open) => *open == '(',
        Kind::Fence(open, ..) => open == "(",
        _ => false,
    });
    let alone = function_alone(parser.context, inner, &item.range)?;
    let node = match (alone, brackets) {
        // `\frac{df}{dx}(2x)` is the derivative at `2x`.
        (Some(function), Some(_)) => {
            let derived = Parser::derived(function, order.times, &item.range)?;
            // A power behind it is one of the value.
            let argument = parser.in_parentheses()?.node;
            Expr::at(&derived, &argument)
        }
        (Some(function), None) => Parser::derived(function, order.times, &item.range)?,
        (None, Some(brackets)) => {
            let place = item.range.start..brackets.range.end;
            let message = "what stands in parentheses behind this derivative can be a factor or its argument";
            return Err(error(place, message, "write `\\cdot` before a factor"));
        }
        (None, None) => {
            let operand = parser.sub(inner, &item.range)?;
            Parser::derived(operand, order.times, &item.range)?
        }
    };
    Ok(Factor { node, shape: Shape::Other })
}

/// `f` for `f(x)`.
fn function_alone(context: &mut Context<'_>, items: &[Item], place: &Range<usize>) -> Result<Option<Node>, Error> {
    let Some(name) = names::spelling(items) else { return Ok(None) };
    let known = context.variable.as_deref() == Some(name.as_str())
        || context.parameters.iter().any(|(known, _)| *known == name)
        || context.bound.iter().any(|(known, _)| *known == name);
    if known {
        return Ok(None);
    }
    Ok(match context.meaning(&name, place)? {
        Some(meaning) => Some(super::applied(&name, meaning, place)?),
        None => None,
    })
}

/// What stands behind `d/dx`: a function, brackets, or the factors up to the next sign.
fn behind(parser: &mut Parser<'_, '_, '_>, item: &Item) -> Result<Node, Error> {
    let start = parser.at;
    let brackets = matches!(parser.peek().map(|item| &item.kind), Some(Kind::Char('(' | '[') | Kind::Fence(..)));
    let name_only = parser.peek().filter(|name| !matches!(&name.kind, Kind::Command(name) if !names::is_letter(name)));
    let name_only = name_only.filter(|_| {
        let next = parser.peek_at(1).map(|next| &next.kind);
        !matches!(
            next,
            Some(Kind::Char('(' | '[' | '\'') | Kind::Fence(..) | Kind::Superscript(_) | Kind::Subscript(_))
        )
    });
    if let Some(name) = name_only
        && let Some(node) = function_alone(parser.context, std::slice::from_ref(name), &item.range)?
    {
        parser.at += 1;
        if parser.starts_factor() {
            return Err(two_ends(parser, item, start));
        }
        return Ok(node);
    }
    let mut factors = vec![parser.factor()?.node];
    let goes_on = |parser: &Parser<'_, '_, '_>| {
        parser.starts_factor() || parser.peek().is_some_and(|item| item.is_char('*') || item.is_char('/'))
    };
    while !brackets && parser.starts_factor() {
        factors.push(parser.factor()?.node);
    }
    if goes_on(parser) {
        return Err(two_ends(parser, item, start));
    }
    Ok(if factors.len() == 1 { factors.remove(0) } else { Arc::new(Expr::Product(factors)) })
}

fn two_ends(parser: &Parser<'_, '_, '_>, item: &Item, start: usize) -> Error {
    let range = item.range.start..parser.here().end;
    let message =
        format!("what `{}` derives can end in two places", parser.shown(item.range.start..parser.since(start).end));
    error(range, message, "put parentheses around what is derived")
}

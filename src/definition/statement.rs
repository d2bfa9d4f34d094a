//! A formula as a statement: its left side, the chain of what it equals, and where it holds.

use std::ops::Range;

use super::items::{Item, Kind, range_of};
use super::{Context, Error, application, error, names, rows, series};
use crate::function::expression::Relation;

/// Environments whose rows are lines of a formula.
const LINES: [&str; 16] = [
    "equation",
    "align",
    "aligned",
    "alignat",
    "alignedat",
    "gather",
    "gathered",
    "eqnarray",
    "split",
    "multline",
    "flalign",
    "displaymath",
    "math",
    "multlined",
    "subequations",
    "dmath",
];

/// What the left side of a formula says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The symbol that later formulas may use: `f`, `sigma`.
    pub(super) symbol: Option<String>,
    /// The variable, if the left side names it.
    pub(super) variable: Option<String>,
    /// Further arguments: parameters.
    pub(super) further: Vec<(String, Range<usize>)>,
    /// It is a derivative.
    pub(super) derived: bool,
}

/// The statements of a formula: one for each line that is not the continuation of the line before it.
pub(super) fn statements(items: &[Item]) -> Vec<Vec<Item>> {
    let mut all: Vec<Vec<Item>> = Vec::new();
    for line in lines(items) {
        let significant = |item: &&Item| !matches!(item.kind, Kind::Quad | Kind::Align);
        let Some(first) = line.iter().find(significant) else { continue };
        let starts = goes_on(first);
        let ends = all.last().and_then(|before| before.iter().rev().find(significant)).is_some_and(goes_on);
        match all.last_mut() {
            Some(before) if starts || ends => before.extend(line),
            _ => all.push(line),
        }
    }
    all
}

/// A sign that has something on both sides.
fn goes_on(item: &Item) -> bool {
    matches!(item.kind, Kind::Relation(_) | Kind::In(_) | Kind::Char('+' | '-' | '*' | '/'))
}

/// The lines of a formula, with what aligns them left out.
fn lines(items: &[Item]) -> Vec<Vec<Item>> {
    let marks = |item: &Item| matches!(item.kind, Kind::Char('.' | ',' | ';') | Kind::Quad);
    let shown = items.iter().filter(|item| !marks(item)).collect::<Vec<_>>();
    if let [Item { kind: Kind::Environment(name, cells), .. }] = shown.as_slice()
        && LINES.contains(&name.as_str())
    {
        return cells.iter().flat_map(|cells| lines(&line(cells))).collect();
    }
    items.split(|item| item.kind == Kind::NewRow).map(aligned).filter(|line| !line.is_empty()).collect()
}

fn line(cells: &[Vec<Item>]) -> Vec<Item> {
    let mut line: Vec<Item> = Vec::new();
    for (number, cell) in cells.iter().enumerate() {
        if number > 0 {
            let at = cell.first().map(|item| item.range.start).or(line.last().map(|item| item.range.end)).unwrap_or(0);
            line.push(Item { kind: Kind::Align, range: at..at });
        }
        line.extend(cell.iter().cloned());
    }
    line
}

/// `&` beside a relation only aligns; elsewhere it parts what is beside it.
fn aligned(line: &[Item]) -> Vec<Item> {
    let relation = |item: Option<&Item>| item.is_none_or(|item| matches!(item.kind, Kind::Relation(_) | Kind::Align));
    let mut kept = Vec::new();
    for (number, item) in line.iter().enumerate() {
        let before = number.checked_sub(1).and_then(|before| line.get(before));
        let after = line.get(number + 1);
        let parted = !relation(after) || after.is_some_and(|next| next.kind == Kind::Align);
        if item.kind != Kind::Align {
            kept.push(item.clone());
        } else if !relation(before) && parted {
            kept.push(Item { kind: Kind::Quad, range: item.range.clone() });
        }
    }
    kept
}

/// The items before the first equals sign outside brackets, and those after it.
pub(super) fn sides(items: &[Item]) -> Option<(&[Item], &[Item])> {
    let parts = rows::divided(items, |item| item.kind == Kind::Relation(Relation::Equal));
    let left = parts.first().filter(|_| parts.len() > 1)?;
    Some((left, &items[left.len() + 1..]))
}

/// `f : D \to R, x \mapsto …`: the name, the variable and what it becomes.
pub(super) fn mapping(items: &[Item]) -> Option<(Head, &[Item])> {
    let arrow = items.iter().position(|item| item.is_command("mapsto") || item.is_command("longmapsto"))?;
    let before = &items[..arrow];
    let variable = names::spelling(before.last().map(std::slice::from_ref)?)?;
    let symbol = match &before[..before.len() - 1] {
        [name @ .., colon] if colon.is_char(':') => Some(names::spelling(name)?),
        [] => None,
        // `f : \mathbb{R} \to \mathbb{R}, x \mapsto …`
        sets => {
            let colon = sets.iter().position(|item| item.is_char(':'))?;
            let marks = |item: &&Item| !matches!(item.kind, Kind::Quad | Kind::Align | Kind::Char(',' | ';'));
            let rest: Vec<&Item> = sets[colon + 1..].iter().filter(marks).collect();
            match rest.as_slice() {
                [from, arrow, _] if from.kind == Kind::Set('R') && arrow.is_command("to") => {
                    Some(names::spelling(&sets[..colon])?)
                }
                _ => return None,
            }
        }
    };
    Some((Head { symbol, variable: Some(variable), ..Head::default() }, &items[arrow + 1..]))
}

/// A left side without `f : \mathbb{R} \to \mathbb{R},` before it.
pub(super) fn without_declaration(items: &[Item]) -> &[Item] {
    let Some(colon) = items.iter().position(|item| item.is_char(':')) else { return items };
    let declared = match &items[colon + 1..] {
        [from, arrow, ..] => from.kind == Kind::Set('R') && arrow.is_command("to"),
        _ => false,
    };
    let mark = items.iter().rposition(|item| matches!(item.kind, Kind::Quad | Kind::Char(',' | ';')));
    match mark {
        Some(mark) if declared && mark > colon => &items[mark + 1..],
        _ => items,
    }
}

/// Reads a left side; `None` if it names no function.
pub(super) fn head(items: &[Item]) -> Option<Head> {
    let items: Vec<Item> =
        items.iter().filter(|item| !matches!(item.kind, Kind::Quad | Kind::Align)).cloned().collect();
    match items.as_slice() {
        [] => None,
        [Item { kind: Kind::Fraction(above, below), .. }, ..] => {
            Some(Head { variable: Some(series::derived_by(above, below)?), derived: true, ..Head::default() })
        }
        [open, name @ .., close]
            if open.is_char('|') && close.is_char('|') || open.is_command("lvert") && close.is_command("rvert") =>
        {
            lone(name)
        }
        [Item { kind: Kind::Fence(open, close, name), .. }] if open == "|" && close == "|" => lone(name),
        [Item { kind: Kind::Command(function), .. }, rest @ ..] if names::named_function(function).is_some() => {
            // `\log_2 x`, `\sin^2 x`
            let signs = rest.iter().take_while(|item| matches!(item.kind, Kind::Superscript(_) | Kind::Subscript(_)));
            match &rest[signs.count()..] {
                [Item { kind: Kind::Group(inner) | Kind::Fence(_, _, inner), .. }] => lone(inner),
                [open, name @ .., close] if open.is_char('(') && close.is_char(')') => lone(name),
                name => lone(name),
            }
        }
        items => named(items),
    }
}

/// A left side that is made of one name, the variable.
fn lone(items: &[Item]) -> Option<Head> {
    let name = names::spelling(items)?;
    let one = items.iter().filter(|item| !matches!(item.kind, Kind::Subscript(_))).count() == 1;
    one.then(|| Head { variable: Some(name), ..Head::default() })
}

/// A name, primes, and arguments in parentheses.
fn named(items: &[Item]) -> Option<Head> {
    let count = 1 + usize::from(matches!(items.get(1).map(|item| &item.kind), Some(Kind::Subscript(_))));
    if !matches!(items[0].kind, Kind::Char(_) | Kind::Command(_) | Kind::Word(_)) {
        return None;
    }
    if matches!(items[0].kind, Kind::Char(c) if !c.is_alphabetic()) {
        return None;
    }
    let symbol = names::spelling(&items[..count])?;
    let mut rest = &items[count..];
    let mut derived = false;
    while let [first, behind @ ..] = rest {
        match &first.kind {
            Kind::Char('\'') => {}
            Kind::Superscript(inner)
                if application::primes(inner) > 0 || application::order_of_derivative(inner).is_some() => {}
            _ => break,
        }
        derived = true;
        rest = behind;
    }
    let head = Head { symbol: (!derived).then_some(symbol), derived, ..Head::default() };
    let inner = match rest {
        [] => return Some(head),
        [open, inner @ .., close] if open.is_char('(') && close.is_char(')') => inner,
        [Item { kind: Kind::Fence(open, close, inner), .. }] if open == "(" && close == ")" => inner,
        // `\operatorname{sgn} x`
        name if matches!(items[0].kind, Kind::Word(_)) => {
            return lone(name).map(|lone| Head { variable: lone.variable, ..head });
        }
        _ => return None,
    };
    let mut arguments = Vec::new();
    for argument in rows::divided(inner, |item| matches!(item.kind, Kind::Char(',' | ';' | '|'))) {
        let name = names::spelling(argument)?;
        if argument.iter().filter(|item| !matches!(item.kind, Kind::Subscript(_))).count() > 1 {
            return None;
        }
        if matches!(argument[0].kind, Kind::Char(c) if c.is_ascii_digit()) {
            return None;
        }
        arguments.push((name, range_of(argument, 0..0)));
    }
    let variable = Some(arguments.remove(0).0);
    Some(Head { variable, further: arguments, ..head })
}

/// The letters in items that have no meaning yet, each with its first place, in order.
pub(super) fn free_names(items: &[Item], context: &mut Context<'_>) -> Result<Vec<(String, Range<usize>)>, Error> {
    let mut found = Vec::new();
    collect(items, context, &mut found)?;
    Ok(found)
}

fn collect(items: &[Item], context: &mut Context<'_>, found: &mut Vec<(String, Range<usize>)>) -> Result<(), Error> {
    let mut at = 0;
    let indices: Vec<String> = items
        .windows(2)
        .filter(|pair| pair[0].is_command("sum") || pair[0].is_command("prod"))
        .filter_map(|pair| match &pair[1].kind {
            Kind::Subscript(inner) => {
                inner.split(|item| matches!(item.kind, Kind::Relation(_))).next().and_then(names::spelling)
            }
            _ => None,
        })
        .collect();
    let outer = context.bound.len();
    context.bound.extend(indices.into_iter().map(|index| (index, 0)));
    while at < items.len() {
        at += one(&items[at..], context, found)?;
    }
    context.bound.truncate(outer);
    Ok(())
}

/// Collects from the first item; gives the number of items that belong to it.
fn one(items: &[Item], context: &mut Context<'_>, found: &mut Vec<(String, Range<usize>)>) -> Result<usize, Error> {
    let item = &items[0];
    match &item.kind {
        Kind::Fraction(above, below) => {
            if let Some(variable) = series::derived_by(above, below) {
                add(variable, item.range.clone(), context, found);
                collect(&above[1..], context, found)?;
                return Ok(1);
            }
            collect(above, context, found)?;
            collect(below, context, found)?;
        }
        Kind::Root(degree, inner) => {
            collect(degree.as_deref().unwrap_or_default(), context, found)?;
            collect(inner, context, found)?;
        }
        Kind::Binomial(above, below) => {
            collect(above, context, found)?;
            collect(below, context, found)?;
        }
        Kind::Group(inner) | Kind::Superscript(inner) | Kind::Subscript(inner) | Kind::Fence(_, _, inner) => {
            collect(inner, context, found)?;
        }
        Kind::Environment(_, cells) => {
            for cell in cells.iter().flatten() {
                collect(cell, context, found)?;
            }
        }
        Kind::Char(c) if !c.is_alphabetic() => {}
        Kind::Command(name) if !names::is_letter(name) => {}
        Kind::Word(word) if names::say(word).is_some() || !names::is_name(word) => {}
        Kind::Char(_) | Kind::Command(_) | Kind::Word(_) => {
            let count = 1 + usize::from(matches!(items.get(1).map(|item| &item.kind), Some(Kind::Subscript(_))));
            let Some(name) = names::spelling(&items[..count]) else { return Ok(1) };
            let range = range_of(&items[..count], item.range.clone());
            let upright = matches!(item.kind, Kind::Word(_));
            let constant = matches!(name.as_str(), "e" | "pi");
            let known = upright && names::upright_function(&name).is_some();
            if !constant && !known && context.meaning(&name, &range)?.is_none() {
                add(name, range, context, found);
            }
            return Ok(count);
        }
        _ => {}
    }
    Ok(1)
}

fn add(name: String, range: Range<usize>, context: &Context<'_>, found: &mut Vec<(String, Range<usize>)>) {
    let known = context.parameters.iter().any(|(known, _)| *known == name)
        || context.bound.iter().any(|(known, _)| *known == name)
        || found.iter().any(|(known, _)| *known == name);
    if !known {
        found.push((name, range));
    }
}

/// The statement that a comment belongs to: one that stands before it in its line, else the one that it stands in or
/// before, else the last.
pub(super) fn belonging<'s>(
    text: &str,
    statements: &'s [Vec<Item>],
    comment: &Range<usize>,
    only: bool,
) -> Result<&'s [Item], Error> {
    if only && let [_, second, ..] = statements {
        let place = range_of(second, comment.clone());
        let message = "this formula says more than one thing";
        return Err(error(place, message, "put each statement into a formula of its own, or a comment into each line"));
    }
    let line = text.get(..comment.start).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    let ranges = || statements.iter().map(|items| (items, range_of(items, 0..0)));
    let beside = ranges().rev().find(|(_, range)| range.start < comment.start && range.end > line);
    let chosen = beside.or_else(|| ranges().find(|(_, range)| range.end >= comment.start));
    let chosen = chosen.map(|(items, _)| items).or(statements.last());
    chosen.map(Vec::as_slice).ok_or_else(|| error(comment.clone(), "there is no formula here", ""))
}

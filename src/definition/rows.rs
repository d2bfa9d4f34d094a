//! Values under conditions: rows of `cases`, conditions before and after, intervals, "if" and "otherwise".
//!
//! A row is divided at marks, words and wide spaces into one value and its condition; a condition becomes alternatives
//! of comparisons that must all hold. Rows that overlap must agree where they do.

use std::ops::Range;
use std::sync::Arc;

use super::expression::whole;
use super::items::{Item, Kind, range_of};
use super::names::{self, Say};
use super::{Context, Error, Link, error, overlap};
use crate::function::expression::{Condition, Expr, Node, Relation};
use crate::function::isolate::both;

/// A formula may have so many rows.
const MOST_ROWS: usize = 100;

/// Two values compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub(super) left: Node,
    pub(super) relation: Relation,
    pub(super) right: Node,
}

/// Comparisons that must all hold; none is always true.
pub(super) type Clause = Vec<Comparison>;

/// Alternatives: one of them must hold.
pub(super) type Alternatives = Vec<Clause>;

/// A value with its condition.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) value: Node,
    pub(super) when: When,
    pub(super) place: Range<usize>,
}

/// When a row holds.
#[derive(Debug, Clone)]
pub(super) enum When {
    /// If this holds.
    If(Alternatives),
    /// If this holds and no row before it does.
    ElseIf(Alternatives),
    /// If no other row does.
    Otherwise,
}

/// A value and a condition as items.
#[derive(Debug, Default)]
pub(super) struct Divided<'i> {
    /// The parts of the value: runs of items without a mark between them.
    pub(super) value: Vec<Item>,
    /// The conditions and what is said to join each to the one before it.
    conditions: Vec<(Option<Say>, &'i [Item])>,
    otherwise: Option<Range<usize>>,
    else_if: bool,
    /// Everything is said to hold: "for all x".
    always: bool,
}

/// Divides items at a mark that stands outside brackets.
pub(super) fn divided(items: &[Item], mark: impl Fn(&Item) -> bool) -> Vec<&[Item]> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0i32);
    for (number, item) in items.iter().enumerate() {
        match &item.kind {
            Kind::Char('(' | '[') => depth += 1,
            Kind::Char(')' | ']') => depth -= 1,
            Kind::Command(name) if name == "lbrace" => depth += 1,
            Kind::Command(name) if name == "rbrace" => depth -= 1,
            _ if depth == 0 && mark(item) => {
                parts.push(&items[start..number]);
                start = number + 1;
            }
            _ => {}
        }
    }
    parts.push(&items[start..]);
    parts
}

/// Items without the `\{` and `\}` around them.
pub(super) fn without_braces(items: &[Item]) -> &[Item] {
    match items {
        [open, inner @ .., close] if open.is_command("lbrace") && close.is_command("rbrace") => inner,
        [Item { kind: Kind::Fence(open, close, inner), .. }] if open == "{" && close == "}" => inner,
        _ => items,
    }
}

fn is_comparison(item: &Item) -> bool {
    matches!(item.kind, Kind::Relation(_) | Kind::In(_))
}

/// Whether a comparison stands outside brackets.
pub(super) fn has_comparison(items: &[Item]) -> bool {
    divided(items, is_comparison).len() > 1
}

fn has_order(items: &[Item]) -> bool {
    divided(items, |item| is_comparison(item) && item.kind != Kind::Relation(Relation::Equal)).len() > 1
}

/// 1 where a condition holds, else 0.
pub(super) fn indicator(condition: &Alternatives) -> Node {
    let rows = condition.iter().map(|clause| (as_condition(clause), Expr::integer(1))).collect();
    Arc::new(Expr::Piecewise(rows, Some(Expr::integer(0))))
}

/// A value where a condition holds; undefined elsewhere.
pub(super) fn restricted(value: &Node, condition: &Alternatives) -> Node {
    if condition.iter().any(Vec::is_empty) {
        return value.clone();
    }
    let rows = condition.iter().map(|clause| (as_condition(clause), value.clone())).collect();
    Arc::new(Expr::Piecewise(rows, None))
}

/// A clause as one chain; neighbours that share a term are joined, as in `0 < x` and `x < 1`.
pub(super) fn as_condition(clause: &Clause) -> Condition {
    let mut condition = Condition { terms: Vec::new(), relations: Vec::new() };
    for Comparison { left, relation, right } in clause {
        match condition.terms.last() {
            Some(last) if last == left => {}
            Some(_) => {
                condition.relations.push(Relation::And);
                condition.terms.push(left.clone());
            }
            None => condition.terms.push(left.clone()),
        }
        condition.relations.push(*relation);
        condition.terms.push(right.clone());
    }
    if condition.terms.is_empty() {
        let zero = Expr::integer(0);
        return Condition { terms: vec![zero.clone(), zero], relations: vec![Relation::Equal] };
    }
    condition
}

/// The rows of an environment as one expression.
pub(super) fn piecewise(
    cells: &[Vec<Vec<Item>>],
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Result<Node, Error> {
    if cells.len() > MOST_ROWS {
        return Err(error(place.clone(), format!("there are more than {MOST_ROWS} rows"), ""));
    }
    let (mut rows, mut links) = (Vec::new(), vec![context.links.len()]);
    for cells in cells {
        rows.push(row(cells, place, context)?);
        links.push(context.links.len());
    }
    if rows.is_empty() {
        return Err(error(place.clone(), "there are no rows", ""));
    }
    overlap::check(&rows, context)?;
    for (number, links) in links.windows(2).enumerate() {
        for link in &mut context.links[links[0]..links[1]] {
            link.member = narrowed(&link.member, &rows, number);
            link.last = narrowed(&link.last, &rows, number);
        }
    }
    let mut default: Option<&Row> = None;
    let mut made = Vec::new();
    for row in &rows {
        match &row.when {
            When::Otherwise if default.is_some_and(|default| default.value != row.value) => {
                let message = "there are two rows for the remaining case, with different values";
                return Err(error(row.place.clone(), message, "give one of them a condition"));
            }
            When::Otherwise => default = Some(row),
            When::If(condition) | When::ElseIf(condition) => {
                made.extend(condition.iter().map(|clause| (as_condition(clause), row.value.clone())));
            }
        }
    }
    match default {
        Some(default) if made.is_empty() => Ok(default.value.clone()),
        default => Ok(Arc::new(Expr::Piecewise(made, default.map(|row| row.value.clone())))),
    }
}

/// A value where a row is the one that holds.
fn narrowed(value: &Node, rows: &[Row], number: usize) -> Node {
    let nothing = Expr::undefined();
    let excluded = |rows: &[Row]| -> Vec<(Condition, Node)> {
        let conditions = rows.iter().filter_map(|row| match &row.when {
            When::If(condition) | When::ElseIf(condition) => Some(condition),
            When::Otherwise => None,
        });
        conditions.flatten().map(|clause| (as_condition(clause), nothing.clone())).collect()
    };
    match &rows[number].when {
        When::If(condition) => restricted(value, condition),
        When::ElseIf(condition) => {
            let mut all = excluded(&rows[..number]);
            all.extend(condition.iter().map(|clause| (as_condition(clause), value.clone())));
            Arc::new(Expr::Piecewise(all, None))
        }
        When::Otherwise => Arc::new(Expr::Piecewise(excluded(rows), Some(value.clone()))),
    }
}

fn row(cells: &[Vec<Item>], place: &Range<usize>, context: &mut Context<'_>) -> Result<Row, Error> {
    let mut items: Vec<Item> = Vec::new();
    for (number, cell) in cells.iter().enumerate() {
        // A cell that ends with a sign, or one that begins with a comparison, goes on with its neighbour.
        let sign = items.last().is_some_and(|item| {
            matches!(item.kind, Kind::Char('+' | '-' | '*' | '/') | Kind::Relation(_) | Kind::In(_))
        });
        let goes_on = matches!(cell.first().map(|item| &item.kind), Some(Kind::Relation(_) | Kind::In(_)));
        let parted = !sign && (!goes_on || items.is_empty());
        if number > 0 && parted {
            let end = items.last().map_or(place.start, |item| item.range.end);
            items.push(Item { kind: Kind::Align, range: end..end });
        }
        items.extend(cell.iter().cloned());
    }
    let visible = items.iter().filter(|item| !item.range.is_empty()).cloned().collect::<Vec<_>>();
    let place = range_of(&visible, place.clone());
    let divided = divide(&items, &place)?;
    let when = when(&divided, &place, context)?;
    let Some(when) = when else {
        return Err(error(place, "this row has no condition", "write `& x < 0`, or `& \\text{otherwise}`"));
    };
    let value = chain(&divided.value, &place, context)?;
    Ok(Row { value, when, place })
}

/// The condition of divided items; `None` if there is none.
pub(super) fn when(
    divided: &Divided<'_>,
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Result<Option<When>, Error> {
    if divided.value.is_empty() {
        return Err(error(place.clone(), "there is a condition here but no value", ""));
    }
    let mut joined = Joined::default();
    for (joint, items) in &divided.conditions {
        let range = range_of(items, place.clone());
        let next = condition(items, &range, context)?;
        joined.add(next, *joint, &range)?;
    }
    match (joined.all, &divided.otherwise) {
        (Some(_), Some(word)) => {
            Err(error(word.clone(), "a row has a condition and stands for the remaining case", ""))
        }
        (Some(all), None) if divided.else_if => Ok(Some(When::ElseIf(all))),
        (Some(all), None) => Ok(Some(When::If(all))),
        (None, Some(_)) => Ok(Some(When::Otherwise)),
        (None, None) if divided.always => Ok(Some(When::If(vec![Vec::new()]))),
        (None, None) => Ok(None),
    }
}

/// Conditions that are joined one after the other.
#[derive(Debug, Default)]
struct Joined {
    all: Option<Alternatives>,
    /// Whether there was an `or`, and an `and`.
    or: bool,
    and: bool,
}

impl Joined {
    /// Adds a condition that is joined by a word, or by nothing but a comma.
    fn add(&mut self, next: Alternatives, joint: Option<Say>, place: &Range<usize>) -> Result<(), Error> {
        let Some(before) = self.all.take() else {
            self.all = Some(next);
            return Ok(());
        };
        // `x > 0, x \ne 1`: what excludes a place comes on top of all the rest.
        let on_top = joint.is_none() && (excludes(&before) || excludes(&next));
        self.or |= joint == Some(Say::Or);
        self.and |= joint != Some(Say::Or);
        if joint.is_none() && !on_top {
            let message = "it is not said whether both conditions must hold or one of them";
            return Err(error(place.clone(), message, "write `\\text{ and }` or `\\text{ or }` between them"));
        }
        if self.or && self.and && !on_top {
            let message = "`and` and `or` without parentheses can be read in two ways";
            return Err(error(place.clone(), message, "put parentheses around one of them"));
        }
        let is_or = joint == Some(Say::Or);
        self.all = Some(if is_or { before.into_iter().chain(next).collect() } else { both(&before, &next) });
        Ok(())
    }
}

/// Whether nothing but places are excluded.
fn excludes(condition: &Alternatives) -> bool {
    let mut comparisons = condition.iter().flatten().peekable();
    comparisons.peek().is_some() && comparisons.all(|comparison| comparison.relation == Relation::NotEqual)
}

/// Members of a chain of equations that give one value: the last one counts, and all must agree.
pub(super) fn chain(items: &[Item], place: &Range<usize>, context: &mut Context<'_>) -> Result<Node, Error> {
    let members = divided_chain(items);
    let Some((last, before)) = members.split_last() else {
        return Err(error(place.clone(), "an expression is missing here", ""));
    };
    let value = whole(last, place, context)?;
    for (number, member) in before.iter().enumerate() {
        let range = range_of(member, place.clone());
        if number == 0 && context.skips_first(member) {
            // What a row derives, as in `\frac{d}{dx} x = 1`, is a member like the others.
            let derives = matches!(member.first().map(|item| &item.kind), Some(Kind::Fraction(..)));
            if derives && let Ok(member) = whole(member, &range, context) {
                context.links.push(Link { member, last: value.clone(), place: range });
            }
            continue;
        }
        let member = whole(member, &range, context)?;
        context.links.push(Link { member, last: value.clone(), place: range });
    }
    Ok(value)
}

/// The members of a chain of equations.
pub(super) fn divided_chain(items: &[Item]) -> Vec<&[Item]> {
    divided(items, |item| item.kind == Kind::Relation(Relation::Equal))
}

/// A piece of a row.
enum Piece<'i> {
    Run(&'i [Item]),
    /// Parentheses that hold a condition.
    Condition(&'i [Item]),
    Words(Say, Range<usize>),
    Mark(bool),
}

/// Divides items into a value and a condition.
pub(super) fn divide<'i>(items: &'i [Item], place: &Range<usize>) -> Result<Divided<'i>, Error> {
    let pieces = pieces(items)?;
    let mut divided = Divided::default();
    let (mut wanted, mut joint): (bool, Option<Say>) = (false, None);
    // Equations alone: whether they are a value or a condition shows later.
    let mut open: Vec<&'i [Item]> = Vec::new();
    let mut last_was_value = false;
    let (mut wide, mut all) = (false, false);
    for (number, piece) in pieces.iter().enumerate() {
        let then = pieces[number + 1..].iter().find(|piece| !matches!(piece, Piece::Mark(_)));
        let then = matches!(then, Some(Piece::Words(Say::Then | Say::And | Say::Or, _)));
        match piece {
            Piece::Mark(quad) => {
                wide = *quad;
                continue;
            }
            Piece::Words(say, range) => {
                last_was_value = false;
                all = *say == Say::ForAll;
                match say {
                    Say::If | Say::ForAll => wanted = true,
                    Say::ElseIf => (wanted, divided.else_if) = (true, true),
                    Say::Then | Say::Nothing => wanted = false,
                    Say::Otherwise => divided.otherwise = Some(range.clone()),
                    Say::And | Say::Or => (wanted, joint) = (true, Some(*say)),
                }
                continue;
            }
            Piece::Condition(inner) => {
                let words = pieces_of_condition(inner)?;
                match words {
                    Some(Say::Otherwise) => divided.otherwise = Some(range_of(inner, place.clone())),
                    _ => divided.conditions.push((joint.take(), inner)),
                }
                (wanted, last_was_value) = (false, false);
            }
            Piece::Run(run) => {
                let order = has_order(run);
                let goes_on = matches!(
                    run.first().map(|item| &item.kind),
                    Some(Kind::Char('+' | '-' | '*' | '/') | Kind::Relation(_))
                );
                if last_was_value
                    && wide
                    && goes_on
                    && (!order || matches!(run[0].kind, Kind::Relation(Relation::Equal)))
                {
                    divided.value.extend_from_slice(run);
                } else if order || (wanted || then) && has_comparison(run) {
                    divided.conditions.push((joint.take(), run));
                    last_was_value = false;
                    wanted = false;
                } else if has_comparison(run) {
                    open.push(run);
                    last_was_value = false;
                } else if wanted {
                    // "for all x"
                    if !(all && joint.is_none() && is_letter(run)) {
                        let message = "this condition compares nothing";
                        return Err(error(range_of(run, place.clone()), message, "write a comparison, as in `x > 0`"));
                    }
                    divided.always = true;
                    wanted = false;
                    last_was_value = false;
                } else if divided.value.is_empty() {
                    divided.value = run.to_vec();
                    last_was_value = true;
                } else {
                    let message = "there are two values here";
                    return Err(error(range_of(run, place.clone()), message, "a row has one value and one condition"));
                }
            }
        }
        wide = false;
    }
    settle(&mut divided, &open, place)?;
    Ok(divided)
}

/// Equations are the value if there is none, else the condition.
fn settle<'i>(divided: &mut Divided<'i>, open: &[&'i [Item]], place: &Range<usize>) -> Result<(), Error> {
    let conditioned = !divided.conditions.is_empty() || divided.otherwise.is_some();
    let fixes = |run: &[Item]| {
        let sides = divided_chain(run);
        sides.len() == 2 && names::spelling(sides[0]).is_some()
    };
    match (divided.value.is_empty(), open) {
        (_, []) => Ok(()),
        (false, [condition]) if !conditioned => {
            divided.conditions.push((None, condition));
            Ok(())
        }
        (true, [value]) => {
            divided.value = value.to_vec();
            Ok(())
        }
        (true, [first, second]) if !conditioned && fixes(first) != fixes(second) => {
            let (condition, value) = if fixes(first) { (first, second) } else { (second, first) };
            divided.value = value.to_vec();
            divided.conditions.push((None, condition));
            Ok(())
        }
        (_, runs) => {
            let last = runs.last().copied().unwrap_or_default();
            Err(error(
                range_of(last, place.clone()),
                "it is not clear what is a value here and what is a condition",
                "write `\\text{if }` before the condition",
            ))
        }
    }
}

/// A lone letter, with or without an index.
fn is_letter(items: &[Item]) -> bool {
    let ([letter] | [letter, Item { kind: Kind::Subscript(_), .. }]) = items else { return false };
    match &letter.kind {
        Kind::Char(c) => c.is_alphabetic(),
        Kind::Command(name) => names::is_letter(name),
        _ => false,
    }
}

/// What parentheses with nothing but words say.
fn pieces_of_condition(inner: &[Item]) -> Result<Option<Say>, Error> {
    let mut said = None;
    for item in inner {
        let Kind::Word(word) = &item.kind else { return Ok(None) };
        said = said.or(names::say(word).filter(|say| *say != Say::Nothing));
        if names::say(word).is_none() {
            return Err(prose(item));
        }
    }
    Ok(said)
}

fn prose(item: &Item) -> Error {
    let Kind::Word(word) = &item.kind else { return error(item.range.clone(), "", "") };
    let message = format!("`{}` is prose, not a comparison", word.trim());
    error(item.range.clone(), message, "write a condition that can be computed, as in `x > 0`")
}

fn pieces(items: &[Item]) -> Result<Vec<Piece<'_>>, Error> {
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    let mut depth = 0i32;
    while at < items.len() {
        let item = &items[at];
        let piece = match &item.kind {
            Kind::Char('(') if depth == 0 => match condition_in_parentheses(items, at) {
                Some(end) => Some((Piece::Condition(&items[at + 1..end]), end + 1)),
                None => {
                    depth += 1;
                    None
                }
            },
            Kind::Fence(open, _, inner)
                if depth == 0 && open == "(" && holds_condition(inner) && !after_name(items, at) =>
            {
                Some((Piece::Condition(inner), at + 1))
            }
            // `x \in ]0, 1[`
            Kind::In(_) if items.get(at + 1).is_some_and(|item| item.is_char(']')) => {
                let close = items[at + 2..].iter().position(|item| item.is_char('[') || item.is_char(']'));
                at += close.map_or(0, |close| close + 2);
                None
            }
            Kind::Char('[') if depth == 0 && at > 0 && items[at - 1].kind == Kind::Align => {
                match condition_in_brackets(items, at) {
                    Some(end) => Some((Piece::Condition(&items[at + 1..end]), end + 1)),
                    None => {
                        depth += 1;
                        None
                    }
                }
            }
            Kind::Char('[' | '(') => {
                depth += 1;
                None
            }
            Kind::Char(']' | ')') => {
                depth -= 1;
                None
            }
            Kind::Command(name) if name == "lbrace" => {
                depth += 1;
                None
            }
            Kind::Command(name) if name == "rbrace" => {
                depth -= 1;
                None
            }
            _ if depth > 0 => None,
            Kind::Align | Kind::Char(',' | ';' | ':') => Some((Piece::Mark(false), at + 1)),
            Kind::Quad => Some((Piece::Mark(true), at + 1)),
            Kind::Char('.') if !followed_by_digit(items, at) => Some((Piece::Mark(false), at + 1)),
            Kind::Command(name) if name == "land" => Some((Piece::Words(Say::And, item.range.clone()), at + 1)),
            Kind::Command(name) if name == "lor" => Some((Piece::Words(Say::Or, item.range.clone()), at + 1)),
            Kind::Command(name) if name == "forall" => Some((Piece::Words(Say::ForAll, item.range.clone()), at + 1)),
            Kind::Word(word) => match names::say(word) {
                Some(say) => Some((Piece::Words(say, item.range.clone()), at + 1)),
                None if names::is_name(word) => None,
                None => return Err(prose(item)),
            },
            _ => None,
        };
        match piece {
            Some((piece, next)) => {
                if start < at {
                    pieces.push(Piece::Run(&items[start..at]));
                }
                pieces.push(piece);
                (start, at) = (next, next);
            }
            None => at += 1,
        }
    }
    if start < items.len() {
        pieces.push(Piece::Run(&items[start..]));
    }
    Ok(pieces)
}

fn followed_by_digit(items: &[Item], at: usize) -> bool {
    let next = items.get(at + 1);
    next.is_some_and(|next| {
        matches!(next.kind, Kind::Char(c) if c.is_ascii_digit()) && next.range.start == items[at].range.end
    })
}

/// Whether the item before is one that takes parentheses with a comparison in them.
fn after_name(items: &[Item], at: usize) -> bool {
    let mut before = items[..at].iter().rev().filter(|item| !matches!(item.kind, Kind::Subscript(_)));
    matches!(before.next().map(|item| &item.kind), Some(Kind::Indicator | Kind::Word(_)))
        && !matches!(items[..at].last().map(|item| &item.kind), Some(Kind::Word(word)) if names::say(word).is_some())
}

/// Whether parentheses hold a condition and not a factor.
fn holds_condition(inner: &[Item]) -> bool {
    let words = !inner.is_empty()
        && inner.iter().all(|item| matches!(&item.kind, Kind::Word(word) if names::say(word).is_some()));
    has_comparison(inner) || words
}

/// The bracket that closes a condition in a cell of its own.
fn condition_in_brackets(items: &[Item], at: usize) -> Option<usize> {
    let close = at + items[at..].iter().position(|item| item.is_char(']'))?;
    let last = items[close + 1..].iter().all(|item| matches!(item.kind, Kind::Align | Kind::Char('.' | ',' | ';')));
    (last && has_comparison(&items[at + 1..close])).then_some(close)
}

/// The closing parenthesis of a condition that begins at `at`.
fn condition_in_parentheses(items: &[Item], at: usize) -> Option<usize> {
    let mut depth = 0;
    for (number, item) in items.iter().enumerate().skip(at) {
        match item.kind {
            Kind::Char('(' | '[') => depth += 1,
            Kind::Char(')' | ']') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let inner = &items[at + 1..number];
            return (item.is_char(')') && holds_condition(inner) && !after_name(items, at)).then_some(number);
        }
    }
    None
}

/// Reads a condition.
pub(super) fn condition(
    items: &[Item],
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Result<Alternatives, Error> {
    let mut joined = Joined::default();
    let mut joint: Option<Say> = None;
    for piece in pieces(items)? {
        let next = match piece {
            Piece::Mark(_) | Piece::Words(Say::If | Say::ForAll | Say::Then | Say::Nothing, _) => continue,
            Piece::Words(say @ (Say::And | Say::Or), _) => {
                joint = Some(say);
                continue;
            }
            Piece::Words(_, range) => return Err(error(range, "this does not belong into a condition", "")),
            Piece::Condition(inner) => condition(inner, &range_of(inner, place.clone()), context)?,
            Piece::Run(run) => comparisons(run, place, context)?,
        };
        joined.add(next, joint.take(), place)?;
    }
    joined.all.ok_or_else(|| error(place.clone(), "a condition is missing here", ""))
}

/// A chain of comparisons, or membership in a set.
fn comparisons(items: &[Item], place: &Range<usize>, context: &mut Context<'_>) -> Result<Alternatives, Error> {
    if let Some(at) = items.iter().position(|item| matches!(item.kind, Kind::In(_))) {
        let Kind::In(inside) = items[at].kind else { return Ok(Vec::new()) };
        let element = whole(&items[..at], &items[at].range, context)?;
        let set = membership(&element, &items[at + 1..], &items[at].range, context)?;
        return if inside { Ok(set) } else { opposite(&set, &items[at].range) };
    }
    let parts = divided(items, |item| matches!(item.kind, Kind::Relation(_)));
    if parts.len() < 2 {
        let range = range_of(items, place.clone());
        return Err(error(range, "this condition compares nothing", "write a comparison, as in `x > 0`"));
    }
    if let [left, right] = parts.as_slice()
        && right.first().is_some_and(|item| item.is_command("pm"))
        && let Kind::Relation(relation @ (Relation::Equal | Relation::NotEqual)) = items[left.len()].kind
    {
        let near = &items[left.len()].range;
        let (left, right) = (whole(left, near, context)?, whole(&right[1..], near, context)?);
        let opposite = Arc::new(Expr::Negative(right.clone()));
        let both = [right, opposite].map(|right| Comparison { left: left.clone(), relation, right });
        return Ok(if relation == Relation::Equal { both.map(|one| vec![one]).into() } else { vec![both.into()] });
    }
    let mut clause = Clause::new();
    let mut offset = 0;
    let mut left: Option<Term> = None;
    let mut relation = Relation::Equal;
    for part in &parts {
        let sign = items.get(offset + part.len());
        let near = sign.or(items.get(offset.saturating_sub(1))).map_or(place.clone(), |item| item.range.clone());
        let term = Term::read(part, &near, context)?;
        if let Some(left) = left {
            compare(&mut clause, left, relation, term.clone(), &near)?;
        }
        left = Some(term);
        if let Some(Item { kind: Kind::Relation(next), .. }) = sign {
            relation = *next;
        }
        offset += part.len() + 1;
    }
    Ok(vec![clause])
}

/// A side of a comparison.
#[derive(Debug, Clone)]
enum Term {
    Value(Node),
    PlusInfinity,
    MinusInfinity,
}

impl Term {
    fn read(items: &[Item], place: &Range<usize>, context: &mut Context<'_>) -> Result<Term, Error> {
        match items {
            [infinity] if infinity.is_command("infty") => Ok(Term::PlusInfinity),
            [sign, infinity] if infinity.is_command("infty") && sign.is_char('+') => Ok(Term::PlusInfinity),
            [sign, infinity] if infinity.is_command("infty") && sign.is_char('-') => Ok(Term::MinusInfinity),
            _ => whole(items, place, context).map(Term::Value),
        }
    }
}

/// Adds a comparison; every number is below infinity.
fn compare(
    clause: &mut Clause,
    left: Term,
    relation: Relation,
    right: Term,
    place: &Range<usize>,
) -> Result<(), Error> {
    use Relation::{Greater, GreaterEqual, Less, LessEqual, NotEqual};
    match (left, relation, right) {
        (Term::Value(left), relation, Term::Value(right)) => clause.push(Comparison { left, relation, right }),
        (Term::Value(_), Less | LessEqual | NotEqual, Term::PlusInfinity)
        | (Term::Value(_), Greater | GreaterEqual | NotEqual, Term::MinusInfinity)
        | (Term::MinusInfinity, Less | LessEqual | NotEqual, Term::Value(_))
        | (Term::PlusInfinity, Greater | GreaterEqual | NotEqual, Term::Value(_)) => {}
        _ => return Err(error(place.clone(), "no number fulfils this comparison with infinity", "")),
    }
    Ok(())
}

/// What does not fulfil alternatives of single comparisons.
fn opposite(set: &Alternatives, place: &Range<usize>) -> Result<Alternatives, Error> {
    let negated = |comparison: &Comparison| {
        let relation = match comparison.relation {
            Relation::Less => Relation::GreaterEqual,
            Relation::LessEqual => Relation::Greater,
            Relation::Equal => Relation::NotEqual,
            Relation::GreaterEqual => Relation::Less,
            Relation::Greater => Relation::LessEqual,
            Relation::NotEqual => Relation::Equal,
            Relation::And => Relation::And,
        };
        vec![Comparison { relation, ..comparison.clone() }]
    };
    let mut all: Alternatives = vec![Vec::new()];
    for clause in set {
        let outside: Alternatives = clause.iter().map(negated).collect();
        all = both(&all, &outside);
        if all.len() > 64 {
            return Err(error(place.clone(), "this set has too many parts", ""));
        }
    }
    Ok(all)
}

/// Whether a value is in a set: an interval, a list in braces, ℝ or ℤ, and unions of these.
pub(super) fn membership(
    element: &Node,
    set: &[Item],
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Result<Alternatives, Error> {
    let range = range_of(set, place.clone());
    if let Some(at) = set.iter().position(|item| item.is_command("setminus")) {
        let inside = membership(element, &set[..at], place, context)?;
        let outside = membership(element, &set[at + 1..], place, context)?;
        return Ok(both(&inside, &opposite(&outside, &range)?));
    }
    let mut all = Alternatives::new();
    for part in set.split(|item| item.is_command("cup")) {
        all.extend(simple_set(element, part, &range, context)?);
    }
    Ok(all)
}

fn simple_set(
    element: &Node,
    set: &[Item],
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Result<Alternatives, Error> {
    let place = &range_of(set, place.clone());
    let comparison = |relation, right| Comparison { left: element.clone(), relation, right };
    let zero = || Expr::integer(0);
    let refused = |message: &str| Err(error(place.clone(), message, "write an interval, as in `x \\in [0, 1)`"));
    match set {
        [Item { kind: Kind::Set('R'), .. }] => Ok(vec![Vec::new()]),
        [Item { kind: Kind::Set('Z'), .. }] => {
            let floor = Arc::new(Expr::Apply(crate::function::expression::Op::Floor, vec![element.clone()]));
            Ok(vec![vec![comparison(Relation::Equal, floor)]])
        }
        [Item { kind: Kind::Set('N'), .. }] => refused("whether 0 is one of these numbers depends on who writes it"),
        [Item { kind: Kind::Set('R'), .. }, Item { kind: Kind::Subscript(inner) | Kind::Superscript(inner), .. }] => {
            match inner.as_slice() {
                [Item { kind: Kind::Char('*'), .. }] => Ok(vec![vec![comparison(Relation::NotEqual, zero())]]),
                [Item { kind: Kind::Relation(relation), .. }, Item { kind: Kind::Char('0'), .. }] => {
                    Ok(vec![vec![comparison(*relation, zero())]])
                }
                _ => refused("whether 0 is one of these numbers depends on who writes it"),
            }
        }
        [Item { kind: Kind::Fence(open, close, inner), .. }] if open != "{" => {
            interval(element, (open, close), inner, place, context)
        }
        [
            Item { kind: Kind::Char(open @ ('[' | '(' | ']')), .. },
            inner @ ..,
            Item { kind: Kind::Char(close @ (']' | ')' | '[')), .. },
        ] => interval(element, (&open.to_string(), &close.to_string()), inner, place, context),
        _ => {
            let inner = without_braces(set);
            if inner.len() == set.len() {
                return refused("this set cannot be read");
            }
            let mut all = Alternatives::new();
            for member in inner.split(|item| item.is_char(',')) {
                all.push(vec![comparison(Relation::Equal, whole(member, place, context)?)]);
            }
            Ok(all)
        }
    }
}

fn interval(
    element: &Node,
    (open, close): (&str, &str),
    inner: &[Item],
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Result<Alternatives, Error> {
    let ends = divided(inner, |item| item.is_char(',') || item.is_char(';'));
    let [low, high] = ends.as_slice() else {
        return Err(error(place.clone(), "an interval has two ends", "write `[0, 1)`"));
    };
    let (low, high) = (Term::read(low, place, context)?, Term::read(high, place, context)?);
    let above = if open == "[" { Relation::LessEqual } else { Relation::Less };
    let below = if close == "]" { Relation::LessEqual } else { Relation::Less };
    let element = Term::Value(element.clone());
    let mut clause = Clause::new();
    compare(&mut clause, low, above, element.clone(), place)?;
    compare(&mut clause, element, below, high, place)?;
    Ok(vec![clause])
}

//! Macros: a formula as tokens with the author's commands written out.
//!
//! Tokens that come from the body of a macro keep the place of the call, so that a mistake is shown where the author
//! can see it. The work is bounded, also for macros that call each other for ever.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Error, error};
use crate::tex::{self, Kind, Tex};

/// A formula may have so many tokens when its macros are written out.
const MOST_TOKENS: usize = 20_000;
/// So many macros may be written out in a formula.
const MOST_CALLS: usize = 5_000;

/// A token of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    /// Its bytes in the formula, or those of the macro that it comes from.
    pub(crate) range: Range<usize>,
}

/// Commands that stand for other TeX.
#[derive(Debug, Clone, Default)]
pub struct Macros {
    list: BTreeMap<String, Macro>,
}

#[derive(Debug, Clone)]
struct Macro {
    /// Number of its arguments; `None` for what cannot be written out here.
    arguments: Option<usize>,
    body: String,
}

impl Macros {
    /// Adds a macro `name` (with its backslash) that stands for `body`, with `#1` to `#9` for its arguments.
    pub fn add(&mut self, name: &str, body: &str) {
        let name = if name.starts_with('\\') { name.to_owned() } else { format!("\\{name}") };
        let count = (1..=9).rev().find(|count| body.contains(&format!("#{count}"))).unwrap_or(0);
        self.list.insert(name, Macro { arguments: Some(count), body: body.to_owned() });
    }

    /// Adds what a formula defines, in the form of [`tex::Definition::carried`].
    pub fn define(&mut self, definition: &tex::Definition) {
        let carried = definition.carried.as_str();
        let after = carried.find(&definition.name).map_or("", |at| &carried[at + definition.name.len()..]);
        let body = match after.find('{') {
            _ if carried.starts_with("\\let") => {
                let arguments = Some(0);
                Macro { arguments, body: after.trim_start().trim_start_matches('=').trim().to_owned() }
            }
            Some(open) => {
                let signs = &after[..open];
                let count = signs.matches('#').count();
                let plain: String = (1..=count).map(|number| format!("#{number}")).collect();
                let body = after[open + 1..].strip_suffix('}').unwrap_or("").to_owned();
                Macro { arguments: (signs.trim() == plain).then_some(count), body }
            }
            None => return,
        };
        self.list.insert(definition.name.clone(), body);
    }
}

/// Cuts a formula into tokens and writes its macros out. Comments and the definitions in it are left out.
pub(crate) fn tokens(text: &str, range: Range<usize>, macros: &Macros) -> Result<Vec<Token>, Error> {
    let part = &text[range.clone()];
    let outline = tex::outline(part);
    let mut macros = macros.clone();
    for definition in &outline.definitions {
        macros.define(definition);
    }
    let defined = |at: usize| outline.definitions.iter().any(|definition| definition.range.contains(&at));
    let mut tokens = read(part, |at| range.start + at.start..range.start + at.end);
    tokens.retain(|token| token.kind != Kind::Comment && !defined(token.range.start - range.start));
    tokens.reverse();
    expand(tokens, &macros)
}

fn read(text: &str, place: impl Fn(Range<usize>) -> Range<usize>) -> Vec<Token> {
    let tex = Tex::read(text);
    let token = |number: usize| {
        let token = tex.tokens[number];
        Token { kind: token.kind, text: tex.str(number).to_owned(), range: place(token.start()..token.end()) }
    };
    (0..tex.tokens.len()).map(token).collect()
}

/// `waiting` holds what is to be read, the next token last.
fn expand(mut waiting: Vec<Token>, macros: &Macros) -> Result<Vec<Token>, Error> {
    let (mut done, mut calls) = (Vec::new(), 0);
    while let Some(token) = waiting.pop() {
        let known = matches!(token.kind, Kind::Word | Kind::Symbol).then(|| macros.list.get(&token.text)).flatten();
        let Some(known) = known else {
            done.push(token);
            if done.len() > MOST_TOKENS {
                return Err(error(done.swap_remove(0).range, "the formula is too long to be a function", ""));
            }
            continue;
        };
        let Some(count) = known.arguments else {
            let message = format!("the macro `{}` takes its arguments in a form that is not read here", token.text);
            return Err(error(token.range, message, "define it with `\\newcommand`, or write the formula out"));
        };
        calls += 1;
        if calls > MOST_CALLS || waiting.len() > 4 * MOST_TOKENS {
            let message = format!("the macro `{}` has no end", token.text);
            return Err(error(token.range, message, ""));
        }
        let arguments: Vec<Vec<Token>> = (0..count).map(|_| argument(&mut waiting)).collect();
        let end = arguments.iter().flatten().map(|token| token.range.end).max().unwrap_or(0).max(token.range.end);
        let place = token.range.start..end;
        let body = read(&known.body, |_| place.clone());
        waiting.extend(fill(&body, &arguments).into_iter().rev());
    }
    Ok(done)
}

/// Takes an argument: a token, or what stands in a pair of braces.
fn argument(waiting: &mut Vec<Token>) -> Vec<Token> {
    while waiting.last().is_some_and(|token| token.kind == Kind::Space) {
        waiting.pop();
    }
    let Some(first) = waiting.pop() else { return Vec::new() };
    if first.kind != Kind::Open {
        return vec![first];
    }
    let (mut depth, mut inner) = (1, Vec::new());
    while let Some(token) = waiting.pop() {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        inner.push(token);
    }
    inner
}

/// The body of a macro with its arguments in place.
fn fill(body: &[Token], arguments: &[Vec<Token>]) -> Vec<Token> {
    let mut filled = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let number = body.get(at + 1).and_then(|next| next.text.parse::<usize>().ok());
        match (body[at].kind, number.and_then(|number| arguments.get(number.wrapping_sub(1)))) {
            (Kind::Parameter, Some(argument)) => {
                filled.extend(argument.iter().cloned());
                at += 2;
            }
            (Kind::Comment, _) => at += 1,
            _ => {
                filled.push(body[at].clone());
                at += 1;
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_out(text: &str) -> String {
        let mut macros = Macros::default();
        macros.add("\\half", "\\frac{#1}{2}");
        macros.add("\\endless", "\\endless x");
        tokens(text, 0..text.len(), &macros)
            .map_or_else(|error| error.message, |tokens| tokens.iter().map(|token| token.text.as_str()).collect())
    }

    #[test]
    fn macros_are_written_out() {
        assert_eq!(written_out("1 + \\half{a b}% note\nx"), "1 + \\frac{a b}{2}x");
        assert_eq!(written_out("\\newcommand{\\s}[2]{#2#1}\\s ab\\half c"), "ba\\frac{c}{2}");
        assert_eq!(
            written_out("\\let\\s=\\sigma \\s\\def\\t.#1.{}\\t"),
            "the macro `\\t` takes its arguments in a form that is not read here"
        );
        assert_eq!(written_out("\\endless"), "the macro `\\endless` has no end");
    }
}

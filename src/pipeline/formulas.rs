//! Formula fences: a function of the page becomes a formula like any other before the site is linked, so that it is
//! numbered, typeset, searched and copied as if its author had typed it.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::functions::PageFunctions;
use super::memo::{Memo, Same};
use crate::article::{Article, Formula};
use crate::diagnostic::{Diagnostic, nearest};
use crate::function::Scope;
use crate::page::Words;
use crate::site::Document;
use crate::source::Excerpt;
use crate::typeset::{self, Request, Wording};

/// The keys of a fence.
const KEYS: [&str; 2] = ["id", "steps"];

/// Writes the formulas of all fences.
pub(super) fn derive(
    mut documents: Vec<Document>,
    languages: &[String],
    functions: &[Arc<PageFunctions>],
    words: &Words,
    memo: &Memo,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Document> {
    if documents.iter().all(|document| document.article.derivations.is_empty()) {
        return documents;
    }
    let found: Vec<Vec<Diagnostic>> = documents
        .par_iter_mut()
        .zip(functions)
        .zip(languages)
        .filter(|((document, _), _)| !document.article.derivations.is_empty())
        .map(|((document, functions), language)| {
            let words = words.of(language);
            let word = |key: &str, english: &str| words.get(key).cloned().unwrap_or_else(|| english.to_owned());
            let (otherwise, or) = (word("otherwise", "otherwise"), word("or", "or"));
            let mut found = Vec::new();
            let key = (Same::of(&document.article), Same::of(functions), otherwise.clone(), or.clone());
            let wording = Wording { otherwise: &otherwise, or: &or };
            document.article = memo.get_or_say("formulas of functions", key, &mut found, |found| {
                written(&document.article, &functions.scope, wording, found)
            });
            found
        })
        .collect();
    diagnostics.extend(found.into_iter().flatten());
    documents
}

/// The article with its fences as formulas.
fn written(article: &Article, scope: &Scope, wording: Wording<'_>, diagnostics: &mut Vec<Diagnostic>) -> Article {
    let mut article = article.clone();
    for fence in article.derivations.clone() {
        match formula(&fence.body, scope, wording, diagnostics) {
            Ok(tex) => {
                let mut typed = Excerpt::new(fence.body.span);
                typed.push_stand_in(&tex, &fence.body, 0..fence.body.text.len());
                let formula = &mut article.formulas[fence.formula];
                *formula = Formula { place: formula.place, ..Formula::new(typed, formula.span, true) };
            }
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    article
}

/// What the lines of a fence say.
struct Lines {
    /// Left side and expression, or an expression alone.
    statement: Excerpt,
    id: Option<String>,
    steps: bool,
}

fn formula(
    body: &Excerpt,
    scope: &Scope,
    wording: Wording<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<String, Box<Diagnostic>> {
    let lines = lines(body, diagnostics)?;
    let text = &lines.statement.text;
    let (left, expression) = match equals_sign(text) {
        Some(at) => (Some(text[..at].trim()).filter(|left| !left.is_empty()), at + 1..text.len()),
        None => (None, 0..text.len()),
    };
    if text[expression.clone()].trim().is_empty() {
        let diagnostic = Diagnostic::error("formula", lines.statement.span, "this fence names no function");
        return Err(Box::new(
            diagnostic.help("write the name of a function, such as `relu'`, or an expression in `x`"),
        ));
    }
    let request = Request { left, expression: &text[expression.clone()], steps: lines.steps, wording };
    let tex = typeset::formula(&request, scope).map_err(|error| {
        let place = expression.start + error.range.start..expression.start + error.range.end;
        Box::new(Diagnostic::error("formula", lines.statement.span(place), error.message).maybe_help(error.help))
    })?;
    Ok(match lines.id {
        Some(id) => format!("{tex} \\label{{{id}}}"),
        None => tex,
    })
}

/// Parts the keys of a fence from its statement. A line that begins with `#` is a comment.
fn lines(body: &Excerpt, diagnostics: &mut Vec<Diagnostic>) -> Result<Lines, Box<Diagnostic>> {
    let mut lines = Lines { statement: Excerpt::new(body.span), id: None, steps: false };
    let mut at = 0;
    for line in body.text.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let word = line.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        let behind = line.trim_start()[word.len()..].trim_start();
        let is_key = behind.starts_with('=') && !behind.starts_with("==");
        if is_key && KEYS.contains(&word) {
            key(word, body, &range, &mut lines, diagnostics);
        } else if is_key && !lines.statement.text.is_empty() {
            let start = range.start + line.len() - line.trim_start().len();
            let message = format!("unknown key `{word}`");
            let known = "a formula has the keys `id` and `steps`".to_owned();
            let help = nearest(word, KEYS).map_or(known, |near| format!("did you mean `{near}`?"));
            let diagnostic = Diagnostic::error("formula", body.span(start..start + word.len()), message);
            return Err(Box::new(diagnostic.help(help)));
        } else {
            lines.statement.push_part(body, range);
        }
    }
    let end = lines.statement.text.trim_end().len();
    lines.statement = lines.statement.part(0..end);
    if end == 0 {
        lines.statement.span = body.span;
    }
    Ok(lines)
}

/// Reads `id = "eq:relu"` or `steps = true`.
fn key(word: &str, body: &Excerpt, range: &Range<usize>, lines: &mut Lines, diagnostics: &mut Vec<Diagnostic>) {
    let line = &body.text[range.clone()];
    let start = line.find('=').map_or(0, |at| at + 1);
    let value = line[start..].trim();
    let place = range.start + start + line[start..].len() - line[start..].trim_start().len();
    let refused = |message: &str, help: &str| {
        Diagnostic::error("formula", body.span(place..place + value.len()), message).help(help)
    };
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    match (word, value, quoted) {
        ("steps", "true" | "false", _) => lines.steps = value == "true",
        ("steps", ..) => diagnostics.push(refused("`steps` is `true` or `false`", "write `steps = true`")),
        (_, _, Some(id)) if !id.is_empty() && id.chars().all(|c| c.is_alphanumeric() || ":-_.".contains(c)) => {
            lines.id = Some(id.to_owned());
        }
        _ => diagnostics.push(refused("this is not an id", "write `id = \"eq:relu\"`: letters, digits and `:-_.`")),
    }
}

/// The first equals sign outside brackets that is no comparison.
fn equals_sign(text: &str) -> Option<usize> {
    let (mut depth, mut before) = (0i32, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '=' if depth == 0 && !"<>!=".contains(before) && !text[at + 1..].starts_with('=') => return Some(at),
            _ => {}
        }
        before = c;
    }
    None
}

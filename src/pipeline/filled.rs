//! What is typed empty and known only with the functions of its page: numbers in the text, tables of values, listings
//! that are made from functions. All of it is filled in before the site is linked, so that titles, searches, feeds and
//! copies have it as if it had been typed.

use std::sync::Arc;

use rayon::prelude::*;

use super::functions::PageFunctions;
use super::memo::{Memo, Same};
use super::{tables, values};
use crate::article::{self, Article};
use crate::code::{self, Expected, LANGUAGES, Language, Tongue, Trial};
use crate::diagnostic::Diagnostic;
use crate::function::Scope;
use crate::listing::{self, Attribute, Listing};
use crate::page::Words;
use crate::site::{Document, ValueTable};
use crate::source::Span;

/// A page with nothing left to fill in.
struct Filled {
    article: Arc<Article>,
    listings: Arc<[Listing]>,
    tables: Arc<[ValueTable]>,
    trials: Vec<Trial>,
}

/// Fills in all pages; gives them with the listings that claim to be functions.
pub(super) fn fill(
    mut documents: Vec<Document>,
    languages: &[String],
    functions: &[Arc<PageFunctions>],
    words: &Words,
    memo: &Memo,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Document>, Vec<Trial>) {
    if !documents.iter().any(wants) {
        return (documents, Vec::new());
    }
    let found: Vec<(Vec<Trial>, Vec<Diagnostic>)> = documents
        .par_iter_mut()
        .zip(functions)
        .zip(languages)
        .filter(|((document, _), _)| wants(document))
        .map(|((document, functions), language)| {
            let tongue = Tongue::of(language);
            let undefined = words.of(language).get("undefined").map_or("undefined", String::as_str);
            let mut found = Vec::new();
            let key = (Same::of(&document.article), Same::of(functions), undefined.to_owned(), language.clone());
            let filled = memo.get_or_say("what functions fill in", key, &mut found, |found| {
                page(document, &functions.scope, (undefined, tongue), found)
            });
            document.article = filled.article.clone();
            document.listings = filled.listings.clone();
            document.tables = filled.tables.clone();
            (filled.trials.clone(), found)
        })
        .collect();
    let mut trials = Vec::new();
    for (own, found) in found {
        trials.extend(own);
        diagnostics.extend(found);
    }
    (documents, trials)
}

fn wants(document: &Document) -> bool {
    let listing = |listing: &Listing| attribute(listing, "of").is_some() || attribute(listing, "check").is_some();
    !document.article.values.is_empty() || !document.tables.is_empty() || document.listings.iter().any(listing)
}

/// A pair of the info string; a bare word of this name is for other tools.
fn attribute<'a>(listing: &'a Listing, name: &str) -> Option<(&'a Attribute, &'a str)> {
    let attribute = listing.info.attribute(name)?;
    Some((attribute, attribute.value.as_deref()?))
}

fn page(
    document: &Document,
    scope: &Scope,
    (undefined, tongue): (&str, Tongue),
    diagnostics: &mut Vec<Diagnostic>,
) -> Filled {
    let mut article = document.article.clone();
    if !article.values.is_empty() {
        let mut changed = Article::clone(&article);
        values::compute(&mut changed, scope, diagnostics);
        article = Arc::new(article::with_values(changed));
    }
    let mut trials = Vec::new();
    let listings = document.listings.iter().zip(&document.article.listings).map(|(listing, typed)| {
        if let Some((_, of)) = attribute(listing, "of") {
            return generated(listing, of, typed.span, (scope, tongue), diagnostics);
        }
        if let Some((_, check)) = attribute(listing, "check") {
            match trial(listing, check, &typed.code, typed.span, scope) {
                Ok(trial) => trials.push(trial),
                Err(diagnostic) => diagnostics.push(*diagnostic),
            }
        }
        listing.clone()
    });
    let listings = listings.collect();
    let table = |table: &ValueTable| {
        let rows = tables::rows(table, scope, undefined, diagnostics);
        ValueTable { rows, ..table.clone() }
    };
    let tables = document.tables.iter().map(table).collect();
    Filled { article, listings, tables, trials }
}

/// The place of a part of an attribute's value, which has no escapes unless it is longer than that.
fn part(attribute: &Attribute, range: std::ops::Range<usize>) -> Span {
    let typed = (attribute.span.end - attribute.span.start) as usize;
    let length = attribute.value.as_deref().map_or(0, str::len);
    match typed.checked_sub(length) {
        Some(0) => attribute.span.part(range),
        Some(2) => attribute.span.part(range.start + 1..range.end + 1),
        _ => attribute.span,
    }
}

fn language_of(listing: &Listing, span: Span, what: &str) -> Result<Language, Box<Diagnostic>> {
    Language::of_fence(&listing.info.language).ok_or_else(|| {
        let named = &listing.info.language;
        let message = if named.is_empty() {
            format!("this listing has no language, so it cannot be {what}")
        } else {
            format!("code in `{named}` cannot be {what}")
        };
        let place = listing.info.language_span.unwrap_or(span);
        Box::new(Diagnostic::error("listing", place, message).help(format!("the languages are {LANGUAGES}")))
    })
}

fn generated(
    listing: &Listing,
    of: &str,
    span: Span,
    given: (&Scope, Tongue),
    diagnostics: &mut Vec<Diagnostic>,
) -> Listing {
    match code_of(listing, of, span, given) {
        Ok(code) => listing::with_code(listing.info.clone(), &code, diagnostics),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            listing.clone()
        }
    }
}

fn code_of(
    listing: &Listing,
    of: &str,
    span: Span,
    (scope, tongue): (&Scope, Tongue),
) -> Result<String, Box<Diagnostic>> {
    let language = language_of(listing, span, "written from functions")?;
    let Some((attribute, _)) = attribute(listing, "of") else { return Ok(String::new()) };
    if !matches!(listing.code.trim(), "" | "…" | "...") {
        let message = "this listing is made from functions, but has code of its own";
        let help = "remove the code, or write `check=` in the place of `of=` to have it tested";
        return Err(Box::new(Diagnostic::error("listing", attribute.span, message).help(help)));
    }
    let wanted = code::read(of, scope).map_err(|error| {
        let place = part(attribute, error.range);
        Box::new(Diagnostic::error("listing", place, error.message).maybe_help(error.help))
    })?;
    if let Some(named) = wanted.iter().find(|wanted| wanted.call.is_some()) {
        let message = format!("`{}` is not a name", named.call.as_deref().unwrap_or_default());
        return Err(Box::new(Diagnostic::error("listing", attribute.span, message).help("write `name = relu'`")));
    }
    code::listing(&wanted, scope, language, tongue).ok_or_else(|| {
        let message = "this would be too long to read as code";
        let help = "write it with fewer functions inside each other";
        Box::new(Diagnostic::error("listing", attribute.span, message).help(help))
    })
}

/// What a listing claims, if the names exist that it claims something of.
fn trial(listing: &Listing, check: &str, typed: &str, span: Span, scope: &Scope) -> Result<Trial, Box<Diagnostic>> {
    let language = language_of(listing, span, "run")?;
    let Some((attribute, _)) = attribute(listing, "check") else {
        return Err(Box::new(Diagnostic::error("listing", span, "this listing claims nothing")));
    };
    let wanted = code::read(check, scope).map_err(|error| {
        let place = part(attribute, error.range);
        Box::new(Diagnostic::error("listing", place, error.message).maybe_help(error.help))
    })?;
    let mut expected = Vec::new();
    for wanted in wanted {
        let place = part(attribute, wanted.range.clone());
        let own = Expected::of(&wanted, language, place);
        let name = own.call.split('(').next().unwrap_or_default();
        let known = typed.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').any(|word| word == name);
        if !known {
            let message = format!("this listing defines no `{name}`");
            let help = "write the name that the code has, an equals sign and the function: `diff_relu = relu'`";
            return Err(Box::new(Diagnostic::error("listing", place, message).help(help)));
        }
        expected.push(own);
    }
    Ok(Trial { language, code: code::runnable(typed, language), expected, span: attribute.span })
}

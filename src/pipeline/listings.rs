//! All listings of the site: each distinct code is highlighted once, on all cores.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::memo::Memo;
use crate::article::Article;
use crate::diagnostic::Diagnostic;
use crate::listing::{self, Class, Listing, MAX_CODE, MAX_LINE, Refusal, Token};
use crate::site::Document;
use crate::source::Span;

/// The listings of the site as markup.
pub(super) struct Listings {
    /// For each document its listings.
    pub(super) html: Vec<Arc<[String]>>,
    /// The rules for the colours of what occurs in them; empty if there is no listing.
    pub(super) colours: String,
    /// What is to be said about them.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// What two listings must share to be highlighted alike: the language and the code.
type Key<'a> = (&'a str, &'a str);

/// What the highlighter made of a code.
type Tokens = Result<Vec<Vec<Token>>, Refusal>;

/// Reads the code blocks of an article.
pub(super) fn read(article: &Article, diagnostics: &mut Vec<Diagnostic>) -> Vec<Listing> {
    article.listings.iter().map(|block| listing::read(&block.info, &block.code, diagnostics)).collect()
}

/// Highlights the listings of all documents.
pub(super) fn render(documents: &[Document], memo: &Memo) -> Listings {
    let all = || documents.iter().flat_map(|document| document.listings.iter());
    let mut seen = HashSet::new();
    let distinct: Vec<Key<'_>> = all().map(key).filter(|key| seen.insert(*key)).collect();
    let highlight = |&(language, code): &Key<'_>| {
        memo.get_or("listing", (language.to_owned(), code.to_owned()), || listing::highlight(language, code))
    };
    let tokens: Vec<Arc<Tokens>> = distinct.par_iter().map(highlight).collect();

    let classes: BTreeSet<Class> =
        tokens.iter().flat_map(|tokens| tokens.iter()).flatten().flatten().filter_map(|token| token.class).collect();
    let found: HashMap<Key<'_>, &Tokens> = distinct.iter().copied().zip(tokens.iter().map(AsRef::as_ref)).collect();
    let markup = |listing: &Listing| listing::html(listing, found[&key(listing)].as_deref().ok());
    Listings {
        html: documents.par_iter().map(|document| document.listings.iter().map(markup).collect()).collect(),
        colours: all().next().map_or_else(String::new, |_| listing::stylesheet(&classes)),
        diagnostics: refusals(all().map(|listing| (listing, found[&key(listing)]))),
    }
}

fn key(listing: &Listing) -> Key<'_> {
    (&listing.info.language, &listing.code)
}

/// Why listings stay plain. A language without a grammar is named once, however many listings are in it.
fn refusals<'a>(listings: impl Iterator<Item = (&'a Listing, &'a Tokens)>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut unknown: BTreeMap<&str, (Span, usize)> = BTreeMap::new();
    for (listing, tokens) in listings {
        let (Err(refusal), Some(span)) = (tokens, listing.info.language_span) else { continue };
        let language = listing.info.language.as_str();
        let reason = match refusal {
            Refusal::Plain => continue,
            Refusal::Unknown => {
                unknown.entry(language).or_insert((span, 0)).1 += 1;
                continue;
            }
            Refusal::TooLong => format!("it is longer than {MAX_CODE} bytes"),
            Refusal::LineTooLong(line) => format!("its line {line} is longer than {MAX_LINE} bytes"),
            Refusal::TooDeep => "it nests too deep, or leaves too many brackets open".to_owned(),
            Refusal::Failed => format!("the grammar of `{language}` fails on it"),
        };
        let message = format!("the listing is shown without colours: {reason}");
        let help = "write `text` as its language if it is meant so";
        diagnostics.push(Diagnostic::warning("listing", span, message).help(help));
    }
    diagnostics.extend(unknown.into_iter().map(|(language, (span, count))| unknown_language(language, span, count)));
    diagnostics
}

fn unknown_language(language: &str, span: Span, count: usize) -> Diagnostic {
    let listings = if count == 1 { "1 listing is".to_owned() } else { format!("{count} listings are") };
    let help = match listing::suggestion(language) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write `text` for a listing in no language".to_owned(),
    };
    let message = format!("unknown language `{language}`: {listings} shown without colours");
    Diagnostic::warning("listing", span, message).help(help)
}

//! The search index of the site: a document for each page, made on all cores, and an index for each language, on threads
//! of their own beside everything that comes after the links.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rayon::prelude::*;

use super::memo::Memo;
use super::{Content, Output, charts, fragments};
use crate::diagnostic::{Diagnostic, Severity};
use crate::page::{Fragments, Links, Words};
use crate::search::formulas::Formulas;
use crate::search::{self, Files, Language, Page, text};
use crate::site::{Document, Site};

/// What is to be found, for each language.
pub(super) type Languages = Vec<Language>;

/// An index that is being made, or what it will be made of.
pub(super) enum Pending {
    Running(JoinHandle<Index>),
    Waiting(Languages),
}

/// The files of the index with their paths in the site, and what there is to say about them.
pub(super) type Index = (Output, Vec<Diagnostic>);

/// What the index is made of.
pub(super) fn languages(documents: &[Document], site: &Site, words: &Words) -> Languages {
    let mut languages: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (page, own) in site.pages.iter().enumerate() {
        if documents[page].article.meta.search != Some(false) {
            languages.entry(&own.language).or_default().push(page);
        }
    }
    let language = |pages: Vec<usize>| {
        let formulas = pages.iter().flat_map(|page| &documents[*page].article.formulas);
        let formulas = Formulas::of(formulas.map(|formula| formula.tex.text.as_str()));
        let page = |page: usize| document(&documents[page], &site.pages[page], words, &formulas);
        Language { pages: pages.into_par_iter().map(page).collect(), formulas: formulas.list() }
    };
    languages.into_values().map(language).collect()
}

/// Begins to make the index on a thread of its own; where there is but one, the work is left for the end.
pub(super) fn begin(languages: Languages) -> Pending {
    if rayon::current_num_threads() == 1 {
        return Pending::Waiting(languages);
    }
    Pending::Running(thread::spawn(move || make(&languages, None)))
}

impl Pending {
    /// The index, once it is there.
    pub(super) fn finish(self) -> Index {
        match self {
            Pending::Waiting(languages) => make(&languages, None),
            Pending::Running(thread) => {
                let ended = |_| (Output::new(), vec![failure("the indexer ended without a word")]);
                thread.join().unwrap_or_else(ended)
            }
        }
    }
}

/// Makes the index. `memo` keeps those of single languages.
pub(super) fn make(languages: &Languages, memo: Option<&Memo>) -> Index {
    let index = |language: &Language| match memo {
        Some(memo) => memo.get_or("search index", language.clone(), || search::index(language)),
        None => Arc::new(search::index(language)),
    };
    let indexes: Vec<Arc<Result<Files, String>>> = languages.par_iter().map(index).collect();
    let made: Vec<&Files> = indexes.iter().filter_map(|index| index.as_ref().as_ref().ok()).collect();
    let diagnostics = indexes.iter().filter_map(|index| index.as_ref().as_ref().err()).map(|error| failure(error));
    let files = search::bundle(&made).into_iter();
    let output = files.map(|(name, bytes)| (format!("{}{name}", search::FOLDER), Content::Bytes(bytes.into())));
    (output.collect(), diagnostics.collect())
}

fn failure(error: &str) -> Diagnostic {
    Diagnostic::of_site(Severity::Error, "search", format!("the search index cannot be made: {error}"))
        .help("set `enabled = false` below `[search]` in `site.toml` to build without it")
}

fn document(document: &Document, own: &crate::site::Page, words: &Words, formulas: &Formulas<'_>) -> Page {
    let article = &document.article;
    let (set, code) = (text::formulas(article, formulas), text::listings(&document.listings));
    let fragments = fragments(document, own, set, code, words, &BTreeMap::new());
    let links = Links { to: &own.links, typed: &article.links, words: words.of(&own.language) };
    let chart = |chart: usize, fragments: &Fragments| {
        let figure = &document.charts[chart];
        let texts = figure.chart.iter().flat_map(|chart| [&chart.title, &chart.caption, &chart.alt]).flatten();
        texts.map(|text| format!("<p>{}</p>", charts::set(text, figure, fragments, &links))).collect()
    };
    let subject = text::Subject {
        article,
        fragments: &fragments,
        links,
        title: &own.title,
        language: &own.language,
        formulas,
        chart: &chart,
    };
    Page { path: own.output.clone(), document: text::document(&subject) }
}

//! All formulas of the site: each distinct one is typeset once, on all cores.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::article::Formula;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::math::{self, Definition, FontFile, Job, Macros, MathError, Numbers, Typeset, Usage};
use crate::page::FormulaHtml;
use crate::site::{self, Document, FormulaNumbers, Site};
use crate::source::{Source, Span};
use crate::tex;

/// The typeset formulas of the site.
pub(super) struct Mathematics {
    /// For each document its formulas.
    pub(super) formulas: Vec<Vec<FormulaHtml>>,
    /// Number of different formulas.
    pub(super) distinct: usize,
    /// The rules that they need.
    pub(super) stylesheet: String,
    /// The fonts that they need.
    pub(super) fonts: Vec<FontFile>,
}

/// What makes one formula different from another: two equal keys give equal results.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key<'a> {
    tex: &'a str,
    display: bool,
    prelude: Arc<str>,
    /// Which macros: 0 for those of the site, else one more than the number of the document that has its own.
    macros: usize,
    /// What the site decided about its numbers; `None` for most.
    numbers: Option<&'a FormulaNumbers>,
}

/// Typesets the formulas of all documents. `fonts` is the folder of the fonts as seen from the style sheet.
pub(super) fn typeset(
    documents: &[Document],
    site: &Site,
    site_macros: &Macros,
    fonts: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Mathematics {
    let macros: Vec<Option<Macros>> = documents.iter().map(|d| page_macros(d, site_macros, diagnostics)).collect();
    let keys: Vec<Vec<Key<'_>>> = documents
        .par_iter()
        .enumerate()
        .map(|(page, document)| keys(page, document, &site.pages[page].numbers, macros[page].is_some()))
        .collect();

    let mut seen = HashSet::new();
    let distinct: Vec<&Key<'_>> = keys.iter().flatten().filter(|key| seen.insert(*key)).collect();
    let typeset_one = |key: &Key<'_>| {
        let macros = key.macros.checked_sub(1).and_then(|page| macros[page].as_ref()).unwrap_or(site_macros);
        let numbers = key.numbers.map_or_else(Numbers::default, |own| Numbers { rows: &own.rows, links: &own.links });
        math::typeset(&Job { tex: key.tex, display: key.display, macros, prelude: &key.prelude, numbers })
    };
    let results: Vec<Result<Typeset, MathError>> = distinct.par_iter().map(|key| typeset_one(key)).collect();

    let mut usage = Usage::default();
    for typeset in results.iter().flatten() {
        usage.merge(&typeset.usage);
    }
    let html: Vec<FormulaHtml> = distinct.par_iter().zip(&results).map(|(key, result)| markup(key, result)).collect();
    let number: HashMap<&Key<'_>, usize> = distinct.iter().enumerate().map(|(number, key)| (*key, number)).collect();
    let mut formulas = Vec::with_capacity(documents.len());
    for (document, keys) in documents.iter().zip(&keys) {
        for (formula, key) in document.article.formulas.iter().zip(keys) {
            if let Err(error) = &results[number[key]] {
                diagnostics.push(diagnostic(formula, error));
            }
        }
        formulas.push(keys.iter().map(|key| html[number[key]].clone()).collect());
    }
    let files: Vec<FontFile> = math::font_jobs(&usage).par_iter().filter_map(math::font).collect();
    let stylesheet = math::stylesheet(&usage, &files, fonts).unwrap_or_else(|classes| {
        let message = format!("the style sheet has no rule for what the engine emits: {}", classes.join(", "));
        let span = documents.first().map(|document| document.source.span(0..0));
        diagnostics.extend(span.map(|span| Diagnostic::error("math", span, message)));
        String::new()
    });
    Mathematics { formulas, distinct: distinct.len(), stylesheet, fonts: files }
}

/// The keys of a document's formulas, in order; definitions of earlier ones reach later ones.
fn keys<'a>(page: usize, document: &'a Document, numbers: &'a site::Numbers, own_macros: bool) -> Vec<Key<'a>> {
    let mut definitions = Vec::new();
    let nothing: Arc<str> = "".into();
    let formulas = &document.article.formulas;
    let mut keys: Vec<(usize, Key<'_>)> = Vec::with_capacity(formulas.len());
    for index in document.article.formulas_in_order() {
        let tex = formulas[index].tex.text.as_str();
        let prelude = tex::prelude(&definitions, tex);
        definitions.extend(formulas[index].outline.definitions.iter().cloned());
        let key = Key {
            tex,
            display: formulas[index].display,
            prelude: if prelude.is_empty() { nothing.clone() } else { prelude.into() },
            macros: if own_macros { page + 1 } else { 0 },
            numbers: numbers.formulas.get(&index),
        };
        keys.push((index, key));
    }
    keys.sort_by_key(|(index, _)| *index);
    keys.into_iter().map(|(_, key)| key).collect()
}

/// The macros of the site: those of its macro files, then those of its configuration.
pub(super) fn site_macros(
    config: &Config,
    files: &BTreeMap<String, Source>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Macros {
    let mut all = Vec::new();
    for (path, span) in &config.macro_files {
        match files.get(path) {
            Some(source) => {
                let (found, mistakes) = math::read_macro_file(source);
                all.extend(found);
                diagnostics.extend(mistakes);
            }
            None => {
                let message = format!("there is no macro file `{path}` in the site's folder");
                diagnostics.push(Diagnostic::error("config", *span, message));
            }
        }
    }
    all.extend(definitions(&config.macros));
    let (macros, found) = Macros::read(all);
    diagnostics.extend(found);
    macros
}

fn page_macros(document: &Document, site: &Macros, diagnostics: &mut Vec<Diagnostic>) -> Option<Macros> {
    let own = &document.article.meta.macros;
    if own.is_empty() {
        return None;
    }
    let (macros, found) = site.with(definitions(own));
    diagnostics.extend(found);
    Some(macros)
}

fn definitions(macros: &[(String, String, Span)]) -> Vec<Definition> {
    macros.iter().map(|(name, body, span)| Definition { name: name.clone(), body: body.clone(), span: *span }).collect()
}

fn markup(key: &Key<'_>, result: &Result<Typeset, MathError>) -> FormulaHtml {
    let inline: Arc<str> = match result {
        Ok(typeset) => typeset.html.as_str().into(),
        Err(error) => math::error_box(key.tex, error).into(),
    };
    let block = if key.display { format!("<div class=\"formula\">{inline}</div>").into() } else { inline.clone() };
    FormulaHtml { block, inline }
}

/// The mistake under its bytes in the article; under the whole formula where it is about all of it.
fn diagnostic(formula: &Formula, error: &MathError) -> Diagnostic {
    let span = error.range.clone().map_or(formula.span, |range| formula.tex.span(range));
    let diagnostic = Diagnostic::error("math", span, &error.message).maybe_help(error.help.clone());
    match &error.in_macro {
        Some((name, place)) => diagnostic.related(*place, format!("in the macro `{name}`")),
        None => diagnostic,
    }
}

//! All formulas of the site: each distinct one is typeset once, on all cores, and those of a page that has not changed
//! not again.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use rayon::prelude::*;

use super::Workshop;
use super::memo::{Memo, Same};
use super::progress::Progress;
use crate::article::{Article, Formula};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::math::{self, Definition, Extent, FontFile, Job, Macros, MathError, Numbers, Typeset, Usage};
use crate::page::FormulaHtml;
use crate::site::{self, Document, FormulaNumbers, Site};
use crate::source::{FileId, Source, Span};
use crate::tex;

/// The typeset formulas of the site.
pub(super) struct Mathematics {
    /// For each document its formulas.
    pub(super) pages: Vec<Arc<PageMathematics>>,
    /// The rules that they need.
    pub(super) stylesheet: String,
    /// The fonts that they need.
    pub(super) fonts: Vec<Arc<Option<FontFile>>>,
}

/// The typeset formulas of a document.
pub(super) struct PageMathematics {
    /// Its formulas.
    pub(super) formulas: Arc<[FormulaHtml]>,
    /// How much room each of them takes; none where there is a mistake.
    pub(super) extents: Vec<Extent>,
    /// What they need of style sheet and fonts.
    usage: Arc<Usage>,
    mistakes: Vec<Diagnostic>,
    /// For each formula a number that equal formulas of the site share.
    prints: Vec<u64>,
}

impl PageMathematics {
    /// Whether the formulas need a file that is so small that it is worth asking for beforehand.
    pub(super) fn needs_small(&self, font: &FontFile) -> bool {
        font.is_small_and_of(&self.usage)
    }
}

/// What makes one formula different from another: two equal keys give equal results.
#[derive(PartialEq, Eq)]
struct Key<'a> {
    /// The hash of all that follows.
    print: u64,
    tex: &'a str,
    display: bool,
    prelude: Arc<str>,
    /// Which macros: those of the site, or those of a document that has its own.
    macros: Option<FileId>,
    /// What the site decided about its numbers; `None` for most.
    numbers: Option<&'a FormulaNumbers>,
}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.print);
    }
}

/// Usages are put together in groups of this many, so that a change in one page leaves the other groups as they are.
const GROUP: usize = 64;

/// Typesets the formulas of all documents. `fonts` is the folder of the fonts as seen from the style sheet.
pub(super) fn typeset(
    documents: &[Document],
    site: &Site,
    macros: &Arc<Macros>,
    fonts: &str,
    workshop: Workshop<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Mathematics {
    let memo = workshop.memo;
    let key = |page: usize| {
        let numbers = site.pages[page].numbers.formulas.clone();
        (Same::of(&documents[page].article), Same::of(macros), numbers)
    };
    let known: Vec<Option<Arc<PageMathematics>>> =
        (0..documents.len()).into_par_iter().map(|page| memo.find("mathematics", &key(page))).collect();
    let missing: Vec<usize> = (0..documents.len()).filter(|&page| known[page].is_none()).collect();
    let mut made = typeset_pages(&missing, documents, site, macros, workshop.progress).into_iter();
    let keep = |page, made| memo.keep("mathematics", key(page), made);
    let pages: Vec<Arc<PageMathematics>> = known
        .into_iter()
        .enumerate()
        .filter_map(|(page, known)| known.or_else(|| made.next().map(|made| keep(page, made))))
        .collect();
    for page in &pages {
        diagnostics.extend_from_slice(&page.mistakes);
    }

    workshop.progress.stage("fonts", 0);
    let usage = usage(&pages, memo);
    let jobs = math::font_jobs(&usage);
    let fonts_made: Vec<_> = jobs.par_iter().map(|job| memo.get_or("font", job.clone(), || math::font(job))).collect();
    let files: Vec<FontFile> = fonts_made.iter().filter_map(|font| (**font).clone()).collect();
    let stylesheet = math::stylesheet(&usage, &files, fonts).unwrap_or_else(|classes| {
        let message = format!("the style sheet has no rule for what the engine emits: {}", classes.join(", "));
        let span = documents.first().map(|document| document.source.span(0..0));
        diagnostics.extend(span.map(|span| Diagnostic::error("math", span, message)));
        String::new()
    });
    Mathematics { pages, stylesheet, fonts: fonts_made }
}

/// Typesets the formulas of some documents, each distinct one once.
fn typeset_pages(
    missing: &[usize],
    documents: &[Document],
    site: &Site,
    site_macros: &Macros,
    progress: &dyn Progress,
) -> Vec<PageMathematics> {
    let mut mistakes: Vec<Vec<Diagnostic>> = vec![Vec::new(); missing.len()];
    let own_macros: BTreeMap<FileId, Macros> = missing
        .iter()
        .zip(&mut mistakes)
        .filter_map(|(&page, found)| {
            Some((documents[page].source.id, page_macros(&documents[page], site_macros, found)?))
        })
        .collect();
    let keys: Vec<Vec<Key<'_>>> = missing
        .par_iter()
        .map(|&page| {
            let document = &documents[page];
            keys(document, &site.pages[page].numbers, own_macros.contains_key(&document.source.id))
        })
        .collect();
    let (mut distinct, mut known) = (Vec::<&Key<'_>>::new(), HashMap::<&Key<'_>, usize>::new());
    let mut number = |key| {
        *known.entry(key).or_insert_with(|| {
            distinct.push(key);
            distinct.len() - 1
        })
    };
    let numbers: Vec<Vec<usize>> = keys.iter().map(|keys| keys.iter().map(&mut number).collect()).collect();

    progress.stage("formulas", distinct.len());
    let results: Vec<(Result<Needs, MathError>, FormulaHtml)> = distinct
        .par_iter()
        .map(|key| {
            let macros = key.macros.and_then(|file| own_macros.get(&file)).unwrap_or(site_macros);
            let numbers = key.numbers.map_or_else(Numbers::default, |n| Numbers { rows: &n.rows, links: &n.links });
            let job = Job { tex: key.tex, display: key.display, macros, prelude: &key.prelude, numbers };
            let result = settle(key, math::typeset(&job));
            progress.step();
            result
        })
        .collect();
    (missing.par_iter().zip(&keys).zip(&numbers).zip(mistakes))
        .map(|(((&page, keys), numbers), mut mistakes)| {
            let (mut usage, mut extents) = (Usage::default(), Vec::with_capacity(numbers.len()));
            let article = &documents[page].article;
            for (formula, &number) in article.formulas.iter().zip(numbers) {
                match &results[number].0 {
                    Ok(own) => usage.merge(&own.usage),
                    Err(error) => mistakes.push(diagnostic(formula, error, article)),
                }
                extents.push(results[number].0.as_ref().map_or_else(|_| Extent::default(), |needs| needs.extent));
            }
            PageMathematics {
                formulas: numbers.iter().map(|&number| results[number].1.clone()).collect(),
                extents,
                usage: Arc::new(usage),
                mistakes,
                prints: keys.iter().map(|key| key.print).collect(),
            }
        })
        .collect()
}

/// What all pages together need.
fn usage(pages: &[Arc<PageMathematics>], memo: &Memo) -> Usage {
    let groups: Vec<Arc<Usage>> = pages
        .par_chunks(GROUP)
        .map(|group| {
            let key: Vec<Same<Usage>> = group.iter().map(|page| Same::of(&page.usage)).collect();
            memo.get_or("usage", key, || merged(group.iter().map(|page| &*page.usage)))
        })
        .collect();
    merged(groups.iter().map(|group| &**group))
}

fn merged<'a>(usages: impl Iterator<Item = &'a Usage>) -> Usage {
    let mut all = Usage::default();
    for usage in usages {
        all.merge(usage);
    }
    all
}

/// Number of different formulas.
pub(super) fn distinct(pages: &[Arc<PageMathematics>]) -> usize {
    let mut prints: Vec<u64> = pages.iter().flat_map(|page| page.prints.iter().copied()).collect();
    prints.par_sort_unstable();
    prints.dedup();
    prints.len()
}

/// The keys of a document's formulas, in order; definitions of earlier ones reach later ones.
fn keys<'a>(document: &'a Document, numbers: &'a site::Numbers, own_macros: bool) -> Vec<Key<'a>> {
    let mut definitions = Vec::new();
    let nothing: Arc<str> = "".into();
    let formulas = &document.article.formulas;
    let mut keys: Vec<(usize, Key<'_>)> = Vec::with_capacity(formulas.len());
    for index in document.article.formulas_in_order() {
        let tex = formulas[index].tex.text.as_str();
        let prelude = tex::prelude(&definitions, tex);
        definitions.extend(formulas[index].outline.definitions.iter().cloned());
        let prelude: Arc<str> = if prelude.is_empty() { nothing.clone() } else { prelude.into() };
        let (display, macros) = (formulas[index].display, own_macros.then_some(document.source.id));
        let numbers = numbers.formulas.get(&index);
        let mut hasher = DefaultHasher::new();
        (tex, display, &prelude, macros, numbers).hash(&mut hasher);
        keys.push((index, Key { print: hasher.finish(), tex, display, prelude, macros, numbers }));
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

/// What a formula needs of style sheet and fonts, and how much room it takes.
struct Needs {
    usage: Usage,
    extent: Extent,
}

/// The markup of a formula, and what it needs or what is wrong with it.
fn settle(key: &Key<'_>, result: Result<Typeset, MathError>) -> (Result<Needs, MathError>, FormulaHtml) {
    let html = |html: &str, mathml| FormulaHtml { html: html.into(), display: key.display, note: None, mathml };
    match result {
        Ok(Typeset { html: markup, usage, extent, mathml }) => {
            (Ok(Needs { usage, extent }), html(&markup, Some(mathml)))
        }
        Err(error) => {
            let shown = html(&math::error_box(key.tex, &error), None);
            (Err(error), shown)
        }
    }
}

/// The mistake under its bytes in the article; under the whole formula where it is about all of it.
fn diagnostic(formula: &Formula, error: &MathError, article: &Article) -> Diagnostic {
    let span = error.range.clone().map_or(formula.span, |range| formula.tex.span(range));
    let diagnostic = Diagnostic::error("math", span, &error.message).maybe_help(error.help.clone());
    let Some((name, place)) = &error.in_macro else { return diagnostic };
    match place.or_else(|| definition_before(formula, name, article)) {
        Some(place) => diagnostic.related(place, format!("in the macro `{name}`")),
        None => diagnostic,
    }
}

/// Where a formula before this one defines a command.
fn definition_before(formula: &Formula, name: &str, article: &Article) -> Option<Span> {
    let order = article.formulas_in_order();
    let before = order.iter().map(|&index| &article.formulas[index]).take_while(|other| other.place < formula.place);
    let found = before.flat_map(|other| other.outline.definitions.iter().map(move |definition| (other, definition)));
    let (other, definition) = found.filter(|(_, definition)| definition.name == name).last()?;
    Some(other.tex.span(definition.range.clone()))
}

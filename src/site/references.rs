//! Numbers, and what refers to them: equations, figures and everything else with a label share one mechanism.
//!
//! A page counts its equations, its figures, its tables of values, its theorems, its lemmas and so on from 1, in document
//! order. A label belongs to its language: the same label on a page and on its translation is one thing said twice, but two in one language are a mistake. A reference
//! looks on its own page first, then in its language, then in the site's main language.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::{Document, Page, each};
use crate::article::{FigureIndex, THEOREMS};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, nearest};
use crate::math::{self, Link};
use crate::source::Span;
use crate::tex::Numbering;

/// What carries a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A row of a formula.
    Equation,
    /// A chart or an image.
    Figure,
    /// A table of values.
    Table,
    /// A theorem or the like: its kind, one of [`article::THEOREMS`](crate::article::THEOREMS).
    Theorem(&'static str),
}

/// A number that can be referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What carries it.
    pub kind: Kind,
    /// The number, or the tag that the author gave instead; without parentheses.
    pub number: String,
    /// The page that it is on.
    pub page: usize,
    /// The id of the element.
    pub id: String,
    /// Where the label was typed.
    pub span: Span,
}

/// The numbers of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// For each formula with numbered rows or references: the numbers of its rows, and where its references lead.
    pub formulas: BTreeMap<usize, FormulaNumbers>,
    /// For each chart its number, if it has an id.
    pub charts: Vec<Option<usize>>,
    /// For each table of values its number, if it has an id.
    pub tables: Vec<Option<usize>>,
    /// For each image its number, if it has an id.
    pub images: Vec<Option<usize>>,
    /// For each container its number, if it has one.
    pub containers: Vec<Option<usize>>,
}

/// The numbers of a formula.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct FormulaNumbers {
    /// For each row its number; empty if none has one.
    pub rows: Vec<Option<String>>,
    /// For each reference where it leads; empty if there is none.
    pub links: Vec<Option<Link>>,
}

/// All labels of the site.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// By language and name.
    by_language: HashMap<String, HashMap<String, Label>>,
    main_language: String,
}

impl Labels {
    /// What a label means on a page in `language`.
    pub(super) fn find(&self, name: &str, language: &str) -> Option<&Label> {
        let of = |language: &str| self.by_language.get(language)?.get(name);
        of(language).or_else(|| of(&self.main_language))
    }

    /// "did you mean …?" for a label that nobody defined.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        let mut names: Vec<&str> = self.by_language.values().flat_map(HashMap::keys).map(String::as_str).collect();
        names.sort_unstable();
        nearest(name, names)
    }

    /// Adds the labels of a page, whose anchors are given; `count` is that of all labels to come.
    fn add(
        &mut self,
        labels: Vec<(String, Label)>,
        language: &str,
        anchors: &[(String, Span)],
        count: usize,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        if labels.is_empty() {
            return;
        }
        if !self.by_language.contains_key(language) {
            // Most sites have most of their labels in one language.
            let capacity = if self.by_language.is_empty() { count } else { 0 };
            self.by_language.insert(language.to_owned(), HashMap::with_capacity(capacity));
        }
        let Some(known) = self.by_language.get_mut(language) else { return };
        let mut by_id: BTreeMap<String, (String, Kind, Span)> = BTreeMap::new();
        for (name, label) in labels {
            match known.entry(name) {
                Entry::Vacant(entry) => {
                    if !anchors.is_empty() {
                        by_id.insert(label.id.clone(), (entry.key().clone(), label.kind, label.span));
                    }
                    entry.insert(label);
                }
                Entry::Occupied(first) => {
                    let message = format!("label `{}` is defined twice", first.key());
                    diagnostics.push(
                        Diagnostic::error("reference", label.span, message)
                            .related(first.get().span, "first defined here")
                            .help("give each label a name of its own"),
                    );
                }
            }
        }
        // A label is the id of an element, so it may not be the anchor of a heading as well.
        for (id, place) in anchors {
            let found = by_id.get(id).filter(|(_, _, span)| span != place);
            if let Some((name, kind, span)) = found {
                let message = format!("label `{name}` is the anchor of something else on this page");
                let help = format!("give the label a name of its own, such as `{}:{name}`", prefix(*kind));
                diagnostics
                    .push(Diagnostic::error("reference", *span, message).related(*place, "this has it").help(help));
            }
        }
    }
}

/// Numbers what is on the pages, and collects their labels.
pub(super) fn number(
    documents: &[Document],
    pages: &[Page],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Numbers>, Labels) {
    let numbered = each(documents.len(), diagnostics, |index, found| {
        let (document, mut page, mut labels) = (&documents[index], Numbers::default(), Vec::new());
        number_equations(document, index, config.numbering, &mut page, &mut labels, found);
        number_figures(document, index, &mut page, &mut labels);
        number_tables(document, index, &mut page, &mut labels);
        number_theorems(document, index, &mut page, &mut labels);
        (page, labels)
    });
    let mut all = Labels { main_language: config.language.clone(), ..Labels::default() };
    let mut numbers = Vec::with_capacity(documents.len());
    let count = numbered.iter().map(|(_, labels)| labels.len()).sum();
    for ((page, document), (own, labels)) in pages.iter().zip(documents).zip(numbered) {
        numbers.push(own);
        all.add(labels, &page.language, &document.article.anchors, count, diagnostics);
    }
    (numbers, all)
}

/// What authors put before a label of a kind.
fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Equation => "eq",
        Kind::Figure => "fig",
        Kind::Table => "tab",
        Kind::Theorem("lemma") => "lem",
        Kind::Theorem(_) => "thm",
    }
}

fn number_equations(
    document: &Document,
    index: usize,
    numbering: Numbering,
    numbers: &mut Numbers,
    labels: &mut Vec<(String, Label)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let formulas = &document.article.formulas;
    let may_have_number =
        |&index: &usize| formulas[index].outline.environment.is_some() || formulas[index].outline.named;
    let mut count = 0;
    for formula_index in document.article.formulas_in_order().into_iter().filter(may_have_number) {
        let formula = &formulas[formula_index];
        let outline = &formula.outline;
        for (row_index, row) in outline.rows.iter().enumerate().filter(|_| formula.display) {
            let number = outline.takes_number(row, numbering).then(|| {
                count += 1;
                count.to_string()
            });
            if number.is_some() {
                let rows = &mut numbers.formulas.entry(formula_index).or_default().rows;
                rows.resize(outline.rows.len(), None);
                rows[row_index].clone_from(&number);
            }
            let shown = number.or_else(|| row.tag.as_ref().map(|tag| crate::tex::plain(&tag.body)));
            for label in &row.labels {
                let span = formula.tex.span(label.range.clone());
                let Some(number) = shown.clone() else {
                    let message = format!("label `{}` stands on a row without a number", label.name);
                    let help = "remove `\\nonumber`, give the row a `\\tag{…}`, or set `math.number` to \"labelled\"";
                    diagnostics.push(Diagnostic::error("reference", span, message).help(help));
                    continue;
                };
                // A row has one id, whatever the number of its labels.
                let id = math::row_id(&row.labels[0].name).into_owned();
                let label_here = Label { kind: Kind::Equation, number, page: index, id, span };
                labels.push((label.name.clone(), label_here));
            }
        }
        for label in outline.rows.iter().flat_map(|row| &row.labels).filter(|_| !formula.display) {
            let message =
                format!("label `{}` stands in a formula inside a line, which cannot have a number", label.name);
            diagnostics.push(
                Diagnostic::error("reference", formula.tex.span(label.range.clone()), message)
                    .help("use a display formula: `$$…$$`"),
            );
        }
    }
}

fn number_figures(document: &Document, index: usize, numbers: &mut Numbers, labels: &mut Vec<(String, Label)>) {
    numbers.charts = vec![None; document.charts.len()];
    numbers.images = vec![None; document.article.images.len()];
    let mut count = 0;
    for &figure in &document.article.figures {
        let (id, number) = match figure {
            FigureIndex::Chart(chart) => {
                let id = document.charts[chart].chart.as_ref().and_then(|chart| chart.id.as_ref());
                (id.map(|id| (id.text.clone(), id.span)), &mut numbers.charts[chart])
            }
            FigureIndex::Image(image) => (document.article.images[image].id.clone(), &mut numbers.images[image]),
        };
        let Some((id, span)) = id else { continue };
        count += 1;
        *number = Some(count);
        let label = Label { kind: Kind::Figure, number: count.to_string(), page: index, id: id.clone(), span };
        labels.push((id, label));
    }
}

fn number_tables(document: &Document, index: usize, numbers: &mut Numbers, labels: &mut Vec<(String, Label)>) {
    let mut count = 0;
    for table in &*document.tables {
        numbers.tables.push(table.id.as_ref().map(|(id, span)| {
            count += 1;
            let label =
                Label { kind: Kind::Table, number: count.to_string(), page: index, id: id.clone(), span: *span };
            labels.push((id.clone(), label));
            count
        }));
    }
}

fn number_theorems(document: &Document, index: usize, numbers: &mut Numbers, labels: &mut Vec<(String, Label)>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for container in &document.article.containers {
        let kind = THEOREMS.into_iter().find(|kind| container.numbered && *kind == container.kind);
        numbers.containers.push(kind.map(|kind| {
            let count = counts.entry(kind).or_insert(0);
            *count += 1;
            if let Some((id, span)) = &container.id {
                let number = count.to_string();
                let label = Label { kind: Kind::Theorem(kind), number, page: index, id: id.clone(), span: *span };
                labels.push((id.clone(), label));
            }
            *count
        }));
    }
}

/// Finds where the references inside formulas lead.
pub(super) fn resolve(
    documents: &[Document],
    pages: &[Page],
    labels: &Labels,
    numbers: &mut [Numbers],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let found = each(documents.len(), diagnostics, |index, diagnostics| {
        let mut found = Vec::new();
        for (formula_index, formula) in documents[index].article.formulas.iter().enumerate() {
            for reference in &formula.outline.references {
                let link = labels
                    .find(&reference.label, &pages[index].language)
                    .map(|label| Link { text: label.number.clone(), href: href(label, index, pages) });
                if link.is_none() {
                    let span = formula.tex.span(reference.range.clone());
                    diagnostics.push(unknown(&reference.label, span, labels));
                }
                found.push((formula_index, link));
            }
        }
        found
    });
    for (numbers, found) in numbers.iter_mut().zip(found) {
        for (formula, link) in found {
            numbers.formulas.entry(formula).or_default().links.push(link);
        }
    }
}

/// The address of a label as seen from a page.
pub(super) fn href(label: &Label, from: usize, pages: &[Page]) -> String {
    let fragment = super::paths::fragment(&label.id);
    if label.page == from {
        return format!("#{fragment}");
    }
    format!("{}#{fragment}", super::relative(&pages[from].output, &pages[label.page].output))
}

/// The error for a reference to a label that nobody defined.
pub(super) fn unknown(name: &str, span: Span, labels: &Labels) -> Diagnostic {
    let help = labels.nearest(name).map(|near| format!("did you mean `{near}`?"));
    Diagnostic::error("reference", span, format!("no equation, figure, table or theorem has the label `{name}`"))
        .maybe_help(help)
}

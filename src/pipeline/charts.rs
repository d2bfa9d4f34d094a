//! Chart fences: read with their article, drawn when its language and its mathematics are known.

use std::sync::Arc;

use rayon::prelude::*;

use super::Workshop;
use super::functions::PageFunctions;
use super::memo::{Memo, Same};
use crate::article::{self, Article, Spellings};
use crate::chart::spec::Text;
use crate::chart::{self, Chart, Context, Drawing, Setting};
use crate::diagnostic::Diagnostic;
use crate::html::escape;
use crate::page::{self, Fragments, ImageHtml, Links, Theme, Words};
use crate::site::{Document, Figure, Kind, Page, ResolvedLink, Site};
use crate::source::{Excerpt, Span};

/// Reads the fences of an article. Formulas in their texts are added to the article.
pub(super) fn read(article: &mut Article, spellings: Spellings, diagnostics: &mut Vec<Diagnostic>) -> Vec<Figure> {
    let fences = article.charts.clone();
    fences
        .iter()
        .map(|fence| {
            let (chart, found) = chart::read(&fence.body.text, fence.body.span);
            diagnostics.extend(found);
            let texts = chart.iter().flat_map(texts).filter(|text| text.text.contains(['$', '\\', '*', '`', '[']));
            let texts: Vec<(Span, Excerpt)> = texts.map(|text| (text.span, text.excerpt())).collect();
            let mut set = |(span, text)| (span, article::add_inline(article, &text, spellings, diagnostics));
            Figure { texts: texts.into_iter().map(&mut set).collect(), chart }
        })
        .collect()
}

/// The texts of a chart that its page sets.
fn texts(chart: &Chart) -> Vec<&Text> {
    let own = [&chart.title, &chart.caption, &chart.x_label, &chart.y_label].into_iter().flatten();
    own.chain(chart.curves.iter().filter_map(|curve| curve.label.as_ref())).collect()
}

/// Draws the charts of all documents into their fragments.
pub(super) fn draw(
    documents: &[Document],
    site: &Site,
    common: &Common<'_>,
    functions: &[Arc<PageFunctions>],
    workshop: Workshop<'_>,
    fragments: &mut [Fragments],
    diagnostics: &mut Vec<Diagnostic>,
) {
    workshop.progress.stage("charts", documents.len());
    let drawn: Vec<Option<Arc<Drawn>>> = documents
        .par_iter()
        .zip(&site.pages)
        .zip(fragments.par_iter())
        .zip(functions)
        .map(|(((document, page), fragments), functions)| {
            let drawn = drawn(document, page, functions, fragments, common, workshop.memo);
            workshop.progress.step();
            drawn
        })
        .collect();
    for (fragments, drawn) in fragments.iter_mut().zip(drawn) {
        if let Some(drawn) = drawn {
            fragments.charts = drawn.charts.clone();
            diagnostics.extend_from_slice(&drawn.found);
        }
    }
}

/// What the charts of all pages have in common.
pub(super) struct Common<'a> {
    /// The theme, which has the words.
    pub(super) theme: &'a Arc<Option<Theme>>,
    /// Its interface texts, which name figures.
    pub(super) words: &'a Words,
    /// How formulas in their texts are spelt.
    pub(super) spellings: Spellings,
}

/// The charts of a page.
struct Drawn {
    charts: Arc<[String]>,
    found: Vec<Diagnostic>,
    /// Where the links in their texts led, and what their images were.
    links: Vec<ResolvedLink>,
    images: Vec<ImageHtml>,
}

/// The charts of a page; `None` for one without charts.
fn drawn(
    document: &Document,
    page: &Page,
    functions: &Arc<PageFunctions>,
    fragments: &Fragments,
    common: &Common<'_>,
    memo: &Memo,
) -> Option<Arc<Drawn>> {
    let article = &document.article;
    if document.charts.is_empty() {
        return None;
    }
    let numbers = (page.numbers.charts.clone(), page.language.clone());
    let given = (Same::of(functions), Same::of(common.theme), common.spellings);
    let key = (Same::of(article), Same::of(&fragments.formulas), numbers, given);
    let known = memo
        .find("charts", &key)
        .filter(|drawn: &Arc<Drawn>| drawn.links == page.links && drawn.images == fragments.images);
    Some(known.unwrap_or_else(|| {
        let mut found = Vec::new();
        let charts = draw_page(document, page, functions, fragments, common, memo, &mut found);
        memo.keep("charts", key, Drawn { charts, found, links: page.links.clone(), images: fragments.images.clone() })
    }))
}

fn draw_page(
    document: &Document,
    page: &Page,
    functions: &PageFunctions,
    fragments: &Fragments,
    common: &Common<'_>,
    memo: &Memo,
    diagnostics: &mut Vec<Diagnostic>,
) -> Arc<[String]> {
    let article = &document.article;
    let words = common.words.of(&page.language);
    let links = Links { to: &page.links, typed: &article.links, words };
    let place = Place { fragments, links, spellings: common.spellings };
    let charts = document.charts.iter().enumerate().filter_map(|(index, figure)| {
        // What is wrong with the fence has been said where it was read.
        let Some(chart) = &figure.chart else { return Some(String::new()) };
        let id = format!("chart-{}", index + 1);
        let number = page.numbers.charts.get(index).copied().flatten();
        let number = number.map(|number| page::name(Kind::Figure, &number.to_string(), words));
        // The drawing names its texts by their places, so the place is a part of the key.
        let fence = &article.charts.get(index)?.body;
        let written = (fence.text.clone(), fence.span, functions.written.clone());
        let key = (written, Same::of(&functions.site), id.clone(), page.language.clone());
        let drawing = memo.get_or_say("chart", key, diagnostics, |found| {
            let (drawing, said) = chart::render(chart, &functions.scope, Context { id: &id, language: &page.language });
            found.extend(said);
            drawing
        });
        Some(html(chart, figure, &drawing, number.as_deref(), &place))
    });
    charts.collect()
}

/// What the charts of a page have in common.
struct Place<'a> {
    fragments: &'a Fragments,
    links: Links<'a>,
    spellings: Spellings,
}

fn html(chart: &Chart, figure: &Figure, drawing: &Drawing, number: Option<&str>, place: &Place<'_>) -> String {
    let set = |text: &Text| set(text, figure, place.fragments, &place.links);
    let plain = |text: &Text| article::plain(&text.excerpt(), place.spellings);
    chart::figure(
        chart,
        drawing,
        &Setting { html: &set, plain: &plain, number: number.map(|number| escape(number)).as_deref() },
    )
}

/// A text of a chart as HTML.
pub(super) fn set(text: &Text, figure: &Figure, fragments: &Fragments, links: &Links<'_>) -> String {
    let nodes = figure.texts.iter().find(|(span, _)| *span == text.span);
    nodes.map_or_else(|| escape(&text.text).into_owned(), |(_, nodes)| page::html(nodes, fragments, links))
}

//! Chart fences: read with their article, drawn when its language and its mathematics are known.

use std::sync::Arc;

use rayon::prelude::*;

use super::Workshop;
use super::functions::PageFunctions;
use super::mathematics::PageMathematics;
use super::memo::{Memo, Same};
use crate::article::{self, Article, Node, Spellings};
use crate::chart::spec::Text;
use crate::chart::{self, Chart, Context, Drawing, Setting, Typeset};
use crate::diagnostic::Diagnostic;
use crate::html::escape;
use crate::math::{self, Extent};
use crate::page::{self, Fragments, ImageHtml, Links, Theme, Words};
use crate::site::{Document, Figure, Kind, Page, ResolvedLink, Site};

/// Reads the fences of an article. Formulas in their texts are added to the article.
pub(super) fn read(article: &mut Article, spellings: Spellings, diagnostics: &mut Vec<Diagnostic>) -> Vec<Figure> {
    let fences = article.charts.clone();
    fences
        .iter()
        .map(|fence| {
            let (chart, found) = chart::read(&fence.body.text, fence.body.span);
            diagnostics.extend(found);
            let texts =
                chart.iter().flat_map(Chart::texts).filter(|text| text.text.contains(['$', '\\', '*', '`', '[']));
            let texts: Vec<Text> = texts.cloned().collect();
            let mut set = |text: Text| {
                let nodes = article::add_inline(article, &text.excerpt(), fence.place, spellings, diagnostics);
                (text, nodes)
            };
            Figure { texts: texts.into_iter().map(&mut set).collect(), chart }
        })
        .collect()
}

/// Draws the charts of all documents into their fragments.
pub(super) fn draw(
    documents: &[Document],
    site: &Site,
    common: &Common<'_>,
    (functions, mathematics): (&[Arc<PageFunctions>], &[Arc<PageMathematics>]),
    workshop: Workshop<'_>,
    fragments: &mut [Fragments],
    diagnostics: &mut Vec<Diagnostic>,
) {
    workshop.progress.stage("charts", documents.len());
    let drawn: Vec<Option<Arc<Drawn>>> = documents
        .par_iter()
        .zip(&site.pages)
        .zip(fragments.par_iter())
        .zip(functions.par_iter().zip(mathematics))
        .map(|(((document, page), fragments), made)| {
            let drawn = drawn(document, page, made, fragments, common, workshop.memo);
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
    made: (&Arc<PageFunctions>, &Arc<PageMathematics>),
    fragments: &Fragments,
    common: &Common<'_>,
    memo: &Memo,
) -> Option<Arc<Drawn>> {
    let article = &document.article;
    if document.charts.is_empty() {
        return None;
    }
    let numbers = (page.numbers.charts.clone(), page.language.clone());
    let given = (Same::of(made.0), Same::of(made.1), Same::of(common.theme), common.spellings);
    let key = (Same::of(article), Same::of(&fragments.formulas), numbers, given);
    let known = memo
        .find("charts", &key)
        .filter(|drawn: &Arc<Drawn>| drawn.links == page.links && drawn.images == fragments.images);
    Some(known.unwrap_or_else(|| {
        let mut found = Vec::new();
        let charts = draw_page(document, page, made, fragments, common, memo, &mut found);
        memo.keep("charts", key, Drawn { charts, found, links: page.links.clone(), images: fragments.images.clone() })
    }))
}

fn draw_page(
    document: &Document,
    page: &Page,
    (functions, mathematics): (&Arc<PageFunctions>, &Arc<PageMathematics>),
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
        let texts = typeset(figure, &mathematics.extents, common.spellings);
        let sizes: Vec<_> =
            texts.iter().map(|(_, typeset)| (typeset.width.to_bits(), typeset.height.to_bits())).collect();
        let written = (fence.text.clone(), fence.span, functions.written.clone(), common.spellings, sizes);
        let key = (written, Same::of(&functions.site), id.clone(), page.language.clone());
        let drawing = memo.get_or_say("chart", key, diagnostics, |found| {
            let context = Context { id: &id, language: &page.language, texts: &texts };
            let (drawing, said) = chart::render(chart, &functions.scope, context);
            found.extend(said);
            drawing
        });
        Some(html(chart, figure, &drawing, number.as_deref(), &place))
    });
    charts.collect()
}

/// The texts of a chart with mathematics in them, with the size that they will have. The fonts of the page are the
/// reader's own, so the words around a formula are estimated; a formula is measured.
fn typeset(figure: &Figure, extents: &[Extent], spellings: Spellings) -> Vec<(Text, Typeset)> {
    let formulas = |nodes: &[Node]| nodes.iter().any(|node| matches!(node, Node::Formula { .. }));
    let texts = figure.texts.iter().filter(|(_, nodes)| formulas(nodes));
    texts
        .map(|(text, nodes)| {
            let (mut width, mut height, mut depth) = (0.0, 0.0_f64, 0.0_f64);
            for node in nodes {
                match node {
                    Node::Html(markup) => width += chart::text::ems(&letters(markup)),
                    Node::Formula { index, .. } => {
                        let extent = extents.get(*index).copied().unwrap_or_default();
                        width += extent.width * math::SCALE;
                        height = height.max(extent.height * math::SCALE);
                        depth = depth.max(extent.depth * math::SCALE);
                    }
                    _ => {}
                }
            }
            let plain = article::plain(&text.excerpt(), spellings);
            (text.clone(), Typeset { plain, width, height: height + depth })
        })
        .collect()
}

/// Markup without its tags; a character reference counts as one letter.
fn letters(markup: &str) -> String {
    let (mut words, mut rest) = (String::new(), markup);
    while let Some(at) = rest.find(['<', '&']) {
        words.push_str(&rest[..at]);
        let (end, letter) = if rest[at..].starts_with('<') { ('>', "") } else { (';', "n") };
        words.push_str(letter);
        rest = rest[at..].find(end).map_or("", |length| &rest[at + length + 1..]);
    }
    words + rest
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
    let nodes = figure.texts.iter().find(|(known, _)| known == text);
    nodes.map_or_else(|| escape(&text.text).into_owned(), |(_, nodes)| page::html(nodes, fragments, links))
}

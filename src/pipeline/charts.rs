//! Chart fences: read with their article, drawn when its language and its mathematics are known.

use rayon::prelude::*;

use crate::article::{self, Article, Spellings};
use crate::chart::spec::Text;
use crate::chart::{self, Chart, Context, Setting};
use crate::config::Config;
use crate::data;
use crate::diagnostic::Diagnostic;
use crate::function::Scope;
use crate::html::escape;
use crate::page::{self, Fragments, Links, Words};
use crate::site::{Document, Figure, Kind, Site};
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
    config: &Config,
    words: &Words,
    fragments: &mut [Fragments],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let scope = site_scope(config, diagnostics);
    let drawn: Vec<(Vec<String>, Vec<Diagnostic>)> = documents
        .par_iter()
        .zip(fragments.par_iter())
        .enumerate()
        .map(|(page, (document, fragments))| {
            let mut found = Vec::new();
            let scope = page_scope(&scope, &document.article, &mut found);
            let own = &site.pages[page];
            let words = words.of(&own.language);
            let links = Links { to: &own.links, typed: &document.article.links, words };
            let place = Place { scope: &scope, fragments, links, spellings: config.spellings };
            let charts = document.charts.iter().enumerate().map(|(index, figure)| {
                let id = format!("chart-{}", index + 1);
                let number = own.numbers.charts.get(index).copied().flatten();
                let number = number.map(|number| page::name(Kind::Figure, &number.to_string(), words));
                let context = Context { id: &id, language: &own.language };
                html(figure, context, number.as_deref(), &place, &mut found)
            });
            (charts.collect(), found)
        })
        .collect();
    for (fragments, (charts, found)) in fragments.iter_mut().zip(drawn) {
        fragments.charts = charts;
        diagnostics.extend(found);
    }
}

/// What the charts of a page have in common.
struct Place<'a> {
    scope: &'a Scope,
    fragments: &'a Fragments,
    links: Links<'a>,
    spellings: Spellings,
}

fn html(
    figure: &Figure,
    context: Context<'_>,
    number: Option<&str>,
    place: &Place<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    // What is wrong with the fence has been said where it was read.
    let Some(chart) = &figure.chart else { return String::new() };
    let (drawing, found) = chart::render(chart, place.scope, context);
    diagnostics.extend(found);
    let set = |text: &Text| {
        let nodes = figure.texts.iter().find(|(span, _)| *span == text.span);
        nodes.map_or_else(
            || escape(&text.text).into_owned(),
            |(_, nodes)| page::html(nodes, place.fragments, &place.links),
        )
    };
    let plain = |text: &Text| article::plain(&text.excerpt(), place.spellings);
    chart::figure(
        chart,
        &drawing,
        &Setting { html: &set, plain: &plain, number: number.map(|number| escape(number)).as_deref() },
    )
}

/// The catalogue and the `[functions]` of the site: `name = "definition"`, with or without the left side.
fn site_scope(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Scope {
    let mut scope = Scope::catalogue();
    for (name, value) in &config.functions {
        let data::Kind::String(text) = &value.kind else {
            let message = format!("function `{name}` must be a string, found {}", value.kind_name());
            diagnostics.push(Diagnostic::error("config", value.span, message));
            continue;
        };
        let left = if text.contains('=') && text.trim_start().starts_with(name.as_str()) {
            String::new()
        } else {
            format!("{name}(x) = ")
        };
        if let Err(error) = scope.define(&format!("{left}{text}")) {
            let start = error.range.start.saturating_sub(left.len());
            let span = value.text_span(start..error.range.end.saturating_sub(left.len()).max(start));
            diagnostics.push(Diagnostic::error("config", span, error.message).maybe_help(error.help));
        }
    }
    scope
}

/// The site's functions and those that the page defines in its `function` fences.
fn page_scope(site: &Scope, article: &Article, diagnostics: &mut Vec<Diagnostic>) -> Scope {
    let mut scope = site.clone();
    for fence in &article.definitions {
        for range in definitions(&fence.text) {
            if let Err(error) = scope.define(&fence.text[range.clone()]) {
                let span = fence.span(range.start + error.range.start..range.start + error.range.end);
                diagnostics.push(Diagnostic::error("function", span, error.message).maybe_help(error.help));
            }
        }
    }
    scope
}

/// The definitions of a fence: one a line, but a line with an open bracket goes on. `#` begins a comment line.
fn definitions(text: &str) -> Vec<std::ops::Range<usize>> {
    let (mut found, mut start, mut at, mut depth) = (Vec::new(), 0, 0, 0i32);
    for line in text.split_inclusive('\n') {
        let skipped = depth == 0 && (line.trim().is_empty() || line.trim_start().starts_with('#'));
        if depth == 0 {
            start = at;
        }
        at += line.len();
        if skipped {
            continue;
        }
        depth += line.chars().map(|c| if "({".contains(c) { 1 } else { -i32::from(")}".contains(c)) }).sum::<i32>();
        if depth <= 0 {
            depth = 0;
            found.push(start..start + text[start..at].trim_end().len());
        }
    }
    if depth > 0 {
        found.push(start..text.trim_end().len());
    }
    found
}

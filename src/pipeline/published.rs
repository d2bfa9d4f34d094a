//! What is made beside the pages: images for previews and feeds here, everything else by `publish`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::functions::PageFunctions;
use super::{Content, Inputs, Output, charts};
use crate::article;
use crate::chart::{self, Context, Setting, spec::Text};
use crate::config::{Config, base_url_mistake};
use crate::diagnostic::Diagnostic;
use crate::html::escape;
use crate::page::{self, Announced, FormulaHtml, Fragments, Links, Renderer};
use crate::publish::{self, Publication};
use crate::site::{Kind, SitePath, permalink};

#[cfg(feature = "share")]
mod share;

/// The address in force: what the command line says, else the configuration. Empty if unknown.
pub(super) fn base_url(inputs: &Inputs, config: &Config, diagnostics: &mut Vec<Diagnostic>) -> String {
    let base_url = inputs.options.base_url.as_deref().unwrap_or(&config.base_url).trim_end_matches('/');
    if base_url.is_empty() {
        publish::report_missing_address(config, diagnostics);
    }
    match inputs.options.base_url.as_ref().and_then(|_| base_url_mistake(base_url, None)) {
        Some(mistake) => {
            diagnostics.push(mistake);
            String::new()
        }
        None => base_url.to_owned(),
    }
}

/// What the heads of pages have to announce. Draws the images for previews.
pub(super) fn announce(
    publication: &Publication<'_>,
    functions: &[Arc<PageFunctions>],
    fonts: &BTreeMap<String, Arc<[u8]>>,
    output: &mut Output,
    diagnostics: &mut Vec<Diagnostic>,
) -> Announced {
    if publication.base_url.is_empty() {
        return Announced::default();
    }
    let feed = |language: &String| (language.clone(), publication.of_language(language, "feed.xml"));
    let feeds = publication.feeds().keys().map(feed).collect();
    #[cfg(feature = "share")]
    let drawn = share::draw(publication, functions, fonts, output, diagnostics);
    #[cfg(not(feature = "share"))]
    let drawn: Vec<Option<SitePath>> = {
        let _ = (functions, fonts);
        Vec::new()
    };
    let site_image = site_image(publication, output, diagnostics);
    let image = |page: usize| {
        let chosen = publication.documents[page].article.image;
        let chosen = chosen.map(|link| publication.absolute_links(page)[link].href.clone());
        let drawn = || Some(permalink(publication.base_url, drawn.get(page)?.as_ref()?));
        chosen.or_else(drawn).or_else(|| site_image.clone()).unwrap_or_default()
    };
    Announced { feeds, images: (0..publication.site.pages.len()).map(image).collect() }
}

/// `share.image`: an address, or a file of the site.
fn site_image(publication: &Publication<'_>, output: &Output, diagnostics: &mut Vec<Diagnostic>) -> Option<String> {
    let (image, span) = publication.config.publishing.share_image.as_ref()?;
    if image.starts_with("https://") || image.starts_with("http://") {
        return Some(image.clone());
    }
    let path = image.trim_start_matches('/');
    if output.contains_key(path) {
        return Some(permalink(publication.base_url, path));
    }
    let near = crate::diagnostic::nearest(path, output.keys().map(String::as_str));
    let error = Diagnostic::error("config", *span, format!("there is no file `{path}` in the site"));
    diagnostics.push(error.maybe_help(near.map(|near| format!("did you mean `{near}`?"))));
    None
}

/// The files that no template of an article makes, and what there is to say about them. What the author put in the same
/// place, one of the paths `taken`, stays.
pub(super) fn files(
    publication: &Publication<'_>,
    functions: &[Arc<PageFunctions>],
    renderer: &Renderer<'_>,
    taken: &BTreeSet<SitePath>,
) -> (Output, Vec<Diagnostic>) {
    let (mut made, mut diagnostics) = (Output::new(), Vec::new());
    let (fragments, images) = feed_fragments(publication, functions, renderer.fragments);
    for (path, text) in images.into_iter().chain(publish::files(publication, &fragments)) {
        if !taken.contains(&path) {
            made.insert(path, Content::text(text));
        }
    }
    let taken: BTreeSet<&SitePath> = taken.iter().chain(made.keys()).collect();
    let redirects = publish::redirects(publication, &taken, &mut diagnostics);
    let special: Vec<_> = publish::special_pages(renderer, &redirects);
    let mut pages = Output::new();
    for page in special {
        match page {
            Ok((path, html)) if taken.contains(&path) => drop((path, html)),
            Ok((path, html)) => drop(pages.insert(path, Content::Bytes(html.into()))),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    made.extend(pages);
    (made, diagnostics)
}

/// The typeset parts of the articles in feeds, as readers without our style sheets can show them, and the images that
/// they need.
/// A page, how it is put together for a feed, and the files that takes.
type Made = (usize, Fragments, Vec<(SitePath, String)>);

fn feed_fragments(
    publication: &Publication<'_>,
    functions: &[Arc<PageFunctions>],
    fragments: &[Fragments],
) -> (BTreeMap<usize, Fragments>, Vec<(SitePath, String)>) {
    let pages: Vec<usize> = publication.feeds().into_values().flatten().collect();
    let made: Vec<Made> = pages
        .into_par_iter()
        .map(|page| {
            let mut own = Fragments {
                formulas: fragments[page].formulas.iter().map(FormulaHtml::for_feeds).collect(),
                charts: [].into(),
                ..fragments[page].clone()
            };
            let (figures, files) = feed_charts(publication, page, &functions[page].scope, &own);
            own.charts = figures.into();
            (page, own, files)
        })
        .collect();
    let mut images = Vec::new();
    let mut all = BTreeMap::new();
    for (page, own, files) in made {
        all.insert(page, own);
        images.extend(files);
    }
    (all, images)
}

/// The charts of a page as figures with an image, and the images.
fn feed_charts(
    publication: &Publication<'_>,
    page: usize,
    scope: &crate::function::Scope,
    fragments: &Fragments,
) -> (Vec<String>, Vec<(SitePath, String)>) {
    let (own, document) = (&publication.site.pages[page], &publication.documents[page]);
    let words = publication.words.of(&own.language);
    let to = publication.absolute_links(page);
    let links = Links { to: &to, typed: &document.article.links, words };
    let plain = |text: &Text| article::plain(&text.excerpt(), publication.config.spellings);
    let (mut figures, mut files) = (Vec::new(), Vec::new());
    for (index, figure) in document.charts.iter().enumerate() {
        let Some(chart) = &figure.chart else {
            figures.push(String::new());
            continue;
        };
        let context = Context { id: "", language: &own.language, texts: &[] };
        let (svg, description) = chart::image::file(chart, scope, context, &plain);
        let folder = own.output.strip_suffix("index.html").unwrap_or("");
        let path = format!("{folder}feed-chart-{}.svg", index + 1);
        let number = own.numbers.charts.get(index).copied().flatten();
        let number = number.map(|number| page::name(Kind::Figure, &number.to_string(), words));
        let number = number.map(|number| escape(&number).into_owned());
        let html = |text: &Text| charts::set(text, figure, fragments, &links);
        let setting = Setting { html: &html, plain: &plain, number: number.as_deref() };
        let address = permalink(publication.base_url, &path);
        figures.push(chart::figure_with_image(chart, &address, &description, &setting));
        files.push((path, svg));
    }
    (figures, files)
}

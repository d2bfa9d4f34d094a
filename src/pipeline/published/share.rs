//! Share images: one for each article, and one of the site for those whose titles the fonts cannot write.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::article;
use crate::chart::{Chart, image, spec::Text};
use crate::diagnostic::Diagnostic;
use crate::pipeline::functions::PageFunctions;
use crate::pipeline::{Content, Output};
use crate::publish::Publication;
use crate::publish::share::{self, Card, FontFiles, Fonts};
use crate::site::SitePath;

/// The image of pages without one of their own.
const OF_SITE: &str = "share.png";

/// Draws the images into the output and returns the path of each page's. A file of the author's in the place of an
/// image is used instead.
pub(super) fn draw(
    publication: &Publication<'_>,
    functions: &[Arc<PageFunctions>],
    fonts: &BTreeMap<String, Arc<[u8]>>,
    output: &mut Output,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Option<SitePath>> {
    let settings = &publication.config.publishing;
    if !settings.share_draw {
        return Vec::new();
    }
    let own_font = own_font(publication, fonts, diagnostics);
    let files = FontFiles::load();
    let fonts = files.fonts(own_font);
    let drawn: Vec<(SitePath, Option<Vec<u8>>)> = (0..publication.documents.len())
        .into_par_iter()
        .map(|page| {
            let path = path_of(publication, page);
            let document = &publication.documents[page];
            let chart = document.charts.iter().find_map(|figure| figure.chart.as_ref());
            // The front page of the site is the site. What the author chose for pages without a picture stands for
            // all that have no chart.
            let is_drawn = document.article.image.is_none()
                && path != OF_SITE
                && !output.contains_key(&path)
                && (chart.is_some() || settings.share_image.is_none());
            let image = is_drawn.then(|| draw_one(publication, page, (chart, &functions[page].scope), &fonts));
            (path, image.flatten())
        })
        .collect();
    let insert = |output: &mut Output, path: &str, bytes: Option<Vec<u8>>| {
        if let Some(bytes) = bytes {
            output.insert(path.to_owned(), Content::Bytes(bytes.into()));
        }
    };
    let paths: Vec<SitePath> = drawn.iter().map(|(path, _)| path.clone()).collect();
    for (path, image) in drawn {
        insert(output, &path, image);
    }
    if settings.share_image.is_none()
        && !output.contains_key(OF_SITE)
        && paths.iter().any(|path| !output.contains_key(path))
    {
        let title = publication.title(&publication.config.language);
        insert(output, OF_SITE, share::of_site(&title, &fonts));
    }
    let fallback = (settings.share_image.is_none() && output.contains_key(OF_SITE)).then(|| OF_SITE.to_owned());
    paths.into_iter().map(|path| Some(path).filter(|path| output.contains_key(path)).or(fallback.clone())).collect()
}

/// Beside the page: `a/share.png`, or `a-share.png` for `a.html`.
fn path_of(publication: &Publication<'_>, page: usize) -> SitePath {
    let output = &publication.site.pages[page].output;
    match output.strip_suffix("index.html") {
        Some(folder) => format!("{folder}share.png"),
        None => format!("{}-share.png", output.strip_suffix(".html").unwrap_or(output)),
    }
}

fn draw_one(
    publication: &Publication<'_>,
    page: usize,
    (chart, scope): (Option<&Chart>, &crate::function::Scope),
    fonts: &Fonts<'_>,
) -> Option<Vec<u8>> {
    let own = &publication.site.pages[page];
    let site = publication.title(&own.language);
    let article = &publication.documents[page].article;
    let description = article.meta.description.as_deref().unwrap_or(&article.summary);
    let card = Card { title: &own.title, site: &site, description };
    let Some(chart) = chart else { return share::of_article(card, fonts) };
    let plain = |text: &Text| article::plain(&text.excerpt(), publication.config.spellings);
    let picture = image::picture(chart, scope, share::chart_size(card, fonts), &plain);
    share::with_chart(card, &picture, fonts)
}

/// The font that the author names for letters that are not Latin.
fn own_font<'a>(
    publication: &Publication<'_>,
    fonts: &'a BTreeMap<String, Arc<[u8]>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<&'a [u8]> {
    let (path, span) = publication.config.publishing.share_font.as_ref()?;
    let message = match fonts.get(path) {
        Some(bytes) if share::is_font(bytes) => return Some(bytes),
        Some(_) => format!("`{path}` is not a TrueType or OpenType font"),
        None => format!("there is no font `{path}` in the site's folder"),
    };
    diagnostics.push(Diagnostic::error("config", *span, message).help("name a `.ttf` or `.otf` file"));
    None
}

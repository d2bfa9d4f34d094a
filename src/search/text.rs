//! What is indexed of a page, as a small HTML document that only the indexer reads.
//!
//! The article is put together as for its page, with other fragments in its holes: a formula is its word and the words
//! in it, between marks ([`mod@formulas`]), a listing is plain code, a chart its texts. Behind it all stands each formula
//! once, as what is said of it and its TeX, in the attribute `data-pagefind-title` of an element with its number as id.
//! The indexer keeps those beside the text without looking into them, so the reader's script knows which formula stands
//! where: it shows what is said of it at once, and the formula as it is set on its page when that has come. Markup in the
//! index would be most of it, and nothing could be indexed before it is typeset.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::formulas::{self, Formulas};
use crate::article::{Article, Formula, Node};
use crate::html::escape;
use crate::listing::Listing;
use crate::page::{FormulaHtml, Fragments, ImageHtml, Links, html};
use crate::tex;

/// Between what is said of a formula and its TeX.
const SAID: char = '\u{E004}';

/// A page to be indexed.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The article.
    pub article: &'a Article,
    /// Its parts as they are on the page, but for formulas and listings, which are those below, and charts.
    pub fragments: &'a Fragments,
    /// Where its links lead.
    pub links: Links<'a>,
    /// Its title as plain text.
    pub title: &'a str,
    /// Its language.
    pub language: &'a str,
    /// The formulas of its language, its own among them.
    pub formulas: &'a Formulas<'a>,
    /// The texts of the chart with this index as markup, with these fragments in their holes.
    pub chart: &'a dyn Fn(usize, &Fragments) -> String,
}

/// The formulas of an article as they are indexed.
#[must_use]
pub fn formulas(article: &Article, formulas: &Formulas<'_>) -> Arc<[FormulaHtml]> {
    let text = |formula: &Formula| {
        let (tex, display) = (formula.tex.text.as_str(), formula.display);
        let words = formulas::words(tex).join(" ");
        let html = format!("{} {} {}", formulas.word(tex, display), escape(&words), formulas::END);
        FormulaHtml { html: html.into(), display, note: None, mathml: None }
    };
    article.formulas.iter().map(text).collect()
}

/// Listings as they are indexed: code weighs less than text that speaks of it.
#[must_use]
pub fn listings(listings: &[Listing]) -> Arc<[String]> {
    let text = |listing: &Listing| format!("<pre data-pagefind-weight=\"0.5\">{}</pre>", escape(&listing.code));
    listings.iter().map(text).collect()
}

/// The document for the indexer.
#[must_use]
pub fn document(subject: &Subject<'_>) -> String {
    let Subject { article, fragments, .. } = subject;
    let mut own = Fragments {
        images: fragments.images.iter().map(image_text).collect(),
        charts: [].into(),
        ..(*fragments).clone()
    };
    own.charts = (0..article.charts.len()).map(|chart| (subject.chart)(chart, &own)).collect();
    let title = match &article.heading {
        Some(heading) => html(&heading.content, &own, &Links::NONE),
        None if !article.meta_title.is_empty() => html(&article.meta_title, &own, &Links::NONE),
        None => escape(subject.title).into_owned(),
    };
    let id = article.heading.as_ref().map_or("", |heading| heading.id.as_str());
    // An empty image keeps the indexer from taking the first one of the page, whose path would be found as words.
    let mut document = format!(
        "<html lang=\"{}\"><body><h1 id=\"{}\" data-title=\"{}\" data-pagefind-meta=\"title[data-title], image[data-image]\">\
         {title} {}</h1>\n{}",
        escape(subject.language),
        escape(if id.is_empty() { "content" } else { id }),
        escape(subject.title),
        formulas::HEADING_END,
        body(subject, &own)
    );
    let shown: BTreeMap<usize, &str> = article
        .formulas
        .iter()
        .map(|one| one.tex.text.as_str())
        .map(|tex| (subject.formulas.number(tex), tex))
        .collect();
    for (number, tex) in shown {
        let title = escape(&format!("{}{SAID}{tex}", tex::plain(tex))).into_owned();
        let _ = write!(document, "<data id=\"{number}\" data-pagefind-title=\"{title}\"></data>");
    }
    document.push_str("</body></html>");
    document
}

/// The body; in the place of the marks at the ends of headings a letter that shows where they end.
fn body(subject: &Subject<'_>, fragments: &Fragments) -> String {
    let parts = subject.article.body.split(|node| matches!(node, Node::Anchor(_)));
    let parts: Vec<String> = parts.map(|nodes| html(nodes, fragments, &subject.links)).collect();
    // The indexer sees no space between the heads of a table's columns, or a term and what it means.
    let spaced = |html: String| {
        ["</th>", "</dt>", "</figcaption>"].iter().fold(html, |html, end| html.replace(end, &format!(" {end}")))
    };
    spaced(parts.join(&format!(" {} ", formulas::HEADING_END)))
}

fn image_text(image: &ImageHtml) -> ImageHtml {
    ImageHtml { attributes: format!("{} data-pagefind-index-attrs=\"alt\"", image.attributes), ..image.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{self, Files, Spellings};
    use crate::listing;
    use crate::site::ResolvedLink;
    use crate::source::Sources;

    /// The document of an article.
    fn indexed(text: &str) -> String {
        let mut sources = Sources::default();
        let source = sources.add("a.md".to_owned(), text.to_owned());
        let mut found = Vec::new();
        let article = article::parse(&source, &Files::default(), Spellings::default(), &mut found);
        let code: Vec<Listing> =
            article.listings.iter().map(|block| listing::read(&block.info, &block.code, &mut found)).collect();
        let image = |image: &article::Image| ImageHtml {
            link: image.link,
            attributes: format!(" alt=\"{}\"", image.alt),
            name: String::new(),
        };
        let all = Formulas::of(article.formulas.iter().map(|one| one.tex.text.as_str()));
        let fragments = Fragments {
            formulas: formulas(&article, &all),
            listings: listings(&code),
            images: article.images.iter().map(image).collect(),
            ..Fragments::default()
        };
        let to: Vec<ResolvedLink> = article.links.iter().map(|link| ResolvedLink::to(link.target.clone())).collect();
        let links = Links { to: &to, typed: &article.links, ..Links::NONE };
        let (title, language) = ("Plain & title", "en");
        document(&Subject {
            article: &article,
            fragments: &fragments,
            links,
            title,
            language,
            formulas: &all,
            chart: &|_: usize, _: &Fragments| String::new(),
        })
    }

    #[test]
    fn a_formula_is_a_word_and_its_tex_comes_once_behind_the_text() {
        let document = indexed("# Of $x^2$\n\nHere $x^2$, there $y_1$.\n\n$$x^2$$\n");
        let formulas = Formulas::of(["x^2", "y_1"]);
        for (tex, display, count) in [("x^2", false, 2), ("y_1", false, 1), ("x^2", true, 1)] {
            let word = formulas.word(tex, display);
            assert_eq!(document.matches(&format!("{word} ")).count(), count, "{tex} {display}: {document}");
        }
        assert!(!document.contains("x^2 "), "no source in the text: {document}");
        for (number, title) in [(0, "x²\u{E004}x^2"), (1, "y₁\u{E004}y_1")] {
            let element = format!("<data id=\"{number}\" data-pagefind-title=\"{title}\"></data>");
            assert_eq!(document.matches(&element).count(), 1, "{element}: {document}");
        }
        assert!(document.contains("data-title=\"Plain &amp; title\""), "{document}");
    }

    #[test]
    fn headings_keep_their_ids_and_say_where_they_end() {
        let document = indexed("# Title\n\nText.\n\n## Part one {#own}\n\nMore.\n\n## Part two\n");
        let ends = document.matches(formulas::HEADING_END).count();
        assert_eq!(ends, 3, "{document}");
        assert!(document.contains("<h2 id=\"own\"") && document.contains("<h2 id=\"part-two\""), "{document}");
        assert!(!document.contains("class=\"anchor\""), "{document}");
    }

    #[test]
    fn code_and_alternative_texts_are_found() {
        let document = indexed("# T\n\n![a steep slope](a.png)\n\n```rust\nlet a = b < c;\n```\n");
        assert!(document.contains("data-pagefind-index-attrs=\"alt\""), "{document}");
        assert!(document.contains("<pre data-pagefind-weight=\"0.5\">let a = b &lt; c;\n</pre>"), "{document}");
    }
}

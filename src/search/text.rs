//! What is indexed of a page, as a small HTML document that only the indexer reads.
//!
//! The article is put together as for its page, with other fragments in its holes: a formula is its number on the page,
//! its keys and its words between marks ([`key`]), a listing is plain code, a chart its texts. Behind it all stands each
//! formula once as it is on the page, in the attribute `data-pagefind-title` of an element with its number as id. The
//! indexer keeps those beside the text without looking into them, so the reader's script finds a formula's markup in the
//! piece of the index that holds the text around it, and shows it set.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::key;
use crate::article::{Article, Node};
use crate::html::escape;
use crate::listing::Listing;
use crate::page::{FormulaHtml, Fragments, ImageHtml, Links, html};
use crate::tex;

/// A page to be indexed.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The article.
    pub article: &'a Article,
    /// Its listings.
    pub listings: &'a [Listing],
    /// Its parts as they are on the page.
    pub fragments: &'a Fragments,
    /// Where its links lead.
    pub links: Links<'a>,
    /// Its title as plain text.
    pub title: &'a str,
    /// Its language.
    pub language: &'a str,
    /// The texts of the chart with this index as markup, with these fragments in their holes.
    pub chart: &'a dyn Fn(usize, &Fragments) -> String,
}

/// The document for the indexer.
#[must_use]
pub fn document(subject: &Subject<'_>) -> String {
    let Subject { article, fragments, .. } = subject;
    let mut shown = BTreeMap::new();
    let formulas = article.formulas.iter().zip(fragments.formulas.iter());
    let formulas = formulas.map(|(formula, set)| {
        let next = shown.len();
        let (number, _) = *shown.entry(set.html.as_ref()).or_insert((next, formula.tex.text.as_str()));
        formula_text(number, &formula.tex.text, set.display)
    });
    let mut own = Fragments {
        formulas: formulas.collect(),
        listings: subject.listings.iter().map(listing_text).collect(),
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
        key::HEADING_END,
        body(subject, &own)
    );
    let mut shown: Vec<(usize, &str, &str)> =
        shown.into_iter().map(|(set, (number, tex))| (number, tex, set)).collect();
    shown.sort_unstable();
    for (number, tex, set) in shown {
        let markup = packed(&described(set, tex));
        let _ = write!(document, "<data id=\"{number}\" data-pagefind-title=\"{}\"></data>", escape(&markup));
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
    spaced(parts.join(&format!(" {} ", key::HEADING_END)))
}

fn formula_text(number: usize, tex: &str, display: bool) -> FormulaHtml {
    let (keys, words) = (key::keys(tex), key::words(tex));
    let html =
        format!("{}{} {} {} {}", key::MARK, key::number(number), keys.join(" "), escape(&words.join(" ")), key::END);
    FormulaHtml { html: html.into(), display, note: None, mathml: None }
}

/// Code weighs less than text that speaks of it.
fn listing_text(listing: &Listing) -> String {
    format!("<pre data-pagefind-weight=\"0.5\">{}</pre>", escape(&listing.code))
}

fn image_text(image: &ImageHtml) -> ImageHtml {
    ImageHtml { attributes: format!("{} data-pagefind-index-attrs=\"alt\"", image.attributes), ..image.clone() }
}

/// The markup of a formula for the eye alone, with its plain text for those who listen to a list of results: half as
/// long as with its MathML, and easier to follow.
fn described(set: &str, tex: &str) -> String {
    const END: &str = "</math></span>";
    let mathml = set.find("<span class=\"katex-mathml\">");
    let mathml = mathml.and_then(|start| Some(start..start + set[start..].find(END)? + END.len()));
    let Some(range) = mathml else { return set.to_owned() };
    let (before, after) = (without_source(&set[..range.start]), &set[range.end..]);
    format!("<span class=\"\" role=\"img\" aria-label=\"{}\">{before}{after}</span>", escape(&tex::plain(tex)))
}

/// The opening tag of a formula without the TeX that it keeps for copying.
fn without_source(tag: &str) -> String {
    let start = tag.find(" data-tex=\"");
    let end = start.and_then(|start| Some(start + 11 + tag[start + 11..].find('"')? + 1));
    start.zip(end).map_or_else(|| tag.to_owned(), |(start, end)| [&tag[..start], &tag[end..]].concat())
}

/// What the markup of formulas is full of, and the character that stands for it in the index; `search.js` has the same
/// table. A third of the bytes are left to be looked through, packed and loaded.
const PACKED: [(&str, char); 4] = [("<span class=\"", '¤'), ("\" style=\"", '¸'), ("</span>", '¶'), ("\">", '¦')];

/// Markup with the table's characters. What begins with `<` is not packed: it has one of them itself.
fn packed(markup: &str) -> String {
    if !markup.starts_with(PACKED[0].0) || markup.contains(PACKED.map(|(_, short)| short)) {
        return markup.to_owned();
    }
    PACKED.iter().fold(markup.to_owned(), |text, (long, short)| text.replace(long, short.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{self, Files, Spellings};
    use crate::listing;
    use crate::site::ResolvedLink;
    use crate::source::Sources;

    /// The document of an article whose formulas are set as `<i>TeX</i>`.
    fn indexed(text: &str) -> String {
        let mut sources = Sources::default();
        let source = sources.add("a.md".to_owned(), text.to_owned());
        let mut found = Vec::new();
        let article = article::parse(&source, &Files::default(), Spellings::default(), &mut found);
        let listings: Vec<Listing> =
            article.listings.iter().map(|block| listing::read(&block.info, &block.code, &mut found)).collect();
        let set = |formula: &article::Formula| {
            let html = format!(
                "<span class=\"katex\"><span class=\"katex-mathml\"><math>{0}</math></span><i>{0}</i></span>",
                formula.tex.text
            );
            FormulaHtml { html: html.into(), display: formula.display, note: None, mathml: None }
        };
        let fragments = Fragments {
            formulas: article.formulas.iter().map(set).collect(),
            images: article
                .images
                .iter()
                .map(|image| ImageHtml {
                    link: image.link,
                    attributes: format!(" alt=\"{}\"", image.alt),
                    name: String::new(),
                })
                .collect(),
            ..Fragments::default()
        };
        let to: Vec<ResolvedLink> = article.links.iter().map(|link| ResolvedLink::to(link.target.clone())).collect();
        let links = Links { to: &to, typed: &article.links, ..Links::NONE };
        let chart = |_: usize, _: &Fragments| String::new();
        let (title, language) = ("Plain & title", "en");
        document(&Subject {
            article: &article,
            listings: &listings,
            fragments: &fragments,
            links,
            title,
            language,
            chart: &chart,
        })
    }

    #[test]
    fn a_formula_is_a_mark_with_keys_and_its_markup_comes_once_behind_the_text() {
        let document = indexed("# Of $x^2$\n\nHere $x^2$, there $y_1$.\n");
        let marks = |number: usize| document.matches(&format!("{}{} ", key::MARK, key::number(number))).count();
        assert_eq!((marks(0), marks(1)), (2, 1), "{document}");
        assert!(!document.contains("x^2</i> "), "no source in the text: {document}");
        assert_eq!(
            document
                .matches("¤&quot; role=&quot;img&quot; aria-label=&quot;x²¦¤katex¦&lt;i&gt;x^2&lt;/i&gt;¶¶")
                .count(),
            1,
            "with a description, without MathML, packed: {document}"
        );
        assert!(document.contains("<data id=\"1\" data-pagefind-title=\"¤"), "{document}");
        assert!(document.contains("data-title=\"Plain &amp; title\""), "{document}");
    }

    #[test]
    fn headings_keep_their_ids_and_say_where_they_end() {
        let document = indexed("# Title\n\nText.\n\n## Part one {#own}\n\nMore.\n\n## Part two\n");
        let ends = document.matches(key::HEADING_END).count();
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

//! The newest articles as an Atom feed: RFC 4287.
//!
//! An entry holds the whole article as HTML. Feed readers drop style sheets and scripts and most of them drop SVG, so
//! formulas are MathML and charts are images with their description. All addresses are absolute; `xml:base` covers
//! those in markup that the author or the typesetter wrote.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;

use super::{Publication, xml};
use crate::article::Node;
use crate::page::{self, Fragments, Links};
use crate::site::permalink;

/// The dated articles of each language, the newest first, at most as many as a feed shows.
pub(super) fn newest(publication: &Publication<'_>) -> BTreeMap<String, Vec<usize>> {
    let mut feeds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, page) in publication.site.pages.iter().enumerate() {
        if date(publication, index).is_some() {
            feeds.entry(page.language.clone()).or_default().push(index);
        }
    }
    for articles in feeds.values_mut() {
        // The order of the files decides among articles of one day.
        articles.sort_by_key(|&page| std::cmp::Reverse(date(publication, page)));
        articles.truncate(publication.config.publishing.feed_entries);
    }
    feeds.retain(|_, articles| !articles.is_empty());
    feeds
}

/// When an article was published, as far as it says.
fn date(publication: &Publication<'_>, page: usize) -> Option<Date> {
    let meta = &publication.documents[page].article.meta;
    meta.date.or(meta.updated)
}

/// When an article was last changed.
fn updated(publication: &Publication<'_>, page: usize) -> Option<Date> {
    let meta = &publication.documents[page].article.meta;
    meta.updated.or(meta.date)
}

/// The feed of a language, to be found at `path`.
pub(super) fn write(
    publication: &Publication<'_>,
    language: &str,
    articles: &[usize],
    fragments: &BTreeMap<usize, Fragments>,
    path: &str,
) -> String {
    let base = publication.base_url;
    let own = xml::text(&permalink(base, path));
    let home = publication.site.home.get(language).or_else(|| publication.site.home.get(&publication.config.language));
    let home = home.map_or("index.html", |&page| publication.site.pages[page].output.as_str());
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <title>{}</title>\n<id>{own}</id>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"{own}\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
        xml::text(language),
        xml::text(&publication.title(language)),
        xml::text(&permalink(base, home)),
    );
    if let Some(latest) = articles.iter().filter_map(|&page| updated(publication, page)).max() {
        let _ = writeln!(feed, "<updated>{}</updated>", instant(latest));
    }
    // Every entry must have an author; those of the feed speak for entries without.
    let (authors, fallback) = (&publication.config.publishing.feed_authors, [publication.title(language)]);
    feed.push_str(&people(if authors.is_empty() { &fallback[..] } else { authors.as_slice() }));
    let _ = writeln!(feed, "<generator>Piecewise {}</generator>", env!("CARGO_PKG_VERSION"));
    for &page in articles {
        write_entry(&mut feed, publication, page, fragments.get(&page));
    }
    feed.push_str("</feed>\n");
    feed
}

fn write_entry(feed: &mut String, publication: &Publication<'_>, page: usize, fragments: Option<&Fragments>) {
    let (own, document) = (&publication.site.pages[page], &publication.documents[page]);
    let meta = &document.article.meta;
    let address = xml::text(&permalink(publication.base_url, &own.output));
    let _ = writeln!(
        feed,
        "<entry>\n<title>{}</title>\n<id>{address}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{address}\"/>",
        xml::text(&own.title)
    );
    for (name, date) in [("published", date(publication, page)), ("updated", updated(publication, page))] {
        if let Some(date) = date {
            let _ = writeln!(feed, "<{name}>{}</{name}>", instant(date));
        }
    }
    feed.push_str(&people(&meta.authors));
    for tag in &meta.tags {
        let _ = writeln!(feed, "<category term=\"{}\"/>", xml::text(tag));
    }
    let description = meta.description.as_deref().unwrap_or(document.article.summary.trim());
    if !description.is_empty() {
        let _ = writeln!(feed, "<summary>{}</summary>", xml::text(description));
    }
    if let Some(fragments) = fragments {
        let links = publication.absolute_links(page);
        let links = Links { to: &links, typed: &document.article.links, words: publication.words.of(&own.language) };
        let shown: Vec<Node> =
            document.article.body.iter().filter(|node| !matches!(node, Node::Anchor(_))).cloned().collect();
        let content = page::html(&shown, fragments, &links);
        let _ = writeln!(feed, "<content type=\"html\" xml:base=\"{address}\">{}</content>", xml::text(content.trim()));
    }
    feed.push_str("</entry>\n");
}

fn people(names: &[String]) -> String {
    names.iter().fold(String::new(), |mut text, name| {
        let _ = writeln!(text, "<author><name>{}</name></author>", xml::text(name));
        text
    })
}

/// A day as RFC 3339 wants it: its first instant, in universal time.
fn instant(date: Date) -> String {
    format!("{date}T00:00:00Z")
}

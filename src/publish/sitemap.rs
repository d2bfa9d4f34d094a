//! The list of all pages for search engines: the sitemaps protocol 0.9, with the translations of each page.

use std::fmt::Write as _;

use super::{Publication, xml};
use crate::site::{SitePath, permalink};

/// What one file may hold by the protocol: 50,000 addresses and 50 MiB.
const LIMIT: Limit = Limit { urls: 50_000, bytes: 50 << 20 };

#[derive(Clone, Copy)]
struct Limit {
    urls: usize,
    bytes: usize,
}

const OPEN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n";
const CLOSE: &str = "</urlset>\n";

/// `sitemap.xml`; for a site too large for one file, that is an index of `sitemap-1.xml`, `sitemap-2.xml`, …
pub(super) fn files(publication: &Publication<'_>) -> Vec<(SitePath, String)> {
    let pages = (0..publication.site.pages.len()).map(|page| entry(publication, page));
    let lists =
        publication.site.lists.pages.iter().map(|list| {
            format!("<url><loc>{}</loc></url>\n", xml::text(&permalink(publication.base_url, &list.output)))
        });
    let entries: Vec<String> = pages.chain(lists).collect();
    divided(&entries, publication.base_url, LIMIT)
}

fn divided(entries: &[String], base_url: &str, limit: Limit) -> Vec<(SitePath, String)> {
    let room = limit.bytes - OPEN.len() - CLOSE.len();
    let mut parts: Vec<(usize, String)> = vec![(0, String::new())];
    for entry in entries {
        if let Some((urls, text)) = parts.last_mut()
            && *urls < limit.urls
            && text.len() + entry.len() <= room
        {
            *urls += 1;
            text.push_str(entry);
        } else {
            parts.push((1, entry.clone()));
        }
    }
    let whole = |text: &str| format!("{OPEN}{text}{CLOSE}");
    if let [(_, only)] = parts.as_slice() {
        return vec![("sitemap.xml".to_owned(), whole(only))];
    }
    let mut index = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let mut files = Vec::with_capacity(parts.len() + 1);
    for (number, (_, text)) in (1..).zip(&parts) {
        let name = format!("sitemap-{number}.xml");
        let _ = writeln!(index, "<sitemap><loc>{}</loc></sitemap>", xml::text(&permalink(base_url, &name)));
        files.push((name, whole(text)));
    }
    files.push(("sitemap.xml".to_owned(), index + "</sitemapindex>\n"));
    files
}

fn entry(publication: &Publication<'_>, page: usize) -> String {
    let own = &publication.site.pages[page];
    let meta = &publication.documents[page].article.meta;
    let address = |page: usize| xml::text(&permalink(publication.base_url, &publication.site.pages[page].output));
    let mut entry = format!("<url><loc>{}</loc>", address(page));
    if let Some(date) = meta.updated.or(meta.date) {
        let _ = write!(entry, "<lastmod>{date}</lastmod>");
    }
    let mut alternate = |language: &str, page: usize| {
        let (language, href) = (xml::text(language), address(page));
        let _ = write!(entry, "<xhtml:link rel=\"alternate\" hreflang=\"{language}\" href=\"{href}\"/>");
    };
    for &other in &own.translations {
        alternate(&publication.site.pages[other].language, other);
    }
    if let Some(&first) = own.translations.first() {
        alternate("x-default", first);
    }
    entry.push_str("</url>\n");
    entry
}

/// `robots.txt`: everybody is welcome, and here is the list.
pub(super) fn robots(publication: &Publication<'_>) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", permalink(publication.base_url, "sitemap.xml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_too_long_for_one_file_is_divided() {
        let entries: Vec<String> = (0..5).map(|n| format!("<url><loc>https://e.org/{n}</loc></url>\n")).collect();
        let names =
            |limit| divided(&entries, "https://e.org", limit).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let bytes = OPEN.len() + CLOSE.len() + 2 * entries[0].len();
        assert_eq!(names(Limit { urls: 5, bytes: 1 << 20 }), ["sitemap.xml"]);
        assert_eq!(names(Limit { urls: 4, bytes: 1 << 20 }), ["sitemap-1.xml", "sitemap-2.xml", "sitemap.xml"]);
        let by_size = divided(&entries, "https://e.org", Limit { urls: 5, bytes });
        assert_eq!(by_size.len(), 4);
        assert!(by_size[..3].iter().all(|(_, text)| text.len() <= bytes), "{by_size:?}");
        assert_eq!(
            by_size[3].1,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n\
             <sitemap><loc>https://e.org/sitemap-1.xml</loc></sitemap>\n<sitemap><loc>https://e.org/sitemap-2.xml</loc></sitemap>\n\
             <sitemap><loc>https://e.org/sitemap-3.xml</loc></sitemap>\n</sitemapindex>\n"
        );
    }
}

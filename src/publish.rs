//! How a site is found: what stands beside its pages for search engines, feed readers, language models and old links.
//!
//! ```text
//! Publication ─► feed · sitemap · robots · plain (Markdown copies, llms.txt) · aliases ─► files by path
//! ```
//!
//! Pure functions of the linked site. A file of the author's with the same path always wins over one made here. What
//! needs absolute addresses is left out without `base_url`.

mod aliases;
mod feed;
mod plain;
#[cfg(feature = "share")]
pub mod share;
mod sitemap;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::page::{Fragments, Redirect, Renderer, Words};
use crate::site::{Document, ResolvedLink, Site, SitePath, absolute};

/// What the functions of this module depend on.
#[derive(Clone, Copy)]
pub struct Publication<'a> {
    /// The articles.
    pub documents: &'a [Document],
    /// Their places.
    pub site: &'a Site,
    /// The configuration.
    pub config: &'a Config,
    /// Interface texts.
    pub words: &'a Words,
    /// `base_url` in force; empty if unknown.
    pub base_url: &'a str,
}

impl Publication<'_> {
    /// The articles of each language's feed, the newest first: those with a date. Empty without `base_url`.
    #[must_use]
    pub fn feeds(&self) -> BTreeMap<String, Vec<usize>> {
        if self.base_url.is_empty() { BTreeMap::new() } else { feed::newest(self) }
    }

    /// A file at the root of a language: `feed.xml`, `ja/feed.xml`.
    #[must_use]
    pub fn of_language(&self, language: &str, name: &str) -> SitePath {
        if language == self.config.language { name.to_owned() } else { format!("{language}/{name}") }
    }

    /// The links of a page as absolute addresses.
    #[must_use]
    pub fn absolute_links(&self, page: usize) -> Vec<ResolvedLink> {
        let own = &self.site.pages[page];
        let absolute = |link: &ResolvedLink| ResolvedLink {
            href: absolute(self.base_url, &own.output, &link.href),
            ..link.clone()
        };
        own.links.iter().map(absolute).collect()
    }

    /// The languages that have pages.
    fn languages(&self) -> BTreeSet<&str> {
        self.site.pages.iter().map(|page| page.language.as_str()).collect()
    }

    /// What a site is called in a language: its title, else that of its front page, else its host.
    #[must_use]
    pub fn title(&self, language: &str) -> String {
        let configured = self.config.languages.get(language).and_then(|one| one.title.as_ref());
        let title = configured.unwrap_or(&self.config.title);
        if !title.is_empty() {
            return title.clone();
        }
        let home = self.site.home.get(language).map(|&page| self.site.pages[page].title.clone());
        home.unwrap_or_else(|| self.base_url.rsplit("//").next().unwrap_or("").to_owned())
    }
}

/// The old addresses of all pages. `taken` are the paths of all files of the site so far.
#[must_use]
pub fn redirects(
    publication: &Publication<'_>,
    taken: &BTreeSet<&SitePath>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Redirect> {
    aliases::read(publication, taken, diagnostics)
}

/// All text files that are made without a template. `fragments` are for feeds: formulas as MathML, charts as images.
#[must_use]
pub fn files(publication: &Publication<'_>, fragments: &BTreeMap<usize, Fragments>) -> Vec<(SitePath, String)> {
    let mut files = Vec::new();
    if publication.config.publishing.llms {
        files.extend(plain::copies(publication));
        files.extend(plain::indices(publication));
    }
    if publication.base_url.is_empty() {
        return files;
    }
    for (language, articles) in publication.feeds() {
        let path = publication.of_language(&language, "feed.xml");
        let text = feed::write(publication, &language, &articles, fragments, &path);
        files.push((path, text));
    }
    files.extend(sitemap::files(publication));
    files.push(("robots.txt".to_owned(), sitemap::robots(publication)));
    files
}

/// The files that templates make: the page for addresses that lead nowhere, and the redirects.
#[must_use]
pub fn special_pages(renderer: &Renderer<'_>, redirects: &[Redirect]) -> Vec<Result<(SitePath, Vec<u8>), Diagnostic>> {
    let not_found = renderer.not_found().map(|html| Ok(("404.html".to_owned(), html?)));
    let moved = redirects.iter().map(|redirect| Ok((redirect.path.clone(), renderer.redirect(redirect)?)));
    not_found.into_iter().chain(moved).collect()
}

/// Says which parts of the configuration come to nothing, because the site's address is unknown.
pub fn report_missing_address(config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    for (table, span) in &config.publishing.needs_base_url {
        let message = format!("`[{table}]` has no effect without `base_url`");
        diagnostics.push(
            Diagnostic::warning("config", *span, message)
                .help("say where the site will be published: `base_url = \"https://example.org\"`, or `--base-url`"),
        );
    }
}

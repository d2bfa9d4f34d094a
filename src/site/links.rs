//! Where a link leads.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use super::references::{self, Labels};
use super::{Document, Page, ResolvedLink, SitePath, anchors, paths, relative};
use crate::article::{Link, LinkText};
use crate::config::{Config, Tool};
use crate::diagnostic::{Diagnostic, nearest};

/// Pages by the path of their file, and by the URLs that they answer to.
pub(super) type Targets<'a> = HashMap<&'a str, usize>;

/// What the pages go by.
pub(super) fn targets<'a>(documents: &'a [Document], pages: &'a [Page]) -> Targets<'a> {
    let mut targets = HashMap::with_capacity(3 * pages.len());
    for (index, page) in pages.iter().enumerate() {
        let folder = page.output.trim_end_matches("index.html").trim_end_matches('/');
        for name in [page.output.as_str(), folder] {
            targets.entry(name).or_insert(index);
        }
    }
    targets.extend(documents.iter().enumerate().map(|(index, document)| (document.path.as_str(), index)));
    targets
}

/// Everything that a link can point to.
pub(super) struct Index<'a> {
    documents: &'a [Document],
    pages: &'a [Page],
    assets: &'a BTreeSet<SitePath>,
    targets: Targets<'a>,
    /// The same in the order of the names, for what is below a folder.
    sorted: OnceLock<BTreeMap<&'a str, usize>>,
    /// The anchors of each page, found when a link first asks for one.
    anchors: Vec<OnceLock<BTreeSet<&'a str>>>,
    /// Anchors that only another tool gives to a page's headings, and ours for them.
    other_anchors: Vec<BTreeMap<String, String>>,
    labels: &'a Labels,
    config: &'a Config,
}

/// Files that other tools write into a site: a link to one is no mistake of its author.
const WRITTEN_BY_TOOLS: [&str; 12] = [
    "print.html",
    "toc.html",
    "search.html",
    "tags.html",
    "genindex.html",
    "404.html",
    "sitemap.xml",
    "feed.xml",
    "rss.xml",
    "atom.xml",
    "index.xml",
    "feed_rss_created.xml",
];

/// What the path of a link turned out to be.
enum Target {
    Page(usize),
    Asset(SitePath),
}

impl<'a> Index<'a> {
    pub(super) fn new(
        documents: &'a [Document],
        pages: &'a [Page],
        assets: &'a BTreeSet<SitePath>,
        (targets, labels): (Targets<'a>, &'a Labels),
        config: &'a Config,
    ) -> Index<'a> {
        let anchors = documents.iter().map(|_| OnceLock::new()).collect();
        let foreign = config.foreign.is_some();
        let other_anchors = documents.iter().filter(|_| foreign).map(|d| anchors::python(&d.article)).collect();
        Index { documents, pages, assets, targets, sorted: OnceLock::new(), anchors, other_anchors, labels, config }
    }

    fn anchors(&self, page: usize) -> &BTreeSet<&'a str> {
        self.anchors[page].get_or_init(|| {
            let Document { article, charts, listings, .. } = &self.documents[page];
            let own = article.heading.iter().map(|heading| heading.id.as_str());
            let typed = article.anchors.iter().map(|(id, _)| id.as_str());
            let charts = charts.iter().filter_map(|figure| Some(figure.chart.as_ref()?.id.as_ref()?.text.as_str()));
            let listings = listings.iter().filter_map(|listing| Some(listing.info.id.as_ref()?.0.as_str()));
            let named = article.formulas.iter().filter(|formula| formula.outline.named);
            let rows = named.flat_map(|formula| &formula.outline.rows);
            let rows = rows.flat_map(|row| &row.labels).map(|label| label.name.as_str());
            own.chain(typed).chain(charts).chain(listings).chain(rows).collect()
        })
    }

    /// The URLs of all links of a page, in the order of its article's list.
    pub(super) fn resolve_all(&self, page: usize, diagnostics: &mut Vec<Diagnostic>) -> Vec<ResolvedLink> {
        self.documents[page].article.links.iter().map(|link| self.resolve(page, link, diagnostics)).collect()
    }

    /// A label of the site, else a page, a file, an anchor or an address elsewhere.
    fn resolve(&self, page: usize, link: &Link, diagnostics: &mut Vec<Diagnostic>) -> ResolvedLink {
        let Some((path, name)) = link.target.split_once('#').filter(|_| !is_external(&link.target)) else {
            return self.address(page, link, diagnostics);
        };
        let name = percent_decode(name);
        let label = self.labels.find(&name, &self.pages[page].language);
        let named = label.map(|label| (label.kind, label.number.clone()));
        let own = path.is_empty() && self.anchors(page).contains(name.as_str());
        match label {
            Some(label) if path.is_empty() && (!own || label.page == page) => {
                ResolvedLink { href: references::href(label, page, self.pages), label: named, asset: None }
            }
            None if path.is_empty() && !own && link.text != LinkText::Own => {
                diagnostics.push(references::unknown(&name, link.span, self.labels));
                ResolvedLink::to(link.target.clone())
            }
            _ => ResolvedLink { label: named, ..self.address(page, link, diagnostics) },
        }
    }

    /// A missing page or anchor is an error, and the link stays as typed.
    fn address(&self, page: usize, link: &Link, diagnostics: &mut Vec<Diagnostic>) -> ResolvedLink {
        // What a template would put here is said once for the whole site.
        let is_template = self.config.foreign.is_some() && ["{{", "{%"].iter().any(|open| link.target.contains(open));
        if is_external(&link.target) || is_template {
            return ResolvedLink::to(link.target.clone());
        }
        let (path, fragment) = link.target.split_once('#').map_or((link.target.as_str(), None), |(p, f)| (p, Some(f)));
        let (path, query) = path.split_once('?').map_or((path, ""), |(path, _)| (path, &link.target[path.len()..]));
        let query = query.split('#').next().unwrap_or("");
        let target = if path.is_empty() { Some(Target::Page(page)) } else { self.target(page, path) };
        let from = &self.pages[page].output;
        match target {
            Some(Target::Asset(asset)) => {
                let fragment = fragment.map(|f| format!("#{f}")).unwrap_or_default();
                let href = relative(from, &asset) + query + &fragment;
                ResolvedLink { asset: Some(asset), ..ResolvedLink::to(href) }
            }
            Some(Target::Page(target)) => {
                let anchor = fragment.map(|fragment| self.anchor(target, fragment, link, diagnostics));
                let base = if path.is_empty() { String::new() } else { relative(from, &self.pages[target].output) };
                let anchor = anchor.map(|anchor| format!("#{}", super::paths::fragment(&anchor))).unwrap_or_default();
                ResolvedLink::to(base + query + &anchor)
            }
            None => {
                diagnostics.push(self.missing(page, path, link));
                ResolvedLink::to(link.target.clone())
            }
        }
    }

    /// The page or file of a path: relative to the linking file, or from the content folder after `/` or `@/`.
    fn target(&self, page: usize, path: &str) -> Option<Target> {
        let from_file = self.absolute(page, path);
        let Some(foreign) = &self.config.foreign else { return self.find(page, &from_file?) };
        // Other tools hand a link that names no file to the browser, which sees it from the page's URL.
        let from_url = if path.starts_with(['/', '@']) { self.below_root(path) } else { self.below_url(page, path) };
        let names_file = path.rsplit('/').next().is_some_and(|name| name.contains('.') && !name.starts_with('.'));
        let own = from_file.clone().unwrap_or_default();
        let order = if foreign.directory_urls && !names_file { [from_url, from_file] } else { [from_file, from_url] };
        let found = order.iter().flatten().find_map(|path| self.find(page, path));
        let found = found.or_else(|| self.find_elsewhere(page, path, &own));
        // A folder without a page of its own, which GitHub would list.
        found.or_else(|| order.iter().flatten().find_map(|folder| self.first_page(folder)))
    }

    /// Where other tools look last: in the folder of the main language, in the folders of files that are published as
    /// they are, and for a path from the root in each folder above the article, one of which may be that root.
    fn find_elsewhere(&self, page: usize, typed: &str, path: &str) -> Option<Target> {
        if let Some((_, rest)) = paths::in_folder(path, self.config) {
            return self.find(page, &format!("{}/{rest}", self.config.language));
        }
        let from_root = typed.strip_prefix('/');
        if self.config.foreign.as_ref().is_some_and(|foreign| foreign.tool == Tool::Hugo) {
            let path = percent_decode(from_root.unwrap_or(typed));
            let name = format!("/{}.md", path.trim_end_matches(".md"));
            let mut named = self.documents.iter().enumerate().filter(|(_, d)| d.path.ends_with(&name));
            let only = named.next().filter(|_| named.next().is_none()).map(|(index, _)| Target::Page(index));
            return self.find(page, &path).or(only);
        }
        let from_root = percent_decode(from_root?);
        let folders = self.documents[page].path.match_indices('/').map(|(at, _)| &self.documents[page].path[..=at]);
        ["public/", "static/", "docs/", "docs/public/"].into_iter().chain(folders).find_map(|folder| {
            let path = format!("{folder}{from_root}");
            self.find(page, path.trim_end_matches('/'))
        })
    }

    fn find(&self, page: usize, path: &str) -> Option<Target> {
        let language = self.pages[page].language.as_str();
        let stem =
            [".html", ".mdx", ".markdown", ".qmd", ".ipynb"].iter().find_map(|extension| path.strip_suffix(extension));
        let page = |path: &str| {
            let mut ends = ["", ".md", "/index.md", "/_index.md", "/README.md"].into_iter();
            let found = ends.find_map(|end| {
                let name = if end.is_empty() { Cow::Borrowed(path) } else { Cow::Owned(format!("{path}{end}")) };
                self.targets.get(name.trim_start_matches('/')).copied()
            })?;
            let translations = &self.pages[found].translations;
            let own = translations.iter().copied().rev().find(|&page| self.pages[page].language == language);
            Some(Target::Page(own.unwrap_or(found)))
        };
        let asset = || self.assets.contains(path).then(|| Target::Asset(path.to_owned()));
        page(path).or_else(asset).or_else(|| page(stem?))
    }

    fn first_page(&self, folder: &str) -> Option<Target> {
        let folder = format!("{folder}/");
        let sorted = self.sorted.get_or_init(|| self.targets.iter().map(|(&name, &page)| (name, page)).collect());
        let below = sorted.range(folder.as_str()..).take_while(|(path, _)| path.starts_with(&folder));
        below.map(|(_, &page)| Target::Page(page)).next().filter(|_| folder != "/")
    }

    /// A relative path as the browser would see it: from the page's URL.
    fn below_url(&self, page: usize, path: &str) -> Option<String> {
        let folder = self.pages[page].key.trim_end_matches("index.html");
        join(folder.split('/').filter(|part| !part.is_empty()).collect(), &percent_decode(path))
    }

    /// A path from the root of the domain or of the repository, which both have the content folder further down.
    fn below_root(&self, path: &str) -> Option<String> {
        let path = join(Vec::new(), &percent_decode(path.trim_start_matches('@')))?;
        let base = self.config.base_url.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
        let content = self.config.foreign.as_ref().and_then(|foreign| foreign.content.as_ref());
        let roots = [base.map(|(_, path)| path), content.map(|(path, _)| path.as_str()), Some("docs"), Some("content")];
        let inside = roots.into_iter().flatten().filter(|root| !root.is_empty()).find_map(|root| {
            let rest = path.strip_prefix(root)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/').to_owned())
        });
        inside.filter(|inside| !inside.is_empty())
    }

    /// The path from the content folder; `None` if it leads out of it.
    fn absolute(&self, page: usize, path: &str) -> Option<String> {
        let path = percent_decode(path);
        let from_root = path.strip_prefix("@/").or_else(|| path.strip_prefix('/'));
        let file = self.documents[page].path.as_str();
        let folder = file.rsplit_once('/').map(|(folder, _)| folder).filter(|_| from_root.is_none());
        join(folder.map(|folder| folder.split('/').collect()).unwrap_or_default(), from_root.unwrap_or(&path))
    }

    fn missing(&self, page: usize, path: &str, link: &Link) -> Diagnostic {
        let message = format!("link to `{path}`, which does not exist");
        let is_hidden = path.split('/').any(|part| part.starts_with('.') && !part.trim_matches('.').is_empty());
        if is_hidden && self.config.foreign.is_some() {
            return Diagnostic::warning("link", link.span, format!("link to the hidden file `{path}`"))
                .help("hidden files and folders are not part of the site");
        }
        let file = path.rsplit('/').next().unwrap_or(path);
        if let Some(foreign) = self.config.foreign.as_ref().filter(|_| WRITTEN_BY_TOOLS.contains(&file)) {
            let help = format!("{} writes this file, and here there is none", foreign.tool.name());
            return Diagnostic::warning("link", link.span, message).help(help);
        }
        let diagnostic = Diagnostic::error("link", link.span, message);
        let Some(wanted) = self.absolute(page, path) else {
            let help = "the path leads out of the content folder";
            // The file may well be there, beside the folder that the other tool publishes.
            return match self.config.foreign {
                Some(_) => Diagnostic::warning("link", link.span, diagnostic.message.clone()).help(help),
                None => diagnostic.help(help),
            };
        };
        let file_name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let names = || self.documents.iter().map(|d| d.path.as_str()).chain(self.assets.iter().map(String::as_str));
        // The same file name elsewhere, else the path with the fewest letters changed.
        let near = names()
            .find(|name| file_name(name) == file_name(&wanted))
            .or_else(|| nearest(&wanted, names()))
            .map(|near| relative(&self.documents[page].path, near));
        diagnostic.maybe_help(near.map(|near| format!("did you mean `{near}`?")))
    }

    fn anchor(&self, target: usize, fragment: &str, link: &Link, diagnostics: &mut Vec<Diagnostic>) -> String {
        let wanted = percent_decode(fragment);
        let anchors = self.anchors(target);
        if wanted.is_empty() || anchors.contains(wanted.as_str()) {
            return wanted;
        }
        if let Some(ours) = self.other_anchors.get(target).and_then(|other| other.get(&wanted)) {
            return ours.clone();
        }
        let lower = wanted.to_lowercase();
        // To every browser, the top of any page.
        if lower == "top" {
            return wanted;
        }
        if let Some(near) = anchors.iter().find(|anchor| anchor.to_lowercase() == lower) {
            let message = format!("anchor `#{wanted}` differs in upper and lower case from `#{near}`");
            diagnostics.push(Diagnostic::warning("link", link.span, message).help(format!("write `#{near}`")));
            return (*near).to_owned();
        }
        // Tools differ in what they make of spaces and marks.
        let bare = letters(&wanted);
        let same = || anchors.iter().find(|anchor| letters(anchor) == bare);
        if let Some(near) =
            Some(&bare).filter(|bare| self.config.foreign.is_some() && !bare.is_empty()).and_then(|_| same())
        {
            let message = format!("anchor `#{wanted}` is `#{near}` here");
            diagnostics.push(Diagnostic::warning("link", link.span, message).help(format!("write `#{near}`")));
            return (*near).to_owned();
        }
        let help = nearest(&wanted, anchors.iter().copied()).map(|near| format!("did you mean `#{near}`?"));
        let message = format!("`{}` has no anchor `#{wanted}`", self.documents[target].path);
        diagnostics.push(Diagnostic::error("link", link.span, message).maybe_help(help));
        wanted
    }
}

/// What is left of an anchor without its marks and its case.
fn letters(anchor: &str) -> String {
    anchor.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A relative path from a folder, without `.` and `..`; `None` if it leads out.
fn join<'p>(mut parts: Vec<&'p str>, path: &'p str) -> Option<String> {
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// True for URLs with a scheme (`https:`, `mailto:`) or a host (`//example.org`).
pub(super) fn is_external(target: &str) -> bool {
    let scheme = target.split(':').next().unwrap_or("");
    let has_scheme = scheme.len() < target.len()
        && scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    has_scheme || target.starts_with("//")
}

/// Text with its percent-encoded bytes decoded; as it is if that is not UTF-8.
#[must_use]
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.filter(|_| bytes[at] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

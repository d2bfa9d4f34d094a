//! Where a link leads.

use std::collections::{BTreeMap, BTreeSet};

use super::references::{self, Labels};
use super::{Document, Page, ResolvedLink, SitePath, relative};
use crate::article::{Link, LinkText};
use crate::diagnostic::{Diagnostic, nearest};

/// Everything that a link can point to.
pub(super) struct Index<'a> {
    documents: &'a [Document],
    pages: &'a [Page],
    assets: &'a BTreeSet<SitePath>,
    /// Pages by the path of their file, and by the URLs that they answer to.
    targets: BTreeMap<String, usize>,
    /// Translations: page by key and language.
    translated: BTreeMap<(&'a str, &'a str), usize>,
    anchors: Vec<BTreeSet<&'a str>>,
    labels: &'a Labels,
}

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
        labels: &'a Labels,
    ) -> Index<'a> {
        let mut targets = BTreeMap::new();
        for (index, page) in pages.iter().enumerate() {
            let folder = page.output.trim_end_matches("index.html").trim_end_matches('/');
            for name in [page.output.as_str(), folder] {
                targets.entry(name.to_owned()).or_insert(index);
            }
        }
        for (index, document) in documents.iter().enumerate() {
            targets.insert(document.path.clone(), index);
        }
        let translated =
            pages.iter().enumerate().map(|(i, page)| ((page.key.as_str(), page.language.as_str()), i)).collect();
        let anchors = documents
            .iter()
            .map(|document| {
                let own = document.article.heading.iter().map(|heading| heading.id.as_str());
                let typed = document.article.anchors.iter().map(|(id, _)| id.as_str());
                let charts =
                    document.charts.iter().filter_map(|figure| Some(figure.chart.as_ref()?.id.as_ref()?.text.as_str()));
                let rows = document.article.formulas.iter().flat_map(|formula| &formula.outline.rows);
                let rows = rows.flat_map(|row| &row.labels).map(|label| label.name.as_str());
                own.chain(typed).chain(charts).chain(rows).collect()
            })
            .collect();
        Index { documents, pages, assets, targets, translated, anchors, labels }
    }

    /// The URLs of all links of a page, in the order of its article's list.
    pub(super) fn resolve_all(&self, page: usize, diagnostics: &mut Vec<Diagnostic>) -> Vec<ResolvedLink> {
        self.documents[page].article.links.iter().map(|link| self.resolve(page, link, diagnostics)).collect()
    }

    /// A label of the site, else a page, a file, an anchor or an address elsewhere.
    fn resolve(&self, page: usize, link: &Link, diagnostics: &mut Vec<Diagnostic>) -> ResolvedLink {
        let Some((path, name)) = link.target.split_once('#').filter(|_| !is_external(&link.target)) else {
            return ResolvedLink { href: self.address(page, link, diagnostics), label: None };
        };
        let name = percent_decode(name);
        let label = self.labels.find(&name, &self.pages[page].language);
        let named = label.map(|label| (label.kind, label.number.clone()));
        let own = path.is_empty() && self.anchors[page].contains(name.as_str());
        match label {
            Some(label) if path.is_empty() && (!own || label.page == page) => {
                ResolvedLink { href: references::href(label, page, self.pages), label: named }
            }
            None if path.is_empty() && !own && link.text != LinkText::Own => {
                diagnostics.push(references::unknown(&name, link.span, self.labels));
                ResolvedLink { href: link.target.clone(), label: None }
            }
            _ => ResolvedLink { href: self.address(page, link, diagnostics), label: named },
        }
    }

    /// A missing page or anchor is an error, and the link stays as typed.
    fn address(&self, page: usize, link: &Link, diagnostics: &mut Vec<Diagnostic>) -> String {
        if is_external(&link.target) {
            return link.target.clone();
        }
        let (path, fragment) = link.target.split_once('#').map_or((link.target.as_str(), None), |(p, f)| (p, Some(f)));
        let (path, query) = path.split_once('?').map_or((path, ""), |(path, _)| (path, &link.target[path.len()..]));
        let query = query.split('#').next().unwrap_or("");
        let target = if path.is_empty() { Some(Target::Page(page)) } else { self.target(page, path) };
        let from = &self.pages[page].output;
        match target {
            Some(Target::Asset(asset)) => {
                let fragment = fragment.map(|f| format!("#{f}")).unwrap_or_default();
                relative(from, &asset) + query + &fragment
            }
            Some(Target::Page(target)) => {
                let anchor = fragment.map(|fragment| self.anchor(target, fragment, link, diagnostics));
                let base = if path.is_empty() { String::new() } else { relative(from, &self.pages[target].output) };
                base + query + &anchor.map(|anchor| format!("#{}", super::paths::fragment(&anchor))).unwrap_or_default()
            }
            None => {
                diagnostics.push(self.missing(page, path, link));
                link.target.clone()
            }
        }
    }

    /// The page or file of a path: relative to the linking file, or from the content folder after `/` or `@/`.
    fn target(&self, page: usize, path: &str) -> Option<Target> {
        let path = self.absolute(page, path)?;
        let language = self.pages[page].language.as_str();
        let candidates = [path.clone(), format!("{path}.md"), format!("{path}/index.md"), format!("{path}/README.md")];
        if let Some(&found) =
            candidates.iter().find_map(|candidate| self.targets.get(candidate.trim_start_matches('/')))
        {
            let key = self.pages[found].key.as_str();
            return Some(Target::Page(self.translated.get(&(key, language)).copied().unwrap_or(found)));
        }
        self.assets.contains(&path).then_some(Target::Asset(path))
    }

    /// The path from the content folder; `None` if it leads out of it.
    fn absolute(&self, page: usize, path: &str) -> Option<String> {
        let path = percent_decode(path);
        let from_root = path.strip_prefix("@/").or_else(|| path.strip_prefix('/'));
        let mut parts: Vec<&str> = Vec::new();
        if from_root.is_none() {
            let file = &self.documents[page].path;
            parts.extend(file.split('/').take(file.split('/').count() - 1));
        }
        for part in from_root.unwrap_or(&path).split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()?),
                part => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }

    fn missing(&self, page: usize, path: &str, link: &Link) -> Diagnostic {
        let message = format!("link to `{path}`, which does not exist");
        let diagnostic = Diagnostic::error("link", link.span, message);
        let Some(wanted) = self.absolute(page, path) else {
            return diagnostic.help("the path leads out of the content folder");
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
        let anchors = &self.anchors[target];
        if wanted.is_empty() || anchors.contains(wanted.as_str()) {
            return wanted;
        }
        let lower = wanted.to_lowercase();
        if let Some(near) = anchors.iter().find(|anchor| anchor.to_lowercase() == lower) {
            let message = format!("anchor `#{wanted}` differs in upper and lower case from `#{near}`");
            diagnostics.push(Diagnostic::warning("link", link.span, message).help(format!("write `#{near}`")));
            return (*near).to_owned();
        }
        let help = nearest(&wanted, anchors.iter().copied()).map(|near| format!("did you mean `#{near}`?"));
        let message = format!("`{}` has no anchor `#{wanted}`", self.documents[target].path);
        diagnostics.push(Diagnostic::error("link", link.span, message).maybe_help(help));
        wanted
    }
}

/// True for URLs with a scheme (`https:`, `mailto:`) or a host (`//example.org`).
fn is_external(target: &str) -> bool {
    let scheme = target.split(':').next().unwrap_or("");
    let has_scheme = scheme.len() < target.len()
        && scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    has_scheme || target.starts_with("//")
}

fn percent_decode(text: &str) -> String {
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

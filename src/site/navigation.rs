//! Navigation, reading order and breadcrumbs: from `nav`, else from folders, weights and titles.

use std::collections::BTreeMap;

use super::{Document, Page, Site, SitePath};
use crate::config::{Config, NavEntry};
use crate::diagnostic::{Diagnostic, nearest};

/// An entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// A title of its own; `None` takes that of the page.
    pub title: Option<String>,
    /// The page; `None` for a heading or a folder without a page.
    pub page: Option<usize>,
    /// The entries below.
    pub children: Vec<Item>,
}

/// Arranges the pages of each language.
pub(super) fn arrange(site: &mut Site, documents: &[Document], config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let mut languages: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, page) in site.pages.iter().enumerate() {
        languages.entry(page.language.clone()).or_default().push(index);
    }
    if let Some(nav) = &config.nav {
        report_missing(nav, documents, diagnostics);
    }
    for (language, pages) in languages {
        let home = pages.iter().copied().find(|&page| site.pages[page].key == "index.html");
        let items = match &config.nav {
            Some(nav) => from_config(nav, &site.pages, documents, &language),
            None => from_folders(&site.pages, &pages),
        };
        let mut order: Vec<usize> = Vec::new();
        order.extend(home);
        reading_order(&items, &mut order);
        for pair in order.windows(2) {
            site.pages[pair[0]].next = Some(pair[1]);
            site.pages[pair[1]].previous = Some(pair[0]);
        }
        for &page in &pages {
            site.pages[page].ancestors = ancestors(&site.pages, &pages, page);
        }
        site.home.extend(home.map(|home| (language.clone(), home)));
        site.navigation.insert(language, items);
    }
}

fn reading_order(items: &[Item], order: &mut Vec<usize>) {
    for item in items {
        order.extend(item.page.filter(|page| !order.contains(page)));
        reading_order(&item.children, order);
    }
}

/// The pages of the folders that a page lies in, outermost first.
fn ancestors(pages: &[Page], of_language: &[usize], page: usize) -> Vec<usize> {
    let key = &pages[page].key;
    let mut above: Vec<usize> = of_language
        .iter()
        .copied()
        .filter(|&other| {
            let folder = pages[other].key.strip_suffix("index.html").unwrap_or("-");
            other != page && key.starts_with(folder)
        })
        .collect();
    above.sort_by_key(|&other| pages[other].key.len());
    above
}

/// A folder while the tree is being built.
#[derive(Default)]
struct Folder {
    page: Option<usize>,
    folders: BTreeMap<String, Folder>,
}

fn from_folders(pages: &[Page], of_language: &[usize]) -> Vec<Item> {
    let mut root = Folder::default();
    for &index in of_language {
        let mut folder = &mut root;
        for part in pages[index].key.trim_end_matches("index.html").split('/').filter(|part| !part.is_empty()) {
            folder = folder.folders.entry(part.to_owned()).or_default();
        }
        folder.page = Some(index);
    }
    items(root, pages)
}

fn items(folder: Folder, pages: &[Page]) -> Vec<Item> {
    let mut items: Vec<(i64, String, Item)> = folder
        .folders
        .into_iter()
        .map(|(name, folder)| {
            let page = folder.page;
            let title = page.is_none().then(|| name.replace(['-', '_'], " "));
            let weight = page.and_then(|page| pages[page].weight).unwrap_or(i64::MAX);
            let sort = page.map_or(name, |page| pages[page].title.to_lowercase());
            (weight, sort, Item { title, page, children: self::items(folder, pages) })
        })
        .collect();
    items.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    items.into_iter().map(|(_, _, item)| item).collect()
}

fn from_config(nav: &[NavEntry], pages: &[Page], documents: &[Document], language: &str) -> Vec<Item> {
    nav.iter()
        .filter_map(|entry| {
            let page = entry.path.as_deref().and_then(|path| find(path, pages, documents, language));
            let children = from_config(&entry.children, pages, documents, language);
            let shown = page.is_some() || !children.is_empty();
            shown.then(|| Item { title: entry.title.clone(), page, children })
        })
        .collect()
}

/// The page of a file in a language: the translation if there is one.
fn find(path: &str, pages: &[Page], documents: &[Document], language: &str) -> Option<usize> {
    let file = documents.iter().position(|document| document.path == path)?;
    let key: &SitePath = &pages[file].key;
    pages.iter().position(|page| page.key == *key && page.language == language)
}

fn report_missing(nav: &[NavEntry], documents: &[Document], diagnostics: &mut Vec<Diagnostic>) {
    for entry in nav {
        if let Some(path) = &entry.path
            && !documents.iter().any(|document| document.path == *path)
        {
            let help = nearest(path, documents.iter().map(|document| document.path.as_str()))
                .map(|near| format!("did you mean `{near}`?"));
            let message = format!("`nav` names `{path}`, which is not in the content folder");
            diagnostics.push(Diagnostic::error("config", entry.span, message).maybe_help(help));
        }
        report_missing(&entry.children, documents, diagnostics);
    }
}

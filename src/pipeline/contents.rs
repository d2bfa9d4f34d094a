//! What belongs to the site: which files are pages, and where its navigation is written.

use super::Inputs;
use crate::article::{self, Spellings};
use crate::config::{Config, Foreign, NavEntry, foreign, outline};
use crate::diagnostic::Diagnostic;
use crate::source::{Excerpt, Source};

/// Completes the configuration with what folders say about themselves.
pub(super) fn folders(inputs: &Inputs, config: &mut Config, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(foreign) = &mut config.foreign {
        let folders = inputs.folders.iter();
        foreign.folders = folders.map(|(path, file)| (path.clone(), foreign::folder(file, diagnostics))).collect();
    }
}

/// Completes the configuration with the navigation of a `SUMMARY.md` or its like. Gives the files that become pages, and
/// the file that the navigation was found in.
pub(super) fn settle<'a>(inputs: &'a Inputs, config: &mut Config) -> (Vec<&'a (String, Source)>, Option<String>) {
    let mut navigation = None;
    if config.nav.is_none()
        && let Some((path, mut entries)) = find(inputs, config)
    {
        plain_titles(&mut entries, config.spellings);
        config.nav = Some(entries);
        navigation = Some(path);
    }
    let mut named = Vec::new();
    collect(config.nav.as_deref().unwrap_or_default(), &mut named);
    named.sort_unstable();
    let articles = inputs.articles.iter();
    let pages = articles
        .filter(|(path, _)| {
            let is_named = named.binary_search(&path.as_str()).is_ok();
            let is_navigation = navigation == Some(path.as_str()) && (path == "SUMMARY.md" || path.starts_with('_'));
            let is_part = config.foreign.as_ref().is_some_and(|foreign| is_part(path, &inputs.content, foreign));
            is_named || !(is_navigation || is_part)
        })
        .collect();
    (pages, navigation.map(str::to_owned))
}

/// Formulas in the titles of the list as plain text.
fn plain_titles(entries: &mut [NavEntry], spellings: Spellings) {
    for entry in entries {
        if let Some(title) = entry.title.as_mut().filter(|title| title.contains(['$', '\\'])) {
            let mut excerpt = Excerpt::new(entry.span);
            excerpt.push(title, entry.span.file, entry.span.start as usize);
            *title = article::plain(&excerpt, spellings);
        }
        plain_titles(&mut entry.children, spellings);
    }
}

/// The file that holds the navigation, and what it says.
fn find<'a>(inputs: &'a Inputs, config: &Config) -> Option<(&'a str, Vec<NavEntry>)> {
    let given = config.foreign.as_ref().and_then(|foreign| foreign.navigation_file.as_deref());
    // `_sidebar.md` would be a page in a site of our own.
    let own = &outline::FILES[..2];
    let usual = if config.foreign.is_some() { &outline::FILES[..] } else { own };
    given.into_iter().chain(usual.iter().copied()).find_map(|name| {
        let (path, source) = inputs.articles.iter().find(|(path, _)| path == name)?;
        let read = outline::read(source, article::body_start(source, config.spellings));
        let is_navigation = read.has_links && (given == Some(name) || !read.has_prose);
        is_navigation.then_some((path.as_str(), read.entries))
    })
}

fn collect<'a>(nav: &'a [NavEntry], named: &mut Vec<&'a str>) {
    for entry in nav {
        named.extend(entry.path.as_deref().map(|path| path.trim_start_matches("./").trim_start_matches('/')));
        collect(&entry.children, named);
    }
}

/// Files and folders whose names begin with `_` are parts of pages to most tools, not pages; so is what lies in a folder
/// of snippets.
fn is_part(path: &str, content: &str, foreign: &Foreign) -> bool {
    let prefix = if content.is_empty() { String::new() } else { format!("{content}/") };
    let snippets = foreign.snippets.iter().filter_map(|folder| folder.strip_prefix(&prefix));
    let is_snippet = |folder: &str| !folder.is_empty() && path.strip_prefix(folder).is_some_and(|p| p.starts_with('/'));
    let mut snippets = snippets.filter(|folder| is_snippet(folder));
    snippets.next().is_some()
        || path.split('/').any(|name| {
            let is_index = name.starts_with("_index.");
            name.starts_with('_') && !is_index && !foreign.underscored.iter().any(|folder| folder == name)
        })
}

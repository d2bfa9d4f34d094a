//! What a site that was written for another tool becomes here: what was understood, and what was not.
//!
//! All of it is data. Each kind of thing that we do not know is one warning for the whole site, however often it
//! occurs; [`Migration`] counts both sides for `piecewise check`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Counts;
use crate::article::{self, Kind, Node, Unknown};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Severity};
use crate::site::Document;
use crate::source::{Sources, Span};

/// How many further places a warning shows.
const SHOWN: usize = 2;

/// What a site brings, by kind and count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Migration {
    /// The tool that the site was written for.
    pub tool: &'static str,
    /// The file of its configuration that was read, if it has one.
    pub configuration: Option<String>,
    /// The file that the navigation was read from; `None` if it follows folders and titles.
    pub navigation: Option<String>,
    /// Pages.
    pub pages: usize,
    /// Formulas, repeated ones counted each time.
    pub formulas: usize,
    /// Different formulas.
    pub distinct_formulas: usize,
    /// Formulas with a mistake.
    pub refused_formulas: usize,
    /// Charts.
    pub charts: usize,
    /// Listings by language; those without one under the empty word.
    pub listings: BTreeMap<String, usize>,
    /// Links to pages and files of the site, and to anchors.
    pub links: usize,
    /// Links to elsewhere.
    pub outside_links: usize,
    /// Images.
    pub images: usize,
    /// Links and images that lead nowhere.
    pub broken_links: usize,
    /// Constructs that were understood.
    pub understood: BTreeMap<&'static str, usize>,
    /// Constructs that were not, and stay as typed.
    pub unknown: Vec<UnknownKind>,
}

/// One kind of thing that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownKind {
    /// What they are called.
    pub kind: &'static str,
    /// How many there are.
    pub count: usize,
    /// Their names and how often each occurs, the most frequent first, at most five.
    pub names: Vec<(String, usize)>,
    /// The file of the first one.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
}

/// All that the articles have of one kind.
struct Group<'a> {
    kind: &'static str,
    help: &'static str,
    found: Vec<(&'a str, Span)>,
}

impl Group<'_> {
    /// Names and how often each occurs, the most frequent first.
    fn names(&self) -> Vec<(String, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (name, _) in &self.found {
            *counts.entry(name).or_default() += 1;
        }
        let mut names: Vec<(String, usize)> = counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
        names.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        names.truncate(5);
        names
    }
}

fn groups(documents: &[Document]) -> Vec<Group<'_>> {
    let mut kinds: BTreeMap<Kind, Vec<(&str, Span)>> = BTreeMap::new();
    for Unknown { kind, name, span } in documents.iter().flat_map(|document| &document.article.unknown) {
        kinds.entry(*kind).or_default().push((name, *span));
    }
    let mut groups: Vec<Group<'_>> =
        kinds.into_iter().map(|(kind, found)| Group { kind: kind.name(), help: kind.help(), found }).collect();
    let keys: Vec<(&str, Span)> = documents
        .iter()
        .flat_map(|document| &document.article.meta.unread)
        .map(|(key, span)| (key.as_str(), *span))
        .collect();
    if !keys.is_empty() {
        let help = "templates still find the values as `page.extra`";
        groups.push(Group { kind: "front matter values of another tool", help, found: keys });
    }
    groups
}

/// One warning for each kind of thing that we do not know.
pub(super) fn warn(documents: &[Document], diagnostics: &mut Vec<Diagnostic>) {
    for group in groups(documents) {
        let Some((_, first)) = group.found.first() else { continue };
        let names: Vec<String> = group
            .names()
            .into_iter()
            .map(|(name, count)| if count == 1 { format!("`{name}`") } else { format!("`{name}` ({count})") })
            .collect();
        let message = match group.found.len() {
            1 => format!("not understood, kept as typed: {} ({})", names.join(", "), group.kind),
            count => format!("{count} {} are not understood and stay as typed: {}", group.kind, names.join(", ")),
        };
        let mut diagnostic = Diagnostic::warning("unknown", *first, message).help(group.help);
        for (_, span) in group.found.iter().skip(1).take(SHOWN) {
            diagnostic = diagnostic.related(*span, "also here");
        }
        diagnostics.push(diagnostic);
    }
}

/// Counts what a site of another tool brings; `None` for a site of our own.
pub(super) fn report(
    (config, configuration): (&Config, Option<String>),
    navigation: Option<String>,
    documents: &[Document],
    counts: Counts,
    (diagnostics, sources): (&[Diagnostic], &Sources),
) -> Option<Migration> {
    let foreign = config.foreign.as_ref()?;
    let errors = |code| {
        let found = diagnostics.iter().filter(|d| d.code == code && d.severity == Severity::Error && d.span.is_some());
        found.count()
    };
    let mut migration = Migration {
        tool: foreign.tool.name(),
        navigation: navigation.or_else(|| configuration.clone().filter(|_| config.nav.is_some())),
        configuration,
        pages: counts.pages,
        formulas: counts.formulas,
        distinct_formulas: counts.distinct_formulas,
        refused_formulas: errors("math"),
        charts: counts.charts,
        broken_links: errors("link"),
        ..Migration::default()
    };
    for document in documents {
        let article = &document.article;
        for listing in document.listings.iter() {
            *migration.listings.entry(listing.info.language.clone()).or_default() += 1;
        }
        let images = article.images.len() + raw_images(&article.body);
        let outside = article.links.iter().filter(|link| link.target.contains("://")).count();
        migration.images += images;
        migration.outside_links += outside;
        migration.links += article.links.len().saturating_sub(images + outside);
        let includes = article::wanted(&document.source).len();
        if includes > 0 {
            *migration.understood.entry("included files").or_default() += includes;
        }
        for (construct, count) in &article.used {
            *migration.understood.entry(construct).or_default() += count;
        }
    }
    for group in groups(documents) {
        let Some((_, first)) = group.found.first() else { continue };
        let source = sources.get(first.file);
        migration.unknown.push(UnknownKind {
            kind: group.kind,
            count: group.found.len(),
            names: group.names(),
            file: source.path.clone(),
            line: source.position(first.range().start).line,
        });
    }
    Some(migration)
}

/// The images of raw HTML: URLs that stand in an `<img>`.
fn raw_images(nodes: &[Node]) -> usize {
    let is_image = |html: &str| html.rfind('<').is_some_and(|at| html[at..].starts_with("<img"));
    let pairs = nodes.windows(2);
    pairs.filter(|pair| matches!(pair, [Node::Html(html), Node::Url(_)] if is_image(html))).count()
}

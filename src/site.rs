//! The whole site at once: URLs, languages, navigation, and where every link leads.
//!
//! This is the only step that sees all articles. It needs nothing that takes time (no typesetting, no drawing), so it
//! runs while formulas and charts are being made. All links between pages are relative and end in a file name: the same
//! bytes work at `/`, below `/project/` and opened from disk.

mod address;
mod anchors;
mod links;
mod lists;
mod navigation;
mod paths;
mod references;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

pub use address::{absolute, permalink, root_path};
pub use links::percent_decode;
pub use lists::{List, Lists, Subject, Term};
pub use navigation::{Elsewhere, Item};
pub use paths::{SitePath, encode, hashed, relative, valid_url};
pub use references::{FormulaNumbers, Kind, Label, Numbers};

use crate::article::{Article, Node};
use crate::chart::Chart;
use crate::chart::spec::Text;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::listing::Listing;
use crate::source::{Excerpt, Source, Span};

/// An article with its place in the content folder.
#[derive(Debug, Clone)]
pub struct Document {
    /// Path of its file below the content folder, with forward slashes.
    pub path: String,
    /// Its file.
    pub source: Source,
    /// What it says.
    pub article: Arc<Article>,
    /// Its charts, one for each fence.
    pub charts: Arc<[Figure]>,
    /// Its listings, one for each code block.
    pub listings: Arc<[Listing]>,
    /// Its tables of values, one for each fence.
    pub tables: Arc<[ValueTable]>,
}

/// A table of values: what it asks for, and its texts.
#[derive(Debug, Default, Clone)]
pub struct ValueTable {
    /// The name under which it is referred to, such as `tab:relu`.
    pub id: Option<(String, Span)>,
    /// The places, each a number or an expression.
    pub places: Vec<Excerpt>,
    /// The name of the column of places.
    pub x_label: Option<TableText>,
    /// The functions.
    pub columns: Vec<ValueColumn>,
    /// How numbers are written, such as `.4f`.
    pub format: Option<Excerpt>,
    /// The text above the table.
    pub caption: Option<TableText>,
    /// Whether jumps show the limits from both sides.
    pub sides: bool,
    /// Each place and the value of each function there, as text, when the functions of the page are known.
    pub rows: Vec<(String, Vec<String>)>,
}

/// A text of a table.
#[derive(Debug, Clone)]
pub struct TableText {
    /// What was typed.
    pub typed: Excerpt,
    /// What it becomes.
    pub nodes: Vec<Node>,
}

/// A column of a table of values.
#[derive(Debug, Clone)]
pub struct ValueColumn {
    /// The expression in `x`.
    pub f: Excerpt,
    /// Its name, if it has one beside the expression.
    pub label: Option<TableText>,
}

/// A chart and its texts.
#[derive(Debug)]
pub struct Figure {
    /// The chart; `None` if its fence cannot be understood.
    pub chart: Option<Chart>,
    /// Those of its texts that contain markup, with what it is.
    pub texts: Vec<(Text, Vec<Node>)>,
}

/// A page of the site. Pages have the same order as the documents they are made of.
#[derive(Debug, Clone)]
pub struct Page {
    /// The file that the page becomes: `articles/relu/index.html`.
    pub output: SitePath,
    /// Language tag.
    pub language: String,
    /// What translations of one article share: the output path without the language.
    pub key: SitePath,
    /// Plain title.
    pub title: String,
    /// Weight in the navigation.
    pub weight: Option<i64>,
    /// Where each link of the article leads.
    pub links: Vec<ResolvedLink>,
    /// The numbers of its equations and figures.
    pub numbers: Numbers,
    /// Pages above this one, from the front page down; the front page itself has none.
    pub ancestors: Vec<usize>,
    /// The same article in all its languages, itself included, if there is more than one.
    pub translations: Vec<usize>,
    /// The page before it in reading order.
    pub previous: Option<usize>,
    /// The page after it.
    pub next: Option<usize>,
}

impl ResolvedLink {
    /// A link to an address.
    #[must_use]
    pub fn to(href: String) -> ResolvedLink {
        ResolvedLink { href, label: None, asset: None }
    }
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResolvedLink {
    /// The URL, not yet escaped.
    pub href: String,
    /// What it points to, for a link without words of its own, and how to name it.
    pub label: Option<(Kind, String)>,
    /// The file of the site that it leads to, if that is not a page.
    pub asset: Option<SitePath>,
}

/// The linked site.
#[derive(Debug, Default)]
pub struct Site {
    /// The pages.
    pub pages: Vec<Page>,
    /// The navigation of each language.
    pub navigation: BTreeMap<String, Vec<Item>>,
    /// The front page of each language.
    pub home: BTreeMap<String, usize>,
    /// The pages that list others.
    pub lists: Lists,
}

/// Links the documents. `assets` are the output paths of all other files.
pub fn link(
    documents: &[Document],
    assets: &BTreeSet<SitePath>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Site {
    let mut pages = paths::pages(documents, config, diagnostics);
    report_collisions(documents, &pages, assets, diagnostics);
    let mut found = Vec::new();
    let ((arrangement, targets), (mut numbers, labels)) = rayon::join(
        || (navigation::arrange(&pages, documents, assets, config, &mut found), links::targets(documents, &pages)),
        || references::number(documents, &pages, config, diagnostics),
    );
    diagnostics.append(&mut found);
    references::resolve(documents, &pages, &labels, &mut numbers, diagnostics);
    let index = links::Index::new(documents, &pages, assets, (targets, &labels), config);
    let links = each(documents.len(), diagnostics, |page, found| index.resolve_all(page, found));
    let navigation::Arrangement { navigation, home, places } = arrangement;
    let order = places.iter().map(|place| place.place).collect();
    for (((page, place), links), numbers) in pages.iter_mut().zip(places).zip(links).zip(numbers) {
        (page.links, page.numbers) = (links, numbers);
        (page.ancestors, page.previous, page.next) = (place.ancestors, place.previous, place.next);
    }
    let mut site = Site { pages, navigation, home, lists: Lists::default() };
    site.lists = lists::make(&site, documents, assets, config, order);
    site
}

/// Does something for each of so many pages, on all cores. What is found out comes in the order of the pages.
fn each<T: Send>(
    count: usize,
    diagnostics: &mut Vec<Diagnostic>,
    work: impl Fn(usize, &mut Vec<Diagnostic>) -> T + Sync,
) -> Vec<T> {
    let (done, found): (Vec<T>, Vec<Vec<Diagnostic>>) = (0..count)
        .into_par_iter()
        .map(|page| {
            let mut found = Vec::new();
            (work(page, &mut found), found)
        })
        .unzip();
    diagnostics.extend(found.into_iter().flatten());
    done
}

/// The language of each document, as its file name says it.
#[must_use]
pub fn languages(documents: &[Document], config: &Config) -> Vec<String> {
    let files: BTreeSet<&str> = documents.iter().map(|document| document.path.as_str()).collect();
    documents.iter().map(|document| paths::language(&document.path, &files, config).1).collect()
}

/// Two files for one path would silently lose one of them.
fn report_collisions(
    documents: &[Document],
    pages: &[Page],
    assets: &BTreeSet<SitePath>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut taken: HashMap<&SitePath, usize> = HashMap::with_capacity(pages.len());
    for (index, page) in pages.iter().enumerate() {
        let start = documents[index].source.span(0..0);
        if let Some(first) = taken.insert(&page.output, index) {
            let message = format!("two articles become `{}`", page.output);
            let related = documents[first].source.span(0..0);
            diagnostics.push(Diagnostic::error("site", start, message).related(related, "this is the other one"));
        } else if assets.contains(&page.output) {
            let message = format!("an article and another file both become `{}`", page.output);
            diagnostics.push(Diagnostic::error("site", start, message));
        }
    }
}

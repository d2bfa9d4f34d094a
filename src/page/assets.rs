//! The files that a page loads: what all pages need, and what only some need.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use crate::article::{Article, Node};
use crate::site::{Document, Site, SitePath};

/// A part of pages whose rules stand in a style sheet of their own, so that a page without it does not load them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Charts: `styles/chart.css`.
    Charts,
    /// Call-outs, theorems, tabs, figures: `styles/containers.css`.
    Containers,
    /// Lists of articles: `styles/lists.css`.
    Lists,
    /// Listings: `styles/listing.css`, and the colours of what the site's listings have.
    Listings,
    /// Formulas: the rules are made for each site.
    Mathematics,
}

impl Feature {
    /// The feature that a style sheet is about; `None` for one that is about every page.
    #[must_use]
    pub fn of_stylesheet(path: &str) -> Option<Feature> {
        match path {
            "styles/chart.css" => Some(Feature::Charts),
            "styles/lists.css" => Some(Feature::Lists),
            "styles/listing.css" => Some(Feature::Listings),
            "styles/containers.css" => Some(Feature::Containers),
            _ => None,
        }
    }
}

/// The features of a page.
pub type Features = BTreeSet<Feature>;

/// The features of every page, in the order of the documents. A formula in one title is a formula on every page, since
/// any page may name any other.
#[must_use]
pub fn features(documents: &[Document], site: &Site) -> Vec<Features> {
    let everywhere = documents.iter().any(|document| has_formula_in_title(&document.article));
    let of_page = |(page, document)| {
        let mut features = of_document(document, everywhere);
        features.extend(site.lists.sections.contains_key(&page).then_some(Feature::Lists));
        features
    };
    documents.par_iter().enumerate().map(of_page).collect()
}

/// The features of a page that no author wrote: it names articles.
#[must_use]
pub fn plain_features(documents: &[Document]) -> Features {
    let everywhere = documents.iter().any(|document| has_formula_in_title(&document.article));
    everywhere.then_some(Feature::Mathematics).into_iter().chain([Feature::Lists]).collect()
}

fn of_document(document: &Document, formulas_everywhere: bool) -> Features {
    let article = &document.article;
    let has = [
        (Feature::Charts, !article.charts.is_empty()),
        (
            Feature::Containers,
            !article.containers.is_empty() || !article.images.is_empty() || !article.tables.is_empty(),
        ),
        (Feature::Listings, !document.listings.is_empty()),
        (Feature::Mathematics, formulas_everywhere || !article.formulas.is_empty()),
    ];
    has.into_iter().filter_map(|(feature, present)| present.then_some(feature)).collect()
}

fn has_formula_in_title(article: &Article) -> bool {
    let heading = article.heading.iter().flat_map(|heading| &heading.content);
    heading.chain(&article.meta_title).any(|node| matches!(node, Node::Formula { .. }))
}

/// The bundled files of a site, as paths from its root.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet of all pages.
    pub stylesheet: SitePath,
    /// One more for each set of features that a page of the site has.
    pub of_features: BTreeMap<Features, SitePath>,
    /// Fonts of the mathematics that are worth asking for before the style sheet is read.
    pub preload: Vec<SitePath>,
    /// More of them for single pages.
    pub preload_for: BTreeMap<usize, Vec<SitePath>>,
    /// The script; every page works without it.
    pub script: Option<SitePath>,
    /// What the search loads when it is asked for; `None` for a site without.
    pub search: Option<SearchAssets>,
}

/// The files of the search, as paths from the site's root.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct SearchAssets {
    /// Its script, a module.
    pub script: SitePath,
    /// Its style sheet.
    pub stylesheet: SitePath,
    /// The rules for formulas, for a page that has none itself; empty if the site has none.
    pub mathematics: SitePath,
    /// The folder of the index.
    pub index: SitePath,
}

/// `assets` in templates: what one page loads, as paths from the site's root.
#[derive(Debug, Serialize)]
pub(super) struct AssetsView<'a> {
    stylesheets: Vec<&'a str>,
    preload: Vec<&'a str>,
    script: Option<&'a str>,
    search: Option<&'a SearchAssets>,
    /// Whether the rules for formulas are among the style sheets.
    mathematics: bool,
}

impl Assets {
    /// What a page with these features loads. The style sheet of all pages comes last, since a site's own rules are in
    /// it.
    pub(super) fn of(&self, features: &Features, page: Option<usize>) -> AssetsView<'_> {
        let common = self.preload.iter().filter(|_| features.contains(&Feature::Mathematics));
        let own = page.and_then(|page| self.preload_for.get(&page)).into_iter().flatten();
        let special = self.of_features.get(features).map(String::as_str);
        AssetsView {
            stylesheets: special.into_iter().chain([self.stylesheet.as_str()]).collect(),
            preload: common.chain(own).map(String::as_str).collect(),
            script: self.script.as_deref(),
            search: self.search.as_ref(),
            mathematics: features.contains(&Feature::Mathematics),
        }
    }
}

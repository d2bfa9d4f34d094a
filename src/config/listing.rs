//! The part of `site.toml` that is about lists of articles: `[lists]`.

use super::CODE;
use crate::data::{Keys, Kind, Table};
use crate::diagnostic::Diagnostic;

/// What articles are sorted by besides their folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Taxonomy {
    /// `tags`.
    Tags,
    /// `authors`.
    Authors,
    /// `series`: articles to be read one after the other.
    Series,
}

impl Taxonomy {
    /// All of them.
    pub const ALL: [Taxonomy; 3] = [Taxonomy::Tags, Taxonomy::Authors, Taxonomy::Series];

    /// Its key in front matter, which is also its folder in the site.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Taxonomy::Tags => "tags",
            Taxonomy::Authors => "authors",
            Taxonomy::Series => "series",
        }
    }
}

/// How articles are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSettings {
    /// `per_page`: at most so many articles are on one page; at least 1.
    pub per_page: usize,
    /// The taxonomies that have pages: those of `tags`, `authors`, `series` that are not `false`.
    pub taxonomies: Vec<Taxonomy>,
}

impl Default for ListSettings {
    fn default() -> ListSettings {
        ListSettings { per_page: 30, taxonomies: Taxonomy::ALL.to_vec() }
    }
}

impl ListSettings {
    /// Whether a taxonomy has pages.
    #[must_use]
    pub fn has(&self, taxonomy: Taxonomy) -> bool {
        self.taxonomies.contains(&taxonomy)
    }
}

pub(super) fn read(table: &Table, diagnostics: &mut Vec<Diagnostic>) -> ListSettings {
    let mut settings = ListSettings::default();
    let mut keys = Keys::new(table, CODE, diagnostics);
    if let Some(value) = keys.value("per_page") {
        match value.kind {
            Kind::Integer(number) if number >= 1 => settings.per_page = number as usize,
            _ => keys.wrong_type("per_page", "a number of articles, 1 or more", value),
        }
    }
    settings.taxonomies.retain(|taxonomy| keys.boolean(taxonomy.name()).unwrap_or(true));
    keys.deny_unknown();
    settings
}

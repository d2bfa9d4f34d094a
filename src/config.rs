//! `site.toml`: what a site says about itself. Optional; without it a folder of Markdown still builds.
//!
//! Unknown keys are errors with their place, so that a misspelt switch is never silently ignored. A site without
//! `site.toml` is described by the configuration of the tool it was written for, if it has one: [`foreign`].

pub mod foreign;
pub mod outline;

mod listing;
mod publishing;

use std::collections::BTreeMap;

pub use listing::{ListSettings, Taxonomy};
pub use publishing::{Publishing, base_url_mistake};

use crate::article::Spellings;
use crate::data::{self, Keys, Kind, Table, Value};
use crate::diagnostic::Diagnostic;
use crate::source::{Excerpt, Source, Span};
use crate::tex::Numbering;

pub use foreign::{Foreign, Tool};

const CODE: &str = "config";

/// A site's configuration.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// `title` of the site; may contain mathematics.
    pub title: String,
    /// `base_url`: where the site will be published, for canonical and absolute links; empty if unknown. No slash at
    /// the end.
    pub base_url: String,
    /// `language` of the pages without a language in their file name; `en` if not given.
    pub language: String,
    /// `[languages.ja]`: the other languages, by tag.
    pub languages: BTreeMap<String, Language>,
    /// `nav`: the navigation in the author's order.
    pub nav: Option<Vec<NavEntry>>,
    /// How formulas are spelt: `[math]`.
    pub spellings: Spellings,
    /// `math.number`: which rows of formulas get a number by themselves.
    pub numbering: Numbering,
    /// `math.show_checks`: formulas that were checked say so.
    pub show_checks: bool,
    /// `[math.macros]`: name, body and the place of the body.
    pub macros: Vec<(String, String, Span)>,
    /// `math.macro_files`: files with macros, as paths in the site's folder, with their places.
    pub macro_files: Vec<(String, Span)>,
    /// `[functions]`: definitions for the whole site, `leaky = "leaky(x; a = 0.01) = …"` or only the right side, and
    /// `import`, the pages whose functions the whole site knows.
    pub functions: Vec<(String, Value)>,
    /// `[feed]`, `[share]`, `llms`: how the site is found.
    pub publishing: Publishing,
    /// `[lists]`: tags, authors, series, and how many articles a page lists.
    pub lists: ListSettings,
    /// `repo`: where the sources of the site can be seen; empty if it does not say.
    pub repo: String,
    /// `edit_url`: where a page can be edited, with `{path}` for its file; empty if it does not say.
    pub edit_url: String,
    /// `search.enabled`: whether the site has a search index.
    pub search: bool,
    /// `[extra]`: handed to templates as it is.
    pub extra: Vec<(String, Value)>,
    /// What is known of a site without `site.toml`.
    pub foreign: Option<Foreign>,
}

/// A language of the site.
#[derive(Debug, Clone, Default)]
pub struct Language {
    /// What it calls itself: `日本語`.
    pub name: Option<String>,
    /// The site's title in it.
    pub title: Option<String>,
}

/// One entry of `nav`.
#[derive(Debug, Clone)]
pub struct NavEntry {
    /// The title given in `nav`; `None` takes the page's own.
    pub title: Option<String>,
    /// The page, as a path in the content folder, a folder of pages, a file or an address elsewhere; `None` for a
    /// heading.
    pub path: Option<String>,
    /// Where the path stands.
    pub span: Span,
    /// The entries below it.
    pub children: Vec<NavEntry>,
}

/// Reads `site.toml`, or the configuration of another tool; `None` gives the configuration of a site without any.
pub fn read(source: Option<&Source>, diagnostics: &mut Vec<Diagnostic>) -> Config {
    let mut config = Config { language: "en".to_owned(), search: true, ..Config::default() };
    let Some(source) = source.filter(|source| source.path == "site.toml") else {
        foreign::read(source, &mut config, diagnostics);
        return config;
    };
    let table = match data::toml(&Excerpt::slice(source, 0..source.text.len()), CODE) {
        Ok(table) => table,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return config;
        }
    };
    let mut keys = Keys::new(&table, CODE, diagnostics);
    config.title = keys.string("title").unwrap_or_default();
    keys.string("base_url").unwrap_or_default().trim_end_matches('/').clone_into(&mut config.base_url);
    config.language = keys.string("language").unwrap_or(config.language);
    let nav = keys.value("nav");
    let languages = keys.table("languages");
    let math = keys.table("math");
    let markdown = keys.table("markdown");
    let functions = keys.table("functions");
    let search = keys.table("search");
    let extra = keys.table("extra");
    let publishing = publishing::take(&table, &mut keys);
    let lists = keys.table("lists");
    let repo = keys.string("repo");
    let edit_url = keys.string("edit_url");
    keys.deny_unknown();
    publishing::read(&publishing, &mut config, diagnostics);
    if let Some(lists) = lists {
        config.lists = listing::read(lists, diagnostics);
    }
    config.repo = repo.unwrap_or_default();
    config.edit_url = edit_url.unwrap_or_default();
    publishing::check_edit_url(&table, &mut config, diagnostics);
    config.languages = languages.map(|table| read_languages(table, diagnostics)).unwrap_or_default();
    config.nav = nav.map(|value| read_nav(value, diagnostics));
    if let Some(math) = math {
        read_math(math, &mut config, diagnostics);
    }
    if let Some(markdown) = markdown {
        let mut keys = Keys::new(markdown, CODE, diagnostics);
        config.spellings.bare_front_matter = keys.boolean("bare_front_matter").unwrap_or(false);
        keys.deny_unknown();
    }
    if let Some(search) = search {
        let mut keys = Keys::new(search, CODE, diagnostics);
        config.search = keys.boolean("enabled").unwrap_or(true);
        keys.deny_unknown();
    }
    let pairs = |table: &Table| table.entries.iter().map(|e| (e.key.clone(), e.value.clone())).collect();
    config.functions = functions.map(pairs).unwrap_or_default();
    config.extra = extra.map(pairs).unwrap_or_default();
    config
}

fn read_languages(table: &Table, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<String, Language> {
    let mut languages = BTreeMap::new();
    for entry in &table.entries {
        let Kind::Table(language) = &entry.value.kind else {
            let message = format!("`languages.{}` must be a table, found {}", entry.key, entry.value.kind_name());
            diagnostics.push(Diagnostic::error(CODE, entry.value.span, message));
            continue;
        };
        let mut keys = Keys::new(language, CODE, diagnostics);
        let language = Language { name: keys.string("name"), title: keys.string("title") };
        keys.deny_unknown();
        languages.insert(entry.key.clone(), language);
    }
    languages
}

fn read_math(table: &Table, config: &mut Config, diagnostics: &mut Vec<Diagnostic>) {
    let mut keys = Keys::new(table, CODE, diagnostics);
    config.spellings = Spellings {
        loose_dollar: keys.boolean("loose_dollar").unwrap_or(false),
        double_backslash: keys.boolean("double_backslash").unwrap_or(false),
        kramdown: keys.boolean("kramdown").unwrap_or(false),
        ..config.spellings
    };
    config.show_checks = keys.boolean("show_checks").unwrap_or(false);
    let macros = keys.table("macros");
    if let Some(value) = keys.value("macro_files") {
        let files: Vec<&Value> = match &value.kind {
            Kind::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        for file in files {
            match &file.kind {
                Kind::String(path) => config.macro_files.push((path.clone(), file.span)),
                _ => keys.wrong_type("macro_files", "a path or an array of paths", file),
            }
        }
    }
    if let Some(value) = keys.value("number") {
        match &value.kind {
            Kind::String(text) if text == "labelled" => config.numbering = Numbering::Labelled,
            Kind::String(text) if text == "all" => config.numbering = Numbering::All,
            Kind::String(text) if text == "none" => config.numbering = Numbering::None,
            _ => keys.wrong_type("number", "\"labelled\", \"all\" or \"none\"", value),
        }
    }
    keys.deny_unknown();
    if let Some(macros) = macros {
        config.macros = data::texts(macros, "macro", CODE, diagnostics);
    }
}

/// `nav` is a list of paths (`"guide/index.md"`) and of tables with one pair: `{ "Title" = "path.md" }` or
/// `{ "Title" = [ … ] }`.
fn read_nav(value: &Value, diagnostics: &mut Vec<Diagnostic>) -> Vec<NavEntry> {
    let Kind::Array(items) = &value.kind else {
        let message = format!("`nav` must be an array, found {}", value.kind_name());
        diagnostics.push(Diagnostic::error(CODE, value.span, message));
        return Vec::new();
    };
    items.iter().filter_map(|item| read_nav_entry(item, diagnostics)).collect()
}

fn read_nav_entry(item: &Value, diagnostics: &mut Vec<Diagnostic>) -> Option<NavEntry> {
    let entry = |title, path, children| NavEntry { title, path, span: item.span, children };
    match &item.kind {
        Kind::String(path) => Some(entry(None, Some(path.clone()), Vec::new())),
        Kind::Table(table) if table.entries.len() == 1 => {
            let pair = &table.entries[0];
            let title = Some(pair.key.clone());
            Some(match &pair.value.kind {
                Kind::String(path) => {
                    NavEntry { span: pair.value.span, ..entry(title, Some(path.clone()), Vec::new()) }
                }
                _ => entry(title, None, read_nav(&pair.value, diagnostics)),
            })
        }
        _ => {
            let message =
                format!("an entry of `nav` must be a path or a table with one pair, found {}", item.kind_name());
            diagnostics.push(
                Diagnostic::error(CODE, item.span, message).help("write \"page.md\" or { \"Title\" = \"page.md\" }"),
            );
            None
        }
    }
}

//! The configuration of other tools, read for what it says about a site.
//!
//! Without a `site.toml` the site was written for another tool, or for none. What its configuration says that we have a
//! meaning for (title, address, language, content folder, navigation, macros, spellings of formulas) is taken; every
//! other key belongs to that tool and is passed over in silence.

use super::{Config, Language, NavEntry};
use crate::data::{self, Kind, Table, Value};
use crate::diagnostic::Diagnostic;
use crate::source::{Excerpt, Source, Span};

/// The tool that a site was written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tool {
    /// None that we know: a folder of Markdown, as GitHub shows it.
    #[default]
    Markdown,
    /// MkDocs, with any theme.
    MkDocs,
    /// mdBook.
    MdBook,
    /// Zola.
    Zola,
    /// Hugo.
    Hugo,
    /// Jekyll.
    Jekyll,
    /// Docusaurus; its configuration is a program.
    Docusaurus,
    /// Starlight; its configuration is a program.
    Starlight,
}

impl Tool {
    /// What the tool is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tool::Markdown => "a folder of Markdown",
            Tool::MkDocs => "MkDocs",
            Tool::MdBook => "mdBook",
            Tool::Zola => "Zola",
            Tool::Hugo => "Hugo",
            Tool::Jekyll => "Jekyll",
            Tool::Docusaurus => "Docusaurus",
            Tool::Starlight => "Starlight",
        }
    }
}

/// Where configuration is looked for, the first that exists wins; `site.toml` comes before all of these.
pub const FILES: [&str; 19] = [
    "mkdocs.yml",
    "mkdocs.yaml",
    "book.toml",
    "zola.toml",
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "config/_default/hugo.toml",
    "config/_default/config.toml",
    "config.toml",
    "config.yaml",
    "_config.yml",
    "_config.yaml",
    "docusaurus.config.js",
    "docusaurus.config.ts",
    "docusaurus.config.mjs",
    "astro.config.mjs",
    "astro.config.ts",
    "astro.config.js",
];

/// What only a site of another tool has.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    /// The tool.
    pub tool: Tool,
    /// Its content folder as a path from the site's folder, with the place that names it.
    pub content: Option<(String, Option<Span>)>,
    /// Folders without pages (themes, snippets, what the tool writes), as paths from the site's folder.
    pub excluded: Vec<String>,
    /// The file in the content folder that holds the navigation.
    pub navigation_file: Option<String>,
    /// Folders that hold pages although their names begin with `_`.
    pub underscored: Vec<String>,
    /// A link without a file name leads from the page's URL, not from its file: `../b/` in `x/a.md` is `x/b.md`.
    pub directory_urls: bool,
}

/// Reads the configuration of another tool; `None` is a site without any.
pub(super) fn read(source: Option<&Source>, config: &mut Config, diagnostics: &mut Vec<Diagnostic>) {
    config.spellings.foreign = true;
    config.foreign = Some(Foreign::default());
    let Some(source) = source else { return };
    let excerpt = Excerpt::slice(source, 0..source.text.len());
    let extension = source.path.rsplit('.').next().unwrap_or("");
    let table = match extension {
        "toml" => data::toml(&excerpt, super::CODE),
        "yml" | "yaml" => data::yaml(&excerpt, super::CODE),
        _ => Ok(Table { entries: Vec::new(), span: excerpt.span }),
    };
    let table = match table {
        Ok(table) => table,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return;
        }
    };
    let foreign = match source.path.as_str() {
        "mkdocs.yml" | "mkdocs.yaml" => mkdocs(&table, config),
        "book.toml" => mdbook(&table, config),
        "_config.yml" | "_config.yaml" => jekyll(&table, config),
        path if path.starts_with("docusaurus") => outside(Tool::Docusaurus, "docs"),
        path if path.starts_with("astro") => outside(Tool::Starlight, "src/content/docs"),
        "zola.toml" => zola(&table, config),
        // Both Zola and Hugo have called their file `config.toml`, and so have many programs.
        _ if table.get("base_url").is_some() => zola(&table, config),
        path if path.contains("hugo") || text(&table, "baseURL").or_else(|| text(&table, "baseurl")).is_some() => {
            hugo(&table, config)
        }
        _ => Foreign::default(),
    };
    config.foreign = Some(foreign);
}

/// A tool whose configuration is a program: only its usual content folder is known.
fn outside(tool: Tool, content: &str) -> Foreign {
    Foreign { tool, content: Some((content.to_owned(), None)), ..Foreign::default() }
}

fn text(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(scalar)
}

/// A string, or a number or date as it was typed.
fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::String(text) | Kind::Date(text) => Some(text.clone()),
        Kind::Integer(number) => Some(number.to_string()),
        Kind::Float(number) => Some(number.to_string()),
        _ => None,
    }
}

fn table<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Table> {
    path.iter().try_fold(table, |table, key| match &table.get(key)?.kind {
        Kind::Table(table) => Some(table),
        _ => None,
    })
}

fn truth(table: &Table, key: &str) -> Option<bool> {
    match table.get(key)?.kind {
        Kind::Boolean(truth) => Some(truth),
        _ => None,
    }
}

/// A path as it is written in this program: forward slashes, no `./` before it and no `/` behind it; `.` is empty.
fn path(text: &str) -> String {
    let text = text.replace('\\', "/");
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}

fn set(target: &mut String, value: Option<String>) {
    if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
        *target = value;
    }
}

/// `mkdocs.yml`.
fn mkdocs(root: &Table, config: &mut Config) -> Foreign {
    set(&mut config.title, text(root, "site_name").map(|title| unescaped(&title)));
    set(&mut config.base_url, text(root, "site_url").map(|url| url.trim_end_matches('/').to_owned()));
    let theme = table(root, &["theme"]);
    set(&mut config.language, theme.and_then(|theme| text(theme, "language")));
    config.spellings.bare_front_matter = true;
    // Only told not to be smart about spaces does the extension take `$ x $`.
    let arithmatex = options(root, "markdown_extensions", "pymdownx.arithmatex");
    config.spellings.loose_dollar = arithmatex.and_then(|options| truth(options, "smart_dollar")) == Some(false);
    // `pages` is what `nav` was called before MkDocs 1.0.
    let nav = root.get("nav").or_else(|| root.get("pages"));
    config.nav = nav.filter(|nav| nav.kind != Kind::Null).map(mkdocs_nav);
    if let Some(languages) = options(root, "plugins", "i18n").and_then(|options| options.get("languages")) {
        mkdocs_languages(languages, config);
    }
    let docs = root.get("docs_dir").and_then(|value| Some((path(&scalar(value)?), Some(value.span))));
    let content = docs.unwrap_or_else(|| ("docs".to_owned(), None));
    let mut excluded = vec![path(&text(root, "site_dir").unwrap_or_else(|| "site".to_owned()))];
    excluded.extend(theme.and_then(|theme| text(theme, "custom_dir")).map(|folder| path(&folder)));
    if let Some(snippets) = options(root, "markdown_extensions", "pymdownx.snippets") {
        excluded.extend(snippets.get("base_path").map(texts).unwrap_or_default().iter().map(|folder| path(folder)));
    }
    // A folder of snippets may be the site's folder or the content folder itself.
    excluded
        .retain(|folder| !folder.is_empty() && *folder != content.0 && !content.0.starts_with(&format!("{folder}/")));
    let nav_file = options(root, "plugins", "literate-nav").and_then(|options| text(options, "nav_file"));
    Foreign {
        tool: Tool::MkDocs,
        content: Some(content),
        excluded,
        navigation_file: nav_file,
        underscored: Vec::new(),
        directory_urls: truth(root, "use_directory_urls") != Some(false),
    }
}

/// The options of an extension or plugin in a list of names and of tables with one pair, or in one table.
fn options<'a>(root: &'a Table, list: &str, name: &str) -> Option<&'a Table> {
    let found = match &root.get(list)?.kind {
        Kind::Array(items) => items.iter().find_map(|item| match &item.kind {
            Kind::Table(table) => table.get(name),
            _ => None,
        }),
        Kind::Table(table) => table.get(name),
        _ => None,
    };
    match &found?.kind {
        Kind::Table(table) => Some(table),
        _ => None,
    }
}

fn texts(value: &Value) -> Vec<String> {
    match &value.kind {
        Kind::Array(items) => items.iter().filter_map(scalar).collect(),
        _ => scalar(value).into_iter().collect(),
    }
}

/// The languages of `mkdocs-static-i18n`.
fn mkdocs_languages(languages: &Value, config: &mut Config) {
    let Kind::Array(items) = &languages.kind else { return };
    for item in items {
        let Kind::Table(language) = &item.kind else { continue };
        let Some(tag) = text(language, "locale") else { continue };
        if truth(language, "default") == Some(true) {
            config.language = tag;
        } else {
            let named = Language { name: text(language, "name"), title: text(language, "site_name") };
            config.languages.insert(tag, named);
        }
    }
}

/// `nav` of `mkdocs.yml`: paths, `Title: path` and `Title: [ … ]`.
fn mkdocs_nav(value: &Value) -> Vec<NavEntry> {
    let Kind::Array(items) = &value.kind else { return Vec::new() };
    items.iter().flat_map(mkdocs_nav_entry).collect()
}

fn mkdocs_nav_entry(item: &Value) -> Vec<NavEntry> {
    let entry = |title: Option<&str>, value: &Value| {
        let title = title.map(unescaped).filter(|title| !title.is_empty());
        match &value.kind {
            Kind::Array(_) => NavEntry { title, path: None, span: value.span, children: mkdocs_nav(value) },
            _ => NavEntry { title, path: scalar(value), span: value.span, children: Vec::new() },
        }
    };
    match &item.kind {
        Kind::Table(table) => table.entries.iter().map(|pair| entry(Some(&pair.key), &pair.value)).collect(),
        Kind::Null => Vec::new(),
        _ => vec![entry(None, item)],
    }
}

/// Character references of HTML as characters: titles in `mkdocs.yml` are markup.
fn unescaped(text: &str) -> String {
    const NAMES: [(&str, &str); 6] =
        [("&nbsp;", "\u{A0}"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    NAMES.iter().fold(text.trim().to_owned(), |text, (name, character)| text.replace(name, character))
}

/// `book.toml`.
fn mdbook(root: &Table, config: &mut Config) -> Foreign {
    let nothing = Table { entries: Vec::new(), span: root.span };
    let book = table(root, &["book"]).unwrap_or(&nothing);
    set(&mut config.title, text(book, "title"));
    set(&mut config.language, text(book, "language"));
    let katex = table(root, &["preprocessor", "katex"]);
    if let Some(value) = katex.and_then(|katex| katex.get("macros"))
        && let Some(file) = scalar(value)
    {
        config.macro_files.push((file, value.span));
    }
    config.spellings.loose_dollar = katex.is_some();
    let html = table(root, &["output", "html"]);
    config.spellings.double_backslash = html.and_then(|html| truth(html, "mathjax-support")) == Some(true);
    let src = book.get("src").and_then(|value| Some((path(&scalar(value)?), Some(value.span))));
    let build = table(root, &["build"]).and_then(|build| text(build, "build-dir"));
    Foreign {
        tool: Tool::MdBook,
        content: Some(src.unwrap_or_else(|| ("src".to_owned(), None))),
        excluded: vec![path(&build.unwrap_or_else(|| "book".to_owned())), "theme".to_owned()],
        navigation_file: Some("SUMMARY.md".to_owned()),
        ..Foreign::default()
    }
}

/// `zola.toml`, long `config.toml`.
fn zola(root: &Table, config: &mut Config) -> Foreign {
    set(&mut config.title, text(root, "title"));
    set(&mut config.base_url, text(root, "base_url").map(|url| url.trim_end_matches('/').to_owned()));
    set(&mut config.language, text(root, "default_language"));
    languages(root, config);
    Foreign { tool: Tool::Zola, directory_urls: true, ..Foreign::default() }
}

/// `hugo.toml`, long `config.toml`, or the same as YAML.
fn hugo(root: &Table, config: &mut Config) -> Foreign {
    set(&mut config.title, text(root, "title"));
    let url = text(root, "baseURL").or_else(|| text(root, "baseurl")).filter(|url| url.contains("://"));
    set(&mut config.base_url, url.map(|url| url.trim_end_matches('/').to_owned()));
    set(&mut config.language, text(root, "defaultContentLanguage").or_else(|| text(root, "languageCode")));
    languages(root, config);
    let content = root.get("contentDir").and_then(|value| Some((path(&scalar(value)?), Some(value.span))));
    Foreign { tool: Tool::Hugo, content, directory_urls: true, ..Foreign::default() }
}

/// `[languages.fr]` of Zola and Hugo.
fn languages(root: &Table, config: &mut Config) {
    for entry in table(root, &["languages"]).iter().flat_map(|table| &table.entries) {
        if let Kind::Table(language) = &entry.value.kind
            && entry.key != config.language
        {
            let name = text(language, "languageName").or_else(|| text(language, "label"));
            config.languages.insert(entry.key.clone(), Language { name, title: text(language, "title") });
        }
    }
}

/// `_config.yml`.
fn jekyll(root: &Table, config: &mut Config) -> Foreign {
    set(&mut config.title, text(root, "title"));
    if let Some(url) = text(root, "url").filter(|url| url.contains("://")) {
        let base = text(root, "baseurl").unwrap_or_default();
        let url = format!("{}/{}", url.trim_end_matches('/'), path(&base));
        url.trim_end_matches('/').clone_into(&mut config.base_url);
    }
    set(&mut config.language, text(root, "lang"));
    config.spellings.kramdown = text(root, "markdown").is_none_or(|markdown| markdown.eq_ignore_ascii_case("kramdown"));
    let mut underscored = vec!["_posts".to_owned()];
    match root.get("collections").map(|value| &value.kind) {
        Some(Kind::Table(table)) => underscored.extend(table.entries.iter().map(|entry| format!("_{}", entry.key))),
        Some(Kind::Array(items)) => underscored.extend(items.iter().filter_map(scalar).map(|name| format!("_{name}"))),
        _ => {}
    }
    let mut excluded = vec!["_site".to_owned(), "vendor".to_owned()];
    excluded.extend(root.get("exclude").map(texts).unwrap_or_default().iter().map(|folder| path(folder)));
    excluded.retain(|folder| !folder.is_empty());
    Foreign {
        tool: Tool::Jekyll,
        content: Some((path(&text(root, "source").unwrap_or_default()), None)),
        excluded,
        underscored,
        directory_urls: true,
        ..Foreign::default()
    }
}

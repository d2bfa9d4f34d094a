//! The configuration of other tools, read for what it says about a site.
//!
//! Without a `site.toml` the site was written for another tool, or for none. What its configuration says that we have a
//! meaning for (title, address, language, content folder, navigation, macros, spellings of formulas) is taken; every
//! other key belongs to that tool and is passed over in silence.

use std::collections::BTreeMap;

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
    /// VitePress; its configuration is a program.
    VitePress,
    /// Quarto.
    Quarto,
    /// MyST and Jupyter Book.
    Myst,
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
            Tool::VitePress => "VitePress",
            Tool::Quarto => "Quarto",
            Tool::Myst => "MyST",
        }
    }
}

/// Where configuration is looked for, the first that exists wins; `site.toml` comes before all of these.
pub const FILES: [&str; 35] = [
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
    "_quarto.yml",
    "_quarto.yaml",
    "myst.yml",
    "_toc.yml",
    "_config.yml",
    "_config.yaml",
    "docusaurus.config.js",
    "docusaurus.config.ts",
    "docusaurus.config.mjs",
    "astro.config.mjs",
    "astro.config.ts",
    "astro.config.js",
    ".vitepress/config.js",
    ".vitepress/config.mjs",
    ".vitepress/config.ts",
    ".vitepress/config.mts",
    "docs/.vitepress/config.js",
    "docs/.vitepress/config.mjs",
    "docs/.vitepress/config.ts",
    "docs/.vitepress/config.mts",
    ".vuepress/config.js",
    ".vuepress/config.ts",
    "docs/.vuepress/config.js",
    "docs/.vuepress/config.ts",
];

/// What a folder says about itself in a file of its own, by the name of that file.
pub const FOLDER_FILES: [&str; 5] = [".pages", ".nav.yml", "_category_.json", "_category_.yml", "_category_.yaml"];

/// What a folder says about itself: `.pages` of MkDocs' awesome-pages, `_category_.json` of Docusaurus.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// What the navigation calls it.
    pub title: Option<String>,
    /// Its place among its neighbours.
    pub weight: Option<i64>,
    /// Its pages and folders in order; `...` stands for those that are not named.
    pub nav: Option<Vec<NavEntry>>,
    /// The last comes first.
    pub descending: bool,
    /// Left out of the navigation.
    pub hidden: bool,
}

/// Reads what a folder says about itself.
pub fn folder(source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Folder {
    let table = match data::yaml(&Excerpt::slice(source, 0..source.text.len()), super::CODE) {
        Ok(table) => table,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return Folder::default();
        }
    };
    let nav = table.get("nav").or_else(|| table.get("arrange"));
    let order = text(&table, "order").or_else(|| text(self::table(&table, &["sort"])?, "direction"));
    Folder {
        title: text(&table, "title").or_else(|| text(&table, "label")).map(|title| unescaped(&title)),
        weight: table.get("position").and_then(scalar).and_then(|number| number.parse::<f64>().ok()).map(|n| n as i64),
        nav: nav.filter(|nav| nav.kind != Kind::Null).map(mkdocs_nav),
        descending: order.is_some_and(|order| order == "desc"),
        hidden: truth(&table, "hide") == Some(true),
    }
}

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
    /// Old addresses as typed, and the page or address that each leads to.
    pub redirects: Vec<(String, String)>,
    /// Folders in which the files that articles include are looked for, as paths from the site's folder.
    pub snippets: Vec<String>,
    /// The first folder of a path is its language: `ja/a.md`.
    pub language_folders: bool,
    /// What folders say about themselves, by their path below the content folder.
    pub folders: BTreeMap<String, Folder>,
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
        path if path.contains(".vitepress/") || path.contains(".vuepress/") => {
            outside(Tool::VitePress, if path.starts_with("docs/") { "docs" } else { "" })
        }
        "_quarto.yml" | "_quarto.yaml" => quarto(&table, config),
        "myst.yml" | "_toc.yml" => myst(&table, config),
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
    let content = Some((content.to_owned(), None)).filter(|(content, _)| !content.is_empty());
    Foreign { tool, content, ..Foreign::default() }
}

/// `_quarto.yml`: a book or a website.
fn quarto(root: &Table, config: &mut Config) -> Foreign {
    let nothing = Table { entries: Vec::new(), span: root.span };
    let kind = if root.get("book").is_some() { "book" } else { "website" };
    let site = table(root, &[kind]).unwrap_or(&nothing);
    set(&mut config.title, text(site, "title"));
    set(&mut config.base_url, text(site, "site-url").map(|url| url.trim_end_matches('/').to_owned()));
    set(&mut config.language, text(root, "lang"));
    config.spellings.definition_lists = true;
    let chapters = site.get("chapters").or_else(|| table(site, &["sidebar"])?.get("contents"));
    config.nav = chapters.map(tree);
    let output = table(root, &["project"]).and_then(|project| text(project, "output-dir"));
    let excluded = vec![output.unwrap_or_else(|| format!("_{}", if kind == "book" { "book" } else { "site" }))];
    Foreign { tool: Tool::Quarto, excluded, ..Foreign::default() }
}

/// `myst.yml`, or `_toc.yml` of Jupyter Book.
fn myst(root: &Table, config: &mut Config) -> Foreign {
    let project = table(root, &["project"]).unwrap_or(root);
    set(&mut config.title, text(project, "title"));
    let toc = project.get("toc").or_else(|| root.get("parts")).or_else(|| root.get("chapters"));
    let first = text(root, "root").map(|path| NavEntry {
        title: None,
        path: Some(path),
        span: root.span,
        children: Vec::new(),
    });
    config.nav = toc.map(|toc| first.into_iter().chain(tree(toc)).collect());
    Foreign { tool: Tool::Myst, excluded: vec!["_build".to_owned()], ..Foreign::default() }
}

/// A tree of chapters: paths, and tables with a file, a title and what lies below.
fn tree(value: &Value) -> Vec<NavEntry> {
    let Kind::Array(items) = &value.kind else { return Vec::new() };
    let entry = |item: &Value| match &item.kind {
        Kind::Table(table) => {
            let named = |names: &[&str]| names.iter().find_map(|name| text(table, name));
            let below = ["children", "chapters", "contents", "sections"].iter().find_map(|name| table.get(name));
            NavEntry {
                title: named(&["title", "text", "part", "section", "caption"]),
                path: named(&["file", "href", "url"]),
                span: item.span,
                children: below.map(tree).unwrap_or_default(),
            }
        }
        _ => NavEntry { title: None, path: scalar(item), span: item.span, children: Vec::new() },
    };
    items.iter().map(entry).filter(|entry| entry.path.is_some() || !entry.children.is_empty()).collect()
}

fn text(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(scalar)
}

/// A string, or a number or date as it was typed; of a list the last, which is the default of `!ENV [NAME, default]`.
fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Array(items) => scalar(items.last()?).filter(|_| items.len() > 1),
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
    let i18n = options(root, "plugins", "i18n");
    if let Some(languages) = i18n.and_then(|options| options.get("languages")) {
        mkdocs_languages(languages, config);
    }
    let docs = root.get("docs_dir").and_then(|value| Some((path(&scalar(value)?), Some(value.span))));
    let content = docs.unwrap_or_else(|| ("docs".to_owned(), None));
    let mut excluded = vec![path(&text(root, "site_dir").unwrap_or_else(|| "site".to_owned()))];
    excluded.extend(theme.and_then(|theme| text(theme, "custom_dir")).map(|folder| path(&folder)));
    excluded.retain(|folder| !folder.is_empty());
    let bases = options(root, "markdown_extensions", "pymdownx.snippets").and_then(|options| options.get("base_path"));
    let snippets = bases.map(texts).unwrap_or_default();
    let base = |typed: &String| path(&typed.replace("$config_dir", "").replace("$docs_dir", &content.0));
    let snippets = snippets.iter().map(base).collect();
    config.spellings.definition_lists = lists(root, "markdown_extensions", "def_list");
    let nav_file = options(root, "plugins", "literate-nav").and_then(|options| text(options, "nav_file"));
    Foreign {
        tool: Tool::MkDocs,
        content: Some(content),
        excluded,
        navigation_file: nav_file,
        directory_urls: truth(root, "use_directory_urls") != Some(false),
        snippets,
        redirects: redirects(
            options(root, "plugins", "redirects").and_then(|redirects| table(redirects, &["redirect_maps"])),
        ),
        language_folders: i18n.and_then(|i18n| text(i18n, "docs_structure")).as_deref() == Some("folder"),
        ..Foreign::default()
    }
}

/// Pairs of an old address and a new one.
fn redirects(pairs: Option<&Table>) -> Vec<(String, String)> {
    let pairs = pairs.iter().flat_map(|table| &table.entries);
    pairs.filter_map(|pair| Some((pair.key.clone(), scalar(&pair.value)?))).collect()
}

/// Whether a list of names and of tables with one pair has a name.
fn lists(root: &Table, list: &str, name: &str) -> bool {
    match root.get(list).map(|value| &value.kind) {
        Some(Kind::Array(items)) => items.iter().any(|item| match &item.kind {
            Kind::String(text) => text == name,
            Kind::Table(table) => table.get(name).is_some(),
            _ => false,
        }),
        Some(Kind::Table(table)) => table.get(name).is_some(),
        _ => false,
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
        redirects: redirects(table(root, &["output", "html", "redirect"])),
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
    config.spellings.definition_lists = true;
    // `[languages.ja]` with `contentDir = "content/ja"`.
    let folders = table(root, &["languages"]).is_some_and(|languages| {
        languages.entries.iter().any(|entry| match &entry.value.kind {
            Kind::Table(language) => text(language, "contentDir").is_some_and(|folder| folder.ends_with(&entry.key)),
            _ => false,
        })
    });
    Foreign { tool: Tool::Hugo, content, directory_urls: true, language_folders: folders, ..Foreign::default() }
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
    config.spellings.definition_lists = true;
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

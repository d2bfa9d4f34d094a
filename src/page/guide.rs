//! The guide for authors of themes, `content/guide/themes.md`, names every variable, template and word that there is.

#![allow(
    clippy::disallowed_methods,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test reads the theme"
)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;
use crate::source::Source;

const GUIDE: &str = include_str!("../../content/guide/themes.md");
const THEME: &str = include_str!("../../static/styles/theme.css");

/// What stands between back-ticks in the guide, outside of listings.
fn named() -> BTreeSet<&'static str> {
    let text = GUIDE.split("\n```").step_by(2).flat_map(str::lines);
    text.flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

fn assert_named<'a>(wanted: impl IntoIterator<Item = &'a str>) {
    let named = named();
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !named.contains(name)).collect();
    assert_eq!(missing, [""; 0], "what the guide does not name");
}

/// All keys of a value and of what it holds.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(pairs) => {
            found.extend(pairs.keys().cloned());
            pairs.values().for_each(|value| keys(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

/// What an object has at its top, and what is below.
fn top_and_below(view: &impl Serialize) -> (Vec<String>, BTreeSet<String>) {
    let Value::Object(pairs) = serde_json::to_value(view).unwrap() else { panic!("a view is a table") };
    let mut below = BTreeSet::new();
    pairs.values().for_each(|value| keys(value, &mut below));
    (pairs.keys().cloned().collect(), below)
}

fn link() -> LinkView {
    LinkView { title: String::new(), title_html: String::new(), href: None }
}

/// A page that has one of everything: whoever adds a field has to add it here, and then to the guide.
fn everything() -> PageView {
    PageView {
        title: String::new(),
        title_html: String::new(),
        title_id: None,
        description: String::new(),
        language: String::new(),
        content_html: String::new(),
        has_listings: false,
        contents: vec![ContentsEntry {
            level: 1,
            id: String::new(),
            title: String::new(),
            title_html: String::new(),
            children: Vec::new(),
        }],
        date: None,
        updated: None,
        authors: Vec::new(),
        tags: vec![TermView { title: String::new(), href: None, count: 0 }],
        series: vec![SeriesView::example()],
        list: Some(ListView::example()),
        draft: false,
        edit_href: None,
        breadcrumbs: vec![link()],
        previous: Some(link()),
        next: None,
        translations: vec![TranslationView {
            language: String::new(),
            name: String::new(),
            href: String::new(),
            current: false,
            same: false,
        }],
        head: HeadView::example(),
        extra: BTreeMap::new(),
    }
}

#[test]
fn every_variable_is_named() {
    let (top, below) = top_and_below(&everything());
    let top: Vec<String> = top.into_iter().map(|name| format!("page.{name}")).collect();
    assert_named(top.iter().chain(&below).map(String::as_str));
    let site = SiteView {
        title: String::new(),
        base_url: String::new(),
        language: String::new(),
        repo: String::new(),
        extra: BTreeMap::new(),
    };
    let (top, _) = top_and_below(&site);
    let top: Vec<String> = top.into_iter().map(|name| format!("site.{name}")).collect();
    assert_named(top.iter().map(String::as_str));
    let navigation = NavigationView {
        title: String::new(),
        title_html: String::new(),
        href: None,
        current: false,
        active: false,
        children: Vec::new(),
        children_html: String::new(),
    };
    assert_named(top_and_below(&navigation).0.iter().map(String::as_str));
    let loaded = Assets::default();
    let (top, _) = top_and_below(&loaded.of(&Features::default(), None));
    let top: Vec<String> = top.into_iter().map(|name| format!("assets.{name}")).collect();
    assert_named(top.iter().map(String::as_str));
}

#[test]
fn every_template_and_every_variable_of_the_style_sheet_is_named() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    let names: Vec<String> = walkdir::WalkDir::new(folder)
        .max_depth(1)
        .into_iter()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".html"))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    assert_named(names.iter().map(String::as_str));
    let root = THEME.split(":root {").nth(1).unwrap().split('}').next().unwrap();
    let variables = root.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'));
    // Curves are named by the first and the last.
    let variables: Vec<String> = variables
        .map(|(name, _)| format!("--{name}"))
        .filter(|name| !name.starts_with("--curve-") || name == "--curve-1" || name == "--curve-6")
        .collect();
    assert!(variables.len() > 15, "{variables:?}");
    assert_named(variables.iter().map(String::as_str));
}

#[test]
fn every_variable_that_a_template_of_the_theme_uses_exists() {
    let mut diagnostics = Vec::new();
    let files = walkdir::WalkDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).into_iter();
    let mut sources = crate::source::Sources::default();
    let mut used = BTreeSet::new();
    let templates: Vec<(String, Source)> = files
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap();
            let name = name.to_string_lossy().replace('\\', "/");
            #[allow(clippy::disallowed_methods, reason = "a test reads the theme from the disk")]
            let text = std::fs::read_to_string(entry.path()).unwrap();
            for part in text.split("words.").skip(1).filter(|_| name.ends_with(".html")) {
                let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
                used.insert(part[..end].to_owned());
            }
            (name.clone(), sources.add(format!("templates/{name}"), text))
        })
        .collect();
    let words = Words::read(&templates, &mut diagnostics);
    assert_eq!(diagnostics, []);
    let (english, japanese) = (words.of("en"), words.of("ja"));
    let missing: Vec<&String> = used.iter().filter(|word| !english.contains_key(*word)).collect();
    assert!(used.len() > 20 && missing.is_empty(), "words that no file has: {missing:?}");
    // Where English and Japanese are the same, Japanese has borrowed the word.
    let same = |word: &&String| english.get(*word) == japanese.get(*word);
    let borrowed: Vec<&String> = used.iter().filter(same).collect();
    assert_eq!(borrowed, ["copy_tex"], "words without a translation");
}

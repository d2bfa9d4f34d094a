//! From files to URLs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Document, Page, each};
use crate::article;
use crate::config::{Config, NavEntry};
use crate::diagnostic::Diagnostic;

/// A path in the finished site: relative, with forward slashes, without `.` and `..`.
pub type SitePath = String;

/// One page for each document, with what its file name and front matter say about its place.
pub(super) fn pages(documents: &[Document], config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<Page> {
    let paths = documents.iter().map(|document| document.path.as_str());
    let files: BTreeSet<&str> = paths.map(|path| in_folder(path, config).map_or(path, |(_, rest)| rest)).collect();
    let mut named = BTreeMap::new();
    collect_titles(config.nav.as_deref().unwrap_or_default(), &mut named);
    let mut pages: Vec<Page> = each(documents.len(), diagnostics, |index, found| {
        let document = &documents[index];
        let (key_file, language) = language(&document.path, &files, config);
        let key = output(&key_file, document, (&files, config.foreign.is_some()), found);
        let output = if language == config.language { key.clone() } else { format!("{language}/{key}") };
        let title = title(document, config, &named, found);
        Page {
            output,
            language,
            key,
            title,
            weight: document.article.meta.weight,
            links: Vec::new(),
            numbers: super::Numbers::default(),
            ancestors: Vec::new(),
            translations: Vec::new(),
            previous: None,
            next: None,
        }
    });
    let mut by_key: Vec<usize> = (0..pages.len()).collect();
    // The site's main language comes first.
    let order = |page: &Page| (page.language != config.language, page.language.clone());
    by_key.sort_by(|&a, &b| pages[a].key.cmp(&pages[b].key));
    let groups = by_key.chunk_by_mut(|&a, &b| pages[a].key == pages[b].key).filter(|group| group.len() > 1);
    let groups: Vec<Vec<usize>> = groups
        .map(|group| {
            group.sort_by_key(|&index| order(&pages[index]));
            group.to_vec()
        })
        .collect();
    for group in groups {
        for &index in &group {
            pages[index].translations.clone_from(&group);
        }
    }
    pages
}

/// Splits `relu.ja.md` into `relu.md` and `ja`. The part before `.md` is a language if the site has it, or if it looks
/// like one (two small letters) and the file without it is there too.
pub(super) fn language(path: &str, files: &BTreeSet<&str>, config: &Config) -> (String, String) {
    if let Some((language, rest)) = in_folder(path, config) {
        return (rest.to_owned(), language.to_owned());
    }
    let none = || (path.to_owned(), config.language.clone());
    let Some(stem) = path.strip_suffix(".md") else { return none() };
    let Some((base, tag)) = stem.rsplit_once('.') else { return none() };
    let without = format!("{base}.md");
    let configured = tag == config.language || config.languages.contains_key(tag);
    let looks = tag.len() == 2 && tag.bytes().all(|b| b.is_ascii_lowercase()) && files.contains(without.as_str());
    if configured || looks { (without, tag.to_owned()) } else { none() }
}

/// The language whose folder a file lies in, and its path from there, in a site that has such folders.
pub(super) fn in_folder<'p>(path: &'p str, config: &Config) -> Option<(&'p str, &'p str)> {
    let (language, rest) = path.split_once('/')?;
    let has_folders = config.foreign.as_ref().is_some_and(|foreign| foreign.language_folders);
    let is_language = language == config.language || config.languages.contains_key(language);
    (has_folders && is_language).then_some((language, rest))
}

/// `a/b.md` becomes `a/b/index.html`; `index.md`, `_index.md` and a lone `README.md` are the page of their folder. In a
/// site of another tool `a.md` may stand beside `a/index.md`, and becomes `a.html`.
fn output(
    file: &str,
    document: &Document,
    (files, foreign): (&BTreeSet<&str>, bool),
    diagnostics: &mut Vec<Diagnostic>,
) -> SitePath {
    let stem = file.strip_suffix(".md").unwrap_or(file);
    let (folder, name) = stem.rsplit_once('/').map_or(("", stem), |(folder, name)| (folder, name));
    let join = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let has_index = || files.contains(join("index.md").as_str()) || files.contains(join("_index.md").as_str());
    let of_folder = matches!(name, "index" | "_index") || (name == "README" && !has_index());
    if of_folder {
        return join("index.html");
    }
    let name = match &document.article.meta.slug {
        Some((slug, span)) if slug.is_empty() || slug.contains(['/', '\\']) || slug.starts_with('.') => {
            let message = format!("`{slug}` cannot be a slug");
            diagnostics.push(
                Diagnostic::error("front-matter", *span, message)
                    .help("a slug is the last part of a URL: no slashes, not empty, no dot at its start"),
            );
            name
        }
        Some((slug, _)) => slug.as_str(),
        None => name,
    };
    let is_folder = |index: &str| files.contains(join(&format!("{name}/{index}")).as_str());
    if foreign && ["index.md", "_index.md", "README.md"].into_iter().any(is_folder) {
        return join(&format!("{name}.html"));
    }
    join(&format!("{name}/index.html"))
}

/// The titles that the navigation gives to files.
fn collect_titles<'a>(nav: &'a [NavEntry], titles: &mut BTreeMap<&'a str, &'a str>) {
    for entry in nav {
        if let (Some(path), Some(title)) = (&entry.path, &entry.title) {
            titles.entry(path.trim_start_matches("./").trim_start_matches('/')).or_insert(title);
        }
        collect_titles(&entry.children, titles);
    }
}

/// The page's title: front matter, else its first heading, else the navigation's, else its file name with a warning.
fn title(
    document: &Document,
    config: &Config,
    named: &BTreeMap<&str, &str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    if let Some(title) = &document.article.meta.title {
        return article::plain(title, config.spellings);
    }
    if let Some(heading) = &document.article.heading {
        return heading.text.clone();
    }
    if let Some(heading) = document.article.headings.iter().find(|heading| heading.level == 1) {
        return heading.text.clone();
    }
    let path = in_folder(&document.path, config).map_or(document.path.as_str(), |(_, rest)| rest);
    if let Some(title) = named.get(path) {
        return (*title).to_owned();
    }
    let stem = document.path.strip_suffix(".md").unwrap_or(&document.path);
    let name = stem.rsplit('/').next().unwrap_or(stem);
    if !document.article.meta.broken {
        diagnostics.push(
            Diagnostic::warning("front-matter", document.source.span(0..0), format!("no title; `{name}` is used"))
                .help("begin the article with `# Title` or give `title` in its front matter"),
        );
    }
    name.replace(['-', '_'], " ")
}

/// The URL of one file of the site as seen from another: always relative, percent-encoded where it must be.
#[must_use]
pub fn relative(from: &str, to: &str) -> String {
    let same = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b).count();
    let shared = from.as_bytes()[..same].iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
    let up = from[shared..].matches('/').count();
    let down = encode(&to[shared..]);
    // What begins with a colon's left side would be taken for a scheme.
    let here = if up == 0 && (down.is_empty() || down.contains(':')) { "./" } else { "" };
    "../".repeat(up) + here + &down
}

/// A fragment for a URL: an id may have any characters but space.
pub(super) fn fragment(id: &str) -> String {
    encode(id)
}

/// Percent-encodes what would end or change a URL's path; letters of all scripts stay readable.
#[must_use]
pub fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            ' ' | '"' | '#' | '%' | '<' | '>' | '?' | '\\' | '^' | '`' | '{' | '|' | '}' | '\0'..='\x1F' | '\x7F' => {
                let _ = write!(encoded, "%{:02X}", u32::from(c));
            }
            _ => encoded.push(c),
        }
    }
    encoded
}

/// An address with the characters percent-encoded that may not stand in one: space, quotes, backslashes, brackets.
/// Letters beyond ASCII stay, so that people can read it.
#[must_use]
pub fn valid_url(address: &str) -> Cow<'_, str> {
    let is_forbidden = |c: char| c.is_ascii_control() || " \"<>[]\\^`{|}".contains(c);
    let is_ip_address = address.contains("://[");
    if is_ip_address || !address.contains(is_forbidden) {
        return Cow::Borrowed(address);
    }
    let encoded = address.chars().map(|c| match c {
        c if is_forbidden(c) => format!("%{:02X}", u32::from(c)),
        c => c.to_string(),
    });
    Cow::Owned(encoded.collect())
}

/// The name of a file with sixteen hexadecimal digits in it that change when its bytes do (FNV-1a, 64 bits).
#[must_use]
pub fn hashed(stem: &str, bytes: &[u8], ending: &str) -> SitePath {
    let hash = bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    format!("{stem}.{hash:016x}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_urls_lead_from_file_to_file() {
        for (from, to, url) in [
            ("index.html", "a/index.html", "a/index.html"),
            ("a/b/index.html", "a/c/index.html", "../c/index.html"),
            ("a/b/index.html", "index.html", "../../index.html"),
            ("a/b/index.html", "a/b/index.html", "index.html"),
            ("ja/a/index.html", "a/index.html", "../../a/index.html"),
            ("index.html", "a b#?.png", "a%20b%23%3F.png"),
            ("index.html", "a:b/index.html", "./a:b/index.html"),
            ("x/index.html", "関数/index.html", "../関数/index.html"),
        ] {
            assert_eq!(relative(from, to), url, "from {from} to {to}");
        }
    }
}

//! Front matter: TOML between `+++` or YAML between `---` at the very start of a file; where it is switched on also
//! bare `key: value` lines up to the first blank line.
//!
//! It is taken off here and not by the Markdown parser, whose metadata blocks swallow the text between two `---` rules
//! in the middle of a page.

use jiff::civil::Date;

use super::Spellings;
use super::adapt::adapt;
use crate::data::{self, Entry, Keys, Kind, Table, Value};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::{Excerpt, Source, Span};

const CODE: &str = "front-matter";

/// What front matter says about a page. All keys are optional.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    /// `title`, with the place of its text.
    pub title: Option<Excerpt>,
    /// `description`: a sentence for search engines and previews.
    pub description: Option<String>,
    /// `date` of publication.
    pub date: Option<Date>,
    /// Where the date stands.
    pub date_span: Option<Span>,
    /// `updated`: date of the last change that matters.
    pub updated: Option<Date>,
    /// `authors`.
    pub authors: Vec<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `series`: what it is a part of, to be read one after the other.
    pub series: Vec<String>,
    /// `list`: whether the page of a folder lists the articles in it.
    pub list: Option<bool>,
    /// `draft`: left out of the site unless drafts are asked for.
    pub draft: bool,
    /// `weight`: lighter pages come first in the navigation.
    pub weight: Option<i64>,
    /// `slug`: the last part of the URL instead of the file's name.
    pub slug: Option<(String, Span)>,
    /// `aliases`: older URLs of the page, each with its place.
    pub aliases: Vec<(String, Span)>,
    /// `template` instead of `page.html`.
    pub template: Option<(String, Span)>,
    /// `toc`: whether the page shows its table of contents.
    pub toc: Option<bool>,
    /// `search`: whether the page is in the search index.
    pub search: Option<bool>,
    /// `image` for previews, with the place of its text.
    pub image: Option<(String, Span)>,
    /// `[math.macros]`: name, body and the place of the body.
    pub macros: Vec<(String, String, Span)>,
    /// The front matter could not be read: what is missing is not the author's omission.
    pub broken: bool,
    /// Keys whose values only another tool understands, with their places; they are in `extra`.
    pub unread: Vec<(String, Span)>,
    /// Everything else, and the table `extra`.
    pub extra: Vec<(String, Value)>,
}

/// Reads the front matter of a file and says where its body begins.
pub(super) fn read(source: &Source, spellings: Spellings, diagnostics: &mut Vec<Diagnostic>) -> (Meta, usize) {
    let text = &source.text;
    let start = text.len() - text.trim_start_matches(|c: char| c == '\u{FEFF}' || c.is_whitespace()).len();
    let mut lines = text[start..].split_inclusive('\n');
    let fence = lines.next().unwrap_or("");
    let fence_text = fence.trim_end();
    if fence_text != "+++" && fence_text != "---" {
        let bare = if spellings.bare_front_matter { bare(source, start) } else { None };
        return bare.unwrap_or_else(|| (Meta::default(), bom_length(text)));
    }
    let body = start + fence.len();
    let mut end = body;
    for line in lines {
        let next = end + line.len();
        if line.trim_end() == fence_text || (fence_text == "---" && line.trim_end() == "...") {
            let excerpt = Excerpt::slice(source, body..end);
            return (parse(source, &excerpt, (fence_text == "+++", spellings.foreign), diagnostics), next);
        }
        end = next;
    }
    if fence_text == "+++" {
        let span = source.span(start..start + 3);
        diagnostics.push(
            Diagnostic::error(CODE, span, "front matter is opened but never closed").help("close it with a line `+++`"),
        );
    }
    (Meta::default(), bom_length(text))
}

fn bom_length(text: &str) -> usize {
    if text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 }
}

fn parse(
    source: &Source,
    excerpt: &Excerpt,
    (is_toml, foreign): (bool, bool),
    diagnostics: &mut Vec<Diagnostic>,
) -> Meta {
    let table = if is_toml { data::toml(excerpt, CODE) } else { data::yaml(excerpt, CODE) };
    match table {
        Ok(table) if foreign => adapted(table, source, excerpt),
        Ok(table) => typed(&table, excerpt, diagnostics),
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            Meta { broken: true, ..Meta::default() }
        }
    }
}

/// Front matter written for another tool: nothing in it is a mistake.
fn adapted(mut table: Table, source: &Source, excerpt: &Excerpt) -> Meta {
    let unread = adapt(&mut table, source);
    let mut meta = typed(&table, excerpt, &mut Vec::new());
    for Entry { key, key_span, value } in unread {
        meta.unread.push((key.clone(), key_span));
        meta.extra.push((key, value));
    }
    meta
}

/// `key: value` lines up to the first blank line; a line that is indented goes on with the value before it.
fn bare(source: &Source, start: usize) -> Option<(Meta, usize)> {
    let excerpt = Excerpt::slice(source, start..source.text.len());
    let mut entries: Vec<Entry> = Vec::new();
    let mut at = start;
    for line in source.text[start..].split_inclusive('\n') {
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        let value = |range: std::ops::Range<usize>| Value {
            kind: Kind::String(source.text[range.clone()].to_owned()),
            span: source.span(range),
        };
        let indent = text.len() - text.trim_start().len();
        let key = text.trim_start().split(':').next().unwrap_or("");
        let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let after = text.get(indent + key.len() + 1..).unwrap_or("");
        if indent >= 4 && !entries.is_empty() {
            let more = value(at + indent..at + text.len());
            let last = &mut entries.last_mut()?.value;
            match &mut last.kind {
                Kind::Array(items) => items.push(more),
                _ => last.kind = Kind::Array(vec![last.clone(), more]),
            }
        } else if is_key && text.contains(':') && (after.is_empty() || after.starts_with(char::is_whitespace)) {
            let from = at + text.len() - after.trim_start().len();
            let key_span = source.span(at + indent..at + indent + key.len());
            let key = key.to_ascii_lowercase();
            if !entries.iter().any(|entry| entry.key == key) {
                entries.push(Entry { key, key_span, value: value(from..at + text.len()) });
            }
        } else {
            return None;
        }
        at += line.len();
    }
    let span = source.span(start..at);
    (!entries.is_empty()).then(|| (adapted(Table { entries, span }, source, &excerpt), at))
}

fn typed(table: &Table, excerpt: &Excerpt, diagnostics: &mut Vec<Diagnostic>) -> Meta {
    let mut keys = Keys::new(table, CODE, diagnostics);
    let spanned = |keys: &mut Keys<'_, '_>, key| {
        let text = keys.string(key)?;
        Some((text, table.get(key)?.span))
    };
    let mut meta = Meta {
        title: keys.string("title").map(|text| title_excerpt(&text, table, excerpt)),
        description: keys.string("description"),
        date: keys.date("date"),
        date_span: table.get("date").map(|value| value.span),
        updated: keys.date("updated"),
        authors: keys.strings("authors"),
        tags: keys.strings("tags"),
        series: keys.strings("series"),
        list: keys.boolean("list"),
        draft: keys.boolean("draft").unwrap_or(false),
        weight: keys.integer("weight"),
        slug: spanned(&mut keys, "slug"),
        aliases: spanned_strings(&mut keys, table, "aliases"),
        template: spanned(&mut keys, "template"),
        toc: keys.boolean("toc"),
        search: keys.boolean("search"),
        image: spanned(&mut keys, "image").map(|(text, span)| (text.clone(), inside(&text, span))),
        ..Meta::default()
    };
    let math = keys.table("math");
    let extra = keys.table("extra");
    let (rest, known) = keys.rest();
    for entry in rest {
        if let Some(near) = nearest(&entry.key, known.iter().copied()) {
            let message = format!("unknown key `{}` was put into `extra`", entry.key);
            diagnostics
                .push(Diagnostic::warning(CODE, entry.key_span, message).help(format!("did you mean `{near}`?")));
        }
        meta.extra.push((entry.key.clone(), entry.value.clone()));
    }
    meta.extra.extend(extra.iter().flat_map(|table| &table.entries).map(|e| (e.key.clone(), e.value.clone())));
    if let Some(math) = math {
        meta.macros = macros(math, diagnostics);
    }
    meta
}

/// A list of strings with their places.
fn spanned_strings(keys: &mut Keys<'_, '_>, table: &Table, key: &'static str) -> Vec<(String, Span)> {
    let texts = keys.strings(key);
    let values: Vec<&Value> = match table.get(key) {
        Some(Value { kind: Kind::Array(items), .. }) => items.iter().collect(),
        value => value.into_iter().collect(),
    };
    texts.into_iter().zip(values).map(|(text, value)| (text, value.span)).collect()
}

/// The place of a text without its quotes, if it has no escapes.
fn inside(text: &str, span: Span) -> Span {
    Value { kind: Kind::String(text.to_owned()), span }.text_span(0..text.len())
}

/// The `macros` of a `[math]` table: `"\\R" = "\\mathbb{R}"` or without the backslash.
fn macros(math: &Table, diagnostics: &mut Vec<Diagnostic>) -> Vec<(String, String, Span)> {
    let mut keys = Keys::new(math, CODE, diagnostics);
    let table = keys.table("macros");
    keys.deny_unknown();
    table.map(|table| data::texts(table, "macro", CODE, diagnostics)).unwrap_or_default()
}

/// The text of the title, every byte with its place where the title has no escapes.
fn title_excerpt(text: &str, table: &Table, excerpt: &Excerpt) -> Excerpt {
    let span = table.get("title").map_or(excerpt.span, |value| value.text_span(0..text.len()));
    let mut title = Excerpt::new(span);
    title.push(text, span.file, span.start as usize);
    title
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn meta(text: &str) -> (Meta, String, Vec<Diagnostic>) {
        let source = Sources::default().add("a.md", text);
        let mut diagnostics = Vec::new();
        let (meta, body) = read(&source, Spellings::default(), &mut diagnostics);
        (meta, source.text[body..].to_owned(), diagnostics)
    }

    #[test]
    fn front_matter_is_taken_off_in_either_notation() {
        for text in [
            "+++\ntitle = \"A\"\ndate = 2026-05-31\ntags = [\"x\"]\n+++\nbody",
            "\u{FEFF}\n---\ntitle: A\ndate: 2026-05-31\ntags: [x]\n---\nbody",
        ] {
            let (meta, body, diagnostics) = meta(text);
            assert_eq!(diagnostics, []);
            assert_eq!(meta.title.unwrap().text, "A");
            assert_eq!(meta.date.unwrap().to_string(), "2026-05-31");
            assert_eq!((meta.tags.as_slice(), body.as_str()), (&["x".to_owned()][..], "body"));
        }
    }

    #[test]
    fn a_rule_in_the_middle_is_not_front_matter() {
        for text in ["text\n\n---\n\na: b\n\n---\n", "---\n\nonly a rule\n"] {
            let (meta, body, diagnostics) = meta(text);
            assert_eq!((meta.title.is_none(), body.as_str(), diagnostics.len()), (true, text, 0));
        }
    }

    #[test]
    fn other_keys_are_kept_and_a_near_miss_is_said() {
        let (meta, _, diagnostics) = meta("+++\ntilte = \"A\"\nmood = \"s\"\n+++\n");
        assert_eq!(meta.extra.len(), 2);
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].help.as_deref(), Some("did you mean `title`?"));
    }

    #[test]
    fn a_wrong_type_is_shown_under_the_value() {
        let text = "+++\nweight = \"heavy\"\ndate = \"soon\"\n+++\n";
        let (_, _, diagnostics) = meta(text);
        let shown: Vec<_> = diagnostics.iter().map(|d| (&text[d.span.unwrap().range()], d.message.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("\"soon\"", "`date` must be a date such as `2026-05-31`, found a string"),
                ("\"heavy\"", "`weight` must be an integer, found a string"),
            ]
        );
    }
}

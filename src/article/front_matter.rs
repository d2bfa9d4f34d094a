//! Front matter: TOML between `+++` or YAML between `---` at the very start of a file.
//!
//! It is taken off here and not by the Markdown parser, whose metadata blocks swallow the text between two `---` rules
//! in the middle of a page.

use jiff::civil::Date;

use crate::data::{self, Keys, Table, Value};
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
    /// `updated`: date of the last change that matters.
    pub updated: Option<Date>,
    /// `authors`.
    pub authors: Vec<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `draft`: left out of the site unless drafts are asked for.
    pub draft: bool,
    /// `weight`: lighter pages come first in the navigation.
    pub weight: Option<i64>,
    /// `slug`: the last part of the URL instead of the file's name.
    pub slug: Option<(String, Span)>,
    /// `aliases`: older URLs of the page.
    pub aliases: Vec<String>,
    /// `template` instead of `page.html`.
    pub template: Option<(String, Span)>,
    /// `toc`: whether the page shows its table of contents.
    pub toc: Option<bool>,
    /// `search`: whether the page is in the search index.
    pub search: Option<bool>,
    /// `image` for previews.
    pub image: Option<String>,
    /// `[math.macros]`: name, body and the place of the body.
    pub macros: Vec<(String, String, Span)>,
    /// The front matter could not be read: what is missing is not the author's omission.
    pub broken: bool,
    /// Everything else, and the table `extra`.
    pub extra: Vec<(String, Value)>,
}

/// Reads the front matter of a file and says where its body begins.
pub(super) fn read(source: &Source, diagnostics: &mut Vec<Diagnostic>) -> (Meta, usize) {
    let text = &source.text;
    let start = text.len() - text.trim_start_matches(|c: char| c == '\u{FEFF}' || c.is_whitespace()).len();
    let mut lines = text[start..].split_inclusive('\n');
    let fence = lines.next().unwrap_or("");
    let fence_text = fence.trim_end();
    if fence_text != "+++" && fence_text != "---" {
        return (Meta::default(), bom_length(text));
    }
    let body = start + fence.len();
    let mut end = body;
    for line in lines {
        let next = end + line.len();
        if line.trim_end() == fence_text || (fence_text == "---" && line.trim_end() == "...") {
            let excerpt = Excerpt::slice(source, body..end);
            return (parse(&excerpt, fence_text == "+++", diagnostics), next);
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

fn parse(excerpt: &Excerpt, is_toml: bool, diagnostics: &mut Vec<Diagnostic>) -> Meta {
    let table = if is_toml { data::toml(excerpt, CODE) } else { data::yaml(excerpt, CODE) };
    match table {
        Ok(table) => typed(&table, excerpt, diagnostics),
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            Meta { broken: true, ..Meta::default() }
        }
    }
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
        updated: keys.date("updated"),
        authors: keys.strings("authors"),
        tags: keys.strings("tags"),
        draft: keys.boolean("draft").unwrap_or(false),
        weight: keys.integer("weight"),
        slug: spanned(&mut keys, "slug"),
        aliases: keys.strings("aliases"),
        template: spanned(&mut keys, "template"),
        toc: keys.boolean("toc"),
        search: keys.boolean("search"),
        image: keys.string("image"),
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
        let (meta, body) = read(&source, &mut diagnostics);
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
        let (meta, _, diagnostics) = meta("+++\ntilte = \"A\"\nseries = \"s\"\n+++\n");
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

//! The site as plain text: a Markdown copy beside each page, and `llms.txt`, which lists them (<https://llmstxt.org>).

use std::fmt::Write as _;

use rayon::prelude::*;

use super::Publication;
use crate::site::{Document, Item, SitePath, ValueTable, permalink, relative};
use crate::source::Span;

/// Where the copy of a page stands: `a/index.html` gives `a/index.md`.
fn copy_path(output: &str) -> SitePath {
    format!("{}.md", output.strip_suffix(".html").unwrap_or(output))
}

/// The author's text of each page without its front matter, formulas as typed. Links to pages lead to their copies.
pub(super) fn copies(publication: &Publication<'_>) -> Vec<(SitePath, String)> {
    let pages = (0..publication.site.pages.len()).into_par_iter();
    pages.map(|page| (copy_path(&publication.site.pages[page].output), copy(publication, page))).collect()
}

fn copy(publication: &Publication<'_>, page: usize) -> String {
    let (own, document) = (&publication.site.pages[page], &publication.documents[page]);
    let text = &document.source.text;
    let body = document.article.body_start;
    let mut copy = match &document.article.heading {
        Some(_) => String::new(),
        None => format!("# {}\n\n", document.article.meta.title.as_ref().map_or(&own.title, |title| &title.text)),
    };
    let links = document.article.links.iter().zip(&own.links).filter_map(|(typed, link)| {
        let as_typed = text.get(typed.span.range()) == Some(typed.target.as_str());
        (as_typed && link.href != typed.target).then(|| (typed.span, to_copy(&link.href)))
    });
    // A formula that was made from a function stands in the copy as TeX, which others can read.
    let formulas = document.article.derivations.iter().filter_map(|fence| {
        let formula = &document.article.formulas[fence.formula];
        let own = formula.span.file == document.source.id && !formula.tex.text.is_empty();
        let end = if text.get(formula.span.range()).is_some_and(|fence| fence.ends_with('\n')) { "\n" } else { "" };
        own.then(|| (formula.span, format!("$$\n{}\n$${end}", formula.tex.text)))
    });
    let mut edits: Vec<_> = links.chain(formulas).chain(computed(document)).collect();
    edits.sort();
    let mut from = text.len() - text[body..].trim_start_matches(['\n', '\r']).len();
    for (span, replacement) in edits {
        let place = span.range();
        if place.start >= from && text.is_char_boundary(place.start) && text.is_char_boundary(place.end) {
            copy.push_str(&text[from..place.start]);
            copy.push_str(&replacement);
            from = place.end;
        }
    }
    copy.push_str(&text[from..]);
    copy
}

/// What was computed stands in the copy as its result: numbers, tables of values, generated listings.
fn computed(document: &Document) -> impl Iterator<Item = (Span, String)> {
    let article = &document.article;
    let values = article.values.iter().filter_map(|value| Some((value.span, value.result.clone()?)));
    let tables = article.tables.iter().zip(&*document.tables).filter(|(_, table)| !table.rows.is_empty());
    let tables = tables.map(|(fence, table)| (fence.span, in_place(document, fence.span, &markdown(table))));
    let listings = article.listings.iter().zip(&*document.listings);
    let listings = listings.filter(|(_, listing)| listing.info.attribute("of").is_some()).map(|(typed, listing)| {
        let marks = if listing.code.contains("```") { "````" } else { "```" };
        let text = format!("{marks}{}\n{}{marks}\n", listing.info.language, listing.code);
        (typed.span, in_place(document, typed.span, &text))
    });
    // A value inside a fence is replaced with the fence.
    let own = document.source.id;
    values.chain(tables).chain(listings).filter(move |(span, _)| span.file == own)
}

/// Lines in the place of a block, which may stand in a list or a quote.
fn in_place(document: &Document, span: Span, text: &str) -> String {
    let source = &document.source.text;
    let start = source[..span.range().start].rfind('\n').map_or(0, |at| at + 1);
    let prefix: String = source[start..span.range().start].chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
    let ends = source.get(span.range()).is_some_and(|typed| typed.ends_with('\n'));
    let text = text.trim_end().replace('\n', &format!("\n{prefix}"));
    if ends { text + "\n" } else { text }
}

/// A table of values as Markdown.
fn markdown(table: &ValueTable) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let mut text = String::new();
    if let Some(caption) = &table.caption {
        let _ = write!(text, "{}\n\n", caption.typed.text.trim());
    }
    let first = table.x_label.as_ref().map_or_else(|| "x".to_owned(), |label| cell(&label.typed.text));
    let names = table.columns.iter().map(|column| match &column.label {
        Some(label) => cell(&label.typed.text),
        None => format!("`{}`", cell(column.f.text.trim())),
    });
    let head: Vec<String> = std::iter::once(first).chain(names).collect();
    let _ = writeln!(text, "| {} |", head.join(" | "));
    let _ = writeln!(text, "|---|{}", "--:|".repeat(table.columns.len()));
    for (name, values) in &table.rows {
        let cells: Vec<String> = std::iter::once(name).chain(values).map(|value| cell(value)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// A relative URL of a page as one of its copy, safe as a Markdown link.
fn to_copy(href: &str) -> String {
    let end = href.find(['?', '#']).unwrap_or(href.len());
    let (path, rest) = href.split_at(end);
    let path = path.strip_suffix("index.html").map_or(path.to_owned(), |folder| format!("{folder}index.md"));
    (path + rest).replace('(', "%28").replace(')', "%29")
}

/// `llms.txt` of each language that has pages.
pub(super) fn indices(publication: &Publication<'_>) -> Vec<(SitePath, String)> {
    let of = |language: &str| {
        let path = publication.of_language(language, "llms.txt");
        let text = index(publication, language, &path);
        (path, text)
    };
    publication.languages().into_iter().map(of).collect()
}

fn index(publication: &Publication<'_>, language: &str, path: &str) -> String {
    let mut text = format!("# {}\n", line(&publication.title(language)));
    let home = publication.site.home.get(language).copied();
    if let Some(home) = home {
        let summary = description(publication, home);
        if !summary.is_empty() {
            let _ = writeln!(text, "\n> {summary}");
        }
    }
    let items = publication.site.navigation.get(language).map_or(&[][..], Vec::as_slice);
    let (sections, single): (Vec<&Item>, Vec<&Item>) = items.iter().partition(|item| !item.children.is_empty());
    let word = |key: &str| publication.words.of(language).get(key).cloned().unwrap_or_default();
    let first: Vec<usize> = home.into_iter().chain(single.iter().filter_map(|item| item.page)).collect();
    if !first.is_empty() {
        let _ = writeln!(text, "\n## {}\n", word("home"));
        for page in first {
            entry(&mut text, publication, page, path);
        }
    }
    for section in sections {
        let title = section.title.as_ref().or(section.page.map(|page| &publication.site.pages[page].title));
        let _ = writeln!(text, "\n## {}\n", line(title.map_or("", String::as_str)));
        branch(&mut text, publication, section, path);
    }
    text
}

fn branch(text: &mut String, publication: &Publication<'_>, item: &Item, path: &str) {
    if let Some(page) = item.page {
        entry(text, publication, page, path);
    }
    for child in &item.children {
        branch(text, publication, child, path);
    }
}

/// `- [title](address): description`; the address is absolute if that of the site is known.
fn entry(text: &mut String, publication: &Publication<'_>, page: usize, path: &str) {
    let own = &publication.site.pages[page];
    let copy = copy_path(&own.output);
    let url =
        if publication.base_url.is_empty() { relative(path, &copy) } else { permalink(publication.base_url, &copy) };
    let title = line(&own.title).replace('[', "\\[").replace(']', "\\]");
    let _ = write!(text, "- [{title}]({})", url.replace('(', "%28").replace(')', "%29"));
    let description = description(publication, page);
    text.push_str(&if description.is_empty() { "\n".to_owned() } else { format!(": {description}\n") });
}

fn description(publication: &Publication<'_>, page: usize) -> String {
    let article = &publication.documents[page].article;
    line(article.meta.description.as_deref().unwrap_or(&article.summary))
}

/// A text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

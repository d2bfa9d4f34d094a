//! Diagnostics on the screen: as rustc prints them, or one JSON object a line.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::pipeline::Migration;
use crate::source::{Source, Sources, Span};

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: the source line with a caret.
    Text,
    /// For editors and CI: one JSON object a line.
    Json,
}

/// Something to say that is not about a place in a file: a sentence for people, an object for machines.
#[derive(Debug, Clone)]
pub struct Message {
    text: String,
    json: serde_json::Value,
}

impl Message {
    /// Both ways to say it.
    pub fn new(text: impl Into<String>, json: serde_json::Value) -> Message {
        Message { text: text.into(), json }
    }

    /// A failure of the machine.
    pub fn failure(failure: &dyn std::fmt::Display) -> Message {
        let message = failure.to_string();
        let json = serde_json::json!({ "severity": "error", "code": "machine", "message": message });
        Message::new(format!("error: {message}"), json)
    }

    /// As a line, or several for people.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.text.clone(),
            Format::Json => self.json.to_string(),
        }
    }
}

/// More messages than this nobody reads on a screen,
const MOST: usize = 5000;
/// nor the lines around them if they have more bytes than this together. A line of a megabyte with a mistake in every
/// word would keep the printer busy for minutes.
const MOST_BYTES: usize = 16 << 20;

/// All diagnostics as text, without a newline at the end; empty if there are none.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, format: Format, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let all = diagnostics.len();
    let limit = if format == Format::Text { readable(diagnostics, sources) } else { all };
    let mut shown: Vec<String> = diagnostics
        .iter()
        .take(limit)
        .map(|diagnostic| match format {
            Format::Text => renderer.render(&[group(diagnostic, sources)]) + "\n",
            Format::Json => json(diagnostic, sources),
        })
        .collect();
    if all > limit {
        shown.push(format!("and {} more, which `--format json` lists", all - limit));
    }
    shown.join("\n")
}

/// How many of these a person can read.
fn readable(diagnostics: &[Diagnostic], sources: &Sources) -> usize {
    let mut bytes = 0;
    let spans = |diagnostic: &Diagnostic| {
        diagnostic.span.into_iter().chain(diagnostic.related.iter().map(|(span, _)| *span)).collect::<Vec<_>>()
    };
    let fits = |diagnostic: &&Diagnostic| {
        bytes += spans(diagnostic).iter().map(|span| lines(sources.get(span.file), *span).len()).sum::<usize>();
        bytes <= MOST_BYTES
    };
    diagnostics.iter().take(MOST).take_while(fits).count().max(diagnostics.len().min(1))
}

/// Where the lines of a span begin and end.
fn lines(source: &Source, span: Span) -> Range<usize> {
    let text = &*source.text;
    let range = span.range();
    let (start, end) = (range.start.min(text.len()), range.end.min(text.len()));
    let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    first..text[end..].find('\n').map_or(text.len(), |newline| end + newline)
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(&diagnostic.message).id(diagnostic.code).elements(None::<Origin<'_>>);
    if let Some(span) = diagnostic.span {
        group = group.element(snippet(sources.get(span.file), span, AnnotationKind::Primary, None));
    }
    for (span, words) in &diagnostic.related {
        group = group.element(snippet(sources.get(span.file), *span, AnnotationKind::Context, Some(words)));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    group
}

/// The lines of a span, not the whole file: an article may be long, and a line longer still.
fn snippet<'a>(
    source: &'a Source,
    span: Span,
    kind: AnnotationKind,
    label: Option<&'a str>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = &*source.text;
    let range = span.range();
    let (start, end) = (range.start.min(text.len()), range.end.min(text.len()));
    let Range { start: first, end: last } = lines(source, span);
    Snippet::source(&text[first..last])
        .line_start(source.position(first).line)
        .path(source.path.as_str())
        .annotation(kind.span(start - first..end.max(start) - first).label(label))
}

/// The report of a site that was written for another tool, without a newline at the end.
#[must_use]
pub fn migration(migration: &Migration, format: Format) -> String {
    if format == Format::Json {
        return serde_json::to_string(migration).unwrap_or_default();
    }
    let mut lines = Vec::new();
    let mut line = |name: &str, text: String| lines.push(format!("{name:<15}{text}").trim_end().to_owned());
    let configuration = migration.configuration.as_ref().map_or(String::new(), |file| format!(" ({file})"));
    line("written for", format!("{}{configuration}", migration.tool));
    line("navigation", migration.navigation.clone().unwrap_or_else(|| "folders, weights and titles".to_owned()));
    line("pages", migration.pages.to_string());
    let (distinct, refused) = (migration.distinct_formulas, migration.refused_formulas);
    line("formulas", format!("{} ({distinct} distinct, {refused} with a mistake)", migration.formulas));
    line("charts", migration.charts.to_string());
    let mut languages: Vec<(&str, usize)> =
        migration.listings.iter().map(|(name, n)| (if name.is_empty() { "none" } else { name.as_str() }, *n)).collect();
    languages.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named: Vec<String> = languages.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let total: usize = languages.iter().map(|(_, count)| count).sum();
    line("listings", if named.is_empty() { "0".to_owned() } else { format!("{total} ({})", named.join(", ")) });
    let (outside, broken) = (migration.outside_links, migration.broken_links);
    line("links", format!("{} in the site, {outside} to elsewhere", migration.links));
    line("images", migration.images.to_string());
    line("broken", format!("{broken} links and images"));
    for (construct, count) in &migration.understood {
        line("understood", format!("{count} {construct}"));
    }
    for unknown in &migration.unknown {
        let names: Vec<String> = unknown.names.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let (count, kind, names) = (unknown.count, unknown.kind, names.join(", "));
        line("not understood", format!("{count} {kind} ({names}), first in {}:{}", unknown.file, unknown.line));
    }
    lines.join("\n")
}

/// A diagnostic for machines. Lines and columns count from 1, columns in characters; bytes count from 0.
#[derive(Serialize)]
struct Json<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place<'a>>,
    help: Option<&'a str>,
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
}

fn place(span: Span, sources: &Sources) -> Place<'_> {
    let source = sources.get(span.file);
    let (start, end) = (source.position(span.range().start), source.position(span.range().end));
    Place {
        file: &source.path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        start: span.start,
        end: span.end,
    }
}

fn json(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let json = Json {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        code: diagnostic.code,
        message: &diagnostic.message,
        place: diagnostic.span.map(|span| place(span, sources)),
        help: diagnostic.help.as_deref(),
        related: diagnostic
            .related
            .iter()
            .map(|(span, message)| Related { message, place: place(*span, sources) })
            .collect(),
    };
    serde_json::to_string(&json).unwrap_or_default()
}

//! Diagnostics on the screen: as rustc prints them, or one JSON object a line.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Source, Sources, Span};

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: the source line with a caret.
    Text,
    /// For editors and CI: one JSON object a line.
    Json,
}

/// All diagnostics as text, without a newline at the end; empty if there are none.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, format: Format, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let shown: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| match format {
            Format::Text => renderer.render(&[group(diagnostic, sources)]) + "\n",
            Format::Json => json(diagnostic, sources),
        })
        .collect();
    shown.join("\n")
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
    let first = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let last = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
    Snippet::source(&text[first..last])
        .line_start(source.position(first).line)
        .path(source.path.as_str())
        .annotation(kind.span(start - first..end.max(start) - first).label(label))
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

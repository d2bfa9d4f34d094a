//! The templates and words of a site, and their mistakes under the bytes of the template.

use tera::{ErrorKind, Tera};

use super::Words;
use super::frame::ENTRY;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};

/// The templates of a site, ready to render.
pub struct Theme {
    pub(super) tera: Tera,
    pub(super) sources: Vec<Source>,
    pub(super) needs: Needs,
    /// Interface texts.
    pub words: Words,
}

/// In which forms the templates of a theme go through the navigation.
pub(super) struct Needs {
    pub(super) navigation: bool,
    pub(super) navigation_html: bool,
}

impl Needs {
    fn of(tera: &Tera, sources: &[Source]) -> Needs {
        let reads = |template: &str, variable: &str| {
            tera.get_template_variables(template).is_ok_and(|variables| variables.contains(variable))
        };
        let needs = |variable: &str| {
            // What a component takes from where it is used is not among the variables, nor what shows all there are.
            let hidden = |source: &Source| {
                source.text.contains(&format!("@{variable}")) || source.text.contains("__tera_context")
            };
            tera.get_template_names().any(|template| reads(template, variable)) || sources.iter().any(hidden)
        };
        Needs { navigation: needs("navigation"), navigation_html: needs("navigation_html") }
    }
}

/// Reads templates (`*.html`) and interface texts (`words/*.toml`), each with its name below the templates folder.
/// `None` if a template is broken: then no page can be made, and the diagnostics say why.
pub fn theme(templates: &[(String, Source)], diagnostics: &mut Vec<Diagnostic>) -> Option<Theme> {
    let words = Words::read(templates, diagnostics);
    let mut tera = Tera::new();
    let html = || templates.iter().filter(|(name, _)| !name.starts_with("words/"));
    let sources: Vec<Source> = html().map(|(_, source)| source.clone()).collect();
    let named: Vec<(&str, &str)> = html().map(|(name, source)| (name.as_str(), &*source.text)).collect();
    if let Err(error) = tera.add_raw_templates(named) {
        diagnostics.push(template_error(&error, &sources, None));
        return None;
    }
    let needs = Needs::of(&tera, &sources);
    if needs.navigation_html && !tera.contains_component(ENTRY) {
        let place = |source: &Source| {
            source.text.find("navigation_html").map(|at| source.span(at..at + "navigation_html".len()))
        };
        let span = asked_or_start(sources.iter().find_map(place), &sources);
        let message = format!("`navigation_html` needs the component `{ENTRY}`");
        let help =
            "it says how an entry looks: `{% component navigation_entry(item, words) %}`, as in the theme's own file";
        diagnostics.push(Diagnostic::error("template", span, message).help(help));
        return None;
    }
    Some(Theme { tera, sources, needs, words })
}

/// A Tera error under its bytes in the template.
pub(super) fn template_error(error: &tera::Error, sources: &[Source], asked_at: Option<Span>) -> Diagnostic {
    let find = |name: &str| sources.iter().find(|source| source.path.ends_with(&format!("templates/{name}")));
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let source = find(report.filename()).or(sources.first());
            let span = source.map(|source| {
                let range = report.span().range.clone();
                let end = range.end.min(source.text.len());
                source.span(range.start.min(end)..end)
            });
            let mut message = report.message().to_owned();
            if let Some(first) = message.get(..1) {
                message = first.to_lowercase() + &message[1..];
            }
            let message = message.trim_end_matches('.').replace('\n', " ");
            Diagnostic { span, ..Diagnostic::error("template", asked_or_start(asked_at, sources), message) }
        }
        other => Diagnostic::error("template", asked_or_start(asked_at, sources), other.to_string()),
    }
}

fn asked_or_start(asked_at: Option<Span>, sources: &[Source]) -> Span {
    asked_at.or_else(|| sources.first().map(|source| source.span(0..0))).unwrap_or(Span {
        file: crate::source::FileId(0),
        start: 0,
        end: 0,
    })
}

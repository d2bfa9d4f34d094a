//! The project's own commands: read once, checked once, given to every formula.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use katex::macros::MacroExpansion;

use super::guard::{self, Cost};
use super::{engine, error};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use crate::tex::{self, Kind, Tex};

/// A macro as it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The command, such as `\R`; a name of letters without its backslash is taken to have one.
    pub name: String,
    /// What it stands for, with `#1` to `#9` for its arguments.
    pub body: String,
    /// Where it was written.
    pub span: Span,
}

/// The macros of a site or a page. Cheap to clone; page macros are added with [`Macros::with`].
#[derive(Debug, Clone, Default)]
pub struct Macros {
    /// In the order of their names, so that nothing depends on the order of definition.
    pub(super) list: Arc<Vec<Macro>>,
}

/// A macro, ready for the engine.
#[derive(Debug, Clone)]
pub(super) struct Macro {
    pub(super) definition: Definition,
    pub(super) expansion: MacroExpansion,
    pub(super) cost: Cost,
}

impl Macros {
    /// Reads definitions; a later one replaces an earlier one of the same name. A definition with a mistake is left
    /// out and reported.
    #[must_use]
    pub fn read(definitions: Vec<Definition>) -> (Macros, Vec<Diagnostic>) {
        Macros::default().with(definitions)
    }

    /// These macros and more: those of a page on top of those of the site.
    #[must_use]
    pub fn with(&self, definitions: Vec<Definition>) -> (Macros, Vec<Diagnostic>) {
        let mut found: BTreeMap<String, Definition> =
            self.list.iter().map(|known| (known.definition.name.clone(), known.definition.clone())).collect();
        let mut diagnostics = Vec::new();
        let mut new: Vec<String> = Vec::new();
        for mut definition in definitions {
            if definition.name.starts_with(|first: char| first.is_ascii_alphabetic()) {
                definition.name.insert(0, '\\');
            }
            if let Some((message, help)) = unusable(&definition) {
                diagnostics.push(Diagnostic::error("math", definition.span, message).maybe_help(help));
            } else {
                new.push(definition.name.clone());
                found.insert(definition.name.clone(), definition);
            }
        }
        let costs = costs(&found);
        let mut list = Vec::new();
        for (name, definition) in &found {
            let cost = costs.get(name.as_str()).copied().unwrap_or(Cost::COMMAND);
            if new.contains(name) {
                diagnostics.extend(doubts(definition, cost, &found));
            }
            let expansion = engine::expansion(&definition.body, arguments(&definition.body));
            if let Some(expansion) = expansion.filter(|_| cost.refusal().is_none()) {
                list.push(Macro { definition: definition.clone(), expansion, cost });
            }
        }
        (Macros { list: Arc::new(list) }, diagnostics)
    }

    /// Names and bodies of all macros, in the order of their names.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().map(|known| (known.definition.name.as_str(), known.definition.body.as_str()))
    }

    /// The macro of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Macro> {
        let found = self.list.binary_search_by(|known| known.definition.name.as_str().cmp(name)).ok()?;
        self.list.get(found)
    }

    /// The macros that a text uses, itself or through others.
    pub(super) fn used_by(&self, text: &str) -> Vec<&Macro> {
        if self.list.is_empty() {
            return Vec::new();
        }
        let mut used: Vec<&Macro> = Vec::new();
        let mut texts = vec![text];
        while let Some(text) = texts.pop() {
            let tex = Tex::read(text);
            for number in 0..tex.tokens.len() {
                if let Some(known) = self.get(tex.str(number))
                    && !used.iter().any(|other| other.definition.name == known.definition.name)
                {
                    used.push(known);
                    texts.push(&known.definition.body);
                }
            }
        }
        used
    }
}

/// Reads a file of macros: lines `\name:body` as mdbook-katex has them, or `\newcommand`s and `\def`s. Lines that
/// start with `#` or `%` are comments.
#[must_use]
pub fn read_macro_file(source: &Source) -> (Vec<Definition>, Vec<Diagnostic>) {
    let text: &str = &source.text;
    let (mut definitions, mut diagnostics) = (Vec::new(), Vec::new());
    let mut start = 0;
    let commands = tex::outline(text).definitions;
    let mut covered = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.trim_end().len();
        start += line.len();
        let trimmed = line.trim();
        if range.start < covered || trimmed.is_empty() || trimmed.starts_with(['#', '%']) {
            continue;
        }
        let here: Vec<_> = commands.iter().filter(|found| range.contains(&found.range.start)).collect();
        if let Some(last) = here.last() {
            covered = last.range.end;
            definitions.extend(
                here.iter().map(|found| defined(&found.carried, &found.name, source.span(found.range.clone()))),
            );
        } else if let Some((name, body)) = trimmed.split_once(':').filter(|(name, _)| name.starts_with('\\')) {
            let (name, body) = (name.trim().to_owned(), body.trim().to_owned());
            definitions.push(Definition { name, body, span: source.span(range) });
        } else {
            let message = "this line does not define a macro";
            let help = "write `\\name:body`, or `\\newcommand{\\name}{body}`";
            diagnostics.push(Diagnostic::error("math", source.span(range), message).help(help));
        }
    }
    (definitions, diagnostics)
}

/// A `\def` in the form of a site's macro.
fn defined(carried: &str, name: &str, span: Span) -> Definition {
    let body = carried.find('{').map_or("", |open| &carried[open + 1..carried.len() - 1]);
    let body = if carried.starts_with("\\let") {
        carried.rsplit_once(['=', ' ']).map_or("", |(_, target)| target)
    } else {
        body
    };
    Definition { name: name.to_owned(), body: body.to_owned(), span }
}

/// How many arguments a body takes: the largest `#n`.
fn arguments(body: &str) -> usize {
    let tex = Tex::read(body);
    let parameters = (0..tex.tokens.len()).filter(|&number| tex.tokens[number].kind == Kind::Parameter);
    parameters.filter_map(|number| tex.str(number + 1).parse().ok()).max().unwrap_or(0)
}

/// Why a definition cannot be used at all.
fn unusable(definition: &Definition) -> Option<(String, Option<String>)> {
    let Definition { name, body, .. } = definition;
    let tex = Tex::read(name);
    if tex.tokens.len() != 1 || name.is_empty() {
        let help = "a macro is named by a backslash and letters, such as `\\R`".to_owned();
        return Some((format!("`{name}` cannot name a macro"), Some(help)));
    }
    let tex = Tex::read(body);
    let alone = |kind| tex.tokens.iter().any(|token| token.kind == kind && token.partner().is_none());
    if alone(Kind::Open) || alone(Kind::Close) {
        return Some((format!("unbalanced braces in macro `{name}`"), None));
    }
    for (number, token) in tex.tokens.iter().enumerate() {
        let after = tex.str(number + 1);
        let first = after.chars().next();
        if token.kind == Kind::Parameter && !first.is_some_and(|c| ('1'..='9').contains(&c) || c == '#') {
            // The second `#` of `##` is looked at with the first.
            if number > 0 && tex.tokens[number - 1].kind == Kind::Parameter {
                continue;
            }
            let help = "arguments are `#1` to `#9`; a literal `#` is `\\#`".to_owned();
            return Some((format!("`#{after}` in macro `{name}` is not an argument"), Some(help)));
        }
    }
    None
}

/// What each macro costs, through all the others.
fn costs(found: &BTreeMap<String, Definition>) -> HashMap<&str, Cost> {
    // All definitions as one text: the guard reads definitions from text, each through the others.
    let mut text = String::new();
    for Definition { name, body, .. } in found.values() {
        let _ = write!(text, "\\def {name}{{{body}}}");
    }
    let tex = Tex::read(&text);
    let costs = guard::measure_names(&tex, found.keys().map(String::as_str));
    found.keys().map(String::as_str).zip(costs).collect()
}

/// Mistakes in a definition that a formula would run into.
fn doubts(definition: &Definition, cost: Cost, found: &BTreeMap<String, Definition>) -> Vec<Diagnostic> {
    let Definition { name, body, span } = definition;
    if let Some(refusal) = cost.refusal() {
        let message = if cost.is_endless() {
            format!("macro `{name}` is defined in terms of itself")
        } else {
            format!("macro `{name}`: {refusal}")
        };
        return vec![Diagnostic::error("math", *span, message)];
    }
    let tex = Tex::read(body);
    let own: Vec<String> = tex::outline(body).definitions.into_iter().map(|inner| inner.name).collect();
    let mut diagnostics = Vec::new();
    for (number, token) in tex.tokens.iter().enumerate() {
        let word = tex.str(number);
        let command = matches!(token.kind, Kind::Word | Kind::Symbol);
        if command && !found.contains_key(word) && !own.iter().any(|name| name == word) && !error::is_command(word) {
            let names = found.keys().map(String::as_str);
            let message = format!("undefined control sequence `{word}` in macro `{name}`");
            diagnostics.push(Diagnostic::error("math", *span, message).maybe_help(error::did_you_mean(word, names)));
        }
    }
    diagnostics
}

//! The info string of a fence: ```` ```python title="relu.py" hl_lines="2-4" ````.
//!
//! Every generator has its own spelling; they hardly contradict each other, so all are read everywhere: words between
//! spaces or commas (GitHub, mdBook, Zola), attribute lists in braces (Pandoc, MkDocs, Hugo, Quarto), lines in braces
//! (VitePress, Docusaurus). The language is the first word, else the first class. What has no meaning here is kept in
//! [`Info::attributes`] for others to look at, and a warning is given only where it looks like a slip of the pen.

use std::ops::Range;

use super::words::{Quoted, Word, words};
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::{Excerpt, Span};

/// What a fence says about its code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Info {
    /// The language as typed, in lower case; empty if there is none.
    pub language: String,
    /// Where it stands.
    pub language_span: Option<Span>,
    /// The caption of the listing.
    pub title: Option<String>,
    /// The number of the first line, where lines are numbered.
    pub first_number: Option<u32>,
    /// Lines to mark, both ends included, as typed: lines of the fence from 1 on.
    pub marked: Vec<Lines>,
    /// Lines to leave out, counted likewise.
    pub hidden: Vec<Lines>,
    /// Lines that begin with this are left out.
    pub hidden_prefix: Option<String>,
    /// The listing's id, for links, and its place.
    pub id: Option<(String, Span)>,
    /// Further classes.
    pub classes: Vec<String>,
    /// Everything else, in order.
    pub attributes: Vec<Attribute>,
}

/// A range of lines and where it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// The first, from 1.
    pub first: u32,
    /// The last, at least `first`.
    pub last: u32,
    /// Where it stands.
    pub span: Span,
}

/// A word such as `ignore`, or a pair such as `check="relu"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The word, or the name of the pair.
    pub name: String,
    /// The value of the pair, without quotes.
    pub value: Option<String>,
    /// The value of a pair, else the word.
    pub span: Span,
}

impl Info {
    /// The attribute of this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// A word in braces that only says "here is code"; the language follows it (MyST, Sphinx).
const CODE_DIRECTIVES: [&str; 4] = ["code-block", "code-cell", "code", "sourcecode"];

/// What MyST and Sphinx make of a fence besides code, beyond all names with a colon. They are no languages.
const DIRECTIVES: [&str; 32] = [
    "autoclass",
    "autofunction",
    "automodule",
    "autosummary",
    "bibliography",
    "card",
    "centered",
    "contents",
    "csv-table",
    "currentmodule",
    "embed",
    "epigraph",
    "eval-rst",
    "figure",
    "glossary",
    "glue",
    "grid",
    "iframe",
    "image",
    "include",
    "index",
    "list-table",
    "literalinclude",
    "only",
    "parsed-literal",
    "plot",
    "rubric",
    "table",
    "tableofcontents",
    "toctree",
    "todo",
    "versionadded",
];

/// Whether a word in braces behind a fence names a directive of MyST: `figure`, `glue:figure`.
#[must_use]
pub fn is_directive(name: &str) -> bool {
    let is_name = name.chars().all(|c| c.is_alphanumeric() || "-_:".contains(c));
    DIRECTIVES.contains(&name) || (is_name && name.contains(':'))
}

/// The names with a meaning, for "did you mean".
const NAMES: [&str; 14] = [
    "title",
    "name",
    "filename",
    "hl_lines",
    "hide_lines",
    "hidelines",
    "linenums",
    "linenos",
    "linenostart",
    "numberLines",
    "lineNumbers",
    "showLineNumbers",
    "startFrom",
    "startLineNumber",
];

/// What a name means, whatever its spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Title,
    Marked,
    Hidden,
    HiddenPrefix,
    Numbers,
    FirstNumber,
    NoNumbers,
}

fn meaning(name: &str) -> Option<Meaning> {
    // mdBook's and Zola's differ in nothing but the underscore.
    if name == "hidelines" {
        return Some(Meaning::HiddenPrefix);
    }
    let plain: String = name.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect();
    Some(match plain.as_str() {
        "title" | "name" | "filename" => Meaning::Title,
        "hllines" => Meaning::Marked,
        "hidelines" => Meaning::Hidden,
        "linenums" | "linenos" | "numberlines" | "linenumbers" | "showlinenumbers" => Meaning::Numbers,
        "linenostart" | "startfrom" | "startlinenumber" => Meaning::FirstNumber,
        "nolinenumbers" => Meaning::NoNumbers,
        _ => return None,
    })
}

/// Reads an info string.
pub(super) fn read(text: &Excerpt, diagnostics: &mut Vec<Diagnostic>) -> Info {
    let mut reader = Reader {
        text,
        info: Info::default(),
        titles: Vec::new(),
        numbered: false,
        start: None,
        wants_language: false,
        diagnostics,
    };
    let words = words(&text.text, 0..text.text.len());
    for (position, word) in words.iter().enumerate() {
        reader.top_level(word, position == 0);
    }
    reader.finish()
}

struct Reader<'a> {
    text: &'a Excerpt,
    info: Info,
    /// Titles by the name they were given under.
    titles: Vec<(String, String)>,
    numbered: bool,
    start: Option<u32>,
    /// The next word is the language.
    wants_language: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn finish(self) -> Info {
        let mut info = self.info;
        // A listing may have a name for other tools beside the title for its readers.
        let title = self.titles.iter().find(|(name, _)| name == "title").or(self.titles.first());
        info.title = title.map(|(_, text)| text.clone()).filter(|text| !text.trim().is_empty());
        info.first_number = self.numbered.then(|| self.start.unwrap_or(1));
        info
    }

    fn top_level(&mut self, word: &Word, first: bool) {
        match word {
            Word::Bare(range) if first || self.wants_language => self.language(range.clone()),
            // `ts:line-numbers=5`
            Word::Pair { name, value } if first && self.slice(name).contains(':') => {
                let colon = name.start + self.slice(name).find(':').unwrap_or(0);
                self.language(name.start..colon);
                self.pair(&(colon + 1..name.end), value);
            }
            Word::Group(range) => self.group(range.clone()),
            Word::Bracketed(range) => self.title("title", range.clone()),
            other => self.word(other),
        }
    }

    fn slice(&self, range: &Range<usize>) -> &str {
        &self.text.text[range.clone()]
    }

    /// The language, with what VitePress (`ts:line-numbers`) and Zenn (`js:app.js`) put behind a colon.
    fn language(&mut self, range: Range<usize>) {
        self.wants_language = false;
        if self.slice(&range).starts_with('.') {
            return self.word(&Word::Bare(range));
        }
        let colon = self.slice(&range).find(':').map(|at| range.start + at);
        let name = range.start..colon.unwrap_or(range.end);
        self.info.language = self.slice(&name).to_lowercase();
        self.info.language_span = Some(self.text.span(name));
        let Some(rest) = colon.map(|colon| colon + 1..range.end) else { return };
        match meaning(self.slice(&rest)) {
            Some(_) => self.word(&Word::Bare(rest)),
            None => self.title("title", rest),
        }
    }

    /// `{.python #id key=value}`, `{python}`, `{1,3-4}`, and `{{python}}`, doubled for a template engine.
    fn group(&mut self, mut range: Range<usize>) {
        if self.slice(&range).starts_with('{') && self.slice(&range).ends_with('}') && range.len() > 1 {
            range = range.start + 1..range.end - 1;
        }
        let content = self.slice(&range);
        if !content.trim().is_empty() && content.chars().all(|c| c.is_ascii_digit() || "-, \t".contains(c)) {
            return self.marked(range);
        }
        let words = words(&self.text.text, range);
        for (position, word) in words.iter().enumerate() {
            match word {
                Word::Bare(range) if position == 0 && self.info.language.is_empty() => self.first_in_group(range),
                other => self.word(other),
            }
        }
    }

    fn first_in_group(&mut self, range: &Range<usize>) {
        let text = self.slice(range);
        if CODE_DIRECTIVES.contains(&text) {
            self.wants_language = true;
        } else if is_directive(text) {
            let name = text.to_owned();
            self.info.attributes.push(Attribute { name, value: None, span: self.text.span(range.clone()) });
        } else if text.starts_with(['.', '#']) || meaning(text).is_some() {
            self.word(&Word::Bare(range.clone()));
        } else {
            self.language(range.clone());
        }
    }

    fn word(&mut self, word: &Word) {
        match word {
            Word::Bare(range) => self.bare(range),
            Word::Pair { name, value } => self.pair(name, value),
            Word::Quoted(quoted) => self.check_quote(quoted),
            Word::Group(_) | Word::Bracketed(_) => {}
        }
    }

    fn bare(&mut self, range: &Range<usize>) {
        let text = self.slice(range);
        if let Some(id) = text.strip_prefix('#').filter(|id| !id.is_empty()) {
            self.info.id = Some((id.to_owned(), self.text.span(range.clone())));
            return;
        }
        let name = text.strip_prefix('.').filter(|class| !class.is_empty());
        match (meaning(name.unwrap_or(text)), name) {
            (Some(Meaning::Numbers), _) => self.numbered = true,
            (Some(Meaning::NoNumbers), _) => self.numbered = false,
            (_, Some(class)) if self.info.language.is_empty() => {
                self.info.language = class.to_lowercase();
                self.info.language_span = Some(self.text.span(range.start + 1..range.end));
            }
            (_, Some(class)) => {
                let class = class.to_owned();
                self.info.classes.push(class);
            }
            (_, None) => self.other(range, None, range),
        }
    }

    fn pair(&mut self, name: &Range<usize>, value: &Quoted) {
        self.check_quote(value);
        let range = value.range.clone();
        match meaning(self.slice(name)) {
            Some(Meaning::Title) => {
                let name = self.slice(name).to_owned();
                self.title(&name, range);
            }
            Some(Meaning::Marked) => self.marked(range),
            Some(Meaning::Hidden) => {
                let lines = self.lines(range);
                self.info.hidden.extend(lines);
            }
            Some(Meaning::HiddenPrefix) => {
                self.info.hidden_prefix = Some(value.unescaped(&self.text.text)).filter(|prefix| !prefix.is_empty());
            }
            Some(Meaning::Numbers) => self.numbers(range),
            Some(Meaning::FirstNumber) => self.start = self.number(range).or(self.start),
            Some(Meaning::NoNumbers) | None => self.other(name, Some(value), &range),
        }
    }

    fn title(&mut self, name: &str, range: Range<usize>) {
        let text = Quoted { range, closed: true }.unescaped(&self.text.text);
        self.titles.push((name.to_owned(), text));
    }

    fn other(&mut self, name: &Range<usize>, value: Option<&Quoted>, place: &Range<usize>) {
        let text = self.slice(name).to_owned();
        let span = self.text.span(place.clone());
        // Words of other tools are many. Only what begins like one of ours is taken for a slip.
        let near = nearest(&text, NAMES).filter(|near| text.starts_with(&near[..1]) && meaning(&text).is_none());
        if let Some(near) = near {
            let message = format!("unknown attribute `{text}` of a listing");
            let warning = Diagnostic::warning("listing", self.text.span(name.clone()), message);
            self.diagnostics.push(warning.help(format!("did you mean `{near}`?")));
        }
        let value = value.map(|value| value.unescaped(&self.text.text));
        self.info.attributes.push(Attribute { name: text, value, span });
    }

    /// `linenums="10"`, `linenos=table`, `showLineNumbers=false`.
    fn numbers(&mut self, range: Range<usize>) {
        match self.slice(&range).trim().to_lowercase().as_str() {
            "false" | "off" | "none" => self.numbered = false,
            "" | "true" | "on" | "table" | "inline" => self.numbered = true,
            _ => {
                self.numbered = true;
                self.start = self.number(range).or(self.start);
            }
        }
    }

    /// The first word of a value as a line number; MkDocs lets a step follow, which only matters in print.
    fn number(&mut self, range: Range<usize>) -> Option<u32> {
        let first = pieces(&self.text.text, range.clone()).next().unwrap_or(range);
        let number = self.slice(&first).parse().ok();
        if number.is_none() {
            let message = format!("`{}` is not a line number", self.slice(&first));
            self.diagnostics.push(Diagnostic::warning("listing", self.text.span(first), message));
        }
        number
    }

    fn marked(&mut self, range: Range<usize>) {
        let lines = self.lines(range);
        self.info.marked.extend(lines);
    }

    /// `2-4 7`, `2,4-5`, `[2,"4-5"]`.
    fn lines(&mut self, range: Range<usize>) -> Vec<Lines> {
        let mut found = Vec::new();
        for piece in pieces(&self.text.text, range) {
            let text = self.slice(&piece);
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            let span = self.text.span(piece.clone());
            match (first.trim().parse(), last.trim().parse()) {
                (Ok(first), Ok(last)) if 1 <= first && first <= last => found.push(Lines { first, last, span }),
                _ => {
                    let message = format!("`{text}` is neither a line nor a range of lines");
                    let help = "lines are counted from 1: `hl_lines=\"2-4 7\"`";
                    self.diagnostics.push(Diagnostic::warning("listing", span, message).help(help));
                }
            }
        }
        found
    }

    fn check_quote(&mut self, quoted: &Quoted) {
        if !quoted.closed {
            let span = self.text.span(quoted.range.start.saturating_sub(1)..quoted.range.end);
            let message = "the quote is not closed on this line";
            self.diagnostics.push(Diagnostic::warning("listing", span, message));
        }
    }
}

/// The parts of a value between spaces, commas, quotes and brackets.
fn pieces(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let separates = |c: char| c.is_whitespace() || ",;\"'[]{}".contains(c);
    let base = text.as_ptr() as usize;
    text[range].split(separates).filter(|piece| !piece.is_empty()).map(move |piece| {
        let start = piece.as_ptr() as usize - base;
        start..start + piece.len()
    })
}

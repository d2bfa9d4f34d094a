//! Call-outs, theorems, tabs and divisions, in the spellings of all tools, become quotes that Markdown knows.
//!
//! This pass runs before the formulas are looked for. It rewrites each container as a block quote whose first paragraph
//! is the title, with a mark of ours before it, so that everything inside (lists, fences, formulas, further containers)
//! is read like anything in a quote, and reference links and footnotes keep working across its edges. Text of the
//! author's is copied with its origin ([`Excerpt`]); only prefixes are ours.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::attributes::{self, Attributes};
use super::lines::{self, Layout, Line, Role};
use crate::diagnostic::Diagnostic;
use crate::source::{Excerpt, Span};

/// Containers nested deeper than this are text.
const MAX_DEPTH: usize = 24;

/// Kinds that are theorems and the like: they carry numbers, and their titles stand in parentheses.
pub const THEOREMS: [&str; 8] =
    ["theorem", "lemma", "proposition", "corollary", "definition", "example", "remark", "proof"];

/// Theorem-like kinds that are also the names of ordinary call-outs, so that they need an id or colons to be numbered.
const ALSO_CALL_OUTS: [&str; 1] = ["example"];

/// Kinds of `:::` that hold things together without saying anything.
const DIVISIONS: [&str; 8] = ["code-group", "v-pre", "raw", "columns", "column", "div", "tab-set", "panel-tabset"];

/// Kinds of call-outs that MyST writes as fences, `` ```{note} ``. Other words in braces are languages.
const FENCED: [&str; 17] = [
    "admonition",
    "attention",
    "caution",
    "danger",
    "dropdown",
    "error",
    "hint",
    "important",
    "margin",
    "note",
    "seealso",
    "sidebar",
    "tab-item",
    "tab-set",
    "tip",
    "topic",
    "warning",
];

/// How a container is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A box with a title.
    CallOut,
    /// A box that opens and closes.
    Folded {
        /// Whether it is open at first.
        open: bool,
    },
    /// A theorem or the like.
    Theorem,
    /// One of several views on the same thing.
    Tab {
        /// The first of its set.
        first: bool,
        /// Shown at first.
        selected: bool,
        /// The last of its set.
        last: bool,
    },
    /// Nothing but an element with its attributes.
    Division,
}

/// A container and what its author calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// How it is shown.
    pub form: Form,
    /// `note`, `theorem`, …: any word, in lower case. Empty for tabs and divisions.
    pub kind: String,
    /// Further classes.
    pub classes: Vec<String>,
    /// Its id, with its place.
    pub id: Option<(String, Span)>,
    /// Whether it carries a number: theorems and the like do, proofs if they have an id.
    pub numbered: bool,
    /// Whether its author gave a title; an empty one means that none is shown.
    pub title: Title,
    /// The line that opens it.
    pub span: Span,
}

/// What stands above a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Title {
    /// The name of its kind.
    Kind,
    /// The author's words.
    Typed,
    /// Nothing.
    None,
}

/// A text with its containers as quotes.
pub(super) struct Contained {
    /// The text.
    pub(super) text: Excerpt,
    /// Where the title of each container stands: offset in the text of [`MARK`], and index in `containers`.
    pub(super) heads: BTreeMap<usize, usize>,
    /// The containers in document order.
    pub(super) containers: Vec<Container>,
}

impl Contained {
    /// A text without containers.
    pub(super) fn none(text: &Excerpt) -> Contained {
        Contained { text: text.clone(), heads: BTreeMap::new(), containers: Vec::new() }
    }
}

/// Stands before the title of a container. What counts is that it stands where this pass put it.
pub(super) const MARK: &str = "\u{E002}";

/// Rewrites the containers of `input`. In an article for another tool (`foreign`), a line of colons that opens nothing
/// may be that tool's own, and is said with the others of its kind.
pub(super) fn rewrite(input: &Excerpt, foreign: bool, diagnostics: &mut Vec<Diagnostic>) -> Contained {
    const MARKS: [&str; 10] = ["!!!", "???", ":::", "===", "[!", "```{", "``` {", "~~~{", "~~~ {", "admonish"];
    if !MARKS.iter().any(|mark| input.text.contains(mark)) {
        return Contained::none(input);
    }
    let mut rewriter = Rewriter {
        input,
        out: Excerpt::new(input.span),
        heads: BTreeMap::new(),
        containers: Vec::new(),
        closed: closed_fences(&input.text),
        open: Vec::new(),
        layouts: vec![Layout::default()],
        code: None,
        raw_until: 0,
        was_quote: 0,
        last_tab: None,
        options: None,
        title_line: None,
        foreign,
        diagnostics,
    };
    rewriter.run();
    Contained { text: rewriter.out, heads: rewriter.heads, containers: rewriter.containers }
}

struct Rewriter<'a> {
    input: &'a Excerpt,
    out: Excerpt,
    heads: BTreeMap<usize, usize>,
    containers: Vec<Container>,
    /// Where the lines of colons begin that open something which is closed again.
    closed: BTreeSet<usize>,
    open: Vec<Open>,
    /// Lists, one for the text outside and one for each open container.
    layouts: Vec<Layout>,
    /// The fence that the line is in: its mark, its length, and how many containers it stands in.
    code: Option<(u8, usize, usize)>,
    /// Lines before this are raw HTML.
    raw_until: usize,
    /// Quote marks of the line before.
    was_quote: usize,
    /// The tab that was closed last, if nothing but blank lines came after it: container and depth.
    last_tab: Option<(usize, usize)>,
    /// The container that the lines `:name: value` below its first line belong to.
    options: Option<usize>,
    /// Where a line begins that is the title of a container already.
    title_line: Option<usize>,
    foreign: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// A container whose end has not come yet.
#[derive(Debug, Clone, Copy)]
struct Open {
    margin: Margin,
    /// How its content ends.
    end: End,
    container: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// With the first line that is not indented by four more columns.
    Indentation,
    /// With a line of colons.
    Colons,
    /// With a line of at least so many back-ticks or tildes.
    Fence(u8, usize),
}

/// What stands before the mark of a container.
#[derive(Debug, Clone, Copy)]
struct Margin {
    /// Columns of space before the author's first quote mark.
    lead: usize,
    /// The author's quote marks.
    quotes: usize,
    /// Columns of space behind them.
    indent: usize,
}

/// A place in a line: the byte, and the columns of a tab before it that still count as space.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: usize,
    spare: usize,
}

/// What a line that opens a container says.
struct Head {
    container: Container,
    title: Range<usize>,
    end: End,
    /// Lines with options may follow.
    options: bool,
}

impl Rewriter<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while at < self.input.text.len() {
            let end = self.input.text[at..].find('\n').map_or(self.input.text.len(), |newline| at + newline + 1);
            self.line(at, end);
            at = end;
        }
        self.close(0);
    }

    fn line(&mut self, start: usize, end: usize) {
        let text = &self.input.text;
        let mut place = Place { at: start, spare: 0 };
        let mut kept = 0;
        for open in &self.open {
            let Some(inner) = open.strip(text, place, end) else { break };
            place = inner;
            kept += 1;
        }
        self.close(kept);
        let line = rest_of_line(text, place, end);
        let depth = self.open.len();
        if self.code.is_some_and(|(_, _, within)| within > depth) {
            self.code = None;
        }
        if self.is_verbatim(&line, start) {
            return self.copy(&line, place);
        }
        let content = line.text(text);
        if self.title_line == Some(start) || self.option(content, line.content) {
            return;
        }
        if let Some(&Open { end: End::Fence(mark, length), .. }) = self.open.last()
            && content.len() >= length
            && content.bytes().all(|b| b == mark)
        {
            return self.close(depth - 1);
        }
        let is_text = self.layouts.last_mut().is_none_or(|layout| layout.enter(text, &line) != Role::Code);
        if let Some((mark, length)) = lines::opening_fence(content).filter(|_| is_text) {
            let head = if depth < MAX_DEPTH { Opener::new(self.input, &line).fenced(mark, length) } else { None };
            if let Some(head) = head {
                return self.enter(head, &line);
            }
            self.code = Some((mark, length, depth));
        } else if let Some(raw_end) = lines::raw_html_end(text, &line).filter(|_| is_text) {
            self.raw_until = raw_end;
        } else if is_text && !content.is_empty() {
            if content.bytes().all(|b| b == b':') && content.len() >= 3 {
                return self.colons(&line, place);
            }
            let head = if depth < MAX_DEPTH { self.head(&line) } else { None };
            if let Some(head) = head {
                return self.enter(head, &line);
            }
        }
        if !content.is_empty() {
            self.last_tab = None;
        }
        self.copy(&line, place);
    }

    /// Lines of a fence or of raw HTML.
    fn is_verbatim(&mut self, line: &Line, start: usize) -> bool {
        if let Some((mark, length, _)) = self.code {
            let content = line.text(&self.input.text);
            if content.len() >= length && content.bytes().all(|b| b == mark) {
                self.code = None;
            }
            return true;
        }
        start < self.raw_until
    }

    /// Copies a line behind the prefixes of the containers that it is in.
    fn copy(&mut self, line: &Line, place: Place) {
        self.was_quote = line.quotes;
        self.prefix(self.open.len(), place.at);
        let text = &self.input.text;
        if line.is_blank(text) && line.quotes == 0 {
            self.ours("\n", place.at..line.end);
        } else {
            self.ours(&" ".repeat(place.spare), place.at..place.at);
            self.out.push_part(self.input, place.at..line.end);
        }
    }

    /// Text of ours that stands for `range`.
    fn ours(&mut self, text: &str, range: Range<usize>) {
        if !text.is_empty() {
            self.out.push_stand_in(text, self.input, range);
        }
    }

    /// The quote marks of the outermost `depth` containers.
    fn prefix(&mut self, depth: usize, at: usize) {
        let prefix: String = self.open[..depth].iter().map(|open| open.margin.text() + "> ").collect();
        self.ours(&prefix, at..at);
    }

    /// Closes all but the outermost `kept` containers. A blank line keeps what follows out of the quote.
    fn close(&mut self, kept: usize) {
        while self.open.len() > kept {
            let Some(open) = self.open.pop() else { break };
            self.layouts.pop();
            let is_tab = matches!(self.containers[open.container].form, Form::Tab { .. });
            self.last_tab = is_tab.then_some((open.container, self.open.len()));
            if !self.out.text.ends_with('\n') {
                self.ours("\n", self.input.text.len()..self.input.text.len());
            }
            self.separate(open.margin);
            self.was_quote = 0;
        }
    }

    /// A line that is blank but for the marks of the open containers and the author's quotes.
    fn separate(&mut self, margin: Margin) {
        let at = self.input.text.len();
        self.prefix(self.open.len(), at);
        self.ours(&(margin.quote_marks() + "\n"), at..at);
    }

    /// A line of colons closes the innermost container that is closed that way.
    fn colons(&mut self, line: &Line, place: Place) {
        match self.open.last() {
            Some(Open { end: End::Colons, .. }) => self.close(self.open.len() - 1),
            _ => self.copy(line, place),
        }
    }

    /// `:class: tip dropdown` below the first line of a container of MyST; true if the line is one.
    fn option(&mut self, content: &str, at: usize) -> bool {
        let Some(container) = self.options else { return false };
        let option = content.strip_prefix(':').and_then(|rest| rest.split_once(':'));
        let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let Some((name, value)) = option.filter(|(name, _)| is_name(name)) else {
            self.options = None;
            return false;
        };
        let value = value.trim();
        let container = &mut self.containers[container];
        match name {
            "name" | "label" if !value.is_empty() => {
                let start = at + content.len() - value.len();
                container.id = Some((value.to_owned(), self.input.span(start..start + value.len())));
            }
            "class" => {
                for class in value.split_whitespace() {
                    match class {
                        "dropdown" => container.form = Form::Folded { open: false },
                        // `{admonition}` takes the look of the class; its title is typed.
                        class if FENCED.contains(&class) && container.kind == "admonition" => {
                            class.clone_into(&mut container.kind);
                        }
                        class => container.classes.push(class.to_owned()),
                    }
                }
            }
            "open" => container.form = Form::Folded { open: value != "false" },
            _ => {}
        }
        true
    }

    /// What the line opens, if it opens a container.
    fn head(&mut self, line: &Line) -> Option<Head> {
        let text = &self.input.text;
        let content = line.text(text);
        let opener = Opener::new(self.input, line);
        if content.starts_with("!!!") || content.starts_with("???") {
            opener.exclaimed()
        } else if content.starts_with("===") {
            opener.tab()
        } else if content.starts_with(":::") {
            if !self.closed.contains(&line.content) {
                if self.foreign {
                    return None;
                }
                let message = "this container is never closed, so it is shown as text";
                self.diagnostics.push(
                    Diagnostic::warning("container", opener.span, message)
                        .help("close it with a line of colons, `:::`"),
                );
                return None;
            }
            let head = opener.colons()?;
            // Quarto's title: a heading that comes first.
            let may = ["callout-", "{#"].iter().any(|sign| content.contains(sign))
                && head.container.title == Title::Kind
                && head.container.form != Form::Division;
            if let Some((start, title)) = Some(line.end).filter(|_| may).and_then(|end| heading_below(text, end)) {
                self.title_line = Some(start);
                let container = Container { title: Title::Typed, ..head.container };
                return Some(Head { container, title, ..head });
            }
            Some(head)
        } else if content.starts_with("[!") && line.quotes > self.was_quote {
            opener.alert()
        } else {
            None
        }
    }

    fn enter(&mut self, mut head: Head, line: &Line) {
        let container = self.containers.len();
        if let Form::Tab { first, selected, .. } = &mut head.container.form {
            let before = self.last_tab.filter(|&(_, depth)| depth == self.open.len() && !*first).map(|(tab, _)| tab);
            (*first, *selected) = (before.is_none(), *selected || before.is_none());
            if let Some(Form::Tab { last, .. }) = before.map(|tab| &mut self.containers[tab].form) {
                *last = false;
            }
        }
        self.last_tab = None;
        let margin = Margin::of(line);
        let is_alert = line.quotes > 0 && self.input.text[line.content..].starts_with("[!");
        self.was_quote = line.quotes;
        // An alert is a quote already; any other container may follow a paragraph, which must end here.
        let own_quote = if is_alert { String::new() } else { "> ".to_owned() };
        if !is_alert && !self.out.text.is_empty() {
            self.separate(margin);
        }
        let prefix = margin.text() + &own_quote;
        self.prefix(self.open.len(), line.content);
        self.ours(&prefix, line.content..line.content);
        self.heads.insert(self.out.text.len(), container);
        self.ours(MARK, line.content..line.content);
        if head.container.title == Title::Typed {
            self.out.push_part(self.input, head.title.clone());
        }
        self.ours("\n", head.title.end..head.title.end);
        self.options = head.options.then_some(container);
        self.prefix(self.open.len(), line.content);
        self.ours(&(prefix.trim_end().to_owned() + "\n"), head.title.end..head.title.end);
        self.containers.push(head.container);
        if !is_alert {
            self.open.push(Open { margin, end: head.end, container });
            self.layouts.push(Layout::default());
            self.was_quote = 0;
        }
    }
}

impl Margin {
    fn of(line: &Line) -> Margin {
        Margin { lead: if line.quotes > 0 { line.lead } else { 0 }, quotes: line.quotes, indent: line.indent }
    }

    fn text(&self) -> String {
        self.quote_marks() + &" ".repeat(self.indent)
    }

    fn quote_marks(&self) -> String {
        " ".repeat(self.lead) + &"> ".repeat(self.quotes)
    }
}

impl Open {
    /// The place behind what a line of this container begins with; `None` if the line is no longer in it.
    fn strip(&self, text: &str, mut place: Place, end: usize) -> Option<Place> {
        for _ in 0..self.margin.quotes {
            place = skip_space(text, place, usize::MAX).0;
            place = Place { at: text[place.at..end].starts_with('>').then_some(place.at + 1)?, spare: 0 };
            place = skip_space(text, place, 1).0;
        }
        let wanted = match self.end {
            End::Indentation => self.margin.indent + 4,
            End::Colons | End::Fence(..) => self.margin.indent,
        };
        let (behind, columns) = skip_space(text, place, wanted);
        let blank = text[behind.at..end].trim().is_empty();
        (columns == wanted || blank || self.end != End::Indentation).then_some(behind)
    }
}

/// Skips up to `columns` columns of space; says how many there were.
fn skip_space(text: &str, mut place: Place, columns: usize) -> (Place, usize) {
    let mut skipped = 0;
    while skipped < columns {
        if place.spare > 0 {
            place.spare -= 1;
        } else {
            match text.as_bytes().get(place.at) {
                Some(b' ') => place.at += 1,
                // A tab reaches to the next multiple of four, counted from where the container begins.
                Some(b'\t') => place = Place { at: place.at + 1, spare: 3 - skipped % 4 },
                _ => break,
            }
        }
        skipped += 1;
    }
    (place, skipped)
}

/// The rest of a line as a line of its own.
fn rest_of_line(text: &str, place: Place, end: usize) -> Line {
    let mut line = Line::at(&text[..end], place.at);
    if line.quotes == 0 {
        line.indent += place.spare;
    }
    line.lead += place.spare;
    line
}

/// The lines of colons that open a container which is closed again. Code is stepped over.
fn closed_fences(text: &str) -> BTreeSet<usize> {
    let (mut closed, mut open, mut at) = (BTreeSet::new(), Vec::new(), 0);
    if !text.contains(":::") {
        return closed;
    }
    while at < text.len() {
        let line = Line::at(text, at);
        at = line.end;
        let content = line.text(text);
        if let Some(end) = lines::fence(content).and_then(|_| lines::fence_end(text, &line)) {
            at = end;
        } else if content.starts_with(":::") {
            if content.bytes().all(|b| b == b':') {
                closed.extend(open.pop());
            } else {
                open.push(line.content);
            }
        }
    }
    closed
}

/// The heading that the first line with text at or after `from` is: where its line begins, and its words.
fn heading_below(text: &str, from: usize) -> Option<(usize, Range<usize>)> {
    let mut line = Line::at(text, from.min(text.len()));
    while line.is_blank(text) && line.end < text.len() {
        line = Line::at(text, line.end);
    }
    let words = line.text(text).trim_start_matches('#');
    let level = line.text(text).len() - words.len();
    let is_heading = (1..=6).contains(&level) && words.starts_with(' ') && line.quotes == 0 && line.indent < 4;
    let start = line.content + level + words.len() - words.trim_start().len();
    is_heading.then(|| (line.start, start..start + words.trim_start().len()))
}

impl Head {
    fn indented(container: Container, title: Range<usize>) -> Head {
        Head { container, title, end: End::Indentation, options: false }
    }
}

/// A line that may open a container.
struct Opener<'a> {
    text: &'a str,
    /// Where `content` stands in `text`.
    at: usize,
    content: &'a str,
    span: Span,
}

impl<'a> Opener<'a> {
    fn new(input: &'a Excerpt, line: &Line) -> Opener<'a> {
        let content = line.text(&input.text);
        let span = input.span(line.content..line.content + content.len());
        Opener { text: &input.text, at: line.content, content, span }
    }

    /// `!!! note inline "Title"`, `??? tip`, `???+ tip`, with an attribute list at the end.
    fn exclaimed(&self) -> Option<Head> {
        let folded = self.content.starts_with('?');
        let open = folded && self.content[3..].starts_with('+');
        let rest = &self.content[3 + usize::from(open)..];
        let (rest, attributes) = Self::trailing_attributes(rest);
        let quote = rest.find(['"', '“']);
        let (words, title) = match quote {
            Some(at) => {
                let inner = &rest[at + rest[at..].chars().next().map_or(0, char::len_utf8)..];
                let end = inner.rfind(['"', '”'])?;
                (&rest[..at], Some(self.range(&inner[..end])))
            }
            None => (rest, None),
        };
        let mut words = words.split_whitespace();
        let is_word = |word: &str| word.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
        if !words.clone().all(is_word) || rest.starts_with(['!', '?']) {
            return None;
        }
        let kind = match (words.next(), &title) {
            (Some(kind), _) => kind.to_lowercase(),
            (None, Some(_)) => "note".to_owned(),
            (None, None) => return None,
        };
        let mut container = self.container(&kind, attributes, title.as_ref(), false);
        container.classes.extend(words.map(str::to_owned));
        if folded {
            container.form = Form::Folded { open };
        }
        Some(Head::indented(container, title.unwrap_or_else(|| self.nothing())))
    }

    /// `=== "Title"`, `===! "first of a new set"`, `===+ "selected"`.
    fn tab(&self) -> Option<Head> {
        let rest = &self.content[3..];
        let marks = rest.len() - rest.trim_start_matches(['!', '+']).len();
        let quoted = rest[marks..].trim();
        let title = quoted.strip_prefix('"')?.strip_suffix('"')?;
        let (new_set, selected) = (rest[..marks].contains('!'), rest[..marks].contains('+'));
        let title = self.range(title);
        let mut container = self.container("", Attributes::default(), Some(&title), false);
        container.form = Form::Tab { first: new_set, selected, last: true };
        Some(Head::indented(container, title))
    }

    /// `:::note Title`, `::: {.callout-note title="…"}`, `:::note[Title]{#id}`, `:::{note} Title`.
    fn colons(&self) -> Option<Head> {
        let rest = self.content.trim_start_matches(':').trim_start();
        let named = rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || "-_".contains(c)).len();
        let (name, rest) = rest.split_at(named);
        if name.is_empty() {
            return self.braced(rest);
        }
        let (rest, attributes) = Self::trailing_attributes(rest.trim_end_matches(':'));
        let rest = rest.trim();
        let title = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(rest);
        let title =
            if title.is_empty() { attributes.get("title").and_then(|t| self.find(t)) } else { Some(self.range(title)) };
        Some(self.head(name, attributes, title))
    }

    /// `{.callout-note}`, `{#thm-line .theorem}` of Pandoc and Quarto, `{note}`, `{prf:theorem}` of MyST.
    fn braced(&self, rest: &str) -> Option<Head> {
        if let Some((attributes, length)) = attributes::read(rest) {
            let title = Some(rest[length..].trim_end_matches(':').trim()).filter(|title| !title.is_empty());
            let title = title.map(|title| self.range(title));
            let title = title.or_else(|| attributes.get("title").or(attributes.get("name")).and_then(|t| self.find(t)));
            let known = |class: &String| class.starts_with("callout-") || THEOREMS.contains(&class.as_str());
            let kind = attributes.classes.iter().find(|class| known(class));
            let kind =
                kind.map_or_else(|| quarto_theorem(&attributes), |class| Some(class.trim_start_matches("callout-")));
            let kind = kind.unwrap_or("div").to_owned();
            let mut attributes = attributes;
            attributes.classes.retain(|class| *class != kind && *class != format!("callout-{kind}"));
            return Some(self.head(&kind, attributes, title));
        }
        let (name, title) = rest.strip_prefix('{')?.split_once('}')?;
        let name = name.trim_start_matches("prf:");
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
        let title = Some(title.trim()).filter(|title| !title.is_empty()).map(|title| self.range(title));
        is_name.then(|| Head { options: true, ..self.head(name, Attributes::default(), title) })
    }

    /// A fence that holds no code: `` ```{note} Title `` and `` ```{prf:theorem} `` of MyST, `` ```admonish tip `` of
    /// mdbook-admonish.
    fn fenced(&self, mark: u8, length: usize) -> Option<Head> {
        // Not one that stands behind the marker of a list item.
        let info = lines::fence(self.content).map(|_| self.content[length..].trim_start())?;
        let head = match info.strip_prefix("admonish") {
            Some(rest) if rest.is_empty() || rest.starts_with([' ', ',']) => self.admonish(rest)?,
            _ => {
                let name = info.strip_prefix('{')?.split('}').next()?;
                let is_theorem = name.strip_prefix("prf:").is_some_and(|name| THEOREMS.contains(&name));
                (FENCED.contains(&name) || is_theorem).then(|| self.braced(info)).flatten()?
            }
        };
        Some(Head { end: End::Fence(mark, length), ..head })
    }

    /// `tip "Title"`, `warning.class, title='…', collapsible=true, id="…"`.
    fn admonish(&self, rest: &str) -> Option<Head> {
        let rest = rest.trim_start_matches([' ', ',']);
        let word = &rest[..rest.find([' ', ',', '"', '=']).unwrap_or(rest.len())];
        let (names, mut rest) =
            if rest[word.len()..].starts_with('=') { ("", rest) } else { rest.split_at(word.len()) };
        let mut names = names.split('.');
        let kind = names.next().filter(|kind| !kind.is_empty()).unwrap_or("note").to_lowercase();
        let mut attributes = Attributes { classes: names.map(str::to_owned).collect(), ..Attributes::default() };
        let (mut title, mut folded) = (None, false);
        loop {
            rest = rest.trim_start_matches([' ', ',']);
            let (name, value) = match rest.chars().next() {
                None => break,
                Some('"') => ("title", rest),
                Some(_) => rest.split_once('=')?,
            };
            let quote = value.chars().next().filter(|c| "\"'".contains(*c));
            let inner = &value[quote.map_or(0, char::len_utf8)..];
            let end = quote.map_or_else(|| inner.find([',', ' ']).or(Some(inner.len())), |quote| inner.find(quote))?;
            let text = &inner[..end];
            match name.trim() {
                "title" => title = Some(self.range(text)),
                "collapsible" => folded = text == "true",
                "id" => {
                    let start = self.range(text).start - self.at;
                    attributes.id = Some((text.to_owned(), start..start + text.len()));
                }
                "class" => attributes.classes.extend(text.split_whitespace().map(str::to_owned)),
                _ => {}
            }
            rest = &inner[end + quote.map_or(0, char::len_utf8)..];
        }
        let mut container = self.container(&kind, attributes, title.as_ref(), false);
        if folded {
            container.form = Form::Folded { open: false };
        }
        Some(Head { options: false, ..Head::indented(container, title.unwrap_or_else(|| self.nothing())) })
    }

    fn head(&self, name: &str, mut attributes: Attributes, title: Option<Range<usize>>) -> Head {
        let collapse = attributes.take("collapse");
        let mut container = self.container(&name.to_lowercase(), attributes, title.as_ref(), true);
        if DIVISIONS.contains(&container.kind.as_str()) {
            container.classes.extend(Some(std::mem::take(&mut container.kind)).filter(|kind| kind != "div"));
            container.form = Form::Division;
        } else if let Some(collapse) = collapse {
            container.form = Form::Folded { open: collapse == "false" };
        } else if container.kind == "tab-item" && title.is_some() {
            container.kind.clear();
            container.form = Form::Tab { first: false, selected: false, last: true };
        } else if matches!(container.kind.as_str(), "details" | "dropdown") {
            container.form = Form::Folded { open: false };
        }
        let title = title.filter(|_| container.form != Form::Division).unwrap_or_else(|| self.nothing());
        Head { container, title, end: End::Colons, options: false }
    }

    /// `[!NOTE] Title`, `[!tip]- folded`.
    fn alert(&self) -> Option<Head> {
        let (kind, rest) = self.content[2..].split_once(']')?;
        let is_name = !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || "-_ ".contains(c));
        if !is_name || rest.starts_with(['(', '[', ':']) {
            return None;
        }
        let fold = rest.chars().next().filter(|c| "+-".contains(*c));
        let (title, attributes) = Self::trailing_attributes(&rest[usize::from(fold.is_some())..]);
        let title = Some(title.trim()).filter(|title| !title.is_empty()).map(|title| self.range(title));
        let kind = kind.trim().to_lowercase().replace(' ', "-");
        let mut container = self.container(&kind, attributes, title.as_ref(), false);
        if let Some(fold) = fold {
            container.form = Form::Folded { open: fold == '+' };
        }
        Some(Head::indented(container, title.unwrap_or_else(|| self.nothing())))
    }

    fn container(&self, kind: &str, attributes: Attributes, title: Option<&Range<usize>>, colons: bool) -> Container {
        let id = attributes.id.map(|(id, range)| {
            let start = self.span.start as usize;
            // The list was read from a part of this line; its id is looked for from the end, where it stands.
            let at = self.content.rfind(&id).unwrap_or(range.start);
            (id.clone(), Span::new(self.span.file, start + at..start + at + id.len()))
        });
        let called = ALSO_CALL_OUTS.contains(&kind) && !colons && id.is_none();
        let is_theorem = THEOREMS.contains(&kind) && !called;
        Container {
            form: if is_theorem { Form::Theorem } else { Form::CallOut },
            kind: kind.to_owned(),
            classes: attributes.classes,
            numbered: is_theorem && (kind != "proof" || id.is_some()),
            id,
            title: match title.map(|title| &self.text[title.clone()]) {
                Some("") => Title::None,
                // `!!! lemma "Lemma"` says nothing that "Lemma 3" does not.
                Some(title) if is_theorem && title.eq_ignore_ascii_case(kind) => Title::Kind,
                Some(_) => Title::Typed,
                None => Title::Kind,
            },
            span: self.span,
        }
    }

    /// Takes an attribute list off the end of `rest`.
    fn trailing_attributes(rest: &str) -> (&str, Attributes) {
        let found = rest.rfind('{').and_then(|at| {
            let (attributes, length) = attributes::read(&rest[at..])?;
            (at + length == rest.len()).then_some((&rest[..at], attributes))
        });
        found.unwrap_or((rest, Attributes::default()))
    }

    /// The place in the text of a part of this line.
    fn range(&self, part: &str) -> Range<usize> {
        let offset = part.as_ptr() as usize - self.text.as_ptr() as usize;
        offset..offset + part.len()
    }

    /// The place in the text of a value that was read from this line.
    fn find(&self, value: &str) -> Option<Range<usize>> {
        let at = self.at + self.content.find(value)?;
        Some(at..at + value.len())
    }

    fn nothing(&self) -> Range<usize> {
        let end = self.at + self.content.len();
        end..end
    }
}

/// Quarto knows a theorem by the prefix of its id.
fn quarto_theorem(attributes: &Attributes) -> Option<&'static str> {
    const PREFIXES: [(&str, &str); 7] = [
        ("thm-", "theorem"),
        ("lem-", "lemma"),
        ("cor-", "corollary"),
        ("prp-", "proposition"),
        ("def-", "definition"),
        ("exm-", "example"),
        ("rem-", "remark"),
    ];
    let (id, _) = attributes.id.as_ref()?;
    PREFIXES.into_iter().find(|(prefix, _)| id.starts_with(prefix)).map(|(_, kind)| kind)
}

//! The block scan: finds formulas before the Markdown parser can eat them.
//!
//! Markdown sees a heading in a formula line that reads `=`, a list in `- b`, emphasis in `a_1 b_1`. So the article is
//! read once, line by line, before pulldown-cmark: code and raw HTML are stepped over, every formula is taken out and a
//! short stand-in of private-use characters is left in its place. The result remembers for each byte where it came
//! from ([`Excerpt`]), and for each stand-in which formula it stands for ([`Hole`]); what the parser later turns out to
//! treat as code is put back as typed.
//!
//! Every search for a closing delimiter is answered from a cursor that only moves forward ([`Cursor`]) or from tables
//! made once per paragraph ([`Paragraph`]), so hostile input stays linear.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Formula;
use super::containers::{self, Contained, Container};
use super::lines::{self, Line};
use super::{cjk, urls};
use crate::diagnostic::Diagnostic;
use crate::source::{Excerpt, Span};

/// Which of the optional spellings of an article are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(clippy::struct_excessive_bools, reason = "switches that have nothing to do with each other")]
pub struct Spellings {
    /// `$ x $` is inline mathematics when it looks like TeX.
    pub loose_dollar: bool,
    /// `\\(…\\)` and `\\[…\\]` are mathematics.
    pub double_backslash: bool,
    /// `$$x$$` inside a sentence is inline mathematics.
    pub kramdown: bool,
    /// `: what it means` below a word makes a definition list.
    pub definition_lists: bool,
    /// `key: value` lines before the first blank line are front matter.
    pub bare_front_matter: bool,
    /// The article was written for another tool: front matter that only that tool understands is no mistake.
    pub foreign: bool,
}

/// The article's text with stand-ins for its formulas.
#[derive(Debug)]
pub(super) struct Prepared {
    /// What the Markdown parser reads.
    pub(super) text: Excerpt,
    /// The stand-ins, in order of their place in the text.
    pub(super) holes: Vec<Hole>,
    /// The formulas.
    pub(super) formulas: Vec<Formula>,
    /// The containers.
    pub(super) containers: Vec<Container>,
}

/// A stand-in and what it stands for.
#[derive(Debug)]
pub(super) struct Hole {
    /// Its place in the prepared text.
    pub(super) range: Range<usize>,
    /// What the author typed there, delimiters included.
    pub(super) typed: String,
    /// What it stands for.
    pub(super) content: Content,
}

/// What a stand-in stands for.
#[derive(Debug)]
pub(super) enum Content {
    /// The formula of this index.
    Formula(usize),
    /// A URL that stands in the text as it is.
    Url,
    /// Nothing: keeps emphasis working beside Chinese, Japanese and Korean punctuation.
    Nothing,
    /// The beginning of the container of this index; its title follows.
    Container(usize),
    /// `\ref{…}` or `\eqref{…}` in the text: the label, its place, and whether only the bare number is meant.
    Reference { label: String, span: Span, bare: bool },
}

/// First and last character of a stand-in: private use, so neither punctuation nor space to the Markdown parser.
pub(super) const STAND_IN: (char, char) = ('\u{E000}', '\u{E001}');

/// The longest label of a reference in the text, in bytes.
const MAX_LABEL: usize = 200;

/// Environments that are display mathematics when they stand in prose.
const DISPLAY_ENVIRONMENTS: [&str; 9] =
    ["equation", "align", "gather", "alignat", "eqnarray", "multline", "CD", "split", "displaymath"];

/// Prepares the body of an article. Cannot fail; suspicious places become warnings.
pub(super) fn prepare(body: &Excerpt, spellings: Spellings, diagnostics: &mut Vec<Diagnostic>) -> Prepared {
    let contained = containers::rewrite(body, spellings.foreign, diagnostics);
    scan(&contained, spellings, diagnostics)
}

/// Prepares a line of inline Markdown.
pub(super) fn prepare_line(line: &Excerpt, spellings: Spellings, diagnostics: &mut Vec<Diagnostic>) -> Prepared {
    scan(&Contained::none(line), spellings, diagnostics)
}

fn scan(input: &Contained, spellings: Spellings, diagnostics: &mut Vec<Diagnostic>) -> Prepared {
    let Contained { text: input, heads, containers } = input;
    let scanner = Scanner {
        input,
        text: &input.text,
        heads,
        spellings,
        prepared: Prepared {
            text: Excerpt::new(input.span),
            holes: Vec::new(),
            formulas: Vec::new(),
            containers: containers.clone(),
        },
        copied: 0,
        line: Line::at(&input.text, 0),
        layout: lines::Layout::default(),
        cursors: BTreeMap::new(),
        barrier: Cursor::default(),
        diagnostics,
    };
    scanner.run()
}

struct Scanner<'a> {
    input: &'a Excerpt,
    text: &'a str,
    /// Where containers begin, with their indices.
    heads: &'a BTreeMap<usize, usize>,
    spellings: Spellings,
    prepared: Prepared,
    /// Up to where the input has been copied.
    copied: usize,
    /// The line that was asked for last.
    line: Line,
    layout: lines::Layout,
    cursors: BTreeMap<String, Cursor>,
    barrier: Cursor,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// Remembers the answer to "where is the next one?" while the question moves forward.
#[derive(Debug, Default, Clone, Copy)]
struct Cursor {
    /// Questions from here on have been answered,
    known_from: usize,
    /// up to here (exclusive), with `answer`.
    known_to: usize,
    answer: Option<usize>,
}

impl Cursor {
    fn next(&mut self, from: usize, find: impl FnOnce(usize) -> Option<usize>) -> Option<usize> {
        if !(self.known_from..self.known_to).contains(&from) {
            self.answer = find(from);
            (self.known_from, self.known_to) = (from, self.answer.map_or(usize::MAX, |at| at + 1));
        }
        self.answer
    }
}

/// A delimiter found at its opening: what closes it and how it is typeset.
#[derive(Clone, Copy)]
struct Delimiter {
    open: usize,
    close: &'static str,
    display: bool,
}

impl Scanner<'_> {
    fn run(mut self) -> Prepared {
        let mut at = 0;
        while at < self.text.len() {
            at = self.block(at);
        }
        self.copy_to(self.text.len());
        self.prepared
    }

    /// Handles the block that begins with the line at `at`; returns where the next block begins.
    fn block(&mut self, at: usize) -> usize {
        let line = Line::at(self.text, at);
        if self.layout.enter(self.text, &line) == lines::Role::Text {
            if let Some(end) = lines::fence_end(self.text, &line) {
                return end;
            }
            if let Some(end) = lines::raw_html_end(self.text, &line) {
                return end;
            }
            return self.paragraph(&line);
        }
        line.end
    }

    /// Scans the text that begins with `first` up to the end of its paragraph, or further where a formula goes on.
    fn paragraph(&mut self, first: &Line) -> usize {
        let mut paragraph = Paragraph::new(self.text, first);
        let mut at = first.content;
        if let Some(&container) = self.heads.get(&at) {
            self.copy_to(at);
            self.copied = at + containers::MARK.len();
            self.stand_in(at..self.copied, Content::Container(container));
            at = self.copied;
        }
        while at < paragraph.end {
            let next = self.construct(at, &paragraph);
            if next > paragraph.end {
                // A display formula went past blank lines: what follows it on its last line belongs to this paragraph.
                let line = Line::around(self.text, next);
                paragraph = Paragraph::new(self.text, &Line { content: next, ..line });
            }
            at = next;
        }
        paragraph.end
    }

    /// Takes one construct (formula, code, tag, escape, or one character) at `at`; returns where it ends.
    fn construct(&mut self, at: usize, paragraph: &Paragraph) -> usize {
        let rest = &self.text[at..paragraph.end];
        let formula = match rest.as_bytes()[0] {
            b'\\' => self.backslash(at, paragraph),
            b'$' => self.dollar(at, paragraph),
            b'`' => return paragraph.code_span_end(at),
            b'<' => return self.html(at, paragraph.end),
            b'*' | b'~' => return self.emphasis(at, paragraph.end),
            _ => {
                // Step over everything that cannot begin a construct.
                let special = |b| matches!(b, b'\\' | b'$' | b'`' | b'<' | b'*' | b'~');
                let end = at + rest.bytes().position(special).unwrap_or(rest.len());
                return self.bare_urls(at, end, paragraph);
            }
        };
        if let Some(end) = self.reference(at) {
            return end;
        }
        if let Some((range, tex, display)) = formula {
            let end = range.end;
            self.take(range, tex, display);
            return end;
        }
        let step = rest.chars().nth(1).filter(|_| rest.starts_with('\\')).map_or(1, |c| 1 + c.len_utf8());
        if rest.starts_with("$$") { at + 2 } else { at + step }
    }

    /// A run of emphasis marks. CommonMark looks at the characters around it, and takes full-width punctuation before it
    /// for a reason not to close: in `**重要。**次` nothing would be bold. A stand-in for nothing between the two helps.
    fn emphasis(&mut self, at: usize, limit: usize) -> usize {
        let mark = self.text.as_bytes()[at];
        let end = at + self.text[at..limit.max(at + 1)].bytes().take_while(|&b| b == mark).count();
        let (before, after) = (self.text[..at].chars().next_back(), self.text[end..].chars().next());
        let (Some(before), Some(after)) = (before, after) else { return end };
        let is_letter = |c: char| !c.is_whitespace() && !cjk::is_punctuation(c);
        if cjk::is_cjk(before) || cjk::is_cjk(after) {
            let place = match (cjk::is_punctuation(before), cjk::is_punctuation(after)) {
                (true, false) if is_letter(after) => at,
                (false, true) if is_letter(before) => end,
                _ => return end,
            };
            self.copy_to(place);
            self.stand_in(place..place, Content::Nothing);
        }
        end
    }

    /// Takes the bare URLs that begin in `at..end`; returns where what was read ends.
    fn bare_urls(&mut self, mut at: usize, end: usize, paragraph: &Paragraph) -> usize {
        while at < end
            && let Some(start) = urls::find(self.text, at..end)
        {
            let limit = paragraph.limit(start);
            at = start + urls::length(&self.text[start..limit], paragraph.is_table);
            self.copy_to(start);
            self.copied = at;
            self.stand_in(start..at, Content::Url);
        }
        at.max(end)
    }

    /// Where the tag, comment or autolink at `at` ends, inline code elements included; one past `<` if it is none.
    fn html(&mut self, at: usize, limit: usize) -> usize {
        let rest = &self.text[at..limit.max(at + 1)];
        if rest.starts_with("<!--") {
            return self.next("-->", at).filter(|&end| end < limit).map_or(at + 1, |end| end + 3);
        }
        let Some(length) = lines::tag_length(rest) else { return at + 1 };
        let close = lines::raw_element(rest).map(|name| format!("</{name}>"));
        let end = close.and_then(|close| Some(self.next(&close, at).filter(|&end| end < limit)? + close.len()));
        end.unwrap_or(at + length)
    }

    fn backslash(&mut self, at: usize, paragraph: &Paragraph) -> Option<(Range<usize>, Range<usize>, bool)> {
        let rest = &self.text[at..];
        let delimiter = |open, close, display| Delimiter { open, close, display };
        let delimiter = if rest.starts_with(r"\(") {
            delimiter(2, r"\)", false)
        } else if rest.starts_with(r"\[") {
            delimiter(2, r"\]", true)
        } else if self.spellings.double_backslash && rest.starts_with(r"\\(") {
            delimiter(3, r"\\)", false)
        } else if self.spellings.double_backslash && rest.starts_with(r"\\[") {
            delimiter(3, r"\\]", true)
        } else {
            return self.environment(at);
        };
        let tex = self.enclosed(at, delimiter, paragraph)?;
        if reads_as_words(&self.text[tex.clone()]) {
            return None;
        }
        Some((at..tex.end + delimiter.close.len(), tex, delimiter.display))
    }

    /// `\begin{align} … \end{align}` in prose.
    fn environment(&mut self, at: usize) -> Option<(Range<usize>, Range<usize>, bool)> {
        let name = self.text[at..].strip_prefix(r"\begin{")?;
        let name = &name[..name.find('}').filter(|&end| end <= 12)?];
        if !DISPLAY_ENVIRONMENTS.contains(&name.trim_end_matches('*')) {
            return None;
        }
        let end = format!("\\end{{{name}}}");
        let close = self.next(&end, at).filter(|&close| close < self.scope_end(at));
        if close.is_none() && self.begins_its_line(at) {
            let open = at..at + r"\begin{}".len() + name.len();
            let help = format!("close it with `{end}` before the next heading or fence");
            self.warn_of_unclosed(open, help);
        }
        let range = at..close? + end.len();
        Some((range.clone(), range, true))
    }

    fn begins_its_line(&mut self, at: usize) -> bool {
        let content = self.line(at).content;
        self.text[content.min(at)..at].trim().is_empty()
    }

    /// What looks like the beginning of a display formula stays text, which the author should know.
    fn warn_of_unclosed(&mut self, open: Range<usize>, help: String) {
        let message = format!("`{}` opens a formula that is never closed", &self.text[open.clone()]);
        let span = self.input.span(open);
        self.diagnostics.push(Diagnostic::warning("math", span, message).help(help));
    }

    fn dollar(&mut self, at: usize, paragraph: &Paragraph) -> Option<(Range<usize>, Range<usize>, bool)> {
        let rest = &self.text[at..];
        if rest.starts_with("$$") {
            let tex = self.enclosed(at, Delimiter { open: 2, close: "$$", display: true }, paragraph)?;
            let range = at..tex.end + 2;
            let display = !(self.spellings.kramdown && paragraph.is_inside_a_sentence(self.text, &range));
            return Some((range, tex, display));
        }
        if rest.starts_with("$`") {
            let close = self.next("`$", at + 2).filter(|&close| close > at + 2 && close < paragraph.limit(at))?;
            return Some((at..close + 2, at + 2..close, false));
        }
        let close = paragraph.dollar_close(self.text, at, self.spellings.loose_dollar)?;
        let tex = at + 1..close;
        // `$5 | $6` is two cells and two prices; `$P(A|B)$` is one cell if the row has a bar more than it needs.
        let bars = lines::bars(&self.text[tex.clone()]);
        if paragraph.is_table && bars % 2 == 1 && bars > paragraph.surplus(at) {
            return None;
        }
        self.warn_of_currency(at..close + 1);
        Some((at..close + 1, tex, false))
    }

    /// The bytes between `delimiter` at `at` and what closes it, if that lies within reach and is not blank.
    fn enclosed(&mut self, at: usize, delimiter: Delimiter, paragraph: &Paragraph) -> Option<Range<usize>> {
        let start = at + delimiter.open;
        let line = self.line(at);
        let ends_its_line = self.text[start..line.end.max(start)].trim().is_empty();
        let begins_its_line = self.begins_its_line(at);
        let reach = if delimiter.display && (ends_its_line || begins_its_line) && !paragraph.is_table {
            self.scope_end(at)
        } else {
            paragraph.limit(at)
        };
        let close = self.next(delimiter.close, start).filter(|&close| close < reach);
        let found = close.filter(|&close| !self.text[start..close].trim().is_empty());
        if found.is_none() && delimiter.display && begins_its_line && ends_its_line {
            let close = delimiter.close;
            let mut help = format!("close it with `{close}` before the next heading or fence");
            if close == "$$" {
                help.push_str(", or write `\\$\\$` for two dollar signs");
            }
            self.warn_of_unclosed(at..start, help);
        }
        found.map(|close| start..close)
    }

    /// Where the next `needle` that is not escaped stands, at or after `from`.
    fn next(&mut self, needle: &str, from: usize) -> Option<usize> {
        let text = self.text;
        if !self.cursors.contains_key(needle) {
            self.cursors.insert(needle.to_owned(), Cursor::default());
        }
        let cursor = self.cursors.get_mut(needle)?;
        cursor.next(from, |from| {
            let mut at = from;
            loop {
                at += text[at..].find(needle)?;
                // `\\]` in a matrix is a line break and a bracket, `\$$` a dollar sign and half a delimiter.
                let escaped = text[..at].bytes().rev().take_while(|&b| b == b'\\').count() % 2 == 1;
                if !escaped {
                    return Some(at);
                }
                at += 1;
            }
        })
    }

    /// Where a display formula that begins at `at` must have ended: the next heading or fence, the end of its quote.
    fn scope_end(&mut self, at: usize) -> usize {
        let text = self.text;
        let barrier = self.barrier.next(at, |from| lines::next_barrier(text, from)).unwrap_or(text.len());
        let line = self.line(at);
        barrier.min(self.layout.quote_end(text, &line))
    }

    /// The line of `at`. A line may be as long as the text, so it is looked for once.
    fn line(&mut self, at: usize) -> Line {
        if !(self.line.start..self.line.end).contains(&at) {
            self.line = Line::around(self.text, at);
        }
        self.line
    }

    /// Puts a stand-in in the place of `range` and keeps the formula.
    fn take(&mut self, range: Range<usize>, tex: Range<usize>, display: bool) {
        self.copy_to(range.start);
        self.copied = range.end;
        let quotes = self.line(range.start).quotes;
        let tex = lines::without_quote_marks(self.input, tex, quotes);
        let place = self.prepared.text.text.len();
        let formula = Formula { place, ..Formula::new(tex, self.input.span(range.clone()), display) };
        self.prepared.formulas.push(formula);
        self.stand_in(range, Content::Formula(self.prepared.formulas.len() - 1));
    }

    /// `\ref{…}` or `\eqref{…}` in the text; returns where it ends.
    fn reference(&mut self, at: usize) -> Option<usize> {
        let rest = self.text[at..].strip_prefix('\\')?;
        let (inner, bare) = match rest.strip_prefix("eqref{") {
            Some(inner) => (inner, false),
            None => (rest.strip_prefix("ref{")?, true),
        };
        let end = inner.bytes().take(MAX_LABEL).position(|b| b == b'}' || b == b'\n')?;
        let length = Some(end).filter(|&end| end > 0 && inner[end..].starts_with('}'))?;
        let start = self.text.len() - inner.len();
        let label = inner[..length].trim().to_owned();
        let span = self.input.span(start..start + length);
        let range = at..start + length + 1;
        self.copy_to(at);
        self.copied = range.end;
        self.stand_in(range, Content::Reference { label, span, bare });
        Some(start + length + 1)
    }

    fn stand_in(&mut self, range: Range<usize>, content: Content) {
        let start = self.prepared.text.text.len();
        let stand_in = format!("{}{}{}", STAND_IN.0, self.prepared.holes.len(), STAND_IN.1);
        self.prepared.text.push_stand_in(&stand_in, self.input, range.clone());
        let typed = self.text[range].to_owned();
        self.prepared.holes.push(Hole { range: start..start + stand_in.len(), typed, content });
    }

    fn copy_to(&mut self, end: usize) {
        if self.copied < end {
            self.prepared.text.push_part(self.input, self.copied..end);
            self.copied = end;
        }
    }

    /// "costs $5 to $7" reads as the formula `5 to `; more true formulas end before a digit than prices do, so it is
    /// only said, not refused.
    fn warn_of_currency(&mut self, range: Range<usize>) {
        let digit = |at: usize| self.text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        if digit(range.start + 1) && digit(range.end) {
            let span = self.input.span(range);
            self.diagnostics.push(
                Diagnostic::warning("math", span, "two amounts of money were read as a formula")
                    .help("write `\\$` for a dollar sign"),
            );
        }
    }
}

/// `\(2\)`, `\[optional\]`: escaped brackets of ordinary text, not mathematics.
fn reads_as_words(text: &str) -> bool {
    let text = text.trim();
    let number = text.bytes().all(|b| b.is_ascii_digit() || b".,".contains(&b));
    let words = text.chars().all(|c| c.is_ascii_alphabetic() || " .,:;'\"/!?-".contains(c))
        && text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() > 4);
    number || words
}

/// What is known about a paragraph before its constructs are read.
struct Paragraph {
    start: usize,
    end: usize,
    is_table: bool,
    /// Where each paragraph line of a table ends; empty otherwise.
    row_ends: Vec<usize>,
    /// For each of these lines how many bars it has more than its table has borders between columns.
    surplus_bars: Vec<usize>,
    /// For each length of a run of back-ticks: where such runs begin.
    ticks: BTreeMap<usize, Vec<usize>>,
    /// `$` signs that can close a formula, with the brace group that each stands in, ascending.
    closers: BTreeMap<u32, Vec<usize>>,
    /// The brace group of each `$`, by position.
    groups: BTreeMap<usize, u32>,
}

impl Paragraph {
    fn new(text: &str, first: &Line) -> Paragraph {
        let (end, row_ends) = lines::paragraph_end(text, first);
        let surplus_bars = lines::surplus_bars(text, first, &row_ends);
        let mut paragraph = Paragraph {
            surplus_bars,
            start: first.content,
            end,
            is_table: !row_ends.is_empty(),
            row_ends,
            ticks: BTreeMap::new(),
            closers: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        paragraph.index(text);
        paragraph
    }

    fn index(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let (mut at, mut stack, mut made) = (self.start, vec![0u32], 0u32);
        while at < self.end {
            match bytes[at] {
                // Inside a code span a backslash escapes nothing, and a code span may end after one.
                b'\\' if bytes.get(at + 1) != Some(&b'`') => at += 1,
                b'{' => {
                    made += 1;
                    stack.push(made);
                }
                b'}' if stack.len() > 1 => {
                    stack.pop();
                }
                b'$' => {
                    let group = *stack.last().expect("the root group is never popped");
                    self.groups.insert(at, group);
                    self.closers.entry(group).or_default().push(at);
                }
                b'`' => {
                    let length = bytes[at..self.end].iter().take_while(|&&b| b == b'`').count();
                    self.ticks.entry(length).or_default().push(at);
                    at += length - 1;
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// How far a construct that begins at `at` may reach: to the end of the paragraph, or of its table row.
    fn limit(&self, at: usize) -> usize {
        let row = self.row_ends.partition_point(|&end| end <= at);
        self.row_ends.get(row).copied().unwrap_or(self.end)
    }

    /// How many bars the table row of `at` has more than it needs.
    fn surplus(&self, at: usize) -> usize {
        let row = self.row_ends.partition_point(|&end| end <= at);
        self.surplus_bars.get(row).copied().unwrap_or(0)
    }

    /// Where the code span that begins at `at` ends; past the back-ticks if nothing closes it.
    fn code_span_end(&self, at: usize) -> usize {
        let Some((length, starts)) = self.ticks.iter().find(|(_, starts)| starts.binary_search(&at).is_ok()) else {
            return at + 1;
        };
        let next = starts.partition_point(|&start| start <= at);
        starts.get(next).filter(|&&close| close < self.limit(at)).map_or(at + length, |close| close + length)
    }

    /// Where the single `$` at `open` is closed: the next `$` in the same brace group, or nothing. A space behind the
    /// opening needs `loose`; a space before the closing needs something that looks like TeX (`$v = $`), so that two
    /// prices stay prices.
    fn dollar_close(&self, text: &str, open: usize, loose: bool) -> Option<usize> {
        let group = self.groups.get(&open)?;
        let closers = self.closers.get(group)?;
        let next = closers.partition_point(|&close| close <= open);
        let limit = self.limit(open);
        // Braces that do not match are a mistake in a formula, to be shown as one.
        let in_group = closers.get(next).copied().filter(|&close| close < limit);
        let close = in_group.or_else(|| {
            let (&close, _) = self.groups.range(open + 1..limit).next()?;
            text[open..close].contains('\\').then_some(close)
        });
        let close = close.filter(|&close| close > open + 1)?;
        let tex = &text[open + 1..close];
        let before_word = text[close + 1..].starts_with(char::is_alphanumeric);
        match (tex.starts_with(char::is_whitespace), tex.ends_with(char::is_whitespace)) {
            (false, false) => Some(close),
            (false, true) => (looks_like_tex(tex) && !before_word).then_some(close),
            // Both on lines of their own.
            _ if tex.starts_with('\n') && tex.trim_end_matches([' ', '\t']).ends_with('\n') => {
                let own_line = text[..open].trim_end_matches([' ', '\t', '>']).ends_with('\n');
                (own_line && looks_like_tex(tex)).then_some(close)
            }
            (true, _) => (loose && looks_like_tex(tex) && !before_word).then_some(close),
        }
    }

    /// True if anything but space stands beside `range` in the paragraph.
    fn is_inside_a_sentence(&self, text: &str, range: &Range<usize>) -> bool {
        let before = &text[self.start.min(range.start)..range.start];
        let after = &text[range.end..self.end.max(range.end)];
        !before.trim().is_empty() || !after.trim().is_empty()
    }
}

/// Whether text between spaced dollar signs is more likely TeX than two prices.
fn looks_like_tex(text: &str) -> bool {
    text.contains(['\\', '^', '_', '=', '<', '>', '+', '{']) || text.trim().chars().count() == 1
}

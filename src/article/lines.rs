//! Lines as the block scan sees them: quote marks, list markers, fences, raw HTML, where a paragraph ends.

use std::cmp::Ordering;
use std::ops::Range;

use crate::source::Excerpt;

/// One line and the marks of the containers it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// First byte of the line.
    pub(super) start: usize,
    /// First byte that is neither space nor a quote mark; the end of the text on a blank line.
    pub(super) content: usize,
    /// One past the newline.
    pub(super) end: usize,
    /// Number of `>` before the content.
    pub(super) quotes: usize,
    /// Columns of space between the last quote mark and the content; a tab goes to the next multiple of 4.
    pub(super) indent: usize,
    /// Columns of space before the first quote mark; equal to `indent` without one.
    pub(super) lead: usize,
}

impl Line {
    /// The line that begins at `start`.
    pub(super) fn at(text: &str, start: usize) -> Line {
        let end = text[start..].find('\n').map_or(text.len(), |newline| start + newline + 1);
        let (mut content, mut quotes, mut indent, mut lead) = (start, 0, 0, None);
        for byte in text[start..end].bytes() {
            match byte {
                b' ' => indent += 1,
                b'\t' => indent += 4 - indent % 4,
                // However far in: a quote in a list stands where the list puts it.
                b'>' => {
                    lead = lead.or(Some(indent));
                    quotes += 1;
                    indent = 0;
                }
                _ => break,
            }
            content += 1;
        }
        // One space after a quote mark belongs to the mark.
        if quotes > 0 && indent > 0 {
            indent -= 1;
        }
        Line { start, content, end, quotes, indent, lead: lead.unwrap_or(indent) }
    }

    /// The line that contains the byte at `offset`.
    pub(super) fn around(text: &str, offset: usize) -> Line {
        Line::at(text, text[..offset].rfind('\n').map_or(0, |newline| newline + 1))
    }

    pub(super) fn text<'a>(&self, text: &'a str) -> &'a str {
        text[self.content..self.end].trim_end()
    }

    pub(super) fn is_blank(&self, text: &str) -> bool {
        self.text(text).is_empty()
    }
}

/// What a line is to the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing but space.
    Blank,
    /// Indented code.
    Code,
    /// Anything that can hold formulas or open a fence.
    Text,
}

/// Which list items the scan is in: enough to tell indented code from the content of a list.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The open list items: how many quote marks stand before them, and the column at which their contents begin.
    items: Vec<(usize, usize)>,
    in_text: bool,
    quote: Option<(usize, usize, usize)>,
}

impl Layout {
    /// Takes note of a line and says what it is.
    pub(super) fn enter(&mut self, text: &str, line: &Line) -> Role {
        if line.is_blank(text) {
            self.in_text = false;
            return Role::Blank;
        }
        let marker = list_marker(line.text(text));
        if !self.in_text || marker.is_some() {
            while self.items.last().is_some_and(|&item| !is_inside(line, item)) {
                self.items.pop();
            }
        }
        let base = self.items.last().filter(|item| item.0 == line.quotes).map_or(0, |item| item.1);
        if !self.in_text && line.indent >= base + 4 {
            return Role::Code;
        }
        if let Some(width) = marker {
            self.items.push((line.quotes, line.indent + width));
        }
        self.in_text = !is_heading(line.text(text));
        Role::Text
    }

    /// Where the quote that a line stands in ends; the end of the text outside quotes.
    pub(super) fn quote_end(&mut self, text: &str, line: &Line) -> usize {
        let at = line.start;
        if line.quotes == 0 {
            return text.len();
        }
        if let Some((quotes, start, end)) = self.quote
            && quotes == line.quotes
            && (start..end).contains(&at)
        {
            return end;
        }
        // A line without the mark goes on with the paragraph before it; only a blank one ends the quote.
        let belongs = |next: &Line| next.quotes >= line.quotes || !next.is_blank(text);
        let mut next = *line;
        while belongs(&next) && next.end < text.len() {
            next = Line::at(text, next.end);
        }
        let end = if belongs(&next) { text.len() } else { next.start };
        self.quote = Some((line.quotes, at, end));
        end
    }
}

/// Whether a line can belong to a list item. Of the marks of a nested quote only the first one's column is known.
fn is_inside(line: &Line, (quotes, column): (usize, usize)) -> bool {
    match line.quotes.cmp(&quotes) {
        Ordering::Less => false,
        Ordering::Equal => line.indent >= column,
        Ordering::Greater => quotes > 0 || line.lead >= column,
    }
}

/// Columns from the start of a list marker (or of a block whose content is indented by four) to its content.
fn list_marker(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match text.as_bytes().get(digits)? {
        b'-' | b'*' | b'+' if digits == 0 => 1,
        // A definition.
        b':' if digits == 0 && text[1..].starts_with("  ") => 1,
        b'.' | b')' if (1..=9).contains(&digits) => digits + 1,
        _ => {
            return text.starts_with("[^").then_some(4);
        }
    };
    let space = text.as_bytes()[mark..].iter().copied().take_while(|&b| b == b' ').count();
    match space {
        0 if text.len() > mark => None,
        0 | 5.. => Some(mark + 1),
        _ => Some(mark + space),
    }
}

fn is_heading(text: &str) -> bool {
    let level = text.bytes().take_while(|&b| b == b'#').count();
    (1..=6).contains(&level) && text[level..].chars().next().is_none_or(|c| c == ' ' || c == '\t')
}

/// The character and length of the fence that a line opens.
pub(super) fn fence(text: &str) -> Option<(u8, usize)> {
    let mark = *text.as_bytes().first().filter(|b| b"`~".contains(b))?;
    let length = text.bytes().take_while(|&b| b == mark).count();
    let opens = length >= 3 && (mark == b'~' || !text[length..].contains('`'));
    opens.then_some((mark, length))
}

/// The same for a fence that may stand directly behind a list marker.
pub(super) fn opening_fence(content: &str) -> Option<(u8, usize)> {
    let behind = list_marker(content).and_then(|width| content.get(width..)).unwrap_or(content);
    fence(content).or_else(|| fence(behind.trim_start()))
}

/// If `line` opens a fenced code block: where that block ends (one past its closing line).
pub(super) fn fence_end(text: &str, line: &Line) -> Option<usize> {
    let (mark, length) = opening_fence(line.text(text))?;
    let mut at = line.end;
    while at < text.len() {
        let next = Line::at(text, at);
        if next.quotes < line.quotes {
            return Some(next.start);
        }
        let content = next.text(text);
        let closes = content.bytes().all(|b| b == mark) && content.len() >= length;
        at = next.end;
        if closes {
            break;
        }
    }
    Some(at)
}

/// Elements whose content is not Markdown and not mathematics.
const RAW_ELEMENTS: [&str; 5] = ["script", "style", "pre", "textarea", "code"];

/// If `line` begins raw HTML that lasts to a closing tag or comment end: where the line after that begins.
pub(super) fn raw_html_end(text: &str, line: &Line) -> Option<usize> {
    let content = line.text(text);
    let close = if content.starts_with("<!--") {
        "-->".to_owned()
    } else {
        let name = content.strip_prefix('<')?;
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        let name = RAW_ELEMENTS[..4].iter().find(|raw| raw.eq_ignore_ascii_case(name))?;
        format!("</{name}")
    };
    let end = find_ignoring_case(&text[line.content..], &close).map_or(text.len(), |at| line.content + at);
    Some(Line::around(text, end).end.max(line.end))
}

/// The name of the element that a tag opens, if its content is not Markdown and not mathematics. Only small letters: an
/// author who types `<CODE>` is rare, and the search for its end has to be fast.
pub(super) fn raw_element(tag: &str) -> Option<&'static str> {
    let name = tag.strip_prefix('<')?;
    RAW_ELEMENTS.into_iter().find(|raw| {
        name.strip_prefix(raw).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))
    })
}

/// Length of the open tag, closing tag or autolink at the start of `text`. A tag is at most 4 kB long.
pub(super) fn tag_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let second = *bytes.get(1)?;
    if !second.is_ascii_alphabetic() && second != b'/' {
        return None;
    }
    let mut quote = None;
    for (at, &byte) in bytes.iter().enumerate().take(4096).skip(1) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') if bytes[at - 1] == b'=' => quote = Some(byte),
            // Not part of a tag: `a <b and $c$ > d`.
            (None, b'<' | b'$' | b'`' | b'\\') => return None,
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes().windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}

/// Where the paragraph that begins on `first` ends, and where the rows end if it is a table.
pub(super) fn paragraph_end(text: &str, first: &Line) -> (usize, Vec<usize>) {
    let mut line = *first;
    let (mut ends, mut is_table) = (vec![line.end], false);
    while line.end < text.len() && !is_heading(line.text(text)) {
        let next = Line::at(text, line.end);
        let content = next.text(text);
        let interrupts = content.is_empty()
            || is_heading(content)
            || fence(content).is_some()
            || list_marker(content).is_some()
            || next.quotes > first.quotes;
        if interrupts {
            break;
        }
        is_table |= is_delimiter_row(content);
        line = next;
        ends.push(line.end);
    }
    (line.end, if is_table { ends } else { Vec::new() })
}

/// `|---|:--:|`: the row that makes a table of the lines around it.
fn is_delimiter_row(text: &str) -> bool {
    text.contains('-') && text.contains('|') && text.bytes().all(|b| b"|-: \t".contains(&b))
}

/// For each row of a table how many bars it has more than borders between and around its cells.
pub(super) fn surplus_bars(text: &str, first: &Line, row_ends: &[usize]) -> Vec<usize> {
    let starts = std::iter::once(first.content).chain(row_ends.iter().copied());
    let rows: Vec<&str> = starts.take(row_ends.len()).map(|start| Line::around(text, start).text(text)).collect();
    let inner = |row: &str| row.trim().trim_start_matches('|').trim_end_matches('|').matches('|').count();
    let borders = rows.iter().find(|row| is_delimiter_row(row)).map_or(0, |row| inner(row));
    rows.iter()
        .map(|row| {
            let row = row.trim();
            let outer = usize::from(row.starts_with('|'))
                + usize::from(row.len() > 1 && row.ends_with('|') && !row.ends_with("\\|"));
            bars(row).saturating_sub(borders + outer)
        })
        .collect()
}

/// How many bars there are that no backslash escapes.
pub(super) fn bars(text: &str) -> usize {
    text.replace(r"\|", "").matches('|').count()
}

/// The next line at or after the line of `from` that no formula reaches across: a heading or a fence.
pub(super) fn next_barrier(text: &str, from: usize) -> Option<usize> {
    let mut at = Line::around(text, from).end;
    while at < text.len() {
        let line = Line::at(text, at);
        let content = line.text(text);
        if is_heading(content) || fence(content).is_some() {
            return Some(line.start);
        }
        at = line.end;
    }
    None
}

/// `range` of `input` without the quote marks at the beginnings of its lines. Other indentation stays as typed.
pub(super) fn without_quote_marks(input: &Excerpt, range: Range<usize>, quotes: usize) -> Excerpt {
    if quotes == 0 || !input.text[range.clone()].contains('\n') {
        return input.part(range);
    }
    let mut excerpt = Excerpt::new(input.span(range.clone()));
    let mut at = range.start;
    while at < range.end {
        let line = Line::around(&input.text, at);
        let start = if at == range.start { at } else { behind_quote_marks(&input.text, &line, quotes) };
        let end = line.end.min(range.end);
        excerpt.push_part(input, start.min(end)..end);
        at = line.end;
    }
    excerpt
}

/// The first byte behind up to `quotes` quote marks; one space after a mark belongs to it.
fn behind_quote_marks(text: &str, line: &Line, quotes: usize) -> usize {
    let mut behind = line.start;
    let mut seen = 0;
    for (offset, byte) in text[line.start..line.end].bytes().enumerate() {
        match byte {
            b'>' if seen < quotes => {
                seen += 1;
                behind = line.start + offset + 1;
            }
            b' ' if behind == line.start + offset && seen > 0 => behind += 1,
            b' ' => {}
            _ => break,
        }
    }
    behind
}

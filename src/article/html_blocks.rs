//! Markdown in HTML: `<div markdown>`, as Python-Markdown's `md_in_html` has it.
//!
//! To CommonMark an HTML element goes on to the next blank line, and Markdown is read behind that. So a blank line of
//! ours goes behind each tag with the attribute, and the attribute, which HTML does not know, is taken off. Everything
//! else stays as typed, with its origin.

use std::ops::Range;

use super::lines::{self, Line};
use crate::source::Excerpt;

/// Opens the elements of `input` that ask for it.
pub(super) fn open(input: Excerpt) -> Excerpt {
    if !input.text.contains(" markdown") {
        return input;
    }
    let mut opener = Opener { input: &input, out: Excerpt::new(input.span), copied: 0, open: Vec::new() };
    let mut at = 0;
    while at < input.text.len() {
        let line = Line::at(&input.text, at);
        let code_end = lines::opening_fence(line.text(&input.text)).and_then(|_| lines::fence_end(&input.text, &line));
        at = code_end.unwrap_or(line.end);
        if code_end.is_none() {
            opener.line(&line);
        }
    }
    opener.copy_to(input.text.len());
    opener.out
}

struct Opener<'a> {
    input: &'a Excerpt,
    out: Excerpt,
    /// Up to where the input has been copied.
    copied: usize,
    /// The names of the open elements with Markdown in them.
    open: Vec<&'a str>,
}

impl Opener<'_> {
    fn line(&mut self, line: &Line) {
        let text = &self.input.text;
        let content = line.text(text);
        let Some(rest) = content.strip_prefix('<') else { return };
        if let Some(name) =
            self.open.last().filter(|name| rest.strip_prefix('/').is_some_and(|r| r.starts_with(**name)))
        {
            let closed = name.len() + 3 >= content.len();
            self.open.pop();
            // What follows an element that was Markdown is Markdown again.
            if closed {
                self.blank_line(line);
            }
            return;
        }
        let tag = lines::tag_length(content).unwrap_or(0);
        if let Some(attribute) = attribute(&content[..tag]) {
            self.copy_to(line.content + attribute.start);
            self.copied = line.content + attribute.end;
            let name = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or("");
            let inner = &content[tag..];
            let close = format!("</{name}>");
            if is_inline(name) {
                return;
            }
            if let Some(words) = inner.strip_suffix(close.as_str()).filter(|words| !words.starts_with('<')) {
                // All on one line.
                if !words.trim().is_empty() {
                    self.break_at(line.content + tag, line);
                    self.break_at(line.content + tag + words.len(), line);
                }
                return self.blank_line(line);
            }
            if !inner.ends_with(close.as_str()) {
                self.open.push(name);
            }
            if !inner.trim().is_empty() && !inner.trim_start().starts_with('<') {
                self.break_at(line.content + tag, line);
            } else {
                self.blank_line(line);
            }
        } else if !self.open.is_empty() && content.ends_with('>') {
            // `<summary>…</summary>` before what it folds.
            let next = Line::at(text, line.end.min(text.len()));
            if !next.text(text).starts_with('<') {
                self.blank_line(line);
            }
        }
    }

    /// A blank line behind `line`.
    fn blank_line(&mut self, line: &Line) {
        self.copy_to(line.end);
        if !self.out.text.ends_with('\n') {
            self.ours("\n", line.end);
        }
        let blank = " ".repeat(line.lead.min(3)) + &"> ".repeat(line.quotes);
        self.ours(&(blank.trim_end().to_owned() + "\n"), line.end);
    }

    /// Ends the line at `at` with a blank one, and goes on with what stands there.
    fn break_at(&mut self, at: usize, line: &Line) {
        self.copy_to(at);
        let margin = " ".repeat(if line.quotes > 0 { line.lead } else { line.indent }) + &"> ".repeat(line.quotes);
        self.ours(&format!("\n{}\n{margin}", margin.trim_end()), at);
    }

    fn ours(&mut self, text: &str, at: usize) {
        self.out.push_stand_in(text, self.input, at..at);
    }

    fn copy_to(&mut self, end: usize) {
        if self.copied < end {
            self.out.push_part(self.input, self.copied..end);
            self.copied = end;
        }
    }
}

/// Where the attribute `markdown`, `markdown="1"` or the like stands in a tag, with the space before it.
fn attribute(tag: &str) -> Option<Range<usize>> {
    let at = tag.match_indices(" markdown").map(|(at, _)| at).find(|at| {
        let before = &tag[..*at];
        let in_quotes = before.matches('"').count() % 2 == 1;
        !in_quotes && tag[at + 9..].starts_with(['=', '>', ' ', '/'])
    })?;
    let value = &tag[at + 9..];
    let length = match value.strip_prefix('=') {
        None => 0,
        Some(rest) => match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].find(quote)? + 3,
            _ => rest.find([' ', '>', '/'])? + 1,
        },
    };
    Some(at..at + 9 + length)
}

/// Elements that hold no blocks.
fn is_inline(name: &str) -> bool {
    const NAMES: [&str; 14] =
        ["p", "span", "a", "b", "i", "em", "strong", "small", "summary", "td", "th", "figcaption", "h1", "h2"];
    NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn elements_are_opened() {
        for (text, expected) in [
            ("<div markdown>\n*a*\n</div>\nb\n", "<div>\n\n*a*\n</div>\n\nb\n"),
            ("<div class=\"x\" markdown=\"1\">\n\n*a*\n\n</div>\n", "<div class=\"x\">\n\n\n*a*\n\n</div>\n\n"),
            ("<div markdown=1>*a*</div>\n", "<div>\n\n*a*\n\n</div>\n\n"),
            (
                "<figure markdown=\"span\">\n  ![a](b)\n  <figcaption>c</figcaption>\n</figure>\n",
                "<figure>\n\n  ![a](b)\n  <figcaption>c</figcaption>\n</figure>\n\n",
            ),
            (
                "<details markdown><summary>s</summary>\n*a*\n</details>",
                "<details><summary>s</summary>\n\n*a*\n</details>\n\n",
            ),
            (
                "<details markdown>\n<summary>s</summary>\n*a*\n</details>\n",
                "<details>\n\n<summary>s</summary>\n\n*a*\n</details>\n\n",
            ),
            ("> <div markdown>\n> *a*\n> </div>\n", "> <div>\n>\n> *a*\n> </div>\n>\n"),
            ("```\n<div markdown>\n```\n", "```\n<div markdown>\n```\n"),
            ("<div title=\"a markdown\">\n", "<div title=\"a markdown\">\n"),
            ("<p markdown>a</p>\n", "<p>a</p>\n"),
        ] {
            let source = Sources::default().add("a.md", text);
            assert_eq!(open(Excerpt::slice(&source, 0..text.len())).text, expected, "{text}");
        }
    }
}

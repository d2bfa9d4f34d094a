//! The words of an info string: where each begins and ends. Every byte is looked at once or twice.

use std::ops::Range;

/// A word, as byte ranges of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// `rust`, `.python`, `#id`.
    Bare(Range<usize>),
    /// `title="x"`, `linenums=1`, `hl_lines=[2,"4-5"]`.
    Pair { name: Range<usize>, value: Quoted },
    /// `"x"`.
    Quoted(Quoted),
    /// `{…}`: what is between the braces.
    Group(Range<usize>),
    /// `[…]`: what is between the brackets.
    Bracketed(Range<usize>),
}

/// A value without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quoted {
    /// Its place.
    pub(super) range: Range<usize>,
    /// False if it began with a quote that nothing closes.
    pub(super) closed: bool,
}

impl Quoted {
    /// The value; `\"` is `"`, and `\\` is `\`.
    pub(super) fn unescaped(&self, text: &str) -> String {
        let (mut value, mut escaped) = (String::new(), false);
        for c in text[self.range.clone()].chars() {
            if c == '\\' && !escaped {
                escaped = true;
                continue;
            }
            if escaped && !matches!(c, '"' | '\'' | '\\') {
                value.push('\\');
            }
            value.push(c);
            escaped = false;
        }
        if escaped {
            value.push('\\');
        }
        value
    }
}

/// The words of `text` in `range`.
pub(super) fn words(text: &str, range: Range<usize>) -> Vec<Word> {
    let mut scanner = Scanner { text, at: range.start, end: range.end };
    let mut words = Vec::new();
    while let Some(word) = scanner.word() {
        words.push(word);
    }
    words
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Steps over characters while `wanted` holds; their range.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> Range<usize> {
        let start = self.at;
        let length = self.rest().find(|c| !wanted(c)).unwrap_or(self.end - self.at);
        self.at += length;
        start..self.at
    }

    fn word(&mut self) -> Option<Word> {
        self.take_while(|c| c.is_whitespace() || c == ',');
        match self.peek()? {
            '{' => Some(Word::Group(self.enclosed('{', '}'))),
            '[' => Some(Word::Bracketed(self.enclosed('[', ']'))),
            quote @ ('"' | '\'') => Some(Word::Quoted(self.quoted(quote))),
            _ => Some(self.bare_or_pair()),
        }
    }

    fn bare_or_pair(&mut self) -> Word {
        // The first character is part of the word whatever it is (`}`, `=html`), so that every step goes forward.
        let start = self.at;
        self.at += self.peek().map_or(0, char::len_utf8);
        self.take_while(|c| !c.is_whitespace() && !matches!(c, ',' | '=' | '{'));
        let name = start..self.at;
        let after = self.at;
        self.take_while(char::is_whitespace);
        if self.peek() != Some('=') {
            self.at = after;
            return Word::Bare(name);
        }
        self.at += 1;
        self.take_while(char::is_whitespace);
        let value = match self.peek() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            Some('{') => Quoted { range: self.enclosed('{', '}'), closed: true },
            Some('[') => Quoted { range: self.enclosed('[', ']'), closed: true },
            _ => Quoted { range: self.bare_value(&name), closed: true },
        };
        Word::Pair { name, value }
    }

    /// A value without quotes. Lines may go on behind spaces, as in Zola's `hl_lines=1 3-5`.
    fn bare_value(&mut self, name: &Range<usize>) -> Range<usize> {
        let mut value = self.take_while(|c| !c.is_whitespace() && c != ',');
        if self.text[name.clone()].ends_with("_lines") {
            loop {
                let before = self.at;
                self.take_while(|c| c.is_whitespace() || c == ',');
                let more = self.take_while(|c| c.is_ascii_digit() || c == '-');
                if more.is_empty() || self.peek().is_some_and(|c| !c.is_whitespace() && c != ',') {
                    self.at = before;
                    break;
                }
                value.end = more.end;
            }
        }
        value
    }

    fn quoted(&mut self, quote: char) -> Quoted {
        self.at += quote.len_utf8();
        let start = self.at;
        let mut escaped = false;
        for (offset, c) in self.rest().char_indices() {
            match c {
                '\\' if !escaped => escaped = true,
                c if c == quote && !escaped => {
                    self.at = start + offset + quote.len_utf8();
                    return Quoted { range: start..start + offset, closed: true };
                }
                _ => escaped = false,
            }
        }
        self.at = self.end;
        Quoted { range: start..self.end, closed: false }
    }

    /// Between brackets, which may be nested and may hold quotes; up to the end if nothing closes them.
    fn enclosed(&mut self, open: char, close: char) -> Range<usize> {
        let start = self.at + open.len_utf8();
        let (mut depth, mut quote) = (0, None);
        for (offset, c) in self.rest().char_indices() {
            match (quote, c) {
                (Some(inner), c) if inner == c => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (None, c) if c == open => depth += 1,
                (None, c) if c == close => {
                    depth -= 1;
                    if depth == 0 {
                        let end = self.at + offset;
                        self.at = end + close.len_utf8();
                        return start..end;
                    }
                }
                _ => {}
            }
        }
        self.at = self.end;
        start..self.end
    }
}

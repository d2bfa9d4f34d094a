//! TeX as text: tokens with byte offsets, groups and environments, without an engine.
//!
//! Everything that must be known about a formula before it is typeset is read here: which labels and tags it has and
//! on which rows, what it refers to, which commands it defines for the rest of its page ([`outline()`]), and how it
//! reads as plain text ([`plain()`]). The module sits below `article` and `math` and knows neither.
//!
//! One invariant holds for all of it: any text is read in one pass, in time linear in its length and without
//! recursion on its nesting, so an author's slip (or a megabyte of `{`) cannot stop a build.

use std::ops::Range;

mod outline;
mod plain;
mod symbols;

pub use outline::{Definition, Label, Numbering, Outline, Reference, Row, Tag, outline, prelude};
pub(crate) use outline::{Structure, read as read_structure};
pub use plain::plain;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A control word such as `\alpha`, without the spaces after it.
    Word,
    /// A control symbol such as `\,`, `\{` or `\\`.
    Symbol,
    /// `{`
    Open,
    /// `}`
    Close,
    /// `&`
    Align,
    /// `^`
    Superscript,
    /// `_`
    Subscript,
    /// `$`
    Dollar,
    /// `#`
    Parameter,
    /// White space, any amount.
    Space,
    /// A `%` comment with its line end.
    Comment,
    /// `\verb` with everything that it quotes.
    Verbatim,
    /// Any other character.
    Character,
}

/// One token and the bytes that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    start: u32,
    end: u32,
    partner: u32,
}

/// No partner: an unbalanced brace, or a token that is none.
const ALONE: u32 = u32::MAX;

impl Token {
    /// Its first byte.
    #[must_use]
    pub fn start(&self) -> usize {
        self.start as usize
    }

    /// One past its last byte.
    #[must_use]
    pub fn end(&self) -> usize {
        self.end as usize
    }

    /// The number of the brace that balances this one.
    #[must_use]
    pub fn partner(&self) -> Option<usize> {
        (self.partner != ALONE).then_some(self.partner as usize)
    }
}

/// The argument of a command: a group without its braces, or one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// Its bytes, without braces or brackets.
    pub inner: Range<usize>,
    /// Its tokens, without braces or brackets.
    pub tokens: Range<usize>,
    /// The number of the first token after it.
    pub next: usize,
}

/// A text cut into tokens, its braces paired.
#[derive(Debug, Clone)]
pub struct Tex<'a> {
    /// The text.
    pub text: &'a str,
    /// Its tokens; together they cover every byte.
    pub tokens: Vec<Token>,
}

impl<'a> Tex<'a> {
    /// Cuts a text into tokens. Never fails: what is unbalanced stays without a partner.
    #[must_use]
    pub fn read(text: &'a str) -> Tex<'a> {
        let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 2 + 1);
        let mut open = Vec::new();
        let mut position = 0;
        while position < text.len() {
            let (kind, length) = token_at(&text[position..]);
            let mut token = Token { kind, start: position as u32, end: (position + length) as u32, partner: ALONE };
            let number = tokens.len();
            match kind {
                Kind::Open => open.push(number),
                Kind::Close => {
                    if let Some(other) = open.pop() {
                        token.partner = other as u32;
                        tokens[other].partner = number as u32;
                    }
                }
                _ => {}
            }
            tokens.push(token);
            position += length;
        }
        Tex { text, tokens }
    }

    /// The text of the token with this number; empty past the end.
    #[must_use]
    pub fn str(&self, number: usize) -> &'a str {
        self.tokens.get(number).map_or("", |token| &self.text[token.start()..token.end()])
    }

    /// The number of the first token from `number` on that is neither white space nor a comment.
    #[must_use]
    pub fn skip_space(&self, mut number: usize) -> usize {
        while let Some(Token { kind: Kind::Space | Kind::Comment, .. }) = self.tokens.get(number) {
            number += 1;
        }
        number
    }

    /// The required argument that starts at or after token `number`: a group or a single token.
    #[must_use]
    pub fn argument(&self, number: usize) -> Option<Argument> {
        let first = self.skip_space(number);
        let token = self.tokens.get(first)?;
        match token.kind {
            Kind::Open => self.group(first),
            Kind::Close | Kind::Align => None,
            _ => Some(Argument { inner: token.start()..token.end(), tokens: first..first + 1, next: first + 1 }),
        }
    }

    /// The group whose opening brace is token `number`.
    #[must_use]
    pub fn group(&self, number: usize) -> Option<Argument> {
        let open = self.tokens.get(number).filter(|token| token.kind == Kind::Open)?;
        let close = open.partner()?;
        Some(Argument { inner: open.end()..self.tokens[close].start(), tokens: number + 1..close, next: close + 1 })
    }

    /// The braced argument that starts at or after token `number`.
    #[must_use]
    pub fn braced(&self, number: usize) -> Option<Argument> {
        self.group(self.skip_space(number))
    }

    /// The optional argument `[…]` that starts at or after token `number`; it ends at the first `]` outside braces
    /// and may not be longer than a few hundred tokens.
    #[must_use]
    pub fn bracketed(&self, number: usize) -> Option<Argument> {
        let first = self.skip_space(number);
        if self.str(first) != "[" {
            return None;
        }
        let mut at = first + 1;
        while at < first + 300 {
            let token = self.tokens.get(at)?;
            match token.kind {
                Kind::Open => at = token.partner()?,
                Kind::Close => return None,
                Kind::Character if self.str(at) == "]" => {
                    let inner = self.tokens[first].end()..token.start();
                    return Some(Argument { inner, tokens: first + 1..at, next: at + 1 });
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The name in `\begin{name}` or `\end{name}` when token `number` is the command.
    #[must_use]
    pub fn environment_name(&self, number: usize) -> Option<(&'a str, Argument)> {
        let argument = self.braced(number + 1)?;
        Some((self.text[argument.inner.clone()].trim(), argument))
    }
}

/// The kind and the length in bytes of the first token of a text that is not empty.
fn token_at(rest: &str) -> (Kind, usize) {
    let bytes = rest.as_bytes();
    match bytes[0] {
        b'\\' => command_at(rest),
        b'{' => (Kind::Open, 1),
        b'}' => (Kind::Close, 1),
        b'&' => (Kind::Align, 1),
        b'^' => (Kind::Superscript, 1),
        b'_' => (Kind::Subscript, 1),
        b'$' => (Kind::Dollar, 1),
        b'#' => (Kind::Parameter, 1),
        b'%' => (Kind::Comment, rest.find('\n').map_or(rest.len(), |newline| newline + 1)),
        b' ' | b'\t' | b'\r' | b'\n' => {
            (Kind::Space, bytes.iter().take_while(|byte| b" \t\r\n".contains(byte)).count())
        }
        _ => (Kind::Character, rest.chars().next().map_or(1, char::len_utf8)),
    }
}

fn command_at(rest: &str) -> (Kind, usize) {
    if let Some(length) = verbatim_length(rest) {
        return (Kind::Verbatim, length);
    }
    let letters = rest.bytes().skip(1).take_while(|byte| byte.is_ascii_alphabetic() || *byte == b'@').count();
    if letters > 0 {
        return (Kind::Word, 1 + letters);
    }
    (Kind::Symbol, 1 + rest[1..].chars().next().map_or(0, char::len_utf8))
}

/// The length of `\verb|…|` or `\verb*|…|`, which must end on its line.
fn verbatim_length(rest: &str) -> Option<usize> {
    let quoted = rest.strip_prefix("\\verb")?;
    let quoted = quoted.strip_prefix('*').unwrap_or(quoted);
    let delimiter = quoted.chars().next().filter(|c| !c.is_ascii_alphabetic() && !c.is_whitespace())?;
    let body = &quoted[delimiter.len_utf8()..];
    let line = body.lines().next()?;
    let end = line.find(delimiter)?;
    Some(rest.len() - body.len() + end + delimiter.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let tex = Tex::read(text);
        (0..tex.tokens.len()).map(|number| tex.str(number)).collect()
    }

    #[test]
    fn tokens_cover_the_text() {
        let text = "\\frac  {a_1}\\\\[2pt]% note\n場合\\verb|{|\\,";
        assert_eq!(cut(text).concat(), text);
        assert_eq!(
            cut(text),
            [
                "\\frac",
                "  ",
                "{",
                "a",
                "_",
                "1",
                "}",
                "\\\\",
                "[",
                "2",
                "p",
                "t",
                "]",
                "% note\n",
                "場",
                "合",
                "\\verb|{|",
                "\\,"
            ]
        );
        assert_eq!(cut("\\"), ["\\"]);
    }

    #[test]
    fn braces_are_paired_and_arguments_found() {
        let tex = Tex::read("\\a {b{c}} [x{]}] }{");
        let argument = tex.braced(1).unwrap();
        assert_eq!(&tex.text[argument.inner.clone()], "b{c}");
        let option = tex.bracketed(argument.next).unwrap();
        assert_eq!(&tex.text[option.inner], "x{]}");
        assert_eq!(tex.tokens.last().unwrap().partner(), None);
    }
}

//! A formula as a tree: fractions, roots, fences, environments, and between them letters and signs.
//!
//! What only spaces, colours or numbers a formula is left out here; different spellings of one sign become one. Groups
//! that are no argument are opened, because that is how a formula looks on the page: `{a+b}c` reads a + bc.

use std::ops::Range;

use super::expand::Token;
use super::names;
use super::{Error, error};
use crate::function::expression::Relation;
use crate::tex::Kind as TokenKind;

/// Fences, groups and environments may be nested this deep.
const MOST_NESTING: u32 = 40;

/// A part of a formula and its bytes in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
}

/// What a part of a formula is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A letter, a digit, an operator or a bracket; ASCII where there is an ASCII form.
    Char(char),
    /// A command that is left as it is, without its backslash.
    Command(String),
    /// Upright letters: a name, or words.
    Word(String),
    /// A comparison.
    Relation(Relation),
    /// `\in`, or `\notin` (false).
    In(bool),
    /// `{,}`: a comma that is part of a number.
    NumberComma,
    /// The argument in braces of the command before it.
    Group(Vec<Item>),
    Superscript(Vec<Item>),
    Subscript(Vec<Item>),
    Fraction(Vec<Item>, Vec<Item>),
    /// Degree and radicand.
    Root(Option<Vec<Item>>, Vec<Item>),
    /// `\binom`
    Binomial(Vec<Item>, Vec<Item>),
    /// `\left … \right`: what opens, what closes, what is inside. Nothing is `.`.
    Fence(String, String, Vec<Item>),
    /// An environment: its name and its rows of cells.
    Environment(String, Vec<Vec<Vec<Item>>>),
    /// `\mathbb{1}` and its like.
    Indicator,
    /// `\mathbb{R}` and its like.
    Set(char),
    /// `&`
    Align,
    /// `\\`
    NewRow,
    /// `\quad` or wider.
    Quad,
}

impl Item {
    pub(crate) fn is_char(&self, wanted: char) -> bool {
        self.kind == Kind::Char(wanted)
    }

    pub(crate) fn is_command(&self, wanted: &str) -> bool {
        matches!(&self.kind, Kind::Command(name) if name == wanted)
    }
}

/// Where a list of items begins and ends in the formula.
pub(crate) fn range_of(items: &[Item], otherwise: Range<usize>) -> Range<usize> {
    match (items.first(), items.last()) {
        (Some(first), Some(last)) => first.range.start..last.range.end.max(first.range.end),
        _ => otherwise,
    }
}

/// Builds the tree.
pub(crate) fn read(tokens: &[Token]) -> Result<Vec<Item>, Error> {
    let mut reader = Reader { tokens, at: 0, nesting: 0 };
    let items = reader.sequence()?;
    match reader.tokens.get(reader.at) {
        None => Ok(items),
        Some(token) => Err(error(token.range.clone(), format!("`{}` closes nothing", token.text), "")),
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    nesting: u32,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|token| token.kind == TokenKind::Space) {
            self.at += 1;
        }
    }

    fn end(&self) -> Range<usize> {
        self.tokens.last().map_or(0..0, |last| last.range.clone())
    }

    /// Items up to the end, or up to a brace, `\right` or `\end` that closes something around them.
    fn sequence(&mut self) -> Result<Vec<Item>, Error> {
        self.nesting += 1;
        if self.nesting > MOST_NESTING {
            let range = self.peek().map_or_else(|| self.end(), |token| token.range.clone());
            return Err(error(
                range,
                format!("nested more than {MOST_NESTING} levels deep"),
                "define parts of it as functions",
            ));
        }
        let mut items: Vec<Item> = Vec::new();
        while let Some(token) = self.peek() {
            let closes = token.kind == TokenKind::Close || matches!(token.text.as_str(), "\\right" | "\\end");
            if closes {
                break;
            }
            if matches!(token.text.as_str(), "\\over" | "\\choose" | "\\atop") {
                self.at += 1;
                let below = self.sequence()?;
                let range = range_of(&items, token.range.clone()).start..range_of(&below, token.range.clone()).end;
                let above = std::mem::take(&mut items);
                let kind = match token.text.as_str() {
                    "\\over" => Kind::Fraction(above, below),
                    "\\choose" => Kind::Binomial(above, below),
                    _ => return Err(error(token.range.clone(), "`\\atop` is no operation", "")),
                };
                items = vec![Item { kind, range }];
                break;
            }
            self.item(&mut items)?;
        }
        self.nesting -= 1;
        Ok(joined(items))
    }

    /// Reads what begins at the next token.
    fn item(&mut self, items: &mut Vec<Item>) -> Result<(), Error> {
        let Some(token) = self.peek() else { return Ok(()) };
        self.at += 1;
        let range = token.range.clone();
        match token.kind {
            TokenKind::Space | TokenKind::Comment => {}
            TokenKind::Align => items.push(Item { kind: Kind::Align, range }),
            TokenKind::Superscript | TokenKind::Subscript => {
                let inner = self.argument(&range)?;
                let range = range.start..range_of(&inner, range.clone()).end;
                let upper = token.kind == TokenKind::Superscript;
                items.push(Item { kind: if upper { Kind::Superscript(inner) } else { Kind::Subscript(inner) }, range });
            }
            TokenKind::Open => {
                let inner = self.group(range)?;
                place_group(inner, items);
            }
            TokenKind::Dollar => return Err(error(range, "a dollar sign inside a formula", "")),
            TokenKind::Parameter | TokenKind::Verbatim | TokenKind::Close => {
                return Err(error(range, format!("`{}` is not part of a function", token.text), ""));
            }
            TokenKind::Character => {
                let c = token.text.chars().next().unwrap_or(' ');
                items.extend(names::character(c).map(|kind| Item { kind, range }));
            }
            TokenKind::Word | TokenKind::Symbol => self.command(token, items)?,
        }
        Ok(())
    }

    /// A group whose brace has been read.
    fn group(&mut self, open: Range<usize>) -> Result<Item, Error> {
        let inner = self.sequence()?;
        match self.peek() {
            Some(close) if close.kind == TokenKind::Close => {
                self.at += 1;
                Ok(Item { kind: Kind::Group(inner), range: open.start..close.range.end })
            }
            _ => Err(error(open, "this `{` is never closed", "")),
        }
    }

    /// The argument of a command: a group or a single item.
    fn argument(&mut self, command: &Range<usize>) -> Result<Vec<Item>, Error> {
        self.skip_space();
        let missing = || error(command.clone(), "an argument is missing here", "");
        let token = self.peek().ok_or_else(missing)?;
        if matches!(token.kind, TokenKind::Close | TokenKind::Align) || token.text == "\\right" || token.text == "\\end"
        {
            return Err(missing());
        }
        let mut items = Vec::new();
        if token.kind == TokenKind::Open {
            self.at += 1;
            let Item { kind, .. } = self.group(token.range.clone())?;
            return Ok(if let Kind::Group(inner) = kind { inner } else { items });
        }
        self.nesting += 1;
        if self.nesting > MOST_NESTING {
            return Err(error(token.range.clone(), format!("nested more than {MOST_NESTING} levels deep"), ""));
        }
        self.item(&mut items)?;
        self.nesting -= 1;
        Ok(items)
    }

    /// `[…]` behind a command.
    fn option(&mut self) -> Result<Option<Vec<Item>>, Error> {
        self.skip_space();
        let Some(open) = self.peek().filter(|token| token.text == "[") else { return Ok(None) };
        self.at += 1;
        let mut items = Vec::new();
        loop {
            match self.peek() {
                Some(token) if token.text == "]" => {
                    self.at += 1;
                    return Ok(Some(joined(items)));
                }
                Some(token) if token.kind != TokenKind::Close => self.item(&mut items)?,
                _ => return Err(error(open.range.clone(), "this `[` is never closed", "")),
            }
        }
    }

    /// Skips an argument without reading it.
    fn skip_argument(&mut self) {
        self.skip_space();
        let mut depth = 0;
        while let Some(token) = self.peek() {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close if depth == 0 => return,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    fn skip_option(&mut self) {
        self.skip_space();
        if self.peek().is_some_and(|token| token.text == "[") {
            while let Some(token) = self.peek() {
                self.at += 1;
                if token.text == "]" {
                    return;
                }
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table of commands")]
    fn command(&mut self, token: &Token, items: &mut Vec<Item>) -> Result<(), Error> {
        let (name, range) = (&token.text[1..], token.range.clone());
        let mut push = |kind: Kind| items.push(Item { kind, range: range.clone() });
        match name {
            "\\" | "cr" | "newline" => {
                if self.peek().is_some_and(|token| token.text == "*") {
                    self.at += 1;
                }
                // A bracket after a space begins the next row.
                if self.peek().is_some_and(|token| token.text == "[") {
                    self.skip_option();
                }
                push(Kind::NewRow);
            }
            "quad" | "qquad" => push(Kind::Quad),
            "hspace" | "hskip" | "mspace" | "kern" | "mkern" | "mskip" => {
                self.skip_length();
                push(Kind::Quad);
            }
            "label" | "color" | "vspace" | "phantom" | "hphantom" | "vphantom" | "hline" | "hdashline" | "ref"
            | "eqref" => {
                if !name.starts_with("hline") && name != "hdashline" {
                    self.skip_argument();
                }
            }
            "tag" => {
                if self.peek().is_some_and(|token| token.text == "*") {
                    self.at += 1;
                }
                self.skip_argument();
            }
            _ if names::is_invisible(name) => {}
            "textcolor" | "colorbox" | "overset" | "stackrel" | "underset" => {
                self.skip_argument();
                let inner = self.argument(&range)?;
                items.extend(inner);
            }
            "mathbin" | "mathrel" | "mathop" | "mathord" | "mathopen" | "mathclose" | "mathpunct" | "mathinner"
            | "boxed" | "mathit" | "mathnormal" | "smash" | "llap" | "rlap" | "mathstrut" | "ensuremath" | "emph" => {
                let inner = self.argument(&range)?;
                items.extend(inner);
            }
            "underbrace" | "overbrace" | "underline" => {
                let inner = self.argument(&range)?;
                items.extend(inner);
                self.skip_space();
                if name != "underline" && self.peek().is_some_and(|token| "_^".contains(token.text.as_str())) {
                    self.at += 1;
                    self.skip_argument();
                }
            }
            "text" | "mbox" | "hbox" | "textrm" | "textnormal" | "textit" | "textbf" | "textsf" | "texttt"
            | "textup" => {
                self.words(&range, items)?;
            }
            "mathrm" | "operatorname" | "mathsf" | "mathtt" | "mathup" | "operatornamewithlimits" => {
                if self.peek().is_some_and(|token| token.text == "*") {
                    self.at += 1;
                }
                self.upright(&range, items)?;
            }
            "rm" | "sf" | "tt" => self.upright_rest(items),
            "mathbb" | "mathbf" | "boldsymbol" | "bm" | "mathcal" | "mathscr" | "mathfrak" | "mathds" | "bf"
            | "Bbb" | "bold" | "hat" | "tilde" | "bar" | "vec" | "dot" | "ddot" | "widehat" | "widetilde"
            | "overline" | "check" | "breve" => {
                self.styled(name, &range, items)?;
            }
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                if name == "cfrac" {
                    self.skip_option();
                }
                let (above, below) = (self.argument(&range)?, self.argument(&range)?);
                self.push_spanning(Kind::Fraction(above, below), &range, items);
            }
            "binom" | "dbinom" | "tbinom" => {
                let (above, below) = (self.argument(&range)?, self.argument(&range)?);
                self.push_spanning(Kind::Binomial(above, below), &range, items);
            }
            "sqrt" => {
                let degree = self.option()?;
                let inner = self.argument(&range)?;
                self.push_spanning(Kind::Root(degree, inner), &range, items);
            }
            "left" => self.fence(&range, items)?,
            "begin" => self.environment(&range, items)?,
            "not" => {
                self.item(items)?;
                let kind = match items.last().map(|item| &item.kind) {
                    Some(Kind::Relation(Relation::Equal)) => Kind::Relation(Relation::NotEqual),
                    Some(Kind::Relation(Relation::Less)) => Kind::Relation(Relation::GreaterEqual),
                    Some(Kind::Relation(Relation::Greater)) => Kind::Relation(Relation::LessEqual),
                    Some(Kind::In(true)) => Kind::In(false),
                    _ => return Err(error(range, "`\\not` before this has no meaning", "")),
                };
                items.pop();
                items.push(Item { kind, range });
            }
            _ if names::is_size(name).is_some() => {
                let side = names::is_size(name).unwrap_or(' ');
                self.skip_space();
                let Some(next) = self.peek() else { return Ok(()) };
                let is_bar = matches!(next.text.as_str(), "|" | "\\vert" | "\\|" | "\\Vert");
                if is_bar && side != ' ' {
                    self.at += 1;
                    let kind = Kind::Command(if side == 'l' { "lvert" } else { "rvert" }.to_owned());
                    items.push(Item { kind, range: range.start..next.range.end });
                }
            }
            _ => push(names::command(name)),
        }
        Ok(())
    }

    /// Pushes an item that ends with what was read last.
    fn push_spanning(&self, kind: Kind, command: &Range<usize>, items: &mut Vec<Item>) {
        let last =
            self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(command.end, |token| token.range.end);
        items.push(Item { kind, range: command.start..last.max(command.end) });
    }

    /// `{2em}` or `2em`.
    fn skip_length(&mut self) {
        self.skip_space();
        if self.peek().is_some_and(|token| token.text == "*") {
            self.at += 1;
        }
        if self.peek().is_some_and(|token| token.kind == TokenKind::Open) {
            self.skip_argument();
            return;
        }
        while self.peek().is_some_and(|token| token.text.chars().all(|c| c.is_ascii_digit() || "+-.".contains(c))) {
            self.at += 1;
        }
        for _ in 0..2 {
            if self.peek().is_some_and(|token| token.text.chars().all(|c| c.is_ascii_lowercase())) {
                self.at += 1;
            }
        }
    }

    /// The words of `\text{…}`, with the mathematics between dollar signs in them.
    fn words(&mut self, command: &Range<usize>, items: &mut Vec<Item>) -> Result<(), Error> {
        self.skip_space();
        let Some(open) = self.peek().filter(|token| token.kind == TokenKind::Open) else {
            let inner = self.argument(command)?;
            items.extend(inner);
            return Ok(());
        };
        self.at += 1;
        let (mut word, mut start, mut depth) = (String::new(), open.range.end, 0);
        let flush = |word: &mut String, range: Range<usize>, items: &mut Vec<Item>| {
            let word = std::mem::take(word);
            if !word.trim().is_empty() {
                items.push(Item { kind: Kind::Word(word), range });
            }
        };
        while let Some(token) = self.peek() {
            self.at += 1;
            match (token.kind, token.text.as_str()) {
                (TokenKind::Close, _) if depth == 0 => {
                    flush(&mut word, start..token.range.start, items);
                    return Ok(());
                }
                (TokenKind::Close, _) => depth -= 1,
                (TokenKind::Open, _) => depth += 1,
                (TokenKind::Dollar, _) => {
                    flush(&mut word, start..token.range.start, items);
                    let count =
                        self.tokens[self.at..].iter().take_while(|token| token.kind != TokenKind::Dollar).count();
                    let mut inner =
                        Reader { tokens: &self.tokens[self.at..self.at + count], at: 0, nesting: self.nesting };
                    items.extend(inner.sequence()?);
                    if let Some(token) = inner.peek() {
                        return Err(error(token.range.clone(), format!("`{}` closes nothing", token.text), ""));
                    }
                    self.at = (self.at + count + 1).min(self.tokens.len());
                    start = self.tokens.get(self.at - 1).map_or(start, |token| token.range.end);
                }
                (TokenKind::Space, _) | (_, "~" | "\\ " | "\\," | "\\;" | "\\:" | "\\quad" | "\\qquad") => {
                    word.push(' ');
                }
                (TokenKind::Symbol | TokenKind::Word, text) => word.push_str(&text[1..]),
                (_, text) => word.extend(text.chars().map(names::plain)),
            }
        }
        Err(error(command.clone(), "the braces of this text are never closed", ""))
    }

    /// The argument of `\mathrm` or `\operatorname`: a name if it is made of letters.
    fn upright(&mut self, command: &Range<usize>, items: &mut Vec<Item>) -> Result<(), Error> {
        let before = self.at;
        let mut found = Vec::new();
        self.words(command, &mut found)?;
        let [Item { kind: Kind::Word(word), .. }] = found.as_slice() else {
            // A single letter without braces, or mathematics.
            if self.tokens.get(before).is_some_and(|token| token.kind == TokenKind::Open) {
                self.at = before;
                found = self.argument(command)?;
            }
            items.extend(found);
            return Ok(());
        };
        let named = word.chars().all(|c| c.is_alphanumeric() || " _-".contains(c));
        let digits = word.chars().all(|c| c.is_ascii_digit());
        if named && !digits {
            let end = self.tokens.get(self.at.wrapping_sub(1)).map_or(command.end, |token| token.range.end);
            let mut letters = word.trim().chars();
            let kind = match (letters.next(), letters.next()) {
                (Some(letter), None) => Kind::Char(letter),
                _ => Kind::Word(word.clone()),
            };
            items.push(Item { kind, range: command.start..end });
            return Ok(());
        }
        self.at = before;
        let inner = self.argument(command)?;
        items.extend(inner);
        Ok(())
    }

    /// `\rm` makes the letters after it upright, up to the end of the group.
    fn upright_rest(&mut self, items: &mut Vec<Item>) {
        self.skip_space();
        let start = self.at;
        let mut word = String::new();
        while let Some(token) = self.peek().filter(|token| token.kind == TokenKind::Character) {
            if !token.text.chars().all(char::is_alphabetic) {
                break;
            }
            word.push_str(&token.text);
            self.at += 1;
        }
        match (self.tokens.get(start), word.chars().count()) {
            (Some(first), 2..) => {
                let range = first.range.start..self.tokens[self.at - 1].range.end;
                items.push(Item { kind: Kind::Word(word), range });
            }
            _ => self.at = start,
        }
    }

    /// A letter in another alphabet or with an accent.
    fn styled(&mut self, style: &str, command: &Range<usize>, items: &mut Vec<Item>) -> Result<(), Error> {
        let inner = self.argument(command)?;
        let Some(name) = names::spelling(&inner) else {
            let message = format!("`\\{style}` over more than a name is not part of a function");
            return Err(error(command.clone(), message, ""));
        };
        let blackboard = matches!(style, "mathbb" | "Bbb" | "mathds" | "mathbf" | "bold" | "bf");
        let kind = match name.as_str() {
            "1" if blackboard => Kind::Indicator,
            "I" if matches!(style, "mathbb" | "Bbb" | "mathds") => Kind::Indicator,
            "R" | "N" | "Z" | "Q" | "C" if blackboard => Kind::Set(name.chars().next().unwrap_or('R')),
            _ => Kind::Word(format!("{}_{name}", names::style(style))),
        };
        self.push_spanning(kind, command, items);
        Ok(())
    }

    /// The delimiter behind `\left` or `\right`.
    fn delimiter(&mut self, command: &Range<usize>) -> Result<String, Error> {
        self.skip_space();
        let token = self.peek().ok_or_else(|| error(command.clone(), "a delimiter is missing here", ""))?;
        self.at += 1;
        Ok(names::delimiter(&token.text).to_owned())
    }

    fn fence(&mut self, command: &Range<usize>, items: &mut Vec<Item>) -> Result<(), Error> {
        let open = self.delimiter(command)?;
        let inner = self.sequence()?;
        let Some(right) = self.peek().filter(|token| token.text == "\\right") else {
            return Err(error(command.clone(), "this `\\left` has no `\\right`", ""));
        };
        self.at += 1;
        let close = self.delimiter(&right.range)?;
        self.push_spanning(Kind::Fence(open, close, inner), command, items);
        Ok(())
    }

    /// The braced name of an environment, as typed.
    fn environment_name(&mut self, command: &Range<usize>) -> Result<String, Error> {
        let start = {
            self.skip_space();
            self.at
        };
        self.skip_argument();
        let inner = self.tokens.get(start + 1..self.at.saturating_sub(1));
        let name: String = inner.unwrap_or_default().iter().map(|token| token.text.as_str()).collect();
        if name.is_empty() {
            Err(error(command.clone(), "the name of an environment is missing", ""))
        } else {
            Ok(name.trim().to_owned())
        }
    }

    fn environment(&mut self, command: &Range<usize>, items: &mut Vec<Item>) -> Result<(), Error> {
        let name = self.environment_name(command)?;
        let bare = name.trim_end_matches('*');
        if bare == "array" || bare == "subarray" {
            self.skip_option();
            self.skip_argument();
        }
        if matches!(bare, "alignat" | "alignedat") {
            self.skip_argument();
        }
        if matches!(bare, "aligned" | "gathered" | "matrix" | "pmatrix") {
            self.skip_option_directly();
        }
        let inner = if name.ends_with("cases*") { self.cases_with_words()? } else { self.sequence()? };
        let Some(end) = self.peek().filter(|token| token.text == "\\end") else {
            return Err(error(command.clone(), format!("`\\begin{{{name}}}` has no `\\end{{{name}}}`"), ""));
        };
        self.at += 1;
        let closed = self.environment_name(&end.range)?;
        if closed != name {
            return Err(error(end.range.clone(), format!("`\\end{{{closed}}}` closes `\\begin{{{name}}}`"), ""));
        }
        self.push_spanning(Kind::Environment(bare.to_owned(), rows(&inner)), command, items);
        Ok(())
    }

    /// The inside of `cases*`, whose second column holds words, with mathematics between dollar signs.
    fn cases_with_words(&mut self) -> Result<Vec<Item>, Error> {
        let (start, mut depth) = (self.at, 0);
        let mut tokens: Vec<Token> = Vec::new();
        let mut open = false;
        let added = |kind, text: &str, place: &Range<usize>| {
            let range = place.start..place.start;
            Token { kind, text: text.to_owned(), range }
        };
        while let Some(token) = self.peek() {
            match (token.kind, token.text.as_str()) {
                (TokenKind::Open, _) | (_, "\\begin") => depth += 1,
                (_, "\\end") if depth == 0 => break,
                (TokenKind::Close, _) | (_, "\\end") => depth -= 1,
                _ => {}
            }
            let ends = open && depth == 0 && token.text == "\\\\";
            if ends {
                tokens.push(added(TokenKind::Close, "}", &token.range));
                open = false;
            }
            tokens.push(token.clone());
            if token.kind == TokenKind::Align && depth == 0 && !open {
                tokens.push(added(TokenKind::Word, "\\text", &token.range));
                tokens.push(added(TokenKind::Open, "{", &token.range));
                open = true;
            }
            self.at += 1;
        }
        if open {
            tokens.push(added(TokenKind::Close, "}", &self.tokens[start.max(self.at.saturating_sub(1))].range));
        }
        let mut inner = Reader { tokens: &tokens, at: 0, nesting: self.nesting };
        let items = inner.sequence()?;
        match inner.peek() {
            None => Ok(items),
            Some(token) => Err(error(token.range.clone(), format!("`{}` closes nothing", token.text), "")),
        }
    }

    /// `[t]` directly behind the name of an environment.
    fn skip_option_directly(&mut self) {
        let texts: Vec<&str> = self.tokens[self.at..].iter().take(3).map(|token| token.text.as_str()).collect();
        if matches!(texts.as_slice(), ["[", "t" | "b" | "c" | "l" | "r", "]"]) {
            self.at += 3;
        }
    }
}

/// Rows of cells; a last row with nothing in it is none.
fn rows(items: &[Item]) -> Vec<Vec<Vec<Item>>> {
    let cells = |row: &[Item]| row.split(|item| item.kind == Kind::Align).map(<[Item]>::to_vec).collect::<Vec<_>>();
    let mut rows: Vec<_> = items.split(|item| item.kind == Kind::NewRow).map(cells).collect();
    if rows.last().is_some_and(|row| row.iter().all(Vec::is_empty)) {
        rows.pop();
    }
    rows
}

/// A group that is no argument of a function is opened.
fn place_group(group: Item, items: &mut Vec<Item>) {
    let Kind::Group(inner) = &group.kind else { return };
    let function = match items.as_slice() {
        [.., Item { kind: Kind::Command(name), .. }] => names::takes_bare_argument(name),
        [.., Item { kind: Kind::Command(name), .. }, Item { kind: Kind::Superscript(_) | Kind::Subscript(_), .. }] => {
            names::takes_bare_argument(name)
        }
        _ => false,
    };
    match inner.as_slice() {
        [Item { kind: Kind::Char(','), range }] => items.push(Item { kind: Kind::NumberComma, range: range.clone() }),
        _ if function => items.push(group),
        _ => items.extend(inner.iter().cloned()),
    }
}

/// Signs that are typed with two characters, and words of Chinese, Japanese or Korean characters.
fn joined(items: Vec<Item>) -> Vec<Item> {
    let mut joined: Vec<Item> = Vec::with_capacity(items.len());
    for item in items {
        if let Some(last) = joined.last_mut() {
            let touching = last.range.end == item.range.start;
            let kind = match (&last.kind, &item.kind) {
                (Kind::Char(':'), Kind::Relation(Relation::Equal)) => Some(Kind::Relation(Relation::Equal)),
                (Kind::Relation(Relation::Less), Kind::Relation(Relation::Equal)) if touching => {
                    Some(Kind::Relation(Relation::LessEqual))
                }
                (Kind::Relation(Relation::Greater), Kind::Relation(Relation::Equal)) if touching => {
                    Some(Kind::Relation(Relation::GreaterEqual))
                }
                (Kind::Char('!'), Kind::Relation(Relation::Equal)) if touching => {
                    Some(Kind::Relation(Relation::NotEqual))
                }
                (Kind::Word(first), Kind::Word(second))
                    if names::is_ideographic(first) && names::is_ideographic(second) =>
                {
                    Some(Kind::Word(format!("{first}{second}")))
                }
                _ => None,
            };
            if let Some(kind) = kind {
                last.kind = kind;
                last.range.end = item.range.end.max(last.range.end);
                continue;
            }
        }
        joined.push(item);
    }
    joined
}

//! Which piece of a code is what.
//!
//! The grammars are those of VS Code. The highlighter does not tell the scopes that a grammar found, only the style that
//! a theme has for them; so themes with a colour of its own for each kind of thing are asked, and their colours are read
//! as names of [`Class`]es. What a page shows in which colour is up to [`super::palette`].
//!
//! Grammars are regular expressions that backtrack, and what they keep on a stack is walked again for each token. A
//! listing is therefore bounded in size, in the length of its lines and in depth, and a failure of the engine leaves it
//! plain.

use super::palette::Class;

/// The largest code that is highlighted, in bytes: about a second of work.
pub const MAX_CODE: usize = 100_000;

/// The longest line in code that is highlighted, in bytes. Time may grow with the square of it.
pub const MAX_LINE: usize = 2_000;

/// A piece of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its length in bytes.
    pub length: usize,
    /// What it is; `None` for plain text.
    pub class: Option<Class>,
}

/// Why code is shown plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has no language, or one without colours, or this program was built without the highlighter.
    Plain,
    /// There is no grammar for its language.
    Unknown,
    /// It is longer than [`MAX_CODE`] bytes.
    TooLong,
    /// It has a line of more than [`MAX_LINE`] bytes; the number of that line, from 1.
    LineTooLong(usize),
    /// It nests so deep that the engine would take long.
    TooDeep,
    /// The grammar failed on it.
    Failed,
}

/// The tokens of each line of a code in a language, given as typed, in lower case.
#[cfg(feature = "highlight")]
pub fn highlight(language: &str, code: &str) -> Result<Vec<Vec<Token>>, Refusal> {
    if super::is_plain(language) {
        return Err(Refusal::Plain);
    }
    if !known(language) {
        return Err(Refusal::Unknown);
    }
    if code.len() > MAX_CODE {
        return Err(Refusal::TooLong);
    }
    if let Some(line) = code.lines().position(|line| line.len() > MAX_LINE) {
        return Err(Refusal::LineTooLong(line + 1));
    }
    let grammar = super::language::grammar(language);
    if super::depth::is_too_deep(grammar, code) {
        return Err(Refusal::TooDeep);
    }
    engine::tokens(grammar, code).ok_or(Refusal::Failed)
}

/// Without the highlighter every code is plain.
#[cfg(not(feature = "highlight"))]
pub fn highlight(_language: &str, _code: &str) -> Result<Vec<Vec<Token>>, Refusal> {
    Err(Refusal::Plain)
}

/// Whether there is a grammar for a language, given as typed, in lower case.
#[cfg(feature = "highlight")]
#[must_use]
pub(super) fn known(language: &str) -> bool {
    has_grammar(super::language::grammar(language))
}

#[cfg(feature = "highlight")]
pub(super) fn has_grammar(name: &str) -> bool {
    engine::registry().is_some_and(|registry| registry.contains_grammar(name))
}

#[cfg(feature = "highlight")]
mod engine {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::OnceLock;

    use giallo::{HighlightOptions, HighlightedText, Registry, ThemeVariant};

    use super::{Class, Token};

    /// The themes whose colours name the classes.
    const THEMES: ThemeVariant<&str> = ThemeVariant::Dual { light: "light-plus", dark: "dark-plus" };

    /// What their colours stand for. The light one tells more kinds apart; the dark one sees strings also in attributes
    /// of HTML and in YAML.
    fn class(light: &str, dark: &str) -> Option<Class> {
        if dark == "#CE9178" {
            return Some(Class::String);
        }
        Some(match light {
            "#008000" => Class::Comment,
            "#A31515" | "#811F3F" | "#EE0000" => Class::String,
            "#098658" | "#0070C1" => Class::Constant,
            "#0000FF" | "#AF00DB" => Class::Keyword,
            "#795E26" => Class::Function,
            "#267F99" | "#800000" => Class::Type,
            "#E50000" | "#0451A5" => Class::Key,
            "#000080" => Class::Strong,
            _ => return None,
        })
    }

    /// All grammars. Unpacked when the first listing needs one, and once only: the library numbers the names of scopes
    /// in a table that all registries of a process share.
    pub(super) fn registry() -> Option<&'static Registry> {
        static REGISTRY: OnceLock<Option<Registry>> = OnceLock::new();
        REGISTRY.get_or_init(|| Registry::builtin().ok()).as_ref()
    }

    pub(super) fn tokens(grammar: &str, code: &str) -> Option<Vec<Vec<Token>>> {
        let registry = registry()?;
        let options = HighlightOptions::new(grammar, THEMES);
        // The engine panics where a regular expression runs out of its budget of steps.
        let highlight = || registry.highlight(code, &options).map(|highlighted| highlighted.tokens);
        let lines = catch_unwind(AssertUnwindSafe(highlight)).ok()?.ok()?;
        Some(code.lines().zip(lines).map(|(line, pieces)| line_tokens(grammar, line, &pieces)).collect())
    }

    /// The pieces of a line as tokens, neighbours of one class as one. Stops where the texts differ.
    fn line_tokens(grammar: &str, line: &str, pieces: &[HighlightedText]) -> Vec<Token> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut rest = line;
        for piece in pieces {
            let Some(after) = rest.strip_prefix(piece.text.as_str()) else { break };
            rest = after;
            let ThemeVariant::Dual { light, dark } = piece.style else { break };
            let class = class(&light.foreground.as_hex(), &dark.foreground.as_hex());
            let class = class.map(|class| in_grammar(grammar, class));
            match tokens.last_mut() {
                Some(last) if last.class == class => last.length += piece.text.len(),
                _ => tokens.push(Token { length: piece.text.len(), class }),
            }
        }
        tokens
    }

    /// The theme gives the lines of a comparison the colours of numbers and strings.
    fn in_grammar(grammar: &str, class: Class) -> Class {
        match (grammar, class) {
            ("diff", Class::Constant) => Class::Inserted,
            ("diff", Class::String) => Class::Deleted,
            (_, class) => class,
        }
    }
}

#[cfg(all(test, feature = "highlight"))]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::listing::depth::MAX_BRACKETS;

    /// Each token with a class as `letter(text)`.
    fn shown(language: &str, code: &str) -> String {
        let tokens = highlight(language, code).expect("a grammar");
        let mut shown = String::new();
        for (line, tokens) in code.lines().zip(tokens) {
            let mut rest = line;
            for token in tokens {
                let (text, after) = rest.split_at(token.length);
                let text_at = text.len() - text.trim_start().len();
                let (space, text) = text.split_at(text_at);
                match token.class {
                    Some(class) => write!(shown, "{space}{}({text})", class.name()),
                    None => write!(shown, "{space}{text}"),
                }
                .expect("a string takes what is written");
                rest = after;
            }
            shown.push_str(rest);
            shown.push('\n');
        }
        shown
    }

    #[test]
    fn every_kind_of_thing_has_its_class() {
        for (language, code, expected) in [
            (
                "python",
                "def relu(x):  # kink\n    return max(x, 0)\n",
                "k(def) f(relu)(x):  c(# kink)\n    k(return) f(max)(x, n(0))\n",
            ),
            ("json", "{\"a\": [true, \"b\"]}\n", "{a(\"a\"): [k(true), s(\"b\")]}\n"),
            ("html", "<p class=\"a\">b</p>\n", "t(<p) a(class)=s(\"a\")t(>)bt(</p>)\n"),
            ("diff", "-a\n+b\n c\n", "d(-a)\ni(+b)\n c\n"),
            ("yml", "a: b # c\n", "t(a): s(b) c(# c)\n"),
        ] {
            assert_eq!(shown(language, code), expected);
        }
    }

    #[test]
    fn what_would_take_too_long_is_refused() {
        let refused = |code: &str| highlight("csv", code).err();
        assert_eq!(refused(&"a;\n".repeat(MAX_CODE / 3)), None);
        assert_eq!(refused(&"a;\n".repeat(MAX_CODE / 3 + 1)), Some(Refusal::TooLong));
        assert_eq!(refused(&format!("a\n{}", "a".repeat(MAX_LINE + 1))), Some(Refusal::LineTooLong(2)));
        assert_eq!(refused(&"{".repeat(MAX_BRACKETS + 1)), Some(Refusal::TooDeep));
        assert_eq!(refused(&"{}".repeat(MAX_BRACKETS + 1)), None);
    }

    #[test]
    fn a_language_may_have_no_grammar() {
        assert_eq!(highlight("", "a"), Err(Refusal::Plain));
        assert_eq!(highlight("text", "a"), Err(Refusal::Plain));
        assert_eq!(highlight("pyhton", "a"), Err(Refusal::Unknown));
    }
}

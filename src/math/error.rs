//! What the engine says of a formula, in words that help, at the author's own bytes.
//!
//! The engine counts in the text that it was reading when it stopped: the formula as rewritten, or the body of a
//! macro. Which one it was is told by the excerpt in its own message; a range that cannot be trusted becomes the whole
//! formula, never a plausible wrong place.

use std::ops::Range;

use katex::types::ParseErrorKind;

use super::macros::Macros;
use super::rewrite::Rewritten;
use super::{MathError, engine};
use crate::diagnostic::nearest;
use crate::tex::{Kind, Tex};

/// A message and what would work.
struct Words {
    message: String,
    help: Option<String>,
    /// Better bytes than the engine's, where we know them.
    range: Option<Range<usize>>,
}

fn words(message: impl Into<String>, help: impl Into<String>) -> Words {
    Words { message: message.into(), help: Some(help.into()).filter(|help| !help.is_empty()), range: None }
}

impl Words {
    fn at(mut self, range: Option<Range<usize>>) -> Words {
        self.range = range;
        self
    }
}

/// Turns the engine's error into ours.
pub(super) fn explain(error: &katex::ParseError, tex: &Tex, rewritten: &Rewritten, macros: &Macros) -> MathError {
    let place = error.position().zip(error.length()).map(|(start, length)| start..start + length);
    let excerpt = excerpt_of(error);
    let in_formula =
        place.clone().filter(|place| excerpt_at(&rewritten.engine, place).as_deref() == Some(excerpt.as_str()));
    let range = in_formula.and_then(|place| rewritten.author_range(place));
    let said = translate(&error.kind, tex, range.as_ref(), macros);
    let in_macro = match (&range, &place) {
        (None, Some(place)) => macros
            .used_by(tex.text)
            .into_iter()
            .find(|known| excerpt_at(&known.definition.body, place).as_deref() == Some(excerpt.as_str())),
        _ => None,
    };
    MathError {
        range: if in_macro.is_some() {
            None
        } else {
            said.range.or(range).map(|range| whole_characters(tex.text, range))
        },
        message: said.message,
        help: said.help,
        in_macro: in_macro.map(|known| (known.definition.name.clone(), known.definition.span)),
    }
}

fn whole_characters(text: &str, range: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (range.start.min(text.len()), range.end.min(text.len()));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    // The engine counts the spaces after a control word as part of it.
    let word = text.get(start..end).map_or("", str::trim_end);
    if word.is_empty() { start..end.max(start) } else { start..start + word.len() }
}

/// What the engine's message quotes of the text that it read.
fn excerpt_of(error: &katex::ParseError) -> String {
    let full = error.to_string();
    let kind = format!("KaTeX parse error: {}", error.kind);
    full.strip_prefix(&kind).unwrap_or_default().to_owned()
}

/// What the engine would quote if it had read this text.
fn excerpt_at(text: &str, place: &Range<usize>) -> Option<String> {
    let error = katex::ParseError::with_token(
        ParseErrorKind::NullArgument,
        &katex::types::Token::new("", Some(katex::types::SourceLocation::from_str(text, place.start, place.end))),
    );
    let valid = place.start <= place.end && text.get(place.clone()).is_some();
    valid.then(|| excerpt_of(&error))
}

fn translate(kind: &ParseErrorKind, tex: &Tex, range: Option<&Range<usize>>, macros: &Macros) -> Words {
    use ParseErrorKind as K;
    let names = || macros.list.iter().map(|known| known.definition.name.as_str());
    match kind {
        K::UndefinedControlSequence { name } => undefined(name, tex, range, macros),
        K::NewcommandRedefinition { name } => words(format!("`{name}` exists already"), "use `\\renewcommand`"),
        K::RenewcommandNonexistent { name } => {
            let help = did_you_mean(name, names()).unwrap_or_else(|| "use `\\newcommand`".to_owned());
            words(format!("`{name}` does not exist yet"), help)
        }
        K::ExpectedToken { expected, found } => expected_token(expected, found, tex),
        K::UnexpectedEndOfMacroArgument { .. } => unclosed(tex, "an argument is missing at the end"),
        K::ExpectedArrayDelimiter { found } => array_delimiter(found, tex),
        K::ExtraCloseBrace => words("unbalanced `}`", "there is no `{` before it").at(lone(tex, Kind::Close)),
        K::NoSuchEnvironment { name } => {
            let near = nearest(name, engine::environments().iter().map(String::as_str));
            let help = near.map_or(String::new(), |near| format!("did you mean `{near}`?"));
            words(format!("unknown environment `{name}`"), help).at(named(tex, "\\begin", name))
        }
        K::MismatchedEnvironmentEnd { begin, end } => {
            let message = format!("`\\begin{{{begin}}}` is closed by `\\end{{{end}}}`");
            words(message, format!("write `\\end{{{begin}}}`")).at(named(tex, "\\end", end))
        }
        K::DisplayModeOnly { env } => {
            let inner = match env.trim_end_matches('*') {
                "gather" => "`gathered`",
                "alignat" => "`alignedat`",
                _ => "`aligned`",
            };
            words(
                format!("`{env}` works only in display formulas"),
                format!("write it between `$$` or `\\[` and `\\]`, or use {inner}"),
            )
        }
        K::DoubleSuperscript => words("double superscript", "write `{a^b}^c` or `a^{bc}`"),
        K::DoubleSubscript => words("double subscript", "write `{a_b}_c` or `a_{bc}`"),
        K::MacroTooManyExpansions => words("macros expand without end", "a macro may not use itself"),
        K::MultipleTag => words("a second `\\tag` on one row", "keep one"),
        K::TagNotAllowedInInlineMode => {
            words("`\\tag` works only in display formulas", "write the formula between `$$`")
        }
        K::FunctionDisallowedInMode { func, .. } if func == "$" => dollar(),
        K::FunctionDisallowedInMode { func, mode } => {
            let (inside, help) = match mode {
                katex::types::Mode::Text => ("text", format!("put `${func} …$` around it inside the text")),
                katex::types::Mode::Math => ("mathematics", "put it in `\\text{…}`".to_owned()),
            };
            words(format!("`{func}` cannot be used in {inside}"), help)
        }
        K::FunctionMissingArguments { func, context } => words(
            format!("`{func}` needs an argument of its own where it is the {context}").replace('\'', "`"),
            "put it in braces",
        ),
        K::ExpectedGroupAs { context } => words(format!("missing {context}").replace('\'', "`"), "put it in braces"),
        K::ExpectedGroupAfterSymbol { symbol } => {
            words(format!("nothing follows `{symbol}`"), format!("a literal `{symbol}` in text is `\\{symbol}`"))
        }
        K::InvalidDelimiterAfter { delimiter, function } => {
            words(format!("`{delimiter}` is not a delimiter for `{function}`"), "use `.` for an invisible one")
        }
        K::InvalidColor { color } => {
            words(format!("`{color}` is not a colour"), "write `#rrggbb` or a name such as `red`")
        }
        K::InvalidSize { size } => {
            words(format!("`{size}` is not a length"), "write a number and a unit, such as `2pt`")
        }
        K::InvalidUnit { unit } => {
            words(format!("unknown unit `{unit}`"), "write `em`, `ex`, `pt`, `mu`, `cm` or `mm`")
        }
        K::InvalidNumberOfColumns => words("the number of columns must be 1 to 99", ""),
        K::MiddleWithoutPrecedingLeft => words("`\\middle` outside `\\left … \\right`", ""),
        K::TooManyTabCharacters => words("too many `&` on one row", ""),
        K::UnexpectedCharacter { character } => words(format!("unexpected character `{character}`"), ""),
        other => words(lower_case(&other.to_string()), ""),
    }
}

fn dollar() -> Words {
    words("`$` inside a formula", "a literal dollar sign is `\\$`")
}

/// The first `\begin{name}` or `\end{name}`.
fn named(tex: &Tex, command: &str, name: &str) -> Option<Range<usize>> {
    (0..tex.tokens.len()).filter(|&number| tex.str(number) == command).find_map(|number| {
        let (found, argument) = tex.environment_name(number)?;
        (found == name).then(|| tex.tokens[number].start()..tex.tokens[argument.next - 1].end())
    })
}

/// The engine's own words in our style.
fn lower_case(message: &str) -> String {
    let mut message = message.trim_end_matches('.').replace('\'', "`");
    if message.chars().nth(1).is_some_and(|second| !second.is_uppercase())
        && let Some(first) = message.get_mut(0..1)
    {
        first.make_ascii_lowercase();
    }
    message
}

fn undefined(name: &str, tex: &Tex, range: Option<&Range<usize>>, macros: &Macros) -> Words {
    // The engine swallows what goes wrong inside its own macros and then reports the macro as undefined.
    let defines = ["\\newcommand", "\\renewcommand"].contains(&name);
    if defines && let Some(start) = range.map(|range| range.start) {
        let number = tex.tokens.partition_point(|token| token.start() < start);
        let defined = tex.argument(number + 1).map(|argument| (tex.text[argument.inner.clone()].trim(), argument));
        if let Some((defined, argument)) = defined {
            let at = Some(argument.inner);
            let mut known = macros.list.iter().map(|known| known.definition.name.as_str());
            if name == "\\newcommand" && (engine::is_known(defined) || known.any(|name| name == defined)) {
                return words(format!("`{defined}` exists already"), "use `\\renewcommand`").at(at);
            }
            if name == "\\renewcommand" {
                return words(format!("`{defined}` does not exist yet"), "use `\\newcommand`").at(at);
            }
        }
        return words(format!("`{name}` is not complete"), "write `\\newcommand{\\name}[arguments]{body}`");
    }
    if name == "\\tag@literal" || name == "\\tag@paren" {
        return words("a second `\\tag` on one row", "keep one");
    }
    if engine::is_known(name) {
        return words(format!("`{name}` cannot be used here"), "");
    }
    let names = macros.list.iter().map(|known| known.definition.name.as_str());
    let local = crate::tex::outline(tex.text).definitions;
    let names = names.chain(local.iter().map(|definition| definition.name.as_str()));
    Words { message: format!("undefined control sequence `{name}`"), help: did_you_mean(name, names), range: None }
}

fn expected_token(expected: &str, found: &str, tex: &Tex) -> Words {
    match (expected, found) {
        ("}", "EOF") => unclosed(tex, "missing `}`"),
        ("\\right", "EOF") => {
            words("`\\left` without `\\right`", "`\\right.` closes it with nothing").at(open_left(tex))
        }
        ("]", "EOF") => words("missing `]`", ""),
        (_, "}") => words("unbalanced `}`", "there is no `{` before it").at(lone(tex, Kind::Close)),
        (_, "&") => words(
            "`&` outside an environment with columns",
            "put the formula in `aligned`, `array` or `cases`; a literal ampersand is `\\&`",
        ),
        (_, "\\right") => words("`\\right` without `\\left`", "`\\left.` opens it with nothing"),
        (_, "\\end") => words("`\\end` without `\\begin`", ""),
        (_, "_") => words("`_` cannot stand here", "a literal underscore is `\\_`"),
        (_, "^") => words("`^` cannot stand here", "a literal caret in text is `\\textasciicircum`"),
        (_, "#") => words("`#` cannot stand here", "a literal number sign is `\\#`"),
        (_, "$") => dollar(),
        (_, "\\\\" | "\\cr") => {
            words("line break where none can be", "put the lines in `aligned`, `gathered` or `array`")
        }
        (_, "EOF") => words("the formula ends too early", format!("expected `{expected}`")),
        ("EOF", found) => words(format!("unexpected `{found}`"), ""),
        _ => words(format!("expected `{expected}`, found `{found}`"), ""),
    }
}

fn array_delimiter(found: &str, tex: &Tex) -> Words {
    match found {
        "EOF" => match open_environment(tex) {
            Some((range, name)) => words(format!("`\\begin{{{name}}}` has no `\\end{{{name}}}`"), "").at(Some(range)),
            None => unclosed(tex, "an environment has no end"),
        },
        "}" => words("unbalanced `}` in an environment", "close the environment with `\\end` first")
            .at(lone(tex, Kind::Close)),
        "\\right" => words("`\\right` in an environment that has no `\\left`", "both belong between the same `&`"),
        found => words(format!("unexpected `{found}` in an environment"), "expected `&`, `\\\\` or `\\end`"),
    }
}

/// An opening brace without its end.
fn unclosed(tex: &Tex, otherwise: &str) -> Words {
    match lone(tex, Kind::Open) {
        Some(range) => words("missing `}`", "this `{` is never closed").at(Some(range)),
        None => words(otherwise, ""),
    }
}

/// The first brace of a kind that has no partner.
fn lone(tex: &Tex, kind: Kind) -> Option<Range<usize>> {
    let token = tex.tokens.iter().find(|token| token.kind == kind && token.partner().is_none())?;
    Some(token.start()..token.end())
}

/// The last `\left` that no `\right` closes.
fn open_left(tex: &Tex) -> Option<Range<usize>> {
    let mut open = Vec::new();
    for (number, token) in tex.tokens.iter().enumerate() {
        match tex.str(number) {
            "\\left" => open.push(token.start()..token.end()),
            "\\right" => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

/// The last `\begin{…}` that no `\end` closes.
fn open_environment<'a>(tex: &Tex<'a>) -> Option<(Range<usize>, &'a str)> {
    let mut open = Vec::new();
    for (number, token) in tex.tokens.iter().enumerate() {
        match tex.str(number) {
            "\\begin" => {
                if let Some((name, argument)) = tex.environment_name(number) {
                    open.push((token.start()..tex.tokens[argument.next - 1].end(), name));
                }
            }
            "\\end" => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

/// Whether a command exists for us: the engine's, or one that the rewriter takes.
pub(super) fn is_command(name: &str) -> bool {
    engine::is_known(name)
        || matches!(
            name,
            "\\mbox" | "\\label" | "\\ref" | "\\eqref" | "\\DeclareMathOperator" | "\\tag" | "\\begin" | "\\end"
        )
        || name.starts_with("\\verb")
}

/// "did you mean" for a control sequence, the project's names first.
pub(super) fn did_you_mean<'a>(name: &str, project: impl Iterator<Item = &'a str>) -> Option<String> {
    let bare = name.strip_prefix('\\')?;
    let strip = |name: &'a str| name.strip_prefix('\\').unwrap_or(name);
    let project: Vec<&str> = project.map(strip).collect();
    let known = engine::commands().iter().map(|name| &name[1..]);
    let near = nearest(bare, project.iter().copied().chain(known))?;
    let whose = if project.contains(&near) { ", a macro of this project" } else { "" };
    Some(format!("did you mean `\\{near}`{whose}?"))
}

//! What the engine says of a formula, in words that help, at the author's own bytes.
//!
//! The engine counts in the text that it was reading when it stopped: the formula as rewritten, or the body of a
//! macro. Which one it was is told by the excerpt in its own message; a range that cannot be trusted becomes the whole
//! formula, never a plausible wrong place.

use std::ops::Range;

use katex::types::ParseErrorKind;

use super::macros::Macros;
use super::rewrite::Rewritten;
use super::{MathError, engine, packages};
use crate::diagnostic::{nearest, nearest_within};
use crate::source::Span;
use crate::tex::{self, Kind, Tex};

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

/// The commands that a formula has from elsewhere.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// Those of the project.
    pub(super) macros: &'a Macros,
    /// Those of earlier formulas of the page that this one uses.
    pub(super) prelude: &'a str,
}

impl<'a> Known<'a> {
    fn names(self) -> impl Iterator<Item = &'a str> {
        self.macros.list.iter().map(|known| known.definition.name.as_str())
    }
}

/// Turns the engine's error into ours.
pub(super) fn explain(error: &katex::ParseError, tex: &Tex, rewritten: &Rewritten, known: Known<'_>) -> MathError {
    let place = error.position().zip(error.length()).map(|(start, length)| start..start + length);
    let excerpt = excerpt_of(error);
    let in_formula =
        place.clone().filter(|place| excerpt_at(&rewritten.engine, place).as_deref() == Some(excerpt.as_str()));
    let range = in_formula.clone().and_then(|place| rewritten.author_range(place));
    let said = translate(&error.kind, tex, range.as_ref(), known);
    let in_macro = if said.range.is_none() && is_unclosed_left(&error.kind) {
        macro_with(tex, known, |body| open_left(&Tex::read(body)).is_some())
    } else if range.is_some() {
        None
    } else if let Some(place) = in_formula {
        let definitions = tex::outline(known.prelude).definitions;
        let here = definitions.into_iter().find(|definition| definition.range.contains(&place.start));
        here.map(|definition| (definition.name, None))
    } else if let Some(place) = place {
        macro_with(tex, known, |body| excerpt_at(body, &place).as_deref() == Some(excerpt.as_str()))
    } else {
        None
    };
    let range = match &in_macro {
        Some((name, _)) => use_of(name, tex, known),
        None => said.range.or(range),
    };
    MathError {
        range: range.map(|range| whole_characters(tex.text, range)),
        message: said.message,
        help: said.help,
        in_macro,
    }
}

/// The first macro of the project that a formula uses and whose body has something.
fn macro_with(tex: &Tex, known: Known<'_>, has: impl Fn(&str) -> bool) -> Option<(String, Option<Span>)> {
    let found = known.macros.used_by(tex.text).into_iter().find(|used| has(&used.definition.body))?;
    Some((found.definition.name.clone(), Some(found.definition.span)))
}

fn is_unclosed_left(kind: &ParseErrorKind) -> bool {
    matches!(kind, ParseErrorKind::ExpectedToken { expected, found } if expected == "\\right" && found == "EOF")
}

/// The one place where a formula uses a macro, itself or through another; `None` if it may be one of several.
fn use_of(name: &str, tex: &Tex, known: Known<'_>) -> Option<Range<usize>> {
    let uses = |is_meant: &dyn Fn(&str) -> bool| -> Vec<Range<usize>> {
        let numbers = (0..tex.tokens.len()).filter(|&number| is_meant(tex.str(number)));
        numbers.map(|number| tex.tokens[number].start()..tex.tokens[number].end()).take(2).collect()
    };
    let mut found = uses(&|word| word == name);
    if found.is_empty() {
        let on_page = tex::outline(known.prelude).definitions;
        found =
            uses(&|word| known.macros.get(word).is_some() || on_page.iter().any(|definition| definition.name == word));
    }
    found.pop().filter(|_| found.is_empty())
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

#[allow(clippy::too_many_lines, reason = "one line for each kind of error")]
fn translate(kind: &ParseErrorKind, tex: &Tex, range: Option<&Range<usize>>, known: Known<'_>) -> Words {
    use ParseErrorKind as K;
    match kind {
        K::UndefinedControlSequence { name } => undefined(name, tex, range, known),
        K::NewcommandRedefinition { name } => words(format!("`{name}` exists already"), "use `\\renewcommand`"),
        K::RenewcommandNonexistent { name } => {
            let help = did_you_mean(name, known.names()).unwrap_or_else(|| "use `\\newcommand`".to_owned());
            words(format!("`{name}` does not exist yet"), help)
        }
        K::ExpectedToken { expected, found } => expected_token(expected, found, tex),
        K::UnexpectedEndOfMacroArgument { expected } if expected == "]" => {
            words("missing `]`", "this `[` is never closed").at(last(tex, "["))
        }
        K::UnexpectedEndOfMacroArgument { .. } => {
            lacks_argument(tex, known).unwrap_or_else(|| unclosed(tex, "an argument is missing at the end"))
        }
        K::ExpectedArrayDelimiter { found } => array_delimiter(found, tex),
        K::ExtraCloseBrace => words("unbalanced `}`", "there is no `{` before it").at(lone(tex, Kind::Close)),
        K::NoSuchEnvironment { name } => {
            let near = nearest(name, engine::environments().iter().map(String::as_str));
            let known = packages::environment(name).map(str::to_owned);
            let help = known.or_else(|| near.map(|near| format!("did you mean `{near}`?"))).unwrap_or_default();
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
            .at(named(tex, "\\begin", env))
        }
        K::DoubleSuperscript => words("double superscript", "write `{a^b}^c` or `a^{bc}`"),
        K::DoubleSubscript => words("double subscript", "write `{a_b}_c` or `a_{bc}`"),
        K::MacroTooManyExpansions => words("macros expand without end", "a macro may not use itself"),
        K::MultipleTag => second_tag(tex),
        K::TagNotAllowedInInlineMode => {
            words("`\\tag` works only in display formulas", "write the formula between `$$`").at(last(tex, "\\tag"))
        }
        K::FunctionDisallowedInMode { func, .. } if func == "$" => dollar(),
        K::FunctionDisallowedInMode { func, mode } => {
            let (inside, help) = match mode {
                katex::types::Mode::Text => ("text", format!("put `${func} …$` around it inside the text")),
                katex::types::Mode::Math => ("mathematics", "put it in `\\text{…}`".to_owned()),
            };
            words(format!("`{func}` cannot be used in {inside}"), help)
        }
        K::FunctionMissingArguments { func, context } => missing_arguments(func, context),
        K::ExpectedGroupAs { context } => missing_group(context, tex),
        K::ExpectedGroupAfterSymbol { symbol } => nothing_follows(symbol),
        K::InvalidDelimiterAfter { function, .. } | K::InvalidDelimiterTypeAfter { function } => {
            no_delimiter(function, tex)
        }
        K::InvalidColor { color } => {
            words(format!("`{color}` is not a colour"), "write `#rrggbb` or a name such as `red`")
        }
        K::InvalidSize { size } => {
            words(format!("`{size}` is not a length"), "write a number and a unit, such as `2pt`")
        }
        K::InvalidUnit { unit } => {
            words(format!("unknown unit `{unit}`"), "write `em`, `ex`, `pt`, `mu`, `cm` or `mm`").at(found(tex, unit))
        }
        K::InvalidNumberOfColumns => words("the number of columns must be 1 to 99", ""),
        K::MiddleWithoutPrecedingLeft => {
            words("`\\middle` outside `\\left … \\right`", "without them, `\\mid` or `\\big|` is such a bar")
                .at(last(tex, "\\middle"))
        }
        K::FunctionOnlyInArray { func } => {
            words(format!("`{func}` works only in `array` and the like"), "").at(last(tex, func))
        }
        K::LimitsMustFollowBase => {
            words("`\\limits` has nothing before it", "it stands behind an operator: `\\sum\\limits_a^b`")
        }
        K::MultipleInfixOperators => {
            words("a second infix operator in one group", "put one of them in braces, or write `\\frac{a}{b}`").at([
                "\\over", "\\atop", "\\choose", "\\above", "\\brack", "\\brace",
            ]
            .iter()
            .filter_map(|name| last(tex, name))
            .max_by_key(|range| range.start))
        }
        K::UnknownColumnAlignment { alignment } => {
            let help = "`array` wants its columns first, such as `\\begin{array}{cc}`";
            words(format!("`{alignment}` is not the alignment of a column"), help).at(named(tex, "\\begin", "array"))
        }
        K::VerbMissingDelimiter | K::VerbAssertionFailed => {
            words("`\\verb` is never closed", "the character behind it closes it, on the same line: `\\verb|…|`")
                .at(last_verb(tex))
        }
        K::InvalidMacroArgumentNumber { value } => {
            words(format!("`#{value}` is not an argument"), "arguments are `#1` to `#9`")
        }
        K::ExpectedControlSequence => words("a definition without a name", "write `\\newcommand{\\name}{…}`"),
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

/// What stands where the engine wanted a superscript or a subscript, and takes arguments of its own.
fn missing_arguments(func: &str, context: &str) -> Words {
    let mark = if context.contains("superscript") { "^" } else { "_" };
    if ["\\end", "\\right", "\\\\", "\\cr", "\\middle"].contains(&func) && context.contains("script") {
        return nothing_follows(mark);
    }
    let message = format!("`{func}` needs an argument of its own where it is the {context}").replace('\'', "`");
    words(message, "put it in braces")
}

fn nothing_follows(mark: &str) -> Words {
    let help = match mark {
        "^" => "write what is raised: `^{2}`",
        "_" => "write what is lowered, such as `_{i}`; a literal underscore is `\\_`",
        _ => "",
    };
    words(format!("nothing follows `{mark}`"), help)
}

/// `context` is the engine's, such as "argument to '\\sqrt'".
fn missing_group(context: &str, tex: &Tex) -> Words {
    let Some(name) = context.split('\'').nth(1).filter(|name| name.starts_with('\\')) else {
        return words(format!("missing {context}").replace('\'', "`"), "put it in braces");
    };
    if is_delimiter_command(name) {
        return no_delimiter(name, tex);
    }
    let lone = last(tex, name).filter(|_| (0..tex.tokens.len()).filter(|&number| tex.str(number) == name).count() == 1);
    words(format!("`{name}` lacks an argument"), "put it in braces").at(lone)
}

fn is_delimiter_command(name: &str) -> bool {
    let size = ["\\bigg", "\\Bigg", "\\big", "\\Big"].iter().find_map(|size| name.strip_prefix(size));
    matches!(name, "\\left" | "\\right" | "\\middle") || matches!(size, Some("" | "l" | "r" | "m"))
}

/// `\left`, `\big` and the like before something that is no delimiter.
fn no_delimiter(function: &str, tex: &Tex) -> Words {
    let wrong = |number: usize| {
        let next = tex.str(tex.skip_space(number + 1));
        tex.str(number) == function && (next.is_empty() || next == "{" || next.starts_with(char::is_alphanumeric))
    };
    let help = if function == "\\right" { "`\\right.` closes with nothing" } else { "`.` is an invisible one" };
    let Some(number) = (0..tex.tokens.len()).find(|&number| wrong(number)) else {
        return words(format!("`{function}` lacks a delimiter"), help);
    };
    let next = tex.skip_space(number + 1);
    match tex.str(next) {
        "" => words(format!("`{function}` lacks a delimiter"), help)
            .at(Some(tex.tokens[number].start()..tex.tokens[number].end())),
        found => words(format!("`{found}` is not a delimiter for `{function}`"), help)
            .at(Some(tex.tokens[number].start()..tex.tokens[next].end())),
    }
}

/// The first command whose arguments end with the formula before it has them all.
fn lacks_argument(tex: &Tex, known: Known<'_>) -> Option<Words> {
    if lone(tex, Kind::Open).is_some() {
        return None;
    }
    for (number, token) in tex.tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Word) {
        let name = tex.str(number);
        let own = known.macros.get(name).map(|found| found.expansion.num_args);
        let wanted = own.unwrap_or_else(|| engine::arguments(name));
        let mut at = number + 1;
        while wanted > 0 && own.is_none() && (tex.str(at) == "*" || tex.bracketed(at).is_some()) {
            at = tex.bracketed(at).map_or(at + 1, |option| option.next);
        }
        let mut given = 0;
        while let Some(argument) = tex.argument(at).filter(|_| given < wanted) {
            (given, at) = (given + 1, argument.next);
        }
        if given < wanted && tex.skip_space(at) == tex.tokens.len() {
            let takes = if wanted == 1 { "it takes one".to_owned() } else { format!("it takes {wanted}") };
            return Some(words(format!("`{name}` lacks an argument"), takes).at(Some(token.start()..token.end())));
        }
    }
    None
}

/// The second `\tag` of a row.
fn second_tag(tex: &Tex) -> Words {
    let (mut before, mut second) = (false, None);
    for number in 0..tex.tokens.len() {
        match tex.str(number) {
            "\\\\" | "\\cr" => before = false,
            "\\tag" if before => {
                let next = tex.braced(number + 1 + usize::from(tex.str(number + 1) == "*")).map(|body| body.next);
                second = Some(tex.tokens[number].start()..tex.tokens[next.unwrap_or(number + 1) - 1].end());
                break;
            }
            "\\tag" => before = true,
            _ => {}
        }
    }
    words("a second `\\tag` on one row", "keep one").at(second)
}

/// The last token that reads so.
fn last(tex: &Tex, word: &str) -> Option<Range<usize>> {
    let number = (0..tex.tokens.len()).rev().find(|&number| tex.str(number) == word)?;
    Some(tex.tokens[number].start()..tex.tokens[number].end())
}

/// The last `\verb` that quotes nothing.
fn last_verb(tex: &Tex) -> Option<Range<usize>> {
    let number = (0..tex.tokens.len()).rev().find(|&number| tex.str(number).starts_with("\\verb"))?;
    Some(tex.tokens[number].start()..tex.tokens[number].end())
}

/// Where a text stands, if it stands in one place only.
fn found(tex: &Tex, text: &str) -> Option<Range<usize>> {
    let mut places = tex.text.match_indices(text).map(|(at, _)| at..at + text.len());
    places.next().filter(|range| places.next().is_none() && !range.is_empty())
}

fn undefined(name: &str, tex: &Tex, range: Option<&Range<usize>>, known: Known<'_>) -> Words {
    // The engine swallows what goes wrong inside its own macros and then reports the macro as undefined.
    let defines = ["\\newcommand", "\\renewcommand"].contains(&name);
    if defines && let Some(start) = range.map(|range| range.start) {
        let number = tex.tokens.partition_point(|token| token.start() < start);
        let defined = tex.argument(number + 1).map(|argument| (tex.text[argument.inner.clone()].trim(), argument));
        if let Some((defined, argument)) = defined {
            let at = Some(argument.inner);
            if name == "\\newcommand" && (engine::is_known(defined) || known.names().any(|name| name == defined)) {
                return words(format!("`{defined}` exists already"), "use `\\renewcommand`").at(at);
            }
            if name == "\\renewcommand" {
                return words(format!("`{defined}` does not exist yet"), "use `\\newcommand`").at(at);
            }
        }
        return words(format!("`{name}` is not complete"), "write `\\newcommand{\\name}[arguments]{body}`");
    }
    if name == "\\tag@literal" || name == "\\tag@paren" {
        return second_tag(tex);
    }
    if engine::is_known(name) {
        return words(format!("`{name}` cannot be used here"), "");
    }
    let message = format!("undefined control sequence `{name}`");
    if let Some(help) = packages::command(name) {
        return words(message, help);
    }
    let mut local = tex::outline(tex.text).definitions;
    local.extend(tex::outline(known.prelude).definitions);
    let names = known.names().chain(local.iter().map(|definition| definition.name.as_str()));
    let own = || "a command of your own is defined under `[math.macros]` in `site.toml`".to_owned();
    words(message, did_you_mean(name, names).unwrap_or_else(own))
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
    // There are so many short commands that two letters' difference would find one for every word.
    let limit = (bare.chars().count() / 3).max(1);
    let near = nearest_within(limit, bare, project.iter().copied().chain(known))?;
    let whose = if project.contains(&near) { ", a macro of this project" } else { "" };
    Some(format!("did you mean `\\{near}`{whose}?"))
}

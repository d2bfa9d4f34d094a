//! What a formula says about itself: rows, labels, tags, references, definitions.
//!
//! The site numbers equations before any formula is typeset, so this reads the structure from tokens alone. Rows are
//! counted as the engine will set them: the lines of an environment that numbers its lines, or the formula as a whole.

use std::ops::Range;

use super::{Argument, Kind, Tex};

/// A `\label{…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The name between the braces, trimmed.
    pub name: String,
    /// Its bytes in the formula, without braces.
    pub range: Range<usize>,
}

/// A `\tag{…}` or `\tag*{…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The bytes of the whole command.
    pub range: Range<usize>,
    /// The TeX between its braces.
    pub body: String,
    /// `\tag*`: set without parentheses.
    pub starred: bool,
}

/// A row that can carry one number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Its bytes, without the `\\` that ends it.
    pub range: Range<usize>,
    /// Its labels; usually none or one.
    pub labels: Vec<Label>,
    /// The tag that the author gave it.
    pub tag: Option<Tag>,
    /// `\nonumber` or `\notag` was said.
    pub unnumbered: bool,
}

/// A `\ref{…}` or `\eqref{…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The label that is referred to.
    pub label: String,
    /// The bytes of the label, without braces.
    pub range: Range<usize>,
    /// `\eqref`: the number stands in parentheses.
    pub parenthesised: bool,
}

/// A command that a formula defines for the formulas after it on its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The command, with its backslash.
    pub name: String,
    /// The bytes of the whole definition in the formula.
    pub range: Range<usize>,
    /// The definition in a form that can be said again: `\def` in place of `\newcommand`, which refuses a known name.
    pub carried: String,
}

/// Which rows get a number by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numbering {
    /// Rows with a `\label`.
    #[default]
    Labelled,
    /// As LaTeX: every row of an unstarred environment, and rows with a `\label`.
    All,
    /// None.
    None,
}

/// What a formula says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// The environment that makes up the whole formula, such as `align*`.
    pub environment: Option<String>,
    /// Its rows; at least one.
    pub rows: Vec<Row>,
    /// What it refers to, in order.
    pub references: Vec<Reference>,
    /// What it defines, in order.
    pub definitions: Vec<Definition>,
    /// Nothing but definitions: there is nothing to show.
    pub silent: bool,
    /// A row has a label or a tag. Most formulas of a site have none, and need not be looked at again.
    pub named: bool,
}

impl Outline {
    /// Whether a row gets a number from the site. A row with a `\tag` never does: its tag is its number.
    #[must_use]
    pub fn takes_number(&self, row: &Row, numbering: Numbering) -> bool {
        let counted = self.environment.as_deref().is_some_and(|name| !name.ends_with('*'));
        let wanted = match numbering {
            Numbering::Labelled => !row.labels.is_empty(),
            Numbering::All => counted || !row.labels.is_empty(),
            Numbering::None => false,
        };
        wanted && !row.unnumbered && row.tag.is_none()
    }
}

/// Environments whose lines can each carry a number. `eqnarray`, `flalign` and `multline` are set through others.
const LINES: [&str; 5] = ["align", "alignat", "gather", "eqnarray", "flalign"];
/// Environments that carry one number.
const SINGLE: [&str; 2] = ["equation", "multline"];

/// The outline with the token numbers that a rewrite needs.
#[derive(Debug, Clone)]
pub(crate) struct Structure {
    pub(crate) outline: Outline,
    /// The numbers of `\begin` and `\end` of the environment that is the whole formula.
    pub(crate) environment: Option<(usize, usize)>,
    /// For each row the number of the token before which a tag can be put.
    pub(crate) row_ends: Vec<usize>,
    /// The token ranges of `\label{…}`.
    pub(crate) labels: Vec<Range<usize>>,
    /// The token ranges of `\ref{…}` and `\eqref{…}`, as in `outline.references`.
    pub(crate) references: Vec<Range<usize>>,
}

/// Reads the outline of a formula.
#[must_use]
pub fn outline(text: &str) -> Outline {
    if !text.contains('\\') {
        return Outline { rows: vec![Row { range: 0..text.len(), ..Row::default() }], ..Outline::default() };
    }
    read(&Tex::read(text)).outline
}

/// Reads the outline of a formula that is already cut into tokens.
pub(crate) fn read(tex: &Tex) -> Structure {
    let definitions = definitions(tex);
    let environment = whole_environment(tex, &definitions);
    let name = environment.map(|(begin, _)| tex.environment_name(begin).map_or("", |(name, _)| name));
    let (row_starts, row_ends) = match (environment, name) {
        (Some(pair), Some(name)) if LINES.contains(&name.trim_end_matches('*')) => rows(tex, pair),
        (Some((begin, end)), Some(_)) => (vec![after_begin(tex, begin)], vec![end]),
        _ => (vec![0], vec![tex.tokens.len()]),
    };
    let byte = |number: usize| tex.tokens.get(number).map_or(tex.text.len(), super::Token::start);
    let rows =
        row_starts.iter().zip(&row_ends).map(|(&start, &end)| Row { range: byte(start)..byte(end), ..Row::default() });
    let mut structure = Structure {
        outline: Outline {
            environment: name.map(str::to_owned),
            rows: rows.collect(),
            silent: !definitions.is_empty() && environment.is_none() && is_silent(tex, &definitions),
            ..Outline::default()
        },
        environment,
        row_ends,
        labels: Vec::new(),
        references: Vec::new(),
    };
    collect(tex, &mut structure);
    structure.outline.named = structure.outline.rows.iter().any(|row| !row.labels.is_empty() || row.tag.is_some());
    structure.outline.definitions = definitions.into_iter().map(|found| found.definition).collect();
    structure
}

/// Reads labels, tags and references into the rows that they stand on.
fn collect(tex: &Tex, structure: &mut Structure) {
    let mut number = 0;
    while number < tex.tokens.len() {
        let next = match (tex.tokens[number].kind, tex.str(number)) {
            (Kind::Word, "\\label") => tex.braced(number + 1).map(|argument| {
                let label = Label { name: tex.text[argument.inner.clone()].trim().to_owned(), range: argument.inner };
                structure.labels.push(number..argument.next);
                row_at(structure, number).labels.push(label);
                argument.next
            }),
            (Kind::Word, word @ ("\\ref" | "\\eqref")) => tex.braced(number + 1).map(|argument| {
                structure.references.push(number..argument.next);
                structure.outline.references.push(Reference {
                    label: tex.text[argument.inner.clone()].trim().to_owned(),
                    range: argument.inner,
                    parenthesised: word == "\\eqref",
                });
                argument.next
            }),
            (Kind::Word, "\\tag") => {
                let starred = tex.str(number + 1) == "*";
                tex.braced(number + 1 + usize::from(starred)).map(|argument| {
                    let range = tex.tokens[number].start()..tex.tokens[argument.next - 1].end();
                    let body = tex.text[argument.inner].to_owned();
                    row_at(structure, number).tag = Some(Tag { range, body, starred });
                    number + 1
                })
            }
            (Kind::Word, "\\nonumber" | "\\notag") => {
                row_at(structure, number).unnumbered = true;
                None
            }
            _ => None,
        };
        number = next.unwrap_or(number + 1);
    }
}

/// The row that a token stands on: the first row that does not end before it, else the last one.
fn row_at(structure: &mut Structure, number: usize) -> &mut Row {
    let row = structure.row_ends.partition_point(|&end| end < number).min(structure.outline.rows.len() - 1);
    &mut structure.outline.rows[row]
}

fn after_begin(tex: &Tex, begin: usize) -> usize {
    tex.environment_name(begin).map_or(begin + 1, |(_, argument)| argument.next)
}

/// `\begin` and `\end` of the environment that makes up the whole formula, if one that can be numbered does.
fn whole_environment(tex: &Tex, definitions: &[Found]) -> Option<(usize, usize)> {
    let begin = skip_silent(tex, 0, definitions);
    if tex.str(begin) != "\\begin" {
        return None;
    }
    let (name, argument) = tex.environment_name(begin)?;
    let bare = name.strip_suffix('*').unwrap_or(name);
    if !LINES.contains(&bare) && !SINGLE.contains(&bare) {
        return None;
    }
    let mut depth = 1_usize;
    let mut number = argument.next;
    while number < tex.tokens.len() {
        match (tex.tokens[number].kind, tex.str(number)) {
            (Kind::Open, _) => number = tex.tokens[number].partner()?,
            (Kind::Close, _) => return None,
            (Kind::Word, "\\begin") => depth += 1,
            (Kind::Word, "\\end") => {
                depth -= 1;
                if depth == 0 {
                    let (end_name, argument) = tex.environment_name(number)?;
                    let rest = skip_silent(tex, argument.next, definitions);
                    return (end_name == name && rest == tex.tokens.len()).then_some((begin, number));
                }
            }
            _ => {}
        }
        number += 1;
    }
    None
}

/// The token ranges of the rows of an environment: first tokens, and the `\\` or `\end` after each. A last row with
/// nothing on it is none.
fn rows(tex: &Tex, (begin, end): (usize, usize)) -> (Vec<usize>, Vec<usize>) {
    let (mut starts, mut ends) = (vec![after_begin(tex, begin)], Vec::new());
    let mut depth = 0_usize;
    let mut number = starts[0];
    while number < end {
        match (tex.tokens[number].kind, tex.str(number)) {
            (Kind::Open, _) => number = tex.tokens[number].partner().unwrap_or(number),
            (Kind::Word, "\\begin") => depth += 1,
            (Kind::Word, "\\end") => depth = depth.saturating_sub(1),
            (Kind::Symbol, "\\\\") | (Kind::Word, "\\cr") if depth == 0 => {
                ends.push(number);
                starts.push(number + 1);
            }
            _ => {}
        }
        number += 1;
    }
    ends.push(end);
    if starts.len() > 1 && tex.skip_space(starts[starts.len() - 1]) == end {
        starts.pop();
        ends.pop();
    }
    (starts, ends)
}

/// A definition and the token after it.
struct Found {
    first: usize,
    next: usize,
    definition: Definition,
}

fn is_silent(tex: &Tex, definitions: &[Found]) -> bool {
    skip_silent(tex, 0, definitions) == tex.tokens.len()
}

/// Skips what leaves no mark on the page: space, comments, definitions and labels.
fn skip_silent(tex: &Tex, mut number: usize, definitions: &[Found]) -> usize {
    loop {
        number = tex.skip_space(number);
        if let Ok(found) = definitions.binary_search_by_key(&number, |found| found.first) {
            number = definitions[found].next;
        } else if tex.str(number) == "\\label"
            && let Some(argument) = tex.braced(number + 1)
        {
            number = argument.next;
        } else {
            return number;
        }
    }
}

/// The definitions that later formulas of the page can use: those outside groups and environments.
fn definitions(tex: &Tex) -> Vec<Found> {
    let mut found = Vec::new();
    let (mut number, mut depth) = (0, 0_usize);
    while number < tex.tokens.len() {
        match (tex.tokens[number].kind, tex.str(number)) {
            (Kind::Open, _) => number = tex.tokens[number].partner().unwrap_or(number),
            (Kind::Word, "\\begin") => depth += 1,
            (Kind::Word, "\\end") => depth = depth.saturating_sub(1),
            (Kind::Word, word) if depth == 0 => {
                if let Some((definition, next)) = definition(tex, number, word) {
                    found.push(Found { first: number, next, definition });
                    number = next;
                    continue;
                }
            }
            _ => {}
        }
        number += 1;
    }
    found
}

/// The definition that starts at a token.
fn definition(tex: &Tex, first: usize, word: &str) -> Option<(Definition, usize)> {
    let (name, carried, next) = match word {
        "\\newcommand" | "\\renewcommand" | "\\providecommand" => {
            let (name, argument) = defined_name(tex, first + 1 + usize::from(tex.str(first + 1) == "*"))?;
            let count = tex.bracketed(argument.next);
            let (arguments, body_at) = match &count {
                Some(count) => {
                    (tex.text[count.inner.clone()].trim().parse::<u8>().ok().filter(|n| *n <= 9)?, count.next)
                }
                None => (0, argument.next),
            };
            let body = tex.argument(body_at)?;
            let parameters = &"#1#2#3#4#5#6#7#8#9"[..2 * usize::from(arguments)];
            (name, format!("\\def{name}{parameters}{{{}}}", &tex.text[body.inner.clone()]), body.next)
        }
        "\\DeclareMathOperator" => {
            let starred = tex.str(first + 1) == "*";
            let (name, argument) = defined_name(tex, first + 1 + usize::from(starred))?;
            let body = tex.argument(argument.next)?;
            let star = if starred { "*" } else { "" };
            let carried = format!("\\def{name}{{\\operatorname{star}{{{}}}}}", &tex.text[body.inner.clone()]);
            (name, carried, body.next)
        }
        "\\def" | "\\gdef" | "\\edef" | "\\xdef" => {
            let (name, argument) = defined_name(tex, first + 1)?;
            let near = argument.next..tex.tokens.len().min(argument.next + 100);
            let open = near.into_iter().find(|&n| matches!(tex.tokens[n].kind, Kind::Open | Kind::Close))?;
            let next = tex.group(open)?.next;
            (name, tex.text[tex.tokens[first].start()..tex.tokens[next - 1].end()].to_owned(), next)
        }
        "\\let" => {
            let (name, argument) = defined_name(tex, first + 1)?;
            let mut at = tex.skip_space(argument.next);
            if tex.str(at) == "=" {
                at = tex.skip_space(at + 1);
            }
            tex.tokens.get(at)?;
            (name, tex.text[tex.tokens[first].start()..tex.tokens[at].end()].to_owned(), at + 1)
        }
        _ => return None,
    };
    let range = tex.tokens[first].start()..tex.tokens[next - 1].end();
    Some((Definition { name: name.to_owned(), range, carried }, next))
}

/// The command that is being defined, `\x` or `{\x}`.
fn defined_name<'a>(tex: &Tex<'a>, number: usize) -> Option<(&'a str, Argument)> {
    let argument = tex.argument(number)?;
    let name = tex.text[argument.inner.clone()].trim();
    let valid = name.starts_with('\\') && name.len() > 1 && Tex::read(name).tokens.len() == 1;
    valid.then_some((name, argument))
}

/// The definitions of earlier formulas that a formula uses, itself or through others, in their order: what it takes
/// to read this formula alone. A command that the formula defines itself is left out.
#[must_use]
pub fn prelude(definitions: &[Definition], text: &str) -> String {
    if definitions.is_empty() || !text.contains('\\') {
        return String::new();
    }
    let own: Vec<String> = outline(text).definitions.into_iter().map(|definition| definition.name).collect();
    let mut used = commands(text);
    let mut needed = vec![false; definitions.len()];
    loop {
        let found = (0..definitions.len()).rev().find(|&number| {
            let name = &definitions[number].name;
            !needed[number] && used.contains(name) && !own.contains(name)
        });
        let Some(number) = found else { break };
        needed[number] = true;
        used.extend(commands(&definitions[number].carried));
    }
    let carried = definitions.iter().zip(needed).filter(|(_, needed)| *needed);
    carried.map(|(definition, _)| definition.carried.as_str()).collect::<Vec<_>>().join("")
}

fn commands(text: &str) -> std::collections::BTreeSet<String> {
    let tex = Tex::read(text);
    let named = (0..tex.tokens.len()).filter(|&n| matches!(tex.tokens[n].kind, Kind::Word | Kind::Symbol));
    named.map(|number| tex.str(number).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_labels_and_tags_are_found() {
        let text = "\n\\begin{align}\n a &= b \\label{eq:a} \\\\[2pt]\n c &= \\begin{cases} 1 \\\\ 2 \\end{cases} \\nonumber \\\\\n d \\tag{$*$} \\label{eq:d}\\\\ \\end{align}";
        let outline = outline(text);
        assert_eq!(outline.environment.as_deref(), Some("align"));
        let rows: Vec<_> = outline
            .rows
            .iter()
            .map(|row| {
                let labels: Vec<_> = row.labels.iter().map(|label| label.name.as_str()).collect();
                (labels, row.tag.as_ref().map(|tag| tag.body.as_str()), row.unnumbered)
            })
            .collect();
        assert_eq!(rows, [(vec!["eq:a"], None, false), (vec![], None, true), (vec!["eq:d"], Some("$*$"), false)]);
        let numbered =
            |numbering| outline.rows.iter().map(|row| outline.takes_number(row, numbering)).collect::<Vec<_>>();
        assert_eq!(numbered(Numbering::Labelled), [true, false, false]);
        assert_eq!(numbered(Numbering::All), [true, false, false]);
    }

    #[test]
    fn an_environment_inside_something_else_is_one_row() {
        let outline = outline("x + \\begin{align} a \\\\ b \\end{align} \\eqref{eq:a}");
        assert_eq!((outline.environment, outline.rows.len(), outline.references.len()), (None, 1, 1));
    }

    #[test]
    fn definitions_are_carried_in_a_form_that_can_be_repeated() {
        let text =
            r"\newcommand{\norm}[1]{\|#1\|} \let\eps=\epsilon \DeclareMathOperator*{\argmax}{arg\,max} \def\a#1.{#1}";
        let outline = outline(text);
        assert!(outline.silent);
        let carried: Vec<_> = outline.definitions.iter().map(|definition| definition.carried.as_str()).collect();
        assert_eq!(
            carried,
            [r"\def\norm#1{\|#1\|}", r"\let\eps=\epsilon", r"\def\argmax{\operatorname*{arg\,max}}", r"\def\a#1.{#1}"]
        );
    }

    #[test]
    fn a_prelude_holds_what_a_formula_uses() {
        let definitions = outline(r"\def\a{\b}\def\b{1}\def\c{2}").definitions;
        assert_eq!(prelude(&definitions, r"\a x"), r"\def\a{\b}\def\b{1}");
        assert_eq!(prelude(&definitions, r"\newcommand\a{3}\a"), "");
    }
}

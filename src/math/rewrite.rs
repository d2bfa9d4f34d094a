//! TeX that KaTeX lacks, said in TeX that it has.
//!
//! The author's text goes in; out come the text for the engine, the text for the page's annotation (the same, less
//! what only we understand), and a map from engine offsets back to the author's bytes, so that an error is
//! underlined where it was typed. What is rewritten:
//!
//! | typed | set as |
//! |---|---|
//! | `eqnarray` | `alignat*`: every second column is a relation, the others keep their own edges |
//! | `multline` | `align*`: first line at the left edge, the others indented, which also reads on a phone |
//! | `flalign` | `align*` |
//! | `equation`, `align`, … | starred: the site numbers equations, not a counter in CSS |
//! | `displaymath` | `equation*` |
//! | `\label` | nothing; a number, if the site gave one, as `\tag` at the end of its row |
//! | `\ref`, `\eqref` | the number as a link |
//! | `\DeclareMathOperator` | `\def` with `\operatorname` |
//! | `\mbox` | `\text` |
//! | `_` in `\text` | `\_` |

use std::ops::Range;

use super::Numbers;
use crate::tex::{Kind, Structure, Tex};

/// Prefix of an identifier that only we give; the engine hands it through to the markup.
pub(super) const ROW: &str = "piecewise-row:";
/// Prefix of a link target that only we give.
pub(super) const LINK: &str = "piecewise-link:";

/// A replacement of some of the author's bytes.
struct Edit {
    range: Range<usize>,
    engine: String,
    /// What the annotation says, where it differs.
    shown: Option<String>,
}

/// A formula as the engine gets it.
pub(super) struct Rewritten {
    /// The text for the engine.
    pub(super) engine: String,
    /// The text for the annotation: standard TeX that sets the same formula.
    pub(super) shown: String,
    /// Where each piece of `engine` came from: start in `engine`, start and end in the author's text.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Rewritten {
    /// The author's bytes for a range of engine bytes; `None` when it lies in the prelude alone.
    pub(super) fn author_range(&self, range: Range<usize>) -> Option<Range<usize>> {
        let start = self.author_offset(range.start)?;
        let end = self.author_offset(range.end.max(range.start + 1) - 1)?;
        Some(start.start..end.end.max(start.end))
    }

    /// The author's bytes that one engine byte stands for: one byte of copied text, all of a replaced range.
    fn author_offset(&self, offset: usize) -> Option<Range<usize>> {
        let number = self.pieces.partition_point(|(start, _)| *start <= offset).checked_sub(1)?;
        let (start, author) = &self.pieces[number];
        let next = self.pieces.get(number + 1).map_or(self.engine.len().max(offset + 1), |(next, _)| *next);
        if next - start == author.len() {
            return Some(author.start + (offset - start)..author.start + (offset - start) + 1);
        }
        Some(author.clone())
    }
}

/// Rewrites a formula. `structure` is the outline of `tex`.
pub(super) fn rewrite(tex: &Tex, structure: &Structure, prelude: &str, display: bool, numbers: &Numbers) -> Rewritten {
    let mut edits = Vec::new();
    commands(tex, &mut edits);
    for range in &structure.labels {
        edits.push(Edit { range: bytes(tex, range), engine: String::new(), shown: None });
    }
    references(tex, structure, numbers, &mut edits);
    tags(tex, structure, numbers, &mut edits);
    environments(tex, structure, display, &mut edits);
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    apply(tex.text, prelude, edits)
}

fn bytes(tex: &Tex, tokens: &Range<usize>) -> Range<usize> {
    let at = |number: usize| tex.tokens.get(number).map_or(tex.text.len(), crate::tex::Token::start);
    let end = if tokens.is_empty() { at(tokens.start) } else { tex.tokens[tokens.end - 1].end() };
    at(tokens.start)..end
}

/// Puts the pieces together. An edit inside the range of an earlier one is dropped.
fn apply(text: &str, prelude: &str, edits: Vec<Edit>) -> Rewritten {
    let (mut engine, mut shown) = (prelude.to_owned(), prelude.to_owned());
    let mut pieces = Vec::with_capacity(2 * edits.len() + 1);
    let mut position = 0;
    for edit in edits {
        if edit.range.start < position {
            continue;
        }
        if position < edit.range.start {
            pieces.push((engine.len(), position..edit.range.start));
            engine.push_str(&text[position..edit.range.start]);
            shown.push_str(&text[position..edit.range.start]);
        }
        if !edit.engine.is_empty() {
            pieces.push((engine.len(), edit.range.clone()));
        }
        engine.push_str(&edit.engine);
        shown.push_str(edit.shown.as_ref().unwrap_or(&edit.engine));
        position = edit.range.end;
    }
    pieces.push((engine.len(), position..text.len()));
    engine.push_str(&text[position..]);
    shown.push_str(&text[position..]);
    Rewritten { engine, shown, pieces }
}

/// Commands whose argument is text.
const TEXT: [&str; 11] = [
    "\\text",
    "\\textrm",
    "\\textbf",
    "\\textit",
    "\\textsf",
    "\\texttt",
    "\\textnormal",
    "\\textmd",
    "\\textup",
    "\\mbox",
    "\\hbox",
];

/// `\mbox`, `\DeclareMathOperator` and underscores in text.
fn commands(tex: &Tex, edits: &mut Vec<Edit>) {
    // Where the text that we are in ends, as token numbers; a `$` inside toggles to mathematics and back.
    let mut text_until = 0;
    let mut mathematics = false;
    for (number, token) in tex.tokens.iter().enumerate() {
        let range = token.start()..token.end();
        let inside = number < text_until;
        match (token.kind, tex.str(number)) {
            (Kind::Word, word) if TEXT.contains(&word) => {
                if word == "\\mbox" {
                    edits.push(Edit { range, engine: "\\text".to_owned(), shown: None });
                }
                if let Some(argument) = tex.braced(number + 1).filter(|_| !inside || mathematics) {
                    text_until = text_until.max(argument.tokens.end);
                    mathematics = false;
                }
            }
            (Kind::Word, "\\DeclareMathOperator") => declare_operator(tex, number, edits),
            (Kind::Dollar, _) if inside => mathematics = !mathematics,
            (Kind::Subscript, _) if inside && !mathematics => {
                edits.push(Edit { range, engine: "\\_".to_owned(), shown: None });
            }
            _ => {}
        }
    }
}

/// `\DeclareMathOperator*{\argmax}{arg\,max}` to `\def\argmax{\operatorname*{arg\,max}}`, around the author's body.
fn declare_operator(tex: &Tex, number: usize, edits: &mut Vec<Edit>) {
    let starred = tex.str(number + 1) == "*";
    let Some(name) = tex.argument(number + 1 + usize::from(starred)) else { return };
    let Some(body) = tex.argument(name.next) else { return };
    let star = if starred { "*" } else { "" };
    let head = format!("\\def{}{{\\operatorname{star}{{", tex.text[name.inner].trim());
    edits.push(Edit { range: tex.tokens[number].start()..body.inner.start, engine: head, shown: None });
    edits.push(Edit { range: body.inner.end..tex.tokens[body.next - 1].end(), engine: "}}".to_owned(), shown: None });
}

fn references(tex: &Tex, structure: &Structure, numbers: &Numbers, edits: &mut Vec<Edit>) {
    let found = structure.references.iter().zip(&structure.outline.references).enumerate();
    for (number, (range, reference)) in found {
        let link = numbers.links.get(number).and_then(Option::as_ref);
        let text = link.map_or("??", |link| link.text.as_str());
        let text = if reference.parenthesised { format!("({})", quoted(text)) } else { quoted(text) };
        let shown = format!("\\text{{{text}}}");
        let engine = if link.is_some() { format!("\\href{{{LINK}{number}}}{{{shown}}}") } else { shown.clone() };
        edits.push(Edit { range: bytes(tex, range), engine, shown: Some(shown) });
    }
}

/// Plain text as TeX text.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\textbackslash{}"),
            '{' | '}' | '$' | '&' | '%' | '#' | '_' => out.extend(['\\', character]),
            '^' => out.push_str("\\textasciicircum{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            _ => out.push(character),
        }
    }
    out
}

/// Numbers from the site become tags; the author's own tags on labelled rows get a place to land on.
fn tags(tex: &Tex, structure: &Structure, numbers: &Numbers, edits: &mut Vec<Edit>) {
    for (index, row) in structure.outline.rows.iter().enumerate() {
        let labelled = !row.labels.is_empty();
        if let Some(tag) = &row.tag {
            if labelled {
                let body = tag.range.end - 1 - tag.body.len()..tag.range.end - 1;
                let head = format!("\\htmlId{{{ROW}{index}}}{{");
                edits.push(Edit { range: body.start..body.start, engine: head, shown: Some(String::new()) });
                edits.push(Edit { range: body.end..body.end, engine: "}".to_owned(), shown: Some(String::new()) });
            }
        } else if let Some(text) = numbers.rows.get(index).and_then(Option::as_ref) {
            let at = tex.tokens.get(structure.row_ends[index]).map_or(tex.text.len(), crate::tex::Token::start);
            let text = quoted(text);
            let shown = format!("\\tag{{{text}}}");
            let engine = if labelled { format!("\\tag{{\\htmlId{{{ROW}{index}}}{{{text}}}}}") } else { shown.clone() };
            edits.push(Edit { range: at..at, engine, shown: Some(shown) });
        }
    }
}

/// Environments under another name, and starred where the site does the numbering.
fn environments(tex: &Tex, structure: &Structure, display: bool, edits: &mut Vec<Edit>) {
    let mut open = Vec::new();
    for number in 0..tex.tokens.len() {
        match tex.str(number) {
            "\\begin" => open.push(number),
            "\\end" => {
                if let Some(begin) = open.pop() {
                    let whole = structure.environment == Some((begin, number));
                    environment(tex, (begin, number), (whole, display), edits);
                }
            }
            _ => {}
        }
    }
}

fn environment(tex: &Tex, (begin, end): (usize, usize), (whole, display): (bool, bool), edits: &mut Vec<Edit>) {
    let (Some((name, head)), Some((end_name, tail))) = (tex.environment_name(begin), tex.environment_name(end)) else {
        return;
    };
    if name != end_name {
        return;
    }
    let (from, to) = (head.next, end);
    let pick = |whole_name: &str, inner: &str| if whole && display { whole_name.to_owned() } else { inner.to_owned() };
    let (opening, closing) = match name {
        "eqnarray" | "eqnarray*" => {
            let pairs = relation_columns(tex, from..to, edits);
            let name = pick("alignat*", "alignedat");
            (format!("{name}}}{{{pairs}"), name)
        }
        "multline" | "multline*" => {
            indented_lines(tex, from..to, edits);
            (pick("align*", "aligned"), pick("align*", "aligned"))
        }
        "flalign" | "flalign*" => (pick("align*", "aligned"), pick("align*", "aligned")),
        "equation" | "align" | "gather" | "alignat" if display => (format!("{name}*"), format!("{name}*")),
        "displaymath" if display => ("equation*".to_owned(), "equation*".to_owned()),
        _ => return,
    };
    edits.push(Edit { range: head.inner, engine: opening, shown: None });
    edits.push(Edit { range: tail.inner, engine: closing, shown: None });
}

/// Calls `visit` for each `&` and `\\` that belongs to the environment whose body these tokens are.
fn separators(tex: &Tex, tokens: Range<usize>, mut visit: impl FnMut(usize, bool)) {
    let mut depth = 0_usize;
    let mut number = tokens.start;
    while number < tokens.end {
        match (tex.tokens[number].kind, tex.str(number)) {
            (Kind::Open, _) => number = tex.tokens[number].partner().unwrap_or(number),
            (Kind::Word, "\\begin") => depth += 1,
            (Kind::Word, "\\end") => depth = depth.saturating_sub(1),
            (Kind::Align, _) if depth == 0 => visit(number, false),
            (Kind::Symbol, "\\\\") | (Kind::Word, "\\cr") if depth == 0 => visit(number, true),
            _ => {}
        }
        number += 1;
    }
}

/// `a &=& b` to `a &\mathrel{=}&& b`: two pairs of columns, right-left and right-left, the third column empty; each
/// further `&=& c` takes two pairs more. Returns the number of pairs.
fn relation_columns(tex: &Tex, tokens: Range<usize>, edits: &mut Vec<Edit>) -> usize {
    let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
    separators(tex, tokens, |number, row_ends| match rows.last_mut() {
        Some(row) if !row_ends => row.push(number),
        _ => rows.push(Vec::new()),
    });
    for row in &rows {
        for (place, &number) in row.iter().enumerate() {
            // A relation stands between two separators; what follows the last of an odd number is a remark.
            let opens = place % 2 == 0 && place + 1 < row.len();
            let engine = match place {
                0 if opens => "&\\mathrel{",
                0 => "&",
                // The empty group gives the relation its space on the right, too.
                _ if place % 2 == 1 => "}{}&&",
                _ if opens => "&&\\mathrel{",
                _ => "&&\\quad ",
            };
            let token = tex.tokens[number];
            edits.push(Edit { range: token.start()..token.end(), engine: engine.to_owned(), shown: None });
        }
    }
    rows.iter().map(Vec::len).max().unwrap_or(0).max(2)
}

/// The first line starts at the alignment point, the others two quads to its right.
fn indented_lines(tex: &Tex, tokens: Range<usize>, edits: &mut Vec<Edit>) {
    let insert = |at: usize, engine: &str| Edit { range: at..at, engine: engine.to_owned(), shown: None };
    edits.push(insert(bytes(tex, &(tokens.start..tokens.start)).start, "&"));
    let mut starts = Vec::new();
    separators(tex, tokens.clone(), |number, row_ends| {
        if row_ends {
            let after = tex.bracketed(number + 1).filter(|_| tex.str(number + 1) == "[");
            starts.push(after.map_or(number + 1, |gap| gap.next));
        }
    });
    for start in starts {
        if tex.skip_space(start) < tokens.end {
            edits.push(insert(bytes(tex, &(start..start)).start, "&\\qquad "));
        }
    }
}

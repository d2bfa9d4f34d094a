//! Includes: `--8<-- "file:section"` of PyMdown, `{{#include file:anchor}}` of mdBook, `{{< include file >}}` of Quarto,
//! `<!--@include: file-->` of VitePress.
//!
//! The first pass over an article. What a directive names is looked for in the folder of the file that it stands in, then
//! in each folder above, up to the site's folder and never outside. Which files those are is said by [`wanted`], so that
//! the shell can read them before the build begins; the included text keeps its own origin, so that a mistake in it is
//! shown in its own file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use super::{Spellings, front_matter};
use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::source::{Excerpt, Source};

/// Files that directives may name, by their path from the site's folder: the text, or why it cannot be had.
pub type Files = BTreeMap<String, Result<Source, String>>;

/// Includes within includes go no deeper.
const MAX_DEPTH: usize = 16;

/// An article does not grow beyond this many bytes.
const MAX_BYTES: usize = 64 << 20;

/// The longest directive inside of a line, in bytes.
const MAX_LENGTH: usize = 1000;

/// The fence of a listing that is a whole file: longer than any in it.
const PLAYGROUND: &str = "~~~~~~~~";

const CODE: &str = "include";

/// A directive in a text.
#[derive(Debug, PartialEq, Eq)]
struct Directive {
    /// What it takes the place of: its line, or for mdBook's spelling inside a line the directive alone.
    range: Range<usize>,
    /// What is named, part included; empty for the bare scissors around a list of files.
    target: Range<usize>,
    /// Space and quote marks that each line of the included text gets.
    prefix: Range<usize>,
    /// PyMdown's spelling, in which `file:4` goes on to the end of the file.
    scissors: bool,
    /// The text becomes a listing: `{{#playground file.rs}}` of mdBook.
    listing: bool,
    /// Escaped: shown as it is, without the character at this place.
    escape: Option<usize>,
}

/// Which part of a file is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    All,
    /// First and last line, from 1; several ranges one after the other.
    Lines(Vec<(usize, usize)>),
    Section(String),
}

/// The paths that the directives of a file may mean, from the site's folder, in the order in which they are tried.
#[must_use]
pub fn wanted(source: &Source) -> Vec<Vec<String>> {
    let directives = directives(&source.text).into_iter().filter(|directive| directive.escape.is_none());
    directives
        .filter_map(|directive| {
            let (path, _) = split(&source.text[directive.target.clone()], directive.scissors);
            candidates(&source.path, path)
        })
        .collect()
}

/// Puts the named files in the place of the directives of `body`, which stands in the file `path`.
pub(super) fn expand(body: Excerpt, path: &str, files: &Files, diagnostics: &mut Vec<Diagnostic>) -> Excerpt {
    if !may_include(&body.text) {
        return body;
    }
    let mut expander = Expander { files, out: Excerpt::new(body.span), open: vec![path.to_owned()], diagnostics };
    expander.text(&body, "");
    expander.out
}

fn may_include(text: &str) -> bool {
    ["-8<-", "{{#", "{{< include", "@include:"].iter().any(|sign| text.contains(sign))
}

struct Expander<'a> {
    files: &'a Files,
    out: Excerpt,
    /// The files that are being put together, outermost first.
    open: Vec<String>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Expander<'_> {
    /// Appends `text`, each line behind `prefix`, with its directives replaced.
    fn text(&mut self, text: &Excerpt, prefix: &str) {
        let mut from = 0;
        for directive in directives(&text.text) {
            if let Some(escape) = directive.escape {
                self.lines(text, from..escape, prefix);
                from = escape + 1;
                continue;
            }
            self.lines(text, from..directive.range.start, prefix);
            from = directive.range.end;
            if !self.include(text, &directive, prefix) {
                self.lines(text, directive.range.clone(), prefix);
            }
        }
        self.lines(text, from..text.text.len(), prefix);
    }

    fn lines(&mut self, text: &Excerpt, range: Range<usize>, prefix: &str) {
        if prefix.is_empty() {
            return self.out.push_part(text, range);
        }
        let mut at = range.start;
        for line in text.text[range].split_inclusive('\n') {
            if at == 0 || text.text.as_bytes()[at - 1] == b'\n' {
                self.out.push_stand_in(prefix, text, at..at);
            }
            self.out.push_part(text, at..at + line.len());
            at += line.len();
        }
    }

    /// Includes what a directive names; false if it has to be shown as typed.
    fn include(&mut self, text: &Excerpt, directive: &Directive, prefix: &str) -> bool {
        if directive.target.is_empty() {
            return true;
        }
        let span = text.span(directive.target.clone());
        let (path, part) = split(&text.text[directive.target.clone()], directive.scissors);
        let problem = match self.find(path) {
            Err(problem) => problem,
            Ok((found, _)) if self.open.contains(&found) => {
                Diagnostic::error(CODE, span, format!("`{found}` includes itself"))
            }
            Ok(_) if self.open.len() > MAX_DEPTH => {
                Diagnostic::error(CODE, span, format!("includes are nested more than {MAX_DEPTH} deep"))
            }
            Ok((_, source)) if self.out.text.len() + source.text.len() > MAX_BYTES => {
                Diagnostic::error(CODE, span, format!("with this file the page has more than {MAX_BYTES} bytes"))
            }
            Ok((found, source)) => match select(source, &part) {
                Ok(selected) => {
                    let prefix = prefix.to_owned() + &text.text[directive.prefix.clone()];
                    let end = directive.range.end;
                    let ends_a_line = text.text[directive.range.clone()].ends_with('\n');
                    let listing = directive.listing && ends_a_line;
                    if listing {
                        self.out.push_stand_in(&format!("{prefix}{PLAYGROUND}rust\n"), text, end..end);
                    }
                    self.open.push(found);
                    self.text(&selected, &prefix);
                    self.open.pop();
                    if ends_a_line && !self.out.text.ends_with('\n') {
                        self.out.push_stand_in("\n", text, end..end);
                    }
                    if listing {
                        self.out.push_stand_in(&format!("{prefix}{PLAYGROUND}\n"), text, end..end);
                    }
                    return true;
                }
                Err(problem) => problem,
            },
        };
        self.diagnostics.push(Diagnostic { span: Some(span), ..problem });
        false
    }

    /// The file that a directive means, with its path from the site's folder.
    fn find(&self, path: &str) -> Result<(String, &Source), Diagnostic> {
        let from = self.open.last().map_or("", String::as_str);
        let Some(candidates) = candidates(from, path) else {
            return Err(problem(format!("`{path}` lies outside of the site's folder"))
                .help("only files of the site can be included: copy or move it there"));
        };
        for candidate in candidates {
            match self.files.get(&candidate) {
                Some(Ok(source)) => return Ok((candidate, source)),
                Some(Err(reason)) => return Err(problem(format!("`{candidate}` cannot be included: {reason}"))),
                None => {}
            }
        }
        let near = nearest(path, self.files.keys().map(String::as_str));
        Err(problem(format!("there is no file `{path}` in the folder of the article or above it"))
            .maybe_help(near.map(|near| format!("did you mean `{near}`?"))))
    }
}

/// An error whose place is that of the directive.
fn problem(message: String) -> Diagnostic {
    Diagnostic::of_site(Severity::Error, CODE, message)
}

/// Where `path` may lie, seen from the file `from`; `None` if it can only lie outside of the site's folder.
fn candidates(from: &str, path: &str) -> Option<Vec<String>> {
    if path.contains("://") || path.contains('\\') || path.starts_with('~') || path.is_empty() {
        return None;
    }
    let mut folder: Vec<&str> = from.split('/').collect();
    folder.pop();
    let mut found: Vec<String> = Vec::new();
    loop {
        let mut parts = folder.clone();
        let inside = path.trim_start_matches('/').split('/').all(|part| match part {
            "" | "." => true,
            ".." => parts.pop().is_some(),
            part => {
                parts.push(part);
                true
            }
        });
        if inside && !found.contains(&parts.join("/")) {
            found.push(parts.join("/"));
        }
        if folder.pop().is_none() {
            break;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// All directives of a text, in order.
fn directives(text: &str) -> Vec<Directive> {
    let mut found = Vec::new();
    if !may_include(text) {
        return found;
    }
    let mut at = 0;
    // Between two bare scissors each line names a file: where the list begins in `found`.
    let mut list = None;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.len();
        at += line.len();
        let content = line.trim_start_matches([' ', '\t', '>']);
        let prefix = range.start..range.end - content.len();
        let escape = content.starts_with(';').then_some(prefix.end);
        let target = match scissors(content.trim_end()) {
            Some("") => {
                list = if list.is_some() { None } else { Some(found.len()) };
                ""
            }
            Some(target) => target,
            None if list.is_some() && escape.is_none() && !content.trim().is_empty() => content.trim(),
            None => {
                braces(text, &range, &prefix, &mut found);
                continue;
            }
        };
        let start = prefix.end + content.find(target).unwrap_or(0);
        let target = start..start + target.len();
        found.push(Directive { range, target, prefix, scissors: true, listing: false, escape });
    }
    // A list that never ends is text.
    if let Some(list) = list {
        found.truncate(list);
    }
    found
}

/// `-8<- "target"` with one dash or more: the target; an empty one for the bare mark.
fn scissors(content: &str) -> Option<&str> {
    let rest = content.strip_prefix(';').unwrap_or(content);
    let behind = rest.trim_start_matches('-');
    let rest = behind.strip_prefix("8<").filter(|_| behind.len() < rest.len())?;
    let quoted = rest.trim_start_matches('-');
    if quoted.len() == rest.len() {
        return None;
    }
    let quoted = quoted.trim();
    let target = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let target = target.or_else(|| quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')));
    target.filter(|target| !target.is_empty()).or(quoted.is_empty().then_some(""))
}

/// mdBook's and Quarto's directives in one line.
fn braces(text: &str, line: &Range<usize>, prefix: &Range<usize>, found: &mut Vec<Directive>) {
    const SPELLINGS: [(&str, &str); 7] = [
        ("{{#include ", "}}"),
        ("{{#rustdoc_include ", "}}"),
        ("{{#playground ", "}}"),
        ("{{#playpen ", "}}"),
        ("{{< include ", ">}}"),
        // VitePress.
        ("<!--@include:", "-->"),
        ("<!-- @include:", "-->"),
    ];
    let mut from = line.start;
    let next = |from: usize| {
        let rest = &text[from..line.end];
        [rest.find("{{"), rest.find("<!--")].into_iter().flatten().min().map(|at| from + at)
    };
    while let Some(start) = next(from) {
        let rest = &text[start..text.floor_char_boundary(line.end.min(start + MAX_LENGTH))];
        let spelling = SPELLINGS.iter().find(|(open, _)| rest.starts_with(open));
        let directive = spelling.and_then(|(open, close)| Some((open.len(), rest.find(close)?, close.len())));
        let Some((open, end, close)) = directive else {
            from = start + 2;
            continue;
        };
        let words = &rest[open..end];
        let target = words.split_whitespace().next().unwrap_or("");
        let at = start + open + words.find(target).unwrap_or(0);
        let end = start + end + close;
        let alone = start == prefix.end && text[end..line.end].trim().is_empty();
        let escape = text[..start].ends_with('\\').then(|| start - 1);
        found.push(Directive {
            range: if alone { prefix.start..line.end } else { start..end },
            target: at..at + target.len(),
            prefix: if alone { prefix.clone() } else { start..start },
            scissors: false,
            listing: rest.starts_with("{{#play"),
            escape,
        });
        from = end;
    }
}

/// `file:section`, `file:1:10`, `file:1:3,5:6` as path and part.
fn split(target: &str, scissors: bool) -> (&str, Part) {
    // VitePress: `file{3,10}`, `file{3,}`.
    let lines = target.strip_suffix('}').and_then(|target| target.split_once('{')).filter(|(path, _)| !path.is_empty());
    if let Some((path, (first, last))) = lines.and_then(|(path, lines)| Some((path, lines.split_once(',')?))) {
        return (path, Part::Lines(vec![(first.parse().unwrap_or(1), last.parse().unwrap_or(usize::MAX))]));
    }
    let Some((path, part)) = target.split_once(':').filter(|(path, _)| !path.is_empty()) else {
        return (target, Part::All);
    };
    if !part.bytes().all(|b| b.is_ascii_digit() || b":,".contains(&b)) || part.is_empty() {
        return (path, Part::Section(part.to_owned()));
    }
    let number = |text: &str, default: usize| text.parse().unwrap_or(default);
    let ranges = part.split(',').map(|range| match range.split_once(':') {
        Some((first, last)) => (number(first, 1), number(last, usize::MAX)),
        None => (number(range, 1), if scissors { usize::MAX } else { number(range, usize::MAX) }),
    });
    (path, Part::Lines(ranges.collect()))
}

/// The part of a file that is meant, without the lines that mark sections.
fn select(source: &Source, part: &Part) -> Result<Excerpt, Diagnostic> {
    let is_markdown = Path::new(&source.path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
    let bom = if source.text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let start = if is_markdown { front_matter::read(source, Spellings::default(), &mut Vec::new()).1 } else { bom };
    let mut excerpt = Excerpt::new(source.span(start..source.text.len()));
    let (mut at, mut depth, mut seen, mut names) = (start, 0usize, false, Vec::new());
    for (index, line) in source.text[start..].split_inclusive('\n').enumerate() {
        let range = at..at + line.len();
        at += line.len();
        let mark = section_mark(line);
        let wanted = match (part, mark) {
            (Part::Section(wanted), Some((name, opens))) => {
                names.push(name);
                if name == wanted {
                    seen = true;
                    depth = if opens { depth + 1 } else { depth.saturating_sub(1) };
                }
                false
            }
            (_, Some(_)) => false,
            (Part::Section(_), None) => depth > 0,
            (Part::All, None) => true,
            (Part::Lines(ranges), None) => ranges.iter().any(|&(first, last)| (first..=last).contains(&(index + 1))),
        };
        if wanted {
            excerpt.push(&source.text[range.clone()], source.id, range.start);
        }
    }
    match part {
        Part::Section(wanted) if !seen => {
            let near = nearest(wanted, names).map(|near| format!("did you mean `{near}`?"));
            let message = format!("`{}` has no section `{wanted}`", source.path);
            Err(problem(message).maybe_help(near))
        }
        Part::Lines(_) if excerpt.text.is_empty() => Err(problem(format!("`{}` has no such lines", source.path))),
        _ => Ok(excerpt),
    }
}

/// The name in `--8<-- [start:name]` or `ANCHOR: name`, and whether the section begins or ends there.
fn section_mark(line: &str) -> Option<(&str, bool)> {
    let name = |rest: &'_ str| rest.find(|c: char| !c.is_alphanumeric() && !"-_.".contains(c)).unwrap_or(rest.len());
    if let Some((_, rest)) = line.split_once("8<-") {
        let rest = rest.trim_start_matches('-').trim_start().strip_prefix('[')?.trim_start();
        let (opens, rest) = match rest.strip_prefix("start:") {
            Some(rest) => (true, rest),
            None => (false, rest.strip_prefix("end:")?),
        };
        let rest = rest.trim_start();
        return Some((&rest[..name(rest)], opens));
    }
    let (opens, rest) = match line.split_once("ANCHOR_END:") {
        Some((_, rest)) => (false, rest),
        None => (true, line.split_once("ANCHOR:")?.1),
    };
    let rest = rest.trim_start();
    Some((&rest[..name(rest)], opens))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    /// Files as `== path` and their text; the first is the article. Gives what it becomes, then the messages.
    fn expanded(files: &str) -> String {
        let mut sources = Sources::default();
        let mut all = Files::new();
        let mut article = None;
        for file in files.split("== ").skip(1) {
            let (path, text) = file.split_once('\n').expect("a text");
            let source = sources.add(path, text);
            article.get_or_insert_with(|| source.clone());
            all.insert(path.to_owned(), Ok(source));
        }
        all.insert("link.md".to_owned(), Err("it is a symbolic link".to_owned()));
        let article = article.expect("an article");
        let mut diagnostics = Vec::new();
        let body = Excerpt::slice(&article, 0..article.text.len());
        let out = expand(body, &article.path, &all, &mut diagnostics);
        let mut text = out.text;
        for diagnostic in diagnostics {
            let help = diagnostic.help.map(|help| format!(" ({help})")).unwrap_or_default();
            text += &format!("! {}{help}\n", diagnostic.message);
        }
        text
    }

    #[test]
    fn what_directives_become() {
        let cases = [
            ("== a/b.md\nx\n--8<-- \"c.txt\"\ny\n== a/c.txt\none\ntwo\n", "x\none\ntwo\ny\n"),
            // In the folder of the article first, then above it.
            ("== a/b.md\n--8<-- \"c.txt\"\n== c.txt\nroot\n", "root\n"),
            ("== a/b.md\n--8<-- \"d/../c.txt\"\n== a/c.txt\nown\n== c.txt\nroot\n", "own\n"),
            // Each line gets what stands before the directive.
            ("== b.md\n> - ```\n>   --8<-- 'c.rs'\n== c.rs\nfn a() {\n}\n", "> - ```\n>   fn a() {\n>   }\n"),
            ("== b.md\nA {{#include c.txt}} b\n== c.txt\nword", "A word b\n"),
            ("== b.md\n{{< include c.txt >}}\nnext\n== c.txt\nword", "word\nnext\n"),
            ("== b.md\n{{#include c:2:3}}\n== c\n1\n2\n3\n4\n", "2\n3\n"),
            ("== b.md\n{{#include c:2}}|{{#include c:3:}}\n== c\n1\n2\n3\n4\n", "2\n|3\n4\n\n"),
            ("== b.md\n--8<-- \"c:3\"\n--8<-- \"c:1:1,3:3\"\n== c\n1\n2\n3\n4\n", "3\n4\n1\n3\n"),
            (
                "== b.md\n--8<-- \"c:s\"\n== c\n1\n// --8<-- [start:s]\n2\n// ANCHOR: t\n3\n// --8<-- [end:s]\n4\n",
                "2\n3\n",
            ),
            ("== b.md\n{{#include c:t}}\n== c\n1\n// ANCHOR: t\n2\n// ANCHOR_END: t\n", "2\n"),
            ("== b.md\n--8<--\nc\n\n;d\n--8<--\n== c\n1\n", "1\n\n;d\n"),
            // Escaped ones are shown.
            ("== b.md\n;--8<-- \"c\"\n\\{{#include c}}\n", "--8<-- \"c\"\n{{#include c}}\n"),
            // Front matter of an included article is not its text.
            ("== b.md\n--8<-- \"c.md\"\n== c.md\n---\ntitle: x\n---\nbody\n", "body\n"),
            ("== b.md\n--8<-- \"c\"\n== c\n\u{FEFF}1\n", "1\n"),
            ("== b.md\n--8<-- \"c\"\n== c\n> --8<-- \"d\"\n== d\n1\n2\n", "> 1\n> 2\n"),
            // Mistakes stay visible.
            (
                "== b.md\n--8<-- \"c.tx\"\n== c.txt\n",
                "--8<-- \"c.tx\"\n! there is no file `c.tx` in the folder of the article or above it (did you mean `c.txt`?)\n",
            ),
            ("== b.md\n{{#include b.md}}\n", "{{#include b.md}}\n! `b.md` includes itself\n"),
            (
                "== b.md\n{{#include c:tw}}\n== c\nANCHOR: two\n",
                "{{#include c:tw}}\n! `c` has no section `tw` (did you mean `two`?)\n",
            ),
            (
                "== a/b.md\n--8<-- \"../../c\"\n",
                "--8<-- \"../../c\"\n! `../../c` lies outside of the site's folder (only files of the site can be included: copy or move it there)\n",
            ),
            (
                "== b.md\n--8<-- \"link.md\"\n",
                "--8<-- \"link.md\"\n! `link.md` cannot be included: it is a symbolic link\n",
            ),
            ("== b.md\n--8<-- \"c:9:10\"\n== c\n1\n", "--8<-- \"c:9:10\"\n! `c` has no such lines\n"),
            (
                "== b.md\n> {{#playground c.rs editable}}\n== c.rs\nfn a() {}\n",
                "> ~~~~~~~~rust\n> fn a() {}\n> ~~~~~~~~\n",
            ),
            ("== b.md\n<!--@include: ./c.md{2,3}-->\n== c.md\n1\n2\n3\n4\n", "2\n3\n"),
            // What is no directive.
            ("== b.md\na --8<-- \"c\"\n--8<-- c\n{{#if x}}\n8<\n", "a --8<-- \"c\"\n--8<-- c\n{{#if x}}\n8<\n"),
            ("== b.md\n--8<--\nnever closed\n", "--8<--\nnever closed\n"),
        ];
        for (files, expected) in cases {
            assert_eq!(expanded(files), expected, "{files}");
        }
    }

    #[test]
    fn what_the_shell_has_to_read() {
        let source =
            Sources::default().add("content/a/b.md", "--8<-- \"x.md:s\"\n{{#include ../y}} \\{{#include z}}\n");
        assert_eq!(
            wanted(&source),
            [
                vec!["content/a/x.md".to_owned(), "content/x.md".to_owned(), "x.md".to_owned()],
                vec!["content/y".to_owned(), "y".to_owned()]
            ]
        );
    }
}

//! What other tools understand and we do not: shortcodes, template tags, roles, components, wiki links.
//!
//! They stay on the page as typed, and each is remembered with its kind and place, so that a whole site of them becomes
//! one warning of each kind. Code, formulas and links are never looked into.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::blocks::{Prepared, Spellings};
use crate::listing::is_directive;
use crate::source::Span;

/// A kind of thing that we do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `{{< figure >}}` and `{{% note %}}` of Hugo.
    Shortcode,
    /// `{% include %}` of Jinja, Liquid and Tera.
    TemplateTag,
    /// `{{ name }}` of the same, and shortcodes of Zola.
    TemplateValue,
    /// `` {ref}`x` `` of MyST.
    Role,
    /// ```` ```{note} ```` and `:::{note}` of MyST, `::: module` of mkdocstrings.
    Directive,
    /// `import x from "y"` and `export` of MDX.
    Import,
    /// `<Tabs>` of MDX.
    Component,
    /// `[TOC]`, `[[toc]]`.
    Contents,
    /// `[[Page]]`.
    WikiLink,
    /// `*[HTML]: …`.
    Abbreviation,
    /// `:smile:`, `:material-check:`.
    Emoji,
    /// `++ctrl+c++`.
    Keys,
    /// `==marked==`.
    Mark,
    /// `^super^`, `~sub~` and `^^inserted^^` of PyMdown and Pandoc.
    Script,
    /// `{++added++}`, `{--removed--}` and so on of `CriticMarkup`.
    Critic,
    /// `: what it means` below a word.
    Definition,
    /// `{:toc}` and other lists of kramdown that stand alone.
    BlockAttributes,
}

impl Kind {
    /// What several of them are called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Shortcode => "Hugo shortcodes",
            Kind::TemplateTag => "template tags",
            Kind::TemplateValue => "template expressions",
            Kind::Role => "MyST roles",
            Kind::Directive => "directives",
            Kind::Import => "MDX imports and exports",
            Kind::Component => "MDX components",
            Kind::Contents => "table of contents markers",
            Kind::WikiLink => "wiki links",
            Kind::Abbreviation => "abbreviations",
            Kind::Emoji => "emoji and icon names",
            Kind::Keys => "keyboard keys",
            Kind::Mark => "marked passages",
            Kind::Script => "superscripts, subscripts and insertions",
            Kind::Critic => "editorial marks",
            Kind::Definition => "definition lists",
            Kind::BlockAttributes => "attribute lists of blocks",
        }
    }

    /// What an author can do about them.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Kind::Contents => "remove the marker: each page has its table of contents beside it",
            Kind::WikiLink => "write `[Page](page.md)`",
            Kind::Directive => "write `:::note` for a call-out, or remove the directive",
            Kind::Abbreviation => "write the words out, or `<abbr title=\"…\">` in HTML",
            Kind::Emoji => "type the character itself",
            Kind::Keys => "write `<kbd>Ctrl</kbd>`",
            Kind::Mark => "write `<mark>…</mark>`",
            Kind::Script => "write `<sup>…</sup>`, `<sub>…</sub>` or `<ins>…</ins>`",
            Kind::Critic => "write `<ins>…</ins>`, `<del>…</del>` or `<mark>…</mark>`",
            Kind::Definition => "write `<dl><dt>…</dt><dd>…</dd></dl>`, or a list",
            Kind::BlockAttributes => "put the list at the end of a paragraph, or write `<div class=\"…\">`",
            _ => "nothing runs inside an article; write what it stands for",
        }
    }
}

/// One thing that we do not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its kind.
    pub kind: Kind,
    /// Its name: `figure` for `{{< figure src="a.png" >}}`.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// The longest of them, in bytes.
const LONGEST: usize = 1000;

/// Bytes of code spans in the masked text.
const CODE: u8 = 2;
/// Bytes of everything else that is not looked into.
const HIDDEN: u8 = 1;

/// Everything in the prepared text of an article that we do not know, in order. Some of it is looked for only in
/// articles that were written for another tool.
pub(super) fn find(prepared: &Prepared, spellings: Spellings) -> Vec<Unknown> {
    const SIGNS: [&str; 14] =
        ["{{", "{%", "}`", "[[", "[TOC]", ":::", "```{", "*[", "++", "==", "{:", "<<<", "--}", "<<}"];
    let text = &prepared.text.text;
    let components = text.as_bytes().windows(2).any(|pair| pair[0] == b'<' && pair[1].is_ascii_uppercase());
    let emoji = text.contains(':') && has_emoji(text);
    let imports = text.contains("import ") || text.contains("export ");
    let foreign = spellings.foreign && (text.contains(['^', '~']) || text.contains("\n:"));
    if !components && !emoji && !imports && !foreign && !SIGNS.iter().any(|sign| text.contains(sign)) {
        return Vec::new();
    }
    let mut finder = Finder { prepared, spellings, found: Vec::new(), closings: Vec::new() };
    let masked = finder.mask(text);
    finder.scan(&masked);
    finder.found.sort_by_key(|unknown| unknown.span);
    finder.found
}

fn has_emoji(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(2).enumerate().any(|(at, pair)| pair[0] == b':' && emoji_end(bytes, at, true).is_some())
}

struct Finder<'a> {
    prepared: &'a Prepared,
    spellings: Spellings,
    found: Vec<Unknown>,
    /// Where each closing mark that was looked for is next, as far as is known.
    closings: Vec<(&'static [u8], usize)>,
}

impl Finder<'_> {
    fn add(&mut self, kind: Kind, name: &str, range: Range<usize>) {
        let name = name.chars().filter(|c| !c.is_control()).take(40).collect();
        self.found.push(Unknown { kind, name, span: self.prepared.text.span(range) });
    }

    /// The text with code, links, comments and scripts blotted out, byte for byte.
    fn mask(&mut self, text: &str) -> Vec<u8> {
        let mut masked = text.as_bytes().to_vec();
        let mut hide = |range: Range<usize>, with: u8| {
            masked[range].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = with);
        };
        let mut code_element: Option<usize> = None;
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    if let pulldown_cmark::CodeBlockKind::Fenced(info) = &kind
                        && let Some(name) = directive(info)
                    {
                        self.add(Kind::Directive, name, range.start..range.start + first_line(&text[range.clone()]));
                    }
                    hide(range, HIDDEN);
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    if let Some((_, value)) = dest_url.split_once("{{") {
                        self.add(Kind::TemplateValue, first_word(value), range.clone());
                    }
                    let words = text[range.clone()].find("](").map_or(range.end, |end| range.start + end);
                    let mut at = range.start;
                    while let Some(colon) = text[at..words].find(':').map(|colon| at + colon) {
                        let after_bracket = colon > 0 && text.as_bytes()[colon - 1] == b'[';
                        let end = emoji_end(text.as_bytes(), colon, after_bracket).filter(|&end| end <= words);
                        if let Some(end) = end {
                            self.add(Kind::Emoji, &text[colon + 1..end - 1], colon..end);
                        }
                        at = end.unwrap_or(colon + 1);
                    }
                    hide(range, HIDDEN);
                }
                Event::Code(_) => hide(range, CODE),
                Event::InlineHtml(html) if html.starts_with("<code") => code_element = Some(range.start),
                Event::InlineHtml(html) if html.starts_with("</code") => {
                    hide(code_element.take().unwrap_or(range.start)..range.end, CODE);
                }
                Event::Start(Tag::HtmlBlock) => {
                    let html = text[range.clone()].trim_start();
                    if ["<!--", "<script", "<style", "<pre"].iter().any(|open| html.starts_with(open)) {
                        hide(range, HIDDEN);
                    }
                }
                Event::InlineHtml(html) if html.starts_with("<!--") => hide(range, HIDDEN),
                Event::End(TagEnd::Paragraph) => code_element = None,
                _ => {}
            }
        }
        masked
    }

    fn scan(&mut self, masked: &[u8]) {
        let mut at = 0;
        while at < masked.len() {
            if at == 0 || masked[at - 1] == b'\n' {
                self.line(masked, at);
            }
            at = match masked[at] {
                b'\\' => at + 2,
                b'^' | b'~' if self.spellings.foreign => self.script(masked, at),
                b'{' => self.brace(masked, at),
                b'[' => self.bracket(masked, at),
                b'<' => self.tag(masked, at),
                b':' => self.emoji(masked, at),
                mark @ (b'+' | b'=') => self.doubled(masked, at, mark),
                _ => at + 1,
            };
        }
    }

    /// Constructs that begin a line.
    fn line(&mut self, masked: &[u8], start: usize) {
        let length = first_line_of(&masked[start..]);
        let Ok(line) = std::str::from_utf8(&masked[start..start + length]) else { return };
        let text = line.trim();
        let range = start + (line.len() - line.trim_start().len())..start + line.trim_end().len();
        if let Some(rest) = text.strip_prefix(":::") {
            let name = rest.trim_start_matches(':').trim().trim_start_matches('{');
            let name = name.split(|c: char| c == '}' || c.is_whitespace()).next().unwrap_or("");
            if !name.is_empty() {
                self.add(Kind::Directive, name, range);
            }
        } else if (text.starts_with("import ") || text.starts_with("export ")) && is_module_line(text) {
            self.add(Kind::Import, text.split_whitespace().nth(1).unwrap_or(""), range);
        } else if text == "[TOC]" || text == "[[_TOC_]]" {
            self.add(Kind::Contents, "TOC", range);
        } else if let Some(rest) = text.strip_prefix("*[")
            && let Some((name, _)) = rest.split_once("]:")
        {
            self.add(Kind::Abbreviation, name, range);
        } else if text == "{:toc}" || text == "{{toc}}" {
            self.add(Kind::Contents, "toc", range);
        } else if text.starts_with("{:") && text.ends_with('}') && self.stands_alone(&range) {
            self.add(Kind::BlockAttributes, text, range);
        } else if let Some(path) = text.strip_prefix("<<< ") {
            self.add(Kind::Directive, path.trim(), range);
        } else if self.spellings.foreign && !self.spellings.definition_lists && is_definition(masked, start, text) {
            let words = text.trim_start_matches(':').trim_start();
            self.add(Kind::Definition, words.split(' ').next().unwrap_or(""), range);
        }
    }

    /// Whether the line of `range` has no text directly above it.
    fn stands_alone(&self, range: &Range<usize>) -> bool {
        let text = &self.prepared.text.text;
        // A quote takes the list that stands before it.
        if text[range.end..].trim_start_matches([' ', '\n']).starts_with('>') {
            return false;
        }
        let line = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
        let above = text[..line].trim_end_matches('\n').rsplit('\n').next().unwrap_or("").trim();
        let is_blank = line == 0 || text[..line].ends_with("\n\n");
        is_blank || above.starts_with("```") || above.starts_with("~~~")
    }

    /// `x^2^`, `H~2~O`, `^^inserted^^`.
    fn script(&mut self, masked: &[u8], at: usize) -> usize {
        let mark = masked[at];
        let run = masked[at..].iter().take_while(|b| **b == mark).count();
        let start = at + run;
        // Two tildes are what GitHub strikes through.
        let known = if mark == b'~' { 1..=1 } else { 1..=2 };
        let rest = &masked[start..masked.len().min(start + 60)];
        let end = rest.iter().position(|b| *b == mark || *b == b'\n' || (run == 1 && *b == b' '));
        let end = end.filter(|&end| known.contains(&run) && end > 0 && rest[end..].starts_with(&masked[at..at + run]));
        let Some(end) = end.filter(|&end| rest[0] != b' ' && rest[end - 1] != b' ') else { return start };
        let word_before = at > 0 && (masked[at - 1].is_ascii_alphanumeric() || b")]".contains(&masked[at - 1]));
        if run == 2 || word_before {
            let inner = String::from_utf8_lossy(&rest[..end]).into_owned();
            self.add(Kind::Script, &inner, at..start + end + run);
        }
        start + end + run
    }

    /// How far behind `start` the next `mark` is, if it is near. The scan moves forward only, so each mark is met once,
    /// however many openings wait for it.
    fn closing(&mut self, masked: &[u8], start: usize, mark: &'static [u8]) -> Option<usize> {
        let known = self.closings.iter().position(|(known, _)| *known == mark);
        let known = known.unwrap_or_else(|| {
            self.closings.push((mark, 0));
            self.closings.len() - 1
        });
        let next = &mut self.closings[known].1;
        if *next < start {
            *next = position(&masked[start..], mark).map_or(usize::MAX, |found| start + found);
        }
        next.checked_sub(start).filter(|length| length + mark.len() <= LONGEST)
    }

    fn brace(&mut self, masked: &[u8], at: usize) -> usize {
        const CRITIC: [(&[u8], &[u8]); 5] =
            [(b"{++", b"++}"), (b"{--", b"--}"), (b"{~~", b"~~}"), (b"{==", b"==}"), (b"{>>", b"<<}")];
        let rest = &masked[at..masked.len().min(at + LONGEST)];
        for (open, close) in CRITIC {
            if rest.starts_with(open)
                && let Some(end) = self.closing(masked, at + 3, close)
            {
                let name = String::from_utf8_lossy(open).into_owned();
                self.add(Kind::Critic, &name, at..at + end + 6);
                return at + end + 6;
            }
        }
        let forms: [(&[u8], &'static [u8], Kind); 4] = [
            (b"{{<", b">}}", Kind::Shortcode),
            (b"{{%", b"%}}", Kind::Shortcode),
            (b"{%", b"%}", Kind::TemplateTag),
            (b"{{", b"}}", Kind::TemplateValue),
        ];
        for (open, close, kind) in forms {
            if !rest.starts_with(open) {
                continue;
            }
            let start = at + open.len();
            let Some(end) = self.closing(masked, start, close) else { return start };
            let inner = std::str::from_utf8(&masked[start..start + end]).unwrap_or("");
            // mdBook's includes are read before this; `{{ }}` around nothing is somebody's set notation.
            if !inner.trim().is_empty() && !inner.contains("\n\n") && !inner.starts_with("#include") {
                self.add(kind, first_word(inner), at..at + open.len() + end + close.len());
            }
            return at + open.len() + end + close.len();
        }
        let name = rest[1..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"-:_+".contains(b)).count();
        if name > 0 && rest.get(name + 1) == Some(&b'}') && rest.get(name + 2) == Some(&CODE) {
            let inner = std::str::from_utf8(&rest[1..=name]).unwrap_or("");
            self.add(Kind::Role, inner, at..at + name + 2);
        }
        at + 1
    }

    fn bracket(&mut self, masked: &[u8], at: usize) -> usize {
        let rest = &masked[at..masked.len().min(at + LONGEST)];
        if !rest.starts_with(b"[[") {
            return at + 1;
        }
        let Some(end) = rest[2..].iter().position(|b| matches!(b, b'[' | b']' | b'\n' | &HIDDEN)) else {
            return at + 2;
        };
        let closes = end > 0 && rest[2 + end..].starts_with(b"]]");
        let followed = rest.get(end + 4).is_some_and(|b| b"([:".contains(b));
        if closes && !followed {
            let inner = std::str::from_utf8(&rest[2..2 + end]).unwrap_or("");
            let kind = if inner.eq_ignore_ascii_case("toc") { Kind::Contents } else { Kind::WikiLink };
            if inner != "_TOC_" {
                self.add(kind, inner, at..at + end + 4);
            }
            return at + end + 4;
        }
        at + 2
    }

    fn tag(&mut self, masked: &[u8], at: usize) -> usize {
        let rest = &masked[at + 1..masked.len().min(at + LONGEST)];
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'.').count();
        let name = std::str::from_utf8(&rest[..length]).unwrap_or("");
        let opens = rest.get(length).is_some_and(|b| b.is_ascii_whitespace() || b"/>".contains(b));
        // `List<String>` and `<T>` are types, `<BR>` is HTML.
        let is_type = at > 0 && (masked[at - 1].is_ascii_alphanumeric() || masked[at - 1] == b'<');
        let is_component = name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.bytes().any(|b| b.is_ascii_lowercase())
            && name.len() > 1;
        if is_component && opens && !is_type && !is_html_name(name) {
            self.add(Kind::Component, name, at..at + 1 + length);
        }
        at + 1
    }

    fn emoji(&mut self, masked: &[u8], at: usize) -> usize {
        let Some(end) = emoji_end(masked, at, false) else { return at + 1 };
        let name = std::str::from_utf8(&masked[at + 1..end - 1]).unwrap_or("").to_owned();
        self.add(Kind::Emoji, &name, at..end);
        end
    }

    /// `++keys++` and `==marked==`.
    fn doubled(&mut self, masked: &[u8], at: usize, mark: u8) -> usize {
        let run = masked[at..].iter().take_while(|b| **b == mark).count();
        let start = at + 2;
        let before = at.checked_sub(1).map_or(b' ', |before| masked[before]);
        let opens = run == 2
            && (before.is_ascii_whitespace() || b"(|".contains(&before) || !before.is_ascii())
            && masked.get(start).is_some_and(|b| !b.is_ascii_whitespace());
        if !opens {
            return at + run;
        }
        let rest = &masked[start..masked.len().min(start + 200)];
        let Some(end) = position(rest, &[mark, mark]).filter(|&end| end > 0 && !rest[..end].contains(&b'\n')) else {
            return at + run;
        };
        let inner = std::str::from_utf8(&rest[..end]).unwrap_or("").to_owned();
        let after = rest.get(end + 2).copied().unwrap_or(b' ');
        if after == mark || after.is_ascii_alphanumeric() || inner.ends_with(' ') {
            return at + run;
        }
        if mark == b'=' {
            self.add(Kind::Mark, "==", at..start + end + 2);
        } else if !inner.contains(' ') && inner.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '"') {
            self.add(Kind::Keys, &inner, at..start + end + 2);
        }
        start + end + 2
    }
}

/// The name of a directive in the info of a fence: `{figure} a.png`. `{python}` is a language, `{.python}` a class.
fn directive(info: &str) -> Option<&str> {
    let name = info.trim().strip_prefix('{')?;
    let name = &name[..name.find('}')?];
    is_directive(name).then_some(name).filter(|name| !name.contains([' ', '=', '{']))
}

/// A line `:   meaning`, below words or one blank line behind them.
fn is_definition(text: &[u8], start: usize, line: &str) -> bool {
    let meaning = line.strip_prefix(':').filter(|rest| rest.starts_with(' '));
    let above = text[..start].strip_suffix(b"\n").unwrap_or_default();
    let above = above.strip_suffix(b"\n").unwrap_or(above);
    let has_words = above.last().is_some_and(|b| *b != b'\n' && *b != b'|');
    meaning.is_some_and(|meaning| !meaning.trim().is_empty()) && has_words
}

/// Where `:name:` at `at` ends.
fn emoji_end(text: &[u8], at: usize, in_link: bool) -> Option<usize> {
    let before = at.checked_sub(1).map_or(b' ', |before| text[before]);
    let may_follow = before.is_ascii_whitespace() || b"(|*>".contains(&before) || before >= 0x80;
    if text[at] != b':' || !(may_follow || (in_link && before == b'[')) {
        return None;
    }
    let length = text[at + 1..].iter().take(64).take_while(|b| b.is_ascii_alphanumeric() || b"_+-".contains(b)).count();
    let name = &text[at + 1..at + 1 + length];
    let after = text.get(at + length + 2).copied().unwrap_or(b' ');
    let closes = text.get(at + 1 + length) == Some(&b':') && !after.is_ascii_alphanumeric() && after != b':';
    (closes && length > 1 && name[0].is_ascii_lowercase()).then_some(at + length + 2)
}

/// HTML's own elements, should somebody capitalise them.
fn is_html_name(name: &str) -> bool {
    const NAMES: [&str; 20] = [
        "Img", "Div", "Span", "Table", "Br", "Hr", "Font", "Center", "Sup", "Sub", "Tr", "Td", "Th", "Li", "Ul", "Ol",
        "Pre", "Code", "Kbd", "Details",
    ];
    NAMES.contains(&name)
}

fn is_module_line(text: &str) -> bool {
    let quoted = text.trim_end_matches(';').ends_with(['"', '\'']);
    match text.strip_prefix("export ") {
        Some(rest) => ["const ", "default ", "function ", "let ", "{"].iter().any(|word| rest.starts_with(word)),
        None => quoted && (text.contains(" from ") || text["import ".len()..].starts_with(['"', '\''])),
    }
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start_matches(['-', '/', ' ', '\t', '\n', '~']);
    text.split(|c: char| c.is_whitespace() || "(|}".contains(c)).next().unwrap_or("")
}

fn first_line(text: &str) -> usize {
    first_line_of(text.as_bytes())
}

fn first_line_of(text: &[u8]) -> usize {
    text.iter().position(|&b| b == b'\n').unwrap_or(text.len())
}

fn position(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use crate::article::{self, Spellings};
    use crate::source::Sources;

    fn found(text: &str) -> Vec<String> {
        found_in(text, Spellings::default())
    }

    fn found_in(text: &str, spellings: Spellings) -> Vec<String> {
        let source = Sources::default().add("a.md", text);
        let article = article::parse(&source, &crate::article::Files::new(), spellings, &mut Vec::new());
        let shown = |unknown: &super::Unknown| {
            format!("{}: {} = {}", unknown.kind.name(), unknown.name, &source.text[unknown.span.range()])
        };
        article.unknown.iter().map(shown).collect()
    }

    #[test]
    fn what_other_tools_understand_is_found_with_its_place() {
        for (text, expected) in [
            ("{{< figure src=\"a.png\" >}}", "Hugo shortcodes: figure = {{< figure src=\"a.png\" >}}"),
            ("a {{% note %}}", "Hugo shortcodes: note = {{% note %}}"),
            ("{% include 'index_body' %}", "template tags: include = {% include 'index_body' %}"),
            ("v{{ version }}", "template expressions: version = {{ version }}"),
            ("[a]({{site.url}}/b)", "template expressions: site.url = [a]({{site.url}}/b)"),
            ("{{ youtube(id=1) }}", "template expressions: youtube = {{ youtube(id=1) }}"),
            ("see {ref}`x`", "MyST roles: ref = {ref}"),
            ("```{figure} a.png\nx\n```", "directives: figure = ```{figure} a.png"),
            ("::: pkg.module\n", "directives: pkg.module = ::: pkg.module"),
            ("import Tabs from '@theme/Tabs';", "MDX imports and exports: Tabs = import Tabs from '@theme/Tabs';"),
            ("<TabItem value=\"a\">", "MDX components: TabItem = <TabItem"),
            ("[TOC]", "table of contents markers: TOC = [TOC]"),
            ("see [[Other page|it]]", "wiki links: Other page|it = [[Other page|it]]"),
            ("*[HTML]: Hyper", "abbreviations: HTML = *[HTML]: Hyper"),
            ("ok :white_check_mark:", "emoji and icon names: white_check_mark = :white_check_mark:"),
            ("press ++ctrl+c++", "keyboard keys: ctrl+c = ++ctrl+c++"),
            ("中文==重点==文", "marked passages: == = ==重点=="),
            (
                "a [:octicons-arrow-right-24: b](c.md)",
                "emoji and icon names: octicons-arrow-right-24 = :octicons-arrow-right-24:",
            ),
            ("a {--b c--} d", "editorial marks: {-- = {--b c--}"),
            ("a\n\n{: .b}\n\nc", "attribute lists of blocks: {: .b} = {: .b}"),
            ("<<< @/a.js", "directives: @/a.js = <<< @/a.js"),
        ] {
            assert_eq!(found(text), [expected], "{text}");
        }
    }

    #[test]
    fn in_articles_for_other_tools_more_is_looked_for() {
        let foreign = Spellings { foreign: true, ..Spellings::default() };
        let script = |typed: &str, name| format!("superscripts, subscripts and insertions: {name} = {typed}");
        for (text, expected) in [
            ("H~2~O", vec![script("~2~", "2")]),
            ("A^T^A and ^^in it^^", vec![script("^T^", "T"), script("^^in it^^", "in it")]),
            ("Term\n\n:   What", vec!["definition lists: What = :   What".to_owned()]),
            ("2^10 and 2^3, ~5 and ~~gone~~ and a:b\n: ", vec![]),
            ("```\nx\n: y\n```", vec![]),
        ] {
            assert_eq!(found_in(text, foreign), expected, "{text}");
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn code_formulas_and_ordinary_text_are_left_alone() {
        for text in [
            "`{{ x }}` and `[[a]]` and <code>{% y %}</code>",
            "```\n{{< x >}}\n[TOC]\n```",
            "    {{ indented }}\n",
            "$\\{\\{x\\}\\}$ and $$a_{{b}} == c$$",
            "<!-- {{ x }} -->",
            "Vec<T>, List<String>, a [[1]](b.md), [link]{.c}, C++ and C++, a == b == c, 10:30:45, std::fs::x",
            "\\{{ escaped }}",
            "import tariffs from China rose; export too",
            ":::\n",
            "<BR> <Img src=\"x\">",
            "[x](a.md) ![[y]](b.png)",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}

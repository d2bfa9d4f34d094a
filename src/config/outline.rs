//! Navigation written as a bullet list of links: `SUMMARY.md` of mdBook and GitBook, `navigation.md` of MkDocs'
//! literate-nav, `_sidebar.md` of docsify.
//!
//! An item is a link, words over a nested list, or a link over one. A heading or a bold line opens a group of the items
//! below it, up to the next heading or rule. A link to nowhere, `[Title]()`, is a chapter to be written: words.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::NavEntry;
use crate::source::{Source, Span};

/// The files of the content folder in which a navigation is looked for, if the configuration names none.
pub const FILES: [&str; 4] = ["SUMMARY.md", "navigation.md", "_sidebar.md", "_Sidebar.md"];

/// What was read.
#[derive(Debug, Default)]
pub struct Outline {
    /// The entries.
    pub entries: Vec<NavEntry>,
    /// One of them at least leads somewhere.
    pub has_links: bool,
    /// There are words that are neither headings, links nor items of a list, as an ordinary page has them.
    pub has_prose: bool,
}

/// Reads the navigation out of `source`, from the byte `body` on.
#[must_use]
pub fn read(source: &Source, body: usize) -> Outline {
    let mut reader = Reader { source, root: Vec::new(), group: None, open: Vec::new(), line: Line::default() };
    let text = &source.text[body..];
    let mut has_prose = false;
    let mut has_blocks = false;
    let mut heading = false;
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        let range = body + range.start..body + range.end;
        match event {
            Event::Start(Tag::Heading { .. }) => {
                heading = true;
                reader.line = Line::default();
            }
            Event::End(TagEnd::Heading(level)) => {
                heading = false;
                // The first heading of the file is its own title.
                let is_title = level == HeadingLevel::H1 && !has_blocks;
                reader.heading(is_title, source.span(range));
                has_blocks = true;
            }
            Event::Start(Tag::Item) => reader.item(source.span(range)),
            Event::End(TagEnd::Item) => reader.item_end(),
            Event::Start(Tag::List(_)) => {
                has_blocks = true;
                reader.words_end();
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                has_blocks = true;
                reader.link(&dest_url, source.span(range));
            }
            Event::End(TagEnd::Link) => reader.link_end(),
            Event::Text(words) | Event::Code(words) => {
                let in_link = reader.line.link.is_some();
                has_prose |= !in_link && !heading && reader.open.is_empty() && !words.trim().is_empty();
                reader.line.words.push_str(&words);
            }
            Event::SoftBreak | Event::HardBreak => reader.line.words.push(' '),
            Event::Rule => reader.rule(),
            Event::Start(Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::Image { .. }) => has_prose = true,
            _ => {}
        }
    }
    reader.group_end();
    Outline { has_links: has_links(&reader.root), has_prose, entries: reader.root }
}

fn has_links(entries: &[NavEntry]) -> bool {
    entries.iter().any(|entry| entry.path.is_some() || has_links(&entry.children))
}

/// The line of words being read.
#[derive(Default)]
struct Line {
    words: String,
    link: Option<(String, Span)>,
}

/// An open item of a list. Its words become its title when they end.
struct Open {
    entry: NavEntry,
    is_named: bool,
}

struct Reader<'a> {
    source: &'a Source,
    root: Vec<NavEntry>,
    /// The group that a heading opened.
    group: Option<NavEntry>,
    open: Vec<Open>,
    line: Line,
}

impl Reader<'_> {
    fn add(&mut self, entry: NavEntry) {
        let children = match (self.open.last_mut(), &mut self.group) {
            (Some(open), _) => &mut open.entry.children,
            (None, Some(group)) => &mut group.children,
            (None, None) => &mut self.root,
        };
        children.push(entry);
    }

    fn heading(&mut self, is_title: bool, span: Span) {
        let title = std::mem::take(&mut self.line).words.trim().to_owned();
        if is_title || title.is_empty() {
            return;
        }
        self.group_end();
        self.group = Some(NavEntry { title: Some(title), path: None, span, children: Vec::new() });
    }

    fn group_end(&mut self) {
        self.root.extend(self.group.take().filter(|group| !group.children.is_empty()));
    }

    /// A rule divides chapters: what follows belongs to no group.
    fn rule(&mut self) {
        if self.open.is_empty() {
            self.group_end();
        }
    }

    fn item(&mut self, span: Span) {
        self.line = Line::default();
        let entry = NavEntry { title: None, path: None, span: self.source.span(span.range()), children: Vec::new() };
        self.open.push(Open { entry, is_named: false });
    }

    fn item_end(&mut self) {
        self.words_end();
        if let Some(open) = self.open.pop()
            && (open.entry.title.is_some() || open.entry.path.is_some() || !open.entry.children.is_empty())
        {
            self.add(open.entry);
        }
    }

    /// The words of an item without a link: its title, or a wildcard such as `*.md`.
    fn words_end(&mut self) {
        let words = std::mem::take(&mut self.line.words);
        let words = words.trim();
        if let Some(open) = self.open.last_mut().filter(|open| !open.is_named && !words.is_empty()) {
            open.is_named = true;
            if words.contains('*') && !words.contains(' ') {
                open.entry.path = Some(words.to_owned());
            } else {
                open.entry.title = Some(words.to_owned());
            }
        }
    }

    fn link(&mut self, target: &str, span: Span) {
        self.line = Line { words: String::new(), link: Some((target.to_owned(), span)) };
    }

    fn link_end(&mut self) {
        let line = std::mem::take(&mut self.line);
        let Some((target, span)) = line.link else { return };
        let title = Some(line.words.trim().to_owned()).filter(|title| !title.is_empty());
        let path = Some(target).filter(|target| !target.is_empty());
        match self.open.last_mut() {
            Some(open) if !open.is_named => {
                open.is_named = true;
                (open.entry.title, open.entry.path, open.entry.span) = (title, path, span);
            }
            // A second link in one item says something about the first.
            Some(_) => {}
            None => self.add(NavEntry { title, path, span, children: Vec::new() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::source::Sources;

    /// The entries as an indented list.
    fn shown(entries: &[NavEntry], depth: usize) -> String {
        entries.iter().fold(String::new(), |mut shown, entry| {
            let (title, path) = (entry.title.as_deref().unwrap_or("-"), entry.path.as_deref().unwrap_or("-"));
            let _ = writeln!(shown, "{}{title} → {path}", "  ".repeat(depth));
            shown + &self::shown(&entry.children, depth + 1)
        })
    }

    fn check(text: &str, expected: &str) {
        let source = Sources::default().add("SUMMARY.md", text);
        let read = read(&source, 0);
        assert_eq!(shown(&read.entries, 0), expected, "{text}");
        assert!(read.has_links && !read.has_prose, "{text}");
    }

    #[test]
    fn a_summary_of_mdbook_is_read() {
        check(
            "# Summary\n\n[Preface](README.md)\n\n# Part `one`\n\n- [A](a.md)\n  - [B & C](./a/b.md)\n  - [Later]()\n\n\
             # Two\n\n- [D](<d e.md>)\n\n---\n\n[Thanks](thanks.md)\n",
            "Preface → README.md\nPart one → -\n  A → a.md\n    B & C → ./a/b.md\n    Later → -\nTwo → -\n  D → d e.md\n\
             Thanks → thanks.md\n",
        );
    }

    #[test]
    fn a_literate_navigation_is_read() {
        check(
            "- Home\n    - [Main](index.md)\n- 算法\n    - [$O(n)$ 算法](a.md)\n    - Deep\n        - [`x`](b.md) (new)\n\
             - [Site](https://example.org/)\n- [Folder](guide/)\n- *.md\n",
            "Home → -\n  Main → index.md\n算法 → -\n  $O(n)$ 算法 → a.md\n  Deep → -\n    x → b.md\n\
             Site → https://example.org/\nFolder → guide/\n- → *.md\n",
        );
    }

    #[test]
    fn an_ordinary_page_is_no_navigation() {
        for text in
            ["# Navigation\n\nHow to move a ship.\n\n- [Stars](stars.md)\n", "- only\n- words\n", "", "# Title\n"]
        {
            let source = Sources::default().add("navigation.md", text);
            let read = read(&source, 0);
            assert!(read.has_prose || !read.has_links, "{text}");
        }
    }
}

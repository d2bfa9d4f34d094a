//! The text of a file and places in it.
//!
//! Everything an author wrote reaches the core as a [`Source`]. What the core says about it points back with a
//! [`Span`]: a file and a byte range. A span is made where the text is read and never recomputed, so a message about
//! a formula in a quoted list in a Japanese article still underlines the right bytes.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Which source a span lies in: its number in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A byte range of one file. Ends lie on character boundaries; `start <= end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file that the range is in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `range` of the file `file`.
    #[must_use]
    pub fn new(file: FileId, range: Range<usize>) -> Span {
        Span { file, start: range.start as u32, end: range.end as u32 }
    }

    /// The byte range without the file.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// A part of this span, given relative to its start and cut to its end.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Span {
        let start = (self.start + range.start as u32).min(self.end);
        let end = (self.start + range.end as u32).clamp(start, self.end);
        Span { file: self.file, start, end }
    }
}

/// One file's text, immutable and cheap to clone.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its number in [`Sources`].
    pub id: FileId,
    /// Its path as messages show it: relative to the site's folder, with forward slashes.
    pub path: String,
    /// The whole text.
    pub text: Arc<str>,
    /// What a position is counted from; found when one is first asked for.
    marks: Arc<OnceLock<Marks>>,
}

/// Where lines begin, and how many characters stand before every so many bytes: a line may be as long as the file.
#[derive(Debug)]
struct Marks {
    lines: Vec<usize>,
    characters: Vec<usize>,
}

/// So many bytes are gone through for a position.
const STRIDE: usize = 1024;

impl Marks {
    fn new(text: &str) -> Marks {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(newline, _)| newline + 1)).collect();
        let mut characters = vec![0];
        for part in text.as_bytes().chunks(STRIDE) {
            characters.push(characters[characters.len() - 1] + beginnings(part));
        }
        Marks { lines, characters }
    }

    /// Characters before a byte of the text.
    fn before(&self, text: &str, offset: usize) -> usize {
        self.characters[offset / STRIDE] + beginnings(&text.as_bytes()[offset - offset % STRIDE..offset])
    }
}

/// How many characters begin in these bytes.
fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| byte.cast_signed() >= -0x40).count()
}

/// A place as people count it: both numbers start at 1, the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
}

impl Source {
    /// The line and column of a byte offset; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let marks = self.marks.get_or_init(|| Marks::new(&self.text));
        let line = marks.lines.partition_point(|&start| start <= offset);
        let start = marks.lines[line - 1];
        Position { line, column: marks.before(&self.text, offset) - marks.before(&self.text, start) + 1 }
    }

    /// A span of this file.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.id, range)
    }
}

/// All sources of a build, in the order in which an author reads them.
///
/// A [`FileId`] is the name of a file, not its place in that order: from one build to the next a file keeps its number
/// while others come and go, so that what was found in it is still true.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
    /// For each number the place of its file in `files`.
    places: Vec<u32>,
}

impl Sources {
    /// Adds a file with a number of its own and returns it.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> Source {
        self.add_as(FileId(self.places.len() as u32), path, text)
    }

    /// Adds a file under a number that no other file of these sources has.
    pub fn add_as(&mut self, id: FileId, path: impl Into<String>, text: impl Into<Arc<str>>) -> Source {
        let source = Source { id, path: path.into(), text: text.into(), marks: Arc::default() };
        let number = id.0 as usize;
        self.places.resize(self.places.len().max(number + 1), u32::MAX);
        self.places[number] = self.files.len() as u32;
        self.files.push(source.clone());
        source
    }

    /// The file with this number.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[self.place(id)]
    }

    /// The place of a file in the order of reading.
    #[must_use]
    pub fn place(&self, id: FileId) -> usize {
        self.places[id.0 as usize] as usize
    }

    /// All files in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }
}

/// Text put together from parts of sources, which remembers where each part came from.
///
/// A formula in a quoted list is not one slice of its file: every line begins with `> `. The excerpt is the text without
/// those prefixes; [`Excerpt::span`] finds the bytes in the file again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The text.
    pub text: String,
    /// The whole place in the file, delimiters excluded.
    pub span: Span,
    /// Runs of bytes that were neighbours in a file, ascending by their offset in the text.
    runs: Vec<Run>,
}

/// Bytes of an excerpt from `at` on stand in `file` from `origin` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    at: u32,
    file: FileId,
    origin: u32,
}

impl Excerpt {
    /// An empty excerpt that will be filled with parts of `span`.
    #[must_use]
    pub fn new(span: Span) -> Excerpt {
        Excerpt { text: String::new(), span, runs: Vec::new() }
    }

    /// The excerpt that is one slice of its file.
    #[must_use]
    pub fn slice(source: &Source, range: Range<usize>) -> Excerpt {
        let mut excerpt = Excerpt::new(source.span(range.clone()));
        excerpt.push(&source.text[range.clone()], source.id, range.start);
        excerpt
    }

    /// Appends text that stands at `origin` in `file`.
    pub fn push(&mut self, text: &str, file: FileId, origin: usize) {
        if text.is_empty() {
            return;
        }
        let run = Run { at: self.text.len() as u32, file, origin: origin as u32 };
        let follows =
            self.runs.last().is_some_and(|last| last.file == file && last.origin + (run.at - last.at) == run.origin);
        if !follows {
            self.runs.push(run);
        }
        self.text.push_str(text);
    }

    /// Appends a part of another excerpt, wherever that came from.
    pub fn push_part(&mut self, other: &Excerpt, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            let Some(run) = other.run(at) else { break };
            let next = other.runs.get(run + 1).map_or(other.text.len(), |next| next.at as usize).min(range.end);
            let Run { at: start, file, origin } = other.runs[run];
            self.push(&other.text[at..next], file, origin as usize + (at - start as usize));
            at = next;
        }
    }

    /// Appends text of our own that stands for `range` of another excerpt.
    pub fn push_stand_in(&mut self, text: &str, other: &Excerpt, range: Range<usize>) {
        let span = other.span(range);
        self.runs.push(Run { at: self.text.len() as u32, file: span.file, origin: span.start });
        self.text.push_str(text);
    }

    /// A part of this excerpt as an excerpt.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Excerpt {
        let mut part = Excerpt::new(self.span(range.clone()));
        part.push_part(self, range);
        part
    }

    /// Where a byte range of the text stands in the file. An empty range stays empty.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        let Some((file, start)) = self.origin(range.start) else {
            return Span { start: self.span.end, ..self.span };
        };
        if range.end <= range.start {
            return Span { file, start, end: start };
        }
        match self.origin(range.end - 1) {
            Some((last_file, last)) if last_file == file => Span { file, start, end: (last + 1).max(start) },
            _ => Span { file, start, end: start },
        }
    }

    fn run(&self, offset: usize) -> Option<usize> {
        self.runs.partition_point(|run| run.at as usize <= offset).checked_sub(1)
    }

    fn origin(&self, offset: usize) -> Option<(FileId, u32)> {
        if offset >= self.text.len() {
            let last = self.runs.last()?;
            return Some((last.file, last.origin + (self.text.len() as u32 - last.at)));
        }
        let Run { at, file, origin } = self.runs[self.run(offset)?];
        Some((file, origin + (offset as u32 - at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Sources::default().add("a.md", "一二\nab\n");
        let at = |offset| {
            let Position { line, column } = source.position(offset);
            (line, column)
        };
        assert_eq!(
            [at(0), at(3), at(4), at(6), at(7), at(9), at(10), at(99)],
            [(1, 1), (1, 2), (1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 1)]
        );
    }

    #[test]
    fn a_long_line_has_the_same_positions() {
        let text = format!("一\n{}\nend", "a場é".repeat(1000));
        let source = Sources::default().add("a.md", text.as_str());
        for (characters, (offset, _)) in text.char_indices().skip(2).take(3000).enumerate() {
            assert_eq!(source.position(offset), Position { line: 2, column: characters + 1 });
        }
        assert_eq!(source.position(text.len()), Position { line: 3, column: 4 });
    }

    #[test]
    fn an_excerpt_finds_its_bytes_again() {
        let source = Sources::default().add("a.md", "> $$\n> a\n> b+\n> $$");
        let mut excerpt = Excerpt::new(source.span(4..16));
        excerpt.push("a\n", source.id, 7);
        excerpt.push("b+\n", source.id, 11);
        assert_eq!(excerpt.text, "a\nb+\n");
        assert_eq!(&source.text[excerpt.span(2..4).range()], "b+");
        assert_eq!(&source.text[excerpt.span(0..3).range()], "a\n> b");
        assert_eq!(excerpt.span(2..2).range(), 11..11);
        let part = excerpt.part(1..4);
        assert_eq!((part.text.as_str(), part.span(1..3).range()), ("\nb+", 11..13));
    }

    #[test]
    fn a_file_keeps_its_number_wherever_it_is_read() {
        let mut sources = Sources::default();
        sources.add_as(FileId(2), "b.md", "b");
        sources.add_as(FileId(0), "c.md", "c");
        sources.add("d.md", "d");
        assert_eq!([2, 0, 3].map(|id| sources.get(FileId(id)).path.as_str()), ["b.md", "c.md", "d.md"]);
        assert_eq!([2, 0, 3].map(|id| sources.place(FileId(id))), [0, 1, 2]);
    }

    #[test]
    fn a_part_of_a_span_stays_inside() {
        let span = Span::new(FileId(0), 10..20);
        assert_eq!(span.part(2..5).range(), 12..15);
        assert_eq!(span.part(8..99).range(), 18..20);
        assert_eq!(span.part(50..99).range(), 20..20);
    }
}

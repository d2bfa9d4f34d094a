//! The text of a file and places in it.
//!
//! Everything an author wrote reaches the core as a [`Source`]. What the core says about it points back with a
//! [`Span`]: a file and a byte range. A span is made where the text is read and never recomputed, so a message about
//! a formula in a quoted list in a Japanese article still underlines the right bytes.

use std::ops::Range;
use std::sync::Arc;

/// Which source a span lies in: its position in [`Sources`].
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
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// A span of this file.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.id, range)
    }
}

/// All sources of a build. A [`FileId`] is an index into it.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and returns it.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> Source {
        let source = Source { id: FileId(self.files.len() as u32), path: path.into(), text: text.into() };
        self.files.push(source.clone());
        source
    }

    /// The file with this number.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// All files in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
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
    fn a_part_of_a_span_stays_inside() {
        let span = Span::new(FileId(0), 10..20);
        assert_eq!(span.part(2..5).range(), 12..15);
        assert_eq!(span.part(8..99).range(), 18..20);
        assert_eq!(span.part(50..99).range(), 20..20);
    }
}

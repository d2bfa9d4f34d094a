//! What the build has to say to an author: data, collected, sorted, shown by the shell.
//!
//! A stage of the core that meets a mistake makes a [`Diagnostic`] and goes on; nothing in the core stops, prints or
//! panics. Messages are lower case without a full stop, quote what was found in back-ticks, and the help says what
//! would work.

use crate::source::{Sources, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The site is not written until this is mended.
    Error,
    /// Worth a look; fails the build only with `--strict`.
    Warning,
}

/// One message with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The part of the language it is about: `math`, `chart`, `link`, `front-matter`, `config`, `template`, …
    pub code: &'static str,
    /// Where; `None` for a message about the site as a whole.
    pub span: Option<Span>,
    /// What was found.
    pub message: String,
    /// Other places that matter (the first definition of a label, the body of a macro), each with a few words.
    pub related: Vec<(Span, String)>,
    /// What would work.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { span: Some(span), ..Diagnostic::of_site(Severity::Error, code, message) }
    }

    /// A message about the site as a whole.
    #[must_use]
    pub fn of_site(severity: Severity, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity, code, span: None, message: message.into(), related: Vec::new(), help: None }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, span, message) }
    }

    /// Whether it keeps the site from being written.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The same message with a help line.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The same message with a help line if there is one.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Diagnostic {
        self.help = help.or(self.help);
        self
    }

    /// The same message with one more place.
    #[must_use]
    pub fn related(mut self, span: Span, words: impl Into<String>) -> Diagnostic {
        self.related.push((span, words.into()));
        self
    }
}

/// Puts messages in the order in which an author reads the files and drops repetitions, so that the list does not
/// depend on which thread found what first.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    let place = |diagnostic: &Diagnostic| diagnostic.span.map(|s| (sources.place(s.file), s.start, s.end));
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| (place(d), d.severity, d.code);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup();
}

/// The candidate nearest to a misspelt word: at most a third of its letters (and at least one, or two from four
/// letters on) may differ. Ties go to the first candidate.
///
/// Distance is optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    nearest_within(if length < 4 { 1 } else { (length / 3).max(2) }, word, candidates)
}

/// The candidate nearest to a misspelt word, at most `limit` letters away.
#[must_use]
pub fn nearest_within<'a>(limit: usize, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(word, candidate, limit), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance; any value above `limit` may stand for "too far".
fn edit_distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut rows = [vec![0; b.len() + 1], (0..=b.len()).collect(), vec![0; b.len() + 1]];
    for i in 1..=a.len() {
        rows[2][0] = i;
        for j in 1..=b.len() {
            let substitution = rows[1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitution.min(rows[1][j] + 1).min(rows[2][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = best;
        }
        rows.rotate_left(1);
    }
    rows[1][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn the_nearest_word_is_offered_when_it_is_near() {
        let names = ["relu", "sigmoid", "softplus", "elu"];
        assert_eq!(nearest("relo", names), Some("relu"));
        assert_eq!(nearest("sigmiod", names), Some("sigmoid"));
        assert_eq!(nearest("tanh", names), None);
        assert_eq!(nearest("x", names), None);
    }

    #[test]
    fn messages_are_sorted_by_place_and_said_once() {
        let mut sources = Sources::default();
        sources.add_as(FileId(1), "first.md", "");
        sources.add_as(FileId(0), "second.md", "");
        let at = |file, start| Span::new(FileId(file), start..start + 1);
        let mut list = vec![
            Diagnostic::warning("link", at(0, 1), "c"),
            Diagnostic::warning("link", at(1, 7), "b"),
            Diagnostic::error("math", at(1, 3), "a"),
            Diagnostic::warning("link", at(1, 7), "b"),
        ];
        sort(&mut list, &sources);
        assert_eq!(list.iter().map(|d| d.message.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}

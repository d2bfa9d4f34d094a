//! Attribute lists: `{#id .class width=300 title="two words"}`, as Pandoc, Kramdown and Python-Markdown write them.

use std::fmt::Write as _;
use std::ops::Range;

use crate::html::escape;

/// Longer lists are text: so the search for the closing brace stays short.
const MAX_LENGTH: usize = 1000;

/// What an attribute list says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    /// `#id`, with its place in the text that was read.
    pub(super) id: Option<(String, Range<usize>)>,
    /// `.class`, in order.
    pub(super) classes: Vec<String>,
    /// `key=value`, in order.
    pub(super) pairs: Vec<(String, String)>,
}

impl Attributes {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Takes a key out.
    pub(super) fn take(&mut self, key: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(name, _)| name == key)?;
        Some(self.pairs.remove(at).1)
    }

    /// As HTML, with a space before each. `align=left`, which HTML has no longer, becomes the class `align-left`.
    pub(super) fn html(&self) -> String {
        let mut html = String::new();
        if let Some((id, _)) = &self.id {
            let _ = write!(html, " id=\"{}\"", escape(id));
        }
        let mut classes = self.classes.clone();
        classes.extend(self.get("align").map(|side| format!("align-{side}")));
        if !classes.is_empty() {
            let _ = write!(html, " class=\"{}\"", escape(&classes.join(" ")));
        }
        for (key, value) in self.pairs.iter().filter(|(key, _)| key != "align") {
            let _ = write!(html, " {key}=\"{}\"", escape(value));
        }
        html
    }
}

/// Reads the attribute list that `text` begins with; gives its length too. Braces around anything else are text.
pub(super) fn read(text: &str) -> Option<(Attributes, usize)> {
    let mut attributes = Attributes::default();
    let mut at = text.strip_prefix('{').map(|rest| 1 + usize::from(rest.starts_with(':')))?;
    loop {
        let rest = text.get(at..).filter(|_| at < MAX_LENGTH)?;
        let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let rest = &rest[space..];
        at += space;
        if rest.starts_with('}') {
            let is_empty = attributes == Attributes::default();
            return (!is_empty).then_some((attributes, at + 1));
        }
        at += entry(rest, at, &mut attributes)?;
    }
}

/// Reads one entry at the start of `rest`, which stands at `at`; gives its length.
fn entry(rest: &str, at: usize, attributes: &mut Attributes) -> Option<usize> {
    let word = &rest[..rest.find([' ', '\t', '\n', '}', '=', '{', '"'])?];
    let after = &rest[word.len()..];
    if let Some(id) = word.strip_prefix('#').filter(|id| !id.is_empty() && !after.starts_with('=')) {
        attributes.id = Some((id.to_owned(), at + 1..at + word.len()));
        return Some(word.len());
    }
    if let Some(class) = word.strip_prefix('.').filter(|class| !class.is_empty() && !after.starts_with('=')) {
        attributes.classes.push(class.to_owned());
        return Some(word.len());
    }
    let is_name = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b));
    let value = after.strip_prefix('=').filter(|_| is_name)?;
    let (value, length) = match value.chars().next()? {
        quote @ ('"' | '\'') => {
            let end = value[1..].find(quote)?;
            (&value[1..=end], end + 2)
        }
        _ => {
            let end = value.find([' ', '\t', '\n', '}'])?;
            (&value[..end], end)
        }
    };
    match word {
        "id" => {
            let start = at + word.len() + 1 + usize::from(length > value.len());
            attributes.id = Some((value.to_owned(), start..start + value.len()));
        }
        "class" => attributes.classes.extend(value.split_whitespace().map(str::to_owned)),
        _ => attributes.pairs.push((word.to_lowercase(), value.to_owned())),
    }
    Some(word.len() + 1 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_what_only_looks_like_one() {
        let html = |text: &'static str| read(text).map(|(attributes, length)| (attributes.html(), &text[length..]));
        let cases = [
            ("{.a}", Some((" class=\"a\"", ""))),
            ("{: .a #b} c", Some((" id=\"b\" class=\"a\"", " c"))),
            ("{ width=300 .c #id }", Some((" id=\"id\" class=\"c\" width=\"300\"", ""))),
            ("{title=\"a } b\" alt='c'}.", Some((" title=\"a } b\" alt=\"c\"", "."))),
            ("{#図:一 class=\"x y\"}", Some((" id=\"図:一\" class=\"x y\"", ""))),
            ("{align=right}", Some((" class=\"align-right\"", ""))),
            ("{x=\"<\"}", Some((" x=\"&lt;\"", ""))),
            ("{}", None),
            ("{word}", None),
            ("{.a", None),
            ("{a=", None),
            ("{1=2}", None),
            ("{a=\"b}", None),
            ("{#}", None),
        ];
        for (text, expected) in cases {
            let actual = html(text);
            assert_eq!(actual.as_ref().map(|(html, rest)| (html.as_str(), *rest)), expected, "{text}");
        }
    }

    #[test]
    fn an_id_knows_its_place() {
        for text in ["{.a #thm:x}", "{id=thm:x}", "{id=\"thm:x\"}"] {
            let (attributes, _) = read(text).expect("a list");
            let (id, range) = attributes.id.expect("an id");
            assert_eq!(&text[range], id);
        }
    }
}

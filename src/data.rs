//! Structured data that an author typed, TOML or YAML, with the place of every key and value.
//!
//! Site configuration, front matter and chart fences are all read through this module, so that a wrong type or a
//! misspelt key is shown under its own bytes, whatever the notation. [`Keys`] takes typed values out of a table,
//! collects a diagnostic for each mistake and goes on.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, nearest};
use crate::source::{Excerpt, Span};

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, quotes and brackets included.
    pub span: Span,
}

/// The kinds of values that TOML and YAML share.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or exponent, `inf` or `nan`.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or date-time, as typed.
    Date(String),
    /// A list.
    Array(Vec<Value>),
    /// A table.
    Table(Table),
    /// YAML's empty value.
    Null,
}

/// Key-value pairs in the order in which they were typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The pairs; no key twice.
    pub entries: Vec<Entry>,
    /// Where the table stands.
    pub span: Span,
}

/// One pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key without quotes.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Value,
}

impl Value {
    /// What to call this kind of value in a message, with its article.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::String(_) => "a string",
            Kind::Integer(_) => "an integer",
            Kind::Float(_) => "a number",
            Kind::Boolean(_) => "a boolean",
            Kind::Date(_) => "a date",
            Kind::Array(_) => "an array",
            Kind::Table(_) => "a table",
            Kind::Null => "an empty value",
        }
    }

    /// Where a byte range of this string stands in the file; the whole value if it has escapes or spans lines.
    #[must_use]
    pub fn text_span(&self, range: Range<usize>) -> Span {
        let Kind::String(text) = &self.kind else { return self.span };
        let typed = (self.span.end - self.span.start) as usize;
        match typed.checked_sub(text.len()) {
            Some(0) => self.span.part(range),
            Some(2) => self.span.part(range.start + 1..range.end + 1),
            _ => self.span,
        }
    }
}

impl Table {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }
}

/// Reads TOML. `code` is the diagnostic code of what is being read (`config`, `front-matter`, `chart`).
pub fn toml(excerpt: &Excerpt, code: &'static str) -> Result<Table, Diagnostic> {
    match DeTable::parse(&excerpt.text) {
        Ok(table) => Ok(toml_table(table.into_inner(), excerpt.span, excerpt)),
        Err(error) => {
            let span = error.span().map_or(excerpt.span, |range| excerpt.span(range));
            Err(Diagnostic::error(code, span, format!("not valid TOML: {}", error.message().replace('\n', ", "))))
        }
    }
}

fn toml_table(table: DeTable<'_>, span: Span, excerpt: &Excerpt) -> Table {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry {
            key_span: excerpt.span(key.span()),
            key: key.into_inner().into_owned(),
            value: {
                let span = excerpt.span(value.span());
                toml_value(value.into_inner(), span, excerpt)
            },
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span);
    Table { entries, span }
}

fn toml_value(value: DeValue<'_>, span: Span, excerpt: &Excerpt) -> Value {
    let kind = match value {
        DeValue::String(text) => Kind::String(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Kind::Float(number.as_str().parse().unwrap_or(f64::NAN)), Kind::Integer),
        DeValue::Float(number) => Kind::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(truth) => Kind::Boolean(truth),
        DeValue::Datetime(date) => Kind::Date(date.to_string()),
        DeValue::Array(array) => Kind::Array(
            array
                .into_iter()
                .map(|item| {
                    let span = excerpt.span(item.span());
                    toml_value(item.into_inner(), span, excerpt)
                })
                .collect(),
        ),
        DeValue::Table(table) => Kind::Table(toml_table(table, span, excerpt)),
    };
    Value { kind, span }
}

/// Deepest nesting of YAML that is read; more is an error, not a stack overflow.
const YAML_DEPTH: usize = 64;

/// Reads the first YAML document. Anchors and aliases are not followed: an alias is an empty value.
pub fn yaml(excerpt: &Excerpt, code: &'static str) -> Result<Table, Diagnostic> {
    let mut reader = Yaml { parser: Parser::new_from_str(&excerpt.text), excerpt, code };
    loop {
        match reader.next()? {
            (Event::StreamEnd | Event::DocumentEnd, _) => {
                return Ok(Table { entries: Vec::new(), span: excerpt.span });
            }
            (Event::MappingStart(..), span) => return reader.mapping(span.start as usize, 0),
            (Event::Scalar(text, ..), _) if text.is_empty() => {}
            (Event::Scalar(..) | Event::SequenceStart(..), span) => {
                return Err(Diagnostic::error(code, span, "expected `key: value` lines"));
            }
            _ => {}
        }
    }
}

struct Yaml<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    excerpt: &'a Excerpt,
    code: &'static str,
}

impl<'a> Yaml<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Diagnostic> {
        match self.parser.next_event() {
            None => Ok((Event::StreamEnd, self.excerpt.span)),
            Some(Ok((event, span))) => {
                let range = span.byte_range().unwrap_or(0..0);
                Ok((event, self.excerpt.span(range)))
            }
            Some(Err(error)) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(self.excerpt.text.len());
                let end = self.excerpt.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
                Err(Diagnostic::error(
                    self.code,
                    self.excerpt.span(at..end),
                    format!("not valid YAML: {}", error.info()),
                ))
            }
        }
    }

    fn mapping(&mut self, start: usize, depth: usize) -> Result<Table, Diagnostic> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, key_span) = self.next()?;
            let key = match event {
                Event::MappingEnd | Event::StreamEnd => {
                    let span = Span { start: start as u32, ..key_span };
                    return Ok(Table { entries, span: Span { end: span.end.max(span.start), ..span } });
                }
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err(Diagnostic::error(self.code, key_span, "a key must be a plain word or a string")),
            };
            if let Some(first) = entries.iter().find(|entry| entry.key == key) {
                return Err(Diagnostic::error(self.code, key_span, format!("duplicate key `{key}`"))
                    .related(first.key_span, "first given here"));
            }
            let value = self.value(depth + 1)?;
            entries.push(Entry { key, key_span, value });
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, Diagnostic> {
        let (event, span) = self.next()?;
        if depth > YAML_DEPTH {
            return Err(Diagnostic::error(self.code, span, format!("nested more than {YAML_DEPTH} levels deep")));
        }
        let kind = match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) => plain_scalar(&text),
            Event::Scalar(text, ..) => Kind::String(text.into_owned()),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    if matches!(self.parser.peek(), Some(Ok((Event::SequenceEnd, _)))) {
                        self.next()?;
                        break;
                    }
                    items.push(self.value(depth + 1)?);
                }
                Kind::Array(items)
            }
            Event::MappingStart(..) => Kind::Table(self.mapping(span.start as usize, depth)?),
            Event::StreamEnd => return Err(Diagnostic::error(self.code, span, "not valid YAML: ends too early")),
            _ => Kind::Null,
        };
        Ok(Value { kind, span })
    }
}

/// YAML's core schema for unquoted text, and dates.
fn plain_scalar(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Boolean(true),
        "false" | "False" | "FALSE" => Kind::Boolean(false),
        _ if looks_like_date(text) => Kind::Date(text.to_owned()),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => match text.parse::<i64>() {
            Ok(number) => Kind::Integer(number),
            Err(_) => text.parse::<f64>().map_or_else(|_| Kind::String(text.to_owned()), Kind::Float),
        },
        _ => Kind::String(text.to_owned()),
    }
}

fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() })
}

/// The pairs of a table whose values must all be strings: key, text and the place of the text. `what` is what one pair
/// is called in a message.
pub fn texts(
    table: &Table,
    what: &str,
    code: &'static str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(String, String, Span)> {
    let mut texts = Vec::with_capacity(table.entries.len());
    for Entry { key, value, .. } in &table.entries {
        if let Kind::String(text) = &value.kind {
            texts.push((key.clone(), text.clone(), value.span));
        } else {
            let message = format!("{what} `{key}` must be a string, found {}", value.kind_name());
            diagnostics.push(Diagnostic::error(code, value.span, message));
        }
    }
    texts
}

/// Takes typed values out of a table. Every mistake becomes a diagnostic; keys nobody asked for are found at the end.
pub struct Keys<'a, 'd> {
    table: &'a Table,
    code: &'static str,
    asked: Vec<&'static str>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a, 'd> Keys<'a, 'd> {
    /// A reader of `table` whose mistakes go to `diagnostics` under `code`.
    pub fn new(table: &'a Table, code: &'static str, diagnostics: &'d mut Vec<Diagnostic>) -> Keys<'a, 'd> {
        Keys { table, code, asked: Vec::new(), diagnostics }
    }

    /// The value of a key, of any kind; YAML's empty value counts as absent.
    pub fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.asked.push(key);
        self.table.get(key).filter(|value| value.kind != Kind::Null)
    }

    /// A string.
    pub fn string(&mut self, key: &'static str) -> Option<String> {
        self.typed(key, "a string", |value| match &value.kind {
            Kind::String(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// A boolean.
    pub fn boolean(&mut self, key: &'static str) -> Option<bool> {
        self.typed(key, "a boolean (`true` or `false`)", |value| match value.kind {
            Kind::Boolean(truth) => Some(truth),
            _ => None,
        })
    }

    /// A whole number.
    pub fn integer(&mut self, key: &'static str) -> Option<i64> {
        self.typed(key, "an integer", |value| match value.kind {
            Kind::Integer(number) => Some(number),
            _ => None,
        })
    }

    /// A date, `YYYY-MM-DD` with or without a time, as TOML or YAML date or as a string. Returns the civil date.
    pub fn date(&mut self, key: &'static str) -> Option<jiff::civil::Date> {
        self.typed(key, "a date such as `2026-05-31`", |value| match &value.kind {
            Kind::Date(text) | Kind::String(text) => text.get(..10)?.parse().ok(),
            _ => None,
        })
    }

    /// A list of strings; one string stands for a list of one.
    pub fn strings(&mut self, key: &'static str) -> Vec<String> {
        self.typed(key, "an array of strings", |value| match &value.kind {
            Kind::String(text) => Some(vec![text.clone()]),
            Kind::Array(items) => items
                .iter()
                .map(|item| match &item.kind {
                    Kind::String(text) => Some(text.clone()),
                    _ => None,
                })
                .collect(),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// A table.
    pub fn table(&mut self, key: &'static str) -> Option<&'a Table> {
        let value = self.value(key)?;
        if let Kind::Table(table) = &value.kind {
            return Some(table);
        }
        self.wrong_type(key, "a table", value);
        None
    }

    fn typed<T>(&mut self, key: &'static str, expected: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let value = self.value(key)?;
        let result = read(value);
        if result.is_none() {
            self.wrong_type(key, expected, value);
        }
        result
    }

    /// Says that the value of `key` is not what is `expected`.
    pub fn wrong_type(&mut self, key: &str, expected: &str, value: &Value) {
        let message = format!("`{key}` must be {expected}, found {}", value.kind_name());
        self.diagnostics.push(Diagnostic::error(self.code, value.span, message));
    }

    /// The pairs that nobody asked for, and all names that were asked for.
    #[must_use]
    pub fn rest(self) -> (Vec<&'a Entry>, Vec<&'static str>) {
        let asked = self.asked;
        (self.table.entries.iter().filter(|entry| !asked.contains(&entry.key.as_str())).collect(), asked)
    }

    /// Reports every pair that nobody asked for as an unknown key, with the nearest known one.
    pub fn deny_unknown(self) {
        let (code, known) = (self.code, self.asked);
        for entry in self.table.entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let help = nearest(&entry.key, known.iter().copied())
                .map_or_else(|| format!("known keys: {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
            self.diagnostics
                .push(Diagnostic::error(code, entry.key_span, format!("unknown key `{}`", entry.key)).help(help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn excerpt(text: &str) -> Excerpt {
        Excerpt::slice(&Sources::default().add("a", text), 0..text.len())
    }

    #[test]
    fn toml_and_yaml_read_alike_with_places() {
        let from_toml = excerpt("title = \"ReLU\"\ntags = [\"a\", \"b\"]\nweight = 3\n[extra]\nx = 1.5\n");
        let from_yaml = excerpt("title: ReLU\ntags: [a, b]\nweight: 3\nextra:\n  x: 1.5\n");
        for (excerpt, table) in
            [(&from_toml, toml(&from_toml, "config").unwrap()), (&from_yaml, yaml(&from_yaml, "config").unwrap())]
        {
            assert_eq!(table.get("title").unwrap().kind, Kind::String("ReLU".into()));
            assert_eq!(table.get("weight").unwrap().kind, Kind::Integer(3));
            let Kind::Table(extra) = &table.get("extra").unwrap().kind else { panic!("no table") };
            let x = extra.get("x").unwrap();
            assert_eq!((&x.kind, &excerpt.text[x.span.range()]), (&Kind::Float(1.5), "1.5"));
            let Kind::Array(tags) = &table.get("tags").unwrap().kind else { panic!("no array") };
            assert_eq!(tags.len(), 2);
        }
    }

    #[test]
    fn mistakes_have_places() {
        let text = excerpt("titel = 1\nweight = \"x\"\n");
        let table = toml(&text, "front-matter").unwrap();
        let mut found = Vec::new();
        let mut keys = Keys::new(&table, "front-matter", &mut found);
        assert_eq!((keys.string("title"), keys.integer("weight")), (None, None));
        keys.deny_unknown();
        let shown: Vec<_> = found.iter().map(|d| (&text.text[d.span.unwrap().range()], d.message.as_str())).collect();
        assert_eq!(shown, [("\"x\"", "`weight` must be an integer, found a string"), ("titel", "unknown key `titel`")]);
        assert_eq!(found[1].help.as_deref(), Some("did you mean `title`?"));
        for (text, place) in [("a: [1, 2\nb: 3\n", 10), ("a: b: c\n", 4)] {
            let error = yaml(&excerpt(text), "front-matter").unwrap_err();
            assert!(error.message.starts_with("not valid YAML"), "{}", error.message);
            assert_eq!(error.span.unwrap().start, place, "{text}");
        }
    }

    #[test]
    fn any_depth_of_yaml_ends_in_a_message() {
        let text = "[".repeat(100_000);
        assert!(yaml(&excerpt(&format!("a: {text}")), "front-matter").is_err());
    }
}

//! Front matter of other tools: values of another type that still have a meaning for us, and those that have none.
//!
//! `search: {exclude: true}`, `tags: a, b`, `title: 2048`, `date: {created: …}` are right where they come from. What can
//! be understood is turned into what our keys expect; the rest is set aside and kept in `extra`.

use crate::data::{Entry, Kind, Table, Value};
use crate::source::Source;

/// Turns the values of typed keys into what those expect. Returns the entries that nothing can be made of; they are
/// taken out of the table.
pub(super) fn adapt(table: &mut Table, source: &Source) -> Vec<Entry> {
    rename(table);
    let mut unread = Vec::new();
    let mut kept = Vec::with_capacity(table.entries.len());
    for mut entry in std::mem::take(&mut table.entries) {
        if entry.key == "hide" {
            // Material for MkDocs: `hide: [toc]`.
            if words(&entry.value).iter().any(|word| word == "toc") {
                let value = Value { kind: Kind::Boolean(false), span: entry.value.span };
                kept.push(Entry { key: "toc".to_owned(), key_span: entry.key_span, value });
            }
        } else if entry.key == "math" && matches!(entry.value.kind, Kind::Boolean(_)) {
            // Elsewhere mathematics has to be switched on; here it always is.
            continue;
        } else {
            match expected(&entry.key, &entry.value, source) {
                Reading::AsTyped => {}
                Reading::As(kind) => entry.value.kind = kind,
                Reading::Nothing => {
                    unread.push(entry);
                    continue;
                }
            }
        }
        if !kept.iter().any(|known: &Entry| known.key == entry.key) {
            kept.push(entry);
        }
    }
    table.entries = kept;
    unread
}

/// Keys that other tools call by another name.
fn rename(table: &mut Table) {
    const NAMES: [(&str, &str); 6] = [
        ("sidebar_position", "weight"),
        ("nav_order", "weight"),
        ("author", "authors"),
        ("lastmod", "updated"),
        ("last_update", "updated"),
        ("summary", "description"),
    ];
    for (theirs, ours) in NAMES {
        if table.get(ours).is_none()
            && let Some(entry) = table.entries.iter_mut().find(|entry| entry.key == theirs)
        {
            ours.clone_into(&mut entry.key);
        }
    }
    // Zola: `[taxonomies]`.
    if table.get("tags").is_none()
        && let Some(Value { kind: Kind::Table(taxonomies), .. }) = table.get("taxonomies")
        && let Some(tags) = taxonomies.entries.iter().find(|entry| entry.key == "tags").cloned()
    {
        table.entries.push(tags);
    }
}

/// What the value of a key becomes.
enum Reading {
    /// The key is not typed.
    AsTyped,
    As(Kind),
    /// The value says nothing to us.
    Nothing,
}

fn expected(key: &str, value: &Value, source: &Source) -> Reading {
    if value.kind == Kind::Null {
        return Reading::AsTyped;
    }
    let kind = match key {
        "title" | "description" | "image" => text(value, source).or_else(|| image(value)).map(Kind::String),
        "slug" => text(value, source).filter(|slug| !slug.contains('/') && !slug.is_empty()).map(Kind::String),
        "date" | "updated" => date(value),
        "tags" | "authors" | "aliases" | "series" => Some(Kind::Array(strings(value))),
        "weight" => number(value).map(Kind::Integer),
        "draft" | "toc" | "list" => truth(value).map(Kind::Boolean),
        "search" => truth(value).or_else(|| Some(!truth(field(value, &["exclude"])?)?)).map(Kind::Boolean),
        // The site has its own templates only if it was made for this program.
        "template" => None,
        "math" | "extra" => matches!(value.kind, Kind::Table(_)).then(|| value.kind.clone()),
        _ => return Reading::AsTyped,
    };
    kind.map_or(Reading::Nothing, Reading::As)
}

fn field<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    match &value.kind {
        Kind::Table(table) => names.iter().find_map(|name| table.get(name)),
        _ => None,
    }
}

/// The text of a string, or what was typed for a number, date or truth value.
fn text(value: &Value, source: &Source) -> Option<String> {
    match &value.kind {
        Kind::String(text) | Kind::Date(text) => Some(text.clone()),
        Kind::Integer(_) | Kind::Float(_) | Kind::Boolean(_) => {
            source.text.get(value.span.range()).map(|typed| typed.trim().to_owned())
        }
        _ => None,
    }
}

fn image(value: &Value) -> Option<String> {
    match &field(value, &["path", "src", "url", "feature"])?.kind {
        Kind::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// The words of a list or of one string, at its commas.
fn words(value: &Value) -> Vec<String> {
    match &value.kind {
        Kind::String(text) => text.split(',').map(|word| word.trim().to_owned()).filter(|w| !w.is_empty()).collect(),
        Kind::Integer(number) => vec![number.to_string()],
        Kind::Float(number) => vec![number.to_string()],
        Kind::Boolean(truth) => vec![truth.to_string()],
        Kind::Date(text) => vec![text.clone()],
        Kind::Array(items) => items.iter().flat_map(name).collect(),
        Kind::Table(_) => name(value),
        Kind::Null => Vec::new(),
    }
}

/// The name of one item of a list, such as `{name: Ada, url: …}`.
fn name(item: &Value) -> Vec<String> {
    match &item.kind {
        Kind::String(text) => vec![text.clone()],
        Kind::Array(_) => Vec::new(),
        Kind::Table(_) => field(item, &["name", "label", "title", "id"]).map(name).unwrap_or_default(),
        _ => words(item),
    }
}

/// The words of a list, each with its own place.
fn strings(value: &Value) -> Vec<Value> {
    let placed = |words: Vec<String>, span| words.into_iter().map(move |word| Value { kind: Kind::String(word), span });
    match &value.kind {
        Kind::Array(items) => items.iter().flat_map(|item| placed(name(item), item.span)).collect(),
        _ => placed(words(value), value.span).collect(),
    }
}

fn number(value: &Value) -> Option<i64> {
    match &value.kind {
        Kind::Integer(number) => Some(*number),
        // A position between two others, as Docusaurus has it: the whole number before it.
        Kind::Float(number) if number.abs() < 1e15 => Some(number.floor() as i64),
        Kind::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match &value.kind {
        Kind::Boolean(truth) => Some(*truth),
        Kind::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// `2024-5-1`, `2024/05/01 10:00`, or one of several dates by name.
fn date(value: &Value) -> Option<Kind> {
    let text = match &value.kind {
        Kind::Date(text) | Kind::String(text) => text,
        Kind::Table(_) => return date(field(value, &["created", "date", "updated"])?),
        _ => return None,
    };
    let day = text.trim().split(|c: char| c.is_whitespace() || c == 'T').next()?;
    let mut parts = day.split(['-', '/', '.']).map(|part| part.parse::<i16>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(Kind::Date(date.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::front_matter;
    use crate::article::Spellings;
    use crate::source::Sources;

    #[test]
    fn values_of_other_tools_are_understood_or_set_aside() {
        let text = "---\ntitle: 2048\nsearch:\n  exclude: true\ntags: a, b c\ndate: {created: 2024/5/1}\nauthor: Ada\n\
                    hide: [toc, navigation]\nsidebar_position: 2.5\ntemplate: home.html\nslug: /intro\nweight: heavy\nmath: true\n---\n";
        let source = Sources::default().add("a.md", text);
        let mut diagnostics = Vec::new();
        let spellings = Spellings { foreign: true, ..Spellings::default() };
        let (meta, _) = front_matter::read(&source, spellings, &mut diagnostics);
        assert_eq!(diagnostics, []);
        assert_eq!(meta.title.unwrap().text, "2048");
        assert_eq!((meta.search, meta.toc), (Some(false), Some(false)));
        assert_eq!((meta.tags, meta.authors), (vec!["a".into(), "b c".into()], vec!["Ada".into()]));
        assert_eq!(meta.date.unwrap().to_string(), "2024-05-01");
        assert_eq!((meta.template, meta.slug), (None, None));
        let unread: Vec<_> = meta.unread.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(unread, ["template", "slug", "weight"]);
        let extra: Vec<_> = meta.extra.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(extra, ["hide", "sidebar_position", "template", "slug", "weight"]);
    }

    #[test]
    fn bare_lines_are_front_matter_where_they_are_switched_on() {
        let spellings = Spellings { bare_front_matter: true, ..Spellings::default() };
        for (text, title, body) in [
            ("Title: My page\ndraft: yes\ntags: a\n    b\n\n# Body\n", Some("My page"), "\n# Body\n"),
            ("title: all of it\n", Some("all of it"), ""),
            ("https://example.org is a page\n", None, "https://example.org is a page\n"),
            ("# Title\n\nNote: this\n", None, "# Title\n\nNote: this\n"),
            ("---\ntitle: A\n---\nNote: this\n", Some("A"), "Note: this\n"),
        ] {
            let source = Sources::default().add("a.md", text);
            let (meta, start) = front_matter::read(&source, spellings, &mut Vec::new());
            assert_eq!(meta.title.map(|title| title.text).as_deref(), title, "{text}");
            assert_eq!(&source.text[start..], body);
        }
    }
}

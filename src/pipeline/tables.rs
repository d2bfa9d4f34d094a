//! Tables of values: a `values` fence names functions and places, the page shows what they are.

use std::fmt::Write as _;

use super::values::{self, Format};
use crate::article::{self, Article, Node, Spellings};
use crate::data::{self, Keys};
use crate::diagnostic::Diagnostic;
use crate::function::{self, Function, Kind, Limit, Scope, exact_name};
use crate::html::escape;
use crate::page::{self, Fragments, Links};
use crate::site::{TableText, ValueColumn, ValueTable};
use crate::source::{Excerpt, Span};

/// A table with more numbers is a mistake.
const MOST_NUMBERS: usize = 2000;

/// Reads the fences of an article. Formulas in their texts are added to the article.
pub(super) fn read(article: &mut Article, spellings: Spellings, diagnostics: &mut Vec<Diagnostic>) -> Vec<ValueTable> {
    let fences = article.tables.clone();
    fences
        .iter()
        .map(|fence| {
            let mut found = Vec::new();
            let table = match data::toml(&fence.body, "values") {
                Ok(table) => table,
                Err(diagnostic) => {
                    diagnostics.push(diagnostic);
                    return ValueTable::default();
                }
            };
            let mut reader = Reader { article, place: fence.place, spellings, diagnostics: &mut found };
            let read = reader.table(&table, fence.body.span);
            diagnostics.extend(found);
            read
        })
        .collect()
}

struct Reader<'a, 'd> {
    article: &'a mut Article,
    /// Where the fence stands.
    place: usize,
    spellings: Spellings,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Reader<'_, '_> {
    fn table(&mut self, table: &data::Table, span: Span) -> ValueTable {
        let mut said = Vec::new();
        let mut keys = Keys::new(table, "values", &mut said);
        let (x, functions) = (keys.value("x"), keys.value("functions"));
        let (x_label, caption) = (keys.value("x_label"), keys.value("caption"));
        let (format, id) = (keys.value("format"), keys.value("id"));
        let sides = keys.boolean("sides").unwrap_or(true);
        keys.deny_unknown();
        self.diagnostics.append(&mut said);
        for (key, value, help) in [
            ("x", x, "give the places, such as `x = [-1, 0, \"pi/2\"]`"),
            ("functions", functions, "name the functions, such as `functions = [\"relu(x)\", \"relu'(x)\"]`"),
        ] {
            if value.is_none() {
                let message = format!("a table of values needs the key `{key}`");
                self.diagnostics.push(Diagnostic::error("values", span, message).help(help));
            }
        }
        let read = ValueTable {
            id: id.and_then(|id| self.text("id", id)).map(|id| (id.text, id.span)),
            places: x.map(|x| self.places(x)).unwrap_or_default(),
            x_label: x_label.and_then(|label| self.inline("x_label", label)),
            columns: functions.map(|functions| self.columns(functions)).unwrap_or_default(),
            format: format.and_then(|format| self.text("format", format)),
            caption: caption.and_then(|caption| self.inline("caption", caption)),
            sides,
            rows: Vec::new(),
        };
        if read.places.len() * read.columns.len() > MOST_NUMBERS {
            let message = format!("this table has more than {MOST_NUMBERS} numbers");
            self.diagnostics.push(Diagnostic::error("values", span, message).help("show fewer of them"));
            return ValueTable::default();
        }
        read
    }

    fn refuse(&mut self, value: &data::Value, message: String, help: &str) {
        self.diagnostics.push(Diagnostic::error("values", value.span, message).help(help));
    }

    fn text(&mut self, key: &str, value: &data::Value) -> Option<Excerpt> {
        match &value.kind {
            data::Kind::String(text) => Some(excerpt(value, text)),
            _ => {
                self.refuse(
                    value,
                    format!("`{key}` must be a string, found {}", value.kind_name()),
                    "write it in quotes",
                );
                None
            }
        }
    }

    fn inline(&mut self, key: &str, value: &data::Value) -> Option<TableText> {
        let typed = self.text(key, value)?;
        let nodes = article::add_inline(self.article, &typed, self.place, self.spellings, self.diagnostics);
        Some(TableText { typed, nodes })
    }

    fn places(&mut self, value: &data::Value) -> Vec<Excerpt> {
        let data::Kind::Array(items) = &value.kind else {
            self.refuse(value, format!("`x` must be a list, found {}", value.kind_name()), "write `x = [-1, 0, 1]`");
            return Vec::new();
        };
        let mut places = Vec::new();
        for item in items {
            match &item.kind {
                data::Kind::String(text) => places.push(excerpt(item, text)),
                data::Kind::Integer(number) => places.push(excerpt(item, &number.to_string())),
                data::Kind::Float(number) if number.is_finite() => places.push(excerpt(item, &number.to_string())),
                _ => {
                    let message = format!("a place is a number or an expression, found {}", item.kind_name());
                    self.refuse(item, message, "write `x = [-1, 0, \"pi/2\"]`");
                }
            }
        }
        places
    }

    fn columns(&mut self, value: &data::Value) -> Vec<ValueColumn> {
        let data::Kind::Array(items) = &value.kind else {
            let message = format!("`functions` must be a list, found {}", value.kind_name());
            self.refuse(value, message, "write `functions = [\"relu(x)\", \"relu'(x)\"]`");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.column(item)).collect()
    }

    fn column(&mut self, item: &data::Value) -> Option<ValueColumn> {
        const HELP: &str = "write `\"relu(x)\"` or `{ f = \"relu(x)\", label = \"$f(x)$\" }`";
        match &item.kind {
            data::Kind::String(text) => Some(ValueColumn { f: excerpt(item, text), label: None }),
            data::Kind::Table(table) => {
                let mut said = Vec::new();
                let mut keys = Keys::new(table, "values", &mut said);
                let (f, label) = (keys.value("f"), keys.value("label"));
                keys.deny_unknown();
                self.diagnostics.append(&mut said);
                let Some(f) = f else {
                    self.refuse(item, "a column needs the key `f`".to_owned(), HELP);
                    return None;
                };
                let f = self.text("f", f)?;
                Some(ValueColumn { f, label: label.and_then(|label| self.inline("label", label)) })
            }
            _ => {
                self.refuse(item, format!("a function is an expression, found {}", item.kind_name()), HELP);
                None
            }
        }
    }
}

/// The text of a value with its place.
fn excerpt(value: &data::Value, text: &str) -> Excerpt {
    let span = value.text_span(0..text.len());
    let mut excerpt = Excerpt::new(span);
    excerpt.push(text, span.file, span.start as usize);
    excerpt
}

/// A place and the value of each function there.
type Row = (String, Vec<String>);

/// Computes a table.
pub(super) fn rows(table: &ValueTable, scope: &Scope, undefined: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Row> {
    let format = table.format.as_ref().map_or(Some(Format::Text), |format| values::format_of(format.text.trim()));
    let Some(format) = format else {
        let (text, span) = table.format.as_ref().map_or(("", None), |format| (format.text.trim(), Some(format.span)));
        let message = format!("`{text}` is not a format");
        diagnostics.extend(span.map(|span| Diagnostic::error("values", span, message).help(values::FORMATS)));
        return Vec::new();
    };
    let mut parse = |text: &Excerpt| match function::parse(&text.text, scope) {
        Ok(function) => Some(function),
        Err(error) => {
            let diagnostic = Diagnostic::error("values", text.span(error.range), error.message);
            diagnostics.push(diagnostic.maybe_help(error.help));
            None
        }
    };
    let columns: Vec<Option<(Function, String)>> =
        table.columns.iter().map(|column| Some((parse(&column.f)?, column.f.text.clone()))).collect();
    let places: Vec<Option<Function>> = table.places.iter().map(&mut parse).collect();
    let mut rows = Vec::new();
    for (typed, place) in table.places.iter().zip(places) {
        let Some(place) = place else { continue };
        let x = place.value(0.0);
        if place.has_variable() || !x.is_finite() {
            let message = format!("`{}` is not a number", typed.text.trim());
            diagnostics.push(Diagnostic::error("values", typed.span, message));
            continue;
        }
        let name = name_of(&place, x, &typed.text);
        let mut value = |column: &Option<(Function, String)>| {
            let Some((function, _)) = column else { return String::new() };
            let text = values::written_at(function, &place, format);
            if text.is_none() {
                let message = format!("the value at {name} cannot be computed to so many digits");
                diagnostics.push(Diagnostic::error("values", typed.span, message).help("ask for fewer digits"));
            }
            match text.as_deref() {
                Some("undefined") => undefined.to_owned(),
                text => with_sign(text.unwrap_or_default()),
            }
        };
        let at: Vec<String> = columns.iter().map(&mut value).collect();
        let broken: Vec<Option<(Limit, Limit)>> =
            columns.iter().map(|column| break_at(&column.as_ref()?.0, x)).collect();
        let is_broken = table.sides && broken.iter().any(Option::is_some);
        let side = |of: fn(&(Limit, Limit)) -> Limit| -> Vec<String> {
            let limits = broken.iter().zip(&at).map(|(limits, at)| match limits {
                Some(limits) => limit(of(limits), format, undefined),
                None => at.clone(),
            });
            limits.collect()
        };
        if is_broken {
            rows.push((format!("→ {name}⁻"), side(|limits| limits.0)));
        }
        rows.push((name.clone(), at.clone()));
        if is_broken {
            rows.push((format!("→ {name}⁺"), side(|limits| limits.1)));
        }
    }
    rows
}

/// A number with the sign that a table has.
fn with_sign(number: &str) -> String {
    number.strip_prefix('-').map_or_else(|| number.to_owned(), |size| format!("\u{2212}{size}"))
}

/// A place as a reader knows it: `π/2`, `−1`.
fn name_of(place: &Function, x: f64, typed: &str) -> String {
    let decimal = typed.trim().trim_start_matches(['-', '+']).chars().all(|c| c.is_ascii_digit() || ".e-".contains(c));
    let exact = if decimal { None } else { exact_name(x) };
    exact.or_else(|| values::written_at(place, place, Format::Text)).unwrap_or_else(|| x.to_string())
}

/// The limits from both sides, where the function breaks.
fn break_at(function: &Function, x: f64) -> Option<(Limit, Limit)> {
    let width = 1e-3 * x.abs().max(1.0);
    let analysis = function.analyse(x - width, x + width);
    let found = analysis.breakpoints.iter().find(|point| point.x == x)?;
    matches!(found.kind, Kind::Jump | Kind::Pole | Kind::Hole).then_some((found.left, found.right))
}

fn limit(limit: Limit, format: Format, undefined: &str) -> String {
    match limit {
        Limit::Finite(value) => with_sign(&values::double(value, format)),
        Limit::PlusInfinity => "+∞".to_owned(),
        Limit::MinusInfinity => "\u{2212}∞".to_owned(),
        Limit::Undefined | Limit::None => undefined.to_owned(),
    }
}

/// The table as a page shows it; `number` is what it is called, such as "Table 2".
pub(super) fn html(
    table: &ValueTable,
    number: Option<&str>,
    index: usize,
    fragments: &Fragments,
    links: &Links<'_>,
) -> String {
    let id = table.id.as_ref().map_or_else(|| format!("values-{}", index + 1), |(id, _)| id.clone());
    let id = escape(&id).into_owned();
    let mut html = format!("<figure class=\"values\" id=\"{id}\">");
    let caption = caption(table, number, &|nodes| page::html(nodes, fragments, links));
    let mut named = String::new();
    if let Some(caption) = caption {
        named = format!(" aria-labelledby=\"{id}-caption\"");
        let _ = write!(html, "<figcaption id=\"{id}-caption\">{caption}</figcaption>");
    }
    let _ = write!(html, "<div class=\"table\" tabindex=\"0\"><table{named}>\n<thead><tr><th scope=\"col\">");
    match &table.x_label {
        Some(label) => html.push_str(&page::html(&label.nodes, fragments, links)),
        None => html.push_str("<var>x</var>"),
    }
    html.push_str("</th>");
    for column in &table.columns {
        html.push_str("<th scope=\"col\" class=\"right\">");
        match &column.label {
            Some(label) => html.push_str(&page::html(&label.nodes, fragments, links)),
            None => {
                let _ = write!(html, "<code>{}</code>", escape(column.f.text.trim()));
            }
        }
        html.push_str("</th>");
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for (name, values) in &table.rows {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escape(name));
        for value in values {
            let _ = write!(html, "<td class=\"right\">{}</td>", escape(value));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></div></figure>");
    html
}

fn caption(table: &ValueTable, number: Option<&str>, set: &dyn Fn(&[Node]) -> String) -> Option<String> {
    let text = table.caption.as_ref().map(|caption| set(&caption.nodes));
    match (number, text) {
        (Some(number), Some(text)) => Some(format!("<span class=\"figure-number\">{}</span> {text}", escape(number))),
        (Some(number), None) => Some(format!("<span class=\"figure-number\">{}</span>", escape(number))),
        (None, text) => text,
    }
}

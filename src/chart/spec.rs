//! The body of a chart fence: TOML to plain data, every mistake at its place.
//!
//! Reading cannot fail: it returns what could be understood and a diagnostic for each thing that could not. The
//! expressions are kept as text; they are parsed when the page's definitions are known. Texts keep the way back to
//! their bytes in the article, through TOML's escapes, so that a mistake inside an expression or inside the
//! mathematics of a caption is underlined where the author typed it.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::number;
use super::tick::Ticks;
use crate::diagnostic::{Diagnostic, nearest};
use crate::source::{Excerpt, Span};

/// A chart as its author described it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The whole body of the fence.
    pub span: Span,
    /// What the chart shows, in a few words; may contain `$…$`.
    pub title: Option<Text>,
    /// The text below the chart; may contain `$…$`.
    pub caption: Option<Text>,
    /// What a screen reader says instead of the description made from the functions.
    pub alt: Option<Text>,
    /// The name of the horizontal axis; may contain `$…$`.
    pub x_label: Option<Text>,
    /// The name of the vertical axis; may contain `$…$`.
    pub y_label: Option<Text>,
    /// First and last abscissa; finite and ascending.
    pub x: (f64, f64),
    /// Lowest and highest ordinate; chosen from the curves if absent.
    pub y: Option<(f64, f64)>,
    /// The marks of the horizontal axis.
    pub x_ticks: Ticks,
    /// At least one.
    pub curves: Vec<Curve>,
    /// How the curves are named.
    pub legend: Legend,
    /// Whether grid lines are drawn.
    pub grid: bool,
    /// Width of the `viewBox`.
    pub width: f64,
    /// Height of the `viewBox`.
    pub height: f64,
    /// The name under which the chart is referred to, such as `fig:relu`.
    pub id: Option<Text>,
    /// Whether the table of values is given.
    pub table: bool,
    /// The letter that moves.
    pub parameter: Option<Parameter>,
}

/// A letter of the curves that takes one value after another, a frame for each.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The letter, as the expressions write it.
    pub name: String,
    /// Where it is named.
    pub span: Span,
    /// What readers see in its place; may contain `$…$`. Without one, a letter is set as mathematics.
    pub label: Text,
    /// Its values, ascending, from 2 to 41 of them.
    pub values: Vec<f64>,
}

impl Chart {
    /// The texts that the page sets.
    #[must_use]
    pub fn texts(&self) -> Vec<&Text> {
        let own = [&self.title, &self.caption, &self.x_label, &self.y_label].into_iter().flatten();
        let labels = self.curves.iter().filter_map(|curve| curve.label.as_ref());
        own.chain(labels).chain(self.parameter.iter().map(|parameter| &parameter.label)).collect()
    }
}

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The expression in `x`.
    pub f: Text,
    /// Its name; may contain `$…$`. Without one, the expression stands for it where a name is needed.
    pub label: Option<Text>,
}

/// How curves are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Legend {
    /// Beside the curves if there is room, else below.
    #[default]
    Automatic,
    /// A list below the chart.
    Below,
    /// Not at all.
    None,
}

/// A text and where its bytes were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What was meant: TOML's escapes resolved.
    pub text: String,
    /// The TOML value, with its quotes.
    pub span: Span,
    /// For each byte of `text` and its end, the offset in `span`; empty if it could not be followed.
    offsets: Vec<u32>,
}

impl Text {
    /// The place of a part of the text; the whole value if its bytes cannot be told.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Span {
        match (self.offsets.get(range.start), self.offsets.get(range.end)) {
            (Some(&start), Some(&end)) if start <= end => self.span.part(start as usize..end as usize),
            _ => self.span,
        }
    }
}

impl Text {
    /// The text with the place of every byte, as far as it is known.
    #[must_use]
    pub fn excerpt(&self) -> Excerpt {
        let mut excerpt = Excerpt::new(self.span);
        for (at, c) in self.text.char_indices() {
            let origin = self.span.start + self.offsets.get(at).copied().unwrap_or(0);
            excerpt.push(c.encode_utf8(&mut [0; 4]), self.span.file, origin as usize);
        }
        excerpt
    }
}

/// All keys of a chart.
const KEYS: [&str; 16] = [
    "title",
    "x",
    "y",
    "x_label",
    "y_label",
    "x_ticks",
    "curves",
    "legend",
    "grid",
    "width",
    "height",
    "id",
    "caption",
    "alt",
    "table",
    "parameter",
];

/// More curves than this in one chart are a mistake.
const MOST_CURVES: usize = 24;

/// More values than this of a moving letter are a mistake.
const MOST_FRAMES: usize = 41;

/// More marks than this on an axis are a mistake.
const MOST_TICKS: usize = 200;

/// Reads the body of a chart fence that stands at `span`.
///
/// The chart is absent if no picture can be made: the window or all curves are missing or wrong.
#[must_use]
pub fn read(body: &str, span: Span) -> (Option<Chart>, Vec<Diagnostic>) {
    let (table, errors) = DeTable::parse_recoverable(body);
    let mut reader = Reader { body, span, diagnostics: Vec::new() };
    if !errors.is_empty() {
        for error in &errors {
            let place = error.span().map_or(span, |range| reader.place(range));
            reader.diagnostics.push(Diagnostic::error("chart", place, lower_first(error.message())));
        }
        return (None, reader.diagnostics);
    }
    let chart = reader.chart(table.get_ref());
    (chart, reader.diagnostics)
}

/// House style: messages begin in lower case.
fn lower_first(message: &str) -> String {
    let mut characters = message.chars();
    characters.next().map_or(String::new(), |first| first.to_lowercase().chain(characters).collect())
}

type Value<'i> = Spanned<DeValue<'i>>;

/// The text being read and what was found wrong with it.
struct Reader<'a> {
    body: &'a str,
    span: Span,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// The place of a range of the body. Where the body was indented or quoted in the article, its bytes are not
    /// those of the file, and the whole fence has to serve.
    fn place(&self, range: Range<usize>) -> Span {
        if self.span.range().len() == self.body.len() { self.span.part(range) } else { self.span }
    }

    fn error(&mut self, place: Span, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error("chart", place, message).help(help));
    }

    fn chart(&mut self, table: &DeTable<'_>) -> Option<Chart> {
        self.refuse_unknown(table, &KEYS, "a chart");
        let x = self.window(table, "x");
        if !table.contains_key("x") {
            self.error(self.span, "a chart needs the key `x`", "give its window, such as `x = [-10, 10]`");
        }
        let curves = self.curves(table);
        let (width, height) = (self.size(table, "width", 640.0), self.size(table, "height", 400.0));
        let chart = Chart {
            span: self.span,
            title: self.text(table, "title"),
            caption: self.text(table, "caption"),
            alt: self.text(table, "alt"),
            x_label: self.text(table, "x_label"),
            y_label: self.text(table, "y_label"),
            x: x.unwrap_or((0.0, 1.0)),
            y: self.window(table, "y"),
            x_ticks: self.ticks(table),
            curves,
            legend: self.legend(table),
            grid: self.flag(table, "grid"),
            width,
            height,
            id: self.text(table, "id"),
            table: self.flag(table, "table"),
            parameter: self.parameter(table),
        };
        (x.is_some() && !chart.curves.is_empty()).then_some(chart)
    }

    fn refuse_unknown(&mut self, table: &DeTable<'_>, known: &[&str], of: &str) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let help = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys of {of} are {}", list(known)),
            };
            self.error(self.place(key.span()), format!("unknown key `{name}`"), help);
        }
    }

    fn wrong_type(&mut self, value: &Value<'_>, name: &str, wanted: &str) {
        let found = kind(value.get_ref());
        self.error(self.place(value.span()), format!("`{name}` is {found}"), format!("write {wanted}"));
    }

    fn text(&mut self, table: &DeTable<'_>, name: &str) -> Option<Text> {
        let value = table.get(name)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some(self.authored(text, value.span()));
        }
        self.wrong_type(value, name, &format!("a string, such as `{name} = \"…\"`"));
        None
    }

    fn authored(&self, text: &str, range: Range<usize>) -> Text {
        let exact = self.span.range().len() == self.body.len();
        let offsets =
            if exact { follow_escapes(&self.body[range.clone()], text).unwrap_or_default() } else { Vec::new() };
        Text { text: text.to_owned(), span: self.place(range), offsets }
    }

    fn flag(&mut self, table: &DeTable<'_>, name: &str) -> bool {
        let Some(value) = table.get(name) else { return true };
        if let DeValue::Boolean(flag) = value.get_ref() {
            return *flag;
        }
        self.wrong_type(value, name, "`true` or `false`");
        true
    }

    /// A finite number.
    fn number(&mut self, value: &Value<'_>, name: &str) -> Option<f64> {
        let number = match value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse::<f64>().ok(),
            DeValue::Integer(integer) => {
                i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(|integer| integer as f64)
            }
            DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
            _ => {
                self.wrong_type(value, name, "a number");
                return None;
            }
        };
        let number = number.filter(|number| number.is_finite() && number.abs() <= 1e300);
        if number.is_none() {
            let found = &self.body[value.span()];
            let message = format!("`{found}` is not a number that can be drawn");
            self.error(self.place(value.span()), message, "write a finite number below 1e300");
        }
        // A negative zero would print as −0.
        number.map(|number| number + 0.0)
    }

    fn window(&mut self, table: &DeTable<'_>, name: &str) -> Option<(f64, f64)> {
        let value = table.get(name)?;
        let example = format!("two numbers, such as `{name} = [-10, 10]`");
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(value, name, &example);
            return None;
        };
        let items: Vec<_> = array.iter().collect();
        let [low, high] = items[..] else {
            let message = format!("`{name}` has {} numbers", items.len());
            self.error(self.place(value.span()), message, format!("write {example}"));
            return None;
        };
        let (low, high) = (self.number(low, name), self.number(high, name));
        let (low, high) = (low?, high?);
        let shown = |value: f64| number::attribute(value);
        let place = self.place(value.span());
        if low == high {
            self.error(place, format!("the window `{name}` is empty"), format!("write {example}"));
            return None;
        }
        if low > high {
            let help = format!("write `{name} = [{}, {}]`", shown(high), shown(low));
            self.error(place, format!("the window `{name}` is reversed"), help);
            return None;
        }
        if high - low < 1e-13 * low.abs().max(high.abs()) || high - low < 1e-280 {
            let help = "a double has sixteen digits: widen the window or move it towards zero";
            self.error(place, format!("the window `{name}` is too narrow to tell its numbers apart"), help);
            return None;
        }
        Some((low, high))
    }

    /// `parameter = { a = [0, 0.5, 11] }`: a letter with its first value, its last and how many.
    fn parameter(&mut self, table: &DeTable<'_>) -> Option<Parameter> {
        const EXAMPLE: &str = "`parameter = { a = [0, 1, 11] }`";
        let value = table.get("parameter")?;
        let DeValue::Table(inner) = value.get_ref() else {
            self.wrong_type(value, "parameter", &format!("a table, such as {EXAMPLE}"));
            return None;
        };
        let label = self.text(inner, "label");
        let letters: Vec<_> = inner.iter().filter(|(key, _)| key.get_ref().as_ref() != "label").collect();
        let [(key, range)] = letters[..] else {
            let message = format!("`parameter` names {} letters", letters.len());
            let help = format!("let one move, as in {EXAMPLE}, and write numbers for the others");
            self.error(self.place(value.span()), message, help);
            return None;
        };
        let (name, span) = (key.get_ref().to_string(), self.place(key.span()));
        let letters = |c: char| c.is_alphanumeric() && !"²³π".contains(c) || c == '_';
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(letters);
        if !is_name || matches!(name.as_str(), "x" | "e" | "pi" | "and") {
            let message = format!("`{name}` cannot be a parameter");
            self.error(span, message, format!("choose another letter, such as `a` in {EXAMPLE}"));
            return None;
        }
        let values = self.values(range, &name)?;
        let label = label.unwrap_or_else(|| Text { text: in_formula(&name), span, offsets: Vec::new() });
        Some(Parameter { name, span, label, values })
    }

    fn values(&mut self, value: &Value<'_>, name: &str) -> Option<Vec<f64>> {
        let example = format!("its first value, its last and how many, such as `{name} = [0, 1, 11]`");
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(value, name, &example);
            return None;
        };
        let items: Vec<_> = array.iter().collect();
        let [first, last, count] = items[..] else {
            let message = format!("`{name}` has {} numbers", items.len());
            self.error(self.place(value.span()), message, format!("write {example}"));
            return None;
        };
        let numbers = [first, last, count].map(|item| self.number(item, name));
        let (first, last, frames) = (numbers[0]?, numbers[1]?, numbers[2]?);
        let place = self.place(value.span());
        let shown = number::attribute;
        if first == last {
            self.error(place, format!("the range of `{name}` is empty"), format!("write {example}"));
            return None;
        }
        if first > last {
            let help = format!("write `{name} = [{}, {}, {}]`", shown(last), shown(first), shown(frames));
            self.error(place, format!("the range of `{name}` is reversed"), help);
            return None;
        }
        if frames.fract() != 0.0 || !(2.0..=MOST_FRAMES as f64).contains(&frames) {
            let message = format!("{} values of `{name}` cannot be drawn", number::text(frames));
            self.error(self.place(count.span()), message, format!("write a whole number from 2 to {MOST_FRAMES}"));
            return None;
        }
        // Readers see six digits of each value.
        let step = (last - first) / (frames - 1.0);
        if step < 1e-5 * first.abs().max(last.abs()) {
            let help = "widen the range, move it towards zero, or take fewer values";
            self.error(place, format!("the values of `{name}` are too close to be told apart"), help);
            return None;
        }
        let power = number::Decimal::shortest(step).power() - 12;
        let nth = |i: f64| number::Decimal::rounded_at(first + (last - first) * (i / (frames - 1.0)), power).value();
        let mut values: Vec<f64> = (0..frames as u32).map(|i| nth(f64::from(i))).collect();
        (values[0], values[frames as usize - 1]) = (first, last);
        Some(values)
    }

    fn size(&mut self, table: &DeTable<'_>, name: &str, default: f64) -> f64 {
        let Some(value) = table.get(name) else { return default };
        let Some(size) = self.number(value, name) else { return default };
        let (least, most) = if name == "width" { (360.0, 1600.0) } else { (200.0, 1600.0) };
        if least <= size && size <= most {
            return size.round();
        }
        let message = format!("the {name} {} cannot be drawn", number::text(size));
        self.error(self.place(value.span()), message, format!("write a number from {least} to {most}"));
        default
    }

    fn ticks(&mut self, table: &DeTable<'_>) -> Ticks {
        let Some(value) = table.get("x_ticks") else { return Ticks::Decimal };
        match value.get_ref() {
            DeValue::String(text) if text == "pi" => Ticks::Pi,
            DeValue::Array(array) if array.len() <= MOST_TICKS => {
                let numbers: Vec<_> = array.iter().filter_map(|item| self.number(item, "x_ticks")).collect();
                Ticks::At(numbers)
            }
            DeValue::Array(array) => {
                let message = format!("`x_ticks` has {} numbers", array.len());
                self.error(self.place(value.span()), message, format!("give at most {MOST_TICKS}"));
                Ticks::Decimal
            }
            DeValue::String(text) => {
                let message = format!("unknown ticks `{text}`");
                self.error(self.place(value.span()), message, "write `\"pi\"` or a list of numbers");
                Ticks::Decimal
            }
            _ => {
                self.wrong_type(value, "x_ticks", "`\"pi\"` or a list of numbers");
                Ticks::Decimal
            }
        }
    }

    fn legend(&mut self, table: &DeTable<'_>) -> Legend {
        const HELP: &str = "`\"auto\"`, `\"below\"`, `\"none\"`, `true` or `false`";
        let Some(value) = table.get("legend") else { return Legend::Automatic };
        match value.get_ref() {
            DeValue::Boolean(true) => Legend::Below,
            DeValue::Boolean(false) => Legend::None,
            DeValue::String(text) => match text.as_ref() {
                "auto" => Legend::Automatic,
                "below" => Legend::Below,
                "none" => Legend::None,
                other => {
                    let message = format!("unknown legend `{other}`");
                    self.error(self.place(value.span()), message, format!("write {HELP}"));
                    Legend::Automatic
                }
            },
            _ => {
                self.wrong_type(value, "legend", HELP);
                Legend::Automatic
            }
        }
    }

    fn curves(&mut self, table: &DeTable<'_>) -> Vec<Curve> {
        const EXAMPLE: &str = "`curves = [\"relu(x)\"]`";
        let Some(value) = table.get("curves") else {
            self.error(
                self.span,
                "a chart needs the key `curves`",
                format!("list expressions in x, such as {EXAMPLE}"),
            );
            return Vec::new();
        };
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(value, "curves", &format!("a list, such as {EXAMPLE}"));
            return Vec::new();
        };
        if array.is_empty() {
            self.error(
                self.place(value.span()),
                "`curves` is empty",
                format!("list expressions in x, such as {EXAMPLE}"),
            );
        }
        if array.len() > MOST_CURVES {
            let message = format!("{} curves in one chart", array.len());
            self.error(self.place(value.span()), message, format!("draw at most {MOST_CURVES}"));
            return Vec::new();
        }
        self.each_curve(array)
    }

    fn each_curve(&mut self, array: &DeArray<'_>) -> Vec<Curve> {
        let mut curves = Vec::new();
        for item in array {
            match item.get_ref() {
                DeValue::String(text) => curves.push(Curve { f: self.authored(text, item.span()), label: None }),
                DeValue::Table(table) => {
                    self.refuse_unknown(table, &["f", "label"], "a curve");
                    let label = self.text(table, "label");
                    match self.text(table, "f") {
                        Some(f) => curves.push(Curve { f, label }),
                        None if table.contains_key("f") => {}
                        None => {
                            let place = self.place(item.span());
                            self.error(
                                place,
                                "a curve needs the key `f`",
                                "write `{ f = \"relu(x)\", label = \"ReLU\" }`",
                            );
                        }
                    }
                }
                _ => self.wrong_type(item, "curves", "expressions as strings, or tables with `f` and `label`"),
            }
        }
        curves
    }
}

/// A letter as mathematics: `$a$`, `$\\alpha$`; a longer name stays as it is.
fn in_formula(name: &str) -> String {
    if crate::definition::is_letter(name) {
        return format!("$\\{name}$");
    }
    let one_letter = name.chars().count() == 1 && name.chars().all(char::is_alphabetic);
    if one_letter { format!("${name}$") } else { name.to_owned() }
}

/// What a value is, for a message.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a truth value",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// For each byte of a string's value and its end, the offset in its TOML source with quotes; `None` if the two cannot
/// be followed together (a multi-line string with folded lines).
fn follow_escapes(raw: &str, value: &str) -> Option<Vec<u32>> {
    let quotes = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quotes| raw.starts_with(quotes))?;
    let escapes = quotes.starts_with('"');
    let mut at = quotes.len();
    // A newline right after the opening quotes of a multi-line string is not part of its value.
    if quotes.len() == 3 {
        at += raw[at..].len() - raw[at..].trim_start_matches('\r').len();
        at += usize::from(raw[at..].starts_with('\n'));
    }
    let mut offsets = Vec::with_capacity(value.len() + 1);
    for character in value.chars() {
        offsets.extend(std::iter::repeat_n(at as u32, character.len_utf8()));
        let source = raw[at..].chars().next()?;
        at += if source == '\\' && escapes {
            match raw[at + 1..].chars().next()? {
                'u' => 6,
                'U' => 10,
                'x' => 4,
                _ => 2,
            }
        } else if source == character {
            source.len_utf8()
        } else {
            return None;
        };
    }
    offsets.push(at as u32);
    (at + quotes.len() == raw.len()).then_some(offsets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    /// The chart of a body, and each message with the text that it underlines.
    fn check(body: &str) -> (Option<Chart>, String) {
        let (chart, diagnostics) = read(body, Span::new(FileId(0), 0..body.len()));
        let mut lines: Vec<_> = diagnostics
            .iter()
            .map(|d| {
                let place = &body[d.span.expect("a chart's messages have a place").range()];
                let place = if place.len() == body.len() { "(body)" } else { place };
                format!("{place}: {}; {}", d.message, d.help.as_deref().unwrap_or("-"))
            })
            .collect();
        lines.sort();
        (chart, lines.join("\n"))
    }

    #[test]
    fn all_keys_are_read() {
        let (chart, messages) = check(
            "title = \"T\"\nx = [-1, 2.5]\ny = [0, 1]\nx_label = 'a'\ny_label = \"b\"\nx_ticks = \"pi\"\n\
             curves = [\"x\", { f = \"relu(x)\", label = \"$r$\" }]\nlegend = false\ngrid = false\nwidth = 800\n\
             height = 300\nid = \"fig:a\"\ncaption = \"c\"\nalt = \"d\"\ntable = false\n",
        );
        assert_eq!(messages, "");
        let chart = chart.unwrap();
        assert_eq!((chart.x, chart.y, chart.width, chart.height), ((-1.0, 2.5), Some((0.0, 1.0)), 800.0, 300.0));
        assert_eq!((chart.x_ticks, chart.legend, chart.grid, chart.table), (Ticks::Pi, Legend::None, false, false));
        assert_eq!(chart.curves[1].label.as_ref().map(|label| label.text.as_str()), Some("$r$"));
    }

    #[test]
    fn every_mistake_is_told_at_its_place() {
        for (body, expected) in [
            ("curves = ['x']\n", "(body): a chart needs the key `x`; give its window, such as `x = [-10, 10]`"),
            ("x = [3, -3]\ncurves = ['x']\n", "[3, -3]: the window `x` is reversed; write `x = [-3, 3]`"),
            (
                "x = [1, 1]\ncurves = ['x']\n",
                "[1, 1]: the window `x` is empty; write two numbers, such as `x = [-10, 10]`",
            ),
            (
                "x = [1, 2, 3]\ncurves = ['x']\n",
                "[1, 2, 3]: `x` has 3 numbers; write two numbers, such as `x = [-10, 10]`",
            ),
            (
                "x = [0, inf]\ncurves = ['x']\n",
                "inf: `inf` is not a number that can be drawn; write a finite number below 1e300",
            ),
            (
                "x = [0, nan]\ncurves = ['x']\n",
                "nan: `nan` is not a number that can be drawn; write a finite number below 1e300",
            ),
            ("x = \"a\"\ncurves = ['x']\n", "\"a\": `x` is a string; write two numbers, such as `x = [-10, 10]`"),
            ("x = [0, true]\ncurves = ['x']\n", "true: `x` is a truth value; write a number"),
            (
                "x = [0, 1]\n",
                "(body): a chart needs the key `curves`; list expressions in x, such as `curves = [\"relu(x)\"]`",
            ),
            (
                "x = [0, 1]\ncurves = []\n",
                "[]: `curves` is empty; list expressions in x, such as `curves = [\"relu(x)\"]`",
            ),
            (
                "x = [0, 1]\ncurves = ['x', 3]\n",
                "3: `curves` is a number; write expressions as strings, or tables with `f` and `label`",
            ),
            (
                "x = [0, 1]\ncurves = [{ label = 'a' }]\n",
                "{ label = 'a' }: a curve needs the key `f`; write `{ f = \"relu(x)\", label = \"ReLU\" }`",
            ),
            ("x = [0, 1]\ncurves = [{ f = 'x', lable = 'a' }]\n", "lable: unknown key `lable`; did you mean `label`?"),
            ("x = [0, 1]\ncurves = ['x']\ntitel = 'a'\n", "titel: unknown key `titel`; did you mean `title`?"),
            ("x = [0, 1]\ncurves = ['x']\ntable = 'yes'\n", "'yes': `table` is a string; write `true` or `false`"),
            (
                "x = [0, 1]\ncurves = ['x']\nx_ticks = 'degrees'\n",
                "'degrees': unknown ticks `degrees`; write `\"pi\"` or a list of numbers",
            ),
            (
                "x = [0, 1]\ncurves = ['x']\nlegend = 'right'\n",
                "'right': unknown legend `right`; write `\"auto\"`, `\"below\"`, `\"none\"`, `true` or `false`",
            ),
            (
                "x = [0, 1]\ncurves = ['x']\nwidth = 10\n",
                "10: the width 10 cannot be drawn; write a number from 360 to 1600",
            ),
            (
                "x = [1e15, 1000000000000001]\ncurves = ['x']\n",
                "[1e15, 1000000000000001]: the window `x` is too narrow to tell its numbers apart; \
                 a double has sixteen digits: widen the window or move it towards zero",
            ),
        ] {
            assert_eq!(check(body).1, expected);
        }
    }

    #[test]
    fn a_parameter_needs_a_letter_and_a_range() {
        for (body, expected) in [
            (
                "x = [0, 1]\ncurves = ['a x']\nparameter = [0, 1, 11]\n",
                "[0, 1, 11]: `parameter` is a list; write a table, such as `parameter = { a = [0, 1, 11] }`",
            ),
            (
                "x = [0, 1]\ncurves = ['a x']\nparameter = { a = [0, 1, 11], b = [0, 1, 11] }\n",
                "{ a = [0, 1, 11], b = [0, 1, 11] }: `parameter` names 2 letters; \
                 let one move, as in `parameter = { a = [0, 1, 11] }`, and write numbers for the others",
            ),
            (
                "x = [0, 1]\ncurves = ['x']\nparameter = { x = [0, 1, 11] }\n",
                "x: `x` cannot be a parameter; choose another letter, such as `a` in `parameter = { a = [0, 1, 11] }`",
            ),
            (
                "x = [0, 1]\ncurves = ['a x']\nparameter = { a = 3 }\n",
                "3: `a` is a number; write its first value, its last and how many, such as `a = [0, 1, 11]`",
            ),
            (
                "x = [0, 1]\ncurves = ['a x']\nparameter = { a = [0, 1] }\n",
                "[0, 1]: `a` has 2 numbers; write its first value, its last and how many, such as `a = [0, 1, 11]`",
            ),
            ("x = [0, 1]\ncurves = ['a x']\nparameter = { a = [0, 'b', 3] }\n", "'b': `a` is a string; write a number"),
            (
                "x = [0, 1]\ncurves = ['a x']\nparameter = { a = [2, 2, 5] }\n",
                "[2, 2, 5]: the range of `a` is empty; write its first value, its last and how many, \
                 such as `a = [0, 1, 11]`",
            ),
            (
                "x = [0, 1]\ncurves = ['a x']\nparameter = { a = [2, -2, 5] }\n",
                "[2, -2, 5]: the range of `a` is reversed; write `a = [-2, 2, 5]`",
            ),
            (
                "x = [0, 1]\ncurves = ['a x']\nparameter = { a = [0, 1, 42] }\n",
                "42: 42 values of `a` cannot be drawn; write a whole number from 2 to 41",
            ),
            (
                "x = [0, 1]\ncurves = ['a x']\nparameter = { a = [0, 1, 2.5] }\n",
                "2.5: 2.5 values of `a` cannot be drawn; write a whole number from 2 to 41",
            ),
            (
                "x = [0, 1]\ncurves = ['a x']\nparameter = { a = [1000000, 1000001, 5] }\n",
                "[1000000, 1000001, 5]: the values of `a` are too close to be told apart; \
                 widen the range, move it towards zero, or take fewer values",
            ),
        ] {
            assert_eq!(check(body).1, expected);
        }
    }

    #[test]
    fn a_parameter_takes_round_values() {
        let (chart, messages) =
            check("x = [0, 1]\ncurves = ['a x']\nparameter = { a = [0, 0.3, 4], label = '$\\alpha$' }\n");
        assert_eq!(messages, "");
        let parameter = chart.unwrap().parameter.unwrap();
        assert_eq!((parameter.name.as_str(), parameter.values), ("a", vec![0.0, 0.1, 0.2, 0.3]));
        assert_eq!(parameter.label.text, "$\\alpha$");
        assert_eq!([in_formula("a"), in_formula("mu"), in_formula("rate")], ["$a$", "$\\mu$", "rate"]);
    }

    #[test]
    fn broken_toml_is_told_by_the_parser() {
        let (chart, messages) = check("x = [0, 1\ncurves = ['x']\n");
        assert!(chart.is_none());
        assert!(!messages.is_empty() && messages.lines().all(|line| line.ends_with("; -")), "{messages}");
    }

    #[test]
    fn a_part_of_a_text_is_found_through_escapes() {
        for (body, part, expected) in [
            ("caption = \"a $\\\\alpha$ b\"\n", 3..9, "\\\\alpha"),
            ("caption = 'a $\\alpha$ b'\n", 3..9, "\\alpha"),
            ("caption = \"\\u3042relo\"\n", 3..7, "relo"),
            ("caption = '''\nab'''\n", 1..2, "b"),
            ("caption = \"\"\"a\\\n   b\"\"\"\n", 1..2, "\"\"\"a\\\n   b\"\"\""),
        ] {
            let (chart, messages) = check(&format!("{body}x = [0, 1]\ncurves = ['x']\n"));
            assert_eq!(messages, "");
            assert_eq!(&body[chart.unwrap().caption.unwrap().part(part).range()], expected);
        }
    }
}

//! Numbers in the text: the inline code `` `{=} gelu(1)` `` becomes what it is.

use crate::article::{Article, Value};
use crate::diagnostic::Diagnostic;
use crate::function::{self, Domain, Exact, Function, Scope};
use crate::html::escape;

/// Digits of a value without a format.
const DIGITS: usize = 6;
/// A double has no more digits than this.
const MOST_DIGITS: usize = 17;

/// What to write in the place of a wrong format.
pub(super) const FORMATS: &str = "write `.4g`, `.2f` or `.3e`, with at most 17 digits";

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// As in a text: six significant digits, `1.5 × 10⁻⁷`.
    Text,
    /// `.6g`: significant digits.
    General(usize),
    /// `.6f`: digits behind the point.
    Fixed(usize),
    /// `.6e`: digits behind the point, and an exponent.
    Scientific(usize),
}

/// Computes the values of an article. Those that have none keep what was typed.
pub(super) fn compute(article: &mut Article, scope: &Scope, diagnostics: &mut Vec<Diagnostic>) {
    for value in &mut article.values {
        match computed(value, scope) {
            Ok(text) => value.result = Some(text),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
}

/// The values of an article as markup.
pub(super) fn html(article: &Article) -> Vec<String> {
    let one = |value: &Value| {
        let typed = escape(value.expression.text.trim());
        match &value.result {
            Some(text) => format!("<output class=\"value\" title=\"{typed}\">{}</output>", escape(text)),
            None => format!("<code>{typed}</code>"),
        }
    };
    article.values.iter().map(one).collect()
}

fn computed(value: &Value, scope: &Scope) -> Result<String, Box<Diagnostic>> {
    let refused = |span, message: String, help: &str| {
        let diagnostic = Diagnostic::error("value", span, message);
        Box::new(if help.is_empty() { diagnostic } else { diagnostic.help(help) })
    };
    let format = format_of(value.format.text.trim()).ok_or_else(|| {
        let message = format!("`{}` is not a format", value.format.text.trim());
        refused(value.format.span, message, "write `{=}`, or `{=.4g}`, `{=.2f}`, `{=.3e}` with at most 17 digits")
    })?;
    let function = function::parse(&value.expression.text, scope).map_err(|error| {
        let span = value.expression.span(error.range);
        Box::new(Diagnostic::error("value", span, error.message).maybe_help(error.help))
    })?;
    if function.has_variable() {
        let message = "this value depends on `x`".to_owned();
        return Err(refused(value.expression.span, message, "write a number in its place, as in `gelu(1)`"));
    }
    written(&function, format).ok_or_else(|| {
        let message = "this value cannot be computed to so many digits".to_owned();
        refused(value.expression.span, message, "ask for fewer digits, or write the formula in another way")
    })
}

pub(super) fn format_of(text: &str) -> Option<Format> {
    if text.is_empty() {
        return Some(Format::Text);
    }
    let digits = text.strip_prefix('.')?;
    let (digits, kind) = digits.split_at_checked(digits.len().checked_sub(1)?)?;
    let count: usize = digits.parse().ok().filter(|count| *count <= MOST_DIGITS && digits.len() <= 2)?;
    match kind {
        "g" => Some(Format::General(count.max(1))),
        "f" => Some(Format::Fixed(count)),
        "e" => Some(Format::Scientific(count)),
        _ => None,
    }
}

/// The value of a function at a place as text; `None` if so many digits are not known.
pub(super) fn written_at(function: &Function, place: &Function, format: Format) -> Option<String> {
    written(&function.after(place), format)
}

/// A double as text.
pub(super) fn double(value: f64, format: Format) -> String {
    let digits = format!("{value:e}");
    let parts = digits
        .split_once('e')
        .and_then(|(mantissa, exponent)| Some((mantissa.parse::<f64>().ok()?, exponent.parse::<i64>().ok()?)));
    let (mantissa, exponent) = parts.unwrap_or((value, 0));
    number(mantissa, exponent, value, format).unwrap_or(digits)
}

/// The value of a constant function as text; `None` if so many digits are not known.
fn written(function: &Function, format: Format) -> Option<String> {
    let (mantissa, exponent, error, double) = match function.exact_value(0.0) {
        Exact::Undefined => return Some("undefined".to_owned()),
        Exact::Value { mantissa, exponent, error, double } => (mantissa, exponent, error, double),
        Exact::Unknown => {
            // A constant that is not known well makes the enclosure look better than it is.
            if function.has_doubtful_constants() {
                return None;
            }
            let enclosure = function.enclose(0.0, 0.0);
            let middle = f64::midpoint(enclosure.low, enclosure.high);
            if enclosure.domain != Domain::Everywhere || !middle.is_finite() || middle == 0.0 {
                return None;
            }
            let digits = format!("{middle:e}");
            let (mantissa, exponent) = digits.split_once('e')?;
            let error = (enclosure.high - enclosure.low) / middle.abs();
            (mantissa.parse().ok()?, exponent.parse().ok()?, error, middle)
        }
    };
    let digits = match format {
        Format::Text => DIGITS,
        Format::General(digits) => digits,
        Format::Scientific(digits) => digits + 1,
        Format::Fixed(digits) => (digits as i64 + exponent + 1).clamp(0, 40) as usize,
    };
    if mantissa != 0.0 && error > libm::pow(10.0, -(digits.min(MOST_DIGITS) as f64)) {
        return None;
    }
    number(mantissa, exponent, double, format)
}

/// A number, given as `mantissa` times 10 to the `exponent` and as the nearest double; `None` if it has no such form.
fn number(mantissa: f64, exponent: i64, double: f64, format: Format) -> Option<String> {
    let text = match format {
        Format::Fixed(_) if exponent.abs() > 300 && mantissa != 0.0 && exponent > 0 => return None,
        Format::Fixed(digits) => format!("{:.digits$}", if exponent < -300 { 0.0 } else { double }),
        Format::Scientific(digits) => scientific(mantissa, exponent, digits + 1, false),
        Format::General(digits) => general(mantissa, exponent, digits, double, false),
        Format::Text => general(mantissa, exponent, DIGITS, double, true).replace('-', "\u{2212}"),
    };
    Some(if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
        text.trim_start_matches('-').to_owned()
    } else {
        text
    })
}

/// As `%g` of C, or as one writes it in a text.
fn general(mantissa: f64, exponent: i64, digits: usize, double: f64, typeset: bool) -> String {
    if mantissa == 0.0 {
        return "0".to_owned();
    }
    let rounded = format!("{mantissa:.*e}", digits - 1);
    let raised = i64::from(rounded.ends_with("e1"));
    let exponent_now = exponent + raised;
    let largest = if typeset { digits.max(9) as i64 } else { digits as i64 };
    if (-4..largest).contains(&exponent_now) {
        let places = (digits as i64 - 1 - exponent_now).max(0) as usize;
        let text = format!("{double:.places$}");
        return trimmed(&text).to_owned();
    }
    scientific(mantissa, exponent, digits, typeset)
}

/// `d.ddd` and a power of ten, without zeros at the end.
fn scientific(mantissa: f64, exponent: i64, digits: usize, typeset: bool) -> String {
    let rounded = format!("{mantissa:.*e}", digits - 1);
    let (text, raised) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent = exponent + raised.parse::<i64>().unwrap_or(0);
    if typeset {
        return format!("{}\u{202f}×\u{202f}10{}", trimmed(text), superscript(exponent));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(text), exponent.abs())
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

fn superscript(exponent: i64) -> String {
    let digit = |c: char| match c {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '-' => '⁻',
        c => c.to_digit(10).and_then(|digit| char::from_u32(0x2070 + digit)).unwrap_or(c),
    };
    exponent.to_string().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(expression: &str, format: &str) -> String {
        let function = function::parse(expression, &Scope::catalogue()).expect("an expression");
        let format = format_of(format).expect("a format");
        written(&function, format).unwrap_or_else(|| "unknown".to_owned())
    }

    #[test]
    fn values_are_written_in_the_format_that_is_asked_for() {
        for (expression, format, wanted) in [
            ("gelu(1)", "", "0.841345"),
            ("relu'(0)", "", "0"),
            ("1/0", "", "undefined"),
            ("-1/8", "", "\u{2212}0.125"),
            ("1/3", ".3g", "0.333"),
            ("2/3", ".15g", "0.666666666666667"),
            ("exp(-20)", "", "2.06115\u{202f}×\u{202f}10⁻⁹"),
            ("exp(-20)", ".4g", "2.061e-09"),
            ("exp(1000)", ".4g", "1.97e+434"),
            ("10^8", "", "100000000"),
            ("10^8", ".3g", "1e+08"),
            ("999.9996", ".6g", "1000"),
            ("9.9999999", ".3g", "10"),
            ("2.5", ".0f", "2"),
            ("pi", ".3f", "3.142"),
            ("pi", ".2e", "3.14e+00"),
            ("-0.0001", ".2f", "0.00"),
            ("(exp(1000) - exp(-1000))/(exp(1000) + exp(-1000))", "", "1"),
            ("sin(pi)", "", "0"),
        ] {
            assert_eq!(said(expression, format), wanted, "{expression} as {format}");
        }
    }

    #[test]
    fn other_formats_are_refused() {
        for format in ["g", ".99g", ".2d", "2f", ".-1f", ".", "é"] {
            assert_eq!(format_of(format), None, "{format}");
        }
    }
}

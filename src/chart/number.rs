//! Numbers as a reader sees them: exact where they are short, rounded where they are not, with a true minus sign.
//!
//! Nothing here computes in floating point: a number is taken apart into its decimal digits once, by the standard
//! library's correctly rounded conversion, and put together again. So a tick at 0.3 reads `0.3` in any window.

/// Digits and a power of ten: `d.ddd × 10^exponent`, without trailing zeros; zero is the single digit `0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: String,
    exponent: i32,
}

impl Decimal {
    /// The shortest decimal that reads back as this double.
    pub(super) fn shortest(value: f64) -> Decimal {
        Decimal::from_scientific(&format!("{value:e}"))
    }

    /// Rounded to this many significant digits.
    pub(super) fn rounded(value: f64, significant: usize) -> Decimal {
        Decimal::from_scientific(&format!("{value:.*e}", significant.max(1) - 1))
    }

    /// Exactly `count × 10^exponent`.
    pub(super) fn scaled(count: i128, exponent: i32) -> Decimal {
        Decimal::from_scientific(&format!("{count}e{exponent}"))
    }

    /// Rounded to a multiple of `10^power`.
    pub(super) fn rounded_at(value: f64, power: i32) -> Decimal {
        let significant = Decimal::shortest(value).exponent - power + 1;
        if significant < 1 { Decimal::scaled(0, 0) } else { Decimal::rounded(value, significant.min(17) as usize) }
    }

    /// The power of ten of the first digit.
    pub(super) fn power(&self) -> i32 {
        self.exponent
    }

    /// Takes apart what `{:e}` or an integer with an exponent prints.
    fn from_scientific(text: &str) -> Decimal {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent - 1 + count(whole);
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() {
            return Decimal { negative: false, digits: "0".to_owned(), exponent: 0 };
        }
        Decimal { negative, digits: digits.to_owned(), exponent }
    }

    /// The nearest double.
    pub(super) fn value(&self) -> f64 {
        let (first, rest) = self.digits.split_at(1);
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{first}.{rest}0e{}", self.exponent).parse().unwrap_or(0.0)
    }

    /// Positional notation: `−1200`, `0.05`.
    pub(super) fn plain(&self) -> String {
        self.positional("\u{2212}")
    }

    /// Positional notation for machines, with an ASCII minus: for attributes.
    pub(super) fn ascii(&self) -> String {
        self.positional("-")
    }

    fn positional(&self, minus: &str) -> String {
        let count = count(&self.digits);
        let body = match self.exponent {
            e if e < 0 => format!("0.{}{}", "0".repeat((-e - 1) as usize), self.digits),
            e if e + 1 >= count => format!("{}{}", self.digits, "0".repeat((e + 1 - count) as usize)),
            e => {
                let (whole, fraction) = self.digits.split_at((e + 1) as usize);
                format!("{whole}.{fraction}")
            }
        };
        format!("{}{body}", if self.negative { minus } else { "" })
    }

    /// Scientific notation with superscripts: `2×10⁸`, `−1.5×10⁻⁷`.
    pub(super) fn scientific(&self) -> String {
        if self.digits == "0" {
            return self.plain();
        }
        let (first, rest) = self.digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let power: String = self.exponent.to_string().chars().map(superscript).collect();
        format!("{}{first}{point}{rest}×10{power}", if self.negative { "\u{2212}" } else { "" })
    }

    /// Whichever of the two notations reads better.
    pub(super) fn text(&self) -> String {
        if (-5..=6).contains(&self.exponent) { self.plain() } else { self.scientific() }
    }
}

/// The number of digits; never near the limits of an `i32`.
fn count(digits: &str) -> i32 {
    i32::try_from(digits.len()).unwrap_or(i32::MAX / 2)
}

fn superscript(character: char) -> char {
    match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32('⁰' as u32 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    }
}

/// A number in a sentence or a table: exact if six significant digits suffice, else rounded to six.
pub(super) fn text(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".to_owned() } else { "\u{2212}∞".to_owned() };
    }
    Decimal::rounded(value, 6).text()
}

/// A number as an attribute has it: the shortest that reads back exactly.
pub(super) fn attribute(value: f64) -> String {
    let decimal = Decimal::shortest(value);
    if (-5..=15).contains(&decimal.exponent) { decimal.ascii() } else { format!("{value:e}") }
}

/// Hundredths of a pixel in as few characters as SVG allows: `12.5`, `.5`, `-.05`.
pub(super) fn hundredths(value: i32) -> String {
    let magnitude = value.unsigned_abs();
    let (whole, part) = (magnitude / 100, magnitude % 100);
    let sign = if value < 0 { "-" } else { "" };
    match (whole, part) {
        (0, 0) => "0".to_owned(),
        (_, 0) => format!("{sign}{whole}"),
        (0, _) if part % 10 == 0 => format!("{sign}.{}", part / 10),
        (0, _) => format!("{sign}.{part:02}"),
        (_, _) if part % 10 == 0 => format!("{sign}{whole}.{}", part / 10),
        (_, _) => format!("{sign}{whole}.{part:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-2.5, "−2.5"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333"),
            (1e-7, "1×10⁻⁷"),
            (-2.5e12, "−2.5×10¹²"),
            (123_456.0, "123456"),
            (f64::INFINITY, "∞"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(text(value), expected);
        }
    }

    #[test]
    fn attributes_read_back_exactly() {
        for value in [0.999_999_998, -10.0, 1e-7, std::f64::consts::TAU, 1e300, -0.5] {
            assert_eq!(attribute(value).parse::<f64>().unwrap(), value);
            assert_eq!(Decimal::shortest(value).value(), value);
        }
        assert_eq!(attribute(-10.0), "-10");
    }

    #[test]
    fn hundredths_are_short() {
        let all: Vec<_> = [0, 5, -5, 50, 1250, -1205, 300].map(hundredths).into();
        assert_eq!(all, ["0", ".05", "-.05", ".5", "12.5", "-12.05", "3"]);
    }
}

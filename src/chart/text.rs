//! How much room a text takes, without a font: an estimate on the safe side, so that labels do not touch.
//!
//! The page's fonts are the reader's own, so no exact width exists at build time. The classes below are those of the
//! widest of the usual sans-serif faces; Chinese, Japanese and Korean characters are a full em.

/// The height of a text in viewBox units for which all room is reserved: what `chart.css` uses on a phone, where
/// the drawing is scaled to about half. On a wide page it sets smaller letters in the same places.
pub(super) const SIZE: f64 = 20.0;

/// Height of a line of that size, with its ascenders and descenders.
pub(super) const LINE: f64 = 27.0;

/// The estimated width of a plain text in em.
#[must_use]
pub fn ems(text: &str) -> f64 {
    text.chars().map(character_ems).sum()
}

/// The estimated width at [`SIZE`], in viewBox units.
pub(super) fn width(text: &str) -> f64 {
    ems(text) * SIZE
}

fn character_ems(character: char) -> f64 {
    match character {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '′' => 0.34,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' | '⁰'..='⁻' | '¹' | '²' | '³' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.98,
        'A'..='Z' => 0.74,
        '+' | '=' | '<' | '>' | '×' | '\u{2212}' | '≤' | '≥' => 0.84,
        character if full_width(character) => 1.0,
        _ => 0.64,
    }
}

fn full_width(character: char) -> bool {
    matches!(u32::from(character),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f
        | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

/// True if a label holds mathematics for the page to set.
pub(super) fn has_mathematics(text: &str) -> bool {
    text.contains('$') || text.contains("\\(")
}

/// The room for a label with mathematics that nobody has measured, in em: a formula is set in a wider face.
pub(super) fn guessed_ems(label: &str) -> f64 {
    if has_mathematics(label) { 1.2 * ems(&silhouette(label)) } else { ems(label) }
}

/// A guess at how a text with `$…$` reads once set: commands become one letter, braces and delimiters vanish.
/// Good enough to reserve room; never shown.
pub(super) fn silhouette(text: &str) -> String {
    let mut shape = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '$' | '{' | '}' | '^' | '_' => {}
            '\\' => {
                let mut command = String::new();
                while let Some(letter) = characters.next_if(char::is_ascii_alphabetic) {
                    command.push(letter);
                }
                match command.as_str() {
                    "operatorname" | "mathrm" | "text" | "left" | "right" | "mathbf" | "mathit" => {}
                    "" => drop(characters.next()),
                    name if is_spelt_out(name) => shape.push_str(name),
                    _ => shape.push('n'),
                }
            }
            other => shape.push(other),
        }
    }
    shape
}

/// Commands that print their own name.
fn is_spelt_out(name: &str) -> bool {
    matches!(name, "sin" | "cos" | "tan" | "exp" | "log" | "ln" | "max" | "min" | "tanh" | "sinh" | "cosh" | "lim")
}

/// Text as it stands in HTML and in attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Control characters are not allowed in XML.
            control if control.is_control() && !matches!(control, '\n' | '\t') => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_japanese_character_is_as_wide_as_high() {
        assert!((width("導関数") - 3.0 * SIZE).abs() < 1e-9);
        assert!(width("ReLU") < 3.0 * SIZE);
    }

    #[test]
    fn a_formula_is_measured_by_what_it_shows() {
        for (text, expected) in [("$f'(x)$", "f'(x)"), ("$\\alpha = 1$", "n = 1"), ("$\\operatorname{ReLU}$", "ReLU")] {
            assert_eq!(silhouette(text), expected);
        }
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("a < b & \"c\"\u{0}"), "a &lt; b &amp; &quot;c&quot;");
    }
}

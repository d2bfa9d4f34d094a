//! The classes of code and their colours.
//!
//! Few and quiet: what an identifier is called is more than what it is, so plain names have no colour. Every colour has
//! a contrast of at least 4.5 (WCAG AA) on the theme's background of code, in both schemes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A comment.
    Comment,
    /// A string, or text in one.
    String,
    /// A number, or a constant such as `true`.
    Constant,
    /// A keyword or operator word.
    Keyword,
    /// The name of a function where it is defined or called.
    Function,
    /// The name of a type, a module or an element of HTML.
    Type,
    /// The key of a pair: in JSON, in an attribute, in a style sheet.
    Key,
    /// An added line of a comparison.
    Inserted,
    /// A removed line of a comparison.
    Deleted,
    /// A heading or **strong** text in a markup language.
    Strong,
}

impl Class {
    /// Its class in the markup: one letter, since a page holds many.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Class::Comment => "c",
            Class::String => "s",
            Class::Constant => "n",
            Class::Keyword => "k",
            Class::Function => "f",
            Class::Type => "t",
            Class::Key => "a",
            Class::Inserted => "i",
            Class::Deleted => "d",
            Class::Strong => "b",
        }
    }

    /// Colours on light and on dark.
    fn colours(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Class::Comment => ("#5b646f", "#9ea7b4"),
            Class::String | Class::Inserted => ("#08694a", "#5fd0a5"),
            Class::Constant => ("#a3400a", "#ffa264"),
            Class::Keyword => ("#8b3a9c", "#dda2ec"),
            Class::Function => ("#14508f", "#86b9f4"),
            Class::Type => ("#6b5300", "#e3c25f"),
            Class::Key => ("#0a617a", "#6fcbe0"),
            Class::Deleted => ("#b3261e", "#ff9a90"),
            Class::Strong => return None,
        })
    }
}

/// The rules for these classes, one a line.
#[must_use]
pub fn stylesheet(classes: &BTreeSet<Class>) -> String {
    let mut rules = String::new();
    for &class in classes {
        let name = class.name();
        match class.colours() {
            Some((light, dark)) => {
                let _ = writeln!(rules, "code .{name}{{color:light-dark({light},{dark})}}");
            }
            None => {
                let _ = writeln!(rules, "code .{name}{{font-weight:700}}");
            }
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Class; 10] = [
        Class::Comment,
        Class::String,
        Class::Constant,
        Class::Keyword,
        Class::Function,
        Class::Type,
        Class::Key,
        Class::Inserted,
        Class::Deleted,
        Class::Strong,
    ];

    /// WCAG 2.2, relative luminance.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("two digits")) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The two colours of the first `light-dark(…)` after `before`.
    fn light_dark<'a>(css: &'a str, before: &str) -> (&'a str, &'a str) {
        let (_, rest) = css.split_once(before).expect("the rule");
        let (_, rest) = rest.split_once("light-dark(").expect("two colours");
        let (colours, _) = rest.split_once(')').expect("an end");
        colours.split_once(", ").expect("two colours")
    }

    #[test]
    fn colours_can_be_read_on_every_ground_of_the_theme() {
        let ground = light_dark(include_str!("../../static/styles/theme.css"), "--code-background:");
        let marked = light_dark(include_str!("../../static/styles/listing.css"), "mark.line {");
        for class in ALL {
            let Some((light, dark)) = class.colours() else { continue };
            for (on_light, on_dark) in [ground, marked] {
                let ratios = (contrast(light, on_light), contrast(dark, on_dark));
                assert!(ratios.0 >= 4.5 && ratios.1 >= 4.5, "{class:?}: {ratios:?} on {on_light} and {on_dark}");
            }
        }
    }

    #[test]
    fn only_what_occurs_has_a_rule() {
        let classes = BTreeSet::from([Class::Keyword, Class::Strong]);
        assert_eq!(stylesheet(&classes), "code .k{color:light-dark(#8b3a9c,#dda2ec)}\ncode .b{font-weight:700}\n");
    }
}

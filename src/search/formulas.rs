//! Formulas in the index: a list of all there are, and a word for each of them.
//!
//! A formula has two spellings, its plain text (`f(x) = max(0, x)`) and its TeX (`f(x)=\max(0,x)`). In the list
//! ([`Formulas::list`]) both are folded: no spaces, no braces, no back-slashes, no marks for scripts, lower case, one
//! character for what is typed in several ways (`−`, `′`, `≤`). What a reader types is folded in the same way and looked
//! for in the list, so that any part of a formula finds it, however it is typed: `max(0,x)`, `√n`, `\nabla f`.
//!
//! In the text of a page a formula is a word that the indexer treats like any other ([`Formulas::word`]), written in
//! letters that no text has (Yi syllables, which stemmers, segmenters and the folding of accents leave alone). So the
//! index says on which pages and where a formula of the list stands, and it is as small as if each were a single word.
//! `fold` has its twin in `static/scripts/search.js`; `tests/search/keys.txt` holds both to the same table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::tex::{self, Kind, Tex};

/// The first letter of a formula's word; no letter of a number.
pub const MARK: char = '\u{A400}';
/// Behind a formula's word and the words in it. No letter: the indexer would put a full stop behind one that ends a
/// paragraph.
pub const END: char = '\u{E002}';
/// Behind a heading.
pub const HEADING_END: char = '\u{E003}';

/// The letter that stands for 0 in a number.
const BASE: u32 = 0xA100;
/// Letters of a number, each one of 256.
const LETTERS: u32 = 3;

/// The different formulas of a language, numbered in the order in which they were first met. `'a` is the life of their
/// TeX.
#[derive(Debug, Default)]
pub struct Formulas<'a> {
    numbers: BTreeMap<&'a str, usize>,
    in_order: Vec<&'a str>,
}

impl<'a> Formulas<'a> {
    /// Those of some articles.
    pub fn of(formulas: impl IntoIterator<Item = &'a str>) -> Formulas<'a> {
        let mut all = Formulas::default();
        for tex in formulas {
            all.numbers.entry(tex).or_insert_with(|| {
                all.in_order.push(tex);
                all.in_order.len() - 1
            });
        }
        all
    }

    /// The number of a formula; the first one's for a formula that is not here.
    #[must_use]
    pub fn number(&self, tex: &str) -> usize {
        self.numbers.get(tex).copied().unwrap_or_default()
    }

    /// The word that stands for a formula in a text: mark, number, and a letter that says whether it is set apart.
    #[must_use]
    pub fn word(&self, tex: &str, display: bool) -> String {
        let number = self.number(tex) as u32;
        let letters = (0..LETTERS).rev().map(|place| number >> (8 * place) & 0xFF).chain([u32::from(display)]);
        let letters = letters.map(|code| char::from_u32(BASE + code).unwrap_or(MARK));
        [MARK].into_iter().chain(letters).collect()
    }

    /// A line for each formula, by number: its folded plain text, and its folded TeX behind a tabulator if it differs.
    #[must_use]
    pub fn list(&self) -> String {
        let mut list = String::new();
        for tex in &self.in_order {
            let (plain, source) = folded(tex);
            list.push_str(&plain);
            if source != plain {
                let _ = write!(list, "\t{source}");
            }
            list.push('\n');
        }
        list
    }
}

/// Both spellings of a formula, folded.
fn folded(tex: &str) -> (String, String) {
    let read = Tex::read(tex);
    let mut source = String::with_capacity(tex.len());
    for (number, token) in read.tokens.iter().enumerate() {
        let text = read.str(number);
        match token.kind {
            Kind::Word if is_noise(&text[1..]) => {}
            Kind::Word | Kind::Character | Kind::Verbatim => source.push_str(&fold(text)),
            _ => {}
        }
    }
    (fold(&tex::plain(tex)), source)
}

/// The words of a formula that may be looked for as words: `max`, `if`, `の場合`.
#[must_use]
pub fn words(tex: &str) -> Vec<String> {
    let plain = tex::plain(tex);
    let mut words: Vec<String> = Vec::new();
    for word in plain.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().nth(1).is_some()) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// Commands that change the look of a formula only; the same list is in `search.js`.
fn is_noise(command: &str) -> bool {
    let sized = command.strip_prefix(['b', 'B']).and_then(|rest| rest.strip_prefix("ig"));
    sized.is_some_and(|rest| matches!(rest, "" | "g" | "l" | "r" | "m" | "gl" | "gr" | "gm"))
        || matches!(
            command,
            "left"
                | "right"
                | "middle"
                | "displaystyle"
                | "textstyle"
                | "limits"
                | "nolimits"
                | "quad"
                | "qquad"
                | "nonumber"
                | "notag"
                | "hline"
                | "end"
        )
}

/// What is left of a text when all ways to type it are made one.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        // What is typed on a Japanese keyboard in full width.
        let c = match u32::from(c) {
            code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
            _ => scripted(c).unwrap_or(c),
        };
        match respelt(c) {
            Some(spelling) => folded.push_str(spelling),
            None if c.is_whitespace() || is_mark(c) => {}
            None => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

fn is_mark(c: char) -> bool {
    matches!(c, '^' | '_' | '{' | '}' | '\\' | '$' | '&' | '\u{200B}' | '\u{300}'..='\u{36F}' | '\u{20D0}'..='\u{20FF}')
}

fn respelt(c: char) -> Option<&'static str> {
    Some(match c {
        '−' | '–' | '‐' => "-",
        '′' | '’' => "'",
        '″' => "''",
        '·' | '∗' | '×' | '⋅' => "*",
        '≤' | '≦' | '⩽' => "<=",
        '≥' | '≧' | '⩾' => ">=",
        '≠' => "!=",
        '→' | '⟶' => "->",
        'ϵ' => "ε",
        'ϕ' => "φ",
        'ϑ' => "θ",
        'ϱ' => "ρ",
        _ => return None,
    })
}

/// The character that is raised or lowered here.
fn scripted(c: char) -> Option<char> {
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ";
    const BASES: &str = "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ";
    const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ";
    const BASES_OF_LOWERED: &str = "0123456789+-=()aehijklmnoprstuvxβγρφχ";
    if c.is_ascii() {
        return None;
    }
    let pairs = RAISED.chars().zip(BASES.chars()).chain(LOWERED.chars().zip(BASES_OF_LOWERED.chars()));
    pairs.into_iter().find(|(script, _)| *script == c).map(|(_, base)| base)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether what a reader types finds a formula.
    fn finds(typed: &str, tex: &str) -> bool {
        Formulas::of([tex]).list().contains(&fold(typed))
    }

    #[test]
    fn a_formula_is_found_by_any_part_of_it_however_it_is_typed() {
        for (tex, found, not_found) in [
            (
                r"f(x)=\max(0,x)",
                "max(0,x) | max(0, x) | f(x) = max(0,x) | \\max(0,x) | (0,x) | f(x",
                "max(x,0) | min | xa",
            ),
            (r"\sqrt n", "√n | \\sqrt n | \\sqrt{n} | √ | sqrtn", "√m"),
            (r"\sqrt{n+1}", "√(n+1) | \\sqrt{n+1}", "√n"),
            (r"f'(x) = 1", "f'(x) | f′(x)=1 | f’(x)", "f(x)"),
            (r"\nabla f", "\\nabla | ∇f | ∇ f | \\nabla f", "\\nabel"),
            (r"\frac{\partial f}{\partial x}", "\\frac | \\frac{\\partial f} | (∂f)/(∂x) | ∂f", "\\frac{x}"),
            (r"x^2 + y_{10}", "x^2 | x² | x^{2} + y | y₁₀ | y_10 | y_{10}", "x^3"),
            (r"e^{-x}", "e^-x | e^{-x} | e⁻ˣ", "e^x"),
            (r"\left( a \le b \right)", "(a <= b) | a ≤ b | a≦b | a\\le b", "a < b"),
            (r"\operatorname{ReLU}(x)", "ReLU(x) | relu(x) | ＲｅＬＵ（ｘ）", "gelu(x)"),
            (r"\alpha \cdot \beta", "α·β | α*β | \\alpha\\cdot\\beta | α×β", "β·α"),
        ] {
            for typed in found.split(" | ") {
                assert!(finds(typed, tex), "`{typed}` finds `{tex}`: {:?}", folded(tex));
            }
            for typed in not_found.split(" | ") {
                assert!(!finds(typed, tex), "`{typed}` does not find `{tex}`: {:?}", folded(tex));
            }
        }
    }

    #[test]
    fn each_formula_has_a_word_of_five_letters_and_a_line() {
        let formulas = Formulas::of(["x", "y^2", "x", r"\sqrt n", "7"]);
        assert_eq!(formulas.list(), "x\ny2\n√n\tsqrtn\n7\n");
        assert_eq!(formulas.word("y^2", false), "\u{A400}\u{A100}\u{A100}\u{A101}\u{A100}");
        assert_eq!(formulas.word("7", true), "\u{A400}\u{A100}\u{A100}\u{A103}\u{A101}");
        let many: Vec<String> = (0..70_000).map(|number| number.to_string()).collect();
        let formulas = Formulas::of(many.iter().map(String::as_str));
        assert_eq!(formulas.word("66051", false), "\u{A400}\u{A101}\u{A102}\u{A103}\u{A100}");
        assert_eq!(words(r"f(x) = \max(0, x)\ \text{の場合}"), ["max", "の場合"]);
    }

    #[test]
    fn queries_are_folded_as_the_script_folds_them() {
        for line in include_str!("../../tests/search/keys.txt").lines().filter(|line| !line.is_empty()) {
            let (typed, folded) = line.split_once('\t').expect("two columns");
            assert_eq!(fold(typed), folded, "{typed}");
        }
    }
}

//! Keys of formulas: what is indexed of a formula so that a part of it finds it, however that part is typed.
//!
//! A formula has two spellings, its plain text (`f(x) = max(0, x)`) and its TeX (`f(x)=\max(0,x)`). Both are folded: no
//! spaces, no braces, no back-slashes, no marks for scripts, lower case, one character for what is typed in several ways
//! (`−`, `′`, `≤`). From every place where a reader may begin to type, a piece of the folded text becomes one word of
//! the index. Since the search finds words by their beginnings, any run of a formula is found: `max(0,x)`, `√n`,
//! `\nabla f`.
//!
//! The words are written in letters that no text has (Yi syllables, which stemmers, segmenters and the folding of accents
//! leave alone), so that a formula and the text around it cannot be mistaken for each other, and no punctuation in a key
//! is lost. `fold` and `encode` have their twins in `static/scripts/search.js`; `tests/search/keys.txt` holds both to
//! the same table.

use std::collections::BTreeSet;

use crate::tex::{self, Kind, Tex};

/// Before the number of a formula.
pub const MARK: char = '\u{A400}';
/// Behind its keys and words. No letter: the indexer would put a full stop behind one that ends a paragraph.
pub const END: char = '\u{E002}';

/// Behind a heading.
pub const HEADING_END: char = '\u{E003}';

/// Characters of a folded text in a key.
const LENGTH: usize = 20;
/// Keys of a formula.
const MOST: usize = 60;
/// The first letter of keys stands for the character 0.
const BASE: u32 = 0xA100;

/// A part of a formula that is not cut.
struct Atom {
    folded: String,
    /// Whether a reader may begin to type here.
    is_start: bool,
}

/// The words of the index for a formula: its keys, written in letters of their own.
#[must_use]
pub fn keys(tex: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut keys = Vec::new();
    for atoms in [atoms_of_text(&tex::plain(tex)), atoms_of_tex(&Tex::read(tex))] {
        for (at, _) in atoms.iter().enumerate().filter(|(_, atom)| atom.is_start) {
            let folded = atoms[at..].iter().flat_map(|atom| atom.folded.chars());
            let key: String = folded.take(LENGTH).collect();
            // A single letter is looked for in the text.
            let is_letter = key.len() <= 1;
            if !is_letter && keys.len() < MOST && seen.insert(key.clone()) {
                keys.push(encode(&key));
            }
        }
    }
    keys
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

/// A number in the letters of keys.
#[must_use]
pub fn number(number: usize) -> String {
    encode(&number.to_string())
}

/// A folded text in letters that no text has.
fn encode(folded: &str) -> String {
    let letter = |code: u32| char::from_u32(BASE + code).unwrap_or(END);
    let mut encoded = String::with_capacity(3 * folded.len());
    for c in folded.chars() {
        match u32::from(c) {
            code @ 0..0x80 => encoded.push(letter(code)),
            code => encoded.extend([letter(0x80 + (code >> 8 & 0xFF)), letter(0x180 + (code & 0xFF))]),
        }
    }
    encoded
}

fn atoms_of_text(text: &str) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    let mut before = Class::Other;
    for c in text.chars() {
        let class = Class::of(c);
        push(&mut atoms, &c.to_string(), class, before);
        before = class;
    }
    atoms
}

fn atoms_of_tex(tex: &Tex<'_>) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut before = Class::Other;
    for (number, token) in tex.tokens.iter().enumerate() {
        let text = tex.str(number);
        let class = match token.kind {
            Kind::Word if is_noise(&text[1..]) => continue,
            Kind::Word => Class::Command,
            Kind::Character => Class::of(text.chars().next().unwrap_or(' ')),
            Kind::Verbatim => Class::Other,
            _ => {
                before = Class::Other;
                continue;
            }
        };
        push(&mut atoms, text, class, before);
        before = class;
    }
    atoms
}

fn push(atoms: &mut Vec<Atom>, text: &str, class: Class, before: Class) {
    let folded = fold(text);
    if !folded.is_empty() {
        let is_start = match class {
            Class::Letter | Class::Digit => class != before,
            Class::Command | Class::Opening | Class::Symbol => true,
            Class::Other => false,
        };
        atoms.push(Atom { folded, is_start });
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Command,
    Letter,
    Digit,
    Opening,
    /// Not to be found on a keyboard: `√`, `∇`.
    Symbol,
    /// What stands between.
    Other,
}

impl Class {
    fn of(c: char) -> Class {
        match c {
            '(' | '[' | '|' | '‖' => Class::Opening,
            '.' | '0'..='9' => Class::Digit,
            c if c.is_alphabetic() && scripted(c).is_none() => Class::Letter,
            c if c.is_ascii() || scripted(c).is_some() || respelt(c).is_some() || c.is_whitespace() => Class::Other,
            _ => Class::Symbol,
        }
    }
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

    /// The keys of a formula as they were before they were written in letters of their own.
    fn folded_keys(tex: &str) -> Vec<String> {
        let decode = |key: &String| {
            let mut high = None;
            let mut text = String::new();
            for code in key.chars().map(|c| u32::from(c) - BASE) {
                match code {
                    0x80..0x180 => high = Some((code - 0x80) << 8),
                    0x180.. => text.extend(char::from_u32(high.take().unwrap_or(0) + code - 0x180)),
                    code => text.extend(char::from_u32(code)),
                }
            }
            text
        };
        keys(tex).iter().map(decode).collect()
    }

    /// Whether what a reader types finds a formula.
    fn finds(typed: &str, tex: &str) -> bool {
        let typed: String = fold(typed).chars().take(LENGTH).collect();
        folded_keys(tex).iter().any(|key| key.starts_with(&typed))
    }

    #[test]
    fn a_formula_is_found_by_any_part_of_it_however_it_is_typed() {
        for (tex, found, not_found) in [
            (
                r"f(x)=\max(0,x)",
                "max(0,x) | max(0, x) | f(x) = max(0,x) | \\max(0,x) | (0,x) | f(x",
                "max(x,0) | min | ax",
            ),
            (r"\sqrt n", "√n | \\sqrt n | \\sqrt{n} | √ | sqrtn", "√m"),
            (r"\sqrt{n+1}", "√(n+1) | \\sqrt{n+1}", "√n"),
            (r"f'(x) = 1", "f'(x) | f′(x)=1 | f’(x)", "f(x)"),
            (r"\nabla f", "\\nabla | ∇f | ∇ f | \\nabla f", "\\nabel"),
            (r"\frac{\partial f}{\partial x}", "\\frac | \\frac{\\partial f} | (∂f)/(∂x) | ∂f", "\\frac{x}"),
            (r"x^2 + y_{10}", "x^2 | x² | x^{2} + y | y₁₀ | y_10 | y_{10}", "x^3"),
            (r"e^{-x}", "e^-x | e^{-x} | e⁻ˣ", "e^x"),
            (r"\left( a \le b \right)", "(a <= b) | a ≤ b | a≦b | a\\le b", "a < b"),
            (r"\operatorname{ReLU}(x)", "ReLU(x) | relu(x) | ＲｅＬＵ（ｘ）", "elu(x)"),
            (r"\alpha \cdot \beta", "α·β | α*β | \\alpha\\cdot\\beta | α×β", "β·α"),
        ] {
            for typed in found.split(" | ") {
                assert!(finds(typed, tex), "`{typed}` finds `{tex}`: {:?}", folded_keys(tex));
            }
            for typed in not_found.split(" | ") {
                assert!(!finds(typed, tex), "`{typed}` does not find `{tex}`: {:?}", folded_keys(tex));
            }
        }
    }

    #[test]
    fn keys_are_few_and_any_text_has_some() {
        assert_eq!(folded_keys("x"), Vec::<String>::new());
        assert_eq!(folded_keys("f(x)"), ["f(x)", "(x)", "x)"]);
        assert!(keys(&"x+(1)".repeat(1000)).len() <= MOST);
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

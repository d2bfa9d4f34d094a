//! Control sequences and characters as Unicode, with the class that decides the space around them.

/// What an atom is to its neighbours, as TeX has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter, a digit, anything else.
    Ordinary,
    /// The name of a function, such as `sin`.
    Function,
    /// `+` and other binary operations.
    Binary,
    /// `=` and other relations.
    Relation,
    /// An opening delimiter.
    Opening,
    /// A closing delimiter.
    Closing,
    /// A comma or semicolon.
    Punctuation,
}

use Class::{Binary, Closing, Function, Opening, Ordinary, Punctuation, Relation};

/// The class of a character that stands for itself.
pub(super) fn character(character: char) -> Class {
    match character {
        '+' | '-' | '−' | '*' | '±' | '∓' | '×' | '÷' | '·' | '∘' | '∪' | '∩' | '∧' | '∨' | '⊕' | '⊗' | '∖' => {
            Binary
        }
        '=' | '<' | '>' | '≤' | '≥' | '≦' | '≧' | '≠' | '≈' | '≡' | '∈' | '∉' | '⊂' | '⊆' | '→' | '↦' | ':' | '∼'
        | '≃' | '∝' | '⇒' | '⇔' => Relation,
        '(' | '[' | '{' | '⟨' | '⌊' | '⌈' => Opening,
        ')' | ']' | '}' | '⟩' | '⌋' | '⌉' => Closing,
        ',' | ';' => Punctuation,
        _ => Ordinary,
    }
}

/// Names that are set as words.
pub(super) const FUNCTIONS: [&str; 42] = [
    "arccos", "arcsin", "arctan", "arg", "argmax", "argmin", "ch", "cos", "cosec", "cosh", "cot", "cotg", "coth",
    "csc", "ctg", "cth", "deg", "det", "dim", "exp", "gcd", "hom", "inf", "ker", "lg", "lim", "liminf", "limsup", "ln",
    "log", "max", "min", "mod", "Pr", "sec", "sin", "sinh", "sh", "sup", "tan", "tanh", "tg",
];

/// A control word without its backslash as text and class.
pub(super) fn symbol(name: &str) -> Option<(&'static str, Class)> {
    if let Ok(found) = SYMBOLS.binary_search_by(|(known, _, _)| (*known).cmp(name)) {
        let (_, text, class) = SYMBOLS[found];
        return Some((text, class));
    }
    None
}

/// Sorted by name.
const SYMBOLS: &[(&str, &str, Class)] = &[
    ("Delta", "Δ", Ordinary),
    ("Downarrow", "⇓", Relation),
    ("Gamma", "Γ", Ordinary),
    ("Im", "ℑ", Ordinary),
    ("Lambda", "Λ", Ordinary),
    ("Leftarrow", "⇐", Relation),
    ("Leftrightarrow", "⇔", Relation),
    ("Longleftarrow", "⟸", Relation),
    ("Longleftrightarrow", "⟺", Relation),
    ("Longrightarrow", "⟹", Relation),
    ("N", "ℕ", Ordinary),
    ("Omega", "Ω", Ordinary),
    ("Phi", "Φ", Ordinary),
    ("Pi", "Π", Ordinary),
    ("Psi", "Ψ", Ordinary),
    ("Q", "ℚ", Ordinary),
    ("R", "ℝ", Ordinary),
    ("Re", "ℜ", Ordinary),
    ("Rightarrow", "⇒", Relation),
    ("Sigma", "Σ", Ordinary),
    ("Theta", "Θ", Ordinary),
    ("Uparrow", "⇑", Relation),
    ("Upsilon", "Υ", Ordinary),
    ("Vert", "‖", Ordinary),
    ("Xi", "Ξ", Ordinary),
    ("Z", "ℤ", Ordinary),
    ("aleph", "ℵ", Ordinary),
    ("alpha", "α", Ordinary),
    ("angle", "∠", Ordinary),
    ("approx", "≈", Relation),
    ("ast", "∗", Binary),
    ("asymp", "≍", Relation),
    ("backslash", "\\", Ordinary),
    ("because", "∵", Relation),
    ("beta", "β", Ordinary),
    ("bigcap", "⋂", Function),
    ("bigcirc", "◯", Binary),
    ("bigcup", "⋃", Function),
    ("bigoplus", "⨁", Function),
    ("bigotimes", "⨂", Function),
    ("bigvee", "⋁", Function),
    ("bigwedge", "⋀", Function),
    ("bot", "⊥", Ordinary),
    ("bullet", "∙", Binary),
    ("cap", "∩", Binary),
    ("cdot", "·", Binary),
    ("cdots", "⋯", Ordinary),
    ("chi", "χ", Ordinary),
    ("circ", "∘", Binary),
    ("clubsuit", "♣", Ordinary),
    ("colon", ":", Punctuation),
    ("complement", "∁", Ordinary),
    ("cong", "≅", Relation),
    ("coprod", "∐", Function),
    ("cup", "∪", Binary),
    ("dagger", "†", Binary),
    ("dashv", "⊣", Relation),
    ("ddots", "⋱", Ordinary),
    ("delta", "δ", Ordinary),
    ("diamond", "⋄", Binary),
    ("div", "÷", Binary),
    ("doteq", "≐", Relation),
    ("dots", "…", Ordinary),
    ("dotsb", "⋯", Ordinary),
    ("dotsc", "…", Ordinary),
    ("downarrow", "↓", Relation),
    ("ell", "ℓ", Ordinary),
    ("emptyset", "∅", Ordinary),
    ("epsilon", "ϵ", Ordinary),
    ("equiv", "≡", Relation),
    ("eta", "η", Ordinary),
    ("exists", "∃", Function),
    ("forall", "∀", Function),
    ("gamma", "γ", Ordinary),
    ("ge", "≥", Relation),
    ("geq", "≥", Relation),
    ("geqq", "≧", Relation),
    ("geqslant", "⩾", Relation),
    ("gets", "←", Relation),
    ("gg", "≫", Relation),
    ("gt", ">", Relation),
    ("hbar", "ℏ", Ordinary),
    ("hookrightarrow", "↪", Relation),
    ("iff", "⟺", Relation),
    ("iiint", "∭", Function),
    ("iint", "∬", Function),
    ("imath", "ı", Ordinary),
    ("implies", "⟹", Relation),
    ("in", "∈", Relation),
    ("infty", "∞", Ordinary),
    ("int", "∫", Function),
    ("iota", "ι", Ordinary),
    ("jmath", "ȷ", Ordinary),
    ("kappa", "κ", Ordinary),
    ("lVert", "‖", Opening),
    ("lambda", "λ", Ordinary),
    ("land", "∧", Binary),
    ("langle", "⟨", Opening),
    ("lbrace", "{", Opening),
    ("lbrack", "[", Opening),
    ("lceil", "⌈", Opening),
    ("ldots", "…", Ordinary),
    ("le", "≤", Relation),
    ("leftarrow", "←", Relation),
    ("leftrightarrow", "↔", Relation),
    ("leq", "≤", Relation),
    ("leqq", "≦", Relation),
    ("leqslant", "⩽", Relation),
    ("lfloor", "⌊", Opening),
    ("ll", "≪", Relation),
    ("lnot", "¬", Ordinary),
    ("longleftarrow", "⟵", Relation),
    ("longmapsto", "⟼", Relation),
    ("longrightarrow", "⟶", Relation),
    ("lor", "∨", Binary),
    ("lt", "<", Relation),
    ("lvert", "|", Opening),
    ("mapsto", "↦", Relation),
    ("mid", "|", Relation),
    ("models", "⊨", Relation),
    ("mp", "∓", Binary),
    ("mu", "μ", Ordinary),
    ("nabla", "∇", Ordinary),
    ("ne", "≠", Relation),
    ("nearrow", "↗", Relation),
    ("neg", "¬", Ordinary),
    ("neq", "≠", Relation),
    ("nexists", "∄", Function),
    ("ni", "∋", Relation),
    ("nmid", "∤", Relation),
    ("notin", "∉", Relation),
    ("nu", "ν", Ordinary),
    ("odot", "⊙", Binary),
    ("oint", "∮", Function),
    ("omega", "ω", Ordinary),
    ("ominus", "⊖", Binary),
    ("oplus", "⊕", Binary),
    ("otimes", "⊗", Binary),
    ("parallel", "∥", Relation),
    ("partial", "∂", Ordinary),
    ("perp", "⟂", Relation),
    ("phi", "ϕ", Ordinary),
    ("pi", "π", Ordinary),
    ("pm", "±", Binary),
    ("prec", "≺", Relation),
    ("preceq", "⪯", Relation),
    ("prime", "′", Ordinary),
    ("prod", "∏", Function),
    ("propto", "∝", Relation),
    ("psi", "ψ", Ordinary),
    ("rVert", "‖", Closing),
    ("rangle", "⟩", Closing),
    ("rbrace", "}", Closing),
    ("rbrack", "]", Closing),
    ("rceil", "⌉", Closing),
    ("rfloor", "⌋", Closing),
    ("rho", "ρ", Ordinary),
    ("rightarrow", "→", Relation),
    ("rightharpoonup", "⇀", Relation),
    ("rightleftharpoons", "⇌", Relation),
    ("rvert", "|", Closing),
    ("searrow", "↘", Relation),
    ("setminus", "∖", Binary),
    ("sigma", "σ", Ordinary),
    ("sim", "∼", Relation),
    ("simeq", "≃", Relation),
    ("smallsetminus", "∖", Binary),
    ("sqcap", "⊓", Binary),
    ("sqcup", "⊔", Binary),
    ("square", "□", Ordinary),
    ("star", "⋆", Binary),
    ("subset", "⊂", Relation),
    ("subseteq", "⊆", Relation),
    ("subsetneq", "⊊", Relation),
    ("succ", "≻", Relation),
    ("succeq", "⪰", Relation),
    ("sum", "∑", Function),
    ("supset", "⊃", Relation),
    ("supseteq", "⊇", Relation),
    ("surd", "√", Ordinary),
    ("tau", "τ", Ordinary),
    ("textasciitilde", "~", Ordinary),
    ("textbackslash", "\\", Ordinary),
    ("textunderscore", "_", Ordinary),
    ("therefore", "∴", Relation),
    ("theta", "θ", Ordinary),
    ("times", "×", Binary),
    ("to", "→", Relation),
    ("top", "⊤", Ordinary),
    ("triangle", "△", Ordinary),
    ("triangleq", "≜", Relation),
    ("uparrow", "↑", Relation),
    ("upsilon", "υ", Ordinary),
    ("varepsilon", "ε", Ordinary),
    ("varkappa", "ϰ", Ordinary),
    ("varnothing", "∅", Ordinary),
    ("varphi", "φ", Ordinary),
    ("varpi", "ϖ", Ordinary),
    ("varrho", "ϱ", Ordinary),
    ("varsigma", "ς", Ordinary),
    ("vartheta", "ϑ", Ordinary),
    ("vdash", "⊢", Relation),
    ("vdots", "⋮", Ordinary),
    ("vee", "∨", Binary),
    ("vert", "|", Ordinary),
    ("wedge", "∧", Binary),
    ("wp", "℘", Ordinary),
    ("xi", "ξ", Ordinary),
    ("zeta", "ζ", Ordinary),
];

/// A character raised, where Unicode has it.
pub(super) fn superscript(character: char) -> Option<char> {
    pick(
        character,
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ′",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ′",
    )
}

/// A character lowered, where Unicode has it.
pub(super) fn subscript(character: char) -> Option<char> {
    pick(character, "0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")
}

/// A letter in blackboard bold, where it is usual to write it so in plain text.
pub(super) fn blackboard(character: char) -> Option<char> {
    pick(character, "CHNPQRZ𝟙1", "ℂℍℕℙℚℝℤ𝟙𝟙")
}

fn pick(character: char, from: &str, to: &str) -> Option<char> {
    from.chars().zip(to.chars()).find(|(plain, _)| *plain == character).map(|(_, special)| special)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_sorted_so_that_they_can_be_searched() {
        for pair in SYMBOLS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
    }

    #[test]
    fn scripts_pair_up() {
        assert_eq!((superscript('W'), superscript('χ'), subscript('x')), (Some('ᵂ'), Some('ᵡ'), Some('ₓ')));
        assert_eq!((superscript('q'), subscript('b')), (None, None));
    }
}

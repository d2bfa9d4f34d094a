//! What the signs, commands and words of a formula mean: tables, and nothing else.

use super::items::{Item, Kind};
use crate::function::expression::{Op, Relation};

/// The ASCII form of a full-width or typographic character.
pub(super) fn plain(c: char) -> char {
    match c {
        '\u{3000}' | '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
        '、' => ',',
        '。' | '｡' => '.',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Chinese, Japanese or Korean letters: in a formula they are words.
pub(super) fn is_ideographic(word: &str) -> bool {
    word.chars().all(|c| c == ' ' || is_ideograph(c))
}

fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x11FF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x3130..=0x318F | 0x3400..=0x9FFF
        | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFF66..=0xFF9F)
}

/// What a character is; nothing for white space.
pub(super) fn character(c: char) -> Option<Kind> {
    let command = |name: &str| Some(Kind::Command(name.to_owned()));
    match plain(c) {
        c if c.is_whitespace() => None,
        '~' => None,
        '\u{2212}' | '\u{2010}'..='\u{2014}' => Some(Kind::Char('-')),
        '×' | '·' | '⋅' | '∙' | '∗' | '*' => Some(Kind::Char('*')),
        '÷' | '∕' | '⁄' => Some(Kind::Char('/')),
        '′' | '’' | '\'' => Some(Kind::Char('\'')),
        '∣' => Some(Kind::Char('|')),
        '<' => Some(Kind::Relation(Relation::Less)),
        '>' => Some(Kind::Relation(Relation::Greater)),
        '=' | '≡' | '≔' | '≜' => Some(Kind::Relation(Relation::Equal)),
        '≤' | '≦' | '⩽' => Some(Kind::Relation(Relation::LessEqual)),
        '≥' | '≧' | '⩾' => Some(Kind::Relation(Relation::GreaterEqual)),
        '≠' => Some(Kind::Relation(Relation::NotEqual)),
        '∈' => Some(Kind::In(true)),
        '∉' => Some(Kind::In(false)),
        '∧' => command("land"),
        '∨' => command("lor"),
        '∪' => command("cup"),
        '∞' => command("infty"),
        '⌊' => command("lfloor"),
        '⌋' => command("rfloor"),
        '⌈' => command("lceil"),
        '⌉' => command("rceil"),
        '±' => command("pm"),
        '∓' => command("mp"),
        '…' | '⋯' => command("cdots"),
        '√' => command("surd"),
        '∑' => command("sum"),
        '∫' => command("int"),
        'ℝ' => Some(Kind::Set('R')),
        'ℤ' => Some(Kind::Set('Z')),
        'ℕ' => Some(Kind::Set('N')),
        '²' => Some(Kind::Superscript(vec![Item { kind: Kind::Char('2'), range: 0..0 }])),
        '³' => Some(Kind::Superscript(vec![Item { kind: Kind::Char('3'), range: 0..0 }])),
        c if is_ideograph(c) => Some(Kind::Word(c.to_string())),
        c => Some(greek(c).map_or(Kind::Char(c), |name| Kind::Command(name.to_owned()))),
    }
}

/// The command of a Greek letter.
fn greek(c: char) -> Option<&'static str> {
    const LETTERS: [(char, &str); 36] = [
        ('α', "alpha"),
        ('β', "beta"),
        ('γ', "gamma"),
        ('δ', "delta"),
        ('ε', "varepsilon"),
        ('ϵ', "epsilon"),
        ('ζ', "zeta"),
        ('η', "eta"),
        ('θ', "theta"),
        ('ϑ', "vartheta"),
        ('ι', "iota"),
        ('κ', "kappa"),
        ('λ', "lambda"),
        ('μ', "mu"),
        ('µ', "mu"),
        ('ν', "nu"),
        ('ξ', "xi"),
        ('π', "pi"),
        ('ρ', "rho"),
        ('σ', "sigma"),
        ('τ', "tau"),
        ('υ', "upsilon"),
        ('φ', "varphi"),
        ('ϕ', "phi"),
        ('χ', "chi"),
        ('ψ', "psi"),
        ('ω', "omega"),
        ('Γ', "Gamma"),
        ('Δ', "Delta"),
        ('Θ', "Theta"),
        ('Λ', "Lambda"),
        ('Ξ', "Xi"),
        ('Σ', "Sigma"),
        ('Φ', "Phi"),
        ('Ψ', "Psi"),
        ('Ω', "Omega"),
    ];
    LETTERS.iter().find(|(letter, _)| *letter == c).map(|(_, name)| *name)
}

/// The letters that commands stand for, `\pi` included.
const LETTERS: [&str; 46] = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "vartheta",
    "iota",
    "kappa",
    "varkappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "varpi",
    "rho",
    "varrho",
    "sigma",
    "varsigma",
    "tau",
    "upsilon",
    "phi",
    "varphi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Upsilon",
    "Phi",
    "Psi",
    "Omega",
    "ell",
    "hbar",
    "imath",
    "jmath",
    "digamma",
];

/// Whether a command is a letter.
pub(crate) fn is_letter(command: &str) -> bool {
    LETTERS.contains(&command)
}

/// What a command is that takes no argument.
pub(super) fn command(name: &str) -> Kind {
    match name {
        "lt" => Kind::Relation(Relation::Less),
        "gt" => Kind::Relation(Relation::Greater),
        "le" | "leq" | "leqq" | "leqslant" => Kind::Relation(Relation::LessEqual),
        "ge" | "geq" | "geqq" | "geqslant" => Kind::Relation(Relation::GreaterEqual),
        "ne" | "neq" => Kind::Relation(Relation::NotEqual),
        "equiv" | "coloneqq" | "colonequals" | "triangleq" | "coloneq" | "doteq" => Kind::Relation(Relation::Equal),
        "in" => Kind::In(true),
        "notin" => Kind::In(false),
        "cdot" | "times" | "ast" | "cdotp" => Kind::Char('*'),
        "div" | "slash" => Kind::Char('/'),
        "prime" => Kind::Char('\''),
        "vert" | "mid" => Kind::Char('|'),
        "lvert" | "lVert" => Kind::Command("lvert".to_owned()),
        "rvert" | "rVert" => Kind::Command("rvert".to_owned()),
        "{" | "lbrace" => Kind::Command("lbrace".to_owned()),
        "}" | "rbrace" => Kind::Command("rbrace".to_owned()),
        "lbrack" => Kind::Char('['),
        "rbrack" => Kind::Char(']'),
        "lparen" => Kind::Char('('),
        "rparen" => Kind::Char(')'),
        "colon" | "vcentcolon" => Kind::Char(':'),
        "backslash" => Kind::Command("setminus".to_owned()),
        "wedge" | "land" => Kind::Command("land".to_owned()),
        "vee" | "lor" => Kind::Command("lor".to_owned()),
        "R" | "Reals" | "reals" | "Re" if name != "Re" => Kind::Set('R'),
        "N" | "natnums" => Kind::Set('N'),
        "Z" => Kind::Set('Z'),
        _ => Kind::Command(name.to_owned()),
    }
}

/// Commands that leave no mark, or none that matters.
pub(super) fn is_invisible(name: &str) -> bool {
    matches!(
        name,
        "," | ";"
            | ":"
            | "!"
            | ">"
            | " "
            | "/"
            | "\n"
            | "\t"
            | "thinspace"
            | "medspace"
            | "thickspace"
            | "negthinspace"
            | "enspace"
            | "nobreakspace"
            | "space"
            | "displaystyle"
            | "textstyle"
            | "scriptstyle"
            | "scriptscriptstyle"
            | "limits"
            | "nolimits"
            | "nonumber"
            | "notag"
            | "strut"
            | "relax"
            | "allowbreak"
            | "nobreak"
            | "break"
            | "noindent"
            | "centering"
            | "small"
            | "large"
            | "Large"
            | "normalsize"
            | "footnotesize"
            | "hfill"
            | "it"
            | "middle"
    )
}

/// `\bigl` and its like: `l`, `r` or a space.
pub(super) fn is_size(name: &str) -> Option<char> {
    let rest = name.strip_prefix("bigg").or_else(|| name.strip_prefix("Bigg"));
    let rest = rest.or_else(|| name.strip_prefix("big")).or_else(|| name.strip_prefix("Big"))?;
    match rest {
        "" | "m" => Some(' '),
        "l" => Some('l'),
        "r" => Some('r'),
        _ => None,
    }
}

/// The plain form of a delimiter.
pub(super) fn delimiter(text: &str) -> &str {
    match text {
        "\\{" | "\\lbrace" => "{",
        "\\}" | "\\rbrace" => "}",
        "\\lbrack" | "［" => "[",
        "\\rbrack" | "］" => "]",
        "\\lparen" | "（" => "(",
        "\\rparen" | "）" => ")",
        "\\vert" | "\\lvert" | "\\rvert" | "\\|" | "\\Vert" | "\\lVert" | "\\rVert" | "∣" => "|",
        "⌊" => "\\lfloor",
        "⌋" => "\\rfloor",
        "⌈" => "\\lceil",
        "⌉" => "\\rceil",
        other => other,
    }
}

/// What an alphabet or an accent is called in a name.
pub(super) fn style(command: &str) -> &str {
    match command {
        "mathbf" | "boldsymbol" | "bm" | "bf" | "bold" => "bold",
        "mathbb" | "Bbb" | "mathds" => "double",
        "mathcal" => "cal",
        "mathscr" => "script",
        "mathfrak" => "fraktur",
        "widehat" => "hat",
        "widetilde" => "tilde",
        "overline" => "bar",
        other => other,
    }
}

/// The name that a few items spell: `x_{\max}` is `x_max`, `\alpha` is `alpha`.
pub(super) fn spelling(items: &[Item]) -> Option<String> {
    let mut name = String::new();
    for item in items {
        match &item.kind {
            Kind::Char(c) if c.is_alphanumeric() => name.push(*c),
            Kind::Char('*') => name.push_str("star"),
            Kind::Char('+') => name.push_str("plus"),
            Kind::Char('-') => name.push_str("minus"),
            Kind::Char(',') => name.push('_'),
            Kind::Command(command) if is_letter(command) || named_function(command).is_some() => name.push_str(command),
            Kind::Command(command) if matches!(command.as_str(), "max" | "min") => name.push_str(command),
            Kind::Word(word) => name.extend(word.trim().chars().map(|c| if c.is_alphanumeric() { c } else { '_' })),
            Kind::Subscript(inner) => {
                name.push('_');
                name.push_str(&spelling(inner)?);
            }
            _ => return None,
        }
    }
    (!name.is_empty()).then_some(name)
}

/// A function with a command or an upright name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// A primitive of one argument.
    Op(Op),
    /// One over a primitive.
    Inverse(Op),
    /// `\log`, which may have a base.
    Log,
    /// `\max` or `\min`.
    Extremum(Op),
}

/// The functions that TeX has commands for.
pub(super) fn named_function(command: &str) -> Option<Known> {
    Some(match command {
        "sin" => Known::Op(Op::Sin),
        "cos" => Known::Op(Op::Cos),
        "tan" | "tg" => Known::Op(Op::Tan),
        "sec" => Known::Op(Op::Sec),
        "csc" | "cosec" => Known::Op(Op::Csc),
        "cot" | "ctg" | "cotg" => Known::Op(Op::Cot),
        "arcsin" => Known::Op(Op::Asin),
        "arccos" => Known::Op(Op::Acos),
        "arctan" | "arctg" => Known::Op(Op::Atan),
        "sinh" | "sh" => Known::Op(Op::Sinh),
        "cosh" | "ch" => Known::Op(Op::Cosh),
        "tanh" | "th" => Known::Op(Op::Tanh),
        "coth" | "cth" => Known::Inverse(Op::Tanh),
        "exp" => Known::Op(Op::Exp),
        "ln" => Known::Op(Op::Ln),
        "log" => Known::Log,
        "max" => Known::Extremum(Op::Max),
        "min" => Known::Extremum(Op::Min),
        _ => return None,
    })
}

/// The functions that are known by an upright name.
pub(super) fn upright_function(word: &str) -> Option<Known> {
    Some(match word {
        "sgn" | "sign" | "signum" => Known::Op(Op::Sign),
        "abs" => Known::Op(Op::Abs),
        "sqrt" => Known::Op(Op::Sqrt),
        "cbrt" => Known::Op(Op::Cbrt),
        "floor" => Known::Op(Op::Floor),
        "ceil" => Known::Op(Op::Ceil),
        "erf" => Known::Op(Op::Erf),
        "erfc" => Known::Op(Op::Erfc),
        "sech" => Known::Inverse(Op::Cosh),
        "csch" | "cosech" => Known::Inverse(Op::Sinh),
        "asin" => Known::Op(Op::Asin),
        "acos" => Known::Op(Op::Acos),
        "atan" => Known::Op(Op::Atan),
        "arsinh" | "asinh" | "arcsinh" | "argsinh" => Known::Op(Op::Asinh),
        "arcosh" | "acosh" | "arccosh" | "argcosh" => Known::Op(Op::Acosh),
        "artanh" | "atanh" | "arctanh" | "argtanh" => Known::Op(Op::Atanh),
        "log2" => Known::Op(Op::Log2),
        "log10" => Known::Op(Op::Log10),
        "expm1" => Known::Op(Op::Expm1),
        "log1p" => Known::Op(Op::Log1p),
        _ => return named_function(word),
    })
}

/// The function that `\sin^{-1}` means.
pub(super) fn inverse(op: Op) -> Option<Op> {
    Some(match op {
        Op::Sin => Op::Asin,
        Op::Cos => Op::Acos,
        Op::Tan => Op::Atan,
        Op::Sinh => Op::Asinh,
        Op::Cosh => Op::Acosh,
        Op::Tanh => Op::Atanh,
        _ => return None,
    })
}

/// Whether a command takes an argument without parentheses.
pub(super) fn takes_bare_argument(command: &str) -> bool {
    named_function(command).is_some()
}

/// Why a command cannot be part of a function, and what would work.
pub(super) fn refusal(command: &str) -> Option<(&'static str, &'static str)> {
    Some(match command {
        "int" | "iint" | "iiint" | "oint" | "smallint" => {
            ("an integral is not part of the function language", "write its value, or use `erf`")
        }
        "lim" | "limsup" | "liminf" | "varlimsup" | "varliminf" => {
            ("a limit is not part of the function language", "write its value")
        }
        "pm" | "mp" => ("this sign gives two values", "write one of them"),
        "cdots" | "ldots" | "dots" | "dotsc" | "dotsb" | "dotsm" | "vdots" | "ddots" => {
            ("the dots leave out terms", "write all terms, or a sum `\\sum_{k=0}^{5}`")
        }
        "infty" => ("infinity is not a number", ""),
        "partial" | "nabla" | "Delta_" => {
            ("this operator cannot be read here", "write `\\frac{d}{dx}` before what is derived")
        }
        "sup" | "inf" | "arg" | "argmin" | "argmax" | "det" | "dim" | "gcd" | "hom" | "ker" | "Pr" | "deg" => {
            ("this operator is not part of the function language", "")
        }
        "Re" | "Im" | "imath" | "jmath" => ("complex numbers are not part of the function language", ""),
        "lg" => {
            ("`\\lg` is the logarithm to base 10 or 2, depending on who writes it", "write `\\log_{10}` or `\\log_2`")
        }
        "approx" | "sim" | "simeq" | "cong" | "approxeq" | "thickapprox" | "thicksim" => {
            ("this does not say that both sides are equal", "write `=`, or end the formula before it")
        }
        "propto" => ("a proportion is no function", "write the factor"),
        "circ" => ("degrees and compositions are not part of the function language", "write `f(g(x))`, or radians"),
        "pmod" | "pod" => ("a congruence is not part of the function language", "write `x \\bmod 2`"),
        "to" | "rightarrow" | "longrightarrow" | "Rightarrow" | "implies" | "iff" | "Leftrightarrow" | "leftarrow" => {
            ("an arrow is not part of a function", "")
        }
        "surd" => ("this root has no end", "write `\\sqrt{…}`"),
        "otimes" | "oplus" | "odot" | "star" | "bullet" | "bigstar" | "dagger" => {
            ("this operation is not part of the function language", "")
        }
        "cup" | "cap" | "setminus" | "subset" | "subseteq" | "emptyset" | "varnothing" => {
            ("a set has no value here", "")
        }
        "forall" | "exists" => ("this belongs into a condition", ""),
        "%" => ("a percentage is not part of the function language", "write the fraction"),
        _ => return None,
    })
}

/// What words in a formula say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Say {
    /// A condition follows: "if".
    If,
    /// A condition follows, or a letter that stands for all numbers: "for all".
    ForAll,
    /// A condition follows that holds only where those before it do not: "else if".
    ElseIf,
    /// A condition came before: "のとき".
    Then,
    /// The remaining case: "otherwise".
    Otherwise,
    /// Both.
    And,
    /// One or the other.
    Or,
    /// Nothing: punctuation, "the".
    Nothing,
}

/// The phrases that mean something. Upper case and marks at their ends do not count.
const PHRASES: [(Say, &[&str]); 7] = [
    (
        Say::If,
        &[
            "if",
            "when",
            "for",
            "whenever",
            "where",
            "provided",
            "provided that",
            "in case",
            "as long as",
            "with",
            "wenn",
            "falls",
            "für",
            "si",
            "pour",
            "lorsque",
            "lorsqu'",
            "quand",
            "quando",
            "se",
            "cuando",
            "para",
            "per",
            "если",
            "при",
            "для",
            "当",
            "若",
            "如果",
            "ただし",
            "但し",
            "もし",
            "但",
        ],
    ),
    (
        Say::ForAll,
        &[
            "for all",
            "for every",
            "for any",
            "for each",
            "für alle",
            "für jedes",
            "pour tout",
            "para todo",
            "per ogni",
            "すべての",
            "全ての",
            "任意の",
            "对所有",
            "对任意",
        ],
    ),
    (Say::ElseIf, &["else if", "elif", "otherwise if", "otherwise, if", "sonst wenn", "sinon si"]),
    (
        Say::Then,
        &[
            "の場合",
            "のとき",
            "の時",
            "のときに",
            "のときは",
            "の場合は",
            "ならば",
            "なら",
            "とき",
            "場合",
            "のばあい",
            "时",
            "時",
            "的时候",
            "일 때",
            "일때",
            "인 경우",
            "인경우",
            "の範囲",
            "の範囲で",
        ],
    ),
    (
        Say::Otherwise,
        &[
            "otherwise",
            "else",
            "elsewhere",
            "o.w",
            "o/w",
            "ow",
            "dans les autres cas",
            "dans tous les autres cas",
            "in allen anderen fällen",
            "in den übrigen fällen",
            "そうでなければ",
            "in all other cases",
            "everywhere else",
            "in any other case",
            "other",
            "others",
            "any other x",
            "if otherwise",
            "for all other x",
            "for other x",
            "sonst",
            "andernfalls",
            "sinon",
            "autrement",
            "ailleurs",
            "altrimenti",
            "en otro caso",
            "en caso contrario",
            "de lo contrario",
            "caso contrário",
            "anders",
            "иначе",
            "в остальных случаях",
            "в противном случае",
            "それ以外",
            "その他",
            "それ以外の場合",
            "それ以外のとき",
            "それ以外の時",
            "その他の場合",
            "その他のとき",
            "上記以外",
            "そうでないとき",
            "そうでない場合",
            "其他",
            "其它",
            "否则",
            "其余",
            "其餘",
            "否則",
            "其他情况",
            "그 외",
            "그외",
            "그렇지 않으면",
            "그 외의 경우",
            "それ以外では",
        ],
    ),
    (Say::And, &["and", "und", "et", "and if", "かつ", "且", "및", "그리고", "およびに", "and also", "but"]),
    (Say::Or, &["or", "oder", "ou", "or if", "または", "又は", "あるいは", "或", "或者", "もしくは", "또는", "или"]),
];

/// What a few words say; `None` if they are a name or prose.
pub(super) fn say(words: &str) -> Option<Say> {
    let marks = |c: char| c.is_whitespace() || ",.;:()、。，．；：".contains(c);
    let plain: String = words.trim_matches(marks).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if plain.is_empty() || matches!(plain.as_str(), "the" | "we have" | "this is") {
        return Some(Say::Nothing);
    }
    PHRASES.iter().find(|(_, phrases)| phrases.contains(&plain.as_str())).map(|(say, _)| *say)
}

/// Whether words may be the name of a function or a parameter.
pub(super) fn is_name(word: &str) -> bool {
    let word = word.trim();
    !word.is_empty()
        && !is_ideographic(word)
        && word.chars().all(|c| c.is_alphanumeric() || "_-".contains(c))
        && word.starts_with(char::is_alphabetic)
}

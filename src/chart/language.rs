//! The words of descriptions and tables, in the languages of our readers.

/// A language that descriptions are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Japanese,
}

use Language::{English, Japanese};

impl Language {
    /// The language of a tag such as `ja` or `ja-JP`; English for those that are not spoken here.
    pub(super) fn of(tag: &str) -> Language {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        if primary.eq_ignore_ascii_case("ja") { Japanese } else { English }
    }

    /// The heading of the table.
    pub(super) fn values(self) -> &'static str {
        match self {
            English => "Table of values",
            Japanese => "数値の表",
        }
    }

    /// What the whole chart is.
    pub(super) fn graph(self, names: &[String], (left, right): (String, String)) -> String {
        match self {
            English => format!("Graph of {} for x from {left} to {right}.", and(names)),
            Japanese => format!("{}のグラフ（{left} ≤ x ≤ {right}）。", names.join("、")),
        }
    }

    /// The letter that moves, in a chart of a family of curves.
    pub(super) fn family(self, name: &str, (first, last): (&str, &str), count: usize) -> String {
        match self {
            English => format!("A family: {name} takes {count} values from {first} to {last}."),
            Japanese => format!("{name} は {first} から {last} までの {count} 通りの値をとる。"),
        }
    }

    /// A curve with the letter held; `value` reads like `a = 0.5`.
    pub(super) fn held(self, curve: &str, value: &str) -> String {
        match self {
            English => format!("{curve} with {value}"),
            Japanese => format!("{curve}（{value}）"),
        }
    }

    /// A curve and what is said of it.
    pub(super) fn curve(self, name: &str, clauses: &[String]) -> String {
        match self {
            English => format!("{name}: {}.", clauses.join("; ")),
            Japanese => format!("{name}：{}。", clauses.join("、")),
        }
    }

    /// What stands in a chart without a curve.
    pub(super) fn nothing(self) -> &'static str {
        match self {
            English => "nothing to draw in this window",
            Japanese => "この範囲に描くものはありません",
        }
    }

    pub(super) fn nowhere(self) -> String {
        match self {
            English => "defined nowhere in this window".to_owned(),
            Japanese => "この範囲では定義されない".to_owned(),
        }
    }

    /// Where it is defined; each part reads like `0 ≤ x < 4`.
    pub(super) fn domain(self, parts: &[String]) -> String {
        match self {
            English => format!("defined for {}", and(parts)),
            Japanese => format!("定義域は {}", parts.join("、")),
        }
    }

    pub(super) fn constant(self, value: &str, from: &str, to: &str) -> String {
        match self {
            English => format!("constant {value} from x = {from} to {to}"),
            Japanese => format!("x = {from} から {to} まで一定値 {value}"),
        }
    }

    pub(super) fn rises(self, (x, y): (&str, &str), (to_x, to_y): (&str, &str)) -> String {
        match self {
            English => format!("rises from {y} at x = {x} to {to_y} at x = {to_x}"),
            Japanese => format!("x = {x} の {y} から x = {to_x} の {to_y} まで増加"),
        }
    }

    pub(super) fn falls(self, (x, y): (&str, &str), (to_x, to_y): (&str, &str)) -> String {
        match self {
            English => format!("falls from {y} at x = {x} to {to_y} at x = {to_x}"),
            Japanese => format!("x = {x} の {y} から x = {to_x} の {to_y} まで減少"),
        }
    }

    /// In place of too many rises and falls.
    pub(super) fn waves(self, maxima: usize, minima: usize) -> String {
        match self {
            English => format!("rises and falls, with {maxima} maxima and {minima} minima"),
            Japanese => format!("増減をくり返し、極大 {maxima} 個、極小 {minima} 個"),
        }
    }

    pub(super) fn maximum(self, x: &str, y: &str) -> String {
        match self {
            English => format!("maximum {y} at x = {x}"),
            Japanese => format!("x = {x} で極大値 {y}"),
        }
    }

    pub(super) fn minimum(self, x: &str, y: &str) -> String {
        match self {
            English => format!("minimum {y} at x = {x}"),
            Japanese => format!("x = {x} で極小値 {y}"),
        }
    }

    pub(super) fn kink(self, x: &str, y: &str) -> String {
        match self {
            English => format!("kink at x = {x}, value {y}"),
            Japanese => format!("x = {x} で折れ曲がる（値 {y}）"),
        }
    }

    pub(super) fn jump(self, x: &str, left: &str, right: &str, value: Option<&str>) -> String {
        match (self, value) {
            (English, Some(value)) => format!("jump at x = {x} from {left} to {right}, value {value}"),
            (English, None) => format!("jump at x = {x} from {left} to {right}, undefined there"),
            (Japanese, Some(value)) => format!("x = {x} で {left} から {right} へ跳ぶ（値 {value}）"),
            (Japanese, None) => format!("x = {x} で {left} から {right} へ跳ぶ（値なし）"),
        }
    }

    pub(super) fn hole(self, x: &str, limit: &str) -> String {
        match self {
            English => format!("hole at x = {x}, limit {limit}"),
            Japanese => format!("x = {x} は定義されず、極限は {limit}"),
        }
    }

    pub(super) fn pole(self, x: &str, left: &str, right: &str) -> String {
        match self {
            English => format!("pole at x = {x}, {left} on the left, {right} on the right"),
            Japanese => format!("x = {x} で発散（左から {left}、右から {right}）"),
        }
    }

    pub(super) fn isolated(self, x: &str, value: &str) -> String {
        match self {
            English => format!("isolated point at x = {x}, value {value}"),
            Japanese => format!("x = {x} に孤立した点（値 {value}）"),
        }
    }

    pub(super) fn murky(self, from: &str, to: &str, low: &str, high: &str) -> String {
        match self {
            English => format!("too fast to draw between x = {from} and {to}, values from {low} to {high}"),
            Japanese => format!("x = {from} から {to} では描けないほど速く変化（値は {low} から {high}）"),
        }
    }

    /// In place of a list that would be too long.
    pub(super) fn more(self, count: usize) -> String {
        match self {
            English => format!("and {count} more such places"),
            Japanese => format!("ほかに同様の点が {count} 個"),
        }
    }

    pub(super) fn tends(self, limit: &str, to: &str) -> String {
        match self {
            English => format!("tends to {limit} as x → {to}"),
            Japanese => format!("x → {to} で {limit} に近づく"),
        }
    }

    pub(super) fn undefined(self) -> &'static str {
        match self {
            English => "undefined",
            Japanese => "なし",
        }
    }
}

/// `a, b and c`.
fn and(parts: &[String]) -> String {
    match parts {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => parts.concat(),
    }
}

//! What the comments of generated code say.

use std::sync::Arc;

use super::cases;
use super::{Language, Wanted};
use crate::function::catalogue::Meaning;
use crate::function::expression::{Definition, Expr, Node, Op};
use crate::function::{Kind, Scope};

/// The language of the readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// For everybody who is not named below.
    English,
    /// Japanese.
    Japanese,
}

use Tongue::{English, Japanese};

impl Tongue {
    /// The tongue for a language tag.
    #[must_use]
    pub fn of(tag: &str) -> Tongue {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        if primary.eq_ignore_ascii_case("ja") { Japanese } else { English }
    }

    /// What the sigmoid is that others call.
    pub(super) fn sigmoid(self) -> &'static str {
        match self {
            English => "The logistic sigmoid 1 / (1 + exp(-x)), without overflow.",
            Japanese => "シグモイド関数 1 / (1 + exp(-x))。オーバーフローしない形",
        }
    }

    /// What softplus is that others call.
    pub(super) fn softplus(self) -> &'static str {
        match self {
            English => "Softplus ln(1 + exp(x)), without overflow.",
            Japanese => "ソフトプラス ln(1 + exp(x))。オーバーフローしない形",
        }
    }

    fn undefined(self) -> &'static str {
        match self {
            English => "undefined",
            Japanese => "定義なし",
        }
    }

    /// `0 if x < 0, else x`.
    fn cases(self, rows: &[(String, String)], default: &str) -> String {
        match self {
            English => {
                let rows: String = rows.iter().map(|(value, test)| format!("{value} if {test}, ")).collect();
                format!("{rows}else {default}")
            }
            Japanese => {
                let rows: String = rows.iter().map(|(value, test)| format!("{test} なら {value}、")).collect();
                format!("{rows}それ以外は {default}")
            }
        }
    }

    fn formula(self, name: &str, formula: Option<String>) -> String {
        match (self, formula) {
            (English, Some(formula)) => format!("{name}(x) is {formula}."),
            (English, None) => format!("The function {name}."),
            (Japanese, Some(formula)) => format!("{name}(x): {formula}"),
            (Japanese, None) => format!("関数 {name}"),
        }
    }

    fn derivative(self, name: &str, order: u32, at: Option<String>) -> String {
        match self {
            English => {
                let nth = match order {
                    1 => String::new(),
                    2 => "second ".to_owned(),
                    3 => "third ".to_owned(),
                    order => format!("{order}th "),
                };
                let at = at.map_or(String::new(), |at| format!("; {at}"));
                format!("The {nth}derivative of {name}{at}.")
            }
            Japanese => {
                let nth = if order == 1 { "導関数".to_owned() } else { format!("{order}階導関数") };
                let at = at.map_or(String::new(), |at| format!("。{at}"));
                format!("{name} の{nth}{at}")
            }
        }
    }

    fn at(self, x: f64, value: &str) -> String {
        match self {
            English => format!("at x = {x} it is {value}"),
            Japanese => format!("x = {x} では {value}"),
        }
    }

    fn usually(self, values: &str) -> String {
        match self {
            English => format!("Usually {values}."),
            Japanese => format!("通常は {values}"),
        }
    }

    fn list(self, parts: &[String]) -> String {
        parts.join(if self == English { ", " } else { "、" })
    }
}

/// Long names of the catalogue.
const NAMES: [(&str, &str); 21] = [
    ("relu", "The rectified linear unit"),
    ("leaky_relu", "The leaky rectified linear unit"),
    ("relu6", "The rectified linear unit, capped at 6"),
    ("softsign", "Softsign"),
    ("silu", "The sigmoid linear unit, also called swish"),
    ("mish", "Mish"),
    ("gelu", "The Gaussian error linear unit"),
    ("gelu_tanh", "The Gaussian error linear unit, approximated with tanh"),
    ("elu", "The exponential linear unit"),
    ("selu", "The scaled exponential linear unit"),
    ("celu", "The continuously differentiable exponential linear unit"),
    ("hardtanh", "Hard tanh"),
    ("hardsigmoid", "Hard sigmoid"),
    ("hardswish", "Hard swish"),
    ("hardshrink", "Hard shrinkage"),
    ("softshrink", "Soft shrinkage"),
    ("logsigmoid", "The logarithm of the sigmoid"),
    ("sigmoid", "The logistic sigmoid"),
    ("softplus", "Softplus"),
    ("step", "The unit step"),
    ("tanhshrink", "Tanh shrinkage"),
];

/// What a comment says of a function.
pub(super) fn about(
    definition: &Definition,
    wanted: Option<&Wanted>,
    (language, tongue): (Language, Tongue),
    parameters: &[(String, Option<Node>)],
) -> Vec<String> {
    let mut lines = Vec::new();
    if definition.order == 0 {
        let long = NAMES.iter().find(|(name, _)| *name == &*definition.name && tongue == English);
        let long = long.filter(|_| is_of_catalogue(definition)).map(|(_, long)| *long);
        match (long, in_words(&definition.body, tongue)) {
            (Some(long), Some(formula)) if long.len() + formula.len() < 60 => lines.push(format!("{long}: {formula}.")),
            (Some(long), formula) => {
                lines.push(format!("{long}{}", if formula.is_some() { ":" } else { "." }));
                lines.extend(formula.map(|formula| format!("{formula}.")));
            }
            (None, formula) => lines.push(tongue.formula(&definition.name, formula)),
        }
    } else {
        let at = wanted.and_then(|wanted| at_breakpoints(wanted, definition, tongue));
        lines.push(tongue.derivative(&definition.name, definition.order, at));
    }
    // Languages without defaults say in words what is usual.
    if matches!(language, Language::Rust | Language::C) {
        let usual = parameters.iter().filter_map(|(name, default)| {
            Some(format!("{} = {}", language.identifier(name), short(default.as_ref()?)))
        });
        let usual: Vec<String> = usual.collect();
        if !usual.is_empty() {
            lines.push(tongue.usually(&tongue.list(&usual)));
        }
    }
    lines
}

fn is_of_catalogue(definition: &Definition) -> bool {
    match Scope::catalogue().meaning(&definition.name) {
        Some(Meaning::Defined(known)) => *known == *definition,
        Some(Meaning::Primitive(op)) => matches!(&*definition.body, Expr::Apply(own, _) if *own == op),
        None => false,
    }
}

/// A constant as a comment shows it.
fn short(node: &Node) -> String {
    match node.number() {
        Some(number) => format!("{}", number.value.hi),
        None => node.to_string(),
    }
}

/// A body that is short enough for a comment.
fn in_words(body: &Node, tongue: Tongue) -> Option<String> {
    const LONGEST: usize = 60;
    let body = &match &**body {
        Expr::Apply(op, arguments) => cases::of_step(*op, &arguments[0]).map_or(body.clone(), Arc::new),
        _ => body.clone(),
    };
    let text = match &**body {
        Expr::Apply(Op::Tanhshrink, _) => "x - tanh(x)".to_owned(),
        Expr::Apply(..) => return None,
        Expr::Piecewise(rows, default) => {
            let cases = cases::read(rows, default.as_ref());
            let mut parts = Vec::new();
            for row in &cases.rows {
                let [all] = row.test.as_slice() else { return None };
                let [comparison] = all.as_slice() else { return None };
                let test = format!("{} {} {}", comparison.left, comparison.relation, comparison.right);
                parts.push((row.value.to_string(), test));
            }
            let default = cases.default.map(|(value, _)| value.to_string());
            tongue.cases(&parts, default.as_deref().unwrap_or(tongue.undefined()))
        }
        _ => body.to_string(),
    };
    (text.chars().count() <= LONGEST).then_some(text)
}

/// What the derivative is where the function kinks or jumps: "at x = 0 it is 0".
fn at_breakpoints(wanted: &Wanted, definition: &Definition, tongue: Tongue) -> Option<String> {
    const WINDOW: f64 = 20.0;
    const MOST: usize = 2;
    const MOST_PARTS: usize = 60;
    // To find the breakpoints of a large function takes longer than a remark is worth.
    if !definition.parameters.is_empty() || !definition.body.is_within(&mut { MOST_PARTS }) {
        return None;
    }
    let function = wanted.antiderivative.as_ref()?;
    let analysis = function.analyse(-WINDOW, WINDOW);
    let breaks = analysis.breakpoints.iter().filter(|point| matches!(point.kind, Kind::Kink | Kind::Jump));
    let places: Vec<f64> = breaks.map(|point| point.x).collect();
    if places.is_empty() || places.len() > MOST {
        return None;
    }
    let said = places.iter().map(|x| {
        let value = wanted.function.value(*x);
        tongue.at(*x, &if value.is_nan() { tongue.undefined().to_owned() } else { format!("{}", value + 0.0) })
    });
    Some(tongue.list(&said.collect::<Vec<_>>()))
}

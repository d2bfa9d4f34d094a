//! Expressions as TeX, piece by piece: each piece says how it holds together, so that it is put into parentheses where it
//! would be read in another way.

use std::cell::Cell;
use std::sync::Arc;

use super::cases::{self, Interval, Row, When};
use super::{Parameters, Wording, neat};
use crate::definition::is_letter;
use crate::function::derivative;
use crate::function::expression::{Condition, Definition, Expr, Node, Number, Op, Relation};

/// The name of a function or a parameter as TeX.
pub(super) fn name(name: &str) -> String {
    let (base, index) = name.split_once('_').filter(|(base, _)| letter(base).is_some()).unwrap_or((name, ""));
    match letter(base) {
        Some(letter) if index.is_empty() => letter,
        Some(letter) if index.chars().count() == 1 => format!("{letter}_{index}"),
        Some(letter) => format!("{letter}_{{\\mathrm{{{}}}}}", index.replace('_', "\\_")),
        None => format!("\\operatorname{{{}}}", name.replace('_', "\\_")),
    }
}

/// A Greek letter or one of our alphabet.
fn letter(name: &str) -> Option<String> {
    if is_letter(name) {
        return Some(format!("\\{name}"));
    }
    let mut letters = name.chars();
    (letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.next().is_none()).then(|| name.to_owned())
}

/// How a piece of TeX holds together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A letter, a call with its parentheses, bars, a root.
    Atom,
    /// A function like `\sin` with parentheses, whose power has to be written elsewhere.
    Applied,
    /// Digits.
    Number,
    /// A fraction.
    Fraction,
    /// A power, or a function with a power.
    Power,
    /// A function whose argument has no parentheses: `\sin x`.
    Bare,
    Product,
    Negative,
    Sum,
    /// A remainder.
    Modulo,
    /// Rows.
    Cases,
}

/// A piece of TeX.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) tex: String,
    form: Form,
    /// Higher than a line of text.
    tall: bool,
}

impl Piece {
    fn new(tex: impl Into<String>, form: Form, tall: bool) -> Piece {
        Piece { tex: tex.into(), form, tall }
    }

    fn in_parentheses(self) -> Piece {
        let tex = fenced("(", &self, ")");
        Piece { tex, form: Form::Atom, tall: self.tall }
    }

    pub(super) fn unless(self, allowed: &[Form]) -> Piece {
        if allowed.contains(&self.form) { self } else { self.in_parentheses() }
    }
}

fn fenced(open: &str, inner: &Piece, close: &str) -> String {
    if inner.tall { format!("\\left{open} {} \\right{close}", inner.tex) } else { spaced(open, &inner.tex, close) }
}

/// A command is parted from a letter behind it.
fn spaced(open: &str, inner: &str, close: &str) -> String {
    let gap = if open.ends_with(char::is_alphabetic) && inner.starts_with(char::is_alphanumeric) { " " } else { "" };
    let end = if close.starts_with('\\') { " " } else { "" };
    format!("{open}{gap}{inner}{end}{close}")
}

/// Writes the expressions of one formula.
pub(super) struct Writer<'a> {
    pub(super) variable: &'a str,
    pub(super) wording: Wording<'a>,
    pub(super) parameters: Parameters<'a>,
    /// How many parts may still be written.
    pub(super) parts: Cell<usize>,
}

impl Writer<'_> {
    /// A right side; a single row is the value and its condition.
    pub(super) fn whole(&self, node: &Node) -> Option<String> {
        if let Expr::Piecewise(all, default) = &**node
            && let [Row { value, when }] = cases::rows(all, default.as_ref(), self.parameters).as_slice()
        {
            let condition = match when {
                When::In(set) => self.set(set)?,
                When::If(condition) if condition.terms.iter().all(|term| term.has_variable()) => {
                    self.comparisons(condition)?
                }
                When::If(_) => return Some(self.piece(node)?.tex),
                When::Otherwise => String::new(),
            };
            let value = self.piece(value)?;
            return Some(if condition.is_empty() { value.tex } else { format!("{} \\quad ({condition})", value.tex) });
        }
        Some(self.piece(node)?.tex)
    }

    /// What is derived and what it becomes: row by row, or as a chain.
    pub(super) fn steps(&self, before: &Node, after: &Node) -> Option<String> {
        let derived = |value: &Node, slope: &Node| -> Option<String> {
            let value = self.piece(value)?.unless(&DERIVED);
            Some(format!("\\frac{{d}}{{d{}}} {} = {}", self.variable, value.tex, self.piece(slope)?.tex))
        };
        let Expr::Piecewise(all, default) = &**before else {
            let before = self.piece(before)?.unless(&DERIVED);
            return Some(format!("\\frac{{d}}{{d{}}} {} = {}", self.variable, before.tex, self.whole(after)?));
        };
        let slope = |value: &Node| neat(&derivative::of(value), self.parameters);
        let mut lines = Vec::new();
        for row in cases::rows(all, default.as_ref(), self.parameters) {
            let found = slope(&row.value);
            let (slope, further) = match &*found {
                Expr::Piecewise(rows, None) if rows.len() == 1 => (rows[0].1.clone(), false),
                Expr::Piecewise(..) => (found.clone(), true),
                _ => (found.clone(), false),
            };
            if further {
                return None;
            }
            lines.push(format!("{} & {}", derived(&row.value, &slope)?, self.condition(&row.when, lines.len())?));
        }
        Some(format!("\\begin{{cases}} {} \\end{{cases}}", lines.join(" \\\\ ")))
    }

    pub(super) fn piece(&self, node: &Node) -> Option<Piece> {
        self.parts.set(self.parts.get().checked_sub(1)?);
        Some(match &**node {
            Expr::Number(number) => written(*number)?,
            Expr::Pi => Piece::new("\\pi", Form::Atom, false),
            Expr::E => Piece::new("e", Form::Atom, false),
            Expr::Variable => Piece::new(self.variable, Form::Atom, false),
            Expr::Parameter(parameter) => Piece::new(name(parameter), Form::Atom, false),
            Expr::Sum(terms) => self.sum(terms)?,
            Expr::Product(factors) => self.product(factors)?,
            Expr::Quotient(above, below) => self.quotient(above, below)?,
            Expr::Negative(inner) => {
                let inner = self.piece(inner)?.unless(&[
                    Form::Atom,
                    Form::Applied,
                    Form::Number,
                    Form::Fraction,
                    Form::Power,
                    Form::Bare,
                    Form::Product,
                ]);
                Piece::new(format!("-{}", inner.tex), Form::Negative, inner.tall)
            }
            Expr::Power(base, exponent) => self.power(base, exponent)?,
            Expr::Apply(op, arguments) => self.apply(*op, arguments)?,
            Expr::Call(definition, arguments) => self.call(definition, arguments)?,
            Expr::Piecewise(all, default) => {
                let rows = cases::rows(all, default.as_ref(), self.parameters);
                if let [Row { value, when: When::In(set) }] = rows.as_slice()
                    && self.set(set)?.is_empty()
                {
                    return self.piece(value);
                }
                let mut lines = Vec::new();
                for row in &rows {
                    let condition = self.condition(&row.when, lines.len())?;
                    lines.push(format!("{} & {condition}", self.piece(&row.value)?.tex));
                }
                Piece::new(format!("\\begin{{cases}} {} \\end{{cases}}", lines.join(" \\\\ ")), Form::Cases, true)
            }
        })
    }

    /// What stands between bars or brackets; a remainder there is easily misread.
    fn between_bars(&self, node: &Node) -> Option<Piece> {
        let inner = self.piece(node)?;
        Some(if matches!(inner.form, Form::Modulo) { inner.in_parentheses() } else { inner })
    }

    fn sum(&self, terms: &[Node]) -> Option<Piece> {
        let mut tex = String::new();
        let mut tall = false;
        for (place, term) in terms.iter().enumerate() {
            let piece = self.piece(term)?;
            let piece = match piece.form {
                Form::Sum | Form::Modulo | Form::Cases => piece.in_parentheses(),
                _ => piece,
            };
            tall |= piece.tall;
            match piece.tex.strip_prefix('-') {
                Some(positive) if place > 0 => tex.push_str(&format!(" - {}", positive.trim_start())),
                _ if place > 0 => tex.push_str(&format!(" + {}", piece.tex)),
                _ => tex.push_str(&piece.tex),
            }
        }
        Some(Piece::new(tex, Form::Sum, tall))
    }

    fn product(&self, factors: &[Node]) -> Option<Piece> {
        let is_one = |node: &Node| node.number().is_some_and(|number| number.is(1));
        if factors.iter().any(is_one) {
            let rest: Vec<Node> = factors.iter().filter(|one| !is_one(one)).cloned().collect();
            return match rest.as_slice() {
                [] => self.piece(&factors[0]),
                [one] => self.piece(one),
                rest => self.product(rest),
            };
        }
        let mut tex = String::new();
        let (mut tall, mut numeric, mut minus) = (false, false, false);
        for (place, factor) in factors.iter().enumerate() {
            let last = place + 1 == factors.len();
            if place == 0 && !last && factor.number().is_some_and(|number| number.is(-1)) {
                minus = true;
                continue;
            }
            let piece = match &**factor {
                Expr::Apply(..) | Expr::Power(..) if !last => self.closed(factor)?,
                _ => self.piece(factor)?,
            };
            let first = tex.is_empty();
            let piece = match piece.form {
                Form::Sum | Form::Modulo | Form::Cases => piece.in_parentheses(),
                Form::Negative | Form::Product if !first => piece.in_parentheses(),
                Form::Bare if !last => piece.in_parentheses(),
                _ => piece,
            };
            tall |= piece.tall;
            let digit = piece.tex.starts_with(|c: char| c.is_ascii_digit());
            if !first {
                tex.push_str(if digit || numeric && piece.form == Form::Fraction { " \\cdot " } else { " " });
            }
            tex.push_str(&piece.tex);
            numeric = piece.form == Form::Fraction || factor.number().is_some();
        }
        if minus {
            tex.insert(0, '-');
        }
        let form = if tex.starts_with('-') { Form::Negative } else { Form::Product };
        Some(Piece::new(tex, form, tall))
    }

    /// A function or its power with parentheses around the argument, so that something may stand behind it.
    fn closed(&self, node: &Node) -> Option<Piece> {
        let piece = self.piece(node)?;
        if piece.form != Form::Bare {
            return Some(piece);
        }
        match &**node {
            Expr::Apply(op, arguments) => self.function(*op, "", arguments, true),
            Expr::Power(base, exponent) => match (&**base, exponent.number()) {
                (Expr::Apply(op, arguments), Some(power)) => {
                    self.function(*op, &format!("^{}", grouped(&power.to_string())), arguments, true)
                }
                _ => Some(piece.in_parentheses()),
            },
            _ => Some(piece.in_parentheses()),
        }
    }

    fn quotient(&self, above: &Node, below: &Node) -> Option<Piece> {
        // A product over a number: the fraction stands in front.
        if let (Expr::Product(factors), Expr::Number(_)) = (&**above, &**below)
            && factors.iter().any(|one| {
                !matches!(
                    **one,
                    Expr::Number(_) | Expr::Variable | Expr::Parameter(_) | Expr::Pi | Expr::E | Expr::Power(..)
                )
            })
        {
            let simple =
                |one: &&Node| matches!(***one, Expr::Number(_) | Expr::Variable | Expr::Parameter(_) | Expr::Pi);
            let count = factors.iter().take_while(simple).count();
            let of = |all: &[Node]| match all {
                [] => Expr::integer(1),
                [one] => one.clone(),
                all => Arc::new(Expr::Product(all.to_vec())),
            };
            if count < factors.len() {
                let front = self.quotient(&of(&factors[..count]), below)?;
                let rest = self.product(&factors[count..])?;
                let rest = if factors.len() - count == 1 {
                    rest.unless(&[Form::Product, Form::Power, Form::Bare, Form::Applied, Form::Atom])
                } else {
                    rest
                };
                let rest = if rest.form == Form::Negative { rest.in_parentheses() } else { rest };
                let sign = if rest.tex.starts_with(|c: char| c.is_ascii_digit()) { " \\cdot " } else { " " };
                return Some(Piece::new(format!("{}{sign}{}", front.tex, rest.tex), Form::Product, true));
            }
        }
        let (above, below) = (self.piece(above)?, self.piece(below)?);
        if let Some(positive) = above.tex.strip_prefix('-').filter(|_| above.form == Form::Negative) {
            return Some(Piece::new(format!("-\\frac{{{positive}}}{{{}}}", below.tex), Form::Negative, true));
        }
        Some(Piece::new(format!("\\frac{{{}}}{{{}}}", above.tex, below.tex), Form::Fraction, true))
    }

    /// What stands above in small letters: `-x^2/2` rather than a fraction.
    fn exponent(&self, node: &Node) -> Option<String> {
        let simple = |node: &Node| {
            matches!(**node, Expr::Variable | Expr::Parameter(_) | Expr::Number(_) | Expr::Pi)
                || matches!(&**node, Expr::Power(base, exponent) if matches!(**base, Expr::Variable | Expr::Parameter(_)) && exponent.number().is_some())
        };
        let inner = match &**node {
            Expr::Negative(inner) => inner,
            _ => node,
        };
        let sign = if matches!(**node, Expr::Negative(_)) { "-" } else { "" };
        if let Expr::Quotient(above, below) = &**inner
            && simple(above)
            && simple(below)
        {
            let (above, below) = (self.piece(above)?, self.piece(below)?);
            if !above.tall && !below.tall && above.form != Form::Negative && below.form != Form::Negative {
                return Some(format!("{sign}{}/{}", above.tex, below.tex));
            }
        }
        Some(self.piece(node)?.tex)
    }

    fn power(&self, base: &Node, exponent: &Node) -> Option<Piece> {
        let whole = exponent.number().and_then(Number::as_integer);
        if whole == Some(1) {
            return self.piece(base);
        }
        if let (Expr::Apply(op, arguments), Some(power @ 2..)) = (&**base, whole)
            && takes_power(*op)
        {
            return self.function(*op, &format!("^{}", grouped(&power.to_string())), arguments, false);
        }
        let base = match &**base {
            Expr::Number(number) if number.is_negative() || written(*number)?.form != Form::Number => {
                self.piece(base)?.in_parentheses()
            }
            Expr::Apply(op, _) if takes_power(*op) || *op == Op::Exp => self.piece(base)?.in_parentheses(),
            // Behind more than a single name, an exponent could be that of the argument.
            Expr::Call(_, arguments) if !matches!(*arguments[0], Expr::Variable | Expr::Parameter(_)) => {
                self.piece(base)?.in_parentheses()
            }
            _ => self.piece(base)?.unless(&[Form::Atom, Form::Number]),
        };
        let exponent = self.exponent(exponent)?;
        Some(Piece::new(format!("{}^{}", base.tex, grouped(&exponent)), Form::Power, base.tall))
    }

    fn apply(&self, op: Op, arguments: &[Node]) -> Option<Piece> {
        let argument = &arguments[0];
        let atom = |tex: String, tall: bool| Some(Piece::new(tex, Form::Atom, tall));
        match op {
            Op::Abs => {
                let inner = self.between_bars(argument)?;
                atom(fenced("\\lvert", &inner, "\\rvert"), inner.tall)
            }
            Op::Floor => {
                let inner = self.between_bars(argument)?;
                atom(fenced("\\lfloor", &inner, "\\rfloor"), inner.tall)
            }
            Op::Ceil => {
                let inner = self.between_bars(argument)?;
                atom(fenced("\\lceil", &inner, "\\rceil"), inner.tall)
            }
            Op::Sqrt => atom(format!("\\sqrt{{{}}}", self.piece(argument)?.tex), true),
            Op::Cbrt => atom(format!("\\sqrt[3]{{{}}}", self.piece(argument)?.tex), true),
            Op::Exp => {
                let known = self.variable == "e" || self.parameters.iter().any(|(name, _)| &**name == "e");
                let exponent = self.exponent(argument)?;
                if known || exponent.contains("\\frac") || exponent.contains("\\begin") || exponent.len() > 40 {
                    return self.function(op, "", arguments, true);
                }
                Some(Piece::new(format!("e^{}", grouped(&exponent)), Form::Power, false))
            }
            Op::Expm1 => {
                let power = self.apply(Op::Exp, arguments)?;
                Some(Piece::new(format!("{} - 1", power.tex), Form::Sum, power.tall))
            }
            Op::Log1p => {
                let inner = self.sum(&[Expr::integer(1), argument.clone()])?;
                Some(Piece::new(format!("\\ln{}", fenced("(", &inner, ")")), Form::Applied, inner.tall))
            }
            // The complement reads better with a sum: 1 + erf u for erfc(−u).
            Op::Erfc if matches!(**argument, Expr::Negative(_)) => {
                let Expr::Negative(inner) = &**argument else { return None };
                let error = self.function(Op::Erf, "", std::slice::from_ref(inner), true)?;
                Some(Piece::new(format!("1 + {}", error.tex), Form::Sum, error.tall))
            }
            Op::Mod => {
                let allowed = [Form::Atom, Form::Applied, Form::Number, Form::Fraction, Form::Power];
                let (a, b) = (self.piece(argument)?.unless(&allowed), self.piece(&arguments[1])?.unless(&allowed));
                Some(Piece::new(format!("{} \\bmod {}", a.tex, b.tex), Form::Modulo, a.tall || b.tall))
            }
            Op::Min | Op::Max => {
                let mut list = Vec::new();
                let mut tall = false;
                for argument in arguments {
                    let piece = self.piece(argument)?;
                    tall |= piece.tall;
                    list.push(piece.tex);
                }
                let inner = Piece::new(list.join(", "), Form::Atom, tall);
                atom(format!("\\{}{}", op.name(), fenced("(", &inner, ")")), tall)
            }
            _ => self.function(op, "", arguments, false),
        }
    }

    /// A function with a name, such as `\sin`, with `marks` behind the name.
    fn function(&self, op: Op, marks: &str, arguments: &[Node], closed: bool) -> Option<Piece> {
        let argument = self.piece(&arguments[0])?;
        let command = command(op);
        let bare = !closed
            && command.starts_with('\\')
            && !command.contains('{')
            && matches!(*arguments[0], Expr::Variable | Expr::Parameter(_) | Expr::Pi);
        if bare {
            return Some(Piece::new(format!("{command}{marks} {}", argument.tex), Form::Bare, false));
        }
        let tex = format!("{command}{marks}{}", fenced("(", &argument, ")"));
        let own = matches!(op, Op::Sigmoid | Op::Softplus | Op::Step | Op::Heaviside | Op::Tanhshrink);
        let form = match marks {
            "" if own => Form::Atom,
            "" => Form::Applied,
            _ => Form::Power,
        };
        Some(Piece::new(tex, form, argument.tall))
    }

    fn call(&self, definition: &Definition, arguments: &[Node]) -> Option<Piece> {
        let first = self.piece(&arguments[0])?;
        let (mut list, mut tall) = (vec![first.tex], first.tall);
        let given = definition.parameters.iter().zip(&arguments[1..]);
        if given.clone().any(|((_, value), argument)| value.as_ref() != Some(argument)) {
            for (_, argument) in given {
                let piece = self.piece(argument)?;
                tall |= piece.tall;
                list.push(piece.tex);
            }
        }
        let parameters = list.split_off(1).join(", ");
        if !parameters.is_empty() {
            list.push(parameters);
        }
        let inner = Piece::new(list.join("; "), Form::Atom, tall);
        let name = format!("{}{}", name(&definition.name), "'".repeat(definition.order as usize));
        Some(Piece::new(format!("{name}{}", fenced("(", &inner, ")")), Form::Atom, tall))
    }

    fn condition(&self, when: &When, place: usize) -> Option<String> {
        Some(match when {
            When::Otherwise => format!("\\text{{{}}}", self.wording.otherwise),
            When::In(set) => self.set(set)?,
            When::If(condition) => {
                let word = if place == 0 { "if " } else { "else if " };
                format!("\\text{{{word}}} {}", self.comparisons(condition)?)
            }
        })
    }

    fn comparisons(&self, condition: &Condition) -> Option<String> {
        let mut tex = self.piece(&condition.terms[0])?.unless(&INSIDE).tex;
        for (relation, term) in condition.relations.iter().zip(&condition.terms[1..]) {
            tex.push_str(&format!(" {} {}", sign(*relation), self.piece(term)?.unless(&INSIDE).tex));
        }
        Some(tex)
    }

    /// The numbers of a set as a condition; empty for all numbers.
    fn set(&self, set: &[Interval]) -> Option<String> {
        let x = self.variable;
        let of = |node: &Node| Some(self.piece(node)?.tex);
        if let Some(node) = cases::hole(&set.to_vec()) {
            return Some(format!("{x} \\ne {}", of(node)?));
        }
        if let [_, right] = set
            && cases::symmetrical(&set.to_vec())
            && let Some(node) = &right.low.node
        {
            return Some(format!("\\lvert {x} \\rvert {} {}", above(right.low.closed), of(node)?));
        }
        let mut parts = Vec::new();
        for interval in set {
            parts.push(self.interval(interval)?);
        }
        Some(parts.join(&format!(" \\text{{ {} }} ", self.wording.or)))
    }

    fn interval(&self, interval: &Interval) -> Option<String> {
        let x = self.variable;
        let of = |node: &Node| Some(self.piece(node)?.tex);
        Some(match (&interval.low.node, &interval.high.node) {
            (None, None) => String::new(),
            (Some(low), _) if interval.is_point() => format!("{x} = {}", of(low)?),
            (Some(low), None) => format!("{x} {} {}", above(interval.low.closed), of(low)?),
            (None, Some(high)) => format!("{x} {} {}", below(interval.high.closed), of(high)?),
            (Some(_), Some(high)) if interval.mirrored() && high.number().is_none() => {
                format!("\\lvert {x} \\rvert {} {}", below(interval.high.closed), of(high)?)
            }
            (Some(low), Some(high)) => {
                format!("{} {} {x} {} {}", of(low)?, below(interval.low.closed), below(interval.high.closed), of(high)?)
            }
        })
    }
}

/// Forms that a derivative may stand in front of.
pub(super) const DERIVED: [Form; 6] =
    [Form::Atom, Form::Applied, Form::Number, Form::Power, Form::Fraction, Form::Bare];

/// Forms that may stand on a side of a comparison.
const INSIDE: [Form; 8] =
    [Form::Atom, Form::Number, Form::Fraction, Form::Power, Form::Bare, Form::Product, Form::Negative, Form::Sum];

fn above(closed: bool) -> &'static str {
    if closed { "\\ge" } else { ">" }
}

fn below(closed: bool) -> &'static str {
    if closed { "\\le" } else { "<" }
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Less => "<",
        Relation::LessEqual => "\\le",
        Relation::Equal => "=",
        Relation::GreaterEqual => "\\ge",
        Relation::Greater => ">",
        Relation::NotEqual => "\\ne",
        Relation::And => "\\land",
    }
}

/// An exponent or an index: braces unless it is one character.
fn grouped(tex: &str) -> String {
    if tex.chars().count() == 1 { tex.to_owned() } else { format!("{{{tex}}}") }
}

/// Functions whose power is written behind their name.
fn takes_power(op: Op) -> bool {
    matches!(op, Op::Sin | Op::Cos | Op::Tan | Op::Sec | Op::Csc | Op::Cot | Op::Sinh | Op::Cosh | Op::Tanh | Op::Ln)
}

/// The name of a primitive as TeX.
fn command(op: Op) -> &'static str {
    match op {
        Op::Exp => "\\exp",
        Op::Ln => "\\ln",
        Op::Log2 => "\\log_2",
        Op::Log10 => "\\log_{10}",
        Op::Sin => "\\sin",
        Op::Cos => "\\cos",
        Op::Tan => "\\tan",
        Op::Sec => "\\sec",
        Op::Csc => "\\csc",
        Op::Cot => "\\cot",
        Op::Asin => "\\arcsin",
        Op::Acos => "\\arccos",
        Op::Atan => "\\arctan",
        Op::Sinh => "\\sinh",
        Op::Cosh => "\\cosh",
        Op::Tanh => "\\tanh",
        Op::Asinh => "\\operatorname{arsinh}",
        Op::Acosh => "\\operatorname{arcosh}",
        Op::Atanh => "\\operatorname{artanh}",
        Op::Sign => "\\operatorname{sgn}",
        Op::Erf => "\\operatorname{erf}",
        Op::Erfc => "\\operatorname{erfc}",
        Op::Heaviside => "\\operatorname{heaviside}",
        Op::Step => "\\operatorname{step}",
        Op::Sigmoid => "\\operatorname{sigmoid}",
        Op::Softplus => "\\operatorname{softplus}",
        Op::Tanhshrink => "\\operatorname{tanhshrink}",
        Op::Abs => "\\operatorname{abs}",
        Op::Floor => "\\operatorname{floor}",
        Op::Ceil => "\\operatorname{ceil}",
        Op::Sqrt => "\\operatorname{sqrt}",
        Op::Cbrt => "\\operatorname{cbrt}",
        Op::Expm1 => "\\operatorname{expm1}",
        Op::Log1p => "\\operatorname{log1p}",
        Op::Mod => "\\operatorname{mod}",
        Op::Min => "\\min",
        Op::Max => "\\max",
    }
}

/// A number as it stands in a formula; `None` for what is none.
fn written(number: Number) -> Option<Piece> {
    if !number.value.hi.is_finite() {
        return None;
    }
    if number.is_negative() {
        let positive = written(number.negative())?;
        return Some(Piece::new(format!("-{}", positive.tex), Form::Negative, positive.tall));
    }
    let Some((above, below)) = number.ratio else { return Some(scientific(&format!("{:e}", number.value.hi))) };
    let fraction = matches!(below, 2 | 3 | 4 | 6 | 7 | 8 | 9) && above < 100;
    let digits = format!("{number}");
    if fraction || digits.contains('/') {
        return Some(Piece::new(format!("\\frac{{{above}}}{{{below}}}"), Form::Fraction, true));
    }
    if digits.starts_with("0.00000") || digits.len() > 12 && digits.ends_with("000000") {
        let shortest = format!("{:e}", number.value.hi);
        if Number::parse(&shortest) == Some(number) {
            return Some(scientific(&shortest));
        }
    }
    Some(Piece::new(digits, Form::Number, false))
}

/// `1.5e-7` as a product with a power of ten.
fn scientific(digits: &str) -> Piece {
    match digits.split_once('e') {
        Some((mantissa, "0")) => Piece::new(mantissa, Form::Number, false),
        Some(("1", exponent)) => Piece::new(format!("10^{}", grouped(exponent)), Form::Power, false),
        Some((mantissa, exponent)) => {
            Piece::new(format!("{mantissa} \\cdot 10^{}", grouped(exponent)), Form::Product, false)
        }
        None => Piece::new(digits, Form::Number, false),
    }
}

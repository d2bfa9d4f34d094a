//! Real functions of one variable: the core module.
//!
//! A function is an expression, not a black box. From one definition follow its value, its derivative, the places
//! where it jumps, bends, has a pole or is undefined, and (for charts) an enclosure of its values over an interval.
//! This module knows nothing of charts, articles or sites; it could be a crate of its own.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use expression::{Expr, Node};
use germ::Side;
use tape::Tape;

mod breakpoints;
pub(crate) mod catalogue;
mod compare;
pub(crate) mod derivative;
mod double_double;
mod evaluate;
mod exact;
pub(crate) mod expression;
mod extrema;
mod germ;
mod interval;
pub(crate) mod isolate;
mod naming;
pub(crate) mod parse;
mod roots;
pub(crate) mod simplify;
pub(crate) mod tape;
mod wide;

pub use catalogue::Scope;
pub(crate) use compare::{Effort, compare_within};
pub use compare::{Verdict, compare};
pub use naming::exact_name;
pub use wide::Exact;

/// A mistake in an expression or a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The bytes of the text that are wrong; never empty unless the text ended too early.
    pub range: Range<usize>,
    /// What was found, lower case, names in back-ticks.
    pub message: String,
    /// What would work.
    pub help: Option<String>,
}

/// A real function of `x`, with all parameters and definitions resolved. Cheap to clone.
#[derive(Clone)]
pub struct Function {
    expression: Node,
    tape: Arc<Tape>,
}

/// Reads an infix expression in `x`, such as `relu'(x)` or `{x < 0: 0, x}`.
pub fn parse(text: &str, scope: &Scope) -> Result<Function, Error> {
    parse::expression(text, scope).map(|expression| Function::new(&expression))
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({})", self.expression)
    }
}

/// Infix text that reads back as the same function.
impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(f)
    }
}

impl Function {
    /// A function of an expression; undefined everywhere if it is too large to be computed.
    pub(crate) fn new(expression: &Node) -> Function {
        let tape = Arc::new(tape::compile(expression).unwrap_or_else(Tape::nowhere));
        Function { expression: expression.clone(), tape }
    }

    /// The value at `x`; NaN where the function is undefined, infinite only by overflow.
    #[must_use]
    pub fn value(&self, x: f64) -> f64 {
        self.tape.value(x)
    }

    /// The function of what `inner` gives.
    #[must_use]
    pub fn after(&self, inner: &Function) -> Function {
        Function::new(&Expr::at(&self.expression, &inner.expression))
    }

    /// Whether the value depends on `x` as it is written.
    #[must_use]
    pub fn has_variable(&self) -> bool {
        self.expression.has_variable()
    }

    /// The value at `x`, taken as the decimal that it is written as, to about 28 digits and without overflow on the way.
    #[must_use]
    pub fn exact_value(&self, x: f64) -> Exact {
        wide::value(&self.expression, x)
    }

    /// Whether a part of it is a constant that is known to fewer digits than a double has.
    pub(crate) fn has_doubtful_constants(&self) -> bool {
        self.tape.constants.iter().any(|constant| constant.ball.error > 1e-16 * constant.ball.value.hi.abs())
    }

    /// The derivative, simplified; undefined where the function is. A derivative of very high order whose expression
    /// would be too large is undefined everywhere.
    #[must_use]
    pub fn derivative(&self) -> Function {
        let derivative = derivative::of(&self.expression);
        if derivative.depth() > parse::MOST_DEPTH {
            return Function::new(&Expr::undefined());
        }
        Function::new(&derivative)
    }

    /// Value and slope at `x` by dual numbers: not from the expression of the derivative, but computed along with the
    /// value.
    #[must_use]
    pub fn value_and_slope(&self, x: f64) -> (f64, f64) {
        self.tape.dual(x)
    }

    /// The expression.
    #[allow(dead_code, reason = "what typesetting and code generation walk over")]
    pub(crate) fn expression(&self) -> &Node {
        &self.expression
    }

    /// An interval that contains every value on `[low, high]`, with what is known about domain and continuity there.
    #[must_use]
    pub fn enclose(&self, low: f64, high: f64) -> Enclosure {
        if low.is_nan() || high.is_nan() || low > high {
            return Enclosure { low: f64::NAN, high: f64::NAN, domain: Domain::Nowhere, continuous: false };
        }
        let all = self.tape.enclose(low, high);
        let root = &all[self.tape.root as usize];
        Enclosure { low: root.value.low, high: root.value.high, domain: root.domain, continuous: root.continuous }
    }

    /// All breakpoints in the closed window `[low, high]` and the pieces between them. An empty, reversed, infinite or
    /// not finite window, or one too narrow for doubles, has an empty analysis.
    #[must_use]
    pub fn analyse(&self, low: f64, high: f64) -> Analysis {
        breakpoints::analyse(&self.tape, low, high)
    }

    /// The local maxima and minima inside the pieces of an analysis of this function, ascending. Between two
    /// neighbouring extrema, breakpoints or ends of pieces the function is monotone. What a breakpoint itself attains
    /// is not repeated here.
    #[must_use]
    pub fn extrema(&self, analysis: &Analysis) -> Vec<Extremum> {
        analysis.pieces.iter().flat_map(|piece| extrema::inside(&self.tape, piece)).collect()
    }

    /// The limits for x to minus and to plus infinity; `Limit::None` also where none could be found.
    #[must_use]
    pub fn far_limits(&self) -> (Limit, Limit) {
        let limit = |side| self.tape.far_out(side).unwrap_or(Limit::None);
        (limit(Side::Left), limit(Side::Right))
    }
}

/// What is known of a function on an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Enclosure {
    /// Lower bound of the values; meaningless where `domain` is `Nowhere`.
    pub low: f64,
    /// Upper bound of the values.
    pub high: f64,
    /// Where in the interval the function is defined.
    pub domain: Domain,
    /// True if the restriction to the interval is proven continuous.
    pub continuous: bool,
}

/// Where in an interval a function is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// At every point.
    Everywhere,
    /// At no point.
    Nowhere,
    /// At some points, or it could not be decided.
    Somewhere,
}

/// The shape of a function in a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Breakpoints in ascending order, none twice.
    pub breakpoints: Vec<Breakpoint>,
    /// Open intervals between them on which the function is defined, continuous and differentiable, ascending.
    pub pieces: Vec<Piece>,
    /// Intervals in which breakpoints or oscillations accumulate faster than they can be told apart
    /// (`sin(1/x)` near 0), ascending; pieces do not reach into them.
    pub unresolved: Vec<Unresolved>,
}

/// An open interval on which the function is smooth, and its one-sided limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Left end.
    pub low: f64,
    /// Right end.
    pub high: f64,
    /// Limit from the right at `low`.
    pub at_low: Limit,
    /// Limit from the left at `high`.
    pub at_high: Limit,
}

/// An interval that cannot be resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unresolved {
    /// Left end.
    pub low: f64,
    /// Right end.
    pub high: f64,
    /// Bounds of the values in it: lowest and highest.
    pub values: (f64, f64),
}

/// A place where the function is not smooth.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakpoint {
    /// The abscissa: the double nearest to the exact place.
    pub x: f64,
    /// What happens there.
    pub kind: Kind,
    /// Limit from the left.
    pub left: Limit,
    /// The value at the exact place (not beside it); `None` where undefined.
    pub value: Option<f64>,
    /// Limit from the right.
    pub right: Limit,
}

/// What happens at a breakpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Continuous, but with two different (or no) one-sided slopes: a kink, a cusp or a vertical tangent.
    Kink,
    /// Two finite limits that differ, or a value that is neither.
    Jump,
    /// Equal finite limits, no value: removable.
    Hole,
    /// Infinite on at least one side.
    Pole,
    /// The domain ends here (finite limit on one side, undefined on the other).
    End,
    /// A single point of the domain.
    Isolated,
}

/// A local maximum or minimum at which the function is smooth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extremum {
    /// The abscissa: the double nearest to the exact place.
    pub x: f64,
    /// The value there.
    pub value: f64,
    /// Which of the two.
    pub turn: Turn,
}

/// Which way a function turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// From rising to falling.
    Maximum,
    /// From falling to rising.
    Minimum,
}

/// A one-sided limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// A finite limit.
    Finite(f64),
    /// Grows without bound.
    PlusInfinity,
    /// Falls without bound.
    MinusInfinity,
    /// The function is undefined on that side.
    Undefined,
    /// No limit was found: it oscillates.
    None,
}

#[cfg(test)]
pub(crate) use laws::expressions;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

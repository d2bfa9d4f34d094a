//! The names that an expression may use, and the catalogue of activation functions.
//!
//! Each entry of the catalogue is one definition in the language itself; value, derivative, breakpoints and formula
//! follow from it. Which row of a piecewise entry holds at its kink decides the derivative there: the rows are those of
//! `PyTorch` (its subgradients, and for `hardswish` its newer kernels).

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::Error;
use super::expression::{Definition, Number, Op};
use super::parse;

/// The names that an expression may use: primitives, the catalogue, and definitions of the site and the page.
#[derive(Debug, Clone)]
pub struct Scope {
    definitions: BTreeMap<Arc<str>, Arc<Definition>>,
    pub(crate) parameters: BTreeMap<String, Number>,
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    Primitive(Op),
    Defined(Arc<Definition>),
}

/// Primitives that nothing may replace.
const PRIMITIVES: [(&str, Op); 38] = [
    ("abs", Op::Abs),
    ("sign", Op::Sign),
    ("floor", Op::Floor),
    ("ceil", Op::Ceil),
    ("mod", Op::Mod),
    ("min", Op::Min),
    ("max", Op::Max),
    ("exp", Op::Exp),
    ("expm1", Op::Expm1),
    ("ln", Op::Ln),
    ("log", Op::Ln),
    ("log1p", Op::Log1p),
    ("log2", Op::Log2),
    ("log10", Op::Log10),
    ("sqrt", Op::Sqrt),
    ("cbrt", Op::Cbrt),
    ("sin", Op::Sin),
    ("cos", Op::Cos),
    ("tan", Op::Tan),
    ("sec", Op::Sec),
    ("csc", Op::Csc),
    ("cot", Op::Cot),
    ("asin", Op::Asin),
    ("acos", Op::Acos),
    ("atan", Op::Atan),
    ("sinh", Op::Sinh),
    ("cosh", Op::Cosh),
    ("tanh", Op::Tanh),
    ("asinh", Op::Asinh),
    ("acosh", Op::Acosh),
    ("atanh", Op::Atanh),
    ("erf", Op::Erf),
    ("erfc", Op::Erfc),
    ("heaviside", Op::Heaviside),
    ("sigmoid", Op::Sigmoid),
    ("softplus", Op::Softplus),
    ("step", Op::Step),
    ("tanhshrink", Op::Tanhshrink),
];

/// Entries of the catalogue that are primitives because no formula for them is stable; a definition may replace them.
const STABLE: [&str; 4] = ["sigmoid", "softplus", "step", "tanhshrink"];

/// The definitions of the catalogue.
const DEFINITIONS: [&str; 17] = [
    "relu(x) = {x > 0: x, 0}",
    "leaky_relu(x; a = 0.01) = {x > 0: x, a x}",
    "relu6(x) = {x <= 0: 0, x < 6: x, 6}",
    "softsign(x) = x/(1 + |x|)",
    "silu(x) = x sigmoid(x)",
    "mish(x) = x tanh(softplus(x))",
    "gelu(x) = x erfc(-x/sqrt(2))/2",
    "gelu_tanh(x) = x sigmoid(2 sqrt(2/pi) (x + 0.044715x^3))",
    "elu(x; a = 1) = {x > 0: x, a (exp(x) - 1)}",
    "selu(x; alpha = 1.6732632423543772848170429916717, lambda = 1.0507009873554804934193349852946) = \
     {x > 0: lambda x, lambda alpha (exp(x) - 1)}",
    "celu(x; a = 1) = {x > 0: x, a (exp(x/a) - 1)}",
    "hardtanh(x) = {x <= -1: -1, x < 1: x, 1}",
    "hardsigmoid(x) = {x <= -3: 0, x < 3: x/6 + 1/2, 1}",
    "hardswish(x) = {x <= -3: 0, x < 3: x (x + 3)/6, x}",
    "hardshrink(x; a = 0.5) = {x > a: x, x < -a: x, 0}",
    "softshrink(x; a = 0.5) = {x > a: x - a, x < -a: x + a, 0}",
    "logsigmoid(x) = -softplus(-x)",
];

static CATALOGUE: LazyLock<Scope> = LazyLock::new(|| {
    let mut scope = Scope { definitions: BTreeMap::new(), parameters: BTreeMap::new() };
    for text in DEFINITIONS {
        scope.define(text).expect("the catalogue is tested");
    }
    scope
});

impl Scope {
    /// The primitives and the catalogue of activation functions.
    #[must_use]
    pub fn catalogue() -> Scope {
        CATALOGUE.clone()
    }

    /// Adds a definition such as `leaky(x; a = 0.01) = {x < 0: a x, x}`; it may replace a catalogue function.
    pub fn define(&mut self, text: &str) -> Result<(), Error> {
        let definition = parse::definition(text, self)?;
        self.definitions.insert(definition.name.clone(), Arc::new(definition));
        Ok(())
    }

    /// Adds a definition that has been read elsewhere.
    pub(crate) fn insert(&mut self, definition: Definition) {
        self.definitions.insert(definition.name.clone(), Arc::new(definition));
    }

    /// Gives a free letter such as `a` in `a x` a value for all expressions that are read from now on. A value that is
    /// not a number makes them undefined everywhere.
    pub fn set_parameter(&mut self, name: &str, value: f64) {
        self.parameters.insert(name.into(), Number::from_double(value));
    }

    /// All names of functions, in alphabetical order within primitives and definitions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let defined = self.definitions.keys().map(|name| &**name);
        PRIMITIVES.iter().map(|(name, _)| *name).chain(defined)
    }

    pub(crate) fn meaning(&self, name: &str) -> Option<Meaning> {
        if let Some(definition) = self.definitions.get(name) {
            return Some(Meaning::Defined(definition.clone()));
        }
        PRIMITIVES.iter().find(|(known, _)| *known == name).map(|(_, op)| Meaning::Primitive(*op))
    }

    /// True for names that a definition may take.
    pub(crate) fn is_catalogue(&self, name: &str) -> bool {
        STABLE.contains(&name) || self.definitions.contains_key(name)
    }
}

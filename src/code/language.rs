//! What languages call things.

use crate::function::expression::Op;

/// A language that code is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Python with NumPy: functions of numbers and of arrays.
    Python,
    /// Rust with its standard library alone.
    Rust,
    /// JavaScript.
    JavaScript,
    /// C with its mathematical library.
    C,
}

/// The languages that code can be written in, as a message lists them.
pub const LANGUAGES: &str = "`python`, `rust`, `javascript` or `c`";

const PYTHON_WORDS: &str = "\
    and as assert async await break class continue def del elif else except finally for from global if import \
    in is lambda nonlocal not or pass raise return try while with yield None True False np math";
const RUST_WORDS: &str = "\
    as async await box break const continue crate do dyn else enum extern f64 false final fn for gen if impl \
    in let loop macro match mod move mut pub ref return self static struct super trait true try type unsafe \
    use where while yield PI E";
const JAVASCRIPT_WORDS: &str = "\
    await break case catch class const continue debugger default delete do else enum eval export extends \
    false finally for function if implements import in instanceof interface let new null package private \
    protected public return static super switch this throw true try typeof var void while with yield Math NaN \
    Infinity arguments";
const C_WORDS: &str = "\
    auto bool break case char const continue default do double else enum extern float for goto if inline int \
    long main register restrict return short signed sizeof static struct switch typedef union unsigned void \
    volatile while PI NAN gamma j0 j1 jn y0 y1 yn abs fabs floor ceil exp expm1 exp2 log log1p log2 log10 \
    logb sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh erf erfc pow fmin fmax \
    fmod fma round trunc hypot tgamma lgamma rint nan remainder scalb significand drem div index";

impl Language {
    /// The language of a fence.
    #[must_use]
    pub fn of_fence(name: &str) -> Option<Language> {
        match name {
            "python" | "py" | "python3" | "numpy" => Some(Language::Python),
            "rust" | "rs" => Some(Language::Rust),
            "javascript" | "js" | "mjs" | "node" => Some(Language::JavaScript),
            "c" | "h" => Some(Language::C),
            _ => None,
        }
    }

    /// Words that cannot be names, because the language or the code that is written uses them.
    fn reserved(self) -> &'static str {
        match self {
            Language::Python => PYTHON_WORDS,
            Language::Rust => RUST_WORDS,
            Language::JavaScript => JAVASCRIPT_WORDS,
            Language::C => C_WORDS,
        }
    }

    /// `name` as a name of the language.
    pub(super) fn identifier(self, name: &str) -> String {
        let mut plain: String = name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
        if plain.starts_with(|c: char| !c.is_alphabetic() && c != '_') {
            plain.insert(0, '_');
        }
        if self == Language::JavaScript {
            plain = camel_case(&plain);
        }
        if self.reserved().split(' ').any(|word| word == plain) {
            plain.push('_');
        }
        plain
    }

    /// The function of the language's library for a primitive of one argument, if it has one.
    pub(super) fn function(self, op: Op) -> Option<&'static str> {
        let [python, rust, javascript, c] = match op {
            Op::Abs => ["np.abs", "abs", "Math.abs", "fabs"],
            Op::Floor => ["np.floor", "floor", "Math.floor", "floor"],
            Op::Ceil => ["np.ceil", "ceil", "Math.ceil", "ceil"],
            Op::Exp => ["np.exp", "exp", "Math.exp", "exp"],
            Op::Expm1 => ["np.expm1", "exp_m1", "Math.expm1", "expm1"],
            Op::Ln => ["np.log", "ln", "Math.log", "log"],
            Op::Log1p => ["np.log1p", "ln_1p", "Math.log1p", "log1p"],
            Op::Log2 => ["np.log2", "log2", "Math.log2", "log2"],
            Op::Log10 => ["np.log10", "log10", "Math.log10", "log10"],
            Op::Sqrt => ["np.sqrt", "sqrt", "Math.sqrt", "sqrt"],
            Op::Cbrt => ["np.cbrt", "cbrt", "Math.cbrt", "cbrt"],
            Op::Sin => ["np.sin", "sin", "Math.sin", "sin"],
            Op::Cos => ["np.cos", "cos", "Math.cos", "cos"],
            Op::Tan => ["np.tan", "tan", "Math.tan", "tan"],
            Op::Asin => ["np.arcsin", "asin", "Math.asin", "asin"],
            Op::Acos => ["np.arccos", "acos", "Math.acos", "acos"],
            Op::Atan => ["np.arctan", "atan", "Math.atan", "atan"],
            Op::Sinh => ["np.sinh", "sinh", "Math.sinh", "sinh"],
            Op::Cosh => ["np.cosh", "cosh", "Math.cosh", "cosh"],
            Op::Tanh => ["np.tanh", "tanh", "Math.tanh", "tanh"],
            Op::Asinh => ["np.arcsinh", "asinh", "Math.asinh", "asinh"],
            Op::Acosh => ["np.arccosh", "acosh", "Math.acosh", "acosh"],
            Op::Atanh => ["np.arctanh", "atanh", "Math.atanh", "atanh"],
            Op::Erf => ["erf", "", "", "erf"],
            Op::Erfc => ["erfc", "", "", "erfc"],
            Op::Sign => ["np.sign", "", "Math.sign", ""],
            _ => ["", "", "", ""],
        };
        let name = match self {
            Language::Python => python,
            Language::Rust => rust,
            Language::JavaScript => javascript,
            Language::C => c,
        };
        (!name.is_empty()).then_some(name)
    }
}

fn camel_case(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for c in name.chars() {
        if c == '_' && !out.is_empty() {
            upper = true;
        } else if std::mem::take(&mut upper) {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}

/// The definition of a function that the language lacks, with what it needs before it. Error functions follow their
/// series near 0 and their continued fraction outside; both are right to about 14 digits, far out too.
pub(super) fn missing(language: Language, op: Op) -> Option<&'static str> {
    Some(match (language, op) {
        (Language::Python, Op::Erf) => {
            "# NumPy has no error function; scipy.special.erf is a faster one.\nerf = np.vectorize(math.erf, otypes=[float])\n"
        }
        (Language::Python, Op::Erfc) => {
            "# NumPy has no error function; scipy.special.erfc is a faster one.\nerfc = np.vectorize(math.erfc, otypes=[float])\n"
        }
        (Language::Rust, Op::Erf) => RUST_ERF,
        (Language::Rust, Op::Erfc) => RUST_ERFC,
        (Language::JavaScript, Op::Erf) => JAVASCRIPT_ERF,
        (Language::JavaScript, Op::Erfc) => JAVASCRIPT_ERFC,
        (Language::Rust, Op::Mod) => RUST_MODULO,
        (Language::JavaScript, Op::Mod) => JAVASCRIPT_MODULO,
        (Language::C, Op::Mod) => C_MODULO,
        _ => return None,
    })
}

const RUST_ERF: &str = "\
/// The error function: its series, which has no cancellation, as far as erfc is not small.
fn erf(x: f64) -> f64 {
    if x.abs() > 2.0 {
        return (1.0 - erfc(x.abs())).copysign(x);
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..60 {
        term *= 2.0 * x * x / f64::from(2 * n + 1);
        sum += term;
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}
";

const RUST_ERFC: &str = "\
/// The complementary error function 1 - erf(x), from its continued fraction where it is small.
fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    if x <= 2.0 {
        return 1.0 - erf(x);
    }
    let mut fraction = x;
    for n in (1..60).rev() {
        fraction = x + f64::from(n) / 2.0 / fraction;
    }
    (-x * x).exp() / (PI.sqrt() * fraction)
}
";

const JAVASCRIPT_ERF: &str = "\
/** The error function: its series, which has no cancellation, as far as erfc is not small. */
function erf(x) {
  if (Math.abs(x) > 2) return Math.sign(x) * (1 - erfc(Math.abs(x)));
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}
";

const JAVASCRIPT_ERFC: &str = "\
/** The complementary error function 1 - erf(x), from its continued fraction where it is small. */
function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  if (x <= 2) return 1 - erf(x);
  let fraction = x;
  for (let n = 59; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
";

const RUST_MODULO: &str = "\
/// The remainder of x divided by m, with the sign of m.
fn modulo(x: f64, m: f64) -> f64 {
    let rest = x % m;
    if rest != 0.0 && (rest < 0.0) != (m < 0.0) {
        rest + m
    } else {
        rest
    }
}
";

const JAVASCRIPT_MODULO: &str = "\
/** The remainder of x divided by m, with the sign of m. */
function modulo(x, m) {
  const rest = x % m;
  return rest !== 0 && (rest < 0) !== (m < 0) ? rest + m : rest;
}
";

const C_MODULO: &str = "\
/* The remainder of x divided by m, with the sign of m. */
static double modulo(double x, double m)
{
    double rest = fmod(x, m);
    return rest != 0.0 && (rest < 0.0) != (m < 0.0) ? rest + m : rest;
}
";

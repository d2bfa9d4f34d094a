//! What is typeset reads back as the same function.

use proptest::prelude::*;

use super::*;
use crate::definition::{self, Macros, Order};
use crate::function::{Function, Verdict, compare, parse};

const ENGLISH: Wording<'_> = Wording { otherwise: "otherwise", or: "or" };
const JAPANESE: Wording<'_> = Wording { otherwise: "それ以外", or: "または" };

fn typeset(expression: &str, left: Option<&str>, steps: bool, wording: Wording<'_>) -> Result<String, Error> {
    formula(&Request { left, expression, steps, wording }, &Scope::catalogue())
}

/// The function that a formula defines.
fn read(tex: &str, parameters: &str) -> Result<Function, Error> {
    let text = format!("% define t{parameters}\n{tex}");
    let mut scope = Scope::catalogue();
    let directive = definition::directives(&text).remove(0);
    assert!(matches!(directive.order, Order::Define(_)));
    definition::define(&text, &directive, &Macros::default(), &mut scope)?;
    parse("t(x)", &scope)
}

/// The default parameters of a catalogue function as a comment says them.
fn defaults(name: &str) -> &'static str {
    match name {
        "leaky_relu" => "; a = 0.01",
        "elu" | "celu" => "; a = 1",
        "hardshrink" | "softshrink" => "; a = 0.5",
        "selu" => "; \\alpha = 1.6732632423543772848170429916717, \\lambda = 1.0507009873554804934193349852946",
        _ => "",
    }
}

#[test]
fn the_whole_catalogue_reads_back() {
    let scope = Scope::catalogue();
    let mut count = 0;
    for name in scope.names().filter(|name| !matches!(*name, "min" | "max" | "mod")) {
        for primes in ["", "'", "''"] {
            let wanted = parse(&format!("{name}{primes}(x)"), &scope).unwrap();
            for (steps, wording) in [(false, ENGLISH), (false, JAPANESE), (true, ENGLISH)] {
                let japanese = wording.or != ENGLISH.or;
                if steps && primes.is_empty() || japanese && !primes.is_empty() {
                    continue;
                }
                let tex = typeset(&format!("{name}{primes}"), Some("f(x)"), steps, wording).unwrap();
                let found = read(&tex, defaults(name)).unwrap_or_else(|error| panic!("{tex}: {error:?}"));
                let verdict = compare(&found, &wanted);
                assert!(matches!(verdict, Verdict::Identical | Verdict::Agree), "{name}{primes}: {tex}: {verdict:?}");
                count += 1;
            }
        }
    }
    println!("{count} formulas");
}

#[test]
fn formulas_read_as_a_person_would_write_them() {
    for (expression, wanted) in [
        ("relu", r"\operatorname{relu}(x) = \begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases}"),
        ("relu'(x)", r"\operatorname{relu}'(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}"),
        ("relu''", r"\operatorname{relu}''(x) = 0"),
        ("sigmoid", r"\operatorname{sigmoid}(x) = \frac{1}{1 + e^{-x}}"),
        ("sigmoid'", r"\operatorname{sigmoid}'(x) = \operatorname{sigmoid}(x) (1 - \operatorname{sigmoid}(x))"),
        (
            "gelu",
            r"\operatorname{gelu}(x) = \frac{x}{2} \left( 1 + \operatorname{erf}\left( \frac{x}{\sqrt{2}} \right) \right)",
        ),
        ("elu'", r"\operatorname{elu}'(x) = \begin{cases} 1 & x > 0 \\ a e^x & x \le 0 \end{cases}"),
        ("elu(x; a = 2)", r"\operatorname{elu}(x) = \begin{cases} x & x > 0 \\ 2 (e^x - 1) & x \le 0 \end{cases}"),
        (
            "hardshrink",
            r"\operatorname{hardshrink}(x) = \begin{cases} x & \lvert x \rvert > a \\ 0 & \lvert x \rvert \le a \end{cases}",
        ),
        ("ln'", r"\frac{d}{dx} \ln x = \frac{1}{x} \quad (x > 0)"),
        ("sqrt''", r"\frac{d^2}{dx^2} \sqrt{x} = -\frac{1}{4 \sqrt{x}^3}"),
        ("log2''", r"\frac{d^2}{dx^2} \log_2 x = -\frac{1}{\ln(2) x^2} \quad (x > 0)"),
        ("1*x", "x"),
        ("-1*x^1", "-x"),
        ("2*x*3", r"2 x \cdot 3"),
        ("sin(x)^2 + cos(x)^2", r"\sin^2 x + \cos^2 x"),
        ("exp(-x^2/2)/sqrt(2 pi)", r"\frac{e^{-x^2/2}}{\sqrt{2 \pi}}"),
        ("floor(x/2)", r"\left\lfloor \frac{x}{2} \right\rfloor"),
        ("|x - 1|", r"\lvert x - 1 \rvert"),
        ("mod(x, 2) + 1", r"(x \bmod 2) + 1"),
        ("{x < 0: 1, x < 1: 2}", r"\begin{cases} 1 & x < 0 \\ 2 & 0 \le x < 1 \end{cases}"),
        ("{sin(x) > 0: 1, 0}", r"\begin{cases} 1 & \text{if } \sin x > 0 \\ 0 & \text{otherwise} \end{cases}"),
        ("max(0, x) x", r"\max(0, x) x"),
        ("2^x/1e-7", r"\frac{2^x}{10^{-7}}"),
    ] {
        assert_eq!(typeset(expression, None, false, ENGLISH).as_deref(), Ok(wanted), "{expression}");
    }
}

#[test]
fn steps_show_what_is_derived() {
    let steps = |expression, left| typeset(expression, left, true, JAPANESE).unwrap();
    assert_eq!(
        steps("relu'", None),
        r"\frac{d}{dx} \operatorname{relu}(x) = \begin{cases} \frac{d}{dx} x = 1 & x > 0 \\ \frac{d}{dx} 0 = 0 & x \le 0 \end{cases}"
    );
    assert_eq!(steps("sin'", None), r"\frac{d}{dx} \sin x = \cos x");
    assert_eq!(steps("tanhshrink'", Some("g'(t)")), r"g'(t) = \frac{d}{dt} (t - \tanh t) = \tanh^2 t");
    let error = typeset("relu", None, true, ENGLISH).unwrap_err();
    assert_eq!(error.message, "there is no derivative here whose steps could be shown");
}

#[test]
fn what_cannot_be_typeset_is_refused() {
    let huge = vec!["sin(x)"; 800].join(" + ");
    assert_eq!(typeset(&huge, None, false, ENGLISH).unwrap_err().message, "this formula would be too large to read");
    assert_eq!(typeset(" relu(", None, false, ENGLISH).unwrap_err().range, 6..6);
    assert!(typeset("nothing(x)", None, false, ENGLISH).is_err());
    for left in ["f(a)", "f(e)", "f(\\pi)"] {
        assert!(typeset("elu", Some(left), false, ENGLISH).unwrap_err().message.contains("cannot be the variable"));
    }
}

/// How many random expressions are tried: few in every run, more if the environment asks.
#[expect(clippy::disallowed_methods, reason = "a test reads its settings")]
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_expressions_read_back(text in crate::function::expressions()) {
        let scope = Scope::catalogue();
        if let Ok(wanted) = parse(&text, &scope) {
            for wanted in [wanted.clone(), wanted.derivative()] {
                let shown = wanted.to_string();
                let Ok(tex) = typeset(&shown, Some("f(x)"), false, ENGLISH) else { continue };
                match read(&tex, "") {
                    Ok(found) => {
                        let verdict = compare(&found, &wanted);
                        prop_assert!(!matches!(verdict, Verdict::Differ { .. }), "{shown} became {tex}: {verdict:?}");
                    }
                    // A condition that never holds is refused when it is read.
                    Err(error) if error.message.contains("holds nowhere") => {
                        let verdict = compare(&parse("0/0", &scope).unwrap(), &wanted);
                        prop_assert!(!matches!(verdict, Verdict::Differ { .. }), "{shown} became {tex}: {verdict:?}");
                    }
                    Err(error) => prop_assert!(false, "{shown} became {tex}: {error:?}"),
                }
            }
        }
    }
}

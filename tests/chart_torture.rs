//! Charts of what nobody should plot: each ends with a picture of finite numbers or a message.

use piecewise::chart::{self, Context};
use piecewise::function::Scope;
use piecewise::source::{FileId, Span};
use proptest::prelude::*;

/// Draws a fence and returns its SVG, if there is one.
fn draw(body: &str) -> Option<String> {
    let (chart, _) = chart::read(body, Span::new(FileId(0), 0..body.len()));
    let (drawing, _) = chart::render(&chart?, &Scope::catalogue(), Context { id: "c", language: "ja", texts: &[] });
    Some(drawing.svg(None, None))
}

fn check(body: &str) {
    let Some(svg) = draw(body) else { return };
    for word in ["NaN", "inf"] {
        assert!(!svg.contains(word), "{body}: {word} in {svg}");
    }
    assert!(svg.len() < 40_000, "{body}: {} bytes", svg.len());
}

#[test]
fn everything_ends() {
    for f in [
        "sin(10^300)",
        "sin(10^300 x)",
        "sin(10^6 x)",
        "sin(1000x)",
        "tan(1000x)",
        "floor(1000x)",
        "floor(1/x)",
        "sin(1/x)",
        "tan(1/x)",
        "sin(1/x)/x",
        "sign(sin(1/x))",
        "1/sin(1/x)",
        "sqrt(sin(1/x))",
        "ln(sin(100x))",
        "mod(x, 0.001)",
        "mod(10^9 x, 1)",
        "sin(e^(x^2))",
        "sin(e^(e^x))",
        "x^x^x",
        "exp(exp(exp(x)))",
        "1/(x - x)",
        "x/0",
        "0/0",
        "sqrt(-1)",
        "ln(-x^2)",
        "asin(2)",
        "asin(x + 5)",
        "10^308 * 10 * x",
        "-10^308 * 10",
        "10^(-320) x",
        "x^1000",
        "x^(-1000)",
        "1/(1 + 10^20 (x - 0.1)^2)",
        "sin(1/x) sin(1/(x - 1))",
        "|sin(50x)|^(1/3)",
        "floor(x) floor(10x) floor(100x)",
        "atan(tan(50x))",
        "cos(50 acos(x))",
        "erf(1000x) + floor(x)",
        "x^2/x^2/x^2",
        "((x^2 - 1)/(x - 1))^50",
        "floor(sin(200x) * 3)",
        "sqrt(x) sqrt(-x)",
        "1/ceil(x)",
        "heaviside(sin(1/x))",
        "{sin(x) < 0: 1/x, sin(30x) < 0.5: 2}",
        "gelu(gelu(gelu(gelu(x))))",
        "mish'(mish'(x))",
        "exp(-1/x^2) sin(1/x^3)",
        "(x - 1)^9 - x^9 + 9x^8",
        "relu''(x)",
        "sin'''''(x)",
        "cbrt(sin(100x))",
        "ln(ln(ln(x)))",
        "1/ln(|sin(10x)|)",
    ] {
        for window in ["[-1, 1]", "[0, 1e-7]", "[-1e6, 1e6]", "[1e9, 1000000001]"] {
            check(&format!("x = {window}\ncurves = [\"{f}\", \"x\"]\n"));
        }
        check(&format!("x = [-3, 3]\ny = [-1e-9, 1e-9]\ncurves = [\"{f}\"]\n"));
        check(&format!("x = [-3, 3]\ny = [1e10, 1e11]\ncurves = [\"{f}\"]\n"));
    }
}

#[test]
fn long_and_deep_expressions_end() {
    let sum = |term: &str, count: usize| vec![term; count].join(" + ");
    let nested = |open: &str, count: usize| format!("{}x{}", open.repeat(count), ")".repeat(count));
    for f in [
        sum("x", 100_000),
        sum("sin(x)", 1000),
        sum("floor(x)", 500),
        sum("|x|", 1000),
        nested("sin(", 60),
        nested("(", 10_000),
        nested("relu(", 50),
        nested("1/(1 + ", 40),
        nested("gelu(", 8),
        format!("x{}", "'".repeat(500)),
        format!("sin{}(x)", "'".repeat(30)),
        "9".repeat(100_000),
        "-".repeat(5000) + "x",
    ] {
        check(&format!("x = [-1, 1]\ncurves = [\"{f}\"]\n"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(body in "\\PC{0,200}") {
        let _ = chart::read(&body, Span::new(FileId(0), 0..body.len()));
        let _ = chart::read(&body, Span::new(FileId(0), 0..body.len() / 2));
    }

    #[test]
    fn any_values_of_the_keys_are_read(
        key in "(x|y|title|curves|width|x_ticks|legend|table|[a-z]{1,6})",
        value in "(\\[[-0-9., e]{0,20}\\]|\"[a-z$\\\\\\\\]{0,9}\"|-?[0-9]{1,4}|true|inf|\\{ f = \"x\" \\})",
    ) {
        check(&format!("x = [0, 1]\ncurves = ['x']\n{key} = {value}\n"));
        check(&format!("{key} = {value}\ncurves = ['x', '1/x']\n"));
        check(&format!("{key} = {value}\nx = [-2, 3]\n"));
    }

    #[test]
    fn any_function_is_drawn(f in expression()) {
        check(&format!("x = [-4, 5]\ncurves = [\"{f}\"]\n"));
        check(&format!("x = [-4, 5]\ny = [-3, 3]\ncurves = [\"{f}\"]\n"));
    }
}

/// Random expressions, most of them ill-behaved.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => Just("x".to_owned()),
        1 => (-9..10).prop_map(|n| format!("({n})")),
        1 => prop_oneof![Just("0.1"), Just("pi"), Just("100"), Just("e")].prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 20, 2, |inner| {
        let names = prop_oneof![
            Just("sin"),
            Just("tan"),
            Just("floor"),
            Just("abs"),
            Just("sqrt"),
            Just("ln"),
            Just("exp"),
            Just("relu"),
            Just("sigmoid"),
            Just("sign"),
            Just("atan"),
            Just("cbrt"),
            Just("gelu"),
            Just("asin"),
            Just("hardswish'")
        ];
        let signs = prop_oneof![Just("+"), Just("-"), Just("*"), Just("/"), Just("^")];
        prop_oneof![
            (names, inner.clone()).prop_map(|(name, inner)| format!("{name}({inner})")),
            (inner.clone(), signs, inner.clone()).prop_map(|(a, sign, b)| format!("({a}) {sign} ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{{{a} < 0: {b}, {a} < 1: 1/({b}), x}}")),
        ]
    })
}

#[test]
fn a_description_says_nothing_rather_than_something_false() {
    // The difference of two nearly equal functions: its slope is small, and the search for extrema misses some.
    let body = "x = [-6, 6]\ncurves = [\"gelu_tanh(x) - gelu(x)\", \"x^2\"]";
    let (chart, _) = chart::read(body, Span::new(FileId(0), 0..body.len()));
    let context = Context { id: "chart", language: "en", texts: &[] };
    let (drawing, _) = chart::render(&chart.expect("a chart"), &Scope::catalogue(), context);
    assert!(!drawing.description.contains("constant"), "{}", drawing.description);
    assert!(drawing.description.contains("minimum 0 at x = 0"), "{}", drawing.description);
}

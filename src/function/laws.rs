//! Laws on random input: nothing panics, derivatives agree with each other and with difference quotients, enclosures
//! contain values, simplification changes nothing, and pieces are continuous.

use proptest::prelude::*;

use super::simplify::simplify;
use super::*;

/// Every function of the catalogue and every smooth primitive, with an interval of arguments.
const ENTRIES: [(&str, f64, f64); 56] = [
    ("relu(x)", -20.0, 20.0),
    ("leaky_relu(x, 0.01)", -20.0, 20.0),
    ("relu6(x)", -20.0, 20.0),
    ("sigmoid(x)", -40.0, 40.0),
    ("softplus(x)", -40.0, 40.0),
    ("softsign(x)", -40.0, 40.0),
    ("silu(x)", -40.0, 40.0),
    ("mish(x)", -40.0, 40.0),
    ("gelu(x)", -20.0, 20.0),
    ("gelu_tanh(x)", -10.0, 10.0),
    ("elu(x, 0.5)", -20.0, 20.0),
    ("selu(x)", -20.0, 20.0),
    ("celu(x, 2)", -20.0, 20.0),
    ("hardtanh(x)", -3.0, 3.0),
    ("hardsigmoid(x)", -6.0, 6.0),
    ("hardswish(x)", -6.0, 6.0),
    ("hardshrink(x, 0.5)", -2.0, 2.0),
    ("softshrink(x, 0.5)", -2.0, 2.0),
    ("tanhshrink(x)", -20.0, 20.0),
    ("logsigmoid(x)", -40.0, 40.0),
    ("step(x)", -2.0, 2.0),
    ("heaviside(x)", -2.0, 2.0),
    ("sign(x)", -2.0, 2.0),
    ("abs(x)", -9.0, 9.0),
    ("floor(x)", -9.0, 9.0),
    ("ceil(x)", -9.0, 9.0),
    ("mod(x, 0.7)", -9.0, 9.0),
    ("exp(x)", -30.0, 30.0),
    ("expm1(x)", -30.0, 30.0),
    ("ln(x)", 0.001, 90.0),
    ("log1p(x)", -0.99, 9.0),
    ("log2(x)", 0.001, 90.0),
    ("log10(x)", 0.001, 90.0),
    ("sqrt(x)", 0.001, 90.0),
    ("cbrt(x)", -90.0, 90.0),
    ("sin(x)", -20.0, 20.0),
    ("cos(x)", -20.0, 20.0),
    ("tan(x)", -1.5, 1.5),
    ("sec(x)", -1.5, 1.5),
    ("csc(x)", 0.1, 3.0),
    ("cot(x)", 0.1, 3.0),
    ("asin(x)", -0.99, 0.99),
    ("acos(x)", -0.99, 0.99),
    ("atan(x)", -90.0, 90.0),
    ("sinh(x)", -9.0, 9.0),
    ("cosh(x)", -9.0, 9.0),
    ("tanh(x)", -9.0, 9.0),
    ("asinh(x)", -90.0, 90.0),
    ("acosh(x)", 1.01, 90.0),
    ("atanh(x)", -0.99, 0.99),
    ("erf(x)", -5.0, 5.0),
    ("erfc(x)", -5.0, 20.0),
    ("x^3 - 2x", -9.0, 9.0),
    ("x^x", 0.01, 5.0),
    ("x^2.5", 0.01, 9.0),
    ("max(x^2, 2x, -3)", -4.0, 4.0),
];

/// A thousand numbers that are spread evenly but hit no round number.
fn spread(low: f64, high: f64) -> impl Iterator<Item = f64> {
    (1..=1000).map(move |k| low + (high - low) * (f64::from(k) * 0.618_033_988_749_894_9).fract())
}

#[test]
fn both_derivatives_agree_at_a_thousand_places() {
    let mut worst = (0.0, String::new());
    for (text, low, high) in ENTRIES {
        let f = parse(text, &Scope::catalogue()).unwrap();
        let derivative = f.derivative();
        for x in spread(low, high) {
            let (symbolic, numeric) = (derivative.value(x), f.value_and_slope(x).1);
            let difference = (symbolic - numeric).abs() / symbolic.abs().max(1.0);
            assert!(!difference.is_nan(), "{text} at {x}: {symbolic}, {numeric}");
            if difference > worst.0 {
                worst = (difference, format!("{text} at {x}"));
            }
        }
    }
    println!("largest difference of the derivatives {:e} ({})", worst.0, worst.1);
    assert!(worst.0 <= 1e-12, "{worst:?}");
}

#[test]
fn derivatives_agree_with_difference_quotients() {
    for (text, low, high) in ENTRIES {
        let f = parse(text, &Scope::catalogue()).unwrap();
        let derivative = f.derivative();
        let analysis = f.analyse(low - 0.001, high + 0.001);
        for x in spread(low, high) {
            let h = 1e-5 * x.abs().max(0.01);
            if analysis.breakpoints.iter().any(|b| (b.x - x).abs() <= 4.0 * h) {
                continue;
            }
            // Two widths cancel the error of second order.
            let quotient = |h: f64| (f.value(x + h) - f.value(x - h)) / ((x + h) - (x - h));
            let wanted = (4.0 * quotient(h) - quotient(2.0 * h)) / 3.0;
            let found = derivative.value(x);
            let scale = 1.0 + found.abs() + f.value(x).abs() * 1e-2 / h.min(1.0) * 1e-6;
            assert!((found - wanted).abs() <= 1e-6 * scale, "{text} at {x}: {found}, not {wanted}");
        }
    }
}

/// Random expressions as text.
pub(crate) fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => Just("x".to_string()),
        1 => Just("pi".to_string()),
        2 => (-3i32..4).prop_map(|n| format!("({n})")),
        1 => (1i32..20).prop_map(|n| format!("{}", f64::from(n) / 8.0)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let function = prop::sample::select(vec![
            "abs",
            "sign",
            "floor",
            "ceil",
            "exp",
            "ln",
            "sqrt",
            "cbrt",
            "sin",
            "cos",
            "tan",
            "asin",
            "atan",
            "tanh",
            "sigmoid",
            "softplus",
            "relu",
            "relu'",
            "gelu",
            "step",
            "hardswish'",
            "sin''",
            "heaviside",
            "acosh",
            "erf",
        ]);
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} - {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})*({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})/({b})")),
            (inner.clone(), -3i32..4).prop_map(|(a, n)| format!("({a})^{n}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})^({b})")),
            (function, inner.clone()).prop_map(|(f, a)| format!("{f}({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("max({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("mod({a}, {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{{{a} < {b}: {c}, {a}}}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{{-1 < {a} <= 2: {b}}}")),
        ]
    })
}

/// Equal, or both not a number, or both beyond what digits tell.
fn alike(a: f64, b: f64, tolerance: f64) -> bool {
    (a.is_nan() && b.is_nan()) || a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1e-9)
}

/// How many random expressions are tried: few in every run, more if the environment asks.
#[expect(clippy::disallowed_methods, reason = "a test reads its settings")]
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "[x0-9a-e(){}|^*/+<=>:;,.' π−²-]{0,40}") {
        let mut scope = Scope::catalogue();
        if let Err(error) = parse(&text, &scope) {
            prop_assert!(error.range.start <= error.range.end && error.range.end <= text.len());
            prop_assert!(text.is_char_boundary(error.range.start) && text.is_char_boundary(error.range.end));
        }
        let _ = scope.define(&text);
        let _ = scope.define(&format!("f(x) = {text}"));
    }

    #[test]
    fn any_characters_are_read_or_refused(text in "\\PC{0,20}") {
        let _ = parse(&text, &Scope::catalogue());
    }

    #[test]
    fn text_of_a_function_reads_back(text in expressions(), x in -4.0..4.0f64) {
        if let Ok(f) = parse(&text, &Scope::catalogue()) {
            let again = parse(&f.to_string(), &Scope::catalogue());
            prop_assert!(again.is_ok(), "{text} became {f}: {again:?}");
            let (first, second) = (f.value(x), again.unwrap().value(x));
            prop_assert!(alike(first, second, 1e-9), "{text} became {f} at {x}: {first}, {second}");
        }
    }

    #[test]
    fn simplification_keeps_the_value(text in expressions(), x in -4.0..4.0f64) {
        if let Ok(f) = parse(&text, &Scope::catalogue()) {
            let simple = Function::new(&simplify(f.expression()));
            let (first, second) = (f.value(x), simple.value(x));
            // Digits may cancel differently next to a jump or a pole.
            let near = |h: f64| alike(f.value(x + h), first, 1e-3) && alike(simple.value(x + h), second, 1e-3);
            if near(1e-9) && near(-1e-9) {
                prop_assert!(alike(first, second, 1e-6), "{text} became {simple} at {x}: {first}, {second}");
            }
        }
    }

    #[test]
    fn enclosures_contain_the_values(text in expressions(), low in -4.0..4.0f64, width in 0.0..3.0f64) {
        if let Ok(f) = parse(&text, &Scope::catalogue()) {
            let enclosure = f.enclose(low, low + width);
            for k in 0..=20 {
                let x = (low + width * f64::from(k) / 20.0).min(low + width);
                let value = f.value(x);
                // Infinite on the way is an overflow, not an undefined place.
                let overflows = value.is_infinite() || (value.is_nan() && text.contains("exp"));
                let blown = value.is_nan() && (text.contains(")^") || text.contains('/') || text.contains("tan"));
                if value.is_nan() {
                    prop_assert!(enclosure.domain != Domain::Everywhere || overflows || blown, "{text} at {x}: {enclosure:?}");
                } else if value.is_finite() {
                    prop_assert!(enclosure.domain != Domain::Nowhere, "{text} at {x}: {value}, {enclosure:?}");
                    let slack = 1e-12 * value.abs();
                    prop_assert!(enclosure.low - slack <= value && value <= enclosure.high + slack, "{text} at {x}: {value}, {enclosure:?}");
                }
            }
        }
    }

    #[test]
    fn pieces_are_continuous_and_in_order(text in expressions()) {
        if let Ok(f) = parse(&text, &Scope::catalogue()) {
            let analysis = f.analyse(-4.0, 4.0);
            prop_assert!(analysis.breakpoints.windows(2).all(|pair| pair[0].x < pair[1].x), "{text}: {analysis:?}");
            prop_assert!(analysis.pieces.iter().all(|piece| piece.low < piece.high));
            prop_assert!(analysis.pieces.windows(2).all(|pair| pair[0].high <= pair[1].low), "{text}: {analysis:?}");
            for piece in &analysis.pieces {
                check_piece(&text, &f, piece)?;
            }
        }
    }
}

/// Inside a piece there is no jump: where neighbouring samples differ much, a place between them has a value between.
fn check_piece(text: &str, f: &Function, piece: &Piece) -> Result<(), TestCaseError> {
    let width = piece.high - piece.low;
    if width < 1e-6 {
        return Ok(());
    }
    for k in 1..60 {
        let (mut a, mut b) = (piece.low + width * f64::from(k) / 61.0, piece.low + width * f64::from(k + 1) / 61.0);
        let (mut left, mut right) = (f.value(a), f.value(b));
        // Bisection towards the largest change; a jump survives it, a steep place does not.
        for _ in 0..60 {
            let middle = f64::midpoint(a, b);
            let value = f.value(middle);
            if value.is_nan() || !left.is_finite() || !right.is_finite() || middle <= a || middle >= b {
                break;
            }
            if (value - left).abs() > (right - value).abs() {
                (b, right) = (middle, value);
            } else {
                (a, left) = (middle, value);
            }
        }
        let closed = b - a <= 4.0 * f64::EPSILON * a.abs().max(1e-3);
        // Rounding may flip a remainder that touches zero; a jump is still there further away.
        let apart = |left: f64, right: f64| (left - right).abs() > 1e-3 * (1.0 + left.abs().min(right.abs()));
        let stays = apart(left, right) && apart(f.value(a - 1e-6 * width), f.value(b + 1e-6 * width));
        prop_assert!(
            !(closed && stays) || left.abs().max(right.abs()) > 1e6,
            "{text}: jumps from {left} to {right} at {a} inside {piece:?}"
        );
    }
    Ok(())
}

//! What the module promises, as data: values, messages, breakpoints, and laws on random input.

use super::*;

/// A file of the shared measuring material; tests that need it are skipped with a notice where it is absent.
#[expect(clippy::disallowed_methods, reason = "a test reads its data")]
fn shared(name: &str) -> Option<serde_json::Value> {
    let beside = format!("{}/../shared/charts/{name}", env!("CARGO_MANIFEST_DIR"));
    let given = std::env::var("PIECEWISE_SHARED").map(|folder| format!("{folder}/charts/{name}"));
    let text =
        given.ok().and_then(|path| std::fs::read_to_string(path).ok()).or_else(|| std::fs::read_to_string(beside).ok());
    if text.is_none() {
        eprintln!("skipped: no shared material `{name}` (set PIECEWISE_SHARED)");
    }
    Some(serde_json::from_str(&text?).unwrap())
}

fn function(text: &str) -> Function {
    parse(text, &Scope::catalogue()).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

#[test]
fn the_catalogue_agrees_with_the_truth_table() {
    let Some(rows) = shared("activation_truth.json") else { return };
    let (mut worst, mut worst_relative, mut bad, mut count) = (0.0f64, 0.0f64, Vec::new(), 0);
    for row in rows.as_array().unwrap() {
        count += 1;
        let name = row["name"].as_str().unwrap();
        let parameters: Vec<&str> = row["params"].as_object().unwrap().values().map(|v| v.as_str().unwrap()).collect();
        let call = |prime: &str| match (name, parameters.as_slice()) {
            ("leaky_relu" | "elu" | "celu" | "hardshrink" | "softshrink", [a]) => format!("{name}{prime}(x, {a})"),
            _ => format!("{name}{prime}(x)"),
        };
        let x: f64 = row["x"].as_str().unwrap().parse().unwrap();
        let plain = function(&call(""));
        let values = [
            ("f", plain.value(x), &row["f"]),
            ("f'", function(&call("'")).value(x), &row["df"]),
            ("derivative", plain.derivative().value(x), &row["df"]),
            ("jet", plain.value_and_slope(x).1, &row["df"]),
        ];
        for (what, found, truth) in values {
            let Some(truth) = truth.as_str() else {
                if !found.is_nan() {
                    bad.push(format!("{name} {what} at {x}: {found} instead of undefined"));
                }
                continue;
            };
            let truth: f64 = truth.parse().unwrap();
            let error = (found - truth).abs() / truth.abs().max(1.0);
            let relative = if truth.abs() > f64::MIN_POSITIVE { (found - truth).abs() / truth.abs() } else { 0.0 };
            worst = worst.max(error);
            worst_relative = worst_relative.max(relative);
            if !(error <= 1e-15 && relative <= 1e-12) {
                bad.push(format!("{name} {what} at {x}: {found} instead of {truth}: {error:e} {relative:e}"));
            }
        }
    }
    println!("{count} rows, worst error {worst:e}, worst relative error {worst_relative:e}");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Compares the analysis of a case with its listed features; returns what differs.
fn compare_case(case: &serde_json::Value) -> Vec<String> {
    let f = function(case["expr"].as_str().unwrap());
    let number = |value: &serde_json::Value| value.as_f64();
    let window: Vec<f64> = case["window"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    let (low, high) = (window[0], window[1]);
    let analysis = f.analyse(low, high);
    let list = |name: &str| case["features"][name].as_array().cloned().unwrap_or_default();
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (1.0 + b.abs());
    let finite = |limit: Limit| if let Limit::Finite(value) = limit { Some(value) } else { None };
    let agrees = |found: Option<f64>, wanted: Option<f64>| match (found, wanted) {
        (Some(a), Some(b)) => close(a, b),
        (None, None) => true,
        _ => false,
    };
    let mut expected: Vec<f64> = Vec::new();
    let mut bad = Vec::new();
    let mut at = |x: f64, what: String, fits: &dyn Fn(&Breakpoint) -> bool| {
        expected.push(x);
        match analysis.breakpoints.iter().find(|b| close(b.x, x)) {
            _ if !(low <= x && x <= high) => {}
            Some(found) if fits(found) && (found.x - x).abs() <= 2.3e-16 * x.abs() => {}
            found => bad.push(format!("{what} at {x}: {found:?}")),
        }
    };
    for jump in list("jump") {
        at(number(&jump[0]).unwrap(), format!("jump {jump}"), &|b| {
            b.kind == Kind::Jump
                && agrees(finite(b.left), number(&jump[1]))
                && agrees(finite(b.right), number(&jump[2]))
                && agrees(b.value, number(&jump[3]))
        });
    }
    for pole in list("pole") {
        at(number(&pole).unwrap(), "pole".into(), &|b| b.kind == Kind::Pole && b.value.is_none());
    }
    for hole in list("hole") {
        at(number(&hole[0]).unwrap(), format!("hole {hole}"), &|b| {
            b.kind == Kind::Hole && agrees(finite(b.left), number(&hole[1])) && agrees(b.value, number(&hole[2]))
        });
    }
    for edge in list("edge") {
        at(number(&edge[0]).unwrap(), format!("edge {edge}"), &|b| {
            let attained = match edge[2].as_bool() {
                Some(true) => agrees(b.value, number(&edge[1])),
                Some(false) => b.value.is_none(),
                None => true,
            };
            (agrees(finite(b.left), number(&edge[1])) || agrees(finite(b.right), number(&edge[1]))) && attained
        });
    }
    for kink in list("kink") {
        at(number(&kink[0]).unwrap(), format!("kink {kink}"), &|b| {
            b.kind == Kind::Kink && agrees(b.value, number(&kink[1]))
        });
    }
    for steep in list("steep") {
        let x = number(&steep).unwrap();
        expected.push(x);
        if analysis.breakpoints.iter().any(|b| close(b.x, x) && b.kind != Kind::Kink) {
            bad.push(format!("break at the steep place {x}"));
        }
    }
    for found in &analysis.breakpoints {
        if !expected.iter().any(|x| close(found.x, *x)) {
            bad.push(format!("unexpected {found:?}"));
        }
    }
    let unresolved = list("unres");
    for zone in &analysis.unresolved {
        if !unresolved.iter().any(|u| {
            number(&u[0]).unwrap() <= zone.low
                && zone.high <= number(&u[1]).unwrap()
                && number(&u[2]).unwrap() <= zone.values.0
                && zone.values.1 <= number(&u[3]).unwrap()
        }) {
            bad.push(format!("unexpected {zone:?}"));
        }
    }
    let gaps: Vec<(f64, f64)> = list("gap")
        .iter()
        .map(|g| (number(&g[0]).unwrap_or(f64::NEG_INFINITY), number(&g[1]).unwrap_or(f64::INFINITY)))
        .collect();
    for step in 0..=2000 {
        let x = low + (high - low) * (f64::from(step) + 0.319) / 2001.0;
        let in_gap = gaps.iter().any(|(a, b)| *a < x && x < *b);
        let zone = analysis.unresolved.iter().any(|zone| zone.low <= x && x <= zone.high);
        let pieces = analysis.pieces.iter().filter(|piece| piece.low < x && x < piece.high).count();
        if pieces != usize::from(!in_gap && !zone) {
            bad.push(format!("{pieces} pieces at {x}"));
            break;
        }
    }
    bad
}

#[test]
#[expect(clippy::disallowed_methods, reason = "measures the time of an analysis")]
fn the_hard_pictures_are_analysed_exactly() {
    let Some(data) = shared("cases.json") else { return };
    let (mut bad, mut right, mut slowest) = (Vec::new(), 0, (0.0, String::new()));
    let cases = data["cases"].as_array().unwrap();
    for case in cases {
        let start = std::time::Instant::now();
        let f = function(case["expr"].as_str().unwrap());
        let _ = f.analyse(case["window"][0].as_f64().unwrap(), case["window"][1].as_f64().unwrap());
        let time = start.elapsed().as_secs_f64();
        if time > slowest.0 {
            slowest = (time, case["id"].to_string());
        }
        let found = compare_case(case);
        if found.is_empty() {
            right += 1;
        } else {
            bad.push(format!("{}: {}", case["id"], found.join("\n    ")));
        }
    }
    println!("{right} of {} cases, slowest {:.1} ms ({})", cases.len(), slowest.0 * 1e3, slowest.1);
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Renders an error as the text with the wrong bytes underlined, the message and the help.
fn render(text: &str, error: &Error) -> String {
    let before = text[..error.range.start].chars().count();
    let width = text[error.range.clone()].chars().count().max(1);
    let help = error.help.as_ref().map_or(String::new(), |help| format!("\nhelp: {help}"));
    format!("{text}\n{}{}\n{}{help}\n", " ".repeat(before), "^".repeat(width), error.message)
}

#[test]
fn mistakes_are_explained_where_they_are() {
    let mut scope = Scope::catalogue();
    scope.define("leaky(x; a = 0.01) = {x < 0: a x, x}").unwrap();
    let texts = [
        "",
        "relo(x)",
        "1/2x",
        "x/2(x+1)",
        "sin x",
        "sin^2(x)",
        "2 3",
        "(x + 1",
        "x + 1)",
        "[x)",
        "|x",
        "{x < 0: 0, x",
        "x $ 2",
        "x +",
        "relu(x)'",
        "ax",
        "y + 1",
        "mod(x)",
        "leaky_relu(x, 1, 2)",
        "relu()",
        "max(x)",
        "max'(x, 1)",
        "leaky(x; b = 1)",
        "leaky(x, 1; a = 2)",
        "{x: 1}",
        "{x < 0: 1, 2, 3}",
        "x < 1",
        "2**x",
        "1.2.3",
        "x)",
        "x 2",
        "sgn(x)",
        "sigmoide(x)",
        "1e999",
        "π x +",
        "导数(x)",
        "sin''''''''(x)",
        "x, 1",
        "f(x) = x",
    ];
    let found: String = texts.iter().map(|text| render(text, &parse(text, &scope).unwrap_err()) + "\n").collect();
    let definitions = [
        "max(x) = x",
        "f(x) = f(x - 1)",
        "f(x; e = 1) = x",
        "f(x; a = x) = a",
        "f(x; a, a) = x",
        "f = x",
        "x(x) = 1",
        "f(x) x",
        "(x)",
    ];
    let found = definitions
        .iter()
        .fold(found, |found, text| found + &render(text, &Scope::catalogue().define(text).unwrap_err()) + "\n");
    insta::assert_snapshot!(found);
}

#[test]
fn values_are_those_of_the_text() {
    let nan = f64::NAN;
    let table = [
        ("-x^2", 2.0, -4.0),
        ("2^3^2", 0.0, 512.0),
        ("2x", 3.0, 6.0),
        ("2(x + 1)", 3.0, 8.0),
        ("x sin(x)", 1.0, 0.841_470_984_807_896_5),
        ("(x + 1)(x - 1)", 3.0, 8.0),
        ("|x|", -2.0, 2.0),
        ("||x| - 3|", -1.0, 2.0),
        ("2|x|", -2.0, 4.0),
        ("|x||x - 1|", -2.0, 6.0),
        ("ln|x|", -1.0, 0.0),
        ("2π", 0.0, std::f64::consts::TAU),
        ("x² − 1", 3.0, 8.0),
        ("（x＋1）×2", 3.0, 8.0),
        ("{x ≤ 0: 1, 0 < x < 2: 2, x = 2: 5}", 2.0, 5.0),
        ("{x ≤ 0: 1, 0 < x < 2: 2, x = 2: 5}", 3.0, nan),
        ("0^0", 1.0, 1.0),
        ("x^x", 0.0, 1.0),
        ("x^x", -1.0, nan),
        ("x^3", -2.0, -8.0),
        ("x^(6/2)", -2.0, -8.0),
        ("x^(2/3)", -8.0, nan),
        ("cbrt(x)", -8.0, -2.0),
        ("mod(x, 3)", -1.0, 2.0),
        ("mod(x, -3)", 1.0, -2.0),
        ("heaviside(x)", 0.0, 0.5),
        ("step(x)", 0.0, 1.0),
        ("sign(x)", 0.0, 0.0),
        ("log(x)", std::f64::consts::E, 1.0),
        ("1/x", 0.0, nan),
        ("ln(x)", 0.0, nan),
        ("exp(x)", 1000.0, f64::INFINITY),
        ("ln'(x)", -2.0, nan),
        ("(x^2)/x", 0.0, nan),
        ("e^(2x)", 0.5, std::f64::consts::E),
        ("2e^x", 0.0, 2.0),
        ("2e3x", 1.0, 2000.0),
        ("x^-2", 2.0, 0.25),
        ("2*-3", 0.0, -6.0),
        ("min(3, x, 2)", 5.0, 2.0),
        ("abs''(x)", 1.0, 0.0),
        ("relu''(x)", 1.0, 0.0),
        ("sin''(x)", 1.0, -0.841_470_984_807_896_5),
        ("leaky_relu'(x, 0.1)", -1.0, 0.1),
        ("leaky_relu(x; a = 0.2)", -1.0, -0.2),
        ("elu(x, x)", -1.0, 0.632_120_558_828_557_7),
        ("ln(1 + x)", 1e-20, 1e-20),
        ("e^x - 1", 1e-20, 1e-20),
    ];
    for (text, x, wanted) in table {
        let found = function(text).value(x);
        let close = (found - wanted).abs() <= 4e-16 * wanted.abs().max(1e-30);
        assert!(found == wanted || close || found.is_nan() && wanted.is_nan(), "{text} at {x}: {found}, not {wanted}");
    }
}

#[test]
fn definitions_take_parameters_and_replace_the_catalogue() {
    let mut scope = Scope::catalogue();
    scope.define("leaky(x; a = 0.01) = {x < 0: a x, x}").unwrap();
    scope.define("relu(t) = {t < 0: 0, t}").unwrap();
    scope.define("both(x; b = 2) = leaky(b x, 0.5) + relu(x)").unwrap();
    scope.set_parameter("k", 0.25);
    let value = |text: &str, x: f64| parse(text, &scope).unwrap().value(x);
    assert_eq!(
        [value("leaky(x)", -1.0), value("leaky(x, 0.2)", -1.0), value("leaky(x; a = 0.2)", -1.0)],
        [-0.01, -0.2, -0.2]
    );
    assert_eq!(
        [value("relu'(x)", 0.0), value("leaky'(x)", 0.0), value("both(x)", -1.0), value("k x", 2.0)],
        [1.0, 1.0, -1.0, 0.5]
    );
    assert_eq!(value("both'(x; b = 3)", 1.0), 4.0);
    assert!(Scope::catalogue().define("sin(x) = x").is_err());
    scope.set_parameter("k", f64::NAN);
    let nowhere = parse("k x + 1", &scope).unwrap();
    assert!(nowhere.value(1.0).is_nan());
    assert_eq!(nowhere.analyse(-1.0, 1.0).pieces, []);
}

#[test]
fn derivatives_read_as_a_person_would_write_them() {
    let table = [
        ("x^2", "2*x"),
        ("x^3/3", "x^2"),
        ("sin(2x)", "2*cos(2*x)"),
        ("x/(1 + |x|)", "1/(1 + abs(x))^2"),
        ("relu(3x)", "3*relu'(3*x)"),
        ("ln(x)", "{x > 0: 1/x}"),
        ("ln(|x|)", "sign(x)/abs(x)"),
        ("e^(-x)", "-e^(-x)"),
        ("5", "0"),
        ("x/x", "0/x^2"),
        ("{x < 0: 0, x}", "{x < 0: 0, 1}"),
    ];
    for (text, wanted) in table {
        assert_eq!(function(text).derivative().to_string(), wanted, "{text}");
    }
}

/// Breakpoints as text: place, kind, left limit, value, right limit.
fn breakpoints_of(text: &str, low: f64, high: f64) -> String {
    let limit = |limit: Limit| match limit {
        Limit::Finite(value) => format!("{value}"),
        Limit::PlusInfinity => "inf".into(),
        Limit::MinusInfinity => "-inf".into(),
        Limit::Undefined => "-".into(),
        Limit::None => "?".into(),
    };
    let line = |b: &Breakpoint| {
        let value = b.value.map_or("-".into(), |value| value.to_string());
        format!("{} {:?} {} {value} {}", b.x, b.kind, limit(b.left), limit(b.right))
    };
    function(text).analyse(low, high).breakpoints.iter().map(line).collect::<Vec<_>>().join("; ")
}

#[test]
fn breakpoints_of_more_functions() {
    let table = [
        ("1/(1 - cos(x))", 4.0, "0 Pole inf - inf"),
        ("acos(cos(x))", 2.0, "0 Kink 0 0 0"),
        ("(1 - cos(x))/x^2", 3.0, "0 Hole 0.5 - 0.5"),
        ("(sin(x) - x)/x^3", 3.0, "0 Hole -0.16666666666666666 - -0.16666666666666666"),
        ("1/x - 1/sin(x)", 3.0, "0 Hole 0 - 0"),
        ("exp(exp(1/x))", 3.0, "0 Pole 1 - inf"),
        ("(1 + x)^(1/x)", 0.5, "0 Hole 2.718281828459045 - 2.718281828459045"),
        ("x^x ln(x)", 1.0, "0 Pole - - -inf"),
        ("1/ln(x)", 0.5, "0 End - - 0"),
        ("{x < pi: sin(x), x - pi}", 4.0, "3.141592653589793 Kink 0 0 0"),
        ("{x < ln(2): e^x, 2}", 1.0, "0.6931471805599453 Kink 2 2 2"),
        ("{x < 0: -x^2, x^2}", 1.0, ""),
        ("{x < 1: x^2, 2x - 1}", 2.0, ""),
        ("x |x|", 1.0, ""),
        ("sqrt(x^2 (x - 1))", 0.5, "0 Isolated - 0 -"),
        ("sqrt(-x^2)", 1.0, "0 Isolated - 0 -"),
        ("max(0, min(1, x))", 3.0, "0 Kink 0 0 0; 1 Kink 1 1 1"),
        ("floor(x) + floor(-x)", 0.5, "0 Jump -1 0 -1"),
        ("1/floor(x)", 1.5, "-1 Jump -0.5 -1 -1; 0 End -1 - -; 1 End - 1 1"),
        (
            "atan(tan(x))",
            2.0,
            "-1.5707963267948966 Jump 1.5707963267948966 - -1.5707963267948966; 1.5707963267948966 Jump 1.5707963267948966 - -1.5707963267948966",
        ),
        ("floor'(x)", 0.5, "0 Hole 0 - 0"),
        ("1/(x - 0.1)", 1.0, "0.1 Pole -inf - inf"),
        ("max(x^2, x*x)", 1.0, ""),
        ("{x = 0: 0, x^2 sin(1/x)}", 1.0, ""),
        ("{x = 0: 0, exp(-1/x^2)}", 1.0, ""),
        ("0^x", 1.0, "0 End - 1 0"),
        ("x e^(1/x)", 1.0, "0 Pole 0 - inf"),
        ("sign(x^2)", 1.0, "0 Jump 1 0 1"),
        ("sin(x)/sin(3x)", 0.5, "0 Hole 0.3333333333333333 - 0.3333333333333333"),
        ("sqrt(1 - x^2) + sqrt(x^2 - 1)", 2.0, "-1 Isolated - 0 -; 1 Isolated - 0 -"),
        ("sqrt(x^4 - 2x^2 + 1)", 2.0, "-1 Kink 0 0 0; 1 Kink 0 0 0"),
    ];
    for (text, reach, wanted) in table {
        assert_eq!(breakpoints_of(text, -reach, reach), wanted, "{text}");
    }
}

#[test]
fn hostile_windows_and_expressions_end_soon() {
    for (low, high) in [
        (1.0, 1.0),
        (2.0, 1.0),
        (f64::NAN, 1.0),
        (0.0, f64::INFINITY),
        (1e308, -1e308),
        (1.0, 1.0f64.next_up()),
        (-1.7e308, 1.7e308),
    ] {
        let analysis = function("tan(x)").analyse(low, high);
        assert!(analysis.breakpoints.is_empty() && analysis.pieces.is_empty(), "{low} to {high}");
    }
    let nested = |open: &str, close: &str, count| format!("{}x{}", open.repeat(count), close.repeat(count));
    let sum = vec!["x"; 1_000_000].join(" + ");
    for text in [
        nested("(", ")", 100_000),
        nested("-", "", 100_000),
        nested("sin(", ")", 500),
        nested("2^", "", 100_000),
        nested("|", "|", 100_000),
        nested("{x < 0: ", ", 1}", 1000),
        sum,
    ] {
        assert!(parse(&text, &Scope::catalogue()).is_err());
    }
    let product = vec!["sin(x)"; 1200].join("*");
    for text in [
        "sin(10^300 x)",
        "floor(1000000x)",
        "tan(1000x)",
        "tan(tan(tan(tan(x))))",
        "floor(1/sin(1/x))",
        &nested("sin(", ")", 40),
        &nested("tan(", ")", 40),
        &nested("1/(1 + 1/", ")", 20),
        &product,
    ] {
        let f = function(text);
        for f in [f.derivative(), f] {
            let analysis = f.analyse(-3.0, 3.0);
            let _ = f.extrema(&analysis);
        }
    }
}

#[test]
fn definitions_cannot_grow_without_bound() {
    let mut scope = Scope::catalogue();
    scope.define("f0(x) = x + 1/x").unwrap();
    let grown = (1..1000).find_map(|n| scope.define(&format!("f{n}(x) = f{0}(f{0}(x))", n - 1)).err());
    assert!(grown.is_some_and(|error| error.message.contains("too")));
    let mut scope = Scope::catalogue();
    scope.define("g0(x) = x").unwrap();
    let deep = (1..2000).find_map(|n| scope.define(&format!("g{n}(x) = g{}(x) + 1", n - 1)).err());
    assert!(deep.is_some_and(|error| error.message.contains("too deeply")));
}

#[test]
fn extrema_and_far_limits_are_exact() {
    let extrema = |text: &str, low, high| {
        let f = function(text);
        f.extrema(&f.analyse(low, high))
            .iter()
            .map(|e| format!("{} {} {:?}", e.x, e.value, e.turn))
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert_eq!(extrema("sin(x)", -2.0, 2.0), "-1.5707963267948966 -1 Minimum; 1.5707963267948966 1 Maximum");
    assert_eq!(extrema("x^3 - 3x", -3.0, 3.0), "-1 2 Maximum; 1 -2 Minimum");
    assert_eq!(extrema("x^4", -1.0, 1.0), "0 0 Minimum");
    assert_eq!(extrema("x e^(-x)", -1.0, 3.0), "1 0.36787944117144233 Maximum");
    assert_eq!(extrema("relu(x)", -1.0, 3.0), "");
    assert_eq!(function("sigmoid(x)").far_limits(), (Limit::Finite(0.0), Limit::Finite(1.0)));
    assert_eq!(function("(1 + 1/x)^x").far_limits().1, Limit::Finite(std::f64::consts::E));
    assert_eq!(function("x e^(-x)").far_limits(), (Limit::MinusInfinity, Limit::Finite(0.0)));
    assert_eq!(function("sin(x)").far_limits(), (Limit::None, Limit::None));
}

#[test]
fn numbers_have_short_exact_names() {
    let name = |x: f64| exact_name(x).unwrap_or_default();
    let pi = std::f64::consts::PI;
    assert_eq!(
        [name(pi), name(-pi / 2.0), name(3.0 * pi / 4.0), name(1.0 / 3.0), name(2f64.sqrt()), name(libm::log(2.0))],
        ["π", "−π/2", "3π/4", "1/3", "√2", "ln 2"]
    );
    assert_eq!([name(0.0), name(3.0), name(0.5), name(0.1), name(1.234_567)], ["", "", "", "", ""]);
}

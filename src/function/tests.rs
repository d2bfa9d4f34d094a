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
        let x = low + (high - low) * (f64::from(step) + 0.318) / 2001.0;
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

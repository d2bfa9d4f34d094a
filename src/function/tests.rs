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

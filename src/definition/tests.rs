//! Formulas as people write them, with the values of their functions, and claims, true and false.

use proptest::prelude::*;

use super::*;
use crate::function::{Exact, Scope, parse};

fn cases() -> serde_json::Value {
    serde_json::from_str(include_str!("../../tests/definitions/cases.json")).unwrap()
}

fn text<'a>(case: &'a serde_json::Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_else(|| panic!("{case} has no `{key}`"))
}

/// Defines everything that a formula defines.
fn define_all(tex: &str, scope: &mut Scope) -> Result<(), Error> {
    for directive in directives(tex).iter().filter(|directive| matches!(directive.order, Order::Define(_))) {
        define(tex, directive, &Macros::default(), scope)?;
    }
    Ok(())
}

/// What a value should be and is not.
fn wrong(expression: &str, truth: &serde_json::Value, tolerance: f64, scope: &Scope) -> Option<String> {
    let found = parse(expression, scope).unwrap().exact_value(0.0);
    let good = match (truth.as_str(), found) {
        (None, Exact::Undefined) => true,
        (Some(truth), Exact::Value { double, .. }) => {
            let truth: f64 = truth.parse().unwrap();
            (double - truth).abs() <= (tolerance * truth.abs()).max(1e-15)
        }
        _ => false,
    };
    (!good).then(|| format!("{expression} is {found:?}, not {truth}"))
}

#[test]
fn formulas_mean_what_their_authors_mean() {
    let (mut bad, mut count) = (Vec::new(), 0);
    for case in cases()["definitions"].as_array().unwrap() {
        let (id, tex) = (text(case, "id"), text(case, "tex"));
        let mut scope = Scope::catalogue();
        if let Err(error) = define_all(tex, &mut scope) {
            bad.push(format!("{id}: {error:?}"));
            continue;
        }
        let of = |key: &str| case[key].as_array().unwrap().clone();
        for (name, tolerance, rows) in [("t", 1e-12, of("values")), ("t'", 1e-11, of("slopes"))] {
            for row in rows {
                count += 1;
                bad.extend(
                    wrong(&format!("{name}({})", row[0]), &row[1], tolerance, &scope).map(|why| format!("{id}: {why}")),
                );
            }
        }
    }
    println!("{count} values");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn what_is_no_function_or_could_be_two_is_refused_with_its_place() {
    for case in cases()["rejects"].as_array().unwrap() {
        let tex = text(case, "tex");
        let error = define_all(tex, &mut Scope::catalogue()).expect_err(tex);
        assert!(tex.get(error.range.clone()).is_some() && !error.message.is_empty(), "{tex}: {error:?}");
    }
}

#[test]
fn a_formula_that_ends_too_early_is_underlined_at_its_last_sign() {
    for (tex, sign) in [("f(x) = 2 ×", "×"), ("f(x) = x − ", "−"), ("f(x) = \\frac{1}{x −}", "−")] {
        let tex = format!("% define t\n{tex}");
        let error = define(&tex, &directives(&tex)[0], &Macros::default(), &mut Scope::catalogue()).unwrap_err();
        assert_eq!(tex.get(error.range.clone()), Some(sign), "{tex}: {error:?}");
    }
}

#[test]
fn claims_are_decided_rightly() {
    let mut bad = Vec::new();
    for case in cases()["checks"].as_array().unwrap() {
        let (id, tex) = (text(case, "id"), text(case, "tex"));
        let mut scope = Scope::catalogue();
        define_all(text(case, "prelude"), &mut scope).unwrap();
        let directive = directives(tex).remove(0);
        match (test(tex, &directive, &Macros::default(), &scope), case["holds"].as_bool() == Some(true)) {
            (Ok(Outcome::Holds), true) => {}
            (Err(error), false) if error.message.starts_with("at ") => {}
            (found, _) => bad.push(format!("{id}: {found:?}")),
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn a_false_claim_names_the_place_and_both_values() {
    let tex = "% check relu'\nf'(x) = \\begin{cases} 1 & x \\ge 0 \\\\ 0 & x < 0 \\end{cases}";
    let error = test(tex, &directives(tex)[0], &Macros::default(), &Scope::catalogue()).unwrap_err();
    assert_eq!(error.message, "at x = 0 the formula says 1, `relu'` is 0");
}

#[test]
fn a_sum_whose_digits_are_all_lost_is_no_zero_to_divide_by_or_to_enlarge() {
    for (tex, x) in [
        ("\\frac{e^x - 1}{x}", "1e-300"),
        ("\\frac{x}{e^x - 1}", "1e-300"),
        ("(1 - \\tanh x) e^{2x}", "40"),
        ("\\ln(1 - \\tanh x)", "40"),
    ] {
        let mut scope = Scope::catalogue();
        define_all(&format!("% define t\nf(x) = {tex}"), &mut scope).unwrap();
        let found = parse(&format!("t({x})"), &scope).unwrap().exact_value(0.0);
        assert_eq!(found, Exact::Unknown, "{tex} at {x}");
    }
}

#[test]
fn what_takes_more_digits_than_there_are_is_not_called_false() {
    let mut scope = Scope::catalogue();
    define_all("% define t\nf(x) = \\ln(1 - \\tanh x)", &mut scope).unwrap();
    let tex = "% check t\nf(x) = \\ln 2 - \\ln(e^{2x} + 1)";
    let outcome = test(tex, &directives(tex)[0], &Macros::default(), &scope);
    assert!(matches!(outcome, Ok(Outcome::Undecided { .. })), "{outcome:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_formula_is_read_or_refused(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "x", "f(x)", "=", "\\frac", "{", "}", "\\left(", "\\right)", "(", ")", "|", "^", "_", "2", "10", "+", "-",
                "\\sin ", "\\exp", "\\max", "\\{", "\\}", ",", "&", "\\\\", "\\begin{cases}", "\\end{cases}",
                "\\begin{cases*}", "\\end{cases*}", "\\text{if $x$}", "\\text{otherwise}", "<", "\\le ", "\\in ", "[", "]",
                "\\infty", "\\sum_{k=1}^{5}", "k", "\\frac{d}{dx}", "'", "\\sqrt[3]", "e", "\\bmod ", "!", "の場合", "\\quad",
                "\\operatorname{relu}", "\\mathbb{1}", "\\lfloor ", "\\rfloor ", "a", "/", "$", "_+",
            ]),
            0..24,
        )
    ) {
        let formula = parts.concat();
        for order in ["% define t; a = 2\n", "% check relu\n"] {
            let tex = format!("{order}f(x) = {formula}");
            let Some(directive) = directives(&tex).into_iter().next() else { continue };
            let mut scope = Scope::catalogue();
            let error = if order.contains("define") {
                define(&tex, &directive, &Macros::default(), &mut scope).err()
            } else {
                test(&tex, &directive, &Macros::default(), &scope).err()
            };
            if let Some(error) = error {
                prop_assert!(tex.get(error.range.clone()).is_some(), "{tex}: {error:?}");
            }
        }
    }
}

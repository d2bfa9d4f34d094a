//! Listings that people wrote, tried against the functions that they claim to be.
//!
//! A [`Trial`] is plain data: the core makes it, and a shell that is asked to runs its [`program`] and hands the result
//! to [`verdict`]. The program writes one line for each function and place into a file, so that whatever the listing
//! prints disturbs nothing.

use std::fmt::Write as _;

use super::{Language, Wanted};
use crate::definition;
use crate::diagnostic::Diagnostic;
use crate::function::Function;
use crate::source::Span;

/// A listing and what it claims.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Its language.
    pub language: Language,
    /// Its code.
    pub code: String,
    /// What it claims to define.
    pub expected: Vec<Expected>,
    /// Where it claims that.
    pub span: Span,
}

/// A function of a listing, and what it should be.
#[derive(Debug, Clone)]
pub struct Expected {
    /// How the listing's function is called with `x`: `relu(x)`.
    pub call: String,
    /// What the author says that it is.
    pub title: String,
    /// What it should be.
    pub function: Function,
    /// Where that is claimed.
    pub span: Span,
}

impl Expected {
    /// What an item of the list `check="…"` claims.
    #[must_use]
    pub fn of(wanted: &Wanted, language: Language, span: Span) -> Expected {
        let call = wanted.call.clone().unwrap_or_else(|| match &wanted.name {
            Some(name) => format!("{name}(x)"),
            None => format!("{}(x)", super::name(&wanted.title, language)),
        });
        Expected { call, title: wanted.title.clone(), function: wanted.function.clone(), span }
    }
}

/// The file that the program writes.
pub const RESULTS: &str = "results.txt";

/// A listing as it is run: lines that only the compiler sees are visible to it.
#[must_use]
pub fn runnable(typed: &str, language: Language) -> String {
    if language != Language::Rust {
        return typed.to_owned();
    }
    let line = |line: &str| -> String {
        let start = line.trim_start();
        match start.strip_prefix('#') {
            Some("") => String::new(),
            Some(rest) if rest.starts_with(' ') => rest[1..].to_owned(),
            Some(rest) if rest.starts_with('#') => rest.to_owned(),
            _ => line.to_owned(),
        }
    };
    typed.lines().map(|text| line(text) + "\n").collect()
}

/// Where functions are compared: a grid, large numbers, and each breakpoint from both sides.
#[must_use]
pub(super) fn places(function: &Function) -> Vec<f64> {
    const NEAR: f64 = 1e-6;
    const MOST: usize = 24;
    let mut all: Vec<f64> = (-40..=40).map(|step| f64::from(step) / 4.0).collect();
    all.extend([-100.0, -50.0, -20.0, 20.0, 50.0, 100.0]);
    for point in function.analyse(-100.0, 100.0).breakpoints.iter().take(MOST) {
        let step = NEAR * point.x.abs().max(1.0);
        all.extend([point.x - step, point.x, point.x + step]);
    }
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// The program of a trial: the name of its file and its text.
#[must_use]
pub fn program(trial: &Trial) -> (&'static str, String) {
    match trial.language {
        Language::Python => ("trial.py", python(trial)),
        Language::JavaScript if is_module(&trial.code) => ("trial.mjs", javascript(trial, "import * as")),
        Language::JavaScript => ("trial.cjs", javascript(trial, "const")),
        Language::Rust => ("trial.rs", rust(trial)),
        Language::C => ("trial.c", c(trial)),
    }
}

fn is_module(code: &str) -> bool {
    code.lines().any(|line| line.starts_with("import ") || line.starts_with("export "))
}

fn numbers(function: &Function) -> String {
    places(function).iter().map(|x| format!("{x:?}")).collect::<Vec<_>>().join(", ")
}

fn python(trial: &Trial) -> String {
    let mut text = format!("{}\n\n_results = []\n", trial.code);
    text.push_str(
        "def _try(index, function, places):\n    for place, x in enumerate(places):\n        try:\n            \
         value = repr(float(function(x)))\n        except Exception as error:\n            \
         value = '!' + type(error).__name__ + ': ' + str(error).replace('\\n', ' ')\n        \
         _results.append(f'{index} {place} {value}')\n",
    );
    for (index, expected) in trial.expected.iter().enumerate() {
        let _ = writeln!(text, "_try({index}, lambda x: {}, [{}])", expected.call, numbers(&expected.function));
    }
    let _ = writeln!(
        text,
        "with open('{RESULTS}', 'w', encoding='utf-8') as _file:\n    _file.write('\\n'.join(_results))"
    );
    text
}

fn javascript(trial: &Trial, import: &str) -> String {
    let source = if import == "const" { "= require('node:fs')" } else { "from 'node:fs'" };
    let mut text = format!("{}\n\n{import} trialFiles {source};\nconst trialResults = [];\n", trial.code);
    text.push_str(
        "function tryOut(index, f, places) {\n  places.forEach((x, place) => {\n    let value;\n    \
         try {\n      value = String(Number(f(x)));\n    } catch (error) {\n      \
         value = '!' + String(error).replaceAll('\\n', ' ');\n    }\n    \
         trialResults.push(`${index} ${place} ${value}`);\n  });\n}\n",
    );
    for (index, expected) in trial.expected.iter().enumerate() {
        let _ = writeln!(text, "tryOut({index}, (x) => {}, [{}]);", expected.call, numbers(&expected.function));
    }
    let _ = writeln!(text, "trialFiles.writeFileSync('{RESULTS}', trialResults.join('\\n'));");
    text
}

fn rust(trial: &Trial) -> String {
    let code = trial.code.replace("fn main(", "fn listing_main(");
    let mut text = format!("{code}\n\nfn main() {{\n    let mut results = String::new();\n");
    for (index, expected) in trial.expected.iter().enumerate() {
        let _ = writeln!(
            text,
            "    for (place, x) in [{}].into_iter().enumerate() {{\n        let x: f64 = x;\n        \
             results.push_str(&format!(\"{index} {{place}} {{:?}}\\n\", {}));\n    }}",
            numbers(&expected.function),
            expected.call
        );
    }
    let _ = writeln!(text, "    std::fs::write(\"{RESULTS}\", results).unwrap();\n}}");
    text
}

fn c(trial: &Trial) -> String {
    let code = trial.code.replace("int main(", "int listing_main(");
    let mut text = format!(
        "{code}\n\n#include <stdio.h>\n\nint main(void)\n{{\n    FILE *results = fopen(\"{RESULTS}\", \"w\");\n"
    );
    for (index, expected) in trial.expected.iter().enumerate() {
        let places = numbers(&expected.function);
        let count = super::trial::places(&expected.function).len();
        let _ = writeln!(
            text,
            "    double places{index}[] = {{{places}}};\n    for (int place = 0; place < {count}; place++) {{\n        \
             double x = places{index}[place];\n        \
             fprintf(results, \"{index} %d %.17g\\n\", place, (double) ({}));\n    }}",
            expected.call
        );
    }
    text.push_str("    fclose(results);\n    return 0;\n}\n");
    text
}

/// What the results say about a trial: for each function the first place at which it is something else.
#[must_use]
pub fn verdict(trial: &Trial, results: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, expected) in trial.expected.iter().enumerate() {
        let places = places(&expected.function);
        let mut values: Vec<Option<&str>> = vec![None; places.len()];
        for line in results.lines() {
            let mut parts = line.splitn(3, ' ');
            let number = |part: Option<&str>| part.and_then(|part| part.parse::<usize>().ok());
            if number(parts.next()) == Some(index)
                && let Some(slot) = number(parts.next()).and_then(|place| values.get_mut(place))
            {
                *slot = parts.next();
            }
        }
        // What goes wrong at 0 or 1 is told before what goes wrong at −9.75.
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by(|a, b| {
            let rank =
                |place: usize| (places[place] != places[place].round(), places[place].abs(), places[place] < 0.0);
            let ((a, x, left), (b, y, right)) = (rank(*a), rank(*b));
            a.cmp(&b).then(x.total_cmp(&y)).then(left.cmp(&right))
        });
        let wrong = order.into_iter().find_map(|place| {
            let said = mistake(places[place], values[place], expected)?;
            Some(Diagnostic::error("listing", expected.span, said))
        });
        found.extend(wrong);
    }
    found
}

/// What is wrong with a value, in words.
fn mistake(x: f64, value: Option<&str>, expected: &Expected) -> Option<String> {
    const TOLERANCE: f64 = 1e-9;
    let wanted = expected.function.value(x);
    let (at, title) = (definition::number(x), &expected.title);
    let shown = |value: f64| if value.is_nan() { "undefined".to_owned() } else { definition::number(value) };
    let Some(value) = value else {
        return Some(format!("at x = {at} the listing gives nothing, `{title}` is {}", shown(wanted)));
    };
    if let Some(exception) = value.strip_prefix('!') {
        // Where there is no value, an exception says so.
        return (!wanted.is_nan())
            .then(|| format!("at x = {at} the listing fails, `{title}` is {}: {exception}", shown(wanted)));
    }
    let found = match value {
        "Infinity" | "inf" => f64::INFINITY,
        "-Infinity" | "-inf" => f64::NEG_INFINITY,
        value => value.parse().unwrap_or(f64::NAN),
    };
    if wanted.is_infinite() || (wanted.is_nan() && !found.is_finite()) {
        return None;
    }
    if (found - wanted).abs() <= TOLERANCE * wanted.abs().max(1.0) {
        return None;
    }
    let (mut a, mut b) = (shown(found), shown(wanted));
    if a == b {
        (a, b) = (format!("{found:e}"), format!("{wanted:e}"));
    }
    Some(format!("at x = {at} the listing gives {a}, `{title}` is {b}"))
}

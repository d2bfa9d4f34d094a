//! Generated code: as it reads, and as it runs.
//!
//! `tests/code/` has listings as they are generated, to be read as a reader would; with `UPDATE_CODE=1` they are written
//! anew. All functions of the catalogue are run in every language that is found, in one process each, and compared with
//! a table of truth; random expressions are run and compared with the core.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use piecewise::code::{self, Language, Tongue, Wanted};
use piecewise::function::Scope;
use proptest::prelude::*;

const LANGUAGES: [(Language, &str); 4] =
    [(Language::Python, "py"), (Language::Rust, "rs"), (Language::JavaScript, "js"), (Language::C, "c")];

/// What is written in `tests/code/`, by the name of the file.
const LISTINGS: [(&str, &str); 16] = [
    ("relu", "relu, relu'"),
    ("leaky_relu", "leaky_relu, leaky_relu'"),
    ("sigmoid", "sigmoid, sigmoid'"),
    ("softplus", "softplus, softplus'"),
    ("tanh", "tanh, tanh'"),
    ("silu", "silu, silu'"),
    ("mish", "mish, mish'"),
    ("gelu", "gelu, gelu'"),
    ("gelu_tanh", "gelu_tanh, gelu_tanh'"),
    ("elu", "elu, elu'"),
    ("celu", "celu, celu'"),
    ("selu", "selu, selu'"),
    ("hardswish", "hardswish, hardswish'"),
    ("hardshrink", "hardshrink, hardshrink'"),
    ("step", "step, step'"),
    (
        "own",
        "bump, root, wave = 2 sin(x)^2/(1 + e^(-x)), logistic, logistic', ratio, shifted, bell, bell', gate, swing, worth, worth'",
    ),
];

/// Definitions for the last of them.
const OWN: [&str; 9] = [
    "bump(x) = {-1 < x < 1: exp(1 - 1/(1 - x^2)), 0}",
    "root(x) = {x >= 0: sqrt(x), -sqrt(-x)}",
    "logistic(x) = 1/(1 + e^(-x))",
    "ratio(x) = {x = 0: 1, sin(x)/x}",
    "shifted(x; a = 1/3) = max(a, relu(x - a), min(x, 2))",
    "bell(x) = x/2 * (1 + erf(x/sqrt(2)))",
    "gate(x) = x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))",
    "swing(x) = (e^(2x) - 1)/(e^(2x) + 1)",
    "worth(x) = (e^x - e^(-x))/(e^x + e^(-x)) + ln(1 + e^x) + mod(x, 3)",
];

fn scope() -> Scope {
    let mut scope = Scope::catalogue();
    for text in OWN {
        scope.define(text).unwrap();
    }
    scope
}

fn listing(of: &str, scope: &Scope, language: Language) -> String {
    let wanted = code::read(of, scope).unwrap_or_else(|error| panic!("{of}: {error:?}"));
    code::listing(&wanted, scope, language, Tongue::English).unwrap_or_else(|| panic!("{of} is too large"))
}

#[test]
fn generated_code_reads_like_this() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code");
    let mut different = Vec::new();
    for (name, of) in LISTINGS {
        for (language, extension) in LANGUAGES {
            let path = folder.join(format!("{name}.{extension}"));
            let text = listing(of, &scope(), language);
            if std::env::var_os("UPDATE_CODE").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &text).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
                different.push(format!("--- {}\n{text}", path.display()));
            }
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// A program in a language that prints the value of each function at each place, one a line.
struct Program {
    code: String,
    calls: Vec<(String, f64)>,
    /// A compiler's warning is a mistake.
    strict: bool,
}

impl Program {
    fn text(&self, language: Language) -> String {
        let mut text = self.code.clone();
        let literal = |x: f64| format!("{x:?}");
        match language {
            Language::Python => {
                // Arrays, as the functions are meant for; a warning is an exception.
                text.push_str("\nimport warnings\nimport numpy as np\nwarnings.simplefilter(\"error\")\nout = []\n");
                for (call, places) in self.grouped() {
                    let count = places.len();
                    let places: Vec<String> = places.into_iter().map(literal).collect();
                    let (name, arguments) = call.split_once('(').unwrap();
                    let rest = arguments.trim_end_matches(')').trim_start_matches('x');
                    writeln!(
                        text,
                        "out.extend(np.broadcast_to({name}(np.array([{}]){rest}), {}))",
                        places.join(", "),
                        count
                    )
                    .unwrap();
                }
                text.push_str("print('\\n'.join(repr(float(y)) for y in out))\n");
            }
            Language::JavaScript => {
                text.push_str("\nconst out = [];\n");
                for (call, x) in &self.calls {
                    writeln!(text, "out.push({});", call.replacen("(x", &format!("({}", literal(*x)), 1)).unwrap();
                }
                text.push_str("console.log(out.join('\\n'));\n");
            }
            Language::Rust => {
                text.push_str("\nfn main() {\n");
                for (call, x) in &self.calls {
                    writeln!(
                        text,
                        "    println!(\"{{:?}}\", {});",
                        call.replacen("(x", &format!("({}", literal(*x)), 1)
                    )
                    .unwrap();
                }
                text.push_str("}\n");
            }
            Language::C => {
                text.push_str("\n#include <stdio.h>\n\nint main(void)\n{\n");
                for (call, x) in &self.calls {
                    writeln!(
                        text,
                        "    printf(\"%.17g\\n\", {});",
                        call.replacen("(x", &format!("({}", literal(*x)), 1)
                    )
                    .unwrap();
                }
                text.push_str("    return 0;\n}\n");
            }
        }
        text
    }

    fn grouped(&self) -> Vec<(String, Vec<f64>)> {
        let mut groups: Vec<(String, Vec<f64>)> = Vec::new();
        for (call, x) in &self.calls {
            match groups.last_mut() {
                Some((known, places)) if known == call => places.push(*x),
                _ => groups.push((call.clone(), vec![*x])),
            }
        }
        groups
    }

    /// What the program prints; `None`, with a notice, where the language is missing.
    fn run(&self, language: Language) -> Option<Vec<f64>> {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::write(&path, self.text(language)).unwrap();
            path
        };
        let binary = folder.path().join("program");
        let output = match language {
            Language::Python => Command::new(python()?).arg(write("program.py")).output().ok()?,
            Language::JavaScript => match Command::new("node").arg(write("program.js")).output() {
                Ok(output) => output,
                Err(_) => return skipped("node"),
            },
            Language::Rust => {
                let warnings = if self.strict { "-Dwarnings" } else { "-Awarnings" };
                let arguments = ["--edition=2021", warnings, "-Adead_code", "-o"];
                compile(Command::new("rustc").args(arguments).arg(&binary).arg(write("program.rs")))?;
                Command::new(&binary).output().unwrap()
            }
            Language::C => {
                let warnings = if self.strict { "-Werror" } else { "-w" };
                let arguments = ["-std=c11", "-Wall", "-Wextra", warnings, "-o"];
                compile(Command::new("cc").args(arguments).arg(&binary).arg(write("program.c")).arg("-lm"))?;
                Command::new(&binary).output().unwrap()
            }
        };
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{language:?}: {errors}\n{}", self.code);
        let text = String::from_utf8_lossy(&output.stdout);
        let number = |line: &str| match line {
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            line => line.trim_start_matches("-nan").parse().unwrap_or(f64::NAN),
        };
        let values: Vec<f64> = text.lines().map(number).collect();
        assert_eq!(values.len(), self.calls.len(), "{language:?}");
        Some(values)
    }
}

fn compile(command: &mut Command) -> Option<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let Ok(output) = command.output() else { return skipped(&name) };
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    Some(())
}

/// A Python with NumPy: the one that `PIECEWISE_PYTHON` names, else `python3`.
fn python() -> Option<String> {
    let python = std::env::var("PIECEWISE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import numpy"]).stderr(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) { Some(python) } else { skipped("Python with NumPy") }
}

fn skipped<T>(what: &str) -> Option<T> {
    eprintln!("skipped: there is no {what}");
    None
}

/// A file of the shared measuring material.
fn shared(name: &str) -> Option<serde_json::Value> {
    let beside = format!("{}/../shared/charts/{name}", env!("CARGO_MANIFEST_DIR"));
    let given = std::env::var("PIECEWISE_SHARED").map(|folder| format!("{folder}/charts/{name}"));
    let path = given.ok().filter(|path| Path::new(path).exists()).unwrap_or(beside);
    match std::fs::read_to_string(path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => skipped(&format!("shared material `{name}`")),
    }
}

#[test]
fn the_catalogue_runs_in_every_language() {
    let Some(rows) = shared("activation_truth.json") else { return };
    let rows = rows.as_array().unwrap();
    let mut titles: Vec<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    titles.dedup();
    let of = titles.iter().map(|name| format!("{name}, {name}'")).collect::<Vec<_>>().join(", ");
    for (language, _) in LANGUAGES {
        let code = listing(&of, &Scope::catalogue(), language);
        let (mut calls, mut wanted) = (Vec::new(), Vec::new());
        for title in &titles {
            for (prime, key) in [("", "f"), ("'", "df")] {
                for row in rows.iter().filter(|row| row["name"] == *title) {
                    let parameters = row["params"].as_object().unwrap();
                    let name = code::name(&format!("{title}{prime}"), language);
                    let head = format!("{name}(x");
                    let takes = code.lines().find(|line| {
                        line.contains(&format!("def {name}("))
                            || line.contains(&format!(" {name}("))
                                && (line.starts_with("pub fn")
                                    || line.starts_with("function")
                                    || line.starts_with("double"))
                    });
                    let takes = takes.unwrap_or_else(|| panic!("no {name} in\n{code}"));
                    let has_parameters = takes.split('(').nth(1).unwrap().contains(',');
                    let given: Vec<&str> = parameters.values().map(|value| value.as_str().unwrap()).collect();
                    let given: Vec<String> = if !has_parameters {
                        Vec::new()
                    } else if *title == "selu" {
                        match (language, prime) {
                            (Language::Rust | Language::C, _) => {
                                vec!["1.6732632423543772".to_owned(), "1.0507009873554805".to_owned()]
                            }
                            _ => Vec::new(),
                        }
                    } else {
                        given.iter().map(|value| format!("{:?}", value.parse::<f64>().unwrap())).collect()
                    };
                    let call = given.iter().fold(head, |call, value| format!("{call}, {value}")) + ")";
                    calls.push((call, row["x"].as_str().unwrap().parse::<f64>().unwrap()));
                    wanted.push(row[key].as_str().map(|value| value.parse::<f64>().unwrap()));
                }
            }
        }
        let program = Program { code, calls, strict: true };
        let Some(found) = program.run(language) else { continue };
        let (mut worst, mut bad) = (0.0f64, Vec::new());
        for (((call, x), found), wanted) in program.calls.iter().zip(found).zip(&wanted) {
            match wanted {
                None if found.is_nan() => {}
                Some(wanted) if (found - wanted).abs() <= 1e-12 * wanted.abs().max(1.0) => {
                    worst = worst.max((found - wanted).abs() / wanted.abs().max(1.0));
                }
                _ => bad.push(format!("{call} at {x}: {found} instead of {wanted:?}")),
            }
        }
        println!("{language:?}: {} values, worst error {worst:e}", wanted.len());
        assert!(bad.is_empty(), "{language:?}\n{}", bad.join("\n"));
    }
}

/// Random expressions that have values in many places.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("x".to_owned()),
        (-9i32..9).prop_map(|n| format!("({n})")),
        Just("0.25".to_owned()),
        Just("pi".to_owned()),
        Just("(1/3)".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let unary = prop::sample::select(vec![
            "abs",
            "sign",
            "floor",
            "ceil",
            "exp",
            "expm1",
            "ln",
            "log1p",
            "log2",
            "log10",
            "sqrt",
            "cbrt",
            "sin",
            "cos",
            "tan",
            "sec",
            "csc",
            "cot",
            "asin",
            "acos",
            "atan",
            "sinh",
            "cosh",
            "tanh",
            "asinh",
            "acosh",
            "atanh",
            "erf",
            "erfc",
            "heaviside",
            "step",
            "sigmoid",
            "softplus",
            "tanhshrink",
            "relu",
            "gelu'",
            "elu",
            "hardswish'",
            "softshrink",
            "mish'",
            "selu'",
        ]);
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            (unary, inner.clone()).prop_map(|(name, a)| format!("{name}({a})")),
            pair.clone().prop_map(|(a, b)| format!("({a} + {b})")),
            pair.clone().prop_map(|(a, b)| format!("({a} - {b})")),
            pair.clone().prop_map(|(a, b)| format!("({a})*({b})")),
            pair.clone().prop_map(|(a, b)| format!("({a})/({b})")),
            pair.clone().prop_map(|(a, b)| format!("max({a}, {b})")),
            pair.clone().prop_map(|(a, b)| format!("min({a}, {b}, 2)")),
            pair.prop_map(|(a, b)| format!("mod({a}, {b})")),
            (inner.clone(), -3i32..4).prop_map(|(a, n)| format!("({a})^({n})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{{{a} < 1: {b}, {c}}}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{{-2 < x <= 1: {a}, x > 1: {b}}}")),
        ]
    })
}

/// Places that random functions are computed at.
const PLACES: [f64; 9] = [-30.0, -2.5, -1.0, -0.3, 0.0, 0.7, 1.0, 2.2, 40.0];

#[test]
fn random_expressions_give_in_code_what_they_are() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let scope = Scope::catalogue();
    let mut all: Vec<Wanted> = Vec::new();
    while all.len() < 300 {
        let text = expression().new_tree(&mut runner).unwrap().current();
        let title = format!("g{} = {text}", all.len());
        let mut wanted = code::read(&title, &scope).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        if LANGUAGES.iter().all(|(language, _)| code::listing(&wanted, &scope, *language, Tongue::English).is_some()) {
            all.append(&mut wanted);
        }
    }
    for (language, _) in LANGUAGES {
        let code = code::listing(&all, &scope, language, Tongue::English).unwrap();
        let mut calls = Vec::new();
        for (number, _) in all.iter().enumerate() {
            calls.extend(PLACES.iter().map(|x| (format!("g{number}(x)"), *x)));
        }
        // Expressions have no values in many places, where arrays complain.
        let code = if language == Language::Python { format!("{code}\nnp.seterr(all='ignore')\n") } else { code };
        let program = Program { code, calls, strict: false };
        let Some(found) = program.run(language) else { continue };
        let (mut compared, mut bad) = (0, Vec::new());
        for ((number, x), found) in (0..all.len()).flat_map(|n| PLACES.iter().map(move |x| (n, *x))).zip(found) {
            let wanted = all[number].function.value(x);
            let near =
                [x - 1e-9 * x.abs().max(1.0), x + 1e-9 * x.abs().max(1.0)].map(|x| all[number].function.value(x));
            // Where rounding decides, as beside a jump, nothing can be asked.
            let steady = near.iter().all(|near| (near - wanted).abs() <= 1e-3 * wanted.abs().max(1.0));
            if !wanted.is_finite() || wanted.abs() > 1e100 || !steady {
                continue;
            }
            compared += 1;
            let spread = near.iter().map(|near| (near - wanted).abs()).fold(0.0, f64::max);
            let error = (found - wanted).abs();
            if error.is_nan() || error > 1e-11 * wanted.abs().max(1.0) + spread * 1e-3 {
                bad.push(format!("{} at {x}: {found} instead of {wanted}", all[number].title));
            }
        }
        println!("{language:?}: {compared} values of {} functions", all.len());
        assert!(compared > 800, "too little was compared: {compared}");
        assert!(bad.is_empty(), "{language:?}: {}\n{}", bad.len(), bad.join("\n"));
    }
}

#[test]
fn lists_of_functions_are_read_or_refused() {
    let scope = scope();
    let titles = |text: &str| -> Vec<(Option<String>, String)> {
        code::read(text, &scope).unwrap().into_iter().map(|wanted| (wanted.name, wanted.title)).collect()
    };
    assert_eq!(titles("relu, relu'"), [(None, "relu".into()), (None, "relu'".into())]);
    assert_eq!(
        titles("f = {x <= 0: 0, x}, g = leaky_relu(x, 0.2),"),
        [(Some("f".into()), "{x <= 0: 0, x}".into()), (Some("g".into()), "leaky_relu(x, 0.2)".into())]
    );
    for (text, message, range) in [
        ("relu, rellu'", "unknown function `rellu`", 6..11),
        ("", "there is no function here", 0..0),
        ("f = relu, f = elu", "`f` stands here twice", 9..17),
        ("f = ", "there is no function here", 0..4),
    ] {
        let error = code::read(text, &scope).unwrap_err();
        assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
    }
}

#[test]
fn what_is_too_large_ends_with_a_listing_or_without_one() {
    let mut scope = Scope::catalogue();
    let tower = (0..60).fold("x".to_owned(), |inner, _| format!("sin({inner} + 1/x)"));
    scope.define(&format!("tower(x) = {tower}")).unwrap();
    let rows: Vec<String> = (0..90).map(|n| format!("x < {n}: {n} x")).collect();
    scope.define(&format!("rows(x) = {{{}, 0}}", rows.join(", "))).unwrap();
    let waves: Vec<String> = (1..40).map(|n| format!("sin({n} x) < cos(x): {n}")).collect();
    scope.define(&format!("waves(x) = {{{}, 0}}", waves.join(", "))).unwrap();
    for of in ["tower", "tower'", "tower''", "rows", "rows'", "waves'", "mish''''", "gelu_tanh'''''", "rows, waves"] {
        for (language, _) in LANGUAGES {
            let _ = code::read(of, &scope).map(|wanted| code::listing(&wanted, &scope, language, Tongue::English));
        }
    }
    let wanted = code::read("tower''", &scope).unwrap();
    assert_eq!(code::listing(&wanted, &scope, Language::Python, Tongue::English), None);
}

//! Texts and charts that are made to be slow: `cargo bench --bench hostile`. Each line is one input and its time on one
//! thread. The promise is one second for each.
#![allow(clippy::print_stdout, clippy::disallowed_methods, missing_docs)]

use std::time::Instant;

use piecewise::article::{self, Spellings};
use piecewise::chart::{self, Context};
use piecewise::definition::{self, Macros};
use piecewise::function::Scope;
use piecewise::source::{FileId, Sources, Span};

/// Repeated to one megabyte.
const PIECES: [&str; 46] = [
    "$",
    "$$ ",
    "$a ",
    "\\[",
    "\\[\n",
    "\\(",
    "{",
    "> ",
    ">",
    "`",
    "` `` ",
    "<code>",
    "<!--",
    "<a ",
    "\\begin{align}",
    "[",
    "![",
    "*a ",
    "- ",
    "| a ",
    "$|",
    "\\eqref{",
    "\n> $$",
    "#",
    "[^a]",
    "&",
    "<div>\n",
    "{{",
    "{{ a ",
    "{{< a ",
    "{% ",
    "{++",
    "{a}",
    "{.a",
    "[[",
    "[a](",
    "[a]({{",
    "^a",
    "~a ",
    "++",
    "==a",
    ":a",
    "::: a\n",
    "{:a}\n",
    "*[a]: b\n",
    "!!! a\n",
];

const CURVES: [&str; 10] = [
    "sin(10^300 x)",
    "floor(1000000 x)",
    "tan(1000 x)",
    "floor(sin(200x) * 3)",
    "tan(tan(tan(tan(x))))",
    "sin(1/x)",
    "1/sin(1/x)",
    "floor(1/x)",
    "x^x^x",
    "asin(sin(x)^floor(x))",
];

/// Formulas as definitions: many links, rows, poles, breakpoints, deep nesting, large derivatives.
fn formulas() -> Vec<(&'static str, String)> {
    let joined =
        |count: usize, sign: &str, part: &dyn Fn(usize) -> String| (1..=count).map(part).collect::<Vec<_>>().join(sign);
    vec![
        ("600 sines", joined(600, " + ", &|k| format!("\\sin({k} x)"))),
        ("300 links", joined(300, " = ", &|k| format!("\\sin(x) + {k} - {k}"))),
        ("60 links with poles", joined(60, " = ", &|k| format!("\\tan(x) + 0 \\cdot \\tan({k} x)"))),
        (
            "two sums of 1500 bars",
            joined(2, " = ", &|k| format!("{k} - {k} + {}", joined(1500, " + ", &|k| format!("|x - {k}|")))),
        ),
        (
            "40 rows",
            format!("\\begin{{cases}} {} \\end{{cases}}", joined(40, " \\\\ ", &|k| format!("x & x^2 - {k} x < {k}"))),
        ),
        ("ninth derivative", "\\frac{d^9}{dx^9} \\frac{\\sin(x^2)}{1 + e^{\\cos x}}".to_owned()),
        ("double product", "\\prod_{k=1}^{199} \\prod_{j=1}^{199} (x - jk)".to_owned()),
        ("nested maxima", format!("{}x{}", "\\max(".repeat(50), ", 1)".repeat(50))),
        ("bars", "|".repeat(20_000)),
        ("braces", "{".repeat(20_000)),
        ("fractions", "\\frac".repeat(10_000)),
    ]
}

fn main() {
    for (name, formula) in formulas() {
        let text = format!("% define t\nf(x) = {formula}");
        let start = Instant::now();
        let directive = definition::directives(&text).remove(0);
        let mut scope = Scope::catalogue();
        let read = definition::define(&text, &directive, &Macros::default(), &mut scope);
        let said = read.map_or_else(|error| error.message, |()| "read".to_owned());
        println!("{:8.3} s  definition: {name}: {said}", start.elapsed().as_secs_f64());
    }
    for piece in PIECES {
        let text = piece.repeat((1 << 20) / piece.len());
        let start = Instant::now();
        let source = Sources::default().add("hostile.md", text);
        let article = article::parse(&source, &article::Files::new(), Spellings::default(), &mut Vec::new());
        println!("{:8.3} s  {piece:?}, {} formulas", start.elapsed().as_secs_f64(), article.formulas.len());
    }
    for window in ["[-10, 10]", "[-1e6, 1e6]"] {
        for curve in CURVES {
            let body = format!("x = {window}\ncurves = [\"{curve}\"]");
            let start = Instant::now();
            let (chart, _) = chart::read(&body, Span::new(FileId(0), 0..body.len()));
            let drawing = chart.map(|chart| {
                chart::render(&chart, &Scope::catalogue(), Context { id: "c", language: "en", texts: &[] })
            });
            let bytes = drawing.map_or(0, |(drawing, _)| drawing.elements.len());
            println!("{:8.3} s  {curve} on {window}, {bytes} bytes", start.elapsed().as_secs_f64());
        }
    }
}

//! Texts and charts that are made to be slow: `cargo bench --bench hostile`. Each line is one input and its time on one
//! thread. The promise is one second for each.
#![allow(clippy::print_stdout, clippy::disallowed_methods, missing_docs)]

use std::time::Instant;

use piecewise::article::{self, Spellings};
use piecewise::chart::{self, Context};
use piecewise::function::Scope;
use piecewise::source::{FileId, Sources, Span};

/// Repeated to one megabyte.
const PIECES: [&str; 27] = [
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

fn main() {
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

//! Whatever is read can be drawn in any window: parse, breakpoints, samples, labels, description; no panic, and only finite
//! numbers in the picture.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piecewise::chart::{self, Context};
use piecewise::function::Scope;
use piecewise::source::{FileId, Span};

fuzz_target!(|input: (f64, f64, &str)| {
    let (low, high, expression) = input;
    let body = format!("x = [{low:?}, {high:?}]\ncurves = [{expression:?}]");
    let (Some(chart), _) = chart::read(&body, Span::new(FileId(0), 0..body.len())) else { return };
    let (drawing, _) = chart::render(&chart, &Scope::catalogue(), Context { id: "chart", language: "en", texts: &[] });
    assert!(!drawing.elements.contains("NaN") && !drawing.elements.contains("inf"));
});

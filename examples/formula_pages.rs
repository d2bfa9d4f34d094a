//! Pages full of real formulas, for a look in a browser and for the layout comparison with KaTeX:
//! `cargo run --release --example formula_pages -- formulas.jsonl OUT_DIR`. Each line of the input is a JSON object
//! with `tex` and `display`.
#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::Path;

use piecewise::math::{self, Job, Macros, Numbers, Usage};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, out] = arguments.as_slice() else { panic!("two arguments: formulas.jsonl OUT_DIR") };
    let text = std::fs::read_to_string(input).unwrap();
    let out = Path::new(out);
    std::fs::create_dir_all(out).unwrap();
    let macros = Macros::default();
    let (mut usage, mut refused, mut bytes) = (Usage::default(), 0, 0);
    let formulas: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (number, page) in formulas.chunks(500).enumerate() {
        let mut body = String::new();
        for formula in page {
            let tex = formula["tex"].as_str().unwrap();
            let display = formula["display"].as_bool().unwrap();
            match math::typeset(&Job { tex, display, macros: &macros, prelude: "", numbers: Numbers::default() }) {
                Ok(set) => {
                    usage.merge(&set.usage);
                    bytes += set.html.len();
                    let _ = writeln!(body, "<div>{}</div>", set.html);
                }
                Err(error) => {
                    refused += 1;
                    let _ = writeln!(body, "<div>{}</div>", math::error_box(tex, &error));
                }
            }
        }
        let page = format!("<!doctype html><meta charset=utf-8><link rel=stylesheet href=math.css><body>\n{body}");
        std::fs::write(out.join(format!("page{number:03}.html")), page).unwrap();
    }
    let fonts = math::fonts(&usage);
    let css = math::stylesheet(&usage, &fonts, "").unwrap_or_else(|classes| panic!("no rule for {classes:?}"));
    for font in &fonts {
        std::fs::write(out.join(&font.name), &font.bytes).unwrap();
        println!("{} {}", font.name, font.bytes.len());
    }
    println!("{} formulas, {refused} refused, {bytes} bytes of markup, {} bytes of CSS", formulas.len(), css.len());
    std::fs::write(out.join("math.css"), css).unwrap();
}

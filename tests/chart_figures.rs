//! Whole figures: a fence in `tests/charts/figures/NAME.toml`, the HTML it becomes as a snapshot beside it.
//!
//! With `PIECEWISE_CHART_DIR` set, a page with all figures is left there to be looked at.

#![allow(clippy::disallowed_methods, reason = "a test reads its cases from disk")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use piecewise::chart::spec::Text;
use piecewise::chart::{self, Context, Setting, Typeset};
use piecewise::diagnostic::Diagnostic;
use piecewise::function::Scope;
use piecewise::math::{self, Job, Macros, Numbers};
use piecewise::source::{FileId, Span};
use piecewise::tex;

/// The figure of a fence and what was said about it. Mathematics is left as it was typed.
fn draw(body: &str, id: &str, language: &str) -> (String, Vec<Diagnostic>) {
    let (chart, mut diagnostics) = chart::read(body, Span::new(FileId(0), 0..body.len()));
    let chart = chart.expect("a chart");
    let formulas = chart.texts().into_iter().filter(|text| text.text.contains('$'));
    let texts: Vec<(Text, Typeset)> = formulas.map(|text| (text.clone(), typeset(&text.text))).collect();
    let (drawing, more) = chart::render(&chart, &Scope::catalogue(), Context { id, language, texts: &texts });
    diagnostics.extend(more);
    let html = |text: &Text| text.text.replace('&', "&amp;").replace('<', "&lt;");
    let plain = |text: &Text| typeset(&text.text).plain;
    let figure = chart::figure(&chart, &drawing, &Setting { html: &html, plain: &plain, number: None });
    (figure, diagnostics)
}

/// A text with its formulas measured: what stands between every other pair of dollars.
fn typeset(text: &str) -> Typeset {
    let (mut typeset, macros) = (Typeset { plain: String::new(), width: 0.0, height: 0.0 }, Macros::default());
    for (index, part) in text.split('$').enumerate() {
        if index % 2 == 0 {
            typeset.width += chart::text::ems(part);
            typeset.plain.push_str(part);
            continue;
        }
        let numbers = Numbers::default();
        let job = Job { tex: part, display: false, macros: &macros, prelude: "", numbers };
        let extent = math::typeset(&job).expect("a formula").extent;
        typeset.width += math::SCALE * extent.width;
        typeset.height = typeset.height.max(math::SCALE * (extent.height + extent.depth));
        typeset.plain.push_str(&tex::plain(part));
    }
    typeset
}

fn fences() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts/figures");
    let mut fences: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("text"))
        })
        .collect();
    fences.sort();
    fences
}

fn language(name: &str) -> &str {
    if name.ends_with("_ja") { "ja" } else { "en" }
}

#[test]
fn figures_are_as_they_were() {
    let mut page = String::from(
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <link rel=stylesheet href=chart.css>\
         <style>:root{color-scheme:light dark}body{font:17px/1.6 system-ui,sans-serif;max-width:42rem;margin:auto;\
         padding:1rem;background:var(--chart-paper);color:CanvasText}</style><script src=chart.js defer></script>",
    );
    for (name, body) in fences() {
        let (figure, diagnostics) = draw(&body, &format!("c-{name}"), language(&name));
        let _ = write!(page, "<h2>{name}</h2>{figure}");
        let said: Vec<_> = diagnostics.iter().map(|d| format!("{:?}: {}", d.severity, d.message)).collect();
        let readable = figure.replace("><", ">\n<");
        insta::with_settings!({ snapshot_path => "charts/figures", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, format!("{}\n{readable}", said.join("\n")));
        });
    }
    if let Ok(folder) = std::env::var("PIECEWISE_CHART_DIR").map(PathBuf::from) {
        std::fs::write(folder.join("figures.html"), page).expect("the folder can be written");
    }
}

#[test]
fn what_a_parameter_cannot_do_is_told_at_its_name() {
    let curves = |count: usize| vec!["\"a x\""; count].join(", ");
    for (parameter, curves, expected) in [
        ("a = [0, 1, 3]", "\"relu(x)\"".to_owned(), "no curve has `a` in it"),
        ("max = [0, 1, 3]", "\"max x\"".to_owned(), "`max` is a function and cannot be a parameter"),
        ("a = [0, 1, 41]", curves(5), "5 curves for 41 values of `a` are 205 drawings"),
    ] {
        let body = format!("x = [-1, 1]\nparameter = {{ {parameter} }}\ncurves = [{curves}]\n");
        let (_, diagnostics) = draw(&body, "c", "en");
        let [error] = &diagnostics[..] else { panic!("{diagnostics:?}") };
        let place = error.span.map(|span| &body[span.range()]);
        assert_eq!((error.message.as_str(), place), (expected, parameter.split(' ').next()));
    }
}

#[test]
fn curves_without_the_letter_stand_still() {
    let body = "x = [-1, 1]\nparameter = { a = [0, 1, 3] }\ncurves = [\"a x\", \"x^2\"]\n";
    let (figure, diagnostics) = draw(body, "c", "en");
    assert_eq!(diagnostics, []);
    assert_eq!(figure.matches("data-curve=\"1\" d=").count(), 3);
    assert_eq!(figure.matches("data-curve=\"2\" d=").count(), 1);
}

/// The values of all `id` attributes.
fn ids(html: &str) -> Vec<&str> {
    html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_same_chart_three_times_has_no_id_twice() {
    let body = "title = \"T\"\nx = [-1, 1]\ncurves = [\"relu(x)\"]\n";
    let page: String = ["c1", "c2", "c3"].map(|id| draw(body, id, "en").0).concat();
    let mut all = ids(&page);
    assert_eq!(all.len(), 6, "{all:?}");
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 6);
    for reference in page.split("aria-labelledby=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(reference.split(' ').all(|id| all.contains(&id)), "{reference}");
    }
}

#[test]
fn nothing_in_the_svg_has_a_colour_a_font_or_a_style() {
    for (name, body) in fences() {
        let (figure, _) = draw(&body, "c", language(&name));
        for svg in figure.split("<svg").skip(1).filter_map(|rest| rest.split("</svg>").next()) {
            for word in ["style=", "fill=", "stroke=", "font", "color", "#", " width=", " height=", "NaN"] {
                assert!(!svg.contains(word), "{name}: {word}");
            }
        }
    }
}

#[test]
fn relu_with_its_derivative_is_small() {
    let body = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts/figures/relu.toml"));
    let (figure, diagnostics) = draw(&body.expect("the fence"), "c", "en");
    assert_eq!(diagnostics, []);
    let svg = figure.split("</svg>").next().and_then(|head| head.find("<svg").map(|at| head.len() - at + 6));
    assert!(svg.is_some_and(|bytes| bytes <= 4096), "{svg:?}");
}

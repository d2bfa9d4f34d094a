//! Hard functions, drawn: sizes, gaps at jumps, and no complaint.
//!
//! The pictures themselves are judged by `check_charts.py`, a checker that shares no code with us; with
//! `PIECEWISE_CHART_DIR` set, this test leaves them there as `ID.svg` for it to read. The list of cases lies outside
//! the repository (`PIECEWISE_SHARED` or `../shared`); without it only our own cases in `tests/charts` are drawn.

#![allow(clippy::disallowed_methods, reason = "a test reads its cases from disk")]

use std::path::{Path, PathBuf};

use piecewise::chart::{self, Context};
use piecewise::function::Scope;
use piecewise::source::{FileId, Span};
use serde_json::Value;

/// A case as the checker's file has it.
struct Case {
    id: String,
    expression: String,
    window: [f64; 4],
    /// Where the graph breaks: jumps and poles.
    breaks: Vec<f64>,
    /// The letter that moves, as its chart has it, and the number of the frame that is judged.
    frame: Option<(String, usize)>,
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn cases(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("the case file can be read");
    let json: Value = serde_json::from_str(&text).expect("the case file is JSON");
    let list = json["cases"].as_array().expect("it has cases");
    list.iter()
        .map(|case| {
            let features = &case["features"];
            let every = |name: &str| features[name].as_array().cloned().unwrap_or_default();
            let jumps = every("jump").iter().map(|jump| number(&jump[0])).collect::<Vec<_>>();
            Case {
                id: case["id"].as_str().expect("an id").to_owned(),
                expression: case["expr"].as_str().expect("an expression").to_owned(),
                window: [0, 1, 2, 3].map(|i| number(&case["window"][i])),
                breaks: jumps.into_iter().chain(every("pole").iter().map(number)).collect(),
                frame: case["frame"].as_u64().map(|frame| {
                    let parameter = &case["parameter"];
                    let name = parameter[0].as_str().expect("a letter");
                    let letter = format!("{name} = [{}, {}, {}]", parameter[1], parameter[2], parameter[3]);
                    (letter, frame as usize)
                }),
            }
        })
        .collect()
}

/// The SVG of a case, as an author would write its fence.
fn draw(case: &Case) -> String {
    let [x0, x1, y0, y1] = case.window;
    let parameter = case.frame.as_ref().map_or_else(String::new, |(letter, _)| format!("parameter = {{ {letter} }}\n"));
    let body = format!(
        "title = {:?}\nx = [{x0:?}, {x1:?}]\ny = [{y0:?}, {y1:?}]\ncurves = [{:?}]\n{parameter}",
        case.id, case.expression
    );
    let (chart, diagnostics) = chart::read(&body, Span::new(FileId(0), 0..body.len()));
    assert_eq!(diagnostics, [], "{}", case.id);
    let context = Context { id: "c", language: "en", texts: &[] };
    let (drawing, diagnostics) = chart::render(&chart.expect("a chart"), &Scope::catalogue(), context);
    assert_eq!(diagnostics, [], "{}", case.id);
    let svg = drawing.svg(Some(&case.id), None);
    case.frame.as_ref().map_or(svg.clone(), |(_, frame)| only_frame(&svg, *frame))
}

/// An SVG without its other frames.
fn only_frame(svg: &str, frame: usize) -> String {
    const START: &str = "<g class=\"chart-frame";
    let parts: Vec<&str> = svg.split(START).collect();
    let own = parts[frame + 1].split_once("</g>").expect("the frame ends").0;
    let behind = parts.last().and_then(|last| last.split_once("</g>")).expect("the last frame ends").1;
    format!("{}{START}{own}</g>{behind}", parts[0])
}

/// All path data of curves in an SVG.
fn path_data(svg: &str) -> Vec<&str> {
    svg.split("<path class=\"chart-curve")
        .skip(1)
        .filter_map(|rest| rest.split_once(" d=\"")?.1.split_once('"'))
        .map(|(data, _)| data)
        .collect()
}

/// The abscissae in pixels at which the pen-down runs of path data begin and end. Absolute `M`, all else relative.
fn run_spans(data: &str) -> Vec<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    let (mut command, mut numbers) = ('M', Vec::new());
    let mut flush = |command: char, numbers: &mut Vec<f64>| {
        let count = match command {
            'M' | 'l' => 2,
            'c' => 6,
            _ => 1,
        };
        for group in numbers.chunks(count) {
            match (command, spans.last_mut()) {
                ('M', _) => spans.push((group[0], group[0])),
                ('h' | 'l', Some(span)) => span.1 += group[0],
                ('c', Some(span)) => span.1 += group[4],
                _ => {}
            }
        }
        numbers.clear();
    };
    let mut token = String::new();
    for character in data.chars().chain([' ']) {
        let starts = character == '-' || character == '.' && token.contains('.');
        if !token.is_empty() && (starts || !(character.is_ascii_digit() || character == '.')) {
            numbers.push(token.parse().expect("a number"));
            token.clear();
        }
        if character.is_alphabetic() {
            flush(command, &mut numbers);
            command = character;
        } else if character != ' ' {
            token.push(character);
        }
    }
    flush(command, &mut numbers);
    spans
}

fn attribute(svg: &str, name: &str) -> Vec<f64> {
    let (_, rest) = svg.split_once(&format!("{name}=\"")).expect("the attribute is there");
    rest.split('"').next().unwrap_or("").split(' ').map(|n| n.parse().expect("a number")).collect()
}

/// Draws all cases and returns the bytes of path data of each, ascending.
fn check(cases: &[Case]) -> Vec<usize> {
    let mut problems = Vec::new();
    let folder = std::env::var("PIECEWISE_CHART_DIR").ok().map(PathBuf::from);
    let mut sizes = Vec::new();
    for case in cases {
        let svg = draw(case);
        assert_eq!(svg, draw(case), "{}: the same bytes every time", case.id);
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{}.svg", case.id)), &svg).expect("the folder can be written");
        }
        let plot = attribute(&svg, "data-plot");
        for data in path_data(&svg) {
            for (first, last) in run_spans(data) {
                if first < plot[0] - 0.01 || plot[0] + plot[2] + 0.01 < last {
                    problems.push(format!("{}: outside of the plot", case.id));
                }
                for at in &case.breaks {
                    let column = plot[0] + (at - case.window[0]) / (case.window[1] - case.window[0]) * plot[2];
                    if first < column - 0.1 && column + 0.1 < last {
                        problems.push(format!("{}: a bridge at {at}", case.id));
                    }
                }
            }
        }
        sizes.push(path_data(&svg).iter().map(|data| data.len()).sum());
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    sizes.sort_unstable();
    sizes
}

#[test]
fn the_hard_cases_are_true_and_small() {
    let shared = std::env::var("PIECEWISE_SHARED")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = shared.join("charts/cases.json");
    if !path.is_file() {
        println!("skipped: no {}", path.display());
        return;
    }
    let sizes = check(&cases(&path));
    println!("median {} 90 % {} most {:?}", sizes[sizes.len() / 2], sizes[sizes.len() * 9 / 10], sizes.last());
    assert!(sizes[sizes.len() / 2] <= 500 && sizes[sizes.len() * 9 / 10] <= 1500 && *sizes.last().unwrap() <= 4096);
}

#[test]
fn every_frame_is_true() {
    let sizes = check(&cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts/frame_cases.json")));
    assert!(sizes.len() >= 40 && *sizes.last().unwrap() <= 1024, "{sizes:?}");
}

#[test]
fn our_own_cases_are_true() {
    let sizes = check(&cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts/more_cases.json")));
    assert!(sizes.len() >= 30);
}

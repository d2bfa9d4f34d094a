//! A chart fence to a figure: drawn from the functions themselves, so it cannot lie.
//!
//! ```text
//! fence ─► spec::read ─► Chart ─► render ─► Drawing ─► figure ─► HTML
//!                                 │  function: breakpoints, limits, enclosures
//!                                 └► window ► trace (refine) ► label ► picture (plotters) ► canvas ► path
//! ```
//!
//! [`render`] is pure: a chart, the names that its expressions may use, and its place on the page give a [`Drawing`]
//! and what there is to say to the author. Titles, captions and labels may contain mathematics, which this module
//! cannot set. It is told how large they will be, so that it finds room for them; the drawing keeps them as authored,
//! with their places, and [`figure`] takes the hand that sets them over the SVG.
//!
//! No line crosses a jump, no ink lies where the function is undefined, kinks are exact vertices, and the SVG knows
//! neither colours nor fonts: classes and `chart.css` do.

mod canvas;
mod describe;
mod family;
mod figure;
mod frame;
pub mod image;
mod label;
mod language;
mod naming;
mod number;
mod path;
mod picture;
mod refine;
pub mod spec;
mod table;
pub mod text;
mod tick;
mod trace;
mod window;

use std::borrow::Cow;

pub use canvas::Mark;
use canvas::{Canvas, Role};

use crate::diagnostic::Diagnostic;
use crate::function::{self, Analysis, Function, Scope};
use family::Still;
pub use figure::{Setting, figure, figure_with_image};
use label::{Place, Size};
use language::Language;
use naming::Placed;
use picture::{Content, Layout};
pub use spec::{Chart, read};
use trace::Trace;

/// Where a chart stands: what must be known of its page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Context<'a> {
    /// Unique on the page, letters, digits and hyphens: the prefix of the ids inside the SVG.
    pub id: &'a str,
    /// The page's language tag, such as `en` or `ja`; others than these are described in English.
    pub language: &'a str,
    /// Those of the chart's texts that contain mathematics, with what the page makes of them. The size of one that is
    /// not among them is guessed.
    pub texts: &'a [(spec::Text, Typeset)],
}

/// What a page makes of a text with mathematics.
#[derive(Debug, Clone, PartialEq)]
pub struct Typeset {
    /// The same as plain text.
    pub plain: String,
    /// Its width in em of the text around.
    pub width: f64,
    /// Its height in em of the text around, from the top of the tallest letter to the bottom of the deepest.
    pub height: f64,
}

/// A drawn chart, apart from what has yet to be typeset.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The prefix of the ids in the SVG.
    pub id: String,
    /// The attributes of the `svg` element, with a leading space.
    pub attributes: String,
    /// The elements inside the SVG, after `title` and `desc`.
    pub elements: String,
    /// What the chart shows, in sentences of plain text.
    pub description: String,
    /// Labels with mathematics, to be laid over the SVG.
    pub overlays: Vec<Overlay>,
    /// What has no name beside it: curves, and ends of families.
    pub legend: Vec<Entry>,
    /// What moves the letter, if one does.
    pub slider: Option<Slider>,
    /// The values in numbers, unless the author wants none.
    pub table: Option<Table>,
}

/// What something is called: a text of the author's and what is added to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The text as authored.
    pub text: spec::Text,
    /// True if the text is the expression itself: code, not prose.
    pub code: bool,
    /// Plain text behind it, such as ` = 0.5`.
    pub tail: String,
}

/// A label with mathematics and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// What it says.
    pub words: Words,
    /// The number of its curve, from 1; `None` for the name of an axis.
    pub curve: Option<u8>,
    /// True for an end of a family.
    pub end: bool,
    /// From the left edge of the SVG, in hundredths of its width.
    pub left: f64,
    /// From the top edge to half the height of the label, in hundredths of the height of the SVG.
    pub top: f64,
    /// Which part of the label is there: `start`, `middle` or `end`.
    pub anchor: &'static str,
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The number of the curve, from 1.
    pub curve: u8,
    /// The class that gives it colour and dashes.
    pub class: String,
    /// Its name.
    pub words: Words,
    /// True for an end of a family.
    pub end: bool,
    /// How strong its strokes are, in hundredths.
    pub strength: u32,
}

/// A letter that readers can move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slider {
    /// What the letter is called.
    pub label: spec::Text,
    /// Its values as readers see them, one for each frame.
    pub values: Vec<String>,
    /// The frame that is seen first.
    pub start: usize,
}

/// Values of all curves at some abscissae.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What the table is called, in the language of the page.
    pub title: String,
    /// For each column the number of its curve and what it is called.
    pub heads: Vec<(u8, Words)>,
    /// For each abscissa its name and the values, in the order of the heads.
    pub rows: Vec<(String, Vec<String>)>,
}

/// A curve that could be read.
struct Plotted<'a> {
    curve: &'a spec::Curve,
    /// One, or one for each frame if the letter that moves is in it.
    shapes: Vec<Shape>,
}

/// A function and what is known of it in the window.
struct Shape {
    function: Function,
    slope: Function,
    analysis: Analysis,
}

/// Draws a chart. The messages are about its expressions; a curve that cannot be read is left out.
#[must_use]
pub fn render(chart: &Chart, scope: &Scope, context: Context<'_>) -> (Drawing, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let drawing = render_on(&mut Canvas::default(), chart, scope, context, &mut diagnostics);
    (drawing, diagnostics)
}

/// Draws a chart on a canvas of its own size.
fn render_on(
    canvas: &mut Canvas,
    chart: &Chart,
    scope: &Scope,
    context: Context<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Drawing {
    let curves = read_curves(chart, scope, diagnostics);
    let y = chart.y.unwrap_or_else(|| {
        let shapes: Vec<_> =
            curves.iter().flat_map(|one| &one.shapes).map(|shape| (&shape.function, &shape.analysis)).collect();
        window::ordinates(&shapes, chart.x)
    });
    let height = |name: &Option<spec::Text>| name.as_ref().map_or(0.0, |name| text_size(name, context).height);
    let names = picture::Names { x: height(&chart.x_label), y: height(&chart.y_label) };
    let layout = picture::layout(chart, names, y);
    let trace = |shape: &Shape| trace::trace(&shape.function, &shape.slope, &shape.analysis, &layout.frame);
    let traces: Vec<Vec<Trace>> = curves.iter().map(|one| one.shapes.iter().map(trace).collect()).collect();
    assemble(canvas, chart, context, &curves, &traces, &layout)
}

/// More frames than this, of all curves together, are a mistake: each is a part of the page.
const MOST_DRAWINGS: usize = 164;

/// Reads all curves, those that move for each value of their letter.
fn read_curves<'a>(chart: &'a Chart, scope: &Scope, diagnostics: &mut Vec<Diagnostic>) -> Vec<Plotted<'a>> {
    let scopes = match scopes(chart, scope) {
        Ok(scopes) => scopes,
        Err(error) => {
            diagnostics.push(*error);
            return Vec::new();
        }
    };
    let mut curves: Vec<(&spec::Curve, Vec<Function>)> = Vec::new();
    for curve in &chart.curves {
        match read_curve(curve, &scopes) {
            Ok(functions) => curves.push((curve, functions)),
            Err(error) => {
                let place = curve.f.part(error.range);
                diagnostics.push(Diagnostic::error("chart", place, error.message).maybe_help(error.help));
            }
        }
    }
    if let Some(parameter) = &chart.parameter {
        let moving = curves.iter().filter(|(_, functions)| functions.len() > 1).count();
        let drawings = moving * parameter.values.len();
        if moving == 0 && curves.len() == chart.curves.len() {
            let error = Diagnostic::error("chart", parameter.span, format!("no curve has `{}` in it", parameter.name));
            diagnostics.push(error.help("use it in an expression, or leave the parameter out"));
        }
        if drawings > MOST_DRAWINGS {
            let count = parameter.values.len();
            let message = format!("{moving} curves for {count} values of `{}` are {drawings} drawings", parameter.name);
            let help = format!("draw at most {MOST_DRAWINGS}: let fewer curves move, or take fewer values");
            diagnostics.push(Diagnostic::error("chart", parameter.span, message).help(help));
            for (_, functions) in &mut curves {
                functions.truncate(1);
            }
        }
    }
    curves.into_iter().map(|(curve, functions)| plotted(curve, functions, chart, diagnostics)).collect()
}

/// The names that expressions may use: once, or for each value of the letter that moves.
fn scopes<'a>(chart: &Chart, scope: &'a Scope) -> Result<Vec<Cow<'a, Scope>>, Box<Diagnostic>> {
    let Some(parameter) = &chart.parameter else { return Ok(vec![Cow::Borrowed(scope)]) };
    if scope.meaning(&parameter.name).is_some() {
        let message = format!("`{}` is a function and cannot be a parameter", parameter.name);
        return Err(Box::new(Diagnostic::error("chart", parameter.span, message).help("choose another letter")));
    }
    let with = |value: &f64| {
        let mut scope = scope.clone();
        scope.set_parameter(&parameter.name, *value);
        Cow::Owned(scope)
    };
    Ok(parameter.values.iter().map(with).collect())
}

/// A curve as one function, or as one for each value of the letter that moves if the letter is in it.
fn read_curve(curve: &spec::Curve, scopes: &[Cow<'_, Scope>]) -> Result<Vec<Function>, function::Error> {
    let mut functions =
        scopes.iter().map(|scope| function::parse(&curve.f.text, scope)).collect::<Result<Vec<_>, _>>()?;
    let first = functions.first().map(Function::to_string);
    if functions.iter().all(|function| Some(function.to_string()) == first) {
        functions.truncate(1);
    }
    Ok(functions)
}

/// Finds the breakpoints of a curve.
fn plotted<'a>(
    curve: &'a spec::Curve,
    functions: Vec<Function>,
    chart: &Chart,
    diagnostics: &mut Vec<Diagnostic>,
) -> Plotted<'a> {
    let shape = |function: Function| Shape {
        slope: function.derivative(),
        analysis: function.analyse(chart.x.0, chart.x.1),
        function,
    };
    let shapes: Vec<Shape> = functions.into_iter().map(shape).collect();
    let nowhere = |Shape { analysis, .. }: &Shape| {
        analysis.pieces.is_empty()
            && analysis.unresolved.is_empty()
            && analysis.breakpoints.iter().all(|breakpoint| breakpoint.value.is_none())
    };
    if shapes.iter().all(nowhere) {
        let (low, high) = (number::text(chart.x.0), number::text(chart.x.1));
        let message = format!("`{}` is defined nowhere on [{low}, {high}]", curve.f.text);
        let warning = Diagnostic::warning("chart", curve.f.span, message);
        diagnostics.push(warning.help("choose a window `x` in which it has values"));
    }
    Plotted { curve, shapes }
}

/// Labels, legend, description and table around the traces.
fn assemble(
    canvas: &mut Canvas,
    chart: &Chart,
    context: Context<'_>,
    curves: &[Plotted<'_>],
    traces: &[Vec<Trace>],
    layout: &Layout,
) -> Drawing {
    let language = Language::of(context.language);
    let moves = curves.iter().any(|one| one.shapes.len() > 1);
    let stills = family::stills(chart.parameter.as_ref().filter(|_| moves));
    let (placed, legend) = naming::names(chart, context, curves, traces, &stills, layout);
    let mut labels = Vec::new();
    let mut overlays = Vec::new();
    for Placed { words, number, end, place } in placed {
        if text::has_mathematics(&words.text.text) {
            overlays.push(Overlay { curve: Some(number), end, ..overlay(chart, words, place) });
        } else {
            labels.push((Role::Label(number, end), words.text.text + &words.tail, place));
        }
    }
    let x_place = picture::x_name_place(chart, layout);
    let x_name = axis_name(chart, chart.x_label.as_ref(), x_place, &mut overlays);
    let y_name = axis_name(chart, chart.y_label.as_ref(), picture::y_name_place(layout), &mut overlays);
    let is_blank = |trace: &Trace| trace.runs.is_empty() && trace.bands.is_empty() && trace.dots.is_empty();
    let notice = traces.iter().flatten().all(is_blank).then(|| language.nothing());
    let content = Content { traces, labels, x_name, y_name, notice };
    picture::draw(canvas, chart, layout, &content);
    let values = || stills.iter().map(|still| still.value.clone()).collect::<Vec<_>>();
    let slider = chart.parameter.as_ref().filter(|_| moves).map(|parameter| Slider {
        label: parameter.label.clone(),
        values: values(),
        start: family::start(stills.len()),
    });
    Drawing {
        id: context.id.to_owned(),
        attributes: attributes(chart, layout),
        elements: canvas.elements(&stills),
        description: description(chart, context, curves, traces, &stills),
        overlays,
        legend,
        slider,
        table: chart.table.then(|| table(chart, context, curves, &stills, layout)),
    }
}

fn description(
    chart: &Chart,
    context: Context<'_>,
    curves: &[Plotted<'_>],
    traces: &[Vec<Trace>],
    stills: &[Still],
) -> String {
    let language = Language::of(context.language);
    let names: Vec<String> = curves.iter().map(|plotted| spoken_name(plotted.curve, context)).collect();
    let letter = chart.parameter.as_ref().map(|parameter| plain(&parameter.label, context)).unwrap_or_default();
    let family = match stills {
        [first, .., last] => Some(language.family(&letter, (&first.value, &last.value), stills.len())),
        _ => None,
    };
    let mut described = Vec::new();
    for ((plotted, traces), name) in curves.iter().zip(traces).zip(&names) {
        // Of a family its two ends are told.
        for index in members(&plotted.shapes, false) {
            let shape = &plotted.shapes[index];
            let name = match stills.get(index).filter(|_| plotted.shapes.len() > 1) {
                Some(still) => language.held(name, &format!("{letter} = {}", still.value)),
                None => name.clone(),
            };
            let (function, analysis) = (&shape.function, &shape.analysis);
            described.push(describe::Curve { name, function, analysis, trace: &traces[index] });
        }
    }
    describe::describe(&names, family, &described, chart.x, language)
}

/// The first and the last shape of a curve, and the one in the middle as well; the only one of a curve that stands
/// still.
fn members(shapes: &[Shape], with_middle: bool) -> Vec<usize> {
    let last = shapes.len() - 1;
    let mut members = vec![0, last];
    if with_middle {
        members.push(family::start(shapes.len()));
    }
    members.sort_unstable();
    members.dedup();
    members
}

fn table(chart: &Chart, context: Context<'_>, curves: &[Plotted<'_>], stills: &[Still], layout: &Layout) -> Table {
    let language = Language::of(context.language);
    let (mut columns, mut heads) = (Vec::new(), Vec::new());
    for (number, plotted) in (1..).zip(curves) {
        for index in members(&plotted.shapes, true) {
            let one = &plotted.shapes[index];
            columns.push(table::Column { function: &one.function, slope: &one.slope, analysis: &one.analysis });
            let mut words = words_of(plotted.curve);
            if let (Some(parameter), Some(still)) = (&chart.parameter, stills.get(index))
                && plotted.shapes.len() > 1
            {
                words.tail = format!("{} = {}", plain(&parameter.label, context), still.value);
            }
            heads.push((number, words));
        }
    }
    let rows = table::rows(&columns, &layout.x_ticks, chart.x, language);
    Table { title: language.values().to_owned(), heads, rows }
}

/// What a curve is called: its label or, without one, its expression.
fn words_of(curve: &spec::Curve) -> Words {
    let text = curve.label.as_ref().unwrap_or(&curve.f).clone();
    Words { text, code: curve.label.is_none(), tail: String::new() }
}

/// What a curve is called where nothing can be typeset.
fn spoken_name(curve: &spec::Curve, context: Context<'_>) -> String {
    curve.label.as_ref().map_or_else(|| curve.f.text.clone(), |label| plain(label, context))
}

fn typeset<'a>(text: &spec::Text, context: Context<'a>) -> Option<&'a Typeset> {
    context.texts.iter().find(|(known, _)| known == text).map(|(_, typeset)| typeset)
}

/// A text without mathematics.
fn plain(text: &spec::Text, context: Context<'_>) -> String {
    typeset(text, context).map_or_else(|| text.text.replace('$', ""), |typeset| typeset.plain.clone())
}

/// The room that a name takes where letters are largest.
fn size(words: &Words, context: Context<'_>) -> Size {
    let own = text_size(&words.text, context);
    Size { width: own.width + text::width(&words.tail), height: own.height }
}

fn text_size(text: &spec::Text, context: Context<'_>) -> Size {
    let (width, height) = match typeset(text, context) {
        Some(typeset) => (typeset.width, typeset.height),
        None => (text::guessed_ems(&text.text), 0.0),
    };
    Size { width: width * text::SIZE, height: (height * text::SIZE).max(text::LINE) }
}

/// The name of an axis as plain text, or as an overlay if it has mathematics.
fn axis_name(chart: &Chart, name: Option<&spec::Text>, place: Place, overlays: &mut Vec<Overlay>) -> Option<String> {
    let name = name?;
    if !text::has_mathematics(&name.text) {
        return Some(name.text.clone());
    }
    let words = Words { text: name.clone(), code: false, tail: String::new() };
    overlays.push(overlay(chart, words, place));
    None
}

fn overlay(chart: &Chart, words: Words, place: Place) -> Overlay {
    Overlay {
        words,
        curve: None,
        end: false,
        left: place.at.x / chart.width * 100.0,
        top: place.at.y / chart.height * 100.0,
        anchor: place.anchor.name(),
    }
}

/// The attributes that say what a pixel means.
fn attributes(chart: &Chart, layout: &Layout) -> String {
    let Layout { frame, .. } = layout;
    let numbers = |numbers: &[f64]| numbers.iter().map(|&n| number::attribute(n)).collect::<Vec<_>>().join(" ");
    let plot = &frame.plot;
    format!(
        r#" viewBox="0 0 {}" data-plot="{}" data-x="{}" data-y="{}""#,
        numbers(&[chart.width, chart.height]),
        numbers(&[plot.left, plot.top, plot.width(), plot.height()]),
        numbers(&[frame.x.0, frame.x.1]),
        numbers(&[frame.y.0, frame.y.1])
    )
}

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
//! cannot set; so a drawing keeps them as authored, and [`figure`] takes the hand that sets them.
//!
//! No line crosses a jump, no ink lies where the function is undefined, kinks are exact vertices, and the SVG knows
//! neither colours nor fonts: classes and `chart.css` do.

mod canvas;
mod describe;
mod figure;
mod frame;
pub mod image;
mod label;
mod language;
mod number;
mod path;
mod picture;
mod refine;
pub mod spec;
mod table;
mod text;
mod tick;
mod trace;
mod window;

use canvas::Canvas;
pub use canvas::Mark;

use crate::diagnostic::Diagnostic;
use crate::function::{self, Analysis, Function, Scope};
pub use figure::{Setting, figure, figure_with_image};
use label::{Name, Place};
use language::Language;
use picture::{Content, Layout};
pub use spec::{Chart, read};
use trace::Trace;

/// Where a chart stands: what must be known of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'a> {
    /// Unique on the page, letters, digits and hyphens: the prefix of the ids inside the SVG.
    pub id: &'a str,
    /// The page's language tag, such as `en` or `ja`; others than these are described in English.
    pub language: &'a str,
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
    /// The curves' names where they do not stand beside the curves; empty if they do or if there are none.
    pub legend: Vec<Entry>,
    /// The values in numbers, unless the author wants none.
    pub table: Option<Table>,
}

/// A label with mathematics and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// The text as authored.
    pub text: spec::Text,
    /// The number of its curve, from 1; `None` for the name of an axis.
    pub curve: Option<u8>,
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
    /// Its name as authored.
    pub text: spec::Text,
    /// True if the name is the expression itself: code, not prose.
    pub code: bool,
}

/// Values of all curves at some abscissae.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What the table is called, in the language of the page.
    pub title: String,
    /// For each curve its name, and whether that is the expression itself.
    pub heads: Vec<(spec::Text, bool)>,
    /// For each abscissa its name and the values, in the order of the heads.
    pub rows: Vec<(String, Vec<String>)>,
}

/// A curve that could be read.
struct Plotted<'a> {
    curve: &'a spec::Curve,
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
    let curves: Vec<Plotted<'_>> =
        chart.curves.iter().filter_map(|curve| read_curve(curve, chart, scope, diagnostics)).collect();
    let y = chart.y.unwrap_or_else(|| {
        let shapes: Vec<_> = curves.iter().map(|plotted| (&plotted.function, &plotted.analysis)).collect();
        window::ordinates(&shapes, chart.x)
    });
    let layout = picture::layout(chart, y);
    let traces: Vec<Trace> =
        curves.iter().map(|one| trace::trace(&one.function, &one.slope, &one.analysis, &layout.frame)).collect();
    assemble(canvas, chart, context, &curves, &traces, &layout)
}

/// Parses one curve and finds its breakpoints.
fn read_curve<'a>(
    curve: &'a spec::Curve,
    chart: &Chart,
    scope: &Scope,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Plotted<'a>> {
    let function = match function::parse(&curve.f.text, scope) {
        Ok(function) => function,
        Err(error) => {
            let place = curve.f.part(error.range);
            diagnostics.push(Diagnostic::error("chart", place, error.message).maybe_help(error.help));
            return None;
        }
    };
    let slope = function.derivative();
    let analysis = function.analyse(chart.x.0, chart.x.1);
    let nowhere = analysis.pieces.is_empty()
        && analysis.unresolved.is_empty()
        && analysis.breakpoints.iter().all(|breakpoint| breakpoint.value.is_none());
    if nowhere {
        let (low, high) = (number::text(chart.x.0), number::text(chart.x.1));
        let message = format!("`{}` is defined nowhere on [{low}, {high}]", curve.f.text);
        let warning = Diagnostic::warning("chart", curve.f.span, message);
        diagnostics.push(warning.help("choose a window `x` in which it has values"));
    }
    Some(Plotted { curve, function, slope, analysis })
}

/// Labels, legend, description and table around the traces.
fn assemble(
    canvas: &mut Canvas,
    chart: &Chart,
    context: Context<'_>,
    curves: &[Plotted<'_>],
    traces: &[Trace],
    layout: &Layout,
) -> Drawing {
    let language = Language::of(context.language);
    let places = name_places(chart, curves, traces, layout);
    let mut labels = Vec::new();
    let mut overlays = Vec::new();
    for (number, name, place) in places.iter().flatten() {
        if text::has_mathematics(&name.text) {
            overlays.push(overlay(chart, name, Some(*number), *place));
        } else {
            labels.push((*number, name.text.clone(), *place));
        }
    }
    let x_name = axis_name(chart, chart.x_label.as_ref(), layout, &mut overlays);
    let y_name = axis_name(chart, chart.y_label.as_ref(), layout, &mut overlays);
    let blank = traces.iter().all(|trace| trace.runs.is_empty() && trace.bands.is_empty() && trace.dots.is_empty());
    let notice = blank.then(|| language.nothing());
    let content = Content { traces, labels, x_name, y_name, notice };
    picture::draw(canvas, chart, layout, &content);
    let legend = if places.is_none() { legend(curves) } else { Vec::new() };
    Drawing {
        id: context.id.to_owned(),
        attributes: attributes(chart, layout),
        elements: canvas.elements(),
        description: description(chart, curves, traces, language),
        overlays,
        legend,
        table: chart.table.then(|| table(chart, curves, layout, language)),
    }
}

fn description(chart: &Chart, curves: &[Plotted<'_>], traces: &[Trace], language: Language) -> String {
    let curves: Vec<_> = curves
        .iter()
        .zip(traces)
        .map(|(plotted, trace)| describe::Curve {
            name: spoken_name(plotted.curve).text.clone(),
            function: &plotted.function,
            analysis: &plotted.analysis,
            trace,
        })
        .collect();
    describe::describe(&curves, chart.x, language)
}

fn table(chart: &Chart, curves: &[Plotted<'_>], layout: &Layout, language: Language) -> Table {
    let columns: Vec<_> = curves
        .iter()
        .map(|one| table::Column { function: &one.function, slope: &one.slope, analysis: &one.analysis })
        .collect();
    Table {
        title: language.values().to_owned(),
        heads: curves.iter().map(|one| (name_of(one.curve).clone(), one.curve.label.is_none())).collect(),
        rows: table::rows(&columns, &layout.x_ticks, chart.x, language),
    }
}

/// Where the curves' names stand beside them: nowhere if none is wanted or needed, `None` if a legend has to do it.
fn name_places<'a>(
    chart: &Chart,
    curves: &[Plotted<'a>],
    traces: &[Trace],
    layout: &Layout,
) -> Option<Vec<(u8, &'a spec::Text, Place)>> {
    const MOST: usize = 6;
    if chart.legend == spec::Legend::None || curves.len() <= 1 && curves.iter().all(|one| one.curve.label.is_none()) {
        return Some(Vec::new());
    }
    if chart.legend == spec::Legend::Below || curves.len() > MOST {
        return None;
    }
    let texts: Vec<&spec::Text> = curves.iter().map(|plotted| name_of(plotted.curve)).collect();
    let drawn = |index: &usize| !(traces[*index].runs.is_empty() && traces[*index].dots.is_empty());
    let names: Vec<Name> = (0..curves.len())
        .filter(drawn)
        .map(|curve| Name { curve, width: text::label_width(&texts[curve].text) })
        .collect();
    let places = label::place(&names, traces, &layout.frame)?;
    Some(names.iter().zip(places).map(|(name, place)| (name.curve as u8 + 1, texts[name.curve], place)).collect())
}

/// What a curve is called: its label or, without one, its expression.
fn name_of(curve: &spec::Curve) -> &spec::Text {
    curve.label.as_ref().unwrap_or(&curve.f)
}

/// What a curve is called where nothing can be typeset: a label with mathematics gives way to the expression.
fn spoken_name(curve: &spec::Curve) -> &spec::Text {
    curve.label.as_ref().filter(|label| !text::has_mathematics(&label.text)).unwrap_or(&curve.f)
}

fn legend(curves: &[Plotted<'_>]) -> Vec<Entry> {
    (1..)
        .zip(curves)
        .map(|(number, plotted)| Entry {
            curve: number,
            class: canvas::class(number),
            text: name_of(plotted.curve).clone(),
            code: plotted.curve.label.is_none(),
        })
        .collect()
}

/// The name of an axis as plain text, or as an overlay if it has mathematics.
fn axis_name(chart: &Chart, name: Option<&spec::Text>, layout: &Layout, overlays: &mut Vec<Overlay>) -> Option<String> {
    let name = name?;
    if !text::has_mathematics(&name.text) {
        return Some(name.text.clone());
    }
    let place = if chart.x_label.as_ref() == Some(name) {
        picture::x_name_place(chart, layout)
    } else {
        picture::y_name_place()
    };
    overlays.push(overlay(chart, name, None, place));
    None
}

fn overlay(chart: &Chart, text: &spec::Text, curve: Option<u8>, place: Place) -> Overlay {
    Overlay {
        text: text.clone(),
        curve,
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

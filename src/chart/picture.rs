//! The drawing itself: room for the texts, then everything through plotters onto the canvas.

use std::convert::Infallible;
use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Text as TextElement};
use plotters::prelude::{ChartBuilder, LabelAreaPosition};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, ShapeStyle, TextStyle};

use super::canvas::{Canvas, Role, Strand};
use super::frame::{Frame, Point, Rectangle, UNITS};
use super::label::{Anchor, Place};
use super::path::Unit;
use super::spec::Chart;
use super::text;
use super::tick::{Direction, Tick, Ticks, ticks};
use super::trace::{Trace, Vertex};

/// Distance of a tick's label from the plot.
const TICK_GAP: f64 = 8.0;
/// Distance of the labels of x where they would touch one of y in the corner.
const CORNER_GAP: f64 = 18.0;
/// Room above the plot, and at its right, where nothing else asks for more.
const MARGIN: f64 = 14.0;
/// The smallest plot that is worth drawing.
const LEAST_WIDTH: f64 = 240.0;

/// Where everything goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    pub(super) frame: Frame,
    pub(super) x_ticks: Vec<Tick>,
    pub(super) y_ticks: Vec<Tick>,
    /// Distance of the labels of x from the plot.
    x_gap: f64,
    names: Names,
}

/// The heights of the names of the axes; zero for one without a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Names {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Divides the canvas of a chart into plot and margins.
pub(super) fn layout(chart: &Chart, names: Names, y: (f64, f64)) -> Layout {
    let layout = divided(chart, names, y, TICK_GAP);
    if layout.corner_is_crowded() { divided(chart, names, y, CORNER_GAP) } else { layout }
}

fn divided(chart: &Chart, names: Names, y: (f64, f64), x_gap: f64) -> Layout {
    let top = MARGIN + names.y;
    let below = x_gap + TICK_GAP + text::LINE + names.x;
    let bottom = chart.height - below;
    let y_ticks = ticks(&Ticks::Decimal, y, bottom - top, Direction::Vertical);
    let widest = y_ticks.iter().map(|tick| text::width(&tick.label)).fold(0.0, f64::max);
    let left = (widest + TICK_GAP + 4.0).clamp(28.0, chart.width - LEAST_WIDTH - 2.0 * MARGIN).ceil();
    let plot = Rectangle { left, top, right: chart.width - MARGIN, bottom };
    let x_ticks = ticks(&chart.x_ticks, chart.x, plot.width(), Direction::Horizontal);
    let frame = Frame { x: chart.x, y, plot };
    let mut layout = Layout { frame, x_ticks, y_ticks, x_gap, names };
    layout.make_room_for_the_last_label(chart.width);
    layout
}

impl Layout {
    /// True if the first label of x reaches below the lowest label of y.
    fn corner_is_crowded(&self) -> bool {
        let (Some(x), Some(y)) = (self.x_ticks.first(), self.y_ticks.first()) else { return false };
        let plot = &self.frame.plot;
        let left = self.frame.column(x.value) - text::width(&x.label) / 2.0;
        left < plot.left - TICK_GAP && plot.bottom - self.frame.row(y.value) < text::LINE / 2.0
    }

    /// The last label of x hangs over the right end of the plot by half its width.
    fn make_room_for_the_last_label(&mut self, width: f64) {
        let Some(last) = self.x_ticks.last() else { return };
        let over = self.frame.column(last.value) + text::width(&last.label) / 2.0 - (width - 2.0);
        let plot = &mut self.frame.plot;
        if over > 0.0 {
            plot.right = (plot.right - over).floor().max(plot.left + LEAST_WIDTH);
        }
    }
}

/// What goes onto the canvas besides grid and axes.
pub(super) struct Content<'a> {
    /// For each curve, in order, its trace or the traces of its frames.
    pub(super) traces: &'a [Vec<Trace>],
    /// Names of curves and of the ends of families, each with its part, its text and its place.
    pub(super) labels: Vec<(Role, String, Place)>,
    /// Names of axes, already without mathematics.
    pub(super) x_name: Option<String>,
    pub(super) y_name: Option<String>,
    /// What stands in the middle of a chart that shows nothing.
    pub(super) notice: Option<&'static str>,
}

/// Draws a chart.
pub(super) fn draw(canvas: &mut Canvas, chart: &Chart, layout: &Layout, content: &Content<'_>) {
    *canvas = Canvas::new(chart.width, chart.height);
    // The canvas cannot fail, and plotters refuses only areas of size zero, which the layout never makes.
    let _ = draw_on(canvas, chart, layout, content);
}

type Drawn = Result<(), DrawingAreaErrorKind<Infallible>>;
type Root<'a> = DrawingArea<&'a mut Canvas, plotters::coord::Shift>;

fn draw_on(canvas: &mut Canvas, chart: &Chart, layout: &Layout, content: &Content<'_>) -> Drawn {
    let root = canvas.into_drawing_area();
    draw_axes(&root, chart, layout)?;
    for (number, traces) in (1..).zip(content.traces) {
        let first = u8::from(traces.len() > 1);
        for (frame, trace) in (first..).zip(traces) {
            draw_trace(&root, Strand { number, frame }, trace, &layout.frame)?;
        }
    }
    for (role, text, place) in &content.labels {
        write(&root, *role, text, *place)?;
    }
    if let Some(name) = &content.x_name {
        write(&root, Role::Name, name, x_name_place(chart, layout))?;
    }
    if let Some(name) = &content.y_name {
        write(&root, Role::Name, name, y_name_place(layout))?;
    }
    if let Some(notice) = content.notice {
        let plot = &layout.frame.plot;
        let at = Point { x: f64::midpoint(plot.left, plot.right), y: plot.top + plot.height() / 4.0 };
        write(&root, Role::Name, notice, Place { at, anchor: Anchor::Middle })?;
    }
    Ok(())
}

/// The name of the horizontal axis stands below its right end.
pub(super) fn x_name_place(chart: &Chart, layout: &Layout) -> Place {
    let at = Point { x: layout.frame.plot.right, y: chart.height - layout.names.x / 2.0 };
    Place { at, anchor: Anchor::End }
}

/// The name of the vertical axis stands above it, upright.
pub(super) fn y_name_place(layout: &Layout) -> Place {
    Place { at: Point { x: 2.0, y: layout.names.y / 2.0 }, anchor: Anchor::Start }
}

/// Grid, tick labels and the lines through zero.
fn draw_axes(root: &Root<'_>, chart: &Chart, layout: &Layout) -> Drawn {
    let frame = &layout.frame;
    let plot = &frame.plot;
    let mut context = ChartBuilder::on(root)
        .margin_top(units(plot.top))
        .margin_right(units(chart.width - plot.right))
        .x_label_area_size(units(chart.height - plot.bottom))
        .y_label_area_size(units(plot.left))
        .build_cartesian_2d(Axis::new(frame.x, &layout.x_ticks), Axis::new(frame.y, &layout.y_ticks))?;
    let mut mesh = context.configure_mesh();
    mesh.axis_style(style(Role::Hidden)).light_line_style(style(Role::Hidden)).bold_line_style(style(Role::Grid));
    mesh.label_style(lettering(Role::Grid)).set_all_tick_mark_size(units(TICK_GAP) / 2);
    mesh.set_tick_mark_size(LabelAreaPosition::Bottom, units(layout.x_gap) / 2);
    if !chart.grid {
        mesh.disable_mesh();
    }
    mesh.draw()?;
    let inside = |(low, high): (f64, f64)| low <= 0.0 && 0.0 <= high;
    if inside(frame.x) {
        let line = vec![(0.0, frame.y.0), (0.0, frame.y.1)];
        context.plotting_area().draw(&PathElement::new(line, style(Role::Axis)))?;
    }
    if inside(frame.y) {
        let line = vec![(frame.x.0, 0.0), (frame.x.1, 0.0)];
        context.plotting_area().draw(&PathElement::new(line, style(Role::Axis)))?;
    }
    Ok(())
}

fn draw_trace(root: &Root<'_>, strand: Strand, trace: &Trace, frame: &Frame) -> Drawn {
    for band in &trace.bands {
        let corners: Vec<Unit> = band.iter().map(|&corner| unit(corner)).collect();
        root.draw(&Polygon::new(corners, style(Role::Band(strand))))?;
    }
    for run in &trace.runs {
        for stretch in stretches(run) {
            root.draw(&PathElement::new(stretch, style(Role::Curve(strand))))?;
        }
    }
    for dot in &trace.dots {
        let role = if dot.closed { Role::Closed(strand) } else { Role::Open(strand) };
        root.draw(&Circle::new(unit(dot.at), units(radius(trace, frame)), style(role)))?;
    }
    Ok(())
}

/// Dots shrink where they would cover one another.
fn radius(trace: &Trace, frame: &Frame) -> f64 {
    let mut columns: Vec<f64> = trace.dots.iter().map(|dot| dot.at.x).collect();
    columns.sort_by(f64::total_cmp);
    let apart = columns.windows(2).map(|pair| pair[1] - pair[0]).filter(|apart| *apart > 0.01);
    (apart.fold(frame.plot.width(), f64::min) / 2.5).clamp(1.0, 4.0)
}

/// A run as smooth stretches in hundredths of a pixel; each begins where the one before it ends.
fn stretches(run: &[Vertex]) -> Vec<Vec<Unit>> {
    let mut stretches: Vec<Vec<Unit>> = Vec::new();
    let mut stretch: Vec<Unit> = Vec::new();
    for vertex in run {
        let here = unit(vertex.at);
        if stretch.last() != Some(&here) {
            stretch.push(here);
        }
        if vertex.joint && stretch.len() > 1 {
            stretches.push(std::mem::replace(&mut stretch, vec![here]));
        }
    }
    if stretch.len() > 1 {
        stretches.push(stretch);
    }
    stretches
}

fn write(root: &Root<'_>, role: Role, text: &str, place: Place) -> Drawn {
    let h_pos = match place.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let style = lettering(role).pos(Pos::new(h_pos, VPos::Center));
    root.draw(&TextElement::new(text.to_owned(), unit(place.at), style))
}

fn style(role: Role) -> ShapeStyle {
    let (kind, number, frame) = role.color();
    RGBColor(kind, number, frame).filled()
}

fn lettering(role: Role) -> TextStyle<'static> {
    let (kind, number, frame) = role.color();
    ("sans-serif", text::SIZE * UNITS).into_font().color(&RGBColor(kind, number, frame))
}

fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn unit(point: Point) -> Unit {
    (units(point.x), units(point.y))
}

/// An axis for plotters: our ticks and labels, and no clamping or rounding of its own.
#[derive(Clone)]
struct Axis {
    range: (f64, f64),
    ticks: Vec<Tick>,
}

impl Axis {
    fn new(range: (f64, f64), ticks: &[Tick]) -> Axis {
        Axis { range, ticks: ticks.to_vec() }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        let part = (value - self.range.0) / (self.range.1 - self.range.0);
        (f64::from(first) + part.clamp(0.0, 1.0) * f64::from(last - first)).round() as i32
    }

    /// Plotters asks for faint lines first; there are none.
    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|tick| tick.value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.range.0..self.range.1
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.ticks.iter().find(|tick| tick.value == *value).map_or(String::new(), |tick| tick.label.clone())
    }
}

//! A chart outside of its page: as an SVG file that needs no style sheet, and as marks for whoever paints pixels.
//!
//! A page typesets the mathematics in a label; here it is plain text.

use std::fmt::Write as _;

use super::canvas::{Canvas, Mark, class};
use super::spec::{Legend, Text};
use super::{Chart, Context, Drawing, family, render, text};
use crate::function::Scope;

/// The colours of the six kinds of curves on paper, those of `theme.css`.
pub const CURVES: [u32; 6] = [0x0014_589E, 0x00BB_4A0B, 0x0008_704F, 0x008B_3A9C, 0x007D_6100, 0x004B_5563];
/// The colours of the other marks: letters, grid, paper.
pub const INK: u32 = 0x0059_626E;
/// See [`INK`].
pub const GRID: u32 = 0x00DC_DFE3;
/// See [`INK`].
pub const PAPER: u32 = 0x00FD_FDFC;
/// For each of the six kinds of curves its dashes: lengths of strokes and gaps in turn.
pub const DASHES: [&[f32]; 6] =
    [&[], &[8.0, 5.0], &[0.1, 5.0], &[12.0, 5.0, 0.1, 5.0], &[16.0, 6.0], &[5.0, 4.0, 0.1, 4.0, 0.1, 4.0]];

/// Height of a line of the legend below an image.
const LEGEND_LINE: f64 = 24.0;

/// The marks of a chart, those behind first, and the size that their places are measured in.
#[derive(Debug, Default)]
pub struct Picture {
    /// Width of the canvas.
    pub width: f64,
    /// Height of the canvas.
    pub height: f64,
    /// What is on it.
    pub marks: Vec<Mark>,
}

/// Draws a chart for a canvas of another size. A legend that finds no room beside the curves is left out.
#[must_use]
pub fn picture(chart: &Chart, scope: &Scope, size: (f64, f64), plain: &dyn Fn(&Text) -> String) -> Picture {
    let legend = if chart.legend == Legend::None { Legend::None } else { Legend::Automatic };
    let chart = Chart { width: size.0, height: size.1, legend, ..plainly(chart, plain) };
    let context = Context { id: "", language: "", texts: &[] };
    let (mut canvas, mut diagnostics) = (Canvas::default(), Vec::new());
    let _ = super::render_on(&mut canvas, &chart, scope, context, &mut diagnostics);
    Picture { width: size.0, height: size.1, marks: canvas.marks() }
}

/// A chart as a whole SVG file, and what it shows in words.
#[must_use]
pub fn file(chart: &Chart, scope: &Scope, context: Context<'_>, plain: &dyn Fn(&Text) -> String) -> (String, String) {
    let chart = plainly(chart, plain);
    let (drawing, _) = render(&chart, scope, context);
    let description = chart.alt.as_ref().map_or_else(|| drawing.description.clone(), plain);
    let height = chart.height + LEGEND_LINE * drawing.legend.len() as f64;
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{height}\" viewBox=\"0 0 {w} {height}\">\
         <style>{}</style><rect class=\"paper\" width=\"100%\" height=\"100%\"/>{}{}</svg>",
        style(),
        drawing.elements,
        legend(&drawing, chart.height),
        w = chart.width,
    );
    (svg, description)
}

/// The chart with its labels as plain text, and of a letter that moves only the values that stand on paper.
fn plainly(chart: &Chart, plain: &dyn Fn(&Text) -> String) -> Chart {
    let mut chart = chart.clone();
    let labels = chart.curves.iter_mut().filter_map(|curve| curve.label.as_mut());
    let letter = chart.parameter.iter_mut().map(|parameter| &mut parameter.label);
    for label in labels.chain(&mut chart.x_label).chain(&mut chart.y_label).chain(letter) {
        label.text = plain(label);
    }
    if let Some(parameter) = &mut chart.parameter {
        let kin = family::kin(parameter.values.len());
        parameter.values = kin.into_iter().map(|index| parameter.values[index]).collect();
    }
    chart
}

fn legend(drawing: &Drawing, top: f64) -> String {
    let mut svg = String::new();
    for (line, entry) in drawing.legend.iter().enumerate() {
        let y = top + LEGEND_LINE * (line as f64 + 0.5);
        let name = text::escape(&format!("{}{}", entry.words.text.text, entry.words.tail)).clone();
        let opacity = f64::from(entry.strength) / 100.0;
        let opacity = if entry.strength == 100 { String::new() } else { format!(" opacity=\"{opacity}\"") };
        let _ = write!(svg, "<path class=\"chart-curve {}\" d=\"M8 {y}h36\"{opacity}/>", entry.class);
        let _ = write!(svg, "<text x=\"54\" y=\"{y}\">{name}</text>");
    }
    svg
}

/// What `chart.css` says, for a file that stands alone on paper.
fn style() -> String {
    let mut css = format!(
        "text{{font:14px sans-serif;fill:#{INK:06x};dominant-baseline:central}}.chart-x text{{dominant-baseline:hanging}}\
         .paper{{fill:#{PAPER:06x}}}.chart-grid,.chart-axis,.chart-curve{{fill:none;stroke:#{GRID:06x}}}\
         .chart-axis{{stroke:#{INK:06x};stroke-opacity:.65}}\
         .chart-curve{{stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}}\
         .chart-band{{fill:currentColor;fill-opacity:.5}}.chart-dot{{fill:currentColor;stroke:currentColor;stroke-width:1.75}}\
         .chart-dot.open{{fill:#{PAPER:06x}}}.chart-label{{fill:currentColor;font-weight:600}}\
         text{{stroke:#{PAPER:06x};stroke-width:3;stroke-linejoin:round;paint-order:stroke}}"
    );
    for (number, (color, dashes)) in (1..).zip(CURVES.iter().zip(DASHES)) {
        let name = class(number);
        let _ = write!(css, ".{name}{{color:#{color:06x}}}");
        if !dashes.is_empty() {
            let dashes: Vec<String> = dashes.iter().map(f32::to_string).collect();
            let _ = write!(css, ".chart-curve.{name}{{stroke-dasharray:{}}}", dashes.join(" "));
        }
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_and_dashes_are_those_of_the_theme() {
        let theme = include_str!("../../static/styles/theme.css");
        let chart = include_str!("../../static/styles/chart.css");
        for (name, color) in [("text-muted", INK), ("border", GRID), ("background", PAPER)] {
            assert!(theme.contains(&format!("--{name}: light-dark(#{color:06x},")), "{name}");
        }
        for (number, (color, dashes)) in (1..).zip(CURVES.iter().zip(DASHES)) {
            assert!(theme.contains(&format!("--curve-{number}: light-dark(#{color:06x},")), "{number}");
            let dashes: Vec<String> = dashes.iter().map(f32::to_string).collect();
            let rule = format!(".chart-curve.c{number} {{ stroke-dasharray: {};", dashes.join(" "));
            assert!(dashes.is_empty() || chart.contains(&rule), "{rule}");
        }
    }
}

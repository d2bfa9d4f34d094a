//! The canvas that plotters draws on: it keeps marks by the part they play and writes them as SVG.
//!
//! Plotters knows colours, a page knows style sheets. So a "colour" here is a [`Role`] in disguise: plotters carries
//! it about unseen, and the canvas turns it into a class. Units are hundredths of a pixel. Texts are measured by our
//! own estimate. Nothing of plotters' default rasteriser is used, and nothing outside the canvas is ever asked for:
//! whoever draws has clipped before.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters_backend::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

use super::family::Still;
use super::number::hundredths;
use super::path::{self, Unit};
use super::text::{self, escape};

/// The part that a mark plays in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A line of the grid, or a label of it.
    Grid,
    /// The line `x = 0` or `y = 0`.
    Axis,
    /// A part of a curve.
    Curve(Strand),
    /// The area that a curve fills because it oscillates faster than a picture can show.
    Band(Strand),
    /// A point that belongs to the graph.
    Closed(Strand),
    /// A limit that is not attained.
    Open(Strand),
    /// The name of the curve with this number, or of one end of its family.
    Label(u8, bool),
    /// The name of an axis.
    Name,
    /// What plotters would draw but we do not want.
    Hidden,
}

/// What is drawn of a curve: all of it, or one frame of it if it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Strand {
    /// The number of the curve, from 1.
    pub(super) number: u8,
    /// The number of the frame, from 1; 0 for a curve that stands still.
    pub(super) frame: u8,
}

impl Role {
    /// The colour that stands for the role.
    pub(super) fn color(self) -> (u8, u8, u8) {
        match self {
            Role::Grid => (1, 0, 0),
            Role::Axis => (2, 0, 0),
            Role::Curve(strand) => (3, strand.number, strand.frame),
            Role::Band(strand) => (4, strand.number, strand.frame),
            Role::Closed(strand) => (5, strand.number, strand.frame),
            Role::Open(strand) => (6, strand.number, strand.frame),
            Role::Label(number, end) => (7, number, u8::from(end)),
            Role::Name => (8, 0, 0),
            Role::Hidden => (0, 0, 0),
        }
    }

    fn of(color: BackendColor) -> Role {
        let (kind, number, frame) = color.rgb;
        let strand = Strand { number, frame };
        match kind {
            1 => Role::Grid,
            2 => Role::Axis,
            3 => Role::Curve(strand),
            4 => Role::Band(strand),
            5 => Role::Closed(strand),
            6 => Role::Open(strand),
            7 => Role::Label(number, frame != 0),
            8 => Role::Name,
            _ => Role::Hidden,
        }
    }
}

/// A mark as plain data. Places are pixels from the left and from the top; curves are numbered from 1.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A line of the grid.
    Grid((f64, f64), (f64, f64)),
    /// The line `x = 0` or `y = 0`.
    Axis((f64, f64), (f64, f64)),
    /// An area that a curve fills.
    Band(u8, Vec<(f64, f64)>),
    /// An unbroken part of a curve.
    Curve(u8, Vec<(f64, f64)>),
    /// A point that belongs to the graph, or an open one that does not.
    Dot {
        /// The curve.
        number: u8,
        /// Its centre.
        at: (f64, f64),
        /// Its radius.
        radius: f64,
        /// True for a limit that is not attained.
        open: bool,
    },
    /// A text on one line.
    Text {
        /// Its anchor.
        at: (f64, f64),
        /// Which part of it is there: `start`, `middle` or `end`.
        anchor: &'static str,
        /// True if its top is there, false if its middle is.
        hanging: bool,
        /// The curve that it names; `None` for the text of an axis.
        number: Option<u8>,
        /// What it says.
        text: String,
    },
}

/// A text with its anchor.
#[derive(Debug, Clone, PartialEq)]
struct Lettering {
    role: Role,
    at: Unit,
    anchor: &'static str,
    text: String,
}

/// All marks of a chart, in hundredths of a pixel.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    size: (u32, u32),
    grid: Vec<(Unit, Unit)>,
    axes: Vec<(Unit, Unit)>,
    /// Runs of each curve; a run is a list of stretches that join.
    curves: Vec<(Strand, Vec<Vec<Vec<Unit>>>)>,
    bands: Vec<(Strand, Vec<Unit>)>,
    dots: Vec<(Role, Unit, i32)>,
    letterings: Vec<Lettering>,
}

impl Canvas {
    /// An empty canvas of this many pixels.
    pub(super) fn new(width: f64, height: f64) -> Canvas {
        // Plotters leaves out the last unit of a range.
        let units = |pixels: f64| (pixels * super::frame::UNITS).round() as u32 + 1;
        Canvas { size: (units(width), units(height)), ..Canvas::default() }
    }

    /// The marks as plain data, those behind first, in pixels.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let point = |at: Unit| (f64::from(at.0) / super::frame::UNITS, f64::from(at.1) / super::frame::UNITS);
        let points = |units: &[Unit]| units.iter().map(|&at| point(at)).collect::<Vec<_>>();
        let mut marks: Vec<Mark> = Vec::new();
        marks.extend(self.grid.iter().map(|&(from, to)| Mark::Grid(point(from), point(to))));
        marks.extend(self.axes.iter().map(|&(from, to)| Mark::Axis(point(from), point(to))));
        marks.extend(self.bands.iter().map(|(strand, polygon)| Mark::Band(strand.number, points(polygon))));
        for (strand, runs) in &self.curves {
            marks.extend(runs.iter().map(|run| Mark::Curve(strand.number, points(&run.concat()))));
        }
        for open in [true, false] {
            marks.extend(self.dots.iter().filter_map(|&(role, at, radius)| match role {
                Role::Open(strand) | Role::Closed(strand) if (role == Role::Open(strand)) == open => {
                    let radius = f64::from(radius) / super::frame::UNITS;
                    Some(Mark::Dot { number: strand.number, at: point(at), radius, open })
                }
                _ => None,
            }));
        }
        marks.extend(self.letterings.iter().map(|one| Mark::Text {
            at: point(one.at),
            anchor: one.anchor,
            hanging: one.role == Role::Grid && one.anchor == "middle",
            number: if let Role::Label(number, _) = one.role { Some(number) } else { None },
            text: one.text.clone(),
        }));
        marks
    }

    /// The marks as SVG elements, those behind first; the frames of curves that move, each in a group.
    pub(super) fn elements(&self, stills: &[Still]) -> String {
        let mut svg = String::new();
        self.write_lines(&mut svg);
        self.write_ticks(&mut svg);
        self.write_curves(&mut svg, 0);
        for (frame, still) in (1..).zip(stills) {
            let mut style = String::from("chart-frame");
            if still.kin {
                style.push_str(" kin");
            }
            if still.now {
                style.push_str(" now");
            }
            let value = escape(&still.value);
            let _ = write!(svg, r#"<g class="{style}" data-value="{value}""#);
            if still.kin && still.strength < 100 {
                let _ = write!(svg, r#" opacity="{}""#, hundredths(still.strength.cast_signed()));
            }
            svg.push('>');
            self.write_curves(&mut svg, frame);
            svg.push_str("</g>");
        }
        self.write_letterings(&mut svg);
        svg
    }

    /// The curves of one frame with their dots.
    fn write_curves(&self, svg: &mut String, frame: u8) {
        for (strand, polygon) in self.bands.iter().filter(|(strand, _)| strand.frame == frame) {
            let data = path::polygon(polygon);
            let _ = write!(svg, r#"<path class="chart-band {}" d="{data}"/>"#, class(strand.number));
        }
        for (Strand { number, .. }, runs) in self.curves.iter().filter(|(strand, _)| strand.frame == frame) {
            let data = path::data(runs);
            let _ = write!(svg, r#"<path class="chart-curve {}" data-curve="{number}" d="{data}"/>"#, class(*number));
        }
        self.write_dots(svg, frame);
    }

    fn write_letterings(&self, svg: &mut String) {
        for lettering in &self.letterings {
            let style = match lettering.role {
                Role::Label(number, end) => {
                    format!("chart-label {}{}", class(number), if end { " chart-end" } else { "" })
                }
                Role::Name => "chart-name".to_owned(),
                _ => continue,
            };
            let (x, y) = (hundredths(lettering.at.0), hundredths(lettering.at.1));
            let anchor = if lettering.anchor == "start" {
                String::new()
            } else {
                format!(r#" text-anchor="{}""#, lettering.anchor)
            };
            let _ = write!(svg, r#"<text class="{style}" x="{x}" y="{y}"{anchor}>{}</text>"#, escape(&lettering.text));
        }
    }

    fn write_lines(&self, svg: &mut String) {
        for (name, lines) in [("grid", &self.grid), ("axis", &self.axes)] {
            if !lines.is_empty() {
                let _ = write!(svg, r#"<path class="chart-{name}" d="{}"/>"#, path::lines(lines));
            }
        }
    }

    /// The labels of the grid: below it those of x, to its left those of y. What a group has in common is said once.
    fn write_ticks(&self, svg: &mut String) {
        for (name, anchor) in [("x", "middle"), ("y", "end")] {
            let ticks: Vec<_> =
                self.letterings.iter().filter(|text| text.role == Role::Grid && text.anchor == anchor).collect();
            if ticks.is_empty() {
                continue;
            }
            let _ = write!(svg, r#"<g class="chart-{name}" text-anchor="{anchor}">"#);
            for tick in ticks {
                let (x, y) = (hundredths(tick.at.0), hundredths(tick.at.1));
                let _ = write!(svg, r#"<text x="{x}" y="{y}">{}</text>"#, escape(&tick.text));
            }
            svg.push_str("</g>");
        }
    }

    /// Open dots first: where two curves meet, the value that is taken stays visible.
    fn write_dots(&self, svg: &mut String, frame: u8) {
        for open in [true, false] {
            for (role, at, radius) in &self.dots {
                let (kind, strand) = match role {
                    Role::Open(strand) if open => ("open", strand),
                    Role::Closed(strand) if !open => ("closed", strand),
                    _ => continue,
                };
                if strand.frame != frame {
                    continue;
                }
                let number = strand.number;
                let _ = write!(
                    svg,
                    r#"<circle class="chart-dot {kind} {}" data-curve="{number}" cx="{}" cy="{}" r="{}"/>"#,
                    class(number),
                    hundredths(at.0),
                    hundredths(at.1),
                    hundredths(*radius)
                );
            }
        }
    }

    fn add_stretch(&mut self, strand: Strand, stretch: Vec<Unit>) {
        let Some(&start) = stretch.first() else { return };
        if self.curves.last().is_none_or(|(last, _)| *last != strand) {
            self.curves.push((strand, Vec::new()));
        }
        let Some((_, runs)) = self.curves.last_mut() else { return };
        let ends_here = |run: &&mut Vec<Vec<Unit>>| run.last().and_then(|stretch| stretch.last()) == Some(&start);
        match runs.last_mut().filter(ends_here) {
            Some(run) => run.push(stretch),
            None => runs.push(vec![stretch]),
        }
    }
}

/// The class that gives a curve its colour and its dashes; they repeat after six.
pub(super) fn class(number: u8) -> String {
    format!("c{}", (number.max(1) - 1) % 6 + 1)
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for &mut Canvas {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// A point of one unit; plotters asks for none of the charts drawn here.
    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.fill_polygon([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)], &color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        match Role::of(style.color()) {
            Role::Grid => self.grid.push((from, to)),
            Role::Axis => self.axes.push((from, to)),
            Role::Curve(strand) => self.add_stretch(strand, vec![from, to]),
            _ => {}
        }
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        if fill {
            return self.fill_polygon(corners, style);
        }
        self.draw_path(corners.into_iter().chain([(left, top)]), style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let points: Vec<Unit> = path.into_iter().collect();
        if let Role::Curve(strand) = Role::of(style.color()) {
            self.add_stretch(strand, points);
            return Ok(());
        }
        points.windows(2).try_for_each(|pair| self.draw_line(pair[0], pair[1], style))
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, _fill: bool) -> Drawn {
        let role = Role::of(style.color());
        if matches!(role, Role::Open(_) | Role::Closed(_)) {
            self.dots.push((role, center, radius.cast_signed()));
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, corners: I, style: &S) -> Drawn {
        if let Role::Band(strand) = Role::of(style.color()) {
            self.bands.push((strand, corners.into_iter().collect()));
        }
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Drawn {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let role = Role::of(style.color());
        // Nobody sees a tenth of a pixel in the place of a text.
        let tenths = |units: i32| (units + 5).div_euclid(10) * 10;
        if role != Role::Hidden && !text.is_empty() {
            self.letterings.push(Lettering { role, at: (tenths(at.0), tenths(at.1)), anchor, text: text.to_owned() });
        }
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok(((text::ems(text) * style.size()).ceil() as u32, (style.size() * text::LINE / text::SIZE).ceil() as u32))
    }

    /// The place of the picture: a chart has no bitmaps, but none shall vanish unseen.
    fn blit_bitmap(&mut self, (x, y): BackendCoord, (width, height): (u32, u32), _source: &[u8]) -> Drawn {
        let color = BackendColor { alpha: 1.0, rgb: Role::Band(Strand { number: 1, frame: 0 }).color() };
        self.draw_rect((x, y), (x + width.cast_signed(), y + height.cast_signed()), &color, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::prelude::*;

    fn style(role: Role) -> ShapeStyle {
        let (kind, number, frame) = role.color();
        RGBColor(kind, number, frame).filled()
    }

    const FIRST: Strand = Strand { number: 1, frame: 0 };

    #[test]
    fn what_plotters_draws_becomes_classes() {
        let mut canvas = Canvas::new(10.0, 10.0);
        {
            let area = (&mut canvas).into_drawing_area();
            area.draw(&PathElement::new(vec![(0, 0), (100, 100)], style(Role::Curve(FIRST)))).unwrap();
            area.draw(&PathElement::new(vec![(100, 100), (200, 0)], style(Role::Curve(FIRST)))).unwrap();
            area.draw(&PathElement::new(vec![(300, 0), (400, 0)], style(Role::Curve(FIRST)))).unwrap();
            area.draw(&Circle::new((200, 0), 350, style(Role::Open(FIRST)))).unwrap();
            area.draw(&Polygon::new(vec![(0, 0), (100, 0), (0, 100)], style(Role::Band(FIRST)))).unwrap();
            area.draw(&Rectangle::new([(0, 0), (100, 100)], style(Role::Hidden))).unwrap();
            area.draw_pixel((1, 1), &RGBColor(0, 0, 0)).unwrap();
        }
        assert_eq!(
            canvas.elements(&[]),
            "<path class=\"chart-band c1\" d=\"M0 0h1l-1 1z\"/>\
             <path class=\"chart-curve c1\" data-curve=\"1\" d=\"M0 0l1 1 1-1M3 0h1\"/>\
             <circle class=\"chart-dot open c1\" data-curve=\"1\" cx=\"2\" cy=\"0\" r=\"3.5\"/>"
        );
    }
}

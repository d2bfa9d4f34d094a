//! The image that previews show of an article: its title and its first chart, else what it is about, as a PNG of
//! 1200 × 630 pixels.
//!
//! The letters come from KaTeX's fonts, which every machine has with this program, so the same site gives the same
//! bytes everywhere; no font of the system is asked for. They know Latin and Greek. A text with other letters needs
//! the font that the author names (`share.font`); without it, that text is left out as a whole, never a part of it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Point, Rect, Stroke, StrokeDash, Transform,
};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use crate::article::is_cjk;
use crate::chart::Mark;
use crate::chart::image::{CURVES, DASHES, GRID, INK, PAPER, Picture};

/// Width of an image.
const WIDTH: u32 = 1200;
/// Height of an image.
const HEIGHT: u32 = 630;
/// Free space around everything.
const MARGIN: f32 = 60.0;
/// Colour of titles: `--text` of the theme.
const TEXT: u32 = 0x001C_2128;
/// Colour of the bar below a title: `--accent` of the theme.
const ACCENT: u32 = 0x0014_508F;
/// Pixels to a unit of a chart.
const SCALE: f64 = 2.0;
/// Letters of a chart, in its units.
const CHART_LETTERS: f32 = 15.0;

/// What an image shows.
#[derive(Debug, Clone, Copy)]
pub struct Card<'a> {
    /// The title of the article.
    pub title: &'a str,
    /// The title of the site, in small letters above it.
    pub site: &'a str,
    /// What the article is about, where there is no chart.
    pub description: &'a str,
}

/// The fonts of the images: those of this program, then the author's.
pub struct Fonts<'a> {
    bold: Vec<Face<'a>>,
    regular: Vec<Face<'a>>,
}

/// The files that the fonts are read from.
pub struct FontFiles(Vec<Cow<'static, [u8]>>);

/// The first has most letters, the others what it lacks. Bold ones come first, then regular ones.
const FILES: [&str; 7] = [
    "KaTeX_SansSerif-Bold.ttf",
    "KaTeX_Main-Bold.ttf",
    "KaTeX_Math-BoldItalic.ttf",
    "KaTeX_SansSerif-Regular.ttf",
    "KaTeX_Main-Regular.ttf",
    "KaTeX_Math-Italic.ttf",
    "KaTeX_AMS-Regular.ttf",
];
/// How many of [`FILES`] are bold.
const BOLD: usize = 3;

impl FontFiles {
    /// The fonts that come with this program.
    #[must_use]
    pub fn load() -> FontFiles {
        FontFiles(FILES.iter().map(|name| ratex_katex_fonts::ttf_bytes(name).unwrap_or_default()).collect())
    }

    /// The fonts, with one more for the letters that they lack.
    #[must_use]
    pub fn fonts<'a>(&'a self, own: Option<&'a [u8]>) -> Fonts<'a> {
        let read = |bytes: &'a [u8]| Face::parse(bytes, 0).ok();
        let faces =
            |files: &'a [Cow<'static, [u8]>]| files.iter().filter_map(|file| read(file)).chain(own.and_then(read));
        let (bold, regular) = self.0.split_at(BOLD.min(self.0.len()));
        Fonts { bold: faces(bold).chain(faces(regular)).collect(), regular: faces(regular).collect() }
    }
}

/// True if a file is a font that can be used.
#[must_use]
pub fn is_font(bytes: &[u8]) -> bool {
    Face::parse(bytes, 0).is_ok()
}

/// The size that a chart should have for [`with_chart`], in its units.
#[must_use]
pub fn chart_size(card: Card<'_>, fonts: &Fonts<'_>) -> (f64, f64) {
    let top = header(card, fonts).map_or(MARGIN / 2.0, |header| header.bottom);
    let height = f64::from(HEIGHT as f32 - top - MARGIN / 2.0);
    (f64::from(WIDTH as f32 - 1.5 * MARGIN) / SCALE, height / SCALE)
}

/// The image of an article with a chart.
#[must_use]
pub fn with_chart(card: Card<'_>, picture: &Picture, fonts: &Fonts<'_>) -> Option<Vec<u8>> {
    let mut canvas = Canvas::new()?;
    if let Some(header) = header(card, fonts) {
        canvas.header(&header);
    }
    let top = HEIGHT as f32 - MARGIN / 2.0 - (picture.height * SCALE) as f32;
    let transform = Transform::from_row(SCALE as f32, 0.0, 0.0, SCALE as f32, MARGIN / 2.0, top);
    for mark in &picture.marks {
        canvas.mark(mark, transform, fonts);
    }
    canvas.png()
}

/// The image of an article without a chart: its title and what it is about. `None` if the fonts lack a letter of the
/// title; a description with such a letter is left out.
#[must_use]
pub fn of_article(card: Card<'_>, fonts: &Fonts<'_>) -> Option<Vec<u8>> {
    const EDGE: f32 = 84.0;
    let width = WIDTH as f32 - 2.0 * EDGE;
    let title = [92.0, 80.0, 68.0, 58.0];
    let fitting = title.iter().find_map(|&size| broken(card.title, &fonts.bold, (width, size), 2).filter(|set| set.1));
    let title = match fitting {
        Some((lines, _)) => lines,
        None => broken(card.title, &fonts.bold, (width, 58.0), 3)?.0,
    };
    let description = broken(card.description, &fonts.regular, (width, 36.0), 3).map(|(lines, _)| lines);
    let mut canvas = Canvas::new()?;
    let mut top = 150.0;
    for line in &title {
        canvas.line(line, (EDGE, top + line.size * 0.9), TEXT, None, Transform::identity());
        top += line.size * LEADING;
    }
    top += 28.0;
    for line in description.iter().flatten() {
        canvas.line(line, (EDGE, top + line.size), INK, None, Transform::identity());
        top += line.size * 1.4;
    }
    let site = set(card.site, &fonts.regular, 32.0).filter(|line| line.width <= width && card.site != card.title);
    if let Some(line) = site {
        canvas.line(&line, (EDGE, 92.0), INK, None, Transform::identity());
    }
    if let Some(bar) = Rect::from_ltrb(0.0, HEIGHT as f32 - 14.0, WIDTH as f32, HEIGHT as f32) {
        canvas.pixels.fill_rect(bar, &paint(ACCENT, 255), Transform::identity(), None);
    }
    canvas.png()
}

/// The image of a site: its title alone. `None` if the fonts lack a letter of it.
#[must_use]
pub fn of_site(title: &str, fonts: &Fonts<'_>) -> Option<Vec<u8>> {
    let mut canvas = Canvas::new()?;
    let lines = wrapped(title, &fonts.bold, WIDTH as f32 - 2.0 * MARGIN, &[112.0, 84.0, 64.0])?;
    let height: f32 = lines.iter().map(|line| line.size * LEADING).sum();
    let mut top = (HEIGHT as f32 - height) / 2.0;
    for line in &lines {
        let x = (WIDTH as f32 - line.width) / 2.0;
        canvas.line(line, (x, top + line.size), TEXT, None, Transform::identity());
        top += line.size * LEADING;
    }
    canvas.png()
}

/// Distance of lines, in em.
const LEADING: f32 = 1.2;

/// A set line of text.
struct Line {
    path: Option<Path>,
    width: f32,
    size: f32,
}

/// A letter of a font, perhaps with an accent above it, which may come from another.
struct Glyph<'f, 'a> {
    face: &'f Face<'a>,
    letter: GlyphId,
    accent: Option<(&'f Face<'a>, GlyphId)>,
}

/// The first font that has a letter, or what it can be put together from.
fn glyph<'f, 'a>(c: char, faces: &'f [Face<'a>]) -> Option<Glyph<'f, 'a>> {
    let find = |c: char| faces.iter().find_map(|face| Some((face, face.glyph_index(c)?)));
    if let Some((face, letter)) = find(c) {
        return Some(Glyph { face, letter, accent: None });
    }
    let (letter, accent) = parts(c)?;
    let (face, letter) = find(letter)?;
    Some(Glyph { face, letter, accent: Some(find(accent)?) })
}

/// The letters with accents that the languages of Europe have and KaTeX's fonts have not, by accent. An accent takes the
/// place of the dot of an i.
const ACCENTED: [(char, &str, &str); 9] = [
    ('ˋ', "àèìòùÀÈÌÒÙ", "aeıouAEIOU"),
    ('ˊ', "áéíóúýćńśźÁÉÍÓÚÝĆŃŚŹ", "aeıouycnszAEIOUYCNSZ"),
    ('ˆ', "âêîôûŵŷĉĝÂÊÎÔÛ", "aeıouwycgAEIOU"),
    ('˜', "ãñõĩũÃÑÕ", "anoıuANO"),
    ('ˉ', "āēīōūĀĒĪŌŪ", "aeıouAEIOU"),
    ('¨', "äëïöüÿÄËÏÖÜ", "aeıouyAEIOU"),
    ('˚', "åůÅŮ", "auAU"),
    ('˝', "őűŐŰ", "ouOU"),
    ('ˇ', "čěňřšžǧČĚŇŘŠŽ", "cenrszgCENRSZ"),
];

/// The letter and the accent that a character is made of.
fn parts(c: char) -> Option<(char, char)> {
    ACCENTED.iter().find_map(|(accent, whole, letters)| {
        let at = whole.chars().position(|letter| letter == c)?;
        Some((letters.chars().nth(at)?, *accent))
    })
}

/// Sets a text with its baseline at y = 0; `None` if no font has one of its letters.
fn set(text: &str, faces: &[Face<'_>], size: f32) -> Option<Line> {
    let mut pen = Pen { path: PathBuilder::new(), x: 0.0, shift: (0.0, 0.0), scale: 1.0 };
    for c in text.chars() {
        let Glyph { face, letter, accent } = glyph(c, faces)?;
        pen.scale = size / f32::from(face.units_per_em().max(1));
        pen.shift = (0.0, 0.0);
        let below = face.outline_glyph(letter, &mut pen);
        if let (Some((from, accent)), Some(below)) = (accent, below)
            && let Some(own) = from.glyph_bounding_box(accent)
        {
            pen.shift = above(below, own, from.x_height());
            from.outline_glyph(accent, &mut pen);
        }
        pen.x += f32::from(face.glyph_hor_advance(letter).unwrap_or(0)) * pen.scale;
    }
    Some(Line { width: pen.x, size, path: pen.path.finish() })
}

/// How far an accent has to move to stand in the middle above a letter, in units of the font. As it is, it stands above
/// a letter of the x's height.
fn above(letter: ttf_parser::Rect, accent: ttf_parser::Rect, x_height: Option<i16>) -> (f32, f32) {
    let middle = |rect: ttf_parser::Rect| f32::midpoint(f32::from(rect.x_min), f32::from(rect.x_max));
    let x_height = f32::from(x_height.filter(|height| *height > 0).unwrap_or(450));
    (middle(letter) - middle(accent), (f32::from(letter.y_max) - x_height - 20.0).max(0.0))
}

/// Writes the outline of a glyph in pixels.
struct Pen {
    path: PathBuilder,
    x: f32,
    /// From where the glyph would stand, in units of the font.
    shift: (f32, f32),
    scale: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + (x + self.shift.0) * self.scale, -(y + self.shift.1) * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

/// Sets a text on one line in the largest size that fits, else on two lines in the smallest. What does not fit even
/// there is cut after a word, with an ellipsis.
fn wrapped(text: &str, faces: &[Face<'_>], width: f32, sizes: &[f32]) -> Option<Vec<Line>> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for &size in sizes {
        let line = set(&text, faces, size)?;
        if line.width <= width {
            return Some(vec![line]);
        }
    }
    Some(broken(&text, faces, (width, *sizes.last()?), 2)?.0)
}

/// Sets a text on so many lines of a width, in a size. What does not fit is cut, with an ellipsis; then it is not whole.
fn broken(text: &str, faces: &[Face<'_>], (width, size): (f32, f32), count: usize) -> Option<(Vec<Line>, bool)> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut lines, mut rest) = (Vec::new(), text.as_str());
    while !rest.is_empty() {
        let is_last = lines.len() + 1 == count;
        let end = fitting(rest, "", faces, width, size);
        if is_last && end < rest.len() {
            let cut = rest[..fitting(rest, "…", faces, width, size)].trim_end();
            lines.push(set(&format!("{}…", cut.trim_end_matches(['、', '。', ',', '.'])), faces, size)?);
            return Some((lines, false));
        }
        // A line of nothing would never end.
        let end = if end == 0 { rest.chars().next().map_or(rest.len(), char::len_utf8) } else { end };
        lines.push(set(rest[..end].trim_end(), faces, size)?);
        rest = rest[end..].trim_start();
    }
    Some((lines, true))
}

/// How many bytes of a text fit a line, cut where a line may end: at a space, or between Chinese, Japanese and Korean
/// characters, but for marks that must not begin or end a line. Widths are added up, so that a long title costs no more
/// than its length.
fn fitting(text: &str, end: &str, faces: &[Face<'_>], width: f32, size: f32) -> usize {
    let advance = |c: char| {
        glyph(c, faces).map_or(0.0, |Glyph { face, letter, .. }| {
            f32::from(face.glyph_hor_advance(letter).unwrap_or(0)) * size / f32::from(face.units_per_em().max(1))
        })
    };
    let mut room = width - end.chars().map(advance).sum::<f32>();
    let (mut opportunity, mut last, mut before) = (None, 0, ' ');
    for (at, c) in text.char_indices() {
        if c == ' ' || may_break(before, c) {
            opportunity = Some(at);
        }
        room -= advance(c);
        if room < 0.0 && c != ' ' {
            return opportunity.filter(|&at| at > 0).unwrap_or(last);
        }
        last = at + c.len_utf8();
        before = c;
    }
    text.len()
}

/// Whether a line may end between two characters without a space: the rules of Japanese typesetting in short.
fn may_break(before: char, after: char) -> bool {
    let opens = "（「『【〔〈《([“‘";
    let follows = "）」』】〕〉》、。，．・：；！？ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ)],.:;!?…”’%";
    (is_cjk(before) || is_cjk(after)) && before != ' ' && !opens.contains(before) && !follows.contains(after)
}

/// The texts above a chart.
struct Header {
    site: Option<Line>,
    title: Vec<Line>,
    bottom: f32,
}

/// A title that cannot be written leaves its place to that of the site; `None` if that cannot be written either.
fn header(card: Card<'_>, fonts: &Fonts<'_>) -> Option<Header> {
    const SITE: f32 = 30.0;
    let width = WIDTH as f32 - 2.0 * MARGIN;
    let large = |text: &str| wrapped(text, &fonts.bold, width, &[60.0, 50.0, 42.0]);
    let own = large(card.title);
    let site = set(card.site, &fonts.regular, SITE).filter(|line| line.width <= width && card.site != card.title);
    let site = site.filter(|_| own.is_some());
    let title = own.or_else(|| large(card.site))?;
    let titles: f32 = title.iter().map(|line| line.size * LEADING).sum();
    let bottom = MARGIN * 0.8 + site.as_ref().map_or(0.0, |_| SITE * LEADING) + titles + 12.0;
    Some(Header { site, title, bottom })
}

struct Canvas {
    pixels: Pixmap,
}

impl Canvas {
    fn new() -> Option<Canvas> {
        let mut pixels = Pixmap::new(WIDTH, HEIGHT)?;
        pixels.fill(color(PAPER, 255));
        Some(Canvas { pixels })
    }

    fn header(&mut self, header: &Header) {
        let mut top = MARGIN * 0.8;
        for (line, color) in
            header.site.iter().map(|line| (line, INK)).chain(header.title.iter().map(|line| (line, TEXT)))
        {
            self.line(line, (MARGIN, top + line.size * 0.9), color, None, Transform::identity());
            top += line.size * LEADING;
        }
    }

    /// Writes a line with its baseline's left end at a place; a halo keeps it apart from what lies below.
    fn line(&mut self, line: &Line, (x, y): (f32, f32), ink: u32, halo: Option<f32>, transform: Transform) {
        let Some(path) = &line.path else { return };
        let transform = transform.pre_translate(x, y);
        if let Some(width) = halo {
            let stroke = Stroke { width, line_join: LineJoin::Round, ..Stroke::default() };
            self.pixels.stroke_path(path, &paint(PAPER, 255), &stroke, transform, None);
        }
        self.pixels.fill_path(path, &paint(ink, 255), FillRule::Winding, transform, None);
    }

    fn mark(&mut self, mark: &Mark, transform: Transform, fonts: &Fonts<'_>) {
        match mark {
            Mark::Grid(from, to) => self.rule(*from, *to, &paint(GRID, 255), transform),
            Mark::Axis(from, to) => self.rule(*from, *to, &paint(INK, 166), transform),
            Mark::Band(number, corners) => {
                if let Some(path) = polyline(corners, true) {
                    let paint = paint(curve_color(*number), 128);
                    self.pixels.fill_path(&path, &paint, FillRule::Winding, transform, None);
                }
            }
            Mark::Curve(number, points) => {
                let dashes = DASHES[kind(*number)];
                self.stroke(points, &paint(curve_color(*number), 255), 2.25, dashes, transform);
            }
            Mark::Dot { number, at, radius, open } => {
                let circle = PathBuilder::from_circle(at.0 as f32, at.1 as f32, *radius as f32);
                let Some(circle) = circle else { return };
                let color = curve_color(*number);
                let inside = paint(if *open { PAPER } else { color }, 255);
                self.pixels.fill_path(&circle, &inside, FillRule::Winding, transform, None);
                let stroke = Stroke { width: 1.75, ..Stroke::default() };
                self.pixels.stroke_path(&circle, &paint(color, 255), &stroke, transform, None);
            }
            Mark::Text { at, anchor, hanging, number, text } => {
                let faces = if number.is_some() { &fonts.bold } else { &fonts.regular };
                let Some(line) = set(text, faces, CHART_LETTERS) else { return };
                let x = match *anchor {
                    "middle" => at.0 as f32 - line.width / 2.0,
                    "end" => at.0 as f32 - line.width,
                    _ => at.0 as f32,
                };
                // Letters are about 0.7 em high.
                let y = at.1 as f32 + line.size * if *hanging { 0.75 } else { 0.34 };
                // The names of curves lie over the grid, the labels of the axes beside it.
                self.line(&line, (x, y), number.map_or(INK, curve_color), number.map(|_| 3.0), transform);
            }
        }
    }

    /// A horizontal or vertical line, two pixels wide and on whole pixels: crisp, and many times faster than a stroke.
    fn rule(&mut self, from: (f64, f64), to: (f64, f64), paint: &Paint<'_>, transform: Transform) {
        let mut ends = [from, to].map(|(x, y)| Point::from_xy(x as f32, y as f32));
        transform.map_points(&mut ends);
        let pixel = |a: f32, b: f32| (a.min(b).round() - 1.0, a.max(b).round() + 1.0);
        let ((left, right), (top, bottom)) = (pixel(ends[0].x, ends[1].x), pixel(ends[0].y, ends[1].y));
        if let Some(rectangle) = Rect::from_ltrb(left, top, right, bottom) {
            self.pixels.fill_rect(rectangle, paint, Transform::identity(), None);
        }
    }

    fn stroke(&mut self, points: &[(f64, f64)], paint: &Paint<'_>, width: f32, dashes: &[f32], transform: Transform) {
        let Some(path) = polyline(points, false) else { return };
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            dash: StrokeDash::new(dashes.to_vec(), 0.0),
            ..Stroke::default()
        };
        self.pixels.stroke_path(&path, paint, &stroke, transform, None);
    }

    /// The picture as a file: with a palette where its colours allow, which a flat picture's do, else in full colour.
    fn png(&self) -> Option<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
        encoder.set_compression(png::Compression::Fast);
        let data = match indexed(self.pixels.data()) {
            Some((palette, indices)) => {
                encoder.set_color(png::ColorType::Indexed);
                encoder.set_palette(palette);
                encoder.set_filter(png::Filter::Up);
                indices
            }
            None => {
                encoder.set_color(png::ColorType::Rgb);
                self.pixels.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
            }
        };
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&data).ok()?;
        writer.finish().ok()?;
        Some(file)
    }
}

/// Palette and indices of a picture in RGBA; `None` if it has more than 256 colours. Each channel keeps five bits:
/// nobody sees the finer steps at the edge of a letter.
fn indexed(rgba: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let step = |channel: u8| (u32::from(channel) * 31 + 127) / 255;
    let mut numbers: BTreeMap<u32, u8> = BTreeMap::new();
    let mut palette = Vec::new();
    let mut indices = Vec::with_capacity(rgba.len() / 4);
    let (mut last, mut index) = ([0; 4], 0);
    for pixel in rgba.chunks_exact(4) {
        // Most pixels are like their neighbours.
        if pixel != last || indices.is_empty() {
            last.copy_from_slice(pixel);
            let steps = [step(pixel[0]), step(pixel[1]), step(pixel[2])];
            let key = (steps[0] << 10) | (steps[1] << 5) | steps[2];
            index = match numbers.get(&key) {
                Some(&index) => index,
                None => {
                    let index = u8::try_from(numbers.len()).ok()?;
                    numbers.insert(key, index);
                    palette.extend(steps.map(|step| ((step * 255 + 15) / 31) as u8));
                    index
                }
            };
        }
        indices.push(index);
    }
    Some((palette, indices))
}

fn polyline(points: &[(f64, f64)], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        match index {
            0 => path.move_to(x as f32, y as f32),
            _ => path.line_to(x as f32, y as f32),
        }
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn kind(number: u8) -> usize {
    usize::from(number.max(1) - 1) % CURVES.len()
}

fn curve_color(number: u8) -> u32 {
    CURVES[kind(number)]
}

fn color(rgb: u32, alpha: u8) -> Color {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Color::from_rgba8(red, green, blue, alpha)
}

fn paint(rgb: u32, alpha: u8) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(color(rgb, alpha));
    paint
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, width: f32) -> Option<usize> {
        let files = FontFiles::load();
        wrapped(text, &files.fonts(None).bold, width, &[60.0, 40.0]).map(|lines| {
            assert!(lines.iter().all(|line| line.width <= width), "{text}");
            lines.len()
        })
    }

    #[test]
    fn a_title_takes_one_line_or_two_and_never_more_room() {
        assert_eq!(lines("ReLU", 1000.0), Some(1));
        assert_eq!(lines("Erdős, Łukasiewicz", 1000.0), None, "not all letters of this are in the fonts");
        assert_eq!(lines("a − α ≤ ∞", 1000.0), Some(1));
        assert_eq!(lines(&"many words ".repeat(8), 1000.0), Some(2));
        assert_eq!(lines(&"many words ".repeat(5000), 1000.0), Some(2));
        assert_eq!(lines(&"x".repeat(5000), 1000.0), Some(2));
        assert_eq!(lines("関数 ReLU", 1000.0), None);
    }

    #[test]
    fn accents_are_put_above_letters() {
        let files = FontFiles::load();
        let fonts = files.fonts(None);
        for (accent, whole, letters) in ACCENTED {
            assert_eq!(whole.chars().count(), letters.chars().count(), "{accent:?}");
            for c in whole.chars() {
                let lines = [&fonts.bold, &fonts.regular].map(|faces| set(&c.to_string(), faces, 40.0));
                let height = |line: &Line| line.path.as_ref().map_or(0.0, |path| -path.bounds().top());
                let bare = set(&parts(c).unwrap().0.to_string(), &fonts.bold, 40.0).unwrap();
                let [Some(bold), Some(_)] = lines else { panic!("no font has {c}") };
                assert!(height(&bold) > height(&bare) + 2.0, "{c} is no higher than without its accent");
                assert!((bold.width - bare.width).abs() < 0.01, "{c}");
            }
        }
    }

    #[test]
    fn a_japanese_line_ends_where_it_may() {
        for (before, after, may) in [
            ('関', '数', true),
            ('数', '。', false),
            ('「', '関', false),
            ('数', 'ー', false),
            ('U', '関', true),
            ('L', 'U', false),
            (' ', '関', false),
        ] {
            assert_eq!(may_break(before, after), may, "{before}{after}");
        }
    }

    #[test]
    fn what_is_too_long_for_its_lines_ends_in_an_ellipsis() {
        let files = FontFiles::load();
        let fonts = files.fonts(None);
        let whole = |text: &str, count| {
            let (lines, whole) = broken(text, &fonts.bold, (400.0, 40.0), count).unwrap();
            assert!(lines.len() <= count && lines.iter().all(|line| line.width <= 400.0), "{text}");
            whole
        };
        assert!(whole("short", 1));
        assert!(!whole("a title of many words that go on", 1));
        assert!(whole("a title of many words", 2));
        assert!(!whole(&"x".repeat(500), 3));
    }

    #[test]
    fn flat_pictures_have_a_palette() {
        let two = [[253, 253, 252, 255], [28, 33, 40, 255], [253, 253, 252, 255], [254, 252, 253, 255]].concat();
        assert_eq!(indexed(&two), Some((vec![255, 255, 255, 25, 33, 41], vec![0, 1, 0, 0])));
        let many: Vec<u8> = (0..1024u32).flat_map(|n| [(n % 32 * 8) as u8, (n / 32 * 8) as u8, 0, 255]).collect();
        assert_eq!(indexed(&many), None);
    }
}

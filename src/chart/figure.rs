//! A drawing and its texts, put together as the HTML of a figure.

use std::fmt::Write as _;

use super::spec::Text;
use super::text::escape;
use super::{Chart, Drawing, Slider, Table, Words};

/// The hand that sets an author's texts: the page's, since it knows mathematics and this module does not.
pub struct Setting<'a> {
    /// A text that may contain `$…$`, as HTML.
    pub html: &'a dyn Fn(&Text) -> String,
    /// The same as plain text, neither escaped nor with markup.
    pub plain: &'a dyn Fn(&Text) -> String,
    /// The chart's name among the figures, such as `Figure 3`, as HTML.
    pub number: Option<&'a str>,
}

/// The whole figure: SVG, labels over it, legend, caption and table of values.
#[must_use]
pub fn figure(chart: &Chart, drawing: &Drawing, setting: &Setting<'_>) -> String {
    let mut html = String::from(r#"<figure class="chart""#);
    if let Some(id) = &chart.id {
        let _ = write!(html, r#" id="{}""#, escape(&id.text));
    }
    html.push('>');
    let svg = drawing.svg(chart.title.as_ref().map(setting.plain).as_deref(), chart.alt.as_ref().map(setting.plain));
    if drawing.overlays.is_empty() {
        html.push_str(&svg);
    } else {
        let width =
            if chart.width == 640.0 { String::new() } else { format!(r#" style="--chart-width:{}""#, chart.width) };
        let _ = write!(html, r#"<div class="chart-stage"{width}>{svg}{}</div>"#, overlays(drawing, setting));
    }
    if let Some(slider) = &drawing.slider {
        html.push_str(&self::slider(slider, &drawing.id, setting));
    }
    html.push_str(&legend(drawing, setting));
    let table = drawing.table.as_ref().map(|table| details(table, setting)).unwrap_or_default();
    html.push_str(&caption(chart, &table, setting));
    html.push_str("</figure>");
    html
}

/// The figure with an image in the place of the drawing, for readers that know neither SVG nor style sheets.
#[must_use]
pub fn figure_with_image(chart: &Chart, address: &str, description: &str, setting: &Setting<'_>) -> String {
    format!(
        r#"<figure><img src="{}" alt="{}">{}</figure>"#,
        escape(address),
        escape(description),
        caption(chart, "", setting)
    )
}

impl Drawing {
    /// The SVG element with a title and a description, both plain text.
    #[must_use]
    pub fn svg(&self, title: Option<&str>, alt: Option<String>) -> String {
        let id = escape(&self.id);
        let description = alt.unwrap_or_else(|| self.description.clone());
        let title = title.map_or(String::new(), |title| format!(r#"<title id="{id}-t">{}</title>"#, escape(title)));
        let labelled = if title.is_empty() { format!("{id}-d") } else { format!("{id}-t {id}-d") };
        format!(
            r#"<svg class="chart"{} role="img" aria-labelledby="{labelled}">{title}<desc id="{id}-d">{}</desc>{}</svg>"#,
            self.attributes,
            escape(&description),
            self.elements
        )
    }
}

fn overlays(drawing: &Drawing, setting: &Setting<'_>) -> String {
    let mut html = String::new();
    for overlay in &drawing.overlays {
        let class = overlay
            .curve
            .map_or("chart-name".to_owned(), |number| format!("chart-label {}", super::canvas::class(number)));
        let end = if overlay.end { " chart-end" } else { "" };
        // The picture is described as a whole; its letters are no text of their own, in the SVG as here.
        let _ = write!(
            html,
            r#"<span class="{class} {}{end}" style="left:{:.2}%;top:{:.2}%" aria-hidden="true">{}</span>"#,
            overlay.anchor,
            overlay.left,
            overlay.top,
            name(&overlay.words, setting)
        );
    }
    html
}

fn legend(drawing: &Drawing, setting: &Setting<'_>) -> String {
    if drawing.legend.is_empty() {
        return String::new();
    }
    let mut html = String::from(r#"<ul class="chart-legend">"#);
    for entry in &drawing.legend {
        let end = if entry.end { r#" class="chart-end""# } else { "" };
        let strength = match entry.strength {
            100 => String::new(),
            hundredths => format!(r#" opacity=".{hundredths:02}""#),
        };
        let _ = write!(
            html,
            r#"<li{end}><svg class="chart-key" viewBox="0 0 36 8" aria-hidden="true"><path class="chart-curve {}" d="M0 4h36"{strength}/></svg>{}</li>"#,
            entry.class,
            name(&entry.words, setting)
        );
    }
    html.push_str("</ul>");
    html
}

/// What moves the letter. It is of no use without scripts, and no style sheet shows it there.
fn slider(slider: &Slider, id: &str, setting: &Setting<'_>) -> String {
    let Slider { label, values, start } = slider;
    let (id, value) = (escape(id), values.get(*start).map(|value| escape(value)).unwrap_or_default());
    format!(
        r#"<div class="chart-slider"><label for="{id}-p">{}</label><input type="range" id="{id}-p" min="0" max="{}" value="{start}" autocomplete="off" aria-label="{}" aria-valuetext="{value}"><output for="{id}-p">{value}</output></div>"#,
        (setting.html)(label),
        values.len() - 1,
        escape(&(setting.plain)(label)),
    )
}

/// What a curve or an end of a family is called; an expression stands as code.
fn name(Words { text, code, tail }: &Words, setting: &Setting<'_>) -> String {
    let name = if *code { format!("<code>{}</code>", escape(&text.text)) } else { (setting.html)(text) };
    name + &escape(tail)
}

/// The caption with the table of values in it: a `figcaption` must be the last element of its figure.
fn caption(chart: &Chart, table: &str, setting: &Setting<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some(number) = setting.number {
        parts.push(format!(r#"<span class="chart-number">{number}</span>"#));
    }
    if let Some(title) = &chart.title {
        parts.push(format!(r#"<span class="chart-title">{}</span>"#, (setting.html)(title)));
    }
    if let Some(caption) = &chart.caption {
        parts.push((setting.html)(caption));
    }
    if parts.is_empty() && table.is_empty() {
        return String::new();
    }
    format!("<figcaption>{}{table}</figcaption>", parts.join(" "))
}

fn details(table: &Table, setting: &Setting<'_>) -> String {
    let mut html = format!(
        r#"<details class="chart-table"><summary>{}</summary><div><table><thead>{}"#,
        escape(&table.title),
        heads(table, setting)
    );
    html.push_str("</thead><tbody>");
    for (x, values) in &table.rows {
        let _ = write!(html, r#"<tr><th scope="row">{}</th>"#, escape(x));
        for value in values {
            let _ = write!(html, "<td>{}</td>", escape(value));
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table></div></details>");
    html
}

/// The heads of the columns: one row, or two where a curve has several columns, its name above and their values below.
fn heads(table: &Table, setting: &Setting<'_>) -> String {
    let x = "<var>x</var>";
    if table.heads.iter().all(|(_, words)| words.tail.is_empty()) {
        let names = table.heads.iter().map(|(_, words)| format!(r#"<th scope="col">{}</th>"#, name(words, setting)));
        return format!(r#"<tr><th scope="col">{x}</th>{}</tr>"#, names.collect::<String>());
    }
    let (mut names, mut values) = (String::new(), String::new());
    for columns in table.heads.chunk_by(|a, b| a.0 == b.0) {
        let (number, words) = &columns[0];
        let own = name(&Words { tail: String::new(), ..words.clone() }, setting);
        // The script finds the name of a curve by its number.
        let _ = match columns.len() {
            1 => write!(names, r#"<th scope="col" rowspan="2" data-curve="{number}">{own}</th>"#),
            count => write!(names, r#"<th scope="colgroup" colspan="{count}" data-curve="{number}">{own}</th>"#),
        };
        for (_, words) in columns.iter().filter(|_| columns.len() > 1) {
            let _ = write!(values, r#"<th scope="col">{}</th>"#, escape(&words.tail));
        }
    }
    format!(r#"<tr><th scope="col" rowspan="2">{x}</th>{names}</tr><tr>{values}</tr>"#)
}

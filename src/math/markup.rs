//! The engine's tree as HTML and MathML, written by us.
//!
//! Writing the tree ourselves makes the bytes canonical (the engine keeps attributes in a hash map with a random
//! seed), and shows us every class and every glyph on the way: the site's stylesheet and fonts follow from it at no
//! extra cost. Classes that no rule names are left out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use katex::ClassList;
use katex::dom_tree::{DomSpan, HtmlDomNode, SvgChildNode, SvgNode, SymbolNode};
use katex::mathml_tree::{MathDomNode, MathNode, MathNodeType};
use katex::tree::VirtualNode;
use katex::types::{CssProperty, CssStyle};

use super::engine::SIZES;
use super::fonts::{Current, Family, FontId};
use super::rewrite::{LINK, ROW};
use super::stylesheet::{self, CLASSES, Needs};
use super::{Link, escape_into};

/// What the formulas of a page or a site need: classes for the stylesheet, glyphs for the fonts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    pub(super) needs: Needs,
    pub(super) glyphs: BTreeSet<(FontId, char)>,
    pub(super) unknown: BTreeSet<String>,
}

impl Usage {
    /// Adds what another formula needs.
    pub fn merge(&mut self, other: &Usage) {
        self.needs.merge(&other.needs);
        self.glyphs.extend(other.glyphs.iter().copied());
        self.unknown.extend(other.unknown.iter().cloned());
    }

    /// Whether anything was typeset at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Usage::default()
    }
}

/// The written formula.
pub(super) struct Written {
    pub(super) html: String,
    /// The bytes of `<math>…</math>` in `html`.
    pub(super) math: Range<usize>,
    /// The bytes of the annotation within.
    pub(super) annotation: Range<usize>,
    pub(super) usage: Usage,
    /// How much room the formula takes.
    pub(super) extent: Extent,
}

/// How much room a formula takes, in em of its own font, which is larger than the text around: see [`SCALE`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Extent {
    /// About how wide it is.
    pub width: f64,
    /// From the baseline up.
    pub height: f64,
    /// From the baseline down.
    pub depth: f64,
}

/// The size of a formula's font in em of the text around, as the style sheet sets it.
pub const SCALE: f64 = 1.21;

/// Where a row's number goes and where references lead.
pub(super) struct Places<'a> {
    /// For each row the labels on it.
    pub(super) rows: &'a [Vec<&'a str>],
    /// For each reference its target.
    pub(super) links: &'a [Option<Link>],
    /// What stands beside the rows that have a number or a tag, in their order.
    pub(super) numbers: &'a [String],
}

/// Writes the root span of a formula.
pub(super) fn write(root: &DomSpan, places: &Places) -> Written {
    let out = String::with_capacity(4096);
    let mut writer = Writer { out, places, usage: Usage::default(), math: 0..0, annotation: 0..0, numbered: 0 };
    let width = writer.span(root, Style { font: Current::START, size: 6 });
    let extent = Extent { width, height: root.height, depth: root.depth };
    Written { html: writer.out, math: writer.math, annotation: writer.annotation, usage: writer.usage, extent }
}

struct Writer<'a> {
    out: String,
    places: &'a Places<'a>,
    usage: Usage,
    math: Range<usize>,
    annotation: Range<usize>,
    /// How many numbers of rows have been written.
    numbered: usize,
}

/// What a node inherits.
#[derive(Clone, Copy)]
struct Style {
    font: Current,
    /// The number of the size, 1 to 11.
    size: usize,
}

impl Writer<'_> {
    /// Writes a node and returns about how wide it is, in em of the formula's font.
    fn node(&mut self, node: &HtmlDomNode, style: Style) -> f64 {
        match node {
            HtmlDomNode::DomSpan(span) => self.span(span, style),
            HtmlDomNode::Symbol(symbol) => self.symbol(symbol, style),
            HtmlDomNode::Fragment(fragment) => fragment.children.iter().map(|child| self.node(child, style)).sum(),
            HtmlDomNode::SvgNode(svg) => {
                self.svg(svg);
                0.0
            }
            HtmlDomNode::MathML(math) => {
                self.math_node(math);
                0.0
            }
            HtmlDomNode::Anchor(anchor) => {
                let target =
                    anchor.attributes.get("href").and_then(|href| href.strip_prefix(LINK)?.parse::<usize>().ok());
                let link = target.and_then(|number| self.places.links.get(number)?.as_ref());
                self.out.push_str("<a");
                let style = self.classes(&anchor.classes, style);
                if let Some(link) = link {
                    self.attribute("href", &link.href);
                }
                // The tree for sight is hidden from assistive technology, so nothing in it may take the focus.
                self.out.push_str(" tabindex=\"-1\">");
                let width = anchor.children.iter().map(|child| self.node(child, style)).sum();
                self.out.push_str("</a>");
                width
            }
            HtmlDomNode::Img(image) => {
                self.out.push_str("<img");
                self.attribute("src", &image.src);
                self.attribute("alt", &image.alt);
                self.style(&image.style, 0.0);
                self.out.push('>');
                0.0
            }
        }
    }

    fn span(&mut self, span: &DomSpan, style: Style) -> f64 {
        self.out.push_str("<span");
        let tag = span.children.len() > 1
            && span.classes.contains("katex-html")
            && span.children.last().is_some_and(|last| last.has_class("katex-tag"));
        if tag {
            self.out.push_str(" class=\"katex-html katex-tagged\"");
        }
        let style = if tag { style } else { self.classes(&span.classes, style) };
        self.style(&span.style, 0.0);
        self.attributes(span);
        self.out.push('>');
        let mut width: f64 = 0.0;
        let stacked = span.classes.contains("vlist");
        let last = span.children.len().wrapping_sub(1);
        if tag {
            self.out.push_str("<span class=\"katex-row\">");
        }
        for (number, child) in span.children.iter().enumerate() {
            if tag && number == last {
                self.out.push_str("</span>");
            }
            let child = self.node(child, style);
            width = if stacked { width.max(child) } else { width + child };
        }
        self.out.push_str("</span>");
        // The room that the style sheet gives to a delimiter that is not there.
        let nothing = if span.classes.contains("nulldelimiter") { 0.12 } else { 0.0 };
        width + (extent(&span.style) + nothing) * SIZES[style.size - 1]
    }

    /// Writes the class attribute, notes what it needs, and returns the style inside.
    fn classes(&mut self, classes: &ClassList, mut style: Style) -> Style {
        let start = self.out.len();
        let mut context = Context::Other;
        let mut reset = style.size;
        for class in classes {
            let written = match class {
                "delimsizing" => {
                    context = Context::Delimiter;
                    true
                }
                "katex-sizing" | "fontsize-ensurer" => {
                    context = Context::Sizing;
                    true
                }
                _ if class.starts_with("reset-size") => {
                    reset = number_after(class, "reset-size").unwrap_or(reset);
                    true
                }
                _ if number_after(class, "size").is_some() => {
                    let size = number_after(class, "size").unwrap_or(6);
                    if matches!(context, Context::Delimiter) {
                        self.usage.needs.delimiter(size);
                        style.font = style.font.with(family(super::fonts::SIZES[size.clamp(1, 4) - 1]));
                    } else {
                        self.usage.needs.size(reset, size);
                        style.size = size.clamp(1, 11);
                    }
                    true
                }
                _ => self.class(class, &mut style),
            };
            if written {
                self.out.push_str(if self.out.len() == start { " class=\"" } else { " " });
                self.out.push_str(class);
            }
        }
        if self.out.len() > start {
            self.out.push('"');
        }
        style
    }

    /// Notes a class; returns whether it must be written.
    fn class(&mut self, class: &str, style: &mut Style) -> bool {
        let Some(number) = stylesheet::class_number(class) else {
            if !class.trim().is_empty() {
                self.usage.unknown.insert(class.to_owned());
            }
            return !class.trim().is_empty();
        };
        self.usage.needs.class(number);
        style.font = style.font.with(CLASSES[number].face);
        match class {
            "delim-size1" => style.font = style.font.with(family(Family::Size1)),
            "delim-size4" => style.font = style.font.with(family(Family::Size4)),
            "katex-display" => self.usage.needs.display = true,
            _ => {}
        }
        stylesheet::is_written(number)
    }

    fn symbol(&mut self, symbol: &SymbolNode, style: Style) -> f64 {
        let has_span = symbol.italic > 0.0 || !symbol.classes.is_empty() || !symbol.style.is_empty();
        let mut inner = style;
        if has_span {
            self.out.push_str("<span");
            inner = self.classes(&symbol.classes, style);
            self.style(&symbol.style, symbol.italic);
            self.out.push('>');
        }
        escape_into(&mut self.out, &symbol.text);
        let font = inner.font.file();
        for character in symbol.text.chars() {
            self.usage.glyphs.insert((font, character));
        }
        if has_span {
            self.out.push_str("</span>");
        }
        // The engine has no width for a letter outside its fonts; such letters are as wide as they are high.
        let mut letters = symbol.text.chars();
        let width = match (letters.next(), letters.next()) {
            (Some(_), None) if symbol.width > 0.0 => symbol.width,
            // Where the engine joins letters to a word, it keeps the width of the first.
            _ => {
                let name = font.engine_name();
                symbol.text.chars().map(|letter| super::engine::letter_width(letter, &name).unwrap_or(1.0)).sum()
            }
        };
        (width + symbol.italic.max(0.0) + extent(&symbol.style)) * SIZES[inner.size - 1]
    }

    fn svg(&mut self, svg: &SvgNode) {
        self.usage.needs.svg = true;
        self.out.push_str("<svg");
        self.sorted(svg.attributes.iter());
        self.out.push('>');
        for child in &svg.children {
            match child {
                // The engine keeps the outlines to itself, so it writes its paths; they have one attribute.
                SvgChildNode::Path(path) => self.out.push_str(&path.to_markup().unwrap_or_default()),
                SvgChildNode::Line(line) => {
                    self.out.push_str("<line");
                    self.sorted(line.attributes.iter());
                    self.out.push_str("/>");
                }
            }
        }
        self.out.push_str("</svg>");
    }

    fn attributes(&mut self, span: &DomSpan) {
        if span.attributes.is_empty() {
            return;
        }
        let row = span.attributes.get("id").and_then(|id| id.strip_prefix(ROW)?.parse::<usize>().ok());
        if let Some(label) = row.and_then(|row| self.places.rows.get(row)?.first()) {
            let id = super::row_id(label);
            self.attribute("id", &id);
        }
        self.sorted(span.attributes.iter().filter(|(name, _)| *name != "id"));
    }

    fn sorted<'a>(&mut self, attributes: impl Iterator<Item = (&'a String, &'a String)>) {
        let mut attributes: Vec<_> = attributes.filter(|(name, _)| !name.is_empty()).collect();
        attributes.sort_unstable();
        for (name, value) in attributes {
            self.attribute(name, value);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, " {name}=\"");
        escape_into(&mut self.out, value);
        self.out.push('"');
    }

    fn style(&mut self, style: &CssStyle, italic: f64) {
        if italic <= 0.0 && style.is_empty() {
            return;
        }
        let before = self.out.len();
        self.out.push_str(" style=\"");
        let start = self.out.len();
        if italic > 0.0 {
            let _ = write!(self.out, "margin-right:{};", katex::units::make_em(italic));
        }
        let _ = style.write_to(&mut self.out);
        // A height below zero is no height to a browser, and a mistake to a validator.
        if let Some(found) = self.out[start..].find("height:-") {
            let (from, rest) = (start + found, &self.out[start + found..]);
            let to = rest.find(';').map_or(self.out.len(), |end| from + end + 1);
            self.out.replace_range(from..to, "");
        }
        if self.out.ends_with(';') {
            self.out.pop();
        }
        if self.out.len() == start {
            self.out.truncate(before);
        } else {
            self.out.push('"');
        }
    }

    fn math(&mut self, node: &MathDomNode) {
        match node {
            MathDomNode::Math(node) => self.math_node(node),
            MathDomNode::Text(text) => escape_into(&mut self.out, &text.text),
            MathDomNode::Space(space) => match &space.character {
                Some(character) => {
                    let _ = write!(self.out, "<mtext>{character}</mtext>");
                }
                None => {
                    let _ = write!(self.out, "<mspace width=\"{}\"/>", katex::units::make_em(space.width));
                }
            },
            MathDomNode::Fragment(fragment) => fragment.children.iter().for_each(|child| self.math(child)),
        }
    }

    fn math_node(&mut self, node: &MathNode) {
        let start = self.out.len();
        // The engine puts rows into operators and identifiers, which hold text only; and it gives cells a width, which
        // no browser knows. Both would make the page invalid.
        let token =
            matches!(node.node_type, MathNodeType::Mi | MathNodeType::Mo | MathNodeType::Mn | MathNodeType::Mtext);
        let row = token && node.children.iter().any(|child| !matches!(child, MathDomNode::Text(_)));
        let cell = node.node_type == MathNodeType::Mtd;
        let name = if row { "mrow" } else { node.node_type.as_ref() };
        let _ = write!(self.out, "<{name}");
        // The classes of MathML nodes serve automatic numbers, which the site gives instead.
        let allowed = |name: &str, value: &str| {
            let ours = name == "href" && value.starts_with(LINK);
            // HTML knows the name space of `math` by itself.
            !(row || ours || value.is_empty() || name == "xmlns" || cell && name == "width")
        };
        self.sorted(node.attributes.iter().filter(|(name, value)| allowed(name, value)));
        self.out.push('>');
        // Each child of these has its own meaning, so a name with its sign of application has to be one child.
        let is_counted = matches!(
            node.node_type,
            MathNodeType::Msub
                | MathNodeType::Msup
                | MathNodeType::Msubsup
                | MathNodeType::Munder
                | MathNodeType::Mover
                | MathNodeType::Munderover
                | MathNodeType::Mfrac
                | MathNodeType::Mroot
        );
        for child in &node.children {
            let is_several = matches!(child, MathDomNode::Fragment(fragment) if fragment.children.len() > 1);
            if is_counted && is_several {
                self.out.push_str("<mrow>");
                self.math(child);
                self.out.push_str("</mrow>");
            } else {
                self.math(child);
            }
        }
        // KaTeX leaves the numbers of rows to CSS, which says nothing to readers of MathML alone.
        if cell && node.classes.contains("mml-eqn-num") {
            if let Some(number) = self.places.numbers.get(self.numbered) {
                self.out.push_str("<mtext>");
                escape_into(&mut self.out, number);
                self.out.push_str("</mtext>");
            }
            self.numbered += 1;
        }
        let _ = write!(self.out, "</{name}>");
        match node.node_type {
            MathNodeType::Math => self.math = start..self.out.len(),
            MathNodeType::Annotation => self.annotation = start..self.out.len(),
            _ => {}
        }
    }
}

enum Context {
    Delimiter,
    Sizing,
    Other,
}

fn family(family: Family) -> super::fonts::Face {
    super::fonts::Face { family: Some(family), bold: None, italic: None }
}

fn number_after(class: &str, prefix: &str) -> Option<usize> {
    class.strip_prefix(prefix)?.parse().ok()
}

/// The em that a style adds to the width of what it is on.
fn extent(style: &CssStyle) -> f64 {
    if style.is_empty() {
        return 0.0;
    }
    let em =
        |property| style.get(property).and_then(|value| value.strip_suffix("em")?.parse::<f64>().ok()).unwrap_or(0.0);
    [CssProperty::MarginLeft, CssProperty::MarginRight, CssProperty::PaddingLeft, CssProperty::Width]
        .map(em)
        .iter()
        .sum()
}

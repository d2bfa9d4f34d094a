//! One source file becomes one [`Article`]: what the author wrote, taken apart, with the place of every part.
//!
//! Parsing reads one file and cannot fail: it returns the article and what is to be said about it. The body is a list
//! of finished markup and *holes*: formulas, charts, listings and link targets stand in it as indices into the lists
//! beside it. They are filled after the whole site is known. This module knows neither the typesetter nor the charts.

mod adapt;
mod attributes;
mod blocks;
mod cjk;
mod containers;
mod foreign;
mod front_matter;
mod html_blocks;
mod includes;
mod lines;
mod markdown;
mod template_links;
mod urls;

pub use blocks::Spellings;
pub use cjk::is_cjk;
pub use containers::{Container, Form, THEOREMS, Title};
pub use foreign::{Kind, Unknown};
pub use front_matter::Meta;
pub use includes::{Files, wanted};

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::source::{Excerpt, Source, Span};
use crate::tex::{self, Outline};

/// An article, ready to be linked and typeset.
#[derive(Debug, Clone)]
pub struct Article {
    /// What the front matter says.
    pub meta: Meta,
    /// The page's heading: its first `#` heading, if nothing but space comes before it. Not part of the body.
    pub heading: Option<Heading>,
    /// The `title` of the front matter as inline Markdown; empty if it has none.
    pub meta_title: Vec<Node>,
    /// The body.
    pub body: Vec<Node>,
    /// Where the body begins in its file: after the front matter.
    pub body_start: usize,
    /// All headings of the body in order.
    pub headings: Vec<Heading>,
    /// All formulas; [`Article::formulas_in_order`] says in which order they stand.
    pub formulas: Vec<Formula>,
    /// All chart fences in order.
    pub charts: Vec<ChartFence>,
    /// All listings in order.
    pub listings: Vec<Listing>,
    /// All values to be computed in order.
    pub values: Vec<Value>,
    /// All link and image targets in order.
    pub links: Vec<Link>,
    /// All images in order.
    pub images: Vec<Image>,
    /// Everything that a page counts as a figure, in order.
    pub figures: Vec<FigureIndex>,
    /// All call-outs, theorems, tabs and divisions in order.
    pub containers: Vec<Container>,
    /// The link that is the `image` of the front matter.
    pub image: Option<usize>,
    /// Bodies of the `function` fences in order.
    pub definitions: Vec<Excerpt>,
    /// The `formula` fences in order.
    pub derivations: Vec<FormulaFence>,
    /// The `values` fences in order.
    pub tables: Vec<TableFence>,
    /// Every id that a link can point to, with its place; headings included.
    pub anchors: Vec<(String, Span)>,
    /// The first paragraph as plain text, at most 300 characters: the description of a page that has none.
    pub summary: String,
    /// How often each construct beyond plain Markdown was understood, by its name in the plural.
    pub used: BTreeMap<&'static str, usize>,
    /// What only another tool understands, in order; it stays on the page as typed.
    pub unknown: Vec<Unknown>,
}

/// A piece of an article's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Finished markup.
    Html(String),
    /// The formula of this index.
    Formula {
        /// Index into [`Article::formulas`].
        index: usize,
        /// True where a block element may stand, false inside a line of text.
        block: bool,
    },
    /// The chart of this index.
    Chart(usize),
    /// The listing of this index.
    Listing(usize),
    /// The computed value of this index.
    Value(usize),
    /// The table of values of this index.
    Table(usize),
    /// The URL of the link of this index, for an attribute in double quotes.
    Url(usize),
    /// What the link of this index says, if it has no words of its own.
    LinkText(usize),
    /// What the container of this index is called: "Note", "Theorem 2".
    ContainerName(usize),
    /// The image of this index.
    Image(usize),
    /// What the image of this index is called: "Figure 2".
    ImageName(usize),
    /// The mark in a heading that links to it by its id. Only pages show it.
    Anchor(String),
}

/// A heading.
#[derive(Debug, Clone)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its id, unique on the page.
    pub id: String,
    /// Its content without links and footnotes, as for a table of contents.
    pub content: Vec<Node>,
    /// Its content as plain text.
    pub text: String,
    /// The whole heading.
    pub span: Span,
}

/// A formula as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula {
    /// The bytes between the delimiters; with them for an environment.
    pub tex: Excerpt,
    /// The formula with its delimiters.
    pub span: Span,
    /// Display or inline.
    pub display: bool,
    /// Its rows, labels, references and definitions.
    pub outline: Outline,
    /// Where it stands in the text that the Markdown parser read, which is in the order of reading whatever files it was
    /// put together from. A formula of a chart stands where its chart does, one of the title before everything.
    pub place: usize,
}

impl Formula {
    /// A formula and its outline.
    #[must_use]
    pub fn new(tex: Excerpt, span: Span, display: bool) -> Formula {
        let outline = tex::outline(&tex.text);
        Formula { tex, span, display, outline, place: 0 }
    }
}

impl Article {
    /// The indices of the formulas in the order in which they are read.
    #[must_use]
    pub fn formulas_in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.formulas.len()).collect();
        order.sort_by_key(|&index| self.formulas[index].place);
        order
    }
}

/// A chart fence.
#[derive(Debug, Clone)]
pub struct ChartFence {
    /// Its TOML.
    pub body: Excerpt,
    /// The whole fence.
    pub span: Span,
    /// Where it stands, as [`Formula::place`].
    pub place: usize,
}

/// A `formula` fence: a formula that is made from a function.
#[derive(Debug, Clone)]
pub struct FormulaFence {
    /// Index of its formula in [`Article::formulas`], which is empty until the functions of the page are known.
    pub formula: usize,
    /// What it asks for.
    pub body: Excerpt,
}

/// A `values` fence: a table of values of functions.
#[derive(Debug, Clone)]
pub struct TableFence {
    /// Its TOML.
    pub body: Excerpt,
    /// The whole fence.
    pub span: Span,
    /// Where it stands, as [`Formula::place`].
    pub place: usize,
}

/// A code block.
#[derive(Debug, Clone)]
pub struct Listing {
    /// What stands behind the opening of the fence; empty if nothing does.
    pub info: Excerpt,
    /// The code.
    pub code: String,
    /// The whole block.
    pub span: Span,
}

/// Inline code `{=.4g} f(1)`: a number to be computed.
#[derive(Debug, Clone)]
pub struct Value {
    /// What stands between `{=` and `}`.
    pub format: Excerpt,
    /// What stands behind it.
    pub expression: Excerpt,
    /// The code with its back-ticks.
    pub span: Span,
    /// The number as text, when the functions of the page are known and it could be computed.
    pub result: Option<String>,
}

/// Where a link or an image points, as typed.
#[derive(Debug, Clone)]
pub struct Link {
    /// The target.
    pub target: String,
    /// Where the target stands.
    pub span: Span,
    /// What the link says.
    pub text: LinkText,
}

/// An image.
#[derive(Debug, Clone)]
pub struct Image {
    /// Index of its address in [`Article::links`].
    pub link: usize,
    /// What it shows, in words.
    pub alt: String,
    /// Shown when a pointer rests on it; a figure shows it as its caption instead.
    pub title: String,
    /// Its id, with its place.
    pub id: Option<(String, Span)>,
    /// A paragraph of its own with a caption. With an id it has a number.
    pub figure: bool,
    /// Width and height as typed: pixels, or any length of CSS.
    pub size: [Option<String>; 2],
    /// Further attributes as HTML, each with a space before it.
    pub attributes: String,
}

/// A figure: which chart or which image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureIndex {
    /// Index in [`Article::charts`].
    Chart(usize),
    /// Index in [`Article::images`].
    Image(usize),
}

/// What a link says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkText {
    /// Its own words.
    Own,
    /// The number of what it points to, with its kind: "(3)", "Figure 2". A link without words.
    Name,
    /// The bare number: `\ref`.
    Number,
}

/// Reads an article, which may include `files`. Mistakes of its author go to `diagnostics`.
pub fn parse(source: &Source, files: &Files, spellings: Spellings, diagnostics: &mut Vec<Diagnostic>) -> Article {
    let (meta, body_start) = front_matter::read(source, spellings, diagnostics);
    let body = Excerpt::slice(source, body_start..source.text.len());
    let body = includes::expand(body, &source.path, files, diagnostics);
    let body = html_blocks::open(body);
    let body = if spellings.foreign { template_links::rewrite(body) } else { body };
    Article { body_start, ..markdown::read(meta, &body, spellings, diagnostics) }
}

/// Where the body of an article begins: behind its front matter.
#[must_use]
pub fn body_start(source: &Source, spellings: Spellings) -> usize {
    front_matter::read(source, spellings, &mut Vec::new()).1
}

/// The anchor of a heading, as GitHub makes it: lower case, letters, digits, `-` and `_` kept, spaces to `-`.
#[must_use]
pub fn slug(text: &str) -> String {
    text.trim()
        .chars()
        .filter_map(|c| match c {
            c if c.is_whitespace() => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
            // Marks that belong to the letter before them, in Thai or Hindi for instance.
            c if is_combining(c) => Some(c),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_combining(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F | 0x0900..=0x0DFF | 0x0E31..=0x0E4E | 0x3099..=0x309A | 0xFE00..=0xFE0F)
}

/// Reads a line of inline Markdown, such as a caption, that belongs to what stands at `place`. Its formulas and links are
/// added to the article, and its nodes point to them.
pub fn add_inline(
    article: &mut Article,
    text: &Excerpt,
    place: usize,
    spellings: Spellings,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Node> {
    markdown::inline(text, place, spellings, article, diagnostics)
}

/// The article with its computed values in its plain texts: headings, title, summary. A value that could not be computed
/// stays as it was typed.
#[must_use]
pub fn with_values(mut article: Article) -> Article {
    let say = |values: &[Value], text: &str| markdown::with_values(text, |index| said(values, index));
    let values = std::mem::take(&mut article.values);
    for heading in article.heading.iter_mut().chain(&mut article.headings) {
        heading.text = say(&values, &heading.text);
    }
    article.summary = say(&values, &article.summary);
    let in_title = article.meta_title.iter().filter_map(|node| match node {
        Node::Value(index) => Some(said(&values, *index)),
        _ => None,
    });
    if let Some(title) = &mut article.meta.title {
        for value in in_title {
            let Some(start) = title.text.find("`{=") else { break };
            let Some(length) = title.text[start + 1..].find('`') else { break };
            let end = start + length + 2;
            let mut changed = title.part(0..start);
            changed.span = title.span;
            changed.push_stand_in(&value, title, start..end);
            changed.push_part(title, end..title.text.len());
            *title = changed;
        }
    }
    article.values = values;
    article
}

fn said(values: &[Value], index: usize) -> String {
    let value = values.get(index);
    value.map_or(String::new(), |value| match &value.result {
        Some(result) => result.clone(),
        None => value.expression.text.trim().to_owned(),
    })
}

/// A line of text with its formulas as plain text: `$x^2$` is `x²`.
#[must_use]
pub fn plain(text: &Excerpt, spellings: Spellings) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || c == ' ';
    if text.text.chars().all(is_plain) {
        return text.text.clone();
    }
    let prepared = blocks::prepare_line(text, spellings, &mut Vec::new());
    let mut plain = String::with_capacity(text.text.len());
    let mut from = 0;
    for hole in &prepared.holes {
        plain.push_str(&prepared.text.text[from..hole.range.start]);
        if let blocks::Content::Formula(index) = hole.content {
            plain.push_str(&tex::plain(&prepared.formulas[index].tex.text));
        }
        if matches!(hole.content, blocks::Content::Url) {
            plain.push_str(&hole.typed);
        }
        from = hole.range.end;
    }
    plain + &prepared.text.text[from..]
}

//! From prepared text to a body with holes, through pulldown-cmark.
//!
//! The events of the Markdown parser carry byte ranges of the prepared text; a stand-in inside one is a formula, unless
//! the parser sees code there, in which case the typed text comes back. Display formulas split the paragraph that they
//! stand in, because a block element may not be inside `<p>`.

mod code;
mod containers;
mod footnotes;
mod images;
mod links;

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::ops::Range;

use pulldown_cmark::{Alignment, Event, OffsetIter, Options, Parser, Tag, TagEnd};

use self::containers::TabSets;
use super::blocks::{self, Content, Prepared, STAND_IN, Spellings};
use super::cjk::is_cjk;
use super::foreign;
use super::{Article, Form, Heading, Link, LinkText, Meta, Node, Value, slug};
use crate::diagnostic::Diagnostic;
use crate::html::escape;
use crate::source::Excerpt;
use crate::tex;

/// A formula of at most this many characters is kept on one line with the mark that follows it.
const SHORT_FORMULA: usize = 24;

/// About how much of the first paragraph becomes the summary.
const SUMMARY_BYTES: usize = 300;

/// Reads the body of an article.
pub(super) fn read(meta: Meta, body: &Excerpt, spellings: Spellings, diagnostics: &mut Vec<Diagnostic>) -> Article {
    let mut article = Article {
        meta,
        heading: None,
        meta_title: Vec::new(),
        body: Vec::new(),
        body_start: 0,
        headings: Vec::new(),
        formulas: Vec::new(),
        charts: Vec::new(),
        listings: Vec::new(),
        values: Vec::new(),
        links: Vec::new(),
        images: Vec::new(),
        figures: Vec::new(),
        containers: Vec::new(),
        image: None,
        definitions: Vec::new(),
        derivations: Vec::new(),
        tables: Vec::new(),
        anchors: Vec::new(),
        summary: String::new(),
        used: BTreeMap::new(),
        unknown: Vec::new(),
    };
    if let Some(title) = article.meta.title.clone() {
        article.meta_title = inline(&title, 0, spellings, &mut article, diagnostics);
    }
    article.body = blocks(body, spellings, &mut article, diagnostics);
    count_containers(&mut article);
    if let Some((target, span)) = article.meta.image.clone() {
        article.image = Some(article.links.len());
        article.links.push(Link { target, span, text: LinkText::Own });
    }
    article
}

/// Notes how many containers of each form there are.
fn count_containers(article: &mut Article) {
    for container in &article.containers {
        let form = match container.form {
            Form::CallOut => "call-outs",
            Form::Folded { .. } => "call-outs that open and close",
            Form::Theorem => "theorems and the like",
            Form::Tab { .. } => "tabs",
            Form::Division => "divisions",
        };
        *article.used.entry(form).or_default() += 1;
    }
}

/// A line of inline Markdown, such as a title, that belongs to what stands at `place`. Its formulas and links are added to
/// the article.
pub(super) fn inline(
    text: &Excerpt,
    place: usize,
    spellings: Spellings,
    article: &mut Article,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Node> {
    let mut prepared = blocks::prepare_line(text, spellings, diagnostics);
    prepared.formulas.iter_mut().for_each(|formula| formula.place = place);
    let mut reader = Reader::new(&prepared, spellings, article);
    reader.frames[0].inline = true;
    // A title or the label of a curve is not what the page begins with.
    reader.summarised = true;
    reader.run();
    let mut nodes = reader.frames.pop().map(|frame| frame.nodes).unwrap_or_default();
    if let Some(Node::Html(html)) = nodes.first_mut() {
        html.drain(..html.strip_prefix("<p>").map_or(0, |_| 3));
    }
    if let Some(Node::Html(html)) = nodes.last_mut() {
        html.truncate(html.trim_end().strip_suffix("</p>").map_or(html.len(), str::len));
    }
    nodes.retain(|node| !matches!(node, Node::Html(html) if html.is_empty()));
    nodes
}

fn blocks(body: &Excerpt, spellings: Spellings, article: &mut Article, diagnostics: &mut Vec<Diagnostic>) -> Vec<Node> {
    let prepared = blocks::prepare(body, spellings, diagnostics);
    article.containers.clone_from(&prepared.containers);
    article.unknown = foreign::find(&prepared, spellings);
    let mut reader = Reader::new(&prepared, spellings, article);
    reader.run();
    reader.footnotes();
    reader.frames.pop().map(|frame| frame.nodes).unwrap_or_default()
}

/// Output under construction: one for the body, one more for each paragraph, heading or footnote being read.
#[derive(Default)]
struct Frame {
    nodes: Vec<Node>,
    /// Display formulas in here stand in a line of text.
    inline: bool,
    /// This is the title of the container of this index.
    title: Option<usize>,
    /// Where the paragraph stands in the prepared text.
    range: Range<usize>,
    /// It has words besides those of its images.
    has_words: bool,
}

impl Frame {
    fn html(&mut self, html: &str) {
        if let Some(Node::Html(last)) = self.nodes.last_mut() {
            last.push_str(html);
        } else if !html.is_empty() {
            self.nodes.push(Node::Html(html.to_owned()));
        }
    }

    fn append(&mut self, nodes: Vec<Node>) {
        for node in nodes {
            match node {
                Node::Html(html) => self.html(&html),
                other => self.nodes.push(other),
            }
        }
    }
}

/// A heading being read: its content for the table of contents, and its text.
#[derive(Default)]
struct Outline {
    content: Frame,
    text: String,
}

struct Reader<'a> {
    prepared: &'a Prepared,
    events: Peekable<OffsetIter<'a>>,
    article: &'a mut Article,
    /// Index of the first formula of this text in the article's list.
    first_formula: usize,
    frames: Vec<Frame>,
    outline: Option<Outline>,
    /// Depth of inline markup (emphasis, links) at the current place.
    inline_depth: usize,
    /// Inside of a link or of raw HTML, where no URL becomes a link.
    no_urls: bool,
    /// The attribute lists that were read and not yet passed, in the prepared text: their text events are to be skipped.
    attributes: Vec<Range<usize>>,
    alignments: Vec<Alignment>,
    column: usize,
    in_table_head: bool,
    /// The element of the cell being read.
    cell: &'static str,
    last_char: Option<char>,
    slugs: BTreeMap<String, usize>,
    footnote_order: Vec<String>,
    footnote_references: BTreeMap<String, usize>,
    footnote_bodies: BTreeMap<String, Vec<Node>>,
    ids: BTreeSet<String>,
    /// For each open quote the container that it is.
    quotes: Vec<Option<usize>>,
    /// Attributes of the quote that comes next.
    quote_attributes: String,
    tabs: TabSets,
    /// The first paragraph has been read.
    summarised: bool,
}

impl<'a> Reader<'a> {
    fn new(prepared: &'a Prepared, spellings: Spellings, article: &'a mut Article) -> Reader<'a> {
        let mut options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_HEADING_ATTRIBUTES;
        options.set(Options::ENABLE_DEFINITION_LIST, spellings.definition_lists);
        let first_formula = article.formulas.len();
        article.formulas.extend(prepared.formulas.iter().cloned());
        Reader {
            prepared,
            events: Parser::new_ext(&prepared.text.text, options).into_offset_iter().peekable(),
            article,
            first_formula,
            frames: vec![Frame::default()],
            outline: None,
            inline_depth: 0,
            no_urls: false,
            attributes: Vec::new(),
            alignments: Vec::new(),
            column: 0,
            in_table_head: false,
            cell: "td",
            last_char: None,
            slugs: BTreeMap::new(),
            footnote_order: Vec::new(),
            footnote_references: BTreeMap::new(),
            footnote_bodies: BTreeMap::new(),
            ids: BTreeSet::new(),
            quotes: Vec::new(),
            quote_attributes: String::new(),
            tabs: TabSets::default(),
            summarised: false,
        }
    }

    fn run(&mut self) {
        while let Some((event, range)) = self.events.next() {
            self.event(event, range);
        }
    }

    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            // Mathematics is not switched on in the parser: the last two do not occur.
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text, range),
            Event::Code(code) => {
                let code = self.restore(&code);
                if code.starts_with("{=") && self.value(&code, range.clone()) {
                    return;
                }
                let attributes = self.attributes_behind(range.end);
                let attributes = self.with_id(&attributes, &range);
                let html = format!("<code{attributes}>{}</code>", escape(&code));
                self.inline_markup(&html);
                self.plain(&code);
            }
            Event::Html(html) | Event::InlineHtml(html) => self.raw_html(&html, range),
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => self.html("<br>\n"),
            Event::Rule => self.html("<hr>\n"),
            Event::FootnoteReference(name) => self.footnote_reference(&name),
            Event::TaskListMarker(done) => {
                let checked = if done { " checked" } else { "" };
                self.html(&format!("<input type=\"checkbox\" disabled{checked}> "));
            }
        }
    }

    // Output

    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the frame of the body stays until the end")
    }

    fn html(&mut self, html: &str) {
        self.frame().html(html);
    }

    /// Markup that belongs to a heading's entry in the table of contents too.
    fn inline_markup(&mut self, html: &str) {
        self.html(html);
        if let Some(outline) = &mut self.outline {
            outline.content.html(html);
        }
    }

    /// Whether the text that is read now belongs to the summary.
    fn summarises(&self) -> bool {
        !self.summarised
            && self.frames.len() == 2
            && self.frames[1].title.is_none()
            && self.article.summary.len() < SUMMARY_BYTES
    }

    fn plain(&mut self, text: &str) {
        if let Some(outline) = &mut self.outline {
            outline.text.push_str(text);
        } else if self.summarises() {
            self.article.summary.push_str(text);
            self.frames[1].has_words |= !text.trim().is_empty();
        }
        self.last_char = text.chars().last().or(self.last_char);
    }

    /// What an image shows is a part of the text around it, but no text by itself.
    fn plain_of_image(&mut self, alt: &str) {
        if self.outline.is_none() {
            let before = (self.frame().has_words, self.last_char);
            self.plain(alt);
            (self.frame().has_words, self.last_char) = before;
        }
    }

    fn id(&mut self, id: &str, range: Range<usize>) {
        self.ids.insert(id.to_owned());
        self.article.anchors.push((id.to_owned(), self.prepared.text.span(range)));
    }

    // Text and formulas

    /// Text with stand-ins: the parts between them, and the formulas that they stand for.
    fn text(&mut self, text: &str, range: Range<usize>) {
        self.attributes.retain(|list| list.end > range.start);
        let list = self.attributes.iter().find(|list| list.contains(&range.start));
        let skip = list.map_or(0, |list| (list.end - range.start).min(text.len()));
        let text = text.get(skip..).unwrap_or(text);
        self.split(text, &range, |reader, part| {
            let part = reader.keep_with_formula(part);
            reader.inline_markup(&escape(part));
            reader.plain(part);
        });
    }

    /// A full stop or comma after a short formula must not begin the next line: browsers break there, since a formula is
    /// a box to them. Returns what is left of the text.
    fn keep_with_formula<'t>(&mut self, text: &'t str) -> &'t str {
        let mark = text.chars().next().filter(|c| ".,;:!?)]、。，．）」".contains(*c));
        let (Some(mark), Some(&Node::Formula { index, block: false })) = (mark, self.frame().nodes.last()) else {
            return text;
        };
        let formula = &self.article.formulas[index];
        if formula.display || tex::plain(&formula.tex.text).chars().count() > SHORT_FORMULA {
            return text;
        }
        let frame = self.frame();
        frame.nodes.pop();
        frame.html("<span class=\"unbroken\">");
        frame.nodes.push(Node::Formula { index, block: false });
        frame.html(&format!("{mark}</span>"));
        if let Some(outline) = &mut self.outline {
            outline.content.html(&mark.to_string());
        }
        self.plain(mark.encode_utf8(&mut [0; 4]));
        &text[mark.len_utf8()..]
    }

    fn split(&mut self, text: &str, range: &Range<usize>, part: impl Fn(&mut Self, &str)) {
        let mut rest = text;
        while let Some((before, index, after)) = next_stand_in(rest) {
            let known = self
                .prepared
                .holes
                .get(index)
                .filter(|hole| range.start <= hole.range.start && hole.range.end <= range.end);
            if known.is_none() {
                break;
            }
            if !before.is_empty() {
                part(self, before);
            }
            match &self.prepared.holes[index].content {
                Content::Formula(formula) => self.formula(*formula),
                Content::Url => self.bare_url(index),
                Content::Container(_) | Content::Nothing => {}
                Content::Reference { label, span, bare } => self.reference(label, *span, *bare),
            }
            rest = after;
        }
        if !rest.is_empty() {
            part(self, rest);
        }
    }

    fn formula(&mut self, hole: usize) {
        let index = self.first_formula + hole;
        let display = self.prepared.formulas[hole].display;
        let block = display && self.inline_depth == 0 && !self.frame().inline;
        self.frame().nodes.push(Node::Formula { index, block });
        if let Some(outline) = &mut self.outline {
            outline.content.nodes.push(Node::Formula { index, block: false });
        }
        if self.outline.is_some() || self.summarises() {
            self.plain(&tex::plain(&self.prepared.formulas[hole].tex.text));
        }
        self.last_char = Some(STAND_IN.1);
    }

    /// Inline code that is a value to be computed; false if it is not.
    fn value(&mut self, code: &str, range: Range<usize>) -> bool {
        let text = &self.prepared.text;
        let ticks = text.text[range.clone()].bytes().take_while(|byte| *byte == b'`').count();
        let inner = range.start + ticks..range.end.saturating_sub(ticks).max(range.start + ticks);
        let start = inner.start + text.text[inner.clone()].find("{=").unwrap_or(0);
        let mut typed = text.part(start..inner.end);
        if typed.text.trim_end() != code.trim_end() {
            // Code that the parser changed, such as a bar in a table.
            typed = Excerpt::new(text.span(range.clone()));
            typed.push_stand_in(code, text, range.clone());
        }
        let Some(end) = typed.text.find('}') else { return false };
        let (format, expression) = (typed.part(2..end), typed.part(end + 1..typed.text.len()));
        // Those who write about values write `{=}`.
        if expression.text.trim().is_empty() {
            return false;
        }
        self.article.values.push(Value { format, expression, span: text.span(range), result: None });
        let index = self.article.values.len() - 1;
        // What it is in plain text is known later: `with_values` puts it here.
        self.plain(&format!("{}{index}{}", STAND_IN.0, STAND_IN.1));
        self.frame().nodes.push(Node::Value(index));
        if let Some(outline) = &mut self.outline {
            outline.content.nodes.push(Node::Value(index));
        }
        true
    }

    /// Text in which formulas do not exist (code, URLs), as the author typed it.
    fn restore(&self, text: &str) -> String {
        let (mut restored, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, index, after)) = next_stand_in(rest) {
            let Some(hole) = self.prepared.holes.get(index) else { break };
            restored.push_str(before);
            restored.push_str(&hole.typed);
            rest = after;
        }
        restored + rest
    }

    /// A line break in the source is a space, but not between two Chinese, Japanese or Korean characters.
    fn soft_break(&mut self) {
        let next = match self.events.peek() {
            Some((Event::Text(text), _)) => text.chars().next(),
            _ => None,
        };
        if !(self.last_char.is_some_and(is_cjk) && next.is_some_and(is_cjk)) {
            self.inline_markup("\n");
            self.plain(" ");
        }
    }

    // Blocks and spans

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.paragraph(&range),
            Tag::Heading { .. } => {
                self.outline = Some(Outline::default());
                self.frames.push(Frame { inline: true, ..Frame::default() });
                self.heading(tag, range);
            }
            Tag::BlockQuote(_) => self.quote(),
            Tag::CodeBlock(kind) => self.code_block(&kind, range),
            Tag::List(None) => self.html("<ul>\n"),
            Tag::List(Some(1)) => self.html("<ol>\n"),
            Tag::List(Some(start)) => self.html(&format!("<ol start=\"{start}\">\n")),
            Tag::Item => self.html("<li>"),
            Tag::DefinitionList => {
                *self.article.used.entry("definition lists").or_default() += 1;
                self.html("<dl>\n");
            }
            Tag::DefinitionListTitle => self.html("<dt>"),
            Tag::DefinitionListDefinition => self.html("<dd>"),
            Tag::FootnoteDefinition(name) => self.footnote_definition(&name),
            Tag::Table(alignments) => {
                self.alignments = alignments;
                let list = self.last_line(&range);
                let attributes = self.lone_attributes(&list).map(|attributes| self.with_id(&attributes, &list));
                self.html(&format!("<div class=\"table\" tabindex=\"0\"><table{}>\n", attributes.unwrap_or_default()));
            }
            Tag::TableHead => {
                (self.in_table_head, self.column) = (true, 0);
                self.html("<thead><tr>");
            }
            // An attribute list below a table is no row of it.
            Tag::TableRow if self.lone_attributes(&range).is_some() => {
                while !matches!(self.events.next(), None | Some((Event::End(TagEnd::TableRow), _))) {}
            }
            Tag::TableRow => {
                self.column = 0;
                self.html("<tr>");
            }
            Tag::TableCell => self.table_cell(),
            Tag::Emphasis => self.span("em", range.end),
            Tag::Strong => self.span("strong", range.end),
            Tag::Strikethrough => self.span("del", range.end),
            Tag::Link { link_type, dest_url, title, .. } => self.link(link_type, &dest_url, &title, range),
            Tag::Image { dest_url, title, .. } => self.image(&dest_url, &title, range),
            _ => {}
        }
    }

    fn span(&mut self, name: &str, end: usize) {
        self.inline_depth += 1;
        let attributes = self.attributes_behind(end);
        let attributes = self.with_id(&attributes, &(end..end));
        self.inline_markup(&format!("<{name}{attributes}>"));
    }

    fn span_end(&mut self, html: &str) {
        self.inline_depth = self.inline_depth.saturating_sub(1);
        self.inline_markup(html);
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.paragraph_end(),
            TagEnd::BlockQuote(_) => self.quote_end(),
            TagEnd::List(true) => self.html("</ol>\n"),
            TagEnd::List(false) => self.html("</ul>\n"),
            TagEnd::Item => self.html("</li>\n"),
            TagEnd::DefinitionList => self.html("</dl>\n"),
            TagEnd::DefinitionListTitle => self.html("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.html("</dd>\n"),
            TagEnd::Table => self.html("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_table_head = false;
                self.html("</tr></thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.html("</tr>\n"),
            TagEnd::TableCell => {
                self.frame().inline = false;
                self.column += 1;
                self.html(&format!("</{}>", self.cell));
            }
            TagEnd::Emphasis => self.span_end("</em>"),
            TagEnd::Strong => self.span_end("</strong>"),
            TagEnd::Strikethrough => self.span_end("</del>"),
            TagEnd::Link => {
                self.no_urls = false;
                self.inline_depth = self.inline_depth.saturating_sub(1);
                self.name_empty_link();
                self.html("</a>");
            }
            _ => {}
        }
    }

    /// Display formulas become blocks of their own between the parts of the paragraph.
    fn paragraph_end(&mut self) {
        let Frame { mut nodes, title, range, has_words, .. } = self.frames.pop().unwrap_or_default();
        if let Some(container) = title {
            return self.open_container(container, nodes);
        }
        if self.frames.len() == 1 && !self.summarised && !has_words {
            // A row of badges or a logo says nothing of the page.
            self.article.summary.clear();
        }
        let attributes = match self.lone_attributes(&range) {
            Some(attributes) if matches!(self.events.peek(), Some((Event::Start(Tag::BlockQuote(_)), _))) => {
                self.quote_attributes = self.with_id(&attributes, &range);
                return;
            }
            // What it belongs to is not known: it stays as typed.
            Some(_) => None,
            None => self.trailing_attributes(&range, &mut nodes),
        };
        let attributes = attributes.map(|attributes| self.with_id(&attributes, &range)).unwrap_or_default();
        self.summarised |= self.frames.len() == 1 && !self.article.summary.trim().is_empty();
        let frame = self.frames.last_mut().expect("the frame of the body stays until the end");
        let mut line = Frame::default();
        for node in nodes {
            if matches!(node, Node::Formula { block: true, .. }) {
                close_paragraph(frame, std::mem::take(&mut line), &attributes);
                frame.nodes.push(node);
                frame.html("\n");
            } else {
                line.append(vec![node]);
            }
        }
        if let [Node::Image(image)] = line.nodes.as_slice() {
            let image = *image;
            return self.lone_image(image, &attributes);
        }
        if let [Node::Html(html)] = line.nodes.as_slice()
            && let Some(label) = target_label(html)
        {
            let html = format!("<a id=\"{}\"></a>\n", escape(label));
            self.id(label, range);
            return self.html(&html);
        }
        close_paragraph(frame, line, &attributes);
    }

    fn table_cell(&mut self) {
        self.frame().inline = true;
        let class = match self.alignments.get(self.column) {
            Some(Alignment::Left) => " class=\"left\"",
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            _ => "",
        };
        // The corner above the names of rows is often empty, and then heads nothing.
        let is_empty = matches!(self.events.peek(), Some((Event::End(TagEnd::TableCell), _)));
        let is_header = self.in_table_head && !is_empty;
        self.cell = if is_header { "th" } else { "td" };
        let html = if is_header { format!("<th scope=\"col\"{class}>") } else { format!("<td{class}>") };
        self.html(&html);
    }

    /// Reads a heading to its end. The first `#` heading of a page, with nothing before it, is the page's own.
    fn heading(&mut self, tag: Tag<'a>, range: Range<usize>) {
        let Tag::Heading { level, id, classes, .. } = tag else { return };
        while let Some((event, inner)) = self.events.next() {
            if matches!(event, Event::End(TagEnd::Heading(_))) {
                break;
            }
            self.event(event, inner);
        }
        let mut content = self.frames.pop().map(|frame| frame.nodes).unwrap_or_default();
        let Outline { content: mut outline, mut text } = self.outline.take().unwrap_or_default();
        // What the parser knows of attribute lists ends where a value has a space.
        let (id, classes) = match self.trailing_attributes(&range, &mut content) {
            Some(attributes) => {
                self.trailing_attributes(&range, &mut outline.nodes);
                text.truncate(text.rfind('{').unwrap_or(text.len()));
                if let Some(label) = attributes.get("data-toc-label") {
                    outline.nodes = vec![Node::Html(escape(label).into_owned())];
                }
                (attributes.id.map(|(id, _)| id), attributes.classes)
            }
            None => (id.map(|id| id.to_string()), classes.iter().map(ToString::to_string).collect()),
        };
        let id = id.unwrap_or_else(|| {
            let values = &self.article.values;
            // An author may have typed what looks like a stand-in.
            let typed = with_values(&text, |index| {
                values.get(index).map_or(String::new(), |value| value.expression.text.trim().to_owned())
            });
            self.unique(&slug(&typed))
        });
        self.id(&id, range.clone());
        let heading = Heading {
            level: level as u8,
            id,
            content: outline.nodes,
            text: text.trim().to_owned(),
            span: self.prepared.text.span(range),
        };
        let body_is_empty = self.frames.len() == 1 && self.frames[0].nodes.is_empty();
        if heading.level == 1 && body_is_empty && self.article.heading.is_none() {
            self.article.heading = Some(heading);
            return;
        }
        let classes = match classes.as_slice() {
            [] => String::new(),
            classes => format!(" class=\"{}\"", escape(&classes.join(" "))),
        };
        self.html(&format!("<h{} id=\"{}\"{classes}>", heading.level, escape(&heading.id)));
        self.frame().append(content);
        self.frame().nodes.push(Node::Anchor(heading.id.clone()));
        self.html(&format!("</h{}>\n", heading.level));
        self.article.headings.push(heading);
    }

    /// GitHub's rule for repeated headings: the second `a` is `a-1`.
    fn unique(&mut self, slug: &str) -> String {
        let base = if slug.is_empty() { "section" } else { slug };
        loop {
            let count = self.slugs.entry(base.to_owned()).or_insert(0);
            let id = if *count == 0 { base.to_owned() } else { format!("{base}-{count}") };
            *count += 1;
            if !self.ids.contains(&id) {
                return id;
            }
        }
    }

    /// Text with its formulas as plain text.
    fn plain_text(&self, text: &str) -> String {
        let (mut plain, mut rest) = (String::new(), text);
        while let Some((before, index, after)) = next_stand_in(rest) {
            let Some(hole) = self.prepared.holes.get(index) else { break };
            plain.push_str(before);
            match hole.content {
                Content::Formula(formula) => plain.push_str(&tex::plain(&self.prepared.formulas[formula].tex.text)),
                Content::Url => plain.push_str(&hole.typed),
                _ => {}
            }
            rest = after;
        }
        plain + rest
    }
}

/// `(label)=` alone in its paragraph: a place to link to, as MyST has it.
fn target_label(html: &str) -> Option<&str> {
    let label = html.trim().strip_prefix('(')?.strip_suffix(")=")?;
    (!label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || "-_:.".contains(c))).then_some(label)
}

/// Plain text with what `say` says in the places of computed values.
pub(super) fn with_values(text: &str, say: impl Fn(usize) -> String) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, index, after)) = next_stand_in(rest) {
        out.push_str(before);
        out.push_str(&say(index));
        rest = after;
    }
    out + rest
}

/// Whether the body of a `values` fence asks for a table; other tools have languages of this name.
fn close_paragraph(frame: &mut Frame, mut line: Frame, attributes: &str) {
    if let Some(Node::Html(first)) = line.nodes.first_mut() {
        first.drain(..first.len() - first.trim_start().len());
    }
    if let Some(Node::Html(last)) = line.nodes.last_mut() {
        last.truncate(last.trim_end().len());
    }
    if line.nodes.iter().all(|node| matches!(node, Node::Html(html) if html.is_empty())) {
        return;
    }
    frame.html(&format!("<p{attributes}>"));
    frame.append(line.nodes);
    frame.html("</p>\n");
}

/// The first stand-in of `text`: what comes before it, its number, what comes after it.
fn next_stand_in(text: &str) -> Option<(&str, usize, &str)> {
    let start = text.find(STAND_IN.0)?;
    let inner = &text[start + STAND_IN.0.len_utf8()..];
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    let index = inner[..digits].parse().ok()?;
    Some((&text[..start], index, inner[digits..].strip_prefix(STAND_IN.1)?))
}

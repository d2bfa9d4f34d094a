//! Images, attribute lists and bare URLs.

use std::ops::Range;

use pulldown_cmark::Event;

use super::Reader;
use crate::article::attributes::{self, Attributes};
use crate::article::{FigureIndex, Image, Node};
use crate::html::escape;

impl Reader<'_> {
    /// Reads an image to its end.
    pub(super) fn image(&mut self, target: &str, title: &str, range: Range<usize>) {
        let alt = self.alt();
        self.plain_of_image(&alt);
        let mut attributes = self.attributes_behind(range.end);
        let size = ["width", "height"].map(|side| attributes.take(side));
        let list = range.end;
        // The program has its own mind on when images are loaded.
        attributes.take("loading");
        attributes.take("decoding");
        let id = attributes.id.take().map(|(id, place)| {
            let place = list + place.start..list + place.end;
            (id, self.prepared.text.span(place))
        });
        let link = self.target(target, range);
        let index = self.article.images.len();
        if let Some((id, span)) = &id {
            self.ids.insert(id.clone());
            self.article.anchors.push((id.clone(), *span));
        }
        let title = title.to_owned();
        self.article.images.push(Image { link, alt, title, id, size, attributes: attributes.html(), figure: false });
        self.frame().nodes.push(Node::Image(index));
    }

    /// The text in the brackets of an image, which lasts to its end.
    fn alt(&mut self) -> String {
        let (mut alt, mut depth) = (String::new(), 1);
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(text) | Event::Code(text) => alt.push_str(&self.plain_text(&text)),
                Event::SoftBreak | Event::HardBreak => alt.push(' '),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        alt
    }

    /// An image that is a paragraph of its own is a figure if it has a caption or an id. Without a title, what it shows
    /// is its caption.
    pub(super) fn lone_image(&mut self, index: usize, attributes: &str) {
        let Image { alt, title, id, .. } = self.article.images[index].clone();
        if title.is_empty() && id.is_none() {
            self.html(&format!("<p{attributes}>"));
            self.frame().nodes.push(Node::Image(index));
            return self.html("</p>\n");
        }
        self.article.images[index].figure = true;
        let id_attribute = id.as_ref().map(|(id, _)| format!(" id=\"{}\"", escape(id))).unwrap_or_default();
        self.html(&format!("<figure class=\"image\"{id_attribute}{attributes}>"));
        self.frame().nodes.push(Node::Image(index));
        self.html("<figcaption>");
        if id.is_some() {
            self.article.figures.push(FigureIndex::Image(index));
            self.html("<span class=\"figure-number\">");
            self.frame().nodes.push(Node::ImageName(index));
            self.html("</span> ");
        }
        if title.is_empty() {
            self.html(&escape(&alt));
        } else {
            self.article.images[index].title.clear();
            let everything = 0..self.prepared.text.text.len();
            self.split(&title, &everything, |reader, part| reader.html(&escape(part)));
        }
        self.html("</figcaption></figure>\n");
    }

    /// The attribute list that stands directly behind a link or an image. The text events that it comes in are skipped.
    pub(super) fn attributes_behind(&mut self, end: usize) -> Attributes {
        match attributes::read(&self.prepared.text.text[end..]) {
            Some((attributes, length)) => {
                self.attributes.push(end..end + length);
                attributes
            }
            None => Attributes::default(),
        }
    }

    /// `{: #id .class}` at the end of a paragraph, or without the colon of a heading or on a line of its own: if its
    /// nodes end with one, it is taken off.
    pub(super) fn trailing_attributes(&self, range: &Range<usize>, nodes: &mut [Node]) -> Option<Attributes> {
        let typed = self.prepared.text.text[range.clone()].trim_end();
        let at = typed.ends_with('}').then(|| typed.rfind('{'))??;
        let list = &typed[at..];
        let own_line = typed[..at].trim_end_matches([' ', '\t', '>']).ends_with('\n');
        if !(list.starts_with("{:") || typed.starts_with('#') || own_line) {
            return None;
        }
        let (attributes, _) = attributes::read(list).filter(|(_, length)| *length == list.len())?;
        let Some(Node::Html(html)) = nodes.last_mut() else { return None };
        let kept = html.trim_end().strip_suffix(escape(list).as_ref())?.trim_end().len();
        html.truncate(kept);
        Some(attributes)
    }

    /// The last line with text of a part of the prepared text.
    pub(super) fn last_line(&self, range: &Range<usize>) -> Range<usize> {
        let text = self.prepared.text.text[range.clone()].trim_end();
        let start = text.rfind('\n').map_or(0, |newline| newline + 1);
        range.start + start..range.start + text.len()
    }

    /// The attribute list that a paragraph or the last row of a table is, with the colon of kramdown, and nothing else.
    pub(super) fn lone_attributes(&self, range: &Range<usize>) -> Option<Attributes> {
        let typed = self.prepared.text.text[range.clone()].trim();
        let (attributes, length) = attributes::read(typed).filter(|_| typed.starts_with("{:"))?;
        (length == typed.len()).then_some(attributes)
    }

    /// Attributes as HTML; their id can be linked to.
    pub(super) fn with_id(&mut self, attributes: &Attributes, range: &Range<usize>) -> String {
        if let Some((id, _)) = &attributes.id {
            self.id(id, range.clone());
        }
        attributes.html()
    }

    /// A URL in the text links to itself.
    pub(super) fn bare_url(&mut self, hole: usize) {
        let hole = &self.prepared.holes[hole];
        let (typed, range) = (hole.typed.clone(), hole.range.clone());
        if self.no_urls || self.outline.is_some() {
            self.inline_markup(&escape(&typed));
            return self.plain(&typed);
        }
        let target = if typed.starts_with("www.") { format!("http://{typed}") } else { typed.clone() };
        self.url_attribute("<a href=\"", &target, range);
        self.html(&format!("\">{}</a>", escape(&typed)));
        self.plain(&typed);
    }
}

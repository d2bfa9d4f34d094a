//! Footnotes: numbered in the order of their first reference, listed at the end of the article.

use pulldown_cmark::{Event, TagEnd};

use super::{Frame, Reader};
use crate::article::slug;
use crate::html::escape;

impl Reader<'_> {
    pub(super) fn footnote_reference(&mut self, name: &str) {
        if !self.footnote_order.iter().any(|known| known == name) {
            self.footnote_order.push(name.to_owned());
        }
        let number = self.footnote_order.iter().position(|known| known == name).unwrap_or(0) + 1;
        let references = self.footnote_references.entry(name.to_owned()).or_insert(0);
        *references += 1;
        let id = footnote_id(name);
        let suffix = if *references == 1 { String::new() } else { format!("-{references}") };
        let html = format!(
            "<sup class=\"footnote-reference\" id=\"fnref-{id}{suffix}\"><a href=\"#fn-{id}\">{number}</a></sup>"
        );
        self.html(&html);
    }

    pub(super) fn footnote_definition(&mut self, name: &str) {
        self.frames.push(Frame::default());
        // The body counts as a block of its own: one more frame keeps it out of the page's summary.
        while let Some((event, range)) = self.events.next() {
            if matches!(event, Event::End(TagEnd::FootnoteDefinition)) {
                break;
            }
            self.event(event, range);
        }
        let nodes = self.frames.pop().map(|frame| frame.nodes).unwrap_or_default();
        self.footnote_bodies.entry(name.to_owned()).or_insert(nodes);
    }

    /// The footnotes that the text refers to, in the order of their first reference.
    pub(super) fn footnotes(&mut self) {
        if self.footnote_order.is_empty() {
            return;
        }
        self.html("<section class=\"footnotes\"><ol>\n");
        for name in self.footnote_order.clone() {
            let id = footnote_id(&name);
            let body = self.footnote_bodies.remove(&name).unwrap_or_default();
            self.html(&format!("<li id=\"fn-{id}\">"));
            self.frame().append(body);
            for reference in 1..=self.footnote_references.get(&name).copied().unwrap_or(0) {
                let suffix = if reference == 1 { String::new() } else { format!("-{reference}") };
                self.html(&format!("<a class=\"footnote-back\" href=\"#fnref-{id}{suffix}\">↩</a>"));
            }
            self.html("</li>\n");
        }
        self.html("</ol></section>\n");
    }
}

fn footnote_id(name: &str) -> String {
    escape(&slug(name)).into_owned()
}

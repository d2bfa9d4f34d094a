//! Links, references in the text, and raw HTML with the links in it.

use std::ops::Range;

use pulldown_cmark::LinkType;

use super::Reader;
use crate::article::{Link, LinkText, Node};
use crate::source::Span;

impl Reader<'_> {
    /// `\eqref{…}` in the text: a link that says the number.
    pub(super) fn reference(&mut self, label: &str, span: Span, bare: bool) {
        let text = if bare { LinkText::Number } else { LinkText::Name };
        self.article.links.push(Link { target: format!("#{label}"), span, text });
        let index = self.article.links.len() - 1;
        self.html("<a class=\"reference\" href=\"");
        self.frame().nodes.push(Node::Url(index));
        self.html("\">");
        self.frame().nodes.push(Node::LinkText(index));
        self.html("</a>");
    }

    pub(super) fn target(&mut self, target: &str, range: Range<usize>) -> usize {
        let target = self.restore(target);
        let typed = &self.prepared.text.text[range.clone()];
        let range = typed
            .rfind(&target)
            .filter(|_| !target.is_empty())
            .map_or(range.clone(), |at| range.start + at..range.start + at + target.len());
        self.article.links.push(Link { target, span: self.prepared.text.span(range), text: LinkText::Own });
        self.article.links.len() - 1
    }

    pub(super) fn url_attribute(&mut self, before: &str, target: &str, range: Range<usize>) {
        self.html(before);
        let index = self.target(target, range);
        self.frame().nodes.push(Node::Url(index));
    }

    pub(super) fn link(&mut self, kind: LinkType, target: &str, title: &str, range: Range<usize>) {
        self.inline_depth += 1;
        let target = if kind == LinkType::Email { format!("mailto:{target}") } else { target.to_owned() };
        self.url_attribute("<a href=\"", &target, range.clone());
        self.no_urls = true;
        let mut attributes = self.attributes_behind(range.end);
        if let Some((id, _)) = attributes.id.clone() {
            self.id(&id, range);
        }
        let title = self.restore(title);
        if !title.is_empty() && attributes.get("title").is_none() {
            attributes.pairs.push(("title".to_owned(), title));
        }
        self.html(&format!("\"{}>", attributes.html()));
    }

    /// `[](#fig:relu)` says the name of what it points to.
    pub(super) fn name_empty_link(&mut self) {
        let nodes = &mut self.frame().nodes;
        if let [.., Node::Url(index), Node::Html(html)] = nodes.as_slice()
            && html == "\">"
        {
            let index = *index;
            nodes.push(Node::LinkText(index));
            self.article.links[index].text = LinkText::Name;
        }
    }

    /// Raw HTML as typed, with the targets of `href` and `src` resolved like any other link.
    pub(super) fn raw_html(&mut self, html: &str, range: Range<usize>) {
        let in_link = std::mem::replace(&mut self.no_urls, true);
        let mut rest = html;
        while let Some((at, length)) = next_url_attribute(rest) {
            let value = at..at + length;
            let target = unescape(&rest[value.clone()]);
            self.markup_with_formulas(&rest[..value.start], &range);
            let index = self.target(&target, range.clone());
            self.frame().nodes.push(Node::Url(index));
            rest = &rest[value.end..];
        }
        self.markup_with_formulas(rest, &range);
        self.no_urls = in_link;
    }

    pub(super) fn markup_with_formulas(&mut self, html: &str, range: &Range<usize>) {
        for id in ids(html) {
            self.id(&id, range.clone());
        }
        self.split(html, range, |reader, part| {
            if let Some(outline) = &mut reader.outline
                && !part.contains(['<', '>'])
            {
                outline.text.push_str(part);
            }
            reader.html(part);
        });
    }
}

/// The value of an attribute without its entities, of which the five basic ones are known.
fn unescape(value: &str) -> String {
    let plain = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    plain.replace("&amp;", "&")
}

/// Where the value of the next `href` or `src` attribute in quotes begins, and its length.
fn next_url_attribute(html: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let at = from
            + html[from..]
                .match_indices('=')
                .map(|(at, _)| at)
                .find(|&at| html[from + at + 1..].starts_with(['"', '\'']))?;
        let name = html[..at].rsplit(|c: char| c.is_whitespace()).next().unwrap_or("");
        let value = at + 2;
        let length = html[value..].find(&html[at + 1..value])?;
        if ["href", "src"].iter().any(|known| known.eq_ignore_ascii_case(name)) && length > 0 {
            return Some((value, length));
        }
        from = value + length;
    }
}

/// The values of `id` and `name` attributes in raw HTML.
fn ids(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in [" id=\"", " name=\""] {
        for (at, _) in html.match_indices(name) {
            let value = &html[at + name.len()..];
            if let Some(end) = value.find('"').filter(|&end| end > 0) {
                found.push(value[..end].to_owned());
            }
        }
    }
    found
}

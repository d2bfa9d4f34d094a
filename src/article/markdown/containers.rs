//! Markup of call-outs, theorems, tabs and divisions. To the parser they are quotes that begin with a mark.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

use super::{Frame, Reader};
use crate::article::blocks::Content;
use crate::article::{Container, Form, Node, Title};
use crate::html::escape;

/// Numbers for the sets of tabs of a page: their radio buttons need names.
#[derive(Debug, Default)]
pub(super) struct TabSets {
    made: usize,
    /// The open sets: number, and how many tabs so far.
    open: Vec<(usize, usize)>,
}

impl Reader<'_> {
    pub(super) fn paragraph(&mut self, range: &Range<usize>) {
        let title = self.container_at(range.start);
        self.frames.push(Frame { inline: title.is_some(), title, range: range.clone(), ..Frame::default() });
    }

    pub(super) fn quote(&mut self) {
        let begins = match self.events.peek() {
            Some((Event::Start(Tag::Paragraph), range)) => Some(range.start),
            _ => None,
        };
        let container = begins.and_then(|at| self.container_at(at));
        self.quotes.push(container);
        let attributes = std::mem::take(&mut self.quote_attributes);
        if container.is_none() {
            self.html(&format!("<blockquote{attributes}>\n"));
        }
    }

    pub(super) fn quote_end(&mut self) {
        match self.quotes.pop().flatten() {
            Some(container) => self.close_container(container),
            None => self.html("</blockquote>\n"),
        }
    }

    /// The container that begins at `at` of the prepared text.
    fn container_at(&self, at: usize) -> Option<usize> {
        let holes = &self.prepared.holes;
        let hole = holes.get(holes.partition_point(|hole| hole.range.start < at))?;
        match hole.content {
            Content::Container(container) if hole.range.start == at => Some(container),
            _ => None,
        }
    }

    /// Writes the beginning of a container, up to its content.
    pub(super) fn open_container(&mut self, index: usize, title: Vec<Node>) {
        let container = self.prepared.containers[index].clone();
        if let Some((id, span)) = &container.id {
            self.ids.insert(id.clone());
            self.article.anchors.push((id.clone(), *span));
        }
        match container.form {
            Form::CallOut => {
                self.html(&format!("<div{} role=\"note\">\n", attributes("callout", &container)));
                self.titled("<p class=\"callout-title\">", index, &container, title, "</p>\n");
            }
            Form::Folded { open } => {
                let open = if open { " open" } else { "" };
                self.html(&format!("<details{}{open}>\n", attributes("callout", &container)));
                self.titled("<summary class=\"callout-title\">", index, &container, title, "</summary>\n");
            }
            Form::Theorem => {
                self.html(&format!("<div{}>\n", attributes("theorem", &container)));
                self.titled("<p class=\"theorem-title\">", index, &container, title, "</p>\n");
            }
            Form::Tab { first, selected, .. } => self.open_tab(first, selected, title),
            Form::Division => self.html(&format!("<div{}>\n", attributes("", &container))),
        }
    }

    /// The line above a container: "Note", "Theorem 2 (Pythagoras)", or the author's words alone.
    fn titled(&mut self, before: &str, index: usize, container: &Container, title: Vec<Node>, after: &str) {
        let named = container.numbered || container.title == Title::Kind;
        if container.title == Title::None && !named {
            // A summary without text could not be opened.
            if matches!(container.form, Form::Folded { .. }) {
                self.html("<summary class=\"callout-title\">…</summary>\n");
            }
            return;
        }
        self.html(before);
        if named {
            self.html("<strong>");
            self.frame().nodes.push(Node::ContainerName(index));
            self.html("</strong>");
        }
        let typed = container.title == Title::Typed;
        self.html(if named && typed { " (" } else { "" });
        self.frame().append(title);
        self.html(if named && typed { ")" } else { "" });
        self.html(after);
    }

    fn open_tab(&mut self, first: bool, selected: bool, title: Vec<Node>) {
        if first || self.tabs.open.is_empty() {
            self.tabs.made += 1;
            self.tabs.open.push((self.tabs.made, 0));
            self.html("<div class=\"tabs\">\n");
        }
        let Some((set, tab)) = self.tabs.open.last_mut() else { return };
        *tab += 1;
        let (set, tab) = (*set, *tab);
        let checked = if selected { " checked" } else { "" };
        self.html(&format!(
            "<input type=\"radio\" name=\"tabs-{set}\" id=\"tabs-{set}-{tab}\"{checked}><label for=\"tabs-{set}-{tab}\">"
        ));
        self.frame().append(title);
        self.html("</label>\n<div class=\"tab\">\n");
    }

    fn close_container(&mut self, index: usize) {
        match self.prepared.containers[index].form {
            Form::Folded { .. } => self.html("</details>\n"),
            Form::Tab { last, .. } => {
                self.html("</div>\n");
                if last {
                    self.tabs.open.pop();
                    self.html("</div>\n");
                }
            }
            _ => self.html("</div>\n"),
        }
    }
}

/// Class and id of a container.
fn attributes(class: &str, container: &Container) -> String {
    let kind = Some(container.kind.as_str()).filter(|kind| *kind != class);
    let classes = Some(class).into_iter().chain(kind).chain(container.classes.iter().map(String::as_str));
    let classes: Vec<&str> = classes.filter(|class| !class.is_empty()).collect();
    let mut html = String::new();
    if !classes.is_empty() {
        html += &format!(" class=\"{}\"", escape(&classes.join(" ")));
    }
    if let Some((id, _)) = &container.id {
        html += &format!(" id=\"{}\"", escape(id));
    }
    html
}

//! Fences and indented code: listings, and everything that has a fence of its own.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event};

use super::Reader;
use crate::article::{ChartFence, FigureIndex, Formula, FormulaFence, Listing, Node, TableFence};
use crate::source::{Excerpt, Span};

impl Reader<'_> {
    pub(super) fn code_block(&mut self, kind: &CodeBlockKind<'_>, range: Range<usize>) {
        let mut body = Excerpt::new(self.prepared.text.span(range.clone()));
        let mut code = String::new();
        for (event, inner) in self.events.by_ref() {
            match event {
                Event::Text(text) => {
                    code.push_str(&text);
                    body.push_part(&self.prepared.text, inner);
                }
                _ => break,
            }
        }
        let info = match kind {
            CodeBlockKind::Fenced(read) => self.info_string(&range, read),
            CodeBlockKind::Indented => self.prepared.text.part(range.start..range.start),
        };
        let language =
            info.text.split(|c: char| c.is_whitespace() || c == ',' || c == '{').next().unwrap_or("").to_lowercase();
        let place = range.start;
        let span = self.prepared.text.span(range);
        body.span = body.span(0..body.text.len());
        if info.text.trim_start().starts_with("{math}") {
            // MyST: options, then the formula.
            let options: usize = body.text.lines().take_while(|line| line.starts_with(':')).map(|l| l.len() + 1).sum();
            let label = body.text[..options.min(body.text.len())].lines().find_map(|line| line.strip_prefix(":label:"));
            let mut tex = body.part(options.min(body.text.len())..body.text.len());
            if let Some(label) = label {
                let at = tex.text.len();
                tex.push_stand_in(&format!("\\label{{{}}}", label.trim()), &body, at..at);
            }
            return self.display_formula(tex, span, place);
        }
        match language.as_str() {
            "math" => self.display_formula(body, span, place),
            "chart" => {
                self.article.charts.push(ChartFence { body, span, place });
                let index = self.article.charts.len() - 1;
                self.article.figures.push(FigureIndex::Chart(index));
                self.frame().nodes.push(Node::Chart(index));
                self.html("\n");
            }
            "function" => self.article.definitions.push(body),
            "values" if is_values(&body.text) => {
                self.article.tables.push(TableFence { body, span, place });
                let index = self.article.tables.len() - 1;
                self.frame().nodes.push(Node::Table(index));
                self.html("\n");
            }
            "formula" => {
                let formula = self.article.formulas.len();
                self.article.formulas.push(Formula { place, ..Formula::new(Excerpt::new(body.span), span, true) });
                self.article.derivations.push(FormulaFence { formula, body });
                self.frame().nodes.push(Node::Formula { index: formula, block: true });
                self.html("\n");
            }
            _ => {
                let code = self.restore(&code);
                self.article.listings.push(Listing { info, code, span });
                let index = self.article.listings.len() - 1;
                self.frame().nodes.push(Node::Listing(index));
                self.html("\n");
            }
        }
    }

    pub(super) fn display_formula(&mut self, tex: Excerpt, span: Span, place: usize) {
        let index = self.article.formulas.len();
        self.article.formulas.push(Formula { place, ..Formula::new(tex, span, true) });
        self.frame().nodes.push(Node::Formula { index, block: true });
        self.html("\n");
    }

    /// What stands behind the back-ticks or tildes that open a fence. `read` is the same without escapes and character
    /// references, which count in the language alone: a value in quotes has escapes of its own.
    pub(super) fn info_string(&self, fence: &Range<usize>, read: &str) -> Excerpt {
        let text = &self.prepared.text.text[fence.clone()];
        let line = text.lines().next().unwrap_or("").trim_end();
        let marks = line.trim_start();
        let info = marks.trim_start_matches(if marks.starts_with('~') { '~' } else { '`' }).trim_start();
        let info = fence.start + line.len() - info.len()..fence.start + line.len();
        let part = self.prepared.text.part(info.clone());
        let word = part.text.split(char::is_whitespace).next().unwrap_or("");
        if !word.contains(['\\', '&']) || word.contains(['{', '"', '=']) {
            return part;
        }
        let mut excerpt = Excerpt::new(part.span);
        let read = read.split(char::is_whitespace).next().unwrap_or("");
        excerpt.push_stand_in(read, &self.prepared.text, info.start..info.start + word.len());
        excerpt.push_part(&self.prepared.text, info.start + word.len()..info.end);
        excerpt
    }
}

fn is_values(body: &str) -> bool {
    body.lines().any(|line| {
        let line = line.trim_start();
        line.strip_prefix("functions").or(line.strip_prefix("x")).is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}

//! What the functions of each page are: those of the site, of imported pages, of its fences and of its formulas.
//!
//! Anything on a page may use anything that is defined on it, in any order, so definitions are read when they are first
//! needed; two that need each other are an error. Charts, values and claims of the page all see the same [`Scope`].

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::memo::{Memo, Same, SameSource};

use crate::article::{Article, Formula};
use crate::config::Config;
use crate::data;
use crate::definition::{self, Claim, Directive, Functions, Macros, Order, Outcome};
use crate::diagnostic::Diagnostic;
use crate::function::catalogue::Meaning;
use crate::function::{Error, Scope, parse};
use crate::math;
use crate::site::Document;
use crate::source::{Excerpt, Span};

/// Definitions that are not read yet may need each other this deep.
const MOST_DEPTH: u32 = 24;

/// The functions of a page and what its formulas claimed.
pub(super) struct PageFunctions {
    /// All functions by name.
    pub(super) scope: Scope,
    /// Claims that hold: the index of the formula and the expression that it equals.
    pub(super) checked: Vec<(usize, String)>,
    /// What the scope depends on: the functions of the site,
    pub(super) site: Arc<SiteFunctions>,
    /// and everything that the page defines them with, as typed.
    pub(super) written: Arc<Vec<String>>,
}

/// What all pages know.
pub(super) struct SiteFunctions {
    scope: Scope,
    macros: Macros,
}

/// Reads the functions of all pages.
pub(super) fn read(
    documents: &[Document],
    languages: &[String],
    config: &Config,
    site_macros: &math::Macros,
    read_from: &[SameSource],
    memo: &Memo,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Arc<PageFunctions>> {
    let imported: Vec<Option<(Same<Article>, bool)>> = (imports(config, &mut Vec::new()).iter())
        .map(|(path, _)| {
            let place = documents.iter().position(|document| document.path == *path)?;
            Some((Same::of(&documents[place].article), has_decimal_comma(&languages[place])))
        })
        .collect();
    let site = memo.get_or_say("functions of the site", (read_from.to_vec(), imported), diagnostics, |found| {
        of_site(documents, languages, config, site_macros, found)
    });
    let read: Vec<(Arc<PageFunctions>, Vec<Diagnostic>)> = (documents.par_iter().zip(languages))
        .map(|(document, language)| {
            let mut found = Vec::new();
            let comma = has_decimal_comma(language);
            let key = (Same::of(&site), Same::of(&document.article), comma);
            let page =
                memo.get_or_say("functions", key, &mut found, |found| page(&site, &document.article, comma, found));
            (page, found)
        })
        .collect();
    let mut pages = Vec::with_capacity(read.len());
    for (page, found) in read {
        diagnostics.extend(found);
        pages.push(page);
    }
    pages
}

fn of_site(
    documents: &[Document],
    languages: &[String],
    config: &Config,
    site_macros: &math::Macros,
    diagnostics: &mut Vec<Diagnostic>,
) -> SiteFunctions {
    let mut scope = site_scope(config, diagnostics);
    let mut macros = Macros::default();
    for (name, body) in site_macros.definitions() {
        macros.add(name, body);
    }
    for (path, span) in imports(config, diagnostics) {
        let Some(place) = documents.iter().position(|document| document.path == path) else {
            let paths = documents.iter().map(|document| document.path.as_str());
            let help = crate::diagnostic::nearest(&path, paths).map(|near| format!("did you mean `{near}`?"));
            let message = format!("there is no page `{path}` in the content folder");
            diagnostics.push(Diagnostic::error("config", span, message).maybe_help(help));
            continue;
        };
        // What is wrong on the page is said where the page itself is read.
        let comma = has_decimal_comma(&languages[place]);
        scope = Reader::new(&scope, &documents[place].article, &macros, comma).read_all(&mut Vec::new());
    }
    SiteFunctions { scope, macros }
}

/// The languages that write decimals behind a comma; the others of those that are often met write thousands so.
fn has_decimal_comma(language: &str) -> bool {
    const LANGUAGES: [&str; 26] = [
        "bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv", "nb", "nl",
        "nn", "pl", "pt", "ro", "ru", "sv", "tr", "uk",
    ];
    LANGUAGES.contains(&language.split('-').next().unwrap_or(language))
}

fn page(
    site: &Arc<SiteFunctions>,
    article: &Article,
    decimal_comma: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> PageFunctions {
    let mut reader = Reader::new(&site.scope, article, &site.macros, decimal_comma);
    reader.read_all(diagnostics);
    diagnostics.extend(reader.near_misses());
    let mut checked = Vec::new();
    for claim in std::mem::take(&mut reader.claims) {
        if let Some(name) = reader.claim(&claim, diagnostics) {
            checked.push((claim.formula, name));
        }
    }
    let fences = article.definitions.iter().map(|fence| fence.text.clone());
    let macros = article.meta.macros.iter().map(|(name, body, _)| format!("{name} {body}"));
    let defines = |formula: &&Formula| formula.tex.text.contains('%') || !formula.outline.definitions.is_empty();
    let formulas = article.formulas.iter().filter(defines).map(|formula| formula.tex.text.clone());
    let comma = decimal_comma.then(|| "decimal comma".to_owned());
    let written = Arc::new(fences.chain(macros).chain(formulas).chain(comma).collect());
    PageFunctions { scope: reader.scope, checked, site: site.clone(), written }
}

/// The catalogue and the `[functions]` of the site: `name = "definition"`, with or without the left side.
fn site_scope(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Scope {
    let mut scope = Scope::catalogue();
    for (name, value) in config.functions.iter().filter(|(name, _)| name != "import") {
        let data::Kind::String(text) = &value.kind else {
            let message = format!("function `{name}` must be a string, found {}", value.kind_name());
            diagnostics.push(Diagnostic::error("config", value.span, message));
            continue;
        };
        let left = if text.contains('=') && text.trim_start().starts_with(name.as_str()) {
            String::new()
        } else {
            format!("{name}(x) = ")
        };
        if let Err(error) = scope.define(&format!("{left}{text}")) {
            let start = error.range.start.saturating_sub(left.len());
            let span = value.text_span(start..error.range.end.saturating_sub(left.len()).max(start));
            diagnostics.push(Diagnostic::error("config", span, error.message).maybe_help(error.help));
        }
    }
    scope
}

/// `import` in `[functions]`: pages whose functions the whole site knows.
fn imports(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for (_, value) in config.functions.iter().filter(|(name, _)| name == "import") {
        let paths: Vec<&data::Value> = match &value.kind {
            data::Kind::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        for path in paths {
            match &path.kind {
                data::Kind::String(text) => found.push((text.clone(), path.span)),
                _ => {
                    let message = format!("`import` must list pages, found {}", path.kind_name());
                    let help = "write `import = [\"articles/relu.md\"]`";
                    diagnostics.push(Diagnostic::error("config", path.span, message).help(help));
                }
            }
        }
    }
    found
}

/// A definition on a page.
struct Item<'a> {
    name: String,
    /// What the formula calls it.
    symbol: Option<String>,
    /// Where it is named.
    span: Span,
    kind: Kind<'a>,
    state: State,
}

enum Kind<'a> {
    /// A definition in a fence.
    Fence(&'a Excerpt, Range<usize>),
    /// A formula with a comment, and its place in the order of formulas.
    Formula { formula: &'a Formula, directive: Directive, number: usize },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unread,
    Reading,
    Done,
    Failed,
}

/// A formula with a comment `% check …`.
struct PageClaim<'a> {
    formula: usize,
    text: &'a Formula,
    directive: Directive,
    number: usize,
    /// How many definitions stand before it.
    position: usize,
}

/// Reads the definitions of a page, each when it is first needed.
struct Reader<'a> {
    article: &'a Article,
    items: Vec<Item<'a>>,
    claims: Vec<PageClaim<'a>>,
    scope: Scope,
    /// The macros of the site and of the front matter.
    macros: Macros,
    /// Indices of the formulas in the order in which they stand.
    order: Vec<usize>,
    found: Vec<Diagnostic>,
    /// Further places of the mistake that is being told.
    related: Vec<(Span, String)>,
    depth: u32,
    decimal_comma: bool,
}

impl<'a> Reader<'a> {
    fn new(scope: &Scope, article: &'a Article, macros: &Macros, decimal_comma: bool) -> Reader<'a> {
        let mut reader = Reader {
            article,
            items: Vec::new(),
            claims: Vec::new(),
            scope: scope.clone(),
            macros: macros.clone(),
            order: article.formulas_in_order(),
            found: Vec::new(),
            related: Vec::new(),
            depth: 0,
            decimal_comma,
        };
        for (name, body, _) in &article.meta.macros {
            reader.macros.add(name, body);
        }
        reader.collect();
        reader
    }

    /// Lists definitions and claims in the order of the file.
    fn collect(&mut self) {
        for fence in &self.article.definitions {
            for range in definitions(&fence.text) {
                let text = &fence.text[range.clone()];
                let name = text.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
                let start = range.start + text.len() - text.trim_start().len();
                let span = fence.span(start..start + name.len());
                let kind = Kind::Fence(fence, range);
                self.items.push(Item { name: name.to_owned(), symbol: None, span, kind, state: State::Unread });
            }
        }
        for (number, index) in self.order.clone().into_iter().enumerate() {
            let formula = &self.article.formulas[index];
            for directive in definition::directives(&formula.tex.text) {
                let span = formula.tex.span(directive.range.clone());
                match &directive.order {
                    Order::Define(name) => {
                        let symbol = definition::symbol(&formula.tex.text, &directive, &self.macros_at(number));
                        let name = name.clone();
                        let kind = Kind::Formula { formula, directive, number };
                        self.items.push(Item { name, symbol, span, kind, state: State::Unread });
                    }
                    Order::Check(_) => {
                        let claim = PageClaim { formula: index, text: formula, directive, number, position: 0 };
                        self.claims.push(claim);
                    }
                }
            }
        }
        self.items.sort_by_key(|item| item.span);
        for claim in &mut self.claims {
            claim.position = self.items.partition_point(|item| item.span < claim.text.span);
        }
    }

    /// Comments that look like definitions and claims and are none.
    fn near_misses(&self) -> Vec<Diagnostic> {
        let is_known = |name: &str| {
            self.scope.meaning(name).is_some()
                || self.items.iter().any(|item| item.name == name || item.symbol.as_deref() == Some(name))
        };
        let mut found = Vec::new();
        for formula in &self.article.formulas {
            for near in definition::near_misses(&formula.tex.text) {
                if near.name.as_deref().is_none_or(is_known) {
                    let message = "this comment says nothing to the program";
                    let span = formula.tex.span(near.range);
                    found
                        .push(Diagnostic::warning("function", span, message).help(format!("write `% {}`", near.meant)));
                }
            }
        }
        found
    }

    /// The macros that are known at a formula: also those that formulas before it define.
    fn macros_at(&self, number: usize) -> Macros {
        let mut macros = self.macros.clone();
        for index in &self.order[..number] {
            for definition in &self.article.formulas[*index].outline.definitions {
                macros.define(definition);
            }
        }
        macros
    }

    /// Reads everything that is left; gives the scope with it.
    fn read_all(&mut self, diagnostics: &mut Vec<Diagnostic>) -> Scope {
        self.refuse_repetitions();
        for number in 0..self.items.len() {
            self.read(number);
        }
        diagnostics.append(&mut self.found);
        self.scope.clone()
    }

    /// A name that a formula defines stands for one function on its page.
    fn refuse_repetitions(&mut self) {
        for second in 1..self.items.len() {
            let same = |first: &usize| self.items[*first].name == self.items[second].name;
            let Some(first) = (0..second).find(same) else { continue };
            let (first, second) = (&self.items[first], &self.items[second]);
            if matches!((&first.kind, &second.kind), (Kind::Fence(..), Kind::Fence(..))) {
                continue;
            }
            let message = format!("`{}` is defined twice on this page", second.name);
            let diagnostic =
                Diagnostic::error("function", second.span, message).related(first.span, "first defined here");
            self.found.push(diagnostic);
        }
    }

    fn read(&mut self, number: usize) {
        if self.items[number].state != State::Unread {
            return;
        }
        self.items[number].state = State::Reading;
        let outer = std::mem::take(&mut self.related);
        let result = match &self.items[number].kind {
            Kind::Fence(fence, range) => {
                let (fence, range): (&'a Excerpt, _) = (fence, range.clone());
                self.read_fence(number, fence, &range)
            }
            Kind::Formula { formula, directive, number: place } => {
                let (formula, directive, place): (&'a Formula, _, _) = (formula, directive.clone(), *place);
                self.read_formula(number, formula, &directive, place)
            }
        };
        let related = std::mem::replace(&mut self.related, outer);
        self.items[number].state = match result {
            Ok(()) => State::Done,
            Err(mut diagnostic) => {
                diagnostic.related.extend(related);
                self.found.push(*diagnostic);
                State::Failed
            }
        };
    }

    fn read_fence(&mut self, number: usize, fence: &Excerpt, range: &Range<usize>) -> Result<(), Box<Diagnostic>> {
        let text = &fence.text[range.clone()];
        let told = |error: Error| {
            let span = fence.span(range.start + error.range.start..range.start + error.range.end);
            Box::new(Diagnostic::error("function", span, error.message).maybe_help(error.help))
        };
        let own = self.items[number].name.clone();
        for (start, word) in words(text) {
            if word != own {
                self.need(word, number, &(start..start + word.len())).map_err(told)?;
            }
        }
        self.scope.define(text).map_err(told)
    }

    fn read_formula(
        &mut self,
        number: usize,
        formula: &Formula,
        directive: &Directive,
        place: usize,
    ) -> Result<(), Box<Diagnostic>> {
        let told = |error: Error| {
            let span = formula.tex.span(error.range);
            Box::new(Diagnostic::error("function", span, error.message).maybe_help(error.help))
        };
        let name = self.items[number].name.clone();
        parse::check_name(&name, &directive.range, &self.scope).map_err(told)?;
        let macros = self.macros_at(place);
        let mut names = Names { reader: self, own: Some(number), position: number };
        let definition = definition::definition(&formula.tex.text, directive, &macros, &mut names).map_err(told)?;
        self.scope.insert(definition);
        Ok(())
    }

    /// Makes sure that a name of the page is read, if it is one.
    fn need(&mut self, name: &str, from: usize, place: &Range<usize>) -> Result<(), Error> {
        let before = (0..from).rev().find(|number| self.items[*number].name == name);
        let item = before.or_else(|| (from + 1..self.items.len()).find(|number| self.items[*number].name == name));
        item.map_or(Ok(()), |item| self.ensure(item, Some(from), place))
    }

    fn ensure(&mut self, number: usize, from: Option<usize>, place: &Range<usize>) -> Result<(), Error> {
        let refused = |message: String, help: &str| {
            Err(Error { range: place.clone(), message, help: (!help.is_empty()).then(|| help.to_owned()) })
        };
        let name = self.items[number].name.clone();
        match self.items[number].state {
            State::Done => Ok(()),
            State::Failed => refused(format!("the definition of `{name}` has a mistake"), ""),
            State::Reading => {
                let own = from.map_or(name.clone(), |from| self.items[from].name.clone());
                self.related.push((self.items[number].span, format!("`{name}` is defined here")));
                refused(format!("`{own}` and `{name}` are defined by each other"), "one of them must come first")
            }
            State::Unread if self.depth >= MOST_DEPTH => refused(
                "too many definitions need each other before they are read".to_owned(),
                "define what is needed first",
            ),
            State::Unread => {
                self.depth += 1;
                self.read(number);
                self.depth -= 1;
                self.ensure(number, from, place)
            }
        }
    }

    /// The definition of the page that a symbol means at a place.
    fn item_of(&self, symbol: &str, position: usize, own: Option<usize>) -> Option<usize> {
        let other = |number: &usize| Some(*number) != own;
        let called = |number: &usize| other(number) && self.items[*number].symbol.as_deref() == Some(symbol);
        let named = |number: &usize| other(number) && self.items[*number].name == symbol;
        if let Some(found) = (0..position).rev().find(called) {
            return Some(found);
        }
        if let Some(found) = (0..position).rev().chain(position..self.items.len()).find(named) {
            return Some(found);
        }
        let mut later = (position..self.items.len()).filter(called);
        later.next().filter(|_| later.next().is_none())
    }

    /// Tests a claim; gives what it was tested against if it holds.
    fn claim(&mut self, claim: &PageClaim<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<String> {
        let Order::Check(name) = &claim.directive.order else { return None };
        let at_comment = claim.text.tex.span(claim.directive.range.clone());
        let claimed = match Claim::read(name, &self.scope) {
            Ok(claimed) => claimed,
            Err(error) => {
                diagnostics.push(Diagnostic::error("function", at_comment, error.message).maybe_help(error.help));
                return None;
            }
        };
        let macros = self.macros_at(claim.number);
        let position = claim.position;
        let mut names = Names { reader: self, own: None, position };
        let text = &claim.text.tex.text;
        match definition::check(text, &claim.directive, &macros, &mut names, &claimed) {
            Ok(Outcome::Holds) => Some(name.clone()),
            Ok(Outcome::Undecided { x }) => {
                let message =
                    format!("it could not be decided everywhere whether this equals `{name}`, for instance at x = {x}");
                diagnostics.push(Diagnostic::warning("function", at_comment, message));
                None
            }
            Err(error) => {
                let span = claim.text.tex.span(error.range);
                diagnostics.push(Diagnostic::error("function", span, error.message).maybe_help(error.help));
                None
            }
        }
    }
}

/// What symbols mean at a place of a page.
struct Names<'r, 'a> {
    reader: &'r mut Reader<'a>,
    /// The definition that is being read.
    own: Option<usize>,
    /// How many definitions stand before the place.
    position: usize,
}

impl Functions for Names<'_, '_> {
    fn meaning(&mut self, symbol: &str, place: &Range<usize>) -> Result<Option<Meaning>, Error> {
        if let Some(item) = self.reader.item_of(symbol, self.position, self.own) {
            self.reader.ensure(item, self.own, place)?;
            let name = self.reader.items[item].name.clone();
            return Ok(self.reader.scope.meaning(&name));
        }
        if self.own.is_some_and(|own| self.reader.items[own].name == symbol) {
            let message = format!("`{symbol}` is used in its own definition");
            return Err(Error { range: place.clone(), message, help: Some("recursion is not possible".to_owned()) });
        }
        Ok(self.reader.scope.meaning(symbol).or_else(|| self.reader.alike(symbol, self.own)))
    }

    fn has_decimal_comma(&self) -> bool {
        self.reader.decimal_comma
    }

    fn names(&self) -> Vec<String> {
        let own = self.reader.items.iter().map(|item| item.name.clone());
        self.reader.scope.names().map(str::to_owned).chain(own).collect()
    }
}

impl Reader<'_> {
    /// A function without parameters whose name differs only in upper case and underscores: `ReLU` is `relu`.
    fn alike(&self, symbol: &str, own: Option<usize>) -> Option<Meaning> {
        let plain = |name: &str| name.to_lowercase().replace('_', "");
        if symbol.chars().count() < 3 {
            return None;
        }
        let own = own.map(|own| self.items[own].name.as_str());
        let name = self.scope.names().find(|name| plain(name) == plain(symbol) && Some(*name) != own)?;
        match self.scope.meaning(name) {
            Some(Meaning::Defined(definition)) if !definition.parameters.is_empty() => None,
            meaning => meaning,
        }
    }
}

/// The words of an expression with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter_map(move |word| {
        let start = at;
        at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
        word.starts_with(char::is_alphabetic).then_some((start, word))
    })
}

/// The definitions of a fence: one a line, but a line with an open bracket goes on. `#` begins a comment line.
fn definitions(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut start, mut at, mut depth) = (Vec::new(), 0, 0, 0i32);
    for line in text.split_inclusive('\n') {
        let skipped = depth == 0 && (line.trim().is_empty() || line.trim_start().starts_with('#'));
        if depth == 0 {
            start = at;
        }
        at += line.len();
        if skipped {
            continue;
        }
        depth += line.chars().map(|c| if "({".contains(c) { 1 } else { -i32::from(")}".contains(c)) }).sum::<i32>();
        if depth <= 0 {
            depth = 0;
            found.push(start..start + text[start..at].trim_end().len());
        }
    }
    if depth > 0 {
        found.push(start..text.trim_end().len());
    }
    found
}

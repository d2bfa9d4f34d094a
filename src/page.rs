//! Pages: view models, and the templates that show them.
//!
//! Everything that a template can see is one of the structs below, so this file is the reference for theme authors.
//! Fields that end in `_html` are finished markup, all others are text that Tera escapes. The only module that names
//! `tera`.

mod assets;
mod frame;
#[cfg(test)]
mod guide;
mod head;
mod image;
mod lists;
mod special;
mod theme;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use rayon::prelude::*;
use serde::Serialize;
use tera::Context;

use crate::article::{Article, Heading, Link, LinkText, Node, THEOREMS};
use crate::config::{Config, Taxonomy};
use crate::data::{self, Value};
use crate::diagnostic::Diagnostic;
use crate::html::escape;
use crate::math;
use crate::site::{self, Document, Kind, ResolvedLink, Site, permalink, relative};
use crate::source::Span;
use frame::Frame;
use head::HeadView;
use lists::{ListView, SeriesView};
use theme::template_error;

pub use assets::{Assets, Feature, Features, SearchAssets, features, plain_features};
pub use frame::Frames;
pub use head::Announced;
pub use image::attributes as image_attributes;
pub use special::Redirect;
pub use theme::{Theme, theme};
pub use words::Words;

/// A navigation with more entries than this shows, on each page, only the branches around that page.
const FULL_NAVIGATION: usize = 30;

/// The typeset parts of one article, in the order of its lists.
#[derive(Debug, Default, Clone)]
pub struct Fragments {
    /// Each formula where a block element may stand, and inside a line.
    pub formulas: Arc<[FormulaHtml]>,
    /// Each chart as a `<figure>`.
    pub charts: Arc<[String]>,
    /// Each listing as a `<pre>` in its box.
    pub listings: Arc<[String]>,
    /// Each computed value.
    pub values: Arc<[String]>,
    /// Each table of values as a `<figure>`.
    pub tables: Arc<[String]>,
    /// What each container is called, as text.
    pub container_names: Vec<String>,
    /// Each image.
    pub images: Vec<ImageHtml>,
}

/// What an image needs besides its address.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ImageHtml {
    /// Index of its address in the article's links.
    pub link: usize,
    /// Its other attributes, each with a space before it.
    pub attributes: String,
    /// What it is called, if it has a number: "Figure 2".
    pub name: String,
}

/// One formula as markup. There may be many on a site, so each is kept once, and what follows from it is made when it is
/// asked for.
#[derive(Debug, Clone)]
pub struct FormulaHtml {
    /// For a line of text.
    pub html: Arc<str>,
    /// Whether it is set apart where it stands as a block.
    pub display: bool,
    /// What stands below it then: a paragraph.
    pub note: Option<Arc<str>>,
    /// Where its MathML stands; `None` for a mistake.
    pub mathml: Option<math::MathMl>,
}

impl FormulaHtml {
    /// MathML alone, for feeds.
    #[must_use]
    pub fn for_feeds(&self) -> FormulaHtml {
        let html = self.mathml.as_ref().map_or_else(|| self.html.clone(), |mathml| mathml.of(&self.html).into());
        FormulaHtml { html, display: false, note: None, mathml: None }
    }

    fn write_block(&self, out: &mut String) {
        if self.display {
            out.extend(["<div class=\"formula\">", &self.html, "</div>"]);
        } else {
            out.push_str(&self.html);
        }
        out.push_str(self.note.as_deref().unwrap_or_default());
    }
}

/// `site` in templates.
#[derive(Debug, Serialize)]
struct SiteView {
    title: String,
    base_url: String,
    language: String,
    repo: String,
    extra: BTreeMap<String, tera::Value>,
}

/// `page` in templates.
#[derive(Debug, Default, Serialize)]
struct PageView {
    title: String,
    title_html: String,
    title_id: Option<String>,
    description: String,
    language: String,
    content_html: String,
    has_listings: bool,
    contents: Vec<ContentsEntry>,
    date: Option<String>,
    updated: Option<String>,
    authors: Vec<TermView>,
    tags: Vec<TermView>,
    series: Vec<SeriesView>,
    list: Option<ListView>,
    draft: bool,
    edit_href: Option<String>,
    breadcrumbs: Vec<LinkView>,
    previous: Option<LinkView>,
    next: Option<LinkView>,
    translations: Vec<TranslationView>,
    head: HeadView,
    extra: BTreeMap<String, tera::Value>,
}

/// A link to another page.
#[derive(Debug, Serialize)]
struct LinkView {
    title: String,
    title_html: String,
    href: Option<String>,
}

/// A tag, an author or a series.
#[derive(Debug, Serialize)]
struct TermView {
    title: String,
    /// Its list; `None` if it has none.
    href: Option<String>,
    /// How many articles have it.
    count: usize,
}

/// An entry of the table of contents and the headings below it.
#[derive(Debug, Serialize)]
struct ContentsEntry {
    level: u8,
    id: String,
    title: String,
    title_html: String,
    children: Vec<ContentsEntry>,
}

/// The same article in a language, or the front page of a language that lacks it.
#[derive(Debug, Serialize)]
struct TranslationView {
    language: String,
    name: String,
    href: String,
    current: bool,
    /// It is the same article, not a front page.
    same: bool,
}

/// An entry of `navigation`, and the `item` of the component that shows one.
#[derive(Debug, Serialize)]
struct NavigationView {
    title: String,
    title_html: String,
    href: Option<String>,
    current: bool,
    active: bool,
    /// For those who go through it as data.
    children: Vec<NavigationView>,
    /// For the component that shows it: what it has shown of the entries below.
    children_html: String,
}

/// What all pages share.
pub struct Renderer<'a> {
    /// Templates and words.
    pub theme: &'a Theme,
    /// The configuration.
    pub config: &'a Config,
    /// The articles.
    pub documents: &'a [Document],
    /// Their places.
    pub site: &'a Site,
    /// Their typeset parts.
    pub fragments: &'a [Fragments],
    /// Their features.
    pub features: &'a [Features],
    /// Those of a page that no author wrote.
    pub plain_features: &'a Features,
    /// What pages load.
    pub assets: &'a Assets,
    /// `base_url` in force; empty if unknown.
    pub base_url: &'a str,
    /// What the heads of pages announce.
    pub announced: &'a Announced,
    /// The titles of all pages as markup: [`titles`].
    pub titles: &'a [String],
    /// What pages have in common.
    pub frames: &'a Frames,
}

/// The titles of all pages as markup, which is what other pages call them.
#[must_use]
pub fn titles(documents: &[Document], site: &Site, fragments: &[Fragments]) -> Vec<String> {
    let title = |page: usize| {
        let article: &Article = &documents[page].article;
        match &article.heading {
            Some(heading) => html(&heading.content, &fragments[page], &Links::NONE),
            None if !article.meta_title.is_empty() => html(&article.meta_title, &fragments[page], &Links::NONE),
            None => escape(&site.pages[page].title).into_owned(),
        }
    };
    (0..documents.len()).into_par_iter().map(title).collect()
}

/// Where a page stands: what its links are relative to, and what the navigation marks.
#[derive(Clone, Copy)]
struct Place<'a> {
    output: &'a str,
    language: &'a str,
    /// The article; `None` for a page that no author wrote.
    page: Option<usize>,
    /// The article that such a page belongs to, if any.
    below: Option<usize>,
    /// For a page that is shown at any depth: the way to the root of the site on its server, with a slash at both ends.
    root: Option<&'a str>,
}

impl Place<'_> {
    /// The address of a file of the site as it is written here.
    fn to(&self, output: &str) -> String {
        match self.root {
            Some(root) => format!("{root}{}", permalink("", output).trim_start_matches('/')),
            None => relative(self.output, output),
        }
    }
}

impl Renderer<'_> {
    /// The finished page.
    pub fn render(&self, page: usize) -> Result<Vec<u8>, Diagnostic> {
        let document = &self.documents[page];
        let (template, asked_at) = match &document.article.meta.template {
            Some((name, span)) => (name.as_str(), Some(*span)),
            None => ("page.html", None),
        };
        let place = self.place(page);
        let view = self.page_view(page);
        let length = view.content_html.len();
        let context = self.context(place, &self.features[page], &view)?;
        self.fill(template, &context, asked_at, length + length / 4)
    }

    /// A page that is no article.
    fn finish(&self, template: &str, context: &Context) -> Result<Vec<u8>, Diagnostic> {
        self.fill(template, context, None, 0)
    }

    /// Fills a template that was asked for at some place, if not by the program. `length` is how many bytes to expect.
    fn fill(
        &self,
        template: &str,
        context: &Context,
        asked_at: Option<Span>,
        length: usize,
    ) -> Result<Vec<u8>, Diagnostic> {
        let mut html = Vec::with_capacity(length);
        let filled = self.theme.tera.render_to(template, context, &mut html);
        filled.map_err(|error| template_error(&error, &self.theme.sources, asked_at))?;
        Ok(html)
    }

    fn place(&self, page: usize) -> Place<'_> {
        let own = &self.site.pages[page];
        Place { output: &own.output, language: &own.language, page: Some(page), below: None, root: None }
    }

    /// What templates see.
    fn context(&self, place: Place<'_>, features: &Features, page: &PageView) -> Result<Context, Diagnostic> {
        let mut context = Context::new();
        let items = self.site.navigation.get(place.language).map_or(&[][..], Vec::as_slice);
        let home = self.site.home.get(place.language).or_else(|| self.site.home.get(&self.config.language));
        let home = home.map_or("index.html", |&home| self.site.pages[home].output.as_str());
        let spare = Frame::default();
        let frame = self.frames.get(place.language).unwrap_or(&spare);
        let words = frame.words(|| tera::Value::from_serializable(self.theme.words.of(place.language)));
        context.insert_value("site", frame.site(|| tera::Value::from_serializable(&self.site_view(place.language))));
        context.insert("page", page);
        context.insert("lists", &self.all_terms(place));
        // Both take their time where there are many entries, and a theme needs one of them.
        if self.theme.needs.navigation {
            context.insert_value("navigation", frame.navigation(items, self, place));
        }
        if self.theme.needs.navigation_html {
            let html = frame.navigation_html(items, self, place, words.clone());
            let html = html.map_err(|error| template_error(&error, &self.theme.sources, None))?;
            context.insert_value("navigation_html", tera::Value::from(html));
        }
        context.insert("root", place.to("x").trim_end_matches('x'));
        context.insert("home", &place.to(home));
        context.insert("assets", &self.assets.of(features, place.page));
        context.insert_value("words", words);
        context.insert("generator", concat!("Piecewise ", env!("CARGO_PKG_VERSION")));
        Ok(context)
    }

    fn site_view(&self, language: &str) -> SiteView {
        SiteView {
            title: self.site_title(language).to_owned(),
            base_url: self.base_url.to_owned(),
            language: self.config.language.clone(),
            repo: self.config.repo.clone(),
            extra: self.config.extra.iter().map(|(key, value)| (key.clone(), template_value(value))).collect(),
        }
    }

    fn page_view(&self, page: usize) -> PageView {
        let (document, own) = (&self.documents[page], &self.site.pages[page]);
        let (meta, place) = (&document.article.meta, self.place(page));
        let mut breadcrumbs: Vec<LinkView> = own.ancestors.iter().map(|&above| self.link(place, above)).collect();
        breadcrumbs.push(LinkView { href: None, ..self.link(place, page) });
        PageView {
            title: own.title.clone(),
            title_html: self.titles[page].clone(),
            title_id: document.article.heading.as_ref().map(|heading| heading.id.clone()),
            description: self.description(page),
            language: own.language.clone(),
            content_html: html(&document.article.body, &self.fragments[page], &self.links(page)),
            has_listings: !document.article.listings.is_empty(),
            contents: if meta.toc == Some(false) { Vec::new() } else { self.contents(page) },
            date: meta.date.map(|date| date.to_string()),
            updated: meta.updated.map(|date| date.to_string()),
            authors: self.named(place, Taxonomy::Authors, &meta.authors),
            tags: self.named(place, Taxonomy::Tags, &meta.tags),
            series: self.series(place, page),
            list: self.section(place, page),
            draft: meta.draft,
            edit_href: self.edit_href(page),
            breadcrumbs,
            previous: own.previous.map(|other| self.link(place, other)),
            next: own.next.map(|other| self.link(place, other)),
            translations: self.translations(place, page),
            head: self.head(page),
            extra: meta.extra.iter().map(|(key, value)| (key.clone(), template_value(value))).collect(),
        }
    }

    /// What an article says it is about, else how it begins.
    fn description(&self, page: usize) -> String {
        let article = &self.documents[page].article;
        article.meta.description.clone().unwrap_or_else(|| article.summary.trim().to_owned())
    }

    /// Where the file of an article can be edited.
    fn edit_href(&self, page: usize) -> Option<String> {
        let path = site::encode(&self.documents[page].source.path);
        Some(self.config.edit_url.replace("{path}", &path)).filter(|href| !href.is_empty())
    }

    fn word(&self, language: &str, key: &str) -> String {
        self.theme.words.of(language).get(key).cloned().unwrap_or_default()
    }

    fn links(&self, page: usize) -> Links<'_> {
        let own = &self.site.pages[page];
        Links { to: &own.links, typed: &self.documents[page].article.links, words: self.theme.words.of(&own.language) }
    }

    fn link(&self, from: Place<'_>, to: usize) -> LinkView {
        let to_page = &self.site.pages[to];
        LinkView {
            title: to_page.title.clone(),
            title_html: self.titles[to].clone(),
            href: Some(from.to(&to_page.output)),
        }
    }

    fn translations(&self, place: Place<'_>, page: usize) -> Vec<TranslationView> {
        let own = &self.site.pages[page];
        let same = |language: &str| {
            let mut others = own.translations.iter().map(|&other| &self.site.pages[other]);
            others.find(|other| other.language == language).map(|other| other.output.as_str())
        };
        self.languages(place, &same)
    }

    /// The languages of the site, the main one first, each with the file in it that `same` gives, else its front page.
    /// Empty for a site in one language.
    fn languages<'s>(&'s self, place: Place<'_>, same: &dyn Fn(&str) -> Option<&'s str>) -> Vec<TranslationView> {
        let name = |tag: &str| {
            let configured = self.config.languages.get(tag).and_then(|language| language.name.clone());
            configured.or_else(|| self.theme.words.language_name(tag)).unwrap_or_else(|| tag.to_owned())
        };
        let mut tags: Vec<&String> = self.site.navigation.keys().collect();
        tags.sort_by_key(|tag| **tag != self.config.language);
        let view = |tag: &String| {
            let current = tag == place.language;
            let article = if current { Some(place.output) } else { same(tag) };
            let home = || self.site.home.get(tag).map(|&home| self.site.pages[home].output.as_str());
            Some(TranslationView {
                language: tag.clone(),
                name: name(tag),
                href: place.to(article.or_else(home)?),
                current,
                same: article.is_some(),
            })
        };
        let views: Vec<TranslationView> = tags.into_iter().filter_map(view).collect();
        if views.len() > 1 { views } else { Vec::new() }
    }

    fn contents(&self, page: usize) -> Vec<ContentsEntry> {
        let mut headings = self.documents[page].article.headings.iter().peekable();
        self.contents_below(page, 0, &mut headings)
    }

    fn contents_below<'h>(
        &self,
        page: usize,
        level: u8,
        headings: &mut std::iter::Peekable<impl Iterator<Item = &'h Heading>>,
    ) -> Vec<ContentsEntry> {
        let mut entries = Vec::new();
        while let Some(heading) = headings.next_if(|heading| heading.level > level) {
            entries.push(ContentsEntry {
                level: heading.level,
                id: heading.id.clone(),
                title: heading.text.clone(),
                title_html: html(&heading.content, &self.fragments[page], &Links::NONE),
                children: self.contents_below(page, heading.level, headings),
            });
        }
        entries
    }
}

/// Where the links of an article lead, and the words to name what they point to.
#[derive(Clone, Copy)]
pub struct Links<'a> {
    /// The links; empty where none can occur.
    pub to: &'a [ResolvedLink],
    /// The article's links as typed.
    pub typed: &'a [Link],
    /// The interface texts of the page's language.
    pub words: &'a BTreeMap<String, String>,
}

impl Links<'_> {
    /// No links.
    pub const NONE: Links<'static> = Links { to: &[], typed: &[], words: &BTreeMap::new() };

    /// The address of a link, escaped.
    fn href(&self, index: usize) -> String {
        let href = self.to.get(index).map_or("", |link| link.href.as_str());
        escape(&site::valid_url(href)).into_owned()
    }

    /// The words of a link that has none of its own: the name of what it points to.
    fn text(&self, index: usize) -> String {
        let bare = self.typed.get(index).is_some_and(|link| link.text == LinkText::Number);
        match self.to.get(index).and_then(|link| link.label.as_ref()) {
            Some((_, number)) if bare => escape(number).into_owned(),
            Some((kind, number)) => escape(&name(*kind, number, self.words)).into_owned(),
            None => self.typed.get(index).map_or(String::new(), |link| escape(&link.target).into_owned()),
        }
    }
}

/// "(3)" or "Figure 2", in the words of a language.
#[must_use]
pub fn name(kind: Kind, number: &str, words: &BTreeMap<String, String>) -> String {
    let (key, fallback) = match kind {
        Kind::Equation => ("equation", "({number})"),
        Kind::Figure => ("figure", "Figure {number}"),
        Kind::Table => ("table", "Table {number}"),
        Kind::Theorem(kind) => (kind, "{number}"),
    };
    words.get(key).map_or(fallback, String::as_str).replace("{number}", number)
}

/// "Note", "Theorem 2", in the words of a language. A kind that it has no word for is its own name.
#[must_use]
pub fn container_name(kind: &str, number: Option<usize>, words: &BTreeMap<String, String>) -> String {
    let number = number.map_or(String::new(), |number| number.to_string());
    if THEOREMS.contains(&kind) {
        return words.get(kind).map_or(kind, String::as_str).replace("{number}", &number).trim().to_owned();
    }
    if let Some(word) = words.get(&format!("callout_{kind}")) {
        return word.clone();
    }
    let mut letters = kind.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).map(|c| if c == '-' || c == '_' { ' ' } else { c }).collect()
}

/// Fills the holes of a body.
#[must_use]
pub fn html(nodes: &[Node], fragments: &Fragments, links: &Links<'_>) -> String {
    let length = |node: &Node| match node {
        Node::Html(markup) => markup.len(),
        Node::Formula { index, .. } => fragments.formulas[*index].html.len() + 32,
        _ => 0,
    };
    let mut html = String::with_capacity(nodes.iter().map(length).sum());
    for node in nodes {
        match node {
            Node::Html(markup) => html.push_str(markup),
            Node::Formula { index, block: true } => fragments.formulas[*index].write_block(&mut html),
            Node::Formula { index, block: false } => html.push_str(&fragments.formulas[*index].html),
            Node::Chart(index) => html.push_str(&fragments.charts[*index]),
            Node::Listing(index) => html.push_str(&fragments.listings[*index]),
            Node::Value(index) => html.push_str(&fragments.values[*index]),
            Node::Table(index) => html.push_str(&fragments.tables[*index]),
            Node::Url(index) => html.push_str(&links.href(*index)),
            Node::Image(index) => {
                let image = &fragments.images[*index];
                let _ = write!(html, "<img src=\"{}\"{}>", links.href(image.link), image.attributes);
            }
            Node::ImageName(index) => html.push_str(&escape(&fragments.images[*index].name)),
            Node::LinkText(index) => html.push_str(&links.text(*index)),
            Node::ContainerName(index) => html.push_str(&escape(&fragments.container_names[*index])),
            Node::Anchor(id) => {
                let id = escape(id);
                let _ = write!(html, "<a class=\"anchor\" href=\"#{id}\" aria-hidden=\"true\" tabindex=\"-1\">#</a>");
            }
        }
    }
    html
}

fn template_value(value: &Value) -> tera::Value {
    match &value.kind {
        data::Kind::String(text) | data::Kind::Date(text) => text.as_str().into(),
        data::Kind::Integer(number) => (*number).into(),
        data::Kind::Float(number) => (*number).into(),
        data::Kind::Boolean(truth) => (*truth).into(),
        data::Kind::Array(items) => items.iter().map(template_value).collect::<Vec<_>>().into(),
        data::Kind::Table(table) => {
            let pairs: BTreeMap<String, tera::Value> =
                table.entries.iter().map(|entry| (entry.key.clone(), template_value(&entry.value))).collect();
            tera::Value::from_serializable(&pairs)
        }
        data::Kind::Null => tera::Value::none(),
    }
}

//! What the pages of a language share, made ready for templates once: the site, the words, the entries of the navigation.
//!
//! A long navigation would be most of what is to be done for a page. An entry that neither is the page nor leads to it
//! looks the same on all pages that are equally far from it: its address begins with as many `../`, and goes on with as
//! many folders of its path. So such an entry is made once for each distance. Entries on the way to the page are made for
//! it alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tera::{Context, Value};

use super::{FULL_NAVIGATION, LinkView, NavigationView, Place, Renderer};
use crate::html::escape;
use crate::site::{Elsewhere, Item, Site};

/// The component that shows an entry.
pub(super) const ENTRY: &str = "navigation_entry";

/// How far a file is from a page: folders up, and folders of its path that are left out because the page is in them too.
type Distance = (usize, usize);

/// An entry of the navigation as it is seen from some distance: as data and as markup, each once a page has needed it.
#[derive(Debug, Default)]
struct Shared {
    data: OnceLock<Value>,
    html: OnceLock<String>,
}

/// All entries of a navigation from one distance.
type Row = Arc<[Shared]>;

/// The frames of all languages.
#[derive(Debug, Default)]
pub struct Frames(BTreeMap<String, Frame>);

impl Frames {
    /// Those of a site, to be filled by its pages.
    #[must_use]
    pub fn new(site: &Site) -> Frames {
        Frames(site.navigation.iter().map(|(language, items)| (language.clone(), Frame::new(items))).collect())
    }

    pub(super) fn get(&self, language: &str) -> Option<&Frame> {
        self.0.get(language)
    }
}

/// What the pages of one language share.
#[derive(Debug, Default)]
pub(super) struct Frame {
    site: OnceLock<Value>,
    words: OnceLock<Value>,
    /// For each entry of the navigation, in the order in which they are read, how many there are in it with itself.
    sizes: Vec<usize>,
    /// The entries above each page.
    above: BTreeMap<usize, BTreeSet<usize>>,
    rows: Mutex<BTreeMap<Distance, Row>>,
}

impl Frame {
    fn new(items: &[Item]) -> Frame {
        let mut frame = Frame::default();
        frame.read(items, &mut Vec::new());
        frame
    }

    fn read(&mut self, items: &[Item], way: &mut Vec<usize>) {
        for item in items {
            let number = self.sizes.len();
            self.sizes.push(1);
            if let Some(page) = item.page {
                self.above.entry(page).or_default().extend(way.iter());
            }
            way.push(number);
            self.read(&item.children, way);
            way.pop();
            self.sizes[number] = self.sizes.len() - number;
        }
    }

    /// The site as its pages in this language see it.
    pub(super) fn site(&self, make: impl FnOnce() -> Value) -> Value {
        self.site.get_or_init(make).clone()
    }

    /// The interface texts.
    pub(super) fn words(&self, make: impl FnOnce() -> Value) -> Value {
        self.words.get_or_init(make).clone()
    }

    /// The navigation for templates that make something of their own of it.
    pub(super) fn navigation(&self, items: &[Item], renderer: &Renderer<'_>, place: Place<'_>) -> Value {
        Value::from(View::new(self, renderer, place, Value::none()).data(items, 0))
    }

    /// The navigation as markup, each entry as the component [`ENTRY`] of the theme shows it.
    pub(super) fn navigation_html(
        &self,
        items: &[Item],
        renderer: &Renderer<'_>,
        place: Place<'_>,
        words: Value,
    ) -> Result<String, tera::Error> {
        let mut html = String::new();
        View::new(self, renderer, place, words).html(items, 0, &mut html)?;
        Ok(html)
    }

    fn row(&self, distance: Distance) -> Row {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let made = || std::iter::repeat_with(Shared::default).take(self.sizes.len()).collect();
        rows.entry(distance).or_insert_with(made).clone()
    }
}

/// The navigation while it is made for a page.
struct View<'a> {
    frame: &'a Frame,
    renderer: &'a Renderer<'a>,
    place: Place<'a>,
    words: Value,
    /// The entries above the page.
    above: Option<&'a BTreeSet<usize>>,
    /// Whether all of it is shown.
    full: bool,
    /// The rows that were needed so far.
    rows: Vec<(Distance, Row)>,
}

/// How a page sees an entry.
struct Sight<'i> {
    /// It is the page.
    current: bool,
    /// The page is below it.
    active: bool,
    /// What is shown below it.
    children: &'i [Item],
    /// Whether it looks the same from all pages at this distance.
    shared: bool,
}

impl<'a> View<'a> {
    fn new(frame: &'a Frame, renderer: &'a Renderer<'a>, place: Place<'a>, words: Value) -> View<'a> {
        let above = place.page.or(place.below).and_then(|page| frame.above.get(&page));
        let full = frame.sizes.len() <= FULL_NAVIGATION;
        View { frame, renderer, place, words, above, full, rows: Vec::new() }
    }

    /// Entries as data; `number` is that of the first.
    fn data(&mut self, items: &[Item], mut number: usize) -> Vec<Value> {
        let mut entries = Vec::with_capacity(items.len());
        for item in items {
            let sight = self.sight(item, number);
            entries.push(if sight.shared {
                let row = self.row(item);
                let known = &self.rows[row].1[number].data;
                known.get_or_init(|| self.entry(item, &sight, Vec::new())).clone()
            } else {
                let children = self.data(sight.children, number + 1);
                self.entry(item, &sight, children)
            });
            number += self.frame.sizes[number];
        }
        entries
    }

    /// The same as markup.
    fn html(&mut self, items: &[Item], mut number: usize, html: &mut String) -> Result<(), tera::Error> {
        for item in items {
            let sight = self.sight(item, number);
            if sight.shared {
                let row = self.row(item);
                let known = &self.rows[row].1[number].html;
                if known.get().is_none() {
                    let made = self.component(item, &sight, "")?;
                    known.get_or_init(|| made);
                }
                html.extend(known.get().map(String::as_str));
            } else {
                let mut children = String::new();
                self.html(sight.children, number + 1, &mut children)?;
                *html += &self.component(item, &sight, &children)?;
            }
            number += self.frame.sizes[number];
        }
        Ok(())
    }

    fn sight<'i>(&self, item: &'i Item, number: usize) -> Sight<'i> {
        let is_above = self.above.is_some_and(|above| above.contains(&number));
        let active = is_above || (item.page.is_some() && item.page == self.place.below);
        let current = item.page.is_some() && item.page == self.place.page;
        let children = if self.full || active || current { &item.children[..] } else { &[] };
        let shared = !current && !active && children.is_empty() && self.place.root.is_none();
        Sight { current, active, children, shared }
    }

    /// Which of the rows an entry is a part of, as it is seen from here.
    fn row(&mut self, item: &Item) -> usize {
        let distance = distance(self.place.output, self.target(item));
        let known = self.rows.iter().position(|(known, _)| *known == distance);
        known.unwrap_or_else(|| {
            self.rows.push((distance, self.frame.row(distance)));
            self.rows.len() - 1
        })
    }

    /// The file that an entry leads to.
    fn target<'i>(&'i self, item: &'i Item) -> Option<&'i str> {
        match (item.page, &item.elsewhere) {
            (Some(page), _) => Some(&self.renderer.site.pages[page].output),
            (None, Some(Elsewhere::File(path))) => Some(path),
            (None, _) => None,
        }
    }

    fn component(&self, item: &Item, sight: &Sight<'_>, children: &str) -> Result<String, tera::Error> {
        let mut context = Context::new();
        let view = NavigationView { children_html: children.to_owned(), ..self.view(item, sight) };
        context.insert("item", &view);
        context.insert_value("words", self.words.clone());
        self.renderer.theme.tera.render_component(ENTRY, &context, None, true)
    }

    fn entry(&self, item: &Item, sight: &Sight<'_>, children: Vec<Value>) -> Value {
        // Put in afterwards, so that what is shared is not copied.
        let mut view = Value::from_serializable(&self.view(item, sight)).into_map().unwrap_or_default();
        view.insert("children".into(), Value::from(children));
        Value::from(view)
    }

    fn view(&self, item: &Item, sight: &Sight<'_>) -> NavigationView {
        let to = item.page.map(|to| self.renderer.link(self.place, to));
        let (page_title, page_html) = match to {
            Some(LinkView { title, title_html, .. }) => (title, title_html),
            None => (String::new(), String::new()),
        };
        let href = match &item.elsewhere {
            Some(Elsewhere::Address(url)) if item.page.is_none() => Some(url.clone()),
            _ => self.target(item).map(|target| self.place.to(target)),
        };
        NavigationView {
            title: item.title.clone().unwrap_or(page_title),
            title_html: item.title.as_ref().map_or(page_html, |title| escape(title).into_owned()),
            href,
            current: sight.current,
            active: sight.active,
            children: Vec::new(),
            children_html: String::new(),
        }
    }
}

/// The distance of a file from a page; any will do for what is no file of the site.
fn distance(from: &str, to: Option<&str>) -> Distance {
    let folders = |path: &str| path.bytes().filter(|&byte| byte == b'/').count();
    let to = to.unwrap_or_default();
    let same = from.bytes().zip(to.bytes()).take_while(|(a, b)| a == b);
    let shared = same.filter(|&(byte, _)| byte == b'/').count();
    (folders(from) - shared, shared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::relative;

    #[test]
    fn files_at_the_same_distance_have_the_same_address() {
        let paths = ["index.html", "a/index.html", "a/b/index.html", "a/c/index.html", "c/b/index.html", "d.html"];
        for (from, other) in paths.iter().flat_map(|from| paths.map(|other| (*from, other))) {
            for to in paths {
                if distance(from, Some(to)) == distance(other, Some(to)) {
                    assert_eq!(relative(from, to), relative(other, to), "{from} and {other} to {to}");
                }
            }
        }
        assert_ne!(distance("a/b/index.html", Some("a/c.html")), distance("b/b/index.html", Some("a/c.html")));
    }
}

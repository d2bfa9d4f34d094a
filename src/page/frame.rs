//! What the pages of a language share, made ready for templates once: the site, the words, the entries of the navigation.
//!
//! A long navigation is most of what a template does for a page. An entry that neither is the page nor leads to it looks
//! the same on all pages that are equally far from it: its address begins with as many `../`, and goes on with as many
//! folders of its path. So such an entry is made once for each distance, as the view that templates see and, by the
//! component `navigation_entry`, as markup. Entries on the way to the page are made for it alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tera::{Context, Value};

use super::{FULL_NAVIGATION, LinkView, NavigationView, Place, Renderer};
use crate::html::escape;
use crate::site::{Elsewhere, Item, Site, relative};

/// The component that shows an entry.
const ENTRY: &str = "navigation_entry";

/// How far a file is from a page: folders up, and folders of its path that are left out because the page is in them too.
type Distance = (usize, usize);
/// The entries of a navigation as they are seen from some distance, each once a page has asked for it.
type Row = Arc<[OnceLock<Value>]>;

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

    /// The navigation as a page sees it. Addresses are passed through `rooted` for a page that is seen in many places.
    pub(super) fn navigation(
        &self,
        items: &[Item],
        renderer: &Renderer<'_>,
        place: Place<'_>,
        words: &Value,
        rooted: Option<&dyn Fn(&str) -> String>,
    ) -> Value {
        let above = place.page.or(place.below).and_then(|page| self.above.get(&page));
        let full = self.sizes.len() <= FULL_NAVIGATION;
        let mut view = View { frame: self, renderer, place, words, rooted, above, full, rows: Vec::new() };
        Value::from(view.entries(items, 0))
    }

    fn row(&self, distance: Distance) -> Row {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let made = || std::iter::repeat_with(OnceLock::new).take(self.sizes.len()).collect();
        rows.entry(distance).or_insert_with(made).clone()
    }
}

/// The navigation while it is made for a page.
struct View<'a> {
    frame: &'a Frame,
    renderer: &'a Renderer<'a>,
    place: Place<'a>,
    words: &'a Value,
    rooted: Option<&'a dyn Fn(&str) -> String>,
    /// The entries above the page.
    above: Option<&'a BTreeSet<usize>>,
    /// Whether all of it is shown.
    full: bool,
    /// The rows that were needed so far.
    rows: Vec<(Distance, Row)>,
}

impl View<'_> {
    /// `first` is the number of the first item.
    fn entries(&mut self, items: &[Item], first: usize) -> Vec<Value> {
        let mut next = first;
        let mut entries = Vec::with_capacity(items.len());
        for item in items {
            let number = next;
            next += self.frame.sizes[number];
            let is_above = self.above.is_some_and(|above| above.contains(&number));
            let active = is_above || (item.page.is_some() && item.page == self.place.below);
            let current = item.page.is_some() && item.page == self.place.page;
            entries.push(if self.full || active || current {
                let children = self.entries(&item.children, number + 1);
                self.entry(item, (current, active), children, None)
            } else if self.rooted.is_some() {
                self.entry(item, (false, false), Vec::new(), None)
            } else {
                self.shared(item, number)
            });
        }
        entries
    }

    /// An entry that looks the same from all pages at this distance.
    fn shared(&mut self, item: &Item, number: usize) -> Value {
        let distance = distance(self.place.output, self.target(item));
        let known = self.rows.iter().find(|(known, _)| *known == distance).map(|(_, row)| row.clone());
        let row = known.unwrap_or_else(|| {
            let row = self.frame.row(distance);
            self.rows.push((distance, row.clone()));
            row
        });
        let make = || {
            let mut context = Context::new();
            context.insert_value("item", self.entry(item, (false, false), Vec::new(), None));
            context.insert_value("words", self.words.clone());
            // Where it fails, it fails again on the page, which then says where.
            let html = self.renderer.theme.tera.render_component(ENTRY, &context, None, true).ok();
            self.entry(item, (false, false), Vec::new(), html)
        };
        row[number].get_or_init(make).clone()
    }

    /// The file that an entry leads to.
    fn target<'i>(&'i self, item: &'i Item) -> Option<&'i str> {
        match (item.page, &item.elsewhere) {
            (Some(page), _) => Some(&self.renderer.site.pages[page].output),
            (None, Some(Elsewhere::File(path))) => Some(path),
            (None, _) => None,
        }
    }

    fn entry(&self, item: &Item, state: (bool, bool), children: Vec<Value>, html: Option<String>) -> Value {
        let (current, active) = state;
        let to = item.page.map(|to| self.renderer.link(self.place.output, to));
        let (page_title, page_html) = match to {
            Some(LinkView { title, title_html, .. }) => (title, title_html),
            None => (String::new(), String::new()),
        };
        let href = match &item.elsewhere {
            Some(Elsewhere::Address(url)) if item.page.is_none() => Some(url.clone()),
            _ => self.target(item).map(|target| relative(self.place.output, target)),
        };
        let view = NavigationView {
            title: item.title.clone().unwrap_or(page_title),
            title_html: item.title.as_ref().map_or(page_html, |title| escape(title).into_owned()),
            href: match self.rooted {
                Some(rooted) => href.as_deref().map(rooted),
                None => href,
            },
            current,
            active,
            html,
            children: Vec::new(),
        };
        // Put in afterwards, so that what is shared is not copied.
        let mut view = Value::from_serializable(&view).into_map().unwrap_or_default();
        view.insert("children".into(), Value::from(children));
        Value::from(view)
    }
}

/// The distance of a file from a page; any will do for what is no file of the site.
fn distance(from: &str, to: Option<&str>) -> Distance {
    let folders = |path: &str| path.matches('/').count();
    let depth = folders(from);
    let Some(to) = to else { return (depth, 0) };
    let (mine, theirs) = (from.split('/').take(depth), to.split('/').take(folders(to)));
    let shared = mine.zip(theirs).take_while(|(a, b)| a == b).count();
    (depth - shared, shared)
}

#[cfg(test)]
mod tests {
    use super::*;

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

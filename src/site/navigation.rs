//! Navigation, reading order and breadcrumbs: from `nav`, else from folders, weights and titles.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::links::{is_external, percent_decode};
use super::{Document, Page, SitePath};
use crate::config::{self, Config, NavEntry, Tool};
use crate::diagnostic::{Diagnostic, nearest};

/// An entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// A title of its own; `None` takes that of the page.
    pub title: Option<String>,
    /// The page; `None` for a heading or a folder without a page.
    pub page: Option<usize>,
    /// Where the entry leads instead of to a page.
    pub elsewhere: Option<Elsewhere>,
    /// The entries below.
    pub children: Vec<Item>,
}

/// What an entry of the navigation can lead to besides pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// A URL as typed.
    Address(String),
    /// Another file of the site.
    File(SitePath),
}

/// How the pages of a site lie.
pub(super) struct Arrangement {
    /// The navigation of each language.
    pub(super) navigation: BTreeMap<String, Vec<Item>>,
    /// The front page of each language.
    pub(super) home: BTreeMap<String, usize>,
    /// The place of each page.
    pub(super) places: Vec<Surroundings>,
}

/// The pages around one.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    /// Its place in the reading order of its language; the last of all if it has none.
    pub(super) place: usize,
    pub(super) ancestors: Vec<usize>,
    pub(super) previous: Option<usize>,
    pub(super) next: Option<usize>,
}

/// Arranges the pages of each language.
pub(super) fn arrange(
    pages: &[Page],
    documents: &[Document],
    assets: &BTreeSet<SitePath>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Arrangement {
    let mut languages: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, page) in pages.iter().enumerate() {
        languages.entry(&page.language).or_default().push(index);
    }
    let known = Places::new(pages, documents, assets, config);
    let mut named = BTreeSet::new();
    if let Some(nav) = &config.nav {
        known.report_missing(nav, diagnostics);
        known.collect(nav, &mut named);
    }
    let (mut navigation, mut home) = (BTreeMap::new(), BTreeMap::new());
    let nowhere = Surroundings { place: usize::MAX, ancestors: Vec::new(), previous: None, next: None };
    let mut places = vec![nowhere; pages.len()];
    for (language, of_language) in languages {
        let items = match &config.nav {
            Some(nav) => {
                let main = language == config.language;
                Tree { places: &known, pages: &of_language, named: &named, language, main }.items(nav)
            }
            None => from_folders(&known, &of_language, "").children,
        };
        let front = of_language.iter().copied().find(|&page| pages[page].key == "index.html");
        // The front page, then all others as the navigation lists them.
        let mut order: Vec<usize> = front.into_iter().collect();
        reading_order(&items, &mut order, &mut front.into_iter().collect());
        for (place, &page) in order.iter().enumerate() {
            places[page].place = place;
            places[page].previous = place.checked_sub(1).map(|before| order[before]);
            places[page].next = order.get(place + 1).copied();
        }
        let folders: HashMap<&str, usize> =
            of_language.iter().filter_map(|&page| Some((pages[page].key.strip_suffix("index.html")?, page))).collect();
        for &page in &of_language {
            places[page].ancestors = ancestors(&pages[page].key, page, &folders);
        }
        home.extend(front.map(|front| (language.to_owned(), front)));
        navigation.insert(language.to_owned(), items);
    }
    Arrangement { navigation, home, places }
}

fn reading_order(items: &[Item], order: &mut Vec<usize>, seen: &mut HashSet<usize>) {
    for item in items {
        order.extend(item.page.filter(|page| seen.insert(*page)));
        reading_order(&item.children, order, seen);
    }
}

/// The pages of the folders that the page of `key` lies in, outermost first. `folders` has pages by `a/b/`.
fn ancestors(key: &str, page: usize, folders: &HashMap<&str, usize>) -> Vec<usize> {
    let ends = std::iter::once(0).chain(key.match_indices('/').map(|(at, _)| at + 1));
    ends.filter_map(|end| folders.get(&key[..end]).copied()).filter(|&other| other != page).collect()
}

/// A folder while the tree is being built.
#[derive(Default)]
struct Folder {
    page: Option<usize>,
    folders: BTreeMap<String, Folder>,
}

/// The pages as their folders lie, from the folder `below` down (`a/b/`; empty for all). The item itself is that folder.
fn from_folders(places: &Places<'_>, of_language: &[usize], below: &str) -> Item {
    let mut root = Folder::default();
    for &index in of_language {
        let Some(path) = places.pages[index].key.strip_prefix(below) else { continue };
        let mut folder = &mut root;
        for part in path.trim_end_matches("index.html").split('/').filter(|part| !part.is_empty()) {
            folder = folder.folders.entry(part.to_owned()).or_default();
        }
        folder.page = Some(index);
    }
    Item { title: None, page: root.page, elsewhere: None, children: items(root, places, below.trim_end_matches('/')) }
}

/// The items of the folder at `path`: by weight, then by title, or by name where the site's tool has it so.
fn items(folder: Folder, places: &Places<'_>, path: &str) -> Vec<Item> {
    let mut items: Vec<Child> = Vec::with_capacity(folder.folders.len());
    for (name, folder) in folder.folders {
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        let said = places.folders.and_then(|folders| folders.get(&path));
        if said.is_some_and(|said| said.hidden) {
            continue;
        }
        let page = folder.page;
        let unnamed = || page.is_none().then(|| name.replace(['-', '_'], " "));
        let title = said.and_then(|said| said.title.clone()).or_else(unnamed);
        let own = page.and_then(|page| places.pages[page].weight);
        let weight = own.or_else(|| said?.weight).unwrap_or(i64::MAX);
        let is_folder = !folder.folders.is_empty();
        let by_title = || title_key(page.map_or(name.as_str(), |page| places.pages[page].title.as_str()));
        let sort = match places.order {
            Order::Titles => by_title(),
            Order::Names => name.clone(),
            Order::FilesFirst => format!("{} {name}", u8::from(is_folder)),
        };
        let item = Item { title, page, elsewhere: None, children: self::items(folder, places, &path) };
        items.push(Child { weight, sort, name, item });
    }
    items.sort_by(|a, b| (a.weight, &a.sort).cmp(&(b.weight, &b.sort)));
    let said = places.folders.and_then(|folders| folders.get(path));
    if said.is_some_and(|said| said.descending) {
        items.reverse();
    }
    match said.and_then(|said| said.nav.as_deref()) {
        Some(nav) => in_order_of(nav, &mut items.into_iter().map(Some).collect::<Vec<_>>()),
        None => items.into_iter().map(|child| child.item).collect(),
    }
}

/// What titles are sorted by: without capitals, and each number in it with the number of its digits before it, so that 2
/// comes before 10.
fn title_key(title: &str) -> String {
    let ascii = |c: char| match c {
        '\u{FF10}'..='\u{FF19}' => char::from(b'0' + (u32::from(c) - 0xFF10) as u8),
        _ => c,
    };
    let title: String = title.chars().flat_map(char::to_lowercase).map(ascii).collect();
    let (mut key, mut rest) = (String::with_capacity(title.len() + 4), title.as_str());
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(at);
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        let digits = number[..end].trim_start_matches('0');
        key.push_str(before);
        key.push(char::from_u32(u32::from('0') + digits.len() as u32).unwrap_or(char::MAX));
        key.push_str(digits);
        rest = &number[end..];
    }
    key + rest
}

/// An item while its folder is being put in order.
struct Child {
    weight: i64,
    sort: String,
    /// The last part of its path.
    name: String,
    item: Item,
}

/// The children of a folder in the order that it gives itself. Each is taken out; `...` is all that are not named.
fn in_order_of(nav: &[NavEntry], children: &mut [Option<Child>]) -> Vec<Item> {
    let mut ordered: Vec<Option<Item>> = Vec::new();
    let mut rest = None;
    for entry in nav {
        let name = entry.path.as_deref().or(entry.title.as_deref().filter(|_| entry.children.is_empty()));
        if name.is_some_and(|name| name.starts_with("...") || name == "*") {
            rest = Some(ordered.len());
            continue;
        }
        let title = entry.path.as_ref().and(entry.title.clone());
        if let Some(address) = name.filter(|name| is_external(name)) {
            let elsewhere = Some(Elsewhere::Address(address.to_owned()));
            ordered.push(Some(Item { title, page: None, elsewhere, children: Vec::new() }));
            continue;
        }
        if !entry.children.is_empty() {
            let below = in_order_of(&entry.children, children);
            ordered.push(Some(Item { title: entry.title.clone(), page: None, elsewhere: None, children: below }));
            continue;
        }
        let name = name.unwrap_or("").trim_end_matches('/').trim_end_matches(".md");
        let found = children.iter_mut().find(|child| child.as_ref().is_some_and(|child| child.name == name));
        if let Some(child) = found.and_then(Option::take) {
            ordered.push(Some(Item { title: title.or(child.item.title), ..child.item }));
        }
    }
    if let Some(at) = rest {
        let left: Vec<Option<Item>> =
            children.iter_mut().filter_map(Option::take).map(|child| Some(child.item)).collect();
        ordered.splice(at..at, left);
    }
    ordered.into_iter().flatten().collect()
}

/// What the pages of a folder are ordered by, if they have no weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Titles,
    Names,
    /// By name, and folders behind files.
    FilesFirst,
}

/// What a path in the navigation means.
enum Place {
    /// The page of this document.
    Page(usize),
    /// All pages of a folder (`guide/`; empty for the content folder).
    Folder(String),
    /// The pages of a folder that the navigation does not name: `guide/*`.
    Rest(String),
    Elsewhere(Elsewhere),
}

/// Everything that the navigation can name.
struct Places<'a> {
    pages: &'a [Page],
    documents: &'a [Document],
    assets: &'a BTreeSet<SitePath>,
    files: BTreeMap<&'a str, usize>,
    translated: BTreeMap<(&'a str, &'a str), usize>,
    /// What folders say about themselves.
    folders: Option<&'a BTreeMap<String, config::foreign::Folder>>,
    order: Order,
    /// The folder of the main language with its slash, in a site that has such folders.
    main_folder: Option<String>,
    tool: Option<Tool>,
}

impl<'a> Places<'a> {
    fn new(
        pages: &'a [Page],
        documents: &'a [Document],
        assets: &'a BTreeSet<SitePath>,
        config: &'a Config,
    ) -> Places<'a> {
        let foreign = config.foreign.as_ref();
        let tool = foreign.map(|foreign| foreign.tool);
        let order = match tool {
            Some(Tool::MkDocs) => Order::FilesFirst,
            Some(Tool::Docusaurus | Tool::Starlight | Tool::VitePress | Tool::Quarto) => Order::Names,
            _ => Order::Titles,
        };
        let main_folder = foreign.filter(|foreign| foreign.language_folders).map(|_| format!("{}/", config.language));
        let files = documents.iter().enumerate().map(|(index, document)| (document.path.as_str(), index)).collect();
        let translated = pages.iter().enumerate().map(|(i, p)| ((p.key.as_str(), p.language.as_str()), i)).collect();
        let folders = foreign.map(|foreign| &foreign.folders);
        Places { pages, documents, assets, files, translated, folders, order, main_folder, tool }
    }

    fn find(&self, typed: &str) -> Option<Place> {
        if is_external(typed) {
            return Some(Place::Elsewhere(Elsewhere::Address(typed.to_owned())));
        }
        let path = percent_decode(typed.split('#').next().unwrap_or(typed));
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let path = parts.join("/");
        if let Some(rest) = rest(&parts) {
            return Some(Place::Rest(rest));
        }
        let file = |name: &str| {
            let name = name.trim_start_matches('/');
            let in_main = || self.files.get(format!("{}{name}", self.main_folder.as_ref()?).as_str());
            self.files.get(name).or_else(in_main).copied()
        };
        let found = file(&path)
            .or_else(|| file(&format!("{path}.md")))
            .or_else(|| ["index.md", "_index.md", "README.md"].iter().find_map(|name| file(&format!("{path}/{name}"))))
            .or_else(|| file(&format!("{}.md", without_extension(&path)?)));
        if let Some(index) = found.filter(|_| !typed.ends_with('/')) {
            return Some(Place::Page(index));
        }
        if self.assets.contains(&path) {
            return Some(Place::Elsewhere(Elsewhere::File(path)));
        }
        let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
        let has_pages = self.files.range(folder.as_str()..).next().is_some_and(|(file, _)| file.starts_with(&folder));
        if has_pages {
            return Some(Place::Folder(folder));
        }
        // To MkDocs everything else is an address: what stands at it may be made by something else.
        let is_address = self.tool == Some(Tool::MkDocs) && typed.starts_with('/');
        is_address.then(|| Place::Elsewhere(Elsewhere::Address(typed.to_owned())))
    }

    /// A path that names nothing is an error at its place.
    fn report_missing(&self, nav: &[NavEntry], diagnostics: &mut Vec<Diagnostic>) {
        for entry in nav {
            if let Some(path) = entry.path.as_ref().filter(|path| self.find(path).is_none()) {
                let message = format!("the navigation names `{path}`, which is not in the content folder");
                let names = || self.documents.iter().map(|document| document.path.as_str());
                let file_name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
                let near = nearest(path, names()).or_else(|| names().find(|name| file_name(name) == file_name(path)));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                diagnostics.push(Diagnostic::error("config", entry.span, message).maybe_help(help));
            }
            self.report_missing(&entry.children, diagnostics);
        }
    }

    /// The documents that the navigation names one by one.
    fn collect(&self, nav: &[NavEntry], named: &mut BTreeSet<usize>) {
        for entry in nav {
            if let Some(Place::Page(index)) = entry.path.as_deref().and_then(|path| self.find(path)) {
                named.insert(index);
            }
            self.collect(&entry.children, named);
        }
    }
}

/// The folder of `guide/*`, `guide/*.md` or `...`.
fn rest(parts: &[&str]) -> Option<String> {
    match parts {
        [folder @ .., "*" | "*.md" | "**"] => Some(folder.iter().flat_map(|part| [part, "/"]).collect()),
        [first, ..] if first.starts_with("...") => Some(String::new()),
        _ => None,
    }
}

/// `a.html`, `a.mdx`, `a.markdown` and `a.qmd` stand for `a.md`.
fn without_extension(path: &str) -> Option<&str> {
    [".html", ".mdx", ".markdown", ".qmd"].iter().find_map(|extension| path.strip_suffix(extension))
}

/// The navigation of one language.
struct Tree<'a> {
    places: &'a Places<'a>,
    /// The pages of the language.
    pages: &'a [usize],
    named: &'a BTreeSet<usize>,
    language: &'a str,
    /// It is the site's main language.
    main: bool,
}

impl Tree<'_> {
    fn items(&self, nav: &[NavEntry]) -> Vec<Item> {
        nav.iter().flat_map(|entry| self.entry(entry)).collect()
    }

    fn entry(&self, entry: &NavEntry) -> Vec<Item> {
        let mut item =
            Item { title: entry.title.clone(), page: None, elsewhere: None, children: self.items(&entry.children) };
        // A title alone is a chapter to be written.
        let mut shown = entry.path.is_none() && entry.children.is_empty() && self.main;
        match entry.path.as_deref().and_then(|path| self.places.find(path)) {
            // The translation, if there is one.
            Some(Place::Page(index)) => {
                let key = self.places.pages[index].key.as_str();
                item.page = self.places.translated.get(&(key, self.language)).copied();
            }
            Some(Place::Elsewhere(elsewhere)) => {
                // Without a title it says where it leads.
                item.title = item.title.or_else(|| entry.path.clone());
                item.elsewhere = Some(elsewhere);
                shown = true;
            }
            Some(Place::Folder(folder)) => {
                let below = from_folders(self.places, self.pages, &folder);
                item.page = below.page.filter(|_| !folder.is_empty());
                let own = std::mem::replace(&mut item.children, below.children);
                item.children.extend(own);
            }
            Some(Place::Rest(folder)) => {
                let left: Vec<usize> = self.pages.iter().copied().filter(|page| !self.named.contains(page)).collect();
                return from_folders(self.places, &left, &folder).children;
            }
            None => {}
        }
        shown |= item.page.is_some() || !item.children.is_empty();
        if shown { vec![item] } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::title_key;

    #[test]
    fn titles_are_sorted_without_capitals_and_with_numbers_by_size() {
        let sorted = [
            "",
            "1.9 Limits",
            "1.10 Series",
            "2",
            "10 functions",
            "An end",
            "Lecture 02",
            "lecture 3",
            "Lecture 10",
            "Lecture 10, part 2",
            "Lecture 99999999999999999999999999999999999999999",
            "lectures",
            "Zeros",
            "第２章",
            "第10章",
        ];
        assert!(sorted.is_sorted_by(|a, b| title_key(a) < title_key(b)), "{:?}", sorted.map(title_key));
        assert_eq!(title_key("Part 007"), title_key("part 7"));
        assert!(title_key("0") < title_key("1"));
    }
}

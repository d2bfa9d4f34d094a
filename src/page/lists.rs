//! Lists of articles: pages of tags, authors and series, sections, and what an article says of the lists it is in.

use serde::Serialize;

use super::{LinkView, PageView, Place, Renderer, TermView, TranslationView};
use crate::config::Taxonomy;
use crate::diagnostic::Diagnostic;
use crate::html::escape;
use crate::site::{List, SitePath, Subject, Term, permalink};

/// `page.list` in templates: the part of a list that a page shows.
#[derive(Debug, Default, Serialize)]
pub(super) struct ListView {
    /// `section`, `tags`, `authors` or `series`.
    kind: &'static str,
    /// The articles of this part.
    articles: Vec<EntryView>,
    /// All tags, authors or series, on the page that lists them.
    terms: Vec<TermView>,
    /// Which part this is, from 1.
    number: usize,
    /// All parts.
    parts: Vec<PartView>,
    /// The part before this one.
    previous: Option<String>,
    /// The part after it.
    next: Option<String>,
}

/// An article in a list.
#[derive(Debug, Serialize)]
pub(super) struct EntryView {
    title: String,
    title_html: String,
    href: String,
    description: String,
    date: Option<String>,
    updated: Option<String>,
    current: bool,
}

/// A part of a list.
#[derive(Debug, Serialize)]
struct PartView {
    number: usize,
    href: String,
    current: bool,
}

/// `page.series` in templates: a series that an article is a part of.
#[derive(Debug, Serialize)]
pub(super) struct SeriesView {
    title: String,
    href: Option<String>,
    /// Which part of it the article is, from 1.
    number: usize,
    count: usize,
    articles: Vec<EntryView>,
}

impl Renderer<'_> {
    /// A page that lists articles.
    pub fn list(&self, index: usize) -> Result<Vec<u8>, Diagnostic> {
        let list = &self.site.lists.pages[index];
        let section = match list.subject {
            Subject::Section(page) => Some(page),
            _ => None,
        };
        let place = Place { output: &list.output, language: &list.language, page: None, below: section, root: None };
        let context = self.context(place, self.plain_features, &self.list_page(place, list))?;
        self.finish("list.html", &context)
    }

    fn list_page(&self, place: Place<'_>, list: &List) -> PageView {
        let name = self.subject(list);
        let title = match list.part {
            1 => name.clone(),
            part => {
                self.word(&list.language, "list_part").replace("{title}", &name).replace("{number}", &part.to_string())
            }
        };
        let kind = match &list.subject {
            Subject::Section(_) => "section",
            Subject::Terms(taxonomy) | Subject::Term(taxonomy, _) => taxonomy.name(),
        };
        let mut view = self.part(place, kind, &list.articles, &list.parts);
        if let Subject::Terms(taxonomy) = list.subject {
            view.terms = self.terms(place, taxonomy);
        }
        let mut page = PageView {
            title_html: escape(&title).into_owned(),
            title,
            language: list.language.clone(),
            breadcrumbs: self.list_breadcrumbs(place, list),
            translations: self.list_translations(place, list),
            list: Some(view),
            ..PageView::default()
        };
        let others = self.site.lists.pages.iter().filter(|other| other.key == list.key);
        let addresses = others.map(|other| (other.language.as_str(), other.output.as_str())).collect::<Vec<_>>();
        page.head = self.list_head(place, &addresses);
        page
    }

    /// What a list is called: "Tags", "Tagged “derivatives”", the title of its section.
    fn subject(&self, list: &List) -> String {
        let word = |key: &str| self.word(&list.language, key);
        match &list.subject {
            Subject::Section(page) => self.site.pages[*page].title.clone(),
            Subject::Terms(taxonomy) => word(all_of(*taxonomy)),
            Subject::Term(Taxonomy::Tags, name) => word("tagged").replace("{term}", name),
            Subject::Term(Taxonomy::Authors, name) => word("written_by").replace("{term}", name),
            Subject::Term(Taxonomy::Series, name) => word("in_series").replace("{term}", name),
        }
    }

    fn list_breadcrumbs(&self, place: Place<'_>, list: &List) -> Vec<LinkView> {
        let home = self.site.home.get(&list.language).map(|&home| self.link(place, home));
        let text =
            |title: String, href: Option<String>| LinkView { title_html: escape(&title).into_owned(), title, href };
        let to = |output: &str| Some(place.to(output)).filter(|_| output != place.output);
        let mut way: Vec<LinkView> = Vec::new();
        match &list.subject {
            Subject::Section(page) => {
                way.extend(self.site.pages[*page].ancestors.iter().map(|&above| self.link(place, above)));
                way.push(self.link(place, *page));
            }
            Subject::Terms(taxonomy) => {
                way.extend(home);
                way.push(text(self.word(&list.language, all_of(*taxonomy)), None));
            }
            Subject::Term(taxonomy, name) => {
                way.extend(home);
                let all = self.terms_output(&list.language, *taxonomy);
                way.push(text(self.word(&list.language, all_of(*taxonomy)), Some(place.to(&all))));
                way.push(text(name.clone(), to(&list.parts[0])));
            }
        }
        if list.part > 1 {
            way.push(text(list.part.to_string(), None));
        }
        way
    }

    /// The page of all terms of a taxonomy.
    fn terms_output(&self, language: &str, taxonomy: Taxonomy) -> SitePath {
        let page = format!("{}/index.html", taxonomy.name());
        if language == self.config.language { page } else { format!("{language}/{page}") }
    }

    fn list_translations(&self, place: Place<'_>, list: &List) -> Vec<TranslationView> {
        let same = |language: &str| {
            let mut lists = self.site.lists.pages.iter();
            lists.find(|other| other.key == list.key && other.language == language).map(|other| other.output.as_str())
        };
        self.languages(place, &same)
    }

    /// A part of a list.
    fn part(&self, place: Place<'_>, kind: &'static str, articles: &[usize], parts: &[SitePath]) -> ListView {
        let at = parts.iter().position(|part| part == place.output).unwrap_or(0);
        let href = |index: usize| parts.get(index).map(|part| place.to(part));
        ListView {
            kind,
            articles: articles.iter().map(|&article| self.entry(place, article)).collect(),
            terms: Vec::new(),
            number: at + 1,
            parts: (0..parts.len())
                .filter_map(|index| Some(PartView { number: index + 1, href: href(index)?, current: index == at }))
                .collect(),
            previous: at.checked_sub(1).and_then(href),
            next: href(at + 1),
        }
    }

    fn entry(&self, place: Place<'_>, article: usize) -> EntryView {
        let (page, document) = (&self.site.pages[article], &self.documents[article]);
        let meta = &document.article.meta;
        EntryView {
            title: page.title.clone(),
            title_html: self.titles[article].clone(),
            href: place.to(&page.output),
            description: self.description(article),
            date: meta.date.map(|date| date.to_string()),
            updated: meta.updated.map(|date| date.to_string()),
            current: place.page == Some(article),
        }
    }

    fn terms(&self, place: Place<'_>, taxonomy: Taxonomy) -> Vec<TermView> {
        let terms = self.site.lists.terms.get(&(place.language.to_owned(), taxonomy));
        let view = |term: &Term| TermView {
            title: term.name.clone(),
            href: Some(place.to(&term.output)),
            count: term.articles.len(),
        };
        terms.into_iter().flatten().map(|(_, term)| view(term)).collect()
    }

    /// The terms that an article names, each with its list if it has one.
    pub(super) fn named(&self, place: Place<'_>, taxonomy: Taxonomy, names: &[String]) -> Vec<TermView> {
        let view = |name: &String| {
            let term = self.site.lists.term(place.language, taxonomy, name);
            TermView {
                title: name.clone(),
                href: term.map(|term| place.to(&term.output)),
                count: term.map_or(0, |term| term.articles.len()),
            }
        };
        names.iter().map(view).collect()
    }

    /// The series that an article is a part of.
    pub(super) fn series(&self, place: Place<'_>, page: usize) -> Vec<SeriesView> {
        let names = &self.documents[page].article.meta.series;
        let view = |name: &String| {
            let term = self.site.lists.term(place.language, Taxonomy::Series, name)?;
            Some(SeriesView {
                title: term.name.clone(),
                href: Some(place.to(&term.output)),
                number: term.articles.iter().position(|&article| article == page)? + 1,
                count: term.articles.len(),
                articles: term.articles.iter().map(|&article| self.entry(place, article)).collect(),
            })
        };
        names.iter().filter_map(view).collect()
    }

    /// The articles that a section page lists.
    pub(super) fn section(&self, place: Place<'_>, page: usize) -> Option<ListView> {
        let (articles, parts) = self.site.lists.sections.get(&page)?;
        let first = &articles[..articles.len().min(self.config.lists.per_page)];
        Some(self.part(place, "section", first, parts))
    }

    /// Links to the pages of all tags, all authors and all series.
    pub(super) fn all_terms(&self, place: Place<'_>) -> Vec<LinkView> {
        let has = |taxonomy: &Taxonomy| self.site.lists.terms.contains_key(&(place.language.to_owned(), *taxonomy));
        let view = |taxonomy: Taxonomy| {
            let title = self.word(place.language, all_of(taxonomy));
            let href = place.to(&self.terms_output(place.language, taxonomy));
            LinkView { title_html: escape(&title).into_owned(), title, href: Some(href) }
        };
        Taxonomy::ALL.into_iter().filter(has).map(view).collect()
    }

    /// The address of a file if that of the site is known.
    pub(super) fn canonical(&self, output: &str) -> Option<String> {
        (!self.base_url.is_empty()).then(|| permalink(self.base_url, output))
    }
}

/// The word for all terms of a taxonomy.
fn all_of(taxonomy: Taxonomy) -> &'static str {
    match taxonomy {
        Taxonomy::Tags => "all_tags",
        Taxonomy::Authors => "all_authors",
        Taxonomy::Series => "all_series",
    }
}

#[cfg(test)]
impl EntryView {
    fn example() -> EntryView {
        EntryView {
            title: String::new(),
            title_html: String::new(),
            href: String::new(),
            description: String::new(),
            date: None,
            updated: None,
            current: false,
        }
    }
}

#[cfg(test)]
impl SeriesView {
    /// One with everything, for the guide.
    pub(super) fn example() -> SeriesView {
        SeriesView { title: String::new(), href: None, number: 1, count: 1, articles: vec![EntryView::example()] }
    }
}

#[cfg(test)]
impl ListView {
    /// One with everything, for the guide.
    pub(super) fn example() -> ListView {
        ListView {
            kind: "section",
            articles: vec![EntryView::example()],
            terms: Vec::new(),
            number: 1,
            parts: vec![PartView { number: 1, href: String::new(), current: true }],
            previous: None,
            next: None,
        }
    }
}

//! Pages that list articles and that no author wrote: tags, authors and series, and the later parts of long lists.
//!
//! A section page, the `index.md` of a folder, lists the articles right below it. Every list is divided into parts of
//! at most `lists.per_page` articles: the first part of a section is the section page itself. An author's own page in
//! the place of a list wins: then that list is not made.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::civil::Date;
use rayon::prelude::*;

use super::{Document, Page, Site, SitePath, relative};
use crate::article;
use crate::config::{Config, Taxonomy};

/// What a list is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// All terms of a taxonomy in a language: all tags.
    Terms(Taxonomy),
    /// The articles of one term.
    Term(Taxonomy, String),
    /// A later part of the list of this page's section.
    Section(usize),
}

/// A page that lists articles, or terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The file that it becomes: `tags/relu/index.html`.
    pub output: SitePath,
    /// The same without the language.
    pub key: SitePath,
    /// Language tag.
    pub language: String,
    /// What it is about.
    pub subject: Subject,
    /// Which part of the whole it is, from 1.
    pub part: usize,
    /// The files of all parts, its own included.
    pub parts: Vec<SitePath>,
    /// The articles of this part, in the order of the list; of a list of terms, none.
    pub articles: Vec<usize>,
}

/// The lists of a site, and which article is in which.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Lists {
    /// All pages that are lists.
    pub pages: Vec<List>,
    /// The terms of each language and taxonomy: what is counted as the same term, with its name, the address of its
    /// list and its articles.
    pub terms: BTreeMap<(String, Taxonomy), BTreeMap<String, Term>>,
    /// The articles of each section page that lists them: all parts, and the files of the parts.
    pub sections: BTreeMap<usize, (Vec<usize>, Vec<SitePath>)>,
}

/// One tag, author or series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As it was typed first.
    pub name: String,
    /// The first part of its list.
    pub output: SitePath,
    /// Its articles in the order of the list.
    pub articles: Vec<usize>,
}

impl Lists {
    /// A term by the name that an article gives it.
    #[must_use]
    pub fn term(&self, language: &str, taxonomy: Taxonomy, name: &str) -> Option<&Term> {
        self.terms.get(&(language.to_owned(), taxonomy))?.get(&same(name))
    }
}

/// Terms that differ in nothing but capitals and space are one.
fn same(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Makes the lists of a site whose pages are arranged and linked. `places` are those of the pages in reading order.
pub(super) fn make(
    site: &Site,
    documents: &[Document],
    assets: &BTreeSet<SitePath>,
    config: &Config,
    places: Vec<usize>,
) -> Lists {
    let order = Order { documents, places };
    let mut lists = Lists::default();
    let per_page = config.lists.per_page;
    for (section, articles) in sections(site, documents, config, &order) {
        let own = &site.pages[section];
        let about = (own.output.as_str(), own.key.as_str(), own.language.as_str());
        let made = divided(about, &Subject::Section(section), &articles, per_page);
        lists.sections.insert(section, (articles, made[0].parts.clone()));
        lists.pages.extend(made.into_iter().skip(1));
    }
    for taxonomy in Taxonomy::ALL.into_iter().filter(|taxonomy| config.lists.has(*taxonomy)) {
        for (language, terms) in terms(site, documents, config, taxonomy, &order) {
            let folder = if language == config.language { String::new() } else { format!("{language}/") };
            let key = format!("{}/index.html", taxonomy.name());
            let output = format!("{folder}{key}");
            lists.pages.extend(divided((&output, &key, &language), &Subject::Terms(taxonomy), &[], per_page));
            for term in terms.values() {
                let subject = Subject::Term(taxonomy, term.name.clone());
                let key = term.output.strip_prefix(&folder).unwrap_or(&term.output);
                lists.pages.extend(divided((&term.output, key, &language), &subject, &term.articles, per_page));
            }
            lists.terms.insert((language, taxonomy), terms);
        }
    }
    if lists.pages.is_empty() {
        return lists;
    }
    let pages: BTreeSet<&SitePath> = site.pages.iter().map(|page| &page.output).collect();
    lists.pages.retain(|list| !pages.contains(&list.output) && !assets.contains(&list.output));
    lists
}

/// The parts of a list.
fn divided(
    (output, key, language): (&str, &str, &str),
    subject: &Subject,
    articles: &[usize],
    per_page: usize,
) -> Vec<List> {
    let place = |first: &str, part: usize| match part {
        1 => first.to_owned(),
        _ => format!("{}page/{part}/index.html", first.strip_suffix("index.html").unwrap_or("")),
    };
    let count = articles.len().div_ceil(per_page).max(1);
    let parts: Vec<SitePath> = (1..=count).map(|part| place(output, part)).collect();
    (1..=count)
        .map(|part| List {
            output: parts[part - 1].clone(),
            key: place(key, part),
            language: language.to_owned(),
            subject: subject.clone(),
            part,
            parts: parts.clone(),
            articles: articles.iter().copied().skip((part - 1) * per_page).take(per_page).collect(),
        })
        .collect()
}

/// What articles are put in order by.
struct Order<'a> {
    documents: &'a [Document],
    /// The place of each page in reading order.
    places: Vec<usize>,
}

impl Order<'_> {
    fn date(&self, page: usize) -> Option<Date> {
        self.documents[page].article.meta.date
    }

    /// The newest first, then those without a date in reading order. A series begins with its oldest article.
    fn sort(&self, articles: &mut [usize], oldest_first: bool) {
        articles.sort_by(|&a, &b| {
            let by_date = match (self.date(a), self.date(b)) {
                (Some(a), Some(b)) if oldest_first => a.cmp(&b),
                (Some(a), Some(b)) => b.cmp(&a),
                (a, b) => a.is_none().cmp(&b.is_none()),
            };
            by_date.then(self.places[a].cmp(&self.places[b])).then(a.cmp(&b))
        });
    }
}

/// The pages of folders that list what is below them, with the list. One that names an article of its folder itself is
/// left alone, unless it asks for a list; so is the front page, and every page of a site written for another tool.
fn sections(site: &Site, documents: &[Document], config: &Config, order: &Order<'_>) -> BTreeMap<usize, Vec<usize>> {
    let mut below: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, page) in site.pages.iter().enumerate() {
        if let Some(&section) = page.ancestors.last() {
            below.entry(section).or_default().push(index);
        }
    }
    let is_list = |section: usize, articles: &[usize]| {
        let page = &site.pages[section];
        documents[section].article.meta.list.unwrap_or_else(|| {
            config.foreign.is_none() && page.key != "index.html" && !names_one_of(site, page, articles)
        })
    };
    let lists = below.into_par_iter().filter(|(section, articles)| is_list(*section, articles));
    let sorted = lists.map(|(section, mut articles)| {
        order.sort(&mut articles, false);
        (section, articles)
    });
    sorted.collect()
}

fn names_one_of(site: &Site, page: &Page, articles: &[usize]) -> bool {
    if page.links.is_empty() {
        return false;
    }
    let targets: HashSet<&str> = page.links.iter().filter_map(|link| link.href.split(['#', '?']).next()).collect();
    articles.iter().any(|&article| targets.contains(relative(&page.output, &site.pages[article].output).as_str()))
}

/// The terms of an article.
fn terms_of(taxonomy: Taxonomy, document: &Document) -> &[String] {
    let meta = &document.article.meta;
    match taxonomy {
        Taxonomy::Tags => &meta.tags,
        Taxonomy::Authors => &meta.authors,
        Taxonomy::Series => &meta.series,
    }
}

/// The terms of a taxonomy in each language that has some.
fn terms(
    site: &Site,
    documents: &[Document],
    config: &Config,
    taxonomy: Taxonomy,
    order: &Order<'_>,
) -> Vec<(String, BTreeMap<String, Term>)> {
    let mut languages: BTreeMap<&str, BTreeMap<String, Term>> = BTreeMap::new();
    for (index, (page, document)) in site.pages.iter().zip(documents).enumerate() {
        for name in terms_of(taxonomy, document).iter().filter(|name| !name.trim().is_empty()) {
            let terms = languages.entry(&page.language).or_default();
            let term = terms.entry(same(name)).or_insert_with(|| Term {
                name: name.trim().to_owned(),
                output: SitePath::new(),
                articles: Vec::new(),
            });
            if term.articles.last() != Some(&index) {
                term.articles.push(index);
            }
        }
    }
    for (language, terms) in &mut languages {
        let folder = if *language == config.language { String::new() } else { format!("{language}/") };
        let mut taken = BTreeSet::new();
        for (key, term) in terms {
            // No file system takes longer names.
            let slug: String = article::slug(key).chars().take(60).collect();
            let base = if slug.is_empty() { "term".to_owned() } else { slug };
            // `C` and `C++` have one slug. `page` would stand in the place of the list's own parts.
            let free = (0..).map(|n| if n == 0 { base.clone() } else { format!("{base}-{n}") });
            let slug = free.into_iter().find(|slug| slug != "page" && !taken.contains(slug)).unwrap_or(base);
            term.output = format!("{folder}{}/{slug}/index.html", taxonomy.name());
            taken.insert(slug);
            order.sort(&mut term.articles, taxonomy == Taxonomy::Series);
        }
    }
    languages.into_iter().map(|(language, terms)| (language.to_owned(), terms)).collect()
}

//! A site with everything at hand, whose pages can be put together one by one.
//!
//! A build puts all of them together. A server does so for the page that is asked for, and looks through the others
//! for mistakes of templates when there is time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::functions::PageFunctions;
use super::mathematics::{self, PageMathematics};
use super::memo::{Memo, SameSource};
use super::progress::Progress;
#[cfg(feature = "search")]
use super::searching;
use super::{Build, Content, Counts, Keep, Output, collisions, migration, published};
use crate::code::Trial;
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::page::{Announced, Assets, Features, Fragments, Frames, Renderer, Theme};
use crate::publish::Publication;
use crate::site::{Document, Page, Site, SitePath};
use crate::source::{Sources, Span};

/// A site whose pages have yet to be put together.
pub struct Prepared {
    /// All files but the pages.
    pub output: Output,
    /// What was found so far, not sorted. Templates may have more to say about each page.
    pub diagnostics: Vec<Diagnostic>,
    pub(super) theme: Arc<Option<Theme>>,
    pub(super) config: Config,
    /// The files that the configuration was read from.
    pub(super) read_from: Vec<SameSource>,
    /// The file that the configuration was read from, and that of the navigation if it has one of its own.
    pub(super) configuration: Option<String>,
    pub(super) navigation: Option<String>,
    pub(super) documents: Vec<Document>,
    /// Listings that claim to be functions.
    pub(super) trials: Vec<Trial>,
    pub(super) site: Site,
    pub(super) fragments: Vec<Fragments>,
    pub(super) functions: Vec<Arc<PageFunctions>>,
    pub(super) features: Vec<Features>,
    /// The features of pages that no author wrote.
    pub(super) plain_features: Features,
    pub(super) titles: Vec<String>,
    /// What pages have in common; they fill it.
    pub(super) frames: Frames,
    pub(super) assets: Assets,
    pub(super) base_url: String,
    pub(super) announced: Announced,
    /// For a server: nothing is made that only the world needs.
    pub(super) serving: bool,
    pub(super) mathematics: Vec<Arc<PageMathematics>>,
    /// The search index that is being made for the finished site.
    #[cfg(feature = "search")]
    pub(super) pending: Option<searching::Pending>,
    /// The search index of a server, once someone has asked for it.
    pub(super) index: OnceLock<Output>,
    /// Pages known to be put together without a mistake.
    pub(super) checked: Mutex<BTreeSet<usize>>,
}

impl Prepared {
    /// The linked site.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// Puts a page together. None if the theme is broken, which has been said.
    #[must_use]
    pub fn render(&self, page: usize) -> Option<Result<Vec<u8>, Diagnostic>> {
        Some(self.renderer()?.render(page))
    }

    /// Puts a list of articles together, by its index in [`Site::lists`]. None if the theme is broken.
    #[must_use]
    pub fn render_list(&self, list: usize) -> Option<Result<Vec<u8>, Diagnostic>> {
        Some(self.renderer()?.list(list))
    }

    /// Whether an author has something to mend, as far as is known.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The finished site. Each page goes through `keep` as soon as it is finished.
    #[must_use]
    pub fn finish(self, sources: &Sources, progress: &dyn Progress, keep: Keep<'_>) -> Build {
        progress.stage("pages", self.documents.len());
        let pages = self.render_all(progress, keep);
        let counts = self.counts();
        let elsewhere = self.elsewhere();
        let (published, said) = self.published();
        #[cfg(feature = "search")]
        let (index, said_of_index) = self.pending.map_or_else(Default::default, searching::Pending::finish);
        #[cfg(not(feature = "search"))]
        let (index, said_of_index) = (Output::new(), Vec::new());
        let Prepared { mut output, mut diagnostics, documents, config, configuration, navigation, trials, .. } = self;
        for page in pages {
            match page {
                Ok((path, content)) => drop(output.insert(path, content)),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        for (path, content) in published.into_iter().chain(index) {
            output.entry(path).or_insert(content);
        }
        diagnostics.extend(said.into_iter().chain(said_of_index));
        diagnostics.extend(collisions::find(&output));
        diagnostic::sort(&mut diagnostics, sources);
        let about = (diagnostics.as_slice(), sources);
        let migration = migration::report((&config, configuration), navigation, &documents, counts, about);
        Build { output, diagnostics, counts, migration, trials, elsewhere }
    }

    /// The addresses elsewhere that articles link to, with the places of the links.
    fn elsewhere(&self) -> BTreeMap<String, Vec<Span>> {
        let mut found: BTreeMap<String, Vec<Span>> = BTreeMap::new();
        for link in self.documents.iter().flat_map(|document| &document.article.links) {
            let address = link.target.split('#').next().unwrap_or_default();
            if address.starts_with("https://") || address.starts_with("http://") {
                found.entry(address.to_owned()).or_default().push(link.span);
            }
        }
        found
    }

    /// The pages of articles, and those of lists.
    fn render_all(&self, progress: &dyn Progress, keep: Keep<'_>) -> Vec<Result<(SitePath, Content), Diagnostic>> {
        let Some(renderer) = self.renderer() else { return Vec::new() };
        let kept = |path: &SitePath, html: Vec<u8>| (path.clone(), keep(path, html));
        let render = |page: usize| {
            let page = renderer.render(page).map(|html| kept(&self.site.pages[page].output, html));
            progress.step();
            page
        };
        let list = |list: usize| renderer.list(list).map(|html| kept(&self.site.lists.pages[list].output, html));
        let pages = (0..self.documents.len()).into_par_iter().map(render);
        pages.chain((0..self.site.lists.pages.len()).into_par_iter().map(list)).collect()
    }

    /// A file of the search index, made now if it has not been made yet. `memo` keeps the indexes of single languages.
    #[must_use]
    pub fn index_file(&self, path: &str, memo: &Memo) -> Option<&Content> {
        let folder = self.assets.search.as_ref().map(|search| search.index.as_str())?;
        path.starts_with(folder).then(|| self.search_index(memo).get(path))?
    }

    /// The files of the search index; none for a site without.
    pub fn search_index(&self, memo: &Memo) -> &Output {
        self.index.get_or_init(|| {
            #[cfg(feature = "search")]
            if let (Some(theme), Some(_)) = (self.theme.as_ref(), &self.assets.search) {
                let languages = searching::languages(&self.documents, &self.site, &theme.words);
                return searching::make(&languages, Some(memo)).0;
            }
            let _ = memo;
            Output::new()
        })
    }

    /// What is made for the world beside the pages, and what there is to say about it.
    fn published(&self) -> (Output, Vec<Diagnostic>) {
        let Some(renderer) = self.renderer().filter(|_| !self.serving) else { return Default::default() };
        let publication = Publication {
            documents: &self.documents,
            site: &self.site,
            config: &self.config,
            words: &renderer.theme.words,
            base_url: &self.base_url,
        };
        let functions = self.functions.as_slice();
        let pages = self.site.pages.iter().map(|page| &page.output);
        let pages = pages.chain(self.site.lists.pages.iter().map(|list| &list.output));
        let taken = self.output.keys().chain(pages).cloned().collect();
        published::files(&publication, functions, &renderer, &taken)
    }

    /// What templates have to say about the pages. Looks at those that have changed since `before`, where all pages
    /// that it shares were looked at; gives up, with what it has found, when `stop` is set.
    #[must_use]
    pub fn check(&self, before: Option<&Prepared>, stop: &AtomicBool) -> Vec<Diagnostic> {
        let Some(renderer) = self.renderer() else { return Vec::new() };
        let known = before.filter(|before| self.has_frame_of(before)).map(|before| (before, before.checked()));
        let (mut found, own) = (Vec::new(), self.checked());
        for page in 0..self.documents.len() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let is_known = own.contains(&page)
                || known.as_ref().is_some_and(|(b, checked)| checked.contains(&page) && self.is_page_of(b, page));
            match if is_known { Ok(Vec::new()) } else { renderer.render(page) } {
                Ok(_) => drop(self.checked.lock().unwrap_or_else(PoisonError::into_inner).insert(page)),
                Err(diagnostic) => found.push(diagnostic),
            }
        }
        // Lists show nothing of an article but what the frame is made of, and when it was written.
        for list in 0..if known.is_some() { 0 } else { self.site.lists.pages.len() } {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            found.extend(renderer.list(list).err());
        }
        found
    }

    /// Figures for the summary.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let articles = || self.documents.iter().map(|document| &document.article);
        Counts {
            pages: self.documents.len(),
            formulas: articles().map(|article| article.formulas.len()).sum(),
            distinct_formulas: mathematics::distinct(&self.mathematics),
            charts: articles().map(|article| article.charts.len()).sum(),
        }
    }

    fn renderer(&self) -> Option<Renderer<'_>> {
        Some(Renderer {
            theme: self.theme.as_ref().as_ref()?,
            config: &self.config,
            documents: &self.documents,
            site: &self.site,
            fragments: &self.fragments,
            features: &self.features,
            plain_features: &self.plain_features,
            assets: &self.assets,
            base_url: &self.base_url,
            announced: &self.announced,
            titles: &self.titles,
            frames: &self.frames,
        })
    }

    fn checked(&self) -> BTreeSet<usize> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether what the pages share is what it was: theme, configuration, navigation, titles, places.
    fn has_frame_of(&self, other: &Prepared) -> bool {
        fn place(page: &Page) -> impl PartialEq {
            let Page { output, language, key, title, weight, ancestors, translations, previous, next, .. } = page;
            (output, language, key, title, weight, (ancestors, translations, previous, next))
        }
        Arc::ptr_eq(&self.theme, &other.theme)
            && self.read_from == other.read_from
            && self.base_url == other.base_url
            && self.assets == other.assets
            && self.titles == other.titles
            && self.site.navigation == other.site.navigation
            && self.site.home == other.site.home
            && self.site.lists == other.site.lists
            && self.site.pages.iter().map(place).eq(other.site.pages.iter().map(place))
    }

    fn is_page_of(&self, other: &Prepared, page: usize) -> bool {
        let (mine, theirs) = (&self.fragments[page], &other.fragments[page]);
        Arc::ptr_eq(&self.documents[page].article, &other.documents[page].article)
            && Arc::ptr_eq(&mine.formulas, &theirs.formulas)
            && Arc::ptr_eq(&mine.charts, &theirs.charts)
            && mine.container_names == theirs.container_names
            && mine.images == theirs.images
            && mine.values == theirs.values
            && mine.tables == theirs.tables
            && mine.listings == theirs.listings
            && self.features[page] == other.features[page]
            && self.site.pages[page].links == other.site.pages[page].links
            && self.site.pages[page].numbers == other.site.pages[page].numbers
    }
}

//! The whole build as one pure function: [`build`]. Its first part, [`prepare`], is a function of its own for those who
//! want single pages.
//!
//! Articles are parsed, formulas typeset, charts drawn and pages rendered on all cores; only the linking of the site
//! sees everything at once. The result does not depend on the number of threads: every parallel step keeps the order of
//! its input, and diagnostics are sorted at the end.

mod bundle;
mod charts;
mod collisions;
mod contents;
mod filled;
mod formulas;
mod functions;
mod listings;
mod mathematics;
pub mod memo;
mod migration;
mod prepared;
pub mod progress;
mod published;
#[cfg(feature = "search")]
mod searching;
mod tables;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use functions::PageFunctions;
use rayon::prelude::*;

pub use migration::{Migration, UnknownKind};
pub use prepared::Prepared;

use crate::article;
use crate::code::Trial;
use crate::config::{self, Config};
use crate::diagnostic::Diagnostic;
use crate::html::escape;
use crate::page::{self, Announced, FormulaHtml, Fragments, ImageHtml, Links, Words};
use crate::publish::Publication;
use crate::site::{self, Document, Site, SitePath};
use crate::source::{Source, Sources, Span};
use memo::{Memo, SameSource};
use progress::Progress;

/// Everything that a build depends on.
#[derive(Debug, Default)]
pub struct Inputs {
    /// All texts; the fields below point into it.
    pub sources: Sources,
    /// `site.toml`, or the configuration of another tool.
    pub config: Option<Source>,
    /// The files that the configuration names, by the path it names them with.
    pub named_files: BTreeMap<String, Source>,
    /// The content folder, as a path from the site's folder; empty for that folder itself.
    pub content: String,
    /// The fonts that the configuration names, by the path it names them with.
    pub named_fonts: BTreeMap<String, Arc<[u8]>>,
    /// The articles, each with its path below the content folder.
    pub articles: Vec<(String, Source)>,
    /// What folders say about themselves, by their path below the content folder.
    pub folders: BTreeMap<String, Source>,
    /// The files that articles may include, by their path from the site's folder.
    pub included: article::Files,
    /// Templates and words, each with its name below the templates folder; the default theme's first, then the site's.
    pub templates: Vec<(String, Source)>,
    /// All other files, by their path in the site.
    pub assets: BTreeMap<SitePath, Content>,
    /// Width and height in pixels of the images among them, where they are known.
    pub image_sizes: BTreeMap<SitePath, (u32, u32)>,
    /// What went wrong while these were read.
    pub problems: Vec<Diagnostic>,
    /// What the command line asks for.
    pub options: Options,
}

/// What the command line asks for.
#[derive(Debug, Default, Clone)]
pub struct Options {
    /// Instead of the configured `base_url`.
    pub base_url: Option<String>,
    /// Pages with `draft = true` too.
    pub drafts: bool,
    /// The last day whose pages are built, today for instance: pages with a later `date` are left out.
    pub until: Option<jiff::civil::Date>,
    /// For the author's own eyes: nothing is made that only the world needs, such as feeds and previews.
    pub serving: bool,
}

/// A file of the finished site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Its bytes.
    Bytes(Arc<[u8]>),
    /// The same bytes as a file that the shell knows.
    File(PathBuf),
}

impl Content {
    pub(crate) fn text(text: String) -> Content {
        Content::Bytes(text.into_bytes().into())
    }
}

/// The finished site by path.
pub type Output = BTreeMap<SitePath, Content>;

/// What a build gives.
#[derive(Debug, Default)]
pub struct Build {
    /// The site; as much of it as could be made.
    pub output: Output,
    /// Everything there is to say, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// Figures for the summary.
    pub counts: Counts,
    /// What a site that was written for another tool brings.
    pub migration: Option<Migration>,
    /// Listings that claim to be functions, to be run by those who are asked to.
    pub trials: Vec<Trial>,
    /// The addresses elsewhere that articles link to, without their fragments, each with its places.
    pub elsewhere: BTreeMap<String, Vec<Span>>,
}

/// How much was built.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Pages.
    pub pages: usize,
    /// Formulas, repeated ones counted each time.
    pub formulas: usize,
    /// Different formulas.
    pub distinct_formulas: usize,
    /// Charts.
    pub charts: usize,
}

impl Build {
    /// True if an author has something to mend.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// What a build works with; nothing of it shows in what it makes.
#[derive(Clone, Copy)]
pub struct Workshop<'a> {
    /// Results of earlier builds.
    pub memo: &'a Memo,
    /// Who is told how far it is.
    pub progress: &'a dyn Progress,
}

/// What becomes of a finished page, given its path: it stays as it is, or lies in a file from then on.
pub type Keep<'a> = &'a (dyn Fn(&str, Vec<u8>) -> Content + Sync);

/// Builds a site, all of it in memory.
#[must_use]
pub fn build(inputs: &Inputs, workshop: Workshop<'_>) -> Build {
    prepare(inputs, workshop).finish(&inputs.sources, workshop.progress, &|_, html| Content::Bytes(html.into()))
}

/// Everything but putting the pages together: all that is slow, and all that is found out about articles.
#[must_use]
pub fn prepare(inputs: &Inputs, workshop: Workshop<'_>) -> Prepared {
    let Workshop { memo, progress } = workshop;
    progress.stage("configuration", 0);
    let mut diagnostics = inputs.problems.clone();
    let mut config = config::read(inputs.config.as_ref(), &mut diagnostics);
    contents::folders(inputs, &mut config, &mut diagnostics);
    let (articles, navigation) = contents::settle(inputs, &mut config);
    let templates: Vec<_> = inputs.templates.iter().map(|(name, file)| (name.clone(), SameSource::of(file))).collect();
    let theme = memo.get_or_say("theme", templates, &mut diagnostics, |found| page::theme(&inputs.templates, found));
    let no_words = Words::default();
    let words = theme.as_ref().as_ref().map_or(&no_words, |theme| &theme.words);

    let documents = parse(&articles, inputs, &config, workshop, &mut diagnostics);
    let read_from: Vec<_> = inputs.config.iter().chain(inputs.named_files.values()).map(SameSource::of).collect();
    let macros = memo.get_or_say("macros", read_from.clone(), &mut diagnostics, |found| {
        mathematics::site_macros(&config, &inputs.named_files, found)
    });
    let languages = site::languages(&documents, &config);
    let functions = functions::read(&documents, &languages, &config, &macros, &read_from, memo, &mut diagnostics);
    let documents = formulas::derive(documents, &languages, &functions, words, memo, &mut diagnostics);
    let (documents, trials) = filled::fill(documents, &languages, &functions, words, memo, &mut diagnostics);
    progress.stage("links", 0);
    let assets: BTreeSet<SitePath> = inputs.assets.keys().cloned().collect();
    let site = site::link(&documents, &assets, &config, &mut diagnostics);
    migration::warn(&documents, &mut diagnostics);

    let has_search = cfg!(feature = "search")
        && config.search
        && documents.iter().any(|document| document.article.meta.search != Some(false));
    #[cfg(feature = "search")]
    let pending = (has_search && !inputs.options.serving)
        .then(|| searching::begin(searching::languages(&documents, &site, words)));

    let (mathematics, listings) = rayon::join(
        || mathematics::typeset(&documents, &site, &macros, bundle::FONTS, workshop, &mut diagnostics),
        || progress::beside(progress, "listings", || listings::render(&documents, memo)),
    );
    diagnostics.extend(listings.diagnostics);
    let mut fragments: Vec<Fragments> =
        (documents.par_iter().zip(&site.pages).zip(&mathematics.pages).zip(listings.html))
            .map(|(((document, page), mathematics), listings)| {
                fragments(document, page, mathematics.formulas.clone(), listings, words, &inputs.image_sizes)
            })
            .collect();
    if config.show_checks {
        mark_checked(&functions, &site, words, &mut fragments);
    }
    let common = charts::Common { theme: &theme, words, spellings: config.spellings };
    let made = (functions.as_slice(), mathematics.pages.as_slice());
    charts::draw(&documents, &site, &common, made, workshop, &mut fragments, &mut diagnostics);

    progress.stage("style sheets", 0);
    let base_url = published::base_url(inputs, &config, &mut diagnostics);
    let mut output: Output = inputs.assets.clone();
    let features = page::features(&documents, &site);
    let plain_features = page::plain_features(&documents);
    let wanted: Vec<_> = features.iter().chain([&plain_features]).collect();
    let parts = bundle::Parts { mathematics: &mathematics.stylesheet, colours: &listings.colours, search: has_search };
    let mut assets = bundle::assets(&mut output, parts, &wanted, memo);
    bundle::fonts(&mut output, &mut assets, &mathematics, memo);
    let publication = Publication { documents: &documents, site: &site, config: &config, words, base_url: &base_url };
    // A server shows pages to their author, not to the world.
    let announced = if inputs.options.serving {
        Announced::default()
    } else {
        published::announce(&publication, &functions, &inputs.named_fonts, &mut output, &mut diagnostics)
    };
    Prepared {
        trials,
        base_url,
        announced,
        serving: inputs.options.serving,
        titles: page::titles(&documents, &site, &fragments),
        frames: page::Frames::new(&site),
        configuration: inputs.config.as_ref().map(|source| source.path.clone()),
        mathematics: mathematics.pages,
        checked: Mutex::default(),
        #[cfg(feature = "search")]
        pending,
        index: OnceLock::new(),
        output,
        diagnostics,
        theme,
        config,
        read_from,
        navigation,
        documents,
        site,
        fragments,
        functions,
        features,
        plain_features,
        assets,
    }
}

/// What parsing a file gives.
struct Parsed {
    document: Document,
    found: Vec<Diagnostic>,
}

fn parse(
    articles: &[&(String, Source)],
    inputs: &Inputs,
    config: &Config,
    workshop: Workshop<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Document> {
    let Workshop { memo, progress } = workshop;
    progress.stage("articles", articles.len());
    let included: Vec<_> = (inputs.included.iter())
        .map(|(path, file)| (path.clone(), file.as_ref().map(SameSource::of).map_err(Clone::clone)))
        .collect();
    let included = Arc::new(included);
    let parsed: Vec<Arc<Parsed>> = articles
        .par_iter()
        .map(|(path, source)| {
            // Which file a directive means depends on which there are, so an article that has one depends on them all.
            let includes = !included.is_empty()
                && !memo.get_or("wanted", SameSource::of(source), || article::wanted(source)).is_empty();
            let key = (path.clone(), SameSource::of(source), includes.then(|| included.clone()), config.spellings);
            let parsed = memo.get_or("article", key, || {
                let mut found = Vec::new();
                let mut article = article::parse(source, &inputs.included, config.spellings, &mut found);
                let charts = charts::read(&mut article, config.spellings, &mut found).into();
                let tables = tables::read(&mut article, config.spellings, &mut found).into();
                let listings = listings::read(&article, &mut found).into();
                let article = Arc::new(article);
                let (path, source) = (path.clone(), source.clone());
                let document = Document { path, source, article, charts, listings, tables };
                Parsed { document, found }
            });
            progress.step();
            parsed
        })
        .collect();
    let mut documents = Vec::with_capacity(parsed.len());
    for parsed in parsed {
        let meta = &parsed.document.article.meta;
        if meta.draft && !inputs.options.drafts {
            continue;
        }
        if let Some(warning) = too_early(meta, inputs.options.until) {
            diagnostics.push(warning);
            continue;
        }
        diagnostics.extend_from_slice(&parsed.found);
        documents.push(parsed.document.clone());
    }
    documents
}

/// What there is to say about an article that is left out because its day has not come.
fn too_early(meta: &article::Meta, until: Option<jiff::civil::Date>) -> Option<Diagnostic> {
    let (date, span) = (meta.date?, meta.date_span?);
    (until? < date).then(|| {
        Diagnostic::warning("date", span, format!("left out until {date}, which is in the future"))
            .help("`--future` builds it now; a site that is built each day publishes it then")
    })
}

fn fragments(
    document: &Document,
    page: &site::Page,
    formulas: Arc<[FormulaHtml]>,
    listings: Arc<[String]>,
    words: &Words,
    image_sizes: &BTreeMap<SitePath, (u32, u32)>,
) -> Fragments {
    let words = words.of(&page.language);
    let containers = document.article.containers.iter().zip(&page.numbers.containers);
    let images = document.article.images.iter().zip(&page.numbers.images).map(|(image, number)| {
        let asset = page.links[image.link].asset.as_ref();
        let attributes = page::image_attributes(image, asset.and_then(|asset| image_sizes.get(asset)).copied());
        let name = number.map(|number| page::name(site::Kind::Figure, &number.to_string(), words));
        ImageHtml { link: image.link, attributes, name: name.unwrap_or_default() }
    });
    let fragments = Fragments {
        formulas,
        images: images.collect(),
        container_names: containers
            .map(|(container, number)| page::container_name(&container.kind, *number, words))
            .collect(),
        charts: [].into(),
        listings,
        values: values::html(&document.article).into(),
        tables: [].into(),
    };
    let links = Links { to: &page.links, typed: &document.article.links, words };
    let tables = document.tables.iter().enumerate().map(|(index, table)| {
        let number = page.numbers.tables.get(index).copied().flatten();
        let number = number.map(|number| page::name(site::Kind::Table, &number.to_string(), words));
        tables::html(table, number.as_deref(), index, &fragments, &links)
    });
    let tables = tables.collect();
    Fragments { tables, ..fragments }
}

/// Says below each formula that was checked what it was checked against.
fn mark_checked(functions: &[Arc<PageFunctions>], site: &Site, words: &Words, fragments: &mut [Fragments]) {
    for ((page, functions), fragments) in functions.iter().enumerate().zip(fragments) {
        let words = words.of(&site.pages[page].language);
        let mut formulas = fragments.formulas.to_vec();
        for (formula, expression) in &functions.checked {
            let words = words.get("checked").map_or("checked against {function}", String::as_str);
            let said = escape(words).replace("{function}", &format!("<code>{}</code>", escape(expression)));
            let before = formulas[*formula].note.as_deref().unwrap_or_default();
            let note = format!("{before}<p class=\"checked\"><span aria-hidden=\"true\">✓</span> {said}</p>");
            formulas[*formula].note = Some(note.into());
        }
        if !functions.checked.is_empty() {
            fragments.formulas = formulas.into();
        }
    }
}

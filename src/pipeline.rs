//! The whole build as one pure function: [`build`].
//!
//! Articles are parsed, formulas typeset, charts drawn and pages rendered on all cores; only the linking of the site
//! sees everything at once. The result does not depend on the number of threads: every parallel step keeps the order of
//! its input, and diagnostics are sorted at the end.

mod bundle;
mod charts;
mod mathematics;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::article::{self, Listing};
use crate::config;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::html::escape;
use crate::math;
use crate::page::{self, FormulaHtml, Fragments, Renderer, Words};
use crate::site::{self, Document, SitePath};
use crate::source::{Source, Sources};

/// Everything that a build depends on.
#[derive(Debug, Default)]
pub struct Inputs {
    /// All texts; the fields below point into it.
    pub sources: Sources,
    /// `site.toml`.
    pub config: Option<Source>,
    /// The files that the configuration names, by the path it names them with.
    pub named_files: BTreeMap<String, Source>,
    /// The articles, each with its path below the content folder.
    pub articles: Vec<(String, Source)>,
    /// Templates and words, each with its name below the templates folder; the default theme's first, then the site's.
    pub templates: Vec<(String, Source)>,
    /// All other files, by their path in the site.
    pub assets: BTreeMap<SitePath, Content>,
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
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// The folder of the fonts, from the site's root.
const FONTS: &str = "fonts/";

/// Builds a site.
#[must_use]
pub fn build(inputs: &Inputs) -> Build {
    let mut diagnostics = inputs.problems.clone();
    let config = config::read(inputs.config.as_ref(), &mut diagnostics);
    let theme = page::theme(&inputs.templates, &mut diagnostics);
    let documents = parse(inputs, &config, &mut diagnostics);
    let assets: BTreeSet<SitePath> = inputs.assets.keys().cloned().collect();
    let site = site::link(&documents, &assets, &config, &mut diagnostics);
    let macros = mathematics::site_macros(&config, &inputs.named_files, &mut diagnostics);
    let mathematics = mathematics::typeset(&documents, &site, &macros, FONTS, &mut diagnostics);
    let mut fragments: Vec<Fragments> =
        documents.iter().zip(mathematics.formulas).map(|(document, formulas)| fragments(document, formulas)).collect();
    let no_words = Words::default();
    let words = theme.as_ref().map_or(&no_words, |theme| &theme.words);
    charts::draw(&documents, &site, &config, words, &mut fragments, &mut diagnostics);

    let mut output: Output = inputs.assets.clone();
    let mut assets = bundle::assets(&mut output, &mathematics.stylesheet);
    for font in mathematics.fonts {
        let path = format!("{FONTS}{}", font.name);
        if font.preload {
            assets.preload.push(path.clone());
        }
        output.insert(path, Content::Bytes(font.bytes.into()));
    }
    if !mathematics.stylesheet.is_empty() {
        output.insert(format!("{FONTS}LICENCE.txt"), Content::text(math::licence()));
    }
    if let Some(theme) = &theme {
        let base_url = inputs.options.base_url.as_deref().unwrap_or(&config.base_url).trim_end_matches('/');
        let renderer = Renderer::new(theme, &config, &documents, &site, &fragments, &assets, base_url);
        let pages: Vec<_> = (0..documents.len()).into_par_iter().map(|page| renderer.render(page)).collect();
        for (page, rendered) in pages.into_iter().enumerate() {
            match rendered {
                Ok(html) => drop(output.insert(site.pages[page].output.clone(), Content::text(html))),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
    }
    diagnostic::sort(&mut diagnostics);
    let counts = Counts {
        pages: documents.len(),
        formulas: documents.iter().map(|d| d.article.formulas.len()).sum(),
        distinct_formulas: mathematics.distinct,
        charts: documents.iter().map(|d| d.article.charts.len()).sum(),
    };
    Build { output, diagnostics, counts }
}

fn parse(inputs: &Inputs, config: &config::Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<Document> {
    let parsed: Vec<(Document, Vec<Diagnostic>)> = inputs
        .articles
        .par_iter()
        .map(|(path, source)| {
            let mut found = Vec::new();
            let mut article = article::parse(source, config.spellings, &mut found);
            let charts = charts::read(&mut article, config.spellings, &mut found);
            (Document { path: path.clone(), source: source.clone(), article, charts }, found)
        })
        .collect();
    let mut documents = Vec::with_capacity(parsed.len());
    for (document, found) in parsed {
        if inputs.options.drafts || !document.article.meta.draft {
            diagnostics.extend(found);
            documents.push(document);
        }
    }
    documents
}

fn fragments(document: &Document, formulas: Vec<FormulaHtml>) -> Fragments {
    Fragments {
        formulas,
        charts: document
            .article
            .charts
            .iter()
            .map(|chart| format!("<pre>{}</pre>", escape(&chart.body.text)))
            .collect(),
        listings: document.article.listings.iter().map(listing).collect(),
    }
}

fn listing(listing: &Listing) -> String {
    let code = escape(&listing.code);
    match listing.language.as_str() {
        "" => format!("<pre tabindex=\"0\"><code>{code}</code></pre>"),
        language => {
            format!("<pre tabindex=\"0\"><code class=\"language-{}\">{code}</code></pre>", escape(language))
        }
    }
}

//! Pages that are no article: the one for addresses that lead nowhere, and those that lead on from old addresses.

use serde::Serialize;
use tera::Context;

use super::{PageView, Place, Renderer, TranslationView};
use crate::diagnostic::Diagnostic;
use crate::site::{SitePath, permalink, relative, root_path};

/// An old address and where it leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redirect {
    /// The file that answers to it.
    pub path: SitePath,
    /// The page that the address leads to; `None` if only its fragments lead on.
    pub page: Option<usize>,
    /// Parts of the old page that became pages of their own: fragment and page.
    pub fragments: Vec<(String, usize)>,
}

/// `targets` in `redirect.html`.
#[derive(Debug, Serialize)]
struct TargetView {
    /// The part of the old page, with `#`; empty for the page as a whole.
    fragment: String,
    title: String,
    href: String,
    language: String,
}

/// `greetings` in `404.html`: what the page says in one language.
#[derive(Debug, Serialize)]
struct GreetingView {
    language: String,
    heading: String,
    text: String,
    link: String,
    href: String,
}

impl Renderer<'_> {
    /// The page for addresses that lead nowhere. A server shows it at any depth, so its links begin at the site's root:
    /// at that of `base_url`, else at `/`, until its script has found a better one. `None` if the site has no pages.
    #[must_use]
    pub fn not_found(&self) -> Option<Result<Vec<u8>, Diagnostic>> {
        let main = &self.config.language;
        let like = self.site.home.get(main).copied().or((!self.site.pages.is_empty()).then_some(0))?;
        let root = root_path(self.base_url);
        let place = Place { page: None, root: Some(&root), ..self.place(like) };
        let home = |page: usize| place.to(&self.site.pages[page].output);
        let greetings: Vec<GreetingView> =
            self.site.home.iter().map(|(tag, &page)| self.greeting(tag, home(page))).collect();
        let title = self.word(main, "not_found");
        let translations = self.translations(place, like).into_iter();
        let page = PageView {
            title_html: crate::html::escape(&title).into_owned(),
            title,
            language: main.clone(),
            translations: translations.map(|one| TranslationView { current: false, ..one }).collect(),
            ..PageView::default()
        };
        let context = self.context(Place { language: main, ..place }, self.plain_features, &page);
        Some(context.and_then(|mut context| {
            context.insert("greetings", &greetings);
            self.finish("404.html", &context)
        }))
    }

    fn greeting(&self, language: &str, href: String) -> GreetingView {
        let word = |key: &str| self.word(language, key);
        GreetingView {
            language: language.to_owned(),
            heading: word("not_found"),
            text: word("not_found_text"),
            link: word("front_page"),
            href,
        }
    }

    /// The file at an old address.
    pub fn redirect(&self, redirect: &Redirect) -> Result<Vec<u8>, Diagnostic> {
        let target = |fragment: String, page: usize| {
            let to = &self.site.pages[page];
            TargetView {
                fragment,
                title: to.title.clone(),
                href: relative(&redirect.path, &to.output),
                language: to.language.clone(),
            }
        };
        let parts = redirect.fragments.iter().map(|(fragment, page)| target(format!("#{fragment}"), *page));
        let targets: Vec<TargetView> =
            redirect.page.iter().map(|&page| target(String::new(), page)).chain(parts).collect();
        let first = redirect.page.or(redirect.fragments.first().map(|(_, page)| *page));
        let language = first.map_or(&self.config.language, |page| &self.site.pages[page].language);
        let canonical = redirect.page.filter(|_| !self.base_url.is_empty());
        let mut context = Context::new();
        context.insert("targets", &targets);
        context.insert("language", language);
        context.insert("canonical", &canonical.map(|page| permalink(self.base_url, &self.site.pages[page].output)));
        context.insert("words", self.theme.words.of(language));
        self.finish("redirect.html", &context)
    }
}

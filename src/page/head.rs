//! What search engines, previews and feed readers are told in the head of a page.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Place, Renderer};
use crate::site::{SitePath, permalink};

/// What the site announces about its pages besides themselves.
#[derive(Debug, Default, Clone)]
pub struct Announced {
    /// The feed of each language that has one.
    pub feeds: BTreeMap<String, SitePath>,
    /// The preview image of each page, as an absolute address; empty for a page without one. No entries at all without
    /// `base_url`.
    pub images: Vec<String>,
}

/// `page.head` in templates. Everything here that is an address is absolute, and absent without `base_url`.
#[derive(Debug, Default, Serialize)]
pub(super) struct HeadView {
    /// The page's own address.
    pub(super) canonical: Option<String>,
    /// `article` for a page with a date or authors, else `website`.
    kind: &'static str,
    /// The image that previews show.
    image: Option<String>,
    /// The page in all its languages, itself included, and `x-default`; empty if there is only one.
    alternates: Vec<AlternateView>,
    /// The feed of the page's language, from the site's root.
    feed: Option<SitePath>,
    /// JSON-LD, safe inside a `script` element.
    structured_data: Option<String>,
}

/// A page in a language.
#[derive(Debug, Serialize)]
struct AlternateView {
    language: String,
    href: String,
}

/// An article for search engines, <https://schema.org/Article>.
#[derive(Serialize)]
struct ArticleData<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    headline: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(rename = "mainEntityOfPage", skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<&'a str>,
    #[serde(rename = "inLanguage")]
    language: &'a str,
    #[serde(rename = "datePublished", skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(rename = "dateModified", skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(rename = "author", skip_serializing_if = "Vec::is_empty")]
    authors: Vec<PersonData<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
}

#[derive(Serialize)]
struct PersonData<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

/// A site for search engines, on its front page.
#[derive(Serialize)]
struct SiteData<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    url: &'a str,
}

const SCHEMA: &str = "https://schema.org";

impl Renderer<'_> {
    /// What the head of a page says.
    pub(super) fn head(&self, page: usize) -> HeadView {
        let own = &self.site.pages[page];
        let meta = &self.documents[page].article.meta;
        let is_article = meta.date.is_some() || meta.updated.is_some() || !meta.authors.is_empty();
        let image = self.announced.images.get(page).filter(|image| !image.is_empty()).cloned();
        let canonical = self.canonical(&own.output);
        let structured_data = match &canonical {
            _ if is_article => self.article_data(page, canonical.as_deref(), image.as_deref()),
            Some(url) if own.key == "index.html" && !self.config.title.is_empty() => {
                let name = self.site_title(&own.language);
                json(&SiteData { context: SCHEMA, kind: "WebSite", name, url })
            }
            _ => None,
        };
        HeadView {
            kind: if is_article { "article" } else { "website" },
            image,
            alternates: if canonical.is_some() { self.alternates(page) } else { Vec::new() },
            feed: self.announced.feeds.get(&own.language).cloned(),
            structured_data,
            canonical,
        }
    }

    /// What the head of a page that lists articles says. `languages` are the files of its list in all languages.
    pub(super) fn list_head(&self, place: Place<'_>, languages: &[(&str, &str)]) -> HeadView {
        let canonical = self.canonical(place.output);
        let home = self.site.home.get(place.language).and_then(|&home| self.announced.images.get(home));
        let view = |language: &str, output: &str| AlternateView {
            language: language.to_owned(),
            href: permalink(self.base_url, output),
        };
        let mut alternates: Vec<AlternateView> = Vec::new();
        if canonical.is_some() && languages.len() > 1 {
            let main = languages.iter().find(|(language, _)| *language == self.config.language).or(languages.first());
            alternates.extend(languages.iter().map(|(language, output)| view(language, output)));
            alternates.extend(main.map(|(_, output)| view("x-default", output)));
        }
        HeadView {
            kind: "website",
            image: home.filter(|image| !image.is_empty()).cloned(),
            alternates,
            feed: self.announced.feeds.get(place.language).cloned(),
            structured_data: None,
            canonical,
        }
    }

    fn article_data(&self, page: usize, address: Option<&str>, image: Option<&str>) -> Option<String> {
        let own = &self.site.pages[page];
        let meta = &self.documents[page].article.meta;
        json(&ArticleData {
            context: SCHEMA,
            kind: "Article",
            headline: &own.title,
            description: &self.description(page),
            address,
            keywords: meta.tags.iter().map(String::as_str).collect(),
            language: &own.language,
            published: meta.date.map(|date| date.to_string()),
            modified: meta.updated.map(|date| date.to_string()),
            authors: meta.authors.iter().map(|name| PersonData { kind: "Person", name }).collect(),
            image,
        })
    }

    fn alternates(&self, page: usize) -> Vec<AlternateView> {
        let translations = &self.site.pages[page].translations;
        let view = |language: &str, page: usize| AlternateView {
            language: language.to_owned(),
            href: permalink(self.base_url, &self.site.pages[page].output),
        };
        let all = translations.iter().map(|&other| view(&self.site.pages[other].language, other));
        // Translations begin with the site's main language, or with what there is.
        all.chain(translations.first().map(|&first| view("x-default", first))).collect()
    }

    /// The title of the site in a language.
    pub(super) fn site_title(&self, language: &str) -> &str {
        let own = self.config.languages.get(language).and_then(|language| language.title.as_deref());
        own.unwrap_or(&self.config.title)
    }
}

#[cfg(test)]
impl HeadView {
    /// One with everything, for the guide.
    pub(super) fn example() -> HeadView {
        HeadView {
            canonical: None,
            kind: "website",
            image: None,
            alternates: vec![AlternateView { language: String::new(), href: String::new() }],
            feed: None,
            structured_data: None,
        }
    }
}

/// JSON that cannot end the `script` element around it, whatever its strings say.
fn json(data: &impl Serialize) -> Option<String> {
    serde_json::to_string(data).ok().map(|text| text.replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_ends_the_script_around_its_data() {
        let site = SiteData { context: "", kind: "", name: "</script><!--<script>", url: "\"\\" };
        let text = json(&site).unwrap();
        assert!(!text.contains('<'), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((read["name"].as_str(), read["url"].as_str()), (Some("</script><!--<script>"), Some("\"\\")));
    }
}

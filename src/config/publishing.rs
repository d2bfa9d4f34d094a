//! The part of `site.toml` that is about being found: `base_url`, `[feed]`, `[share]`, `llms`.

use super::{CODE, Config};
use crate::data::{Keys, Kind, Table, Value};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// What a site says about how it is announced to the world.
#[derive(Debug, Clone)]
pub struct Publishing {
    /// `feed.entries`: the newest this many articles are in a feed; 0 for no feed.
    pub feed_entries: usize,
    /// `feed.authors`: who speaks for articles that name no authors.
    pub feed_authors: Vec<String>,
    /// `share.draw`: whether share images are drawn.
    pub share_draw: bool,
    /// `share.image`: for pages without an image of their own; a file of the site or an address, with its place.
    pub share_image: Option<(String, Span)>,
    /// `share.font`: a TrueType or OpenType file in the site's folder for letters that are not Latin, with its place.
    pub share_font: Option<(String, Span)>,
    /// `llms`: whether `llms.txt` and the Markdown copies are written.
    pub llms: bool,
    /// The tables given that mean nothing without `base_url`.
    pub needs_base_url: Vec<(&'static str, Span)>,
}

impl Default for Publishing {
    fn default() -> Publishing {
        Publishing {
            feed_entries: 20,
            feed_authors: Vec::new(),
            share_draw: true,
            share_image: None,
            share_font: None,
            llms: true,
            needs_base_url: Vec::new(),
        }
    }
}

/// What `site.toml` gave for the keys of this module.
#[derive(Default)]
pub(super) struct Given<'a> {
    base_url: Option<&'a Value>,
    llms: Option<bool>,
    feed: Option<(&'a Table, Span)>,
    share: Option<(&'a Table, Span)>,
}

/// Takes the keys of this module out of the whole table.
pub(super) fn take<'a>(table: &'a Table, keys: &mut Keys<'a, '_>) -> Given<'a> {
    let key_span = |key: &str| table.entries.iter().find(|entry| entry.key == key).map(|entry| entry.key_span);
    let mut with_span = |key| Some((keys.table(key)?, key_span(key)?));
    let (feed, share) = (with_span("feed"), with_span("share"));
    Given { base_url: table.get("base_url"), llms: keys.boolean("llms"), feed, share }
}

/// Reads what was taken.
pub(super) fn read(given: &Given<'_>, config: &mut Config, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(Value { kind: Kind::String(url), span }) = given.base_url
        && let Some(mistake) = base_url_mistake(url, Some(*span))
    {
        diagnostics.push(mistake);
        config.base_url.clear();
    }
    let publishing = &mut config.publishing;
    publishing.llms = given.llms.unwrap_or(true);
    if let Some((table, span)) = given.feed {
        publishing.needs_base_url.push(("feed", span));
        let mut keys = Keys::new(table, CODE, diagnostics);
        if let Some(value) = keys.value("entries") {
            match value.kind {
                Kind::Integer(number) if number >= 0 => publishing.feed_entries = number as usize,
                _ => keys.wrong_type("entries", "a number of articles, 0 or more", value),
            }
        }
        publishing.feed_authors = keys.strings("authors");
        keys.deny_unknown();
    }
    if let Some((table, span)) = given.share {
        publishing.needs_base_url.push(("share", span));
        let mut keys = Keys::new(table, CODE, diagnostics);
        publishing.share_draw = keys.boolean("draw").unwrap_or(true);
        let mut spanned = |key| Some((keys.string(key)?, table.get(key)?.span));
        publishing.share_image = spanned("image");
        publishing.share_font = spanned("font");
        keys.deny_unknown();
    }
}

/// `repo` must be an address. `edit_url` must be one too, or the part of one that follows `repo`, and it must say where
/// the path of a page's file goes.
pub(super) fn check_edit_url(table: &Table, config: &mut Config, diagnostics: &mut Vec<Diagnostic>) {
    let span = |key: &str| table.get(key).map(|value| value.span);
    let is_address = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    if let Some(span) = span("repo").filter(|_| !config.repo.is_empty() && !is_address(&config.repo)) {
        let error = Diagnostic::error(CODE, span, format!("`{}` cannot be the address of a repository", config.repo));
        diagnostics.push(error.help("write the whole address, such as `https://example.org/me/notes`"));
        config.repo.clear();
    }
    let Some(span) = span("edit_url").filter(|_| !config.edit_url.is_empty()) else { return };
    if !is_address(&config.edit_url) && !config.repo.is_empty() {
        config.edit_url = format!("{}/{}", config.repo.trim_end_matches('/'), config.edit_url.trim_start_matches('/'));
    }
    let message = match () {
        () if !is_address(&config.edit_url) => "is no address, and there is no `repo` that it could follow",
        () if !config.edit_url.contains("{path}") => "has no `{path}`",
        () => return,
    };
    let error = Diagnostic::error(CODE, span, format!("`edit_url` {message}"));
    diagnostics.push(error.help("write it like `https://example.org/me/notes/edit/main/{path}`"));
    config.edit_url.clear();
}

/// Says what is wrong with the address of a site: it must be whole, and paths must be able to follow it.
#[must_use]
pub fn base_url_mistake(url: &str, span: Option<Span>) -> Option<Diagnostic> {
    if url.is_empty() {
        return None;
    }
    let host = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let bad = |c: char| c.is_whitespace() || c.is_control() || "?#\"<>\\^`{|}".contains(c);
    if host.is_some_and(|host| host.starts_with(char::is_alphanumeric) && !host.contains(bad)) {
        return None;
    }
    let place = span.unwrap_or(Span { file: crate::source::FileId(0), start: 0, end: 0 });
    let error = Diagnostic::error(CODE, place, format!("`{url}` cannot be the address of a site"));
    let help = "write the whole address without `?` and `#`, such as `https://example.org/docs`";
    Some(Diagnostic { span, ..error.help(help) })
}

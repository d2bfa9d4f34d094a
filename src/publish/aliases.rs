//! Old addresses of pages, from `aliases` in their front matter.
//!
//! An alias is a path from the root of the site: `old/place/`, `/old/place` and `old/place.html`. A file cannot answer
//! to two of them, or be a page and an alias at once. `old.html#part` is a part of an old page that became a page of its
//! own; all parts of one old page share a file, which chooses among them by a script.

use std::collections::{BTreeMap, BTreeSet};

use super::Publication;
use crate::diagnostic::Diagnostic;
use crate::page::Redirect;
use crate::site::{Item, SitePath, percent_decode};
use crate::source::Span;

const CODE: &str = "alias";

/// Reads the aliases of all pages. `taken` are the paths of all other files of the site.
pub(super) fn read(
    publication: &Publication<'_>,
    taken: &BTreeSet<&SitePath>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Redirect> {
    let pages: BTreeMap<&SitePath, usize> =
        publication.site.pages.iter().enumerate().map(|(index, page)| (&page.output, index)).collect();
    let mut redirects: BTreeMap<SitePath, Redirect> = BTreeMap::new();
    let mut places: BTreeMap<(SitePath, String), Span> = BTreeMap::new();
    for (page, document) in publication.documents.iter().enumerate() {
        for (alias, span) in &document.article.meta.aliases {
            let (path, fragment) = match parse(alias) {
                Ok(parsed) => parsed,
                Err(why) => {
                    let message = format!("`{alias}` cannot be an alias: {why}");
                    let help = "an alias is an old path on this site, such as `old/place/` or `old.html`";
                    diagnostics.push(Diagnostic::error(CODE, *span, message).help(help));
                    continue;
                }
            };
            if let Some(error) = collision(alias, &path, *span, &pages, taken, publication) {
                diagnostics.push(error);
            } else if let Some(first) = places.insert((path.clone(), fragment.clone()), *span) {
                let message = format!("alias `{alias}` is given twice");
                diagnostics.push(Diagnostic::error(CODE, *span, message).related(first, "it is given here too"));
            } else {
                let redirect = redirects.entry(path.clone()).or_insert(Redirect { path, ..Redirect::default() });
                if fragment.is_empty() {
                    redirect.page = Some(page);
                } else {
                    redirect.fragments.push((fragment, page));
                }
            }
        }
    }
    for (path, page) in of_another_tool(publication) {
        if !pages.contains_key(&path) && !taken.contains(&path) && !holds(&path, taken, &pages) {
            redirects.entry(path.clone()).or_insert(Redirect { path, page: Some(page), ..Redirect::default() });
        }
    }
    redirects.into_values().collect()
}

/// What a site of another tool redirects by its configuration. One without a front page leads to its first page.
fn of_another_tool(publication: &Publication<'_>) -> Vec<(SitePath, usize)> {
    let (config, site) = (publication.config, publication.site);
    let Some(foreign) = &config.foreign else { return Vec::new() };
    let find = |typed: &str| {
        let path = typed.split('#').next().unwrap_or(typed).trim_start_matches('/');
        let stem = [".md", ".html"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path).trim_end_matches('/');
        let names = [format!("{stem}.md"), format!("{stem}/index.md"), format!("{stem}/README.md")];
        publication.documents.iter().position(|document| names.contains(&document.path))
    };
    let old = |typed: &str| match typed.strip_suffix(".md") {
        Some(stem) if stem.ends_with("index") => Some(format!("{}.html", stem.trim_start_matches('/'))),
        Some(stem) => Some(format!("{}/index.html", stem.trim_start_matches('/'))),
        None => parse(typed).ok().map(|(path, _)| path),
    };
    let mut redirects: Vec<(SitePath, usize)> =
        foreign.redirects.iter().filter_map(|(from, to)| Some((old(from)?, find(to)?))).collect();
    let first = site.navigation.get(&config.language).and_then(|items| first_page(items));
    redirects.extend(
        first.filter(|_| !site.home.contains_key(&config.language)).map(|page| ("index.html".to_owned(), page)),
    );
    redirects
}

fn first_page(items: &[Item]) -> Option<usize> {
    items.iter().find_map(|item| item.page.or_else(|| first_page(&item.children)))
}

fn collision(
    alias: &str,
    path: &SitePath,
    span: Span,
    pages: &BTreeMap<&SitePath, usize>,
    taken: &BTreeSet<&SitePath>,
    publication: &Publication<'_>,
) -> Option<Diagnostic> {
    if let Some(&other) = pages.get(path) {
        let related = publication.documents[other].source.span(0..0);
        let error = Diagnostic::error(CODE, span, format!("alias `{alias}` is the address of a page"));
        return Some(error.related(related, "this page"));
    }
    // A file in the place of a folder, or the other way round.
    let above = path.match_indices('/').map(|(at, _)| path[..at].to_owned());
    let file = above.into_iter().find(|folder| taken.contains(folder) || pages.contains_key(folder));
    let message = match file {
        _ if taken.contains(path) => format!("alias `{alias}` is the address of another file"),
        Some(file) => format!("alias `{alias}` cannot lie in `{file}`, which is a file"),
        None if holds(path, taken, pages) => format!("alias `{alias}` is the address of a folder"),
        None => return None,
    };
    Some(Diagnostic::error(CODE, span, message).help("remove the alias, or move what stands in its place"))
}

/// True if something of the site stands below a path.
fn holds(path: &SitePath, taken: &BTreeSet<&SitePath>, pages: &BTreeMap<&SitePath, usize>) -> bool {
    let below = format!("{path}/");
    let starts = |found: Option<&&SitePath>| found.is_some_and(|found| found.starts_with(&below));
    starts(taken.range::<SitePath, _>(&below..).next())
        || starts(pages.range::<SitePath, _>(&below..).next().map(|(path, _)| path))
}

/// The file that answers to an alias, and the fragment, if it is about a part of the old page.
fn parse(alias: &str) -> Result<(SitePath, String), &'static str> {
    let (path, fragment) = alias.split_once('#').unwrap_or((alias, ""));
    if path.contains("://") || path.starts_with("//") {
        return Err("it names a server");
    }
    if path.contains('?') {
        return Err("a file cannot answer to a query");
    }
    let path = percent_decode(path);
    if path.is_empty() {
        return Err("it has no path");
    }
    // What some file system cannot store cannot be published from everywhere.
    if path.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c)) {
        return Err("it has a character that no file name may have");
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or("it leads out of the site")?),
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    let ending = joined.rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_file = !path.ends_with('/') && matches!(ending, "html" | "htm");
    let file = match joined.as_str() {
        "" => "index.html".to_owned(),
        _ if is_file => joined,
        _ => joined + "/index.html",
    };
    if file.split('/').any(|part| part.len() > 255) {
        return Err("a part of it is longer than a file name may be");
    }
    Ok((file, percent_decode(fragment)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_a_path_from_the_root_of_the_site() {
        for (alias, file, fragment) in [
            ("/old/place/", "old/place/index.html", ""),
            ("old/place", "old/place/index.html", ""),
            ("old.html", "old.html", ""),
            ("old.html/", "old.html/index.html", ""),
            ("./a/../b.htm", "b.htm", ""),
            ("v1.2/x.php", "v1.2/x.php/index.html", ""),
            ("%E9%96%A2%E6%95%B0/", "関数/index.html", ""),
            ("old.html#the-part", "old.html", "the-part"),
            ("/", "index.html", ""),
        ] {
            assert_eq!(parse(alias), Ok((file.to_owned(), fragment.to_owned())), "{alias}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for (alias, why) in [
            ("", "it has no path"),
            ("#part", "it has no path"),
            ("../old", "it leads out of the site"),
            ("a/../../old", "it leads out of the site"),
            ("%2e%2e/old", "it leads out of the site"),
            ("https://example.org/old", "it names a server"),
            ("//example.org/old", "it names a server"),
            ("old?page=2", "a file cannot answer to a query"),
            ("c:\\old", "it has a character that no file name may have"),
            ("a%00b", "it has a character that no file name may have"),
        ] {
            assert_eq!(parse(alias), Err(why), "{alias}");
        }
    }
}

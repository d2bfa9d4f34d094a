//! Absolute addresses: what feeds, sitemaps and previews need, where links between pages are relative.

use std::fmt::Write as _;

/// The address of a file of the site: `https://example.org/p` and `a/index.html` give `https://example.org/p/a/`.
/// Everything that is not allowed in a URI is percent-encoded, so the same bytes do in HTML, XML and `robots.txt`.
#[must_use]
pub fn permalink(base_url: &str, path: &str) -> String {
    let folder = path.strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/'));
    format!("{}/{}", uri(base_url), uri(&super::paths::encode(folder.unwrap_or(path))))
}

/// The address that a link leads to, which stands in the file `from` as the relative URL `href`. Addresses elsewhere
/// stay as they are.
#[must_use]
pub fn absolute(base_url: &str, from: &str, href: &str) -> String {
    if super::links::is_external(href) {
        return href.to_owned();
    }
    let end = href.find(['?', '#']).unwrap_or(href.len());
    let (path, rest) = href.split_at(end);
    if path.is_empty() {
        return permalink(base_url, from) + &uri(rest);
    }
    let mut parts: Vec<&str> = from.split('/').take(from.split('/').count() - 1).collect();
    if path.starts_with('/') {
        parts.clear();
    }
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    for part in folders.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let name = if name == "index.html" { "" } else { name };
    let folder: String = parts.iter().flat_map(|part| [part, "/"]).collect();
    format!("{}/{}{}", uri(base_url), uri(&(folder + name)), uri(rest))
}

/// The path of an address on its server, with a slash at both ends: `/` or `/docs/`.
#[must_use]
pub fn root_path(base_url: &str) -> String {
    let host = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let path = host.split_once('/').map_or("", |(_, path)| path).trim_matches('/');
    if path.is_empty() { "/".to_owned() } else { format!("/{}/", uri(path)) }
}

/// An IRI as a URI: other than ASCII becomes the percent-encoded bytes of its UTF-8 (RFC 3987, section 3.1).
fn uri(iri: &str) -> String {
    let mut uri = String::with_capacity(iri.len());
    for byte in iri.bytes() {
        if byte.is_ascii() {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_addresses() {
        for (base, path, address) in [
            ("https://example.org", "index.html", "https://example.org/"),
            ("https://example.org/p", "a/index.html", "https://example.org/p/a/"),
            ("https://example.org", "a/myindex.html", "https://example.org/a/myindex.html"),
            ("https://example.org", "a b/関.png", "https://example.org/a%20b/%E9%96%A2.png"),
        ] {
            assert_eq!(permalink(base, path), address);
        }
    }

    #[test]
    fn links_are_followed_from_their_page() {
        for (href, address) in [
            ("../c/index.html#x", "https://example.org/p/a/c/#x"),
            ("pic.png?v=1", "https://example.org/p/a/b/pic.png?v=1"),
            ("#関", "https://example.org/p/a/b/#%E9%96%A2"),
            ("../../index.html", "https://example.org/p/"),
            ("../../../../x.png", "https://example.org/p/x.png"),
            ("https://other.example/", "https://other.example/"),
            ("mailto:a@b.example", "mailto:a@b.example"),
            ("", "https://example.org/p/a/b/"),
        ] {
            assert_eq!(absolute("https://example.org/p", "a/b/index.html", href), address);
        }
    }

    #[test]
    fn a_site_knows_its_path() {
        for (base, path) in
            [("https://example.org", "/"), ("https://example.org/", "/"), ("https://example.org/docs/v2/", "/docs/v2/")]
        {
            assert_eq!(root_path(base), path);
        }
    }
}

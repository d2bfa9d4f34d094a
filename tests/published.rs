//! What stands beside the pages of a site: feeds, sitemaps, redirects, copies, images, and what heads say of them.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic, reason = "a test")]

mod common;

use common::Site;
use roxmltree::{Document, Node};

const ATOM: &str = "http://www.w3.org/2005/Atom";
const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// A site of two languages below a path, with everything that a feed has to carry.
const NOTES: &str = r#"-- site.toml --
title = "Notes & <more>"
base_url = "https://example.org/docs/"
[languages.ja]
name = "日本語"
title = "ノート"
-- content/index.md --
+++
title = "Home"
description = "All my notes."
+++
Welcome.
-- content/index.ja.md --
# はじめに
-- content/old.md --
+++
title = "Old & <b>"
date = 2024-02-29
authors = ["A & B", "C"]
tags = ["x<y"]
aliases = ["/2019/old/", "was.html", "parts.html#old"]
+++
The area is $x^2$, see [the new one](new.md#part) and ![a picture](pic.png).

$$
y \label{eq:y}
$$

By \eqref{eq:y} and <a href="new.md">raw</a>.

```chart
title = "The $x$ kink"
x = [-1, 1]
curves = [{ f = "relu(x)", label = "$r$" }, "x^2"]
```
-- content/new.md --
+++
date = 2025-01-01
updated = 2026-05-31
aliases = ["parts.html#new part", "parts.html"]
+++
# New

## Part

Text.
-- content/new.ja.md --
+++
title = "新しい記事"
date = 2025-01-02
+++
本文。
-- content/undated.md --
# Undated (with parentheses)

Nothing but text [and a link](old.md).
-- content/pic.png --
not really
"#;

fn xml(site: &Site, name: &str) -> String {
    site.read(&format!("site/{name}"))
}

fn children<'a>(node: Node<'a, 'a>, name: &str) -> Vec<Node<'a, 'a>> {
    node.children().filter(|child| child.is_element() && child.tag_name().name() == name).collect()
}

fn text<'a>(node: Node<'a, 'a>, name: &str) -> &'a str {
    let [child] = children(node, name)[..] else { panic!("not exactly one `{name}`") };
    child.text().unwrap_or_default()
}

/// What RFC 4287 asks of every feed and of every entry; the entries come back.
fn checked_feed<'a>(document: &'a Document<'a>, address: &str) -> Vec<Node<'a, 'a>> {
    let feed = document.root_element();
    assert_eq!(feed.tag_name(), (ATOM, "feed").into());
    let entries = children(feed, "entry");
    for node in entries.iter().copied().chain([feed]) {
        assert!(!text(node, "title").is_empty());
        assert!(text(node, "id").starts_with("https://"), "an id is an absolute address");
        let updated = text(node, "updated");
        assert!(updated.len() == 20 && updated.ends_with("T00:00:00Z"), "{updated}");
        for link in children(node, "link") {
            assert!(link.attribute("href").unwrap().starts_with("https://"));
        }
        for author in children(node, "author") {
            assert!(!text(author, "name").is_empty());
        }
    }
    assert!(!children(feed, "author").is_empty(), "entries without an author need one");
    let own: Vec<_> = children(feed, "link").into_iter().filter(|link| link.attribute("rel") == Some("self")).collect();
    assert_eq!(own.iter().map(|link| link.attribute("href").unwrap()).collect::<Vec<_>>(), [address]);
    let mut ids: Vec<&str> = entries.iter().chain([&feed]).map(|node| text(*node, "id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), entries.len() + 1, "ids are unique");
    let latest = entries.iter().map(|entry| text(*entry, "updated")).max().unwrap();
    assert_eq!(text(feed, "updated"), latest);
    entries
}

#[test]
fn a_feed_holds_the_dated_articles_of_its_language() {
    let site = Site::new(NOTES);
    site.build();
    let source = xml(&site, "feed.xml");
    let document = Document::parse(&source).unwrap();
    let entries = checked_feed(&document, "https://example.org/docs/feed.xml");
    assert_eq!(text(document.root_element(), "title"), "Notes & <more>");
    let shown: Vec<_> = entries.iter().map(|entry| (text(*entry, "title"), text(*entry, "id"))).collect();
    assert_eq!(shown, [("New", "https://example.org/docs/new/"), ("Old & <b>", "https://example.org/docs/old/")]);
    assert_eq!(text(entries[0], "published"), "2025-01-01T00:00:00Z");
    assert_eq!(text(entries[0], "updated"), "2026-05-31T00:00:00Z");
    let authors: Vec<_> = children(entries[1], "author").into_iter().map(|author| text(author, "name")).collect();
    assert_eq!(authors, ["A & B", "C"]);
    assert_eq!(children(entries[1], "category")[0].attribute("term"), Some("x<y"));

    let source = xml(&site, "ja/feed.xml");
    let document = Document::parse(&source).unwrap();
    let entries = checked_feed(&document, "https://example.org/docs/ja/feed.xml");
    assert_eq!(document.root_element().attribute(("http://www.w3.org/XML/1998/namespace", "lang")), Some("ja"));
    assert_eq!(text(document.root_element(), "title"), "ノート");
    assert_eq!(text(entries[0], "title"), "新しい記事");
    assert!(site.read("site/new/index.html").contains("type=\"application/atom+xml\" href=\"../feed.xml\""));
    assert!(site.read("site/ja/new/index.html").contains("type=\"application/atom+xml\" href=\"../../ja/feed.xml\""));
}

#[test]
fn a_feed_shows_what_its_readers_can_show() {
    let site = Site::new(NOTES);
    site.build();
    let source = xml(&site, "feed.xml");
    let document = Document::parse(&source).unwrap();
    let [content] = children(children(document.root_element(), "entry")[1], "content")[..] else { panic!() };
    assert_eq!(content.attribute("type"), Some("html"));
    assert_eq!(
        content.attribute(("http://www.w3.org/XML/1998/namespace", "base")),
        Some("https://example.org/docs/old/")
    );
    let html = content.text().unwrap();
    for expected in [
        "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></semantics></math>",
        "<a href=\"https://example.org/docs/new/#part\">the new one</a>",
        "<img src=\"https://example.org/docs/pic.png\"",
        "<a href=\"https://example.org/docs/new/\">raw</a>",
        "<img src=\"https://example.org/docs/old/feed-chart-1.svg\" alt=\"",
    ] {
        assert!(html.contains(expected), "{expected}\n{html}");
    }
    for unwanted in ["<svg", "class=\"katex\"", "annotation", "class=\"anchor", "href=\"../", "<script"] {
        assert!(!html.contains(unwanted), "{unwanted}\n{html}");
    }
    let chart = site.read("site/old/feed-chart-1.svg");
    let chart = Document::parse(&chart).unwrap();
    let labels: Vec<_> = chart.descendants().filter_map(|node| node.attribute("class").zip(node.text())).collect();
    assert!(labels.contains(&("chart-label c1", "r")), "mathematics in a label is plain text: {labels:?}");
}

#[test]
fn a_feed_can_be_shortened_and_turned_off() {
    let names =
        |site: &Site| site.files("site").into_keys().filter(|name| name.ends_with("feed.xml")).collect::<Vec<_>>();
    let site = Site::new(NOTES);
    let config = site.read("site.toml");
    site.write("site.toml", format!("{config}[feed]\nentries = 1\nauthors = [\"The editors\"]\n"));
    site.build();
    let source = xml(&site, "feed.xml");
    let document = Document::parse(&source).unwrap();
    assert_eq!(checked_feed(&document, "https://example.org/docs/feed.xml").len(), 1);
    assert_eq!(text(children(document.root_element(), "author")[0], "name"), "The editors");
    site.write("site.toml", format!("{config}[feed]\nentries = 0\n"));
    site.build();
    assert_eq!(names(&site), [""; 0]);
    assert!(!site.read("site/new/index.html").contains("atom+xml"));
}

#[test]
fn a_sitemap_lists_all_pages_with_their_translations() {
    let site = Site::new(NOTES);
    site.build();
    let source = xml(&site, "sitemap.xml");
    let document = Document::parse(&source).unwrap();
    assert_eq!(document.root_element().tag_name(), (SITEMAP, "urlset").into());
    let mut listed = Vec::new();
    for url in children(document.root_element(), "url") {
        let first = url.first_element_child().unwrap();
        assert_eq!(first.tag_name(), (SITEMAP, "loc").into());
        let alternates: Vec<_> = url
            .children()
            .filter(|child| child.tag_name() == (XHTML, "link").into())
            .map(|link| (link.attribute("hreflang").unwrap(), link.attribute("href").unwrap()))
            .collect();
        let modified = children(url, "lastmod").first().and_then(Node::text).unwrap_or_default();
        listed.push((first.text().unwrap(), modified, alternates));
    }
    let new = [
        ("en", "https://example.org/docs/new/"),
        ("ja", "https://example.org/docs/ja/new/"),
        ("x-default", "https://example.org/docs/new/"),
    ];
    let home = [
        ("en", "https://example.org/docs/"),
        ("ja", "https://example.org/docs/ja/"),
        ("x-default", "https://example.org/docs/"),
    ];
    listed.sort();
    assert_eq!(
        listed,
        [
            ("https://example.org/docs/", "", home.to_vec()),
            ("https://example.org/docs/authors/", "", vec![]),
            ("https://example.org/docs/authors/a--b/", "", vec![]),
            ("https://example.org/docs/authors/c/", "", vec![]),
            ("https://example.org/docs/ja/", "", home.to_vec()),
            ("https://example.org/docs/ja/new/", "2025-01-02", new.to_vec()),
            ("https://example.org/docs/new/", "2026-05-31", new.to_vec()),
            ("https://example.org/docs/old/", "2024-02-29", vec![]),
            ("https://example.org/docs/tags/", "", vec![]),
            ("https://example.org/docs/tags/xy/", "", vec![]),
            ("https://example.org/docs/undated/", "", vec![]),
        ]
    );
    assert_eq!(
        site.read("site/robots.txt"),
        "User-agent: *\nAllow: /\n\nSitemap: https://example.org/docs/sitemap.xml\n"
    );
    let page = site.read("site/ja/new/index.html");
    for (language, href) in new {
        assert!(page.contains(&format!("<link rel=\"alternate\" hreflang=\"{language}\" href=\"{href}\">")), "{page}");
    }
}

/// The value of the `content` or `href` attribute of the only element that begins like this.
fn attribute<'a>(page: &'a str, element: &str) -> &'a str {
    let [_, rest] = page.split(element).collect::<Vec<_>>()[..] else { panic!("not exactly one `{element}`: {page}") };
    rest.split('"').next().unwrap()
}

#[test]
fn previews_and_search_engines_read_the_head() {
    let site = Site::new(NOTES);
    site.build();
    let page = site.read("site/old/index.html");
    assert_eq!(attribute(&page, "rel=\"canonical\" href=\""), "https://example.org/docs/old/");
    assert_eq!(attribute(&page, "og:url\" content=\""), "https://example.org/docs/old/");
    assert_eq!(attribute(&page, "og:title\" content=\""), "Old &amp; &lt;b&gt;");
    assert_eq!(attribute(&page, "og:type\" content=\""), "article");
    assert_eq!(attribute(&page, "og:image\" content=\""), "https://example.org/docs/old/share.png");
    assert_eq!(
        attribute(&page, "property=\"og:description\" content=\""),
        "The area is x², see the new one and a picture."
    );
    let data = page.split("<script type=\"application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(
        data,
        serde_json::json!({
            "@context": "https://schema.org",
            "@type": "Article",
            "headline": "Old & <b>",
            "description": "The area is x², see the new one and a picture.",
            "mainEntityOfPage": "https://example.org/docs/old/",
            "keywords": ["x<y"],
            "inLanguage": "en",
            "datePublished": "2024-02-29",
            "author": [{ "@type": "Person", "name": "A & B" }, { "@type": "Person", "name": "C" }],
            "image": "https://example.org/docs/old/share.png",
        })
    );
    let home = site.read("site/index.html");
    assert_eq!(attribute(&home, "og:type\" content=\""), "website");
    assert!(home.contains("\"@type\":\"WebSite\",\"name\":\"Notes & \\u003cmore>\""), "{home}");
}

#[test]
fn without_an_address_nothing_is_said_that_needs_one() {
    let site = Site::new(&NOTES.replace("base_url = \"https://example.org/docs/\"\n", ""));
    let outcome = site.build();
    assert!(!outcome.stderr.contains("warning"), "{}", outcome.stderr);
    for name in ["feed.xml", "sitemap.xml", "robots.txt", "share.png", "old/share.png", "old/feed-chart-1.svg"] {
        assert!(!site.path(&format!("site/{name}")).exists(), "{name}");
    }
    let page = site.read("site/new/index.html");
    for absent in ["canonical", "og:", "twitter:", "<link rel=\"alternate\"", "atom+xml"] {
        assert!(!page.contains(absent), "{absent}\n{page}");
    }
    for name in ["404.html", "llms.txt", "new/index.md", "was.html"] {
        assert!(site.path(&format!("site/{name}")).exists(), "{name}");
    }
    assert!(site.read("site/llms.txt").contains("- [New](new/index.md)"));

    let site = Site::new("-- site.toml --\n[feed]\nentries = 5\n-- content/index.md --\n# A\n");
    let outcome = site.build();
    assert_eq!(
        outcome.stderr,
        "warning[config]: `[feed]` has no effect without `base_url`
 --> site.toml:1:2
  |
1 | [feed]
  |  ^^^^
  |
  = help: say where the site will be published: `base_url = \"https://example.org\"`, or `--base-url`

built ./site: 1 page, 0 formulas (0 distinct), 0 charts, in TIME
"
    );
    let outcome = site.run(&["build", "--base-url", "https://example.org"]);
    assert!(!outcome.stderr.contains("warning"), "{}", outcome.stderr);
}

#[test]
fn mistakes_in_the_configuration_have_places() {
    let site = Site::new(
        "-- site.toml --\nbase_url = \"example.org\"\nllms = 1\n[feed]\nentires = 3\nentries = -1\n[share]\nimage = \"pic.pgn\"\nfont = \"no.ttf\"\n\
         -- content/index.md --\n# A\n-- content/pic.png --\n",
    );
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!("configuration", outcome.stderr);
    let outcome = site.run(&["build", "--base-url", "https://example.org/?x"]);
    insta::assert_snapshot!("configuration_with_address", outcome.stderr);
}

#[test]
fn an_old_address_leads_on() {
    let site = Site::new(NOTES);
    site.build();
    for (name, href) in [("2019/old/index.html", "../../old/index.html"), ("was.html", "old/index.html")] {
        let page = site.read(&format!("site/{name}"));
        assert_eq!(attribute(&page, "http-equiv=\"refresh\" content=\""), format!("0; url={href}"));
        assert_eq!(attribute(&page, "rel=\"canonical\" href=\""), "https://example.org/docs/old/");
        assert!(page.contains(&format!("<a href=\"{href}\"")), "{page}");
    }
    let parts = site.read("site/parts.html");
    assert_eq!(attribute(&parts, "http-equiv=\"refresh\" content=\""), "0; url=new/index.html");
    for link in [
        "<a href=\"new/index.html\" lang=\"en\">",
        "<a href=\"new/index.html\" lang=\"en\" data-fragment=\"#new part\">",
        "<a href=\"old/index.html\" lang=\"en\" data-fragment=\"#old\">",
    ] {
        assert!(parts.contains(link), "{link}\n{parts}");
    }
}

#[test]
fn an_alias_that_cannot_be_is_an_error_with_its_place() {
    let site = Site::new(
        "-- content/a.md --\n+++\naliases = [\"../../etc\", \"b/\", \"pic.png\", \"twice\", \"https://example.org/x\", \"pic.png/x\", \"\"]\n+++\n# A\n\
         -- content/b.md --\n---\naliases:\n  - /twice/\n  - old.html#x\n  - old.html#x\n  - a?b\n---\n# B\n-- content/pic.png --\n",
    );
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!("aliases", outcome.stderr);
}

#[test]
fn the_author_s_own_files_win() {
    let site = Site::new(&format!(
        "{NOTES}-- static/robots.txt --\nUser-agent: *\nDisallow: /\n-- static/404.html --\nmine\n-- static/old/share.png --\nmine\n-- static/llms.txt --\nmine\n"
    ));
    site.build();
    assert_eq!(site.read("site/robots.txt"), "User-agent: *\nDisallow: /\n");
    for name in ["404.html", "old/share.png", "llms.txt"] {
        assert_eq!(site.read(&format!("site/{name}")), "mine\n", "{name}");
    }
    let page = site.read("site/old/index.html");
    assert_eq!(attribute(&page, "og:image\" content=\""), "https://example.org/docs/old/share.png");
}

#[test]
fn a_page_that_is_not_there_is_at_home_at_any_depth() {
    let site = Site::new(NOTES);
    for (url, root) in [("https://example.org/docs", "/docs/"), ("https://example.org", "/")] {
        assert_eq!(site.run(&["build", "--base-url", url]).code, 0);
        let page = site.read("site/404.html");
        assert!(page.contains(&format!("<link rel=\"stylesheet\" href=\"{root}style.")), "{page}");
        assert!(page.contains(&format!("<a href=\"{root}\">Go to the front page</a>")), "{page}");
        assert!(page.contains("<div lang=\"ja\">\n<h2>ページが見つかりません</h2>"), "{page}");
        assert!(page.contains(&format!("<a href=\"{root}ja/\">トップページへ</a>")), "{page}");
        let links = page.split(" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        let lost: Vec<_> = links.filter(|href| !href.starts_with(root) && *href != "#site.content").collect();
        assert_eq!(lost, [""; 0], "every link begins at the root");
    }
}

#[test]
fn a_copy_is_what_the_author_typed() {
    let site = Site::new(NOTES);
    site.build();
    let copy = site.read("site/old/index.md");
    let typed = site.read("content/old.md");
    let body = typed.splitn(3, "+++\n").nth(2).unwrap();
    let expected = body
        .replace("(new.md#part)", "(../new/index.md#part)")
        .replace("(pic.png)", "(../pic.png)")
        .replace("\"new.md\"", "\"../new/index.md\"");
    assert_eq!(copy, format!("# Old & <b>\n\n{expected}"));
    assert_eq!(site.read("site/new/index.md"), "# New\n\n## Part\n\nText.\n");
}

#[test]
fn language_models_get_a_table_of_contents() {
    let site = Site::new(&format!(
        "{NOTES}-- content/guide/index.md --\n# Guide\n\nHow to.\n-- content/guide/first.md --\n# First [1]\n"
    ));
    site.build();
    assert_eq!(
        site.read("site/llms.txt"),
        "# Notes & <more>

> All my notes.

## Home

- [Home](https://example.org/docs/index.md): All my notes.
- [New](https://example.org/docs/new/index.md): Text.
- [Old & <b>](https://example.org/docs/old/index.md): The area is x², see the new one and a picture.
- [Undated (with parentheses)](https://example.org/docs/undated/index.md): Nothing but text and a link.

## Guide

- [Guide](https://example.org/docs/guide/index.md): How to.
- [First \\[1\\]](https://example.org/docs/guide/first/index.md)
"
    );
    assert!(site.read("site/ja/llms.txt").starts_with("# ノート\n"));
    let config = site.read("site.toml");
    site.write("site.toml", format!("llms = false\n{config}"));
    site.build();
    let left: Vec<_> = site
        .files("site")
        .into_keys()
        .filter(|name| name.rsplit_once('.').is_some_and(|(_, end)| end == "md") || name.ends_with("llms.txt"))
        .collect();
    assert_eq!(left, [""; 0]);
}

/// Width and height of a PNG.
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1A\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
#[cfg(feature = "share")]
fn articles_have_an_image() {
    let site = Site::new(&format!(
        "{NOTES}-- content/own.md --\n+++\nimage = \"pic.png\"\n+++\n# Own\n\n```chart\nx = [0, 1]\ncurves = [\"x\"]\n```\n\
         -- content/ja.ja.md --\n# 関数\n\n```chart\nx = [0, 1]\ncurves = [\"x\"]\n```\n"
    ));
    site.build();
    let images: Vec<_> = site.files("site").into_iter().filter(|(name, _)| name.ends_with("share.png")).collect();
    let shown: Vec<_> = images.iter().map(|(name, bytes)| (name.as_str(), size(bytes))).collect();
    let full = (1200, 630);
    let all = ["ja/ja/share.png", "new/share.png", "old/share.png", "share.png", "undated/share.png"];
    assert_eq!(shown, all.map(|name| (name, full)), "the fonts have no Japanese, but a chart needs no title");
    let image =
        |page: &str| attribute(&site.read(&format!("site/{page}/index.html")), "og:image\" content=\"").to_owned();
    assert_eq!(image("own"), "https://example.org/docs/pic.png");
    assert_eq!(image("undated"), "https://example.org/docs/undated/share.png");
    assert_eq!(image("ja/new"), "https://example.org/docs/share.png");
    assert_eq!(image("ja/ja"), "https://example.org/docs/ja/ja/share.png");
}

#[test]
fn a_missing_preview_image_is_an_error_with_its_place() {
    let site = Site::new("-- content/index.md --\n+++\nimage = \"pic.pgn\"\n+++\n# A\n-- content/pic.png --\n");
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!("preview_image", outcome.stderr);
}

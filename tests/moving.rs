//! Sites written for other tools: built as they are, with their own configuration, navigation and links.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;

use common::{Site, navigation};

/// Where the links of an article lead, by their words.
fn links(page: &str) -> Vec<(String, String)> {
    let article = page.split("<div class=\"content\"").nth(1).unwrap().split("</article>").next().unwrap();
    article
        .split("<a href=\"")
        .skip(1)
        .map(|link| {
            let (href, rest) = link.split_once('"').unwrap();
            let words = rest.split_once('>').unwrap().1.split("</a>").next().unwrap();
            (words.to_owned(), href.to_owned())
        })
        .collect()
}

const MKDOCS: &str = r"-- mkdocs.yml --
site_name: 算法 &amp; more
site_url: https://example.org/docs/
docs_dir: text
site_dir: public
theme:
  name: material
  language: ja
  custom_dir: text/overrides
  icon: {repo: fontawesome/brands/github}
markdown_extensions:
  - admonition
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
  - pymdownx.tabbed:
      slugify: !!python/object/apply:pymdownx.slugs.slugify
        kwds: {case: lower}
plugins:
  - search:
      separator: '[\s\-]+'
  - git-authors: {enabled: !ENV [AUTHORS, False]}
nav:
  - Home: index.md
  - 第 1 章 &nbsp; 数学:
    - maths/index.md
    - A*: maths/a.md
    - 2024: ./maths/b.md
  - Guide: guide/
  - Code: https://example.com/
  - Data: data.csv
-- text/index.md --
title: Welcome
tags: x, y

# Home

[a](maths/a.md) [a by html](maths/a.html#a-b) [from the root](/docs/maths/a/) [folder](maths/)
-- text/maths/index.md --
# Maths
-- text/maths/a.md --
---
title: 1984
search:
  exclude: true
date:
  created: 2024-05-01
template: special.html
---

## A & B

## 数论

[b as a URL](../b/) [same](b.md) [home](../../) [by slug](#_1) [as in Python](#a-b)
-- text/maths/b.md --
# B
-- text/guide/one.md --
# One
-- text/guide/two.md --
# Two
-- text/data.csv --
1,2
-- text/overrides/main.md --
# Not a page
-- text/_snippets/note.md --
# Not a page either
-- public/old.md --
# Nor this
";

#[test]
fn a_site_of_mkdocs_builds_as_it_is() {
    let site = Site::new(MKDOCS);
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("not understood, kept as typed: `template`"), "{}", outcome.stderr);
    assert!(outcome.stderr.ends_with("built ./site: 6 pages, 0 formulas (0 distinct), 0 charts, in TIME\n"));
    let home = site.read("site/index.html");
    assert!(home.contains("<html lang=\"ja\"") && home.contains("算法 &amp; more"), "{home}");
    assert!(home.contains("href=\"https://example.org/docs/\""), "{home}");
    assert_eq!(
        navigation(&home),
        "[index.html] Home\n第 1 章 \u{A0} 数学\n  [maths/index.html] Maths\n  [maths/a/index.html] A*\n  \
         [maths/b/index.html] 2024\nGuide\n  [guide/one/index.html] One\n  [guide/two/index.html] Two\n\
         [https://example.com/] Code\n[data.csv] Data"
    );
    let pair = |(words, href): (&str, &str)| (words.to_owned(), href.to_owned());
    assert_eq!(
        links(&home),
        [
            ("a", "maths/a/index.html"),
            ("a by html", "maths/a/index.html#a--b"),
            ("from the root", "maths/a/index.html"),
            ("folder", "maths/index.html"),
        ]
        .map(pair)
    );
    let page = site.read("site/maths/a/index.html");
    assert!(page.contains("<title>1984"), "{page}");
    assert_eq!(
        links(&page),
        [
            ("b as a URL", "../b/index.html"),
            ("same", "../b/index.html"),
            ("home", "../../index.html"),
            ("by slug", "#数论"),
            ("as in Python", "#a--b"),
        ]
        .map(pair)
    );
}

const MDBOOK: &str = r#"-- book.toml --
[book]
title = "A book"
language = "zh"
[preprocessor.katex]
macros = "macros.txt"
[output.html]
git-repository-url = "https://example.com"
-- macros.txt --
# Sets
\R:\mathbb{R}
\pair:({#1}, {#2})
-- src/SUMMARY.md --
# Summary

[Preface](README.md)

# Part one

- [Sets](sets.md)
    - [Reals](./sets/reals.md)
    - [Later]()

---

[Thanks](thanks.md)
-- src/README.md --
Words without a heading: $ \pair{a}{\R} $, [reals](sets/reals.html#x), [all](print.md).
-- src/sets.md --
# Sets
-- src/sets/reals.md --
# Reals

## X

[back](../sets.html) [start](../index.html)
-- src/thanks.md --
# Thanks
-- src/hidden.md --
# Not in the summary
-- src/print.md --
# Print
-- book/index.md --
# What mdBook wrote
"#;

#[test]
fn a_book_of_mdbook_builds_as_it_is() {
    let site = Site::new(MDBOOK);
    let outcome = site.run(&["build"]);
    assert_eq!(
        (outcome.code, outcome.stderr.as_str()),
        (0, "built ./site: 6 pages, 1 formula (1 distinct), 0 charts, in TIME\n")
    );
    let home = site.read("site/index.html");
    assert!(home.contains("<title>Preface"), "the summary gives the title of a page without one: {home}");
    assert_eq!(
        navigation(&home),
        "[index.html] Preface\nPart one\n  [sets/index.html] Sets\n    [sets/reals/index.html] Reals\n    Later\n\
         [thanks/index.html] Thanks"
    );
    assert_eq!(links(&home)[0].1, "sets/reals/index.html#x");
    let hrefs: Vec<String> =
        links(&site.read("site/sets/reals/index.html")).into_iter().map(|(_, href)| href).collect();
    assert_eq!(hrefs, ["../index.html", "../../index.html"]);
    assert!(site.path("site/hidden/index.html").exists(), "pages outside of the summary are built");
    assert!(!site.path("site/SUMMARY").exists(), "the summary is no page");
}

#[test]
fn a_navigation_that_names_no_file_is_an_error_at_its_place() {
    for (files, place, message) in [
        (
            "-- book.toml --\n[book]\n-- src/SUMMARY.md --\n- [A](a.md)\n- [B](chaptr.md)\n",
            "src/SUMMARY.md:2:3",
            "chaptr.md",
        ),
        (
            "-- mkdocs.yml --\nsite_name: x\ndocs_dir: src\nnav:\n  - a.md\n  - B: chaptr.md\n",
            "mkdocs.yml:5:8",
            "chaptr.md",
        ),
        ("-- site.toml --\nnav = [\"a.md\", \"chaptr.md\"]\n", "site.toml:1:16", "chaptr.md"),
    ] {
        let content = if files.contains("site.toml") { "content" } else { "src" };
        let site = Site::new(&format!("{files}-- {content}/a.md --\n# A\n-- {content}/chapter.md --\n# B\n"));
        let outcome = site.run(&["build"]);
        assert_eq!(outcome.code, 1);
        assert!(outcome.stderr.contains(&format!("the navigation names `{message}`")), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(place), "{place}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("did you mean `chapter.md`?"), "{}", outcome.stderr);
    }
}

#[test]
fn a_list_of_links_is_the_navigation_of_our_own_sites_too() {
    let site = Site::new(
        "-- site.toml --\ntitle = \"T\"\n-- content/navigation.md --\n# Pages\n\n- [Second](b.md)\n- [First](a.md)\n\
         -- content/a.md --\n# A\n-- content/b.md --\n# B\n-- content/index.md --\n# Home\n",
    );
    site.build();
    let home = site.read("site/index.html");
    assert_eq!(navigation(&home), "[b/index.html] Second\n[a/index.html] First");
    assert!(site.path("site/navigation/index.html").exists(), "it is a page as well");
    site.write("content/navigation.md", "# Navigation\n\nHow to find the [first](a.md).\n");
    site.build();
    let home = site.read("site/index.html");
    assert!(navigation(&home).starts_with("[a/index.html] A\n[b/index.html] B\n"), "{home}");
}

#[test]
fn sites_of_zola_hugo_and_jekyll_say_who_they_are() {
    for (files, content) in [
        (
            "-- config.toml --\nbase_url = \"https://e.org/p\"\ntitle = \"T\"\ndefault_language = \"ja\"\n[markdown]\nx = 1\n",
            "content/",
        ),
        (
            "-- hugo.toml --\nbaseURL = \"https://e.org/p/\"\ntitle = \"T\"\ndefaultContentLanguage = \"ja\"\n",
            "content/",
        ),
        ("-- _config.yml --\nurl: https://e.org\nbaseurl: /p\ntitle: T\nlang: ja\nplugins: [x]\n", ""),
    ] {
        let site = Site::new(&format!("{files}-- {content}index.md --\n# Home\n-- {content}_index.fr.md --\n# F\n"));
        let outcome = site.run(&["build"]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let home = site.read("site/index.html");
        assert!(home.contains("<html lang=\"ja\"") && home.contains("\"https://e.org/p/\""), "{files}: {home}");
    }
}

#[test]
fn what_is_not_understood_is_one_warning_of_a_kind() {
    let site = Site::new(
        "-- index.md --\n# A\n\n{{< figure src=\"a\" >}} {{< figure >}} [x]({{site.url}}/b)\n\n[out](../LICENSE)\n-- b.md --\n# B\n\n{{< tip >}}\n\n[[Home]]\n",
    );
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    insta::assert_snapshot!(outcome.stderr);
    let page = site.read("site/index.html");
    assert!(
        page.contains("{{&lt; figure src=&quot;a&quot; &gt;}}") || page.contains("{{&lt; figure src=\"a\" &gt;}}"),
        "{page}"
    );
}

#[test]
fn check_reports_what_a_site_brings() {
    let site = Site::new(&format!(
        "{MDBOOK}-- src/new.md --\n# New\n\n{{{{#title x}}}}\n\n```rust\nx\n```\n\n![i](i.png) $\\foo$ $x$\n"
    ));
    let outcome = site.run(&["check"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stdout);
    let json = site.run(&["check", "--format", "json"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((report["tool"].as_str(), report["pages"].as_u64()), (Some("mdBook"), Some(7)));
    assert_eq!((report["refused_formulas"].as_u64(), report["listings"]["rust"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn mistakes_do_not_keep_an_author_from_looking() {
    let site = Site::new("-- index.md --\n# A\n\n$\\foo$ [b](b.md)\n");
    assert_eq!(site.run(&["build"]).code, 1);
    assert!(!site.path("site").exists());
    let outcome = site.run(&["build", "--keep-going"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.ends_with("2 errors; the site was written with them\n"), "{}", outcome.stderr);
    assert!(site.read("site/index.html").contains("undefined control sequence"));
}

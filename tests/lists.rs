//! How a reader moves through a site: lists of articles, series, languages, drafts and dates.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic, reason = "a test")]

mod common;

use common::Site;

/// A site of two languages with sections, tags, authors and a series.
const NOTES: &str = r#"-- site.toml --
title = "Notes"
base_url = "https://example.org/docs"
repo = "https://example.org/me/notes/"
edit_url = "edit/main/{path}"
[lists]
per_page = 2
[languages.ja]
name = "日本語"
-- content/index.md --
# Home
-- content/index.ja.md --
# はじめに
-- content/notes/index.md --
# All notes

Everything.
-- content/notes/first.md --
+++
title = "First"
date = 2024-01-01
tags = ["C", "Deep  Learning"]
authors = ["Ada"]
series = "A course"
weight = 3
+++
One.
-- content/notes/second.md --
+++
title = "Second"
date = 2025-01-01
tags = ["C++", "deep learning"]
series = "A course"
weight = 2
+++
Two.
-- content/notes/a third.md --
+++
title = "Third & last"
tags = ["deep learning"]
series = "A course"
weight = 1
+++
Three.
-- content/notes/first.ja.md --
+++
title = "一番目"
tags = ["C", "深層学習"]
+++
一。
-- content/chosen/index.md --
# Chosen

Only [one](one.md).
-- content/chosen/one.md --
# One
"#;

/// The links in a part of a page, with what they say.
fn links(html: &str) -> Vec<(&str, &str)> {
    html.split("<a ")
        .skip(1)
        .map(|link| {
            let href = link.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
            let text = link.split_once('>').unwrap().1.split("</a>").next().unwrap();
            (href, text)
        })
        .collect()
}

/// What stands between two texts.
fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = html.split_once(from).unwrap_or_else(|| panic!("no `{from}` in {html}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no `{to}` after `{from}` in {html}")).0
}

#[test]
fn a_section_lists_its_articles_in_parts() {
    let site = Site::new(NOTES);
    site.build();
    let first = site.read("site/notes/index.html");
    assert_eq!(
        links(between(&first, "<ul class=\"articles\">", "</ul>")),
        [("second/index.html", "Second"), ("first/index.html", "First")],
        "the newest first"
    );
    assert_eq!(
        links(between(&first, "<nav class=\"parts\"", "</nav>")),
        [("index.html", "1"), ("page/2/index.html", "2"), ("page/2/index.html", "Next")]
    );
    let second = site.read("site/notes/page/2/index.html");
    assert_eq!(
        links(between(&second, "<ul class=\"articles\">", "</ul>")),
        [("../../a%20third/index.html", "Third &amp; last")]
    );
    assert!(second.contains("<h1>All notes, page 2</h1>"), "{second}");
    assert_eq!(
        links(between(&second, "<nav class=\"breadcrumbs\"", "</nav>")),
        [("../../../index.html", "Home"), ("../../index.html", "All notes")]
    );
    let navigation = between(&second, "<nav class=\"navigation\"", "</nav>");
    assert!(navigation.contains("<details open>"), "the section is open: {navigation}");
}

#[test]
fn a_section_that_names_its_articles_is_left_alone() {
    let site = Site::new(NOTES);
    site.build();
    assert!(!site.read("site/chosen/index.html").contains("class=\"articles\""));
    assert!(!site.read("site/index.html").contains("class=\"articles\""));
    let chosen = site.read("content/chosen/index.md");
    site.write("content/chosen/index.md", format!("+++\nlist = true\n+++\n{chosen}"));
    site.write("content/notes/index.md", "+++\nlist = false\n+++\n# All notes\n");
    site.build();
    assert!(site.read("site/chosen/index.html").contains("class=\"articles\""));
    assert!(!site.read("site/notes/index.html").contains("class=\"articles\""));
    assert!(!site.path("site/notes/page/2/index.html").exists());
}

#[test]
fn articles_are_found_by_tag_and_author() {
    let site = Site::new(NOTES);
    site.build();
    let article = site.read("site/notes/first/index.html");
    assert_eq!(
        links(between(&article, "<dl class=\"facts\">", "</dl>")),
        [
            ("../../authors/ada/index.html", "Ada"),
            ("../../tags/c/index.html", "C"),
            ("../../tags/deep-learning/index.html", "Deep  Learning"),
        ]
    );
    let all = site.read("site/tags/index.html");
    assert_eq!(
        links(between(&all, "<ul class=\"terms\">", "</ul>")),
        [("c/index.html", "C"), ("c-1/index.html", "C++"), ("deep-learning/index.html", "deep learning")],
        "one slug for two terms, one term in two spellings"
    );
    let list = site.read("site/tags/deep-learning/index.html");
    assert!(list.contains("<h1>Tagged “deep learning”</h1>"), "{list}");
    assert!(list.contains("<link rel=\"canonical\" href=\"https://example.org/docs/tags/deep-learning/\">"), "{list}");
    assert_eq!(
        links(between(&list, "<ul class=\"articles\">", "</ul>")),
        [("../../notes/second/index.html", "Second"), ("../../notes/first/index.html", "First")]
    );
    assert!(site.path("site/tags/deep-learning/page/2/index.html").exists());
    assert!(site.read("site/sitemap.xml").contains("<loc>https://example.org/docs/tags/c-1/</loc>"));
    let japanese = site.read("site/ja/tags/index.html");
    assert_eq!(
        links(between(&japanese, "<ul class=\"terms\">", "</ul>")),
        [("c/index.html", "C"), ("深層学習/index.html", "深層学習")]
    );
    // A list in another language is the same list; where there is none, the switch leads to the front page.
    let switch = |page: &str| {
        let html = site.read(page);
        links(between(&html, "<nav class=\"languages\"", "</nav>")).iter().map(|(href, _)| (*href).to_owned()).collect()
    };
    let found: [Vec<String>; 2] = [switch("site/ja/tags/c/index.html"), switch("site/tags/c-1/index.html")];
    assert_eq!(found[0], ["../../../tags/c/index.html", "index.html"]);
    assert_eq!(found[1], ["index.html", "../../ja/index.html"]);
    assert!(site.read("site/tags/c/index.html").contains("hreflang=\"x-default\""));
}

#[test]
fn an_article_knows_its_place_in_a_series() {
    let site = Site::new(NOTES);
    site.build();
    let article = site.read("site/notes/second/index.html");
    let series = between(&article, "<nav class=\"series\"", "</nav>");
    assert!(series.contains("Series: A course <small>part 2 of 3</small>"), "{series}");
    assert!(series.contains("<span aria-current=\"page\">Second</span>"), "{series}");
    assert_eq!(
        links(series),
        [("../first/index.html", "First"), ("../a%20third/index.html", "Third &amp; last")],
        "the oldest first, those without a date last"
    );
    assert!(site.path("site/series/a-course/index.html").exists());
}

#[test]
fn a_language_without_the_article_is_entered_at_its_front_page() {
    let site = Site::new(NOTES);
    site.build();
    let page = site.read("site/notes/second/index.html");
    assert_eq!(
        links(between(&page, "<nav class=\"languages\"", "</nav>")),
        [("index.html", "English"), ("../../ja/index.html", "日本語")]
    );
    assert!(!page.contains("rel=\"alternate\" hreflang"), "{page}");
    let page = site.read("site/notes/first/index.html");
    assert_eq!(
        links(between(&page, "<nav class=\"languages\"", "</nav>")),
        [("index.html", "English"), ("../../ja/notes/first/index.html", "日本語")]
    );
}

#[test]
fn a_third_language_needs_one_file() {
    let site = Site::new(&format!(
        "{NOTES}-- content/index.de.md --\n# Start\n-- content/notes/first.de.md --\n+++\ntitle = \"Erstes\"\ntags = [\"C\"]\n+++\n\
         -- templates/words/de.toml --\nlanguage_name = \"Deutsch\"\nall_tags = \"Schlagwörter\"\n\
         -- templates/words/en.toml --\nedit_page = \"Improve this page\"\n"
    ));
    site.build();
    let page = site.read("site/de/notes/first/index.html");
    assert!(page.contains("<html lang=\"de\""));
    assert!(page.contains("hreflang=\"de\" aria-current=\"true\">Deutsch</a>"), "{page}");
    assert!(page.contains(">Improve this page</a>"), "what it lacks is English, the site's own English: {page}");
    assert!(site.read("site/de/tags/index.html").contains("<h1>Schlagwörter</h1>"));
    assert!(site.read("site/ja/notes/first/index.html").contains(">このページを編集</a>"));
}

#[test]
fn a_page_leads_to_its_source() {
    let site = Site::new(NOTES);
    site.build();
    let page = site.read("site/notes/a third/index.html");
    assert!(page.contains("<a href=\"https://example.org/me/notes/edit/main/content/notes/a%20third.md\">"), "{page}");
    assert!(page.contains("<a href=\"https://example.org/me/notes/\">Source code</a>"), "{page}");
    assert!(!site.read("site/tags/index.html").contains("edit/main"), "nobody wrote this page");
    for (config, message) in [
        ("edit_url = \"https://example.org/edit\"", "error[config]: `edit_url` has no `{path}`"),
        ("edit_url = \"edit/{path}\"", "error[config]: `edit_url` is no address, and there is no `repo`"),
        ("repo = \"me/notes\"", "error[config]: `me/notes` cannot be the address of a repository"),
        ("[lists]\nper_page = 0", "error[config]: `per_page` must be a number of articles, 1 or more"),
    ] {
        site.write("site.toml", config);
        let outcome = site.run(&["check"]);
        assert!(outcome.code == 1 && outcome.stderr.starts_with(message), "{}", outcome.stderr);
    }
}

#[test]
fn an_own_page_wins_over_a_list_and_lists_can_be_turned_off() {
    let site = Site::new(&format!("{NOTES}-- content/tags/index.md --\n# My tags\n"));
    site.build();
    assert!(site.read("site/tags/index.html").contains(">My tags</h1>"));
    assert!(site.path("site/tags/c/index.html").exists());
    let config = site.read("site.toml");
    site.write("site.toml", config.replace("per_page = 2", "per_page = 2\ntags = false\nseries = false"));
    site.build();
    assert!(!site.path("site/tags/c/index.html").exists() && site.path("site/authors/ada/index.html").exists());
    let page = site.read("site/notes/first/index.html");
    assert!(page.contains("<dd>C</dd>") && !page.contains("class=\"series\""), "{page}");
}

#[test]
fn the_future_has_to_wait() {
    let site = Site::new("-- content/index.md --\n# A\n-- content/later.md --\n+++\ndate = 9998-12-31\n+++\n# Later\n");
    let outcome = site.build();
    assert_eq!(
        outcome.stderr,
        "warning[date]: left out until 9998-12-31, which is in the future
 --> content/later.md:2:8
  |
2 | date = 9998-12-31
  |        ^^^^^^^^^^
  |
  = help: `--future` builds it now; a site that is built each day publishes it then

built ./site: 1 page, 0 formulas (0 distinct), 0 charts, in TIME
"
    );
    assert!(!site.path("site/later/index.html").exists());
    assert_eq!(site.run(&["build", "--future", "--strict"]).code, 0);
    assert!(site.path("site/later/index.html").exists());
}

#[test]
fn a_draft_says_so() {
    let site = Site::new("-- content/index.md --\n# A\n-- content/draft.md --\n+++\ndraft = true\n+++\n# Draft\n");
    site.build();
    assert!(!site.path("site/draft/index.html").exists());
    assert_eq!(site.run(&["build", "--drafts"]).code, 0);
    assert!(site.read("site/draft/index.html").contains("<div class=\"draft\">"));
}

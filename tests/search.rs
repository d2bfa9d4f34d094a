//! Search: what is in the index, that it is the same every time, and that a reader finds, by keyboard alone.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::panic, clippy::print_stderr, reason = "a test")]
#![cfg(feature = "search")]

mod common;
#[path = "common/browser.rs"]
mod driver;

use std::time::Duration;

use common::Site;
use driver::{Browser, WINDOW, browser, complaints, own_site, run, serve};
use piecewise::search::FOLDER;
use serde_json::{Value, json};

/// Two languages, and all the ways not to be found.
const NOTES: &str = r#"-- site.toml --
title = "Notes"
base_url = "https://example.org/"
-- content/index.md --
# Notes

Welcome.
-- content/index.ja.md --
# ノート

活性化関数の微分。
-- content/hidden.md --
+++
search = false
aliases = ["/old/"]
+++
# Hidden
-- content/draft.md --
+++
draft = true
+++
# Draft
"#;

fn entry(site: &Site) -> Value {
    serde_json::from_str(&site.read(&format!("site/{FOLDER}pagefind-entry.json"))).unwrap()
}

#[test]
fn pages_that_do_not_want_to_be_found_are_not() {
    let site = Site::new(NOTES);
    site.build();
    let count = |language: &str| entry(&site)["languages"][language]["page_count"].as_u64();
    assert_eq!((count("en"), count("ja")), (Some(1), Some(1)), "no hidden page, no draft, no redirect, no 404");
    assert_eq!(site.run(&["build", "--drafts"]).code, 0);
    assert_eq!(count("en"), Some(2), "the draft is there when drafts are asked for");
}

#[test]
fn a_site_can_do_without_a_search() {
    let site = Site::new(NOTES);
    site.write("site.toml", "title = \"Notes\"\n[search]\nenabled = false\n");
    site.build();
    assert!(!site.path("site/search").exists(), "no index");
    assert!(!site.read("site/index.html").contains("search"), "no word of it on the page");
    let names: Vec<String> = site.files("site").into_keys().filter(|name| name.contains("search")).collect();
    assert_eq!(names, Vec::<String>::new());
    site.write("site.toml", "[search]\nenable = false\n");
    let outcome = site.run(&["build"]);
    assert!(outcome.code == 1 && outcome.stderr.contains("did you mean `enabled`?"), "{}", outcome.stderr);
}

#[test]
fn the_index_is_the_same_with_any_number_of_threads() {
    let site = Site::new("");
    let root = ["build", "--root", env!("CARGO_MANIFEST_DIR"), "--out"];
    for (folder, threads) in [("one", "1"), ("two", "2"), ("again", "2")] {
        let outcome = site.run(&[&root[..], &[folder, "--threads", threads]].concat());
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    }
    let index = |folder: &str| site.files(&format!("{folder}/{FOLDER}"));
    let one = index("one");
    assert!(one.len() > 40, "{:?}", one.keys());
    assert!(one == index("two"), "one thread and two");
    assert!(one == index("again"), "once and again");
}

/// Presses keys wherever the focus is. `\u{E007}` is Enter, `\u{E015}` Down,
/// `\u{E013}` Up, `\u{E00C}` Escape.
async fn press(browser: &Browser, keys: &str) {
    let body = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys.chars().flat_map(|key| [
        json!({ "type": "keyDown", "value": key.to_string() }),
        json!({ "type": "keyUp", "value": key.to_string() }),
    ]).collect::<Vec<_>>() }] });
    browser.client.issue_cmd(Actions(body.to_string())).await.unwrap();
}

#[derive(Debug)]
struct Actions(String);

impl fantoccini::wd::WebDriverCompatibleCommand for Actions {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/actions", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.clone()))
    }
}

async fn script(browser: &Browser, code: &str) -> Value {
    browser.client.execute(code, Vec::new()).await.unwrap()
}

/// Asks the page until it says something true.
async fn wait(browser: &Browser, code: &str, arguments: &[Value], what: &str) -> Value {
    for _ in 0..300 {
        let value = browser.client.execute(code, arguments.to_vec()).await.unwrap();
        if value != json!(false) && !value.is_null() {
            return value;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let page = script(browser, "return document.querySelector('dialog.search')?.innerText").await;
    panic!("{what} did not happen; the dialog says {page}");
}

/// What the dialog shows, once it answers to the query in `arguments[0]`.
const FOUND: &str = r"
const dialog = document.querySelector('dialog.search'), list = dialog.querySelector('ol');
if (list.dataset.query !== arguments[0] || list.querySelector('[data-formula]')) return false;
const texts = selector => [...list.querySelectorAll(selector)].map(element => element.textContent.trim());
// The guide shows TeX as code.
const articles = [...list.children].filter(item => !item.querySelector('a')?.href.includes('/guide/'));
const formulas = [...list.querySelectorAll('.katex-html')];
return {
  status: dialog.querySelector('[role=status]').textContent, text: articles.map(item => item.textContent).join(' '), marks: texts('mark'),
  titles: texts(':scope > li > a > .search-title'), parts: [...list.querySelectorAll('ul a')].map(link => link.href),
  formulas: formulas.length, flat: formulas.filter(formula => formula.getBoundingClientRect().width < 1).length,
};
";

/// Opens the search by its key if need be, types, and gives what is found.
async fn search(browser: &Browser, query: &str) -> Value {
    const IS_OPEN: &str = "return document.querySelector('dialog.search').open";
    if script(browser, IS_OPEN).await != json!(true) {
        press(browser, "/").await;
        wait(browser, IS_OPEN, &[], "opening").await;
    }
    script(browser, "const i = document.querySelector('dialog.search input'); i.focus(); i.select()").await;
    press(browser, query).await;
    wait(browser, FOUND, &[json!(query)], query).await
}

fn list<'a>(found: &'a Value, key: &str) -> Vec<&'a str> {
    found[key].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

#[test]
fn a_reader_finds_words_and_formulas_by_keyboard() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = own_site();
        for below in ["/", "/sub/path/"] {
            let address = serve(site.path("site"), below);
            browser.visit(&format!("{address}articles/relu/index.html")).await.unwrap();
            let loaded = "return performance.getEntriesByType('resource').some(e => /search|pagefind/.test(e.name))";
            assert_eq!(
                script(&browser, loaded).await,
                json!(false),
                "nothing of the search is loaded before it is asked for"
            );

            // A formula as its plain text, typed in two ways, and in TeX. `/` is the first key that the page sees.
            for query in ["max(0,x)", "max(0, x)", "\\max(0,x)"] {
                let found = search(&browser, query).await;
                assert!(list(&found, "titles").contains(&"ReLU"), "{query}: {found}");
                assert!(
                    found["formulas"].as_u64().unwrap() > 0 && found["flat"] == 0,
                    "{query}: formulas are set: {found}"
                );
                let text = found["text"].as_str().unwrap();
                assert!(!text.contains("\\max") && !text.contains('\u{A400}'), "{query}: no source: {text}");
            }
            let found = search(&browser, "\\frac").await;
            assert!(found["formulas"].as_u64().unwrap() > 0 && !list(&found, "marks").is_empty(), "{found}");
            let nothing = search(&browser, "\\qzqz").await;
            assert_eq!(list(&nothing, "titles"), Vec::<&str>::new(), "{nothing}");

            // A word, and from there to a part of a page.
            let found = search(&browser, "gradients").await;
            let marks = list(&found, "marks");
            assert!(
                !marks.is_empty() && marks.iter().all(|mark| mark.to_lowercase().contains("gradient")),
                "{marks:?}"
            );
            let parts = list(&found, "parts");
            assert!(parts.iter().all(|part| part.starts_with(&address) && part.contains('#')), "{parts:?}");
            press(&browser, "\u{E015}\u{E015}").await;
            let focused = script(&browser, "return document.activeElement.href").await;
            assert_eq!(focused, json!(parts[0]), "the arrow keys move through the results");
            press(&browser, "\u{E007}").await;
            let arrived = "return location.href === arguments[0] && !document.querySelector('dialog.search').open";
            wait(&browser, arrived, &[focused], "following a result").await;
            let target = "return document.getElementById(decodeURIComponent(location.hash.slice(1)))?.tagName";
            let target = script(&browser, target).await;
            assert!(
                target.as_str().is_some_and(|name| name.starts_with('H')),
                "a part begins with a heading: {target}"
            );

            // Escape closes, and the search can be opened again from the page that it led to.
            search(&browser, "sigmoid").await;
            press(&browser, "\u{E00C}").await;
            wait(&browser, "return !document.querySelector('dialog.search').open", &[], "closing").await;

            browser.visit(&format!("{address}ja/articles/relu/index.html")).await.unwrap();
            for query in ["微分", "活性化関数", "max(0,x)"] {
                let found = search(&browser, query).await;
                assert!(list(&found, "titles").contains(&"ReLU関数"), "{query}: {found}");
                assert!(!list(&found, "marks").is_empty(), "{query}: {found}");
            }
            assert_eq!(complaints(&browser).await, Vec::<String>::new());
        }
    });
}

/// Formulas that hold each other, twice the same one in two sizes, and one that has two spellings.
const FORMULAS: &str = r"-- content/index.md --
# Home
-- content/heat.md --
# Heat

The slope is $\frac{\partial f}{\partial x}$, set apart

$$\frac{\partial f}{\partial x} = \sqrt{n + 1}$$
-- content/waves.md --
# Waves

Here $\sqrt{n + 1} + \sqrt{m}$ moves.
-- content/sums.md --
# Sums

A sum $\sum_{k=1}^n k$ moves as well.
";

#[test]
fn any_part_of_a_formula_finds_its_pages_the_nearest_first() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = Site::new(FORMULAS);
        site.build();
        browser.visit(&format!("{}index.html", serve(site.path("site"), "/"))).await.unwrap();
        for (query, titles, marks) in [
            ("∂f/∂x", &["Heat"][..], 2),
            ("\\frac{\\partial f}{\\partial x}", &["Heat"], 2),
            ("partial", &["Heat"], 2),
            ("√(n+1)", &["Waves", "Heat"], 2),
            ("n + 1", &["Waves", "Heat"], 2),
            ("√(n+1) moves", &["Waves", "Sums"], 3),
            ("\\sum_{k=1}^n k", &["Sums"], 3),
            ("√(n+1) ∑", &[], 0),
            ("√(n+2)", &[], 0),
        ] {
            let found = search(&browser, query).await;
            assert_eq!(list(&found, "titles"), titles, "{query}: {found}");
            assert_eq!(list(&found, "marks").len(), marks, "{query}: {found}");
            assert!(marks == 0 || found["formulas"].as_u64() > Some(0), "{query}: set: {found}");
        }
        assert_eq!(complaints(&browser).await, Vec::<String>::new());
    });
}

#[test]
fn the_search_is_hidden_where_it_cannot_work() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = own_site();
        let visible = "const b = document.querySelector('.search-open').getBoundingClientRect(); return b.width > 0";
        let file = format!("file://{}", site.path("site/articles/relu/index.html").display());
        browser.visit(&file).await.unwrap();
        assert_eq!(script(&browser, visible).await, json!(false), "opened from disk");
        press(&browser, "/").await;
        assert_eq!(script(&browser, "return document.querySelector('dialog.search').open").await, json!(false));
        browser.visit(&format!("{}index.html", serve(site.path("site"), "/"))).await.unwrap();
        assert_eq!(script(&browser, visible).await, json!(true), "from a server");
    });
}

#[test]
fn the_script_folds_formulas_as_the_index_does() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = own_site();
        let address = serve(site.path("site"), "/");
        browser.visit(&format!("{address}index.html")).await.unwrap();
        let table: Vec<Vec<&str>> =
            include_str!("search/keys.txt").lines().map(|line| line.split('\t').collect()).collect();
        let code = "const [table, done] = arguments; const script = document.querySelector('dialog.search').dataset.script; \
            import(new URL(script, location).href).then(m => done(table.filter(([typed, folded]) => m.fold(typed) !== folded).map(([typed]) => [typed, m.fold(typed)])))";
        let wrong = browser.client.execute_async(code, vec![json!(table)]).await.unwrap();
        assert_eq!(wrong, json!([]));
    });
}

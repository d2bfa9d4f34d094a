//! A reader without scripts walks through the site: every internal link of every page leads to a page that is there,
//! and every fragment to a part of it, at the root of a server, below a path and from the disk.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;
#[path = "common/browser.rs"]
mod driver;

use std::collections::{BTreeMap, BTreeSet};

use driver::{Browser, WINDOW, Window, browser, own_site, run, serve};
use serde_json::{Value, json};

/// What a page leads to and loads, as whole addresses, and whether its scripts ran.
const LINKS: &str = r"
const all = (selector, name) => [...document.querySelectorAll(selector)].map(element => element[name]);
return {
  type: document.contentType,
  // 0 from the disk.
  status: performance.getEntriesByType('navigation')[0].responseStatus,
  styles: [...document.styleSheets].filter(sheet => sheet.href).length,
  wanted: document.querySelectorAll('link[rel=stylesheet]').length,
  broken: [...document.images].filter(image => image.loading !== 'lazy' && !image.naturalWidth).map(image => image.src),
  // What needs a script is not there without one.
  useless: [...document.querySelectorAll('.theme')].filter(element => getComputedStyle(element).display !== 'none').length,
  links: [...all('a[href], area[href]', 'href'), ...all('link[rel=alternate][href], link[rel=icon][href]', 'href')],
};
";

/// Those of some parts that a page does not have.
const MISSING: &str = "return arguments[0].filter(part => !document.getElementById(decodeURIComponent(part)))";

/// Whether the browser has found the part that the address asks for.
const ARRIVED: &str = "return document.querySelector(':target') !== null";

/// Follows every link from the front page on; gives the number of links followed and what is wrong.
async fn walk(browser: &Browser, root: &str) -> (usize, Vec<String>) {
    let mut wrong = Vec::new();
    let mut waiting = vec![format!("{root}index.html")];
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    // Fragments by page, each with the page that names it.
    let mut parts: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut followed = 0;
    while let Some(url) = waiting.pop() {
        followed += 1;
        if let Err(error) = browser.visit(&url).await {
            wrong.push(format!("{url}: {error}"));
            continue;
        }
        let page = browser.client.execute(LINKS, Vec::new()).await.unwrap();
        if page["status"] != 0 && page["status"] != 200 {
            wrong.push(format!("{url} is not there: {}", page["status"]));
        }
        if page["type"] != "text/html" {
            continue;
        }
        let title = browser.client.title().await.unwrap();
        let links = page["links"].as_array().unwrap();
        if links.is_empty() || title.is_empty() {
            wrong.push(format!("{url} is not a page"));
        }
        if page["useless"] != 0 {
            wrong.push(format!("{url} shows what does nothing"));
        }
        if page["styles"] != page["wanted"] || page["broken"] != Value::Array(Vec::new()) {
            wrong.push(format!("{url} lacks a style sheet or an image: {page}"));
        }
        for link in links.iter().filter_map(Value::as_str).filter(|link| link.starts_with(root)) {
            let (target, part) = link.split_once('#').unwrap_or((link, ""));
            if !part.is_empty() {
                let parts = parts.entry(target.to_owned()).or_default();
                parts.entry(part.to_owned()).or_insert_with(|| url.clone());
            }
            if seen.insert(target.to_owned()) {
                waiting.push(target.to_owned());
            }
        }
    }
    for (page, parts) in parts {
        // One is followed, the others are looked up where it leads.
        let first = parts.keys().next().unwrap();
        browser.visit(&format!("{page}#{first}")).await.unwrap();
        followed += parts.len();
        let names: Vec<&String> = parts.keys().collect();
        let missing = browser.client.execute(MISSING, vec![json!(names)]).await.unwrap();
        for part in missing.as_array().unwrap() {
            let from = &parts[part.as_str().unwrap()];
            wrong.push(format!("{from} leads to {page}#{part}, which is no part of that page"));
        }
        if missing == json!([]) && browser.client.execute(ARRIVED, Vec::new()).await.unwrap() == false {
            wrong.push(format!("{page}#{first} is not where the browser stands"));
        }
    }
    (followed, wrong)
}

#[test]
fn every_internal_link_leads_somewhere_without_scripts() {
    run(async {
        let Some(browser) = browser(Window { scripts: false, ..WINDOW }).await else { return };
        let site = own_site();
        let roots = [
            serve(site.path("site"), "/"),
            serve(site.path("site"), "/sub/path/"),
            format!("file://{}/", site.path("site").display()),
        ];
        let pages = site.files("site").into_keys().filter(|name| name.ends_with("index.html")).count();
        for root in roots {
            let (followed, wrong) = walk(&browser, &root).await;
            println!("{root}: {followed} addresses");
            assert_eq!(wrong, Vec::<String>::new());
            assert!(followed > pages, "only {followed} addresses for {pages} pages");
        }
    });
}

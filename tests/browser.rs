//! The built site in Chromium: everything is laid out, nothing comes from elsewhere, nothing complains.
//!
//! Runs where there is a browser: `tests/common/browser.rs`.
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

use common::Site;
use driver::{Browser, WINDOW, Window, browser, complaints, own_site, run, serve};
use serde_json::{Value, json};

/// What the page says about itself once its fonts are there. `Range` sees the glyphs even where a box has no size.
const SURVEY: &str = r#"
const done = arguments[0];
document.fonts.ready.then(() => {
  const box = element => { const r = element.getBoundingClientRect(); return [r.width, r.height]; };
  const flat = element => { const [w, h] = box(element); return w < 1 || h < 1; };
  const formulas = [...document.querySelectorAll('.katex-html')];
  const charts = [...document.querySelectorAll('svg.chart')];
  const faces = [...document.fonts];
  done({
    title: document.title,
    formulas: formulas.length,
    charts: charts.length,
    curves: document.querySelectorAll('svg.chart .chart-curve').length,
    errors: document.querySelectorAll('.formula-error').length,
    flat: [...formulas, ...charts].filter(e => e.checkVisibility() && !e.closest('[hidden]') && getComputedStyle(e).display !== 'none').filter(flat).map(e => e.outerHTML.slice(0, 120)),
    fonts: [...new Set(faces.filter(f => f.status === 'loaded').map(f => f.family.replaceAll('"', '')))],
    broken: faces.filter(f => f.status === 'error').map(f => f.family),
    requests: performance.getEntriesByType('resource').map(e => [e.name, e.decodedBodySize]),
    own: performance.getEntriesByType('navigation')[0].decodedBodySize,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  });
});
"#;

async fn survey(browser: &Browser, url: &str) -> Value {
    browser.visit(url).await.unwrap();
    browser.client.execute_async(SURVEY, Vec::new()).await.unwrap()
}

#[test]
fn every_page_is_laid_out_below_a_sub_path() {
    run(async {
        for (dark, width) in [(false, 1280), (true, 500)] {
            let Some(browser) = browser(Window { width, dark, ..WINDOW }).await else { return };
            let site = own_site();
            let address = serve(site.path("site"), "/below/this/path/");
            for page in site.files("site").keys().filter(|name| name.ends_with("index.html")) {
                let found = survey(&browser, &format!("{address}{page}")).await;
                assert_eq!(found["flat"], json!([]), "{page}: formulas or charts without size");
                assert_eq!(found["broken"], json!([]), "{page}: fonts that could not be read");
                assert_eq!(found["errors"], 0, "{page}: formulas with mistakes");
                assert!(found["overflow"].as_i64().unwrap() <= 0, "{page}: wider than its window of {width} px");
                for request in found["requests"].as_array().unwrap() {
                    let url = request[0].as_str().unwrap();
                    assert!(url.starts_with(&address), "{page} asks another host: {url}");
                }
                assert_eq!(complaints(&browser).await, Vec::<String>::new(), "{page}");
            }
        }
    });
}

#[test]
fn the_relu_page_has_everything_and_stays_light() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = own_site();
        let address = serve(site.path("site"), "/below/this/path/");
        for page in ["articles/relu/index.html", "ja/articles/relu/index.html"] {
            let found = survey(&browser, &format!("{address}{page}")).await;
            assert!(found["formulas"].as_u64().unwrap() >= 10, "{page}: {found}");
            assert!(found["charts"].as_u64().unwrap() >= 2, "{page}: {found}");
            let fonts: Vec<&str> = found["fonts"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(fonts.contains(&"KaTeX_Main") && fonts.contains(&"KaTeX_Math"), "{page}: {fonts:?}");
            let requests = found["requests"].as_array().unwrap();
            let bytes = requests.iter().map(|request| request[1].as_u64().unwrap()).sum::<u64>()
                + found["own"].as_u64().unwrap();
            println!("{page}: {bytes} bytes in {} requests", requests.len() + 1);
            assert!(bytes <= 100_000, "{page} loads {bytes} bytes: {requests:?}");
        }
    });
}

/// Scripts come when the reader touches the page; gives the result of another script once they have.
async fn after_touch(browser: &Browser, script: &str) -> Value {
    let touch = "const done = arguments[0]; dispatchEvent(new Event('pointermove'));
        const wait = () => document.querySelector('head > script[src]') ? setTimeout(done, 300) : setTimeout(wait, 20);
        wait();";
    browser.client.execute_async(touch, Vec::new()).await.unwrap();
    browser.client.execute(script, Vec::new()).await.unwrap()
}

/// Which colours a page has, and what the switch says.
const COLOURS: &str = "return [
    document.documentElement.dataset.theme ?? '',
    getComputedStyle(document.body).backgroundColor,
    document.querySelector('.theme select').value,
]";

#[test]
fn colours_are_chosen_and_kept() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = own_site();
        let address = serve(site.path("site"), "/");
        browser.visit(&format!("{address}index.html")).await.unwrap();
        let light = after_touch(&browser, COLOURS).await;
        assert_eq!((&light[0], &light[2]), (&json!(""), &json!("")), "as the system has it");
        let choose = |value: &str| {
            format!(
                "const select = document.querySelector('.theme select'); select.value = '{value}';
                select.dispatchEvent(new Event('change', {{ bubbles: true }})); {COLOURS}"
            )
        };
        let dark = browser.client.execute(&choose("dark"), Vec::new()).await.unwrap();
        assert_eq!(dark[0], "dark");
        assert_ne!(dark[1], light[1]);
        // Another page is dark before any script file has come.
        browser.visit(&format!("{address}guide/index.html")).await.unwrap();
        let before = browser.client.execute(COLOURS, Vec::new()).await.unwrap();
        assert_eq!((&before[0], &before[1]), (&dark[0], &dark[1]));
        assert_eq!(after_touch(&browser, COLOURS).await, dark, "and the switch says so");
        let system = browser.client.execute(&choose(""), Vec::new()).await.unwrap();
        assert_eq!(system, light);
    });
}

#[test]
fn the_section_being_read_is_marked() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = own_site();
        let address = serve(site.path("site"), "/");
        browser.visit(&format!("{address}articles/relu/index.html#derivative")).await.unwrap();
        let marked = "return [...document.querySelectorAll('.contents [aria-current]')].map(link => link.hash)";
        assert_eq!(after_touch(&browser, marked).await, json!(["#derivative"]));
        let current =
            "const link = document.querySelector('.navigation [aria-current]'), box = link.getBoundingClientRect();
            return [link.pathname, box.top >= 0 && box.bottom <= innerHeight]";
        let current = browser.client.execute(current, Vec::new()).await.unwrap();
        assert_eq!(current, json!(["/articles/relu/index.html", true]), "the current page is in view");
    });
}

/// Waits until a script gives something that is neither null nor false.
async fn until(client: &fantoccini::Client, what: &str, script: &str) -> Value {
    let start = std::time::Instant::now();
    loop {
        // A page that is being loaded again answers nothing.
        let found = client.execute(script, vec![]).await.unwrap_or_default();
        if !found.is_null() && found != json!(false) {
            return found;
        }
        assert!(start.elapsed() < common::server::DEADLINE, "{what}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[test]
fn serve_keeps_the_place_and_shows_mistakes_over_the_page() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let client = &browser.client;
        let text = |last: &str| format!("# Long\n\n{}\n\n{last}\n", "A paragraph with $x^2$.\n\n".repeat(300));
        let site = Site::new("-- site.toml --\ntitle = \"T\"\n");
        site.write("content/index.md", text("first version"));
        let server = common::server::Server::start(&site, &["--port", "0"]);
        server.expect_body("/", "first version");
        client.goto(&format!("http://127.0.0.1:{}/", server.port)).await.unwrap();
        client.execute("scrollTo({ top: 4000, behavior: 'instant' }); window.same = true;", vec![]).await.unwrap();

        site.write("content/index.md", text("second version"));
        let place = "return document.body.innerText.includes('second version') && !window.same && document.readyState === \
                 'complete' && Math.abs(scrollY - 4000) < 2";
        until(client, "the page is loaded again, at the same place", place).await;

        client.execute("window.same = true;", vec![]).await.unwrap();
        site.write("content/index.md", text("third version, $\\frac{1}{2$"));
        let panel = "document.querySelector('piecewise-mistakes')";
        let shown = format!("return {panel} && {panel}.shadowRoot.querySelector('pre').innerText");
        let mistakes = until(client, "the mistake is shown", &shown).await;
        let mistakes = mistakes.as_str().unwrap();
        assert!(mistakes.contains("error[math]") && mistakes.contains("content/index.md:605"), "{mistakes}");
        let below =
            "return window.same && document.body.innerText.includes('second version') && Math.abs(scrollY - 4000) < 2";
        until(client, "the last good page stays below it", below).await;

        site.write("content/index.md", text("fourth version"));
        let mended = format!("return document.body.innerText.includes('fourth version') && !{panel}");
        until(client, "the mistake is mended", &mended).await;
    });
}

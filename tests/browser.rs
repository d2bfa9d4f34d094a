//! The built site in Chromium: everything is laid out, nothing comes from elsewhere, nothing complains.
//!
//! Runs where Debian's `chromium` and `chromium-driver` are installed, says so where they are not, and fails there when
//! `CI` is set.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use common::Site;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};

/// A browser that ends with the test.
struct Browser {
    client: Client,
    _driver: Driver,
}

/// ChromeDriver; it takes its browsers with it.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).flat_map(|folder| programs.iter().map(move |p| folder.join(p))).find(|p| p.is_file())
}

/// Starts ChromeDriver; `None` if it ends without saying its port, as it does when another took the port it had found.
fn start(driver: &Path) -> Option<(Driver, String)> {
    let mut driver = Driver(Command::new(driver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(driver.0.stdout.take()?).lines();
    let port = lines.find_map(|line| {
        let port = line.ok()?.split("successfully on port ").nth(1)?.trim_end_matches('.').trim().to_owned();
        Some(port)
    })?;
    std::thread::spawn(move || for _ in lines {});
    Some((driver, port))
}

/// Starts ChromeDriver on a port of its own choice and opens a session; `None` where there is no Chromium.
async fn browser(dark: bool, width: u32) -> Option<Browser> {
    let (Some(driver), Some(chromium)) = (find(&["chromedriver"]), find(&["chromium", "chromium-browser"])) else {
        assert!(std::env::var_os("CI").is_none(), "CI is set, but Chromium or its driver is not installed");
        eprintln!("skipped: `chromium` and `chromedriver` are not installed");
        return None;
    };
    let (driver, port) = (0..5).find_map(|_| start(&driver)).expect("ChromeDriver starts and says its port");
    let mut arguments = vec![
        "--headless".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--no-first-run".to_owned(),
        "--allow-file-access-from-files".to_owned(),
        format!("--window-size={width},1000"),
    ];
    if dark {
        arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let mut capabilities = serde_json::Map::new();
    capabilities.insert("goog:chromeOptions".to_owned(), json!({ "binary": chromium, "args": arguments }));
    capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
    let client = ClientBuilder::new(hyper_connector())
        .capabilities(capabilities)
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .unwrap();
    Some(Browser { client, _driver: driver })
}

fn hyper_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

/// ChromeDriver's log of the page's console.
#[derive(Debug)]
struct ConsoleLog;

impl fantoccini::wd::WebDriverCompatibleCommand for ConsoleLog {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

/// Serves a folder below `/below/this/path/` until the test ends; returns the address of the folder.
fn serve(folder: PathBuf) -> String {
    let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
    let address = format!("http://{}/below/this/path/", server.server_addr());
    std::thread::spawn(move || {
        for request in server.incoming_requests() {
            let url = request.url().split(['?', '#']).next().unwrap_or("/").to_owned();
            let file = url.strip_prefix("/below/this/path/").map(|path| folder.join(path));
            let bytes = file.as_deref().and_then(|file| std::fs::read(file).ok());
            let status = if bytes.is_some() { 200 } else { 404 };
            let kind = file.as_deref().map_or("text/plain", content_type);
            let header = tiny_http::Header::from_bytes("content-type", kind).unwrap();
            let response = tiny_http::Response::from_data(bytes.unwrap_or_default());
            let _ = request.respond(response.with_status_code(status).with_header(header));
        }
    });
    address
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

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
    flat: [...formulas, ...charts].filter(flat).map(e => e.outerHTML.slice(0, 120)),
    fonts: [...new Set(faces.filter(f => f.status === 'loaded').map(f => f.family.replaceAll('"', '')))],
    broken: faces.filter(f => f.status === 'error').map(f => f.family),
    requests: performance.getEntriesByType('resource').map(e => [e.name, e.decodedBodySize]),
    own: performance.getEntriesByType('navigation')[0].decodedBodySize,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  });
});
"#;

async fn survey(browser: &Browser, url: &str) -> Value {
    browser.client.goto(url).await.unwrap();
    browser.client.execute_async(SURVEY, Vec::new()).await.unwrap()
}

async fn complaints(browser: &Browser) -> Vec<String> {
    let log = browser.client.issue_cmd(ConsoleLog).await.unwrap();
    log.as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING")
        .map(|entry| entry["message"].to_string())
        .collect()
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

/// Builds this repository's own site.
fn own_site() -> Site {
    let site = Site::new("");
    let outcome = site.run(&["build", "--root", env!("CARGO_MANIFEST_DIR"), "--out", "site"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    site
}

#[test]
fn every_page_is_laid_out_below_a_sub_path() {
    run(async {
        for (dark, width) in [(false, 1280), (true, 500)] {
            let Some(browser) = browser(dark, width).await else { return };
            let site = own_site();
            let address = serve(site.path("site"));
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
        let Some(browser) = browser(false, 1280).await else { return };
        let site = own_site();
        let address = serve(site.path("site"));
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

//! Chromium through its driver, and a server for it: what all tests in a browser share.
//!
//! They run where Debian's `chromium` and `chromium-driver` are installed, say so where they are not, and fail there
//! when `CI` is set.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part of this")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use serde_json::json;

use crate::common::Site;

/// How a browser is opened.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub width: u32,
    /// The reader has chosen dark colours.
    pub dark: bool,
    /// Pages may run scripts.
    pub scripts: bool,
}

/// A window like that of most readers.
pub const WINDOW: Window = Window { width: 1280, dark: false, scripts: true };

/// A browser that ends with the test.
pub struct Browser {
    pub client: Client,
    _driver: Driver,
}

/// ChromeDriver and its port, once it has said it.
struct Driver(Child, Option<u16>);

impl Drop for Driver {
    /// A driver that is killed leaves its browsers behind, each with an inotify instance, of which a user has 128. One
    /// that is asked to end takes them with it.
    fn drop(&mut self) {
        if let Some(mut stream) = self.1.and_then(|port| TcpStream::connect(("127.0.0.1", port)).ok()) {
            let _ = stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(10) && matches!(self.0.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).flat_map(|folder| programs.iter().map(move |p| folder.join(p))).find(|p| p.is_file())
}

/// Starts ChromeDriver; `None` if it ends without saying its port, as it does when another took the port it had found.
fn start(driver: &Path) -> Option<(Driver, u16)> {
    let mut driver = Driver(Command::new(driver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap(), None);
    let mut lines = BufReader::new(driver.0.stdout.take()?).lines();
    let port = lines
        .find_map(|line| line.ok()?.split("successfully on port ").nth(1)?.trim_end_matches('.').trim().parse().ok())?;
    std::thread::spawn(move || for _ in lines {});
    driver.1 = Some(port);
    Some((driver, port))
}

/// Starts ChromeDriver on a port of its own choice and opens a session; `None` where there is no Chromium.
pub async fn browser(window: Window) -> Option<Browser> {
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
        format!("--window-size={},1000", window.width),
    ];
    if window.dark {
        arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let allowed = if window.scripts { 1 } else { 2 };
    let preferences = json!({ "profile.managed_default_content_settings.javascript": allowed });
    let mut capabilities = serde_json::Map::new();
    capabilities.insert(
        "goog:chromeOptions".to_owned(),
        json!({ "binary": chromium, "args": arguments, "prefs": preferences }),
    );
    capabilities.insert("timeouts".to_owned(), json!({ "pageLoad": 60_000, "script": 60_000 }));
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

impl Browser {
    /// Goes to a page; once more if the browser was too busy to answer.
    pub async fn visit(&self, url: &str) -> Result<(), fantoccini::error::CmdError> {
        match self.client.goto(url).await {
            Err(error) if error.to_string().contains("timeout") => self.client.goto(url).await,
            result => result,
        }
    }
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

/// Serves a folder below a path, such as `/below/this/`, until the test ends; returns the address of the folder.
///
/// Each connection has a thread and carries one answer: browsers open more connections than they use.
pub fn serve(folder: PathBuf, below: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}{below}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let folder = folder.clone();
            std::thread::spawn(move || answer(connection, &folder, below));
        }
    });
    address
}

/// Answers one request; a browser that has gone is no mistake.
fn answer(mut connection: TcpStream, folder: &Path, below: &str) {
    let mut lines = BufReader::new(&connection).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    let _ = lines.find(String::is_empty);
    let url = request.split(' ').nth(1).unwrap_or("/").split(['?', '#']).next().unwrap_or("/").to_owned();
    let file = url.strip_prefix(below).map(|path| folder.join(piecewise::site::percent_decode(path)));
    let bytes = file.as_deref().and_then(|file| std::fs::read(file).ok());
    let status = if bytes.is_some() { "200 OK" } else { "404 Not Found" };
    let kind = file.as_deref().map_or("text/plain", content_type);
    let bytes = bytes.unwrap_or_default();
    let length = bytes.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(&bytes));
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

/// What the console of the page complained about since it was asked last.
pub async fn complaints(browser: &Browser) -> Vec<String> {
    let log = browser.client.issue_cmd(ConsoleLog).await.unwrap();
    log.as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING")
        .map(|entry| entry["message"].to_string())
        .collect()
}

pub fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

/// Builds this repository's own site.
pub fn own_site() -> Site {
    let site = Site::new("");
    let outcome = site.run(&["build", "--root", env!("CARGO_MANIFEST_DIR"), "--out", "site"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    site
}

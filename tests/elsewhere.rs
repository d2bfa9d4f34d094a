//! `check --external`, against a server on this machine that stands in for all others as a proxy does.
#![cfg(feature = "external")]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::Site;

/// A request: when, `HEAD http://host/path`.
type Log = Arc<Mutex<Vec<(Instant, String)>>>;

/// Answers for all hosts. Gives its port and what it was asked.
fn world() -> (u16, Log) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let log = Log::default();
    let asked = log.clone();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let asked = asked.clone();
            thread::spawn(move || drop(converse(&stream, &asked)));
        }
    });
    (port, log)
}

fn converse(mut stream: &TcpStream, asked: &Log) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    while let Some(first) = lines.next().transpose()? {
        let headers: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        if first.starts_with("CONNECT") {
            stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
            continue;
        }
        let host = headers.iter().find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned));
        let mut words = first.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let address =
            if target.starts_with('/') { format!("http://{}{target}", host.unwrap()) } else { target.to_owned() };
        let address = address.replace(":80/", "/");
        asked.lock().unwrap().push((Instant::now(), format!("{method} {address}")));
        if address.ends_with("/silent") {
            return Ok(());
        }
        let (status, location) = answer(method, &address);
        let location = location.map(|to| format!("Location: {to}\r\n")).unwrap_or_default();
        let body = if method == "HEAD" { "" } else { "body" };
        write!(stream, "HTTP/1.1 {status} X\r\n{location}Content-Length: 4\r\n\r\n{body}")?;
    }
    Ok(())
}

fn answer(method: &str, address: &str) -> (u16, Option<&'static str>) {
    match address.rsplit('/').next().unwrap() {
        "gone" => (404, None),
        "old" => (301, Some("http://new.website.com/page")),
        "for-now" => (302, Some("/page")),
        "circle" => (302, Some("/circle")),
        "no-head" if method == "HEAD" => (405, None),
        "no-programs" => (403, None),
        "enough" => (429, None),
        _ => (200, None),
    }
}

fn check(site: &Site, port: u16, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_piecewise"))
        .args(["check", "--external"])
        .args(arguments)
        .current_dir(site.path(""))
        .env("NO_COLOR", "1")
        .env("HTTP_PROXY", format!("http://127.0.0.1:{port}"))
        .env("ALL_PROXY", format!("http://127.0.0.1:{port}"))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const SITE: &str = "-- content/index.md --\n# A\n
[fine](http://docs.website.com/page#part) [again](http://docs.website.com/page#other)
[gone](http://docs.website.com/gone)
[old](http://docs.website.com/old) [for now](http://docs.website.com/for-now)
[no head](http://other.website.com/no-head) [no programs](http://other.website.com/no-programs)
[circle](http://other.website.com/circle) [silent](http://other.website.com/silent)
[first](http://busy.website.com/enough) [second](http://busy.website.com/x) [third](http://busy.website.com/y)
[here](http://localhost:1234/) [example](https://example.org/gone) [mail](mailto:a@website.com)
";

#[test]
fn links_to_other_hosts_are_tried_once_and_politely() {
    let (port, log) = world();
    let site = Site::new(SITE);
    let (code, report, said) = check(&site, port, &["--format", "json"]);
    assert_eq!(code, 1, "{said}");
    let found: Vec<serde_json::Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let messages: Vec<(&str, u64, &str)> = found
        .iter()
        .filter(|found| found["code"] == "external")
        .map(|f| (f["severity"].as_str().unwrap(), f["line"].as_u64().unwrap(), f["message"].as_str().unwrap()))
        .collect();
    let expected = [
        ("error", 4, "`http://docs.website.com/gone` leads nowhere: its host answers 404 Not Found"),
        (
            "warning",
            6,
            "cannot tell whether `http://other.website.com/no-programs` exists: its host answers 403 Forbidden",
        ),
        (
            "warning",
            7,
            "cannot tell whether `http://other.website.com/circle` exists: it is redirected more than 8 times",
        ),
        (
            "warning",
            8,
            "cannot tell whether `http://busy.website.com/enough` exists: its host answers 429 Too Many Requests",
        ),
        ("warning", 8, "cannot tell whether `http://busy.website.com/x` exists: its host has had enough requests"),
        ("warning", 8, "cannot tell whether `http://busy.website.com/y` exists: its host has had enough requests"),
    ];
    let silent = messages.iter().filter(|(severity, line, _)| (*severity, *line) == ("warning", 7)).count();
    assert_eq!(silent, 2, "{messages:?}");
    for message in expected {
        assert!(messages.contains(&message), "{message:?} in {messages:?}");
    }
    assert_eq!(messages.len(), expected.len() + 1, "{messages:?}");
    let report: serde_json::Value = serde_json::from_str(report.lines().last().unwrap()).unwrap();
    let report = &report["elsewhere"];
    let figures =
        ["addresses", "hosts", "remembered", "fine", "gone", "unknown", "skipped"].map(|name| report[name].as_u64());
    assert_eq!(figures, [13, 3, 0, 3, 1, 6, 2].map(Some), "{report}");
    assert_eq!(report["moved"]["http://docs.website.com/old"], "http://new.website.com/page");

    let asked = log.lock().unwrap().clone();
    let once = |request: &str| asked.iter().filter(|(_, own)| own == request).count();
    assert_eq!(once("HEAD http://docs.website.com/page"), 2, "for itself, and at the end of a redirection: {asked:?}");
    assert_eq!(once("GET http://docs.website.com/page"), 0, "HEAD is enough");
    assert_eq!((once("HEAD http://other.website.com/no-head"), once("GET http://other.website.com/no-head")), (1, 1));
    assert_eq!(once("HEAD http://busy.website.com/x"), 0, "a host that has had enough is left alone");
    // Two addresses of a host are asked for one after the other, with a pause.
    let times: BTreeMap<&str, Instant> = asked.iter().map(|(time, request)| (&**request, *time)).collect();
    let pause = times["HEAD http://docs.website.com/gone"].abs_diff(times["HEAD http://docs.website.com/old"]);
    assert!(pause > Duration::from_millis(150), "{pause:?}");
}

trait AbsDiff {
    fn abs_diff(self, other: Self) -> Duration;
}

impl AbsDiff for Instant {
    fn abs_diff(self, other: Instant) -> Duration {
        if self > other { self - other } else { other - self }
    }
}

#[test]
fn what_was_found_is_remembered_and_what_was_not_is_asked_again() {
    let (port, log) = world();
    let site = Site::new(
        "-- content/index.md --\n# A\n\n[a](http://a.website.com/page) [b](http://b.website.com/old) [c](http://c.website.com/gone)\n",
    );
    let (code, report, said) = check(&site, port, &[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("content/index.md:3:66") || said.contains("content/index.md:3:"), "{said}");
    assert!(report.contains("remembered     0\nfine           1\ngone           1\n"), "{report}");
    assert!(report.contains("moved          http://b.website.com/old is now http://new.website.com/page"), "{report}");
    assert_eq!(site.read(".piecewise/.gitignore"), "*\n");
    log.lock().unwrap().clear();
    let (_, report, _) = check(&site, port, &[]);
    assert!(report.contains("remembered     2\nfine           1\ngone           1\n"), "{report}");
    let asked: Vec<String> = log.lock().unwrap().drain(..).map(|(_, request)| request).collect();
    assert_eq!(asked, ["HEAD http://c.website.com/gone", "GET http://c.website.com/gone"]);
    // Another folder knows nothing; a damaged file is as good as none.
    site.write("cache/links.json", "{\"half");
    let (_, report, _) = check(&site, port, &["--link-cache", "cache"]);
    assert!(report.contains("remembered     0\n"), "{report}");
    assert!(site.read("cache/links.json").contains("http://a.website.com/page"));
    // Nobody is asked without being told to.
    log.lock().unwrap().clear();
    assert_eq!(site.run(&["check"]).code, 0);
    assert!(log.lock().unwrap().is_empty());
}

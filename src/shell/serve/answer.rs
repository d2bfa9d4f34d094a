//! What is answered to a request.

use std::fs::File;
use std::sync::Arc;

use super::state::{Published, State};
use crate::html::escape;
use crate::pipeline::Content;
use crate::shell::http::{Answer, Body, Request, Response, content_type};
use crate::site::{percent_decode, relative};

const RELOAD: &str = include_str!("reload.js");
const HTML: &str = "text/html; charset=utf-8";

/// Answers a request to the server on `port`.
pub(super) fn answer(request: &Request, state: &Arc<State>, port: u16) -> Answer {
    if !is_own_host(request.host.as_deref(), port) {
        // Another site's name that leads to this machine: its pages must not read what is served here.
        let text = "this server answers to 127.0.0.1 and localhost only\n";
        return Answer::Whole(Response::text(403, "text/plain; charset=utf-8", text));
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Answer::Whole(Response::text(405, "text/plain; charset=utf-8", "GET and HEAD only\n"));
    }
    match request.path.as_str() {
        "/.piecewise/reload.js" => Answer::Whole(Response::text(200, content_type("reload.js"), RELOAD)),
        "/.piecewise/events" if request.method == "GET" => {
            let state = state.clone();
            Answer::Events(Box::new(move |listener| state.tell(listener)))
        }
        path => Answer::Whole(file(path, &request.query, state)),
    }
}

fn is_own_host(host: Option<&str>, port: u16) -> bool {
    host.is_some_and(|host| ["127.0.0.1", "localhost"].iter().any(|own| host == format!("{own}:{port}")))
}

/// A file of the site. A path is looked up among the site's files, so it cannot lead out of them.
fn file(path: &str, query: &str, state: &State) -> Response {
    let Some((site, version)) = state.site() else {
        return Response::text(500, HTML, with_script(blank("There is no site yet"), "none"));
    };
    let decoded = percent_decode(path.trim_start_matches('/'));
    let wanted = if decoded.is_empty() || decoded.ends_with('/') { format!("{decoded}index.html") } else { decoded };
    if let Some(response) = found(&wanted, 200, &site, &version, state) {
        return response;
    }
    let folder = format!("{wanted}/index.html");
    if site.has(&folder) {
        let to = relative("index.html", &folder);
        let location = format!("/{}{query}", to.trim_start_matches("./").trim_end_matches("index.html"));
        return Response { location: Some(location), ..Response::text(308, HTML, "") };
    }
    let own = ["404.html", "404/index.html"].iter().find_map(|page| found(page, 404, &site, &version, state));
    own.unwrap_or_else(|| {
        let title = format!("There is no <code>/{}</code>", escape(&wanted));
        Response::text(404, HTML, with_script(blank(&title), &version))
    })
}

/// A page or another file of the site.
fn found(path: &str, status: u16, site: &Published, version: &str, state: &State) -> Option<Response> {
    match site.page(path) {
        Some(Ok(html)) => {
            if status == 200 {
                state.view(path);
            }
            return Some(Response::text(status, HTML, with_script(html, version)));
        }
        Some(Err(_)) => return Some(Response::text(500, HTML, with_script(blank("This page has a mistake"), version))),
        None => {}
    }
    let body = match site.file(path)? {
        Content::Bytes(bytes) => Body::Bytes(bytes.clone()),
        Content::File(file) => {
            let file = File::open(file).ok()?;
            let length = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
            Body::File(file, length)
        }
    };
    Some(Response { status, content_type: content_type(path), location: None, body })
}

/// A page of our own.
fn blank(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Piecewise</title>\
         <meta name=\"color-scheme\" content=\"light dark\"></head>\n<body><h1>{title}</h1></body></html>\n"
    )
}

/// A page with the script that loads it again.
fn with_script(html: impl Into<Vec<u8>>, version: &str) -> Vec<u8> {
    const END: &[u8] = b"</body>";
    let mut html = html.into();
    let script = format!("<script src=\"/.piecewise/reload.js\" data-version=\"{version}\"></script>");
    let at = html.windows(END.len()).rposition(|piece| piece == END).unwrap_or(html.len());
    html.splice(at..at, script.into_bytes());
    html
}

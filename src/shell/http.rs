//! A small HTTP/1.1 server for one machine: GET and HEAD, and a thread for each connection, so that no connection can
//! keep another waiting, however many tabs are open.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// A request, without its body, which nobody reads.
#[derive(Debug)]
pub struct Request {
    /// `GET`, `HEAD` or something else.
    pub method: String,
    /// The path as sent: percent-encoded, without the query.
    pub path: String,
    /// The query with its question mark; empty if there is none.
    pub query: String,
    /// The `Host` header.
    pub host: Option<String>,
    /// Whether the connection may be used again.
    keep_alive: bool,
}

/// An answer.
#[derive(Debug)]
pub struct Response {
    /// Such as 200.
    pub status: u16,
    /// Media type.
    pub content_type: &'static str,
    /// Where to go instead, for a redirection.
    pub location: Option<String>,
    /// What is sent.
    pub body: Body,
}

/// What is sent.
#[derive(Debug)]
pub enum Body {
    /// Bytes in memory.
    Bytes(Arc<[u8]>),
    /// A file of this length.
    File(File, u64),
}

impl Response {
    /// A text.
    #[must_use]
    pub fn text(status: u16, content_type: &'static str, text: impl Into<Vec<u8>>) -> Response {
        let body = Body::Bytes(Into::<Vec<u8>>::into(text).into());
        Response { status, content_type, location: None, body }
    }
}

/// Writes an endless answer; an error means that the client has gone.
pub type Stream = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()>>;

/// What a handler makes of a request.
pub enum Answer {
    /// An answer with an end.
    Whole(Response),
    /// Server-sent events.
    Events(Stream),
}

/// Answers a request; called on many threads.
pub type Handler = dyn Fn(&Request) -> Answer + Send + Sync;

/// The head of a request may be this long.
const MAX_HEAD: usize = 32 << 10;
/// A connection is closed when nothing comes or goes for this long.
const PATIENCE: Duration = Duration::from_mins(1);
/// Stack of a connection's thread: putting a page together takes some.
const STACK: usize = 4 << 20;

/// Answers requests for ever.
pub fn run(listener: &TcpListener, handler: &Arc<Handler>) {
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                let handler = handler.clone();
                let connection = move || drop(converse(stream, &*handler));
                // A machine without threads to spare closes the connection; the browser tries again.
                drop(thread::Builder::new().stack_size(STACK).spawn(connection));
            }
            // Too many open files, for instance: wait until some are closed.
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// One connection: requests and answers in turn.
fn converse(mut stream: TcpStream, handler: &Handler) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut pending = Vec::new();
    loop {
        let request = match read_head(&mut stream, &mut pending)? {
            Head::Request(request) => request,
            Head::Bad(status) => {
                let response = Response::text(status, "text/plain; charset=utf-8", "this is no request for me\n");
                return send(&mut stream, response, false, false);
            }
            Head::End => return Ok(()),
        };
        match handler(&request) {
            Answer::Whole(response) => {
                send(&mut stream, response, request.method == "HEAD", request.keep_alive)?;
                if !request.keep_alive {
                    return Ok(());
                }
            }
            Answer::Events(events) => {
                stream.write_all(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
                      Connection: close\r\n\r\n",
                )?;
                return events(&mut stream);
            }
        }
    }
}

enum Head {
    Request(Request),
    /// Not HTTP, with the status to say so.
    Bad(u16),
    /// The client has gone.
    End,
}

/// Reads until the head of a request is complete; `pending` holds what came before and keeps what comes after.
fn read_head(stream: &mut TcpStream, pending: &mut Vec<u8>) -> io::Result<Head> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 100];
        let mut parsed = httparse::Request::new(&mut headers);
        match parsed.parse(pending) {
            Ok(httparse::Status::Complete(length)) => {
                let request = request(&parsed);
                pending.drain(..length);
                return Ok(Head::Request(request));
            }
            Ok(httparse::Status::Partial) if pending.len() < MAX_HEAD => {}
            Ok(httparse::Status::Partial) => return Ok(Head::Bad(431)),
            Err(_) => return Ok(Head::Bad(400)),
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk)? {
            0 => return Ok(Head::End),
            read => pending.extend_from_slice(&chunk[..read]),
        }
    }
}

fn request(parsed: &httparse::Request<'_, '_>) -> Request {
    let header = |name: &str| {
        let found = parsed.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(String::from_utf8_lossy(found.value).into_owned())
    };
    let target = parsed.path.unwrap_or("/");
    let (path, query) = target.find('?').map_or((target, ""), |at| target.split_at(at));
    // The body of a request would be read as the next request, so a connection with one ends.
    let has_body = header("content-length").is_some_and(|length| length.trim() != "0");
    let close = header("connection").is_some_and(|value| value.to_ascii_lowercase().contains("close"));
    Request {
        method: parsed.method.unwrap_or("").to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        host: header("host"),
        keep_alive: parsed.version == Some(1) && !close && !has_body && header("transfer-encoding").is_none(),
    }
}

fn send(stream: &mut TcpStream, response: Response, head_only: bool, keep_alive: bool) -> io::Result<()> {
    let length = match &response.body {
        Body::Bytes(bytes) => bytes.len() as u64,
        Body::File(_, length) => *length,
    };
    let mut head = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\n",
        response.status,
        reason(response.status),
        response.content_type,
    );
    if let Some(location) = &response.location {
        head += &format!("Location: {location}\r\n");
    }
    if response.status == 405 {
        head += "Allow: GET, HEAD\r\n";
    }
    head += if keep_alive { "\r\n" } else { "Connection: close\r\n\r\n" };
    stream.write_all(head.as_bytes())?;
    match response.body {
        _ if head_only => Ok(()),
        Body::Bytes(bytes) => stream.write_all(&bytes),
        // A file that shrinks meanwhile leaves the answer short, so the connection must not be used again.
        Body::File(file, length) => match io::copy(&mut file.take(length), stream)? {
            sent if sent == length => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        },
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 | 308 => "Moved",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        _ => "Error",
    }
}

/// The media type of a file by its name.
#[must_use]
pub fn content_type(path: &str) -> &'static str {
    let extension = path.rsplit('/').next().unwrap_or(path).rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "xml" => "application/xml",
        "txt" | "md" | "toml" | "tex" | "csv" | "py" | "rs" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

//! The real server over TCP, as a child of the test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::Site;

/// Every expectation is polled until it holds or this has passed.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// A running server; it ends with the test.
pub struct Server {
    pub process: Child,
    pub port: u16,
    /// What it has said before and in the line with its address.
    pub greeting: String,
    /// What it has said since, line by line.
    pub said: Arc<Mutex<Vec<String>>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Server {
    pub fn start(site: &Site, arguments: &[&str]) -> Server {
        Server::start_by(Command::new(env!("CARGO_BIN_EXE_piecewise")).arg("serve"), site, arguments)
    }

    /// Starts it by a command that takes its arguments behind its own.
    pub fn start_by(command: &mut Command, site: &Site, arguments: &[&str]) -> Server {
        let mut process = command
            .args(arguments)
            .current_dir(site.path(""))
            .env("NO_COLOR", "1")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut greeting = String::new();
        let port = loop {
            assert!(said.read_line(&mut greeting).unwrap() > 0, "it ended: {greeting}");
            if let Some((_, address)) = greeting.split_once("http://127.0.0.1:") {
                break address.split('/').next().unwrap().parse().unwrap();
            }
        };
        let lines = Arc::new(Mutex::new(Vec::new()));
        let heard = lines.clone();
        thread::spawn(move || said.lines().map_while(Result::ok).for_each(|line| heard.lock().unwrap().push(line)));
        Server { process, port, greeting, said: lines }
    }

    /// Waits until it has said something with this in it, for the `count`th time; gives all that it has said.
    pub fn hear(&self, text: &str, count: usize) -> Vec<String> {
        let start = Instant::now();
        loop {
            let said = self.said.lock().unwrap().clone();
            if said.iter().filter(|line| line.contains(text)).count() >= count {
                return said;
            }
            assert!(start.elapsed() < DEADLINE, "`{text}` was not said: {said:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends a request as it is and reads until the server closes.
    pub fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub fn request(&self, method: &str, path: &str) -> Answer {
        self.send(&format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path)
    }

    /// Asks until the answer is as expected.
    pub fn expect(&self, path: &str, what: &str, expected: impl Fn(&Answer) -> bool) -> Answer {
        let start = Instant::now();
        loop {
            let answer = self.get(path);
            if expected(&answer) {
                return answer;
            }
            assert!(start.elapsed() < DEADLINE, "{what}: {} {}", answer.status, answer.body);
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn expect_body(&self, path: &str, text: &str) -> Answer {
        self.expect(path, text, |answer| answer.status == 200 && answer.body.contains(text))
    }

    /// The news that a page hears.
    pub fn listen(&self) -> News {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET /.piecewise/events HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.port).unwrap();
        let (sender, events) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let Some(data) = line.strip_prefix("data: ") {
                    drop(sender.send(serde_json::from_str(data).unwrap()));
                }
            }
        });
        News { events }
    }
}

pub struct News {
    pub events: Receiver<serde_json::Value>,
}

impl News {
    /// Waits for news with these mistakes (a part of their text; empty for none) and gives its version.
    pub fn expect(&self, mistakes: &str) -> String {
        let start = Instant::now();
        loop {
            let left = DEADLINE.saturating_sub(start.elapsed());
            let event = self.events.recv_timeout(left).unwrap_or_else(|_| panic!("no news of `{mistakes}`"));
            let found = event["mistakes"].as_str().unwrap();
            if if mistakes.is_empty() { found.is_empty() } else { found.contains(mistakes) } {
                return event["version"].as_str().unwrap().to_owned();
            }
        }
    }
}

//! `check --external`: do the addresses that articles link to still exist?
//!
//! ```text
//! addresses ─► remembered? ─► a queue for each host ─► HEAD, and GET if that is refused ─► verdicts ─► diagnostics, report
//! ```
//!
//! Other people's servers are asked politely: one request at a time to a host, with a pause after each, none again
//! within a week for what was found, and no more to a host that says it has had enough. Only what is certain is an
//! error, a page that its server does not know or a host that nobody knows; a server that refuses to answer a program,
//! or does not answer today, is a warning.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::json;
use ureq::http::{Response, StatusCode, Uri};
use ureq::{Agent, Body};

use super::disk::{Failure, failure};
use super::report::Message;
use crate::diagnostic::{Diagnostic, Severity};
use crate::pipeline::progress::Progress;
use crate::source::Span;

/// Hosts that are asked at the same time.
const HOSTS: usize = 8;
/// Between two requests to a host.
const PAUSE: Duration = Duration::from_millis(200);
/// One request may take this long.
const LIMIT: Duration = Duration::from_secs(15);
/// Redirections that are followed.
const HOPS: usize = 8;
/// What was found is believed for so long.
const BELIEVED: Duration = Duration::from_hours(7 * 24);
/// Between two writings of what was found.
const SAVED: Duration = Duration::from_secs(5);
/// The file of what was found, in the folder for it.
const FILE: &str = "links.json";

/// What became of all addresses.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Different addresses.
    addresses: usize,
    hosts: usize,
    /// Found less than a week ago, and not asked for again.
    remembered: usize,
    fine: usize,
    /// Addresses that have another for good, and that one.
    moved: BTreeMap<String, String>,
    gone: usize,
    unknown: usize,
    /// Names that lead to this machine or to nobody, and what is not an address of the web.
    skipped: usize,
}

/// What is known about an address.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Fine,
    /// It has another address for good.
    Moved(String),
    /// There is no such page or no such host, in words.
    Gone(String),
    /// Nobody knows, and why.
    Unknown(String),
}

/// A line of the file of what was found.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Found {
    /// When, in seconds since 1970.
    at: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    moved: Option<String>,
}

type Memory = BTreeMap<String, Found>;

/// Tries all addresses. `folder` keeps what was found.
pub fn check(
    addresses: &BTreeMap<String, Vec<Span>>,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<(Vec<Diagnostic>, Report), Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut memory = read(&folder.join(FILE));
    memory.retain(|_, found| now.as_secs().saturating_sub(found.at) < BELIEVED.as_secs());
    let mut report = Report { addresses: addresses.len(), ..Report::default() };
    let mut verdicts: BTreeMap<&str, Verdict> = BTreeMap::new();
    let mut hosts: BTreeMap<String, VecDeque<&str>> = BTreeMap::new();
    for address in addresses.keys() {
        let Some(host) = host(address) else {
            report.skipped += 1;
            continue;
        };
        let queue = hosts.entry(host).or_default();
        match memory.get(address) {
            Some(Found { moved, .. }) => {
                report.remembered += 1;
                let verdict = moved.clone().map_or(Verdict::Fine, Verdict::Moved);
                verdicts.insert(address, verdict);
            }
            None => queue.push_back(address),
        }
    }
    report.hosts = hosts.len();
    hosts.retain(|_, queue| !queue.is_empty());
    progress.stage("links to elsewhere", hosts.values().map(VecDeque::len).sum());
    let mut saved = Instant::now();
    ask_all(hosts, |address, verdict| {
        progress.step();
        let moved = match &verdict {
            Verdict::Fine => Some(None),
            Verdict::Moved(to) => Some(Some(to.clone())),
            Verdict::Gone(_) | Verdict::Unknown(_) => None,
        };
        memory.extend(moved.map(|moved| (address.to_owned(), Found { at: now.as_secs(), moved })));
        verdicts.insert(address, verdict);
        // Who stops a long check has not waited in vain.
        if saved.elapsed() > SAVED {
            saved = Instant::now();
            return write(folder, &memory);
        }
        Ok(())
    })?;
    if !verdicts.is_empty() {
        write(folder, &memory)?;
    }
    let mut diagnostics = Vec::new();
    for (address, verdict) in verdicts {
        report.count(address, &verdict);
        diagnostics.extend(addresses[address].iter().filter_map(|span| diagnostic(address, &verdict, *span)));
    }
    Ok((diagnostics, report))
}

impl Report {
    fn count(&mut self, address: &str, verdict: &Verdict) {
        match verdict {
            Verdict::Fine => self.fine += 1,
            Verdict::Moved(to) => drop(self.moved.insert(address.to_owned(), to.clone())),
            Verdict::Gone(_) => self.gone += 1,
            Verdict::Unknown(_) => self.unknown += 1,
        }
    }

    /// For people and for machines.
    #[must_use]
    pub fn message(&self) -> Message {
        let mut lines = vec![
            format!("elsewhere      {} addresses on {} hosts", self.addresses, self.hosts),
            format!("remembered     {}", self.remembered),
            format!("fine           {}", self.fine),
            format!("gone           {}", self.gone),
            format!("no answer      {}", self.unknown),
            format!("not tried      {}", self.skipped),
        ];
        lines.extend(self.moved.iter().map(|(from, to)| format!("moved          {from} is now {to}")));
        Message::new(lines.join("\n"), json!({ "elsewhere": self }))
    }
}

fn diagnostic(address: &str, verdict: &Verdict, span: Span) -> Option<Diagnostic> {
    let (severity, why) = match verdict {
        Verdict::Gone(why) => (Severity::Error, why),
        Verdict::Unknown(why) => (Severity::Warning, why),
        Verdict::Fine | Verdict::Moved(_) => return None,
    };
    let message = match severity {
        Severity::Error => format!("`{address}` leads nowhere: {why}"),
        Severity::Warning => format!("cannot tell whether `{address}` exists: {why}"),
    };
    Some(Diagnostic { severity, ..Diagnostic::error("external", span, message) })
}

/// The host of an address that can be asked; None for this machine, private networks and the names that stand in
/// examples (RFC 2606, RFC 6761).
fn host(address: &str) -> Option<String> {
    let uri = uri(address)?;
    let host = uri.host()?.to_ascii_lowercase();
    let last = host.rsplit('.').next().unwrap_or_default();
    let two: Vec<&str> = host.rsplitn(3, '.').take(2).collect();
    let is_example = ["localhost", "test", "example", "invalid", "local", "internal"].contains(&last)
        || matches!(two[..], ["com" | "org" | "net", "example"]);
    let number: Option<std::net::IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let is_near = number.is_some_and(|number| match number {
        std::net::IpAddr::V4(four) => four.is_loopback() || four.is_private() || four.is_unspecified(),
        std::net::IpAddr::V6(six) => six.is_loopback() || six.is_unspecified() || six.is_unique_local(),
    });
    (!is_example && !is_near && host.contains(['.', ':'])).then_some(host)
}

/// An address as it goes over the wire: letters outside of ASCII are written as browsers send them.
fn uri(address: &str) -> Option<Uri> {
    let mut encoded = String::new();
    for byte in address.bytes() {
        match byte {
            b'!'..=b'~' if !b"\"<>\\^`{|}".contains(&byte) => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded.parse().ok().filter(|uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https")))
}

/// Asks the hosts side by side, each for one address after the other. `tell` hears of each verdict on this thread.
fn ask_all<'a>(
    hosts: BTreeMap<String, VecDeque<&'a str>>,
    mut tell: impl FnMut(&'a str, Verdict) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let threads = hosts.len().min(HOSTS);
    let queues: Mutex<VecDeque<VecDeque<&str>>> = Mutex::new(hosts.into_values().collect());
    let next = || queues.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    thread::scope(|scope| {
        let (sender, verdicts) = channel();
        for _ in 0..threads {
            let sender = sender.clone();
            scope.spawn(|| {
                let (agent, sender) = (agent(), sender);
                while let Some(queue) = next() {
                    ask_host(&agent, queue, &sender);
                }
            });
        }
        drop(sender);
        verdicts.into_iter().try_for_each(|(address, verdict)| tell(address, verdict))
    })
}

fn agent() -> Agent {
    let name = concat!("piecewise/", env!("CARGO_PKG_VERSION"), " (checks links of a documentation site)");
    Agent::config_builder()
        .user_agent(name)
        .timeout_global(Some(LIMIT))
        // Each step of a redirection is looked at, for whether it is for good.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .build()
        .into()
}

fn ask_host<'a>(agent: &Agent, queue: VecDeque<&'a str>, verdicts: &Sender<(&'a str, Verdict)>) {
    let mut had_enough = None;
    for (number, address) in queue.into_iter().enumerate() {
        let verdict = had_enough.clone().unwrap_or_else(|| {
            thread::sleep(if number == 0 { Duration::ZERO } else { PAUSE });
            let (verdict, is_enough) = ask(agent, address);
            if is_enough {
                had_enough = Some(Verdict::Unknown("its host has had enough requests".to_owned()));
            }
            verdict
        });
        // The check was given up.
        if verdicts.send((address, verdict)).is_err() {
            return;
        }
    }
}

/// What is known about an address now, and whether its host wants to be left alone.
fn ask(agent: &Agent, address: &str) -> (Verdict, bool) {
    let (mut at, mut for_good) = (uri(address), true);
    for hop in 0..=HOPS {
        let Some(now) = at else {
            return (Verdict::Unknown("it is redirected to what is no address".to_owned()), false);
        };
        let answer = match request(agent, &now) {
            Ok(answer) => answer,
            Err(error) => return (unanswered(&error), false),
        };
        let status = answer.status();
        let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
        match location.filter(|_| status.is_redirection()) {
            Some(location) => {
                for_good &= matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
                at = follow(&now, location);
            }
            None => {
                let moved = (hop > 0 && for_good).then(|| now.to_string());
                return (verdict(status, moved), matches!(status.as_u16(), 429 | 503));
            }
        }
    }
    (Verdict::Unknown(format!("it is redirected more than {HOPS} times")), false)
}

/// HEAD, which costs a server least; GET if it will not have it. The body is not read.
fn request(agent: &Agent, uri: &Uri) -> Result<Response<Body>, ureq::Error> {
    match agent.head(uri).call() {
        Ok(answer) if answer.status().is_success() || answer.status().is_redirection() => Ok(answer),
        Ok(answer) if answer.status() == StatusCode::TOO_MANY_REQUESTS => Ok(answer),
        Err(error @ (ureq::Error::HostNotFound | ureq::Error::Timeout(_))) => Err(error),
        _ => {
            thread::sleep(PAUSE);
            agent.get(uri).call()
        }
    }
}

fn verdict(status: StatusCode, moved: Option<String>) -> Verdict {
    match status.as_u16() {
        200..400 => moved.map_or(Verdict::Fine, Verdict::Moved),
        404 | 410 => Verdict::Gone(format!("its host answers {status}")),
        _ => Verdict::Unknown(format!("its host answers {status}")),
    }
}

fn unanswered(error: &ureq::Error) -> Verdict {
    match error {
        ureq::Error::HostNotFound => Verdict::Gone("there is no such host, or no network".to_owned()),
        ureq::Error::Timeout(_) => Verdict::Unknown(format!("no answer within {} s", LIMIT.as_secs())),
        error => Verdict::Unknown(error.to_string()),
    }
}

/// Where a redirection leads (RFC 3986, section 5.2, for the forms that servers send).
fn follow(from: &Uri, location: &str) -> Option<Uri> {
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    if location.contains("://") {
        return uri(location);
    }
    if location.starts_with("//") {
        return uri(&format!("{scheme}:{location}"));
    }
    if location.starts_with('/') {
        return uri(&format!("{scheme}://{authority}{location}"));
    }
    let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    uri(&format!("{scheme}://{authority}{folder}/{location}"))
}

/// What was found before; nothing if the file is not there or not ours.
fn read(file: &Path) -> Memory {
    fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Writes what was found, in one step, into a folder that Git leaves alone.
fn write(folder: &Path, memory: &Memory) -> Result<(), Failure> {
    let (file, ignored) = (folder.join(FILE), folder.join(".gitignore"));
    let aside: PathBuf = folder.join(format!("{FILE}.{}", std::process::id()));
    let text = serde_json::to_string_pretty(memory).unwrap_or_default();
    let write = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        if !ignored.exists() {
            fs::write(&ignored, "*\n")?;
        }
        fs::write(&aside, text)?;
        fs::rename(&aside, &file)
    };
    write().map_err(failure("cannot write", &file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_examples_are_left_alone() {
        for address in [
            "http://localhost:8000/",
            "http://127.0.0.1/",
            "http://[::1]:80/",
            "http://192.168.0.1/a",
            "https://example.org/x",
            "https://docs.example.com",
            "https://a.test/",
            "http://intranet/",
            "https://",
            "http://日本.jp/",
        ] {
            assert_eq!(host(address), None, "{address}");
        }
        assert_eq!(host("https://Docs.RS/x").as_deref(), Some("docs.rs"));
        assert_eq!(host("https://myexample.com/関数?q=a b").as_deref(), Some("myexample.com"));
    }

    #[test]
    fn a_redirection_is_seen_from_where_it_stands() {
        let from: Uri = "https://a.org/b/c?d".parse().unwrap();
        for (location, expected) in [
            ("https://e.org/f#g", "https://e.org/f"),
            ("//e.org/f", "https://e.org/f"),
            ("/f", "https://a.org/f"),
            ("f?g", "https://a.org/b/f?g"),
        ] {
            assert_eq!(follow(&from, location).unwrap().to_string(), expected);
        }
        assert_eq!(follow(&from, "ftp://a.org/"), None);
    }
}

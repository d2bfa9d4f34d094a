//! Whole sites of several sizes: how long a first build takes and how much memory, a build after which nothing has
//! changed, and how long it takes until an edit is served.
//!
//! ```sh
//! TMPDIR=/dev/shm cargo bench --bench site -- --pages 100,1000,10000 --formulas 20 --listings 0 --search 0 --runs 3
//! ```
//!
//! They are written to the folder for temporary files; one in memory shows the program rather than the disk. The sites
//! are those of `examples/synthetic_site.rs`. Each figure is the least of all runs, because whatever else a
//! machine does can only make it larger. Processor time and memory are measured where GNU time is installed.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs,
    reason = "a tool for measuring"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[allow(dead_code, reason = "its `main` is not ours")]
#[path = "../examples/synthetic_site.rs"]
mod synthetic_site;

use synthetic_site::Plan;

/// `serve` waits for so long after a change, in case there are more: that is not its speed.
const QUIET: Duration = Duration::from_millis(30);
const PROGRAM: &str = env!("CARGO_BIN_EXE_piecewise");
const USAGE: &str =
    "site [--pages N,N,…] [--formulas N] [--charts N] [--listings N] [--search 0|1] [--seed N] [--runs N] [--edits N]";

struct Wanted {
    sizes: Vec<usize>,
    plan: Plan,
    search: bool,
    runs: usize,
    edits: usize,
}

fn main() {
    let Some(wanted) = read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let Wanted { sizes, plan, search, runs, edits } = wanted;
    println!(
        "{} formulas, {} charts, {} listings a page, {} search; the least of {runs} runs and {edits} edits\n",
        plan.formulas,
        plan.charts,
        plan.listings,
        if search { "with" } else { "without" }
    );
    println!("| pages | first build | processor time | memory | nothing changed | an edit is served after |");
    println!("|--:|--:|--:|--:|--:|--:|");
    for pages in sizes {
        let folder = tempfile::tempdir().unwrap();
        synthetic_site::make(&Plan { folder: folder.path().to_owned(), pages, ..plan });
        if !search {
            let file = folder.path().join("site.toml");
            fs::write(&file, fs::read_to_string(&file).unwrap() + "\n[search]\nenabled = false\n").unwrap();
        }
        let first: Vec<Run> = (0..runs).map(|_| build(folder.path(), true)).collect();
        let again = (0..runs).map(|_| build(folder.path(), false).wall).min().unwrap_or_default();
        let wall = first.iter().map(|run| run.wall).min().unwrap_or_default();
        let processor = first.iter().map(|run| run.processor).fold(f64::INFINITY, f64::min);
        let memory = first.iter().map(|run| run.memory).fold(f64::INFINITY, f64::min);
        let edit = edit(folder.path(), pages, edits);
        println!(
            "| {pages} | {:.2} s | {processor:.2} s | {memory:.0} MB | {:.2} s | {:.0} ms |",
            wall.as_secs_f64(),
            again.as_secs_f64(),
            edit.as_secs_f64() * 1000.0
        );
    }
}

fn read(mut arguments: impl Iterator<Item = String>) -> Option<Wanted> {
    let plan = Plan { folder: PathBuf::new(), pages: 0, formulas: 20, charts: 0, listings: 0, seed: 1 };
    let mut wanted = Wanted { sizes: vec![100, 1000], plan, search: true, runs: 3, edits: 5 };
    while let Some(name) = arguments.next() {
        // What `cargo bench` itself adds.
        if name == "--bench" {
            continue;
        }
        let value = arguments.next()?;
        let number = || value.parse::<usize>().ok();
        match name.as_str() {
            "--pages" => wanted.sizes = value.split(',').map(|size| size.parse().ok()).collect::<Option<_>>()?,
            "--formulas" => wanted.plan.formulas = number()?,
            "--charts" => wanted.plan.charts = number()?,
            "--listings" => wanted.plan.listings = number()?,
            "--search" => wanted.search = number()? != 0,
            "--seed" => wanted.plan.seed = number()? as u64,
            "--runs" => wanted.runs = number()?.max(1),
            "--edits" => wanted.edits = number()?.max(1),
            _ => return None,
        }
    }
    Some(wanted)
}

struct Run {
    wall: Duration,
    /// Seconds of user and system time; NaN if unknown.
    processor: f64,
    /// Megabytes at the peak; NaN if unknown.
    memory: f64,
}

fn build(site: &Path, from_nothing: bool) -> Run {
    if from_nothing {
        drop(fs::remove_dir_all(site.join("site")));
    }
    let has_time = Path::new("/usr/bin/time").exists() && cfg!(target_os = "linux");
    let mut command = if has_time { Command::new("/usr/bin/time") } else { Command::new(PROGRAM) };
    if has_time {
        command.args(["-f", "%U %S %M", PROGRAM]);
    }
    let start = Instant::now();
    let output = command.args(["build", "--root"]).arg(site).output().unwrap();
    let wall = start.elapsed();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let last: Vec<f64> = said.lines().last().unwrap().split(' ').map_while(|word| word.parse().ok()).collect();
    match last[..] {
        [user, system, kilobytes] => Run { wall, processor: user + system, memory: kilobytes / 1000.0 },
        _ => Run { wall, processor: f64::NAN, memory: f64::NAN },
    }
}

/// A server that ends with this value.
struct Server(Child, u16);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(site: &Path) -> Server {
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--port", "0", "--root"])
        .arg(site)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next()).unwrap().parse().unwrap();
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    Server(child, port)
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// From the moment in which an article is saved to the moment in which a browser that was told so has its page.
fn edit(site: &Path, pages: usize, edits: usize) -> Duration {
    let server = serve(site);
    let page = pages / 2;
    let file = site.join(format!("content/{}.md", synthetic_site::name(page)));
    let path = format!("/{}/", synthetic_site::name(page));
    let text = fs::read_to_string(&file).unwrap();
    get(server.1, &path);
    let mut events = TcpStream::connect(("127.0.0.1", server.1)).unwrap();
    write!(events, "GET /.piecewise/events HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", server.1).unwrap();
    let mut news = BufReader::new(events).lines().map_while(Result::ok).filter(|line| line.starts_with("data:"));
    news.next().unwrap();
    let mut least = Duration::MAX;
    for edit in 0..edits {
        // Let the check of the other pages end, as it does while an author types.
        std::thread::sleep(Duration::from_secs(1));
        let sentence = format!("This is edit {edit} with ${edit} + z$.");
        let start = Instant::now();
        fs::write(&file, format!("{text}\n\n{sentence}\n")).unwrap();
        news.next().unwrap();
        while !get(server.1, &path).contains(&format!("edit {edit} with")) {
            news.next().unwrap();
        }
        least = least.min(start.elapsed().saturating_sub(QUIET));
    }
    least
}

//! Runs the listings of articles that claim to be functions, when the command line asks for it.
//!
//! Each runs in a process and a folder of its own, with a limit of time; what is left of it when that is over is killed
//! with its children. The results go back to the core, which knows what they should be.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::code::{self, Language, RESULTS, Trial};
use crate::diagnostic::Diagnostic;

/// A listing may run this long, and be compiled as long again.
const LIMIT: Duration = Duration::from_secs(20);

/// So many of the last lines of an exception are shown.
const LINES: usize = 6;

/// What became of a trial.
enum Outcome {
    /// It ran; what it wrote.
    Ran(String),
    /// It failed; what it said.
    Failed(String),
    /// It took too long.
    TooLong,
    /// Neither of these programs is on this machine.
    Missing(&'static str),
    /// The machine did not let it run.
    Trouble(String),
}

/// Runs trials; what is to be said about them.
#[must_use]
pub fn run(trials: &[Trial]) -> Vec<Diagnostic> {
    let outcomes: Vec<Outcome> = trials.par_iter().map(attempt).collect();
    let mut found = Vec::new();
    let mut missing: BTreeMap<&str, (usize, &Trial)> = BTreeMap::new();
    for (trial, outcome) in trials.iter().zip(outcomes) {
        match outcome {
            Outcome::Ran(results) => found.extend(code::verdict(trial, &results)),
            Outcome::Failed(said) => {
                found.push(Diagnostic::error("listing", trial.span, "this listing stops with an error").help(said));
            }
            Outcome::TooLong => {
                let message = format!("this listing still ran after {} s and was stopped", LIMIT.as_secs());
                found.push(Diagnostic::error("listing", trial.span, message));
            }
            Outcome::Missing(program) => missing.entry(program).or_insert((0, trial)).0 += 1,
            Outcome::Trouble(said) => {
                let message = format!("this listing could not be run: {said}");
                found.push(Diagnostic::warning("listing", trial.span, message));
            }
        }
    }
    for (program, (count, first)) in missing {
        let listings = if count == 1 { "1 listing was".to_owned() } else { format!("{count} listings were") };
        let message = format!("there is no {program} on this machine: {listings} not run");
        found.push(Diagnostic::warning("listing", first.span, message));
    }
    found
}

fn attempt(trial: &Trial) -> Outcome {
    match Folder::new() {
        Ok(folder) => attempt_in(trial, &folder.path),
        Err(error) => Outcome::Trouble(error.to_string()),
    }
}

fn attempt_in(trial: &Trial, folder: &Path) -> Outcome {
    let (file, text) = code::program(trial);
    if let Err(error) = fs::write(folder.join(file), text) {
        return Outcome::Trouble(error.to_string());
    }
    let binary = folder.join("trial");
    let output = binary.to_string_lossy().into_owned();
    let (compiler, run): (Option<(&[&str], Vec<&str>)>, _) = match trial.language {
        Language::Python => (None, (&["python3", "python"][..], vec![file])),
        Language::JavaScript => (None, (&["node"][..], vec![file])),
        Language::Rust => (
            Some((&["rustc"], vec!["--edition=2021", "-Awarnings", "-o", &output, file])),
            (&[output.as_str()][..], Vec::new()),
        ),
        Language::C => (
            Some((&["cc", "gcc", "clang"], vec!["-w", "-o", &output, file, "-lm"])),
            (&[output.as_str()][..], Vec::new()),
        ),
    };
    let missing = match trial.language {
        Language::Python => "`python3`",
        Language::JavaScript => "`node`",
        Language::Rust => "`rustc`",
        Language::C => "C compiler (`cc`)",
    };
    if let Some((programs, arguments)) = compiler {
        match execute(programs, &arguments, folder, missing) {
            Outcome::Ran(_) => {}
            other => return other,
        }
    }
    match execute(run.0, &run.1, folder, missing) {
        Outcome::Ran(_) => fs::read_to_string(folder.join(RESULTS))
            .map_or_else(|_| Outcome::Failed("it ended before its functions could be tried".to_owned()), Outcome::Ran),
        other => other,
    }
}

/// Runs the first of some programs that there is, to its end or to the limit.
fn execute(programs: &[&str], arguments: &[&str], folder: &Path, missing: &'static str) -> Outcome {
    for program in programs {
        let errors = folder.join("errors.txt");
        let Ok(file) = fs::File::create(&errors) else { return Outcome::Trouble("no file can be written".to_owned()) };
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).env("PYTHONDONTWRITEBYTECODE", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        in_group(&mut command);
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Outcome::Trouble(error.to_string()),
        };
        return match wait(&mut child) {
            Some(true) => Outcome::Ran(String::new()),
            Some(false) => Outcome::Failed(last_lines(&errors, folder)),
            None => Outcome::TooLong,
        };
    }
    Outcome::Missing(missing)
}

/// Whether a process ended well; `None` if it had to be stopped.
fn wait(child: &mut Child) -> Option<bool> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(2);
    let ended = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status.success()),
            Ok(None) if start.elapsed() < LIMIT => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(50));
            }
            _ => break None,
        }
    };
    // Children that it left behind go with it.
    kill_group(child);
    let _ = child.kill();
    let _ = child.wait();
    ended
}

/// Makes the process the first of a group, so that its children can be found.
#[cfg(unix)]
fn in_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(not(unix))]
fn in_group(_: &mut Command) {}

#[cfg(unix)]
fn kill_group(child: &Child) {
    let group = format!("-{}", child.id());
    let quiet = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    // A group without a process is no mistake.
    let _ = quiet;
}

#[cfg(not(unix))]
fn kill_group(child: &Child) {
    let number = child.id().to_string();
    let _ = Command::new("taskkill")
        .args(["/T", "/F", "/PID", &number])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

/// The last lines of what a program said, without the name of its folder.
fn last_lines(file: &Path, folder: &Path) -> String {
    let mut bytes = Vec::new();
    // A program may have said very much.
    if let Ok(file) = fs::File::open(file) {
        let _ = file.take(1 << 20).read_to_end(&mut bytes);
    }
    let text = String::from_utf8_lossy(&bytes).replace(&format!("{}/", folder.display()), "");
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// A folder that vanishes.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new() -> std::io::Result<Folder> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("piecewise-{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Folder { path }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

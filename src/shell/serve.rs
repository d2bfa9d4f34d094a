//! `piecewise serve`: the site as it would be built, from memory, made again whenever something changes.
//!
//! ```text
//! watch ─► read what changed ─► pipeline::prepare ─► good? ─► publish ─► browsers load their page again
//!                                      │                └─ no ─► the mistakes over the last good page
//!                                      └─► templates of all other pages, checked when there is time, then the search index
//! ```
//!
//! Nothing is written. A page is put together when it is asked for, so an edit costs the same on a site of ten pages
//! and of ten thousand; only the pages that are being looked at are put together before the site is published.

mod answer;
mod state;

use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use notify::RecursiveMode;
use serde_json::json;

use super::disk::{self, Failure};
use super::files::Files;
use super::http;
use super::meter::Meter;
use super::report::{self, Format, Message};
use super::watch::{Changes, Watcher};
use crate::diagnostic::{self, Diagnostic};
use crate::pipeline::memo::Memo;
use crate::pipeline::{self, Content, Inputs, Options, Prepared, Workshop};
use state::{Published, State};

/// What the command line asks for.
#[derive(Debug)]
pub struct Settings {
    /// The site's folder.
    pub root: PathBuf,
    /// Where `build` would write: left out of what is read.
    pub out: PathBuf,
    /// The port; the next free one if it is taken.
    pub port: u16,
    /// Opens the browser.
    pub open: bool,
    /// Drafts and base URL.
    pub options: Options,
    /// Says how long each stage took.
    pub timings: bool,
    /// How mistakes are printed.
    pub format: Format,
}

/// How many ports are tried.
const PORTS: u16 = 100;
/// While the site cannot be read, it is tried again after this long.
const RETRY: Duration = Duration::from_millis(500);

/// Prints a line or several.
pub type Say = fn(&str);

/// Serves a site until the process ends. `say` prints.
pub fn run(settings: &Settings, say: Say) -> Result<(), Failure> {
    let tell = |message: Message| say(&message.render(settings.format));
    let root = disk::canonical(&settings.root)?;
    let listener =
        listen(settings.port).ok_or_else(|| Failure::new("there is no free port from", settings.port.to_string()))?;
    let port = listener.local_addr().map_or(settings.port, |address| address.port());
    if port != settings.port && settings.port != 0 {
        tell(Message::new(format!("port {} is taken", settings.port), json!({ "taken": settings.port })));
    }
    let state = Arc::new(State::default());
    let answering = state.clone();
    let handler: Arc<http::Handler> = Arc::new(move |request| answer::answer(request, &answering, port));
    thread::spawn(move || http::run(&listener, &handler));
    let address = format!("http://127.0.0.1:{port}/");
    tell(Message::new(format!("serving {address} (Ctrl-C ends)"), json!({ "serving": address })));
    if settings.open
        && let Err(error) = open::that_detached(&address)
    {
        tell(Message::failure(&format_args!("cannot open a browser: {error}")));
    }
    Session::new(settings, root, state, say).run()
}

fn listen(port: u16) -> Option<TcpListener> {
    let last = if port == 0 { 0 } else { port.saturating_add(PORTS) };
    (port..=last).find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok())
}

/// The part that builds.
struct Session<'a> {
    settings: &'a Settings,
    root: PathBuf,
    out: PathBuf,
    /// The content folder that was seen last, as a path from the root; empty for the root itself.
    content: String,
    state: Arc<State>,
    files: Files,
    memo: Arc<Memo>,
    /// One index is made at a time.
    indexing: Arc<Mutex<()>>,
    last: Option<Last>,
    say: Say,
}

/// The last build, good or not.
struct Last {
    inputs: Arc<Inputs>,
    prepared: Arc<Prepared>,
    report: Arc<Report>,
    /// Ends the check of its templates.
    stop: Arc<AtomicBool>,
}

/// Why there is nothing to publish.
enum Trouble {
    Failure(Failure),
    Gone(PathBuf),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Failure(failure) => failure.fmt(f),
            Trouble::Gone(path) => write!(f, "there is no folder `{}` any more", path.display()),
        }
    }
}

impl<'a> Session<'a> {
    fn new(settings: &'a Settings, root: PathBuf, state: Arc<State>, say: Say) -> Session<'a> {
        let out = std::path::absolute(&settings.out).unwrap_or_else(|_| settings.out.clone());
        let out = disk::canonical(&out).unwrap_or(out);
        let (content, files, memo) = (String::new(), Files::default(), Arc::default());
        Session { settings, root, out, content, state, files, memo, indexing: Arc::default(), last: None, say }
    }

    fn run(mut self) -> Result<(), Failure> {
        let mut watcher = Watcher::new(&self.root);
        let mut changes = Changes { anything: true, ..Changes::default() };
        let mut in_trouble = false;
        loop {
            let start = Instant::now();
            match self.read(&changes) {
                Ok(inputs) => {
                    self.content.clone_from(&inputs.content);
                    watcher.watch_also(folders(&self.root, &inputs));
                    if in_trouble || self.differs(&inputs, &changes) {
                        self.build(inputs, start);
                    } else {
                        self.look_through(None);
                    }
                    in_trouble = false;
                }
                Err(trouble) => {
                    let message = Message::failure(&trouble);
                    if !in_trouble {
                        self.say(&message);
                    }
                    in_trouble = true;
                    self.state.set_mistakes(message.render(Format::Text));
                }
            }
            changes = loop {
                let changes = watcher.wait(in_trouble.then_some(RETRY));
                let only_output = |path: &PathBuf| path.starts_with(&self.out);
                if changes.anything || changes.unknown || !changes.paths.iter().all(only_output) {
                    break changes;
                }
            };
            if in_trouble {
                watcher.watch();
            }
            // What may be out of date is not worth the time that an author waits.
            if let Some(last) = &self.last {
                last.stop.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Reads what may have changed.
    fn read(&mut self, changes: &Changes) -> Result<Inputs, Trouble> {
        if changes.anything {
            self.files.doubt_all();
        } else if changes.unknown {
            self.files.look_again();
        }
        self.files.changed(&changes.paths);
        // Without its content folder a site would be all that lies in the root.
        let content = self.root.join(&self.content);
        if !content.is_dir() {
            return Err(Trouble::Gone(content));
        }
        let read = |session: &mut Self| {
            disk::read_again(&session.root, &session.out, session.settings.options.clone(), &mut session.files)
        };
        // A file that vanishes while the folder is being read is not there the second time.
        read(self).or_else(|_| read(self)).map_err(Trouble::Failure)
    }

    /// Whether there is anything new to build.
    fn differs(&self, inputs: &Inputs, changes: &Changes) -> bool {
        let Some(last) = &self.last else { return true };
        let same_texts = last
            .inputs
            .sources
            .iter()
            .map(|s| (s.id, s.text.as_ptr()))
            .eq(inputs.sources.iter().map(|s| (s.id, s.text.as_ptr())));
        let touched = |content: &Content| matches!(content, Content::File(path) if changes.paths.contains(path));
        let refused = |inputs: &Inputs| -> Vec<(String, String)> {
            let refused = inputs.included.iter().filter_map(|(path, file)| Some((path, file.as_ref().err()?)));
            refused.map(|(path, why)| (path.clone(), why.clone())).collect()
        };
        !same_texts
            || last.inputs.assets != inputs.assets
            || last.inputs.image_sizes != inputs.image_sizes
            || last.inputs.problems != inputs.problems
            || refused(&last.inputs) != refused(inputs)
            || inputs.assets.values().any(touched)
    }

    fn build(&mut self, inputs: Inputs, start: Instant) {
        let inputs = Arc::new(inputs);
        let meter = Meter::new(self.settings.timings);
        let workshop = Workshop { memo: &self.memo, progress: &meter };
        let prepared = Arc::new(pipeline::prepare(&inputs, workshop));
        let mut diagnostics = prepared.diagnostics.clone();
        let published = Published::new(prepared.clone(), self.memo.clone());
        diagnostics.extend(self.state.viewed().iter().filter_map(|page| published.mistake(page)));
        diagnostic::sort(&mut diagnostics, &inputs.sources);
        let report = Arc::new(Report { inputs: inputs.clone(), diagnostics });
        let is_good = report.is_good();
        if is_good || !self.state.has_site() {
            self.state.publish(published, report.mistakes());
        } else {
            self.state.set_mistakes(report.mistakes());
        }
        self.tell(&report, &meter, start);
        let before = self.last.replace(Last { inputs, prepared, report, stop: Arc::default() });
        if is_good {
            self.memo.sweep();
            self.look_through(before.map(|last| last.prepared));
        }
    }

    /// Checks the templates of all pages and makes the search index, when there is time. Pages that are as they were
    /// `before` have been checked if that check came to its end.
    fn look_through(&mut self, before: Option<Arc<Prepared>>) {
        let Some(last) = self.last.as_mut().filter(|last| last.report.is_good()) else { return };
        last.stop = Arc::default();
        let (prepared, report, stop) = (last.prepared.clone(), last.report.clone(), last.stop.clone());
        let (state, memo, indexing) = (self.state.clone(), self.memo.clone(), self.indexing.clone());
        let tell = (self.settings.timings, self.settings.format, self.say);
        thread::spawn(move || {
            check_all(&prepared, before.as_deref(), &report, &stop, &state);
            let _turn = indexing.lock().unwrap_or_else(PoisonError::into_inner);
            // Another edit may have come meanwhile. Who searches before the index is there waits for it.
            if !stop.load(Ordering::Relaxed) {
                let start = Instant::now();
                let files = prepared.search_index(&memo);
                if let (true, format, say) = tell
                    && !files.is_empty()
                {
                    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
                    let json = json!({ "indexed": true, "milliseconds": milliseconds });
                    say(&Message::new(format!("search index in {milliseconds:.0} ms"), json).render(format));
                }
            }
        });
    }

    fn tell(&self, report: &Report, meter: &Meter, start: Instant) {
        let timings = meter.finish();
        let (format, sources) = (self.settings.format, &report.inputs.sources);
        let text = report::render(&report.diagnostics, sources, format, super::has_colour());
        if !text.is_empty() {
            (self.say)(&text);
        }
        let done = if report.is_good() { "ready" } else { "not published" };
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        let json = json!({ "ready": report.is_good(), "milliseconds": milliseconds });
        self.say(&Message::new(format!("{done} in {milliseconds:.0} ms"), json));
        if let Some(timings) = timings {
            self.say(&timings);
        }
    }

    fn say(&self, message: &Message) {
        (self.say)(&message.render(self.settings.format));
    }
}

/// The folders to be watched: those with all that is below them, and those of single files.
fn folders(root: &Path, inputs: &Inputs) -> Vec<(PathBuf, RecursiveMode)> {
    let content = root.join(&inputs.content);
    let below = ["templates", "static", "public"].map(|folder| root.join(folder));
    let below = below.into_iter().chain([content.clone()]).map(|folder| (folder, RecursiveMode::Recursive));
    let config = inputs.config.iter().map(|config| &config.path);
    let files = config.chain(inputs.named_files.keys()).chain(inputs.included.keys()).map(|file| root.join(file));
    let single = files.filter_map(|file| Some(file.parent()?.to_owned()));
    // A folder above the content may become another one.
    let above = content.ancestors().skip(1).take_while(|folder| folder.starts_with(root) && *folder != root);
    below.chain(single.chain(above.map(Path::to_owned)).map(|folder| (folder, RecursiveMode::NonRecursive))).collect()
}

/// What a build had to say.
struct Report {
    inputs: Arc<Inputs>,
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    fn is_good(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The errors as text.
    fn mistakes(&self) -> String {
        let errors: Vec<Diagnostic> = self.diagnostics.iter().filter(|found| found.is_error()).cloned().collect();
        report::render(&errors, &self.inputs.sources, Format::Text, false)
    }
}

/// Puts all pages together once, for what templates have to say about those that nobody looks at.
fn check_all(prepared: &Prepared, before: Option<&Prepared>, report: &Report, stop: &AtomicBool, state: &State) {
    let mut diagnostics = prepared.check(before, stop);
    if !stop.load(Ordering::Relaxed) && !diagnostics.is_empty() {
        diagnostic::sort(&mut diagnostics, &report.inputs.sources);
        let report = Report { inputs: report.inputs.clone(), diagnostics };
        state.set_mistakes(report.mistakes());
    }
}

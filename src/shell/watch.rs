//! What changes in a site's folder while `serve` runs.
//!
//! The kernel tells about single files; an editor that saves touches several, so changes are handed on when it has been
//! quiet for a moment. What is told is taken as a hint: folders that vanish, come back or are renamed are watched anew,
//! and after a change of a folder there is a second look, because files can be written into it before it is watched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{Config, ErrorKind, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::config::foreign::FOLDER_FILES;

/// It is quiet when nothing has happened for this long …
const QUIET: Duration = Duration::from_millis(30);
/// … but changes do not wait for longer than this.
const IMPATIENCE: Duration = Duration::from_millis(500);
/// When there is a second look.
const SECOND_LOOK: Duration = Duration::from_millis(300);
/// Between two looks where the kernel cannot watch.
const POLL: Duration = Duration::from_secs(1);

/// Watches a site's folder.
pub struct Watcher {
    inner: Box<dyn notify::Watcher>,
    events: Receiver<notify::Result<Event>>,
    /// Where the events come from; `None` once the folders are looked through instead.
    sender: Option<Sender<notify::Result<Event>>>,
    /// What is to be watched, and whether with all that is below.
    wanted: Vec<(PathBuf, RecursiveMode)>,
    watched: BTreeSet<PathBuf>,
    look_again: bool,
}

/// What may have changed.
#[derive(Debug, Default)]
pub struct Changes {
    /// These files.
    pub paths: BTreeSet<PathBuf>,
    /// Anything: events were lost.
    pub anything: bool,
    /// Files that nobody named: it is time for a look at all of them.
    pub unknown: bool,
}

impl Watcher {
    /// Watches the files of `root`, not yet what is below.
    #[must_use]
    pub fn new(root: &Path) -> Watcher {
        let (sender, events) = channel();
        let inner = RecommendedWatcher::new(sender.clone(), Config::default());
        let wanted = vec![(root.to_owned(), RecursiveMode::NonRecursive)];
        let mut watcher = Watcher {
            inner: Box::new(notify::NullWatcher),
            events,
            sender: Some(sender),
            wanted,
            watched: BTreeSet::new(),
            look_again: false,
        };
        match inner {
            Ok(inner) => watcher.inner = Box::new(inner),
            Err(_) => watcher.poll(),
        }
        watcher.watch();
        watcher
    }

    /// Watches more folders, whether or not they are there yet. One that is watched already stays as it is, unless it
    /// is now wanted with all that is below it.
    pub fn watch_also(&mut self, folders: impl IntoIterator<Item = (PathBuf, RecursiveMode)>) {
        for (folder, mode) in folders {
            let covers = |(path, known): &(PathBuf, RecursiveMode)| match known {
                RecursiveMode::Recursive => folder.starts_with(path),
                RecursiveMode::NonRecursive => folder == *path && mode == RecursiveMode::NonRecursive,
            };
            if !self.wanted.iter().any(covers) {
                self.wanted.retain(|(path, _)| *path != folder);
                self.watched.remove(&folder);
                self.wanted.push((folder, mode));
            }
        }
        self.watch();
    }

    /// Waits for changes, at most for `patience`.
    pub fn wait(&mut self, patience: Option<Duration>) -> Changes {
        // If something happens before the second look, that is the second look.
        let mut changes = Changes { unknown: std::mem::take(&mut self.look_again), ..Changes::default() };
        let patience = if changes.unknown { Some(SECOND_LOOK) } else { patience };
        let until = patience.map(|patience| Instant::now() + patience);
        while changes.paths.is_empty() && !changes.anything {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match left.map_or_else(
                || self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                |left| self.events.recv_timeout(left),
            ) {
                Ok(event) => self.note(event, &mut changes),
                Err(_) => return Changes { unknown: true, ..changes },
            }
        }
        let latest = Instant::now() + IMPATIENCE;
        while let Ok(event) = self.events.recv_timeout(QUIET.min(latest.saturating_duration_since(Instant::now()))) {
            self.note(event, &mut changes);
        }
        self.follow(&changes);
        changes
    }

    /// Adds what an event is about, if it can concern the site.
    fn note(&self, event: notify::Result<Event>, changes: &mut Changes) {
        let Ok(event) = event else {
            changes.anything = true;
            return;
        };
        changes.anything |= event.need_rescan();
        let is_reading = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
        if !is_reading {
            changes.paths.extend(event.paths.into_iter().filter(|path| !self.is_hidden(path)));
        }
    }

    /// Whether a path is hidden, as seen from the nearest folder that is wanted: that may be a hidden one itself.
    fn is_hidden(&self, path: &Path) -> bool {
        let inside = self.wanted.iter().filter_map(|(folder, _)| path.strip_prefix(folder).ok());
        let inside = inside.min_by_key(|inside| inside.as_os_str().len()).unwrap_or(path);
        inside.iter().any(|part| {
            let name = part.to_string_lossy();
            name.starts_with('.') && !FOLDER_FILES.contains(&&*name)
        })
    }

    /// Watches what has come, anew what may have been another folder of the same name.
    fn follow(&mut self, changes: &Changes) {
        if changes.anything {
            self.watched.clear();
        }
        // What is below a folder that is another one now is watched anew too.
        for path in changes.paths.iter().filter(|path| !path.is_file()) {
            self.watched.retain(|watched| !watched.starts_with(path));
        }
        self.look_again = changes.anything || changes.paths.iter().any(|path| path.is_dir());
        self.watch();
    }

    /// Watches every wanted folder that is there and not watched yet.
    pub fn watch(&mut self) {
        if !self.can_watch() {
            self.poll();
            self.can_watch();
        }
    }

    /// The same; false if the system will not watch any more.
    fn can_watch(&mut self) -> bool {
        for (path, mode) in &self.wanted {
            if !path.is_dir() {
                self.watched.remove(path);
            } else if !self.watched.contains(path) {
                // An old watch on a folder that was renamed away would go on under the old name.
                let _ = self.inner.unwatch(path);
                match self.inner.watch(path, *mode) {
                    Ok(()) => {
                        self.watched.insert(path.clone());
                        // Something may have happened in it since it was read.
                        self.look_again = true;
                    }
                    Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => return false,
                    Err(_) => {}
                }
            }
        }
        true
    }

    /// Looks through the folders from now on, where the kernel tells nothing. Files are compared, since two changes in
    /// one second may have the same time.
    fn poll(&mut self) {
        let Some(sender) = self.sender.take() else { return };
        let config = Config::default().with_poll_interval(POLL).with_compare_contents(true);
        if let Ok(watcher) = PollWatcher::new(sender, config) {
            self.inner = Box::new(watcher);
            self.watched.clear();
        }
    }
}

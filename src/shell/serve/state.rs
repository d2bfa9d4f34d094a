//! What is being served, and who waits for news of it.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::diagnostic::Diagnostic;
use crate::pipeline::memo::Memo;
use crate::pipeline::{Content, Prepared};
use crate::site::SitePath;

/// Pages that are remembered as being looked at.
const VIEWED: usize = 8;
/// A listener that hears nothing for this long gets a sign of life, which shows whether it is still there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);
/// A request waits for the first build for so long.
const FIRST_BUILD: Duration = Duration::from_mins(2);

/// What is being served.
#[derive(Default)]
pub(super) struct State {
    now: Mutex<Now>,
    news: Condvar,
}

#[derive(Default)]
struct Now {
    site: Option<Arc<Published>>,
    /// Counts publications.
    version: u64,
    /// What is to be mended, as text; empty if nothing is.
    mistakes: String,
    /// Counts changes of the two above.
    change: u64,
    viewed: VecDeque<SitePath>,
}

/// A site to be served.
pub(super) struct Published {
    /// The site.
    pub(super) prepared: Arc<Prepared>,
    memo: Arc<Memo>,
    pages: HashMap<SitePath, usize>,
    lists: HashMap<SitePath, usize>,
}

impl Published {
    pub(super) fn new(prepared: Arc<Prepared>, memo: Arc<Memo>) -> Published {
        let pages = prepared.site().pages.iter().enumerate().map(|(page, own)| (own.output.clone(), page)).collect();
        let lists = &prepared.site().lists.pages;
        let lists = lists.iter().enumerate().map(|(index, list)| (list.output.clone(), index)).collect();
        Published { prepared, memo, pages, lists }
    }

    /// A file that is no page.
    pub(super) fn file(&self, path: &str) -> Option<&Content> {
        self.prepared.output.get(path).or_else(|| self.prepared.index_file(path, &self.memo))
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.pages.contains_key(path) || self.lists.contains_key(path) || self.prepared.output.contains_key(path)
    }

    /// The page of a path, put together now; None if there is no such page or no theme.
    pub(super) fn page(&self, path: &str) -> Option<Result<Vec<u8>, Diagnostic>> {
        match self.pages.get(path) {
            Some(&page) => self.prepared.render(page),
            None => self.prepared.render_list(*self.lists.get(path)?),
        }
    }

    /// What a template has to say about a page.
    pub(super) fn mistake(&self, path: &str) -> Option<Diagnostic> {
        self.page(path)?.err()
    }
}

impl State {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_site(&self) -> bool {
        self.now().site.is_some()
    }

    /// Replaces the site and what is to be mended.
    pub(super) fn publish(&self, site: Published, mistakes: String) {
        let mut now = self.now();
        let old = now.site.replace(Arc::new(site));
        now.version += 1;
        now.change += 1;
        now.mistakes = mistakes;
        drop(now);
        self.news.notify_all();
        // A large site takes a while to be taken apart; nobody should wait for it.
        std::thread::spawn(move || drop(old));
    }

    /// Replaces what is to be mended.
    pub(super) fn set_mistakes(&self, mistakes: String) {
        let mut now = self.now();
        if now.mistakes != mistakes {
            now.mistakes = mistakes;
            now.change += 1;
            drop(now);
            self.news.notify_all();
        }
    }

    /// The site and its version, once there is one. None if there is none for long.
    pub(super) fn site(&self) -> Option<(Arc<Published>, String)> {
        let waiting = |now: &mut Now| now.site.is_none() && now.mistakes.is_empty();
        let waited = self.news.wait_timeout_while(self.now(), FIRST_BUILD, waiting);
        let (now, _) = waited.unwrap_or_else(PoisonError::into_inner);
        Some((now.site.clone()?, version(now.version)))
    }

    /// Remembers that someone looks at a page.
    pub(super) fn view(&self, path: &str) {
        let mut now = self.now();
        now.viewed.retain(|viewed| viewed != path);
        now.viewed.push_front(path.to_owned());
        now.viewed.truncate(VIEWED);
    }

    /// Pages that were looked at last.
    pub(super) fn viewed(&self) -> Vec<SitePath> {
        self.now().viewed.iter().cloned().collect()
    }

    /// Tells a listener what is, and then each change, until it has gone.
    pub(super) fn tell(&self, listener: &mut dyn Write) -> io::Result<()> {
        let mut told = None;
        loop {
            let news = {
                let waiting = |now: &mut Now| told == Some(now.change);
                let waited = self.news.wait_timeout_while(self.now(), SIGN_OF_LIFE, waiting);
                let (now, _) = waited.unwrap_or_else(PoisonError::into_inner);
                let is_new = told.replace(now.change) != Some(now.change);
                is_new.then(|| serde_json::json!({ "version": version(now.version), "mistakes": now.mistakes }))
            };
            match news {
                Some(news) => write!(listener, "data: {news}\n\n")?,
                None => listener.write_all(b":\n\n")?,
            }
            listener.flush()?;
        }
    }
}

/// A name for a publication that another run of the program does not use.
fn version(number: u64) -> String {
    static START: std::sync::OnceLock<u128> = std::sync::OnceLock::new();
    let start = START.get_or_init(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis()));
    format!("{start:x}-{number}")
}

//! How far a build is and where its time goes.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::pipeline::progress::Progress;

/// A build that takes less time than this needs no bar.
const LONG: Duration = Duration::from_millis(500);
/// Between two drawings of the bar.
const REFRESH: Duration = Duration::from_millis(80);
/// Width of the bar in characters.
const WIDTH: usize = 30;

/// Measures a build, and shows a bar on a terminal when it takes long.
pub struct Meter {
    start: Instant,
    bar: bool,
    timings: bool,
    stages: Mutex<Vec<Stage>>,
    done: AtomicUsize,
    /// Milliseconds from the start to the last drawing; 0 for none.
    drawn: AtomicU64,
}

struct Stage {
    name: &'static str,
    steps: usize,
    start: Instant,
}

impl Meter {
    /// Begins to measure; `timings` are given at the end if they are wanted.
    #[must_use]
    pub fn new(timings: bool) -> Meter {
        Meter {
            start: Instant::now(),
            bar: std::io::stderr().is_terminal(),
            timings,
            stages: Mutex::default(),
            done: AtomicUsize::new(0),
            drawn: AtomicU64::new(0),
        }
    }

    /// Takes the bar away and gives the time of each stage, if that is wanted.
    #[must_use]
    pub fn finish(&self) -> Option<String> {
        if self.drawn.swap(0, Ordering::Relaxed) > 0 {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
        let stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = stages.iter().skip(1).map(|stage| stage.start).chain([Instant::now()]);
        let mut table = String::new();
        for (stage, end) in stages.iter().zip(ends) {
            let milliseconds = end.duration_since(stage.start).as_secs_f64() * 1000.0;
            let _ = writeln!(table, "{milliseconds:9.1} ms  {}", stage.name);
        }
        self.timings.then(|| table.trim_end().to_owned())
    }

    fn draw(&self, done: usize) {
        let Ok(stages) = self.stages.try_lock() else { return };
        let Some(stage) = stages.last().filter(|stage| stage.steps > 0) else { return };
        let full = (WIDTH * done.min(stage.steps)) / stage.steps;
        let bar = format!("{}{}", "=".repeat(full), " ".repeat(WIDTH - full));
        let _ = write!(std::io::stderr(), "\r\x1b[K[{bar}] {} {done}/{}", stage.name, stage.steps);
    }
}

impl Progress for Meter {
    fn stage(&self, name: &'static str, steps: usize) {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        stages.push(Stage { name, steps, start: Instant::now() });
        self.done.store(0, Ordering::Relaxed);
    }

    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let (elapsed, drawn) = (self.start.elapsed(), self.drawn.load(Ordering::Relaxed));
        let now = elapsed.as_millis() as u64;
        let is_due = elapsed > LONG && now >= drawn + REFRESH.as_millis() as u64;
        let only_one = || self.drawn.compare_exchange(drawn, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if self.bar && is_due && only_one() {
            self.draw(done);
        }
    }
}

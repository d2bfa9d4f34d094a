//! How far a build is and where its time goes.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::report::Message;
use crate::pipeline::progress::Progress;

/// A build that takes less time than this needs no bar.
const LONG: Duration = Duration::from_millis(500);
/// Between two drawings of the bar.
const REFRESH: Duration = Duration::from_millis(80);
/// Width of the bar in characters.
const WIDTH: usize = 30;
/// Takes the bar away.
const CLEAR: &str = "\r\x1b[K";

/// Measures a build, and shows a bar on a terminal when it takes long.
pub struct Meter {
    start: Instant,
    bar: bool,
    timings: bool,
    stages: Mutex<Vec<Stage>>,
    beside: Mutex<Vec<Beside>>,
    done: AtomicUsize,
    /// Milliseconds from the start to the last drawing; 0 for none.
    drawn: AtomicU64,
}

struct Stage {
    name: &'static str,
    steps: usize,
    start: Instant,
}

/// Work beside the stages.
struct Beside {
    name: &'static str,
    /// The stage in which it began.
    stage: usize,
    start: Instant,
    time: Option<Duration>,
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
            beside: Mutex::default(),
            done: AtomicUsize::new(0),
            drawn: AtomicU64::new(0),
        }
    }

    /// Takes the bar away, because something else is to be printed.
    pub fn clear(&self) {
        if self.drawn.swap(0, Ordering::Relaxed) > 0 {
            let _ = write!(std::io::stderr(), "{CLEAR}");
        }
    }

    /// Takes the bar away and gives the time of each stage, if that is wanted. What ran beside others is listed below
    /// the stage in which it began.
    #[must_use]
    pub fn finish(&self) -> Option<Message> {
        self.clear();
        let (stages, beside) = (lock(&self.stages), lock(&self.beside));
        let ends = stages.iter().skip(1).map(|stage| stage.start).chain([Instant::now()]);
        let (mut text, mut rows) = (String::new(), Vec::new());
        let mut row = |name: &str, time: Duration, is_beside: bool| {
            let milliseconds = time.as_secs_f64() * 1000.0;
            let _ =
                writeln!(text, "{milliseconds:9.1} ms  {name}{}", if is_beside { ", beside the others" } else { "" });
            rows.push(json!({ "stage": name, "milliseconds": milliseconds, "beside": is_beside }));
        };
        for (number, (stage, end)) in stages.iter().zip(ends).enumerate() {
            row(stage.name, end.duration_since(stage.start), false);
            for work in beside.iter().filter(|work| work.stage == number) {
                row(work.name, work.time.unwrap_or_else(|| work.start.elapsed()), true);
            }
        }
        self.timings.then(|| Message::new(text.trim_end(), json!({ "timings": Value::Array(rows) })))
    }

    fn draw(&self, done: usize) {
        let Ok(stages) = self.stages.try_lock() else { return };
        let Some(stage) = stages.last().filter(|stage| stage.steps > 0) else { return };
        let _ = write!(std::io::stderr(), "{CLEAR}{}", bar(stage.name, done, stage.steps));
    }
}

/// `[======      ] formulas 1200/4000`.
fn bar(name: &str, done: usize, steps: usize) -> String {
    let full = (WIDTH * done.min(steps)) / steps;
    format!("[{}{}] {name} {done}/{steps}", "=".repeat(full), " ".repeat(WIDTH - full))
}

/// A thread that failed while it held the lock has left a list that is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Progress for Meter {
    fn stage(&self, name: &'static str, steps: usize) {
        lock(&self.stages).push(Stage { name, steps, start: Instant::now() });
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

    fn begin(&self, name: &'static str) {
        // The stages that wait for this work have begun, or begin at the same moment.
        let stage = lock(&self.stages).len().saturating_sub(1);
        lock(&self.beside).push(Beside { name, stage, start: Instant::now(), time: None });
    }

    fn end(&self, name: &'static str) {
        let mut beside = lock(&self.beside);
        if let Some(work) = beside.iter_mut().find(|work| work.name == name && work.time.is_none()) {
            work.time = Some(work.start.elapsed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_what_is_done() {
        assert_eq!(bar("pages", 0, 3), format!("[{}] pages 0/3", " ".repeat(30)));
        assert_eq!(bar("pages", 1, 3), format!("[{}{}] pages 1/3", "=".repeat(10), " ".repeat(20)));
        assert_eq!(bar("pages", 4, 3), format!("[{}] pages 4/3", "=".repeat(30)), "counted twice");
    }

    #[test]
    fn work_beside_the_stages_is_listed_below_the_one_in_which_it_began() {
        let meter = Meter::new(true);
        meter.stage("one", 0);
        meter.begin("work");
        meter.stage("two", 0);
        meter.end("work");
        let text = meter.finish().unwrap().render(super::super::report::Format::Text);
        let names: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once(" ms  ")?.1)).collect();
        assert_eq!(names, ["one", "work, beside the others", "two"]);
        assert!(Meter::new(false).finish().is_none());
    }
}

//! How far a build is. The core has no clock and no terminal; it only says what it begins.

/// Is told what a build is doing.
pub trait Progress: Sync {
    /// A stage begins, and the one before it is over. It will report `steps` steps; 0 if it has none to report.
    fn stage(&self, name: &'static str, steps: usize);

    /// A step of the current stage is done. Called by many threads.
    fn step(&self);

    /// Work begins that runs beside the stages, on whichever thread is free.
    fn begin(&self, name: &'static str);

    /// Work that runs beside the stages ends.
    fn end(&self, name: &'static str);
}

/// Does some work beside the stages, and says so.
pub fn beside<T>(progress: &dyn Progress, name: &'static str, work: impl FnOnce() -> T) -> T {
    progress.begin(name);
    let done = work();
    progress.end(name);
    done
}

/// For those who do not ask.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &'static str, _steps: usize) {}

    fn step(&self) {}

    fn begin(&self, _name: &'static str) {}

    fn end(&self, _name: &'static str) {}
}

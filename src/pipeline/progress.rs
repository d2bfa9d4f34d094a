//! How far a build is. The core has no clock and no terminal; it only says what it begins.

/// Is told what a build is doing.
pub trait Progress: Sync {
    /// A stage begins, and the one before it is over. It will report `steps` steps; 0 if it has none to report.
    fn stage(&self, name: &'static str, steps: usize);

    /// A step of the current stage is done. Called by many threads.
    fn step(&self);
}

/// For those who do not ask.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &'static str, _steps: usize) {}

    fn step(&self) {}
}

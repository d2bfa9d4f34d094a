//! The world around the core: disk, terminal, clock.
//!
//! Machine failures are errors here ([`disk::Failure`]); mistakes of authors never are.
#![allow(clippy::disallowed_methods, reason = "this is the module that touches the outside")]

use std::io::IsTerminal as _;

pub mod disk;
#[cfg(feature = "external")]
pub mod elsewhere;
pub mod files;
pub mod http;
mod images;
mod includes;
pub mod meter;
pub mod output;
pub mod report;
pub mod run_code;
pub mod serve;
pub mod starter;
pub mod watch;

/// Whether messages may be coloured.
#[must_use]
pub fn has_colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

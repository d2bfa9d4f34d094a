//! The world around the core: disk, terminal, clock.
//!
//! Machine failures are errors here ([`disk::Failure`]); mistakes of authors never are.
#![allow(clippy::disallowed_methods, reason = "this is the module that touches the outside")]

pub mod disk;
pub mod report;

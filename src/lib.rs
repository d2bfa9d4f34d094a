//! Piecewise: a static documentation site generator for people who write mathematics.

pub mod diagnostic;
pub mod function;
pub mod math;
pub mod source;
pub mod tex;

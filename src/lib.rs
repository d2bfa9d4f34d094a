//! Piecewise: a static documentation site generator for people who write mathematics.

pub mod chart;
pub mod diagnostic;
pub mod function;
pub mod source;

//! Piecewise: a static documentation site generator for people who write mathematics.

pub mod article;
pub mod chart;
pub mod cli;
pub mod config;
pub mod data;
pub mod diagnostic;
pub mod function;
pub mod html;
pub mod math;
pub mod page;
pub mod pipeline;
pub mod shell;
pub mod site;
pub mod source;
pub mod tex;

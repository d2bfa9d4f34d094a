//! Piecewise: a static documentation site generator for people who write mathematics.
//!
//! ```text
//! disk ─► Inputs ─► article::parse ∥ ─► [Document] ─► site::link ─► Site ──┐
//! (shell)            one file each       + spans      whole site, once    │
//!                        ├─► math::typeset ∥ ─► markup  ─┐                 │
//!                        ├─► listing::html ∥ ─► markup  ─┤                 ▼
//!                        └─► chart::render ∥ ─► figures ─┴─► page::Renderer ∥ ─► Output ─► shell: write (build)
//!                          every stage ─► Vec<Diagnostic> ─► shell: report               · nothing (check)
//! ```
//!
//! A functional core and an imperative shell: [`pipeline::build`] is the whole core, a pure function of
//! [`pipeline::Inputs`]; [`shell`] and [`cli`] are the only modules that touch the world. `ARCHITECTURE.md` tells the
//! rest on two pages.

pub mod article;
pub mod chart;
pub mod cli;
pub mod code;
pub mod config;
pub mod data;
pub mod definition;
pub mod diagnostic;
pub mod function;
pub mod html;
pub mod listing;
pub mod math;
pub mod page;
pub mod pipeline;
pub mod publish;
#[cfg(feature = "search")]
pub mod search;
pub mod shell;
pub mod site;
pub mod source;
pub mod tex;
pub mod typeset;

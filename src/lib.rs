//! Piecewise: a static documentation site generator for people who write mathematics.
//!
//! ```text
//! disk ─► Inputs ─► article::parse ∥ ─► [Document] ─► definition, typeset, code ─► [Document] ─► site::link ─► Site
//! (shell)            one file each                     what follows from formulas                whole site, once
//!
//! Site ─┬─► math::typeset ∥ ─► markup, style sheet, fonts ─┐
//!       ├─► listing::html ∥ ─► markup, colours ────────────┼─► page::Renderer ∥ ─► each page, as it is finished ─┐
//!       ├─► chart::render ∥ ─► figures ────────────────────┘                                                     ▼
//!       ├─► search::index, on a thread of its own ─────────────────────────────────────────────────────────► Output
//!       └─► publish ─► feeds, sitemap, previews ───────────────────────────────────────────────────────────────► │
//!           every stage ─► Vec<Diagnostic> ─► shell: report              shell: write (build) · nothing (check) ◄┘
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

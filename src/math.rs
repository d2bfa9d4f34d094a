//! Mathematics: one formula in, its renderings out. The only module that names `katex`.
//!
//! ```text
//!  the author's TeX ─► tex::outline ─► site numbers the equations ─► Job
//!  Job ─► guard ─► rewrite ─► engine ─► markup ─► Typeset { html, usage }     pure, in parallel, one formula each
//!  every usage, merged ─► stylesheet(), fonts()                               once a site
//! ```
//!
//! [`typeset`] depends on nothing but its [`Job`]: same job, same bytes, on any thread, in any order. It returns every
//! mistake of an author as a value; no input ends the process. It needs about [`STACK_SIZE`] of stack at the depth
//! that the guard allows, which an ordinary thread of 2 MB has.
//!
//! **One formula, four renderings.** For the page `Typeset::html`: HTML for the eye with MathML for assistive
//! technology. For feeds [`Typeset::mathml`]. For titles, alternative text and search `tex::plain`. For copying, the
//! MathML annotation holds TeX that any KaTeX sets the same way; where that differs from what the author typed
//! (`eqnarray`, a number from the site), the author's own text is in `data-tex` on the element of class `katex`.
//!
//! **Display formulas** come as `<span class="katex-display">`, which is a scroll box of its own. One that is likely to
//! be wider than a phone has `tabindex="0"`, `role="group"` and a label, so that the keyboard can scroll it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::panic::AssertUnwindSafe;

#[cfg(test)]
mod deviations;
mod engine;
mod error;
mod fonts;
mod guard;
mod hinting;
mod macros;
mod markup;
mod packages;
mod rewrite;
mod stylesheet;

pub use fonts::{FontFile, FontJob, licence};
pub use macros::{Definition, Macros, read_macro_file};
pub use markup::{Extent, SCALE, Usage};

use crate::source::Span;
use crate::tex::{self, Tex};

/// Stack that one call of [`typeset`] may need, in bytes.
pub const STACK_SIZE: usize = 2 << 20;

/// Formulas wider than this many em of their font may not fit a screen of 320 px.
const WIDE: f64 = 13.0;

/// One formula to be typeset. Two equal jobs give equal results, so a job is a cache key.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// What the author typed between the delimiters, byte for byte.
    pub tex: &'a str,
    /// A formula on a line of its own.
    pub display: bool,
    /// The macros of site and page.
    pub macros: &'a Macros,
    /// What earlier formulas of the page define and this one uses: `tex::prelude`.
    pub prelude: &'a str,
    /// What the site decided about numbers.
    pub numbers: Numbers<'a>,
}

/// The site's decisions for one formula.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Numbers<'a> {
    /// For each row of the outline its number, without parentheses; shorter lists mean none.
    pub rows: &'a [Option<String>],
    /// For each reference of the outline where it leads; `None` for one that leads nowhere.
    pub links: &'a [Option<Link>],
}

/// Where a reference leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    /// The number as text, without parentheses.
    pub text: String,
    /// The address, relative to the page.
    pub href: String,
}

/// A typeset formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Typeset {
    /// HTML with MathML inside: phrasing content, usable anywhere in a page.
    pub html: String,
    /// What it needs from stylesheet and fonts.
    pub usage: Usage,
    /// How much room it takes.
    pub extent: Extent,
    /// Where the MathML stands in the HTML.
    pub mathml: MathMl,
}

/// Where MathML stands in the HTML of a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MathMl {
    math: Range<usize>,
    annotation: Range<usize>,
}

impl MathMl {
    /// MathML alone, without annotation, with its name space: for feeds. `html` is the formula's.
    #[must_use]
    pub fn of(&self, html: &str) -> String {
        let before = &html[self.math.start..self.annotation.start];
        let after = &html[self.annotation.end..self.math.end];
        let inner = before.strip_prefix("<math").unwrap_or(before);
        format!("<math xmlns=\"http://www.w3.org/1998/Math/MathML\"{inner}{after}")
    }
}

/// A mistake in a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MathError {
    /// The wrong bytes of the author's text; `None` for the formula as a whole.
    pub range: Option<Range<usize>>,
    /// What was found, lower case, names in back-ticks.
    pub message: String,
    /// What would work.
    pub help: Option<String>,
    /// The macro that it lies in, with the place of its definition; without one for a macro that an earlier formula of
    /// the page defines.
    pub in_macro: Option<(String, Option<Span>)>,
}

/// The `id` of the row that carries a label.
#[must_use]
pub fn row_id(label: &str) -> Cow<'_, str> {
    if label.contains(char::is_whitespace) {
        return Cow::Owned(label.split_whitespace().collect::<Vec<_>>().join("-"));
    }
    Cow::Borrowed(label)
}

/// Typesets a formula. Pure, deterministic, safe on any thread with 2 MB of stack; never panics.
pub fn typeset(job: &Job) -> Result<Typeset, MathError> {
    let whole = |message: String| MathError { range: None, message, help: None, in_macro: None };
    if job.tex.len() + job.prelude.len() > guard::MAX_BYTES {
        return Err(whole(format!(
            "formula of {} bytes is too long; the limit is {}",
            job.tex.len(),
            guard::MAX_BYTES
        )));
    }
    let tex = Tex::read(job.tex);
    let cost = |name: &str| job.macros.get(name).map(|known| known.cost);
    let measured = if job.prelude.is_empty() {
        guard::measure(&tex, &cost)
    } else {
        guard::measure(&Tex::read(&format!("{}{}", job.prelude, job.tex)), &cost)
    };
    if let Some(refusal) = measured.refusal() {
        return Err(whole(refusal.to_owned()));
    }
    if let Some((range, message)) = guard::pitfall(&tex) {
        return Err(MathError { range: Some(range), ..whole(message.to_owned()) });
    }
    let structure = tex::read_structure(&tex);
    let rewritten = rewrite::rewrite(&tex, &structure, job.prelude, job.display, &job.numbers);
    let used: Vec<_> = job
        .macros
        .used_by(&rewritten.engine)
        .into_iter()
        .map(|one| (one.definition.name.clone(), one.expansion.clone()))
        .collect();
    let run = || engine::typeset(&rewritten.engine, &rewritten.shown, job.display, &used);
    // A panic of the engine is a fault of ours or of the engine, never a reason to lose the build.
    let tree = match std::panic::catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(tree)) => tree,
        Ok(Err(error)) => {
            let known = error::Known { macros: job.macros, prelude: job.prelude };
            return Err(error::explain(&error, &tex, &rewritten, known));
        }
        Err(_) => return Err(whole("this formula cannot be typeset: the engine failed on it".to_owned())),
    };
    let rows: Vec<Vec<&str>> =
        structure.outline.rows.iter().map(|row| row.labels.iter().map(|label| label.name.as_str()).collect()).collect();
    let numbers = shown_numbers(&structure.outline, job.numbers.rows);
    let written = markup::write(&tree, &markup::Places { rows: &rows, links: job.numbers.links, numbers: &numbers });
    Ok(finish(job, &rewritten, written))
}

/// What stands beside the rows that have a number or a tag.
fn shown_numbers(outline: &tex::Outline, given: &[Option<String>]) -> Vec<String> {
    let of_row = |(index, row): (usize, &tex::Row)| match (&row.tag, given.get(index)) {
        (Some(tag), _) if tag.starred => Some(tex::plain(&tag.body)),
        (Some(tag), _) => Some(format!("({})", tex::plain(&tag.body))),
        (None, Some(Some(number))) => Some(format!("({number})")),
        _ => None,
    };
    outline.rows.iter().enumerate().filter_map(of_row).collect()
}

/// Adds the attributes that follow from the formula as a whole.
fn finish(job: &Job, rewritten: &rewrite::Rewritten, written: markup::Written) -> Typeset {
    let markup::Written { mut html, mut math, mut annotation, usage, extent } = written;
    let mut insert = |after: &str, text: &str| {
        if let Some(at) = html.find(after) {
            html.insert_str(at + after.len(), text);
            for offset in [&mut math.start, &mut math.end, &mut annotation.start, &mut annotation.end] {
                *offset += text.len();
            }
        }
    };
    if rewritten.shown != job.tex {
        insert("<span class=\"katex\"", &format!(" data-tex=\"{}\"", escaped(job.tex)));
    }
    if job.display && extent.width > WIDE {
        let label = escaped(&tex::plain(job.tex));
        insert("<span class=\"katex-display\"", &format!(" tabindex=\"0\" role=\"group\" aria-label=\"{label}\""));
    }
    Typeset { html, usage, extent, mathml: MathMl { math, annotation } }
}

/// The box that stands on the page in place of a formula with a mistake.
#[must_use]
pub fn error_box(tex: &str, error: &MathError) -> String {
    let mut html = String::from("<span class=\"formula-error\" role=\"note\"><code>");
    match error.range.clone().filter(|range| !range.is_empty() && tex.get(range.clone()).is_some()) {
        Some(range) => {
            escape_into(&mut html, tex[..range.start].trim_start());
            html.push_str("<mark>");
            escape_into(&mut html, &tex[range.clone()]);
            html.push_str("</mark>");
            escape_into(&mut html, tex[range.end..].trim_end());
        }
        None => escape_into(&mut html, tex.trim()),
    }
    let _ = write!(html, "</code> <span>{}</span></span>", escaped(&error.message));
    html
}

/// The stylesheet for what was used; `prefix` is put before the names of font files. The error lists the classes that
/// have no rule: the engine is newer than the table of rules.
pub fn stylesheet(usage: &Usage, fonts: &[FontFile], prefix: &str) -> Result<String, Vec<String>> {
    if !usage.unknown.is_empty() {
        return Err(usage.unknown.iter().cloned().collect());
    }
    Ok(format!("{}{}", fonts::faces(fonts, prefix), stylesheet::rules(&usage.needs)))
}

/// The font files for what was used, in a fixed order.
#[must_use]
pub fn fonts(usage: &Usage) -> Vec<FontFile> {
    font_jobs(usage).iter().filter_map(font).collect()
}

/// What [`fonts`] makes, to be made one by one with [`font`]: each takes about 20 ms.
#[must_use]
pub fn font_jobs(usage: &Usage) -> Vec<FontJob> {
    fonts::jobs(&usage.glyphs)
}

/// One font file; `None` if the font has none of the characters.
#[must_use]
pub fn font(job: &FontJob) -> Option<FontFile> {
    fonts::file(job)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}

fn escape_into(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

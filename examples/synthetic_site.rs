//! Writes a site of any size, for measuring:
//! `cargo run --example synthetic_site -- DIR --pages 1000 --formulas 20 --charts 1 --listings 2 --seed 1`.
//!
//! Pages lie in folders of forty, link to their neighbours, and hold paragraphs with inline and display formulas, charts
//! and code blocks in turn. The same numbers give the same bytes. Formulas are put together from patterns of analysis,
//! algebra and statistics with changing letters and numbers, so that most of them occur once.
#![allow(clippy::print_stderr, clippy::disallowed_methods, clippy::unwrap_used, reason = "a tool for measuring")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// What the site shall be.
pub(crate) struct Plan {
    /// Its folder.
    pub(crate) folder: PathBuf,
    pub(crate) pages: usize,
    /// The next three are counted per page.
    pub(crate) formulas: usize,
    pub(crate) charts: usize,
    pub(crate) listings: usize,
    pub(crate) seed: u64,
}

const USAGE: &str = "synthetic_site DIR [--pages N] [--formulas N] [--charts N] [--listings N] [--seed N]; \
                     formulas, charts and listings are counted per page";

/// Pages in a folder.
const FOLDER: usize = 40;

fn main() {
    let Some(plan) = read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    make(&plan);
}

/// Writes the site.
pub(crate) fn make(plan: &Plan) {
    let macros = "[math.macros]\n'\\R' = '\\mathbb{R}'\n'\\E' = '\\operatorname{E}'\n";
    write(&plan.folder.join("site.toml"), &format!("title = \"Synthetic\"\n\n{macros}"));
    write(&plan.folder.join("content/index.md"), "# Synthetic\n\nA site for measuring.\n");
    for page in 0..plan.pages {
        if page % FOLDER == 0 {
            let folder = plan.folder.join(format!("content/chapter-{:04}", page / FOLDER));
            let title = format!("# Chapter {}\n\nWith up to {FOLDER} pages.\n", page / FOLDER + 1);
            write(&folder.join("index.md"), &title);
        }
        write(&plan.folder.join(format!("content/{}.md", name(page))), &article(plan, page));
    }
}

/// A page's path below the content folder, without its ending.
pub(crate) fn name(page: usize) -> String {
    format!("chapter-{:04}/page-{page:05}", page / FOLDER)
}

fn read(mut arguments: impl Iterator<Item = String>) -> Option<Plan> {
    let folder = arguments.next().filter(|folder| !folder.starts_with('-'))?.into();
    let mut plan = Plan { folder, pages: 100, formulas: 20, charts: 1, listings: 1, seed: 1 };
    while let Some(name) = arguments.next() {
        let number: usize = arguments.next()?.parse().ok()?;
        match name.as_str() {
            "--pages" => plan.pages = number,
            "--formulas" => plan.formulas = number,
            "--charts" => plan.charts = number,
            "--listings" => plan.listings = number,
            "--seed" => plan.seed = number as u64,
            _ => return None,
        }
    }
    Some(plan)
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// An article: sections with paragraphs, and everything that was asked for spread over them.
fn article(plan: &Plan, page: usize) -> String {
    let dice = &mut Dice(plan.seed ^ (page as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    // A title with a formula is part of the navigation of all pages around it, so few have one.
    let title =
        if page.is_multiple_of(10) { format!("Page {page} on ${}$", inline(dice)) } else { format!("Page {page}") };
    let mut text = format!("+++\ntitle = '{title}'\ndate = 2026-11-23\n");
    let _ = write!(text, "tags = [\"tag {}\"]\n+++\n\n", page % 17);
    let (mut formulas, mut charts, mut listings) =
        (plan.formulas.saturating_sub(usize::from(page.is_multiple_of(10))), plan.charts, plan.listings);
    let sections = (formulas / 6).max(charts).max(listings).max(2);
    for section in 0..sections {
        let _ = write!(text, "## {} {}\n\n", pick(dice, &HEADINGS), section + 1);
        let due = formulas.div_ceil(sections - section);
        formulas -= due;
        paragraphs(&mut text, dice, due, page);
        if charts > 0 {
            charts -= 1;
            chart(&mut text, dice);
        }
        if listings > 0 {
            listings -= 1;
            listing(&mut text, dice);
        }
    }
    if !page.is_multiple_of(FOLDER) {
        let _ = writeln!(text, "Compare [the page before](page-{:05}.md).", page - 1);
    }
    text
}

fn paragraphs(text: &mut String, dice: &mut Dice, mut formulas: usize, page: usize) {
    while formulas > 0 {
        for _ in 0..3 {
            text.push_str(pick(dice, &SENTENCES));
            text.push(' ');
            if formulas > 1 && dice.below(2) == 0 {
                formulas -= 1;
                let _ = write!(text, "Here ${}$ is what matters. ", inline(dice));
            }
        }
        formulas -= 1;
        match dice.below(6) {
            0 => {
                let label = format!("eq:{page}-{}", dice.below(1 << 30));
                let _ = write!(text, "\n\n$$\n{} \\label{{{label}}}\n$$\n\nSee \\eqref{{{label}}}.\n\n", display(dice));
            }
            1 => {
                let (a, b) = (inline(dice), inline(dice));
                let _ =
                    write!(text, "\n\n\\begin{{align}}\n{a} &= {b} \\\\\n&\\le {}\n\\end{{align}}\n\n", display(dice));
            }
            _ => {
                let _ = write!(text, "\n\n$$\n{}\n$$\n\n", display(dice));
            }
        }
    }
}

fn inline(dice: &mut Dice) -> String {
    let (x, y) = (pick(dice, &LETTERS), pick(dice, &LETTERS));
    let (n, m) = (dice.below(999) + 1, dice.below(9) + 2);
    match dice.below(8) {
        0 => format!("{x}_{{{n}}} + {y}^{m}"),
        1 => format!("\\frac{{{x}}}{{{n} {y}}}"),
        2 => format!("\\sqrt{{{x}^2 + {n}}}"),
        3 => format!("{x} \\in \\R^{{{n}}}"),
        4 => format!("\\log({x} + {n}{y})"),
        5 => format!("|{x} - {y}| < 10^{{-{n}}}"),
        6 => format!("\\hat {x}_{{{m}}} \\to {y}_{{{n}}}"),
        _ => format!("\\max({x}, {n}{y})"),
    }
}

fn display(dice: &mut Dice) -> String {
    let (x, y) = (pick(dice, &LETTERS), pick(dice, &LETTERS));
    let (n, m) = (dice.below(999) + 1, dice.below(9) + 2);
    let (a, b) = (inline(dice), inline(dice));
    match dice.below(8) {
        0 => format!("\\int_0^{{{n}}} {x}^{m} e^{{-{y} {x}}} \\, d{x} = {a}"),
        1 => format!("\\sum_{{k=1}}^{{{n}}} \\frac{{{x}_k}}{{k^{m}}} \\le {a} + {b}"),
        2 => format!("f({x}) = \\begin{{cases}} {a} & {x} < {n} \\\\ {b} & {x} \\ge {n} \\end{{cases}}"),
        3 => format!("\\begin{{pmatrix}} {a} & {n} \\\\ {m} & {b} \\end{{pmatrix}} {x} = {y}"),
        4 => format!("\\E\\left[ {x}_{{{n}}} \\mid {y} \\right] = \\frac{{{a}}}{{{b}}}"),
        5 => format!("\\lim_{{{x} \\to \\infty}} \\left( 1 + \\frac{{{n}}}{{{x}}} \\right)^{{{x}}} = e^{{{n}}}"),
        6 => format!("\\frac{{\\partial {y}}}{{\\partial {x}_{{{n}}}}} = \\sqrt[{m}]{{\\frac{{{a}}}{{{b}}}}}"),
        _ => format!("\\prod_{{i=1}}^{{{n}}} \\left( {a} \\right) = \\underbrace{{{b}}}_{{{m} \\text{{ times}}}}"),
    }
}

fn chart(text: &mut String, dice: &mut Dice) {
    let (a, b) = (dice.below(40) + 1, dice.below(9) + 1);
    let (first, second) = match dice.below(5) {
        0 => (format!("relu(x) - {a}/10"), "relu'(x)".to_owned()),
        1 => (format!("sigmoid({b}*x/4)"), format!("sigmoid'({b}*x/4)")),
        2 => (format!("sin({b}*x)/x"), "cos(x)".to_owned()),
        3 => (format!("{{x < {b}/2: 0, x - {b}/2}}"), format!("abs(x) - {a}/8")),
        _ => (format!("exp(-x^2/{b})"), format!("gelu(x) - {a}/20")),
    };
    let _ = write!(
        text,
        "```chart\nx = [-{0}, {0}]\ntitle = \"Two functions, {a} and {b}\"\ncurves = [\n  {{ f = \"{first}\", label = \
         \"$f$\" }},\n  {{ f = \"{second}\", label = \"$g_{{{a}}}$\" }},\n]\n```\n\n",
        b + 3
    );
}

fn listing(text: &mut String, dice: &mut Dice) {
    let (name, n) = (pick(dice, &LETTERS).trim_start_matches('\\').to_owned(), dice.below(1000));
    let _ = match dice.below(3) {
        0 => write!(
            text,
            "```python\nimport numpy as np\n\n\ndef {name}_{n}(x):\n    \"\"\"The positive part, {n} times.\"\"\"\n    \
             return {n} * np.where(x >= 0, x, 0.0)\n\n\nprint({name}_{n}(np.array([-2.0, 0.5])))\n```\n\n"
        ),
        1 => write!(
            text,
            "```rust\nfn {name}_{n}(x: f64) -> f64 {{\n    // The positive part.\n    let scale = {n}.0;\n    if x < 0.0 \
             {{ 0.0 }} else {{ scale * x }}\n}}\n```\n\n"
        ),
        _ => write!(text, "```sh\npiecewise build --root page-{n} # {name}\nls -l site | head -n {n}\n```\n\n"),
    };
}

const LETTERS: [&str; 14] =
    ["x", "y", "z", "t", "u", "p", "\\alpha", "\\beta", "\\gamma", "\\theta", "\\lambda", "\\mu", "\\sigma", "w"];

const HEADINGS: [&str; 6] = ["Definition", "Bounds", "Derivative", "An example", "Limits", "In practice"];

const SENTENCES: [&str; 8] = [
    "The two cases agree at the point where they meet, so the function is continuous there.",
    "Its slope is another matter, and most of what follows depends on it.",
    "A *convex* function lies above each of its tangents.",
    "For large arguments the second term is negligible, which the chart shows.",
    "Nothing changes if both sides are divided by the same positive number.",
    "This is where the **constant** comes from: it is the smallest one that works.",
    "The estimate is sharp; equality holds for one argument only.",
    "Compare this with the discrete case, where sums take the place of integrals.",
];

fn pick<'a>(dice: &mut Dice, choices: &[&'a str]) -> &'a str {
    choices[dice.below(choices.len())]
}

/// Numbers that look random and are the same each time (`SplitMix64`).
struct Dice(u64);

impl Dice {
    /// A number from 0 to `limit` - 1.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

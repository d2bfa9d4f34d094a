//! A build that remembers earlier ones is the same build: over random edits of a site, the same bytes and the same
//! diagnostics as from a fresh one.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use common::Site;
use piecewise::pipeline::memo::Memo;
use piecewise::pipeline::progress::Silent;
use piecewise::pipeline::{self, Content, Inputs, Options, Workshop};
use piecewise::shell::disk;
use piecewise::shell::files::Files;
use piecewise::shell::report::{self, Format};
use proptest::prelude::*;

/// What an author does to a site.
#[derive(Debug, Clone)]
enum Edit {
    /// Writes a file: which, and which of the texts for its kind.
    Write(usize, usize),
    Delete(usize),
    Rename(usize, usize),
}

/// Files of the site: articles, then the others.
const PATHS: [&str; 12] = [
    "content/index.md",
    "content/a.md",
    "content/a.ja.md",
    "content/b/index.md",
    "content/b/c.md",
    "content/b/z.md",
    "content/picture.txt",
    "site.toml",
    "macros.tex",
    "templates/footer.html",
    "templates/words/en.toml",
    "static/styles/own.css",
];

const ARTICLES: [&str; 8] = [
    "# One\n\nSee [a](a.md), \\eqref{eq:x} and [](#fig:c).\n",
    "+++\ntitle = \"Two $x^2$\"\nweight = 3\n+++\n\n$$ \\half{x} \\label{eq:x} $$\n\n$\\unknown$ and $\\mathfrak{g}$\n",
    "# Three\n\nA longer introduction.\n\n```chart\nx = [-1, 1]\nid = \"fig:c\"\ntitle = \"chart of $\\\\half{x}$\"\ncurves = [\"relu(x)\", \"bump(x)\"]\n```\n",
    "+++\ntitle = \"Four\"\n[macros]\n'\\half' = '\\frac{#1}{3}'\n+++\n\n$\\half{y}$ [gone](b/gone.md)\n\n```function\ng(x) = x^2\n```\n\n```chart\nx = [0, 2]\ncurves = [\"g(x)\"]\n```\n",
    "# Five\n\n$$ a \\tag{5} \\label{eq:y} $$\n\n## Part\n\n$\\eqref{eq:x}$ $\\half{x}$ `code`\n\n```rust\nfn f() {}\n```\n",
    "+++\ndraft = true\n+++\n# Draft\n\n$\\frac{1}{$\n",
    "no title, a broken chart\n\n```chart\nx = 1\ncurves = [\"nothing(x)\"]\n```\n",
    "# Eight\n\n> $$ \\half{q} \\label{eq:x} $$\n\n```chart\nx = [-1, 1]\ncurves = [\"nothing(x)\", \"relu'(x)\"]\n```\n",
];

const CONFIGS: [&str; 5] = [
    "title = \"T\"\n[math]\nmacro_files = [\"macros.tex\"]\n[functions]\nbump = \"exp(-x^2)\"\n",
    "title = \"U\"\nlanguage = \"ja\"\n[math]\nnumber = \"all\"\n[math.macros]\n'\\half' = '\\frac{#1}{2}'\n",
    "titel = \"typing mistake\"\n",
    "title = [\n",
    "title = \"V\"\n[math]\nloose_dollar = true\nmacro_files = [\"macros.tex\", \"none.tex\"]\n[functions]\nbump = \"1 +\"\n",
];

const OTHERS: [&str; 4] = [
    "\\newcommand{\\half}[1]{\\frac{#1}{2}}\n",
    "<footer>{{ page.title }}</footer>\n",
    "x\n",
    "{{ nothing.at_all }}\n",
];

fn text(path: &str, which: usize) -> &'static str {
    match path {
        path if Path::new(path).extension().is_some_and(|extension| extension == "md") => {
            ARTICLES[which % ARTICLES.len()]
        }
        "site.toml" => CONFIGS[which % CONFIGS.len()],
        "templates/words/en.toml" => ["figure = \"Chart {number}\"\n", "figure = 3\n", "next = [\n"][which % 3],
        "static/styles/own.css" => ["a { color: red }\n", "b { color: blue }\n"][which % 2],
        _ => OTHERS[which % OTHERS.len()],
    }
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let file = || 0..PATHS.len();
    let one = prop_oneof![
        6 => (file(), 0..8usize).prop_map(|(file, which)| Edit::Write(file, which)),
        1 => file().prop_map(Edit::Delete),
        1 => (file(), file()).prop_map(|(from, to)| Edit::Rename(from, to)),
    ];
    proptest::collection::vec(one, 1..16)
}

/// Gives the paths that someone who watches would name.
fn apply(edit: &Edit, root: &Path) -> BTreeSet<PathBuf> {
    let path = |index: usize| root.join(PATHS[index]);
    match *edit {
        Edit::Write(file, which) => {
            fs::create_dir_all(path(file).parent().unwrap()).unwrap();
            fs::write(path(file), text(PATHS[file], which)).unwrap();
            [path(file)].into()
        }
        Edit::Delete(file) => {
            drop(fs::remove_file(path(file)));
            [path(file)].into()
        }
        Edit::Rename(from, to) => {
            fs::create_dir_all(path(to).parent().unwrap()).unwrap();
            drop(fs::rename(path(from), path(to)));
            [path(from), path(to)].into()
        }
    }
}

/// A build as bytes and text, so that nothing in it can differ unseen.
fn build(inputs: &Inputs, memo: &Memo) -> (BTreeMap<String, Vec<u8>>, String, pipeline::Counts) {
    let build = pipeline::build(inputs, Workshop { memo, progress: &Silent });
    let bytes = |content: &Content| match content {
        Content::Bytes(bytes) => bytes.to_vec(),
        Content::File(path) => path.to_string_lossy().into_owned().into_bytes(),
    };
    let output = build.output.iter().map(|(path, content)| (path.clone(), bytes(content))).collect();
    (output, report::render(&build.diagnostics, &inputs.sources, Format::Json, false), build.counts)
}

fn law(edits: &[Edit]) {
    let site = Site::new("-- content/index.md --\n# Start\n");
    let (root, out) = (site.path(""), site.path("site"));
    let (memo, mut files) = (Memo::default(), Files::default());
    let mut before: Option<pipeline::Prepared> = None;
    for (number, edit) in edits.iter().enumerate() {
        let changed = apply(edit, &root);
        files.changed(&changed);
        if number % 5 == 4 {
            files.doubt_all();
        }
        let options = Options { drafts: number % 3 == 0, ..Options::default() };
        let again = disk::read_again(&root, &out, options.clone(), &mut files).unwrap();
        let fresh = disk::read(&root, &out, options).unwrap();
        let (kept, new) = (build(&again, &memo), build(&fresh, &Memo::default()));
        assert_eq!(kept.1, new.1, "diagnostics after {edit:?}");
        assert!(kept.0 == new.0, "bytes after {edit:?}");
        assert_eq!(kept.2, new.2, "counts after {edit:?}");
        // What a check that skips known pages leaves unsaid was said before, or there is nothing to say.
        let prepared = pipeline::prepare(&again, Workshop { memo: &memo, progress: &Silent });
        let skipping = prepared.check(before.as_ref(), &AtomicBool::new(false));
        let all = pipeline::prepare(&again, Workshop { memo: &memo, progress: &Silent });
        assert_eq!(skipping, all.check(None, &AtomicBool::new(false)), "templates after {edit:?}");
        before = Some(prepared);
        if number % 2 == 0 {
            memo.sweep();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_build_that_remembers_is_the_same_build(edits in edits()) {
        law(&edits);
    }
}

#[test]
fn what_has_not_changed_is_not_made_again() {
    let site = Site::new("-- content/index.md --\n# A\n\n$x$\n-- content/b.md --\n# B\n\n$y$\n");
    let (root, out) = (site.path(""), site.path("site"));
    let (memo, mut files) = (Memo::default(), Files::default());
    let mut results = |text: &str| {
        site.write("content/b.md", text);
        files.changed(&[root.join("content/b.md")].into());
        let inputs = disk::read_again(&root, &out, Options::default(), &mut files).unwrap();
        drop(pipeline::prepare(&inputs, Workshop { memo: &memo, progress: &Silent }));
        memo.len()
    };
    let first = results("# B\n\n$y$\n");
    assert_eq!(results("# B\n\n$y$\n"), first, "nothing new");
    let second = results("# B\n\nmore, $y$\n");
    assert_eq!(second - first, 4, "an article, its formulas, its listings and what its group of pages uses");
}

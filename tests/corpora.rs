//! Real documentation sites, unchanged: every formula that their authors meant must arrive as typed.
//!
//! The sites are not part of the repository; where they are absent the tests say so and pass.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use piecewise::article::{self, Spellings};
use piecewise::math::{self, Job, Macros, Numbers};
use piecewise::source::Sources;

fn shared() -> Option<PathBuf> {
    let candidates = [
        std::env::var_os("PIECEWISE_SHARED").map(PathBuf::from),
        Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"))),
    ];
    let found = candidates.into_iter().flatten().find(|path| path.join("corpora").is_dir());
    if found.is_none() {
        eprintln!("skipped: no folder `../shared` with test data");
    }
    found
}

/// The formula without the indentation of its lines: in a list it belongs partly to the list, and to TeX it is nothing.
fn unindented(tex: &str) -> String {
    tex.trim().lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_formula_of_the_corpora_arrives_as_typed() {
    let Some(shared) = shared() else { return };
    let list = std::fs::read_to_string(shared.join("math/formulas.jsonl")).unwrap();
    let mut expected: Vec<(String, String, bool, String)> = Vec::new();
    for line in list.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        if !["cp-algorithms", "halo2"].contains(&value["corpus"].as_str().unwrap()) {
            continue; // The list has formulas of sites whose text is not here.
        }
        expected.push((text("corpus"), text("file"), value["display"].as_bool().unwrap(), text("tex")));
    }
    let mut arrived: BTreeSet<(String, bool, String)> = BTreeSet::new();
    for (corpus, folder) in [("cp-algorithms", "cp-algorithms/src"), ("halo2", "halo2/book/src")] {
        let root = shared.join("corpora").join(folder);
        for entry in walkdir::WalkDir::new(&root) {
            let entry = entry.unwrap();
            if entry.path().extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let source = Sources::default().add(entry.path().display().to_string(), text);
            let article = article::parse(&source, &article::Files::new(), Spellings::default(), &mut Vec::new());
            for formula in article.formulas {
                arrived.insert((corpus.to_owned(), formula.display, unindented(&formula.tex.text)));
            }
        }
    }
    // The list was made from a newer text of this page: the copy here has no such formula.
    expected.retain(|(_, file, _, tex)| (file.as_str(), tex.as_str()) != ("contrib.md", "C_n^k"));
    let missing: Vec<_> = expected
        .iter()
        .filter(|(corpus, _, display, tex)| !arrived.contains(&(corpus.clone(), *display, unindented(tex))))
        .collect();
    for (corpus, file, display, tex) in missing.iter().take(40) {
        eprintln!("missing: {corpus}/{file} display={display} {tex:?}");
    }
    println!(
        "{} of {} formulas arrived, {} distinct in all",
        expected.len() - missing.len(),
        expected.len(),
        arrived.len()
    );
    assert!(missing.is_empty(), "{} formulas did not arrive", missing.len());
}

/// Checks a site with the program: every message as `file:line severity[code] message`, sorted, and the report.
fn check(root: &Path) -> (Vec<String>, serde_json::Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_piecewise"))
        .args(["check", "--format", "json", "--out", "nowhere", "--root"])
        .arg(root)
        .output()
        .unwrap();
    let mut messages: Vec<String> = String::from_utf8(output.stderr)
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        // The last line is the summary.
        .filter(|message| message["severity"].is_string())
        .map(|message| {
            let text = |key: &str| message[key].as_str().unwrap_or("").to_owned();
            format!("{}:{} {}[{}] {}", text("file"), message["line"], text("severity"), text("code"), text("message"))
        })
        .collect();
    messages.sort();
    (messages, serde_json::from_slice(&output.stdout).unwrap())
}

/// The images were left out of the copies: links to them are broken, and the names are known.
fn is_missing_image(message: &str) -> bool {
    [".png`", ".gif`", ".svg`"].iter().any(|end| message.contains(&format!("{end}, which does not exist")))
}

/// The links of a bullet list, in order, without help of the program.
fn links_of_list(text: &str) -> Vec<String> {
    let line = |line: &str| Some(line.split_once("](")?.1.split_once(')')?.0.to_owned());
    text.lines().filter(|text| text.trim_start().starts_with(['-', '['])).filter_map(line).collect()
}

/// The site's pages in reading order: each one's "next" from the front page on, as the file that it was made from.
fn reading_order(site: &Path) -> Vec<String> {
    let mut order = Vec::new();
    let mut page = "index.html".to_owned();
    while !order.contains(&page) {
        let html = std::fs::read_to_string(site.join(&page)).unwrap();
        order.push(page.clone());
        let Some((before, _)) = html.split_once("rel=\"next\"") else { break };
        let after = &html[before.len()..];
        let tag = before.rfind('<').unwrap();
        let tag = format!("{}{}", &before[tag..], after.split('>').next().unwrap());
        let href = tag.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
        page = join(&page, href);
    }
    order
}

fn join(from: &str, href: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in href.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What a file becomes.
fn output(file: &str) -> String {
    match file.trim_end_matches(".md") {
        "index" | "README" => "index.html".to_owned(),
        stem => format!("{stem}/index.html"),
    }
}

/// Builds a corpus unchanged; its messages must be those that are named, its order that of its own list.
fn builds_unchanged(root: &Path, list: &str, expected: &[&str]) -> serde_json::Value {
    let (messages, report) = check(root);
    let (images, rest): (Vec<&String>, Vec<&String>) = messages.iter().partition(|message| is_missing_image(message));
    println!("{} images are not in the copy", images.len());
    let mut wrong = String::new();
    for message in &rest {
        if !expected.contains(&message.as_str()) {
            writeln!(wrong, "new: {message}").unwrap();
        }
    }
    for message in expected {
        if !rest.iter().any(|found| found == message) {
            writeln!(wrong, "gone: {message}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // An image that is there must not be called missing.
    for message in images {
        let (file, line) = message.split_once(' ').unwrap().0.rsplit_once(':').unwrap();
        let target = message.split('`').nth(1).unwrap();
        assert!(!root.join(file).parent().unwrap().join(target).exists(), "{file}:{line}: {target} is there");
    }
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let run = Command::new(env!("CARGO_BIN_EXE_piecewise"))
        .args(["build", "--keep-going", "--out"])
        .arg(&site)
        .arg("--root")
        .arg(root)
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1), "the mistakes above are errors");
    let listed = links_of_list(&std::fs::read_to_string(root.join(list)).unwrap());
    let mut order: Vec<String> = Vec::new();
    for file in std::iter::once("index.md").chain(listed.iter().map(String::as_str)) {
        if !order.contains(&output(file)) {
            order.push(output(file));
        }
    }
    assert_eq!(reading_order(&site), order, "the order of {list}");
    report
}

#[test]
fn cp_algorithms_builds_unchanged() {
    let Some(shared) = shared() else { return };
    let expected = [
        r"src/algebra/fft.md:645 error[math] undefined control sequence `\*`",
        "src/combinatorics/stars_and_bars.md:74 error[link] `combinatorics/inclusion-exclusion.md` has no anchor `#number-of-upper-bound-integer-sums`",
        "src/geometry/tangents-to-two-circles.md:104 warning[listing] unknown language `find-tangents-to-two-circles`: 1 listing is shown without colours",
        "src/geometry/tangents-to-two-circles.md:78 warning[listing] unknown language `point-line-circle-struct`: 1 listing is shown without colours",
        "src/index.md:7 warning[unknown] not understood, kept as typed: `include` (template tags)",
        "src/sequences/longest_increasing_subsequence.md:1 warning[front-matter] no title; `longest_increasing_subsequence` is used",
    ];
    let report = builds_unchanged(&shared.join("corpora/cp-algorithms"), "src/navigation.md", &expected);
    assert_eq!((report["tool"].as_str(), report["refused_formulas"].as_u64()), (Some("MkDocs"), Some(1)));
    assert_eq!(report["navigation"], "navigation.md");
}

#[test]
fn halo2_builds_unchanged() {
    let Some(shared) = shared() else { return };
    let expected = [
        "src/background/curves.md:38 warning[link] anchor `#Groups` differs in upper and lower case from `#groups`",
        "src/background/curves.md:5 warning[link] anchor `#Groups` differs in upper and lower case from `#groups`",
        "src/background/groups.md:3 error[link] `background/fields.md` has no anchor `#inverses-and-groups`",
        "src/background/plonkish.md:59 error[link] link to `/LTPc5f-3S0qNF6MtwD-Tdg`, which does not exist",
        "src/background/recursion.md:17 error[link] `background/recursion.md` has no anchor `#Polynomial-commitment-using-inner-product-argument`",
        "src/design/gadgets/ecc/fixed-base-scalar-mul.md:189 warning[link] anchor `#Complete-addition` differs in upper and lower case from `#complete-addition`",
        "src/design/gadgets/ecc/var-base-scalar-mul.md:137 warning[link] anchor `#Complete-addition` differs in upper and lower case from `#complete-addition`",
        "src/design/gadgets/ecc/var-base-scalar-mul.md:64 warning[link] anchor `#Complete-addition` differs in upper and lower case from `#complete-addition`",
        "src/design/gadgets/ecc/var-base-scalar-mul.md:76 warning[link] anchor `#Complete-addition` differs in upper and lower case from `#complete-addition`",
        // Files of the program that the book is about, outside of the book's folder.
        "src/README.md:1 error[include] `../../README.md` lies outside of the site's folder",
        "src/user/dev-tools.md:29 error[include] `../../../halo2_proofs/examples/circuit-layout.rs` lies outside of the site's folder",
        "src/user/simple-example.md:30 error[include] `../../../halo2_proofs/examples/simple-example.rs` lies outside of the site's folder",
        "src/user/simple-example.md:39 error[include] `../../../halo2_proofs/examples/simple-example.rs` lies outside of the site's folder",
        "src/user/simple-example.md:47 error[include] `../../../halo2_proofs/examples/simple-example.rs` lies outside of the site's folder",
        "src/user/simple-example.md:56 error[include] `../../../halo2_proofs/examples/simple-example.rs` lies outside of the site's folder",
        "src/user/simple-example.md:62 error[include] `../../../halo2_proofs/examples/simple-example.rs` lies outside of the site's folder",
        "src/user/simple-example.md:71 error[include] `../../../halo2_proofs/examples/simple-example.rs` lies outside of the site's folder",
        "src/user/simple-example.md:82 error[include] `../../../halo2_proofs/examples/simple-example.rs` lies outside of the site's folder",
    ];
    let report = builds_unchanged(&shared.join("corpora/halo2/book"), "src/SUMMARY.md", &expected);
    assert_eq!((report["tool"].as_str(), report["refused_formulas"].as_u64()), (Some("mdBook"), Some(0)));
}

/// Whatever there is to say about formulas, with the formula: it is the authors' own mistake, and there is no other.
#[test]
fn the_only_mistakes_in_formulas_are_the_authors_own() {
    let Some(shared) = shared() else { return };
    // `$\*$`, "the wildcard character": KaTeX knows no such command either.
    let known =
        [("corpora/cp-algorithms", r"src/algebra/fft.md:645 error[math] undefined control sequence `\*`".to_owned())];
    let mut found = Vec::new();
    for folder in ["corpora/cp-algorithms", "corpora/halo2/book"] {
        let (messages, report) = check(&shared.join(folder));
        let about_formulas = messages.iter().filter(|m| m.contains("[math]") || m.contains("[reference]"));
        let before = found.len();
        found.extend(about_formulas.map(|message| (folder, message.clone())));
        assert_eq!(report["refused_formulas"].as_u64(), Some((found.len() - before) as u64), "{folder}");
        assert!(report["formulas"].as_u64().unwrap() > 1000, "{folder} was read: {report}");
    }
    assert_eq!(found, known);
}

/// `eqnarray` with any number of columns, as authors write it.
#[test]
fn every_eqnarray_of_the_corpora_is_set() {
    let Some(shared) = shared() else { return };
    let macros = Macros::default();
    let (mut set, mut widest) = (0, 0);
    for entry in walkdir::WalkDir::new(shared.join("corpora")) {
        let entry = entry.unwrap();
        if entry.path().extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let source =
            Sources::default().add(entry.path().display().to_string(), std::fs::read_to_string(entry.path()).unwrap());
        let article = article::parse(&source, &article::Files::new(), Spellings::default(), &mut Vec::new());
        for formula in article.formulas.iter().filter(|formula| formula.tex.text.contains(r"\begin{eqnarray")) {
            let tex = formula.tex.text.as_str();
            let job = Job { tex, display: formula.display, macros: &macros, prelude: "", numbers: Numbers::default() };
            let html = math::typeset(&job).unwrap_or_else(|error| panic!("{tex}: {error:?}")).html;
            assert!(!html.contains("<mi mathcolor"), "{tex}");
            set += 1;
            widest = widest.max(tex.split(r"\\").map(|row| row.matches('&').count() + 1).max().unwrap());
        }
    }
    println!("{set} formulas with eqnarray, up to {widest} columns");
    assert!(set > 0 && widest > 3);
}

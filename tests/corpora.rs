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
use std::path::PathBuf;

use piecewise::article::{self, Spellings};
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
            let article = article::parse(&source, Spellings::default(), &mut Vec::new());
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

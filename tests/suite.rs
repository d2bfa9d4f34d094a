//! The specification: `tests/suite/*.md` say in prose what an author can type, with examples that are run here.
//!
//! An example is a fence of four back-ticks with the word `example`: what is typed, a line `----`, and the HTML of the
//! body with each formula as `⟦its TeX⟧` (inline) or `⟦⟦its TeX⟧⟧` (display). Messages follow, one a line, as
//! `error LINE:COLUMN message`. With `UPDATE_SUITE=1` the expected parts are written anew, to be read before they are
//! committed.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

use std::fmt::Write as _;
use std::path::Path;

use piecewise::article::{self, Article, Node, Spellings};
use piecewise::diagnostic::{self, Severity};
use piecewise::page::{self, FormulaHtml, Fragments, Links};
use piecewise::site::ResolvedLink;
use piecewise::source::Sources;

#[test]
fn every_example_of_the_specification_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let update = std::env::var_os("UPDATE_SUITE").is_some();
    let (mut examples, mut failures) = (0, Vec::new());
    let mut pages: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    for path in pages {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut rewritten = String::new();
        let mut lines = text.split_inclusive('\n').enumerate();
        while let Some((number, line)) = lines.next() {
            rewritten.push_str(line);
            let Some(options) = line.strip_prefix("````example") else { continue };
            let body: String =
                lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim_end() != "````").collect();
            let (input, expected) = body.split_once("----\n").unwrap_or((&body, ""));
            let actual = run(input, spellings(options.trim()));
            examples += 1;
            if actual.trim() != expected.trim() {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                failures.push(format!(
                    "{name}:{}\n--- typed\n{input}--- expected\n{expected}--- got\n{actual}",
                    number + 1
                ));
            }
            write!(rewritten, "{input}----\n{}\n````\n", actual.trim_end()).unwrap();
        }
        if update {
            std::fs::write(&path, rewritten).unwrap();
        }
    }
    assert!(examples > 0, "no examples were found");
    assert!(
        failures.is_empty() || update,
        "{} of {examples} examples fail:\n\n{}",
        failures.len(),
        failures.join("\n")
    );
    println!("{examples} examples");
}

fn spellings(options: &str) -> Spellings {
    let mut spellings = Spellings::default();
    for option in options.split_whitespace() {
        match option {
            "loose_dollar" => spellings.loose_dollar = true,
            "double_backslash" => spellings.double_backslash = true,
            "kramdown" => spellings.kramdown = true,
            other => panic!("unknown option `{other}` of an example"),
        }
    }
    spellings
}

fn run(input: &str, spellings: Spellings) -> String {
    let source = Sources::default().add("example.md", input);
    let mut diagnostics = Vec::new();
    let article = article::parse(&source, spellings, &mut diagnostics);
    diagnostic::sort(&mut diagnostics);
    let mut shown = html(&article, &article.body);
    if let Some(heading) = &article.heading {
        shown = format!("<h1 id=\"{}\">{}</h1>\n{shown}", heading.id, html(&article, &heading.content));
    }
    for diagnostic in diagnostics {
        let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        let at = source.position(diagnostic.span.map_or(0, |span| span.range().start));
        write!(shown, "\n{severity} {}:{} {}", at.line, at.column, diagnostic.message).unwrap();
    }
    shown
}

fn html(article: &Article, nodes: &[Node]) -> String {
    let formula = |formula: &article::Formula| {
        let html = if formula.display {
            format!("⟦⟦{}⟧⟧", formula.tex.text)
        } else {
            format!("⟦{}⟧", formula.tex.text)
        };
        FormulaHtml { block: html.as_str().into(), inline: html.into() }
    };
    let fragments = Fragments {
        formulas: article.formulas.iter().map(formula).collect(),
        charts: article.charts.iter().map(|chart| format!("<chart>{}</chart>", chart.body.text)).collect(),
        listings: article
            .listings
            .iter()
            .map(|listing| {
                format!("<pre class=\"{}\">{}</pre>", listing.language, piecewise::html::escape(&listing.code))
            })
            .collect(),
    };
    let to: Vec<ResolvedLink> =
        article.links.iter().map(|link| ResolvedLink { href: link.target.clone(), label: None }).collect();
    let words = std::collections::BTreeMap::new();
    page::html(nodes, &fragments, &Links { to: &to, typed: &article.links, words: &words })
}

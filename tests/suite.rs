//! The specification: `tests/suite/*.md` say in prose what an author can type, with examples that are run here.
//!
//! An example is a fence of four back-ticks with the words `markdown example`: what is typed, a line `----`, and the HTML of the
//! body with each formula as `⟦its TeX⟧` (inline) or `⟦⟦its TeX⟧⟧` (display). Messages follow, one a line, as
//! `error LINE:COLUMN message`. A listing is shown as a bare `<pre>` with its language, with the option `listings` as it
//! will be but for its colours. With `UPDATE_SUITE=1` the expected parts are written anew, to be read before they are
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

use piecewise::article::{self, Spellings};
use piecewise::diagnostic::{self, Severity};
use piecewise::html::escape;
use piecewise::listing::{self, Listing};
use piecewise::source::Sources;

mod common;

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
            let Some(options) = line.strip_prefix("````markdown example") else { continue };
            let body: String =
                lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim_end() != "````").collect();
            let (input, expected) = body.split_once("----\n").unwrap_or((&body, ""));
            let actual = run(input, options.trim());
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
            "listings" => {}
            other => panic!("unknown option `{other}` of an example"),
        }
    }
    spellings
}

fn run(input: &str, options: &str) -> String {
    let mut sources = Sources::default();
    let source = sources.add("example.md", input);
    let mut diagnostics = Vec::new();
    let article = article::parse(&source, &article::Files::new(), spellings(options), &mut diagnostics);
    let blocks = article.listings.iter();
    let listings: Vec<Listing> =
        blocks.map(|block| listing::read(&block.info, &block.code, &mut diagnostics)).collect();
    let bare = |listing: &Listing| format!("<pre class=\"{}\">{}</pre>", listing.info.language, escape(&listing.code));
    let whole = |listing: &Listing| listing::html(listing, None);
    let listings: Vec<String> = if options.contains("listings") {
        listings.iter().map(whole).collect()
    } else {
        listings.iter().map(bare).collect()
    };
    diagnostic::sort(&mut diagnostics, &sources);
    let mut shown = common::article::html(&article, &article.body, &listings);
    if let Some(heading) = &article.heading {
        let content = common::article::html(&article, &heading.content, &listings);
        shown = format!("<h1 id=\"{}\">{content}</h1>\n{shown}", heading.id);
    }
    for diagnostic in diagnostics {
        let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        let at = source.position(diagnostic.span.map_or(0, |span| span.range().start));
        write!(shown, "\n{severity} {}:{} {}", at.line, at.column, diagnostic.message).unwrap();
    }
    shown
}

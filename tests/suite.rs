//! The specification: `tests/suite/*.md` say in prose what an author can type, with examples that are run here.
//!
//! An example is a fence of four back-ticks or more with the words `markdown example`: what is typed, a line `----`, and the HTML of the
//! body with each formula as `⟦its TeX⟧` (inline) or `⟦⟦its TeX⟧⟧` (display). Messages follow, one a line, as
//! `error LINE:COLUMN message`. A listing is shown as a bare `<pre>` with its language, with the option `listings` as it
//! will be but for its colours. With the option `site` the input is a whole site, each file behind a line `-- path --`,
//! and what comes out is its navigation, the content of each page, and the messages with their files. A directive that
//! the published page would carry out is escaped, `;--8<--` and `\{{#include`. With `UPDATE_SUITE=1` the expected parts are written anew, to be read before they are
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
use piecewise::code::{self, Language, Tongue};
use piecewise::diagnostic::{self, Severity};
use piecewise::function::Scope;
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
            let words = line.trim_start_matches('`');
            let fence = &line[..line.len() - words.len()];
            let Some(options) = words.strip_prefix("markdown example").filter(|_| fence.len() >= 4) else { continue };
            let body: String =
                lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim_end() != fence).collect();
            let (input, expected) = body.split_once("----\n").unwrap_or((&body, ""));
            let typed = input.replace(";--8<--", "--8<--").replace("\\{{#", "{{#");
            let actual = if options.contains("site") { run_site(&typed) } else { run(&typed, options.trim()) };
            examples += 1;
            if actual.trim() != expected.trim() {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                failures.push(format!(
                    "{name}:{}\n--- typed\n{input}--- expected\n{expected}--- got\n{actual}",
                    number + 1
                ));
            }
            write!(rewritten, "{input}----\n{}\n{fence}\n", actual.trim_end()).unwrap();
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

/// A listing that is made from functions of the catalogue, with its code.
fn generated(listing: Listing) -> Listing {
    let of = listing.info.attribute("of").and_then(|attribute| attribute.value.clone());
    let (Some(of), Some(language)) = (of, Language::of_fence(&listing.info.language)) else { return listing };
    let scope = Scope::catalogue();
    let code = code::listing(&code::read(&of, &scope).unwrap(), &scope, language, Tongue::English).unwrap();
    listing::with_code(listing.info, &code, &mut Vec::new())
}

fn spellings(options: &str) -> Spellings {
    let mut spellings = Spellings::default();
    for option in options.split_whitespace() {
        match option {
            "loose_dollar" => spellings.loose_dollar = true,
            "double_backslash" => spellings.double_backslash = true,
            "kramdown" => spellings.kramdown = true,
            "definition_lists" => spellings.definition_lists = true,
            "bare_front_matter" => spellings.bare_front_matter = true,
            "foreign" => spellings.foreign = true,
            "listings" => {}
            other => panic!("unknown option `{other}` of an example"),
        }
    }
    spellings
}

/// Builds a site with the program: its navigation as its front page shows it, what stands on each page, the messages.
fn run_site(files: &str) -> String {
    let site = common::Site::new(files);
    let outcome = site.run(&["build", "--keep-going", "--format", "json"]);
    let pages: Vec<String> =
        site.files("site").into_keys().filter(|path| path.rsplit('.').next() == Some("html")).collect();
    let mut shown = String::new();
    let navigation = common::navigation(&site.read("site/index.html"));
    if !navigation.is_empty() {
        writeln!(shown, "{navigation}").unwrap();
    }
    for path in pages.iter().filter(|path| *path != "404.html") {
        let page = site.read(&format!("site/{path}"));
        let article = page.split_once("<div class=\"content\">").map_or("", |(_, rest)| rest);
        let ends = ["</article>", "<nav class=\"neighbours\"", "<footer class=\"article-footer\""];
        let article = ends.iter().fold(article, |article, end| article.split(end).next().unwrap());
        let content = article.trim_end().strip_suffix("</div>").unwrap_or(article).trim();
        if !content.is_empty() {
            writeln!(shown, "\n{path}\n{content}").unwrap();
        }
    }
    for line in outcome.stderr.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        // The last line is the summary.
        if !message["severity"].is_string() {
            continue;
        }
        let text = |key: &str| message[key].as_str().unwrap_or("").to_owned();
        let place = format!("{}:{}:{}", text("file"), message["line"], message["column"]);
        write!(shown, "\n{} {place} {}", text("severity"), text("message")).unwrap();
        if !text("help").is_empty() {
            write!(shown, " ({})", text("help")).unwrap();
        }
    }
    shown
}

fn run(input: &str, options: &str) -> String {
    let mut sources = Sources::default();
    let source = sources.add("example.md", input);
    let mut diagnostics = Vec::new();
    let article = article::parse(&source, &article::Files::new(), spellings(options), &mut diagnostics);
    let blocks = article.listings.iter();
    let listings: Vec<Listing> =
        blocks.map(|block| generated(listing::read(&block.info, &block.code, &mut diagnostics))).collect();
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

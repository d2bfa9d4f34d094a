//! CommonMark's and GitHub's own examples still hold, but for those where we differ on purpose.
//!
//! The examples are not part of the repository: they come with the source of the Markdown parser, which Cargo has on
//! this machine. Without it (a vendored build, say) the tests say so and pass.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use piecewise::article::{self, Spellings};
use piecewise::html::escape;
use piecewise::listing;
use piecewise::source::Sources;

mod common;

/// The folder of the parser's own tests, where Cargo unpacks what it downloads.
fn suite() -> Option<PathBuf> {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).ok()?;
    let version = lock.split_once("name = \"pulldown-cmark\"\nversion = \"")?.1.split('"').next()?;
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?.flatten();
    let mut folders = registries.map(|registry| registry.path().join(format!("pulldown-cmark-{version}/tests/suite")));
    folders.find(|folder| folder.is_dir())
}

/// The examples of a file: number, Markdown, HTML.
fn examples(rust: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    for function in rust.split("#[test]").skip(1) {
        let number = function.split("_test_").nth(1).and_then(|rest| rest.split('(').next()).unwrap();
        let text = |name: &str| {
            let rest = function.split(&format!("let {name} = r##\"")).nth(1).unwrap();
            rest.split("\"##;").next().unwrap().to_owned()
        };
        found.push((number.parse().unwrap(), text("original"), text("expected")));
    }
    found
}

/// What both renderings have in common: without the classes, ids and wrappers that are ours alone.
fn normal(html: &str) -> String {
    let mut text = html.to_owned();
    let ours = [
        ("<div class=\"table\" tabindex=\"0\"><table>", "<table>"),
        ("</table></div>", "</table>"),
        (" loading=\"lazy\" decoding=\"async\"", ""),
        (" scope=\"col\"", ""),
        ("<pre><code>", "<pre class=\"\">"),
        ("<pre><code class=\"language-", "<pre class=\""),
        ("</code></pre>", "</pre>"),
        ("<tbody></tbody>", ""),
        ("<tbody>\n</tbody>", ""),
        (" class=\"left\"", " style=\"text-align: left\""),
        (" class=\"center\"", " style=\"text-align: center\""),
        (" class=\"right\"", " style=\"text-align: right\""),
    ];
    for (from, to) in ours {
        text = text.replace(from, to);
    }
    let mut plain = String::new();
    let mut rest = text.as_str();
    // Headings get ids and anchors, images get hints for loading: attributes of ours.
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        let tag = &rest[at..end];
        if tag.starts_with("<a class=\"anchor\"") {
            let close = rest[end..].find("</a>").map_or(rest.len(), |close| end + close + 4);
            rest = &rest[close..];
            continue;
        }
        if tag.starts_with("<input") {
            plain.push_str(if tag.contains("checked") { "<input checked>" } else { "<input>" });
            rest = &rest[end..];
            continue;
        }
        let heading = tag.len() > 3 && tag.starts_with("<h") && tag.as_bytes()[2].is_ascii_digit();
        plain.push_str(if heading { &tag[..3] } else { tag });
        plain.push_str(if heading { ">" } else { "" });
        rest = &rest[end..];
    }
    plain.push_str(rest);
    let plain = plain.replace(" />", ">").replace("/>", ">").replace("&quot;", "\"").replace("&#39;", "'");
    plain.split_whitespace().collect::<Vec<_>>().join(" ").replace("> <", "><").replace("> ", ">").replace(" <", "<")
}

fn body(markdown: &str) -> String {
    let source = Sources::default().add("example.md", markdown);
    let article = article::parse(&source, &article::Files::new(), Spellings::default(), &mut Vec::new());
    let bare = |block: &article::Listing| {
        let listing = listing::read(&block.info, &block.code, &mut Vec::new());
        format!("<pre class=\"{}\">{}</pre>", listing.info.language, escape(&listing.code))
    };
    let listings: Vec<String> = article.listings.iter().map(bare).collect();
    let heading = article.heading.as_ref().map(|heading| {
        let (level, content) = (heading.level, common::article::html(&article, &heading.content, &listings));
        format!("<h{level}>{content}</h{level}>")
    });
    heading.unwrap_or_default() + &common::article::html(&article, &article.body, &listings)
}

/// How many examples there are, and those that come out otherwise.
fn differing(file: &str) -> Option<(usize, BTreeMap<usize, String>)> {
    let Some(folder) = suite() else {
        eprintln!("skipped: the source of the Markdown parser with its examples is not on this machine");
        return None;
    };
    let examples = examples(&std::fs::read_to_string(folder.join(file)).unwrap());
    let mut different = BTreeMap::new();
    for (number, markdown, expected) in &examples {
        let ours = body(markdown);
        if normal(&ours) != normal(expected) {
            let (ours, theirs) = (normal(&ours), normal(expected));
            different.insert(*number, format!("{number}\n  typed  {markdown:?}\n  theirs {theirs}\n  ours   {ours}"));
        }
    }
    Some((examples.len(), different))
}

/// Runs the examples of a file; those of `on_purpose` must differ, all others must not.
fn check(file: &str, on_purpose: &[(usize, &str)]) {
    let Some((count, mut different)) = differing(file) else { return };
    let mended: Vec<_> = on_purpose.iter().filter(|(number, _)| different.remove(number).is_none()).collect();
    for difference in different.values() {
        eprintln!("{difference}");
    }
    println!("{file}: {count} examples, {} differ on purpose", on_purpose.len());
    assert!(different.is_empty(), "{} of {count} examples of {file} differ", different.len());
    assert!(mended.is_empty(), "these are no longer different: {mended:?}");
}

#[test]
fn commonmark() {
    let on_purpose = [
        (12, "`\\[…\\]` is a display formula"),
        (21, "addresses in raw HTML are written as valid URLs"),
        (31, "in the address of raw HTML only the five basic entities are read"),
        (32, "letters beyond ASCII stay readable in addresses"),
        (33, "letters beyond ASCII stay readable in addresses"),
        (96, "`---` at the start of a file opens front matter"),
        (98, "`---` at the start of a file opens front matter"),
        (206, "letters beyond ASCII stay readable in addresses"),
        (214, "the page's own heading has no links"),
        (344, "addresses in raw HTML are written as valid URLs"),
        (484, "a link without words says where it leads"),
        (495, "`\\(…\\)` is a formula, also in an address"),
        (498, "`\\(…\\)` is a formula, also in an address"),
        (503, "letters beyond ASCII stay readable in addresses"),
        (507, "letters beyond ASCII stay readable in addresses"),
        (572, "an image alone with a title is a figure"),
        (573, "an image alone with a title is a figure"),
        (576, "an image alone with a title is a figure"),
        (577, "an image alone with a title is a figure"),
        (584, "an image alone with a title is a figure"),
        (585, "an image alone with a title is a figure"),
        (586, "an image alone with a title is a figure"),
        (588, "an image alone with a title is a figure"),
        (589, "an image alone with a title is a figure"),
        (591, "an image alone with a title is a figure"),
        (608, "a bare URL is a link, as on GitHub"),
        (611, "a bare URL is a link, as on GitHub"),
        (630, "in the address of raw HTML only the five basic entities are read"),
        (631, "addresses in raw HTML are written as valid URLs"),
        (642, "addresses in raw HTML are written as valid URLs"),
        (643, "addresses in raw HTML are written as valid URLs"),
    ];
    check("spec.rs", &on_purpose);
}

#[test]
fn tables() {
    check("gfm_table.rs", &[]);
}

#[test]
fn strikethrough() {
    check("gfm_strikethrough.rs", &[]);
}

#[test]
fn task_lists() {
    check("gfm_tasklist.rs", &[]);
}

//! Laws of the article parser: any bytes give an article, and hostile ones cost no more than long ones.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

use piecewise::article::{self, Article, Node, Spellings};
use piecewise::source::Sources;
use proptest::prelude::*;

fn parse(text: &str) -> Article {
    let spellings = Spellings { loose_dollar: true, double_backslash: true, kramdown: true, ..Spellings::default() };
    let source = Sources::default().add("any.md", text);
    let mut diagnostics = Vec::new();
    let article = article::parse(&source, &article::Files::new(), spellings, &mut diagnostics);
    for span in diagnostics.iter().filter_map(|diagnostic| diagnostic.span) {
        assert!(text.get(span.range()).is_some(), "{:?} is not a range of the text", span.range());
    }
    for formula in &article.formulas {
        assert!(text.get(formula.span.range()).is_some(), "a formula has no place");
    }
    for node in &article.body {
        match node {
            Node::Formula { index, .. } => assert!(*index < article.formulas.len()),
            Node::Chart(index) => assert!(*index < article.charts.len()),
            Node::Listing(index) => assert!(*index < article.listings.len()),
            Node::Value(index) => assert!(*index < article.values.len()),
            Node::Table(index) => assert!(*index < article.tables.len()),
            Node::Url(index) | Node::LinkText(index) => assert!(*index < article.links.len()),
            Node::ContainerName(index) => assert!(*index < article.containers.len()),
            Node::Image(index) | Node::ImageName(index) => assert!(*index < article.images.len()),
            Node::Html(text) | Node::Anchor(text) => assert!(!text.is_empty()),
        }
    }
    article
}

/// Pieces that the scan and the Markdown parser treat in their own ways.
const PIECES: [&str; 62] = [
    "!!! note\n",
    "??? \"T\" {#i}\n",
    ":::a\n",
    "::: {.b}\n",
    ":::\n",
    "=== \"t\"\n",
    "[!NOTE]",
    "![a](b \"c\")",
    "{: .a #b}",
    "**",
    "。",
    "https://a.b",
    "\t",
    "[^1]",
    "$",
    "$$",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "\\begin{align}",
    "\\end{align}",
    "`",
    "``",
    "```",
    "~~~",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "1. ",
    "    ",
    "# ",
    "|",
    "|---|",
    "<div>",
    "</div>",
    "<code>",
    "</code>",
    "<!--",
    "-->",
    "<pre>",
    "a",
    "x_1",
    "{",
    "}",
    "\\",
    "\\$",
    "あ",
    "。",
    "**",
    "_",
    "[",
    "](#a)",
    "![",
    "\u{E000}0\u{E001}",
    "+++\n",
    "---\n",
    "[^1]",
    "[^1]: ",
    "\\eqref{a}",
    "\t",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_an_article(text in "\\PC{0,200}") {
        parse(&text);
    }

    #[test]
    fn any_mixture_of_markup_gives_an_article(pieces in prop::collection::vec(0..PIECES.len(), 0..60)) {
        parse(&pieces.into_iter().map(|piece| PIECES[piece]).collect::<String>());
    }

    #[test]
    fn what_is_between_the_signs_arrives(tex in r"[a-z0-9=+^_*](([a-z0-9 =+^_*<>#-]|\\\\[a-z,{}]|\{[a-z_]\}){0,12}[a-z0-9=+^_*])?") {
        let article = parse(&format!("Text ${tex}$ text"));
        prop_assert_eq!(&article.formulas[0].tex.text, &tex);
        let article = parse(&format!("> - $$\n>   {tex}\n>   $$\n"));
        prop_assert_eq!(article.formulas[0].tex.text.trim(), tex.trim());
    }
}

#[test]
fn what_once_broke_the_parser_does_no_more() {
    for text in ["[^注]: a", "???あ", "===𑍢", "!!!あ", "[^あ", "- あ", "1.あ"] {
        parse(text);
    }
}

/// How long such texts take at a megabyte is shown by `cargo bench --bench hostile`.
#[test]
fn long_hostile_text_ends() {
    for piece in PIECES {
        parse(&piece.repeat((1 << 15) / piece.len()));
    }
}

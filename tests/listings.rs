//! Listings on whole sites: what their pages load, and what the build says about them.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;

use common::Site;

/// The name of the style sheet with the rules of listings.
fn stylesheet(site: &Site) -> Option<String> {
    let files = site.files("site");
    let has_rules = |css: &[u8]| String::from_utf8_lossy(css).contains(".listing");
    files.iter().find(|(name, css)| name.starts_with("feature.") && has_rules(css)).map(|(name, _)| name.clone())
}

#[test]
fn only_pages_with_listings_load_their_style_sheet() {
    let site = Site::new("-- content/index.md --\n# A\n\n```text\nx\n```\n-- content/b.md --\n# B\n\n`x`\n");
    site.build();
    let sheet = stylesheet(&site).unwrap();
    assert!(site.read("site/index.html").contains(&format!("href=\"{sheet}\"")));
    assert!(!site.read("site/b/index.html").contains(&sheet));

    let site = Site::new("-- content/index.md --\n# A\n\n`x`\n");
    site.build();
    assert_eq!(stylesheet(&site), None);
}

#[cfg(feature = "highlight")]
#[test]
fn the_style_sheet_has_the_colours_that_occur() {
    let site = Site::new("-- content/index.md --\n# A\n\n```json\n[1]\n```\n");
    site.build();
    let css = site.read(&format!("site/{}", stylesheet(&site).unwrap()));
    let rules: Vec<&str> = css.split('}').filter(|rule| rule.starts_with("code .")).collect();
    assert_eq!(rules, ["code .n{color:light-dark(#a3400a,#ffa264)"]);
}

#[cfg(feature = "highlight")]
#[test]
fn an_unknown_language_is_named_once() {
    let site = Site::new(
        "-- content/index.md --\n# A\n\n```pyhton\na\n```\n\n> ```mylang linenums=x\n> b\n> ```\n\n```{mylang}\nc\n```\n\
         -- content/b.md --\n# B\n\n```mylang\nd\n```\n",
    );
    insta::assert_snapshot!(site.run(&["build"]).stderr);
}

#[test]
fn a_listing_can_be_linked_to() {
    let site = Site::new(
        "-- content/index.md --\n# A\n\n[code](b.md#lst:a) and [none](b.md#lst:b)\n\
         -- content/b.md --\n# B\n\n```{#lst:a .text}\na\n```\n",
    );
    insta::assert_snapshot!(site.run(&["build"]).stderr);
}

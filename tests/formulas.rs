//! Formulas that define, are checked and are derived, on whole sites.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use common::Site;

const SITE: &str = "-- site.toml --
title = \"T\"
language = \"en\"
[languages.ja]
[math]
show_checks = true
-- content/index.md --
# Home
\\[ % define relu
f(x) = \\begin{cases} 0 & x < 0 \\\\ x & x \\ge 0 \\end{cases}
\\]

\\[ % check relu'
f'(x) = \\begin{cases} 0 & x < 0 \\\\ 1 & x \\ge 0 \\end{cases}
\\]

```formula
f'(x) = relu'
steps = true
id = \"eq:slope\"
```

See \\eqref{eq:slope} and [](#eq:slope): `{=} relu'(0)`.
-- content/other.md --
# Other
```formula
{sin(x) < 0: 0, 1}
```
By [](#eq:slope).
-- content/other.ja.md --
# 他
```formula
{sin(x) < 0: 0, 1}
```
";

#[test]
fn a_fence_becomes_a_formula_that_is_numbered_and_referred_to() {
    let site = Site::new(SITE);
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let home = site.read("site/index.html");
    for part in [
        "f'(x) = \\begin{cases} \\frac{d}{dx} 0 = 0 &amp; x &lt; 0 \\\\ \\frac{d}{dx} x = 1 &amp; x \\ge 0 \\end{cases}",
        "id=\"eq:slope\"",
        "<a href=\"#eq:slope\">(1)</a>",
        "checked against <code>relu'</code>",
        "title=\"relu'(0)\">1</output>",
    ] {
        assert!(home.contains(part) || home.replace("&#39;", "'").contains(part), "{part}\n{home}");
    }
    assert!(site.read("site/other/index.html").contains("<a href=\"../index.html#eq:slope\">(1)</a>"));
    assert!(site.read("site/other/index.html").contains("otherwise"));
    assert!(site.read("site/ja/other/index.html").contains("それ以外"));
    let copy = site.read("site/index.md");
    assert!(copy.contains("$$\nf'(x) = \\begin{cases}") && !copy.contains("```formula"), "{copy}");
}

#[test]
fn mistakes_of_a_fence_are_shown_where_they_are() {
    for (fence, place, message) in [
        ("relo'", ":3:1", "unknown function `relo`"),
        ("f(x) = relu''''''''", ":3:", "is too high"),
        ("relu\nsteps = true", ":3:1", "there is no derivative here whose steps could be shown"),
        ("relu'\nstep = true", ":4:1", "unknown key `step`"),
        ("relu'\nsteps = 1", ":4:9", "`steps` is `true` or `false`"),
        ("relu'\nid = \"a b\"", ":4:6", "this is not an id"),
        ("", ":3:1", "this fence names no function"),
    ] {
        let site = Site::new(&format!("-- content/index.md --\n# A\n```formula\n{fence}\n```\n"));
        let outcome = site.run(&["check"]);
        assert_eq!(outcome.code, 1, "{fence}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(message), "{fence}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(&format!("content/index.md{place}")), "{fence}: {}", outcome.stderr);
    }
}

#[test]
fn a_false_claim_stops_the_build_and_names_the_place() {
    let site = Site::new(
        "-- content/index.md --\n# A\n\\[ % check relu'\nf'(x) = \\begin{cases} 0 & x < 0 \\\\ 1 & x \\ge 0 \\end{cases}\n\\]\n",
    );
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains("at x = 0 the formula says 1, `relu'` is 0"), "{}", outcome.stderr);
}

//! What articles say about each other and about files beside them: numbers, references, includes, images.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

mod common;

use common::Site;

fn page(site: &Site, name: &str) -> String {
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    site.read(&format!("site/{name}"))
}

#[test]
fn theorems_and_figures_are_numbered_and_referred_to_across_pages_and_languages() {
    let site = Site::new(
        "-- site.toml --
title = \"T\"
language = \"en\"
[languages.ja]
-- content/index.md --
# Home
!!! theorem \"Pythagoras\" {#thm:p}
    $a^2+b^2=c^2$

:::lemma
Without an id.
:::

:::lemma {#lem:second}
See [](#thm:p) and [the other](#lem:second).
:::

![A dot](dot.png \"With $x$\"){#fig:dot}

```chart
x = [-1, 1]
curves = [\"relu(x)\"]
id = \"fig:relu\"
```

See [](#fig:dot), [](#fig:relu), \\ref{lem:second}.
-- content/other.md --
# Other
By [](#thm:p), [](#lem:second) and [](#fig:relu).
-- content/other.ja.md --
# 他
[](#thm:p)による。

!!! note
    本文
",
    );
    site.write("content/dot.png", include_bytes!("data/dot.png"));
    let home = page(&site, "index.html");
    for part in [
        "<div class=\"theorem\" id=\"thm:p\">\n<p class=\"theorem-title\"><strong>Theorem 1</strong> (Pythagoras)</p>",
        "<strong>Lemma 1</strong>",
        "id=\"lem:second\">\n<p class=\"theorem-title\"><strong>Lemma 2</strong></p>",
        "<a href=\"#thm:p\">Theorem 1</a> and <a href=\"#lem:second\">the other</a>",
        "<figure class=\"image\" id=\"fig:dot\"><img src=\"dot.png\" alt=\"A dot\" width=\"3\" height=\"2\"",
        "<span class=\"figure-number\">Figure 1</span> With ",
        "<a href=\"#fig:dot\">Figure 1</a>, <a href=\"#fig:relu\">Figure 2</a>",
        "href=\"#lem:second\">2</a>",
    ] {
        assert!(home.contains(part), "{part}\n{home}");
    }
    let other = site.read("site/other/index.html");
    assert!(other.contains("<a href=\"../index.html#thm:p\">Theorem 1</a>"), "{other}");
    assert!(other.contains("<a href=\"../index.html#fig:relu\">Figure 2</a>"), "{other}");
    let japanese = site.read("site/ja/other/index.html");
    assert!(japanese.contains("index.html#thm:p\">定理 1</a>"), "{japanese}");
    assert!(japanese.contains("<strong>注</strong>"), "{japanese}");
}

#[test]
fn labels_are_defined_once_and_known() {
    let site = Site::new(
        "-- content/index.md --
# Home
:::theorem {#thm:a}
x
:::
:::lemma {#thm:a}
y
:::
[](#thm:b)
",
    );
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    for part in [
        "label `thm:a` is defined twice",
        "first defined here",
        "no equation, figure, table or theorem has the label `thm:b`",
        "did you mean `thm:a`?",
    ] {
        assert!(outcome.stderr.contains(part), "{part}\n{}", outcome.stderr);
    }
}

#[test]
fn includes_stay_inside_of_the_site() {
    let site = Site::new(
        "-- secret.txt --
secret
-- book/content/a/index.md --
# A
--8<-- \"part.md\"

```rust
--8<-- \"code.rs:main\"
```
-- book/content/a/part.md --
---
title: Part
---
Included with $x^2$.
-- book/content/code.rs --
// --8<-- [start:main]
fn main() {}
// --8<-- [end:main]
",
    );
    let outcome = site.run(&["build", "--root", "book"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let page = site.read("book/site/a/index.html");
    assert!(page.contains("Included with ") && page.contains("main"), "{page}");
    assert!(!page.contains("--8&lt;--"), "{page}");

    for (name, directive) in [
        ("dots", "--8<-- \"../../../secret.txt\""),
        ("absolute", "--8<-- \"/secret.txt\""),
        ("address", "--8<-- \"https://example.org/x\""),
        ("link", "--8<-- \"link.txt\""),
        ("folder", "--8<-- \"folder/secret.txt\""),
    ] {
        site.write("book/content/a/index.md", format!("# A\n{directive}\n"));
        #[cfg(unix)]
        {
            let _ = std::os::unix::fs::symlink(site.path("secret.txt"), site.path("book/content/link.txt"));
            let _ = std::os::unix::fs::symlink(site.path(""), site.path("book/content/folder"));
        }
        let outcome = site.run(&["check", "--root", "book"]);
        assert_eq!(outcome.code, 1, "{name}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("content/a/index.md:2:"), "{name}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("error[include]"), "{name}: {}", outcome.stderr);
    }
}

#[test]
fn a_mistake_in_an_included_file_is_shown_there() {
    let site = Site::new(
        "-- content/index.md --
# A
!!! note
    --8<-- \"part.md\"
-- content/part.md --
fine

$\\unknowncommand$
",
    );
    let outcome = site.run(&["check"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains("content/part.md:3:2"), "{}", outcome.stderr);
}

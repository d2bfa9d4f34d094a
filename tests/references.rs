//! Numbers and what refers to them: equations, figures and theorems share one mechanism, across pages and languages.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;

use common::Site;

/// The links to anchors in the text of a page, in order: where they lead and what they say.
fn references(page: &str) -> Vec<(String, String)> {
    let document = html(page);
    let mut found = Vec::new();
    for part in document.split("<a ").skip(1) {
        let (tag, rest) = part.split_once('>').unwrap();
        let Some(href) = tag.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()) else { continue };
        if !href.contains('#') || tag.contains("class=\"anchor\"") {
            continue;
        }
        let inner = rest.split_once("</a>").unwrap().0;
        let mut said = String::new();
        for piece in inner.split('<') {
            said.push_str(piece.rsplit_once('>').map_or(if inner.starts_with(piece) { piece } else { "" }, |p| p.1));
        }
        found.push((href.to_owned(), said));
    }
    found
}

/// The text of a page without what stands around it.
fn html(page: &str) -> &str {
    let start = page.find("<article").expect("a page has an article");
    &page[start..start + page[start..].find("</article>").unwrap()]
}

fn pairs(found: &[(String, String)]) -> Vec<(&str, &str)> {
    found.iter().map(|(href, said)| (href.as_str(), said.as_str())).collect()
}

/// Two pages and a translation, each with everything that has a number.
const SITE: &str = r#"-- site.toml --
title = "Numbers"
[languages.ja]
name = "日本語"
-- content/index.md --
# One

$$ a = b \label{eq:one} $$

\begin{align}
c &= d \label{eq:two} \\
e &= f \nonumber \\
g &= h \tag{$*$} \label{eq:star} \\
i &= j \label{eq:four}
\end{align}

\eqref{eq:one} \ref{eq:two} [](#eq:star) $x \eqref{eq:four}$ [](#fig:curve) [](#fig:pic) [](sub/two.md#fig:pic)
[](#thm:py) [](#lem:a) [the picture](#fig:pic) \eqref{eq:other} \ref{fig:pic} [](#thm:second)

```chart
x = [-1, 1]
curves = ["relu(x)"]
id = "fig:curve"
caption = "[](#fig:pic) and $x \\eqref{eq:one}$."
```

!!! theorem "Pythagoras $a^2$" {#thm:py}
    \eqref{eq:two} [](#fig:curve)

::: {.lemma #lem:a}
A lemma with \eqref{eq:other}.
:::

!!! theorem {#thm:second}
    Another.
-- content/sub/pic.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>
-- content/sub/two.md --
# Two

![Not counted, since it has no id.](pic.svg)

$$ z \label{eq:other} $$

![a picture](pic.svg){#fig:pic}

```chart
x = [-1, 1]
curves = ["relu(x)"]
id = "fig:second"
```

\eqref{eq:one} [](#fig:curve) [](#thm:py) [](../index.md#lem:a) $y = \ref{eq:four}$ [](#fig:pic) [](#fig:second)
-- content/index.ja.md --
# 一

$$ p $$

$$ a = b \label{eq:one} \label{eq:一} $$

\eqref{eq:一}と[](#fig:curve)と[](#fig:pic)と[](#thm:py)と\eqref{eq:other}と$\eqref{eq:other}$。

```chart
x = [-1, 1]
curves = ["relu(x)"]
id = "fig:curve"
```
"#;

#[test]
fn equations_figures_and_theorems_are_referred_to_alike() {
    let site = Site::new(SITE);
    site.build();
    let one = site.read("site/index.html");
    let found = references(&one);
    assert_eq!(
        pairs(&found),
        [
            ("#eq:one", "(1)"),
            ("#eq:two", "2"),
            ("#eq:star", "(*)"),
            ("#eq:four", "(3)"),
            ("#fig:curve", "Figure 1"),
            ("sub/two/index.html#fig:pic", "Figure 1"),
            ("sub/two/index.html#fig:pic", "Figure 1"),
            ("#thm:py", "Theorem 1"),
            ("#lem:a", "Lemma 1"),
            ("sub/two/index.html#fig:pic", "the picture"),
            ("sub/two/index.html#eq:other", "(1)"),
            ("sub/two/index.html#fig:pic", "1"),
            ("#thm:second", "Theorem 2"),
            // In the caption of the chart, in the theorem, in the lemma.
            ("sub/two/index.html#fig:pic", "Figure 1"),
            ("#eq:one", "(1)"),
            ("#eq:two", "(2)"),
            ("#fig:curve", "Figure 1"),
            ("sub/two/index.html#eq:other", "(1)"),
        ]
    );
    let two = site.read("site/sub/two/index.html");
    let found = references(&two);
    assert_eq!(
        pairs(&found),
        [
            ("../../index.html#eq:one", "(1)"),
            ("../../index.html#fig:curve", "Figure 1"),
            ("../../index.html#thm:py", "Theorem 1"),
            ("../../index.html#lem:a", "Lemma 1"),
            ("../../index.html#eq:four", "3"),
            ("#fig:pic", "Figure 1"),
            ("#fig:second", "Figure 2"),
        ]
    );
    // What is referred to is there, once, and says its number.
    for (page, ids) in [
        (&one, &["eq:one", "eq:two", "eq:star", "eq:four", "fig:curve", "thm:py", "lem:a", "thm:second"][..]),
        (&two, &["eq:other", "fig:pic", "fig:second"]),
    ] {
        for id in ids {
            assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
        }
    }
    assert!(two.contains("<span class=\"figure-number\">Figure 1</span> a picture"), "{two}");
}

#[test]
fn a_translation_has_its_own_numbers_and_falls_back_to_the_main_language() {
    let site = Site::new(SITE);
    site.build();
    let found = references(&site.read("site/ja/index.html"));
    assert_eq!(
        pairs(&found),
        [
            ("#eq:one", "(1)"),
            ("#fig:curve", "図1"),
            ("../sub/two/index.html#fig:pic", "図1"),
            ("../index.html#thm:py", "定理 1"),
            ("../sub/two/index.html#eq:other", "(1)"),
            ("../sub/two/index.html#eq:other", "(1)"),
        ]
    );
}

/// A label on a row is an id on that row's number, not on the formula as a whole.
#[test]
fn a_reference_leads_back_to_the_row() {
    let site = Site::new(SITE);
    site.build();
    let page = site.read("site/index.html");
    let tag_of = |id: &str| {
        let at = page.find(&format!(" id=\"{id}\"")).unwrap();
        let rest = page[at..].split_once('>').unwrap().1;
        let text = rest.split('<').find(|piece| piece.rsplit_once('>').is_some_and(|p| !p.1.is_empty()));
        let first = rest.split('<').next().unwrap();
        if first.is_empty() { text.unwrap().rsplit_once('>').unwrap().1.to_owned() } else { first.to_owned() }
    };
    assert!(tag_of("eq:two").contains('2'), "{}", tag_of("eq:two"));
    assert!(tag_of("eq:four").contains('3'), "{}", tag_of("eq:four"));
    assert!(tag_of("eq:star").contains('∗') || tag_of("eq:star").contains('*'), "{}", tag_of("eq:star"));
}

/// "all" is what LaTeX does: the rows of environments without a star.
#[test]
fn all_rows_or_none_can_be_numbered() {
    let pages = "-- content/index.md --\n# A\n\n$$ a $$\n\n\\begin{align}\nb \\\\\nc \\label{eq:c}\n\\end{align}\n\n\
                 \\begin{equation*} d \\end{equation*}\n\n$$ e \\label{eq:e} $$\n\n\\eqref{eq:c} \\eqref{eq:e}\n";
    for (number, expected) in
        [("all", [("#eq:c", "(2)"), ("#eq:e", "(3)")]), ("labelled", [("#eq:c", "(1)"), ("#eq:e", "(2)")])]
    {
        let site = Site::new(&format!("-- site.toml --\ntitle = \"T\"\n[math]\nnumber = \"{number}\"\n{pages}"));
        site.build();
        assert_eq!(pairs(&references(&site.read("site/index.html"))), expected, "{number}");
    }
    let site = Site::new(&format!("-- site.toml --\ntitle = \"T\"\n[math]\nnumber = \"none\"\n{pages}"));
    let outcome = site.run(&["build"]);
    assert!(outcome.stderr.contains("label `eq:c` stands on a row without a number"), "{}", outcome.stderr);
}

/// Included text is read where its directive stands: numbers and definitions count from there.
#[test]
fn numbers_follow_the_order_of_reading_through_includes() {
    let site = Site::new(
        "-- site.toml --\ntitle = \"T\"\n-- content/index.md --\n# A\n\n$$ a \\label{eq:a} $$\n\n$\\newcommand{\\own}{1}$\n\n\
         --8<-- \"parts/part.md\"\n\n$$ d \\label{eq:d} $$ $\\inc + \\own$\n\n```math\ne \\label{eq:e}\n```\n\n$$ f \\label{eq:f} $$\n\n\
         \\eqref{eq:a} \\eqref{eq:b} \\eqref{eq:d} \\eqref{eq:e} \\eqref{eq:f}\n\
         -- parts/part.md --\n$$ b \\label{eq:b} $$ $\\own \\newcommand{\\inc}{2}$\n",
    );
    site.build();
    let found = references(&site.read("site/index.html"));
    let said: Vec<&str> = found.iter().map(|(_, said)| said.as_str()).collect();
    assert_eq!(said, ["(1)", "(2)", "(3)", "(4)", "(5)"]);
}

/// A definition reaches what is read after it, charts included, and nothing before it.
#[test]
fn definitions_reach_the_captions_after_them() {
    let chart =
        |caption: &str| format!("```chart\nx = [-1, 1]\ncurves = [\"relu(x)\"]\ncaption = '{caption}'\n```\n\n");
    let good = format!("-- content/index.md --\n# A\n\n$\\def\\own{{1}}$\n\n{}", chart("$\\own$"));
    Site::new(&good).build();
    let early = format!("-- content/index.md --\n# A\n\n{}$\\def\\own{{1}}$\n", chart("$\\own$"));
    let outcome = Site::new(&early).run(&["build"]);
    assert!(outcome.stderr.contains("undefined control sequence `\\own`"), "{}", outcome.stderr);
}

#[test]
fn undefined_and_doubled_labels_are_errors_with_all_places() {
    let site = Site::new(
        r#"-- content/index.md --
# A

$$ a \label{eq:a} $$ $$ b \label{eq:a} $$

\eqref{eq:b} and [](#eq:aa) and $\eqref{fig:x}$

```chart
x = [-1, 1]
curves = ["relu(x)"]
id = "fig:a"
```

!!! theorem {#fig:a}
    Text.
-- content/b.md --
# B

$$
\begin{align}
x &= y \label{eq:a}
\end{align}
$$

![picture](pic.svg){#fig:a}

## Slope

$$ s \label{slope} $$
-- content/pic.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>
"#,
    );
    let outcome = site.run(&["build"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stderr);
}

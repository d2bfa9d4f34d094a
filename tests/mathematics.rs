//! Formulas in whole sites: their renderings, their style sheet and fonts, and what is said of mistakes in them.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;

use std::collections::BTreeSet;

use common::Site;

/// The content of the first element or attribute that begins with `open` and ends with `close`.
fn between<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
    let start = text.find(open).unwrap_or_else(|| panic!("no `{open}`")) + open.len();
    &text[start..start + text[start..].find(close).unwrap()]
}

#[test]
fn one_formula_has_four_renderings() {
    let site = Site::new(
        r"-- site.toml --
title = 'R'
base_url = 'https://example.org/'
-- content/index.md --
+++
date = 2024-01-02
+++
# $f(x)=\max(0,x)$, $\sqrt n$ and $x^2$

Let $f(x) = \max(0, x)$ be, $\sqrt{n}$ or $x^2$.

![graph of $x^2$ and $\sqrt n$](p.svg)

$$ \begin{eqnarray} a &=& b \label{eq:a} \end{eqnarray} $$

## Where $x^2 = \sqrt n$
-- content/p.svg --
<svg xmlns='http://www.w3.org/2000/svg' width='4' height='3'/>
",
    );
    site.build();
    let page = site.read("site/index.html");
    // As text.
    let plain = "f(x) = max(0, x), √n and x²";
    assert_eq!(between(&page, "<title>", "</title>"), format!("{plain} · R"));
    assert_eq!(between(&page, "<meta property=\"og:title\" content=\"", "\""), plain);
    assert_eq!(between(&page, "property=\"og:description\" content=\"", "\""), "Let f(x) = max(0, x) be, √n or x².");
    assert_eq!(between(&page, "src=\"p.svg\" alt=\"", "\""), "graph of x² and √n");
    assert!(page.contains("id=\"where-x²--n\""), "{page}");
    // For the page: HTML for the eye, MathML for everybody else, TeX to copy.
    let formula = between(&page, "<div class=\"formula\">", "</div>");
    assert!(formula.contains("aria-hidden=\"true\"") && formula.contains("<math"), "{formula}");
    assert!(
        formula.contains("data-tex=\" \\begin{eqnarray} a &amp;=&amp; b \\label{eq:a} \\end{eqnarray} \""),
        "{formula}"
    );
    // For feeds: MathML alone, with its number, in an element that no script or style sheet has to help.
    let feed = site.read("site/feed.xml");
    let content = between(&feed, "<content", "</content>");
    assert_eq!(between(&feed, "<entry>\n<title>", "</title>"), plain);
    assert!(
        content.contains("&lt;math xmlns=&quot;http://www.w3.org/1998/Math/MathML&quot; display=&quot;block&quot;&gt;")
    );
    assert!(content.contains("&lt;msqrt&gt;&lt;mi&gt;n&lt;/mi&gt;&lt;/msqrt&gt;"), "{content}");
    assert!(content.contains("&lt;mtext&gt;(1)&lt;/mtext&gt;"), "{content}");
    for absent in ["katex", "annotation", "data-tex", "&lt;style", "aria-hidden"] {
        assert!(!content.contains(absent), "{absent}: {content}");
    }
}

#[test]
fn the_style_sheet_has_rules_for_what_the_site_uses_and_for_nothing_else() {
    let all = r"$\frac{a}{b}$ $\sqrt[3]{x}$ $\left(\sum_{i=1}^n\right)$ $\mathbb{R}\mathcal{A}\mathfrak{g}$ $\begin{pmatrix} a & b \\ c & d \end{pmatrix}$ $\overbrace{a}^{b} \cancel{x} \boxed{y}$ $\Huge x \tiny y$ $\text{場合 é}$ $\xrightarrow{f}$ $\widehat{abc}$ $\big( \Bigg]$";
    let little = "$x^2$";
    for formulas in [all, little] {
        let site = Site::new(&format!("-- content/index.md --\n# A\n\n{formulas}\n"));
        site.build();
        let page = site.read("site/index.html");
        let article = between(&page, "<div class=\"content\">", "</article>");
        let used: BTreeSet<&str> =
            article.split("class=\"").skip(1).flat_map(|rest| rest.split('"').next().unwrap().split(' ')).collect();
        let css: String = site
            .files("site")
            .into_iter()
            .filter(|(name, _)| name.contains(".css"))
            .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
            .collect();
        // `.a.b`, `.a>.b` and `.a:not(.c)` are about elements of the first class; a rule may be for one of several.
        let first = |selector: &str| {
            let class = selector.split_once(".katex .")?.1;
            Some(class.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').next()?.to_owned())
        };
        let rules: Vec<Vec<String>> = css
            .split('}')
            .map(|rule| rule.split('{').next().unwrap().split(',').filter_map(first).collect())
            .filter(|classes: &Vec<String>| !classes.is_empty())
            .collect();
        let superfluous: Vec<_> =
            rules.iter().filter(|classes| !classes.iter().any(|class| used.contains(class.as_str()))).collect();
        assert!(superfluous.is_empty(), "rules for classes that nobody has: {superfluous:?}");
        assert!(rules.len() > if formulas == all { 20 } else { 3 }, "{rules:?}");
    }
}

#[test]
fn fonts_are_cut_hashed_preloaded_and_licensed() {
    let fonts = |formula: &str| {
        let site = Site::new(&format!("-- content/index.md --\n# A\n\n{formula}\n-- content/none.md --\n# B\n"));
        site.build();
        (site.files("site"), site)
    };
    let (few, site) = fonts("$x + 1$");
    let (many, _) = fonts(r"$x + 1 + \alpha\beta\gamma\delta abcdefghijklmnopqrstuvwyz\mathbb{R}$");
    let woff = |files: &std::collections::BTreeMap<String, Vec<u8>>| -> Vec<(String, usize)> {
        files.iter().filter(|(name, _)| name.contains(".woff2")).map(|(name, b)| (name.clone(), b.len())).collect()
    };
    let (few_fonts, many_fonts) = (woff(&few), woff(&many));
    assert_eq!(few_fonts.len(), 2, "{few_fonts:?}");
    assert_eq!(many_fonts.len(), 3, "{many_fonts:?}");
    let of =
        |fonts: &[(String, usize)], name: &str| fonts.iter().find(|(font, _)| font.contains(name)).unwrap().clone();
    let (small, large) = (of(&few_fonts, "KaTeX_Math"), of(&many_fonts, "KaTeX_Math"));
    assert!(small.1 < 1500 && small.1 < large.1, "{small:?} {large:?}");
    assert_ne!(small.0, large.0, "a file with other bytes has another name");
    let page = site.read("site/index.html");
    let preloads = page.matches("rel=\"preload\"").count();
    assert_eq!(preloads, 2);
    for (name, _) in &few_fonts {
        assert!(
            page.contains(&format!(
                "<link rel=\"preload\" href=\"{name}\" as=\"font\" type=\"font/woff2\" crossorigin>"
            ))
        );
    }
    assert!(!site.read("site/none/index.html").contains("preload"), "a page without formulas asks for no fonts");
    assert!(site.read("site/fonts/LICENCE.txt").contains("SIL OPEN FONT LICENSE"));
    let (none, _) = fonts("no formula");
    assert!(none.keys().all(|name| !name.starts_with("fonts/")), "{:?}", none.keys());
}

/// Every mistake of a run, each under the bad token, wherever a formula may stand.
#[test]
fn mistakes_are_underlined_where_they_were_typed() {
    let site = Site::new(MISTAKES);
    let outcome = site.run(&["check"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.stderr);
}

const MISTAKES: &str = r##"-- site.toml --
title = "Mistakes"
[math.macros]
"\\bad" = "#1^2^3"
"\\pair" = "(#1, #2)"
"\\opening" = "\\left("
"\\half" = "\\frac{1}{#1"
-- content/index.md --
+++
title = "The $\\titel$"
[math.macros]
"\\own" = "x_1_2"
+++

- one $\alhpa$
  - two $\begin{matrix} 1 \end{pmatrix}$
    $$
    a &= b
    $$

1. three
   \[
   \left( x
   \]

> four $\qoute$
>
> - $$
>   a = \begin{cases} 1 \\ 2
>   + \nope \end{cases}
>   $$

| a | b |
|---|---|
| $\tabel$ | $\|x\|_\nrom$ |

```math
x = \fence
```

> [!NOTE] Title $\calloutt$
> Body $\bodyy$

!!! warning "Title $\warningg$"
    Body $\indented$

=== "Tab $\tabb$"
    Body $\intab$

:::theorem Name $\theoremm$
$a^2 + \colons^2$
:::

<div>
$\inhtml$
</div>

Note[^1], ![alt $\altt$](p.svg) and [link $\linkk$](#h).

[^1]: Note $\notee$.

### Heading $\headingg$ {#h}

場合 $\text{場合} + \漢$ と $\bad{y}$ と $\own + 1$ と $a + \pair{x}$ と $\opening x$。

$\newcommand{\local}[1]{#1_2_3}$ later $1 + \local{x}$.

```chart
x = [-1, 1]
curves = ["relu(x)"]
caption = 'Caption $\captionn$'
```

\begin{align}
a &= b
\end{algin}
-- content/p.svg --
<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>
"##;

/// A page is always there: with its mistakes in red where a build goes on, and untouched where it does not.
#[test]
fn a_mistake_never_takes_the_page_away() {
    let site = Site::new("-- content/index.md --\n# A\n\nOne $x$ and $\\realu$.\n\n$$ \\frac{1}{2 $$\n\nThe end.\n");
    assert_eq!(site.run(&["build", "--keep-going"]).code, 1);
    let page = site.read("site/index.html");
    assert_eq!(page.matches("class=\"formula-error\"").count(), 2, "{page}");
    assert!(
        page.contains("<code><mark>\\realu</mark></code> <span>undefined control sequence `\\realu`</span>"),
        "{page}"
    );
    assert!(page.contains("class=\"katex\"") && page.contains("The end."), "{page}");
}

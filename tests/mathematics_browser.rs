//! Formulas in Chromium: wide ones scroll in their own box, copying gives TeX, headings carry them everywhere, fonts
//! move nothing, and a mistake is a red box on a page that is otherwise whole.
//!
//! Runs where Debian's `chromium` and `chromium-driver` are installed, says so where they are not, and fails there when
//! `CI` is set.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test"
)]

mod common;
#[path = "common/browser.rs"]
mod driver;

use common::Site;
use driver::{Browser, WINDOW, Window, browser, complaints, own_site, run, serve};
use fantoccini::Locator;
use serde_json::{Value, json};

const PAGE: &str = r#"-- site.toml --
title = "Formulas"
nav = ["index.md", "other.md"]
-- content/index.md --
# The value of $\sqrt{n}$ and $x^2$

Before $a_1 + b$ and $c$ after.

$$
f(x) = a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8 + a_9 + a_{10} + a_{11} + a_{12} + a_{13} + a_{14} + a_{15} + a_{16}
$$

$$
g(x) = b_1 + b_2 + b_3 + b_4 + b_5 + b_6 + b_7 + b_8 + b_9 + b_{10} + b_{11} + b_{12} + b_{13} + b_{14} + b_{15} + b_{16} \label{eq:wide}
$$

$$ x = 1 $$

\[ \begin{eqnarray} y &=& 2 \end{eqnarray} \]

See \eqref{eq:wide}.

## Slope $f'(x) = \max(0, x)$ here

Text of the section.

## Another

More text.
-- content/other.md --
# Other
"#;

async fn script(browser: &Browser, script: &str) -> Value {
    browser.client.execute(script, Vec::new()).await.unwrap()
}

/// Waits until a script returns something that is true.
async fn until(browser: &Browser, condition: &str) {
    for _ in 0..100 {
        if script(browser, condition).await == json!(true) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("never true: {condition}");
}

async fn opened(browser: &Browser, url: &str) {
    browser.visit(url).await.unwrap();
    browser.client.execute_async("document.fonts.ready.then(arguments[0])", Vec::new()).await.unwrap();
}

/// What the clipboard holds: pasted into a text field, as a reader would.
async fn pasted(browser: &Browser) -> String {
    script(
        browser,
        "const t = document.createElement('textarea'); t.id = 'pasted'; document.body.append(t); t.focus()",
    )
    .await;
    let field = browser.client.find(Locator::Id("pasted")).await.unwrap();
    field.send_keys("\u{E009}v\u{E000}").await.unwrap();
    let text = script(browser, "const t = document.getElementById('pasted'); t.remove(); return t.value").await;
    text.as_str().unwrap().to_owned()
}

/// Scripts are asked for at the first touch.
async fn touch(browser: &Browser) {
    browser.client.find(Locator::Css("body")).await.unwrap().send_keys("\u{E008}").await.unwrap();
    until(browser, "return document.querySelector('div.formula .copy') !== null").await;
}

/// The boxes of display formulas: where box, formula, its first and last letter and its tag lie.
const BOXES: &str = r"
const edge = (r) => [r.left, r.right];
const glyphs = (formula) => {
  const walker = document.createTreeWalker(formula, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim() || node.data === '\u200b' || node.parentElement.closest('.katex-tag')) continue;
    const range = document.createRange();
    range.selectNode(node);
    found.push(range.getBoundingClientRect());
  }
  return [Math.min(...found.map(r => r.left)), Math.max(...found.map(r => r.right))];
};
return [...document.querySelectorAll('.katex-display')].map(box => {
  const tag = box.querySelector('.katex-tag');
  return {
    tabindex: box.getAttribute('tabindex'),
    label: box.getAttribute('aria-label'),
    scrolls: box.scrollWidth > box.clientWidth + 1,
    left: box.scrollLeft,
    box: edge(box.getBoundingClientRect()),
    glyphs: glyphs(box.querySelector('.katex-html')),
    tag: tag && edge([...tag.querySelectorAll('*')].filter(e => !e.children.length && e.textContent.trim()).at(-1).getBoundingClientRect()),
  };
});";

fn number(value: &Value, key: &str, index: usize) -> f64 {
    value[key][index].as_f64().unwrap_or_else(|| panic!("{key} of {value}"))
}

#[test]
fn wide_formulas_scroll_in_their_own_box_on_a_small_screen() {
    run(async {
        let Some(browser) = browser(Window { width: 500, ..WINDOW }).await else { return };
        // Chromium makes no window narrower than 500 px, but a frame may be.
        let site = Site::new(PAGE);
        site.build();
        site.write(
            "site/small.html",
            "<!doctype html><iframe src=\"index.html\" width=\"320\" height=\"900\" style=\"border:0\"></iframe>",
        );
        opened(&browser, &format!("{}small.html", serve(site.path("site"), "/"))).await;
        browser.client.clone().enter_frame(0).await.unwrap();
        browser.client.execute_async("document.fonts.ready.then(arguments[0])", Vec::new()).await.unwrap();
        assert_eq!(script(&browser, "return innerWidth").await, 320);
        let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(script(&browser, overflow).await, 0, "the page itself does not scroll sideways");
        let before = script(&browser, BOXES).await;
        let boxes = before.as_array().unwrap();
        assert_eq!(boxes.len(), 4);
        for (index, formula) in boxes.iter().enumerate() {
            let wide = index < 2;
            assert_eq!(formula["scrolls"], json!(wide), "{formula}");
            assert_eq!(formula["tabindex"], if wide { json!("0") } else { Value::Null }, "{formula}");
            assert_eq!(formula["label"].is_string(), wide, "{formula}");
            assert!(number(formula, "glyphs", 0) >= number(formula, "box", 0) - 1.0, "left half is cut off: {formula}");
            assert!(number(formula, "box", 1) <= 320.0, "{formula}");
        }
        let is_tag_in_sight = |formula: &Value| {
            number(formula, "tag", 0) >= number(formula, "box", 0)
                && number(formula, "tag", 1) <= number(formula, "box", 1) + 1.0
        };
        assert!(is_tag_in_sight(&boxes[1]), "{}", boxes[1]);
        // By keyboard alone: the box takes the focus, the arrow scrolls it.
        for index in [0, 1] {
            let focus = format!(
                "const box = document.querySelectorAll('.katex-display')[{index}]; box.focus(); return document.activeElement === box"
            );
            assert_eq!(script(&browser, &focus).await, json!(true));
            let element = browser.client.active_element().await.unwrap();
            element.send_keys("\u{E014}").await.unwrap();
            until(&browser, &format!("return document.querySelectorAll('.katex-display')[{index}].scrollLeft > 10"))
                .await;
        }
        script(&browser, "for (const box of document.querySelectorAll('.katex-display')) box.scrollLeft = 1e6").await;
        let after = script(&browser, BOXES).await;
        for formula in after.as_array().unwrap() {
            assert!(number(formula, "glyphs", 1) <= number(formula, "box", 1) + 1.0, "the end is reached: {formula}");
        }
        let tagged = &after[1];
        assert!(is_tag_in_sight(tagged), "{tagged}");
        assert!(number(tagged, "glyphs", 1) <= number(tagged, "tag", 0), "the tag covers nothing at the end: {tagged}");
    });
}

#[test]
fn what_is_copied_is_tex() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = Site::new(PAGE);
        site.build();
        opened(&browser, &format!("{}index.html", serve(site.path("site"), "/"))).await;
        touch(&browser).await;
        // From the middle of one formula to the middle of another: both are taken whole.
        script(
            &browser,
            "const formulas = document.querySelectorAll('.content p .katex-html');
             const letter = (html) => document.createTreeWalker(html, NodeFilter.SHOW_TEXT).nextNode();
             getSelection().setBaseAndExtent(letter(formulas[0]), 0, letter(formulas[1]), 1)",
        )
        .await;
        let body = browser.client.find(Locator::Css("body")).await.unwrap();
        body.send_keys("\u{E009}c\u{E000}").await.unwrap();
        assert_eq!(pasted(&browser).await, "$a_1 + b$ and $c$");
        // A whole page: display formulas have their own signs, and what the author typed is what is copied.
        script(&browser, "getSelection().selectAllChildren(document.querySelector('.content'))").await;
        body.send_keys("\u{E009}c\u{E000}").await.unwrap();
        let all = pasted(&browser).await;
        for part in [
            "Before $a_1 + b$ and $c$ after.",
            "$$ x = 1 $$",
            r"\begin{eqnarray} y &=& 2 \end{eqnarray}",
            r"\label{eq:wide}",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
        // The button on a display formula.
        for (index, tex) in [(2, "x = 1"), (3, r"\begin{eqnarray} y &=& 2 \end{eqnarray}")] {
            let button = format!("div.formula:nth-of-type({}) > .copy", index + 1);
            script(
                &browser,
                &format!(
                    "document.querySelectorAll('div.formula > .copy')[{index}].scrollIntoView({{ block: 'center' }})"
                ),
            )
            .await;
            let buttons = browser.client.find_all(Locator::Css("div.formula > .copy")).await.unwrap();
            assert_eq!(buttons.len(), 4, "{button}");
            buttons[index].click().await.unwrap();
            until(
                &browser,
                &format!("return document.querySelectorAll('div.formula > .copy')[{index}].classList.contains('done')"),
            )
            .await;
            assert_eq!(pasted(&browser).await, tex);
        }
        assert_eq!(complaints(&browser).await, Vec::<String>::new());
    });
}

#[test]
fn a_formula_in_a_heading_is_everywhere_that_the_heading_is() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = Site::new(PAGE);
        site.build();
        let address = serve(site.path("site"), "/");
        opened(&browser, &format!("{address}index.html")).await;
        let seen = script(
            &browser,
            "const size = (selector) => [...document.querySelectorAll(selector)].map(e => {
               const r = e.getBoundingClientRect(); return r.width > 4 && r.height > 4; });
             return {
               title: document.title,
               h1: size('h1 .katex-html'),
               h2: size('h2 .katex-html'),
               slug: document.querySelector('h2:has(.katex)').id,
               contents: size('nav.contents .katex-html'),
               target: [...document.querySelectorAll('nav.contents a')].map(a => decodeURIComponent(a.hash.slice(1))),
               sidebar: [...document.querySelectorAll('nav a .katex-html')].filter(e => !e.closest('.contents')).length,
             };",
        )
        .await;
        assert_eq!(seen["title"], "The value of √n and x² · Formulas");
        assert_eq!((&seen["h1"], &seen["h2"]), (&json!([true, true]), &json!([true])), "{seen}");
        assert_eq!(seen["slug"], "slope-fx--max0-x-here");
        assert_eq!(seen["contents"], json!([true]), "{seen}");
        assert!(seen["target"].as_array().unwrap().contains(&seen["slug"]), "{seen}");
        assert!(seen["sidebar"].as_u64().unwrap() >= 2, "{seen}");
        // The other page shows this page's title in its sidebar, so it has the rules and the fonts for it.
        opened(&browser, &format!("{address}other/index.html")).await;
        let sizes =
            "return [...document.querySelectorAll('nav a .katex-html')].map(e => e.getBoundingClientRect().width > 4)";
        let sizes = script(&browser, sizes).await;
        assert!(
            sizes.as_array().is_some_and(|sizes| sizes.len() >= 2 && sizes.iter().all(|size| size == true)),
            "{sizes}"
        );
        assert_eq!(complaints(&browser).await, Vec::<String>::new());
    });
}

/// Inside a formula only the rules of formulas hold: in a shadow root, where no rule of the theme reaches, every part of
/// it has the same place.
#[test]
fn the_theme_moves_nothing_inside_a_formula() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = Site::new(
            r"-- content/index.md --
# A

$\begin{array}{|c|c||c:c|} \hline a & b & c & d \\ \hline \hdashline x & y & z & w \end{array}$
$\boxed{x} + \fbox{text} + \cancel{y} + \sout{z} + a_{\angl n}$ $\sqrt[3]{\frac{\overline{ab}}{\underline{c}}}$
$\overbrace{a + b}^{n} \xrightarrow{f} \widehat{xyz} \left(\frac{\sum_i^n}{2}\right)$ $\rule{1em}{2pt} \Huge x \tiny y$
$\colorbox{aqua}{$x$} \phantom{x} \mathrlap{/}{=} \smash{y}$ $\begin{pmatrix} 1 \\ 2 \\ 3 \\ 4 \end{pmatrix} \text{場合}$

$$ \begin{CD} A @>a>> B \\ @VbVV @AAcA \\ C @= D \end{CD} $$

> 1. | $|a|$ |
>    |-----|
>    | $\begin{bmatrix} 1 & 0 \end{bmatrix}$ |
",
        );
        site.build();
        opened(&browser, &format!("{}index.html", serve(site.path("site"), "/"))).await;
        let found = browser
            .client
            .execute_async(
                r"const done = arguments[0];
                const parts = (formula) => {
                  const html = formula.querySelector('.katex-html'), found = [];
                  const walker = document.createTreeWalker(html, NodeFilter.SHOW_TEXT);
                  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                    if (!node.data.trim() || node.data === '\u200b') continue;
                    const range = document.createRange();
                    range.selectNode(node);
                    found.push(range.getBoundingClientRect());
                  }
                  for (const part of html.querySelectorAll('svg, .katex-base, .katex-rule, .fbox')) found.push(part.getBoundingClientRect());
                  const first = found[0];
                  return found.map(r => [r.left - first.left, r.top - first.top, r.width]);
                };
                (async () => {
                  const whole = '.katex-html{white-space:nowrap}';
                  document.head.append(Object.assign(document.createElement('style'), { textContent: whole }));
                  const sheets = [...document.querySelectorAll('link[rel=stylesheet]')].filter(l => l.href.includes('feature'));
                  const css = (await Promise.all(sheets.map(async l => (await fetch(l.href)).text()))).join('');
                  const wrong = [];
                  const formulas = [...document.querySelectorAll('.content .katex')];
                  for (const formula of formulas) {
                    const host = document.createElement('div');
                    host.style.cssText = 'all: initial; display: block; width: 2000px';
                    document.body.append(host);
                    const root = host.attachShadow({ mode: 'open' });
                    const size = getComputedStyle(formula).fontSize;
                    const outer = formula.closest('.katex-display') ?? formula;
                    root.innerHTML = '<style>' + css + whole + '.katex{font-size:' + size + '!important}</style>' + outer.outerHTML;
                    const [ours, bare] = [parts(formula), parts(root)];
                    const differs = ours.length !== bare.length || ours.some((part, i) => part.some((x, k) => Math.abs(x - bare[i][k]) > 0.02 * parseFloat(size)));
                    if (differs) wrong.push(formula.querySelector('annotation').textContent);
                    host.remove();
                  }
                  done([formulas.length, wrong]);
                })();",
                Vec::new(),
            )
            .await
            .unwrap();
        assert!(found[0].as_u64().unwrap() >= 9, "{found}");
        assert_eq!(found[1], json!([]), "moved by a rule of the theme");
    });
}

/// Until they arrive, fonts are as good as missing; then nothing may move up or down.
#[test]
fn nothing_moves_when_the_fonts_arrive() {
    run(async {
        let Some(browser) = browser(WINDOW).await else { return };
        let site = own_site();
        let bare = Site::new("");
        for (name, bytes) in site.files("site") {
            if !name.contains(".woff2") {
                bare.write(&format!("site/{name}"), bytes);
            }
        }
        let places = "return [...document.querySelectorAll('h1, h2, p, li, td, div.formula, figure')]
            .map(e => [e.tagName, e.textContent.slice(0, 40), Math.round(e.getBoundingClientRect().top + scrollY)])";
        let loaded =
            "return [...document.fonts].filter(f => f.status === 'loaded' && /^.?KaTeX_/.test(f.family)).length";
        let (with, without) = (serve(site.path("site"), "/"), serve(bare.path("site"), "/"));
        for page in ["articles/relu/index.html", "ja/articles/relu/index.html"] {
            opened(&browser, &format!("{without}{page}")).await;
            assert_eq!(script(&browser, loaded).await, 0, "the fonts are not there yet");
            let before = script(&browser, places).await;
            opened(&browser, &format!("{with}{page}")).await;
            assert!(script(&browser, loaded).await.as_u64().unwrap() >= 2);
            let after = script(&browser, places).await;
            let (before, after) = (before.as_array().unwrap(), after.as_array().unwrap());
            assert_eq!(before.len(), after.len());
            for (before, after) in before.iter().zip(after) {
                // Places are rounded to whole pixels. A line more or less would be twenty.
                let moved = (before[2].as_f64().unwrap() - after[2].as_f64().unwrap()).abs();
                assert!(moved <= 2.0, "{page}: moved when the fonts came: {before} {after}");
            }
        }
    });
}

#[test]
fn a_mistake_is_a_red_box_and_the_page_is_there() {
    run(async {
        for dark in [false, true] {
            let Some(browser) = browser(Window { dark, ..WINDOW }).await else { return };
            let site = Site::new(
                "-- content/index.md --\n# Mistakes\n\nFirst $x^2$, then $a + \\realu(x)$.\n\n$$\n\\frac{1}{2\n$$\n\nAt the end $y$.\n",
            );
            let outcome = site.run(&["build", "--keep-going"]);
            assert_eq!(outcome.code, 1, "{}", outcome.stderr);
            opened(&browser, &format!("{}index.html", serve(site.path("site"), "/"))).await;
            let seen = script(
                &browser,
                "return { formulas: document.querySelectorAll('.content .katex-html').length,
                   end: document.body.innerText.includes('At the end'),
                   boxes: [...document.querySelectorAll('.formula-error')].map(e => {
                     const [r, g, b] = getComputedStyle(e).color.match(/[\\d.]+/g).map(Number);
                     return { text: e.innerText.replace(/\\s+/g, ' '), marked: e.querySelector('mark')?.textContent,
                       red: r > 1.4 * g && r > 1.4 * b, shown: e.getBoundingClientRect().height > 8,
                       edge: parseFloat(getComputedStyle(e).borderTopWidth) > 0 };
                   }) };",
            )
            .await;
            assert_eq!((&seen["formulas"], &seen["end"]), (&json!(2), &json!(true)), "{seen}");
            let boxes = seen["boxes"].as_array().unwrap();
            assert_eq!(boxes.len(), 2, "{seen}");
            for found in boxes {
                assert_eq!(
                    (&found["red"], &found["shown"], &found["edge"]),
                    (&json!(true), &json!(true), &json!(true)),
                    "{found}"
                );
            }
            assert_eq!(boxes[0]["marked"], "\\realu");
            assert!(boxes[0]["text"].as_str().unwrap().contains("undefined control sequence `\\realu`"), "{seen}");
            assert_eq!(boxes[1]["marked"], "{");
        }
    });
}

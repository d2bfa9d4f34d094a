//! Formulas end to end: what comes out, what is refused and how, and how the engine is kept from harm.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::format_collect,
    reason = "a test"
)]
// Tests read files, the clock and the environment, and fail by panicking.

use std::path::PathBuf;

use piecewise::math::{self, Definition, Job, Link, Macros, MathError, Numbers, Typeset, Usage};
use piecewise::source::{FileId, Span};
use proptest::prelude::*;

fn job<'a>(tex: &'a str, display: bool, macros: &'a Macros) -> Job<'a> {
    Job { tex, display, macros, prelude: "", numbers: Numbers::default() }
}

fn typeset(tex: &str, display: bool) -> Result<Typeset, MathError> {
    math::typeset(&job(tex, display, &Macros::default()))
}

fn html(tex: &str) -> String {
    typeset(tex, true).unwrap_or_else(|error| panic!("{tex}: {error:?}")).html
}

/// The TeX in the annotation, unescaped.
fn annotation(html: &str) -> String {
    let start = html.find("<annotation").and_then(|at| Some(at + html[at..].find('>')? + 1)).unwrap();
    let end = html[start..].find("</annotation>").unwrap() + start;
    html[start..end].replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// A file of the folder that this repository shares its data with, if it is there.
fn shared(path: &str) -> Option<String> {
    let folder = std::env::var_os("PIECEWISE_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let text = std::fs::read_to_string(folder.join(path)).ok();
    if text.is_none() {
        println!("skipped: {} is not there", folder.join(path).display());
    }
    text
}

#[test]
fn tex_that_katex_lacks_is_rewritten() {
    let table = [
        (
            r"\begin{eqnarray} a &=& b \\ &<& c \end{eqnarray}",
            r"\begin{alignat*}{2} a &\mathrel{=}{}&& b \\ &\mathrel{<}{}&& c \end{alignat*}",
        ),
        (
            r"\begin{eqnarray*}a & = b \\ c \nonumber\\[2pt] \end{eqnarray*}",
            r"\begin{alignat*}{2}a & = b \\ c \nonumber\\[2pt] \end{alignat*}",
        ),
        (
            r"\begin{eqnarray} f &=& \left\{ \begin{array}{ll} 0 & a \\ 1 & b \end{array} \right. \end{eqnarray}",
            r"\begin{alignat*}{2} f &\mathrel{=}{}&& \left\{ \begin{array}{ll} 0 & a \\ 1 & b \end{array} \right. \end{alignat*}",
        ),
        (
            r"\begin{eqnarray} 1 &=& 1 &=& F_2 \\ 6 &=& 5 + 1 &=& (10)_F & x \end{eqnarray}",
            r"\begin{alignat*}{5} 1 &\mathrel{=}{}&& 1 &&\mathrel{=}{}&& F_2 \\ 6 &\mathrel{=}{}&& 5 + 1 &&\mathrel{=}{}&& (10)_F &&\quad  x \end{alignat*}",
        ),
        (
            r"\begin{multline} a \\ + b \\[3pt] + c \end{multline}",
            r"\begin{align*}& a \\&\qquad  + b \\[3pt]&\qquad  + c \end{align*}",
        ),
        (r"\begin{flalign} a &= b \end{flalign}", r"\begin{align*} a &= b \end{align*}"),
        (r"\begin{displaymath} a \end{displaymath}", r"\begin{equation*} a \end{equation*}"),
        (r"\begin{equation} x \label{eq:x} \end{equation}", r"\begin{equation*} x  \end{equation*}"),
        (r"\mbox{if $a_1$ or b_2}", r"\text{if $a_1$ or b\_2}"),
        (r"\text{a_b \textbf{c_d}} x_1", r"\text{a\_b \textbf{c\_d}} x_1"),
        (r"\DeclareMathOperator*{\argmax}{arg\,max} \argmax_x", r"\def\argmax{\operatorname*{arg\,max}} \argmax_x"),
        (r"x \label{eq:y} + 1", r"x  + 1"),
    ];
    for (typed, set) in table {
        let html = html(typed);
        assert_eq!(annotation(&html), set);
        assert!(html.contains("data-tex=\""), "the author's own TeX is kept: {typed}");
    }
    assert!(!html("x + 1").contains("data-tex"));
}

#[test]
fn inside_something_else_eqnarray_is_an_inner_environment() {
    let set = typeset(r"x = \begin{eqnarray} a &=& b \end{eqnarray}", false).unwrap().html;
    assert_eq!(annotation(&set), r"x = \begin{alignedat}{2} a &\mathrel{=}{}&& b \end{alignedat}");
}

#[test]
fn numbers_and_links_come_from_the_site() {
    let macros = Macros::default();
    let rows = [Some("3.1".to_owned()), None, None];
    let link = Link { text: "3.1".to_owned(), href: "../a/#eq:a".to_owned() };
    let links = [Some(link), None];
    let tex = r"\begin{align} a \label{eq:a} \\ b \\ c \tag{*}\label{eq:c} \eqref{eq:a} \ref{no} \end{align}";
    let job = Job { numbers: Numbers { rows: &rows, links: &links }, ..job(tex, true, &macros) };
    let html = math::typeset(&job).unwrap().html;
    assert_eq!(annotation(&html), r"\begin{align*} a  \tag{3.1}\\ b \\ c \tag{*} \text{(3.1)} \text{??} \end{align*}");
    assert!(html.contains(r#"id="eq:a""#) && html.contains(r#"id="eq:c""#), "{html}");
    // Where there is only MathML, as in a feed, the rows have their numbers too.
    assert!(html.contains("<mtext>(3.1)</mtext></mtd>") && html.contains("<mtext>(*)</mtext></mtd>"), "{html}");
    assert!(html.contains(r#"<a href="../a/#eq:a" tabindex="-1">"#), "{html}");
    assert!(!html.contains("piecewise-"), "{html}");
}

#[test]
fn definitions_of_the_page_reach_later_formulas() {
    let macros = Macros::default();
    let definitions = piecewise::tex::outline(r"\newcommand{\norm}[1]{\lVert#1\rVert}").definitions;
    let tex = r"\norm{x}";
    let prelude = piecewise::tex::prelude(&definitions, tex);
    let set = math::typeset(&Job { prelude: &prelude, ..job(tex, false, &macros) }).unwrap();
    assert_eq!(annotation(&set.html), r"\def\norm#1{\lVert#1\rVert}\norm{x}");
    let wrong = r"\norm{x} + \foo";
    let error = math::typeset(&Job { prelude: &prelude, ..job(wrong, false, &macros) }).unwrap_err();
    assert_eq!(error.range, Some(11..15));
}

#[test]
fn japanese_stands_upright_in_the_font_of_the_text() {
    let html = html(r"0 (x<0の場合)");
    assert!(html.contains(r#"<span class="cjk_fallback">の場合</span>"#), "{html}");
}

#[test]
fn mathml_for_feeds_has_no_annotation() {
    let set = typeset(r"\frac{1}{2}", true).unwrap();
    let mathml = set.mathml.of(&set.html);
    assert!(mathml.starts_with("<math ") && mathml.ends_with("</math>") && !mathml.contains("annotation"), "{mathml}");
}

fn definition(name: &str, body: &str) -> Definition {
    Definition { name: name.to_owned(), body: body.to_owned(), span: Span::new(FileId(0), 0..1) }
}

/// What is underlined, the message, the help.
fn error(tex: &str, macros: &Macros) -> (String, String, String) {
    let error = math::typeset(&job(tex, true, macros)).expect_err(tex);
    let marked = error.range.map_or("(all)".to_owned(), |range| tex[range].to_owned());
    let place = error.in_macro.map_or(String::new(), |(name, _)| format!(" in {name}"));
    (format!("{marked}{place}"), error.message, error.help.unwrap_or_default())
}

#[test]
fn errors_say_what_was_found_and_what_would_work() {
    let (macros, diagnostics) =
        Macros::read(vec![definition("\\relu", r"\operatorname{ReLU}"), definition("\\bad", r"#1^2^3")]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let table = [
        (
            r"x + \realu(x)",
            r"\realu",
            r"undefined control sequence `\realu`",
            r"did you mean `\relu`, a macro of this project?",
        ),
        (r"\alhpa", r"\alhpa", r"undefined control sequence `\alhpa`", r"did you mean `\alpha`?"),
        (r"\newcommand{\R}{x} \R", r"\R", r"`\R` exists already", r"use `\renewcommand`"),
        (r"\renewcommand{\nope}{x}", r"\nope", r"`\nope` does not exist yet", r"use `\newcommand`"),
        (r"\frac{a}{b", "{", "missing `}`", "this `{` is never closed"),
        (r"a } b", "}", "unbalanced `}`", "there is no `{` before it"),
        (r"\left( x", r"\left", r"`\left` without `\right`", r"`\right.` closes it with nothing"),
        (r"x \right)", r"\right", r"`\right` without `\left`", r"`\left.` opens it with nothing"),
        (r"\begin{align} a &= b", r"\begin{align}", r"`\begin{align}` has no `\end{align}`", ""),
        (
            r"a & b",
            "&",
            "`&` outside an environment with columns",
            r"put the formula in `aligned`, `array` or `cases`; a literal ampersand is `\&`",
        ),
        (r"\begin{algin} a \end{algin}", r"\begin{algin}", "unknown environment `algin`", "did you mean `align`?"),
        (
            r"\begin{matrix} a \end{pmatrix}",
            r"\end{pmatrix}",
            r"`\begin{matrix}` is closed by `\end{pmatrix}`",
            r"write `\end{matrix}`",
        ),
        (r"x^2^3", "^", "double superscript", "write `{a^b}^c` or `a^{bc}`"),
        (r"\bad{x}", r"\bad in \bad", "double superscript", "?"),
        (r"\bad{x} + \bad{y}", r"(all) in \bad", "double superscript", "?"),
        (r"1 + \frac{x}", r"\frac", r"`\frac` lacks an argument", "it takes 2"),
        (r"1 + \frac", r"\frac", r"`\frac` lacks an argument", "it takes 2"),
        (r"a + \relu \operatorname", r"\operatorname", r"`\operatorname` lacks an argument", "?"),
        (r"\sqrt", r"\sqrt", r"`\sqrt` lacks an argument", "?"),
        (r"1 + \sqrt[3", "[", "missing `]`", "this `[` is never closed"),
        (r"a^", "^", "nothing follows `^`", "write what is raised: `^{2}`"),
        (r"\begin{cases} a_ \end{cases}", "?", "nothing follows `_`", "?"),
        (r"a \tag{1} b \tag{2}", r"\tag{2}", r"a second `\tag` on one row", "keep one"),
        (r"\left[ a \right", r"\right", r"`\right` lacks a delimiter", r"`\right.` closes with nothing"),
        (r"\left a \right)", r"\left a", r"`a` is not a delimiter for `\left`", "`.` is an invisible one"),
        (r"a \middle| b", r"\middle", r"`\middle` outside `\left … \right`", "?"),
        (r"\kern1zz x", "zz", "unknown unit `zz`", "?"),
        (r"a \over b \over c", r"\over", "a second infix operator in one group", "?"),
        (r"\begin{array} a \end{array}", r"\begin{array}", "`a` is not the alignment of a column", "?"),
        (r"\verb|a", "?", r"`\verb` is never closed", "?"),
        (r"x\hline", r"\hline", r"`\hline` works only in `array` and the like", "?"),
        (
            r"\zzz",
            r"\zzz",
            r"undefined control sequence `\zzz`",
            "a command of your own is defined under `[math.macros]` in `site.toml`",
        ),
        (r"\ce{H2O}", r"\ce", r"undefined control sequence `\ce`", r"chemistry is written by hand: `\mathrm{H_2O}`"),
        (r"\norm{x}", r"\norm", r"undefined control sequence `\norm`", r"write `\lVert x \rVert`, or define `\norm`"),
        (
            r"\begin{tikzpicture} a \end{tikzpicture}",
            r"\begin{tikzpicture}",
            "unknown environment `tikzpicture`",
            "pictures are no formulas: show an image, or a chart",
        ),
        (r"\text{場合} \foo{場}", r"\foo", r"undefined control sequence `\foo`", "?"),
        (r"\begin{eqnarray} a &=& \foo \end{eqnarray}", r"\foo", r"undefined control sequence `\foo`", "?"),
        (r"a $ b", "$", "`$` inside a formula", r"a literal dollar sign is `\$`"),
    ];
    let mut wrong = Vec::new();
    for (tex, marked, message, help) in table {
        let found = error(tex, &macros);
        let same = |found: &str, expected: &str| expected == "?" || found == expected;
        if !same(&found.0, marked) || !same(&found.1, message) || !same(&found.2, help) {
            wrong.push((tex, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn macros_are_checked_once() {
    let table = [
        ("\\a", r"\b", "undefined control sequence `\\b` in macro `\\a`"),
        ("\\a", r"x{", "unbalanced braces in macro `\\a`"),
        ("\\a", r"#0", "`#0` in macro `\\a` is not an argument"),
        ("\\a", r"\a x", "macro `\\a` is defined in terms of itself"),
        ("a b", r"x", "`\\a b` cannot name a macro"),
    ];
    for (name, body, message) in table {
        let (_, diagnostics) = Macros::read(vec![definition(name, body)]);
        assert_eq!(diagnostics.iter().map(|d| d.message.as_str()).collect::<Vec<_>>(), [message]);
    }
    let (macros, diagnostics) = Macros::read(vec![definition("\\pair", r"(#1,#2)"), definition("R", r"\mathbb{R}")]);
    assert!(diagnostics.is_empty());
    assert!(math::typeset(&job(r"\pair{a}{b} \in R^2", false, &macros)).is_ok());
    // Delimiters that come from two macros balance.
    let (macros, _) = Macros::read(vec![definition("\\lp", r"\left("), definition("\\rp", r"\right)")]);
    assert!(math::typeset(&job(&r"\lp x \rp".repeat(150), false, &macros)).is_ok());
}

#[test]
fn hostile_input_is_refused_in_time() {
    let repeat = |piece: &str| piece.repeat((1 << 20) / piece.len());
    let chain: String =
        (0..200).map(|n| format!("\\def\\m{}{{\\m{}\\m{}}}", letters(n), letters(n + 1), letters(n + 1))).collect();
    let inputs = [
        repeat("{"),
        repeat(r"\frac{"),
        repeat("$"),
        repeat(r"\sqrt"),
        repeat("x^"),
        repeat(r"\left("),
        repeat(r"\begin{matrix}"),
        repeat(r"\label{"),
        repeat(r"\def\a"),
        repeat(r"\text{"),
        repeat("x+"),
        repeat("["),
        r"\frac{".repeat(2000),
        r"\frac".repeat(2000),
        r"\mathbf".repeat(2000),
        r"\def\a{\b\b}\def\b{\c\c}\def\c{\a\a}\a".to_owned(),
        format!("{chain}\\ma"),
        format!(r"\def\a#1{{#1#1}}{}x{}", r"\a{".repeat(60), "}".repeat(60)),
        format!(r"\def\a#1{{{}}}\a{{{}}}", "#1".repeat(5000), "x".repeat(5000)),
        format!(r"\def\a{{{}}}\a", r"\bgroup".repeat(5000)),
        format!(r"\def\a{{\left(}}{}", r"\a".repeat(900)),
        format!(r"\let\a=\left {}", r"\a(".repeat(5000)),
        format!(r"\let\a={{ {}", r"\a".repeat(5000)),
        format!(r"\def\mk#1{{\def#1{{{}x{}}}}}\mk\z\z", "{".repeat(3000), "}".repeat(3000)),
        r"\edef\a{x}\edef\a{\a\a}\edef\a{\a\a}\a".repeat(300),
        "x+".repeat(24_000),
        "x+".repeat(5_900),
        r"\alpha ".repeat(7_000),
        r"\begin{matrix}".to_owned() + &r"a&b\\".repeat(5_000) + r"\end{matrix}",
        r"\begin{alignedat}{999999999} a \end{alignedat}".to_owned(),
        r"\rule{1e300em}{1e300em}\kern1e300em".to_owned(),
    ];
    for input in inputs {
        let _ = typeset(&input, true);
        let _ = piecewise::tex::outline(&input);
        let _ = piecewise::tex::plain(&input);
    }
}

fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// As deep as the guard lets through, on a thread of 2 MB, in every way of nesting.
#[test]
fn the_deepest_allowed_formula_fits_an_ordinary_stack() {
    let run = || {
        let pairs = [
            ("{", "}"),
            (r"\frac{", "}{x}"),
            (r"\sqrt{", "}"),
            ("x^{", "}"),
            (r"\left(", r"\right)"),
            (r"\text{", "}"),
            (r"\overline{", "}"),
            (r"\begin{matrix}", r"\end{matrix}"),
            (r"\mathbf{", "}"),
            (r"\underbrace{", "}_x"),
            (r"\sqrt", ""),
            (r"\frac1", ""),
            (r"\hat", ""),
            (r"\begin{cases}", r"\end{cases}"),
            (r"\boxed{", "}"),
            (r"\textbf{$", "$}"),
            (r"\mathop{", "}"),
            (r"\phantom{", "}"),
            (r"\mathchoice{", "}{}{}{}"),
            (r"\overset{x}{", "}"),
            (r"\substack{", "}"),
            (r"\binom{x}{", "}"),
            (r"\raisebox{1em}{", "}"),
            (r"\color{red}{", "}"),
            (r"\operatorname{", "}"),
            (r"\bra{", "}"),
            (r"\xrightarrow{", "}"),
            (r"\cancel{", "}"),
            (r"\rlap{", "}"),
            (r"\vcenter{", "}"),
            (r"\tag{$", "$}"),
            (r"\def\a{", "}"),
            (r"\htmlClass{a}{", "}"),
            (r"\pmb{", "}"),
            (r"\begin{CD}", r"\end{CD}"),
            (r"\begin{aligned}", r"\end{aligned}"),
            (r"\smash[b]{", "}"),
        ];
        for (open, close) in pairs {
            let mut set = 0;
            for depth in 1..200 {
                let tex = format!("{}x{}", open.repeat(depth), close.repeat(depth));
                match typeset(&tex, true) {
                    Ok(_) => set = depth,
                    Err(error) if error.message.contains("too deeply") => break,
                    Err(_) => {}
                }
            }
            println!("{open}: {set}");
        }
    };
    std::thread::Builder::new().stack_size(math::STACK_SIZE).spawn(run).unwrap().join().unwrap();
}

#[derive(serde::Deserialize)]
struct Formula {
    tex: String,
    display: bool,
    katex_error: Option<String>,
}

/// The engine refuses what KaTeX refuses, less what we rewrite.
#[test]
fn real_formulas_are_refused_exactly_where_katex_refuses_them() {
    let Some(text) = shared("math/formulas.jsonl") else { return };
    let formulas: Vec<Formula> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (mut accepted, mut usage) = (Vec::new(), Usage::default());
    for Formula { tex, display, katex_error } in &formulas {
        match (typeset(tex, *display), katex_error) {
            (Ok(set), None) => usage.merge(&set.usage),
            (Ok(_), Some(error)) => accepted.push((tex.as_str(), error.as_str())),
            (Err(_), Some(_)) => {}
            (Err(error), None) => panic!("KaTeX sets this one: {tex}: {error:?}"),
        }
    }
    let rewritten = |tex: &str, error: &str| {
        error == "No such environment: eqnarray" || (error == "Expected 'EOF', got '_'" && tex.contains("\\text"))
    };
    let unexplained: Vec<_> = accepted.iter().filter(|(tex, error)| !rewritten(tex, error)).collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    println!("{} formulas, {} set that KaTeX refuses", formulas.len(), accepted.len());
    let fonts = math::fonts(&usage);
    assert!(math::stylesheet(&usage, &fonts, "").is_ok());
}

/// The macros of a real book, and the formulas that need them.
#[test]
fn the_macros_of_a_real_book_are_read() {
    let Some(text) = shared("corpora/halo2/book/macros.txt") else { return };
    let Some(formulas) = shared("math/formulas.jsonl") else { return };
    let source = piecewise::source::Sources::default().add("macros.txt", text);
    let (definitions, diagnostics) = math::read_macro_file(&source);
    assert!(diagnostics.is_empty() && definitions.len() > 10, "{diagnostics:?}");
    let (macros, diagnostics) = Macros::read(definitions);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let formulas: Vec<Formula> = formulas.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names = ["\\bconcat", "\\RangeCheck", "\\BoolCheck", "\\SinsemillaHash", "\\ShortLookupRangeCheck"];
    let mut set = 0;
    for formula in formulas.iter().filter(|formula| {
        formula.katex_error.as_deref().is_some_and(|error| names.iter().any(|name| error.ends_with(name)))
    }) {
        set += 1;
        assert!(math::typeset(&job(&formula.tex, formula.display, &macros)).is_ok(), "{}", formula.tex);
    }
    assert!(set > 10);
}

#[test]
fn every_thread_writes_the_same_bytes() {
    let formulas = [
        r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
        r"\left(\frac{\sqrt[3]{x}}{y}\right)^2",
        r"\overbrace{a}^{b} \xrightarrow{f}",
    ];
    let all = || formulas.map(html);
    let first = all();
    let others: Vec<_> = (0..4).map(|_| std::thread::spawn(move || formulas.map(html))).collect();
    for other in others {
        assert_eq!(other.join().unwrap(), first);
    }
    let usage = |order: &[&str]| {
        let mut usage = Usage::default();
        for tex in order {
            usage.merge(&typeset(tex, true).unwrap().usage);
        }
        let fonts = math::fonts(&usage);
        (math::stylesheet(&usage, &fonts, "").unwrap(), fonts)
    };
    assert_eq!(usage(&formulas), usage(&[formulas[2], formulas[0], formulas[1]]));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,60}") {
        let _ = typeset(&text, true);
        let _ = piecewise::tex::plain(&text);
    }

    #[test]
    fn any_tex_is_set_or_refused(parts in prop::collection::vec(prop::sample::select(PIECES), 0..25), display: bool) {
        let tex = parts.concat();
        let outline = piecewise::tex::outline(&tex);
        prop_assert!(!outline.rows.is_empty());
        let _ = piecewise::tex::plain(&tex);
        match typeset(&tex, display) {
            Ok(set) => prop_assert!(set.html.starts_with("<span class=\"katex")),
            Err(error) => {
                prop_assert!(!error.message.contains("the engine failed"), "{tex}");
                if let Some(range) = error.range.clone() {
                    prop_assert!(tex.get(range).is_some());
                }
                let _ = math::error_box(&tex, &error);
            }
        }
    }
}

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "&",
    "\\\\",
    "\\left",
    "\\right",
    "(",
    ")",
    ".",
    "|",
    "^",
    "_",
    "$",
    "#",
    "#1",
    "#0",
    "~",
    "%",
    "\n",
    " ",
    "x",
    "1",
    "の",
    "é",
    "\\frac",
    "\\sqrt",
    "\\text",
    "\\mbox",
    "\\label",
    "\\tag",
    "\\eqref",
    "\\ref",
    "\\nonumber",
    "\\begin",
    "\\end",
    "{align}",
    "{eqnarray}",
    "{cases}",
    "{array}",
    "{l}",
    "{multline}",
    "\\begin{eqnarray}",
    "\\end{eqnarray}",
    "\\begin{align*}",
    "\\end{align*}",
    "\\begin{multline}",
    "\\end{multline}",
    "\\newcommand",
    "\\def",
    "\\a",
    "\\let",
    "=",
    "\\DeclareMathOperator",
    "*",
    "\\verb",
    "\\verb|",
    "\\hline",
    "\\cr",
    "\\middle",
    "\\limits",
    "\\sum",
    "\\char",
    "`",
    "\"",
    "'",
    "\\color",
    "{red}",
    "\\kern",
    "1em",
    "\\rule",
    "\\operatorname",
    "\\mathbb",
    "\\overbrace",
    "\\href",
    "\\htmlId",
    "\\url",
    "\\includegraphics",
    "\\edef",
    "\\expandafter",
    "\\noexpand",
    "\\futurelet",
    "\\global",
    "\\over",
    "\\atop",
    "\\choose",
    "\\displaystyle",
    "\\Huge",
    "\\\u{3042}",
    "\u{301}",
    "\u{1D400}",
    "\\verb\u{e9}x\u{e9}",
    "@",
    ">",
    "\\begin{CD}",
    "\\end{CD}",
    "\\cfrac[",
    "\\smash",
    "\\genfrac",
    "\\unicode",
];

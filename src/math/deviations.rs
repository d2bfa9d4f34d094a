//! The list of known deviations of the engine from KaTeX 0.18.5, a test each.
//!
//! Each test shows the fault in the engine as it is, and that our rendering does not have it. When one fails, the engine
//! has mended the fault, and the repair named in its message can go.

use std::sync::LazyLock;

use katex::types::ParseErrorKind;
use katex::{KatexContext, Settings};

fn stock_markup(tex: &str) -> String {
    katex::render_to_string(&KatexContext::default(), tex, &Settings::default()).unwrap()
}

fn panics(tex: &str) -> bool {
    let tex = tex.to_owned();
    std::panic::catch_unwind(move || stock_markup(&tex)).is_err()
}

#[test]
fn a_lone_symbol_under_a_root_has_no_room_for_the_radical() {
    assert!(!stock_markup(r"\sqrt n").contains("padding-left"), "mended: remove `square_root`");
    assert!(stock_markup(r"\sqrt{n}").contains("padding-left"));
    let ours = super::typeset(&job(r"\sqrt n")).unwrap().html;
    assert!(ours.contains("padding-left:0.833em"), "{ours}");
}

#[test]
fn small_delimiters_in_scripts_are_centred_on_the_axis_of_text() {
    let tex = r"x^{\left( n\right)}";
    assert!(stock_markup(tex).contains("top:0.075em"), "mended: remove `recentre`");
    assert!(!super::typeset(&job(tex)).unwrap().html.contains("top:0.075em"));
}

/// In a process of its own, since it ends it.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test")]
fn deep_nesting_overflows_the_stack() {
    const CHILD: &str = "PIECEWISE_DEEP_NESTING";
    let deep = format!("{}x{}", r"\frac{".repeat(1000), "}{y}".repeat(1000));
    if std::env::var_os(CHILD).is_some() {
        let _ = stock_markup(&deep);
        return;
    }
    let this = std::env::current_exe().unwrap();
    let name = "math::deviations::deep_nesting_overflows_the_stack";
    let run = std::process::Command::new(this).args(["--exact", name]).env(CHILD, "1").output().unwrap();
    assert!(!run.status.success(), "mended: the guard of depth can be loosened");
    assert_eq!(super::typeset(&job(&deep)).unwrap_err().message, "formula is nested too deeply");
}

#[test]
fn environments_and_commands_that_it_lacks_are_still_lacking() {
    let lacking = [
        r"\begin{eqnarray} a &=& b \end{eqnarray}",
        r"\begin{multline} a \end{multline}",
        r"\begin{flalign} a &= b \end{flalign}",
        r"\label{a} x",
        r"\ref{a}",
        r"\eqref{a}",
        r"\mbox{a_b}",
        r"\DeclareMathOperator{\a}{a}",
        r"\text{a_b}",
    ];
    let settings = || Settings::builder().display_mode(true).build();
    for tex in lacking {
        assert!(katex::parse(&KatexContext::default(), tex, &settings()).is_err(), "mended: `rewrite` may leave {tex}");
        assert!(super::typeset(&super::Job { display: true, ..job(tex) }).is_ok(), "{tex}");
    }
}

#[test]
fn the_number_of_a_row_is_missing_in_mathml() {
    let tex = r"\begin{align*} a &= b \tag{7} \end{align*}";
    let settings = Settings::builder().display_mode(true).build();
    let stock = katex::render_to_string(&KatexContext::default(), tex, &settings).unwrap();
    let mathml = |html: &str| html.split("<annotation").next().unwrap_or_default().contains("(7)");
    assert!(!mathml(&stock), "mended: `markup` need not write numbers into MathML");
    assert!(mathml(&super::typeset(&super::Job { display: true, ..job(tex) }).unwrap().html));
}

/// Not a fault of the engine: this is how the build learns that the table of rules is behind it.
#[test]
fn a_class_without_a_rule_is_an_error() {
    let mut usage = super::typeset(&job("x^2")).unwrap().usage;
    assert!(super::stylesheet(&usage, &[], "").is_ok());
    usage.unknown.insert("katex-news".to_owned());
    assert_eq!(super::stylesheet(&usage, &[], ""), Err(vec!["katex-news".to_owned()]));
}

#[test]
fn attributes_come_in_no_order() {
    let one = r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}";
    let context = KatexContext::default();
    let set = || katex::render_to_string(&context, one, &Settings::default()).unwrap();
    let first = set();
    // Five attributes on one element: forty renderings in one order would be chance.
    assert!((0..40).any(|_| set() != first), "mended: `markup` need not sort attributes");
    let ours = super::typeset(&job(one)).unwrap();
    assert!((0..40).all(|_| super::typeset(&job(one)).unwrap() == ours));
}

#[test]
fn some_characters_make_it_panic() {
    assert!(panics("\u{301}"), "mended: remove it from `guard::pitfall`");
    assert!(panics("\\verb\u{e9}x\u{e9}"), "mended: remove it from `guard::pitfall`");
    assert!(panics("\\def\\a#1{#0}\\a x"), "mended: remove it from `guard::pitfall`");
}

#[test]
fn what_fails_in_a_macro_of_its_own_is_called_undefined() {
    let error = katex::parse(&KatexContext::default(), r"\newcommand{\R}{x}", &Settings::default()).unwrap_err();
    let swallowed = matches!(*error.kind, ParseErrorKind::UndefinedControlSequence { .. });
    assert!(swallowed, "mended: `error::undefined` need not look for `\\newcommand`");
}

fn job(tex: &str) -> super::Job<'_> {
    static NONE: LazyLock<super::Macros> = LazyLock::new(super::Macros::default);
    super::Job { tex, display: false, macros: &NONE, prelude: "", numbers: super::Numbers::default() }
}

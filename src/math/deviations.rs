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

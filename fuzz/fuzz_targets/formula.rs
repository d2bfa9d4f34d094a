//! Any text as a formula: outlined, read as plain text and typeset without a panic; an error underlines whole
//! characters of the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piecewise::math::{self, Job, Macros, Numbers};
use piecewise::tex;

fuzz_target!(|text: &str| {
    assert!(!tex::outline(text).rows.is_empty());
    let _ = tex::plain(text);
    let macros = Macros::default();
    let job = Job { tex: text, display: true, macros: &macros, prelude: "", numbers: Numbers::default() };
    if let Err(error) = math::typeset(&job) {
        assert!(!error.message.contains("the engine failed"), "{text}");
        assert!(error.range.is_none_or(|range| text.get(range).is_some()), "{text}");
    }
});

//! Any bytes are an article: the block scan, the TeX scan and the Markdown reader never panic, and every place that they
//! name is a place in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piecewise::article::{self, Spellings};
use piecewise::source::Sources;

fuzz_target!(|text: &str| {
    let source = Sources::default().add("any.md", text);
    for all in [false, true] {
        let spellings = Spellings {
            loose_dollar: all,
            double_backslash: all,
            kramdown: all,
            bare_front_matter: all,
            definition_lists: all,
            foreign: all,
        };
        let mut diagnostics = Vec::new();
        let article = article::parse(&source, &article::Files::new(), spellings, &mut diagnostics);
        assert!(article.formulas.iter().all(|formula| text.get(formula.span.range()).is_some()));
        assert!(diagnostics.iter().filter_map(|d| d.span).all(|span| text.get(span.range()).is_some()));
    }
});

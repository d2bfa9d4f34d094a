//! Any formula is read as a function or a claim, or refused with a place inside of it; what is read can be typeset.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piecewise::definition::{self, Macros, Order};
use piecewise::function::Scope;
use piecewise::typeset::{self, Request, Wording};

fuzz_target!(|text: &str| {
    let tex = if text.contains('%') { text.to_owned() } else { format!("% define t; a = 2\nf(x) = {text}") };
    let mut scope = Scope::catalogue();
    for directive in definition::directives(&tex) {
        let error = match &directive.order {
            Order::Define(name) => {
                let read = definition::define(&tex, &directive, &Macros::default(), &mut scope);
                let wording = Wording { otherwise: "otherwise", or: "or" };
                let _ = typeset::formula(&Request { left: None, expression: name, steps: false, wording }, &scope);
                read.err()
            }
            Order::Check(_) => definition::test(&tex, &directive, &Macros::default(), &scope).err(),
        };
        if let Some(error) = error {
            assert!(tex.get(error.range).is_some());
        }
    }
});

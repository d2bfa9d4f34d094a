//! Any text is read or refused, with a place inside the text; what is read can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piecewise::function::{Scope, parse};

fuzz_target!(|text: &str| {
    let mut scope = Scope::catalogue();
    match parse(text, &scope) {
        Ok(function) => assert!(parse(&function.to_string(), &scope).is_ok() || text.len() > 1000),
        Err(error) => assert!(text.get(error.range).is_some()),
    }
    let _ = scope.define(text);
});

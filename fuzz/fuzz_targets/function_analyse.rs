//! Whatever is read can be analysed in any window: in bounded time, with everything in order, and without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piecewise::function::{Scope, parse};

fuzz_target!(|input: (f64, f64, &str)| {
    let (low, high, text) = input;
    let Ok(function) = parse(text, &Scope::catalogue()) else { return };
    for function in [function.derivative(), function] {
        for (low, high) in [(low, high), (-3.0, 3.0)] {
            let analysis = function.analyse(low, high);
            assert!(analysis.breakpoints.windows(2).all(|pair| pair[0].x < pair[1].x));
            assert!(analysis.pieces.iter().all(|piece| low <= piece.low && piece.low < piece.high && piece.high <= high));
            let _ = function.extrema(&analysis);
            let _ = function.enclose(low, high);
        }
    }
});

//! How long formulas take: `cargo bench --bench math -- formulas.jsonl`. 20,000 formulas, 14,000 of them distinct, on
//! one thread and on two; each distinct formula is typeset once, as a build does.
#![allow(clippy::print_stdout, clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::time::Instant;

use piecewise::math::{self, Job, Macros, Numbers, Usage};
use rayon::prelude::*;

fn main() {
    let Some(path) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else {
        println!("skipped: name a file of formulas, one JSON object with `tex` and `display` a line");
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let formulas: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // The file has fewer distinct formulas than wanted; a suffix makes more of the same kind.
    let mut distinct = BTreeSet::new();
    'all: for copy in 0.. {
        for formula in &formulas {
            let tex = formula["tex"].as_str().unwrap();
            let tex = if copy == 0 { tex.to_owned() } else { format!("{tex}\\,{copy}") };
            distinct.insert((tex, formula["display"].as_bool().unwrap()));
            if distinct.len() == 14_000 {
                break 'all;
            }
        }
    }
    let distinct: Vec<(String, bool)> = distinct.into_iter().collect();
    let macros = Macros::default();
    let one = |(tex, display): &(String, bool)| {
        math::typeset(&Job { tex, display: *display, macros: &macros, prelude: "", numbers: Numbers::default() })
            .map(|set| (set.html.len(), set.usage))
    };
    let _ = one(&distinct[0]);
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(math::STACK_SIZE).build().unwrap();
        for _ in 0..3 {
            let start = Instant::now();
            let set: Vec<_> = pool.install(|| distinct.par_iter().map(one).collect());
            let taken = start.elapsed();
            let start = Instant::now();
            let mut usage = Usage::default();
            set.iter().flatten().for_each(|(_, used)| usage.merge(used));
            let bytes: usize = set.iter().flatten().map(|(bytes, _)| bytes).sum();
            println!(
                "{threads} threads: {taken:?} for {} formulas, {} MB; usage {:?} more",
                set.len(),
                bytes >> 20,
                start.elapsed()
            );
        }
    }
    let mut usage = Usage::default();
    distinct.iter().filter_map(|formula| one(formula).ok()).for_each(|(_, used)| usage.merge(&used));
    let start = Instant::now();
    let fonts = math::fonts(&usage);
    let css = math::stylesheet(&usage, &fonts, "").unwrap();
    let bytes: usize = fonts.iter().map(|font| font.bytes.len()).sum();
    println!("{} fonts of {bytes} bytes and {} bytes of CSS in {:?}", fonts.len(), css.len(), start.elapsed());
}

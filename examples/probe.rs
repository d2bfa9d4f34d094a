use piecewise::function::{Scope, parse};
fn main() {
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let mut parts = line.split('@');
        let text = parts.next().unwrap().trim();
        if text.is_empty() {
            continue;
        }
        let window: Vec<f64> = parts.next().unwrap_or("-3 3").split_whitespace().map(|v| v.parse().unwrap()).collect();
        let start = std::time::Instant::now();
        match parse(text, &Scope::catalogue()) {
            Err(e) => println!("== {text}: {e:?}"),
            Ok(f) => {
                let parsed = start.elapsed();
                let start = std::time::Instant::now();
                let a = f.analyse(window[0], window[1]);
                println!(
                    "== {f}  parse {:.2} ms analyse {:.2} ms: {} breakpoints {} pieces {} zones",
                    parsed.as_secs_f64() * 1e3,
                    start.elapsed().as_secs_f64() * 1e3,
                    a.breakpoints.len(),
                    a.pieces.len(),
                    a.unresolved.len()
                );
                for b in a.breakpoints.iter().take(8) {
                    println!("   {} {:?} l={:?} v={:?} r={:?}", b.x, b.kind, b.left, b.value, b.right);
                }
                for p in a.pieces.iter().take(5) {
                    println!("      ({}, {}) {:?} {:?}", p.low, p.high, p.at_low, p.at_high);
                }
                for z in a.unresolved.iter().take(4) {
                    println!("   ~ {} .. {} {:?}", z.low, z.high, z.values);
                }
            }
        }
    }
}

//! Short exact names of numbers: `π/2`, `−1/3`, `√2`, `ln 2`.
//!
//! A breakpoint is the double nearest to its exact place, so a name is right if the number that it stands for rounds to
//! the same double. Few small names are tried; by chance one of them meets a wrong double once in 10^11.

/// Denominators that are tried.
const DENOMINATORS: [u32; 9] = [1, 2, 3, 4, 5, 6, 8, 9, 12];

/// The name of a number if it has a short one that is not a decimal; with the minus sign U+2212.
#[must_use]
pub fn exact_name(x: f64) -> Option<String> {
    if !x.is_finite() || x == 0.0 || x.abs() > 1000.0 || x == x.trunc() {
        return None;
    }
    let sign = if x < 0.0 { "\u{2212}" } else { "" };
    let size = x.abs();
    let name = multiple_of_pi(size).or_else(|| fraction(size)).or_else(|| root(size)).or_else(|| logarithm(size));
    name.map(|name| format!("{sign}{name}"))
}

fn multiple_of_pi(size: f64) -> Option<String> {
    for denominator in DENOMINATORS {
        let numerator = (size / std::f64::consts::PI * f64::from(denominator)).round();
        if numerator >= 1.0 && same(size, std::f64::consts::PI * numerator / f64::from(denominator)) {
            let above = if numerator == 1.0 { "π".into() } else { format!("{numerator}π") };
            return Some(if denominator == 1 { above } else { format!("{above}/{denominator}") });
        }
    }
    None
}

fn fraction(size: f64) -> Option<String> {
    // Halves, fifths and the like read better as decimals.
    for denominator in [3, 6, 7, 9, 11, 12, 13] {
        let numerator = (size * f64::from(denominator)).round();
        let reduced =
            (1..denominator).rev().find(|d| denominator % d == 0 && numerator % f64::from(denominator / d) == 0.0);
        if reduced.is_none() && numerator >= 1.0 && size == numerator / f64::from(denominator) {
            return Some(format!("{numerator}/{denominator}"));
        }
    }
    None
}

fn root(size: f64) -> Option<String> {
    for denominator in DENOMINATORS {
        let square = (size * f64::from(denominator)) * (size * f64::from(denominator));
        let number = square.round();
        if !(2.0..=200.0).contains(&number) || (number.sqrt() == number.sqrt().trunc()) {
            continue;
        }
        // √8/2 is √2: the smallest denominator comes first.
        if same(size, number.sqrt() / f64::from(denominator)) {
            return Some(if denominator == 1 { format!("√{number}") } else { format!("√{number}/{denominator}") });
        }
    }
    None
}

fn logarithm(size: f64) -> Option<String> {
    if size == std::f64::consts::E {
        return Some("e".into());
    }
    let number = libm::exp(size).round();
    ((2.0..=100.0).contains(&number) && same(size, libm::log(number))).then(|| format!("ln {number}"))
}

/// Equal up to the rounding of the formula that made the second.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 2.0 * f64::EPSILON * a / 2.0
}

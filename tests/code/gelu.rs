use std::f64::consts::PI;

/// The error function: its series, which has no cancellation, as far as erfc is not small.
fn erf(x: f64) -> f64 {
    if x.abs() > 2.0 {
        return (1.0 - erfc(x.abs())).copysign(x);
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..60 {
        term *= 2.0 * x * x / f64::from(2 * n + 1);
        sum += term;
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}

/// The complementary error function 1 - erf(x), from its continued fraction where it is small.
fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    if x <= 2.0 {
        return 1.0 - erf(x);
    }
    let mut fraction = x;
    for n in (1..60).rev() {
        fraction = x + f64::from(n) / 2.0 / fraction;
    }
    (-x * x).exp() / (PI.sqrt() * fraction)
}

/// The Gaussian error linear unit: x*erfc(-x/sqrt(2))/2.
pub fn gelu(x: f64) -> f64 {
    x * erfc(-x / 2.0_f64.sqrt()) / 2.0
}

/// The derivative of gelu.
pub fn gelu_derivative(x: f64) -> f64 {
    erfc(-x / 2.0_f64.sqrt()) / 2.0 + x * (-x.powi(2) / 2.0).exp() / (2.0 * PI).sqrt()
}

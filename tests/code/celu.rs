/// The continuously differentiable exponential linear unit:
/// x if x > 0, else a*(exp(x/a) - 1).
/// Usually a = 1.
pub fn celu(x: f64, a: f64) -> f64 {
    if x > 0.0 {
        x
    } else {
        a * (x / a).exp_m1()
    }
}

/// The derivative of celu.
/// Usually a = 1.
pub fn celu_derivative(x: f64, a: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else {
        (x / a).exp()
    }
}

/// The exponential linear unit: x if x > 0, else a*(exp(x) - 1).
/// Usually a = 1.
pub fn elu(x: f64, a: f64) -> f64 {
    if x > 0.0 {
        x
    } else {
        a * x.exp_m1()
    }
}

/// The derivative of elu.
/// Usually a = 1.
pub fn elu_derivative(x: f64, a: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else {
        a * x.exp()
    }
}

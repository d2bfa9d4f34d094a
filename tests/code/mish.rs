/// Softplus ln(1 + exp(x)), without overflow.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Mish: x*tanh(softplus(x)).
pub fn mish(x: f64) -> f64 {
    x * softplus(x).tanh()
}

/// The logistic sigmoid 1 / (1 + exp(-x)), without overflow.
pub fn sigmoid(x: f64) -> f64 {
    let z = (-x.abs()).exp();
    if x >= 0.0 {
        1.0 / (1.0 + z)
    } else {
        z / (1.0 + z)
    }
}

/// The derivative of mish.
pub fn mish_derivative(x: f64) -> f64 {
    let u = softplus(x);
    u.tanh() + x * sigmoid(x) / u.cosh().powi(2)
}

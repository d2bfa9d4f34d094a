/// The logistic sigmoid 1 / (1 + exp(-x)), without overflow.
pub fn sigmoid(x: f64) -> f64 {
    let z = (-x.abs()).exp();
    if x >= 0.0 {
        1.0 / (1.0 + z)
    } else {
        z / (1.0 + z)
    }
}

/// The sigmoid linear unit, also called swish: x*sigmoid(x).
pub fn silu(x: f64) -> f64 {
    x * sigmoid(x)
}

/// The derivative of silu.
pub fn silu_derivative(x: f64) -> f64 {
    let u = sigmoid(x);
    u + x * u * sigmoid(-x)
}

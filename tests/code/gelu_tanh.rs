use std::f64::consts::PI;

/// The logistic sigmoid 1 / (1 + exp(-x)), without overflow.
pub fn sigmoid(x: f64) -> f64 {
    let z = (-x.abs()).exp();
    if x >= 0.0 {
        1.0 / (1.0 + z)
    } else {
        z / (1.0 + z)
    }
}

/// The Gaussian error linear unit, approximated with tanh:
/// x*sigmoid(2*sqrt(2/pi)*(x + 0.044715*x^3)).
pub fn gelu_tanh(x: f64) -> f64 {
    x * sigmoid(2.0 * (2.0 / PI).sqrt() * (x + 0.044715 * x.powi(3)))
}

/// The derivative of gelu_tanh.
pub fn gelu_tanh_derivative(x: f64) -> f64 {
    let u = 2.0 * (2.0 / PI).sqrt() * (x + 0.044715 * x.powi(3));
    let v = sigmoid(u);
    v + 2.0 * (2.0 / PI).sqrt() * x * (0.134145 * x.powi(2) + 1.0) * v * sigmoid(-u)
}

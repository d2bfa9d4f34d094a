/// The function tanh.
pub fn tanh(x: f64) -> f64 {
    x.tanh()
}

/// The derivative of tanh.
pub fn tanh_derivative(x: f64) -> f64 {
    1.0 / x.cosh().powi(2)
}

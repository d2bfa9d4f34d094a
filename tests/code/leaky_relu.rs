/// The leaky rectified linear unit: x if x > 0, else a*x.
/// Usually a = 0.01.
pub fn leaky_relu(x: f64, a: f64) -> f64 {
    if x > 0.0 {
        x
    } else {
        a * x
    }
}

/// The derivative of leaky_relu.
/// Usually a = 0.01.
pub fn leaky_relu_derivative(x: f64, a: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else {
        a
    }
}

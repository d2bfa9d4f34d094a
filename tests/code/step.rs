/// The unit step: 1 if x >= 0, else 0.
pub fn step(x: f64) -> f64 {
    if x >= 0.0 {
        1.0
    } else {
        0.0
    }
}

/// The derivative of step; at x = 0 it is undefined.
pub fn step_derivative(x: f64) -> f64 {
    if x != 0.0 {
        0.0
    } else {
        f64::NAN
    }
}

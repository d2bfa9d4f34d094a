/// Hard shrinkage.
/// Usually a = 0.5.
pub fn hardshrink(x: f64, a: f64) -> f64 {
    if x > a || x < -a {
        x
    } else {
        0.0
    }
}

/// The derivative of hardshrink.
/// Usually a = 0.5.
pub fn hardshrink_derivative(x: f64, a: f64) -> f64 {
    if x > a || x < -a {
        1.0
    } else {
        0.0
    }
}

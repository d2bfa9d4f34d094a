/// Hard swish: 0 if x <= -3, x*(x + 3)/6 if x < 3, else x.
pub fn hardswish(x: f64) -> f64 {
    if x <= -3.0 {
        0.0
    } else if x < 3.0 {
        x * (x + 3.0) / 6.0
    } else {
        x
    }
}

/// The derivative of hardswish; at x = -3 it is 0, at x = 3 it is 1.
pub fn hardswish_derivative(x: f64) -> f64 {
    if x <= -3.0 {
        0.0
    } else if x < 3.0 {
        (2.0 * x + 3.0) / 6.0
    } else {
        1.0
    }
}

/// The function bump.
pub fn bump(x: f64) -> f64 {
    if -1.0 < x && x < 1.0 {
        (1.0 - 1.0 / (1.0 - x.powi(2))).exp()
    } else {
        0.0
    }
}

/// root(x) is sqrt(x) if x >= 0, else -sqrt(-x).
pub fn root(x: f64) -> f64 {
    if x >= 0.0 {
        x.sqrt()
    } else {
        -(-x).sqrt()
    }
}

/// The logistic sigmoid 1 / (1 + exp(-x)), without overflow.
pub fn logistic(x: f64) -> f64 {
    let z = (-x.abs()).exp();
    if x >= 0.0 {
        1.0 / (1.0 + z)
    } else {
        z / (1.0 + z)
    }
}

/// wave(x) is 2*sin(x)^2/(1 + e^(-x)).
pub fn wave(x: f64) -> f64 {
    2.0 * x.sin().powi(2) * logistic(x)
}

/// The derivative of logistic.
pub fn logistic_derivative(x: f64) -> f64 {
    logistic(x) * logistic(-x)
}

/// ratio(x) is 1 if x = 0, else sin(x)/x.
pub fn ratio(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        x.sin() / x
    }
}

/// The rectified linear unit: x if x > 0, else 0.
pub fn relu(x: f64) -> f64 {
    if x > 0.0 {
        x
    } else {
        0.0
    }
}

/// The function shifted.
/// Usually a = 1/3.
pub fn shifted(x: f64, a: f64) -> f64 {
    a.max(relu(x - a)).max(x.min(2.0))
}

/// Softplus ln(1 + exp(x)), without overflow.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// The remainder of x divided by m, with the sign of m.
fn modulo(x: f64, m: f64) -> f64 {
    let rest = x % m;
    if rest != 0.0 && (rest < 0.0) != (m < 0.0) {
        rest + m
    } else {
        rest
    }
}

/// worth(x) is (e^x - e^(-x))/(e^x + e^(-x)) + ln(1 + e^x) + mod(x, 3).
pub fn worth(x: f64) -> f64 {
    x.tanh() + softplus(x) + modulo(x, 3.0)
}

/// The derivative of worth.
pub fn worth_derivative(x: f64) -> f64 {
    1.0 / x.cosh().powi(2)
        + logistic(x)
        + (if (x / 3.0).floor() < x / 3.0 { 1.0 } else { f64::NAN })
}

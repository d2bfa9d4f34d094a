use std::f64::consts::PI;

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

/// The error function: its series, which has no cancellation, as far as erfc is not small.
fn erf(x: f64) -> f64 {
    if x.abs() > 2.0 {
        return (1.0 - erfc(x.abs())).copysign(x);
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..60 {
        term *= 2.0 * x * x / f64::from(2 * n + 1);
        sum += term;
    }
    2.0 / PI.sqrt() * (-x * x).exp() * sum
}

/// The complementary error function 1 - erf(x), from its continued fraction where it is small.
fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    if x <= 2.0 {
        return 1.0 - erf(x);
    }
    let mut fraction = x;
    for n in (1..60).rev() {
        fraction = x + f64::from(n) / 2.0 / fraction;
    }
    (-x * x).exp() / (PI.sqrt() * fraction)
}

/// bell(x) is x/2*(1 + erf(x/sqrt(2))).
pub fn bell(x: f64) -> f64 {
    x * erfc(-x / 2.0_f64.sqrt()) / 2.0
}

/// The derivative of bell.
pub fn bell_derivative(x: f64) -> f64 {
    erfc(-x / 2.0_f64.sqrt()) / 2.0 + x * (-x.powi(2) / 2.0).exp() / (2.0 * PI).sqrt()
}

/// gate(x) is x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3))).
pub fn gate(x: f64) -> f64 {
    x * logistic(2.0 * (2.0 / PI).sqrt() * (x + 0.044715 * x.powi(3)))
}

/// swing(x) is (e^(2*x) - 1)/(e^(2*x) + 1).
pub fn swing(x: f64) -> f64 {
    x.tanh()
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

/// The scaled exponential linear unit:
/// lambda*x if x > 0, else lambda*alpha*(exp(x) - 1).
/// Usually alpha = 1.6732632423543772, lambda = 1.0507009873554805.
pub fn selu(x: f64, alpha: f64, lambda: f64) -> f64 {
    if x > 0.0 {
        lambda * x
    } else {
        lambda * alpha * x.exp_m1()
    }
}

/// The derivative of selu.
/// Usually alpha = 1.6732632423543772, lambda = 1.0507009873554805.
pub fn selu_derivative(x: f64, alpha: f64, lambda: f64) -> f64 {
    if x > 0.0 {
        lambda
    } else {
        lambda * alpha * x.exp()
    }
}

/**
 * The scaled exponential linear unit:
 * lambda*x if x > 0, else lambda*alpha*(exp(x) - 1).
 */
function selu(x, alpha = 1.6732632423543772, lambda = 1.0507009873554805) {
  return x > 0 ? lambda * x : lambda * alpha * Math.expm1(x);
}

/** The derivative of selu. */
function seluDerivative(x, alpha = 1.6732632423543772, lambda = 1.0507009873554805) {
  return x > 0 ? lambda : lambda * alpha * Math.exp(x);
}

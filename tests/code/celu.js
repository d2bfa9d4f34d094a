/**
 * The continuously differentiable exponential linear unit:
 * x if x > 0, else a*(exp(x/a) - 1).
 */
function celu(x, a = 1) {
  return x > 0 ? x : a * Math.expm1(x / a);
}

/** The derivative of celu. */
function celuDerivative(x, a = 1) {
  return x > 0 ? 1 : Math.exp(x / a);
}

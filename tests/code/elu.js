/** The exponential linear unit: x if x > 0, else a*(exp(x) - 1). */
function elu(x, a = 1) {
  return x > 0 ? x : a * Math.expm1(x);
}

/** The derivative of elu. */
function eluDerivative(x, a = 1) {
  return x > 0 ? 1 : a * Math.exp(x);
}

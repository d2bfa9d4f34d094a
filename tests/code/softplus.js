/** Softplus ln(1 + exp(x)), without overflow. */
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
function softplusDerivative(x) {
  const z = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + z) : z / (1 + z);
}

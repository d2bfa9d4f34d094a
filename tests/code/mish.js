/** Softplus ln(1 + exp(x)), without overflow. */
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Mish: x*tanh(softplus(x)). */
function mish(x) {
  return x * Math.tanh(softplus(x));
}

/** The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
function sigmoid(x) {
  const z = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + z) : z / (1 + z);
}

/** The derivative of mish. */
function mishDerivative(x) {
  const u = softplus(x);
  return Math.tanh(u) + x * sigmoid(x) / Math.cosh(u) ** 2;
}

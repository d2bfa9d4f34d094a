/** The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
function sigmoid(x) {
  const z = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + z) : z / (1 + z);
}

/** The sigmoid linear unit, also called swish: x*sigmoid(x). */
function silu(x) {
  return x * sigmoid(x);
}

/** The derivative of silu. */
function siluDerivative(x) {
  const u = sigmoid(x);
  return u + x * u * sigmoid(-x);
}

/** The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
function sigmoid(x) {
  const z = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + z) : z / (1 + z);
}

/** The derivative of sigmoid. */
function sigmoidDerivative(x) {
  return sigmoid(x) * sigmoid(-x);
}

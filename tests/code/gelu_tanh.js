/** The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
function sigmoid(x) {
  const z = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + z) : z / (1 + z);
}

/**
 * The Gaussian error linear unit, approximated with tanh:
 * x*sigmoid(2*sqrt(2/pi)*(x + 0.044715*x^3)).
 */
function geluTanh(x) {
  return x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
}

/** The derivative of gelu_tanh. */
function geluTanhDerivative(x) {
  const u = 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
  const v = sigmoid(u);
  return v + 2 * Math.sqrt(2 / Math.PI) * x * (0.134145 * x ** 2 + 1) * v * sigmoid(-u);
}

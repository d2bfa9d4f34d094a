/** The function tanh. */
function tanh(x) {
  return Math.tanh(x);
}

/** The derivative of tanh. */
function tanhDerivative(x) {
  return 1 / Math.cosh(x) ** 2;
}

/** The unit step: 1 if x >= 0, else 0. */
function step(x) {
  return x >= 0 ? 1 : 0;
}

/** The derivative of step; at x = 0 it is undefined. */
function stepDerivative(x) {
  return x !== 0 ? 0 : NaN;
}

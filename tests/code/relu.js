/** The rectified linear unit: x if x > 0, else 0. */
function relu(x) {
  return x > 0 ? x : 0;
}

/** The derivative of relu; at x = 0 it is 0. */
function reluDerivative(x) {
  return x > 0 ? 1 : 0;
}

/** The leaky rectified linear unit: x if x > 0, else a*x. */
function leakyRelu(x, a = 0.01) {
  return x > 0 ? x : a * x;
}

/** The derivative of leaky_relu. */
function leakyReluDerivative(x, a = 0.01) {
  return x > 0 ? 1 : a;
}

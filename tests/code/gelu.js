/** The error function: its series, which has no cancellation, as far as erfc is not small. */
function erf(x) {
  if (Math.abs(x) > 2) return Math.sign(x) * (1 - erfc(Math.abs(x)));
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

/** The complementary error function 1 - erf(x), from its continued fraction where it is small. */
function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  if (x <= 2) return 1 - erf(x);
  let fraction = x;
  for (let n = 59; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** The Gaussian error linear unit: x*erfc(-x/sqrt(2))/2. */
function gelu(x) {
  return x * erfc(-x / Math.sqrt(2)) / 2;
}

/** The derivative of gelu. */
function geluDerivative(x) {
  return (
    erfc(-x / Math.sqrt(2)) / 2
    + x * Math.exp(-(x ** 2 / 2)) / Math.sqrt(2 * Math.PI)
  );
}

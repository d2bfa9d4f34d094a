/** The function bump. */
function bump(x) {
  return -1 < x && x < 1 ? Math.exp(1 - 1 / (1 - x ** 2)) : 0;
}

/** root(x) is sqrt(x) if x >= 0, else -sqrt(-x). */
function root(x) {
  return x >= 0 ? Math.sqrt(x) : -Math.sqrt(-x);
}

/** The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
function logistic(x) {
  const z = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + z) : z / (1 + z);
}

/** wave(x) is 2*sin(x)^2/(1 + e^(-x)). */
function wave(x) {
  return 2 * Math.sin(x) ** 2 * logistic(x);
}

/** The derivative of logistic. */
function logisticDerivative(x) {
  return logistic(x) * logistic(-x);
}

/** ratio(x) is 1 if x = 0, else sin(x)/x. */
function ratio(x) {
  return x === 0 ? 1 : Math.sin(x) / x;
}

/** The rectified linear unit: x if x > 0, else 0. */
function relu(x) {
  return x > 0 ? x : 0;
}

/** The function shifted. */
function shifted(x, a = 1 / 3) {
  return Math.max(a, relu(x - a), Math.min(x, 2));
}

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

/** bell(x) is x/2*(1 + erf(x/sqrt(2))). */
function bell(x) {
  return x * erfc(-x / Math.sqrt(2)) / 2;
}

/** The derivative of bell. */
function bellDerivative(x) {
  return (
    erfc(-x / Math.sqrt(2)) / 2
    + x * Math.exp(-(x ** 2 / 2)) / Math.sqrt(2 * Math.PI)
  );
}

/** gate(x) is x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3))). */
function gate(x) {
  return x * logistic(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
}

/** swing(x) is (e^(2*x) - 1)/(e^(2*x) + 1). */
function swing(x) {
  return Math.tanh(x);
}

/** Softplus ln(1 + exp(x)), without overflow. */
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** The remainder of x divided by m, with the sign of m. */
function modulo(x, m) {
  const rest = x % m;
  return rest !== 0 && (rest < 0) !== (m < 0) ? rest + m : rest;
}

/** worth(x) is (e^x - e^(-x))/(e^x + e^(-x)) + ln(1 + e^x) + mod(x, 3). */
function worth(x) {
  return Math.tanh(x) + softplus(x) + modulo(x, 3);
}

/** The derivative of worth. */
function worthDerivative(x) {
  return 1 / Math.cosh(x) ** 2 + logistic(x) + (Math.floor(x / 3) < x / 3 ? 1 : NaN);
}

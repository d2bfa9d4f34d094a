/** Hard swish: 0 if x <= -3, x*(x + 3)/6 if x < 3, else x. */
function hardswish(x) {
  if (x <= -3) return 0;
  if (x < 3) return x * (x + 3) / 6;
  return x;
}

/** The derivative of hardswish; at x = -3 it is 0, at x = 3 it is 1. */
function hardswishDerivative(x) {
  if (x <= -3) return 0;
  if (x < 3) return (2 * x + 3) / 6;
  return 1;
}

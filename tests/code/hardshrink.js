/** Hard shrinkage. */
function hardshrink(x, a = 0.5) {
  return x > a || x < -a ? x : 0;
}

/** The derivative of hardshrink. */
function hardshrinkDerivative(x, a = 0.5) {
  return x > a || x < -a ? 1 : 0;
}

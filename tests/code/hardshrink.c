/* Hard shrinkage.
   Usually a = 0.5. */
double hardshrink(double x, double a)
{
    return x > a || x < -a ? x : 0.0;
}

/* The derivative of hardshrink.
   Usually a = 0.5. */
double hardshrink_derivative(double x, double a)
{
    return x > a || x < -a ? 1.0 : 0.0;
}

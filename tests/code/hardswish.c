/* Hard swish: 0 if x <= -3, x*(x + 3)/6 if x < 3, else x. */
double hardswish(double x)
{
    if (x <= -3.0)
        return 0.0;
    if (x < 3.0)
        return x * (x + 3.0) / 6.0;
    return x;
}

/* The derivative of hardswish; at x = -3 it is 0, at x = 3 it is 1. */
double hardswish_derivative(double x)
{
    if (x <= -3.0)
        return 0.0;
    if (x < 3.0)
        return (2.0 * x + 3.0) / 6.0;
    return 1.0;
}

#include <math.h>

/* Softplus ln(1 + exp(x)), without overflow. */
double softplus(double x)
{
    return fmax(x, 0.0) + log1p(exp(-fabs(x)));
}

/* The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
double softplus_derivative(double x)
{
    double z = exp(-fabs(x));
    return x >= 0.0 ? 1.0 / (1.0 + z) : z / (1.0 + z);
}

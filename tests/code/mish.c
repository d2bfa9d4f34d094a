#include <math.h>

/* Softplus ln(1 + exp(x)), without overflow. */
double softplus(double x)
{
    return fmax(x, 0.0) + log1p(exp(-fabs(x)));
}

/* Mish: x*tanh(softplus(x)). */
double mish(double x)
{
    return x * tanh(softplus(x));
}

/* The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
double sigmoid(double x)
{
    double z = exp(-fabs(x));
    return x >= 0.0 ? 1.0 / (1.0 + z) : z / (1.0 + z);
}

/* The derivative of mish. */
double mish_derivative(double x)
{
    double u = softplus(x);
    return tanh(u) + x * sigmoid(x) / pow(cosh(u), 2.0);
}

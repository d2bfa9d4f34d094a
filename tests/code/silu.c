#include <math.h>

/* The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
double sigmoid(double x)
{
    double z = exp(-fabs(x));
    return x >= 0.0 ? 1.0 / (1.0 + z) : z / (1.0 + z);
}

/* The sigmoid linear unit, also called swish: x*sigmoid(x). */
double silu(double x)
{
    return x * sigmoid(x);
}

/* The derivative of silu. */
double silu_derivative(double x)
{
    double u = sigmoid(x);
    return u + x * u * sigmoid(-x);
}

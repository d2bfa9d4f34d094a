#include <math.h>

/* The exponential linear unit: x if x > 0, else a*(exp(x) - 1).
   Usually a = 1. */
double elu(double x, double a)
{
    return x > 0.0 ? x : a * expm1(x);
}

/* The derivative of elu.
   Usually a = 1. */
double elu_derivative(double x, double a)
{
    return x > 0.0 ? 1.0 : a * exp(x);
}

#include <math.h>

/* The continuously differentiable exponential linear unit:
   x if x > 0, else a*(exp(x/a) - 1).
   Usually a = 1. */
double celu(double x, double a)
{
    return x > 0.0 ? x : a * expm1(x / a);
}

/* The derivative of celu.
   Usually a = 1. */
double celu_derivative(double x, double a)
{
    return x > 0.0 ? 1.0 : exp(x / a);
}

#include <math.h>

/* The unit step: 1 if x >= 0, else 0. */
double step(double x)
{
    return x >= 0.0 ? 1.0 : 0.0;
}

/* The derivative of step; at x = 0 it is undefined. */
double step_derivative(double x)
{
    return x != 0.0 ? 0.0 : NAN;
}

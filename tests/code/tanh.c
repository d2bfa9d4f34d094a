#include <math.h>

/* The function tanh. */
double tanh_(double x)
{
    return tanh(x);
}

/* The derivative of tanh. */
double tanh_derivative(double x)
{
    return 1.0 / pow(cosh(x), 2.0);
}

#include <math.h>

static const double PI = 3.141592653589793;

/* The Gaussian error linear unit: x*erfc(-x/sqrt(2))/2. */
double gelu(double x)
{
    return x * erfc(-x / sqrt(2.0)) / 2.0;
}

/* The derivative of gelu. */
double gelu_derivative(double x)
{
    return erfc(-x / sqrt(2.0)) / 2.0 + x * exp(-x * x / 2.0) / sqrt(2.0 * PI);
}

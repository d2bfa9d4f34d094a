#include <math.h>

static const double PI = 3.141592653589793;

/* The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
double sigmoid(double x)
{
    double z = exp(-fabs(x));
    return x >= 0.0 ? 1.0 / (1.0 + z) : z / (1.0 + z);
}

/* The Gaussian error linear unit, approximated with tanh:
   x*sigmoid(2*sqrt(2/pi)*(x + 0.044715*x^3)). */
double gelu_tanh(double x)
{
    return x * sigmoid(2.0 * sqrt(2.0 / PI) * (x + 0.044715 * pow(x, 3.0)));
}

/* The derivative of gelu_tanh. */
double gelu_tanh_derivative(double x)
{
    double u = 2.0 * sqrt(2.0 / PI) * (x + 0.044715 * pow(x, 3.0));
    double v = sigmoid(u);
    return v + 2.0 * sqrt(2.0 / PI) * x * (0.134145 * (x * x) + 1.0) * v * sigmoid(-u);
}

#include <math.h>

/* The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
double sigmoid(double x)
{
    double z = exp(-fabs(x));
    return x >= 0.0 ? 1.0 / (1.0 + z) : z / (1.0 + z);
}

/* The derivative of sigmoid. */
double sigmoid_derivative(double x)
{
    return sigmoid(x) * sigmoid(-x);
}

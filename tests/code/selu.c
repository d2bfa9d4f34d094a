#include <math.h>

/* The scaled exponential linear unit:
   lambda*x if x > 0, else lambda*alpha*(exp(x) - 1).
   Usually alpha = 1.6732632423543772, lambda = 1.0507009873554805. */
double selu(double x, double alpha, double lambda)
{
    return x > 0.0 ? lambda * x : lambda * alpha * expm1(x);
}

/* The derivative of selu.
   Usually alpha = 1.6732632423543772, lambda = 1.0507009873554805. */
double selu_derivative(double x, double alpha, double lambda)
{
    return x > 0.0 ? lambda : lambda * alpha * exp(x);
}

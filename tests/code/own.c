#include <math.h>

/* The function bump. */
double bump(double x)
{
    return -1.0 < x && x < 1.0 ? exp(1.0 - 1.0 / (1.0 - x * x)) : 0.0;
}

/* root(x) is sqrt(x) if x >= 0, else -sqrt(-x). */
double root(double x)
{
    return x >= 0.0 ? sqrt(x) : -sqrt(-x);
}

/* The logistic sigmoid 1 / (1 + exp(-x)), without overflow. */
double logistic(double x)
{
    double z = exp(-fabs(x));
    return x >= 0.0 ? 1.0 / (1.0 + z) : z / (1.0 + z);
}

/* wave(x) is 2*sin(x)^2/(1 + e^(-x)). */
double wave(double x)
{
    return 2.0 * pow(sin(x), 2.0) * logistic(x);
}

/* The derivative of logistic. */
double logistic_derivative(double x)
{
    return logistic(x) * logistic(-x);
}

/* ratio(x) is 1 if x = 0, else sin(x)/x. */
double ratio(double x)
{
    return x == 0.0 ? 1.0 : sin(x) / x;
}

/* The rectified linear unit: x if x > 0, else 0. */
double relu(double x)
{
    return x > 0.0 ? x : 0.0;
}

/* The function shifted.
   Usually a = 1/3. */
double shifted(double x, double a)
{
    return fmax(a, fmax(relu(x - a), fmin(x, 2.0)));
}

/* Softplus ln(1 + exp(x)), without overflow. */
double softplus(double x)
{
    return fmax(x, 0.0) + log1p(exp(-fabs(x)));
}

/* The remainder of x divided by m, with the sign of m. */
static double modulo(double x, double m)
{
    double rest = fmod(x, m);
    return rest != 0.0 && (rest < 0.0) != (m < 0.0) ? rest + m : rest;
}

/* worth(x) is (e^x - e^(-x))/(e^x + e^(-x)) + ln(1 + e^x) + mod(x, 3). */
double worth(double x)
{
    return tanh(x) + softplus(x) + modulo(x, 3.0);
}

/* The derivative of worth. */
double worth_derivative(double x)
{
    return (
        1.0 / pow(cosh(x), 2.0)
        + logistic(x)
        + (floor(x / 3.0) < x / 3.0 ? 1.0 : NAN)
    );
}

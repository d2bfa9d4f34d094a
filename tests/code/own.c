#include <math.h>

static const double PI = 3.141592653589793;

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

/* bell(x) is x/2*(1 + erf(x/sqrt(2))). */
double bell(double x)
{
    return x * erfc(-x / sqrt(2.0)) / 2.0;
}

/* The derivative of bell. */
double bell_derivative(double x)
{
    return erfc(-x / sqrt(2.0)) / 2.0 + x * exp(-x * x / 2.0) / sqrt(2.0 * PI);
}

/* gate(x) is x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3))). */
double gate(double x)
{
    return x * logistic(2.0 * sqrt(2.0 / PI) * (x + 0.044715 * pow(x, 3.0)));
}

/* swing(x) is (e^(2*x) - 1)/(e^(2*x) + 1). */
double swing(double x)
{
    return tanh(x);
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

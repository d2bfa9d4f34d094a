/* The rectified linear unit: x if x > 0, else 0. */
double relu(double x)
{
    return x > 0.0 ? x : 0.0;
}

/* The derivative of relu; at x = 0 it is 0. */
double relu_derivative(double x)
{
    return x > 0.0 ? 1.0 : 0.0;
}

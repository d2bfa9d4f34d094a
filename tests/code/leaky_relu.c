/* The leaky rectified linear unit: x if x > 0, else a*x.
   Usually a = 0.01. */
double leaky_relu(double x, double a)
{
    return x > 0.0 ? x : a * x;
}

/* The derivative of leaky_relu.
   Usually a = 0.01. */
double leaky_relu_derivative(double x, double a)
{
    return x > 0.0 ? 1.0 : a;
}

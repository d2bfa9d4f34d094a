import numpy as np


def leaky_relu(x, a=0.01):
    """The leaky rectified linear unit: x if x > 0, else a*x."""
    return np.where(x > 0, x, a * x)


def leaky_relu_derivative(x, a=0.01):
    """The derivative of leaky_relu."""
    return np.where(x > 0, 1.0, a)

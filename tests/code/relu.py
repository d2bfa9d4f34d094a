import numpy as np


def relu(x):
    """The rectified linear unit: x if x > 0, else 0."""
    return np.where(x > 0, x, 0)


def relu_derivative(x):
    """The derivative of relu; at x = 0 it is 0."""
    return np.where(x > 0, 1.0, 0.0)

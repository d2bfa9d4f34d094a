import numpy as np


def hardswish(x):
    """Hard swish: 0 if x <= -3, x*(x + 3)/6 if x < 3, else x."""
    return np.where(x <= -3, 0, np.where(x < 3, x * (x + 3) / 6, x))


def hardswish_derivative(x):
    """The derivative of hardswish; at x = -3 it is 0, at x = 3 it is 1."""
    return np.where(x <= -3, 0, np.where(x < 3, (2 * x + 3) / 6, 1))

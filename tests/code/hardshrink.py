import numpy as np


def hardshrink(x, a=0.5):
    """Hard shrinkage."""
    return np.where((x > a) | (x < -a), x, 0)


def hardshrink_derivative(x, a=0.5):
    """The derivative of hardshrink."""
    return np.where((x > a) | (x < -a), 1.0, 0.0)

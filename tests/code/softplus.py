import numpy as np


def softplus(x):
    """Softplus."""
    return np.logaddexp(0, x)


def softplus_derivative(x):
    """The logistic sigmoid 1 / (1 + exp(-x)), without overflow."""
    return np.exp(-np.logaddexp(0, -x))

import numpy as np


def elu(x, a=1):
    """The exponential linear unit: x if x > 0, else a*(exp(x) - 1)."""
    return np.where(x > 0, x, a * np.expm1(np.minimum(x, 0)))


def elu_derivative(x, a=1):
    """The derivative of elu."""
    return np.where(x > 0, 1, a * np.exp(np.minimum(x, 0)))

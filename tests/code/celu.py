import numpy as np


def celu(x, a=1):
    """The continuously differentiable exponential linear unit:

    x if x > 0, else a*(exp(x/a) - 1).
    """
    return np.where(x > 0, x, a * np.expm1(np.minimum(x, 0) / a))


def celu_derivative(x, a=1):
    """The derivative of celu."""
    return np.where(x > 0, 1, np.exp(np.minimum(x, 0) / a))

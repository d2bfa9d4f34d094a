import numpy as np


def celu(x, a=1):
    """The continuously differentiable exponential linear unit:

    x if x > 0, else a*(exp(x/a) - 1).
    """
    return np.where(x > 0, x, a * np.expm1(np.minimum(x, 0) / a))


def celu_derivative(x, a=1):
    """The derivative of celu."""
    u = np.minimum(x, 0) / a
    return np.where(x > 0, 1.0, 0 * np.expm1(u) + np.exp(u) * a / a)

import numpy as np


def mish(x):
    """Mish: x*tanh(softplus(x))."""
    return x * np.tanh(np.logaddexp(0, x))


def sigmoid(x):
    """The logistic sigmoid 1 / (1 + exp(-x)), without overflow."""
    return np.exp(-np.logaddexp(0, -x))


def mish_derivative(x):
    """The derivative of mish."""
    u = np.logaddexp(0, x)
    v = np.exp(-2 * u)
    return np.tanh(u) + 4 * x * sigmoid(x) * v / (1 + v) ** 2

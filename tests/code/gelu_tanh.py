import numpy as np


def sigmoid(x):
    """The logistic sigmoid 1 / (1 + exp(-x)), without overflow."""
    return np.exp(-np.logaddexp(0, -x))


def gelu_tanh(x):
    """The Gaussian error linear unit, approximated with tanh:

    x*sigmoid(2*sqrt(2/pi)*(x + 0.044715*x^3)).
    """
    return x * sigmoid(2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))


def gelu_tanh_derivative(x):
    """The derivative of gelu_tanh."""
    u = x + 0.044715 * x**3
    v = 2 * np.sqrt(2 / np.pi) * u
    w = sigmoid(v)
    return (
        w
        + w * sigmoid(-v) * (0 * (np.sqrt(2 / np.pi) * u) + 0 / (2 * np.pi * np.sqrt(2 / np.pi)) + 2 * (0.134145 * x**2 + 1) * np.sqrt(2 / np.pi)) * x
    )

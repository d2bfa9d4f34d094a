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
    u = 2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    v = sigmoid(u)
    return v + 2 * np.sqrt(2 / np.pi) * x * (0.134145 * x**2 + 1) * v * sigmoid(-u)

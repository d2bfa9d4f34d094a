import numpy as np


def sigmoid(x):
    """The logistic sigmoid 1 / (1 + exp(-x)), without overflow."""
    return np.exp(-np.logaddexp(0, -x))


def silu(x):
    """The sigmoid linear unit, also called swish: x*sigmoid(x)."""
    return x * sigmoid(x)


def silu_derivative(x):
    """The derivative of silu."""
    u = sigmoid(x)
    return u + x * u * sigmoid(-x)

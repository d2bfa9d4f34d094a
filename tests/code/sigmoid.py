import numpy as np


def sigmoid(x):
    """The logistic sigmoid 1 / (1 + exp(-x)), without overflow."""
    return np.exp(-np.logaddexp(0, -x))


def sigmoid_derivative(x):
    """The derivative of sigmoid."""
    return sigmoid(x) * sigmoid(-x)

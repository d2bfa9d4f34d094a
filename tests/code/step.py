import numpy as np


def step(x):
    """The unit step: 1 if x >= 0, else 0."""
    return np.where(x >= 0, 1.0, 0.0)


def step_derivative(x):
    """The derivative of step; at x = 0 it is undefined."""
    return np.where(x != 0, 0.0, np.nan)

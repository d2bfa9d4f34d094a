import math

import numpy as np

# NumPy has no error function; scipy.special.erfc is a faster one.
erfc = np.vectorize(math.erfc, otypes=[float])


def gelu(x):
    """The Gaussian error linear unit: x*erfc(-x/sqrt(2))/2."""
    return x * erfc(-x / np.sqrt(2)) / 2


def gelu_derivative(x):
    """The derivative of gelu."""
    return erfc(-x / np.sqrt(2)) / 2 + x * np.exp(-x**2 / 2) / np.sqrt(2 * np.pi)

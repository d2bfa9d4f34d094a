import math

import numpy as np

# NumPy has no error function; scipy.special.erfc is a faster one.
erfc = np.vectorize(math.erfc, otypes=[float])


def gelu(x):
    """The Gaussian error linear unit: x*erfc(-x/sqrt(2))/2."""
    return x * erfc(-x / np.sqrt(2)) / 2


def gelu_derivative(x):
    """The derivative of gelu."""
    u = -x / np.sqrt(2)
    return (erfc(u) + 2 * np.exp(-u**2) * (np.sqrt(2) - 0 / (2 * np.sqrt(2))) * x / (np.sqrt(np.pi) * np.sqrt(2) ** 2)) / 2

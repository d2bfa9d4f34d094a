import math

import numpy as np


def bump(x):
    """The function bump."""
    return np.where(
        (-1 < x) & (x < 1),
        np.exp(1 - 1 / (1 - np.where((-1 < x) & (x < 1), x, 0) ** 2)),
        0,
    )


def root(x):
    """root(x) is sqrt(x) if x >= 0, else -sqrt(-x)."""
    return np.where(x >= 0, np.sqrt(np.maximum(x, 0)), -np.sqrt(-np.minimum(x, 0)))


def logistic(x):
    """The logistic sigmoid 1 / (1 + exp(-x)), without overflow."""
    return np.exp(-np.logaddexp(0, -x))


def wave(x):
    """wave(x) is 2*sin(x)^2/(1 + e^(-x))."""
    return 2 * np.sin(x) ** 2 * logistic(x)


def logistic_derivative(x):
    """The derivative of logistic."""
    return logistic(x) * logistic(-x)


def ratio(x):
    """ratio(x) is 1 if x = 0, else sin(x)/x."""
    u = np.where(x == 0, 1, x)
    return np.where(x == 0, 1.0, np.sin(u) / u)


def relu(x):
    """The rectified linear unit: x if x > 0, else 0."""
    return np.where(x > 0, x, 0)


def shifted(x, a=1 / 3):
    """The function shifted."""
    return np.maximum(a, np.maximum(relu(x - a), np.minimum(x, 2)))

# NumPy has no error function; scipy.special.erfc is a faster one.
erfc = np.vectorize(math.erfc, otypes=[float])


def bell(x):
    """bell(x) is x/2*(1 + erf(x/sqrt(2)))."""
    return x * erfc(-x / np.sqrt(2)) / 2


def bell_derivative(x):
    """The derivative of bell."""
    return erfc(-x / np.sqrt(2)) / 2 + x * np.exp(-x**2 / 2) / np.sqrt(2 * np.pi)


def gate(x):
    """gate(x) is x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))."""
    return x * logistic(2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))


def swing(x):
    """swing(x) is (e^(2*x) - 1)/(e^(2*x) + 1)."""
    return np.tanh(x)


def worth(x):
    """worth(x) is (e^x - e^(-x))/(e^x + e^(-x)) + ln(1 + e^x) + mod(x, 3)."""
    return np.tanh(x) + np.logaddexp(0, x) + np.mod(x, 3)


def worth_derivative(x):
    """The derivative of worth."""
    u = np.exp(-2 * np.abs(x))
    return (
        4 * u / (1 + u) ** 2
        + logistic(x)
        + np.where(np.floor(x / 3) < x / 3, 1, np.nan)
    )

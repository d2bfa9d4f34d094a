import numpy as np


def selu(x, alpha=1.6732632423543772, lambda_=1.0507009873554805):
    """The scaled exponential linear unit:

    lambda*x if x > 0, else lambda*alpha*(exp(x) - 1).
    """
    return np.where(x > 0, lambda_ * x, lambda_ * alpha * np.expm1(np.minimum(x, 0)))


def selu_derivative(x, alpha=1.6732632423543772, lambda_=1.0507009873554805):
    """The derivative of selu."""
    return np.where(x > 0, lambda_, lambda_ * alpha * np.exp(np.minimum(x, 0)))

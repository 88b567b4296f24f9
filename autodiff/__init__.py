"""Reverse-mode automatic differentiation of plain NumPy code, built from scratch.

>>> import numpy as np, autodiff as ad
>>> def loss(weights, x, target):
...     error = (weights * x).sum() - target
...     return error ** 2
>>> w, x = np.array([0, 2, 1]), np.array([1, 2, 3])
>>> ad.grad(loss)(w, x, 0)
array([14., 28., 42.])
"""

from autodiff import rules as _rules
from autodiff.primitive import constant, derivative, primitive
from autodiff.tensor import Tensor, tensor
from autodiff.transforms import elementwise_grad, grad, stop_gradient, value_and_grad, vjp

del _rules

__all__ = [
    "Tensor",
    "constant",
    "derivative",
    "elementwise_grad",
    "grad",
    "primitive",
    "stop_gradient",
    "tensor",
    "value_and_grad",
    "vjp",
]

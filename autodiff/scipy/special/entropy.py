"""Logistic functions, and x log y without a pole at 0: entropies and divergences."""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import derivative
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.special.namespace import special


def _ratio(x: Array, y: Array) -> Array:
    """Return x / y, and 0 where both are 0, since then x log y is 0 by convention."""
    return x / np.where((x == 0) & (y == 0), 1.0, y)


def _log_ratio(x: Array, y: Array) -> Array:
    """Return log(x / y) by the ratio of the roots, which doesn't overflow."""
    return 2 * np.log(_ratio(np.sqrt(x), np.sqrt(y)))


def _as_complex_as(z: Array, y: Array) -> Array:
    """Return y, as a complex number where the result is one: a negative one has a logarithm."""
    return as_array(y).astype(z.dtype) if np.iscomplexobj(z) else y


# fmt: off
derivative(special.expit,     x=lambda g, z, x: g * z * special.expit(-x))
derivative(special.log_expit, x=lambda g, z, x: g * special.expit(-x))
derivative(special.logit,     x=lambda g, z, x: g / (x * (1 - x)))
derivative(special.xlogy,     x=lambda g, z, x, y: g * np.log(_as_complex_as(z, y)),
                              y=lambda g, z, x, y: g * _ratio(x, y))
derivative(special.xlog1py,   x=lambda g, z, x, y: g * np.log1p(_as_complex_as(z, y)),
                              y=lambda g, z, x, y: g * _ratio(x, 1 + y))
derivative(special.entr,      x=lambda g, z, x: -g * (np.log(x) + 1))
derivative(special.rel_entr,  x=lambda g, z, x, y: g * (_log_ratio(x, y) + 1),
                              y=lambda g, z, x, y: -g * _ratio(x, y))
derivative(special.kl_div,    x=lambda g, z, x, y: g * _log_ratio(x, y),
                              y=lambda g, z, x, y: g * (1 - _ratio(x, y)))
# fmt: on


@composite(special.softplus)
def softplus(x: Array) -> Array:
    """Return log(1 + exp(x))."""
    return np.logaddexp(0.0, x)

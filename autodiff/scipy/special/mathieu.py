"""Characteristic values of Mathieu's equation in q, as eigenvalues of tridiagonal matrices.

DLMF 28.4: the coefficients of a periodic solution are the eigenvector of such a matrix. Its
eigenvalues never cross, so that each is an analytic function of q. SciPy's values of a high order
jump from one to another at some q; there, the slope is that of the one that SciPy returns.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import eigvalsh_tridiagonal

from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array
from autodiff.scipy.special.chebyshev import partial_derivative
from autodiff.scipy.special.namespace import special

__all__ = ["eigenvalues"]


def eigenvalues(m: int, q: float, even: bool) -> Array:
    """Return the characteristic values of the even or odd solutions with the period of order m.

    >>> float(eigenvalues(2, 1.0, even=True)[1].round(6)), float(special.mathieu_a(2, 1.0).round(6))
    (4.371301, 4.371301)
    """
    count = m // 2 + 2 * math.isqrt(int(abs(q))) + 20
    first = 1 if m % 2 else 0 if even else 2
    diagonal = (first + 2.0 * np.arange(count)) ** 2
    beside = np.full(count - 1, float(q))
    if m % 2:
        diagonal[0] += q if even else -q
    elif even:
        beside[0] *= math.sqrt(2)
    return eigvalsh_tridiagonal(diagonal, beside)


def _with_slopes(function: np.ufunc, even: bool) -> None:
    """Define the slopes of a characteristic value in q, to any order."""

    @np.vectorize
    def place(m: float, q: float) -> int:
        """Return the position of SciPy's value among the eigenvalues, -1 where it has none."""
        value = function(m, q)
        if not np.isfinite(value):
            return -1
        return int(np.argmin(np.abs(eigenvalues(int(m), q, even) - value)))

    @np.vectorize
    def at(q: float, m: float, number: float) -> float:
        return eigenvalues(int(m), q, even)[int(number)] if number >= 0 else math.nan

    def evaluate(m: Array, q: Array, *, order: int) -> Array:
        """Return a derivative in q."""
        dtype = np.result_type(q)
        m, q = np.broadcast_arrays(m, np.asarray(q, float))
        if not q.size:
            return np.zeros(q.shape, dtype)
        slope = partial_derivative(
            at, (order,), lambda q, *_: (0.25 + 0.05 * np.abs(q),), (q, m, place(m, q))
        )
        return slope.astype(dtype)[()]

    evaluate.__name__ = f"{function.__name__}_partial"
    in_q = primitive(evaluate)
    derivative(in_q, m=None, q=lambda g, z, m, q, *, order: g * in_q(m, q, order=order + 1))
    derivative(function, m=None, q=lambda g, z, m, q: g * in_q(m, q, order=1))


_with_slopes(special.mathieu_a, even=True)
_with_slopes(special.mathieu_b, even=False)

"""Functions of matrices, such as the exponential.

The slope of an analytic function is its Fréchet derivative at Aᵀ in the direction g. That is a
corner of the function of a larger matrix: f([[A, E], [0, A]]) = [[f(A), L(A, E)], [0, f(A)]]
(Higham 2008, "Functions of Matrices", equation 3.16).
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import scipy.linalg

from autodiff.core.errors import user_line
from autodiff.core.primitive import Primitive, derivative, primitive
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import finite

__all__ = ["along", "corner", "expm", "twice", "with_corner", "without_draws"]


def with_corner(A: Array, E: Array) -> Array:
    """Return [[A, E], [0, A]]."""
    A, E = np.broadcast_arrays(A, E)
    above = np.concatenate([A, E], axis=-1)
    below = np.concatenate([np.zeros_like(peek(A)), A], axis=-1)
    return np.concatenate([above, below], axis=-2)


def corner(x: Array) -> Array:
    """Return the upper right block."""
    n = x.shape[-1] // 2
    return x[..., :n, n:]


def along(A: Array, E: Array, found: Array) -> Array:
    """Return the derivative in the direction E, which is real where A and E are."""
    is_real = A.dtype.kind != "c" and E.dtype.kind != "c"
    return np.real(corner(found)) if is_real else corner(found)


def twice(x: Array) -> Array:
    """Return [[x, 0], [0, x]]."""
    nothing = np.zeros_like(peek(x))
    above = np.concatenate([x, nothing], axis=-1)
    return np.concatenate([above, np.concatenate([nothing, x], axis=-1)], axis=-2)


def frechet_derivative(function: Function, evaluate: Function | None = None) -> Primitive:
    """Return the Fréchet derivative of a function, as a primitive.

    Its own slope in A is the second derivative in the directions E and g.
    """

    @primitive
    def frechet(A: Array, E: Array) -> Array:
        """Return the derivative at A in the direction E, which is NaN where E isn't finite."""
        found = (evaluate or _by_corner)(A, np.where(np.isfinite(E), E, 0))
        return found if np.isfinite(E).all() else np.full_like(found, np.nan)

    def _by_corner(A: Array, E: Array) -> Array:
        return along(A, E, function(with_corner(A, E)))

    frechet.name = f"frechet_{function.__name__}"
    return derivative(
        frechet,
        A=lambda g, z, A, E: corner(frechet(with_corner(A.mT, E.mT), twice(g))),
        E=lambda g, z, A, E: frechet(A.mT, g),
    )


def without_draws(function: Function) -> Function:
    """Return a function that leaves NumPy's global generator alone, and gets arrays of its own.

    Estimates of norms draw from it. A recorded function must not, since jit would repeat its draws.
    SciPy before 1.14 needs arrays that it may write to.
    """

    @functools.wraps(function)
    def quiet(*args: Any, **kwargs: Any) -> Any:
        state = _global.get_state()
        try:
            own = [x.copy() if isinstance(x, np.ndarray) else x for x in args]
            return function(*own, **kwargs)
        finally:
            _global.set_state(state)

    return quiet


_global = np.random.mtrand._rand  # behind the functions of np.random


# The exponential and functions of it.


def _of_exponential(A: Array, E: Array) -> Array:
    if A.ndim == E.ndim == 2:
        return scipy.linalg.expm_frechet(A, E, compute_expm=False)
    return along(A, E, scipy.linalg.expm(with_corner(A, E)))


frechet_expm = frechet_derivative(scipy.linalg.expm, _of_exponential)
expm = derivative(scipy.linalg.expm, A=lambda g, z, A: frechet_expm(np.atleast_2d(A).mT, g))


@composite(scipy.linalg.expm_frechet)
def expm_frechet(
    A: Array, E: Array, method: str | None = None, compute_expm: bool = True,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    """Return the exponential of A, and its Fréchet derivative in the direction E."""
    if method not in (None, "SPS", "blockEnlarge"):
        raise ValueError(
            f"expected the method 'SPS' or 'blockEnlarge', got {method!r} at {user_line()}. Pass "
            f"one of these."
        )
    A, E = (x.astype(complex if x.dtype.kind == "c" else float) for x in map(as_array, (A, E)))
    if min(A.ndim, E.ndim) < 2 or not A.shape[-2] == A.shape[-1] == E.shape[-2] == E.shape[-1]:
        raise ValueError(
            f"expected two square matrices of one shape, got the shapes {A.shape} and {E.shape} at "
            f"{user_line()}."
        )
    if check_finite:
        A, E = finite(A), finite(E)
    if A.shape != E.shape:  # of one matrix, in several directions
        A = np.broadcast_to(A, np.broadcast_shapes(A.shape, E.shape))
    return (expm(A), frechet_expm(A, E)) if compute_expm else frechet_expm(A, E)


def _analytic(function: Function) -> None:
    evaluate = without_draws(function)
    frechet = frechet_derivative(evaluate)
    derivative(function, evaluate, A=lambda g, z, A: frechet(A.mT, g))


for _function in (
    scipy.linalg.sinm, scipy.linalg.cosm, scipy.linalg.tanm,
    scipy.linalg.sinhm, scipy.linalg.coshm, scipy.linalg.tanhm,
):  # fmt: skip
    _analytic(_function)

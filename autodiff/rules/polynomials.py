"""Polynomials as arrays of their coefficients, the highest power first."""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.lift import refuse_polynomials
from autodiff.core.primitive import derivative
from autodiff.core.tensor import peek, plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.data_dependent import compare_with_recording
from autodiff.rules.operands import as_array


def _roots_slope(g: Array, z: Array, p: Array) -> Array:
    """Return the slope of a root r in the coefficient of x**k: -r**k / p'(r), for simple roots.

    At roots of multiplicity two and more it is infinite.
    """
    powers = np.arange(np.shape(p)[0])[::-1]
    per_root = -g / np.polyval(np.polyder(p), z)
    return np.sum(per_root[:, None] * z[:, None] ** powers, axis=0)


derivative(np.roots, p=_roots_slope)
compare_with_recording(np.roots)


@composite(np.polyval)
def polyval(p: Array, x: Array) -> Array:
    """Return the polynomial's value, by Horner's rule."""
    refuse_polynomials(x)  # of which NumPy returns a polynomial
    x, p = as_array(x), as_array(p)
    value = np.zeros_like(x)
    for i in range(np.shape(p)[0]):
        value = value * x + p[i]
    return value


@composite(np.polyadd)
def polyadd(a1: Array, a2: Array) -> Array:
    """Return the sum of two polynomials."""
    return np.add(*_of_one_length(a1, a2))


@composite(np.polysub)
def polysub(a1: Array, a2: Array) -> Array:
    """Return the difference of two polynomials."""
    return np.subtract(*_of_one_length(a1, a2))


@composite(np.polymul)
def polymul(a1: Array, a2: Array) -> Array:
    """Return the product of two polynomials."""
    return np.convolve(*_trimmed(a1, a2))


@composite(np.polydiv)
def polydiv(u: Array, v: Array) -> tuple[Array, Array]:
    """Return the quotient and the remainder of two polynomials, by long division."""
    refuse_polynomials(u, v)
    u, v = np.atleast_1d(as_array(u) + 0.0, as_array(v) + 0.0)
    if np.ndim(u) != 1 or np.ndim(v) != 1:
        raise ValueError(
            f"polydiv needs two vectors of coefficients, got the shapes {np.shape(u)} and "
            f"{np.shape(v)} at {user_line()}. Flatten them: u.ravel()."
        )
    zero = np.zeros_like(u[0] + v[0])  # traced if one of them is
    dtype = zero.dtype
    rest, steps = u + zero, len(u) - len(v) + 1
    quotient: list[Array] = []
    for i in range(steps):
        factor = (1.0 / v[0] * rest[i]).astype(dtype)
        quotient.append(factor)
        ends = (np.zeros(i, dtype), factor * v, np.zeros(steps - 1 - i, dtype))
        rest = (rest - np.concatenate(ends)).astype(dtype)
    return np.stack(quotient or [zero]), _without_small_ones(rest)


def _without_small_ones(rest: Array) -> Array:
    """Return a remainder without leading coefficients that are close to zero."""
    small = np.isclose(plain(rest), 0, rtol=1e-14)
    return rest[min(int(np.argmin(small)) if not small.all() else len(rest), len(rest) - 1) :]


@composite(np.polyder)
def polyder(p: Array, m: int = 1) -> Array:
    """Return the m-th derivative of a polynomial."""
    m = _order(m)
    if np.ndim(p) != 1:
        np.polyder(peek(p), m)  # raises an error: of a number, and where shapes don't broadcast
    for _ in range(m):
        p = p[:-1] * np.arange(np.shape(p)[0] - 1, 0, -1)
    return p


def _order(m: Any) -> int:
    """Return an order of differentiation or integration."""
    if int(m) < 0:
        raise ValueError(
            f"expected an order m of 0 or more, got {m} at {user_line()}. polyder and polyint are "
            f"the inverses of each other."
        )
    return int(m)


@composite(np.polyint)
def polyint(p: Array, m: int = 1, k: Array | None = None) -> Array:
    """Return the m-th antiderivative of a polynomial, with the constants k."""
    m = _order(m)
    constants = np.zeros(m) if k is None else np.atleast_1d(as_array(k))
    if len(constants) == 1 and m > 1:
        constants = constants[0] * np.ones(m)
    if m and (constants.ndim != 1 or len(constants) < m):
        raise ValueError(
            f"polyint needs {m} constants for {m} integrals, got the shape {constants.shape} at "
            f"{user_line()}. Pass one for each, or one for all."
        )
    p = as_array(p)
    for i in range(m):
        p = np.concatenate([p / np.arange(len(p), 0, -1), constants[i : i + 1]])
    return p


@composite(np.poly)
def poly(seq_of_zeros: Array) -> Array:
    """Return the polynomial with the given roots, or the characteristic one of a matrix."""
    roots = np.linalg.eigvals(seq_of_zeros) if np.ndim(seq_of_zeros) == 2 else seq_of_zeros
    roots = roots.astype(np.mintypecode(roots.dtype.char))
    product: Array = np.ones(1, roots.dtype)
    for i in range(np.shape(roots)[0]):
        product = np.convolve(product, np.stack([np.ones_like(roots[i]), -roots[i]]))
    if product.dtype.kind == "c" and np.poly(plain(roots)).dtype.kind != "c":
        product = np.real(product).copy()
    return product


@composite(np.vander)
def vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:  # noqa: N803 - NumPy's
    """Return the powers of x, one column each."""
    if np.ndim(x) != 1:
        raise ValueError(
            f"vander needs a vector, got the shape {np.shape(x)} at {user_line()}. Flatten it: "
            f"x.ravel()."
        )
    n = np.shape(x)[0] if N is None else index(N)
    if n < 0:
        raise ValueError(
            f"vander needs a number of columns, got {n} at {user_line()}. Pass N=0 or more."
        )
    powers = np.arange(n) if increasing else np.arange(n)[::-1]
    return np.power(x[:, None], powers)


@composite(np.polyfit)
def polyfit(
    x: Array, y: Array, deg: int, rcond: None = None, full: bool = False, w: Array | None = None,
    cov: bool = False,
) -> Any:  # fmt: skip
    """Return the least-squares fit of a polynomial to samples."""
    if rcond is not None or full or cov is not False:
        raise NotImplementedError(
            f"polyfit of traced values returns only the coefficients ({user_line()}). Omit rcond=, "
            f"full= and cov=."
        )
    x, y = as_array(x) + 0.0, as_array(y) + 0.0
    _check_samples(x, y, deg)
    deg = int(deg)  # which NumPy truncates
    matrix = np.power(x[:, None], np.arange(deg, -1, -1))
    if w is not None:
        w = as_array(w) + 0.0
        narrow = min((matrix.dtype, y.dtype), key=lambda dtype: dtype.kind == "c")
        if not (np.can_cast(w.dtype, narrow, "same_kind") and np.shape(w) == y.shape[:1]):
            raise TypeError(
                f"polyfit needs a real weight for each sample, got {w.dtype} of shape "
                f"{np.shape(w)} at {user_line()}. Pass one number for each."
            )
        matrix = (matrix * np.reshape(w, (-1, 1))).astype(matrix.dtype)
        y = (y * (w if np.ndim(y) == 1 else np.reshape(w, (-1, 1)))).astype(y.dtype)
    scale = np.sqrt(np.sum(matrix * matrix, axis=0))
    epsilon = len(x) * math.ulp(1.0)
    found = np.linalg.lstsq(matrix / scale, y, epsilon)[0]
    return np.transpose(np.transpose(found) / scale)


def _check_samples(x: Array, y: Array, deg: int) -> None:
    if deg < 0:
        raise ValueError(
            f"polyfit needs a degree of at least 0, got {deg} at {user_line()}. Pass 1 for a line."
        )
    if x.ndim != 1 or y.ndim not in (1, 2) or not len(x) or len(x) != len(y):
        raise TypeError(
            f"polyfit needs a vector of samples x, not empty, and as many y in one axis or two; "
            f"got shapes {x.shape} and {y.shape} at {user_line()}. Reshape them."
        )


def _of_one_length(a1: Array, a2: Array) -> list[Array]:
    """Return the coefficients of two polynomials, the shorter with leading zeros."""
    refuse_polynomials(a1, a2)
    a1, a2 = np.atleast_1d(as_array(a1), as_array(a2))
    longer = max(len(a1), len(a2))
    return [_padded(a1, longer), _padded(a2, longer)]


def _padded(a: Array, length: int) -> Array:
    """Return coefficients with leading zeros, up to a length."""
    if len(a) == length:
        return a
    return np.concatenate([np.zeros(length - len(a), a.dtype), a])


def _trimmed(*polynomials: Array) -> list[Array]:
    """Return polynomials without leading zeros, as in NumPy's poly1d."""
    refuse_polynomials(*polynomials)
    if any(np.ndim(p) > 1 for p in polynomials):
        raise ValueError(
            f"expected vectors of coefficients, got the shapes "
            f"{', '.join(str(np.shape(p)) for p in polynomials)} at {user_line()}. Flatten them: "
            f"p.ravel()."
        )
    return [_without_leading_zeros(np.atleast_1d(as_array(p))) for p in polynomials]


def _without_leading_zeros(p: Array) -> Array:
    kept = np.flatnonzero(plain(p))
    if not len(p):
        return np.zeros(1, p.dtype)
    return p[kept[0] :] if len(kept) else p[-1:]

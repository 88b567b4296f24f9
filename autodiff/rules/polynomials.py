"""Polynomials given by their coefficients, the highest power first."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.errors import user_line
from autodiff.primitive import composite, derivative
from autodiff.tensor import plain


def _roots_slope(g: Any, z: Any, p: Any) -> Any:
    """The slope of a root r in the coefficient of x**k: -r**k / p'(r), for simple roots.

    Roots of multiplicity two and more have none: there it is infinite.
    """
    powers = np.arange(np.shape(p)[0])[::-1]
    per_root = -g / np.polyval(np.polyder(p), z)
    return np.sum(per_root[:, None] * z[:, None] ** powers, axis=0)


derivative(np.roots, p=_roots_slope)


@composite(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """The polynomial's value, by Horner's rule."""
    value = x * 0
    for i in range(np.shape(p)[0]):
        value = value * x + p[i]
    return value


@composite(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """The sum of two polynomials."""
    a1, a2 = np.atleast_1d(_array(a1), _array(a2))
    longer = max(len(a1), len(a2))
    return _led(a1, longer) + _led(a2, longer)


@composite(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """The difference of two polynomials."""
    a1, a2 = np.atleast_1d(_array(a1), _array(a2))
    longer = max(len(a1), len(a2))
    return _led(a1, longer) - _led(a2, longer)


@composite(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """The product of two polynomials."""
    return np.convolve(*_trimmed(a1, a2))


@composite(np.polydiv)
def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    """The quotient and the remainder of two polynomials, by long division."""
    u, v = np.atleast_1d(_array(u), _array(v))
    zero = (u[0] + v[0]) * 0
    rest, steps = u + zero, len(u) - len(v) + 1
    if steps < 1:
        return np.reshape(zero, 1), _without_leading_zeros(rest)
    quotient = []
    for i in range(steps):
        factor = rest[i] / v[0]
        quotient.append(factor)
        ends = (np.zeros(i, v.dtype), v * factor, np.zeros(steps - 1 - i, v.dtype))
        rest = rest - np.concatenate(ends)
    return np.stack(quotient), _without_leading_zeros(rest[steps:] if len(v) > 1 else rest[-1:] * 0)


@composite(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    """The m-th derivative of a polynomial."""
    for _ in range(m):
        p = p[:-1] * np.arange(np.shape(p)[0] - 1, 0, -1)
    return p


@composite(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """The m-th antiderivative of a polynomial, with the constants k."""
    constants = np.zeros(m) if k is None else np.atleast_1d(_array(k))
    if len(constants) == 1 and m > 1:
        constants = np.broadcast_to(constants, (m,))
    p = _array(p)
    for i in range(m):
        p = np.concatenate([p / np.arange(len(p), 0, -1), constants[i : i + 1]])
    return p


@composite(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """The polynomial with the given roots, or the characteristic one of a matrix."""
    roots = np.linalg.eigvals(seq_of_zeros) if np.ndim(seq_of_zeros) == 2 else seq_of_zeros
    roots = roots.astype(np.mintypecode(roots.dtype.char))
    product: Any = np.ones(1, roots.dtype)
    for i in range(np.shape(roots)[0]):
        product = np.convolve(product, np.stack([1.0 + 0 * roots[i], -roots[i]]))
    if product.dtype.kind == "c" and np.poly(plain(roots)).dtype.kind != "c":
        product = np.real(product)
    return product


@composite(np.vander)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:  # noqa: N803 - NumPy's
    """The powers of x, one column each."""
    n = np.shape(x)[0] if N is None else N
    powers = np.arange(n) if increasing else np.arange(n)[::-1]
    return np.power(x[:, None], powers)


@composite(np.polyfit)
def polyfit(
    x: Any, y: Any, deg: int, rcond: None = None, full: bool = False, w: Any = None,
    cov: bool = False,
) -> Any:  # fmt: skip
    """The polynomial that fits samples best in the sense of least squares."""
    if rcond is not None or full or cov is not False:
        raise NotImplementedError(
            f"polyfit of traced values gives the coefficients alone ({user_line()}): leave rcond=, "
            f"full= and cov= away"
        )
    x, y = _array(x) + 0.0, _array(y) + 0.0
    matrix = np.power(x[:, None], np.arange(deg, -1, -1))
    if w is not None:
        matrix = matrix * np.reshape(w, (-1, 1))
        y = y * (w if np.ndim(y) == 1 else np.reshape(w, (-1, 1)))
    scale = np.sqrt(np.sum(matrix * matrix, axis=0))
    epsilon = len(x) * math.ulp(1.0)
    found = np.linalg.lstsq(matrix / scale, y, epsilon)[0]
    return np.transpose(np.transpose(found) / scale)


def _array(values: Any) -> Any:
    """A list of numbers as an array; a Tensor as it is."""
    return np.asarray(values) if isinstance(values, (list, tuple, int, float)) else values


def _led(a: Any, length: int) -> Any:
    """Lead with zeros, up to a length."""
    return np.concatenate([np.zeros(length - len(a), a.dtype), a])


def _trimmed(*polynomials: Any) -> list[Any]:
    """Without leading zeros, as NumPy's poly1d has them."""
    return [_without_leading_zeros(np.atleast_1d(_array(p))) for p in polynomials]


def _without_leading_zeros(p: Any) -> Any:
    kept = np.flatnonzero(plain(p))
    return p[kept[0] :] if len(kept) else p[-1:]

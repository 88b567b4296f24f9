"""Distances of all pairs of rows: of two matrices, or of one.

SciPy computes them. The slopes of Euclidean distances are products of matrices: with ``W = g / d``,
that in the row aᵢ is ``Σⱼ Wᵢⱼ (aᵢ - bⱼ)``. For other metrics, they are those of the formula in
``metrics.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.spatial import distance

from autodiff.core.errors import describe, user_line
from autodiff.core.lift import as_operand
from autodiff.core.primitive import derivative, primitive
from autodiff.core.typing import Array, Function
from autodiff.scipy.real import real_composite
from autodiff.scipy.spatial.distance.forms import squareform
from autodiff.scipy.spatial.distance.metrics import METRICS
from autodiff.scipy.spatial.distance.refused import TRUTH_VALUES
from autodiff.transforms.gradients import stop_gradient
from autodiff.transforms.opaque import is_smooth, pulled_back

__all__: list[str] = []

_ALIASES = {
    "sqeuclidean": "sqe sqeuclid", "euclidean": "euclid eu e", "seuclidean": "se s",
    "chebyshev": "chebychev cheby cheb ch", "cityblock": "cblock cb c", "correlation": "co",
    "cosine": "cos", "hamming": "matching hamm ha h", "mahalanobis": "mahal mah",
    "minkowski": "mi m pnorm", "jensenshannon": "js",
}  # fmt: skip
_NAMES = {short: name for name, shorts in _ALIASES.items() for short in [name, *shorts.split()]}
_NAMES |= {name: name for name in METRICS}


def _name_of(metric: Any, called: str) -> str:
    """Return SciPy's name of a metric."""
    name = _NAMES.get(metric.lower()) if isinstance(metric, str) else None
    if name is None:
        raise NotImplementedError(
            f"{called} of traced values at {user_line()} takes a function, or one of the metrics "
            f"{', '.join(METRICS)}; got {describe(metric)}. {TRUTH_VALUES}"
        )
    return name


def _as_points(X: Array, called: str) -> Array:
    X = as_operand(X)
    if np.ndim(X) != 2:
        raise ValueError(
            f"{called} takes matrices whose rows are points, got shape {np.shape(X)}. Write "
            f"x[np.newaxis] for a single point."
        )
    return X.astype(np.result_type(X.dtype, np.float64))


_ESTIMATED = ("p", "w", "V", "VI")  # or have a default, which None stands for


def _parameters(name: str, X: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a metric; what it doesn't get, it estimates from the points."""
    found = {key: v for key, v in given.items() if v is not None or key not in _ESTIMATED}
    if name == "seuclidean" and "V" not in found:
        found["V"] = np.var(X(), axis=0, ddof=1)
    if name == "mahalanobis" and "VI" not in found:
        found["VI"] = np.linalg.inv(np.atleast_2d(np.cov(X().T))).T
    if name == "mahalanobis":
        count, shape = X().shape[1], np.shape(np.atleast_2d(found["VI"]))
        if shape != (count, count):  # SciPy would read beyond it
            raise ValueError(
                f"expected an inverse covariance VI of shape {(count, count)}, got {shape} at "
                f"{user_line()}. Pass a square matrix with a row for each coordinate."
            )
    return found


def _slopes(formula: Function, g: Array, values: Sequence[Array]) -> list[Any]:
    """Return the slopes of a formula; None for what has none."""
    found = iter(pulled_back(lambda *values: (formula(*values),), [g], values))
    return [next(found) if is_smooth(value) else None for value in values]


# Of two matrices.


@primitive
def between(*arrays: Array, metric: str, names: tuple[str, ...]) -> Array:
    """Return the distances of the rows of two matrices; further arrays are parameters by name."""
    return distance.cdist(*arrays[:2], metric, **dict(zip(names, arrays[2:], strict=True)))


def _between_slopes(
    g: Array, z: Array, *arrays: Array, metric: str, names: tuple[str, ...]
) -> list[Any]:
    del z

    def formula(a: Array, b: Array, *more: Array) -> Array:
        named = dict(zip(names, more, strict=True))
        return METRICS[metric](a[:, None, :], b[None, :, :], **named)

    return _slopes(formula, g, arrays)


derivative(between, arrays=_between_slopes)


@primitive
def euclidean_between(XA: Array, XB: Array, *, squared: bool) -> Array:
    """Return Euclidean distances, or their squares."""
    return distance.cdist(XA, XB, "sqeuclidean" if squared else "euclidean")


def _weights(g: Array, z: Array, squared: bool) -> Array:
    return 2 * g if squared else np.where(z == 0, 0, g) / np.where(z == 0, 1, z)


def _toward(W: Array, XA: Array, XB: Array) -> Array:
    """Return Σⱼ Wᵢⱼ (aᵢ - bⱼ); both are centered first, since large numbers would cancel."""
    center = stop_gradient(np.mean(XB, axis=0)) if len(XB) else 0
    return np.sum(W, axis=1)[:, None] * (XA - center) - np.matmul(W, XB - center)


derivative(
    euclidean_between,
    XA=lambda g, z, XA, XB, *, squared: _toward(_weights(g, z, squared), XA, XB),
    XB=lambda g, z, XA, XB, *, squared: _toward(_weights(g, z, squared).T, XB, XA),
)


@real_composite(distance.cdist)
def cdist(
    XA: Array, XB: Array, metric: Any = "euclidean", *, out: None = None, **kwargs: Any
) -> Array:
    """Return the distances of the rows of XA to those of XB."""
    _refuse_out(out)
    XA, XB = (_as_points(X, "cdist") for X in (XA, XB))
    if callable(metric):
        return np.stack([np.stack([metric(a, b, **kwargs) for b in XB]) for a in XA])
    name = _name_of(metric, "cdist")
    more = _parameters(name, lambda: np.concatenate([XA, XB]), kwargs)
    if name in ("euclidean", "sqeuclidean") and not more:
        return euclidean_between(XA, XB, squared=name == "sqeuclidean")
    return between(XA, XB, *more.values(), metric=name, names=tuple(more))


def _refuse_out(out: Any) -> None:
    if out is not None:
        raise TypeError("out= of traced distances isn't supported. Omit it.")


# Of one matrix.


@primitive
def within(*arrays: Array, metric: str, names: tuple[str, ...]) -> Array:
    """Return the distances of the rows of a matrix; further arrays are parameters by name."""
    return distance.pdist(arrays[0], metric, **dict(zip(names, arrays[1:], strict=True)))


def _within_slopes(
    g: Array, z: Array, *arrays: Array, metric: str, names: tuple[str, ...]
) -> list[Any]:
    del z
    i, j = np.triu_indices(len(arrays[0]), 1)

    def formula(X: Array, *more: Array) -> Array:
        return METRICS[metric](X[i], X[j], **dict(zip(names, more, strict=True)))

    return _slopes(formula, g, arrays)


derivative(within, arrays=_within_slopes)


@primitive
def euclidean_within(X: Array, *, squared: bool) -> Array:
    """Return Euclidean distances, or their squares."""
    return distance.pdist(X, "sqeuclidean" if squared else "euclidean")


derivative(
    euclidean_within,
    X=lambda g, z, X, *, squared: _toward(squareform(_weights(g, z, squared), checks=False), X, X),
)


@real_composite(distance.pdist)
def pdist(X: Array, metric: Any = "euclidean", *, out: None = None, **kwargs: Any) -> Array:
    """Return the distances of all pairs of rows, as a vector; see ``squareform``."""
    _refuse_out(out)
    X = _as_points(X, "pdist")
    if callable(metric):
        pairs = zip(*np.triu_indices(len(X), 1), strict=True)
        return np.stack([metric(X[i], X[j], **kwargs) for i, j in pairs])
    name = _name_of(metric, "pdist")
    more = _parameters(name, lambda: X, kwargs)
    if name in ("euclidean", "sqeuclidean") and not more:
        return euclidean_within(X, squared=name == "sqeuclidean")
    return within(X, *more.values(), metric=name, names=tuple(more))

"""Entropies of probabilities, distances of samples, and correlation."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import scipy.stats

from autodiff.core.errors import user_line
from autodiff.core.tensor import tensor
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array, promoted
from autodiff.rules.powers import root
from autodiff.rules.statistics import without_excess
from autodiff.scipy.bases import log_of_base
from autodiff.scipy.checked import checked
from autodiff.scipy.real import real_composite
from autodiff.scipy.special.namespace import special
from autodiff.scipy.stats.sample_moments import beside, check_nan_policy, paired, sample
from autodiff.scipy.stats.univariate import UNIVARIATE
from autodiff.transforms.gradients import stop_gradient


@real_composite(scipy.stats.entropy)
def entropy(
    pk: Array, qk: Array | None = None, base: float | None = None, axis: int | None = 0, *,
    nan_policy: str = "propagate", keepdims: bool = False,
) -> Array:  # fmt: skip
    """Return the entropy of probabilities, or their divergence from others; both are normalized."""
    check_nan_policy(nan_policy)
    pk = sample(pk)
    if qk is not None:
        pk, qk = promoted(pk, beside(qk, pk))
        pk, qk = np.broadcast_arrays(pk, qk) if axis is not None else (pk, paired(qk, pk.shape))
    pk = pk / np.sum(pk, axis=axis, keepdims=True)
    if qk is None:
        terms = special.entr(pk)
    else:
        terms = special.rel_entr(pk, qk / np.sum(qk, axis=axis, keepdims=True))
    total = np.sum(terms, axis=axis, keepdims=keepdims)
    return total if base is None else total / log_of_base(base)


def _distribution_distance(
    power: int, u: Array, v: Array, u_weights: Array | None, v_weights: Array | None
) -> Array:
    """Return the integral of a power of the distance of two distribution functions.

    Both are step functions, constant between one value and the next (Ramdas et al. 2017).
    """
    u, v = as_array(u).astype(float), as_array(v).astype(float)
    if not u.size * v.size:
        raise ValueError(
            f"expected two samples of one value or more, got the shapes {u.shape} and {v.shape} "
            f"at {user_line()}."
        )
    both = np.sort(np.concatenate([u, v]))
    away = np.abs(_steps(u, u_weights, both) - _steps(v, v_weights, both))
    return np.sum(away**power * np.diff(both)).astype(float)


def _steps(values: Array, weights: Array | None, points: Array) -> Array:
    """Return the distribution function of a sample at all points but the last."""
    if weights is not None:
        weights = _weights(weights, values)
    order = np.argsort(values)
    places = np.searchsorted(np.take(values, order), points[:-1], side="right")
    if weights is None:
        return places / len(values)
    running = np.concatenate([[0.0], np.cumsum(tensor(weights)[order])])
    return running[places] / running[-1]


def _weights(weights: Array, values: Array) -> Array:
    """Return the weights of values, of which one at least is positive."""
    weights = as_array(weights).astype(float)
    if weights.shape != values.shape:
        raise ValueError(
            f"expected a weight for each value, got the shapes {weights.shape} and {values.shape} "
            f"at {user_line()}."
        )
    total = np.sum(weights)
    is_wrong = np.any(weights < 0) | ~((total > 0) & np.isfinite(total))
    return checked(
        weights, is_wrong, message="expected weights >= 0 whose sum is positive and finite."
    )


@real_composite(scipy.stats.wasserstein_distance)
def wasserstein_distance(
    u_values: Array, v_values: Array,
    u_weights: Array | None = None, v_weights: Array | None = None,
) -> Array:  # fmt: skip
    """Return the work that moves one sample to the other."""
    return _distribution_distance(1, u_values, v_values, u_weights, v_weights)


@real_composite(scipy.stats.energy_distance)
def energy_distance(
    u_values: Array, v_values: Array,
    u_weights: Array | None = None, v_weights: Array | None = None,
) -> Array:  # fmt: skip
    """Return the energy distance of two samples (Székely 2002), of slope 0 where it is 0."""
    squared = 2 * _distribution_distance(2, u_values, v_values, u_weights, v_weights)
    return root(squared)


class Correlation(NamedTuple):
    """A correlation, and the probability of one as far from 0 without a relation."""

    statistic: Array
    pvalue: Array

    def confidence_interval(self, *_: Any, **__: Any) -> Any:
        """Refuse: the interval is a formula of the statistic.

        Raises:
            NotImplementedError: always, with that formula.
        """
        raise NotImplementedError(
            f"the correlation of traced values has no confidence_interval (called at "
            f"{user_line()}). Compute np.tanh(np.arctanh(r) + z / np.sqrt(n - 3)) for the normal "
            f"quantiles z, such as -1.96 and 1.96."
        )


def _unit(x: Array, axis: int) -> Array:
    """Return the distances from the mean over their length, NaN where all values are the same."""
    away = x - np.mean(x, axis=axis, keepdims=True)
    largest = stop_gradient(np.max(np.abs(away), axis=axis, keepdims=True, initial=0))
    size = np.where((largest == 0) | ~np.isfinite(largest), 1, largest)  # squares don't overflow
    length = size * np.sqrt(np.sum((away / size) ** 2, axis=axis, keepdims=True))
    is_constant = np.all(x == np.take(x, [0], axis), axis=axis, keepdims=True)
    return away / np.where(is_constant, np.nan, length)


_ALTERNATIVES = ("two-sided", "less", "greater")


@real_composite(scipy.stats.pearsonr, exact=True)  # integers become floats here, too
def pearsonr(
    x: Array,
    y: Array,
    *,
    alternative: str = "two-sided",
    method: Any = None,
    axis: int | None = 0,
) -> Correlation:
    """Return the correlation of two samples, and its p-value by the beta distribution."""
    if method is not None:
        raise NotImplementedError(
            f"pearsonr of traced values has no method= (called at {user_line()}). Leave it out."
        )
    x, y = promoted(x, y)
    if axis is None:
        x, y, axis = np.reshape(x, -1), np.reshape(y, -1), 0
    ndim = max(x.ndim, y.ndim)
    rows = [np.reshape(v, (1,) * (ndim - v.ndim) + v.shape) for v in (x, y)]
    count, other = (v.shape[axis] for v in rows)
    if count < 2 or count != other:
        raise ValueError(
            f"expected two samples of one length along the axis {axis}, and of 2 values or more, "
            f"got the shapes {x.shape} and {y.shape} at {user_line()}."
        )
    x, y = (_unit(v, axis) for v in rows)
    r = without_excess(np.sum(x * y, axis=axis))
    half = count / 2 - 1
    if alternative not in _ALTERNATIVES:
        raise ValueError(
            f"pearsonr has the alternatives {', '.join(_ALTERNATIVES)}, got {alternative!r} at "
            f"{user_line()}. Pass one of these."
        )
    if half == 0:  # two points always lie on a line
        return Correlation(np.round(r), r * 0 + 1)
    chance = UNIVARIATE["beta"](half, half, loc=-1, scale=2)
    tails = {
        "two-sided": lambda: 2 * chance.sf(np.abs(r)),
        "less": lambda: chance.cdf(r),
        "greater": lambda: chance.sf(r),
    }
    return Correlation(r, tails[alternative]().astype(np.promote_types(r.dtype, np.float32)))

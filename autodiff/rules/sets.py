"""Sets: sorted values, each once."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.tensor import plain
from autodiff.core.typing import Array, Function
from autodiff.core.view import laid_out_like
from autodiff.rules.composite import composite


@composite(np.unique)
def unique(
    ar: Array, return_index: bool = False, return_inverse: bool = False,
    return_counts: bool = False, axis: int | None = None, **options: Any,
) -> Any:  # fmt: skip
    """Return the distinct values, each with the slope of its first position."""
    is_alone = axis is None and not (return_index or return_inverse or return_counts)
    if is_alone and not options.get("sorted", True):
        return _in_any_order(ar, **options)
    options |= {"return_inverse": return_inverse, "return_counts": return_counts, "axis": axis}
    found: Any = np.unique(plain(ar), return_index=True, **options)
    places = found[1]
    if axis is None:
        values = np.reshape(ar, -1)[places]
    else:
        values = laid_out_like(np.take(ar, places, axis=axis), found[0])
    rest = found[1:] if return_index else found[2:]
    return (values, *rest) if rest else values


def _named(function: Function) -> Function:
    def front(x: Array, /, **options: Any) -> Any:
        found = function(plain(x), **options)
        is_several = hasattr(found, "_fields")
        places = _first_places(plain(x), found.values if is_several else found)
        values = np.reshape(x, -1)[places]
        return found._replace(values=values) if is_several else values

    return front


def _first_places(value: Array, found: Array) -> Array:
    """Return the first position of each of the values found, in their order."""
    places = np.unique(value, return_index=True, equal_nan=False)[1]
    return places[np.argsort(np.argsort(found, kind="stable"), kind="stable")]


_in_any_order = _named(np.unique)


for _function in (np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values):
    composite(_function)(_named(_function))


@composite(np.union1d)
def union1d(ar1: Array, ar2: Array) -> Array:
    """Return the values of both."""
    return np.unique(np.concatenate([ar1, ar2], axis=None))


@composite(np.setdiff1d)
def setdiff1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    """Return the values of the first that aren't in the second."""
    others = plain(ar2) if assume_unique else np.unique(plain(ar2))
    ar1 = np.reshape(ar1, -1) if assume_unique else unique(ar1)
    return ar1[np.isin(plain(ar1), others, assume_unique=True, invert=True)]


@composite(np.setxor1d)
def setxor1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    """Return the values that are in only one of the two."""
    parts = [ar1, ar2] if assume_unique else [unique(ar1), unique(ar2)]
    both = np.concatenate(parts, axis=None)
    if not both.size:
        return both
    order = np.argsort(plain(both), kind="stable")
    ordered = plain(both)[order]
    is_new = np.concatenate([[True], ordered[1:] != ordered[:-1], [True]])
    return both[order[is_new[1:] & is_new[:-1]]]


@composite(np.intersect1d)
def intersect1d(
    ar1: Array, ar2: Array, assume_unique: bool = False, return_indices: bool = False
) -> Any:
    """Return the values of both, with the slope of the first."""
    first, second = (x if assume_unique else unique(x) for x in (ar1, ar2))
    both = np.concatenate([np.reshape(first, -1), np.reshape(second, -1)])
    order = np.argsort(plain(both), kind="stable")
    ordered = plain(both)[order]
    values = both[order[:-1][ordered[1:] == ordered[:-1]]]
    if not return_indices:
        return values
    return values, *np.intersect1d(plain(ar1), plain(ar2), assume_unique, return_indices=True)[1:]

"""Approximate quantiles of data that comes in batches, by summaries of bounded size.

A summary has two rows: some of the values in order, and how many entries each of them stands for.
Its size is about 1 / epsilon, whatever the size of the data; as in Keras's Discretization.
"""

from __future__ import annotations

import numpy as np

__all__ = ["EMPTY", "boundaries", "merged", "summary_of"]

EMPTY = np.zeros((2, 0), np.float32)


def summary_of(values: np.ndarray, epsilon: float) -> np.ndarray:
    """Return the summary of some values: every k-th in order, so that about 1 / epsilon are left.

    >>> summary_of(np.array([3.0, 1.0, 2.0, 4.0]), epsilon=0.5)
    array([[2., 4.],
           [2., 2.]], dtype=float32)
    """
    ordered = np.sort(values.astype(np.float32), axis=None)
    step = max(ordered.size * epsilon, 1)
    kept = ordered[int(step - 1) :: int(step)]
    return np.stack([kept, np.full_like(kept, step)])


def merged(one: np.ndarray, other: np.ndarray, epsilon: float) -> np.ndarray:
    """Return the summary of the data of two summaries."""
    both = np.concatenate((one, other), axis=1)
    return _compressed(both[:, np.argsort(both[0])], epsilon)


def boundaries(summary: np.ndarray, bins: int) -> list[float]:
    """Return the bins - 1 values that cut the data into bins of about as many entries.

    >>> boundaries(summary_of(np.arange(10.0), epsilon=0.01), bins=2)
    [4.0]
    """
    found: list[float] = _compressed(summary, 1 / bins)[0, :-1].tolist()
    return found


def _compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """Return a summary with about 1 / epsilon values, interpolated between those that there are."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = epsilon + np.arange(0, 1, epsilon)
    sums = summary[1].cumsum()
    values = np.interp(shares, sums / sums[-1], summary[0])
    counts = np.diff(np.interp(shares, sums / sums[-1], sums), prepend=0)
    return np.stack((values, counts)).astype(np.float32)

"""Filters that run forward and backward over an extended signal, and so have no phase."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.signal

from autodiff.core.errors import user_line
from autodiff.core.tensor import plain
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.signal.recursive import along, lfilter, steady_state
from autodiff.scipy.signal.sections import sosfilt, sosfilt_zi

__all__ = ["continued", "filtfilt", "sosfiltfilt"]


def continued(x: Array, kind: str | None, count: int, axis: int) -> Array:
    """Continue a signal at both ends.

    Args:
        x: at least count + 1 samples.
        kind: ``"even"`` reflects it at its ends, ``"odd"`` turns it around there by 180 degrees,
            ``"constant"`` repeats the ends, ``"zeros"`` adds zeros, None leaves it as it is.
        count: the number of samples to add at each end.
        axis: the axis of time.
    """
    if kind is None or count == 0:
        return x
    first, last = along(x, slice(0, 1), axis), along(x, slice(-1, None), axis)
    before = np.flip(along(x, slice(1, count + 1), axis), axis)
    after = np.flip(along(x, slice(-count - 1, -1), axis), axis)
    if kind == "odd":
        before, after = 2 * first - before, 2 * last - after
    elif kind == "constant":
        before, after = np.repeat(first, count, axis), np.repeat(last, count, axis)
    elif kind == "zeros":
        before, after = np.zeros_like(before), np.zeros_like(after)
    return np.concatenate([before, x, after], axis)


def _both_ways(
    run: Callable[[Array, Array], tuple[Array, Array]],
    zi: Array, x: Array, axis: int, padtype: str | None, edge: int,
) -> Array:  # fmt: skip
    """Filter the continued signal forward and backward, each from the steady state of its start.

    Args:
        run: the filter, of a signal and the state before it.
        zi: the steady state for 1.
        x: the signal.
        axis: the axis of time.
        padtype: how to continue the signal.
        edge: how far to continue it.
    """
    if x.shape[axis] <= edge:
        raise ValueError(
            f"expected more than {edge} samples along axis {axis}, since so many are added at each "
            f"end, got {x.shape[axis]} at {user_line()}. Pass a smaller padlen."
        )
    y = continued(x, padtype, edge, axis)
    for _ in range(2):
        y, _ = run(y, zi * along(y, slice(0, 1), axis))
        y = np.flip(y, axis)
    return along(y, slice(edge, y.shape[axis] - edge), axis)


def _edge(padtype: str | None, padlen: int | None, taps: Callable[[], int]) -> int:
    if padtype not in ("odd", "even", "constant", None):
        raise ValueError(
            f"expected padtype to be 'odd', 'even', 'constant' or None, got {padtype!r} at "
            f"{user_line()}. Pass one of these."
        )
    if padtype is None:
        return 0
    return 3 * taps() if padlen is None else max(padlen, 0)


@composite(scipy.signal.filtfilt)
def filtfilt(
    b: Array, a: Array, x: Array, axis: int = -1, padtype: str | None = "odd",
    padlen: int | None = None, method: str = "pad", irlen: int | None = None,
) -> Array:  # fmt: skip
    """Filter forward and backward."""
    if method not in ("pad", "gust"):
        raise ValueError(
            f"expected method to be 'pad' or 'gust', got {method!r} at {user_line()}. Pass 'pad'."
        )
    del irlen  # of the method 'gust' alone
    if method == "gust":
        raise NotImplementedError(
            f"filtfilt of traced values has method='pad' only, got {method!r} at {user_line()}. "
            f"Pass padtype= and padlen= instead, or t.numpy() where no slope is wanted."
        )
    b, a = np.atleast_1d(as_array(b), as_array(a))
    x = as_array(x)
    zi = steady_state(b, a)
    zi = np.reshape(zi, [len(zi) if i == axis % x.ndim else 1 for i in range(x.ndim)])
    edge = _edge(padtype, padlen, lambda: max(len(a), len(b)))
    return _both_ways(lambda x, zi: lfilter(b, a, x, axis, zi), zi, x, axis, padtype, edge)


@composite(scipy.signal.sosfiltfilt)
def sosfiltfilt(
    sos: Array, x: Array, axis: int = -1, padtype: str | None = "odd", padlen: int | None = None
) -> Array:
    """Filter forward and backward with second-order sections.

    Without ``padlen``, the continuation is as long as zeros among the coefficients say, so ``jit``
    runs this operation by operation where the sections depend on its arguments.
    """
    sos, x = as_array(sos), as_array(x)
    zi = sosfilt_zi(sos)
    zi = np.reshape(zi, [len(sos), *(2 if i == axis % x.ndim else 1 for i in range(x.ndim))])
    edge = _edge(padtype, padlen, lambda: _taps(sos))
    run: Any = lambda x, zi: sosfilt(sos, x, axis, zi)  # noqa: E731
    return _both_ways(run, zi, x, axis, padtype, edge)


def _taps(sos: Array) -> int:
    """Return the length of the whole filter, but for trailing zeros of all sections."""
    last = plain(sos)[:, [2, 5]] == 0
    return 2 * len(sos) + 1 - int(last.sum(axis=0).min())

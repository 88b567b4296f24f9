"""Filters of second-order sections: ``lfilter``, section after section."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.signal

from autodiff.core.errors import user_line
from autodiff.core.typing import Array
from autodiff.rules.composite import composite
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.signal.recursive import lfilter, steady_state

__all__ = ["sections", "sosfilt", "sosfilt_zi"]


def sections(sos: Array) -> Array:
    """Return the sections as an array, after checking their form."""
    sos = _rows(sos)
    return checked(
        sos, sos[:, 3] != 1,
        message="expected sections of shape (n, 6), each with 1 as its fourth coefficient, got "
        "another number. Divide each section by its fourth coefficient.",
    )  # fmt: skip


def _rows(sos: Array) -> Array:
    sos = as_array(sos)
    if sos.ndim != 2 or sos.shape[1] != 6:
        raise ValueError(
            f"expected sections of shape (n, 6), got shape {sos.shape} at {user_line()}."
        )
    return sos


@composite(scipy.signal.sosfilt)
def sosfilt(sos: Array, x: Array, axis: int = -1, zi: Array | None = None) -> Any:
    """Filter with second-order sections; with initial states, return the final ones too."""
    sos, y = sections(sos), as_array(x)
    if not y.shape[axis]:
        raise ValueError(f"expected a signal with samples along axis {axis}, got {y.shape} at "
                         f"{user_line()}.")  # fmt: skip
    if zi is None:
        for section in sos:
            y = lfilter(section[:3], section[3:], y, axis)
        return y
    zi = as_array(zi)
    expected = [len(sos), *(2 if i == axis % y.ndim else n for i, n in enumerate(y.shape))]
    if list(zi.shape) != expected:
        raise ValueError(
            f"expected zi of shape {tuple(expected)}, got {zi.shape} at {user_line()}. Make it "
            f"with sosfilt_zi, or np.zeros."
        )
    states = []
    for section, state in zip(sos, zi, strict=True):
        y, after = lfilter(section[:3], section[3:], y, axis, state)
        states.append(after)
    return y, np.stack(states)


@composite(scipy.signal.sosfilt_zi)
def sosfilt_zi(sos: Array) -> Array:
    """Return the initial states with which the response of all sections to a step is constant."""
    states, scale = [], 1.0
    for section in _rows(sos):
        b, a = section[:3], section[3:]
        states.append(scale * steady_state(b, a))
        scale = scale * np.sum(b) / np.sum(a)
    return np.stack(states)

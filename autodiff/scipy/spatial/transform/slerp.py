"""Spherical linear interpolation of rotations, with slopes in times and rotations."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import transform

from autodiff.core.indexing import read
from autodiff.core.typing import Array
from autodiff.rules.operands import as_array
from autodiff.scipy.checked import checked
from autodiff.scipy.face import is_traced
from autodiff.scipy.interpolate.sloped import plainly
from autodiff.scipy.spatial.transform.rotation import Rotation

__all__ = ["Slerp"]

_OUTSIDE = "expected times within those of the rotations, got others. Clip them with np.clip."


class Slerp(transform.Slerp):  # type: ignore[misc]
    """Rotations between given ones, at a constant rate between neighbors: SciPy's, with slopes."""

    def __init__(self, times: Array, rotations: Any) -> None:
        own = Rotation.concatenate([rotations]) if _is_sequence(rotations) else rotations
        super().__init__(plainly(times), own.plain() if isinstance(own, Rotation) else own)
        self.times = as_array(times).astype(float)
        self.timedelta = np.diff(self.times)
        self.rotations = own[:-1]
        self.rotvecs = (self.rotations.inv() * own[1:]).as_rotvec()

    def __call__(self, times: Array) -> Rotation:
        """Return the rotations at one time or at several."""
        if not is_traced((times, self.times, self.rotvecs)):
            found = super().__call__(times)
            return Rotation(found.as_quat(), normalize=False)
        times = as_array(times).astype(float)
        if times.ndim > 1:
            raise ValueError(
                f"expected one time or a vector of times, got shape {times.shape}. Flatten them: "
                f"times.ravel()."
            )
        at, known = np.atleast_1d(times), self.times
        at = checked(at, (at < known[0]) | (at > known[-1]), message=_OUTSIDE)
        place = np.clip(np.searchsorted(known, at) - 1, 0, len(known) - 2)
        share = (at - read(known, place)) / read(self.timedelta, place)
        step = Rotation.from_rotvec(read(self.rotvecs, place) * share[:, None])
        start = Rotation(read(self.rotations.as_quat(), place), normalize=False)
        both: Rotation = start * step
        return both[0] if times.ndim == 0 else both


def _is_sequence(rotations: Any) -> bool:
    """Return whether these are several rotations in one object."""
    return isinstance(rotations, transform.Rotation) and not rotations.single

"""The usual slips: what one change would make a wrong slope right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from autodiff.check.comparison import tolerance

__all__ = ["Slope", "common_factor", "slip", "slip_of_shape", "usual_factor"]

_SMALL = 12  # a factor p/q is worth naming when p or q is at most this


@dataclass(frozen=True)
class Slope:
    """One array of a slope, beside the right one.

    Attributes:
        name: what the user calls it.
        own: the slope that is checked.
        right: the slope that is right.
        numeric: the measured one, which says how large the numbers are.
        error: how far off the measurement may be.
    """

    name: str
    own: Any
    right: Any
    numeric: Any
    error: Any

    def agrees(self, slope: Any) -> Any:
        """Whether a slope of the right shape agrees with the right one, entry by entry."""
        allowed = tolerance(slope, self.numeric, self.error)
        return np.abs(slope - self.right) <= allowed + tolerance(self.right, self.numeric, 0)

    def is_right(self, slope: Any) -> bool:
        """Whether a slope has the right shape and agrees in every entry."""
        return np.shape(slope) == self.right.shape and bool(np.all(self.agrees(slope)))


def slip(parts: Sequence[Slope]) -> str:
    """Name the one slip that explains all that is wrong, in words; nothing if there is none."""
    wrong = [part for part in parts if not part.is_right(part.own)]
    for some in (parts, wrong):
        factor = common_factor(some)
        if factor is not None:
            return spelled(factor)
    for change, cure in _CHANGES:
        if all(part.is_right(change(part.own)) for part in wrong):
            return f"{cure.format(' and '.join(part.name for part in wrong))} and it is right"
    return ""


def slip_of_shape(part: Slope) -> str:
    """Say what is wrong with a slope's shape; nothing where it is right."""
    own, shape = part.own.shape, part.right.shape
    if own == shape:
        return ""
    said = f"wrong shape: the slope of {part.name} has its shape {shape}, got {own}"
    if part.is_right(part.own.T):
        return f"{said}: transpose it (.T) and it is right"
    for axis in range(len(own)):
        for name, reduce in (("sum", np.sum), ("average", np.mean)):
            if part.is_right(reduce(part.own, axis)):
                return f"{said}: {name} it over axis {axis} and it is right"
    if part.own.size == part.right.size and part.is_right(part.own.reshape(shape)):
        return f"{said}: reshape it and it is right"
    return said


def common_factor(parts: Sequence[Slope]) -> float | None:
    """Find the one number that makes every entry right, if there is one."""
    own = np.concatenate([part.own.ravel() for part in parts])
    true = np.concatenate([part.right.ravel() for part in parts])
    size = float(np.sum(np.abs(own) ** 2))
    if not np.isfinite(size) or size == 0 or np.iscomplexobj(own) or np.iscomplexobj(true):
        return None
    factor = float(np.sum(own * true)) / size
    right = factor != 0 and all(part.is_right(part.own * factor) for part in parts)
    return factor if right else None


def usual_factor(factor: float | None) -> bool:
    """Whether a factor explains itself: a sign, a forgotten 2, a sum or mean too many."""
    if factor is None:
        return False
    return any(abs(abs(f) - 2) < 1e-7 or abs(abs(f) - 1) < 1e-7 for f in (factor, 1 / factor))


def spelled(factor: float) -> str:
    """Say what a factor means for the slope that it makes right."""
    if np.isclose(factor, -1):
        return "the sign is flipped"
    simple = Fraction(factor).limit_denominator(100_000)
    top, bottom = abs(simple.numerator), simple.denominator
    if min(top, bottom) > _SMALL or not np.isclose(float(simple), factor, rtol=1e-7):
        return f"multiply it by {factor:.6g} and it is right"
    sign = "-" if factor < 0 else ""
    if bottom == 1:
        return f"multiply it by {sign}{top} and it is right"
    if top == 1:
        return f"divide it by {sign}{bottom} and it is right (a mean over {bottom} entries?)"
    return f"multiply it by {sign}{top}/{bottom} and it is right"


def _transposed(own: Any) -> Any:
    return own.T


def _backwards(own: Any) -> Any:
    return np.ravel(own)[::-1].reshape(own.shape)


_CHANGES: tuple[tuple[Callable[[Any], Any], str], ...] = (
    (_transposed, "transpose {} (.T)"),
    (_backwards, "reverse the entries of {}"),
    (np.conj, "conjugate {} (np.conj)"),
)

"""The usual mistakes in derivations: find the one change that makes a wrong slope right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from autodiff.check.comparison import tolerance
from autodiff.core.typing import Array

__all__ = ["Slope", "common_factor", "is_usual_factor", "likely_mistake", "mistake_of_shape"]

_SMALL = 12  # a factor is named as a fraction p/q if p or q is at most this


@dataclass(frozen=True)
class Slope:
    """One array of a slope, and the right one.

    Attributes:
        name: the user's name for it.
        own: the slope that is checked.
        right: the right slope.
        numeric: the measured slope, which sets the scale of the tolerance.
        error: the measurement's estimated error.
    """

    name: str
    own: Array
    right: Array
    numeric: Array
    error: Array

    def agrees(self, slope: Array) -> Array:
        """Return whether a slope of the right shape agrees with the right one, entry by entry."""
        allowed = tolerance(slope, self.numeric, self.error)
        return np.abs(slope - self.right) <= allowed + tolerance(self.right, self.numeric, 0)

    def is_right(self, slope: Array) -> bool:
        """Return whether a slope has the right shape and agrees in every entry."""
        return np.shape(slope) == self.right.shape and bool(np.all(self.agrees(slope)))


def likely_mistake(parts: Sequence[Slope]) -> str:
    """Describe the one mistake that explains all wrong entries; return "" if there is none."""
    wrong = [part for part in parts if not part.is_right(part.own)]
    for some in (parts, wrong):
        factor = common_factor(some)
        if factor is not None:
            return factor_text(factor)
    for change, cure in _CHANGES:
        if all(part.is_right(change(part.own)) for part in wrong):
            return f"{cure.format(' and '.join(part.name for part in wrong))} and it is right"
    return ""


def mistake_of_shape(part: Slope) -> str:
    """Describe the mistake in a slope's shape; return "" if the shape is right."""
    own, shape = part.own.shape, part.right.shape
    if own == shape:
        return ""
    message = f"wrong shape: expected {shape}, the shape of {part.name}, got {own}"
    if part.is_right(part.own.T):
        return f"{message}: transpose it (.T) and it is right"
    for axis in range(len(own)):
        for name, reduce in (("sum", np.sum), ("average", np.mean)):
            if part.is_right(reduce(part.own, axis)):
                return f"{message}: {name} it over axis {axis} and it is right"
    if part.own.size == part.right.size and part.is_right(part.own.reshape(shape)):
        return f"{message}: reshape it and it is right"
    return message


def common_factor(parts: Sequence[Slope]) -> float | None:
    """Return the one factor that makes every entry right, or None."""
    own = np.concatenate([part.own.ravel() for part in parts])
    true = np.concatenate([part.right.ravel() for part in parts])
    size = float(np.sum(np.abs(own) ** 2))
    if not np.isfinite(size) or size == 0 or np.iscomplexobj(own) or np.iscomplexobj(true):
        return None
    factor = float(np.sum(own * true)) / size
    right = factor != 0 and all(part.is_right(part.own * factor) for part in parts)
    return factor if right else None


def is_usual_factor(factor: float | None) -> bool:
    """Return whether a factor is -1, 2, 1/2 or the like, which need no further explanation."""
    if factor is None:
        return False
    return any(abs(abs(f) - 2) < 1e-7 or abs(abs(f) - 1) < 1e-7 for f in (factor, 1 / factor))


def factor_text(factor: float) -> str:
    """Describe the correction by a factor."""
    if np.isclose(factor, -1):
        return "the sign is flipped"
    simple = Fraction(factor).limit_denominator(100_000)
    top, bottom = abs(simple.numerator), simple.denominator
    if abs(factor - 1) < 1e-5:
        return f"multiply it by {factor:.12g} and it is right"
    if min(top, bottom) > _SMALL or not np.isclose(float(simple), factor, rtol=1e-7):
        return f"multiply it by {factor:.6g} and it is right"
    sign = "-" if factor < 0 else ""
    if bottom == 1:
        return f"multiply it by {sign}{top} and it is right"
    if top == 1:
        return f"divide it by {sign}{bottom} and it is right (a mean over {bottom} entries?)"
    return f"multiply it by {sign}{top}/{bottom} and it is right"


def _transposed(own: Array) -> Array:
    return own.T


def _backwards(own: Array) -> Array:
    return np.ravel(own)[::-1].reshape(own.shape)


_CHANGES: tuple[tuple[Callable[[Array], Array], str], ...] = (
    (_transposed, "transpose {} (.T)"),
    (_backwards, "reverse the entries of {}"),
    (np.conj, "conjugate {} (np.conj)"),
)

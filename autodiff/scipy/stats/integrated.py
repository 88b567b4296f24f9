"""Distribution functions as integrals of the density, where they have no other formula.

The integral is over the tail on that side of the center on which x lies, so that the slopes of
small probabilities are accurate too; the tail ends where the density has fallen by exp(-48).
"""

from __future__ import annotations

import numpy as np

from autodiff.core.primitive import constant, primitive
from autodiff.core.typing import Array, Function
from autodiff.scipy.special.parametric import integral_over_tail

__all__ = ["integral_of"]

_NEGLIGIBLE = 48.0
_DOUBLINGS = 80


def integral_of(
    log_density: Function,
    center: Function,
    factor: float = 1.0,
    lower: float = -np.inf,
    upper: float = np.inf,
) -> Function:
    """Return the formula F(x, *shapes) of a distribution function, up to a constant on each side.

    Args:
        log_density: of x and the shapes.
        center: of the shapes; the density falls on both sides of it.
        factor: what is missing in the density.
        lower: where the support begins.
        upper: where it ends.
    """

    @primitive
    def reach(*values: Array) -> Array:
        """Return the length of the tail: the density is negligible beyond, or the support ends."""
        x, sign, *shapes = np.broadcast_arrays(*values)
        room = np.where(sign > 0, x - lower, upper - x)
        length = np.minimum(1e-9 * (1 + np.abs(x)), room)
        with np.errstate(all="ignore"):  # where the support ends
            lowest = log_density(x, *shapes) - _NEGLIGIBLE
            for _ in range(_DOUBLINGS):
                at = np.clip(x - sign * length, lower, upper)
                is_short = (length < room) & ~(log_density(at, *shapes) < lowest)
                if not is_short.any():
                    break
                length = np.where(is_short, np.minimum(2 * length, room), length)
        return length[()]

    constant(reach)

    def cdf(x: Array, *shapes: Array) -> Array:
        sign = np.where(x > center(*shapes), -1.0, 1.0)
        length = reach.apply((x, sign, *shapes), {})
        room = np.where(sign > 0, x - lower, upper - x)
        length = np.where(length < room, length, room)  # which moves with x
        x_, sign_, *shapes_ = (np.expand_dims(v, -1) for v in (x, sign, *shapes))
        return (
            factor
            * sign
            * integral_over_tail(lambda s: np.exp(log_density(x_ - sign_ * s, *shapes_)), length)
        )

    return cdf

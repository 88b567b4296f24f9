"""A Tensor as a number of Python: ``float(t)``, ``int(t)``, and what assigns to a plain array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autodiff.core.caught import noted
from autodiff.core.errors import user_line
from autodiff.core.typing import Array, Function

__all__ = ["as_number"]


def as_number(kind: str, convert: Function | None = None) -> Callable[[Any], Any]:
    """Return a method that converts a Tensor to a number of Python, unless its slope would be lost.

    Args:
        kind: how it is called, for messages.
        convert: makes the number; without it, all conversions are refused.
    """

    def number(self: Array) -> Any:
        value = self._plain_value(kind)  # an observer may raise a more specific error
        if convert and self.dtype.kind in "biu":  # which has no slope
            return convert(value)
        error = TypeError(
            f"{kind} of a traced value at {user_line()}: as a plain number it would lose its "
            f"slope, silently. Keep computing with it as it is; to build an array of traced "
            f"values use np.array([a, b]) or np.stack instead of assigning into a plain array; "
            f"where no slope is wanted write t.item() or t.numpy(), and for a count int(t)."
        )
        raise noted(error) if convert and self.size == 1 else error

    return number

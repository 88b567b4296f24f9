"""Arguments that SciPy's functions take as a single number."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.core.errors import user_line

__all__ = ["require_number"]


def require_number(function: str, **numbers: Any) -> None:
    """Check arguments of a function, plain or traced.

    Raises:
        ValueError: one of them has axes; SciPy can't convert it to float.
    """
    for name, value in numbers.items():
        if np.ndim(value):
            raise ValueError(
                f"expected a number {name} in {function}, got an array of shape "
                f"{np.shape(value)} at {user_line()}. Call it for each entry."
            )

"""Options of SciPy's functions without a slope: they must be plain numbers."""

from __future__ import annotations

from typing import Any

from autodiff.core.errors import user_line
from autodiff.scipy.face import is_traced

__all__ = ["require_plain"]


def require_plain(function: str, **options: Any) -> None:
    """Check options of a function.

    Raises:
        NotImplementedError: one of them is traced.
    """
    for name, value in options.items():
        if is_traced(value):
            raise NotImplementedError(
                f"{function} has no slope in {name}=, got a traced value at {user_line()}. Pass a "
                f"plain number; or leave {name}= out, and scale the argument or the result."
            )

"""The registry: which NumPy function is differentiated by what."""

from __future__ import annotations

from typing import Any

from autodiff.errors import user_line

__all__ = ["handler", "public_name", "registry"]

registry: dict[Any, Any] = {}
"""NumPy's functions, each with its Primitive, or with the function that stands in for it."""


def handler(function: Any) -> Any:
    """Look up what differentiates a NumPy function.

    Raises:
        NotImplementedError: nothing does.
    """
    found = registry.get(function)
    if found is None:
        raise NotImplementedError(
            f"{public_name(function)} of a traced value has no derivative here (called at "
            f"{user_line()}). Write it with functions that have one, give it one with "
            f"autodiff.primitive and autodiff.derivative, or pass t.numpy() where no slope is "
            f"wanted."
        )
    return found


def public_name(function: Any) -> str:
    """Name a function as its user knows it: ``np.linalg.det``."""
    module = getattr(function, "__module__", None) or "numpy"
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", "function")
    return f"{module}.{name}".replace("numpy.", "np.", 1)

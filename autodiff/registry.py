"""The registry: which NumPy function is differentiated by what."""

from __future__ import annotations

from typing import Any

from autodiff.errors import user_line
from autodiff.refused import REFUSED

__all__ = ["handler", "public_name", "registry"]

registry: dict[Any, Any] = {}
"""NumPy's functions, each with its Primitive, or with the function that stands in for it."""


def handler(function: Any) -> Any:
    """Look up what differentiates a NumPy function.

    Raises:
        NotImplementedError: nothing does; it says what to use instead.
    """
    found = registry.get(function)
    if found is None:
        name = public_name(function)
        cure = REFUSED.get(
            name,
            "Write it with functions that have one, give it one with autodiff.primitive and "
            "autodiff.derivative, or pass t.numpy() where no slope is wanted.",
        )
        raise NotImplementedError(
            f"{name} of a traced value has no derivative here (called at {user_line()}). {cure}"
        )
    return found


def public_name(function: Any) -> str:
    """Name a function as its user knows it: ``np.linalg.det``."""
    module = getattr(function, "__module__", None) or "numpy"
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", "function")
    return f"{module}.{name}".replace("numpy.", "np.", 1)

"""Which classes are this library's own, and which are user-defined."""

from __future__ import annotations

__all__ = ["is_built_in"]


def is_built_in(cls: type) -> bool:
    """Return whether a class is defined in this library.

    >>> from nn.layers import Dense
    >>> is_built_in(Dense), is_built_in(type("Own", (Dense,), {"__module__": "__main__"}))
    (True, False)
    """
    return cls.__module__.startswith("nn.")

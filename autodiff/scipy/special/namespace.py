"""SciPy's special functions by name, as rules need them."""

from __future__ import annotations

from types import SimpleNamespace

import scipy.special

from autodiff.scipy.face import unwrapped

__all__ = ["special"]

special = SimpleNamespace(
    **{name: unwrapped(getattr(scipy.special, name)) for name in scipy.special.__all__}
)
"""``scipy.special``; ``hasattr`` tells whether this version of SciPy has a function."""

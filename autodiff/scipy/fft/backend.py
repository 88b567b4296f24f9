"""The backend by which SciPy's own transforms accept traced values."""

from __future__ import annotations

from typing import Any

from autodiff.core.dispatch import run
from autodiff.core.registry import registry
from autodiff.core.typing import Function
from autodiff.scipy.face import is_traced

__all__ = ["TracedBackend"]


class TracedBackend:
    """Transform traced values, and leave all others to SciPy (``scipy.fft.register_backend``)."""

    __ua_domain__ = "numpy.scipy.fft"

    @staticmethod
    def __ua_function__(method: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a transform; after NotImplemented, SciPy tries the next backend."""
        if method not in registry or not is_traced((args, kwargs)):
            return NotImplemented
        return run(method, args, kwargs)

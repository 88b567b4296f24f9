"""Functions of SciPy that are defined for real numbers, and compute nonsense with complex ones."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from autodiff.core.errors import user_line
from autodiff.core.tensor import peek
from autodiff.core.typing import Function
from autodiff.rules.composite import composite

__all__ = ["real_composite"]

F = TypeVar("F", bound=Function)


def real_composite(function: Function, *names: str, exact: bool = False) -> Callable[[F], F]:
    """Register the decorated function for one of SciPy, and refuse complex arguments.

    SciPy drops imaginary parts there, or squares differences without their conjugates.

    Args:
        function: of SciPy.
        names: of the parameters that take real numbers; by default all do.
        exact: whether it is called for integers too, as in ``composite``.
    """

    def register(stand_in: F) -> F:
        signature = inspect.signature(stand_in)

        @functools.wraps(stand_in)
        def front(*args: Any, **kwargs: Any) -> Any:
            values = (*args, *kwargs.values())
            if names:
                bound = signature.bind_partial(*args, **kwargs).arguments
                values = tuple(bound[name] for name in names if name in bound)
            if any(map(_is_complex, values)):
                raise TypeError(
                    f"{function.__name__} takes real numbers, got complex ones at {user_line()}. "
                    f"Take np.real(z), np.imag(z) or np.abs(z)."
                )
            return stand_in(*args, **kwargs)

        composite(function, exact=exact)(front)
        return stand_in

    return register


def _is_complex(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return any(map(_is_complex, x))
    return np.iscomplexobj(peek(x)) if hasattr(x, "dtype") else isinstance(x, complex)

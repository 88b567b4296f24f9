"""The registry: the differentiable version of each NumPy function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from autodiff.core.caught import noted
from autodiff.core.errors import user_line
from autodiff.core.refused import REFUSED
from autodiff.core.typing import Function

__all__ = ["handler", "late", "namespaces", "operator_of", "operators", "public_name", "registry"]

registry: dict[Any, Any] = {}
"""NumPy's functions, each with its Primitive or composite; SciPy's too, once they are imported."""

operators: dict[tuple[Any, type], Function] = {}
"""Operators of a Tensor and a value of another library, such as a sparse matrix, by its type."""

late: dict[str, Callable[[], object]] = {}
"""Modules of other libraries, each with what registers their functions, at the first use of one."""


namespaces: dict[str, Callable[[], object]] = {}
"""Namespaces of other libraries that the array API standard names, each with what imports it."""


def handler(function: Function) -> Function:
    """Return the Primitive or composite of a NumPy function.

    Raises:
        NotImplementedError: there is none; the message has an alternative.
    """
    found: Function | None = registry.get(function) or _registered_late(function)
    if found is None:
        name = public_name(function)
        cure = REFUSED.get(
            name,
            "Use functions that have one, define one with autodiff.primitive and "
            "autodiff.derivative, or pass t.numpy() where no slope is wanted.",
        )
        error = NotImplementedError(
            f"{name} of a traced value has no derivative here (called at {user_line()}). {cure}"
        )
        raise noted(error)
    return found


def operator_of(ufunc: Function, kind: type) -> Function:
    """Return what stands for an operator of a Tensor and a value of some type."""
    if kind.__module__.partition(".")[0] in ("numpy", "builtins"):
        own = None
    else:
        _register_late()
        own = operators.get((ufunc, kind))
    return own or registry[ufunc]


def _registered_late(function: Function) -> Any:
    """Register the functions of libraries that have been imported since, and look again."""
    _register_late()
    return registry.get(function)


def _register_late() -> None:
    for library in [library for library in late if library in sys.modules]:
        late[library]()
        late.pop(library, None)


def _module_of(function: Function) -> str:
    """Return the module of a universal function, which may not have it as an attribute."""
    name = getattr(function, "__name__", "")
    is_numpys = getattr(sys.modules["numpy"], name, None) is function
    is_scipys = not is_numpys and hasattr(sys.modules.get("scipy.special"), name)
    return "scipy.special" if is_scipys else "numpy"


def public_name(function: Function) -> str:
    """Return the public name of a function: ``np.linalg.det``, ``scipy.special.erf``."""
    module = getattr(function, "__module__", None) or _module_of(function)
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", "function")
    return f"{module}.{name}".replace("numpy.", "np.", 1)

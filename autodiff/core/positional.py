"""Arguments by position: those from ``out`` on are passed by name, as rules take them."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from autodiff.core.errors import user_line
from autodiff.core.registry import public_name, registry
from autodiff.core.typing import Function

__all__ = ["out_by_name", "unsupported"]


def out_by_name(
    function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call with ``out``, and what comes after it, by name."""
    names = _names(function)
    place = names.index("out") if "out" in names else len(args)
    late = dict(zip(names[place:], args[place:], strict=False))
    if len(late) < len(args) - place or not kwargs.keys().isdisjoint(late):
        return args, kwargs  # NumPy raises an error
    return args[:place], {**kwargs, **late}


@functools.cache
def _names(function: Function) -> tuple[str, ...]:
    """Return the names of the parameters that can be passed by position."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a C function of NumPy before 2.4
        return ()
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(p.name for p in parameters if p.kind in by_position)


def unsupported(
    function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> NotImplementedError | None:
    """Return an error for arguments that NumPy's function takes, but not what stands for it."""
    stand_in = registry.get(function)
    if stand_in is None or _binds(stand_in, args, kwargs) or not _binds(function, args, kwargs):
        return None
    taken = inspect.signature(stand_in).parameters
    given = inspect.signature(function).bind(*args, **kwargs).arguments
    missing = [f"{name}=" for name in given if name not in taken] or ["these arguments"]
    return NotImplementedError(
        f"{public_name(function)} of a traced value doesn't support {', '.join(missing)} (called "
        f"at {user_line()}). Leave it out, or pass t.numpy() where no slope is wanted."
    )


def _binds(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return False
    return True

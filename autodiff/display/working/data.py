"""A computation with its data: arguments that get no slopes are recorded too, where they can be.

A page can then change them. Their numbers become floats for it. Where the user's code needs whole
numbers or plain ones, for positions, sizes or dictionaries, an argument stays as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.core.errors import argument_names
from autodiff.core.typing import Function
from autodiff.display.working.working import Working, differentiable, of_function
from autodiff.transforms.gradients import positions_of
from autodiff.transforms.pytree import flatten

__all__ = ["of_function_with_data"]

_MOST_ENTRIES = 5_000  # of an argument
_MOST_NODES = 200  # with more, a page is folded and can't compute
_REFUSALS = (TypeError, ValueError, LookupError, AttributeError, NotImplementedError)
_BY_KEYWORD = "your function takes it by keyword only"
_NEEDED = "your code uses it for positions or sizes, or where only plain numbers work"


def of_function_with_data(
    f: Function,
    argnums: int | Sequence[int] | None,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Working:
    """Run a function as `of_function` does, with its numeric arguments recorded where they can be.

    The function runs once if all of them can be, else once more for each.

    Raises:
        TypeError: an argument or the result isn't numeric, or there are no arguments.
        ValueError: there is more than can be shown.
    """
    chosen = differentiable(args) if argnums is None else argnums
    args, kwargs = _by_position(f, args, kwargs)
    taken = positions_of(chosen, len(args), f)
    rest = [i for i in range(len(args)) if i not in taken]
    names = dict(zip(rest, argument_names(f, rest), strict=True))
    obstacles = {i: _obstacle(args[i]) for i in rest}
    data = [i for i in rest if obstacles[i] == ""]
    held = [(names[i], reason) for i, reason in obstacles.items() if reason]
    by_keyword = {name: _obstacle(value) for name, value in kwargs.items()}
    held += [(name, why or _BY_KEYWORD) for name, why in by_keyword.items() if why is not None]

    def attempt(positions: Sequence[int]) -> Working | None:
        try:
            working = of_function(f, taken, args, kwargs, positions, held)
        except _REFUSALS:  # it is run again without them, and raises again if it isn't for them
            return None
        return working if len(working.nodes) <= _MOST_NODES else None

    whole = attempt(data) if data else None
    if whole is not None:
        return whole
    kept: list[int] = []
    for i in data:
        if attempt([*kept, i]) is None:
            held.append((names[i], _NEEDED))
        else:
            kept.append(i)
    return of_function(f, taken, args, kwargs, kept, held)


def _by_position(
    f: Function, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Pass keyword arguments by position, where a function admits that."""
    try:
        bound = inspect.signature(f).bind(*args, **kwargs)
    except (TypeError, ValueError):  # without a signature, or the call itself is wrong
        return args, kwargs
    return bound.args, bound.kwargs


def _obstacle(argument: Any) -> str | None:
    """Return why an argument can't be recorded: "" if it can be, None if it holds no numbers."""
    try:
        leaves, _, _ = flatten(argument, "argument")
    except TypeError:
        return None
    if not leaves:
        return None
    if isinstance(argument, bool):
        return f"it is {argument}"
    if any(np.asarray(leaf).dtype.kind not in "fciu" for leaf in leaves if _is_plain(leaf)):
        return "its entries are True or False"
    size = sum(np.size(leaf) for leaf in leaves)
    return "" if size <= _MOST_ENTRIES else f"it has {size:,} entries, more than {_MOST_ENTRIES:,}"


def _is_plain(leaf: Any) -> bool:
    return isinstance(leaf, (int, float, complex, np.generic, np.ndarray))

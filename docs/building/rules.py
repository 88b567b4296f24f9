"""The page of rules: the formula of each slope, written by `ad.explain` from the rule itself.

A function is called with arguments named ``x`` and ``y``. Its rule runs on symbols, and what it
computes is the formula. There is no table of formulas.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.special

import autodiff as ad

_ARGUMENTS: tuple[tuple[Any, ...], ...] = (
    *((np.array([0.4, 0.2]),), (np.array([1.6, 1.2]),)),
    *((np.array([0.4, 1.2]), np.array([0.7, 0.9])), (2, 0.7), (0.4, 0.6, 0.3)),
)
"""Arguments to try, in this order: the first with a formula are taken. Integers have no slope, as
orders have none; pairs have either as the greater one."""

_NAMES = ("x", "y", "w")


def page() -> str:
    """Return the page, in Markdown."""
    return "\n".join([
        "# Rules and their formulas",
        "",
        "The slope of each elementwise function in its arguments. A derivative rule is an ordinary",
        "NumPy expression; to write this page, `ad.explain` ran each one on symbols, so these are",
        "the rules that run. [How it works](../guides/how_it_works.md) says more. `result` is the",
        "value of the function. Functions whose slope is 0 everywhere are left out: `np.floor`.",
        "",
        "## NumPy",
        "",
        *_table(_universal(np), "np"),
        "",
        "## SciPy's special functions",
        "",
        "Slopes in orders and other parameters are listed where there is a formula.",
        "",
        *_table(_universal(scipy.special), "special"),
        "",
    ])  # fmt: skip


def formulas_of(function: Callable[..., Any]) -> dict[str, str]:
    """Return the formula of each slope of a function, by the name of the argument.

    >>> import numpy as np
    >>> formulas_of(np.divide)
    {'x': '1 / y', 'y': '−result / y'}
    """
    for arguments in _ARGUMENTS:
        named = _named(function, len(arguments))
        try:
            with warnings.catch_warnings(action="ignore"):
                found = ad.explain(named)(*arguments).formulas
        except (TypeError, ValueError, NotImplementedError):  # another number of arguments
            continue
        written = {
            name: text.replace("[0 0]", "0").replace("[1 1]", "1")
            for name, text in found.items()
            if "slope of" not in text  # there is no formula
        }
        if set(written.values()) - {"0"}:
            return written
    return {}


def _named(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Return a function of so many arguments that are called x, y, w."""
    if count == 1:
        return lambda x: function(x)
    if count == 2:
        return lambda x, y: function(x, y)
    return lambda x, y, w: function(x, y, w)


def _universal(module: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in sorted(module.__all__):
        found = getattr(module, name)
        if isinstance(found, np.ufunc) and found.nout == 1 and not found.signature:
            yield name, found


def _table(functions: Iterator[tuple[str, Callable[..., Any]]], prefix: str) -> Iterator[str]:
    yield "| function | slopes |"
    yield "| --- | --- |"
    for name, function in functions:
        found = formulas_of(function)
        if found:
            slopes = "<br>".join(f"∂/∂{name} = {_cell(text)}" for name, text in found.items())
            yield f"| `{prefix}.{name}` | {slopes} |"


def _cell(text: str) -> str:
    """Escape what Markdown would read as markup."""
    return "".join(f"\\{x}" if x in "|*_<>[]$`" else x for x in " ".join(text.split()))

"""The page of rules: the formula of each slope, written by `ad.explain` from the rule itself.

A function is called with arguments named ``x`` and ``y``. Its rule runs on symbols, and what it
computes is the formula. There is no table of formulas, but one of calls.
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

_VECTOR, _OTHER = np.array([0.5, 1.5, -2.0]), np.array([3.0, -1.0, 2.5])
_MATRIX, _SQUARE = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[2.0, 0.5], [0.5, 1.0]])
_CALLS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(
        (
            *("np.sum(x)", "np.mean(x)", "np.var(x)", "np.std(x)", "np.max(x)", "np.cumsum(x)"),
            *("np.diff(x)", "np.sort(x)", "np.flip(x)", "np.roll(x, 1)", "np.repeat(x, 2)"),
            *("np.tile(x, 2)", "np.pad(x, 1)", "np.take(x, [0, 2])", "x[1:]"),
            *("np.broadcast_to(x, (2, 3))", "np.clip(x, -1, 1)"),
        ),
        (_VECTOR,),
    ),
    **dict.fromkeys(
        (
            *("np.transpose(x)", "np.reshape(x, 4)", "np.tril(x)", "np.linalg.det(x)"),
            *("np.linalg.slogdet(x)[1]", "np.linalg.inv(x)", "np.linalg.matrix_power(x, 3)"),
        ),
        (_MATRIX,),
    ),
    **dict.fromkeys(
        ("np.dot(x, y)", "np.outer(x, y)", "np.concatenate([x, y])", "np.stack([x, y])"),
        (_VECTOR, _OTHER),
    ),
    **dict.fromkeys(("x @ y", "np.einsum('ij,jk->ik', x, y)"), (_MATRIX, _SQUARE)),
    "np.linalg.solve(x, y)": (_MATRIX, _OTHER[:2]),
}
"""Calls that aren't entry by entry, with arguments."""

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
        "At ties and kinks the [conventions](../conventions.md) hold. Numbers have four digits:",
        "0.6931 is log 2, 2.303 is log 10, 0.01745 is π/180, 1.128 is 2/√π, 2.507 is √(2π).",
        "",
        "## NumPy",
        "",
        *_table(_universal(np), "np"),
        "",
        "## Sums, products, arrangements",
        "",
        "Of these, the formula is that of the whole slope, where `g` is the slope of the result:",
        "what the rule returns. `x` and `y` are vectors of 3 entries, or matrices of 2 by 2.",
        "`(g at [1:])` has the entries of `g` at these places, and zeros elsewhere; `ᵀ` is the",
        "transpose, `⊗` the outer product, and `Σ` the sum.",
        "",
        *_table_of_calls(),
        "",
        "## SciPy's special functions",
        "",
        "Slopes in orders and other parameters are listed where there is a formula. Functions in",
        "them that SciPy doesn't have, such as `betainc_slope`, are operations of the engine.",
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
            name: text.replace("[0 0]", "0").replace("[1 1]", "1").replace("[:]", "")
            for name, text in found.items()
            if "slope of" not in text and "NaN" not in text  # there is no formula
        }
        if set(written.values()) - {"0"}:
            return written
    return {}


def formulas_of_call(call: str, *arguments: Any) -> dict[str, str]:
    """Return the formula of the slope of each argument of a call, from ``g``, that of the result.

    >>> formulas_of_call("x @ y", _MATRIX, _SQUARE)
    {'x': 'g @ yᵀ', 'y': 'xᵀ @ g'}
    """
    names = _NAMES[: len(arguments)]
    scope: dict[str, Any] = {"np": np}
    shown = f"def loss({', '.join(names)}, g):\n    result = {call}\n    return (g * result).sum()"
    exec(shown, scope)
    result = eval(call, scope | dict(zip(names, arguments, strict=True)))
    found = ad.explain(scope["loss"])(*arguments, np.full(np.shape(result), 0.7)).formulas
    return {name: found[name] for name in names}


def _table_of_calls() -> Iterator[str]:
    yield "| call | slopes |"
    yield "| --- | --- |"
    for call, arguments in _CALLS.items():
        yield _row(call, formulas_of_call(call, *arguments))


def _named(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Return a function of so many arguments that are called x, y, w."""
    if count == 1:
        return lambda x: function(x)
    if count == 2:
        return lambda x, y: function(x, y)
    return lambda x, y, w: function(x, y, w)


def _universal(module: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in sorted(set(module.__all__)):
        found = getattr(module, name)
        if isinstance(found, np.ufunc) and found.nout == 1 and not found.signature:
            yield name, found


def _table(functions: Iterator[tuple[str, Callable[..., Any]]], prefix: str) -> Iterator[str]:
    yield "| function | slopes |"
    yield "| --- | --- |"
    for name, function in functions:
        found = formulas_of(function)
        if found:
            yield _row(f"{prefix}.{name}", found)


def _row(call: str, formulas: dict[str, str]) -> str:
    slopes = "<br>".join(f"∂/∂{name} = {_cell(text)}" for name, text in formulas.items())
    return f"| `{call}` | {slopes} |"


def _cell(text: str) -> str:
    """Escape what Markdown would read as markup."""
    return "".join(f"\\{x}" if x in "|*_<>[]$`" else x for x in " ".join(text.split()))

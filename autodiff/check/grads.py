"""check_grads: does the engine differentiate a function rightly, once and twice?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.check.numeric import Estimate, numerical_slope, widened
from autodiff.errors import function_place
from autodiff.pytree import flatten
from autodiff.transforms import Argnums, grad

__all__ = ["Comparison", "check_grads", "compared", "tolerance"]

_ROWS_SHOWN = 10


class Comparison(NamedTuple):
    """One entry's slope, as computed and as measured."""

    place: str
    ours: Any
    numeric: Any
    error: float
    allowed: float

    @property
    def agrees(self) -> bool:
        """Whether the two are as close as the measurement is good."""
        return bool(abs(self.ours - self.numeric) <= self.allowed)


def check_grads(
    f: Callable[..., Any],
    *args: Any,
    order: int = 2,
    argnums: Argnums | None = None,
    seed: int = 0,
) -> None:
    """Hold the engine's slopes of f against measured ones (:func:`numerical_slope`).

    A result that isn't one number is projected: its entries are summed with random weights. The
    second order is the same check of the gradient itself, as a function of the same arguments.

    Args:
        f: answers a number, an array or a structure of them.
        args: where to check. Floats are widened to float64, so that rounding hides little.
        order: how many times to differentiate.
        argnums: with respect to which arguments; by default all.
        seed: of the random weights.

    Raises:
        AssertionError: they disagree by more than the measurement's own error; with a table.

    >>> import numpy as np, autodiff as ad
    >>> ad.check_grads(np.tanh, np.array([0.5, -1.0]))
    """
    args = tuple(map(widened, args))
    positions = _positions(argnums, len(args))
    draw = np.random.default_rng(seed)
    scalar = _projected(f, args, draw)
    for level in range(1, order + 1):
        slope = grad(scalar, positions)
        ours = slope(*args)
        rows = []
        for number, position in enumerate(positions):
            measured = numerical_slope(scalar, *args, argnum=position)
            rows += compared(ours[number], measured, f"argument {position}")
        wrong = [row for row in rows if not row.agrees]
        if wrong:
            raise AssertionError(_table(f, level, wrong, len(rows)))
        if level < order:
            scalar = _projected(slope, args, draw)


def compared(ours: Any, measured: Estimate, name: str) -> list[Comparison]:
    """Pair up the entries of a slope with the measured ones, each with what it may be off by."""
    leaves, names, _ = flatten(ours, name)
    slopes, errors = (flatten(tree, name)[0] for tree in measured)
    rows = []
    for leaf, label, slope, error in zip(leaves, names, slopes, errors, strict=True):
        allowed = np.broadcast_to(tolerance(leaf, slope, error), np.shape(leaf))
        for place in np.ndindex(np.shape(leaf)):
            index = f"[{', '.join(map(str, place))}]" if place else ""
            values = (np.asarray(x)[place].item() for x in (leaf, slope, error, allowed))
            rows.append(Comparison(label + index, *values))
    return rows


def tolerance(ours: Any, slope: Any, error: Any) -> Any:
    """How far apart the two may be: what the measurement may be off by, and our own rounding.

    Rounding is relative to the array's largest entry, of which the others may be differences.
    """
    dtype = np.asarray(ours).dtype
    eps = float(np.finfo(dtype).eps) if dtype.kind in "fc" else float(np.finfo(float).eps)
    largest = np.max(np.abs(slope), initial=0.0)
    return 4 * np.asarray(error) + eps ** (2 / 3) * largest


def _positions(argnums: Argnums | None, given: int) -> Sequence[int]:
    if argnums is None:
        return range(given)
    return (argnums,) if isinstance(argnums, int) else argnums


def _projected(
    f: Callable[..., Any], args: tuple[Any, ...], draw: np.random.Generator
) -> Callable[..., Any]:
    """Make f answer one number: the sum of its results' entries with random weights.

    The weights have few digits, to be the same in every precision.
    """
    leaves, _, _ = flatten(f(*args), "the result")
    weights = [_weights(leaf, draw) for leaf in leaves]

    def scalar(*args: Any) -> Any:
        leaves, _, _ = flatten(f(*args), "the result")
        total: Any = 0.0
        for leaf, weight in zip(leaves, weights, strict=True):
            dtype = getattr(leaf, "dtype", np.dtype(float))
            product = leaf * weight.astype(np.result_type(dtype, np.float16))
            total = total + np.sum(np.real(product) if np.iscomplexobj(product) else product)
        return total

    return scalar


def _weights(leaf: Any, draw: np.random.Generator) -> Any:
    def some() -> Any:
        return draw.choice((-1, 1), np.shape(leaf)) * draw.integers(4, 17, np.shape(leaf)) / 8

    return np.asarray(some() + 1j * some() if np.iscomplexobj(leaf) else some())


def _table(f: Callable[..., Any], level: int, wrong: list[Comparison], total: int) -> str:
    what = "slope" if level == 1 else "second derivative" if level == 2 else f"{level}th derivative"
    worst = sorted(wrong, key=lambda row: -_excess(row))[:_ROWS_SHOWN]
    width = max(len("where"), *(len(row.place) for row in worst))
    lines = [
        f"{function_place(f)}: the {what} isn't as measured in {len(wrong)} of {total} entries.",
        f"  {'where':{width}}  {'autodiff':>24}  {'numeric':>24}  {'its error':>10}",
    ]
    for row in worst:
        error = f"{row.error:.1e}"
        lines.append(f"  {row.place:{width}}  {row.ours!s:>24}  {row.numeric!s:>24}  {error:>10}")
    return "\n".join(lines)


def _excess(row: Comparison) -> float:
    distance = abs(row.ours - row.numeric)
    return float(distance / row.allowed) if row.allowed and np.isfinite(distance) else np.inf

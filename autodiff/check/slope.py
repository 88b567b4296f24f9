"""check_slope: is a slope that was derived by hand right, and if not, what is wrong with it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from autodiff.check.grads import compared, tolerance
from autodiff.check.numeric import numerical_slope, widened
from autodiff.errors import function_place
from autodiff.pytree import flatten
from autodiff.transforms import grad

__all__ = ["Row", "SlopeCheck", "check_slope"]

_ROWS_SHOWN = 5
_SMALL = 12  # a factor p/q is worth naming when p or q is at most this


class Row(NamedTuple):
    """One entry of the slope: three answers to the same question."""

    place: str
    by_hand: Any
    autodiff: Any
    numeric: Any
    error: float


@dataclass(frozen=True, repr=False)
class SlopeCheck:
    """What a check found; its repr is the report.

    Attributes:
        ok: the slope by hand, autodiff's and the measured one agree in every entry.
        verdict: one sentence, with the likely mistake where there is a likely one.
        rows: the entries, those that are furthest apart first; none for a wrong shape.
    """

    ok: bool
    verdict: str
    rows: tuple[Row, ...]

    def __bool__(self) -> bool:
        return self.ok

    def raise_if_wrong(self) -> None:
        """Turn the report into an AssertionError, for a test."""
        if not self.ok:
            raise AssertionError(repr(self))

    def __repr__(self) -> str:
        if not self.rows:
            return self.verdict
        rows = self.rows[:1] if self.ok else self.rows[:_ROWS_SHOWN]
        table = [["worst entry" if self.ok else "entry", "by hand", "autodiff", "numeric"]]
        table += [[r.place, *map(_number, (r.by_hand, r.autodiff, r.numeric))] for r in rows]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])])
            for row in table
        ]
        return "\n".join([self.verdict, *(f"  {line}" for line in lines)])


def check_slope(f: Callable[[Any], Any], slope: Any, x: Any) -> SlopeCheck:
    """Hold a slope derived by hand against autodiff's and against finite differences.

    Args:
        f: a function of x that answers one real number.
        slope: yours: an array or structure like x, or a function of x that gives it.
        x: where: a number, an array, or a structure of them. Narrow floats are widened.

    Raises:
        TypeError: f doesn't answer one real number.
        ValueError: the slope has other keys or another number of arrays than x.

    >>> import numpy as np, autodiff as ad
    >>> x = np.array([1.0, 2.0])
    >>> ad.check_slope(lambda x: np.mean(x ** 2), 2 * x, x)
    wrong in 2 of 2 entries: divide it by 2 and it is right (a mean over 2 entries?)
      entry  by hand  autodiff  numeric
      x[1]         4         2        2
      x[0]         2         1        1
    >>> ad.check_slope(lambda x: np.mean(x ** 2), x, x).ok
    True
    """
    x = widened(x)
    by_hand = slope(x) if callable(slope) else slope
    ours = grad(f)(x)
    measured = numerical_slope(f, x)
    parts = _paired(by_hand, ours, measured)
    shapes = [part.wrong_shape() for part in parts]
    if any(shapes):
        return SlopeCheck(ok=False, verdict="; ".join(filter(None, shapes)), rows=())
    rows = sorted((row for part in parts for row in part.rows()), key=_apart, reverse=True)
    disagreements = [row for row in compared(ours, measured, "x") if not row.agrees]
    if disagreements:
        worst = disagreements[0].place
        verdict = (
            f"no verdict: autodiff and finite differences disagree, at {worst} and "
            f"{len(disagreements) - 1} more. Is there a kink or a jump at x in "
            f"{function_place(f)}, or randomness in it?"
        )
        return SlopeCheck(ok=False, verdict=verdict, rows=tuple(rows))
    wrong = sum(int(np.sum(~part.agrees(part.by_hand))) for part in parts)
    verdict = f"wrong in {wrong} of {len(rows)} entries{_hint(parts)}"
    if not wrong:
        verdict = f"right in all {len(rows)} entries"
    return SlopeCheck(ok=not wrong, verdict=verdict, rows=tuple(rows))


@dataclass(frozen=True)
class _Part:
    """One array of the slope."""

    name: str
    by_hand: Any
    autodiff: Any
    numeric: Any
    error: Any

    def agrees(self, slope: Any) -> Any:
        """Whether a slope of the right shape agrees with autodiff's, entry by entry."""
        allowed = tolerance(slope, self.numeric, self.error)
        return np.abs(slope - self.autodiff) <= allowed + tolerance(self.autodiff, self.numeric, 0)

    def is_right(self, slope: Any) -> bool:
        return slope.shape == self.autodiff.shape and bool(np.all(self.agrees(slope)))

    def rows(self) -> list[Row]:
        arrays = (self.by_hand, self.autodiff, self.numeric, self.error)
        return [
            Row(self.name + _index(place), *(array[place].item() for array in arrays))
            for place in np.ndindex(self.autodiff.shape)
        ]

    def wrong_shape(self) -> str:
        """Say what is wrong with the shape; nothing where it is right."""
        own, shape = self.by_hand.shape, self.autodiff.shape
        if own == shape:
            return ""
        said = f"wrong shape: the slope of {self.name} has its shape {shape}, got {own}"
        if self.is_right(self.by_hand.T):
            return f"{said}: transpose it (.T) and it is right"
        for axis in range(len(own)):
            if self.is_right(np.sum(self.by_hand, axis)):
                return f"{said}: sum it over axis {axis} and it is right"
        if self.by_hand.size == self.autodiff.size and self.is_right(self.by_hand.reshape(shape)):
            return f"{said}: reshape it and it is right"
        return said


def _paired(by_hand: Any, ours: Any, measured: Any) -> list[_Part]:
    leaves, names, _ = flatten(ours, "x")
    own, own_names, _ = flatten(by_hand, "x")
    if names != own_names:
        raise ValueError(
            f"the slope must have the structure of x, {', '.join(names)}; got "
            f"{', '.join(own_names)}. Give one slope for each."
        )
    slopes, errors = (flatten(tree, "x")[0] for tree in measured)
    columns = zip(names, own, leaves, slopes, errors, strict=True)
    return [_Part(name, *map(np.asarray, arrays)) for name, *arrays in columns]


def _index(place: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, place))}]" if place else ""


def _apart(row: Row) -> float:
    distance = float(abs(row.by_hand - row.autodiff))
    return np.inf if np.isnan(distance) else distance


def _number(value: Any) -> str:
    return f"{value:.6g}"


def _hint(parts: list[_Part]) -> str:
    """Name the usual mistakes: a factor, the sign, a transpose."""
    factor = _common_factor(parts)
    if factor is not None:
        return f": {_spelled(factor)}"
    wrong = [part for part in parts if not part.is_right(part.by_hand)]
    if all(part.is_right(part.by_hand.T) for part in wrong):
        return f": transpose {' and '.join(p.name for p in wrong)} (.T) and it is right"
    if len(wrong) < len(parts):
        factor = _common_factor(wrong)
        return f", all in {', '.join(p.name for p in wrong)}" + (
            f": {_spelled(factor)}" if factor is not None else ""
        )
    return ""


def _common_factor(parts: list[_Part]) -> float | None:
    """Find the one number that makes every entry right, if there is one."""
    own = np.concatenate([part.by_hand.ravel() for part in parts])
    true = np.concatenate([part.autodiff.ravel() for part in parts])
    size = float(np.sum(np.abs(own) ** 2))
    if not np.isfinite(size) or size == 0 or np.iscomplexobj(own):
        return None
    factor = float(np.real(np.sum(own * true))) / size
    right = factor != 0 and all(part.is_right(part.by_hand * factor) for part in parts)
    return factor if right else None


def _spelled(factor: float) -> str:
    if np.isclose(factor, -1):
        return "the sign is flipped"
    simple = Fraction(factor).limit_denominator(100_000)
    top, bottom = abs(simple.numerator), simple.denominator
    if min(top, bottom) > _SMALL or not np.isclose(float(simple), factor, rtol=1e-7):
        return f"multiply it by {factor:.6g} and it is right"
    sign = "-" if factor < 0 else ""
    if bottom == 1:
        return f"multiply it by {sign}{top} and it is right"
    if top == 1:
        mean = f" (a mean over {bottom} entries?)" if bottom > 1 else ""
        return f"divide it by {sign}{bottom} and it is right{mean}"
    return f"multiply it by {sign}{top}/{bottom} and it is right"

"""A point in the space of all arguments, and the lines through it.

Along an axis, a line shows one entry's slope. A function of a million entries is looked at along a
few random directions instead, which no error escapes: it would have to be at a right angle to all
of them. Where one shows a disagreement, halving the set of entries that move leads to the worst.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.check.numeric import real_number
from autodiff.check.richardson import Line, central_slope
from autodiff.pytree import flatten

__all__ = ["Point", "along"]


class Point:
    """Where a scalar function is checked: the chosen arguments as one long row of entries."""

    def __init__(
        self,
        f: Callable[..., Any],
        args: Sequence[Any],
        positions: Sequence[int],
        names: Sequence[str],
    ) -> None:
        self.f, self.args, self.positions, self.arguments = f, list(args), positions, names
        self.leaves: list[Any] = []
        self.names: list[str] = []
        self._parts: list[tuple[int, Any]] = []
        for position, name in zip(positions, names, strict=True):
            leaves, labels, rebuild = flatten(args[position], name)
            self.leaves += [_floating(leaf) for leaf in leaves]
            self.names += labels
            self._parts.append((len(leaves), rebuild))
        self.sizes = [leaf.size for leaf in self.leaves]
        self.size = sum(self.sizes)

    def where(self, entry: int) -> tuple[int, tuple[int, ...]]:
        """Tell which leaf an entry of the row is in, and its index there."""
        for number, leaf in enumerate(self.leaves):
            if entry < leaf.size:
                return number, tuple(int(i) for i in np.unravel_index(entry, leaf.shape))
            entry -= leaf.size
        raise IndexError(f"expected an entry below {self.size}, got one {entry} beyond")

    def line(self, directions: Sequence[Any]) -> Line:
        """Look at f along a direction: one array per leaf."""

        def f_at(step: complex) -> Any:
            moved = [
                (leaf + step * direction)[()]
                for leaf, direction in zip(self.leaves, directions, strict=True)
            ]
            with np.errstate(all="ignore"):
                return real_number(self.f, *self._with(moved))

        return f_at

    def axis(self, entry: int, unit: complex = 1) -> Line:
        """Look at f along one entry, or sideways along its imaginary part (unit 1j)."""
        number, place = self.where(entry)
        directions: list[Any] = [0.0] * len(self.leaves)
        one = np.zeros_like(self.leaves[number])
        one[place] = unit
        directions[number] = one
        return self.line(directions)

    def axes(self, entry: int) -> tuple[Line, ...]:
        """Give the line of an entry; for a complex one, those of both its parts."""
        number, _ = self.where(entry)
        units = (1, 1j) if np.iscomplexobj(self.leaves[number]) else (1,)
        return tuple(self.axis(entry, unit) for unit in units)

    def nearby(self, share: float, draw: np.random.Generator) -> list[Any]:
        """Give f's arguments with every entry moved by a tiny share of itself."""
        moved = [leaf * (1 + share * draw.choice((-1, 1), leaf.shape)) for leaf in self.leaves]
        pairs = zip(moved, self.leaves, strict=True)
        return self._with([new.astype(leaf.dtype)[()] for new, leaf in pairs])

    def measured(self, directions: Sequence[Any]) -> tuple[float, float]:
        """Measure the slope along a direction, with its error."""
        slope, error = central_slope(self.line(directions))
        return float(slope), error

    def measured_entry(self, entry: int) -> tuple[Any, float]:
        """Measure the slope of one entry: for a complex one, ``d/dRe + 1j * d/dIm``."""
        number, place = self.where(entry)
        x = self.leaves[number][place]
        slope, error = central_slope(self.axis(entry), x)
        if np.iscomplexobj(x):
            sideways, more = central_slope(self.axis(entry, 1j), x)
            return complex(slope, sideways), error + more
        return float(slope), error

    def random_direction(self, draw: np.random.Generator) -> list[Any]:
        """Draw a direction in which every entry moves, by no more than 1."""

        def some(leaf: Any) -> Any:
            return draw.choice((-1.0, 1.0), leaf.shape) * draw.uniform(0.5, 1, leaf.shape)

        return [
            some(leaf) + 1j * some(leaf) if np.iscomplexobj(leaf) else some(leaf)
            for leaf in self.leaves
        ]

    def worst_entry(self, directions: Sequence[Any], claimed: Sequence[Any]) -> int:
        """Follow a disagreement to one entry, by halving what moves."""
        low, high = 0, self.size
        while high - low > 1:
            middle = (low + high) // 2
            first = self._disagreement(directions, claimed, low, middle)
            second = self._disagreement(directions, claimed, middle, high)
            low, high = (low, middle) if first >= second else (middle, high)
        return low

    def _disagreement(
        self, directions: Sequence[Any], claimed: Sequence[Any], low: int, high: int
    ) -> float:
        """Say how far the claimed slopes are off, where only the entries low to high move."""
        kept, start = [], 0
        for direction in directions:
            positions = np.arange(start, start + direction.size).reshape(direction.shape)
            kept.append(np.where((positions >= low) & (positions < high), direction, 0))
            start += direction.size
        slope, _ = self.measured(kept)
        apart = abs(slope - along(claimed, kept))
        return apart if np.isfinite(apart) else np.inf

    def _with(self, leaves: list[Any]) -> list[Any]:
        given, start = self.args.copy(), 0
        for position, (count, rebuild) in zip(self.positions, self._parts, strict=True):
            given[position] = rebuild(leaves[start : start + count])
            start += count
        return given


def along(slopes: Sequence[Any], directions: Sequence[Any]) -> float:
    """Add up what slopes say about a direction."""
    pairs = zip(slopes, directions, strict=True)
    return float(sum(np.sum(np.real(np.conj(slope) * d)) for slope, d in pairs))


def _floating(leaf: Any) -> Any:
    array = np.asarray(leaf)
    return array if array.dtype.kind in "fc" else array.astype(np.float64)

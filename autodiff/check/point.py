"""A point in the space of all arguments, and the lines through it.

Along an axis, a line has one entry's slope. A function of many entries is measured along a few
random directions instead, which miss an error only if it is orthogonal to all of them. If one
disagrees, the worst entry is found by halving the set of entries that move.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.check.finite_differences import Line, central_slope
from autodiff.check.numeric import floating, value_nearby
from autodiff.core.typing import Array, Function
from autodiff.transforms.pytree import Structure, flatten

__all__ = ["Point", "along"]


class Point:
    """The point at which a scalar function is checked: the chosen arguments as a row of entries."""

    def __init__(
        self,
        f: Function,
        args: Sequence[Any],
        positions: Sequence[int],
        names: Sequence[str],
    ) -> None:
        self.f, self.args, self.positions, self.arguments = f, list(args), positions, names
        self.leaves: list[Array] = []
        self.names: list[str] = []
        self._arrays: list[bool] = []  # which are arrays to f; others are numbers
        self._parts: list[tuple[int, Structure]] = []
        for position, name in zip(positions, names, strict=True):
            leaves, labels, rebuild = flatten(args[position], name)
            self.leaves += [np.asarray(floating(leaf)) for leaf in leaves]
            self._arrays += [isinstance(leaf, np.ndarray) for leaf in leaves]
            self.names += labels
            self._parts.append((len(leaves), rebuild))
        self.sizes = [leaf.size for leaf in self.leaves]
        self.size = sum(self.sizes)

    def where(self, entry: int) -> tuple[int, tuple[int, ...]]:
        """Return the number of the leaf that contains an entry, and its index there."""
        for number, leaf in enumerate(self.leaves):
            if entry < leaf.size:
                return number, tuple(int(i) for i in np.unravel_index(entry, leaf.shape))
            entry -= leaf.size
        raise IndexError(
            f"expected an entry below {self.size}, got one {entry} beyond. Pass the place of an "
            f"entry."
        )

    def line(self, directions: Sequence[Array]) -> Line:
        """Return f as a function of the step along a direction, one array per leaf."""

        def f_at(step: complex) -> Array:
            moved = [
                leaf + step * direction
                for leaf, direction in zip(self.leaves, directions, strict=True)
            ]
            with np.errstate(all="ignore"):
                return value_nearby(self.f, step, *self._with(moved))

        return f_at

    def axis(self, entry: int, unit: complex = 1) -> Line:
        """Return the line along one entry, or along its imaginary part (unit 1j)."""
        number, place = self.where(entry)
        directions: list[Array] = [0.0] * len(self.leaves)
        one = np.zeros_like(self.leaves[number])
        one[place] = unit
        directions[number] = one
        return self.line(directions)

    def axes(self, entry: int) -> tuple[Line, ...]:
        """Return the line along an entry; for a complex one, those along both its parts."""
        number, _ = self.where(entry)
        units = (1, 1j) if np.iscomplexobj(self.leaves[number]) else (1,)
        return tuple(self.axis(entry, unit) for unit in units)

    def nearby(self, share: float, draw: np.random.Generator) -> list[Any]:
        """Return f's arguments with every entry moved by a relative ``share``."""
        moved = [leaf * (1 + share * draw.choice((-1, 1), leaf.shape)) for leaf in self.leaves]
        pairs = zip(moved, self.leaves, strict=True)
        return self._with([new.astype(leaf.dtype) for new, leaf in pairs])

    def moved_by(self, factors: Sequence[Array]) -> list[Any]:
        """Return f's arguments with every entry multiplied by its factor."""
        pairs = zip(self.leaves, factors, strict=True)
        return self._with([(leaf * one).astype(leaf.dtype) for leaf, one in pairs])

    def measured(self, directions: Sequence[Array]) -> tuple[float, float]:
        """Measure the slope along a direction, with its error."""
        slope, error = central_slope(self.line(directions))
        return float(slope), error

    def measured_entry(self, entry: int) -> tuple[Array, float]:
        """Measure the slope of one entry: for a complex one, ``d/dRe + 1j * d/dIm``."""
        number, place = self.where(entry)
        x = self.leaves[number][place]
        slope, error = central_slope(self.axis(entry), x)
        if np.iscomplexobj(x):
            sideways, more = central_slope(self.axis(entry, 1j), x)
            return complex(slope, sideways), error + more
        return float(slope), error

    def random_direction(self, draw: np.random.Generator) -> list[Array]:
        """Draw a direction in which every entry moves, by no more than 1."""

        def some(leaf: Array) -> Array:
            return draw.choice((-1.0, 1.0), leaf.shape) * draw.uniform(0.5, 1, leaf.shape)

        return [
            some(leaf) + 1j * some(leaf) if np.iscomplexobj(leaf) else some(leaf)
            for leaf in self.leaves
        ]

    def worst_entry(self, directions: Sequence[Array], claimed: Sequence[Array]) -> int:
        """Return the entry with the largest disagreement, by bisection."""
        low, high = 0, self.size
        while high - low > 1:
            middle = (low + high) // 2
            first = self._disagreement(directions, claimed, low, middle)
            second = self._disagreement(directions, claimed, middle, high)
            low, high = (low, middle) if first >= second else (middle, high)
        return low

    def _disagreement(
        self, directions: Sequence[Array], claimed: Sequence[Array], low: int, high: int
    ) -> float:
        """Return the error of the claimed slopes, where only the entries low to high move."""
        kept, start = [], 0
        for direction in directions:
            positions = np.arange(start, start + direction.size).reshape(direction.shape)
            kept.append(np.where((positions >= low) & (positions < high), direction, 0))
            start += direction.size
        slope, _ = self.measured(kept)
        apart = abs(slope - along(claimed, kept))
        return apart if np.isfinite(apart) else np.inf

    def _with(self, leaves: list[Array]) -> list[Any]:
        args, start = self.args.copy(), 0
        pairs = zip(leaves, self._arrays, strict=True)
        leaves = [np.asarray(leaf) if is_array else leaf[()] for leaf, is_array in pairs]
        for position, (count, rebuild) in zip(self.positions, self._parts, strict=True):
            args[position] = rebuild(leaves[start : start + count])
            start += count
        return args


def along(slopes: Sequence[Array], directions: Sequence[Array]) -> float:
    """Return the slope along a direction."""
    pairs = zip(slopes, directions, strict=True)
    return float(sum(np.sum(np.real(np.conj(slope) * d)) for slope, d in pairs))

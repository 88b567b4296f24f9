"""A slope computed three ways: by hand, by automatic differentiation, and by nudging.

By hand: a formula derived with pen and paper. By autodiff: `ad.grad`, which applies the chain rule
to the code itself. By nudging (finite differences): change one weight a little, measure by how much
the result changes, and divide; it needs no calculus at all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import autodiff as ad

TOLERANCE = 1e-6  # of the largest slope; nudging can't be much more exact
NUDGE = 1e-6


@dataclass(frozen=True)
class Slopes:
    """The same slope computed three ways, each in the structure of the weights."""

    by_hand: Any
    by_autodiff: Any
    by_nudging: Any

    @property
    def gap(self) -> float:
        """The largest difference from the slope by hand, relative to its largest entry."""
        hand, autodiff, nudging = map(_flat, (self.by_hand, self.by_autodiff, self.by_nudging))
        if not hand.shape == autodiff.shape == nudging.shape:
            return float("inf")
        distance = np.max(np.abs([autodiff - hand, nudging - hand]))
        return float(distance / max(np.max(np.abs(hand)), 1e-12))

    @property
    def steepest(self) -> tuple[float, float, float]:
        """The steepest entry of the slope, computed each way."""
        ways = [_flat(way) for way in (self.by_hand, self.by_autodiff, self.by_nudging)]
        place = np.argmax(np.abs(ways[0]))
        by_hand, by_autodiff, by_nudging = (float(way[place]) for way in ways)
        return by_hand, by_autodiff, by_nudging

    @property
    def agree(self) -> bool:
        """Whether all three are equal within the accuracy of nudging."""
        return self.gap <= TOLERANCE

    @property
    def verdict(self) -> str:
        """Whether they agree, in words."""
        if self.agree:
            return "all three agree"
        return f"THEY DISAGREE by {self.gap:.1e} of the largest slope"

    def __str__(self) -> str:
        rows = {
            "by hand": self.by_hand,
            "by autodiff": self.by_autodiff,
            "by nudging": self.by_nudging,
        }
        return "\n".join(f"  slope {way:12} {in_short(slope)}" for way, slope in rows.items())


def three_ways(function: Callable[[Any], Any], weights: Any, by_hand: Any) -> Slopes:
    """Compute the slope of a function of the weights by autodiff and by nudging.

    Args:
        function: returns one number.
        weights: a number, an array, or a dict of arrays or of lists.
        by_hand: the slope derived by hand, in the same structure.
    """
    return Slopes(by_hand, ad.grad(function)(weights), nudge(function, weights))


def nudge(function: Callable[[Any], Any], weights: Any) -> Any:
    """Measure the slope by moving each weight a little up and down."""
    if isinstance(weights, dict):
        return {name: nudge(_of_part(function, weights, name), weights[name]) for name in weights}
    weights = np.asarray(weights, float)
    slope = np.zeros_like(weights)
    for place in np.ndindex(weights.shape):
        step = np.zeros_like(weights)
        step[place] = NUDGE
        slope[place] = (function(weights + step) - function(weights - step)) / (2 * NUDGE)
    return slope


def _of_part(function: Callable[[Any], Any], weights: Any, name: str) -> Callable[[Any], Any]:
    return lambda part: function({**weights, name: part})


def in_short(value: Any) -> str:
    """Write a number, an array or a dict of them with a few digits."""
    if isinstance(value, dict):
        return "  ".join(f"{name} {in_short(part)}" for name, part in value.items())
    array = np.asarray(value, float)
    if array.ndim == 0:
        return f"{array + 0.0:.4g}"
    shown = [in_short(part) for part in array[:5]]
    return f"[{' '.join(shown)}{' ...' if len(array) > 5 else ''}]"


def _flat(value: Any) -> np.ndarray:
    return np.concatenate(list(_arrays(value)))


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, dict):
        for name in sorted(value):
            yield from _arrays(value[name])
    else:
        yield np.ravel(np.asarray(value, float))

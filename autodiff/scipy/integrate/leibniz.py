"""Leibniz' rule: slopes of an integral between two limits.

The slope of the integral of f(x, θ) from a to b is f(b) in b, -f(a) in a, and the integral of ∂f/∂θ
in θ.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called, as_array
from autodiff.scipy.solved import Solved
from autodiff.transforms.closures import Rerun
from autodiff.transforms.opaque import is_smooth
from autodiff.transforms.ravel import ravel
from autodiff.transforms.slots import emptied, filled

__all__ = ["Leibniz", "between"]


class Leibniz(Solved):
    """An integral between two limits, whose slopes follow Leibniz' rule.

    Args:
        name: that of SciPy's function.
        value: the integral.
        limits: the two, of which some may be traced.
        called: the integrand as SciPy called it.
        integrate: returns the integral of a function that returns a vector, between two limits.
    """

    def __init__(
        self,
        name: str,
        value: Array,
        limits: tuple[Array, Array],
        called: Called,
        integrate: Callable[[Function, Array, Array], Sequence[Array]],
    ) -> None:
        super().__init__(name, (np.asarray(value)[()],), called.closed)
        self.called = called
        self.integrate = integrate
        self.limits, self.traced = emptied(limits)

    def slopes(
        self,
        cotangents: Sequence[Array],
        own: Sequence[Array],
        results: Sequence[Array],
        *,
        record: bool,
    ) -> Iterable[Array]:
        """Return the cotangents of the limits, and integrals for all other values."""
        del results
        (g,) = cotangents
        count = len(self.traced)
        limits, more = filled(self.limits, own), own[count:]
        moved = zip((-1.0, 1.0), self.limits, limits, strict=True)
        at_limits = [sign * self._at(x, g, more) for sign, slot, x in moved if slot is not x]
        smooth = [slope for slope, x in zip(at_limits, own, strict=False) if is_smooth(x)]
        return [*smooth, *self._inside(g, limits, more, record)]

    def _at(self, x: Array, g: Array, more: Sequence[Array]) -> Array:
        """Return the integrand at a limit, multiplied by the cotangent."""
        if np.isinf(peek(x)):
            return np.zeros_like(peek(x))
        return np.sum(g * as_array(self.called.function(x, *self.called.filled(more))))

    def _inside(
        self, g: Array, limits: tuple[Array, Array], more: Sequence[Array], record: bool
    ) -> list[Array]:
        """Return the integrals of the cotangents of the integrand's values."""
        if not self.closed and not any(map(is_smooth, more)):
            return []
        scale = float(np.max(np.abs(peek(g)), initial=0.0)) or 1.0  # tolerances are for size 1

        def values(x: Array, *more: Array) -> tuple[Array, ...]:
            return (as_array(self.called.function(x, *self.called.filled(more))),)

        def slopes(x: Array) -> tuple[Array, Function]:
            moved = [x] if isinstance(x, Tensor) else []  # an own start: it isn't closed over
            function = values if moved else functools.partial(values, x)
            rerun = Rerun(self.__name__, self.closed, function, [*moved, *more])
            return ravel(rerun.pulled_back([g / scale], record)[len(moved) :])

        unravel = slopes(between(*map(peek, limits)))[1]

        def integrand(x: Array) -> Array:
            vector = slopes(x)[0]
            return vector if record else peek(vector)

        totals = self.integrate(integrand, *limits)
        return [scale * slope for slope in unravel(as_array(list(totals)))]


def between(a: float, b: float) -> float:
    """Return a point between two limits, which may be infinite."""
    low, high = min(a, b), max(a, b)
    return (max(low, min(high - 1, 0.0)) + min(high, max(low + 1, 0.0))) / 2

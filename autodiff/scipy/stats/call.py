"""One call of a distribution's method: its arguments, apart, and slopes through its formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import scipy.stats

from autodiff.core.typing import Array, Function
from autodiff.rules.finite import where_finite
from autodiff.scipy.stats.family import Family
from autodiff.scipy.stats.formulas import formula_slopes
from autodiff.scipy.stats.signature import Signature

__all__ = ["MethodCall", "finite", "tail_formula"]

Run: TypeAlias = Callable[[Signature, str, Sequence[Any]], Any]


def tail_formula(family: Family, wanted: str = "") -> str | None:
    """Return which formula of the distribution function a family has; the wanted one, if it does.

    Args:
        family: of the distribution.
        wanted: a method, or empty.
    """
    names = (wanted, "cdf", "logcdf", "logsf")
    return next((name for name in names if getattr(family, name, None)), None)


def _in_floats(x: Array) -> Array:
    """Return integers, and Python numbers, in float64, in which formulas have all digits."""
    if type(x) in (int, float):
        return np.float64(x)
    is_whole = isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "biu"
    return x.astype(np.float64) if is_whole else x


class MethodCall:
    """The arguments of one call, apart.

    Args:
        signature: of the distribution.
        method: its name.
        values: x, or 0 where the method has none; the shapes; loc and scale, or neither.
        traced: the positions of the values whose slopes are wanted.
        run: computes another method of traced values.
    """

    def __init__(
        self,
        signature: Signature,
        method: str,
        values: Sequence[Array],
        traced: Sequence[int],
        run: Run,
    ) -> None:
        self.signature, self.family, self.method = signature, signature.family, method
        values = [_in_floats(x) for x in values]
        self.values, self.run = values, run
        count = len(signature.shapes)
        self.x, self.shapes = values[0], values[1 : count + 1]
        self.loc = values[count + 1] if len(values) > count + 1 else None
        self.scale = values[count + 2] if len(values) > count + 2 else None
        self.wanted_shapes = [i for i in traced if 1 <= i <= count]
        is_smooth = len(self.wanted_shapes) < len(traced)
        self.wants_x = is_smooth and not signature.is_discrete

    def standard(self, x: Array) -> Array:
        """Return (x - loc) / scale, of a finite x."""
        x = finite(x)
        return self.per_scale(x if self.loc is None else x - self.loc)

    def per_scale(self, slope: Array) -> Array:
        """Divide by the scale."""
        return slope if self.scale is None else slope / self.scale

    def times_scale(self, slope: Array, power: int = 1) -> Array:
        """Multiply by a power of the scale."""
        return slope if self.scale is None else slope * self.scale**power

    def other(self, method: str, x: Array) -> Array:
        """Return the result of another method with the same parameters."""
        return self.run(self.signature, method, (x, *self.values[1:]))

    def of_mass(self, g: Array) -> list[Array]:
        """Return the slopes of a probability in the shapes."""
        mass: Any = self.family.mass
        arguments = (self.standard(self.x), *self.shapes)
        return formula_slopes(mass, arguments, self.wanted_shapes, where_finite(g, self.x))[1:]

    def of_tail(self, x: Array, y: Array, g: Array, known: str, divisor: Array) -> list[Array]:
        """Return the slopes of F / exp(divisor) in the shapes, with the divisor held constant.

        Args:
            x: where; the same as y, but with loc and scale.
            y: where, inside of the support.
            g: the cotangent, 0 outside.
            known: the method of which the divisor is a value, or empty.
            divisor: a logarithm.
        """
        name = tail_formula(self.family, known)
        if name is None or not self.wanted_shapes:
            return [0.0] * len(self.shapes)
        at_end = self._at_fixed_end(y)
        g, y = np.where(at_end, 0.0, g), np.where(at_end, self.family.inner, y)
        if name != known:
            if self.signature.is_discrete:  # y is whole, and x - loc may be rounded to less
                of_x: tuple[Array, ...] = (y, *self.shapes)
            else:
                of_x = (x, *self.values[1:])
            logarithm = 0.0 if name == "cdf" else self.run(self.signature, name, of_x)
            g = where_finite(g, logarithm) * np.exp(finite(logarithm) - divisor)
            y = where_finite(y, logarithm, otherwise=self.family.inner)
        if name == "logsf":
            g = -g
        formula = getattr(self.family, name)
        return formula_slopes(formula, (y, *self.shapes), self.wanted_shapes, g)[1:]

    def _at_fixed_end(self, y: Array) -> Array:
        """Return where y is an end of the support that no shape moves."""
        library = self.signature.library
        if self.signature.is_discrete or _moves_its_ends(library):
            return np.False_
        return (y == library.a) | (y == library.b)

    def is_certain(self, x: Array) -> Array:
        """Return where a discrete distribution function is 0 or 1, whatever the shapes are."""
        low, high = self.signature.library._get_support(*self.shapes)
        k = self.standard(x)
        return (k < low) | (k >= high) | np.isinf(x)

    def of_ends(self, z: Array, g: Array) -> list[Array]:
        """Return the slopes in the shapes of a quantile that is an end of the support, else 0."""
        slopes: list[Array] = [0.0] * len(self.shapes)
        for end, is_end in self._moving_ends(z):
            moved = self._of_end(end, is_end, self.times_scale(g))
            slopes = [slope + more for slope, more in zip(slopes, moved, strict=True)]
        return slopes

    def at_end(self, z: Array) -> Array:
        """Return where a quantile is an end of the support."""
        found = self._at_fixed_end(self.standard(z))
        for _, is_end in self._moving_ends(z):
            found = found | is_end
        return found

    def _moving_ends(self, z: Array) -> list[tuple[Function, Array]]:
        """Return the ends that the shapes move, and where a quantile is each of them."""
        ends = (self.family.low, 0), (self.family.high, 1)
        return [
            (end, (self.x == (p if self.method == "ppf" else 1 - p)) & np.isfinite(z))
            for end, p in ends
            if end is not None
        ]

    def _of_end(self, end: Function, is_end: Array, g: Array) -> list[Array]:
        def formula(_: Array, *shapes: Array) -> Array:
            return end(*(np.where(is_end, shape, 1.0) for shape in shapes))

        g = np.where(is_end, g, 0.0)
        return formula_slopes(formula, (0.0, *self.shapes), self.wanted_shapes, g)[1:]

    def ordered(
        self, dx: Array, of_shapes: list[Array], of_loc: Array, of_scale: Array
    ) -> list[Array]:
        """Return the slopes in the order of the arguments."""
        return [dx, *of_shapes, of_loc, of_scale][: len(self.values)]


def _moves_its_ends(library: Any) -> bool:
    """Return whether the ends of a distribution's support are functions of its shapes."""
    return type(library)._get_support is not scipy.stats.rv_continuous._get_support


def finite(z: Array) -> Array:
    """Return finite numbers, with 0 for infinite ones."""
    return where_finite(z, z)

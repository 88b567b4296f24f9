"""Distributions of vectors and matrices: values from SciPy, slopes from formulas."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from autodiff.core.lift import as_operand, is_traced
from autodiff.core.primitive import Primitive, derivative, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Function
from autodiff.rules.finite import where_finite
from autodiff.scipy.stats.covariances import as_values
from autodiff.scipy.stats.distribution import Distribution, Frozen
from autodiff.scipy.stats.formulas import formula_slopes

__all__ = ["joint"]

_LOGARITHM = {"pdf": "logpdf", "pmf": "logpmf"}  # whose formula is the other's


class Joint(Distribution):
    """A distribution of vectors or matrices."""

    def _frozen(self, args: tuple[Any, ...], kwds: dict[str, Any]) -> Frozen:
        return FrozenJoint(self, args, kwds)


class FrozenJoint(Frozen):
    """A distribution of vectors or matrices with fixed parameters.

    SciPy's takes parameters that not all of its methods have: a seed, the accuracy of ``cdf``.
    """

    def __getattr__(self, name: str) -> Any:
        """Return a parameter, or a method with the parameters filled in."""
        if (
            name.startswith("_")
            or name in self.dist.methods
            or hasattr(self.dist.library, name)
            or not is_traced((self.args, self.kwds))
        ):
            return super().__getattr__(name)
        known = self._parameters()
        if name not in known:
            raise AttributeError(
                f"{self.dist.__name__} with traced parameters has no {name}, only those that it "
                f"was given: {', '.join(known)}. Compute it from these."
            )
        return as_operand(known[name])

    def _parameters(self) -> dict[str, Any]:
        """Return the parameters that were given, by name."""
        known = dict(self.dist.parameters.bind(*self.args, **self.kwds).arguments)
        known |= known.pop("kwds", {})
        return known

    def _call(self, name: str, method: Function, args: Any, kwds: dict[str, Any]) -> Any:
        if not is_traced((self.args, self.kwds, args, kwds)):
            return getattr(self._plain, name)(*args, **kwds)
        known = self._parameters()
        known |= dict.fromkeys(("rng", "random_state"), known.pop("seed", None))
        taken = inspect.signature(method).parameters
        own = {key: value for key, value in known.items() if key in taken}
        return method(*args, **{**own, **kwds})


def joint(
    name: str,
    library: Any,
    formulas: Mapping[str, Function],
    more: Mapping[str, Function],
) -> Distribution:
    """Return a distribution whose methods have slopes.

    Args:
        name: its name.
        library: SciPy's distribution.
        formulas: by method, functions of all its arguments, up to terms without any; that of
            ``logpdf`` is also used for ``pdf``.
        more: by method, functions of traced values.
    """
    plain = {short: long for short, long in _LOGARITHM.items() if long in formulas}
    methods = {
        method: _method(name, library, method, formulas[plain.get(method, method)])
        for method in (*formulas, *plain)
    }
    return Joint(library, name, {**methods, **more}, inspect.signature(library.__call__))


def _method(name: str, library: Any, method: str, formula: Function) -> Function:
    function = getattr(library, method)
    signature = inspect.signature(function)

    def existing(*values: Array) -> Array:
        """Return the result, which SciPy's invwishart has for large df alone."""
        z = function(*values)
        if z is None:
            raise ValueError(
                f"{name}.{method} doesn't exist for these parameters. Pass more degrees of freedom."
            )
        return z

    @cache
    def operation(traced: tuple[int, ...]) -> Primitive:
        found = primitive(existing)
        found.name = f"{name}.{method}"

        def slopes(g: Array, z: Array, *values: Array) -> list[Array]:
            weight = where_finite(g, z) * (where_finite(z, z) if method in _LOGARITHM else 1.0)
            return formula_slopes(
                lambda *values: np.reshape(formula(*values), np.shape(z)), values, traced, weight
            )

        return derivative(found, values=slopes)

    def of_traced(*args: Any, **kwds: Any) -> Array:
        bound = signature.bind(*args, **kwds)
        bound.apply_defaults()
        operands = tuple(as_operand(as_values(value)) for value in bound.arguments.values())
        traced = (
            i for i, x in enumerate(operands) if isinstance(x, Tensor) and x.dtype.kind == "f"
        )
        return operation(tuple(traced)).apply(operands, {})

    return of_traced

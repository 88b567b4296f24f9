"""Opaque operations: a whole function that is recorded as one operation of the graph.

There are four kinds: ``checkpoint`` discards intermediate values (``checkpoint.py``), a function
that needs plain numbers runs on them at each call (``boxed.py``), a jitted function runs its
program, and a solver of SciPy calls a user's function (``autodiff/scipy/solved.py``). Most slopes
are computed by running the function again on traced values.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Any

import numpy as np

from autodiff.core.cotangents import conjugated
from autodiff.core.primitive import constant, derivative, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.transforms.gradients import Pullback, stop_gradient

__all__ = ["Opaque", "is_opaque", "is_smooth", "pulled_back", "record"]


class Opaque(ABC):
    """A function of its traced arguments, which readers of the graph show as one operation.

    Attributes:
        __name__: its name in pictures and generated code.
        is_readable: whether its slopes are a formula of its values, which derivations show.
    """

    __name__: str
    is_readable = True

    def __call__(self, *values: Array) -> Array | tuple[Array, ...]:
        """Return the result of plain values; a tuple of several results."""
        return _alone(self.run(*values))

    def __repr__(self) -> str:
        return f"<opaque {self.__name__}>"

    @abstractmethod
    def run(self, *values: Array) -> tuple[Array, ...]:
        """Return the results of plain values, as arrays."""

    @abstractmethod
    def pull_back(
        self,
        cotangents: Sequence[Array],
        values: Sequence[Array],
        results: Sequence[Array],
        wanted: Sequence[bool],
    ) -> Iterable[Array]:
        """Return the cotangents of the wanted values; None where no used result depends on one.

        Args:
            cotangents: those of the smooth results; see ``is_absent`` for those of unused ones.
            values: what the function was run on, which may be traced.
            results: its results, traced where the values are.
            wanted: for each value, whether its cotangent is; only those of smooth ones are.
        """


def pulled_back(
    function: Callable[..., tuple[Array, ...]],
    cotangents: Sequence[Array],
    values: Sequence[Array],
    wanted: Sequence[bool] | None = None,
    used: Sequence[bool] | None = None,
) -> tuple[Array, ...]:
    """Run a function again, and return the cotangents of some of its smooth arguments.

    Args:
        function: returns a tuple.
        cotangents: one for each smooth result that is used.
        values: its arguments.
        wanted: for each argument, whether its cotangent is; by default those of all smooth ones.
        used: for each smooth result, whether something was computed from it. Then the cotangent of
            an argument on which no such result depends is None. By default all are, and it is
            zeros.
    """
    wanted = list(map(is_smooth, values)) if wanted is None else wanted
    places = [i for i, is_wanted in enumerate(wanted) if is_wanted]
    if not places:
        return ()

    def of_wanted(*chosen: Array) -> tuple[Array, ...]:
        arguments = list(values)
        for i, value in zip(places, chosen, strict=True):
            arguments[i] = value
        smooth = filter(is_smooth, function(*arguments))
        return tuple(smooth if used is None else compress(smooth, used))

    pullback = Pullback(of_wanted, tuple(values[i] for i in places))
    slopes = pullback(list(map(conjugated, cotangents)), zeros=used is None)
    return tuple(None if slope is None else _conjugated(slope) for slope in slopes)


def is_smooth(value: Array) -> bool:
    """Return whether a value has a slope: it is real or complex."""
    return isinstance(value, (Tensor, np.ndarray, np.generic, float, complex)) and (
        np.dtype(getattr(value, "dtype", type(value))).kind in "fc"
    )


def _conjugated(slope: Array) -> Array:
    return conjugated(slope if hasattr(slope, "dtype") else np.asarray(slope)[()])


def record(call: Opaque, values: Sequence[Array]) -> tuple[Array, ...]:
    """Run an opaque function, record it as one operation, and return its results as Tensors.

    No slope passes through those that have none: comparisons, integers.
    """
    operation = opaque if any(map(is_smooth, values)) else opaque_constant
    results = _as_tuple(operation.apply(tuple(values), {"call": call}))
    if operation is opaque_constant or all(map(is_smooth, results)):
        return results
    return tuple(result if is_smooth(result) else stop_gradient(result) for result in results)


@primitive
def opaque(*values: Array, call: Opaque) -> Array | tuple[Array, ...]:
    """Run an opaque function."""
    return call(*values)


@primitive
def opaque_constant(*values: Array, call: Opaque) -> Array | tuple[Array, ...]:
    """Run an opaque function of values that have no slope."""
    return call(*values)


def _slopes(
    g: Array | tuple[Array, ...],
    z: Array | tuple[Array, ...],
    *values: Array,
    call: Opaque,
    wanted: Sequence[bool],
) -> list[Array]:
    results = _as_tuple(z)
    cotangents = [c for c, r in zip(_as_tuple(g), results, strict=True) if is_smooth(r)]
    wanted = [is_wanted and is_smooth(x) for is_wanted, x in zip(wanted, values, strict=True)]
    found = iter(call.pull_back(cotangents, values, results, wanted))
    return [next(found) if is_wanted else None for is_wanted in wanted]


def is_opaque(primitive: Any) -> bool:
    """Return whether an operation is an opaque function, which is its option ``call``."""
    return primitive is opaque or primitive is opaque_constant


def _alone(results: tuple[Array, ...]) -> Array | tuple[Array, ...]:
    """Return a single result without its tuple, so that it is no part of another value."""
    return results[0] if len(results) == 1 else results


def _as_tuple(results: Array | tuple[Array, ...]) -> tuple[Array, ...]:
    return results if type(results) is tuple else (results,)


derivative(opaque, values=_slopes)
constant(opaque_constant)

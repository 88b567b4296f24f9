"""A jitted function inside a trace: one operation, whose slopes are jitted too."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.cotangents import to_user
from autodiff.jit.arguments import Call
from autodiff.primitive import derivative, primitive
from autodiff.pytree import flatten
from autodiff.tensor import Tensor
from autodiff.transforms import vjp

if TYPE_CHECKING:
    from autodiff.jit.jitted import Jitted

__all__ = ["as_one_operation"]


class Flat:
    """A jitted function as one of its inputs alone, which answers a tuple of arrays.

    The jitted function keeps it, and is referred to weakly: both are freed as soon as dropped.

    Attributes:
        has_effects: whether another run may answer something else, or changes something again.
    """

    def __init__(self, jitted: Jitted, call: Call) -> None:
        from autodiff.jit.jitted import jit

        self.call = replace(call, leaves=[])  # they hold on to a graph
        self._function, self._jitted = jitted.f, weakref.ref(jitted)
        args, kwargs = call.rebuild(
            [x.node.value if isinstance(x, Tensor) else x for x in call.leaves]
        )
        self.has_effects = jitted.compiled(*args, **kwargs).has_effects
        self.structure: Any = None
        self.pullback = jit(_pullback(self._function, self.call))
        self.__name__ = getattr(jitted.f, "__name__", "jitted")

    def __call__(self, *values: Any) -> tuple[Any, ...]:
        """Run the program; record it anew where only a graph is left of the function."""
        args, kwargs = self.call.rebuild(list(values))
        jitted = self._jitted() or self._jitted_again()
        compiled, leaves = jitted.prepared(*args, **kwargs)
        self.structure = compiled.structure
        return compiled.flat(leaves)

    def _jitted_again(self) -> Jitted:
        from autodiff.jit.jitted import jit

        return jit(self._function)


def _pullback(function: Callable[..., Any], call: Call) -> Callable[..., Any]:
    """Make what answers the slopes of the smooth inputs, given cotangents of smooth results."""

    def pulled_back(cotangents: tuple[Any, ...], values: tuple[Any, ...]) -> Any:
        wanted = [i for i, value in enumerate(values) if is_smooth(value)]

        def partly(*moved: Any) -> tuple[Any, ...]:
            given = list(values)
            for i, value in zip(wanted, moved, strict=True):
                given[i] = value
            args, kwargs = call.rebuild(given)
            leaves, _, _ = flatten(function(*args, **kwargs), "the result")
            return tuple(x for x in leaves if is_smooth(x))

        _, pullback = vjp(partly, *(values[i] for i in wanted))
        return pullback(tuple(to_user(c) for c in cotangents))

    return pulled_back


@primitive
def jitted_call(*values: Any, flat: Flat) -> tuple[Any, ...]:
    """Run a jitted function."""
    return flat(*values)


def _slopes(g: Any, z: Any, *values: Any, flat: Flat) -> list[Any]:
    smooth = tuple(c for c, x in zip(g, z, strict=True) if is_smooth(x))
    found = iter(flat.pullback(smooth, values))
    return [to_user(next(found)) if is_smooth(value) else None for value in values]


derivative(jitted_call, values=_slopes)


def as_one_operation(flat: Flat, leaves: list[Any]) -> Any:
    """Run a jitted function on traced inputs, and record it as a single operation."""
    found = jitted_call.apply(tuple(leaves), {"flat": flat})
    return flat.structure(list(found))


def is_smooth(value: Any) -> bool:
    """Whether a value has a slope: it is real or complex."""
    return isinstance(value, (Tensor, np.ndarray, np.generic, float, complex)) and (
        np.dtype(getattr(value, "dtype", type(value))).kind in "fc"
    )

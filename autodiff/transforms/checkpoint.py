"""Checkpointing: discard a function's intermediate values, and recompute them when needed.

Chen et al. 2016, *Training deep nets with sublinear memory cost*: a network cut into √n pieces,
each checkpointed, keeps √n values instead of n, for one more forward pass.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import Any

import numpy as np

from autodiff.core.cotangents import is_absent
from autodiff.core.errors import function_place
from autodiff.core.graph import Node
from autodiff.core.layout import copied_whole
from autodiff.core.observer import is_observed
from autodiff.core.options import is_traced
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function
from autodiff.transforms.bound import bound, running_again, running_first
from autodiff.transforms.closures import closed_over, newest
from autodiff.transforms.gradients import check_callable
from autodiff.transforms.opaque import Opaque, is_smooth, pulled_back, record
from autodiff.transforms.pytree import Structure, flatten, flatten_result, separated

__all__ = ["checkpoint"]


def checkpoint(f: Function) -> Function:
    """Return a function that computes f, and keeps only its arguments for the backward pass.

    The intermediate values are discarded, and computed again for the slopes: less memory, more
    time. Arrays that f closes over are copied. Slopes are the same, to any order. Results are
    copies, also where f returns its arguments. ``jit``, which plans memory itself, inlines f.

    Args:
        f: takes and returns arrays, numbers, or structures of them. All traced values that it uses
            must be arguments, and two runs must have equal results (no new random draws).

    Raises:
        RuntimeError: in the backward pass, if the second run has other results.
        ValueError: at a call, if f uses a traced value that isn't an argument, or edits one; in the
            backward pass, if it puts a traced value elsewhere than in its result, and it is used.

    >>> import numpy as np, autodiff as ad
    >>> block = ad.checkpoint(lambda x: np.sin(np.sin(np.sin(x))))
    >>> bool(np.isclose(ad.grad(block)(1.0), ad.grad(lambda x: np.sin(np.sin(np.sin(x))))(1.0)))
    True
    """
    check_callable(f, "checkpoint")

    @functools.wraps(f)
    def checkpointed(*args: Any, **kwargs: Any) -> Any:
        named = [name for name, value in kwargs.items() if is_traced(value)]
        if named:
            values = [kwargs.pop(name) for name in named]
            return checkpoint(_by_position(f, named, kwargs))(*args, *values)
        leaves, _, rebuild = flatten(args, "argument")
        traced = [leaf for leaf in leaves if isinstance(leaf, Tensor) and is_smooth(leaf)]
        if not traced or is_observed():  # by jit, say
            return separated(lambda: f(*args, **kwargs), leaves)
        call = _Checkpointed(f, leaves, rebuild, kwargs)
        nodes = [leaf.node for leaf in traced]
        call.starts = [Tensor(_inside(node, function_place(f))) for node in nodes]
        results = record(call, traced)
        after = [*map(peek, leaves), *(leaf.node for leaf in traced)]
        call.refuse_edits([*call.plain, *nodes], after)
        return call.structure(list(results))

    return checkpointed


def _inside(node: Node, place: str) -> Node:
    """Return a Node of the same value for what a function computes in its first run."""
    return Node(node.value, _argument, (node,), {"place": place})


@primitive
def _argument(x: Array, *, place: str) -> Array:
    """Return an argument of a checkpointed function, for its first run."""
    del place
    return x


def _refuse_slope(g: Array, z: Array, x: Array, place: str) -> Array:
    del g, z, x
    raise ValueError(
        f"{place} is checkpointed, and a value that it computes is used elsewhere than in its "
        f"result, by a list, an array or a variable from outside: its slope would be lost, since "
        f"intermediate values are discarded. Return it as a further result."
    )


derivative(_argument, x=_refuse_slope)


def _by_position(f: Function, names: list[str], others: dict[str, Any]) -> Function:
    """Return the function of the same arguments, of which the last ones have these names."""

    @functools.wraps(f)
    def by_position(*values: Any) -> Any:
        count = len(values) - len(names)
        return f(*values[:count], **dict(zip(names, values[count:], strict=True)), **others)

    return by_position


class _Checkpointed(Opaque):
    """A function with its arguments as plain values; the traced ones are passed at each run.

    Attributes:
        starts: what the first run gets in place of the traced ones, with their values. A value that
            leaves f other than by its result has come from these, and refuses to have slopes.
    """

    def __init__(
        self, f: Function, leaves: list[Array], rebuild: Structure, kwargs: dict[str, Any]
    ) -> None:
        self.f, self.rebuild, self.kwargs = f, rebuild, kwargs
        self._again = bound((f, kwargs))
        self.is_passed = [isinstance(leaf, Tensor) and is_smooth(leaf) for leaf in leaves]
        self.plain = [_copied(peek(x)) for x in leaves]
        self.are_entries = list(_entries_of_lists(rebuild.skeleton))
        self.starts: list[Tensor] = []
        self.structure: Any = None
        self.__name__ = f"checkpoint({getattr(f, '__name__', 'f')})"

    def run(self, *values: Array) -> tuple[Array, ...]:
        """Return the results as plain arrays.

        Raises:
            ValueError: f uses a traced value that isn't an argument, or edits one.
        """
        starts, self.starts = self.starts, []
        nodes = [tensor.node for tensor in starts]
        since = nodes[0].order if nodes else newest()
        with running_first():
            results = self.trace(*(starts or values))
        self.refuse_edits(nodes, [tensor.node for tensor in starts])
        found = [result.node for result in results if isinstance(result, Tensor)]
        if closed_over(found, since, nodes):
            raise ValueError(
                f"{function_place(self.f)} uses a traced value that isn't among its arguments: its "
                f"slope would be lost. Pass it as an argument of the checkpointed function."
            )
        return tuple(np.asarray(peek(result))[()] for result in results)

    def pull_back(
        self,
        cotangents: Sequence[Array],
        values: Sequence[Array],
        results: Sequence[Array],
        wanted: Sequence[bool],
    ) -> Iterable[Array]:
        """Return the cotangents of the wanted values, from another run.

        Raises:
            RuntimeError: its results aren't those of the first one.
        """

        def again(*values: Array) -> tuple[Array, ...]:
            with running_again():
                found = self.trace(*values)
            self._refuse_others(results, found, _precision((*results, *values)))
            return found

        used = [not is_absent(cotangent) for cotangent in cotangents]
        return pulled_back(again, list(compress(cotangents, used)), values, wanted, used)

    def trace(self, *values: Array) -> tuple[Array, ...]:
        """Return the results of values that may be traced."""
        passed = iter(values)
        pairs = zip(self.plain, self.is_passed, strict=True)
        leaves = [next(passed) if is_passed else leaf for leaf, is_passed in pairs]
        leaves = [  # a list of numbers would be one array
            np.asarray(x) if is_entry and isinstance(x, np.generic) else x
            for x, is_entry in zip(leaves, self.are_entries, strict=True)
        ]
        copies = [_copied(x) for x in leaves]
        args = self.rebuild(copies)
        before = flatten(args, "argument")[0]
        f, kwargs = (self.f, self.kwargs) if self.structure is None else self._again
        out, place = f(*args, **kwargs), function_place(self.f)
        results, _, self.structure = flatten_result(out, "the result", place)
        after = flatten(args, "argument")[0]
        self.refuse_edits([*leaves, *before], [*copies, *after])
        return tuple(results)

    def _refuse_others(
        self, first: Sequence[Array], second: Sequence[Array], precision: float
    ) -> None:
        """Raise a RuntimeError if another run has other results."""
        pairs = [(peek(x), peek(y)) for x, y in zip(first, second, strict=True)]
        if not all(np.shape(x) == np.shape(y) and _is_near(x, y, precision) for x, y in pairs):
            raise RuntimeError(
                f"expected equal results from two runs of {function_place(self.f)}, whose second "
                f"one computes the slopes, got others: it draws random numbers, or reads an array "
                f"or attribute that has changed since. Pass what changes as an argument."
            )

    def refuse_edits(self, before: list[Any], after: list[Any]) -> None:
        """Raise a ValueError if f has edited its arguments, or what these are copies of."""
        if len(before) != len(after) or not all(map(_same, before, after)):
            raise ValueError(
                f"{function_place(self.f)} edits an argument in place. As it runs twice, its edits "
                f"would be lost, or be made twice: edit a copy (x = x.copy()), and return it."
            )


def _entries_of_lists(skeleton: Any, is_entry: bool = False) -> Iterator[bool]:
    """Iterate over the leaves of a structure: whether each is an entry of a list."""
    if isinstance(skeleton, dict):
        for part in skeleton.values():
            yield from _entries_of_lists(part)
    elif isinstance(skeleton, (list, tuple)):
        for part in skeleton:
            yield from _entries_of_lists(part, type(skeleton) is list)
    elif dataclasses.is_dataclass(skeleton):
        for each in dataclasses.fields(skeleton):
            yield from _entries_of_lists(getattr(skeleton, each.name))
    elif skeleton is not None:
        yield is_entry


def _copied(x: Array) -> Array:
    """Return a copy of an array in its memory layout; anything else as it is."""
    return copied_whole(x) if isinstance(x, np.ndarray) else x


def _precision(values: Iterable[Array]) -> float:
    """Return the precision of the narrowest floats among values, in which a function may round."""
    kinds = (np.result_type(peek(x)) for x in values)
    return max((float(np.finfo(kind).eps) for kind in kinds if kind.kind in "fc"), default=0.0)


def _is_near(x: Array, y: Array, precision: float) -> bool:
    """Return whether results of two runs are equal but for rounding."""
    tolerance = 4 * math.sqrt(precision) if np.result_type(x).kind in "fc" else 0.0
    size = np.max(np.abs(x), initial=0.0, where=np.isfinite(x))
    return bool(np.allclose(x, y, tolerance, tolerance * float(size), equal_nan=True))


def _same(x: Array, other: Array) -> bool:
    """Return whether a value is another one; a list of numbers is a new array at each look."""
    if isinstance(x, Tensor) or isinstance(other, Tensor):
        return peek(x) is peek(other) or (
            isinstance(x, Tensor) and isinstance(other, Tensor) and _same(peek(x), peek(other))
        )
    return bool(np.array_equal(x, other, equal_nan=np.asarray(x).dtype.kind in "fc"))

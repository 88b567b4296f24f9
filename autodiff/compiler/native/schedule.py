"""The schedule: which operations are compiled, in which loops, and which stay calls of NumPy.

A nest is a loop over the entries of a shape, in which elementwise operations and reductions follow
one another, entry by entry. Nests and products of matrices that need no call in between are a
piece, which becomes one compiled function.
"""

from __future__ import annotations

import bisect
import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from autodiff.compiler.effects import assigned, drawn
from autodiff.compiler.forms import form_of, is_view
from autodiff.compiler.native.scalars import is_scalar_form
from autodiff.compiler.native.slices import is_slice, unsliced
from autodiff.compiler.native.written_loops import has_written_loops
from autodiff.compiler.program import Program, ProgramValue, values_in
from autodiff.core.registry import registry
from autodiff.core.typing import Array
from autodiff.rules.masked import average, greatest, least, total
from autodiff.rules.reductions import axes_of

__all__ = [
    "Item", "Nest", "Piece", "Schedule", "Step", "is_product", "is_reduction", "reduced_axes",
    "schedule",
]  # fmt: skip


@dataclass(eq=False)
class Nest:
    """A loop over the entries of a shape.

    Attributes:
        shape: that of its elementwise values, and of what its reductions reduce.
        values: in the order of computation.
    """

    shape: tuple[int, ...]
    values: list[ProgramValue] = field(default_factory=list)


Item: TypeAlias = "Nest | ProgramValue"
"""An item of a piece: a nest, or a value of its own: a product, or loops that it writes."""


@dataclass(eq=False)
class Piece:
    """What becomes one compiled function."""

    items: list[Item] = field(default_factory=list)

    def values(self) -> list[ProgramValue]:
        """List the values that it computes, in order."""
        return [
            value
            for item in self.items
            for value in (item.values if isinstance(item, Nest) else [item])
        ]


Step: TypeAlias = "Piece | ProgramValue"
"""A step of a program: a piece, or an operation that stays a call of NumPy, or a view."""


@dataclass
class Schedule:
    """The steps of a program, and the order in which its values are computed, with static views."""

    steps: list[Step]
    values: list[ProgramValue]

    def pieces(self) -> list[Piece]:
        """List the pieces."""
        return [step for step in self.steps if isinstance(step, Piece)]

    def calls(self) -> list[ProgramValue]:
        """List the operations that stay calls of NumPy."""
        return [
            step
            for step in self.steps
            if not isinstance(step, Piece) and not is_view(step.primitive)
        ]


def schedule(program: Program, *, in_buffers: bool = False) -> Schedule:
    """Return the schedule of a program: as few pieces as dependencies allow.

    Args:
        program: the program.
        in_buffers: whether results are in the same arrays in each call, not in new ones, and
            inputs in arrays in C order.
    """
    scheduler = _Scheduler(program, in_buffers)
    steps = scheduler.steps()
    return Schedule(steps, scheduler.order)


def is_reduction(value: ProgramValue) -> bool:
    """Return whether a value is the sum, mean or extreme of floats along axes."""
    x = value.inputs[0] if value.inputs else None
    return (
        value.primitive in _REDUCTIONS
        and isinstance(x, ProgramValue)
        and x.dtype == value.dtype
        and value.dtype in _FLOATS
        and math.prod(x.shape or ()) > 0
    )


_REDUCTIONS = (total, average, greatest, least)
_FLOATS = (np.float32, np.float64)


def reduced_axes(value: ProgramValue) -> tuple[int, ...]:
    """Return the axes that a reduction reduces."""
    return axes_of(value.options.get("axis"), value.inputs[0].ndim)


def is_product(value: ProgramValue) -> bool:
    """Return whether a value is a product of vectors or single matrices of floats of one dtype."""
    if value.primitive is not registry[np.matmul] or value.dtype not in _FLOATS:
        return False
    return all(
        isinstance(x, ProgramValue) and x.dtype == value.dtype and x.ndim in (1, 2)
        and math.prod(x.shape or ()) > 0
        for x in value.inputs
    )  # fmt: skip


class _Scheduler:
    """What is computed so far, and what can be computed next.

    A value is ready once its inputs are computed. It is a call or native, and perhaps a static
    view; each of these lists has the places of the ready ones in the program, in order.
    """

    def __init__(self, program: Program, in_buffers: bool) -> None:
        self.program = program
        self.values = [v for v in program.values() if v.is_computed and v.primitive is not assigned]
        self.places = {value: place for place, value in enumerate(self.values)}
        self.done = {v for v in program.values() if not v.is_computed} | set(program.inputs)
        self.shadows: dict[ProgramValue, Array] = {
            v: v.memory for v in self.done if isinstance(v.memory, np.ndarray)
        }
        if in_buffers:  # inputs are in order
            self.shadows |= {x: np.empty(x.shape, x.dtype) for x in program.inputs if x.shape}
        self.results = set() if in_buffers else set(values_in(program.outcomes))
        self.order: list[ProgramValue] = []
        self.needs = self._needs()
        self.users: dict[ProgramValue, list[ProgramValue]] = {v: [] for v in self.values}
        self.calls: list[int] = []
        self.native: list[int] = []
        self.static: list[int] = []
        for value, needs in self.needs.items():
            for x in needs:
                self.users[x].append(value)
            if not needs:
                self._make_ready(value)

    def _needs(self) -> dict[ProgramValue, set[ProgramValue]]:
        """Return for each value what it waits for; draws stay in their order."""
        needs = {v: set(values_in(v.inputs)) - self.done for v in self.values}
        draws = [v for v in self.values if v.primitive is drawn]
        for before, after in pairwise(draws):
            needs[after].add(before)
        return needs

    def steps(self) -> list[Step]:
        found: list[Step] = []
        while len(self.order) < len(self.values):
            while self.calls:
                call = self.values[self.calls[0]]
                found += [] if self.calls[0] in self.static else [call]
                self._finish([call])
            piece = self._piece()
            if piece.items:
                found.append(piece)
        effects = [e for e in self.program.effects if e.primitive is assigned]
        self.order += effects
        return found + effects

    def _piece(self) -> Piece:
        """Collect what can be computed without a call; views of it, which cost nothing, too."""
        piece, own = Piece(), set[ProgramValue]()
        while True:
            if self.static:
                self._finish(self._at(self.static))
                continue
            native = [v for v in self._at(self.native) if not self._is_split(v, own)]
            if not native:
                return piece
            first = next((v for v in native if not v.shape), native[0])  # numbers, for later loops
            if is_product(first) or has_written_loops(first):
                piece.items.append(first)
                computed = [first]
            else:
                nest = self._nest(first)
                piece.items.append(nest)
                computed = nest.values
            self._finish(computed)
            own.update(computed)

    def _at(self, places: list[int]) -> list[ProgramValue]:
        return [self.values[place] for place in places]

    def _is_split(self, value: ProgramValue, own: set[ProgramValue]) -> bool:
        """Return whether a product, or a value with loops of its own, takes a slice of its piece.

        The slice becomes an array between two pieces, unless its memory is the same in each call.
        """
        return (is_product(value) or has_written_loops(value)) and any(
            x not in self.shadows and unsliced(x, lambda _: True)[0] in own
            for x in value.inputs
            if is_slice(x)
        )

    def _nest(self, first: ProgramValue) -> Nest:
        """Collect the values that can be computed in one loop with the first one."""
        nest = Nest(_loop_shape(first))
        inside: set[ProgramValue] = set()
        next_places = [p for p in self.native if self._fits(self.values[p], nest, inside)]
        while next_places:  # a heap
            found = self.values[heapq.heappop(next_places)]
            nest.values.append(found)
            if found.shape == nest.shape and not is_reduction(found):
                inside.add(found)
                for user in self.users[found]:
                    if self._fits(user, nest, inside):
                        heapq.heappush(next_places, self.places[user])
        return nest

    def _fits(self, value: ProgramValue, nest: Nest, inside: set[ProgramValue]) -> bool:
        return (
            not is_product(value)
            and not has_written_loops(value)
            and self._is_native(value)
            and _loop_shape(value) == nest.shape
            and all(x in self.done or x in inside for x in values_in(value.inputs))
        )

    def _is_native(self, value: ProgramValue) -> bool:
        if math.prod(value.shape or ()) == 0 or value.shape is None:
            return False
        if is_product(value):
            return all(self._is_contiguous(x) for x in value.inputs)
        return is_reduction(value) or is_scalar_form(value) or has_written_loops(value)

    def _is_contiguous(self, x: ProgramValue) -> bool:
        """Return whether BLAS takes an operand as it is; what comes from outside is made so."""
        shadow = self.shadows.get(x)
        return shadow is None or shadow.flags.forc

    def _is_static_view(self, value: ProgramValue) -> bool:
        """Return whether a value is a view of memory that is the same in each call, or a slice.

        Loops read a slice from its base; where a call needs it, it is written before the call.
        """
        return is_slice(value) or (is_view(value.primitive) and self._view(value) is not None)

    def _view(self, value: ProgramValue) -> Array | None:
        base, *rest = value.inputs
        memory = self.shadows.get(base) if isinstance(base, ProgramValue) else None
        if memory is None or list(values_in(rest)):
            return None
        found = value.primitive.evaluate(memory, *rest, **value.options)
        is_one = isinstance(found, np.ndarray) and np.may_share_memory(found, memory)
        return found if is_one and found.ndim else None

    def _make_ready(self, value: ProgramValue) -> None:
        place = self.places[value]
        bisect.insort(self.native if self._is_native(value) else self.calls, place)
        if self._is_static_view(value):
            bisect.insort(self.static, place)

    def _finish(self, values: Sequence[ProgramValue]) -> None:
        """Note that values are computed, with arrays like those that they will be in."""
        for value in values:
            for places in (self.calls, self.native, self.static):
                _drop(places, self.places[value])
            self.done.add(value)
            self.order.append(value)
            if is_view(value.primitive):
                shadow = self._view(value)
                if shadow is not None:
                    self.shadows[value] = shadow
            elif value.shape and value not in self.results and _has_buffer(value):
                self.shadows[value] = np.empty(value.shape, value.dtype)
            for user in self.users[value]:
                self.needs[user].discard(value)
                if not self.needs[user]:
                    self._make_ready(user)


def _drop(places: list[int], place: int) -> None:
    at = bisect.bisect_left(places, place)
    if at < len(places) and places[at] == place:
        del places[at]


def _has_buffer(value: ProgramValue) -> bool:
    return form_of(value) is not None or is_scalar_form(value) or is_reduction(value)


def _loop_shape(value: ProgramValue) -> tuple[int, ...]:
    shape = value.inputs[0].shape if is_reduction(value) else value.shape
    return tuple(shape or ())

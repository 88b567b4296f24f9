"""The memory of a program with pieces: values of a nest that nothing else reads need none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.compiler.native.schedule import Nest, Piece, Schedule, is_reduction
from autodiff.compiler.plan import Plan, Planner, Slot, may_alias
from autodiff.compiler.program import Program, ProgramValue, values_in
from autodiff.core.typing import Array

__all__ = ["INNER", "geometry", "plan_native"]

INNER = "inner"
"""The kind of the slot of a value that is a number inside of a compiled function."""


def plan_native(
    program: Program,
    schedule: Schedule,
    given: Sequence[ProgramValue] = (),
    *,
    in_buffers: bool = False,
) -> Plan:
    """Assign memory to the values of a program with pieces.

    Args:
        program: the program.
        schedule: its schedule.
        given: see `plan`.
        in_buffers: whether results are in the same arrays in each call, not in new ones.
    """
    planner = _NativePlanner(program, schedule, given)
    if in_buffers:
        planner.results = set()
    return planner.plan()


class _NativePlanner(Planner):
    def __init__(self, program: Program, schedule: Schedule, given: Sequence[ProgramValue]) -> None:
        self.nests = {
            value: item
            for piece in schedule.pieces()
            for item in piece.items
            if isinstance(item, Nest)
            for value in item.values
        }
        computed = set(schedule.values)
        starts = [v for v in program.values() if v not in computed]
        inputs = [v for v in program.inputs if v not in starts]
        super().__init__(program, given, [*inputs, *starts, *schedule.values])
        self.compiled = {v for piece in schedule.pieces() for v in piece.values()}
        self.inner = _inner(program, schedule)
        self.ending: dict[object, list[ProgramValue]] = defaultdict(list)  # by the last reader

    def _place(self, i: int, value: ProgramValue) -> Slot:
        if value in self.inner:
            return Slot(INNER)
        if value not in self.compiled or value in self.targets or value in self.given:
            return super()._place(i, value)
        return Slot("local") if value in self.results else self._buffer(i, value)

    def _buffer(self, i: int, value: ProgramValue) -> Slot:
        slot = super()._buffer(i, value)
        if self.last[value] < len(self.values):
            self.ending[self._item(int(self.last[value]))].append(value)
        return slot

    def _release(self, i: int, value: ProgramValue) -> None:
        """Free the buffers that a whole nest, or another operation, was the last to read."""
        del value
        item = self._item(i)
        if i + 1 == len(self.values) or self._item(i + 1) is not item:
            for x in self.ending.pop(item, ()):
                if x in self.owners:
                    self._free(x)

    def _item(self, i: int) -> object:
        """Return the nest in which a value is computed, or the value."""
        return self.nests.get(self.values[i], self.values[i])

    def _is_read_from(self, array: Array, start: int) -> bool:
        """Return whether a live array in this memory is read after a result is stored there.

        A nest reads an entry before it stores one at the same place.
        """
        nest = self.nests.get(self.values[start])
        if nest is None:
            return super()._is_read_from(array, start)
        first = min(self.at[value] for value in nest.values)
        for live in self.values:
            if not (live.is_live and np.may_share_memory(live.memory, array)):
                continue
            is_same = live.shape == nest.shape and geometry(live.memory) == geometry(array)
            for i, user in enumerate(self.values):
                is_read = live in values_in(user.inputs) and not (is_same and user in nest.values)
                if is_read and (may_alias(user) or i >= first):
                    return True
        return False

    def _overwritable(self, i: int, value: ProgramValue) -> ProgramValue | None:
        """Return an operand that can be overwritten; a nest reads an entry before it stores one."""
        nest = self.nests.get(value)
        if nest is None:
            return super()._overwritable(i, value)
        if is_reduction(value):
            return None
        operands = dict.fromkeys(x for v in nest.values for x in values_in(v.inputs))
        outer = [x for x in operands if x not in nest.values]
        for x in self.ending[nest]:
            if (
                x in self.owners
                and x.dtype == value.dtype
                and all(self._keeps_places(y, x, nest) for y in outer)
                and any(_is_same(self.slots[y].memory, self.slots[x].memory) for y in outer)
            ):
                self.owners.remove(x)
                return x
        return None

    def _keeps_places(self, operand: ProgramValue, x: ProgramValue, nest: Nest) -> bool:
        """Return whether a nest doesn't read ``x`` by an operand, or does so entry by entry."""
        memory = self.slots[operand].memory
        if memory is None:  # perhaps a view that is made in each call
            return x not in _origins(operand)
        is_apart = not np.may_share_memory(memory, self.slots[x].memory)
        return is_apart or (memory.shape == nest.shape and _is_same(memory, self.slots[x].memory))


def _is_same(array: Array, memory: Array) -> bool:
    """Return whether an array has the entries of a buffer, in C order."""
    if array is None or not array.flags.c_contiguous or array.nbytes != memory.nbytes:
        return False
    start, _ = array.__array_interface__["data"]
    return bool(start == memory.__array_interface__["data"][0])


def _origins(value: ProgramValue) -> set[ProgramValue]:
    """Return the values whose memory a value may share, itself included."""
    found: set[ProgramValue] = set()
    waiting = [value]
    for x in waiting:  # grows during the loop
        if x not in found:
            found.add(x)
            waiting += values_in(x.inputs) if may_alias(x) else []
    return found


def geometry(array: Array) -> tuple[Any, ...]:
    """Return a key of the memory of an array's entries."""
    return array.__array_interface__["data"], array.strides, array.shape, array.dtype


def _inner(program: Program, schedule: Schedule) -> set[ProgramValue]:
    """Return the values that are only read where they are computed, and all single numbers."""
    home: dict[ProgramValue, object] = {}
    for piece in schedule.pieces():
        for item in piece.items:
            for value in item.values if isinstance(item, Nest) else ():
                home[value] = item if value.shape else piece
            if not isinstance(item, Nest) and not item.shape:
                home[item] = piece
    outside = set(values_in(program.outcomes))
    for step in schedule.steps:
        for item in step.items if isinstance(step, Piece) else [step]:
            for value in item.values if isinstance(item, Nest) else [item]:
                place = item if isinstance(item, Nest) else step
                for x in values_in(value.inputs):
                    if home.get(x) is not place and home.get(x) is not step:
                        outside.add(x)
    for value in schedule.values:  # static views, which are no steps
        if value not in home and value not in schedule.steps:
            outside |= set(values_in(value.inputs))
    return {value for value in home if not value.shape or value not in outside}

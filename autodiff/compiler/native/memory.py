"""The memory of a program with pieces: values of a nest that nothing else reads need none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.compiler.native.schedule import Nest, Piece, Schedule
from autodiff.compiler.plan import Plan, Planner, Slot, may_alias
from autodiff.compiler.program import Program, ProgramValue, values_in
from autodiff.core.typing import Array

__all__ = ["INNER", "geometry", "plan_native"]

INNER = "inner"
"""The kind of the slot of a value that is a number inside of a compiled function."""


def plan_native(program: Program, schedule: Schedule, given: Sequence[ProgramValue] = ()) -> Plan:
    """Assign memory to the values of a program with pieces; for ``given`` see `plan`."""
    return _NativePlanner(program, schedule, given).plan()


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

    def _place(self, i: int, value: ProgramValue) -> Slot:
        if value in self.inner:
            return Slot(INNER)
        if value not in self.compiled or value in self.targets or value in self.given:
            return super()._place(i, value)
        if value in self.results:
            return Slot("local")
        return Slot("fixed", np.empty(value.shape or (), value.dtype), "new")

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
        """Return None: entries of a nest are read and written in turn, so buffers stay apart."""
        del i, value
        return None

    def _free_buffer(self, value: ProgramValue) -> ProgramValue | None:
        """Return None: pieces may be computed in another order than that of the recording."""
        del value
        return None


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

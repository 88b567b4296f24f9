"""The plan: the memory of each value.

Buffers, and views of them, are allocated once, before the program runs. A buffer is reused after
the last read of its value; an elementwise operation overwrites an operand that it is the last to
read. Results are new arrays, but for those that are computed into arrays of the caller.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.compiler.effects import assigned, drawn
from autodiff.compiler.forms import form_of, is_elementwise, is_view
from autodiff.compiler.program import Program, ProgramValue, values_in
from autodiff.core.typing import Array

__all__ = ["Plan", "Planner", "Slot", "can_be_given", "may_alias", "plan"]


@dataclass(eq=False)
class Slot:
    """The memory of a value.

    Attributes:
        kind: ``"input"``, ``"fixed"`` (a constant, a live array, a buffer or a view of one, in the
            same memory in each call), ``"local"`` (allocated in each call), or ``"given"`` (an
            array that the caller passes).
        memory: the array of a fixed one.
        origin: of a fixed one: ``"existing"``, ``"new"``, ``"view"`` of the first input, or
            ``"reused"`` from another value.
        other: the value whose memory is reused.
    """

    kind: str
    memory: Array = None
    origin: str = ""
    other: ProgramValue | None = None


@dataclass
class Plan:
    """The order of the operations, and the memory of each value."""

    values: list[ProgramValue]
    slots: dict[ProgramValue, Slot]
    fresh: set[ProgramValue]  # results that can be returned without a copy
    done: set[ProgramValue]  # assignments without work: the value is computed in its target
    given: Sequence[ProgramValue] = ()  # results that are computed into arrays of the caller

    def buffers(self) -> list[ProgramValue]:
        """List the values for which memory was allocated."""
        return [v for v in self.values if self.slots[v].origin == "new"]


def plan(program: Program, given: Sequence[ProgramValue] = ()) -> Plan:
    """Assign memory to every value of a program.

    Args:
        program: the program.
        given: results to compute into arrays that the caller passes; see `can_be_given`.
    """
    return Planner(program, given).plan()


def can_be_given(value: ProgramValue) -> bool:
    """Return whether a result can be computed into an array of the caller."""
    return bool(value.shape) and value.is_computed and not may_alias(value)


class Planner:
    """Assigns memory to the values of a program.

    Args:
        program: the program.
        given: see `plan`.
        values: all of its values, in the order of computation; by default, that of the recording.
    """

    def __init__(
        self,
        program: Program,
        given: Sequence[ProgramValue] = (),
        values: Sequence[ProgramValue] | None = None,
    ) -> None:
        self.program, self.given = program, given
        self.values = list(values) if values is not None else [
            *program.inputs, *(v for v in program.values() if v not in set(program.inputs))
        ]  # fmt: skip
        self.at = {value: i for i, value in enumerate(self.values)}
        self.results = set(values_in(program.results))
        self.last = self._last_uses()
        self.slots: dict[ProgramValue, Slot] = {}
        self.free: dict[Any, list[ProgramValue]] = defaultdict(list)
        self.owners: set[ProgramValue] = set()  # values whose buffer can be reused later
        self.targets = self._targets()

    def plan(self) -> Plan:
        """Return the plan."""
        for i, value in enumerate(self.values):
            self.slots[value] = self._place(i, value)
            self._release(i, value)
        fresh = {v for v in self.results if self.slots[v].kind == "local" and not may_alias(v)}
        done = {
            e for e in self.program.effects
            if e.primitive is assigned and self.targets.get(e.inputs[0]) is e
        }  # fmt: skip
        return Plan(self.values, self.slots, fresh, done, self.given)

    def _place(self, i: int, value: ProgramValue) -> Slot:
        if value.memory is not None:
            stale = value.is_live and self.is_overwritten(value)
            return Slot("local") if stale else Slot("fixed", value.memory, "existing")
        if not value.is_computed:
            return Slot("input")
        if is_view(value.primitive):
            memory = self._view(value)
            return Slot("local") if memory is None else Slot("fixed", memory, "view")
        if value in self.given:
            return Slot("given")
        if value in self.targets:
            return Slot("fixed", self.targets[value].options["array"], "existing")
        if not value.shape or value in self.results or form_of(value) is None:
            return Slot("local")
        return self._buffer(i, value)

    def _buffer(self, i: int, value: ProgramValue) -> Slot:
        """Return the memory of another value, or new memory."""
        other = self._overwritable(i, value) or self._free_buffer(value)
        self.owners.add(value)
        if other is None:
            return Slot("fixed", np.empty(value.shape, value.dtype), "new")
        memory = self.slots[other].memory.reshape(value.shape)
        return Slot("fixed", memory, "reused", other)

    def _release(self, i: int, value: ProgramValue) -> None:
        """Free the buffers that operation ``i`` was the last to read."""
        for x in dict.fromkeys([*values_in(value.inputs), value]):  # deterministic order
            if x in self.owners and self.last[x] <= i:
                self._free(x)

    def _free(self, x: ProgramValue) -> None:
        self.owners.remove(x)
        self.free[x.dtype, _size(x)].append(x)

    def _view(self, value: ProgramValue) -> Array | None:
        """Return a value as a view of fixed memory, or None if it isn't one."""
        base = value.inputs[0]
        if not isinstance(base, ProgramValue) or self.slots[base].kind != "fixed":
            return None
        if any(isinstance(x, ProgramValue) for x in value.inputs[1:]):
            return None  # the index changes from call to call
        memory = self.slots[base].memory
        found = value.primitive.evaluate(memory, *value.inputs[1:], **value.options)
        is_one = isinstance(found, np.ndarray) and np.may_share_memory(found, memory)
        return found if is_one and found.ndim else None

    def _overwritable(self, i: int, value: ProgramValue) -> ProgramValue | None:
        """Return an operand that an elementwise operation can overwrite, or None."""
        if not is_elementwise(value.primitive):
            return None
        for x in values_in(value.inputs):
            if (
                x in self.owners
                and self.last[x] == i
                and x.shape == value.shape
                and x.dtype == value.dtype
                and not self._is_aliased(x, value)
            ):
                self.owners.remove(x)
                return x
        return None

    def _is_aliased(self, x: ProgramValue, value: ProgramValue) -> bool:
        """Return whether another operand shares memory with this one."""
        memory = self.slots[x].memory
        return any(
            y is not x
            and self.slots[y].memory is not None
            and np.may_share_memory(self.slots[y].memory, memory)
            for y in values_in(value.inputs)
        )

    def _free_buffer(self, value: ProgramValue) -> ProgramValue | None:
        waiting = self.free[value.dtype, _size(value)]
        return waiting.pop() if waiting else None

    def _last_uses(self) -> dict[ProgramValue, float]:
        """Return the last operation that reads each value, directly or through a view."""
        last: dict[ProgramValue, float] = dict(self.at.items())
        for value in values_in(self.program.outcomes):
            last[value] = float("inf")
        for i, value in reversed(list(enumerate(self.values))):
            for x in values_in(value.inputs):
                shared = last[value] if may_alias(value) else i
                last[x] = max(last[x], i, shared)
        return last

    def _targets(self) -> dict[ProgramValue, ProgramValue]:
        """Return the values that can be computed directly in the array they are assigned to."""
        found: dict[ProgramValue, ProgramValue] = {}
        effects = [e for e in self.program.effects if e.primitive is assigned]
        for effect in effects:
            x, array = effect.inputs[0], effect.options["array"]
            if (
                isinstance(x, ProgramValue)
                and x not in found
                and x.shape == array.shape
                and x.shape
                and x.dtype == array.dtype
                and array.flags.carray  # as BLAS needs it
                and x.is_computed
                and not is_view(x.primitive)
                and form_of(x) is not None
                and not any(_overlap(array, e.options["array"]) for e in effects if e is not effect)
                and not self._is_read_from(array, self.at[x])
            ):
                found[x] = effect
        return found

    def _is_read_from(self, array: Array, start: int) -> bool:
        """Return whether a live array in this memory, or a draw, may read it from ``start`` on."""
        return any(
            v.is_live and self.last[v] >= start and _overlap(v.memory, array) for v in self.values
        ) or any(e.primitive is drawn and self.at[e] >= start for e in self.program.effects)

    def is_overwritten(self, value: ProgramValue) -> bool:
        """Return whether a live array is read after an assignment to its memory."""
        return any(
            self.last[value] > self.at[e] and _overlap(value.memory, e.options["array"])
            for e in self.program.effects
            if e.primitive is assigned
        )


def _overlap(a: Array, b: Array) -> bool:
    return bool(np.may_share_memory(a, b))


def may_alias(value: ProgramValue) -> bool:
    """Return whether a result may share memory with an input."""
    return value.is_computed and (is_view(value.primitive) or form_of(value) is None)


def _size(value: ProgramValue) -> int:
    return math.prod(value.shape or ())

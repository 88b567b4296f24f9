"""The plan: where each value lies in memory.

What has a fixed place is made once, before the program runs: buffers, and views of them. A buffer
serves another value as soon as nobody needs the one in it; an elementwise operation writes over an
operand that it is the last to read. What a caller gets is always freshly made.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from autodiff.jit.effects import assigned
from autodiff.jit.forms import form_of, is_elementwise, is_view
from autodiff.jit.program import Program, Value, values_in

__all__ = ["Plan", "Slot", "plan"]


@dataclass(eq=False)
class Slot:
    """The place of a value.

    Attributes:
        kind: ``"input"``, ``"fixed"`` (memory that stays: a constant, a live array, a buffer or a
            view of one), or ``"local"`` (made anew at each call).
        memory: of a fixed one.
        origin: how a fixed one is made: ``"given"``, ``"new"``, ``"view"`` of the first input, or
            ``"taken over"`` from another.
        other: the value whose memory is taken over.
        target: the array that an assignment wants it in, if it is computed right there.
    """

    kind: str
    memory: Any = None
    origin: str = ""
    other: Value | None = None


@dataclass
class Plan:
    """The order of the operations, and the place of each value."""

    values: list[Value]
    slots: dict[Value, Slot]
    fresh: set[Value]  # results that may be handed out as they are
    done: set[Value]  # assignments that need no work: the value was computed in its target

    def buffers(self) -> list[Value]:
        """List the values for which memory was allocated."""
        return [v for v in self.values if self.slots[v].origin == "new"]


def plan(program: Program) -> Plan:
    """Give every value of a program a place."""
    return _Planner(program).plan()


class _Planner:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.values = [
            *program.inputs, *(v for v in program.values() if v not in set(program.inputs))
        ]  # fmt: skip
        self.at = {value: i for i, value in enumerate(self.values)}
        self.results = set(values_in(program.results))
        self.last = self._last_uses()
        self.slots: dict[Value, Slot] = {}
        self.free: dict[Any, list[Value]] = defaultdict(list)
        self.owners: set[Value] = set()  # values whose buffer may serve others later
        self.targets = self._targets()

    def plan(self) -> Plan:
        for i, value in enumerate(self.values):
            self.slots[value] = self._place(i, value)
            for x in dict.fromkeys([*values_in(value.inputs), value]):  # in the same order always
                if x in self.owners and self.last[x] <= i:
                    self.owners.remove(x)
                    self.free[x.dtype, _size(x)].append(x)
        fresh = {v for v in self.results if self.slots[v].kind == "local" and not _may_alias(v)}
        done = {
            e for e in self.program.effects
            if e.inputs[0] in self.targets and self.targets[e.inputs[0]] is e
        }  # fmt: skip
        return Plan(self.values, self.slots, fresh, done)

    def _place(self, i: int, value: Value) -> Slot:
        if value.memory is not None:
            stale = value.is_live and self._is_overwritten(value)
            return Slot("local") if stale else Slot("fixed", value.memory, "given")
        if value.primitive is None:
            return Slot("input")
        if is_view(value.primitive):
            memory = self._view(value)
            return Slot("local") if memory is None else Slot("fixed", memory, "view")
        if value in self.targets:
            return Slot("fixed", self.targets[value].options["array"], "given")
        if not value.shape or value in self.results or form_of(value) is None:
            return Slot("local")
        other = self._over(i, value) or self._free_buffer(value)
        self.owners.add(value)
        if other is None:
            return Slot("fixed", np.empty(value.shape, value.dtype), "new")
        memory = self.slots[other].memory.reshape(value.shape)
        return Slot("fixed", memory, "taken over", other)

    def _view(self, value: Value) -> Any:
        """Make the view that a value is, if it is one of memory that stays."""
        base = value.inputs[0]
        if not isinstance(base, Value) or self.slots[base].kind != "fixed":
            return None
        if any(isinstance(x, Value) for x in value.inputs[1:]):
            return None  # at positions that change
        memory = self.slots[base].memory
        found = value.primitive.evaluate(memory, *value.inputs[1:], **value.options)  # type: ignore
        is_one = isinstance(found, np.ndarray) and np.may_share_memory(found, memory)
        return found if is_one and found.ndim else None

    def _over(self, i: int, value: Value) -> Value | None:
        """Find an operand that an elementwise operation may write over."""
        if not is_elementwise(value.primitive):
            return None
        for x in values_in(value.inputs):
            if (
                x in self.owners
                and self.last[x] == i
                and x.shape == value.shape
                and x.dtype == value.dtype
                and not self._is_seen_otherwise(x, value)
            ):
                self.owners.remove(x)
                return x
        return None

    def _is_seen_otherwise(self, x: Value, value: Value) -> bool:
        """Whether another operand is a view of this one, and would change under the operation."""
        memory = self.slots[x].memory
        return any(
            y is not x
            and self.slots[y].memory is not None
            and np.may_share_memory(self.slots[y].memory, memory)
            for y in values_in(value.inputs)
        )

    def _free_buffer(self, value: Value) -> Value | None:
        waiting = self.free[value.dtype, _size(value)]
        return waiting.pop() if waiting else None

    def _last_uses(self) -> dict[Value, float]:
        """Find the last operation that reads each value, also through a view of it."""
        last: dict[Value, float] = dict(self.at.items())
        for value in self.results:
            last[value] = float("inf")
        for i, value in reversed(list(enumerate(self.values))):
            for x in values_in(value.inputs):
                shared = last[value] if _may_alias(value) else i
                last[x] = max(last[x], i, shared)
        return last

    def _targets(self) -> dict[Value, Value]:
        """Find the values that can be computed in the array that they are assigned to."""
        found: dict[Value, Value] = {}
        effects = [e for e in self.program.effects if e.primitive is assigned]
        for effect in effects:
            x, array = effect.inputs[0], effect.options["array"]
            if (
                isinstance(x, Value)
                and x not in found
                and x.shape == array.shape
                and x.shape
                and x.dtype == array.dtype
                and x.primitive is not None
                and not is_view(x.primitive)
                and form_of(x) is not None
                and not any(_overlap(array, e.options["array"]) for e in effects if e is not effect)
                and not self._is_read_from(array, self.at[x])
            ):
                found[x] = effect
        return found

    def _is_read_from(self, array: Any, start: int) -> bool:
        """Whether a live array in this memory is still read when an operation writes there."""
        return any(
            v.is_live and self.last[v] >= start and _overlap(v.memory, array) for v in self.values
        )

    def _is_overwritten(self, value: Value) -> bool:
        """Whether a live array is still read after something was assigned to its memory."""
        return any(
            self.last[value] > self.at[e] and _overlap(value.memory, e.options["array"])
            for e in self.program.effects
            if e.primitive is assigned
        )


def _overlap(a: Any, b: Any) -> bool:
    return bool(np.may_share_memory(a, b))


def _may_alias(value: Value) -> bool:
    """Whether a result may lie in the memory of an input."""
    return value.primitive is not None and (is_view(value.primitive) or form_of(value) is None)


def _size(value: Value) -> int:
    return math.prod(value.shape or ())

"""Write a nest of loops over the entries of a shape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff.compiler.native.memory import INNER
from autodiff.compiler.native.scalars import is_conversion, literal, scalar_form
from autodiff.compiler.native.schedule import Nest, is_reduction, reduced_axes
from autodiff.compiler.native.slices import unsliced
from autodiff.compiler.plan import Plan, Slot
from autodiff.compiler.program import Operand, ProgramValue, values_in
from autodiff.compiler.writers.names import comment
from autodiff.rules.masked import average, greatest, least
from autodiff.rules.selecting import where

__all__ = ["NestText", "comment_of", "is_in_order"]

_STARTS = {greatest: "-np.inf", least: "np.inf"}
_EXTREMES = {greatest: "np.maximum", least: "np.minimum"}


class NestText:
    """The text of a nest.

    A number collects a sum over all entries, or over the innermost loops; in other sums, the
    entries of the result do.
    """

    def __init__(self, nest: Nest, plan: Plan, names: dict[ProgramValue, str]) -> None:
        self.nest, self.plan, self.names = nest, plan, names
        self.axes = [axis for axis, length in enumerate(nest.shape) if length != 1]
        self.reductions = [v for v in nest.values if is_reduction(v)]
        self.inside = {v for v in nest.values if v not in self.reductions}

    def lines(self) -> list[str]:
        """Return the lines, inside of a function."""
        lines, indent = [], "    "
        for depth in range(len(self.axes) + 1):
            begun = [v for v in self.reductions if self._depth(v) == depth]
            lines += [indent + self._beginning(value) for value in begun]
            if depth < len(self.axes):
                axis = self.axes[depth]
                lines.append(f"{indent}for i{axis} in range({self.nest.shape[axis]}):")
                indent += "    "
        lines += [indent + line for value in self.nest.values for line in self._entry(value)]
        lines += [indent + f"{self._at(v)} = {self._entry_name(v)}" for v in self._stored()]
        for depth in reversed(range(len(self.axes) + 1)):
            indent = "    " * (depth + 1)
            for value in self.reductions:
                if self._depth(value) == depth:
                    lines += [indent + line for line in self._ending(value)]
        return lines

    def _depth(self, value: ProgramValue) -> int:
        """Return the number of loops around the collection of a reduction."""
        return self._kept_loops(value) if self._is_collected(value) else 0

    def _kept_loops(self, value: ProgramValue) -> int:
        return sum(axis not in reduced_axes(value) for axis in self.axes)

    def _is_collected(self, value: ProgramValue) -> bool:
        """Return whether a number collects a reduction: the loops that it keeps are the outer."""
        kept = self._kept_loops(value)
        return all(axis not in reduced_axes(value) for axis in self.axes[:kept])

    def _beginning(self, value: ProgramValue) -> str:
        start = _STARTS.get(value.primitive, "0.0")
        if self._is_collected(value):
            return f"{self._collector(value)} = np.float64({start})"
        return f"{self.names[value]}[...] = np.{np.dtype(value.dtype).name}({start})"

    def _entry(self, value: ProgramValue) -> list[str]:
        """Return the lines that compute one entry, or that add it to a reduction."""
        if value in self.inside:
            return [f"{self._entry_name(value)} = {self._scalar(value)}{comment_of(value)}"]
        x = value.inputs[0]
        total = self._collector(value) if self._is_collected(value) else self._result(value)
        function = _EXTREMES.get(value.primitive)
        entry = self._operand(x, x.dtype)
        if function is None:
            return [f"{total} += {entry}{comment_of(value)}"]
        return [f"{total} = {function}({total}, {entry}){comment_of(value)}"]

    def _stored(self) -> list[ProgramValue]:
        """List the values to store, after all entries are read: a live array may be overwritten."""
        return [v for v in self.nest.values if v in self.inside and self._has_memory(v)]

    def _has_memory(self, value: ProgramValue) -> bool:
        return self.plan.slots[value].kind != INNER

    def _entry_name(self, value: ProgramValue) -> str:
        return f"{self.names[value]}_i" if value.shape else self.names[value]

    def _ending(self, value: ProgramValue) -> list[str]:
        """Return the lines that store what was collected, and that divide a mean."""
        kind, name = np.dtype(value.dtype).name, self.names[value]
        count = math.prod(value.inputs[0].shape) // math.prod(value.shape or ())
        per = f" / {count}" if value.primitive is average else ""
        if self._is_collected(value):
            target = self._result(value) if value.shape else name
            return [f"{target} = np.{kind}({self._collector(value)}{per})"]
        return [f"{name}[...] = {name} / np.{kind}({count})"] if per else []

    def _collector(self, value: ProgramValue) -> str:
        return f"{self.names[value]}_so_far"

    def _scalar(self, value: ProgramValue) -> str:
        """Return the expression of an entry, rounded to the dtype of the value."""
        kind = _computed_in(value)
        operands = [
            self._operand(x, kind, place == 0 and _has_mask(value))
            for place, x in enumerate(value.inputs)
        ]
        text = (scalar_form(value) or "").format(*operands)
        dtype = np.dtype(value.dtype)
        is_exact = dtype in (kind, np.bool) or is_conversion(value)
        return text if is_exact else f"np.{dtype.name}({text})"

    def _operand(self, x: Operand, dtype: Any, is_mask: bool = False) -> str:
        """Return the text of an operand; a bool is converted unless it is a mask."""
        if not isinstance(x, ProgramValue):
            return literal(x, dtype)
        text = self.names[x]
        if x.shape:
            text = self._entry_name(x) if x in self.inside else self._at(x)
        is_factor = x.dtype == np.bool and dtype != np.bool and not is_mask
        return f"np.{np.dtype(dtype).name}({text})" if is_factor else text

    def _at(self, x: ProgramValue) -> str:
        """Return the entry of an operand that belongs to the position in the loops."""
        own, shape = x.shape or (), self.nest.shape
        return self._indexed(x, range(len(shape) - len(own), len(shape)))

    def _result(self, value: ProgramValue) -> str:
        """Return the entry of a reduction's result that belongs to the position in the loops."""
        axes = range(len(self.nest.shape))
        kept = value.options.get("keepdims")
        return self._indexed(
            value, axes if kept else [axis for axis in axes if axis not in reduced_axes(value)]
        )

    def _indexed(self, x: ProgramValue, axes: Any) -> str:
        base, starts = unsliced(x, self._is_readable)
        index = [
            str(start) if length == 1 else f"i{axis}" + f" + {start}" * bool(start)
            for axis, length, start in zip(axes, x.shape or (), starts, strict=True)
        ]
        return f"{self.names[base]}[{', '.join(index)}]"

    def _is_readable(self, value: ProgramValue) -> bool:
        return is_in_order(self.plan.slots[value])

    def operands(self) -> list[ProgramValue]:
        """Return the values whose arrays, or numbers, the nest reads."""
        read = [x for value in self.nest.values for x in values_in(value.inputs)]
        return [x if x in self.inside else unsliced(x, self._is_readable)[0] for x in read]


def _computed_in(value: ProgramValue) -> Any:
    """Return the dtype that NumPy computes an entry in, with numbers as they promote there."""
    if value.primitive is where:
        return np.dtype(value.dtype)
    return np.result_type(*(x.dtype if isinstance(x, ProgramValue) else x for x in value.inputs))


def _has_mask(value: ProgramValue) -> bool:
    """Return whether the first operand isn't a number to compute with."""
    return value.primitive is where or is_conversion(value)


def is_in_order(slot: Slot) -> bool:
    """Return whether the entries of an array are in C order; those from outside are put in it."""
    return slot.kind != INNER and (slot.memory is None or slot.memory.flags.c_contiguous)


def comment_of(value: ProgramValue) -> str:
    """Return a comment with the user's line, if it is known."""
    return f"  {comment(value.place)}" if value.place else ""

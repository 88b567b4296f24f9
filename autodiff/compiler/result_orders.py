"""The memory layout of results: that of NumPy's, where their entries are contiguous.

A program computes into buffers in C order, and leaves copies out, so that its results may lie in
another order of axes than those of the recorded function. These are laid out anew in each call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from autodiff.compiler.forms import form_of, is_elementwise
from autodiff.compiler.plan import Plan
from autodiff.compiler.program import Operand, Program, ProgramValue
from autodiff.compiler.record import Recording
from autodiff.core.graph import Node
from autodiff.core.typing import Array

__all__ = ["in_orders", "orders_of_results"]

Orders: TypeAlias = tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...]
"""Positions among the results, each with its axes from the outermost in memory, and the inverse."""


def orders_of_results(recording: Recording, program: Program, plan: Plan) -> Orders:
    """Return which results might lie in another order of axes than the recorded ones."""
    inputs = {
        value: _is_in_c_order(node.value)
        for value, node in zip(program.inputs, recording.inputs, strict=True)
    }
    known = _InCOrder(plan, inputs)
    found = []
    for i, (x, value) in enumerate(zip(recording.results, program.results, strict=True)):
        axes = _axes_of(x.value if type(x) is Node else x)
        is_copied = not isinstance(value, ProgramValue) or value not in plan.fresh
        is_in_c_order = list(axes) == sorted(axes)
        if axes and not (is_in_c_order and (is_copied or known(value))):
            found.append((i, axes, tuple(np.argsort(axes).tolist())))
    return tuple(found)


def in_orders(results: Sequence[Array], orders: Orders) -> tuple[Array, ...]:
    """Return results with some of them laid out in other orders of axes."""
    new = list(results)
    for i, axes, inverse in orders:
        new[i] = np.ascontiguousarray(new[i].transpose(axes)).transpose(inverse)
    return tuple(new)


def _axes_of(array: Array) -> tuple[int, ...]:
    """Return the axes from the outermost in memory; () where entries aren't contiguous."""
    if not isinstance(array, np.ndarray) or array.ndim < 2 or array.size < 2:
        return ()
    if array.flags.c_contiguous:
        return tuple(range(array.ndim))
    axes = tuple(sorted(range(array.ndim), key=lambda axis: -array.strides[axis]))
    return axes if array.transpose(axes).flags.c_contiguous else ()


def _is_in_c_order(array: Array) -> bool:
    return not isinstance(array, np.ndarray) or array.ndim < 2 or array.flags.c_contiguous


class _InCOrder:
    """Tells whether a value is in C order in every call, where its operation shows it."""

    def __init__(self, plan: Plan, known: dict[ProgramValue, bool]) -> None:
        self.slots, self.known = plan.slots, known
        for value in plan.values:
            if value not in known:
                known[value] = self._find(value)

    def __call__(self, x: Operand) -> bool:
        return self.known.get(x, False) if isinstance(x, ProgramValue) else True

    def _find(self, value: ProgramValue) -> bool:
        slot = self.slots[value]
        if value.ndim < 2 or (slot.kind == "fixed" and slot.origin in ("new", "reused")):
            return True
        if value.memory is not None:
            return _is_in_c_order(value.memory)
        if is_elementwise(value.primitive):
            return form_of(value) is not None and all(map(self, value.inputs))
        template, _ = form_of(value) or ("", {})
        return template.startswith("{0}.dot(")

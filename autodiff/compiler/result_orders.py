"""The memory order of results: C or Fortran order, as NumPy's results have it.

A program computes into buffers in C order, and leaves copies out, so that its results may lie in
another order than those of the recorded function. These are laid out anew in each call.
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

Orders: TypeAlias = tuple[tuple[int, str], ...]
"""Positions among the results, each with "C" or "F"."""


def orders_of_results(recording: Recording, program: Program, plan: Plan) -> Orders:
    """Return which results might lie in another order than the recorded ones, with their order."""
    inputs = {
        value: _order_of(node.value) in ("", "C")
        for value, node in zip(program.inputs, recording.inputs, strict=True)
    }
    known = _InCOrder(plan, inputs)
    found = []
    for i, (x, value) in enumerate(zip(recording.results, program.results, strict=True)):
        order = _order_of(x.value if type(x) is Node else x)
        is_copied = not isinstance(value, ProgramValue) or value not in plan.fresh
        if order == "F" or (order == "C" and not is_copied and not known(value)):
            found.append((i, order))
    return tuple(found)


def in_orders(results: Sequence[Array], orders: Orders) -> tuple[Array, ...]:
    """Return results with some of them in C or Fortran order."""
    new = list(results)
    for i, order in orders:
        new[i] = np.asarray(new[i], order=order)  # type: ignore[call-overload]
    return tuple(new)


def _order_of(array: Array) -> str:
    """Return "C" or "F"; "" where it is both, "K" where it is neither."""
    if not isinstance(array, np.ndarray) or array.ndim < 2:
        return ""
    in_c, in_fortran = array.flags.c_contiguous, array.flags.f_contiguous
    return "" if in_c and in_fortran else "C" if in_c else "F" if in_fortran else "K"


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
            return _order_of(value.memory) in ("", "C")
        if is_elementwise(value.primitive):
            return form_of(value) is not None and all(map(self, value.inputs))
        template, _ = form_of(value) or ("", {})
        return template.startswith("{0}.dot(")

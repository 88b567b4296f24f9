"""Write a program with pieces: compiled functions, and the function that calls them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.compiler.native.pieces import PieceText
from autodiff.compiler.native.planning import INNER, plan_native
from autodiff.compiler.native.schedule import Piece, Schedule, Step, schedule
from autodiff.compiler.plan import Plan
from autodiff.compiler.program import Program, ProgramValue, values_in
from autodiff.compiler.writers.numpy import GeneratedModule, ProgramWriter

__all__ = ["NativeModule", "write_native"]


@dataclass
class NativeModule:
    """The text of the function that runs, and of the compiled functions that it calls.

    Attributes:
        main: calls the pieces, and NumPy in between.
        pieces: the text of the compiled functions, with their signatures; empty without any.
        names: of the compiled functions.
        calls: the operations that stay calls of NumPy.
    """

    main: GeneratedModule
    pieces: str
    names: list[str]
    calls: list[ProgramValue]


def write_native(program: Program, title: str) -> NativeModule:
    """Return the source of a simplified program in pieces."""
    steps = schedule(program)
    writer = _NativeWriter(program, plan_native(program, steps), steps)
    main = writer.source(title)
    return NativeModule(
        main, writer.text_of_pieces(), [p.name for p in writer.texts], steps.calls()
    )


class _NativeWriter(ProgramWriter):
    def __init__(self, program: Program, plan: Plan, steps: Schedule) -> None:
        super().__init__(program, plan)
        self.steps = steps
        results = set(values_in(program.outcomes))
        used = {step: _operands(step) for step in steps.steps}
        self.texts: list[PieceText] = []
        for number, piece in enumerate(steps.pieces(), 1):
            needed = results.union(*(x for step, x in used.items() if step is not piece))
            name = self.new_name(f"piece_{number}", "piece")
            self.texts.append(PieceText(name, piece, plan, self.names, needed))

    def text_of_pieces(self) -> str:
        """Return the module of the compiled functions."""
        if not self.texts:
            return ""
        lines = ["import math", "", "import numpy as np", "from numba import njit, types", "", ""]
        definitions = "\n".join(line for text in self.texts for line in text.lines())
        if any(name in definitions for name in ("exp32(", "tanh32(")):
            lines += [_VECTOR_MATH.read_text(encoding="utf-8"), ""]
        for text in self.texts:
            signature = ", ".join(self._type(x) for x in text.arguments)
            options = "cache=True, error_model='numpy'"
            lines += [f"@njit([({signature}{',' if len(text.arguments) == 1 else ''})], {options})"]
            lines += [*text.lines(), "", ""]
        return "\n".join(lines)

    def _type(self, x: ProgramValue) -> str:
        """Return numba's type of an argument of a piece."""
        kind = f"types.{_KINDS[np.dtype(x.dtype)]}"
        if not x.shape:
            return kind
        memory = self.plan.slots[x].memory
        if memory is None:
            return f"types.Array({kind}, {x.ndim}, 'C')"
        flags = memory.flags
        layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
        readonly = "" if flags.writeable else ", readonly=True"
        return f"types.Array({kind}, {x.ndim}, '{layout}'{readonly})"

    def _body(self) -> list[str]:
        lines: list[str] = []
        texts = iter(self.texts)
        for step in self.steps.steps:
            if isinstance(step, Piece):
                lines += self._call_of(next(texts))
            else:
                lines += [f"    {line}{self._comment(step)}" for line in self._lines(step)]
        return lines

    def _call_of(self, text: PieceText) -> list[str]:
        """Return the lines that call a piece."""
        lines = [
            f"    {self.names[v]} = np.empty({v.shape}, np.{np.dtype(v.dtype).name})"
            for v in text.piece.values()
            if v.shape and self.plan.slots[v].kind == "local"
        ]
        arguments = ", ".join(self._argument(x, text) for x in text.arguments)
        call = f"{text.name}({arguments})"
        if not text.returned:
            return [*lines, f"    {call}"]
        names = [self.names[v] for v in text.returned]
        lines.append(f"    {', '.join(names)}{',' if len(names) == 1 else ''} = {call}")
        return lines + [
            f"    {self.names[v]} = np.{np.dtype(v.dtype).name}({self.names[v]})"
            for v in text.returned
        ]

    def _argument(self, x: ProgramValue, text: PieceText) -> str:
        """Return an argument of a piece; what comes from outside is converted if necessary."""
        slot, name = self.plan.slots[x], self.names[x]
        is_own = x in text.piece.values()
        if not x.shape or slot.kind == "fixed" or is_own or slot.kind == INNER:
            return name
        return f"{self.constant(in_order_and_writable, 'in_order')}({name})"


def _operands(step: Step) -> set[ProgramValue]:
    values = step.values() if isinstance(step, Piece) else [step]
    return {x for value in values for x in values_in(value.inputs)}


_VECTOR_MATH = Path(__file__).with_name("vector_math.py")
_KINDS = {np.dtype(np.float32): "float32", np.dtype(np.float64): "float64",
          np.dtype(np.bool): "boolean"}  # fmt: skip


def in_order_and_writable(x: Any) -> Any:
    """Return an array in C order as machine code expects it; a copy if it has another order."""
    return x if x.flags.carray else np.array(x, order="C")

"""Write a program with pieces: compiled functions, and the function that calls them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autodiff.compiler.native.blas_threads import multiply_adds
from autodiff.compiler.native.memory import INNER, plan_native
from autodiff.compiler.native.pieces import PieceText
from autodiff.compiler.native.row_blocks import by_rows
from autodiff.compiler.native.row_loops import RowLoopText
from autodiff.compiler.native.row_sections import in_blocks_of_rows
from autodiff.compiler.native.schedule import Piece, Schedule, Step, schedule
from autodiff.compiler.native.slices import is_slice
from autodiff.compiler.plan import Plan
from autodiff.compiler.program import Operand, Program, ProgramValue, values_in
from autodiff.compiler.writers.numpy import GeneratedModule, ProgramWriter
from autodiff.core.cotangents import part

__all__ = ["NativeModule", "write_native"]


@dataclass
class NativeModule:
    """The text of the function that runs, and of the compiled functions that it calls.

    Attributes:
        main: calls the pieces, and NumPy in between.
        pieces: the text of the compiled functions, with their signatures; empty without any.
        names: of the compiled functions.
        calls: the operations that stay calls of NumPy.
        products: the multiply-adds of each product of matrices, but for those of blocks of rows.
        has_row_loops: whether there are loops over blocks of rows.
    """

    main: GeneratedModule
    pieces: str
    names: list[str]
    calls: list[ProgramValue]
    products: list[int]
    has_row_loops: bool


def write_native(program: Program, title: str) -> NativeModule:
    """Return the source of a simplified program in pieces."""
    program = in_blocks_of_rows(program)
    steps = schedule(program)
    writer = _NativeWriter(program, plan_native(program, steps), steps)
    main = writer.source(title)
    names = [text.name for text, _ in writer.pieces]
    pieces = _module_of(writer.pieces)
    has_row_loops = any(isinstance(text, RowLoopText) for text, _ in writer.pieces)
    return NativeModule(main, pieces, names, writer.calls, writer.products, has_row_loops)


class _NativeWriter(ProgramWriter):
    """Writes a program whose steps are pieces and calls.

    Attributes:
        pieces: of the whole module, each with its signature.
        calls: of the whole module.
        products: of the whole module, in multiply-adds.
    """

    def __init__(
        self, program: Program, plan: Plan, steps: Schedule, outer: _NativeWriter | None = None
    ) -> None:
        super().__init__(program, plan, outer)
        self.steps = steps
        self.pieces: list[tuple[PieceText | RowLoopText, str]] = outer.pieces if outer else []
        self.calls: list[ProgramValue] = outer.calls if outer else []
        self.calls += [value for value in steps.calls() if not _is_of_rows(value)]
        self.products: list[int] = outer.products if outer else []
        self.products += filter(None, map(multiply_adds, steps.values))
        self.callers: dict[ProgramValue, str] = {}
        results = set(values_in(program.outcomes))
        readers: dict[ProgramValue, set[Step]] = {}
        for step in steps.steps:
            for x in _operands(step):
                readers.setdefault(x, set()).add(step)
        self.texts: list[PieceText] = []
        for piece in steps.pieces():
            needed = {v for v in piece.values() if v in results or readers.get(v, set()) - {piece}}
            name = self.new_name(f"piece_{len(self.pieces) + 1}", "piece")
            text = PieceText(name, piece, plan, self.names, needed)
            self.texts.append(text)
            self.pieces.append((text, ", ".join(self.type_of(x) for x in text.arguments)))

    def function_of(self, program: Program, plan: Plan) -> tuple[list[str], str]:
        """Write another program, the step of a loop, as a function that calls pieces."""
        steps = schedule(program)
        inner = _NativeWriter(program, plan_native(program, steps, plan.given), steps, self)
        return inner._definition(), inner.function

    def _loop(self, value: ProgramValue) -> list[str]:
        """Return the lines that define the function of a loop, or of a section by rows."""
        if value.primitive is not by_rows:
            return super()._loop(value)
        section = value.options["section"]
        steps = schedule(section.program, in_buffers=True)
        plan = plan_native(section.program, steps, in_buffers=True)
        products = list(self.products)
        block = _NativeWriter(section.program, plan, steps, self)
        self.products[:] = products  # each block's are computed on one thread
        text = RowLoopText(section, block)
        self.pieces.append((text, text.signature))
        self.callers[value] = text.caller
        return text.definitions()

    def _expression(self, value: ProgramValue) -> str:
        if value.primitive is not by_rows:
            return super()._expression(value)
        inputs = value.inputs[: len(value.options["section"].program.inputs)]
        return f"{self.callers[value]}({', '.join(map(self._in_order, inputs))})"

    def type_of(self, x: ProgramValue) -> str:
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
        self._written: set[ProgramValue] = set()
        for step in self.steps.steps:
            if isinstance(step, Piece):
                text = next(texts)
                lines += [*self._slices(text.arguments), *self._call_of(text)]
            else:
                lines += self._slices(step.inputs)
                lines += [f"    {line}{self._comment(step)}" for line in self._lines(step)]
        return lines + self._slices(self.program.outcomes)

    def _slices(self, values: Iterable[Operand]) -> list[str]:
        """Return the lines that define the slices among values, after those they are slices of."""
        lines: list[str] = []
        for x in values_in(values):
            if is_slice(x) and self.plan.slots[x].kind == "local" and x not in self._written:
                self._written.add(x)
                lines += self._slices(x.inputs)
                lines += [f"    {line}{self._comment(x)}" for line in self._lines(x)]
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
        is_own = x in text.piece.values() or self.plan.slots[x].kind in ("fixed", INNER)
        return self.names[x] if is_own and not _is_live_number(x) else self._in_order(x)

    def _in_order(self, x: ProgramValue) -> str:
        """Return an operand in C order, and writable: a copy unless it's known to be."""
        memory = self.plan.slots[x].memory
        if _is_live_number(x):
            return f"{self.names[x]}[()]"
        if not x.shape or (memory is not None and memory.flags.carray):
            return self.names[x]
        return f"{self.constant(in_order_and_writable, 'in_order')}({self.names[x]})"

    def preparation(self, value: ProgramValue) -> list[str]:
        """Return the lines that define the memory of a value, at the beginning."""
        return self._preparation(value)


def _module_of(pieces: list[tuple[PieceText | RowLoopText, str]]) -> str:
    """Return the text of the module of compiled functions; empty without any."""
    if not pieces:
        return ""
    lines = ["import math", "", "import numpy as np", "from numba import njit, types", "", ""]
    definitions = [text.lines() for text, _ in pieces]
    if any(name in line for text in definitions for line in text for name in _VECTORIZED):
        lines += [_VECTOR_MATH.read_text(encoding="utf-8"), ""]
    for (text, signature), definition in zip(pieces, definitions, strict=True):
        options = f"cache=True, error_model='numpy', no_cfunc_wrapper=True{text.options}"
        lines += [f"@njit([({signature},)], {options})", *definition, "", ""]
    return "\n".join(lines)


def _operands(step: Step) -> set[ProgramValue]:
    values = step.values() if isinstance(step, Piece) else [step]
    return {x for value in values for x in values_in(value.inputs)}


def _is_live_number(x: ProgramValue) -> bool:
    """Return whether a value is an array without axes, which machine code takes as a number."""
    return x.is_live and not x.shape


def _is_of_rows(value: ProgramValue) -> bool:
    several = value.inputs[0] if value.primitive is part else value
    return isinstance(several, ProgramValue) and several.primitive is by_rows


_VECTORIZED = ("exp32(", "tanh32(")
_VECTOR_MATH = Path(__file__).with_name("vector_math.py")
_KINDS = {np.dtype(np.float32): "float32", np.dtype(np.float64): "float64",
          np.dtype(np.bool): "boolean"}  # fmt: skip


def in_order_and_writable(x: Any) -> Any:
    """Return an array in C order as machine code expects it; a copy if it has another order."""
    return x if x.flags.carray else np.array(x, order="C")

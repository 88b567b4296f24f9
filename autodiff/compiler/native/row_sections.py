"""Sections of a program to compute by blocks of rows, so that the values of a block stay in a cache.

In a section, each row of a value depends on the same row of others, and on whole arrays such as
weights. A value that needs all rows, such as the slope of a weight, is the sum of its blocks'. So a
program for a few rows, run again and again, computes the section: the patches of a convolution for
one or two images instead of a batch. Different blocks can be computed at the same time.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autodiff.compiler.forms import is_view
from autodiff.compiler.native.scalars import is_scalar_form
from autodiff.compiler.native.schedule import (
    Piece,
    is_product,
    is_reduction,
    reduced_axes,
    schedule,
)
from autodiff.compiler.native.written_loops import has_written_loops
from autodiff.compiler.program import Operand, Program, ProgramValue, values_in
from autodiff.core.cotangents import part
from autodiff.core.primitive import constant, primitive
from autodiff.core.typing import Array
from autodiff.rules.masked import total
from autodiff.rules.shape import reshape, transpose

__all__ = ["RowSection", "by_rows", "in_blocks_of_rows"]

LARGE = 1 << 21  # bytes of a value that no longer fits into a core's cache
BLOCK = 1 << 19  # most bytes of a value in a block
SMALL = 1 << 17  # most bytes of a weight or its slope, which is in the cache beside a block
ROWS, COLUMNS, SUM = "rows", "columns", "sum"


@dataclass(eq=False)
class RowSection:
    """A section of a program.

    Attributes:
        program: computes a block.
        count: the number of blocks.
        is_cut: of each input, whether a block takes its part of the rows; otherwise all of it.
        is_sum: of each result, whether it is the sum over the blocks; otherwise it is their rows.
    """

    program: Program
    count: int
    is_cut: list[bool]
    is_sum: list[bool]


@primitive
def by_rows(*values: Array, section: RowSection) -> tuple[Array, ...]:
    """Compute the results of a section of a program; it is written as machine code alone."""
    raise NotImplementedError(
        f"expected section {section.program.name} in machine code, got a call in NumPy code. Use "
        f"the program before it was divided by in_blocks_of_rows."
    )


constant(by_rows)


def in_blocks_of_rows(program: Program) -> Program:
    """Replace the sections that have products and large values by operations `by_rows`."""
    for length in sorted({v.shape[0] for v in program.values() if _is_large(v) and v.shape}):
        program = _Sections(program, length).replaced()
    return program


def _is_large(value: ProgramValue) -> bool:
    return _is_native(value) and _nbytes(value) > LARGE


def _nbytes(value: ProgramValue) -> int:
    return math.prod(value.shape or ()) * np.dtype(value.dtype).itemsize


def _is_native(value: ProgramValue) -> bool:
    """Return whether a value is computed by a loop or product of machine code."""
    return bool(value.is_computed and value.shape is not None and not is_view(value.primitive)) and (
        is_product(value)
        or is_reduction(value)
        or is_scalar_form(value)
        or has_written_loops(value)
    )  # fmt: skip


class _Sections:
    """The sections with a number of rows, one after the other, each as early as possible.

    Attributes:
        levels: of each value, the number of the section that it is in, or that may depend on it.
        kinds: of the values inside of sections: `ROWS`, `COLUMNS` (transposed rows), or `SUM`.
    """

    def __init__(self, program: Program, length: int) -> None:
        self.program, self.length = program, length
        self.values = program.values()
        self.whole = _taken_whole(self.values)
        self.levels: dict[ProgramValue, int] = {}
        self.kinds: dict[ProgramValue, str] = {}
        for value in self.values:
            self._place(value)

    def replaced(self) -> Program:
        """Return the program with an operation for each section that is worthwhile."""
        new: dict[ProgramValue, ProgramValue] = {}
        outputs = self._outputs()
        levels: dict[int, list[ProgramValue]] = defaultdict(list)
        for value in self.values:
            levels[self.levels[value]].append(value)
        for level in sorted(levels):
            inside = [value for value in levels[level] if value in self.kinds]
            for value in levels[level]:
                if value not in self.kinds:
                    _renew(value, new)
            found = self._section(inside, [x for x in inside if x in outputs])
            if found is None:
                for value in inside:
                    _renew(value, new)
                continue
            section, operands = found
            inputs = tuple(new.get(x, x) for x in operands)
            options, order = {"section": section}, max(value.order for value in inside)
            whole = ProgramValue(None, None, by_rows, inputs, options, order=order)
            parts = [x for x in inside if x in outputs]
            new |= {x: x.like(part, whole, number=number) for number, x in enumerate(parts)}
            for value in inside:
                if is_view(value.primitive):
                    _renew(value, new)
        return self.program.rewritten(lambda x: new.get(x, x) if type(x) is ProgramValue else x)

    # Which values are inside.

    def _place(self, value: ProgramValue) -> None:
        operands = list(values_in(value.inputs))
        level = max((self.levels[x] + (self.kinds.get(x) == SUM) for x in operands), default=0)
        kind = self._kind(value, level)
        if kind is not None:
            self.kinds[value] = kind
        elif any(self._is_inside(x, level) for x in operands):
            level += 1
        self.levels[value] = level

    def _is_inside(self, x: ProgramValue, level: int) -> bool:
        return x in self.kinds and self.levels[x] == level

    def _kind(self, value: ProgramValue, level: int) -> str | None:
        """Return what a value is inside of a section; None if it can't be there."""
        if value in self.whole or not value.is_computed or value.is_effect:
            return None
        form = self._form(value)
        if form is None:
            return None
        kind, is_cut = form
        if value.primitive is reshape and not self._is_inside(value.inputs[0], level):
            return None
        fits = all(
            self._gives_rows(x, value, level) if cut else not self._is_inside(x, level)
            for x, cut in zip(value.inputs, is_cut, strict=True)
            if isinstance(x, ProgramValue)
        )
        return kind if fits else None

    def _form(self, value: ProgramValue) -> tuple[str, list[bool]] | None:
        """Return what a value would be, and of which operands a block would take rows."""
        if is_view(value.primitive):
            return self._form_of_view(value)
        if not (_is_native(value) and math.prod(value.shape or ())):
            return None
        if is_product(value):
            return self._form_of_product(value)
        if is_reduction(value):
            if 0 not in reduced_axes(value):
                return ROWS, [True]
            return (SUM, [True]) if value.primitive is total else None
        if not self._has_rows(value):
            return None
        if not has_written_loops(value):
            return ROWS, [_has_rows_of(x, value) for x in value.inputs]
        lengths = {x.shape[:1] for x in value.inputs}
        is_rowwise = value.primitive.is_rowwise and lengths == {(value.shape or ())[:1]}
        return (ROWS, [True] * len(value.inputs)) if is_rowwise else None

    def _form_of_product(self, value: ProgramValue) -> tuple[str, list[bool]] | None:
        a, b = value.inputs
        is_sum = _is_turned(a) or a.ndim == 1
        repeated = value if is_sum else b  # what each block reads as a whole
        if _nbytes(repeated) > max(SMALL, _nbytes(a) // 16):
            return None
        if is_sum:
            return (SUM, [True, True]) if self._has_rows(b) else None
        return (ROWS, [True, False]) if self._has_rows(value) else None

    def _form_of_view(self, value: ProgramValue) -> tuple[str, list[bool]] | None:
        if _is_turned(value):
            return COLUMNS, [True]
        is_in_order = value.primitive is reshape and value.options.get("order", "C") == "C"
        return (ROWS, [True]) if is_in_order and self._has_rows(value) else None

    def _gives_rows(self, x: ProgramValue, user: ProgramValue, level: int) -> bool:
        """Return whether a block can take its rows of an operand."""
        is_left = is_product(user) and x is user.inputs[0] and _is_turned(x)
        if self._is_inside(x, level):
            return self.kinds[x] == (COLUMNS if is_left else ROWS)
        return self._has_rows(x.inputs[0] if is_left else x)

    def _has_rows(self, x: ProgramValue) -> bool:
        return bool(x.shape) and (x.shape or (0,))[0] % self.length == 0

    def _outputs(self) -> set[ProgramValue]:
        """Return the values that are used outside of their section; of a view, its base."""
        used = [
            x
            for value in self.values
            for x in values_in(value.inputs)
            if not (value in self.kinds and self._is_inside(x, self.levels[value]))
        ]
        found = set()
        for x in [*used, *values_in(self.program.outcomes)]:
            base = x
            while base in self.kinds and is_view(base.primitive):
                base = base.inputs[0]
            found.add(base)
        return found

    # The program of a block.

    def _section(
        self, inside: list[ProgramValue], outputs: list[ProgramValue]
    ) -> tuple[RowSection, list[ProgramValue]] | None:
        """Return a section and its operands, if it is worthwhile: its blocks are one piece."""
        rows = self._rows_of_a_block(inside)
        if not (rows and any(map(is_product, inside)) and any(map(_is_large, inside))):
            return None
        block = _Block(self.length, rows)
        for value in inside:
            _, is_cut = self._form(value) or ("", [])
            block.add(value, self.kinds[value], is_cut)
        results: list[Operand] = [block.new[output] for output in outputs]
        inputs = list(block.inputs.values())
        program = Program(f"{self.program.name}_rows", inputs, [], results, [])
        steps = schedule(program, in_buffers=True).steps
        if not (len(steps) == 1 and isinstance(steps[0], Piece)):
            return None
        is_sum = [self.kinds[output] == SUM for output in outputs]
        is_cut = [cut for _, cut in block.inputs]
        operands = [*(x for x, _ in block.inputs), *block.kept]
        return RowSection(program, self.length // rows, is_cut, is_sum), operands

    def _rows_of_a_block(self, inside: list[ProgramValue]) -> int:
        """Return the number of rows of a block; 0 if there is no good one."""
        stored = [value for value in inside if self.kinds[value] == ROWS]
        of_a_row = max(map(_nbytes, stored), default=0) // self.length
        fitting = [
            rows
            for rows in range(1, self.length // 2 + 1)
            if self.length % rows == 0 and (rows == 1 or rows * of_a_row <= BLOCK)
        ]
        rows = max(fitting, default=0)
        return rows if rows * of_a_row * 8 >= BLOCK else 0  # not of a few short rows


def _renew(value: ProgramValue, new: dict[ProgramValue, ProgramValue]) -> None:
    """Note a value again if it depends on values that are replaced."""
    if any(x in new for x in values_in(value.inputs)):
        inputs = tuple(new.get(x, x) if type(x) is ProgramValue else x for x in value.inputs)
        new[value] = replace(value, inputs=inputs)


class _Block:
    """The values of a block.

    Args:
        length: the number of rows of the section.
        rows: that of a block.

    Attributes:
        new: by the values of the section.
        inputs: by their operands, and whether a block takes its part of the rows.
        kept: live arrays and constants that all blocks read as they are.
    """

    def __init__(self, length: int, rows: int) -> None:
        self.length, self.rows = length, rows
        self.new: dict[ProgramValue, ProgramValue] = {}
        self.inputs: dict[tuple[ProgramValue, bool], ProgramValue] = {}
        self.kept: dict[ProgramValue, None] = {}

    def add(self, value: ProgramValue, kind: str, is_cut: list[bool]) -> None:
        """Add a value of the section."""
        shape = tuple(value.shape or ())
        if kind == ROWS:
            shape = self._cut(shape)
        elif kind == COLUMNS:
            shape = self._cut(shape[::-1])[::-1]
        options = {**value.options, "shape": shape} if value.primitive is reshape else value.options
        inputs = tuple(
            self._operand(x, cut) if isinstance(x, ProgramValue) else x
            for x, cut in zip(value.inputs, is_cut, strict=True)
        )
        self.new[value] = replace(value, shape=shape, inputs=inputs, options=options)

    def _cut(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (shape[0] // self.length * self.rows, *shape[1:])

    def _operand(self, x: ProgramValue, cut: bool) -> ProgramValue:
        if x in self.new:
            return self.new[x]
        if not cut:
            return self._whole(x)
        if _is_turned(x):
            self.add(x, COLUMNS, [True])
            return self.new[x]
        shape = self._cut(tuple(x.shape or ()))
        if x.is_constant and _is_periodic(x.memory, shape[0]):
            memory = x.memory[: shape[0]].copy()
            self.new[x] = replace(x, shape=shape, memory=memory, name=x.name.strip("_0123456789"))
            return self.new[x]
        return self._input(x, cut, shape)

    def _whole(self, x: ProgramValue) -> ProgramValue:
        origin = next(value for value in _bases(x) if not is_view(value.primitive))
        if origin.memory is not None:
            self.kept[origin] = None
            return x
        if _is_turned(x):
            self.new[x] = replace(x, inputs=(self._whole(x.inputs[0]),))
            return self.new[x]
        return self._input(x, False, tuple(x.shape or ()))

    def _input(self, x: ProgramValue, cut: bool, shape: tuple[int, ...]) -> ProgramValue:
        if (x, cut) not in self.inputs:
            self.inputs[x, cut] = ProgramValue(shape, x.dtype, order=x.order, name=x.name)
        return self.inputs[x, cut]


def _is_periodic(array: Array, rows: int) -> bool:
    """Return whether all blocks of rows are equal."""
    blocks = array.reshape(-1, rows, *array.shape[1:])
    return bool((blocks == blocks[:1]).all())


def _has_rows_of(x: Any, value: ProgramValue) -> bool:
    """Return whether an operand isn't repeated along the first axis."""
    return (
        isinstance(x, ProgramValue)
        and x.ndim == value.ndim
        and (x.shape or ())[:1] == (value.shape or ())[:1]
    )


def _taken_whole(values: list[ProgramValue]) -> set[ProgramValue]:
    """Return the right factors of the products of rows, and what they are views of."""
    found: set[ProgramValue] = set()
    for value in values:
        if is_product(value):
            a, b = value.inputs
            if not _is_turned(a) and a.ndim == 2:
                found.update(_bases(b))
    return found


def _is_turned(x: ProgramValue) -> bool:
    return x.primitive is transpose and x.options["axes"] == (1, 0)


def _bases(x: ProgramValue) -> Iterator[ProgramValue]:
    """Iterate over a value and what it is a view of."""
    yield x
    while x.is_computed and is_view(x.primitive) and isinstance(x.inputs[0], ProgramValue):
        x = x.inputs[0]
        yield x

"""Sections of a program to compute by blocks of rows, whose values stay in a cache.

In a section, each row of a value depends on the same row of others, and on whole arrays such as
weights. A value that needs all rows, such as the slope of a weight, is the sum of its blocks'. So a
program for a few rows, run again and again, computes the section: the patches of a convolution for
one or two images instead of a batch. Different blocks can be computed at the same time.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

from autodiff.compiler.forms import is_view
from autodiff.compiler.native.blas_threads import multiply_adds
from autodiff.compiler.native.row_blocks import (
    RowBlock,
    RowKind,
    RowSection,
    bases,
    by_rows,
    has_rows,
    is_reshaped,
    is_turned,
    nbytes,
    spread,
)  # fmt: skip
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
from autodiff.rules.masked import total
from autodiff.rules.shape import reshape

__all__ = ["in_blocks_of_rows"]

LARGE = 1 << 21  # bytes of a value that no longer fits into a core's cache
BLOCK = 1 << 19  # most bytes of a value in a block
SMALL = 1 << 17  # most bytes of a weight or its slope, which is in the cache beside a block


def in_blocks_of_rows(program: Program) -> Program:
    """Replace the sections that have products and large values by operations `by_rows`."""
    divided = program
    for length in sorted({v.shape[0] for v in program.values() if _is_large(v) and v.shape}):
        divided = _Sections(divided, length).replaced()
    inside, outside = _work(divided)
    return divided if 4 * outside <= inside else program


def _work(program: Program) -> tuple[int, int]:
    """Return the multiply-adds of the products in blocks, and of all others, which get one core."""
    inside = outside = 0
    for value in program.values():
        outside += multiply_adds(value)
        if value.primitive is by_rows:
            section = value.options["section"]
            inside += section.count * sum(map(multiply_adds, section.program.values()))
    return inside, outside


def _is_large(value: ProgramValue) -> bool:
    return _is_native(value) and nbytes(value) > LARGE


def _is_native(value: ProgramValue) -> bool:
    """Return whether a value is computed by a loop or product of machine code."""
    if not value.is_computed or not math.prod(value.shape or ()) or is_view(value.primitive):
        return False
    return (
        is_product(value)
        or is_reduction(value)
        or is_scalar_form(value)
        or has_written_loops(value)
    )


class _Sections:
    """The sections with a number of rows, one after the other, each as early as possible.

    Attributes:
        levels: of each value, the number of the section that it is in, or that may depend on it.
        kinds: of the values inside of sections: rows, columns or a sum.
    """

    def __init__(self, program: Program, length: int) -> None:
        self.program, self.length = program, length
        self.values = program.values()
        self.whole = _taken_whole(self.values)
        self.levels: dict[ProgramValue, int] = {}
        self.kinds: dict[ProgramValue, RowKind] = {}
        for value in self.values:
            self._place(value)

    def replaced(self) -> Program:
        """Return the program with an operation for each section that is worthwhile."""
        new: dict[ProgramValue, ProgramValue] = {}
        levels: dict[int, list[ProgramValue]] = defaultdict(list)
        for value in self.values:
            levels[self.levels[value]].append(value)
        inside = {n: [x for x in found if x in self.kinds] for n, found in levels.items()}
        worthwhile = {level for level, found in inside.items() if self._is_worthwhile(found)}
        outputs = self._outputs(worthwhile)
        for level in sorted(levels):
            for value in levels[level]:
                if value not in self.kinds:
                    _renew(value, new)
            if level in worthwhile:
                results = [x for x in inside[level] if x in outputs]
                new |= self._parts(inside[level], results, new)
            for value in inside[level]:
                if level not in worthwhile or is_view(value.primitive):
                    _renew(value, new)
        return self.program.rewritten(lambda x: new.get(x, x) if type(x) is ProgramValue else x)

    def _parts(
        self,
        inside: list[ProgramValue],
        results: list[ProgramValue],
        new: dict[ProgramValue, ProgramValue],
    ) -> dict[ProgramValue, ProgramValue]:
        """Return the parts of the operation for a section that are its results."""
        section, operands = self._section(inside, results)
        inputs = tuple(new.get(x, x) for x in operands)
        options, order = {"section": section}, max(value.order for value in inside)
        whole = ProgramValue(None, None, by_rows, inputs, options, order=order)
        return {x: x.like(part, whole, number=number) for number, x in enumerate(results)}

    # Which values are inside.

    def _place(self, value: ProgramValue) -> None:
        operands = list(values_in(value.inputs))
        level = max(
            (self.levels[x] + (self.kinds.get(x) == RowKind.SUM) for x in operands), default=0
        )
        kind = self._kind(value, level)
        if kind is not None:
            self.kinds[value] = kind
        elif any(self._is_inside(x, level) for x in operands):
            level += 1
        self.levels[value] = level

    def _is_inside(self, x: ProgramValue, level: int) -> bool:
        return x in self.kinds and self.levels[x] == level

    def _kind(self, value: ProgramValue, level: int) -> RowKind | None:
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

    def _form(self, value: ProgramValue) -> tuple[RowKind, list[bool]] | None:
        """Return what a value would be, and of which operands a block would take rows."""
        if is_view(value.primitive):
            return self._form_of_view(value)
        if not _is_native(value):
            return None
        if is_product(value):
            return self._form_of_product(value)
        if is_reduction(value):
            if 0 not in reduced_axes(value):
                return RowKind.ROWS, [True]
            return (RowKind.SUM, [True]) if value.primitive is total else None
        if not self._has_rows(value):
            return None
        if not has_written_loops(value):
            return RowKind.ROWS, [_has_rows_of(x, value) for x in value.inputs]
        lengths = {x.shape[:1] for x in value.inputs}
        is_rowwise = value.primitive.is_rowwise and lengths == {(value.shape or ())[:1]}
        return (RowKind.ROWS, [True] * len(value.inputs)) if is_rowwise else None

    def _form_of_product(self, value: ProgramValue) -> tuple[RowKind, list[bool]] | None:
        a, b = value.inputs
        is_sum = is_turned(a) or a.ndim == 1
        repeated = value if is_sum else b  # what each block reads as a whole
        if nbytes(repeated) > max(SMALL, nbytes(a) // 16):
            return None
        if is_sum:
            return (RowKind.SUM, [True, True]) if self._has_rows(b) else None
        return (RowKind.ROWS, [True, False]) if self._has_rows(value) else None

    def _form_of_view(self, value: ProgramValue) -> tuple[RowKind, list[bool]] | None:
        if is_turned(value):
            return RowKind.COLUMNS, [True]
        return (RowKind.ROWS, [True]) if is_reshaped(value) and self._has_rows(value) else None

    def _gives_rows(self, x: ProgramValue, user: ProgramValue, level: int) -> bool:
        """Return whether a block can take its rows of an operand."""
        is_left = is_product(user) and x is user.inputs[0] and is_turned(x)
        if self._is_inside(x, level):
            return self.kinds[x] == (RowKind.COLUMNS if is_left else RowKind.ROWS)
        return self._has_rows(x.inputs[0] if is_left else x)

    def _has_rows(self, x: ProgramValue) -> bool:
        return has_rows(x, self.length)

    def _outputs(self, worthwhile: set[int]) -> set[ProgramValue]:
        """Return the values that are used outside of their section; of a view, its base."""
        used = list(values_in(self.program.outcomes))
        for value in self.values:
            level = self.levels[value] if value in self.kinds else -1
            for x in values_in(value.inputs):
                if not self._is_inside(x, level):
                    origin = spread(x, self.length) if level in worthwhile else None
                    used += values_in(origin.inputs) if origin else [x]
        found = set()
        for x in used:
            base = x
            while base in self.kinds and is_view(base.primitive):
                base = base.inputs[0]
            found.add(base)
        return found

    # The program of a block.

    def _is_worthwhile(self, inside: list[ProgramValue]) -> bool:
        """Return whether a section has a product and a large value, and a block is one piece."""
        if not (
            any(map(is_product, inside))
            and any(map(_is_large, inside))
            and self._rows_of_a_block(inside)
        ):
            return False
        section, _ = self._section(inside, [x for x in inside if not is_view(x.primitive)])
        steps = schedule(section.program, in_buffers=True).steps
        return len(steps) == 1 and isinstance(steps[0], Piece)

    def _section(
        self, inside: list[ProgramValue], outputs: list[ProgramValue]
    ) -> tuple[RowSection, list[ProgramValue]]:
        """Return a section and its operands."""
        rows = self._rows_of_a_block(inside)
        block = RowBlock(self.length, rows)
        for value in inside:
            _, is_cut = self._form(value) or (None, [])
            block.add(value, self.kinds[value], is_cut)
        results: list[Operand] = [block.new[output] for output in outputs]
        inputs = block.inputs_of(results)
        program = Program(f"{self.program.name}_rows", list(inputs.values()), [], results, [])
        is_sum = [self.kinds[output] == RowKind.SUM for output in outputs]
        is_cut = [cut for _, cut in inputs]
        operands = [*(x for x, _ in inputs), *block.kept]
        return RowSection(program, self.length // rows, is_cut, is_sum), operands

    def _rows_of_a_block(self, inside: list[ProgramValue]) -> int:
        """Return the number of rows of a block; 0 if there is no good one."""
        stored = [value for value in inside if self.kinds[value] == RowKind.ROWS]
        of_a_row = max(map(nbytes, stored), default=0) // self.length
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
            if not is_turned(a) and a.ndim == 2:
                found.update(bases(b))
    return found

"""The program of a block of rows, which computes a section of a program again and again.

What a block reads is its rows of an array, or all of an array, such as weights. Patches of images,
in which entries are repeated, are made again for each section that reads them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from autodiff.compiler.forms import is_view
from autodiff.compiler.native.schedule import is_product
from autodiff.compiler.native.written_loops import has_written_loops
from autodiff.compiler.program import Operand, Program, ProgramValue, in_order, values_in
from autodiff.core.primitive import constant, primitive
from autodiff.core.typing import Array
from autodiff.rules.shape import reshape, transpose

__all__ = [
    "RowBlock", "RowKind", "RowSection", "bases", "by_rows", "has_rows", "is_reshaped", "is_turned",
    "nbytes", "spread",
]  # fmt: skip


class RowKind(Enum):
    """What a value is inside of a section."""

    ROWS = "rows"  # of its first axis, each computed from the same row of others
    COLUMNS = "columns"  # transposed rows
    SUM = "sum"  # over the rows


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


class RowBlock:
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
        self._made: dict[tuple[ProgramValue, bool, bool], ProgramValue] = {}  # from operands

    def add(self, value: ProgramValue, kind: RowKind, is_cut: list[bool]) -> None:
        """Add a value of the section, with whether a block takes its rows of each operand."""
        self.new[value] = self._of_block(value, kind, is_cut)

    def inputs_of(self, results: list[Operand]) -> dict[tuple[ProgramValue, bool], ProgramValue]:
        """Return the inputs that results depend on."""
        used = set(in_order(values_in(results)))
        return {key: x for key, x in self.inputs.items() if x in used}

    def _of_block(self, value: ProgramValue, kind: RowKind, is_cut: list[bool]) -> ProgramValue:
        shape = tuple(value.shape or ())
        if kind is RowKind.ROWS:
            shape = self._cut(shape)
        elif kind is RowKind.COLUMNS:
            shape = self._cut(shape[::-1])[::-1]
        options = {**value.options, "shape": shape} if value.primitive is reshape else value.options
        is_factor = is_product(value)
        inputs = tuple(
            self._operand(x, cut=cut, turned=is_factor and is_turned(x) and cut == (not place))
            if isinstance(x, ProgramValue)
            else x
            for place, (x, cut) in enumerate(zip(value.inputs, is_cut, strict=True))
        )
        return replace(value, shape=shape, inputs=inputs, options=options)

    def _cut(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return (shape[0] // self.length * self.rows, *shape[1:])

    def _operand(self, x: ProgramValue, *, cut: bool, turned: bool = False) -> ProgramValue:
        """Return an operand of a value; BLAS takes a factor that is turned as its base."""
        if x in self.new:
            return self.new[x]
        key = x, cut, turned
        if key not in self._made:
            self._made[key] = self._rows_of(x, turned) if cut else self._whole(x, turned)
        return self._made[key]

    def _rows_of(self, x: ProgramValue, turned: bool) -> ProgramValue:
        if turned:
            return self._of_block(x, RowKind.COLUMNS, [True])
        if not is_turned(x) and spread(x, self.length):
            return self._of_block(x, RowKind.ROWS, [True] * len(x.inputs))
        shape = self._cut(tuple(x.shape or ()))
        if x.is_constant and _is_periodic(x.memory, shape[0]):
            memory = x.memory[: shape[0]].copy()
            return replace(x, shape=shape, memory=memory, name=x.name.strip("_0123456789"))
        return self._input(x, shape, cut=True)

    def _whole(self, x: ProgramValue, turned: bool) -> ProgramValue:
        origin = next(value for value in bases(x) if not is_view(value.primitive))
        if origin.memory is not None:
            self.kept[origin] = None
            return x
        if turned:
            return replace(x, inputs=(self._operand(x.inputs[0], cut=False),))
        return self._input(x, tuple(x.shape or ()), cut=False)

    def _input(self, x: ProgramValue, shape: tuple[int, ...], *, cut: bool) -> ProgramValue:
        self.inputs[x, cut] = ProgramValue(shape, x.dtype, order=x.order, name=x.name)
        return self.inputs[x, cut]


def _is_periodic(array: Array, rows: int) -> bool:
    """Return whether all blocks of rows are equal."""
    blocks = array.reshape(-1, rows, *array.shape[1:])
    return bool((blocks == blocks[:1]).all())


def nbytes(value: ProgramValue) -> int:
    """Return the bytes of a value's entries."""
    return math.prod(value.shape or ()) * np.dtype(value.dtype).itemsize


def is_turned(x: ProgramValue) -> bool:
    """Return whether a value is a transposed matrix."""
    return x.primitive is transpose and x.options["axes"] == (1, 0)


def is_reshaped(x: ProgramValue) -> bool:
    """Return whether a value has the entries of another one, in the same order."""
    return x.primitive is reshape and x.options.get("order", "C") == "C"


def has_rows(x: ProgramValue, length: int) -> bool:
    """Return whether an array can be divided into a number of rows."""
    return bool(x.shape) and (x.shape or (0,))[0] % length == 0


def spread(x: ProgramValue, length: int) -> ProgramValue | None:
    """Return the value that an operand is a view of, if it repeats entries of its inputs.

    It is computed again where it is used: that takes less time than to read it from memory.
    """
    origin = x.inputs[0] if is_turned(x) else x
    while is_reshaped(origin) and has_rows(origin, length):
        origin = origin.inputs[0]
    if not (has_rows(origin, length) and origin.is_computed and origin.primitive.is_rowwise):
        return None
    read = sum(nbytes(y) for y in values_in(origin.inputs))
    return origin if has_written_loops(origin) and nbytes(origin) >= 4 * read else None


def bases(x: ProgramValue) -> Iterator[ProgramValue]:
    """Iterate over a value and what it is a view of."""
    yield x
    while x.is_computed and is_view(x.primitive) and isinstance(x.inputs[0], ProgramValue):
        x = x.inputs[0]
        yield x

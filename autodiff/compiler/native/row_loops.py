"""Write a section of a program: a compiled loop over blocks of rows, and what runs it in parts.

The loop calls the piece that computes a block. It has buffers of its own in each part of the
blocks, so that the parts can run at the same time; the parts' sums are added up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.compiler.native.cores import cores, in_parts
from autodiff.compiler.native.row_blocks import RowSection
from autodiff.compiler.program import ProgramValue
from autodiff.compiler.writers.names import dtype_name

__all__ = ["RowLoopText"]


class RowLoopText:
    """The text of a section.

    Args:
        section: the section.
        block: the writer of the program of a block, which is one piece.

    Attributes:
        name: of the compiled function, which computes the blocks from ``first`` up to ``last``.
        caller: of the function of the whole arrays, which returns the results.
        signature: numba's types of the arguments of the compiled function.
    """

    options = ", nogil=True"

    def __init__(self, section: RowSection, block: Any) -> None:
        self.section, self.block = section, block
        (self.piece,) = block.texts
        self.piece.options = ", no_cpython_wrapper=True"  # Python doesn't call it
        program: Any = section.program
        self.inputs: list[ProgramValue] = program.inputs
        self.results: list[ProgramValue] = program.results
        self.own = [x for x in self.piece.arguments if x not in self.inputs]
        self.name = block.new_name(f"{self.piece.name}_by_rows", "rows")
        self.caller = block.new_name(f"{self.piece.name}_in_parts", "rows")
        self.buffers = block.new_name(f"{self.piece.name}_buffers", "buffers")
        self.targets = {
            x: block.new_name(f"{block.names[x]}_{'so_far' if is_sum else 'rows'}", "result")
            for x, is_sum in zip(self.results, section.is_sum, strict=True)
        }
        self.sums = [x for x, s in zip(self.results, section.is_sum, strict=True) if s]
        self.stacked = [x for x in self.results if x not in self.sums]
        self.signature = ", ".join([
            "types.intp", "types.intp", *map(block.type_of, self.inputs),
            *(_type(x) for x in self.stacked), *map(block.type_of, self.own),
            *(_type(x) for x in self.sums),
        ])  # fmt: skip

    def lines(self) -> list[str]:
        """Return the lines of the compiled function."""
        names = self.block.names
        parameters = [names[x] for x in self.inputs] + [self.targets[x] for x in self.stacked]
        parameters += [names[x] for x in self.own] + [self.targets[x] for x in self.sums]
        call = f"{self.piece.name}({', '.join(map(self._argument, self.piece.arguments))})"
        returned = "".join(f"{names[x]}, " for x in self.piece.returned)
        return [
            f"def {self.name}(first, last, {', '.join(parameters)}):",
            *(f"    {self.targets[x]}[...] = 0" for x in self.sums),
            "    for block in range(first, last):",
            f"        {returned.rstrip() + ' = ' if returned else ''}{call}",
            *(f"        {line}" for x in self.results for line in self._kept(x)),
        ]

    def _argument(self, x: ProgramValue) -> str:
        """Return an argument of the piece: a block's rows of an array, or the array."""
        name: str = self.block.names[x]
        if x not in self.inputs or not self.section.is_cut[self.inputs.index(x)]:
            return name
        rows = (x.shape or ())[0]
        return f"{name}[block * {rows} : (block + 1) * {rows}]"

    def _kept(self, x: ProgramValue) -> list[str]:
        """Return the loops that store a block's rows of a result, or add them to the sum."""
        name, target, shape = self.piece.names[x], self.targets[x], x.shape or ()
        if not shape:
            return [f"{target}[0] += {name}"]
        places = [f"i{axis}" for axis in range(len(shape))]
        heads = [f"for {i} in range({n}):" for i, n in zip(places, shape, strict=True)]
        index = ", ".join(places)
        row = f"block * {shape[0]} + {index}"
        statement = (
            f"{target}[{index}] += {name}[{index}]"
            if x in self.sums
            else f"{target}[{row}] = {name}[{index}]"
        )
        return [f"{'    ' * depth}{line}" for depth, line in enumerate([*heads, statement])]

    def definitions(self) -> list[str]:
        """Return the lines of the buffers, and of the function of the whole arrays."""
        names = self.block.names
        prepared = [
            line for value in self.block.plan.values for line in self.block.preparation(value)
        ]
        prepared += [f"{self.targets[x]} = {_empty(x.shape or (1,), x)}" for x in self.sums]
        own = [names[x] for x in self.own] + [self.targets[x] for x in self.sums]
        parts = min(self.section.count, cores())
        run = self.block.constant(in_parts, "in_parts")
        shared = [names[x] for x in self.inputs] + [self.targets[x] for x in self.stacked]
        sums = [f"{self.targets[x]}{'' if x.shape else '[0]'}" for x in self.sums]
        call = (
            f"{run}({self.name}, {self.section.count}, {_tuple(shared)}, {self.buffers}, "
            f"{len(sums)})"
        )
        found = [self.targets[x] + ("" if x.shape else "[0]") for x in self.results]
        return [
            *(f"{self.targets[x]} = {_empty(self._whole_shape(x), x)}" for x in self.stacked),
            "", "", f"def make_{self.buffers}():",
            *(f"    {line}" for line in prepared),
            f"    return {_tuple(own)}",
            "", "", f"{self.buffers} = [make_{self.buffers}() for _ in range({parts})]",
            "", "", f"def {self.caller}({', '.join(names[x] for x in self.inputs)}):",
            f"    {_tuple([self.targets[x] for x in self.sums]) + ' = ' if sums else ''}{call}",
            f"    return {_tuple(found)}",
            "", "",
        ]  # fmt: skip

    def _whole_shape(self, x: ProgramValue) -> tuple[int, ...]:
        length, *rest = x.shape or ()
        return (length * self.section.count, *rest)


def _empty(shape: tuple[int, ...], x: ProgramValue) -> str:
    return f"np.empty({shape}, {dtype_name(x.dtype)})"


def _tuple(names: list[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _type(x: ProgramValue) -> str:
    """Return numba's type of an array of results."""
    kind = "boolean" if x.dtype == np.bool else np.dtype(x.dtype).name
    return f"types.Array(types.{kind}, {max(x.ndim, 1)}, 'C')"

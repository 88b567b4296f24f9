"""Which inputs a program reads after it has assigned to an array.

Such an input may share memory with the array in a call. Read before, a copy of it will do; read
later, it would have changed in the code that was recorded.
"""

from __future__ import annotations

from autodiff.compiler.effects import assigned
from autodiff.compiler.forms import is_view
from autodiff.compiler.program import Program, ProgramValue, values_in

__all__ = ["late_reads"]


def late_reads(program: Program) -> frozenset[int]:
    """Return the positions of inputs that are read, or returned, after the first assignment."""
    first = min((e.order for e in program.effects if e.primitive is assigned), default=None)
    if first is None:
        return frozenset()
    sources: dict[ProgramValue, int] = {x: i for i, x in enumerate(program.inputs)}
    late: set[int] = set()
    for value in program.values():
        read = [sources[x] for x in values_in(value.inputs) if x in sources]
        if read and is_view(value.primitive):
            sources[value] = read[0]
        elif value.order > first:
            late.update(read)
    late.update(sources[x] for x in values_in(program.outcomes) if x in sources)
    return frozenset(late)

"""Write a piece as a function, which numba compiles."""

from __future__ import annotations

from collections.abc import Iterable

from autodiff.compiler.native.loop_nests import NestText, comment_of, is_in_order
from autodiff.compiler.native.memory import INNER, geometry
from autodiff.compiler.native.schedule import Item, Nest, Piece, is_product
from autodiff.compiler.native.written_loops import written_loops
from autodiff.compiler.plan import Plan
from autodiff.compiler.program import ProgramValue, values_in
from autodiff.rules.shape import transpose

__all__ = ["PieceText"]


class PieceText:
    """The text of a piece.

    Args:
        name: of the function.
        piece: what it computes.
        plan: of the program.
        names: of the values.
        needed: the values that are read outside of the piece.

    Attributes:
        arguments: the values that are passed: first those that it reads, then those it writes.
        returned: the single numbers that it returns.
    """

    options = ""

    def __init__(
        self,
        name: str,
        piece: Piece,
        plan: Plan,
        names: dict[ProgramValue, str],
        needed: set[ProgramValue],
    ) -> None:
        self.name, self.piece, self.plan = name, piece, plan
        own = set(piece.values())
        operands = [x for item in piece.items for x in self._operands(item, names)]
        read = dict.fromkeys(x for x in operands if x not in own)
        same = {geometry(x.memory): names[x] for x in read if x.is_live}
        self.names = names | {  # one name for one array, so that the compiler knows
            v: same[geometry(plan.slots[v].memory)]
            for v in own
            if plan.slots[v].origin == "existing" and geometry(plan.slots[v].memory) in same
        }
        for item in piece.items:
            if isinstance(item, Nest):
                self.names |= self._overwritten(item)
        written = [
            v for v in piece.values() if plan.slots[v].kind != INNER and self.names[v] == names[v]
        ]
        self.arguments = list(dict.fromkeys([*read, *written]))
        self.returned = [v for v in piece.values() if not v.shape and v in needed]

    def _overwritten(self, nest: Nest) -> dict[ProgramValue, str]:
        """Return the names of the operands that values of a nest overwrite, entry by entry."""
        read = set(NestText(nest, self.plan, self.names).operands()) - set(nest.values)
        fixed = [x for x in read if x.shape == nest.shape and self.plan.slots[x].memory is not None]
        names = {geometry(self.plan.slots[x].memory): self.names[x] for x in fixed}
        reused = [v for v in nest.values if self.plan.slots[v].origin == "reused"]
        return {
            v: names[geometry(self.plan.slots[v].memory)]
            for v in reused
            if geometry(self.plan.slots[v].memory) in names
        }

    def lines(self) -> list[str]:
        """Return the lines of the function."""
        lines = [f"def {self.name}({', '.join(self.names[x] for x in self.arguments)}):"]
        for item in self.piece.items:
            if isinstance(item, Nest):
                lines += NestText(item, self.plan, self.names).lines()
            elif is_product(item):
                lines.append(self._product(item))
            else:
                lines += self._loops(item)
        returned = ", ".join(self.names[v] for v in self.returned)
        return [*lines, f"    return ({returned}{',' if len(self.returned) == 1 else ''})"]

    def _operands(self, item: Item, names: dict[ProgramValue, str]) -> Iterable[ProgramValue]:
        if isinstance(item, Nest):
            return NestText(item, self.plan, names).operands()
        return map(self._base, item.inputs) if is_product(item) else values_in(item.inputs)

    def _base(self, x: ProgramValue) -> ProgramValue:
        """Return the matrix that an operand of a product is the transpose of, or the operand."""
        if x.primitive is not transpose or x.ndim != 2 or x.options["axes"] != (1, 0):
            return x
        base: ProgramValue = x.inputs[0]
        return base if is_in_order(self.plan.slots[base]) else x

    def _matrix(self, x: ProgramValue) -> str:
        base = self._base(x)
        return self.names[base] + ".T" * (base is not x)

    def _loops(self, value: ProgramValue) -> list[str]:
        names = [self.names[x] for x in values_in(value.inputs)]
        lines = written_loops(value, self.names[value], names) or []
        return [f"    {line}{comment_of(value) * (not place)}" for place, line in enumerate(lines)]

    def _product(self, value: ProgramValue) -> str:
        a, b = map(self._matrix, value.inputs)
        if not value.shape:
            return f"    {self.names[value]} = np.dot({a}, {b}){comment_of(value)}"
        return f"    np.dot({a}, {b}, {self.names[value]}){comment_of(value)}"

"""Write a piece as a function, which numba compiles."""

from __future__ import annotations

from autodiff.compiler.native.loop_nests import NestText, comment_of, is_in_order
from autodiff.compiler.native.memory import INNER, geometry
from autodiff.compiler.native.schedule import Nest, Piece
from autodiff.compiler.plan import Plan
from autodiff.compiler.program import ProgramValue
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
        operands = [
            x
            for item in piece.items
            for x in (
                NestText(item, plan, names).operands()
                if isinstance(item, Nest)
                else map(self._base, item.inputs)
            )
        ]
        read = dict.fromkeys(x for x in operands if x not in own)
        same = {geometry(x.memory): names[x] for x in read if x.is_live}
        self.names = names | {  # one name for one array, so that the compiler knows
            v: same[geometry(plan.slots[v].memory)]
            for v in own
            if plan.slots[v].origin == "existing" and geometry(plan.slots[v].memory) in same
        }
        written = [
            v for v in piece.values() if plan.slots[v].kind != INNER and self.names[v] == names[v]
        ]
        self.arguments = list(dict.fromkeys([*read, *written]))
        self.returned = [v for v in piece.values() if not v.shape and v in needed]

    def lines(self) -> list[str]:
        """Return the lines of the function."""
        lines = [f"def {self.name}({', '.join(self.names[x] for x in self.arguments)}):"]
        for item in self.piece.items:
            if isinstance(item, Nest):
                lines += NestText(item, self.plan, self.names).lines()
            else:
                lines.append(self._product(item))
        returned = ", ".join(self.names[v] for v in self.returned)
        return [*lines, f"    return ({returned}{',' if len(self.returned) == 1 else ''})"]

    def _base(self, x: ProgramValue) -> ProgramValue:
        """Return the matrix that an operand of a product is the transpose of, or the operand."""
        if x.primitive is not transpose or x.ndim != 2 or x.options["axes"] != (1, 0):
            return x
        base: ProgramValue = x.inputs[0]
        return base if is_in_order(self.plan.slots[base]) else x

    def _matrix(self, x: ProgramValue) -> str:
        base = self._base(x)
        return self.names[base] + ".T" * (base is not x)

    def _product(self, value: ProgramValue) -> str:
        a, b = map(self._matrix, value.inputs)
        if not value.shape:
            return f"    {self.names[value]} = np.dot({a}, {b}){comment_of(value)}"
        return f"    np.dot({a}, {b}, {self.names[value]}){comment_of(value)}"

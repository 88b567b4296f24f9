"""Where a variable was assigned, read from the instructions of a function."""

from __future__ import annotations

import dis
from types import CodeType

__all__ = ["assignment"]


def assignment(code: CodeType, name: str, before: int) -> int:
    """Return the last instruction that assigns to a variable ahead of another instruction.

    Args:
        code: of the function.
        name: of the variable.
        before: the position of the other instruction, which is returned if there is none.
    """
    positions = (i.offset for i in dis.get_instructions(code) if _assigns(i, name))
    return max((position for position in positions if position < before), default=before)


def _assigns(instruction: dis.Instruction, name: str) -> bool:
    names = instruction.argval  # of the two in one instruction, since Python 3.13
    is_meant = name in names if isinstance(names, tuple) else name == names
    return instruction.opname.startswith("STORE_") and is_meant

"""The report of a compiled program: the numbers of its operations, buffers and pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.compiler.plan import Plan
from autodiff.compiler.program import Program

if TYPE_CHECKING:
    from autodiff.compiler.native.background import NativeProgram

__all__ = ["Report"]


@dataclass(frozen=True)
class Report:
    """Statistics of a compiled program.

    Attributes:
        recorded: number of operations in the recording.
        operations: number of operations in the program.
        buffers: number of preallocated arrays.
        bytes: their total size.
        reused: number of values that reuse the buffer of another value.
        flops: approximate number of floating-point operations of one call.
        seconds: time for recording, planning and writing.
        pieces: number of functions of machine code; None where ``native`` isn't requested.
        calls: names of the operations between them that stay calls of NumPy.
    """

    recorded: int
    operations: int
    buffers: int
    bytes: int
    reused: int
    flops: int
    seconds: float
    pieces: int | None = None
    calls: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        recorded: Program,
        program: Program,
        planned: Plan,
        seconds: float,
        native: NativeProgram | None = None,
    ) -> Report:
        """Count the operations and buffers of a program."""
        new = planned.buffers()
        done = [v for v in program.values() if v.is_computed]
        return cls(
            recorded=sum(v.is_computed for v in recorded.values()),
            operations=len(done),
            buffers=len(new),
            bytes=sum(planned.slots[v].memory.nbytes for v in new),
            reused=sum(s.origin == "reused" for s in planned.slots.values()),
            flops=sum(map(_flops, done)),
            seconds=seconds,
            pieces=None if native is None else len(native.module.names),
            calls=() if native is None else tuple(v.primitive.name for v in native.module.calls),
        )

    def __str__(self) -> str:
        names = ", ".join(dict.fromkeys(self.calls)) or "none"
        compiled = f"; {self.pieces} pieces of machine code, with calls of NumPy: {names}"
        return (
            f"{self.recorded} operations recorded, {self.operations} left; {self.buffers} buffers "
            f"of {self.bytes:,} bytes, reused for {self.reused} more values; about "
            f"{self.flops:,} floating-point operations a call; made in {self.seconds * 1e3:.0f} ms"
            f"{'' if self.pieces is None else compiled}"
        )


def _flops(value: Any) -> int:
    """Count one operation per entry; for a matrix product, two per entry and term."""
    size = int(np.prod(value.shape, dtype=int)) if value.shape is not None else 0
    if value.primitive.name == "matmul":
        return 2 * size * int(value.inputs[0].shape[-1])
    if value.primitive.is_view:
        return 0
    largest = max(
        (int(np.prod(x.shape, dtype=int)) for x in value.inputs if getattr(x, "shape", None)),
        default=0,
    )
    return max(size, largest)

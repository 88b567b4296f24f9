"""The expected speed of many processes on a network, from a model of their sums.

An all-reduce of n bytes over P processes takes, by the algorithm of Rabenseifner (2004),

    2 log2(P) α + 2 (P − 1)/P β n,

with the latency α of a message and the time β of a byte. A step of a batch of B rows takes
c B/P + u besides: c for a row, forward and backward, and u for the update, which each process does
whole. There are two sums: of the slopes, and of a few scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Step", "all_reduce"]


@dataclass(frozen=True)
class Step:
    """A training step, as measured in one process, and a network.

    Attributes:
        per_row: seconds for a row.
        update: seconds for the update.
        size: bytes of the gradient.
        latency: seconds of a message.
        per_byte: seconds of a byte.

    >>> step = Step(per_row=3e-5, update=1e-3, size=2_700_000, latency=2e-5, per_byte=8e-10)
    >>> round(step.seconds(1, 512), 4), round(step.seconds(16, 512), 4)
    (0.0164, 0.0063)
    """

    per_row: float
    update: float
    size: int
    latency: float
    per_byte: float

    def seconds(self, processes: int, rows: float) -> float:
        """Return the time of a step of ``rows`` rows in all."""
        computed = self.per_row * rows / processes + self.update
        slopes = all_reduce(processes, self.size, self.latency, self.per_byte)
        return computed + slopes + all_reduce(processes, 64, self.latency, self.per_byte)

    def strong(self, processes: int, rows: int) -> float:
        """Return how many times as fast a step of the same batch is as in one process."""
        return self.seconds(1, rows) / self.seconds(processes, rows)

    def weak(self, processes: int, rows: int) -> float:
        """Return the part of the ideal speed where each process has ``rows`` rows."""
        return self.seconds(1, rows) / self.seconds(processes, rows * processes)


def all_reduce(processes: int, size: int, latency: float, per_byte: float) -> float:
    """Return the seconds of an all-reduce.

    >>> all_reduce(1, 1000, 1.0, 1.0), all_reduce(4, 1000, 1.0, 1.0)
    (0.0, 1504.0)
    """
    rounds = 2 * math.log2(processes)
    return rounds * latency + 2 * (processes - 1) / processes * per_byte * size

"""Linear: a linear function and its transpose, recorded as one operation.

It hides what else the function uses: only its argument is traced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autodiff.core.typing import Array
from autodiff.transforms.opaque import Opaque, record

__all__ = ["linear"]

Vectors = Sequence[Array]
Map = Callable[[Vectors], Vectors]


def linear(function: Map, transposed: Map, vectors: Vectors) -> Vectors:
    """Return the results of a linear function, traced where a vector is.

    Args:
        function: returns plain vectors for plain vectors, all smooth.
        transposed: its transpose, without conjugation.
        vectors: the arguments.
    """
    found: Vectors = record(Linear(function, transposed), vectors)
    return found


class Linear(Opaque):
    """A linear function and its transpose; see :func:`linear`."""

    __name__ = "linear"

    def __init__(self, function: Map, transposed: Map) -> None:
        self.function = function
        self.transposed = transposed

    def run(self, *values: Array) -> tuple[Array, ...]:
        """Return the results."""
        return tuple(self.function(values))

    def pull_back(
        self, cotangents: Vectors, values: Vectors, results: Vectors, wanted: Sequence[bool]
    ) -> Vectors:
        """Return the wanted results of the transpose."""
        del values, results
        found = linear(self.transposed, self.function, cotangents)
        return [x for x, is_wanted in zip(found, wanted, strict=True) if is_wanted]

"""Solved: what SciPy computed by calling a user's function, recorded as one operation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array
from autodiff.transforms.closures import Rerun
from autodiff.transforms.linear import linear
from autodiff.transforms.opaque import Opaque, is_smooth, pulled_back

__all__ = ["Retraced", "Solved"]


class Solved(Opaque):
    """Results of SciPy, and the traced values that they depend on.

    Args:
        name: that of SciPy's function, for pictures.
        results: arrays.
        closed: the Nodes that the user's function closes over.
    """

    is_readable = False

    def __init__(self, name: str, results: tuple[Array, ...], closed: Iterable[Node]) -> None:
        self.__name__ = name
        self.solved = results
        self.closed = list(closed)

    def run(self, *values: Array) -> tuple[Array, ...]:
        """Return the results, which are known."""
        del values
        return self.solved

    def pull_back(
        self,
        cotangents: Sequence[Array],
        values: Sequence[Array],
        results: Sequence[Array],
        wanted: Sequence[bool],
    ) -> Iterable[Array]:
        """Return the cotangents of the wanted values; those closed over are at the end."""
        of_smooth = [w for w, x in zip(wanted, values, strict=True) if is_smooth(x)]
        found = self._of_smooth(cotangents, values, results)
        return [x for x, is_wanted in zip(found, of_smooth, strict=True) if is_wanted]

    def _of_smooth(
        self, cotangents: Sequence[Array], values: Sequence[Array], results: Sequence[Array]
    ) -> Iterable[Array]:
        """Return the cotangents of all smooth values.

        What the user's function closes over is traced whenever it is called. Where the values are
        plain, it counts as plain too.
        """
        own = values[: len(values) - len(self.closed)]
        if any(isinstance(value, Tensor) for value in values):
            return self.slopes(cotangents, own, results, record=True)

        def slopes(cotangents: Sequence[Array]) -> list[Array]:
            return list(map(peek, self.slopes(cotangents, own, results, record=False)))

        def transposed(changes: Sequence[Array]) -> list[Array]:
            def traced(*cotangents: Array) -> tuple[Array, ...]:
                return tuple(self.slopes(cotangents, own, results, record=True))

            zeros = [np.zeros_like(result) for result in results if is_smooth(result)]
            moved = pulled_back(traced, changes, zeros)
            return list(map(peek, moved))

        return linear(slopes, transposed, cotangents)

    @abstractmethod
    def slopes(
        self,
        cotangents: Sequence[Array],
        own: Sequence[Array],
        results: Sequence[Array],
        *,
        record: bool,
    ) -> Iterable[Array]:
        """Return the cotangents of the smooth arguments, then those of what is closed over.

        Args:
            cotangents: those of the results.
            own: the values of the arguments.
            results: the results.
            record: whether to record the cotangents as a graph; otherwise only their numbers count.
        """


class Retraced(Solved):
    """Results whose slopes are those of another computation of them, run on traced values.

    Args:
        name: that of SciPy's function.
        results: SciPy's.
        closed: the Nodes that the user's function closes over.
        trace: computes such results from the values in the arguments.
    """

    def __init__(
        self,
        name: str,
        results: tuple[Array, ...],
        closed: Iterable[Node],
        trace: Callable[..., tuple[Array, ...]],
    ) -> None:
        super().__init__(name, results, closed)
        self.trace = trace
        self._known: Rerun | None = None

    def slopes(
        self,
        cotangents: Sequence[Array],
        own: Sequence[Array],
        results: Sequence[Array],
        *,
        record: bool,
    ) -> Iterable[Array]:
        """Return the cotangents by differentiating the other computation."""
        del results
        parts = self.__name__, self.closed, self.trace, own
        if any(isinstance(value, Tensor) for value in own):
            return Rerun(*parts).pulled_back(cotangents, record)
        if self._known is None:
            self._known = Rerun(*parts)
        return self._known.pulled_back(cotangents, record)

"""Boxed: a function that needs plain numbers, recorded as one operation.

Most NumPy functions are recorded as primitives. Some functions and rules depend on the numbers:
where two eigenvalues are equal, which entries are kept. Where plain values aren't available, as
while ``jit`` records, such a function becomes a single Node, which runs the function whenever the
graph is run. Its slope is a boxed function too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.core.dispatch import run
from autodiff.core.errors import user_line
from autodiff.core.graph import Node, RecordingError
from autodiff.core.layout import is_writable
from autodiff.core.options import settled
from autodiff.core.registry import registry
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function
from autodiff.core.view import View
from autodiff.transforms.bound import bound
from autodiff.transforms.opaque import Opaque, pulled_back, record
from autodiff.transforms.pytree import flatten
from autodiff.transforms.slots import emptied, filled

__all__ = ["Box", "run_boxed"]


def _read_only(x: Any) -> Any:
    if not isinstance(x, np.ndarray):
        return x
    view = x.view()
    view.setflags(write=False)
    return view


def _writable(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) and not is_writable(x) else x


class Box(Opaque):
    """A function with all its arguments except the traced ones, which are passed at each run.

    Args:
        function: a NumPy function, a rule, or a function that returns their slopes.
        arguments: positional and named; see :func:`emptied` for the traced ones.
    """

    def __init__(self, function: Function, arguments: Any) -> None:
        self.function = function
        self.arguments, self.traced = emptied(settled(arguments))
        self._again = bound(self.arguments)
        self.structure: Any = None
        self.known: dict[str, list[Any]] = {}  # the shapes and dtypes of the results
        self.place = user_line()
        self.__name__ = getattr(function, "__name__", "boxed")

    def run(self, *values: Array) -> tuple[Array, ...]:
        """Return the results as plain arrays.

        The function gets read-only views, since in programs of jit the arrays are the caller's.
        """
        return tuple(np.asarray(x)[()] for x in self.trace(*map(_read_only, values)))

    def pull_back(
        self,
        cotangents: Sequence[Array],
        values: Sequence[Array],
        results: Sequence[Array],
        wanted: Sequence[bool],
    ) -> tuple[Array, ...]:
        """Return the cotangents of the wanted values, from a box that runs this one again."""
        del results
        if not any(wanted):
            return ()

        def slopes(cotangents: Sequence[Array], *values: Array) -> tuple[Array, ...]:
            return pulled_back(self.trace, cotangents, values, wanted)

        slopes.__name__ = f"slopes_of_{self.__name__}"
        found: tuple[Array, ...] = run_boxed(slopes, (tuple(cotangents), *values), {})
        return found

    def trace(self, *values: Array) -> tuple[Array, ...]:
        """Return the results with these values as the traced arguments."""
        is_first = self.structure is None
        args, kwargs = filled(self.arguments if is_first else self._again, values)
        if self.function in registry and any(isinstance(value, Tensor) for value in values):
            out = run(self.function, args, kwargs)
        else:
            if (getattr(self.function, "__module__", None) or "").startswith("scipy."):
                own = {id(x): _writable(x) for x in args}  # its compiled code takes only such
                args = tuple(own[id(x)] for x in args)
            if "overwrite_input" in kwargs:  # of a median, which has read-only views
                kwargs["overwrite_input"] = False
            out = self.function(*args, **kwargs)
        leaves, _, self.structure = flatten(out, f"the result of {self.__name__} at {self.place}")
        self._check("shapes", [np.shape(leaf) for leaf in leaves])
        self._check("dtypes", [np.result_type(peek(leaf)).name for leaf in leaves])
        return tuple(leaves)

    def _check(self, what: str, found: list[Any]) -> None:
        expected = self.known.setdefault(what, found)
        if found != expected:
            raise TypeError(
                f"expected results of {what} {expected} from {self.__name__} at {self.place}, as "
                f"in the recording, got {found}: they depend on the numbers in its arguments. "
                f"Compute this outside of the recorded function."
            )


def run_boxed(
    function: Function,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    on_operation: Callable[[Node], None] | None = None,
) -> Any:
    """Record a call as one operation, and return the function's result with traced leaves.

    Args:
        function: the function to call.
        args: its positional arguments.
        kwargs: its named arguments.
        on_operation: called with the Node of the operation.

    Raises:
        RecordingError: the function has no result: its in-place edits would be lost.
    """
    box = Box(function, (args, dict(kwargs)))
    leaves = record(box, box.traced)
    if not leaves and box.structure([]) is None:
        raise RecordingError(
            f"expected a result from {box.__name__} at {box.place}, got none: its in-place edits "
            f"can't be recorded. Call it outside of the recorded function."
        )
    if leaves and on_operation is not None:
        on_operation(leaves[0].node.inputs[0] if len(leaves) > 1 else leaves[0].node)
    return box.structure([_as_view(leaf, box) for leaf in leaves])


def _as_view(leaf: Array, box: Box) -> Array:
    """Return a result; a read-only view where it shares memory with an argument."""
    base = next((t for t in box.traced if _share(leaf, t)), None)
    if base is None:
        return leaf

    def read(new: Tensor) -> Tensor:
        shown, start = leaf.node.value, base.node.value
        if (shown.shape, shown.strides) == (start.shape, start.strides):  # every entry
            return new if shown.dtype == start.dtype else np.real(new)
        raise RecordingError(
            f"{box.__name__} at {box.place} returns a view, and what it is a view of was "
            f"edited before its use at {user_line()}: which entries it shows isn't recorded. "
            f"Copy it before the edit: {box.__name__}(...).copy()."
        )

    return View(leaf.node, base, read, writable=False)


def _share(a: Tensor, b: Tensor) -> bool:
    return np.may_share_memory(a.node.value, b.node.value)

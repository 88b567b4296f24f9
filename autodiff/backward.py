"""The reverse sweep: the chain rule, from the results back to the arguments.

Each Node on the way gets the sum of the cotangents that arrive over its uses, hands it to its
primitive's rules, and passes what they answer on to its inputs. How cotangents are kept and summed
is in ``cotangents.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autodiff.cotangents import Add, adding_to, fit, fresh, to_user, whole
from autodiff.errors import user_line
from autodiff.graph import NeedsNumbersError, Node, Way, between
from autodiff.primitive import derivative, parts_of, primitive
from autodiff.tensor import Tensor

__all__ = ["Running", "argument", "backward", "observed", "pull_back", "sweep"]


class Running:
    """Whether a trace is running: its function has been called and hasn't returned."""

    __slots__ = ("now",)

    def __init__(self) -> None:
        self.now = True


@primitive
def argument(x: Any, *, name: str, running: Running) -> Any:  # noqa: ARG001 - for readers
    """Start the trace of a transform; connected to an outer trace where x is a Tensor of one."""
    return x


argument.is_start = True
derivative(argument, x=lambda g, z, x, *, name, running: g)


def sweep(
    results: Sequence[tuple[Node, Any]],
    arguments: Sequence[Node],
    note: Callable[[Node, Any], None] | None = None,
    record: bool = False,
) -> tuple[list[Any], bool]:
    """Carry cotangents from the results back to the arguments.

    Args:
        results: Nodes, each with its cotangent, of its shape.
        arguments: the Nodes to reach.
        note: is shown every Node on the way with its whole cotangent.
        record: record the sweep as a graph, even where it depends on nothing from outside.

    Returns:
        The cotangent of each argument, None where no result depends on it; and whether they were
        recorded, as they are where the results depend on traced values from outside as well: then
        the cotangents are Tensors.
    """
    way = between([node for node, _ in results], arguments)
    traced = record or way.outside
    return _carry(results, way, traced, note), traced


def _carry(
    results: Sequence[tuple[Node, Any]],
    way: Way,
    traced: bool,
    note: Callable[[Node, Any], None] | None,
) -> list[Any]:
    """Do a sweep along a way that has been found; record it as a graph where it is traced."""
    note = note or _observer
    matter = way.matter
    cotangents: dict[Node, Any] = {}
    add = adding_to(cotangents)
    find, float64 = cotangents.get, np.float64
    for node, cotangent in results:
        if node in matter:
            add(node, cotangent)
    for node in reversed(way.order):
        g = cotangents.pop(node, None)
        if g is None:
            continue
        if type(g) is list or type(g) is dict:
            g = whole(g, node)
        if note is not None:
            note(node, g)
        inputs = node.inputs
        primitive: Any = node.primitive
        if traced or node.options or len(inputs) != 2 or primitive.variadic is not None:
            pull_back(node, g, matter, add, traced)
            continue
        # Two inputs and no options, most of a graph of numbers: the same as pull_back, in line.
        x, y = inputs
        x_rule, y_rule = primitive.rules
        x_value = x.value if type(x) is Node else x
        y_value = y.value if type(y) is Node else y
        if type(x) is Node and x in matter and x_rule is not None:
            slope = x_rule(g, node.value, x_value, y_value)
            found = find(x)
            if type(slope) is type(x_value) is float64 and type(found) is not list:
                cotangents[x] = slope if found is None else found + slope
            else:
                add(x, slope)
        if type(y) is Node and y in matter and y_rule is not None:
            slope = y_rule(g, node.value, x_value, y_value)
            found = find(y)
            if type(slope) is type(y_value) is float64 and type(found) is not list:
                cotangents[y] = slope if found is None else found + slope
            else:
                add(y, slope)
    slopes = []
    for node in way.starts:
        g = cotangents.get(node)
        slopes.append(whole(g, node) if type(g) is list else g)
        if note is not None and g is not None:
            note(node, slopes[-1])
    return slopes


_observer: Callable[[Node, Any], None] | None = None


@contextmanager
def observed(see: Callable[[Node, Any], None]) -> Iterator[None]:
    """Show every sweep inside to ``see``: each Node on the way with its whole cotangent."""
    global _observer
    before, _observer = _observer, see
    try:
        yield
    finally:
        _observer = before


def pull_back(node: Node, g: Any, matter: set[Node], add: Add, traced: bool) -> None:
    """Run the rules of one Node, and add what they answer to its inputs' cotangents."""
    primitive: Any = node.primitive
    inputs = node.inputs
    if traced:
        z: Any = parts_of(node) if isinstance(node.value, tuple) else Tensor(node)
        values = [Tensor(n) if type(n) is Node else n for n in inputs]
    else:
        z = node.value
        values = [n.value if type(n) is Node else n for n in inputs]
    if primitive.variadic is None:
        for rule, parent in zip(primitive.rules, inputs, strict=False):
            if type(parent) is Node and parent in matter and rule is not None:
                try:
                    slope = rule(g, z, *values, **node.options)
                except NeedsNumbersError as error:
                    slope = error.boxed(rule, (g, z, *values), node.options)
                add(parent, slope)
        return
    rule = primitive.rules[0]
    wanted = [type(parent) is Node and parent in matter for parent in inputs]
    if primitive.by_argnum:
        slopes = [
            rule(g, z, *values, argnum=i, **node.options) if wanted[i] else None
            for i in range(len(inputs))
        ]
    else:
        slopes = rule(g, z, *values, **node.options)
    for parent, slope, is_wanted in zip(inputs, slopes, wanted, strict=True):
        if is_wanted:
            add(parent, slope)


def backward(result: Tensor, cotangent: Any = None) -> None:
    """Fill ``.grad`` of every Tensor that a result was computed from; see ``Tensor.backward``."""
    node = result.node
    seed = _seed(node, cotangent)
    way = between([node])
    taken: set[int] = set()

    def note(node: Node, slope: Any) -> None:
        if type(slope) is tuple:  # of a function with several results, each a Node of its own
            return
        node.slope = slope if type(slope) is np.float64 else fresh(to_user(slope), taken)

    slopes = _carry([(node, seed)], way, way.outside, note)
    for start, slope in zip(way.starts, slopes, strict=True):
        if slope is None:
            start.slope = np.zeros_like(start.value)


def _seed(node: Node, cotangent: Any) -> Any:
    dtype = node.value.dtype
    if dtype.kind not in "fc":
        raise TypeError(
            f"backward needs a real result, got {dtype} at {user_line()}: comparisons and "
            f"integers have no slope."
        )
    if cotangent is not None:
        if np.shape(cotangent) != np.shape(node.value):
            raise ValueError(
                f"backward's cotangent must have the result's shape {np.shape(node.value)}, got "
                f"{np.shape(cotangent)} at {user_line()}."
            )
        return to_user(fit(cotangent, node.value))
    if np.shape(node.value) != ():
        raise ValueError(
            f"backward needs a scalar, got shape {np.shape(node.value)} at {user_line()}. Reduce "
            f"it first (.sum() or .mean()), or give a cotangent of its shape to weigh its entries."
        )
    return dtype.type(1)

"""The reverse sweep: the chain rule, from the results back to the arguments.

The cotangents from all uses of a Node are summed. Its primitive's rules turn the sum into the
cotangents of its inputs. How cotangents are stored and summed is in ``cotangents.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.core.broadcasting import unbroadcast
from autodiff.core.cotangents import Add, accumulator, conjugated, fresh, materialize
from autodiff.core.errors import user_line
from autodiff.core.graph import NeedsNumbersError, Node, Subgraph, between, name_of
from autodiff.core.lift import plain_parts
from autodiff.core.observer import cotangent_observer
from autodiff.core.primitive import derivative, parts_of, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array

__all__ = ["Running", "argument", "backward", "pull_back", "sweep"]


class Running:
    """Whether a trace is running: its function has been called and hasn't returned.

    Attributes:
        now: whether it is.
        records: whether it is a recording, in whose later calls the arguments have other values.
    """

    __slots__ = ("now", "records")

    def __init__(self, records: bool = False) -> None:
        self.now, self.records = True, records


@primitive
def argument(x: Array, *, name: str, running: Running) -> Array:  # noqa: ARG001 - for readers
    """Start the trace of a transform; connected to an outer trace where x is a Tensor of one."""
    return x


argument.is_start = True
derivative(argument, x=lambda g, z, x, *, name, running: g)


def sweep(
    results: Sequence[tuple[Node, Array]],
    arguments: Sequence[Node],
    on_cotangent: Callable[[Node, Array], None] | None = None,
    record: bool = False,
) -> tuple[list[Array], bool]:
    """Propagate cotangents from the results back to the arguments.

    Args:
        results: Nodes, each with a cotangent of its shape.
        arguments: the Nodes to reach.
        on_cotangent: called with every intermediate Node and its summed cotangent.
        record: record the sweep as a graph, even where it depends on nothing from outside.

    Returns:
        The cotangent of each argument, None where no result depends on it; and whether the sweep
        was recorded, as it is where the results also depend on traced values from outside: then
        the cotangents are Tensors.
    """
    subgraph = between([node for node, _ in results], arguments)
    traced = record or subgraph.outside
    return _propagate(results, subgraph, traced, on_cotangent), traced


def _propagate(
    results: Sequence[tuple[Node, Array]],
    subgraph: Subgraph,
    traced: bool,
    on_cotangent: Callable[[Node, Array], None] | None,
) -> list[Array]:
    """Propagate cotangents through a subgraph; record the sweep as a graph if it is traced."""
    on_cotangent = on_cotangent or cotangent_observer()
    relevant = subgraph.relevant
    cotangents: dict[Node, Any] = {}
    add = accumulator(cotangents)
    find, float64 = cotangents.get, np.float64
    for node, cotangent in results:
        if node in relevant:
            add(node, cotangent)
    try:
        for node in reversed(subgraph.order):
            g = cotangents.pop(node, None)
            if g is None:
                continue
            if type(g) is list or type(g) is dict:
                g = materialize(g, node)
            if on_cotangent is not None:
                on_cotangent(node, g)
            inputs = node.inputs
            primitive: Any = node.primitive
            if traced or node.options or len(inputs) != 2 or primitive.variadic is not None:
                pull_back(node, g, relevant, add, traced)
                continue
            # Two inputs and no options, most of a graph of numbers: the same as pull_back, inlined.
            x, y = inputs
            x_rule, y_rule = primitive.rules
            x_value, wants_x = (x.value, x in relevant) if type(x) is Node else (x, False)
            y_value, wants_y = (y.value, y in relevant) if type(y) is Node else (y, False)
            if wants_x and x_rule is not None:
                slope = x_rule(g, node.value, x_value, y_value)
                found = find(x)
                if type(slope) is type(x_value) is float64 and type(found) is not list:
                    cotangents[x] = slope if found is None else found + slope
                else:
                    add(x, slope)
            if wants_y and y_rule is not None:
                slope = y_rule(g, node.value, x_value, y_value)
                found = find(y)
                if type(slope) is type(y_value) is float64 and type(found) is not list:
                    cotangents[y] = slope if found is None else found + slope
                else:
                    add(y, slope)
    except np.linalg.LinAlgError as error:
        raise _located(error, node) from error
    slopes = []
    for node in subgraph.starts:
        found = cotangents.get(node)
        total: Any = materialize(found, node) if type(found) is list else found
        if total is not None and total.dtype != node.value.dtype:  # a sum has native byte order
            total = total.astype(node.value.dtype)
        slopes.append(total)
        if on_cotangent is not None and total is not None:
            on_cotangent(node, total)
    return slopes


def _located(error: np.linalg.LinAlgError, node: Node) -> np.linalg.LinAlgError:
    """Return an error of linear algebra in a rule with the operation's name and the user's line."""
    name, line = name_of(node.primitive, node.options), user_line()
    name = name.strip("_").removesuffix("_slope")  # a rule that runs as one operation
    text = str(error)
    if not text.startswith("the slope of "):
        text = text.split(f" at {line}: ", 1)[-1]  # without the name of a function of the rule
    place = "" if line in text else f" at {line}"
    return np.linalg.LinAlgError(f"the slope of {name}{place}: {text}")


def pull_back(node: Node, g: Array, relevant: set[Node], add: Add, traced: bool) -> None:
    """Run the rules of one Node, and add the results to its inputs' cotangents."""
    primitive: Any = node.primitive
    inputs = node.inputs
    if traced:
        z: Array | tuple[Array, ...] = (
            parts_of(node) if isinstance(node.value, tuple) else Tensor(node)
        )
        values = [Tensor(n) if type(n) is Node else n for n in inputs]
    else:
        z = node.value
        values = [n.value if type(n) is Node else n for n in inputs]
    if primitive.variadic is None:
        for rule, parent in zip(primitive.rules, inputs, strict=False):
            if type(parent) is Node and parent in relevant and rule is not None:
                try:
                    slope = rule(g, z, *values, **node.options)
                except NeedsNumbersError as error:
                    slope = error.boxed(rule, (g, z, *values), node.options)
                add(parent, slope)
        return
    rule = primitive.rules[0]
    wanted = [type(parent) is Node and parent in relevant for parent in inputs]
    if primitive.by_argnum:
        slopes = [
            rule(g, z, *values, argnum=i, **node.options) if wanted[i] else None
            for i in range(len(inputs))
        ]
    elif primitive.takes_wanted:
        slopes = rule(g, z, *values, wanted=wanted, **node.options)
    else:
        slopes = rule(g, z, *values, **node.options)
    for parent, slope, is_wanted in zip(inputs, slopes, wanted, strict=True):
        if is_wanted and slope is not None:  # positions have none
            add(parent, slope)


def backward(result: Tensor, cotangent: Array | None = None) -> None:
    """Set ``.grad`` of every Tensor that a result was computed from; see ``Tensor.backward``."""
    node = result.node
    seed = _seed(node, cotangent)
    subgraph = between([node])
    taken: set[int] = set()

    def set_slope(node: Node, slope: Array) -> None:
        if type(slope) is tuple:  # of a function with several results, each a separate Node
            return
        node.slope = slope if type(slope) is np.float64 else fresh(conjugated(slope), taken)

    slopes = _propagate([(node, seed)], subgraph, subgraph.outside, set_slope)
    for start, slope in zip(subgraph.starts, slopes, strict=True):
        if slope is None:
            start.slope = np.zeros_like(start.value)


def _seed(node: Node, cotangent: Array | None) -> Array:
    dtype = node.value.dtype
    if dtype.kind not in "fc":
        raise TypeError(
            f"backward needs a real result, got {dtype} at {user_line()}: comparisons and integers "
            f"have no slope. Call it on a float or complex result."
        )
    if cotangent is not None:
        plain_parts(cotangent)
        if np.shape(cotangent) != np.shape(node.value):
            raise ValueError(
                f"backward needs a cotangent of the result's shape {np.shape(node.value)}, got "
                f"{np.shape(cotangent)} at {user_line()}. Reshape or broadcast it."
            )
        return conjugated(unbroadcast(cotangent, node.value))
    if np.shape(node.value) != ():
        raise ValueError(
            f"backward needs a scalar, got shape {np.shape(node.value)} at {user_line()}. Reduce "
            f"it first (.sum() or .mean()), or pass a cotangent of its shape."
        )
    return dtype.type(1)

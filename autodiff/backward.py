"""The reverse sweep: the chain rule, from the results back to the arguments.

Each Node on the way gets the sum of the cotangents that arrive over its uses, hands it to its
primitive's rules, and passes what they answer on to its inputs. How cotangents are kept and summed
is in ``cotangents.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.cotangents import Add, adding_to, fit, fresh, to_user, whole
from autodiff.errors import user_line
from autodiff.graph import Node, between
from autodiff.primitive import derivative, parts_of, primitive
from autodiff.tensor import Tensor

__all__ = ["argument", "backward", "sweep"]


@primitive
def argument(x: Any, *, name: str | None = None) -> Any:  # noqa: ARG001 - the name is for readers
    """Start the trace of a transform; connected to an outer trace where x is a Tensor of one."""
    return x


derivative(argument, x=lambda g, z, x, *, name=None: g)


def sweep(
    results: Sequence[tuple[Node, Any]],
    arguments: Sequence[Node],
    note: Callable[[Node, Any], None] | None = None,
    traced: bool = False,
) -> tuple[list[Any], bool]:
    """Carry cotangents from the results back to the arguments.

    Args:
        results: Nodes, each with its cotangent, of its shape.
        arguments: the Nodes to reach.
        note: is shown every Node on the way with its whole cotangent.
        traced: record the sweep itself as a graph, even if nothing from outside asks for it.

    Returns:
        The cotangent of each argument, None where no result depends on it; and whether the results
        depend on traced values from outside as well: then the cotangents are Tensors.
    """
    order, matter, outside = between([node for node, _ in results], arguments)
    traced = traced or outside
    cotangents: dict[Node, Any] = {}
    add = adding_to(cotangents)
    for node, cotangent in results:
        if node in matter:
            add(node, cotangent)
    for node in reversed(order):
        g = cotangents.pop(node, None)
        if g is None:
            continue
        if type(g) is list or type(g) is dict:
            g = whole(g, node)
        if note is not None:
            note(node, g)
        if traced or node.options or len(node.inputs) > 2:
            _pull_back(node, g, matter, add, traced)
        else:
            _pull_back_quickly(node, g, matter, add)
    slopes = []
    for node in arguments:
        g = cotangents.get(node)
        slopes.append(whole(g, node) if type(g) is list else g)
        if note is not None and g is not None:
            note(node, slopes[-1])
    return slopes, outside


def _pull_back(node: Node, g: Any, matter: set[Node], add: Add, traced: bool) -> None:
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
                add(parent, rule(g, z, *values, **node.options))
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


def _pull_back_quickly(node: Node, g: Any, matter: set[Node], add: Add) -> None:
    """Do the same for one or two inputs without options and traces: the bulk of most graphs."""
    primitive: Any = node.primitive
    inputs = node.inputs
    if primitive.variadic is not None:
        _pull_back(node, g, matter, add, traced=False)
        return
    rules = primitive.rules
    x = inputs[0]
    if len(inputs) == 1:
        if rules[0] is not None:
            add(x, rules[0](g, node.value, x.value))
        return
    y = inputs[1]
    a = x.value if type(x) is Node else x
    b = y.value if type(y) is Node else y
    if type(x) is Node and x in matter and rules[0] is not None:
        add(x, rules[0](g, node.value, a, b))
    if type(y) is Node and y in matter and rules[1] is not None:
        add(y, rules[1](g, node.value, a, b))


def backward(result: Tensor, cotangent: Any = None) -> None:
    """Fill ``.grad`` of every Tensor that a result was computed from; see ``Tensor.backward``."""
    node = result.node
    seed = _seed(node, cotangent)
    starts = _starts(node)
    taken: set[int] = set()

    def note(node: Node, slope: Any) -> None:
        node.slope = slope if type(slope) is np.float64 else fresh(to_user(slope), taken)

    for start in starts:
        start.slope = np.zeros_like(start.value)
    inside_a_trace = any(start.primitive is argument for start in starts)
    sweep([(node, seed)], starts, note, traced=inside_a_trace)


def _starts(result: Node) -> list[Node]:
    """List the Nodes that a graph starts from."""
    stack, seen, starts = [result], {result}, []
    while stack:
        node = stack.pop()
        if node.primitive is None or node.primitive is argument:
            starts.append(node)
            continue
        for parent in node.inputs:
            if type(parent) is Node and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return starts


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

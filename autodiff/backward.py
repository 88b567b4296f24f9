"""The reverse sweep: the chain rule, from the results back to the arguments.

Each Node on the way gets the sum of the cotangents that arrive over its uses, hands it to its
primitive's rules, and passes what they answer on to its inputs. Broadcasting is undone here, in
:func:`fit`, and nowhere else.

Inside, a complex cotangent is that of the transposed linear map, without conjugation, so that rules
are plain calculus; :func:`to_user` and its inverse conjugate at the border, which gives users
PyTorch's convention: a step against the gradient descends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autodiff.errors import user_line
from autodiff.graph import Node, between
from autodiff.primitive import derivative, primitive
from autodiff.tensor import Tensor

__all__ = ["Scattered", "argument", "backward", "fit", "fresh", "is_basic", "sweep", "to_user"]


class Scattered:
    """A cotangent that is zero but at an index: what indexing sends back.

    Keeping it apart until all have arrived makes a loop over the entries of an array linear in
    time; each entry would send back a whole array of zeros otherwise.
    """

    __slots__ = ("index", "value")

    def __init__(self, value: Any, index: Any) -> None:
        self.value = value
        self.index = index


@primitive
def scatter(*values: Any, indices: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Add each value into an array of zeros at its index."""
    total = np.zeros(shape, np.result_type(*values))
    for value, index in zip(values, indices, strict=True):
        if is_basic(index):
            total[index] += value
        else:
            np.add.at(total, index, value)
    return total


def is_basic(index: Any) -> bool:
    """Whether an index picks every entry at most once, by its form."""
    parts = index if isinstance(index, tuple) else (index,)
    return not any(isinstance(part, (list, np.ndarray)) and np.ndim(part) for part in parts)


derivative(scatter, values=lambda g, z, *values, indices, shape: [g[index] for index in indices])


@primitive
def argument(x: Any, *, name: str | None = None) -> Any:  # noqa: ARG001 - the name is for readers
    """Start the trace of a transform; connected to an outer trace where x is a Tensor of one."""
    return x


derivative(argument, x=lambda g, z, x, *, name=None: g)


Add = Callable[[Node, Any], None]


def _adding_to(cotangents: dict[Node, Any]) -> Add:
    """Make the function that adds a cotangent which arrives at a Node to those already there.

    It brings it to the value's shape and dtype. Scattered ones wait in a list, behind the sum of
    the others.
    """
    find, float64, array = cotangents.get, np.float64, np.ndarray

    def add(node: Node, slope: Any) -> None:
        found = find(node)
        if type(slope) is float64 and type(node.value) is float64:
            pass  # numbers fit as they are
        elif type(slope) is Scattered:
            if type(found) is list:
                found.append(slope)
            else:
                cotangents[node] = [found, slope]
            return
        elif not (
            type(slope) is array
            and slope.shape == node.value.shape
            and slope.dtype is node.value.dtype
            and slope.ndim
        ):
            slope = fit(slope, node.value)
        if found is None:
            cotangents[node] = slope
        elif type(found) is list:
            found[0] = slope if found[0] is None else found[0] + slope
        else:
            cotangents[node] = found + slope

    return add


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
    add = _adding_to(cotangents)
    for node, cotangent in results:
        if node in matter:
            add(node, cotangent)
    for node in reversed(order):
        g = cotangents.pop(node, None)
        if g is None:
            continue
        if type(g) is list:
            g = _gathered(g, node)
        if note is not None:
            note(node, g)
        if traced or node.options or len(node.inputs) > 2:
            _pull_back(node, g, matter, add, traced)
        else:
            _pull_back_quickly(node, g, matter, add)
    slopes = []
    for node in arguments:
        g = cotangents.get(node)
        slopes.append(_gathered(g, node) if type(g) is list else g)
        if note is not None and g is not None:
            note(node, slopes[-1])
    return slopes, outside


def _pull_back(node: Node, g: Any, matter: set[Node], add: Add, traced: bool) -> None:
    """Run the rules of one Node, and add what they answer to its inputs' cotangents."""
    primitive: Any = node.primitive
    inputs = node.inputs
    if traced:
        z: Any = Tensor(node)
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


def _gathered(arrived: list[Any], node: Node) -> Any:
    """Sum a list of cotangents: a whole one or None, then scattered ones."""
    whole, *parts = arrived
    total = scatter.apply(
        tuple(part.value for part in parts),
        {"indices": [part.index for part in parts], "shape": np.shape(node.value)},
    )
    return fit(total if whole is None else whole + total, node.value)


def fit(slope: Any, value: Any) -> Any:
    """Give a cotangent the shape and dtype of the value it belongs to.

    The one place that undoes broadcasting: axes that the value doesn't have, or has with length 1,
    are summed over; where a rule answers with fewer entries (the slope of a sum, say), they are
    repeated. A real value takes the real part.
    """
    if not hasattr(slope, "dtype"):  # a number of Python's
        slope = value.dtype.type(slope) if not isinstance(slope, complex) else np.asarray(slope)
    if slope.shape != value.shape:
        slope = _fit_shape(slope, value.shape)
    dtype = value.dtype
    if slope.dtype != dtype:
        if slope.dtype.kind == "c" and dtype.kind != "c":
            slope = np.real(slope)
        slope = slope.astype(dtype)
    return slope[()] if type(slope) is np.ndarray and slope.ndim == 0 else slope


def _fit_shape(slope: Any, shape: tuple[int, ...]) -> Any:
    own = slope.shape
    extra = len(own) - len(shape)
    if isinstance(slope, np.generic):
        return np.full(shape, slope)
    if extra < 0:
        return np.broadcast_to(slope, shape)
    if extra == 1 and own[1:] == shape:
        return np.add.reduce(slope, 0)
    axes = list(range(extra))
    for i, length in enumerate(shape, extra):
        if length == 1 != own[i]:
            axes.append(i)
    if axes:
        slope = np.add.reduce(slope, tuple(axes), keepdims=True)
        slope = slope.reshape(slope.shape[extra:])
    return slope if slope.shape == shape else np.broadcast_to(slope, shape)


def to_user(slope: Any) -> Any:
    """Cross the border of the sweep, either way: conjugate what is complex."""
    return np.conjugate(slope) if slope.dtype.kind == "c" else slope


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


def fresh(slope: Any, taken: set[int]) -> Any:
    """Make sure that a plain array is the user's alone to edit; ``taken`` remembers those given."""
    if isinstance(slope, np.ndarray):
        if not (slope.flags.owndata and slope.flags.writeable) or id(slope) in taken:
            slope = slope.copy()
        taken.add(id(slope))
    return slope


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

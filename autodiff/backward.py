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


def sweep(
    results: Sequence[tuple[Node, Any]],
    arguments: Sequence[Node],
    visit: Callable[[Node, Any], None] | None = None,
    traced: bool = False,
) -> tuple[dict[Node, Any], bool]:
    """Carry cotangents from the results back to the arguments.

    Args:
        results: Nodes, each with its cotangent, of its shape.
        arguments: the Nodes to reach.
        visit: is shown every Node on the way with its whole cotangent.
        traced: record the sweep itself as a graph, even if nothing from outside asks for it.

    Returns:
        The cotangents of those arguments that the results depend on; and whether they depend on
        traced values from outside: then they are Tensors.
    """
    order, matter, outside = between([node for node, _ in results], arguments)
    traced = traced or outside
    cotangents: dict[Node, Any] = {}
    for node, cotangent in results:
        if node in matter:
            _add(cotangents, node, cotangent)
    own = set(arguments)
    for node in reversed(order):
        if node not in cotangents:
            continue
        g = cotangents[node] if node in own else cotangents.pop(node)
        if type(g) is list:
            g = _gathered(g, node)
            if node in own:
                cotangents[node] = g
        if visit is not None:
            visit(node, g)
        if node not in own:
            _pull_back(node, g, matter, cotangents, traced)
    return cotangents, traced


def _pull_back(
    node: Node, g: Any, matter: set[Node], cotangents: dict[Node, Any], traced: bool
) -> None:
    """Run the rules of one Node, and add what they answer to its inputs' cotangents."""
    primitive = node.primitive
    inputs = node.inputs
    if traced:
        z: Any = Tensor(node)
        values = [Tensor(n) if type(n) is Node else n for n in inputs]
    else:
        z = node.value
        values = [n.value if type(n) is Node else n for n in inputs]
    options = node.options
    rules = primitive.rules  # type: ignore[union-attr]
    if primitive.variadic is not None:  # type: ignore[union-attr]
        rule = rules[0]
        if primitive.by_argnum:  # type: ignore[union-attr]
            slopes = (
                rule(g, z, *values, argnum=i, **options) if n in matter else None
                for i, n in enumerate(_as_keys(inputs))
            )
        else:
            slopes = rule(g, z, *values, **options)
        for parent, slope in zip(inputs, slopes, strict=True):
            if type(parent) is Node and parent in matter:
                _add(cotangents, parent, slope)
        return
    for rule, parent in zip(rules, inputs, strict=False):
        if type(parent) is Node and parent in matter and rule is not None:
            slope = rule(g, z, *values, **options)
            value = parent.value
            if (
                type(slope) is Scattered
                or type(slope) is type(value) is np.float64
                or (
                    type(slope) is type(value) is np.ndarray
                    and slope.shape == value.shape
                    and slope.dtype == value.dtype
                )
            ):
                pass
            else:
                slope = fit(slope, value)
            if parent not in cotangents and type(slope) is not Scattered:
                cotangents[parent] = slope
            else:
                _add(cotangents, parent, slope)


def _as_keys(inputs: tuple[Any, ...]) -> list[Any]:
    return [n if type(n) is Node else None for n in inputs]


def _add(cotangents: dict[Node, Any], node: Node, slope: Any) -> None:
    """Add a cotangent to those that have arrived; scattered ones wait in a list."""
    found = cotangents.get(node)
    if type(slope) is not Scattered:
        slope = fit(slope, node.value)
        if found is None:
            cotangents[node] = slope
        elif type(found) is list:
            found[0] = slope if found[0] is None else found[0] + slope
        else:
            cotangents[node] = found + slope
    elif type(found) is list:
        found.append(slope)
    else:
        cotangents[node] = [found, slope]


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
    shape, dtype = np.shape(value), value.dtype
    if np.shape(slope) != shape:
        slope = _fit_shape(slope, shape)
    if getattr(slope, "dtype", None) != dtype:
        if not isinstance(slope, (np.ndarray, np.generic, Tensor)):
            slope = np.asarray(slope)[()]
        if slope.dtype.kind == "c" and dtype.kind != "c":
            slope = np.real(slope)
        if slope.dtype != dtype:
            slope = slope.astype(dtype)
    return slope


def _fit_shape(slope: Any, shape: tuple[int, ...]) -> Any:
    extra = np.ndim(slope) - len(shape)
    if extra > 0:
        slope = np.sum(slope, axis=tuple(range(extra)))
    repeated = (
        tuple(
            axis
            for axis, n in enumerate(shape)
            if n == 1 and np.ndim(slope) and slope.shape[axis] != 1
        )
        if np.ndim(slope) == len(shape)
        else ()
    )
    if repeated:
        slope = np.sum(slope, axis=repeated, keepdims=True)
    return slope if np.shape(slope) == shape else np.broadcast_to(slope, shape)


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
        node.slope = fresh(to_user(slope), taken)

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

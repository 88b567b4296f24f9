"""Reading a graph as mathematics: each Node becomes a formula of what it was computed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from autodiff.backward import argument
from autodiff.cotangents import part, scatter
from autodiff.graph import Node
from autodiff.registry import registry
from autodiff.rules.elementwise import where as chosen
from autodiff.rules.masked import total as sum_of
from autodiff.rules.shape import broadcast_to, reshape, transpose
from autodiff.show import algebra
from autodiff.show.formula import Formula, identity_of, leaf, number, ones
from autodiff.show.values import is_short, value_text
from autodiff.show.words import index_text

__all__ = ["constant", "read", "read_step"]

Reader = Callable[[Node, list[Formula]], Formula]


def read(result: Any, leaves: Mapping[Node, Formula]) -> Formula:
    """Read the graph of a result, down to the Nodes that have a formula already."""
    if type(result) is not Node:
        return constant(result)
    known = dict(leaves)
    for node in _unread(result, known):
        known[node] = read_step(node, [_operand(x, known) for x in node.inputs])
    return known[result]


def read_step(node: Node, operands: list[Formula], *, as_written: bool = False) -> Formula:
    """Read the operation of one Node, of operands that are given as formulas.

    It is simplified, unless it is wanted as it was written, operand by operand.
    """
    if node.primitive is None:
        return constant(node.value)
    reader = _written().get(node.primitive) if as_written else None
    reader = reader or _readers().get(node.primitive)
    return reader(node, operands) if reader else _call(node, operands)


def constant(value: Any, name: str | None = None) -> Formula:
    """Write a constant by its name; without one by its entries, or where they are many its shape.

    Bools count as the 1 and 0 that they are.
    """
    if isinstance(value, (bool, np.bool_)):
        return number(int(value))
    if np.ndim(value) == 0 and name is None and isinstance(value, (int, float, np.number)):
        return number(value.item() if isinstance(value, np.generic) else value)
    if name is not None:
        return leaf(name, value)
    return leaf(value_text(value), value, identity=identity_of(np.asarray(value)))


def _operand(x: Any, known: Mapping[Node, Formula]) -> Formula:
    return known[x] if type(x) is Node else constant(x)


def _unread(result: Node, known: Mapping[Node, Formula]) -> list[Node]:
    """List the Nodes to read, in the order of their creation."""
    found, stack = set(), [result]
    while stack:
        node = stack.pop()
        if node not in known and node not in found:
            found.add(node)
            stack += [x for x in node.inputs if type(x) is Node]
    return sorted(found, key=lambda node: node.order)


def _call(node: Node, operands: list[Formula]) -> Formula:
    primitive: Any = node.primitive
    told = [
        f"{key}={_option(value)}"
        for key, value in node.options.items()
        if value is not None and value is not False and key != "keepdims"
    ]
    identity = identity_of(tuple(node.options.values()))
    label = (primitive.name, ", ".join(told))
    return algebra.combined("call", operands, label, _shape(node), identity)


def _shape(node: Node) -> tuple[int, ...]:
    """The shape of a value; a tuple of several has none."""
    return () if isinstance(node.value, tuple) else np.shape(node.value)


def _option(value: Any) -> str:
    if isinstance(value, np.ndarray) and not is_short(value):
        return "…"
    text = value_text(value) if isinstance(value, np.ndarray) else str(value)
    return text if len(text) <= 24 else "…"


def _sum(node: Node, operands: list[Formula]) -> Formula:
    return algebra.total(operands[0], _axis(node), _shape(node))


def _axis(node: Node) -> str:
    """Say along what is summed; nothing where it is all."""
    axis = node.options.get("axis")
    if axis is None or _shape(node) == ():
        return ""
    return f"axis {axis[0] if isinstance(axis, tuple) and len(axis) == 1 else axis}"


def _power(node: Node, operands: list[Formula]) -> Formula:
    base, exponent = operands
    if _is_real(exponent):
        return algebra.power(base, exponent.label)
    return algebra.combined("raised", operands, "", _shape(node))


def _is_real(x: Formula) -> bool:
    return x.kind == "number" and not isinstance(x.label, complex)


def _reshape(node: Node, operands: list[Formula]) -> Formula:
    """Read a change of shape; new axes of length 1 as the index that adds them."""
    whole, shape = operands[0], _shape(node)
    if shape == whole.shape:
        return whole
    if whole.shape == ():
        return algebra.product(whole, ones(shape))
    key = _new_axes(whole.shape, shape)
    if key is not None:
        return algebra.index(whole, key, index_text(key), shape)
    words = "×".join(map(str, shape)) or "number"
    return algebra.combined("call", [whole], ("reshape", words), shape)


def _new_axes(old: tuple[int, ...], new: tuple[int, ...]) -> tuple[Any, ...] | None:
    """Find the index that adds axes of length 1, if that is all that is different."""
    lengths = list(old)
    key: list[slice | None] = []
    for length in new:
        if lengths and lengths[0] == length:
            key.append(slice(None))
            lengths.pop(0)
        elif length == 1:
            key.append(None)
        else:
            return None
    return None if lengths else tuple(key)


def _transpose(node: Node, operands: list[Formula]) -> Formula:
    axes = node.options["axes"]
    if axes == tuple(range(len(axes))):
        return operands[0]
    if axes == tuple(range(len(axes)))[::-1]:
        return algebra.transpose(operands[0], _shape(node))
    return _call(node, operands)


def _index(node: Node, operands: list[Formula]) -> Formula:
    if len(operands) > 1:
        return _call(node, operands)
    key = _spelled_out(node.options["index"], len(operands[0].shape))
    return algebra.index(operands[0], key, index_text(key), _shape(node))


def _spelled_out(key: Any, ndim: int) -> Any:
    """Write the axes out that an ellipsis stands for, where they are few."""
    entries = key if isinstance(key, tuple) else (key,)
    if not any(entry is Ellipsis for entry in entries) or ndim > 3:
        return key
    place = next(i for i, entry in enumerate(entries) if entry is Ellipsis)
    rest = sum(entry is not None for entry in entries) - 1
    spelled = (slice(None),) * (ndim - rest)
    return (*entries[:place], *spelled, *entries[place + 1 :])


def _scatter(node: Node, operands: list[Formula]) -> Formula:
    """Read entries put into zeros as a sum: each value at its index."""
    shape = _shape(node)
    indices = node.options["indices"]
    places = zip(operands[: len(indices)], indices, strict=True)  # traced positions come last
    return algebra.add(
        *(
            algebra.combined("at", [x], index_text(key), shape, identity_of(key))
            for x, key in places
        )
    )


def _stack(node: Node, operands: list[Formula]) -> Formula:
    if node.options.get("axis", 0) != 0:
        return _call(node, operands)
    return algebra.stack(operands, _shape(node))


def _relation(sign: str) -> Reader:
    return lambda node, x: algebra.relation(sign, x[0], x[1], node.value)


@cache
def _readers() -> dict[Any, Reader]:
    """List the operations that have signs of their own in mathematics; by what they are."""
    signs = {
        np.less: "<", np.less_equal: "≤", np.greater: ">", np.greater_equal: "≥",
        np.equal: "=", np.not_equal: "≠", np.bitwise_and: "and", np.bitwise_or: "or",
        np.logical_and: "and", np.logical_or: "or",
    }  # fmt: skip
    algebraic: dict[Any, Reader] = {
        np.add: lambda _, x: algebra.add(*x),
        np.subtract: lambda _, x: algebra.add(x[0], algebra.negate(x[1])),
        np.multiply: lambda _, x: algebra.product(*x),
        np.divide: lambda _, x: algebra.divide(*x),
        np.negative: lambda _, x: algebra.negate(*x),
        np.square: lambda _, x: algebra.power(x[0], 2),
        np.reciprocal: lambda _, x: algebra.power(x[0], -1),
        np.positive: lambda _, x: x[0],
        np.power: _power,
        np.float_power: _power,
        np.matmul: lambda node, x: algebra.matmul(x[0], x[1], _shape(node)),
        np.stack: _stack,
        "getitem": _index,
        "copy": lambda _, x: x[0],
        "astype": lambda _, x: x[0],
    }
    own: dict[Any, Reader] = {
        argument: lambda _, x: x[0],
        reshape: _reshape,
        sum_of: _sum,
        transpose: _transpose,
        broadcast_to: lambda node, x: algebra.product(x[0], ones(_shape(node))),
        chosen: lambda node, x: algebra.where(x[0], x[1], x[2], _shape(node)),
        scatter: _scatter,
        part: lambda node, x: algebra.index(
            x[0], node.options["number"], str(node.options["number"]), _shape(node)
        ),
    }
    own |= {registry[function]: reader for function, reader in algebraic.items()}
    own |= {registry[function]: _relation(sign) for function, sign in signs.items()}
    return own


@cache
def _written() -> dict[Any, Reader]:
    """List the operations that algebra would rearrange, with readers that leave them alone."""
    readers: dict[Any, Reader] = {
        np.add: lambda node, x: Formula("sum", (x[0], x[1]), shape=_shape(node)),
        np.subtract: lambda node, x: Formula("sum", (x[0], _minus(x[1])), shape=_shape(node)),
        np.multiply: lambda node, x: Formula("product", (x[0], x[1]), shape=_shape(node)),
        np.divide: lambda node, x: Formula("product", (x[0], _over(x[1])), shape=_shape(node)),
        np.negative: lambda _, x: _minus(x[0]),
        np.power: _written_power,
        np.square: lambda _, x: Formula("power", (x[0],), 2, x[0].shape),
    }
    own: dict[Any, Reader] = {
        sum_of: lambda node, x: Formula("total", (x[0],), _axis(node), _shape(node)),
    }
    return own | {registry[function]: reader for function, reader in readers.items()}


def _written_power(node: Node, operands: list[Formula]) -> Formula:
    base, exponent = operands
    if not _is_real(exponent) or exponent.label < 0:
        return algebra.combined("raised", operands, "", _shape(node))
    whole = float(exponent.label).is_integer()
    return Formula("power", (base,), int(exponent.label) if whole else exponent.label, base.shape)


def _minus(x: Formula) -> Formula:
    return Formula("product", (number(-1), x), shape=x.shape)


def _over(x: Formula) -> Formula:
    return Formula("power", (x,), -1, x.shape)

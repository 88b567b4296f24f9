"""Read a graph as mathematics: each Node becomes a formula of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from autodiff.core import conversion, indexing
from autodiff.core.backward import argument
from autodiff.core.cotangents import part, scatter
from autodiff.core.graph import START, Node
from autodiff.core.positions import GAP, count_gaps, fill_index
from autodiff.core.registry import public_name, registry
from autodiff.core.typing import Array
from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.formula import Formula, identity_of, leaf, number, ones
from autodiff.display.mathematics.signs import derivative_sign, sign_of
from autodiff.display.mathematics.values import is_short, value_text
from autodiff.display.mathematics.words import entries_text, index_text
from autodiff.display.mathematics.writing import text
from autodiff.rules.finite import finite_choice
from autodiff.rules.masked import total
from autodiff.rules.selecting import where
from autodiff.rules.shape import broadcast_to, reshape, transpose
from autodiff.tracing.naming import named
from autodiff.transforms.opaque import is_opaque

__all__ = ["as_call", "constant", "read", "read_step"]

Reader = Callable[[Node, list[Formula]], Formula]


def read(
    result: Node | Array,
    leaves: Mapping[Node, Formula],
    refer: Callable[[Array], Formula] | None = None,
) -> Formula:
    """Read the graph of a result, down to the Nodes that already have a formula.

    Args:
        result: its last Node.
        leaves: the formulas that are known.
        refer: returns the formula of a constant; by default with its entries.
    """
    refer = refer or constant
    if type(result) is not Node:
        return refer(result)
    known = dict(leaves)
    for node in _nodes_to_read(result, known):
        operands = [known[x] if type(x) is Node else refer(x) for x in node.inputs]
        known[node] = read_step(node, operands)
    return known[result]


def read_step(node: Node, operands: list[Formula], *, as_written: bool = False) -> Formula:
    """Read the operation of one Node as a formula of its operands.

    The formula is simplified; with ``as_written``, it keeps the operands as the code has them.
    """
    if node.primitive is START:
        return constant(node.value)
    reader = _literal_readers().get(node.primitive) if as_written else None
    reader = reader or _readers().get(node.primitive)
    return reader(node, operands) if reader else _as_sign(node, operands)


def constant(value: Array, name: str | None = None) -> Formula:
    """Create the formula of a constant: its name, else its entries, else the shape if large.

    Bools are read as the numbers 1 and 0.
    """
    if isinstance(value, (bool, np.bool_)):
        return number(int(value))
    if value is None:
        return leaf("None", None)
    if np.ndim(value) == 0 and name is None and isinstance(value, (int, float, complex, np.number)):
        return number(value.item() if isinstance(value, np.generic) else value)
    if name is not None:
        return leaf(name, value)
    return leaf(value_text(value), value, identity=identity_of(np.asarray(value)))


def _nodes_to_read(result: Node, known: Mapping[Node, Formula]) -> list[Node]:
    """List the Nodes to read, in creation order."""
    found, stack = set(), [result]
    while stack:
        node = stack.pop()
        if node not in known and node not in found:
            found.add(node)
            stack += [x for x in node.inputs if type(x) is Node]
    return sorted(found, key=lambda node: node.order)


def as_call(node: Node, operands: list[Formula]) -> Formula:
    """Read the operation of a Node as a call of its function: ``clip(x, 0, 1)``."""
    primitive: Any = node.primitive
    given = [x for x, value in zip(operands, node.inputs, strict=True) if value is not None]
    identity = identity_of(tuple(node.options.values()))
    label = (primitive.name, ", ".join(_options(node)))
    if is_opaque(primitive):
        label = (node.options["call"].__name__, "")
    return algebra.combined("call", given, label, _shape(node), identity)


def _as_sign(node: Node, operands: list[Formula]) -> Formula:
    """Read the operation of a Node by the sign of its function, if it has one: ``Γ(x)``."""
    primitive: Any = node.primitive
    path, name = public_name(primitive.function), primitive.name
    if name.endswith(("_in_order", "_partial")) and node.options.keys() <= {"order", "orders"}:
        orders = node.options.get("orders") or (node.options["order"],)
        sign = derivative_sign(path, name, len(operands), orders)
    else:
        sign = None if _options(node) else sign_of(path, name, len(operands))
    if sign is None:
        return as_call(node, operands)
    return algebra.combined("sign", operands, sign, _shape(node))


def _options(node: Node) -> list[str]:
    """Write the options of a Node that change what it computes."""
    return [
        f"{key}={_option(value)}"
        for key, value in node.options.items()
        if value is not None and value is not False and key != "keepdims"
    ]


def _shape(node: Node) -> tuple[int, ...]:
    """Return the shape of a value; () for a tuple of several results."""
    return () if isinstance(node.value, tuple) else np.shape(node.value)


def _option(value: Any) -> str:
    if isinstance(value, np.ndarray) and not is_short(value):
        return "…"
    text = value_text(value) if isinstance(value, np.ndarray) else str(value)
    return text if len(text) <= 24 else "…"


def _sum(node: Node, operands: list[Formula]) -> Formula:
    return algebra.total(operands[0], _axis(node), _shape(node))


def _axis(node: Node) -> str:
    """Describe the axis of a sum: ``axis 0``; "" if all entries are summed."""
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
    """Read a reshape; one that only adds axes of length 1 is read as an index."""
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
    """Return the index that adds axes of length 1, if nothing else changes; else None."""
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
    return as_call(node, operands)


def _getitem(node: Node, operands: list[Formula]) -> Formula:
    key, words = _filled(node.options["index"], node.inputs[1:], operands[1:])
    if words:
        return algebra.index(operands[0], key, words, _shape(node))
    key = _expand_ellipsis(key, len(operands[0].shape))
    return algebra.index(operands[0], key, index_text(key), _shape(node))


def _setitem(node: Node, operands: list[Formula]) -> Formula:
    key, words = _filled(node.options["index"], node.inputs[2:], operands[2:])
    words = f"entries {words}" if words else entries_text(key)
    return algebra.replaced(operands[0], operands[1], key, words)


def _filled(
    index: Any, positions: Sequence[Node | Array], operands: list[Formula]
) -> tuple[Any, str]:
    """Return an index with traced positions, and its text; "" if there are none in it."""
    if not positions:
        return index, ""
    values = tuple(x.value if type(x) is Node else x for x in positions)
    words = iter(
        [
            text(x).removeprefix("(").removesuffix(")") if x.kind == "relation" else text(x)
            for x in operands
        ]
    )
    entries = index if isinstance(index, tuple) else (index,)
    parts = [next(words) if entry is GAP else index_text((entry,)) for entry in entries]
    return fill_index(index, values), ", ".join(parts)


def _expand_ellipsis(key: Any, ndim: int) -> Any:
    """Replace an ellipsis by the axes that it stands for, if they are few."""
    entries = key if isinstance(key, tuple) else (key,)
    if not any(entry is Ellipsis for entry in entries) or ndim > 3:
        return key
    place = next(i for i, entry in enumerate(entries) if entry is Ellipsis)
    rest = sum(entry is not None for entry in entries) - 1
    axes = (slice(None),) * (ndim - rest)
    return (*entries[:place], *axes, *entries[place + 1 :])


def _scatter(node: Node, operands: list[Formula]) -> Formula:
    """Read a scatter as a sum: each value at its index."""
    shape = _shape(node)
    indices = node.options["indices"]
    values, positions = operands[: len(indices)], operands[len(indices) :]
    traced, terms = list(node.inputs[len(indices) :]), []
    for x, index in zip(values, indices, strict=True):
        count = count_gaps(index)
        key, words = _filled(index, traced[:count], positions[:count])
        if (reverse := _without_new_axes(key)) is not None:
            terms.append(algebra.index(x, reverse, index_text(reverse), shape))
            continue
        terms.append(algebra.placed(x, key, words or index_text(key), shape))
        traced, positions = traced[count:], positions[count:]
    return algebra.add(*terms)


def _without_new_axes(key: Any) -> tuple[Any, ...] | None:
    """Return the index that removes the axes that another one adds, if it does nothing else."""
    entries = key if isinstance(key, tuple) else (key,)
    if not any(entry is None for entry in entries):
        return None
    whole = (slice(None), None)
    if not all(
        entry is None or (isinstance(entry, slice) and entry == whole[0]) for entry in entries
    ):
        return None
    return tuple(0 if entry is None else entry for entry in entries)


def _stack(node: Node, operands: list[Formula]) -> Formula:
    if node.options.get("axis", 0) != 0:
        return as_call(node, operands)
    return algebra.stack(operands, _shape(node))


def _finite_choice(node: Node, operands: list[Formula]) -> Formula:
    """Read a choice as its first operand, where it is chosen for every entry."""
    judged = node.inputs[1]
    value = judged.value if type(judged) is Node else judged
    return operands[0] if np.isfinite(value).all() else as_call(node, operands)


def _relation(sign: str) -> Reader:
    return lambda node, x: algebra.relation(sign, x[0], x[1], node.value)


@cache
def _readers() -> dict[Any, Reader]:
    """Return the readers of the operations with mathematical notation, by primitive."""
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
    }
    own: dict[Any, Reader] = {
        argument: lambda _, x: x[0],
        named: lambda _, x: x[0],
        indexing.getitem: _getitem,
        indexing.setitem: _setitem,
        conversion.copy: lambda _, x: x[0],
        conversion.astype: lambda _, x: x[0],
        reshape: _reshape,
        total: _sum,
        transpose: _transpose,
        broadcast_to: lambda node, x: algebra.product(x[0], ones(_shape(node))),
        finite_choice: _finite_choice,
        where: lambda node, x: algebra.where(x[0], x[1], x[2], _shape(node)),
        scatter: _scatter,
        indexing.last_writes: lambda node, _: constant(node.value),  # which no number decides
        part: lambda node, x: algebra.index(
            x[0], node.options["number"], str(node.options["number"]), _shape(node)
        ),
    }
    own |= {registry[function]: reader for function, reader in algebraic.items()}
    own |= {registry[function]: _relation(sign) for function, sign in signs.items()}
    return own


@cache
def _literal_readers() -> dict[Any, Reader]:
    """Return readers, without simplification, of the operations that algebra would rearrange."""
    readers: dict[Any, Reader] = {
        np.add: lambda node, x: Formula("sum", (x[0], x[1]), shape=_shape(node)),
        np.subtract: lambda node, x: Formula("sum", (x[0], _minus(x[1])), shape=_shape(node)),
        np.multiply: lambda node, x: Formula("product", (x[0], x[1]), shape=_shape(node)),
        np.divide: lambda node, x: Formula("product", (x[0], _over(x[1])), shape=_shape(node)),
        np.negative: lambda _, x: _minus(x[0]),
        np.power: _literal_power,
        np.square: lambda _, x: Formula("power", (x[0],), 2, x[0].shape),
    }
    own: dict[Any, Reader] = {
        total: lambda node, x: Formula("total", (x[0],), _axis(node), _shape(node)),
        where: as_call,
    }
    return own | {registry[function]: reader for function, reader in readers.items()}


def _literal_power(node: Node, operands: list[Formula]) -> Formula:
    base, exponent = operands
    if not _is_real(exponent) or exponent.label < 0:
        return algebra.combined("raised", operands, "", _shape(node))
    whole = float(exponent.label).is_integer()
    return Formula("power", (base,), int(exponent.label) if whole else exponent.label, base.shape)


def _minus(x: Formula) -> Formula:
    return Formula("product", (number(-1), x), shape=x.shape)


def _over(x: Formula) -> Formula:
    return Formula("power", (x,), -1, x.shape)

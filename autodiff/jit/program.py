"""The program: what was recorded, as a list of values, each an operation on earlier ones.

It is the graph of a recording without its numbers: of each value only shape and dtype are known.
What didn't depend on anything that may change is a constant by now.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autodiff.backward import argument
from autodiff.errors import function_place
from autodiff.graph import NO_OPTIONS, Node, RecordingError, given_out
from autodiff.jit.effects import assigned, drawn, read_live
from autodiff.jit.record import Guard, Recording
from autodiff.primitive import Primitive
from autodiff.tensor import Tensor
from autodiff.trail import Line, Scope, is_a_layers

__all__ = ["Program", "Value", "in_order", "program_of", "reachable"]


@dataclass(eq=False, slots=True)
class Value:
    """One value of a program.

    Attributes:
        shape, dtype: of the array; None for the tuple of a function that has several results, and
            for an assignment.
        primitive: what computes it; None for an input, a live array, or a constant.
        inputs: Values, or plain numbers as they are.
        options: the primitive's.
        memory: the array itself, of a constant, or of a live array, whose contents change.
        is_live: whether they do.
        order: values are computed in this order, as far as they were in the recording.
        name: what the user calls it, or what it is a slope of.
        place: ``train.py:12``, the user's line.
        is_backward: whether it came about in a backward sweep.
        scope: the block of code that it belongs to, a layer say (see ``ad.scope``).
    """

    shape: tuple[int, ...] | None
    dtype: np.dtype[Any] | None
    primitive: Primitive | None = None
    inputs: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=lambda: NO_OPTIONS)
    memory: Any = None
    is_live: bool = False
    order: float = 0
    name: str = ""
    place: str = ""
    is_backward: bool = False
    scope: Scope | None = None

    @property
    def is_constant(self) -> bool:
        """Whether it is the same at every call."""
        return self.memory is not None and not self.is_live

    @property
    def is_effect(self) -> bool:
        """Whether it must be run at every call, as often as it stands there."""
        return self.primitive is assigned or self.primitive is drawn

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape or ())

    def __repr__(self) -> str:
        what = (
            self.primitive.name if self.primitive else "constant" if self.is_constant else "input"
        )
        return f"<{what} {self.name} {self.shape} {self.dtype}>"

    def like(self, primitive: Primitive, *inputs: Any, **options: Any) -> Value:
        """Make a value of the same shape and origin that is computed another way."""
        return Value(
            self.shape, self.dtype, primitive, inputs, options, order=self.order, name=self.name,
            place=self.place, is_backward=self.is_backward, scope=self.scope,
        )  # fmt: skip


@dataclass
class Program:
    """A list of operations with its inputs and results.

    Attributes:
        name: of the function that was recorded.
        inputs: one Value per leaf of the arguments.
        effects: assignments, in order.
        results: Values, or plain numbers.
    """

    name: str
    inputs: list[Value]
    effects: list[Value]
    results: list[Any]

    @property
    def has_effects(self) -> bool:
        """Whether it writes somewhere, draws random numbers, or reads what others may change."""
        return any(v.is_effect or v.is_live for v in self.values())

    def values(self) -> list[Value]:
        """List what is computed, and from what, in an order in which it can be."""
        return in_order([*self.effects, *(r for r in self.results if isinstance(r, Value))])


def in_order(roots: Iterable[Value]) -> list[Value]:
    """List all that the roots are computed from, and they: the inputs of each before it.

    As far as that leaves a choice, in the order of the recording.
    """
    found: list[Value] = list(dict.fromkeys(roots))
    seen = set(found)
    for value in found:  # it grows as it is walked
        for x in value.inputs:
            if isinstance(x, Value) and x not in seen:
                seen.add(x)
                found.append(x)
    found.sort(key=lambda value: value.order)
    done: dict[Value, None] = {}
    for value in found:
        stack = [value]
        while stack:
            top = stack[-1]
            waiting = [x for x in top.inputs if isinstance(x, Value) and x not in done]
            if waiting:
                stack += reversed(waiting)
            else:
                done[stack.pop()] = None
    return list(done)


def program_of(recording: Recording) -> Program:
    """Turn a recording into a program: only what the results and effects need."""
    names = _Names(recording)
    values: dict[Node, Any] = {}
    for node, name in zip(recording.inputs, recording.names, strict=True):
        values[node] = _describe(node, names, name)
    changing = set(recording.inputs)
    for node in reachable([*recording.roots, *recording.inputs]):
        if node in values:
            continue
        if node.primitive in (read_live, drawn, assigned) or not changing.isdisjoint(
            x for x in node.inputs if type(x) is Node
        ):
            changing.add(node)
            values[node] = _describe(node, names)
            operands = tuple(_operand(x, values, node) for x in node.inputs)
            values[node].inputs = operands
            if node.primitive is not None and node.primitive.is_inline:
                values[node] = _inlined(node, operands, values[node])
        else:
            _refuse_outer(node, recording.function)
            values[node] = constant_of(node.value, names.of(node), node.order)
    return Program(
        getattr(recording.function, "__name__", "function").strip("<>"),
        [values[node] for node in recording.inputs],
        [values[node] for node in recording.effects.nodes],
        [_operand(x, values, None) for x in recording.results],
    )


def _refuse_outer(node: Node, function: Any) -> None:
    """Raise where a constant of a program is an argument that somebody outside differentiates by.

    Raises:
        RecordingError: its slope would be lost.
    """
    if node.primitive is argument and node.options["running"].now:
        raise RecordingError(
            f"{function_place(function)} uses {node.options['name']}, a traced value of a function "
            f"outside, which isn't among its arguments: jit would keep its numbers, and its slope "
            f"would be lost. Pass it as an argument, or give jit the whole function."
        )


def _inlined(node: Node, operands: tuple[Any, ...], whole: Value) -> Any:
    """Record what the function of an operation does, and write that in its place."""
    starts = [Node(x.value) if type(x) is Node else x for x in node.inputs]
    given = [Tensor(x) if type(x) is Node else x for x in starts]
    function = node.primitive.function  # type: ignore[union-attr]
    with given_out(Guard([x for x in starts if type(x) is Node], function)):
        out = function(*given, **node.options)
    values = {s: x for s, x in zip(starts, operands, strict=True) if type(s) is Node}
    inner = [n for n in reachable([out.node]) if n not in values]
    for step, part in enumerate(inner, 1):
        inputs = tuple(_operand(x, values, node) for x in part.inputs)
        if not any(isinstance(x, Value) and not x.is_constant for x in inputs):
            values[part] = constant_of(part.value, "", node.order)
            continue
        made = replace(
            whole, shape=np.shape(part.value), dtype=part.value.dtype, primitive=part.primitive,
            inputs=inputs, options=part.options, order=node.order + step * 1e-6,
            name=whole.name if part is out.node else "",
        )  # fmt: skip
        nested = part.primitive is not None and part.primitive.is_inline
        values[part] = _inlined(part, inputs, made) if nested else made
    return values[out.node]


def constant_of(value: Any, name: str = "", order: float = 0) -> Any:
    """Make the Value of a constant array; a number stays one, a tuple is one Value."""
    if isinstance(value, np.ndarray) and value.ndim:
        return Value(value.shape, value.dtype, memory=value, name=name, order=order)
    if type(value) is tuple or hasattr(value, "_fields"):
        return Value(None, None, memory=value, name=name, order=order)
    return value[()] if isinstance(value, np.ndarray) else value


def _operand(x: Any, values: dict[Node, Any], node: Node | None) -> Any:
    if type(x) is Node:
        return values[x]
    return constant_of(x, order=node.order - 0.5 if node else 0)


def _describe(node: Node, names: _Names, name: str = "") -> Value:
    value = node.value
    is_array = hasattr(value, "dtype")
    is_live = node.primitive is read_live
    line = names.line(node)
    return Value(
        shape=np.shape(value) if is_array else None,
        dtype=value.dtype if is_array else None,
        primitive=None if name or is_live else node.primitive,
        options=NO_OPTIONS if name or is_live else node.options,
        memory=node.options["array"] if is_live else None,
        is_live=is_live,
        order=node.order,
        name=name or str(node.options.get("name", "") if is_live else "") or names.of(node),
        place=str(line) if line else "",
        scope=names.scope(node),
        is_backward=names.origin(node) is not None,
    )


def reachable(roots: Iterable[Node]) -> list[Node]:
    """List Nodes and all that they were computed from, in the order of their creation."""
    seen = set(roots)
    stack = list(seen)
    while stack:
        for parent in stack.pop().inputs:
            if type(parent) is Node and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=lambda node: node.order)


class _Names:
    """What the Nodes of a recording are called, and which were made in a backward sweep."""

    def __init__(self, recording: Recording) -> None:
        self.trail, self.slopes = recording.trail, recording.slopes
        self.starts = dict(zip(recording.inputs, recording.names, strict=True))
        self._orders = [order for order, _ in recording.pulled]
        self._pulled = [node for _, node in recording.pulled]
        self._leaving = self._found_outside(recording)

    def of(self, node: Node) -> str:
        if node in self.slopes:
            of = self.forward(self.slopes[node])
            return f"d_{of}" if of else ""
        return self.forward(node)

    def forward(self, node: Node) -> str:
        """Name a value by the variable that held it, or the argument that it is."""
        while True:
            if node in self.starts:
                return self.starts[node]
            found = self.trail.name(node)
            if found:
                return found
            if node.primitive is None or node.primitive.name != "argument":
                if node.primitive is read_live:
                    return str(node.options["name"])
                return self._leaving.get(node) or self._by_scope(node)
            if not node.inputs:
                return str(node.options["name"])
            node = node.inputs[0]

    def origin(self, node: Node) -> Node | None:
        """Find the Node whose rules made this one, if it came about in a backward sweep."""
        at = bisect_right(self._orders, node.order) - 1
        if at < 0:
            return None
        of = self._pulled[at]
        is_over = of.primitive is None or of.primitive.is_start
        return None if is_over else of

    def line(self, node: Node) -> Line | None:
        """Find the user's line; none where a layer of this library stands for it."""
        line = self.trail.line(self.origin(node) or node)
        return line if line and not (self.scope(node) and is_a_layers(line.file)) else None

    def scope(self, node: Node) -> Scope | None:
        """Find the innermost block that a Node, or what it is a slope of, was made in."""
        scopes = self.trail.scopes(self.origin(node) or node)
        return scopes[-1] if scopes else None

    def _by_scope(self, node: Node) -> str:
        scopes = self.trail.scopes(node)
        return f"{scopes[-1].name}_{word_of(node.primitive)}" if scopes else ""

    def _found_outside(self, recording: Recording) -> dict[Node, str]:
        """Find the last Node of each block that leaves it: it bears the block's name."""
        found: dict[int, tuple[int, Node, str]] = {}
        for node in reachable(recording.roots):
            if self.origin(node) is not None:
                continue
            own = self.trail.scopes(node)
            for x in node.inputs:
                scopes = self.trail.scopes(x) if type(x) is Node else ()
                if scopes and own[: len(scopes)] != scopes and x.primitive is not read_live:
                    block = scopes[-1]
                    latest = found.get(block.id)
                    if latest is None or latest[0] < x.order:
                        found[block.id] = (x.order, x, block.name)
        return {node: name for _, node, name in found.values()}


def word_of(primitive: Primitive | None) -> str:
    """Say what the result of an operation is called where nobody has named it."""
    name = primitive.name if primitive else "value"
    return _WORDS.get(name) or re.sub(r"\W", "_", name).strip("_") or "value"


_WORDS = {
    "matmul": "product", "add": "sum", "subtract": "difference", "multiply": "scaled",
    "divide": "quotient", "sum": "total", "greater": "mask", "maximum": "larger", "max": "largest",
    "getitem": "part", "transpose": "T", "reshape": "reshaped", "_count_nonzero": "count",
    "exp": "powers", "share_of_winner": "won", "argmax": "place", "astype": "converted",
    "greater_equal": "mask", "less": "mask", "less_equal": "mask", "minimum": "smaller",
    "min": "smallest", "log1p": "log",
}  # fmt: skip


def values_in(inputs: Iterable[Any]) -> Iterator[Value]:
    """Give the Values among inputs."""
    return (x for x in inputs if isinstance(x, Value))

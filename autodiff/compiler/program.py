"""The program: a recording as a list of values, each an operation on earlier ones.

It is the graph of a recording without its numbers: only the shape and dtype of a value are known.
Values that depend neither on inputs nor on live arrays or draws are constants.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from autodiff.compiler.effects import assigned, drawn, read_live
from autodiff.compiler.record import Guard, Recording
from autodiff.core.backward import argument
from autodiff.core.graph import NO_OPTIONS, START, Node, ancestors
from autodiff.core.observer import Observer, observing
from autodiff.core.primitive import Primitive
from autodiff.core.rerun import rerun
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array
from autodiff.tracing.libraries import is_of_a_library
from autodiff.tracing.trail import Line, Scope

__all__ = ["Operand", "Program", "ProgramValue", "in_order", "program_of"]

Operand: TypeAlias = Any
"""What an operation of a program takes: a ProgramValue, or a number or None as it is."""


@dataclass(eq=False, slots=True)
class ProgramValue:
    """One value of a program.

    Attributes:
        shape, dtype: of the array; None for the tuple of a function that has several results, and
            for an assignment.
        primitive: the operation that computes it; START for inputs, live arrays and constants.
        inputs: Values, or plain numbers.
        options: the primitive's.
        memory: the array of a constant or of a live array; None for other values.
        is_live: whether it is a live array, whose contents change.
        order: position in the recording.
        name: the user's name for it, or for the value that it is a slope of.
        place: ``train.py:12``, the user's line.
        is_backward: whether the backward pass computes it.
        scope: the block of code that it belongs to, such as a layer (see ``ad.scope``).
    """

    shape: tuple[int, ...] | None
    dtype: np.dtype[Any] | None
    primitive: Primitive = START
    inputs: tuple[Operand, ...] = ()
    options: Mapping[str, Any] = field(default_factory=lambda: NO_OPTIONS)
    memory: Array = None
    is_live: bool = False
    order: float = 0
    name: str = ""
    place: str = ""
    is_backward: bool = False
    scope: Scope | None = None

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in every call."""
        return self.memory is not None and not self.is_live

    @property
    def is_computed(self) -> bool:
        """Whether an operation computes it: it is no input, live array or constant."""
        return self.primitive is not START

    @property
    def is_effect(self) -> bool:
        """Whether it is an assignment or a draw, which can be neither dropped nor shared."""
        return self.primitive is assigned or self.primitive is drawn

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape or ())

    def __repr__(self) -> str:
        kind = (
            self.primitive.name if self.is_computed else "constant" if self.is_constant else "input"
        )
        return f"<{kind} {self.name} {self.shape} {self.dtype}>"

    def like(self, primitive: Primitive, *inputs: Operand, **options: Any) -> ProgramValue:
        """Return a value of the same shape and origin that is computed by another operation."""
        return ProgramValue(
            self.shape, self.dtype, primitive, inputs, options, order=self.order, name=self.name,
            place=self.place, is_backward=self.is_backward, scope=self.scope,
        )  # fmt: skip


@dataclass
class Program:
    """A list of operations with its inputs and results.

    Attributes:
        name: of the recorded function.
        inputs: one ProgramValue per leaf of the arguments.
        effects: assignments and draws, in order.
        results: Values, or plain numbers.
        writes: the inputs that are edited, each with the new value to write at the end.
    """

    name: str
    inputs: list[ProgramValue]
    effects: list[ProgramValue]
    results: list[Operand]
    writes: list[tuple[ProgramValue, Operand]]

    @property
    def has_effects(self) -> bool:
        """Whether it writes to arrays, draws random numbers, or reads live arrays."""
        return bool(self.writes) or any(v.is_effect or v.is_live for v in self.values())

    def values(self) -> list[ProgramValue]:
        """List the values to compute and those they depend on, each after its inputs."""
        return in_order([*self.effects, *values_in(self.outcomes)])

    @property
    def outcomes(self) -> list[Operand]:
        """The results, and the new values of edited inputs."""
        return [*self.results, *(new for _, new in self.writes)]

    def replayed(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """Return the results for other inputs, plain or traced, operation by operation."""
        found: dict[Operand, Array] = dict(zip(self.inputs, inputs, strict=True))
        for value in self.values():
            if value not in found:
                operands = [found[x] if isinstance(x, ProgramValue) else x for x in value.inputs]
                found[value] = rerun(value, operands) if value.is_computed else value.memory
        return tuple(found[x] if isinstance(x, ProgramValue) else x for x in self.results)

    def mapped(self, rewrite: Callable[[ProgramValue], ProgramValue]) -> Program:
        """Return the program with each value rewritten, after those that it depends on."""
        new: dict[ProgramValue, ProgramValue] = {}
        for value in self.values():
            inputs = tuple(
                new.get(x, x) if isinstance(x, ProgramValue) else x for x in value.inputs
            )
            is_changed = any(a is not b for a, b in zip(inputs, value.inputs, strict=True))
            new[value] = rewrite(replace(value, inputs=inputs) if is_changed else value)
        return self.rewritten(lambda x: new.get(x, x) if isinstance(x, ProgramValue) else x)

    def rewritten(self, replacement: Callable[[Operand], Operand]) -> Program:
        """Return the program with its values replaced."""
        return Program(
            self.name,
            self.inputs,
            [replacement(effect) for effect in self.effects],
            [replacement(result) for result in self.results],
            [(target, replacement(new)) for target, new in self.writes],
        )


def in_order(roots: Iterable[ProgramValue]) -> list[ProgramValue]:
    """List the roots and all values they depend on, in topological order.

    Among the possible orders, the one closest to the recording.
    """
    found: list[ProgramValue] = list(dict.fromkeys(roots))
    seen = set(found)
    for value in found:  # grows during the loop
        for x in value.inputs:
            if isinstance(x, ProgramValue) and x not in seen:
                seen.add(x)
                found.append(x)
    found.sort(key=lambda value: value.order)
    done: dict[ProgramValue, None] = {}
    for value in found:
        stack = [value]
        while stack:
            top = stack[-1]
            waiting = [x for x in top.inputs if isinstance(x, ProgramValue) and x not in done]
            if waiting:
                stack += reversed(waiting)
            else:
                done[stack.pop()] = None
    return list(done)


def program_of(recording: Recording, *, inlines: bool = True) -> Program:
    """Return the program of a recording, with only the values that results and effects need.

    Args:
        recording: of a function.
        inlines: whether primitives that ask for it are replaced by what their functions do.
    """
    names = _Names(recording)
    values: dict[Node, Operand] = {}
    for node, name in zip(recording.inputs, recording.names, strict=True):
        values[node] = _describe(node, names, name)
    changing = set(recording.inputs)
    for node in ancestors([*recording.roots, *recording.inputs]):
        if node in values:
            continue
        if node.primitive in (read_live, drawn, assigned) or not changing.isdisjoint(
            x for x in node.inputs if type(x) is Node
        ):
            changing.add(node)
            values[node] = _describe(node, names)
            operands = tuple(_operand(x, values, node) for x in node.inputs)
            values[node].inputs = operands
            if inlines and node.primitive.is_inline:
                values[node] = _inlined(node, operands, values[node])
        else:
            values[node] = constant_of(node.value, names.of(node), node.order)
    return Program(
        getattr(recording.function, "__name__", "function").strip("<>"),
        [values[node] for node in recording.inputs],
        [values[node] for node in recording.effects.nodes],
        [_operand(x, values, None) for x in recording.results],
        [
            (values[recording.inputs[i]], _operand(x, values, None))
            for i, x in recording.written.items()
        ],
    )


def _inlined(node: Node, operands: tuple[Operand, ...], whole: ProgramValue) -> Operand:
    """Record the function of an operation, and return its result in place of the operation's."""
    starts = [Node(x.value) if type(x) is Node else x for x in node.inputs]
    args = [Tensor(x) if type(x) is Node else x for x in starts]
    function = node.primitive.function
    guard = Guard([x for x in starts if type(x) is Node], function)
    with observing(Observer(on_plain=guard)):
        out = function(*args, **node.options)
    values = {s: x for s, x in zip(starts, operands, strict=True) if type(s) is Node}
    inner = [n for n in ancestors([out.node]) if n not in values]
    for step, part in enumerate(inner, 1):
        inputs = tuple(_operand(x, values, node) for x in part.inputs)
        if not any(isinstance(x, ProgramValue) and not x.is_constant for x in inputs):
            values[part] = constant_of(part.value, "", node.order)
            continue
        made = replace(
            whole, shape=np.shape(part.value), dtype=part.value.dtype, primitive=part.primitive,
            inputs=inputs, options=part.options, order=node.order + step * 1e-6,
            name=whole.name if part is out.node else "",
        )  # fmt: skip
        nested = part.primitive.is_inline
        values[part] = _inlined(part, inputs, made) if nested else made
    return values[out.node]


def constant_of(value: Array | tuple[Array, ...], name: str = "", order: float = 0) -> Operand:
    """Return the ProgramValue of a constant array or tuple; return a number unchanged."""
    if isinstance(value, np.ndarray) and value.ndim:
        return ProgramValue(value.shape, value.dtype, memory=value, name=name, order=order)
    if type(value) is tuple or hasattr(value, "_fields"):
        return ProgramValue(None, None, memory=value, name=name, order=order)
    return value[()] if isinstance(value, np.ndarray) else value


def _operand(x: Node | Array, values: dict[Node, Operand], node: Node | None) -> Operand:
    if type(x) is Node:
        return values[x]
    return constant_of(x, order=node.order - 0.5 if node else 0)


def _describe(node: Node, names: _Names, name: str | None = None) -> ProgramValue:
    value = node.value
    is_array = hasattr(value, "dtype")
    is_live = node.primitive is read_live
    is_start = is_live or name is not None
    line = names.line(node)
    return ProgramValue(
        shape=np.shape(value) if is_array else None,
        dtype=value.dtype if is_array else None,
        primitive=START if is_start else node.primitive,
        options=NO_OPTIONS if is_start else node.options,
        memory=node.options["array"] if is_live else None,
        is_live=is_live,
        order=node.order,
        name=name or str(node.options.get("name", "") if is_live else "") or names.of(node),
        place=str(line) if line else "",
        scope=names.scope(node),
        is_backward=names.origin(node) is not None,
    )


class _Names:
    """The names of the Nodes of a recording, and which of them the backward pass made."""

    def __init__(self, recording: Recording) -> None:
        self.trail, self.slopes = recording.trail, recording.slopes
        self.starts = dict(zip(recording.inputs, recording.names, strict=True))
        self._orders = [order for order, _ in recording.pulled]
        self._pulled = [node for _, node in recording.pulled]
        self._results_of_blocks = self._block_results(recording)

    def of(self, node: Node) -> str:
        if node in self.slopes:
            of = self.forward(self.slopes[node])
            return f"d_{of}" if of else ""
        return self.forward(node)

    def forward(self, node: Node) -> str:
        """Return the name of a value: of its variable, its argument, or its scope."""
        while True:
            if node in self.starts:
                return self.starts[node]
            found = self.trail.name(node)
            if found:
                return found
            if node.primitive is not argument:
                if node.primitive is read_live:
                    return str(node.options["name"])
                return self._results_of_blocks.get(node) or self._by_scope(node)
            if not node.inputs:
                return str(node.options["name"])
            node = node.inputs[0]

    def origin(self, node: Node) -> Node | None:
        """Return the Node whose rules made this one in a backward pass, or None."""
        at = bisect_right(self._orders, node.order) - 1
        if at < 0:
            return None
        of = self._pulled[at]
        return None if of.primitive.is_start else of

    def line(self, node: Node) -> Line | None:
        """Return the user's line; None inside a layer of this library."""
        line = self.trail.line(self.origin(node) or node)
        return line if line and not (self.scope(node) and is_of_a_library(line.file)) else None

    def scope(self, node: Node) -> Scope | None:
        """Return the innermost scope of a Node, or of the Node that it is a slope of."""
        scopes = self.trail.scopes(self.origin(node) or node)
        return scopes[-1] if scopes else None

    def _by_scope(self, node: Node) -> str:
        scopes = self.trail.scopes(node)
        return f"{scopes[-1].name}_{word_of(node.primitive)}" if scopes else ""

    def _block_results(self, recording: Recording) -> dict[Node, str]:
        """Return the last Node of each scope that is used outside of it, with the scope's name."""
        found: dict[int, tuple[int, Node, str]] = {}
        for node in ancestors(recording.roots):
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


def word_of(primitive: Primitive) -> str:
    """Return the default name of an operation's result."""
    name = primitive.name
    return _WORDS.get(name) or re.sub(r"\W", "_", name).strip("_") or "value"


_WORDS = {  # default names
    "matmul": "product", "add": "sum", "subtract": "difference", "multiply": "scaled",
    "divide": "quotient", "sum": "total", "greater": "mask", "maximum": "larger", "max": "largest",
    "getitem": "part", "transpose": "T", "reshape": "reshaped", "_count_nonzero": "count",
    "exp": "powers", "extremum_cotangent": "selected", "argmax": "place", "astype": "converted",
    "greater_equal": "mask", "less": "mask", "less_equal": "mask", "minimum": "smaller",
    "min": "smallest", "log1p": "log", "opaque": "result",
}  # fmt: skip


def values_in(inputs: Iterable[Operand]) -> Iterator[ProgramValue]:
    """Iterate over the ProgramValues among inputs."""
    return (x for x in inputs if isinstance(x, ProgramValue))

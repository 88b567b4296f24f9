"""The rule of an operation as mathematics, obtained by running the rule on symbols.

A rule is NumPy code, and the engine records what NumPy code does. So an operation is recorded once
more, with symbols as its inputs, and swept backward with a symbol for the slope that arrives. The
graph that this records is the rule as a formula. There is no second table of rules.

>>> import numpy as np, autodiff as ad
>>> error = ad.tensor(7.0)
>>> squared = error ** 2
>>> print(local_slopes(squared.node, {0: "error"})[0].text)
2 · error
"""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autodiff.core.backward import argument, sweep
from autodiff.core.graph import Node
from autodiff.core.primitive import parts_of
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array
from autodiff.display.mathematics.algebra import ONE, combined, without, without_ones
from autodiff.display.mathematics.conjugates import conjugate
from autodiff.display.mathematics.formula import Formula, leaf
from autodiff.display.mathematics.idioms import with_idioms
from autodiff.display.mathematics.reading import constant, read, read_step
from autodiff.display.mathematics.writing import latex, text
from autodiff.transforms.opaque import is_opaque, is_smooth

__all__ = ["LocalSlope", "local_slopes", "node_of", "pulled_back"]

_NO_NAMES: Mapping[int, str | Formula] = {}
_FIRST = -1.0  # the order of g in a product
_LONGEST = 16  # the most symbols in the formula of one rule


@dataclasses.dataclass(frozen=True)
class LocalSlope:
    """How the output of one operation changes with one of its inputs.

    Attributes:
        formula: ∂out/∂in where that is one number for each entry. Otherwise (matrix products, sums
            over broadcast axes) the pullback of a slope ``g`` that arrives at the output; of
            complex numbers, the conjugate: times the slope after, it is the slope before.
        is_plain: whether ``formula`` is ∂out/∂in.
        value: its number or array; None where it depends on ``g``.
    """

    formula: Formula
    is_plain: bool
    value: Array

    @property
    def text(self) -> str:
        """The formula as text: ``2 · error``, ``g @ Wᵀ``."""
        return text(self.formula)

    @property
    def latex(self) -> str:
        """The formula as LaTeX."""
        return latex(self.formula)


def local_slopes(
    node: Node,
    names: Mapping[int, str | Formula] = _NO_NAMES,
    output: str | Formula = "out",
    arriving: str = "g",
) -> dict[int, LocalSlope]:
    """Return the slope of an operation in each of its inputs that is a Node and has a slope.

    Args:
        node: a Node with a primitive.
        names: the names of its inputs, or formulas to refer to them, by position. Nodes without a
            name are ``a``, ``b``, …; other arrays are written out.
        output: the same for its value.
        arriving: the name of the slope that arrives; it is in neither ``names`` nor ``output``.

    Returns:
        By the position of the input. Inputs without a slope are left out; all of them where there
        are several results, or where a user-defined rule takes only plain arrays.
    """
    if any(_has_several_results(x) for x in (node, *node.inputs)):
        return {}
    inputs = [_reference(names.get(i), x, i) for i, x in enumerate(node.inputs)]
    result = _reference(output, node, len(inputs))
    g = leaf(arriving, np.ones_like(node.value)[()], _FIRST)
    try:
        with np.errstate(all="ignore"):  # the computation itself has warned
            slopes = pulled_back(node, inputs, result, {0: g})
    except (TypeError, NotImplementedError):  # a rule that can't be traced itself
        return {}
    return {position: _local_slope(node, *slope, g) for position, slope in slopes.items()}


def pulled_back(
    node: Node, inputs: list[Formula], output: Formula, arriving: Mapping[int, Formula]
) -> dict[int, tuple[Formula, Array]]:
    """Run the rules of a Node on symbols, and return the slope of each input that is a Node.

    Args:
        node: a Node with a primitive.
        inputs: the formulas of its inputs.
        output: the formula of its value.
        arriving: the slopes that arrive, with their values, by the index of the result; a single
            result has the index 0.

    Returns:
        The formula and its value, by the position of the input, where there is one.
    """
    if is_opaque(node.primitive) and not node.options["call"].is_readable:
        return _as_calls(node, inputs, arriving)
    outside = Node(np.float64(1))  # older than the symbols: it makes the sweep record a graph
    symbols = {i: _symbol(x, outside) for i, x in enumerate(node.inputs) if _gets_symbol(x)}
    copy = Node(
        node.value,
        node.primitive,
        tuple(symbols.get(i, x) for i, x in enumerate(node.inputs)),
        node.options,
    )
    results = [part.node for part in parts_of(copy)] if _has_several_results(node) else [copy]
    slopes = {i: Node(g.value) for i, g in arriving.items()}
    sloped = {i: symbol for i, symbol in symbols.items() if symbol.inputs}
    found, _ = sweep([(results[i], Tensor(g)) for i, g in slopes.items()], list(sloped.values()))
    leaves = {outside: ONE, copy: output}
    leaves |= {symbol: inputs[i] for i, symbol in symbols.items()}
    leaves |= {slopes[i]: g for i, g in arriving.items()}
    operands = [*arriving.values(), *(inputs[i] for i in symbols)]
    known = {} if _has_several_results(node) else {output: read_step(node, inputs)}
    formulas = {
        i: (with_idioms(read(node_of(slope), leaves), known), peek(slope))
        for i, slope in zip(sloped, found, strict=True)
        if slope is not None
    }
    return {i: (_shorten(x, node, i, operands), value) for i, (x, value) in formulas.items()}


def _as_calls(
    node: Node, inputs: list[Formula], arriving: Mapping[int, Formula]
) -> dict[int, tuple[Formula, Array]]:
    """Return the slopes of an opaque function's inputs, as calls with their numbers."""
    call, results = node.options["call"], node.value
    results = results if isinstance(results, tuple) else (results,)
    values = [x.value if isinstance(x, Node) else x for x in node.inputs]
    cotangents = [
        arriving[i].value if i in arriving else np.zeros_like(result)
        for i, result in enumerate(results)
        if is_smooth(result)
    ]
    wanted = [isinstance(x, Node) and is_smooth(x.value) for x in node.inputs]
    slopes = iter(call.pull_back(cotangents, values, results, wanted))
    found = {i: next(slopes) for i, is_wanted in enumerate(wanted) if is_wanted}
    operands = [*arriving.values(), *inputs]
    return {i: (_call(call.__name__, node, i, operands), slope) for i, slope in found.items()}


def _reference(name: str | Formula | None, x: Node | Array, position: int) -> Formula:
    """Return the formula for a value: as passed, or a leaf with its name, else a letter."""
    if isinstance(name, Formula):
        return name
    if type(x) is not Node:
        return constant(x, name)
    letter = string.ascii_lowercase[position] if position < 26 else f"in{position}"
    return leaf(name or letter, x.value, position, identity=x.order)


def _gets_symbol(x: Node | Array) -> bool:
    """Return whether an input gets a symbol: a Node, or an array that may have a name."""
    return isinstance(x, (Node, np.ndarray))


def _has_several_results(x: Node | Array) -> bool:
    return isinstance(x, Node) and isinstance(x.value, tuple)


def _symbol(x: Node | NDArray[Any], outside: Node) -> Node:
    """Return the symbol of an input: an argument if the input can have a slope."""
    value = x.value if isinstance(x, Node) else x
    if isinstance(x, Node) and not _has_several_results(x) and value.dtype.kind in "fc":
        return Node(value, argument, (outside,))
    return Node(value)


def _shorten(formula: Formula, node: Node, position: int, operands: list[Formula]) -> Formula:
    """Replace the formula of a rule by a call with its name if it is too long."""
    if formula.size() <= _LONGEST:
        return formula
    primitive: Any = node.primitive
    return _call(primitive.name, node, position, operands)


def _call(name: str, node: Node, position: int, operands: list[Formula]) -> Formula:
    """Return the slope of an input as a call of a function with a name."""
    number = f"in input {position}" if len(node.inputs) > 1 else ""
    label = (f"slope of {name}", number)
    return combined("call", operands, label, np.shape(node.inputs[position].value))


def node_of(value: Array) -> Node | Array:
    """Return a Tensor's Node, and a plain value as it is."""
    return value.node if isinstance(value, Tensor) else value


def _local_slope(node: Node, formula: Formula, value: Array, g: Formula) -> LocalSlope:
    plain = without(formula, g)
    if any(np.iscomplexobj(x.value if isinstance(x, Node) else x) for x in (node, *node.inputs)):
        formula, value = conjugate(formula, kept=g), np.conjugate(value)
        plain = None if plain is None else conjugate(plain)
    if plain is None:
        return LocalSlope(formula, is_plain=False, value=None)
    return LocalSlope(without_ones(plain), is_plain=True, value=value)

"""The rule of an operation as mathematics, by running the rule itself on symbols.

A rule is NumPy code, and the engine records what NumPy code does. So an operation is recorded once
more, of symbols in the place of its inputs, and swept backward with a symbol for the slope that
arrives: the graph that this leaves is the rule, written out. There is no second table of rules.

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

from autodiff.backward import argument, sweep
from autodiff.graph import Node
from autodiff.primitive import parts_of
from autodiff.show.algebra import ONE, combined, without, without_ones
from autodiff.show.formula import Formula, leaf
from autodiff.show.reading import constant, read
from autodiff.show.writing import latex, text
from autodiff.tensor import Tensor

__all__ = ["LocalSlope", "local_slopes", "pulled_back"]

_NOTHING: Mapping[int, str | Formula] = {}
_FIRST = -1.0  # its place in a product
_LONGEST = 16  # the most symbols that anybody wants to read of one rule


@dataclasses.dataclass(frozen=True)
class LocalSlope:
    """How the output of one operation changes with one of its inputs.

    Attributes:
        formula: ∂out/∂in where that is one number for each entry. Otherwise (matrix products, sums
            over what was repeated) how a slope that arrives at the output, ``g``, is carried on.
        is_plain: whether it is ∂out/∂in.
        value: its number or array; None where it depends on ``g``.
    """

    formula: Formula
    is_plain: bool
    value: Any

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
    called: Mapping[int, str | Formula] = _NOTHING,
    output: str | Formula = "out",
    arriving: str = "g",
) -> dict[int, LocalSlope]:
    """Write the slope of an operation in each of its inputs that is a Node and has one.

    Args:
        node: has a primitive.
        called: the names of its inputs, or formulas to refer to them, by position. Nodes without
            one are ``a``, ``b``, …; other arrays are written out.
        output: the same for its value.
        arriving: what the slope that arrives is called; no name in ``called`` or ``output``.

    Returns:
        By the position of the input. One that no slope gets to is left out, as are all where there
        are several results, and where somebody's own rule is only for plain arrays.
    """
    if any(_is_several(x) for x in (node, *node.inputs)):
        return {}
    inputs = [_referred(called.get(i), x, i) for i, x in enumerate(node.inputs)]
    result = _referred(output, node, len(inputs))
    g = leaf(arriving, np.ones_like(node.value)[()], _FIRST)
    try:
        with np.errstate(all="ignore"):  # the computation itself has warned
            slopes = pulled_back(node, inputs, result, {0: g})
    except (TypeError, NotImplementedError):  # a rule that can't be traced itself
        return {}
    return {position: _local(*slope, g) for position, slope in slopes.items()}


def pulled_back(
    node: Node, inputs: list[Formula], output: Formula, arriving: Mapping[int, Formula]
) -> dict[int, tuple[Formula, Any]]:
    """Run the rules of a Node on symbols: what they send back to each input that is a Node.

    Args:
        node: has a primitive.
        inputs: the formulas that stand for its inputs.
        output: the formula that stands for its value.
        arriving: the slopes that arrive, with their values, by the number of the result; a single
            result has the number 0.

    Returns:
        By the position of the input the formula and its value, where there is one.
    """
    outside = Node(np.float64(1))  # older than the symbols: it makes the sweep record a graph
    symbols = {i: _symbol(x, outside) for i, x in enumerate(node.inputs) if _is_held(x)}
    again = Node(
        node.value,
        node.primitive,
        tuple(symbols.get(i, x) for i, x in enumerate(node.inputs)),
        node.options,
    )
    results = [part.node for part in parts_of(again)] if _is_several(node) else [again]
    slopes = {i: Node(g.value) for i, g in arriving.items()}
    sloped = {i: symbol for i, symbol in symbols.items() if symbol.inputs}
    found, _ = sweep([(results[i], Tensor(g)) for i, g in slopes.items()], list(sloped.values()))
    leaves = {outside: ONE, again: output}
    leaves |= {symbol: inputs[i] for i, symbol in symbols.items()}
    leaves |= {slopes[i]: g for i, g in arriving.items()}
    given = [*arriving.values(), *(inputs[i] for i in symbols)]
    return {
        i: (_readable(read(_node(slope), leaves), node, i, given), _value(slope))
        for i, slope in zip(sloped, found, strict=True)
        if slope is not None
    }


def _referred(name: str | Formula | None, x: Any, position: int) -> Formula:
    """Refer to a value under a name, unless a formula does; by a letter where it has none."""
    if isinstance(name, Formula):
        return name
    if type(x) is not Node:
        return constant(x, name)
    letter = string.ascii_lowercase[position] if position < 26 else f"in{position}"
    return leaf(name or letter, x.value, position, identity=x.order)


def _is_held(x: Any) -> bool:
    """Whether an input gets a symbol: a Node, or an array that may have a name."""
    return isinstance(x, (Node, np.ndarray))


def _is_several(x: Any) -> bool:
    return isinstance(x, Node) and isinstance(x.value, tuple)


def _symbol(x: Node | np.ndarray[Any, Any], outside: Node) -> Node:
    """Make what stands for an input: an argument if slopes are sought for it."""
    value = x.value if isinstance(x, Node) else x
    if isinstance(x, Node) and not _is_several(x) and value.dtype.kind in "fc":
        return Node(value, argument, (outside,))
    return Node(value)


def _readable(formula: Formula, node: Node, position: int, given: list[Formula]) -> Formula:
    """Call a rule by its name where it is too long to read."""
    if formula.size() <= _LONGEST:
        return formula
    primitive: Any = node.primitive
    number = f" in input {position}" if len(node.inputs) > 1 else ""
    label = (f"slope of {primitive.name}", number)
    return combined("call", given, label, np.shape(node.inputs[position].value))


def _node(slope: Any) -> Any:
    return slope.node if isinstance(slope, Tensor) else slope


def _value(slope: Any) -> Any:
    return slope.node.value if isinstance(slope, Tensor) else slope


def _local(formula: Formula, value: Any, g: Formula) -> LocalSlope:
    plain = without(formula, g)
    if plain is None:
        return LocalSlope(formula, is_plain=False, value=None)
    return LocalSlope(without_ones(plain), is_plain=True, value=value)

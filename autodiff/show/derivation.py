"""The derivation of slopes: the forward pass, then the chain rule backward, as equations.

What each operation sends back comes from its rule, run on symbols (``symbols.py``); here these
pieces are put together, value by value, and composed into the slope of each argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from autodiff.cotangents import part
from autodiff.graph import Node
from autodiff.show import algebra
from autodiff.show.formula import Formula, leaf, ones
from autodiff.show.reading import constant, read_step
from autodiff.show.recorded import reachable
from autodiff.show.referring import References
from autodiff.show.symbols import pulled_back
from autodiff.show.working import Working
from autodiff.trail import Line

__all__ = ["Derivation", "Equation", "Step"]

_LONGEST = 24  # the most symbols of a slope that is composed all the way


class Equation(NamedTuple):
    """``of = symbols = numbers = value``; what says nothing new is left out in writing.

    Attributes:
        of: what the equation is about.
        symbols: what it is equal to.
        numbers: the same, to be written with the numbers put in.
        value: what comes out.
    """

    of: Formula
    symbols: Formula
    numbers: Formula
    value: Any


class Step(NamedTuple):
    """The slope of a value: the sum over the paths on which it reaches the result.

    Attributes:
        equation: all at once.
        paths: what each use contributes; each equation is about the value at which the path ends.
    """

    equation: Equation
    paths: list[Equation]


class Derivation:
    """Everything that is to be written about the slopes of a computation.

    Args:
        working: what was computed, and its slopes.
        targets: the values whose slopes are wanted.
        depth: how many levels of blocks are opened.
    """

    def __init__(self, working: Working, targets: Iterable[Node], depth: int | None) -> None:
        self.working = working
        self.targets = list(targets)
        self.references = References(working, depth)
        self._paths: dict[Node, list[tuple[Node, Formula, Any]]] = {}
        self._expressed: dict[Node, Formula] = {}  # slopes by those of values that have a step
        self._composed: dict[Node, Formula] = {}  # slopes by values alone
        for node in reversed(working.nodes):
            if node in working.slopes:
                self._settle(node)
            self._pull_back(node)

    @cached_property
    def lines(self) -> list[tuple[Line | None, list[Equation]]]:
        """The forward pass: the equations of each line of the user's."""
        found: list[tuple[Line | None, list[Equation]]] = []
        for node in self.working.nodes:
            if node in self.references.folded or node not in self.references.made:
                continue
            if isinstance(node.value, tuple):
                continue  # its parts are told, each on its own
            line = self.working.lines.get(node)
            if not found or found[-1][0] != line:
                found.append((line, []))
            found[-1][1].append(self._forward(node))
        return found

    @cached_property
    def steps(self) -> list[Step]:
        """The backward pass: the slope of each value, from the result to the targets."""
        wanted = self._on_the_way()
        return [
            self._step(node)
            for node in reversed(self.working.nodes)
            if node in wanted and node in self._paths and node not in self.references.folded
        ]

    @cached_property
    def slopes(self) -> list[Equation]:
        """What it was all for: the slope of each target, composed into one formula."""
        return [self._slope_of(node) for node in self.targets]

    def _slope_of(self, node: Node) -> Equation:
        value = self.working.slopes[node]
        formula = self._composed.get(node, constant(np.zeros_like(value)))
        return Equation(self._slope(node), formula, formula, value)

    @cached_property
    def reasons(self) -> list[str]:
        """Why the slope of a target is 0 where the result wasn't computed from it; else nothing."""
        return ["" if node in self._composed else self._reason(node) for node in self.targets]

    def _reason(self, target: Node) -> str:
        result = self.references.result
        places = [
            decision.place
            for decision in self.working.decisions
            if decision.how == "__bool__" and target in reachable([decision.node], (), result)
        ]
        if not places:
            return f"{result} isn't computed from it."
        where = " and at ".join(dict.fromkeys(places))
        return f"With these numbers, {result} isn't computed from it: see the choice at {where}."

    def _forward(self, node: Node) -> Equation:
        """Compute a value: of names, then of numbers."""
        refer = self.references
        operands = [
            leaf(f"operand {x.order}", x.value, refer.of(x).order)
            if isinstance(x, Node) and not isinstance(x.value, tuple)
            else refer.of(x)
            for x in node.inputs
        ]
        numbers = read_step(node, operands, as_written=True)
        return Equation(refer.by_node[node], refer.made[node], numbers, node.value)

    def _pull_back(self, node: Node) -> None:
        """Note what the slope of a value sends on to each of its operands."""
        if node.primitive is None or node.primitive.is_constant or node.primitive is part:
            return
        arriving = self._arriving(node)
        if not arriving or self.references.is_start(node):
            return
        inputs = [self.references.of(x) for x in node.inputs]
        sent = pulled_back(node, inputs, self.references.by_node[node], arriving)
        for position, (formula, value) in sent.items():
            if node.inputs[position] in self.working.slopes:
                paths = self._paths.setdefault(node.inputs[position], [])
                paths.insert(0, (node, formula, value))  # in the order of the forward pass

    def _arriving(self, node: Node) -> dict[int, Formula]:
        """The slopes at a value's results; a function may have several."""
        if not isinstance(node.value, tuple):
            return {0: self._slope(node)} if node in self.working.slopes else {}
        return {
            user.options["number"]: self._slope(user)
            for user in self.working.nodes
            if user.primitive is part and user.inputs[0] is node and user in self.working.slopes
        }

    def _slope(self, node: Node) -> Formula:
        """Refer to the slope of a value: ∂loss/∂error."""
        about = (self.references.result, self.references.by_node[node])
        value = self.working.slopes[node]
        return Formula("slope", label=about, shape=np.shape(value), value=value, order=-1)

    def _settle(self, node: Node) -> None:
        """Put together the slope of a value, once all its uses are known."""
        own = self._slope(node)
        if node in self.working.results:
            seed = ones(own.shape)
            self._composed[node] = self._expressed[node] = algebra.add(
                seed, *(self._sent(path, self._composed) for path in self._paths.get(node, []))
            )
            return
        if node not in self._paths:
            return
        folded = node in self.references.folded
        local = algebra.add(*self._contributions(node))
        self._expressed[node] = local if folded else own
        composed = algebra.add(*(self._sent(path, self._composed) for path in self._paths[node]))
        if composed.size() > _LONGEST:
            composed = local if folded or node in self.targets else own
        self._composed[node] = composed

    def _contributions(self, node: Node) -> list[Formula]:
        return [self._sent(path, self._expressed) for path in self._paths[node]]

    def _sent(self, path: tuple[Node, Formula, Any], known: dict[Node, Formula]) -> Formula:
        """What a use sends back, with the slope that arrives there expressed by what is known."""
        user, formula, _ = path
        parts = [user]
        if isinstance(user.value, tuple):
            parts = [n for n in self.working.nodes if n.primitive is part and n.inputs[0] is user]
        found = {self._slope(n): known[n] for n in parts if n in known}
        return algebra.substitute(formula, found, numbers=known is self._composed)

    def _step(self, node: Node) -> Step:
        own, value = self._slope(node), self.working.slopes[node]
        sent = self._contributions(node)
        whole = algebra.add(*sent)
        paths = [
            Equation(self.references.by_node[user], formula, formula, part)
            for (user, _, part), formula in zip(self._paths[node], sent, strict=True)
        ]
        return Step(Equation(own, whole, whole, value), paths)

    def _on_the_way(self) -> set[Node]:
        """List the values that lie between the targets and the result."""
        found = set(self.targets)
        for node in self.working.nodes:
            if any(isinstance(x, Node) and x in found for x in node.inputs):
                found.add(node)
        return found

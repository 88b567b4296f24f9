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
from autodiff.show.evaluation import disagreement
from autodiff.show.formula import Formula, leaf, ones
from autodiff.show.reading import constant, read_step
from autodiff.show.recorded import reachable
from autodiff.show.referring import References
from autodiff.show.substitution import substitute
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


class _Path(NamedTuple):
    """One use of a value, and what it sends back."""

    user: Node
    formula: Formula
    value: Any


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
        self._paths: dict[Node, list[_Path]] = {}  # by the value that they lead back to
        self._expressed: dict[Node, Formula] = {}  # slopes by those of values that have a step
        self._composed: dict[Node, Formula] = {}  # slopes by values alone
        for node in reversed(working.nodes):
            if node in working.slopes:
                self._settle(node)
            self._pull_back(node)

    # What there is to write.

    @cached_property
    def lines(self) -> list[tuple[Line | None, list[Equation]]]:
        """The forward pass: the equations of each line of the user's."""
        found: list[tuple[Line | None, list[Equation]]] = []
        for node in self.references.made:
            if node in self.references.folded or isinstance(node.value, tuple):
                continue  # of several results, each is told on its own
            line = self.working.lines.get(node)
            if not found or found[-1][0] != line:
                found.append((line, []))
            found[-1][1].append(self._forward(node))
        return found

    @cached_property
    def steps(self) -> list[Step]:
        """The backward pass: the slope of each value, from the result to the targets."""
        return [self._step(node) for node in self._on_the_way(self.targets)]

    @cached_property
    def slopes(self) -> list[Equation]:
        """What it was all for: the slope of each target, composed into one formula.

        Where that comes to another number than was computed, as it overflows for example, the slope
        is told by those of the values that it is computed from; or by its number alone.
        """
        return [equation for equation, _ in self._wholes]

    @cached_property
    def reasons(self) -> list[str]:
        """What is to be said of each slope: why it is 0, or no single formula; mostly nothing."""
        return [reason for _, reason in self._wholes]

    def count(self, targets: Iterable[Node] | None = None) -> int:
        """Count the equations of both passes, with these targets or its own."""
        forward = sum(len(equations) for _, equations in self.lines)
        return forward + len(self._on_the_way(self.targets if targets is None else targets))

    def _forward(self, node: Node) -> Equation:
        """Compute a value: of names, then of numbers."""
        refer = self.references
        operands = [
            leaf("operand", x.value, refer.of(x).order, identity=x.order)
            if isinstance(x, Node) and not isinstance(x.value, tuple)
            else refer.of(x)
            for x in node.inputs
        ]
        numbers = read_step(node, operands, as_written=True)
        return Equation(refer.by_node[node], refer.made[node], numbers, node.value)

    def _on_the_way(self, targets: Iterable[Node]) -> list[Node]:
        """List the values that get an equation for their slope, from the result to the targets."""
        on_the_way = set(targets)
        for node in self.working.nodes:
            if not on_the_way.isdisjoint(x for x in node.inputs if isinstance(x, Node)):
                on_the_way.add(node)
        shown = on_the_way - self.references.folded
        return [n for n in reversed(self.working.nodes) if n in shown and n in self._paths]

    def _step(self, node: Node) -> Step:
        sent = self._contributions(node)
        paths = [
            Equation(self.references.by_node[path.user], formula, formula, path.value)
            for path, formula in zip(self._paths[node], sent, strict=True)
        ]
        whole = algebra.add(*sent)
        return Step(Equation(self._slope(node), whole, whole, self.working.slopes[node]), paths)

    @cached_property
    def _wholes(self) -> list[tuple[Equation, str]]:
        return [self._whole(node) for node in self.targets]

    def _whole(self, node: Node) -> tuple[Equation, str]:
        """Give the slope of a target in one formula, and what is to be said of it."""
        of, value = self._slope(node), self.working.slopes[node]
        if node not in self._composed:
            zero = constant(np.zeros_like(value))
            return Equation(of, zero, zero, value), self._reason(node)
        formula, reason = self._composed[node], self._doubt(node, self._composed[node])
        if reason:
            is_result = node in self.working.results
            formula = of if is_result else algebra.add(*self._contributions(node))
            formula = of if self._doubt(node, formula) else formula
            reason = f"With these numbers, {reason}."
        return Equation(of, formula, formula, value), reason

    def _doubt(self, node: Node, formula: Formula) -> str:
        """Say why a formula isn't worth the slope of a value, if it isn't."""
        with np.errstate(all="ignore"):
            added = sum(np.abs(path.value) for path in self._paths.get(node, []))
        return disagreement(formula, self.working.slopes[node], added)

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

    # The way back.

    def _settle(self, node: Node) -> None:
        """Put together the slope of a value, once all its uses are known."""
        paths = self._paths.get(node, [])
        composed = [self._sent(path, self._composed) for path in paths]
        if node in self.working.results:
            seed = ones(np.shape(node.value))
            self._composed[node] = self._expressed[node] = algebra.add(seed, *composed)
        elif paths:
            own, local = self._slope(node), algebra.add(*self._contributions(node))
            folded = node in self.references.folded
            self._expressed[node] = local if folded else own
            whole = algebra.add(*composed)
            if whole.size() > _LONGEST:
                whole = local if folded or node in self.targets else own
            self._composed[node] = whole

    def _pull_back(self, node: Node) -> None:
        """Note what the slope of a value sends on to each of its operands."""
        if self.references.is_start(node) or node.primitive is part:
            return
        arriving = {i: self._slope(result) for i, result in self._results(node).items()}
        if not arriving:
            return
        inputs = [self.references.of(x) for x in node.inputs]
        sent = pulled_back(node, inputs, self.references.by_node[node], arriving)
        for position, (formula, value) in sent.items():
            if node.inputs[position] in self.working.slopes:
                paths = self._paths.setdefault(node.inputs[position], [])
                paths.insert(0, _Path(node, formula, value))  # in the order of the forward pass

    def _contributions(self, node: Node) -> list[Formula]:
        return [self._sent(path, self._expressed) for path in self._paths[node]]

    def _sent(self, path: _Path, known: dict[Node, Formula]) -> Formula:
        """What a use sends back, with the slope that arrives there expressed by what is known."""
        found = {self._slope(result): known[result] for result in self._results(path.user).values()}
        return substitute(path.formula, found, numbers=known is self._composed)

    def _results(self, node: Node) -> dict[int, Node]:
        """The results of an operation that have a slope, by number; most have a single one, 0."""
        results = {0: node}
        if isinstance(node.value, tuple):
            parts = (n for n in self.working.nodes if n.primitive is part and n.inputs[0] is node)
            results = {n.options["number"]: n for n in parts}
        return {i: result for i, result in results.items() if result in self.working.slopes}

    def _slope(self, node: Node) -> Formula:
        """Refer to the slope of a value: ∂loss/∂error."""
        about = (self.references.result, self.references.by_node[node])
        value = self.working.slopes[node]
        return Formula("slope", label=about, shape=np.shape(value), value=value, order=-1)

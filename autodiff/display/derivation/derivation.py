"""The derivation of slopes: the forward pass, then the chain rule backward, as equations.

The contribution of each operation comes from its rule, run on symbols (``symbols.py``). Here the
contributions are added up, value by value, and composed into the slope of each argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from autodiff.core.cotangents import part
from autodiff.core.graph import Node, ancestors
from autodiff.core.typing import Array
from autodiff.display.mathematics import algebra
from autodiff.display.mathematics.definitions import Definitions
from autodiff.display.mathematics.evaluation import disagreement
from autodiff.display.mathematics.formula import Formula, leaf, ones
from autodiff.display.mathematics.reading import constant, read_step
from autodiff.display.mathematics.rewriting import shortened_formula
from autodiff.display.mathematics.substitution import substitute
from autodiff.display.mathematics.symbols import pulled_back
from autodiff.display.working.conditions import conditions_of
from autodiff.display.working.references import References
from autodiff.display.working.working import Working
from autodiff.tracing.trail import Line

__all__ = ["ChainRuleStep", "Derivation", "Equation"]

_LONGEST = 24  # the most symbols of a slope composed down to values


class Equation(NamedTuple):
    """``of = symbols = numbers = value``; repeated sides are left out when it is written.

    Attributes:
        of: the left side.
        symbols: the right side, in symbols.
        numbers: the right side, to be written with numbers.
        value: the value of both.
        is_rounded: whether entries of the value are rounding noise, and written as 0.
    """

    of: Formula
    symbols: Formula
    numbers: Formula
    value: Array
    is_rounded: bool = False


class ChainRuleStep(NamedTuple):
    """The slope of a value: the sum over the paths on which it reaches the result.

    Attributes:
        equation: the whole slope.
        paths: the contribution of each use; the left side is the value computed from it.
        whole: the slope in values alone, where that is shorter than the steps to it: ``p − y``.
    """

    equation: Equation
    paths: list[Equation]
    whole: Equation | None = None


class _Path(NamedTuple):
    """One use of a value, and its contribution to the slope."""

    user: Node
    formula: Formula
    value: Array
    is_rounded: bool


class Derivation:
    """The equations of a computation and of its slopes.

    Args:
        working: the computation and its slopes.
        targets: the values whose slopes are derived.
        depth: how many levels of blocks are opened.
    """

    def __init__(self, working: Working, targets: Iterable[Node], depth: int | None) -> None:
        self.working = working
        self.targets = list(targets)
        self.references = References(working, depth)
        self._paths: dict[Node, list[_Path]] = {}  # by the value that is used
        self._expressed: dict[Node, Formula] = {}  # slopes in terms of the slopes of other values
        self._composed: dict[Node, Formula] = {}  # slopes in terms of values only
        self._facts: dict[Node, dict[Formula, None]] = {}  # used for the composed slopes
        self._shortened: set[Node] = set()  # values on whose way a formula was shortened
        self._definitions = Definitions(self.references.named_definitions())
        for node in reversed(working.nodes):
            if node in working.slopes:
                self._compose(node)
            self._pull_back(node)

    # The equations.

    @cached_property
    def lines(self) -> list[tuple[Line | None, list[Equation]]]:
        """The forward pass: the equations of each line of the user's code."""
        found: list[tuple[Line | None, list[Equation]]] = []
        for node in self.references.definitions:
            if node in self.references.folded or isinstance(node.value, tuple):
                continue  # several results: each one has its own equation
            line = self.working.lines.get(node)
            if not found or found[-1][0] != line:
                found.append((line, []))
            found[-1][1].append(self._forward(node))
        return found

    @cached_property
    def steps(self) -> list[ChainRuleStep]:
        """The backward pass: the slope of each value, from the result to the targets."""
        return [self._step(node) for node in self._sloped_nodes(self.targets)]

    @cached_property
    def slopes(self) -> list[Equation]:
        """The slope of each target, composed into one formula.

        If the formula has another value than the computed slope, because it overflows for example,
        the slope is written in terms of other slopes, or as a number only.
        """
        return [equation for equation, _ in self._composed_slopes]

    @cached_property
    def reasons(self) -> list[str]:
        """A remark on each slope: why it is 0, or has no single formula; mostly empty."""
        return [reason for _, reason in self._composed_slopes]

    @cached_property
    def facts(self) -> list[list[Formula]]:
        """For each slope, relations that its formula uses: ``Σ(y) = 1``; mostly none."""
        return [list(self._facts.get(node, ())) for node in self.targets]

    @cached_property
    def conditions(self) -> list[Formula]:
        """The choices that were made, as relations that hold: ``x > 0``."""
        return conditions_of(self.working, self.references)

    def count(self, targets: Iterable[Node] | None = None) -> int:
        """Count the equations of both passes, for these targets or the derivation's."""
        forward = sum(len(equations) for _, equations in self.lines)
        return forward + len(self._sloped_nodes(self.targets if targets is None else targets))

    def _forward(self, node: Node) -> Equation:
        """Write the equation of a value, in names and in numbers."""
        references = self.references
        operands = [
            leaf("operand", x.value, references.of(x).order, identity=x.order)
            if isinstance(x, Node) and not isinstance(x.value, tuple)
            else references.of(x)
            for x in node.inputs
        ]
        numbers = read_step(node, operands, as_written=True)
        symbols, is_rounded = references.definitions[node], node in self.working.rounded
        return Equation(references.by_node[node], symbols, numbers, node.value, is_rounded)

    def _sloped_nodes(self, targets: Iterable[Node]) -> list[Node]:
        """List the values whose slopes get an equation, from the result to the targets."""
        intermediate = set(targets)
        for node in self.working.nodes:
            if not intermediate.isdisjoint(x for x in node.inputs if isinstance(x, Node)):
                intermediate.add(node)
        shown = intermediate - self.references.folded
        return [n for n in reversed(self.working.nodes) if n in shown and n in self._paths]

    def _step(self, node: Node) -> ChainRuleStep:
        contributions = self._contributions(node)
        paths = [
            Equation(
                self.references.by_node[path.user], formula, formula, path.value, path.is_rounded
            )
            for path, formula in zip(self._paths[node], contributions, strict=True)
        ]
        if node in self.working.results:  # and computes others: it is one of the paths itself
            seed = ones(np.shape(node.value))
            own = Equation(self.references.by_node[node], seed, seed, np.ones_like(node.value))
            contributions, paths = [seed, *contributions], [own, *paths]
        sum_of_paths, value = algebra.add(*contributions), self.working.slopes[node]
        is_rounded = node in self.working.rounded_slopes
        equation = Equation(self._slope(node), sum_of_paths, sum_of_paths, value, is_rounded)
        return ChainRuleStep(equation, paths, self._whole(node))

    def _whole(self, node: Node) -> Equation | None:
        """Return the slope of the user's variable in values alone, if it was shortened."""
        formula = self._composed.get(node)
        is_variable = node in self.working.names and node not in self.targets
        if formula is None or not is_variable or node not in self._shortened:
            return None
        if any(leaf.kind == "slope" for leaf in formula.leaves()):
            return None
        is_rounded = node in self.working.rounded_slopes
        return Equation(self._slope(node), formula, formula, self.working.slopes[node], is_rounded)

    @cached_property
    def _composed_slopes(self) -> list[tuple[Equation, str]]:
        return [self._composed_slope(node) for node in self.targets]

    def _composed_slope(self, node: Node) -> tuple[Equation, str]:
        """Return the slope of a target in one formula, and the remark on it."""
        of, value = self._slope(node), self.working.slopes[node]
        if node not in self._composed:
            zero = constant(np.zeros_like(value))
            return Equation(of, zero, zero, value), self._reason(node)
        formula, reason = self._composed[node], self._disagreement(node, self._composed[node])
        if reason:
            is_result = node in self.working.results
            formula = of if is_result else algebra.add(*self._contributions(node))
            formula = of if self._disagreement(node, formula) else formula
            reason = f"With these numbers, {reason}."
        is_rounded = node in self.working.rounded_slopes
        return Equation(of, formula, formula, value, is_rounded), reason

    def _disagreement(self, node: Node, formula: Formula) -> str:
        """Return why a formula differs from the slope of a value; "" if it doesn't."""
        with np.errstate(all="ignore"):
            added = sum(np.abs(path.value) for path in self._paths.get(node, []))
        return disagreement(formula, self.working.slopes[node], added)

    def _reason(self, target: Node) -> str:
        result = self.references.result
        places = [
            decision.place
            for decision in self.working.decisions
            if decision.how == "__bool__" and target in ancestors([decision.node])
        ]
        if not places:
            return f"{result} isn't computed from it."
        where = " and at ".join(dict.fromkeys(places))
        return f"With these numbers, {result} isn't computed from it: see the choice at {where}."

    # The backward pass.

    def _compose(self, node: Node) -> None:
        """Add up the slope of a value, once all its uses are known."""
        paths = self._paths.get(node, [])
        composed = [self._contribution(path, self._composed) for path in paths]
        if node in self.working.results:
            seed = ones(np.shape(node.value))
            self._composed[node] = self._expressed[node] = algebra.add(seed, *composed)
        elif paths:
            own, local = self._slope(node), algebra.add(*self._contributions(node))
            folded = node in self.references.folded
            self._expressed[node] = local if folded else own
            found = algebra.add(*composed)
            whole, facts = shortened_formula(found, self._definitions, self.working.slopes[node])
            users = {user for path in paths for user in self._results(path.user).values()}
            used = (fact for user in users for fact in self._facts.get(user, ()))
            if whole.size() < found.size() or not users.isdisjoint(self._shortened):
                self._shortened.add(node)
            self._facts[node] = dict.fromkeys([*facts, *used])
            if whole.size() > _LONGEST:
                whole = local if folded or node in self.targets else own
            self._composed[node] = whole

    def _pull_back(self, node: Node) -> None:
        """Record the contribution of a value's slope to the slope of each operand."""
        if self.references.is_start(node) or node.primitive is part:
            return
        arriving = {i: self._slope(result) for i, result in self._results(node).items()}
        if not arriving:
            return
        inputs = [self.references.of(x) for x in node.inputs]
        contributions = pulled_back(node, inputs, self.references.by_node[node], arriving)
        for position, (formula, value) in contributions.items():
            if node.inputs[position] in self.working.slopes:
                paths = self._paths.setdefault(node.inputs[position], [])
                rounded = self.working.rounded_shares.get((node, position))
                path = _Path(
                    node, formula, value if rounded is None else rounded, rounded is not None
                )
                paths.insert(0, path)  # in the order of the forward pass

    def _contributions(self, node: Node) -> list[Formula]:
        return [self._contribution(path, self._expressed) for path in self._paths[node]]

    def _contribution(self, path: _Path, formulas: dict[Node, Formula]) -> Formula:
        """Return the contribution of a use, with the arriving slope replaced by its formula."""
        found = {
            self._slope(result): formulas[result] for result in self._results(path.user).values()
        }
        return substitute(path.formula, found, numbers=formulas is self._composed)

    def _results(self, node: Node) -> dict[int, Node]:
        """Return the results of an operation that have a slope, by index; most have only 0."""
        results = {0: node}
        if isinstance(node.value, tuple):
            parts = (n for n in self.working.nodes if n.primitive is part and n.inputs[0] is node)
            results = {n.options["number"]: n for n in parts}
        return {i: result for i, result in results.items() if result in self.working.slopes}

    def _slope(self, node: Node) -> Formula:
        """Return the symbol of the slope of a value: ∂loss/∂error."""
        label = (self.references.result, self.references.by_node[node])
        value = self.working.slopes[node]
        return Formula("slope", label=label, shape=np.shape(value), value=value, order=-1)

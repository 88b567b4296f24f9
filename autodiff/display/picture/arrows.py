"""The arrows of a picture: each use of a value, with its local slope."""

from __future__ import annotations

import dataclasses
import re
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, count
from typing import Any, TypeAlias

import numpy as np

from autodiff.core.graph import Node
from autodiff.core.typing import Array
from autodiff.display.mathematics.formula import Formula, leaf
from autodiff.display.mathematics.operation import is_symmetric
from autodiff.display.mathematics.symbols import LocalSlope, local_slopes
from autodiff.display.mathematics.values import value_text
from autodiff.display.mathematics.writing import enclosed, label_text, text
from autodiff.display.picture.folding import Block, Outline, Part, nodes_of
from autodiff.display.working.backward import backward_of
from autodiff.display.working.names import subscript
from autodiff.display.working.references import array_reference
from autodiff.display.working.working import Working

__all__ = ["Arrow", "ConstantOperand", "aligned_operands", "arrows_of", "far_arrows"]

Refer: TypeAlias = Callable[[Node | Array], Formula | None]
_LONGEST, _LONGEST_WITH_NUMBERS = 36, 44  # characters of a label
_SHORT, _MOST_ENTRIES = 8, 4
_FAR = 6  # steps


@dataclasses.dataclass(frozen=True, eq=False)
class ConstantOperand:
    """An array that isn't differentiated; ``name`` is empty unless it is an argument."""

    value: Array
    name: str


@dataclasses.dataclass(frozen=True)
class Arrow:
    """One use of a value.

    Attributes:
        tail: the value that is used.
        head: where it is used.
        position: the position among the operands with a box, from 0.
        letter: the operand in the operation's text, where it is needed: its name if that is short.
        local: the local slope, as a formula and a number: ``2 · error = 14``.
        tooltip: the same in full: ``∂loss/∂error = 2 · error = 14``.
        carries: whether a slope is passed back through it.
        arriving: the name in ``local`` of the slope that arrives at the head: ``g``; empty where
            it isn't mentioned.
        before: the same of the value before the arrow, where it has no name: ``input``.
        after: the same of the value after it: ``output``.
        formula: the formula in ``local``, if any.
    """

    tail: Part | ConstantOperand
    head: Part
    position: int = 0
    letter: str = ""
    local: str = ""
    tooltip: str = ""
    carries: bool = True
    arriving: str = ""
    before: str = ""
    after: str = ""
    formula: Formula | None = None


def arrows_of(working: Working, outline: Outline, refer: Refer) -> list[Arrow]:
    """List the arrows to each part of a picture, in the order of its operands.

    Args:
        working: the computation.
        outline: the parts of it that are shown.
        refer: returns the formula that refers to an operand, a Node or an array; or None, and the
            operand gets a letter.
    """
    return list(_Arrows(working, outline, refer).all())


def far_arrows(outline: Outline, arrows: Sequence[Arrow]) -> set[int]:
    """Return the positions of the arrows that would cross much of a picture.

    The length of an arrow is counted in steps; a box without operands lies beside its first use.
    """
    ranks = _ranks(outline, arrows)
    return {i for i, arrow in enumerate(arrows) if ranks[arrow.head] - ranks[arrow.tail] > _FAR}


def aligned_operands(outline: Outline, arrows: Sequence[Arrow]) -> list[list[Part]]:
    """List operands of one step that are to stand in its order, from the top: no arrows cross then.

    They stand in one column, as they are computed in equally many steps, and outside of scopes. The
    entries of one array stand in their order too.
    """
    ranks, to = _ranks(outline, arrows), _by_head(arrows)
    found: list[list[Part]] = []
    placed: set[Any] = set()
    for part in outline.parts:
        tails = [arrow.tail for arrow in to.get(part, ()) if arrow.letter]
        steps = [
            tail
            for tail in tails
            if not isinstance(tail, ConstantOperand)
            if tail in to and not outline.frames.get(tail)
        ]
        is_new = placed.isdisjoint(steps) and len(set(steps)) == len(steps) == len(tails)
        if len(steps) > 1 and is_new and len({ranks[tail] for tail in steps}) == 1:
            placed.update(steps)
            found.append(steps)
    entries: dict[Any, list[Part]] = {}
    for part in outline.parts:
        is_entry = isinstance(part, Node) and part.primitive.name == "getitem" and part in to
        if is_entry and part not in placed and not outline.frames.get(part):
            entries.setdefault((to[part][0].tail, ranks[part]), []).append(part)
    return found + [several for several in entries.values() if len(several) > 1]


def _ranks(outline: Outline, arrows: Sequence[Arrow]) -> dict[Any, int]:
    """Count the steps before each box; a box without operands stands beside its first use."""
    to = _by_head(arrows)
    ranks: dict[Any, int] = {}
    for part in outline.parts:
        if part in to:
            ranks[part] = 1 + max(ranks.get(arrow.tail, 0) for arrow in to[part])
            for arrow in to[part]:
                ranks.setdefault(arrow.tail, ranks[part] - 1)
    return ranks


def _by_head(arrows: Sequence[Arrow]) -> dict[Any, list[Arrow]]:
    to: dict[Any, list[Arrow]] = {}
    for arrow in arrows:
        to.setdefault(arrow.head, []).append(arrow)
    return to


class _Arrows:
    """The builder of the arrows of one picture."""

    def __init__(self, working: Working, outline: Outline, refer: Refer) -> None:
        self.working, self.outline, self.refer = working, outline, refer
        self.owners = {node: part for part in outline.parts for node in nodes_of(part)}
        self.starts = set(working.starts)
        self.shared: dict[str, ConstantOperand] = {}  # by the name of an argument
        taken = _words(working, refer)
        self.arriving = _unused(taken, "g")
        self.input = _unused(taken, "input", "before")
        self.output = _unused(taken, "output", "after")
        used = {*taken, self.arriving}
        self.letters = [letter for letter in string.ascii_lowercase if letter not in used]

    def all(self) -> Iterator[Arrow]:
        for part in self.outline.parts:
            if isinstance(part, Block):
                yield from self.to_block(part)
            elif part not in self.starts:
                yield from self.to_step(part)

    def to_block(self, block: Block) -> Iterator[Arrow]:
        """Yield one arrow for each box that the block uses."""
        found: dict[Any, bool] = {}
        for node in block.nodes:
            for x in () if node in self.starts else node.inputs:
                if type(x) is not Node and not self.working.constant_name(x):
                    continue
                tail = self.tail(x)
                if tail is block:
                    continue
                found[tail] = found.get(tail, False) or self.carries(x, node)
        for tail, carries in found.items():
            yield Arrow(tail, block, carries=carries)

    def to_step(self, node: Node) -> Iterator[Arrow]:
        """Yield an arrow for each operand with a box: Nodes and arrays, not numbers."""
        operands = {i: x for i, x in enumerate(node.inputs) if type(x) is Node or np.ndim(x)}
        letters = dict(zip(operands, self.letters, strict=False))
        if len(operands) == 1:
            letters = dict.fromkeys(operands, self.input)
        references = {
            i: self.refer(x) or _letter(letters.get(i, "…"), x) for i, x in operands.items()
        }
        output = self.refer(node) or _letter(self.output, node)
        has_slope = node in self.working.slopes
        slopes = local_slopes(node, references, output, self.arriving) if has_slope else {}
        has_letters = not is_symmetric(node) or _mention(slopes.values(), letters.values())
        if not (has_letters and 2 <= len(operands) <= len(letters)):
            letters = {}
        letters |= {i: name for i in letters if len(name := text(references[i])) <= _SHORT}
        for position, (i, x) in enumerate(operands.items()):
            local, tooltip, written = "", "", []
            if i in slopes:
                local = _label(slopes[i], self.share(node, i) if not slopes[i].is_plain else None)
                local = re.sub(rf"\b{self.arriving}\[(\d+)\]", self.entry, local)
                written = [slopes[i]] if re.search(r"[^\W\d]", local.split(" = ")[0]) else []
            arriving, before, after = (
                word if _mention(written, [word]) else ""
                for word in (self.arriving, self.input, self.output)
            )
            if local and slopes[i].is_plain:
                tooltip = f"∂{enclosed(output)}/∂{enclosed(references[i])} = {local}"
            elif local:
                tooltip = f"{text(references[i])} gets {local}"
            if arriving:
                tooltip += f", where {arriving} is the slope of {text(output)}"
            carries = self.carries(x, node, slopes.get(i))
            yield Arrow(
                self.tail(x), node, position, letters.get(i, ""), local, tooltip, carries, arriving,
                before, after, written[0].formula if written else None,
            )  # fmt: skip

    @cached_property
    def shares(self) -> dict[tuple[Node, int], Array]:
        """The contribution of each use to a slope, by the Node and the position of its input."""
        found = {
            (arrow.head, arrow.position): arrow.share
            for arrow in backward_of(self.working, record=False).arrows
        }
        return found | self.working.rounded_shares

    def share(self, node: Node, position: int) -> Array | None:
        """Return the contribution of a use to a slope, if its entries are few."""
        if np.size(node.inputs[position].value) > _MOST_ENTRIES:
            return None
        return self.shares.get((node, position))

    def entry(self, found: re.Match[str]) -> str:
        """Write an entry of the slope that arrives with a subscript: ``g₀``."""
        return self.arriving + subscript(int(found[1]))

    def tail(self, x: Node | Array) -> Part | ConstantOperand:
        """Return the part or constant that shows an operand; a constant argument is shown once."""
        if type(x) is Node:
            return self.owners[x]
        formula = array_reference(self.working, x)
        if formula is None:
            return ConstantOperand(x, "")
        name = text(formula)
        return self.shared.setdefault(name, ConstantOperand(x, name))

    def carries(self, x: Node | Array, node: Node, local: LocalSlope | None = None) -> bool:
        """Return whether a slope is passed back from a Node to its input."""
        slope = self.working.slopes.get(node)
        if slope is None or type(x) is not Node or x not in self.working.slopes:
            return False
        if local is None or not local.is_plain:
            return bool(np.any(slope) and np.any(self.working.slopes[x]))
        if np.shape(local.value) in ((), np.shape(slope)) or not np.ndim(slope):
            return bool(np.any(local.value * slope))
        return bool(np.any(local.value) and np.any(slope))


def _letter(letter: str, x: Node | Array) -> Formula:
    """Return a reference to a value by a letter."""
    if type(x) is not Node:
        return leaf(letter, x)
    value = None if isinstance(x.value, tuple) else x.value
    return leaf(letter, value, x.order, identity=x.order)


def _words(working: Working, refer: Refer) -> set[str]:
    """Return the words in the names of a computation's values, which have no other meaning."""
    referred = filter(None, map(refer, working.nodes))
    names = [formula.label for formula in referred if formula.kind == "leaf"]
    names += [name for name, _ in working.constants]
    return {word for name in names for word in re.findall(r"\w+", name)}


def _unused(taken: set[str], *words: str) -> str:
    """Return the first word that isn't taken; a numbered one if they all are."""
    numbered = (words[0] + subscript(i) for i in count(1))
    return next(word for word in chain(words, numbered) if word not in taken)


def _mention(slopes: Iterable[LocalSlope], words: Iterable[str]) -> bool:
    """Return whether the formulas mention any of the words, which then need an explanation."""
    used = {leaf.label for slope in slopes for leaf in slope.formula.leaves()}
    return not used.isdisjoint(words)


def _label(slope: LocalSlope, share: Array | None) -> str:
    """Write a formula and its number; only one of them if they are equal or too long.

    Args:
        slope: the formula; of a local slope, also the number.
        share: the number of a formula that isn't just a factor of the slope that arrives.
    """
    formula, joint = label_text(slope.formula), " = "
    if slope.formula.kind == "relation":
        formula, joint = f"1 where {formula[1:-1]}", ": "
    shown = slope.value if slope.is_plain else share
    if shown is None:
        return _unless_long(formula)
    entries = np.ravel(shown)
    if slope.is_plain and entries.size and (entries == entries[0]).all():
        shown = entries[0]
    number = value_text(shown) if np.size(shown) <= _MOST_ENTRIES else ""
    if not number or formula == number:
        return _unless_long(formula)
    whole = f"{formula}{joint}{number}"
    if len(whole) <= _LONGEST_WITH_NUMBERS:
        return whole
    return _unless_long(formula) or (_unless_long(number) if slope.is_plain else "")


def _unless_long(text: str) -> str:
    return text if len(text) <= _LONGEST else ""

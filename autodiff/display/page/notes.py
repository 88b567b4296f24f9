"""The notes of a page: each sign with its meaning, shown below its first use."""

from __future__ import annotations

from collections.abc import Iterable

from autodiff.core.graph import Node
from autodiff.display.mathematics.algebra import product
from autodiff.display.mathematics.formula import Formula, leaf
from autodiff.display.mathematics.notes import notes_on
from autodiff.display.mathematics.symbols import LocalSlope
from autodiff.display.mathematics.writing import text

__all__ = ["PageNotes"]


class PageNotes:
    """Notes on signs, each once.

    Attributes:
        words: what each sign means, by the sign.
    """

    def __init__(self) -> None:
        self.words: dict[str, str] = {}

    def on(self, formulas: Iterable[Formula]) -> list[str]:
        """Return the signs in formulas."""
        found = {text(sign): words for sign, words in notes_on(formulas)}
        self.words |= found
        return list(found)

    def on_rule(self, rule: LocalSlope | None, head: Node) -> list[str]:
        """Return the signs in a rule, and in its product with the slope that arrives."""
        if rule is None:
            return []
        is_factor = rule.is_plain and not rule.text.startswith("1 / ")  # else it is divided by
        return self.on(
            [product(leaf("g", head.value), rule.formula) if is_factor else rule.formula]
        )

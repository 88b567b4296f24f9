"""Definitions: what the named values of a computation were computed by, for rewriting formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping

from autodiff.display.mathematics.formula import Formula
from autodiff.display.mathematics.substitution import substitute

__all__ = ["Definitions"]

_LONGEST = 16  # symbols of a definition
_SHORT = 6  # symbols of a definition that stands for its letter
_LETTER = re.compile("v[₀-₉]+")  # names of values without a name


class Definitions:
    """What the named values of a computation were computed by.

    Letters that stand for a short formula are replaced by it: two values without a name that were
    computed alike are the same.
    """

    def __init__(self, named: Mapping[Formula, Formula]) -> None:
        self._named = named
        self._found: dict[Formula, Formula | None] = {}
        self._letters: dict[Formula, Formula] = {}
        for name, definition in named.items():  # in the order of the computation
            if _LETTER.fullmatch(name.label) and definition.size() <= _SHORT:
                found = self.expanded(definition)
                if found.size() <= _SHORT:
                    self._letters[name] = found

    def of(self, name: Formula) -> Formula | None:
        """Return the definition of a name; None if it has none, or a long one."""
        if name not in self._found:
            definition = self._named.get(name)
            is_short = definition is not None and definition.size() <= _LONGEST
            self._found[name] = self.expanded(definition) if definition and is_short else None
        return self._found[name]

    def expanded(self, x: Formula) -> Formula:
        """Replace the letters in a formula."""
        return substitute(x, self._letters) if self._letters else x

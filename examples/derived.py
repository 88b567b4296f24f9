"""A derivation held against the one by hand: the formula as text, and the slope in numbers."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from autodiff.show.explanation import Explanation


@dataclass(frozen=True)
class Derived:
    """The derivation of one exercise.

    Attributes:
        name: the exercise's number and title.
        explanation: what `ad.explain` derived.
        formulas: the slope of each argument as derived by hand, written down.
        slopes: the same, computed by NumPy code that a person wrote.
    """

    name: str
    explanation: Explanation
    formulas: Mapping[str, str]
    slopes: Mapping[str, np.ndarray]

    @property
    def agrees(self) -> bool:
        """Whether formulas and numbers are those by hand."""
        found = self.explanation.slopes
        return self.explanation.formulas == self.formulas and all(
            np.allclose(found[argument], slope) for argument, slope in self.slopes.items()
        )

    def show(self) -> None:
        """Print the derivation, and whether it agrees with the one by hand."""
        print(f"\n{self.name}\n\n{textwrap.indent(str(self.explanation), '  ')}\n")
        verdict = "the same as by hand" if self.agrees else "NOT WHAT WAS DERIVED BY HAND"
        print(f"  Formulas and numbers are {verdict}.")

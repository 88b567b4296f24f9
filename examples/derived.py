"""A derivation compared with the one by hand: the formula as text, and the slope in numbers."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from autodiff.display.derivation.explanation import Explanation


@dataclass(frozen=True)
class Derived:
    """The derivation of one exercise.

    Attributes:
        name: the exercise's number and title.
        explanation: the derivation by `ad.explain`.
        formulas: the formula for the slope of each argument, derived by hand.
        slopes: the same slopes in numbers, by hand-written NumPy code.
    """

    name: str
    explanation: Explanation
    formulas: Mapping[str, str]
    slopes: Mapping[str, np.ndarray]

    @property
    def agrees(self) -> bool:
        """Whether formulas and numbers equal those by hand."""
        found = self.explanation.slopes
        return self.explanation.formulas == self.formulas and all(
            np.allclose(found[argument], slope) for argument, slope in self.slopes.items()
        )

    def show(self) -> None:
        """Print the derivation, and whether it agrees with the one by hand."""
        print(f"\n{self.name}\n\n{textwrap.indent(str(self.explanation), '  ')}\n")
        verdict = "the same as by hand" if self.agrees else "DIFFERENT FROM THE ONES BY HAND"
        print(f"  Formulas and numbers are {verdict}.")

"""The derivations of chapter 2 equal those by hand: formulas as text, and slopes in numbers."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))  # as for a script there
chapter_2, derived = map(importlib.import_module, ("chapter_2_derivations", "derived"))
sys.path.pop(0)


@pytest.mark.parametrize("derive", chapter_2.DERIVATIONS, ids=lambda derive: derive.__name__)
def test_formulas_and_numbers_equal_those_by_hand(derive):
    exercise = derive()
    assert exercise.explanation.formulas == exercise.formulas
    assert exercise.explanation.slopes.keys() == exercise.slopes.keys()
    for argument, slope in exercise.slopes.items():
        np.testing.assert_allclose(exercise.explanation.slopes[argument], slope)
    assert exercise.agrees


def test_show_prints_the_formula_of_the_course(capsys):
    chapter_2.calculating_slopes().show()
    printed = capsys.readouterr().out
    assert "∂squared_error_of_node/∂weights = 2 · inputs · error" in printed
    assert "= 2 · [2 1 3] · 3" in printed
    assert "= [12 6 18]" in printed
    assert "Formulas and numbers are the same as by hand." in printed


@pytest.mark.parametrize(
    ("formula", "slope"), [("inputs · error", [12, 6, 18]), ("2 · inputs · error", [6, 3, 9])]
)
def test_a_wrong_derivation_by_hand_is_detected(capsys, formula, slope):
    right = chapter_2.calculating_slopes()
    wrong = derived.Derived("", right.explanation, {"weights": formula}, {"weights": slope})
    assert not wrong.agrees
    wrong.show()
    assert "DIFFERENT FROM THE ONES BY HAND" in capsys.readouterr().out

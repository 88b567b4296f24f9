"""Explanations in notebooks: Markdown and LaTeX."""

import re

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.derivation.explanation import Explanation

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def test_notebooks_get_markdown_and_latex():
    explanation = ad.explain(loss)(W, X, 0)
    assert isinstance(explanation, Explanation)
    assert explanation._repr_markdown_() == explanation.markdown()
    assert explanation._repr_latex_() == f"$$\n{explanation.latex()}\n$$"
    assert repr(explanation) == "<Explanation of ∂loss/∂weights: print it>"
    assert r"\frac{\partial\, \mathrm{loss}}{\partial\, \mathrm{weights}} = 2 \, x \," in (
        explanation.latex()
    )
    assert "`error = (weights * x).sum() - target`" in explanation.markdown()


@pytest.mark.slow
def test_every_formula_of_markdown_can_be_typeset():
    parser = pytest.importorskip("matplotlib.mathtext").MathTextParser("agg")

    def odd(weights, rows):
        hidden_1 = np.maximum(rows @ weights["first_%"], 0) / np.sqrt(rows[0, 0])
        best = np.where(hidden_1 > 1, hidden_1, 1e-9 * hidden_1).max(axis=0) ** 1.5
        return best[0] + np.mean(best) - np.exp(-best[1])

    weights = {"first_%": np.array([[1.0, 2.0], [0.5, -1.0]])}
    text = ad.explain(odd)(weights, np.arange(1.0, 21).reshape(10, 2)).markdown()
    formulas = re.findall(r"\$\$?([^$]+)\$\$?", text)
    assert len(formulas) > 20
    for formula in formulas:
        known = re.sub(r"\\begin\{bmatrix\}.*?\\end\{bmatrix\}", "M", formula)
        known = re.sub(r"\\(begin|end)\{aligned\}(\[t\])?|\\\\|&", "", known)
        parser.parse(f"${known}$")


def test_numbers_of_names_are_subscripts_in_latex():
    def looped(x):
        for _ in range(2):
            x = np.tanh(x)
        return x * 2

    assert "{x_{2}}^{2}" in ad.explain(looped)(0.5).latex()


def test_a_name_with_a_slash_is_no_fraction():
    text = str(ad.explain(lambda w: ad.name(2 * w, "dense/kernel") ** 2)(3.0))
    assert "dense/kernel = 2 · w = 2 · 3 = 6" in text
    assert "∂result/∂(dense/kernel) = 2 · dense/kernel = 2 · 6 = 12" in text

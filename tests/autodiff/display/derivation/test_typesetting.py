"""LaTeX is set by KaTeX, MathJax 3 and MathJax 2: `npm ci --prefix tests/typesetters`."""

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
import nn

TYPESETTERS = Path(__file__).parents[3] / "typesetters"
MATHJAX_2 = TYPESETTERS / "node_modules" / "mathjax2" / "MathJax.js"
MOST_OF_MATHJAX_2 = 5000  # characters
PAGE = """<!doctype html>
<script type="text/x-mathjax-config">
MathJax.Hub.Config({{messageStyle: "none", skipStartupTypeset: true}});
</script>
<script src="{source}?config=TeX-AMS_SVG-full"></script>
{formulas}"""


@pytest.fixture(scope="module")
def formulas():
    def layers(weights, rows_1):
        hidden_1 = np.maximum(rows_1 @ weights["first_%"], 0) / np.sqrt(rows_1[0, 0])
        best = np.where(hidden_1 > 1, hidden_1, 1e-9 * hidden_1).max(axis=0) ** 1.5
        best[0] = best[1] * hidden_1[-1, 0]
        return best[0] + np.mean(best) - np.exp(-best[1])

    def outer(W_1, x_in):
        a_1 = np.tanh(W_1 @ x_in)
        a_2 = max(0, a_1.sum())
        return a_2 * np.linalg.det(W_1) + x_in[x_in > 0][:, None].sum()

    weights = {"first_%": np.array([[1.0, 2.0], [0.5, -1.0]])}
    model = nn.Sequential([nn.layers.Dense(2, "relu", input_shape=(2,), name="dense_1")])
    explanations = [
        ad.explain(layers)(weights, np.arange(1.0, 21).reshape(10, 2)),
        ad.explain(outer)(np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([0.1, 0.2])),
        model.explain([1.0, 2.0]),
    ]
    found = [explanation.latex() for explanation in explanations]
    for explanation in explanations:
        found += re.findall(r"\$\$(.+?)\$\$", explanation.markdown(), re.DOTALL)
        found += re.findall(r"(?<!\$)\$([^$]+)\$(?!\$)", explanation.markdown())
    return found


def without_typesetters(reason):
    if os.environ.get("SLOPES_NEEDS_TYPESETTERS"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def _installed():
    if shutil.which("node") is None or not MATHJAX_2.exists():
        without_typesetters("LaTeX is set with node: npm ci --prefix tests/typesetters")


@pytest.mark.slow
@pytest.mark.usefixtures("_installed")
def test_katex_and_mathjax_3_set_all_formulas(formulas):
    assert len(formulas) > 60
    done = subprocess.run(
        ["node", "check.js"], cwd=TYPESETTERS, input=json.dumps(formulas), text=True,
        capture_output=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == []


@pytest.mark.slow
@pytest.mark.usefixtures("_installed")
def test_mathjax_2_sets_all_formulas(browser, formulas, tmp_path):
    path = tmp_path / "page.html"
    formulas = [formula for formula in formulas if len(formula) < MOST_OF_MATHJAX_2]
    assert len(formulas) > 60
    written = "\n".join(f"<p>\\[{html.escape(formula)}\\]</p>" for formula in formulas)
    path.write_text(PAGE.format(source=MATHJAX_2.as_uri(), formulas=written), encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate("() => new Promise((done) => MathJax.Hub.Queue(['Typeset', MathJax.Hub], done))")
    set_ = page.evaluate("() => MathJax.Hub.getAllJax().length")
    wrong = page.evaluate(
        "() => [...document.querySelectorAll('.MJXc-error, .MathJax_SVG_Error, .MathJax_Error,"
        " [class*=merror], merror')].map((x) => x.textContent)"
    )
    undefined = page.evaluate(
        "() => MathJax.Hub.getAllJax().filter((x) => x.texError).map((x) => x.originalText)"
    )
    context.close()
    assert set_ == len(formulas)
    assert wrong == []
    assert undefined == []


def test_names_are_set_alike_everywhere():
    def f(W_1):
        return (W_1**2).sum()

    latex = ad.explain(f)(np.array([1.0, 2.0])).latex()
    assert r"\mathrm{W\_1}" in latex
    assert not re.findall(r"\\text\{[^}]*[_\\#$%&^~]", latex)


def test_matrices_and_products_have_their_notation():
    def f(W, x, v):
        return (v * (W @ x)).sum()

    latex = ad.explain(f, argnums=0)(
        np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 2.0]), np.array([1.0, 0.5])
    ).latex()
    assert r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}" in latex
    assert r"v \odot" in latex
    assert r"v \otimes x" in latex
    assert "Error" not in latex


def test_the_path_of_a_weight_is_not_a_division():
    model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,), name="dense_1")])
    latex = model.explain([1.0, 2.0]).latex()
    assert r"\mathrm{kernel}_{\mathrm{dense\_1}}" in latex
    assert "dense_1/kernel" not in latex.replace(r"\_", "_").replace("text", "")

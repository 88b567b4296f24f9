"""Steps for slides: each shows what is known by then; so do the animation and TikZ."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.slides.tikz import escaped

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])
SVG = "{http://www.w3.org/2000/svg}"


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


@pytest.fixture(scope="module")
def steps():
    return ad.draw(loss)(W, X, 0).steps()


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_values_appear_forward_and_slopes_backward(steps):
    assert len(steps) == len(steps.captions) == 10
    start, end = texts(steps[0]), texts(steps[-1])
    assert "error" in start
    assert "7" not in start
    assert "49" not in texts(steps[3])
    assert "49" in texts(steps[4])
    assert not [text for text in texts(steps[4]) if text.startswith("+")]
    assert "+1" in texts(steps[5])
    slopes = [float(text) for text in end if text.startswith("+")]
    assert set(ad.grad(loss)(W, X, 0)) <= set(slopes)


def test_captions_tell_the_step(steps):
    assert steps.captions[3] == "Forward: error = Σ(weights · x) − 0"
    assert steps.captions[5] == "Backward, from the end: the slope of loss is 1"
    assert "3 of 9: Forward: error" in " ".join(texts(steps[3]))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.stack([x, 2 * x]).max(),
        lambda x: np.sqrt(x - 2),
        lambda x: (x * np.ones((30, 2))).sum() * np.log(x),
        lambda x: x > 1,
        lambda x: 3.0,
        lambda x: x * np.array([1.0, 2.0]),
        lambda x: x * (1 + 2j),
    ],
)
def test_any_computation_has_steps(f):
    with np.errstate(all="ignore"):
        steps = ad.draw(f)(2.0).steps()
    for i in range(len(steps)):
        ET.fromstring(steps[i])
    ET.fromstring(steps.svg())
    assert steps.tikz().count("{") == steps.tikz().count("}")


@pytest.mark.slow
def test_a_long_loop_stands_in_rows_that_refer_to_each_other():
    def recurrence(w, xs):
        h = np.zeros(2)
        for x in xs:
            h = np.tanh(w @ h + x)
        return (h**2).sum()

    steps = ad.draw(recurrence)(np.eye(2) / 2, np.ones((8, 2))).steps()
    assert [text for text in texts(steps[0]) if text.startswith("from ")]
    assert "{from " in steps.tikz()
    assert "+0.3534" in texts(steps[-1])


def test_files(steps, tmp_path):
    assert steps.save(tmp_path / "a.svg").read_text(encoding="utf-8") == steps.svg()
    assert steps.save(tmp_path / "a.tex").read_text(encoding="utf-8") == steps.tikz()
    for _ in range(2):  # the second time into the folder of the first
        folder = steps.save(tmp_path / "talk" / "series")
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"step_{i:02}.svg" for i in range(1, 11)]
    assert (folder / "step_04.svg").read_text(encoding="utf-8") == steps[3]
    with pytest.raises(ValueError, match=r"ends in \.svg or \.tex, or a folder's, got 'a\.gif'"):
        steps.save(tmp_path / "a.gif")


def visible(page):
    script = """[...document.querySelectorAll('text')]
        .filter((text) => getComputedStyle(text).visibility === 'visible')
        .map((text) => text.textContent)"""
    return page.evaluate(script)


def opened_svg(browser, tmp_path, text, motion):
    path = tmp_path / "steps.svg"
    path.write_text(text, encoding="utf-8")
    page = browser.new_context(reduced_motion=motion).new_page()
    page.goto(path.as_uri())
    return page


@pytest.mark.slow
def test_the_animation_shows_each_step_in_turn(browser, tmp_path, steps):
    page = opened_svg(browser, tmp_path, steps.svg(), "no-preference")
    for i in (0, 3, 6, 9):
        page.evaluate(
            "time => document.getAnimations().forEach((one) => "
            "{ one.pause(); one.currentTime = time; })",
            1800 * (i + 0.5),
        )
        assert sorted(visible(page)) == sorted(texts(steps[i]))
    page.context.close()


@pytest.mark.slow
def test_the_last_step_is_still_where_motion_is_reduced(browser, tmp_path, steps):
    page = opened_svg(browser, tmp_path, steps.svg(), "reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    assert sorted(visible(page)) == sorted(texts(steps[-1]))
    page.context.close()


def test_tikz_has_a_slide_for_each_step(steps):
    text = steps.tikz()
    slides = {int(n) for n in re.findall(r"\\slopes(?:from|at)\{(\d+)\}", text)}
    assert slides == set(range(1, 11))
    assert r"\slopesfrom{4}{\node" in text
    assert r"error$^2$" in text
    assert not re.search(r"[·−Σ²∂]", text)
    assert len(re.findall(r"\\node\[[^\]]*\] at \([-\d., ]+\) \{", text)) == text.count(r"\node")


@pytest.mark.parametrize(
    ("written", "in_latex"),
    [
        ("x₁₂ + y⁴", "x$_1$$_2$ + y$^4$"),
        ("ﬁrst ½ ⓧ é", "ﬁrst ½ ⓧ é"),  # other compatible letters than digits stay
        ("w_0 & 5% {a}", r"w\_0 \& 5\% \{a\}"),
        (
            "a \\ b ~ c ^ d # $",
            r"a \textbackslash{} b \textasciitilde{} c \textasciicircum{} d \# \$",
        ),
        ("√π ≤ σ × ∞", r"$\surd$$\pi$ $\leq$ $\sigma$ $\times$ $\infty$"),
        ("a | b < c > d", "a $|$ b $<$ c $>$ d"),
    ],
)
def test_texts_are_escaped_for_latex(written, in_latex):
    assert escaped(written) == in_latex


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["beamer", "article"])
def test_tikz_compiles(steps, tmp_path, kind):
    if shutil.which("pdflatex") is None:
        pytest.skip("LaTeX isn't installed")
    steps.save(tmp_path / "steps.tex")
    inside = r"\resizebox{\textwidth}{!}{\input{steps}}"
    body = rf"\begin{{frame}}{inside}\end{{frame}}" if kind == "beamer" else inside
    document = (
        rf"\documentclass{{{kind}}}\usepackage{{tikz}}\begin{{document}}{body}\end{{document}}"
    )
    (tmp_path / "talk.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "talk.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert f"({10 if kind == 'beamer' else 1} page" in done.stdout, done.stdout[-2000:]

"""The page as a file: self-contained, in words that are right, opened where it is asked for."""

import json
import re
import subprocess
import sys
import webbrowser

import numpy as np
import pytest

import autodiff as ad
from autodiff.show.page import page_of
from autodiff.show.page.content import content_of
from autodiff.show.page.sources import Sources
from autodiff.show.working import of_function
from autodiff.trail import Line

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def content(f, *args):
    return content_of(of_function(f, None, args, {}))[0]


def test_the_page_holds_all_it_needs():
    html = page_of(of_function(loss, None, (W, X, 0), {}))
    assert html.startswith("<!doctype html>")
    assert "{{" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert "default-src 'none'" in html
    assert not re.search(r'(src|href)="(?!data:)', html)
    assert len(html) < 100_000


def test_what_a_user_wrote_cannot_end_a_script():
    def named(x):
        return ad.name(x * 2, "</script><b>{{script}}") + 1

    html = page_of(of_function(named, None, (1.0,), {}))
    assert "</script><b>" not in html
    found = re.search(r'id="content">(.*?)</script>', html)[1]
    assert "</script><b>{{script}}" in [box["name"] for box in json.loads(found)["boxes"]]


def test_boxes_have_names_expressions_and_lines():
    facts = content(loss, W, X, 0)
    told = [(box["name"], box["expression"], box["template"]) for box in facts["boxes"]]
    assert told == [
        ("weights", "", ""),
        ("x", "", ""),
        ("weights · x", "", "⟦0⟧ · ⟦1⟧"),
        ("Σ(weights · x)", "", "Σ(⟦0⟧)"),
        ("error", "Σ(weights · x) − 0", "⟦0⟧ − 0"),
        ("loss", "error²", "⟦0⟧²"),
    ]
    (source,) = facts["sources"]
    lines = {box["name"]: box["source"] for box in facts["boxes"]}
    assert source["lines"][lines["error"][1] - source["first"]].strip().startswith("error =")


def test_rules_have_places_for_numbers():
    facts = content(loss, W, X, 0)
    names = {box["id"]: box["name"] for box in facts["boxes"]}
    rules = [(names[a["tail"]], names[a["head"]], a["rule"]) for a in facts["arrows"]]
    assert ("error", "loss", "2 · ⟦0⟧") in rules
    assert ("weights", "weights · x", "⟦1⟧") in rules


def test_a_value_without_a_slope_has_none():
    facts = content(lambda w: (w > 1) * w, 2.0)
    slopes = {box["name"]: box["slope"] for box in facts["boxes"]}
    assert slopes["(w > 1)"] is None
    assert slopes["w"] is not None


def test_an_argument_that_does_not_matter_has_slope_zero():
    facts = content(lambda x, y: x * 2, 1.0, [3.0, 4.0])
    (y,) = [box for box in facts["boxes"] if box["name"] == "y"]
    assert facts["program"][y["slope"]]["data"] == [0, 0]


def test_decisions_are_kept_with_their_lines():
    def f(x):
        return x * 2 if x > 1 else x

    (decision,) = content(f, 2.0)["decisions"]
    assert decision["how"] == "__bool__"
    assert decision["place"].startswith("test_page.py:")
    assert decision["text"] == "return x * 2 if x > 1 else x"


def test_a_result_that_is_several_arrays_is_told():
    facts = content(lambda x: np.linalg.slogdet(x)[1], np.array([[2.0, 1.0], [0.0, 3.0]]))
    assert any("several results" in entry["op"] for entry in facts["program"])


def test_many_entries_are_told_by_their_range():
    facts = content(lambda x: (x * 3).sum(), np.arange(30_000.0))
    (entry,) = [facts["program"][b["value"]] for b in facts["boxes"] if "3" in b["name"][:5]]
    assert entry["range"] == {"ends": [0.0, 89_997.0], "bad": 0}
    assert entry["data"] is None
    assert facts["refusal"].startswith("60,001 numbers are more than")


def test_code_of_a_long_function_is_cut(tmp_path):
    path = tmp_path / "long.py"
    path.write_text("def f(x):\n" + "    x = x + 1\n" * 200 + "    return x\n")
    sources = Sources()
    assert sources.add(Line(str(path), 100, "f")) == [0, 100]
    assert len(sources.pieces[0]["lines"]) < 70
    assert sources.add(Line(str(tmp_path / "missing.py"), 1, "f")) is None


def test_code_that_python_cannot_read_alone_is_shown_by_the_line(tmp_path):
    path = tmp_path / "cell.py"
    path.write_text("%matplotlib inline\ny = x * 2\n")
    sources = Sources()
    sources.add(Line(str(path), 2, "<module>"))
    assert sources.pieces == [{"file": "cell.py", "first": 2, "lines": ["y = x * 2"]}]


def test_show_opens_a_file(monkeypatch):
    asked = []
    monkeypatch.setattr(webbrowser, "open", asked.append)
    path = ad.show(loss)(W, X, 0)
    assert asked == [path.as_uri()]
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    x = ad.tensor(3.0)
    ad.show(x * x)
    assert len(asked) == 2


@pytest.mark.parametrize("imported", ["autodiff", "autodiff.show.draw, autodiff.show.page.show"])
def test_show_is_a_package_and_a_function(imported):
    code = f"import {imported}, autodiff as ad; print(callable(ad.show)); ad.draw(abs)(1.0).text()"
    answer = subprocess.run(
        [sys.executable, "-c", f"{code}; print(callable(ad.show))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.split() == ["True", "True"]


def test_something_else_than_a_function_is_refused():
    with pytest.raises(TypeError, match=r"show needs a function or a Tensor, got float 3\.0"):
        ad.show(3.0)


# What is too much, and what is somebody's own.


def looped(x):
    for _ in range(150):
        x = np.tanh(x * 1.01)
    return x.sum()


def test_what_repeats_is_folded_where_it_is_too_much():
    facts = content(looped, np.array([1.0, 2.0]))
    names = [box["name"] for box in facts["boxes"]]
    assert names == ["x₁", "x = np.tanh(x * 1.01) ×150", "looped"]
    assert facts["refusal"] == "302 steps are more than the 200 that a page computes"
    first, last = facts["arrows"]
    shares = [facts["program"][arrow["share"]]["data"] for arrow in (first, last)]
    np.testing.assert_allclose(shares[0], ad.grad(looped)(np.array([1.0, 2.0])))
    assert shares[1] == [1, 1]


def test_folding_a_scope_by_depth():
    def f(x):
        with ad.scope("layer", label="Layer 2"):
            y = x * 2
            y = y + 1
        return y * y

    working = of_function(f, None, (3.0,), {})
    (_, block, _), opened = (content_of(working, depth)[0]["boxes"] for depth in (0, 1))
    assert (block["name"], block["expression"], block["called"]) == (
        "Layer 2 (layer)",
        "2 steps",
        "y₂",
    )
    assert [box["name"] for box in opened] == ["x", "y₁", "y₂", "f"]
    assert "Layer 2" in content_of(working)[1].dot


def test_a_picture_and_its_page_open_as_many_levels(tmp_path, monkeypatch):
    def f(x):
        with ad.scope("layer"):
            y = x * 2 + 1
        return y * y

    monkeypatch.setattr(webbrowser, "open", lambda address: None)
    pages = [ad.show(f, depth=depth)(3.0) for depth in (None, 0, 1)]
    pages += [ad.draw(f, depth=d)(3.0).save(tmp_path / f"{d}.html") for d in (None, 0, 1)]
    folded = ['"isBlock": true' in page.read_text(encoding="utf-8") for page in pages]
    assert folded == [False, True, False] * 2


@ad.primitive
def cube(x):
    return float(x) ** 3


ad.derivative(cube, x=lambda g, z, x: g * 3 * float(x) ** 2)


@ad.primitive
def rectified(x):
    return np.maximum(x, 0)


ad.derivative(rectified, x=lambda g, z, x: g * (x > 0))


def test_a_rule_for_plain_arrays_is_shown_all_the_same():
    facts = content(lambda x: cube(x) * 2, 2.0)
    assert "takes only plain arrays" in facts["refusal"]
    shares = [facts["program"][arrow["share"]]["data"] for arrow in facts["arrows"]]
    assert shares == [[24], [2]]


def test_a_primitive_of_ones_own_is_computed_as_what_it_does():
    facts = content(lambda x: rectified(x) * 2, 2.0)
    assert "maximum" in [entry["op"] for entry in facts["program"]]
    assert not facts["refusal"]

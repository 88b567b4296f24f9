"""The page as a file: self-contained, correct and opened in the browser."""

import json
import re
import subprocess
import sys
import webbrowser

import numpy as np
import pytest

import autodiff as ad
from autodiff.display.page import page_of
from autodiff.display.page.content import content_of
from autodiff.display.page.filling import as_json
from autodiff.display.page.sources import CodePieces
from autodiff.display.working.working import of_function, of_tensor
from autodiff.tracing.trail import Line

W, X = np.array([0, 2, 1]), np.array([1, 2, 3])


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def content(f, *args):
    return content_of(of_function(f, None, args, {}))[0]


def test_the_page_is_self_contained():
    html = page_of(of_function(loss, None, (W, X, 0), {}))
    assert html.startswith("<!doctype html>")
    assert "{{" not in re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert "default-src 'none'" in html
    assert not re.search(r'(src|href)="(?!data:)', html)
    assert len(html) < 100_000


def test_user_text_cannot_end_a_script():
    def named(x):
        return ad.name(x * 2, "</script><b>{{script}}") + 1

    html = page_of(of_function(named, None, (1.0,), {}))
    assert "</script><b>" not in html
    found = re.search(r'id="content">(.*?)</script>', html)[1]
    assert "</script><b>{{script}}" in [box["name"] for box in json.loads(found)["boxes"]]


def test_boxes_have_names_expressions_and_lines():
    page_content = content(loss, W, X, 0)
    labels = [(box["name"], box["expression"], box["template"]) for box in page_content["boxes"]]
    assert labels == [
        ("weights", "", ""),
        ("x", "", ""),
        ("weights · x", "", "⟦0⟧ · ⟦1⟧"),
        ("Σ(weights · x)", "", "Σ(⟦0⟧)"),
        ("error", "Σ(weights · x) − 0", "⟦0⟧ − 0"),
        ("loss", "error²", "⟦0⟧²"),
    ]
    (source,) = page_content["sources"]
    lines = {box["name"]: box["source"] for box in page_content["boxes"]}
    assert source["lines"][lines["error"][1] - source["first"]].strip().startswith("error =")


def test_rules_have_placeholders():
    page_content = content(loss, W, X, 0)
    names = {box["id"]: box["name"] for box in page_content["boxes"]}
    rules = [(names[a["tail"]], names[a["head"]], a["rule"]) for a in page_content["arrows"]]
    assert ("error", "loss", "2 · ⟦0⟧") in rules
    assert ("weights", "weights · x", "⟦1⟧") in rules


def test_only_arrows_between_single_numbers_have_local_slopes():
    page_content = content(loss, W, X, 0)
    names = {box["id"]: box["name"] for box in page_content["boxes"]}
    arrows = [(names[a["tail"]], names[a["head"]], a["local"]) for a in page_content["arrows"]]
    assert [(tail, head) for tail, head, local in arrows if local is not None] == [
        ("Σ(weights · x)", "error"),
        ("error", "loss"),
    ]
    assert ("weights · x", "Σ(weights · x)", None) in arrows
    assert ("weights", "weights · x", None) in arrows


def test_a_value_without_a_slope_has_none():
    page_content = content(lambda w: (w > 1) * w, 2.0)
    slopes = {box["name"]: box["slope"] for box in page_content["boxes"]}
    assert slopes["(w > 1)"] is None
    assert slopes["w"] is not None


def test_numbers_are_written_as_javascript_reads_them():
    page_content = content(lambda x: np.where(x > 1, x, 0.0).sum(), [1.0, 2.0, np.inf, np.nan])
    told = {box["name"]: page_content["program"][box["value"]] for box in page_content["boxes"]}
    assert told["x"]["data"] == [1, 2, "Infinity", "NaN"]
    assert [type(number) for number in told["(x > 1)"]["data"]] == [int] * 4
    assert told["(x > 1)"]["data"] == [0, 1, 1, 0]


def test_a_named_array_has_one_box_and_each_other_array_its_own():
    def f(x, table):
        return (x * table + np.array([3.0, 4.0]) * (x + table) + np.array([5.0, 6.0])).sum()

    page_content = content_of(of_function(f, (0,), ([1.0, 1.0], np.array([1.0, 2.0])), {}))[0]
    boxes = page_content["boxes"]
    assert len({box["id"] for box in boxes}) == len(boxes)
    data = [page_content["program"][box["value"]]["data"] for box in boxes if not box["inputs"]]
    names = [box["name"] for box in boxes if not box["inputs"]]
    assert sorted(zip(names, data, strict=True)) == [
        ("constant", [3, 4]), ("constant", [5, 6]), ("table", [1, 2]), ("x", [1, 1]),
    ]  # fmt: skip


def test_an_unused_argument_has_slope_zero():
    page_content = content(lambda x, y: x * 2, 1.0, [3.0, 4.0])
    (y,) = [box for box in page_content["boxes"] if box["name"] == "y"]
    assert page_content["program"][y["slope"]]["data"] == [0, 0]


def test_decisions_have_their_lines():
    def f(x):
        return x * 2 if x > 1 else x

    (decision,) = content(f, 2.0)["decisions"]
    assert decision["how"] == "__bool__"
    assert decision["place"].startswith("test_page.py:")
    assert decision["text"] == "return x * 2 if x > 1 else x"


def test_an_operation_with_several_results():
    page_content = content(lambda x: np.linalg.slogdet(x)[1], np.array([[2.0, 1.0], [0.0, 3.0]]))
    assert any("several results" in entry["op"] for entry in page_content["program"])


def test_many_entries_are_described_by_their_range():
    page_content = content(lambda x: (x * 3).sum(), np.arange(30_000.0))
    (entry,) = [
        page_content["program"][b["value"]] for b in page_content["boxes"] if "3" in b["name"][:5]
    ]
    assert entry["range"] == {"ends": [0.0, 89_997.0], "bad": 0}
    assert entry["data"] is None
    assert page_content["refusal"].startswith("60,001 numbers are more than")


def test_code_of_a_long_function_is_cut(tmp_path):
    path = tmp_path / "long.py"
    path.write_text("def f(x):\n" + "    x = x + 1\n" * 200 + "    return x\n")
    sources = CodePieces()
    assert sources.add(Line(str(path), 100, "f")) == [0, 100]
    assert (sources.pieces[0]["first"], len(sources.pieces[0]["lines"])) == (70, 61)
    assert sources.add(Line(str(path), 2, "f")) == [1, 2]
    assert (sources.pieces[1]["first"], len(sources.pieces[1]["lines"])) == (1, 61)
    assert sources.add(Line(str(path), 201, "f")) == [2, 201]
    assert (sources.pieces[2]["first"], len(sources.pieces[2]["lines"])) == (171, 32)
    assert sources.add(Line(str(tmp_path / "missing.py"), 1, "f")) is None


def test_code_that_cannot_be_parsed_is_shown_by_the_line(tmp_path):
    path = tmp_path / "cell.py"
    path.write_text("%matplotlib inline\ny = x * 2\n")
    sources = CodePieces()
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


@pytest.mark.slow
@pytest.mark.parametrize("imported", ["autodiff", "autodiff.display.draw, autodiff.display.show"])
def test_show_is_a_package_and_a_function(imported):
    code = f"import {imported}, autodiff as ad; print(callable(ad.show)); ad.draw(abs)(1.0).text()"
    completed = subprocess.run(
        [sys.executable, "-c", f"{code}; print(callable(ad.show))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert completed.stdout.split() == ["True", "True"]


def test_other_subjects_are_refused():
    with pytest.raises(TypeError, match=r"a function or a Tensor for ad\.show, got float 3\.0"):
        ad.show(3.0)


# Large computations and user-defined primitives.


def looped(x):
    for _ in range(150):
        x = np.tanh(x * 1.01)
    return x.sum()


@pytest.mark.slow
def test_repeated_steps_are_folded_if_there_are_too_many():
    page_content = content(looped, np.array([1.0, 2.0]))
    names = [box["name"] for box in page_content["boxes"]]
    assert names == ["x₁", "x = np.tanh(x * 1.01) ×150", "looped"]
    assert page_content["refusal"] == "302 steps are more than the 200 that a page computes"
    first, last = page_content["arrows"]
    shares = [page_content["program"][arrow["share"]]["data"] for arrow in (first, last)]
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
    assert (block["name"], block["expression"], block["reference"]) == (
        "Layer 2 (layer)",
        "2 steps",
        "y₂",
    )
    assert [box["name"] for box in opened] == ["x", "y₁", "y₂", "f"]
    assert "Layer 2" in content_of(working)[1].dot


@pytest.mark.slow
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


def test_a_rule_for_plain_arrays_is_shown():
    page_content = content(lambda x: cube(x) * 2, 2.0)
    assert "takes only plain arrays" in page_content["refusal"]
    shares = [page_content["program"][arrow["share"]]["data"] for arrow in page_content["arrows"]]
    assert shares == [[24], [2]]


def test_a_user_defined_primitive_is_computed_by_its_operations():
    page_content = content(lambda x: rectified(x) * 2, 2.0)
    assert "maximum" in [entry["op"] for entry in page_content["program"]]
    assert not page_content["refusal"]


def fan(x):
    parts = [x[i] * 2 for i in range(100)]
    total = 0
    for p in parts:
        total = total + p * p
    return total


@pytest.mark.slow
def test_a_fan_of_parallel_arrows_is_one_arrow():
    content = content_of(of_function(fan, None, (np.linspace(0, 1, 100),), {}))[0]
    ends = [(arrow["tail"], arrow["head"]) for arrow in content["arrows"]]
    assert len(ends) == len(set(ends)) == 2
    assert [arrow["values"] for arrow in content["arrows"]] == [1, 100]


def test_a_fan_from_a_block_into_one_step_is_one_arrow():
    def stacked(x):
        with ad.scope("parts"):
            parts = [x * i for i in range(1, 9)]
        return (np.stack(parts) ** 2).sum()

    content = content_of(of_function(stacked, None, (2.0,), {}), depth=0)[0]
    ends = [(arrow["tail"], arrow["head"]) for arrow in content["arrows"]]
    assert len(ends) == len(set(ends))
    assert 8 in [arrow["values"] for arrow in content["arrows"]]
    assert not content["refusal"]


def test_json_is_safe_in_a_page():
    assert as_json({"é": "</script>"}) == '{"é": "\\u003c/script>"}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json([float("nan")])


def test_the_argument_of_an_inner_gradient_is_an_input_without_arrows():
    x = ad.tensor(2.0)
    slope = ad.grad(lambda v: v**3 * x)(x * 1.5)
    boxes = content_of(of_tensor(slope * x))[0]["boxes"]
    starts = [box for box in boxes if box["isInput"]]
    assert [box["name"] for box in starts] == ["x", "v"]
    assert [box["inputs"] for box in starts] == [[], []]

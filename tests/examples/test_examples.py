"""The examples: their slopes agree, their cells open as a notebook, and failures are reported.

The longer training runs are in ``examples/course.py``, which CI runs completely.
"""

import ast
import importlib
import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOTEBOOKS = sorted(path for path in EXAMPLES.glob("*.py") if "# %%" in path.read_text())

sys.path.insert(0, str(EXAMPLES))  # as for a script there
course, curves, finding, three_ways = map(
    importlib.import_module, ("course", "curves", "finding", "three_ways")
)
sys.path.remove(str(EXAMPLES))

QUICK = [
    pytest.param(exercise, id=f"{exercise.__module__}.{exercise.__name__}")
    for exercises in list(course.CHAPTERS.values())[:3]
    for exercise in exercises
]


@pytest.mark.parametrize("exercise", QUICK)
def test_an_exercise_is_right(exercise):
    result = exercise()
    assert result.is_right
    assert result.slopes is not None or result.reached


@pytest.mark.parametrize("part", ["node_0", "output"])
def test_a_wrong_slope_by_hand_is_detected(part):
    weights = {"node_0": [2, 1], "output": [1, 1]}

    def function(weights):
        return (np.array(weights["node_0"]) * weights["output"]).sum()

    by_hand = {"node_0": np.array([1.0, 1.0]), "output": np.array([2.0, 1.0])}
    assert three_ways.three_ways(function, weights, by_hand).agree
    by_hand[part][0] += 1e-4
    assert not three_ways.three_ways(function, weights, by_hand).agree


@pytest.mark.parametrize("by_hand", [np.array([1.0]), np.array([1.0, math.nan])])
def test_a_slope_of_another_shape_or_without_a_value_does_not_agree(by_hand):
    assert not three_ways.Slopes(by_hand, np.ones(2), np.ones(2)).agree


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0, "0"),
        (2.0, "2"),
        ([1, 2.5], "[1 2.5]"),
        (range(9), "[0 1 2 3 4 ...]"),
        ({"a": [1], "b": 2}, "a [1]  b 2"),
    ],
)
def test_in_short(value, text):
    assert three_ways.in_short(value) == text


def right():
    slopes = three_ways.three_ways(lambda weight: weight**2, 3.0, 6.0)
    return finding.Finding("1.1 Right", "what is [b]?", "six", slopes)


def disagreeing():
    slopes = three_ways.three_ways(lambda weight: weight**2, 3.0, 3.0)
    return finding.Finding("1.2 Forgot the 2", "and now?", "three", slopes)


def missed():
    return finding.Finding("5.2 Missed", "93% of the digits?", "no", reached=False)


@pytest.mark.parametrize(
    ("exercises", "code", "words"),
    [
        ([right], 0, ["[b]", "6.0000", "agree", "1 of 1 agree", "all right"]),
        ([right, disagreeing], 1, ["DISAGREE", "1 of 2 agree", "wrong: 1.2 Forgot the 2"]),
        ([right, missed], 1, ["MISSED", "wrong: 5.2 Missed"]),
    ],
)
def test_the_course_reports_what_is_wrong(monkeypatch, capsys, tmp_path, exercises, code, words):
    monkeypatch.setattr(course, "CHAPTERS", {"some": exercises})
    monkeypatch.setattr(finding, "PICTURES", tmp_path / "pictures")
    assert course.main() == code
    printed = capsys.readouterr().out
    for word in words:
        assert word in printed


@pytest.mark.slow
def test_pictures_are_saved(monkeypatch, tmp_path):
    monkeypatch.setattr(finding, "PICTURES", tmp_path / "pictures")
    pictures = {
        "curves.png": curves.Curves("a title", "loss", {"a": [3.0, 1.0], "b": [2.0]}, log=True),
        "digits.png": curves.Digits(np.ones((3, 28, 28)), np.arange(3), np.array([0, 1, 9])),
    }
    paths = finding.Finding("1.1", "?", "!", pictures=pictures).save_pictures()
    assert [path.name for path in paths] == list(pictures)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_script_opens_as_a_notebook(path):
    empty, *cells = re.split(r"^(?=# %%)", path.read_text(), flags=re.MULTILINE)
    assert empty == ""
    assert cells[0].startswith("# %% [markdown]\n")
    for cell in cells:
        header, _, body = cell.partition("\n")
        assert header in ("# %%", "# %% [markdown]")
        code = ast.parse(body)  # each cell stands on its own
        if header == "# %%":
            assert code.body
        else:  # comments only, or the docstring of the script
            assert not code.body or (cell == cells[0] and ast.get_docstring(code))


def test_every_exercise_of_a_chapter_is_in_the_course():
    for exercises in course.CHAPTERS.values():
        module = sys.modules[exercises[0].__module__]
        defined = [
            function
            for function in vars(module).values()
            if getattr(function, "__doc__", None)
            and str(function.__doc__).startswith("Exercise ")
            and function.__module__ == module.__name__
        ]
        assert list(exercises) == defined


def texts_of(path):
    return sorted(re.findall(r"<(?:text|title)\b[^>]*>([^<]+)<", path.read_text(encoding="utf-8")))


@pytest.mark.slow
def test_the_pictures_of_the_readme_are_current(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(EXAMPLES)
    readme = importlib.import_module("readme")
    picture = ad.draw(readme.loss)(readme.weights, readme.row, readme.target)
    picture.save(tmp_path / "readme.svg")
    picture.steps().save(tmp_path / "readme_steps.svg")
    for name in ("readme.svg", "readme_steps.svg"):
        current = texts_of(tmp_path / name)
        assert texts_of(EXAMPLES / name) == current, "run python examples/readme.py"

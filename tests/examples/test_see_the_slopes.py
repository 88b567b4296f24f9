"""The example see_the_slopes.py: picture, derivation and page, without Graphviz installed."""

import importlib
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def example(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    yield importlib.import_module("see_the_slopes")
    del sys.modules["see_the_slopes"]


@pytest.fixture
def no_graphviz(monkeypatch):
    """Hide the system's dot."""
    which = shutil.which
    monkeypatch.setattr(
        shutil, "which", lambda name, path=None: None if name == "dot" else which(name, path=path)
    )


def slopes_by_hand():
    weights, row = np.array([2, 7]), np.array([3, 5])
    outputs = np.array([26, 0])  # the input of node_1 is 12 - 25, so its relu returns 0
    error = weights @ outputs - 50
    return {
        "node_0": 2 * error * weights[0] * row,
        "node_1": 0 * row,
        "output": 2 * error * outputs,
    }


def test_the_slopes_equal_those_by_hand(example):
    slopes = ad.grad(example.squared_error)(example.weights, example.input_data, example.target)
    for name, by_hand in slopes_by_hand().items():
        np.testing.assert_array_equal(slopes[name], by_hand)


@pytest.mark.slow
@pytest.mark.usefixtures("no_graphviz")
def test_it_saves_a_picture_and_a_page_and_prints_the_derivation(example, tmp_path, capsys):
    svg, png, html = example.main(tmp_path)
    names = ["node_0_input", "node_0_output", "hidden_layer_outputs", "prediction", "error"]
    for name in [*names, "weights['node_0']"]:
        assert name in svg.read_text(encoding="utf-8").replace("&#39;", "'")
    assert png.read_bytes().startswith(b"\x89PNG")
    page = html.read_text(encoding="utf-8")
    content = json.loads(re.search(r'id="content">(.*?)</script>', page)[1])
    assert set(names) <= {box["name"] for box in content["boxes"]}
    assert content["refusal"] == ""
    printed = capsys.readouterr().out
    for name, by_hand in slopes_by_hand().items():
        numbers = " ".join(map(str, by_hand))
        assert re.search(rf"∂squared_error/∂weights\['{name}'\]\s+= [^∂]*\[{numbers}\]", printed)
    assert str(html) in printed

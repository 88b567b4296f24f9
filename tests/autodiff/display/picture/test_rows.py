"""Rows: every row has about the same width, and no arrow leads from one row to another."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.display.picture.rendering import can_render, rendered
from autodiff.display.picture.rows import rows_of


def chain(x, rounds=8):
    for _ in range(rounds):
        x = np.tanh(x * 0.9 + 0.1)
    return x.sum()


def widths_of_rows(boxes, rows, widths):
    return [sum(widths[b] for b in boxes if rows[b] == r) for r in range(1 + max(rows.values()))]


@given(st.lists(st.integers(50, 300), min_size=1, max_size=60))
def test_a_chain_is_divided_into_rows_of_similar_width(lengths):
    boxes = list(range(len(lengths)))
    rows = rows_of(boxes, itertools.pairwise(boxes), dict(enumerate(lengths)), 1000)
    assert [rows[box] for box in boxes] == sorted(rows[box] for box in boxes)
    assert max(widths_of_rows(boxes, rows, lengths)) <= 1250 + 300


def test_what_fits_stays_in_one_row():
    boxes = list("abc")
    assert set(
        rows_of(boxes, [("a", "b"), ("b", "c")], dict.fromkeys("abc", 300), 1000).values()
    ) == {0}


def test_constants_stand_beside_their_first_use():
    boxes = list("abcd")
    arrows = [*itertools.pairwise(boxes), ("w", "c"), ("u", "c"), ("w", "d")]
    rows = rows_of(boxes, arrows, dict.fromkeys("abcduw", 400), 800)
    assert rows == {"a": 0, "b": 0, "c": 1, "d": 1, "w": 1, "u": 1}


@pytest.mark.slow
@pytest.mark.skipif(not can_render(), reason="no program to render with is installed")
def test_a_long_chain_reads_from_left_to_right_and_down():
    drawing = ad.draw(chain)(np.array([0.3, 0.5]))
    width = float(re.search(r'viewBox="0.00 0.00 ([\d.]+)', drawing.svg())[1])
    assert width < 2300
    assert "from h" in drawing.dot or "from x" in drawing.dot
    places = {
        m[1]: float(m[2])
        for m in re.finditer(
            r"<title>(n\d+)</title>.*?points=\"[-\d.]+,([-\d.]+)", plain(drawing), re.S
        )
    }
    heights = [places[f"n{i}"] for i in range(len(places))]
    assert heights[0] < heights[len(heights) // 2] < heights[-1]


def plain(drawing):
    return rendered(drawing.dot, "svg").decode()


def test_short_computations_stay_in_one_row():
    assert "cluster_row" not in ad.draw(lambda x: chain(x, 1))(np.array([0.3, 0.5])).dot


@pytest.mark.slow
@pytest.mark.skipif(not can_render(), reason="no program to render with is installed")
def test_operands_stand_in_the_order_of_their_places_so_that_no_arrows_cross():
    def loss(weights, row):
        nodes = [np.maximum(0, (row * weights[name]).sum()) for name in ("a", "b", "c")]
        hidden = np.array(nodes)
        return (hidden * weights["output"]).sum() ** 2

    weights = {"a": [2.0, 1], "b": [1.0, -2], "c": [3.0, 1], "output": [1.0, 1, 1]}
    drawing = ad.draw(loss)(weights, np.array([2, 3]))
    arrows = re.findall(r"(n\d+):e -> n\d+:operand_(\d)", drawing.dot)
    svg = plain(drawing)
    heights = [height_of(svg, box) for box, _ in sorted(arrows, key=lambda arrow: arrow[1])]
    assert len(heights) == 3
    assert heights == sorted(heights)


@pytest.mark.slow
@pytest.mark.skipif(not can_render(), reason="no program to render with is installed")
def test_entries_of_an_array_stand_in_their_order():
    def loss(xs, w):
        a, b, c = xs
        return (a * w) ** 2 + (b * w) ** 3 + (c * w) ** 2

    svg = plain(ad.draw(loss)(np.array([2.0, 1.0, 0.5]), 3.0))
    heights = [float(re.search(rf'y="([-\d.]+)"[^>]*>\s*{name}\s*<', svg)[1]) for name in "abc"]
    assert heights == sorted(heights)


def height_of(svg, box):
    return float(re.search(rf"<title>{box}</title>.*?points=\"[-\d.]+,([-\d.]+)", svg, re.S)[1])

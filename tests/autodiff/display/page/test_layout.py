"""Boxes have room for their content."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff.display.page.layout import PageBox, dot


def size(value, slope=None, name="x", expression=""):
    source = dot([PageBox("b", name, expression, value, slope)], [])
    found = dict(re.findall(r"(width|height)=([\d.]+)", source))
    return 72 * float(found["width"]), 72 * float(found["height"])


def height(value, slope=None, **words):
    return size(value, slope, **words)[1]


@given(st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_every_row_of_values_and_slopes_adds_a_line(rows, columns, has_slope):
    line = height(1.0, 1.0) - height(1.0)
    value = np.ones((rows, columns))
    lines = rows * (2 if has_slope else 1)
    found = height(value, value if has_slope else None)
    assert found == pytest.approx(height(1.0) + (lines - 1) * line, abs=0.2)


def test_an_expression_adds_a_line():
    line = height(1.0, 1.0) - height(1.0)
    assert height(1.0, expression="a + b") == pytest.approx(height(1.0) + line, abs=0.2)


def test_every_column_has_room_for_its_longest_number():
    one, two, three = (size(np.full((1, n), 0.123456))[0] for n in (2, 3, 4))
    assert two - one == pytest.approx(three - two, abs=0.2)
    assert two - one > 40  # six digits and a gap
    long = size(np.full((1, 3), -1.2345e-10))[0]
    assert long > two


def test_a_long_slope_or_name_widens_its_box():
    usual = size(np.ones(3), np.ones(3))[0]
    assert size(np.ones(3), np.full(3, -1.2345e-10))[0] > usual
    assert size(1.0, name="a" * 60)[0] > 60 * 7


def test_the_summary_of_many_entries_is_one_line():
    assert size(np.ones((50, 50))) == size(np.ones((5, 5)))
    assert height(np.ones((50, 50))) == height(1.0)


def test_a_long_chain_is_broken_into_rows_with_references():
    boxes = [PageBox(f"n{i}", f"h{i}", "", np.ones(3), None) for i in range(12)]
    arrows = [(f"e{i}", f"n{i}", f"n{i + 1}") for i in range(11)]
    text = dot(boxes, arrows)
    assert text.count("cluster_row") == 3
    assert text.count("from h") == 2
    assert all(f"id={arrow_id}" in text for arrow_id, _, _ in arrows)

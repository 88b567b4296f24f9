"""Tests of addition at positions: np.add.at is the law, bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autodiff.core.addition import add_at

shapes = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)
dtypes = st.sampled_from(["f2", "f4", "f8", "g", "c8", "c16", "i8"])
kinds = st.sampled_from(["i1", "i8", "u1", "u8"])


@st.composite
def additions(draw):
    """Draw an array, an index of one to three arrays of positions, and the values to add."""
    shape, dtype, kind = draw(shapes), draw(dtypes), draw(kinds)
    count = draw(st.integers(1, len(shape)))
    where = draw(hnp.array_shapes(min_dims=1, max_dims=2, max_side=5))
    index = tuple(
        draw(hnp.arrays(kind, where, elements=st.integers(-n if kind[0] == "i" else 0, n - 1)))
        for n in shape[:count]
    )
    total = draw(hnp.arrays("i4", shape, elements=st.integers(-9, 9))).astype(dtype)
    value = draw(hnp.arrays("i4", (*where, *shape[count:]), elements=st.integers(-9, 9)))
    value = np.asarray(value / 7 if dtype[0] in "fgc" else value).astype(dtype)
    return total, index if count > 1 or draw(st.booleans()) else index[0], value


@given(additions(), st.booleans())
def test_adds_as_numpy_does(case, in_fortran_order):
    total, index, value = case
    total = np.asfortranarray(total) if in_fortran_order else total
    expected = total.copy("K")
    np.add.at(expected, index, value)
    add_at(total, index, value)
    np.testing.assert_array_equal(total, expected)


@pytest.mark.parametrize(
    "index",
    [np.array([True, False, True]), np.array([], int), ([0, 0, 2],), (slice(1, 3), np.array([1]))],
)
def test_other_indices_add_as_in_numpy(index):
    total, expected = np.zeros((3, 2)), np.zeros((3, 2))
    np.add.at(expected, index, 1.5)
    add_at(total, index, 1.5)
    np.testing.assert_array_equal(total, expected)


def test_values_are_broadcast_and_converted():
    total = np.zeros((3, 2))
    add_at(total, np.array([[0], [0], [-1]]), np.float32(0.5))
    np.testing.assert_array_equal(total, [[1, 1], [0, 0], [0.5, 0.5]])


@pytest.mark.parametrize("place", [3, -4])
def test_a_position_outside_raises_numpys_error(place):
    total = np.zeros((3, 2))
    with pytest.raises(IndexError, match="out of bounds"):
        add_at(total, np.array([0, place]), 1.0)
    np.testing.assert_array_equal(total[1:], 0)


def test_a_complex_value_does_not_lose_its_imaginary_part():
    with pytest.raises(TypeError, match="same_kind"):
        add_at(np.zeros((3, 2)), np.array([0]), 1j)

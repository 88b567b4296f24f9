"""Slopes of arrays that are cut into slices: one concatenate where the slices cover the array."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad


def slope_of_cuts(ends, axis):
    """Return a function whose slope is assembled from slices between the ends."""

    def f(x):
        total = 0.0
        for weight, (start, stop) in enumerate(pairwise(ends), 1):
            part = x[(slice(None),) * axis + (slice(start, stop),)]
            total = total + weight * (part**3).sum()
        return total

    return ad.grad(f)


@pytest.mark.slow
@given(st.data())
def test_slices_in_any_number_along_any_axis(data):
    axis = data.draw(st.integers(0, 2))
    length = data.draw(st.integers(1, 7))
    inner = data.draw(st.sets(st.integers(0, length)))
    ends = sorted({0, length, *inner} if data.draw(st.booleans()) else {length, *inner})
    x = np.random.default_rng(0).normal(size=(*(2, 3, 2)[:axis], length, *(2, 3)[: 2 - axis]))
    slope = slope_of_cuts(ends, axis)
    np.testing.assert_allclose(ad.jit(slope)(x), slope(x))


def test_the_parts_of_a_gate_are_concatenated():
    def f(x):
        first, second, rest = x[:, :2], x[:, 2:4], x[:, 4:]
        return (np.tanh(first) * second + rest**2).sum()

    source = ad.jit(ad.grad(f)).source(np.ones((3, 6)))
    assert "np.concatenate([" in source
    assert "scatter" not in source


@pytest.mark.parametrize("weights", [3.0, np.full(4, 0.5), np.ones((3, 1))])
def test_slopes_of_slices_of_other_shapes(weights):
    def f(x, y):
        return (x[:, :2] ** 2).sum() + (x[:, 2:] * weights * y).sum()

    x = np.random.default_rng(0).normal(size=(3, 6))
    for y in (1.5, np.ones((3, 1)), np.arange(4.0), np.ones((3, 4), np.float32)):
        np.testing.assert_array_equal(ad.jit(ad.grad(f))(x, y), ad.grad(f)(x, y))


@pytest.mark.parametrize(
    "parts",
    [
        (np.s_[:, :2], np.s_[:, 3:]),  # a gap
        (np.s_[:, :4], np.s_[:, 2:]),  # an overlap
        (np.s_[:2, :3], np.s_[2:, 3:]),  # two axes
        (np.s_[:, ::2], np.s_[:, 1::2]),  # steps
    ],
)
def test_other_slices_are_added_into_zeros(parts):
    def f(x):
        return sum((x[part] ** 3).sum() for part in parts)

    x = np.random.default_rng(0).normal(size=(4, 6))
    compiled = ad.jit(ad.grad(f))
    assert "scatter" in compiled.source(x)
    np.testing.assert_allclose(compiled(x), ad.grad(f)(x))


@pytest.mark.parametrize(
    "index",
    [
        ([1], np.array([True, False, True])), ([0, 1], ...), (np.array([0, 1]), slice(0, 2)),
        np.ix_([1, 1], [0, 2]), (slice(0, 1), np.array([0, 2])), (..., None, slice(0, 2)),
        (0, ..., [1, 2]),
    ],
)  # fmt: skip
def test_positions_and_masks_are_no_slices(index):
    def f(x):
        return (x[index] ** 3).sum() + (x[:, :2] ** 2).sum() + (x[:, 2:] ** 2).sum()

    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(ad.jit(ad.grad(f))(x), ad.grad(f)(x))

"""Entries read and written at positions and masks that may be traced."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

X = np.array([1.0, 2.0, 3.0])
MASK = np.array([True, False, True])


@pytest.mark.parametrize("value", [5.0, np.array([5.0]), np.array([5.0, 6.0])])
def test_what_is_written_through_a_traced_mask_has_its_slope(value):
    def written(x, value, mask):
        y = x * 1
        y[mask] = value * 2
        return y @ [1.0, 10.0, 100.0]

    slopes = ad.grad(written, (0, 1))
    jitted = ad.jit(slopes)
    for mask in (MASK, MASK[[1, 0, 2]]):
        for own, recorded in zip(slopes(X, value, mask), jitted(X, value, mask), strict=True):
            assert_array_equal(own, recorded)


def test_a_traced_mask_picks_as_many_entries_as_are_written():
    def written(x, mask):
        y = x * 1
        y[mask] = x[:2]
        return y.sum()

    slopes = ad.jit(ad.grad(written))
    assert_array_equal(slopes(X, MASK), [1, 2, 0])
    with pytest.raises(ValueError, match=r"picks 2 entries.*got one that picks 3"):
        slopes(X, MASK | True)


LABELS = np.array([0, 2])


@pytest.mark.parametrize("read", [
    lambda i: X[i], lambda i: X[i[0]], lambda i: np.eye(3)[i], lambda i: np.eye(3)[i, 0],
    lambda i: X.__setitem__(i, 0.0),
])  # fmt: skip
def test_a_plain_array_indexed_by_a_traced_value_says_what_to_write(read):
    expected = r"index of a plain array at test_index\.py:\d+.*ad\.tensor\(X\)\[i\].*ad\.live"
    for run in (ad.jit(read), lambda i: read(ad.tensor(i))):
        with pytest.raises(TypeError, match=expected):
            run(LABELS)


def test_what_is_advised_works_under_jit():
    assert_array_equal(ad.jit(lambda i: ad.tensor(X)[i])(LABELS), [1, 3])
    assert_array_equal(ad.jit(lambda i: ad.live(X)[i])(LABELS), [1, 3])
    assert_array_equal(ad.jit(lambda i: np.take(ad.tensor(X), i, axis=0))(LABELS), [1, 3])
    assert_array_equal(ad.jit(lambda y: y[:, None] == np.arange(3))(LABELS), np.eye(3)[LABELS])


def test_counts_and_conversions_are_told_from_indices():
    t = ad.tensor(X)
    with pytest.raises(TypeError, match="the use as an index or count"):
        range(t)
    assert np.asarray(t).dtype == object


@pytest.mark.parametrize("axis", [0, -1, None])
def test_take_along_an_axis_of_a_plain_array(axis):
    taken = ad.jit(lambda i: np.take_along_axis(X, i, axis))
    assert_array_equal(taken(LABELS), [1, 3])
    assert_array_equal(taken(LABELS - 1), [3, 2])


@pytest.mark.parametrize("function", [np.roll, np.repeat, np.tile])
def test_a_traced_count_says_what_helps(function):
    with pytest.raises(TypeError, match=rf"{function.__name__} takes counts .*t\.item\(\)"):
        function(ad.tensor(X), ad.tensor(2.0))
    expected = rf"position for np\.{function.__name__} at test_index\.py:\d+.*Python int"
    with pytest.raises(ad.RecordingError, match=expected):
        ad.jit(function)(X, np.int64(2))
    assert_array_equal(ad.jit(function)(X, 2), function(X, 2))


@pytest.mark.parametrize("call", [
    lambda x, n: x[np.ix_(n)], lambda x, n: np.histogram(x, n),
    lambda x, n: np.lib.stride_tricks.sliding_window_view(x, n),
])  # fmt: skip
def test_what_is_refused_says_what_helps_while_jit_records(call):
    with pytest.raises(NotImplementedError, match=r"t\.numpy\(\)(?!.*jit)"):
        call(ad.tensor(X), ad.tensor(2.0))
    with pytest.raises(NotImplementedError, match=r"While jit records.*Python ints.*outside"):
        ad.jit(call)(X, np.array([1]))

"""Positions across all axes and in each of them, bits, and edits of plain arrays at positions."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

A = np.array([[1.0, 7.0, 3.0], [9.0, 2.0, 5.0]])


def traced(f):
    """Return f as grad runs it, and as jit does."""
    return (lambda *args: ad.vjp(f, *args)[0]), ad.jit(f)


@pytest.mark.parametrize(
    "f",
    [
        lambda a: a[np.unravel_index(np.argmax(a), a.shape)] * 2,
        lambda a: a[np.unravel_index(np.argsort(a, axis=None)[:2], a.shape, "F")],
        lambda a: a.ravel()[np.ravel_multi_index((np.argmax(a, axis=0), np.arange(3)), a.shape)],
        lambda a: a * np.ravel_multi_index((np.argsort(a), 1), (2, 2), mode="clip", order="F"),
        lambda a: a * np.bitwise_count(np.argsort(a)),
        lambda a: a * np.unpackbits(np.packbits(a > 2.5), count=6).reshape(a.shape),
        lambda a: a[:, :1] * np.packbits(a > 2.5, axis=1, bitorder="little"),
        lambda a: a.ravel()[a.size - 1 - np.ravel_multi_index(np.unravel_index(2, (2, 3)), (2, 3))],
    ],
)
def test_positions_and_bits_are_those_of_numpy(f):
    for run in traced(f):
        assert_array_equal(run(A), f(A))
        assert_array_equal(run(A[::-1].copy()), f(A[::-1].copy()))
    slope = ad.grad(lambda a: np.sum(f(a)))
    measured = [
        (np.sum(f(A + d)) - np.sum(f(A - d))) / 0.2 for d in 0.1 * np.eye(6).reshape(6, 2, 3)
    ]
    for found in (slope(A), ad.jit(slope)(A)):
        np.testing.assert_allclose(found, np.reshape(measured, A.shape))


def test_positions_in_each_axis_index_plain_arrays():
    names = np.array([["a", "b", "c"], ["d", "e", "f"]])
    rows = []
    ad.grad(lambda a: rows.append(names[np.unravel_index(np.argmax(a), a.shape)]) or a.sum())(A)
    assert rows == ["d"]


@pytest.mark.parametrize("f", [np.unravel_index, np.packbits, np.bitwise_count])
def test_floats_are_no_positions_and_have_no_bits(f):
    for run in traced(lambda a: f(a, *[(2, 3)] * (f is np.unravel_index))):
        with pytest.raises(TypeError):
            run(A)


@pytest.mark.parametrize("positions", [np.array([0]), np.int64(1)])
def test_a_number_has_no_positions_but_0(positions):
    words = r"0d arrays|out of bounds"
    with pytest.raises(ValueError, match=words):
        np.unravel_index(positions, ())
    for run in traced(lambda a: np.unravel_index(np.argmin(a * 0) + positions, ())):
        with pytest.raises(ValueError, match=words):
            run(A)


def test_position_0_of_a_number():
    for run in traced(lambda a: [a.sum(), *np.unravel_index(np.argmin(a * 0), ())]):
        assert_array_equal(run(A), [27.0])


EDITS = [
    lambda b, t: np.add.at(b, np.argmax(t, axis=1), 1.0),
    lambda b, t: np.negative.at(b, (np.argmax(t, axis=1),)),
    lambda b, t: np.put(b, np.argmax(t), 5.0, mode="wrap"),
    lambda b, t: np.put_along_axis(b, np.argsort(t[0]), np.array([5.0, 6.0, 7.0]), 0),
    lambda b, t: np.putmask(b, t[0] > 2, [5.0, 6.0]),
    lambda b, t: np.place(b, t[0] > 2, [5.0, 6.0]),
    lambda b, t: np.copyto(b, 5.0, where=t[0] > 2),
]


@pytest.mark.parametrize("edit", EDITS)
def test_a_plain_array_is_edited_at_positions_of_traced_values(edit):
    expected, found = np.arange(3.0), np.arange(3.0)
    edit(expected, A)
    ad.grad(lambda t: (edit(found, t), np.sum(t))[1])(A)
    assert_array_equal(found, expected)


@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit is not EDITS[1]])
def test_a_plain_array_is_not_edited_where_jit_records_the_positions(edit):
    found = np.arange(3.0)
    with pytest.raises(TypeError, match=r"edits a Tensor, got float64 array .*ad\.tensor\(array\)"):
        ad.jit(lambda t: (edit(found, t), np.sum(t))[1])(A)
    assert_array_equal(found, np.arange(3.0))


@pytest.mark.parametrize(
    "f",
    [
        lambda x, n: np.tile(x, n),
        lambda x, n: np.repeat(x, n),
        lambda x, n: np.roll(x, n),
        lambda x, n: np.delete(x, n),
        lambda x, n: np.pad(x, n),
        lambda x, n: np.resize(x, n),
        lambda x, n: np.abs(np.fft.fft(x, n)),
        lambda x, n: np.bincount([0, 1, 1], x, minlength=n + 3),
        lambda x, n: np.stack([x, x], axis=n - 1),
        lambda x, n: np.cumsum(x, axis=n - 2),
        lambda x, n: np.sum(x[np.newaxis], axis=n - 1),
    ],
)
def test_a_count_of_traced_values_is_a_plain_count(f):
    x = np.array([3.0, 1.0, 2.0])

    def counted(x):
        return f(x, (x > 1).sum())

    assert_array_equal(ad.vjp(counted, x)[0], counted(x))
    with pytest.raises(TypeError, match="jit"):
        ad.jit(counted)(x)
    with pytest.raises((TypeError, NotImplementedError), match=r"test_positions\.py"):
        ad.vjp(lambda x: f(x, x[1]), x)

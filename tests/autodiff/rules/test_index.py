"""Entries read and written at positions and masks that may be traced."""

from array import array
from collections import deque

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

X = np.array([1.0, 2.0, 3.0])
MASK = np.array([True, False, True])


@pytest.mark.parametrize("value", [5.0, np.array([5.0]), np.array([5.0, 6.0])])
def test_values_written_with_a_traced_mask_have_a_slope(value):
    def written(x, value, mask):
        y = x * 1
        y[mask] = value * 2
        return y @ [1.0, 10.0, 100.0]

    slopes = ad.grad(written, (0, 1))
    jitted = ad.jit(slopes)
    for mask in (MASK, MASK[[1, 0, 2]]):
        for own, recorded in zip(slopes(X, value, mask), jitted(X, value, mask), strict=True):
            assert_array_equal(own, recorded)


def test_a_traced_mask_selects_as_many_entries_as_are_written():
    def written(x, mask):
        y = x * 1
        y[mask] = x[:2]
        return y.sum()

    slopes = ad.jit(ad.grad(written))
    assert_array_equal(slopes(X, MASK), [1, 2, 0])
    with pytest.raises(ValueError, match=r"selects 2 entries.*got one that selects 3"):
        slopes(X, MASK | True)


LABELS = np.array([0, 2])


@pytest.mark.parametrize("read", [
    lambda i: X[i], lambda i: X[i[0]], lambda i: np.eye(3)[i], lambda i: np.eye(3)[i, 0],
    lambda i: X.__setitem__(i, 0.0),
])  # fmt: skip
def test_a_traced_index_of_a_plain_array_is_refused_with_alternatives(read):
    expected = r"index of a plain array at test_index\.py:\d+.*ad\.tensor\(X\)\[i\].*ad\.live"
    for run in (ad.jit(read), lambda i: read(ad.tensor(i))):
        with pytest.raises(TypeError, match=expected):
            run(LABELS)


@pytest.mark.parametrize("read", [
    lambda x: X[np.argmax(x)], lambda x: X[np.argsort(x)], lambda x: X[x > 1.5],
    lambda x: np.eye(3)[np.floor(x).astype(int) - 1], lambda x: np.eye(3)[:, np.argmin(x)],
    lambda x: np.eye(3)[x > 1.5, np.argmax(x)],
])  # fmt: skip
def test_positions_and_masks_read_plain_arrays_outside_of_jit(read):
    x = np.array([2.0, 1.0, 3.0])
    assert_array_equal(ad.vjp(read, x)[0], read(x))
    assert_array_equal(ad.grad(lambda x: (read(x) * x[0]).sum())(x), [read(x).sum(), 0, 0])
    with pytest.raises(TypeError, match=r"index of a plain array at test_index\.py:\d+"):
        ad.jit(lambda x: read(x) * x[0])(x)


def test_a_plain_array_is_written_at_traced_positions():
    counts = np.zeros(3)

    def slope(x):
        counts[np.argmax(x)] += 1
        return x.sum()

    ad.grad(slope)(X)
    assert_array_equal(counts, [0, 0, 1])


def test_a_row_at_a_traced_position_is_a_view():
    table, labels = np.zeros((3, 2)), ["a", "b", "c"]

    def slope(x):
        row = table[np.argmax(x)]
        row += 1
        assert labels[np.argmax(x)] == "c"
        assert list(range(np.argmin(x), np.argmax(x))) == [0, 1]
        return x.sum()

    ad.grad(slope)(X)
    assert_array_equal(table, [[0, 0], [0, 0], [1, 1]])


@pytest.mark.parametrize("use", [
    lambda i: [1.0, 2.0, 3.0][i], lambda i: len(range(i)), lambda i: "abc"[i:] and 1,
])  # fmt: skip
def test_a_count_is_not_baked_in(use):
    with pytest.raises(TypeError, match=r"index|count"):
        ad.jit(lambda x: x.sum() * use(np.argmax(x)))(X)


def test_advised_code_works_under_jit():
    assert_array_equal(ad.jit(lambda i: ad.tensor(X)[i])(LABELS), [1, 3])
    assert_array_equal(ad.jit(lambda i: ad.live(X)[i])(LABELS), [1, 3])
    assert_array_equal(ad.jit(lambda i: np.take(ad.tensor(X), i, axis=0))(LABELS), [1, 3])
    assert_array_equal(ad.jit(lambda y: y[:, None] == np.arange(3))(LABELS), np.eye(3)[LABELS])


def test_counts_and_conversions_are_distinguished_from_indices():
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
def test_a_traced_count_is_refused_with_an_alternative(function):
    with pytest.raises(TypeError, match=rf"{function.__name__} takes counts .*t\.item\(\)"):
        function(ad.tensor(X), ad.tensor(2.0))
    expected = rf"position for np\.{function.__name__} at test_index\.py:\d+.*Python int"
    with pytest.raises(ad.RecordingError, match=expected):
        ad.jit(function)(X, np.int64(2))
    assert_array_equal(ad.jit(function)(X, 2), function(X, 2))


@pytest.mark.parametrize("call", [
    lambda x, n: x[np.ix_(n)], lambda x, n: np.histogram(x, n),
])  # fmt: skip
def test_refusals_while_jit_records_have_an_alternative(call):
    with pytest.raises(NotImplementedError, match=r"t\.numpy\(\)(?!.*jit)"):
        call(ad.tensor(X), ad.tensor(2.0))
    with pytest.raises(NotImplementedError, match=r"While jit records.*Python ints.*outside"):
        ad.jit(call)(X, np.array([1]))


@pytest.mark.parametrize("function", [np.linalg.det, np.sum, lambda m: np.sqrt(m).sum()])
def test_what_is_written_into_integers_or_bools_has_no_slope(function):
    def written(x):
        numbers = ad.tensor(np.eye(2)) > 0
        numbers[0] = x
        return function(numbers) * x[0]

    plain = np.array([[True, True], [False, True]])
    assert_array_equal(ad.grad(written)(np.array([2.0, 3.0])), [function(plain), 0])


class Positions:
    """An array of another library."""

    def __array__(self, dtype=None, copy=None):
        return np.array([2, 0, 2])


SEQUENCES = {
    "an array of another library": Positions(), "tuple in a tuple": ((2, 0, 2),),
    "two tuples": ((2, 0, 2), (1, 1, 1)), "beside a slice": (slice(1, None), Positions()),
    "range": range(2), "deque": deque([2, 0, 2]), "array": array("l", [2, 0, 2]),
    "memory": memoryview(np.array([2, 0, 2])), "of columns": ((), 1), "none": ((),),
}  # fmt: skip


@pytest.mark.parametrize("kind", SEQUENCES)
def test_any_sequence_in_an_index_is_an_array_of_positions(kind):
    index, square = SEQUENCES[kind], np.arange(9.0).reshape(3, 3)
    weights = np.arange(1.0, square[index].size + 1).reshape(square[index].shape)
    expected = np.zeros((3, 3))
    np.add.at(expected, index if isinstance(index, tuple) else np.asarray(index), weights)
    slope = ad.grad(lambda x: (x[index] * weights).sum())
    assert_array_equal(slope(square), expected)  # a repeated position counts each time
    assert_array_equal(ad.jit(slope)(square), expected)

    def overwritten(x):
        x = x * 1
        x[index] = 7.0
        return x.sum()

    assert_array_equal(ad.grad(overwritten)(square), expected == 0)


@pytest.mark.parametrize("index", ["a", 1.0, {0}, {0: 1}.keys(), np.array([0.0])])
def test_other_indices_are_refused_as_by_numpy(index):
    with pytest.raises(IndexError):
        X[index]
    with pytest.raises(IndexError):
        ad.tensor(X)[index]


def test_a_list_in_an_index_is_a_mask_or_positions_as_in_numpy():
    x = np.arange(6.0).reshape(3, 2)
    t = ad.tensor(x)
    for rows in ([True, False, True], [1, 0], [[0], [2]], []):
        assert np.array_equal(t[rows, 0].numpy(), x[rows, 0])
    with pytest.raises(IndexError):
        t[[0.0, 1.0], 0]


@pytest.mark.parametrize("count", [1, 7, 100])
def test_equal_entries_have_their_slopes_in_order(count):
    x, weights = np.tile([1.0, 0.0, 2.0], count), np.arange(3.0 * count)
    slope = ad.grad(lambda x: (np.sort(x) * weights).sum())(x)
    np.testing.assert_array_equal(slope[np.argsort(x, kind="stable")], weights)


@pytest.mark.parametrize("mode", ["wrap", "clip"])
@pytest.mark.parametrize(
    "positions",
    [
        np.array([4, -2], np.int8),
        np.array([2**64 - 2, 1], np.uint64),
        np.array(2**64 - 2, np.uint64),
        np.uint64(2**64 - 2),
        [1, 200],
    ],
)
def test_positions_of_any_width_are_moved_into_the_range(positions, mode):
    x = np.arange(130.0)
    try:
        expected = np.take(x, positions, mode=mode)
    except TypeError:
        pytest.skip("older versions of NumPy refuse arrays of uint64")
    for f in (lambda x: np.take(x, positions, mode=mode), lambda x: x.take(positions, mode=mode)):
        np.testing.assert_array_equal(ad.vjp(f, x)[0], expected)
        np.testing.assert_array_equal(ad.jit(f)(x), expected)


def test_a_number_beyond_int64_is_a_position_from_the_end():
    def f(x):
        np.put(x, np.uint64(2**64 - 2), 5.0)
        return x, np.take(x, np.uint64(2**64 - 2)), x.take(np.uint64(2**64 - 4))

    for found, expected in zip(ad.vjp(f, np.arange(4.0))[0], f(np.arange(4.0)), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("k", [1.7, np.float32(2), -1.2, True, np.uint64(3)])
@pytest.mark.parametrize("positions", [lambda k: k, lambda k: [k, 2.9], lambda k: ((k,), [k])])
@pytest.mark.parametrize("function", [np.take, np.put])
def test_a_number_is_truncated_to_a_position_also_where_it_is_traced(function, positions, k):
    def edited(x, k):
        x = x * 1
        return (
            np.take(x, positions(k)) if function is np.take else (np.put(x, positions(k), 5), x)[1]
        )

    x = np.arange(4.0)
    expected = edited(x, k)
    np.testing.assert_array_equal(ad.jit(edited)(x, k), expected)
    np.testing.assert_array_equal(ad.vjp(edited, x, k)[0], expected)


@pytest.mark.parametrize("function", [np.take, lambda x, k: np.put(x, k, 5.0)])
def test_an_array_of_positions_has_integers(function):
    with pytest.raises(TypeError, match=r"expected positions that are integers, got float64.*\.py"):
        ad.jit(function)(np.arange(4.0), np.array([1.0]))


@pytest.mark.parametrize("positions", [np.array([1], np.uint64), np.array(1, np.uint64)])
def test_an_array_of_uint64_is_no_position_of_put(positions):
    functions = [ad.jit(lambda x: np.put(x, positions, 5.0))]
    if positions.ndim:  # a traced 0-d value counts as a number
        functions.append(lambda x: ad.jit(np.put)(x, positions, 5.0))
    for f in functions:
        with pytest.raises(TypeError, match="expected positions that int64 can hold"):
            f(np.arange(4.0))


@pytest.mark.parametrize("positions", [[True, False, True], [1.0, 0.0, 2.0], []])
@pytest.mark.parametrize("axis", [0, None])
def test_positions_along_an_axis_are_integers(positions, axis):
    x, positions = np.arange(3.0), np.array(positions)
    for f in (
        lambda x, k: np.take_along_axis(x, k, axis),
        lambda x, k: np.put_along_axis(x, k, 5.0, axis),
    ):
        with pytest.raises(IndexError, match="must be an integer array"):
            f(x, positions)
        for run in (lambda x, f=f: f(x, positions), lambda x, f=f: f(x, ad.tensor(positions) > 0)):
            with pytest.raises(IndexError, match=r"needs integers as positions, .*test_index\.py"):
                run(ad.tensor(x))
            with pytest.raises(IndexError, match="needs integers as positions"):
                ad.jit(run)(x)

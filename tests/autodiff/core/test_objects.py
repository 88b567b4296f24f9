"""Arrays of objects, which ``np.asarray(t)`` returns."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad

WEIGHTS = np.arange(1.0, 7.0)


def test_the_entries_keep_their_places_in_memory():
    rows = np.arange(6.0).reshape(2, 3)
    columns = np.asfortranarray(rows)

    def weighed(x):
        return ((np.asarray(x) + 0).ravel("K") * WEIGHTS).sum()

    np.testing.assert_array_equal(ad.grad(weighed)(rows), [[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(ad.grad(weighed)(columns), [[1, 3, 5], [2, 4, 6]])


@pytest.mark.parametrize("convert", [np.asarray, np.array, np.asanyarray, np.ascontiguousarray])
@pytest.mark.parametrize("transform", [lambda f: f, lambda f: lambda x: ad.vjp(f, x)[0], ad.jit])
@given(
    axes=st.permutations(range(3)),
    order=st.sampled_from("CFAK"),
    steps=st.tuples(*[st.sampled_from([1, 2])] * 3),
    is_edited=st.booleans(),
)
def test_what_is_computed_has_the_layout_of_numpy(
    convert, transform, axes, order, steps, is_edited
):
    whole = np.arange(48.0).reshape(2, 4, 6).transpose(axes)
    x = whole[tuple(slice(None, None, step) for step in steps)]

    def f(x):
        z = convert(x) * 2
        if is_edited:
            z.T.ravel(order)[:1] = 100
            z[0] -= 1
        return z.ravel(order), (x + (z + 1)).ravel("K")

    for found, expected in zip(transform(f)(x), f(x), strict=True):
        np.testing.assert_array_equal(found, expected)


def filled(objects, x):
    """Return an array of objects with a product in each entry of its first column."""
    for row, entries in zip(objects, x, strict=True):
        row[0] = 3 * entries[1]
    objects[:, 1:] = x[:, 1:]
    return objects


def test_a_row_is_assigned_with_axes_of_one_entry():
    def rows(x):
        z = np.full((2, 3), x[:1])
        z[1] = 2 * x[:1]
        return z

    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(ad.vjp(rows, x)[0], rows(x))
    np.testing.assert_array_equal(ad.jit(rows)(x), rows(x))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x.astype(object) ** 2,
        lambda x: x.astype("O", "F").ravel("K"),
        lambda x: np.astype(x, object)[0] * x,
        lambda x: x[0, 0].astype(object) * x,
        lambda x: np.stack([x, 2 * x], dtype=object),
        lambda x: np.concatenate([x, [[1, 2, 3]]], dtype=object),
        lambda x: np.full_like(x, x[0, 1], dtype=object) * x,
        lambda x: np.array(x, dtype=object) * 2,
        lambda x: filled(np.empty_like(x, dtype=object), x),
        lambda x: filled(np.zeros_like(x, "O", "F"), x) * 2,
        lambda x: filled(np.ones_like(x, object, shape=(1, 2)), x[1:, :2]),
        lambda x: filled(np.full_like(x, 3, dtype=object), x),
        lambda x: np.insert(np.ones(3, object), 1, x[0]) + np.ones(6),
    ],
)
def test_objects_keep_their_slopes(f):
    x = np.arange(1.0, 7.0).reshape(2, 3)
    expected = f(x).astype(float)
    np.testing.assert_array_equal(ad.jit(f)(x), expected)
    np.testing.assert_array_equal(ad.vjp(f, x)[0], expected)
    weights = np.random.default_rng(0).normal(size=expected.shape)
    ad.check_grads(lambda x: (f(x) * weights).sum(), x)
    slope = ad.grad(lambda x: (f(x) * weights).sum())
    np.testing.assert_allclose(ad.jit(slope)(x), slope(x))


@pytest.mark.parametrize(
    "convert",
    [
        lambda t: np.asarray(t, dtype=float),
        lambda t: np.array(t, "f4"),
        lambda t: np.float32(t),
        lambda t: np.zeros((2, 3)).__setitem__(slice(None), t),
    ],
)
def test_floats_as_plain_numbers_would_lose_their_slopes(convert):
    for transform in (ad.grad, ad.jit):
        with pytest.raises(
            TypeError, match=r"float(32|64), .* lose its slope, .*t\.astype\('float"
        ):
            transform(convert)(np.ones((2, 3)))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[np.asarray(np.argsort(-x), dtype=int)],
        lambda x: x * np.array(x > 2, dtype=float),
        lambda x: x * np.int64(np.argmax(x)),
        lambda x: x * np.bool_(x > 2),
        lambda x: x[np.array(np.argsort(x)[::-1], "i2")],
    ],
)
def test_whole_numbers_and_masks_become_plain_arrays(f):
    x = np.array([1.5, 3.0, 2.5])
    np.testing.assert_array_equal(ad.vjp(f, x)[0], f(x))
    with pytest.raises(ad.RecordingError, match="conversion to a plain array"):
        ad.jit(f)(x)


def test_the_plain_array_has_the_requested_dtype():
    found = []
    ad.grad(lambda x: (found.append(np.array(x > 1, "f4")), x.sum())[1])(np.arange(3.0))
    assert found[0].dtype == np.float32
    found[0][:] = 5  # a copy, as any conversion is


def test_an_array_of_a_traced_value_is_a_copy():
    with pytest.raises(ValueError, match="Leave copy out"):
        ad.grad(lambda x: np.array(x, copy=False).sum())(np.ones(3))
    with pytest.raises(ValueError, match="Leave copy out"):
        ad.grad(lambda x: np.asarray(x > 0, bool, copy=False) @ x)(np.ones(3))


@pytest.mark.parametrize(
    "f",
    [
        lambda o, a: o * a,
        lambda o, a: np.maximum(o, a) * 5,
        lambda o, a: np.where(a > 5, o, a) * 5,
        lambda o, a: np.concatenate([o, a]) * 5,
        lambda o, a: np.append(o, a) * 5,
        lambda o, a: np.insert(o, 1, a) * 5,
        lambda o, a: np.stack([o, a]) * 5,
        lambda o, a: np.dot(o, a),
    ],
)
def test_integers_as_objects_count_as_floats_which_do_not_overflow(f):
    o, a = np.array([2**62, 1], object), np.array([5, 6])
    found = ad.jit(lambda a: f(o, a))(a)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, np.asarray(f(o, a), float))
    np.testing.assert_array_equal(ad.vjp(lambda a: f(o, a), a)[0], found)
    np.testing.assert_array_equal(ad.jit(f)(o, a), found, strict=True)


def test_objects_among_the_arguments_count_as_floats():
    numbers = np.arange(1, 26).astype(object)
    np.testing.assert_allclose(ad.jit(np.multiply.reduce)(numbers), float(np.prod(numbers)))
    bools = np.array([True, False], object)
    np.testing.assert_array_equal(ad.jit(lambda o: o + o)(bools), [2.0, 0.0], strict=True)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x.astype([("a", float)])["a"],
        lambda x: x.astype([]),
        lambda x: np.zeros_like(x, dtype=[("a", float)])["a"],
        lambda x: np.full_like(x, x[0], dtype="V8"),
        lambda x: np.stack([x, x], dtype="V8", casting="unsafe"),
    ],
)
def test_fields_and_raw_bytes_would_lose_the_slopes(f):
    for transform in (ad.grad, ad.jit):
        with pytest.raises(TypeError, match=r"dtype of numbers .*test_objects\.py.*array for each"):
            transform(f)(np.ones(3))


SERIES = np.polynomial.legendre


@pytest.mark.parametrize("coefficients", [[1.0, 2.0, 0.0], [1.0, 0.0, 2.0], [1.0, 0.5, 2.0]])
def test_a_coefficient_that_numpy_drops_would_lose_slopes(coefficients):
    # The last one of the series itself; of a series on the way that is 0; of one that cancels.
    for transform in (ad.grad, lambda f: lambda c: ad.jvp(f, (c,), (c,))):
        with pytest.raises(NotImplementedError, match=r"drop .* test_objects\.py:.*np\.convolve"):
            transform(lambda c: SERIES.legmul(c, [1, 2, 3]).sum())(np.array(coefficients))


def test_series_from_which_numpy_drops_nothing_have_slopes():
    for c in ([0.5, 0.25, 2.0], [0.5, 0.25, 0.125]):
        ad.check_grads(lambda c: np.stack(list(SERIES.legmul(c, [1, 2, 3]))), np.array(c))
    even = np.array([1.0, 0.0, 2.0])
    ad.check_grads(lambda c: np.stack(list(SERIES.leg2poly(c))), even)
    ad.check_grads(lambda c: SERIES.legval(0.3, c), even)


def from_tensordot(x):
    return np.tensordot(x, x, 1)


def from_squeeze(x):
    return np.squeeze(np.sum(x, keepdims=True))


def from_reshape(x):
    return x[:1].reshape(())


def from_index(x):
    return x[0, ...]


OF_NO_AXES = pytest.mark.parametrize(
    "make", [from_tensordot, from_squeeze, from_reshape, from_index]
)


@OF_NO_AXES
@pytest.mark.parametrize(
    "gather", [lambda s: np.r_[s, 2.0], lambda s: np.full(2, s), lambda s: np.tile(s, 2)]
)
@pytest.mark.parametrize("update", [operator.iadd, operator.imul])
def test_an_edit_of_an_entry_leaves_the_0d_array_that_it_came_from(make, gather, update):
    def f(x):
        number = make(x)
        entries = gather(number)
        entries[0] = update(entries[0], 3.0)
        return 1.0 * entries[0] + 10.0 * entries[1] + 100.0 * number + x[0]

    x = np.array([3.0, 1.0, 2.0])
    expected = f(x)
    for found in (ad.jit(f)(x), ad.vjp(f, x)[0]):
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(x, [3, 1, 2])


@OF_NO_AXES
@pytest.mark.parametrize("transform", [ad.jit, lambda f: lambda x: ad.vjp(f, x)])
def test_a_0d_array_that_numpy_keeps_as_an_entry_is_not_edited(make, transform):
    def edited_as_entry(x):
        entries = np.array([make(x), 1.0])
        entries[0] += 1
        return entries.sum()

    def edited_itself(x):
        number = make(x)
        entries = np.array([number, number])
        number += 1
        return entries.sum()

    for f in (edited_as_entry, edited_itself):
        with pytest.raises(NotImplementedError, match=r"has taken at test_objects.py:\d+ is edit"):
            transform(f)(np.ones(3))


def test_a_0d_view_that_numpy_keeps_as_an_entry_is_not_edited_through_its_base():
    def f(x):
        x = x * 1
        entries = np.array([np.squeeze(x), 1.0])
        x[0] = 9.0
        return entries.sum()

    with pytest.raises(NotImplementedError, match="has taken at"):
        ad.jit(f)(np.ones(1))


def test_a_0d_argument_that_numpy_keeps_as_an_entry_is_not_edited():
    def f(x):
        entries = np.array([x, x])
        x += 1
        return entries.sum()

    with pytest.raises(NotImplementedError, match="has taken at"):
        ad.jit(f)(np.array(3.0))

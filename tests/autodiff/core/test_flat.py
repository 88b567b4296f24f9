"""Writes through ``flat``."""

import operator

import numpy as np
import pytest

import autodiff as ad

FLAT_WRITES = {
    "shorter": (slice(None), [1.0, 2.0]),
    "longer": (slice(3), np.arange(7.0, 12.0)),
    "of another shape": (slice(None), np.arange(6.0).reshape(3, 2, 1)),
    "positions": ([0, 1, 5], [8.0, 9.0]),
    "mask": (np.arange(6) > 2, [8.0, 9.0]),
    "nothing": (slice(3), []),
    "one number": (4, 7.0),
    "many of one": (slice(None, None, 2), 7.0),
}


@pytest.mark.parametrize(("index", "value"), FLAT_WRITES.values(), ids=FLAT_WRITES)
def test_a_write_to_flat_repeats_what_is_shorter(index, value):
    plain = np.arange(6.0).reshape(2, 3)
    ours = ad.tensor(plain)
    plain.flat[index] = value
    ours.flat[index] = value if np.ndim(value) == 0 else ad.tensor(np.array(value))
    np.testing.assert_array_equal(ours.numpy(), plain)


def test_one_entry_of_flat_takes_one_number():
    with pytest.raises(ValueError, match=r"single number.*test_flat\.py:\d+"):
        ad.tensor(np.ones((2, 3))).flat[0] = [1.0]


def test_nothing_is_written_to_a_flat_without_entries():
    x = ad.tensor(np.ones((0, 2)))
    x.flat[[0, -1]] = []
    assert x.shape == (0, 2)


def test_flat_is_not_assigned_from_its_own_entries():
    x = ad.tensor(np.arange(4.0))
    for value in (x, x[::-1], x.flat):
        with pytest.raises(ValueError, match=r"from what it edits \(at test_flat\.py:\d+\)"):
            x.flat[:] = value
    with pytest.raises(ValueError, match=r"from what it edits \(at test_flat\.py:\d+\)"):
        x.flat = x[1:]
    matrix = ad.tensor(np.ones((2, 2)))
    with pytest.raises(ValueError, match="from what it edits"):
        np.fill_diagonal(matrix, matrix[::-1])
    x.flat[:] = x[::-1].copy()
    np.testing.assert_array_equal(x.numpy(), [3, 2, 1, 0])


def test_a_single_number_has_no_flat_to_write_to():
    with pytest.raises(TypeError, match=r"single number.*test_flat\.py:\d+"):
        ad.tensor(1.0).flat[0] = 2.0


def pairs(x):
    return [a * b for a, b in zip(*[x.flat] * 2, strict=True)]


def header_and_rest(x):
    entries = x.flat
    header, place = next(entries), (entries.index, *entries.coords)
    return [header, *place, *entries, *entries, entries.index, *entries.coords]


def indexed_on_the_way(x):
    entries = x.flat
    next(entries), next(entries)
    second, index = entries[1], entries.index  # an index in brackets begins anew
    first = next(entries)
    return [second, index, first, np.sum(entries), *np.asarray(entries), sum(entries)]


def edited_on_the_way(x):
    entries = x.flat
    next(entries), next(entries)
    entries[3] = x[0, 0] * 10
    found = [entries.index, next(entries)]
    for entry in entries:
        x[-1, -1] += entry
    return [*found, x[-1, -1] * 1, iter(entries) is entries, len(entries)]


def searched(x):
    entries = x.flat
    found = [x[0, 1] in entries, entries.index, next(entries)]  # the entry after that one
    return [*found, -1.0 in entries, entries.index, sum(entries)]


def test_a_search_goes_past_the_entry_that_it_finds():
    x = np.arange(1.0, 7.0).reshape(2, 3)
    assert searched(x) == [True, 2, 3.0, False, 6, 0]
    for found, expected in zip(searched(ad.tensor(x)), searched(x), strict=True):
        assert found == expected
    np.testing.assert_array_equal(ad.grad(lambda x: searched(x)[2] * 2)(x), [[0, 0, 2], [0, 0, 0]])


@pytest.mark.parametrize("f", [pairs, header_and_rest, indexed_on_the_way, edited_on_the_way])
def test_an_iteration_goes_on_where_it_is(f):
    x = np.arange(1.0, 7.0).reshape(2, 3)
    expected = f(x.copy())
    np.testing.assert_array_equal(ad.vjp(f, x)[0], expected)
    np.testing.assert_array_equal(ad.jit(f)(x.copy()), expected)
    ad.check_grads(lambda x: sum(f(x * 1)), x)


def test_the_only_entry_of_a_number_is_next():
    entries = ad.tensor(3.0).flat
    assert entries.coords == np.array(3.0).flat.coords == ()
    assert ad.grad(lambda x: next(x.flat) ** 2)(3.0) == 6


@pytest.mark.parametrize("update", [operator.iadd, operator.isub, operator.imul, operator.itruediv])
def test_an_in_place_operator_of_an_iterator_makes_a_new_array(update):
    def f(x):
        entries = x.flat
        entries = update(entries, x[0])
        return np.sum(x * entries), x * 1

    x = np.array([3.0, 1.0, 2.0])
    expected = f(x)
    for found in (ad.jit(f)(x), ad.vjp(f, x)[0]):
        for part, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(part, other)
    ad.check_grads(lambda x: f(x)[0], x)
    np.testing.assert_array_equal(x, [3, 1, 2])


VIEWS_OF_ENTRIES = {
    "split": lambda entries: np.split(entries, [1])[0],
    "array_split": lambda entries: np.array_split(entries, 2)[1],
    "flip": lambda entries: np.flip(entries)[:2],
    "flipud": lambda entries: np.flipud(entries)[:2],
    "reshape": lambda entries: np.reshape(entries, (3, 2))[0],
    "ravel": lambda entries: np.ravel(entries)[:2],
    "real_if_close": np.real_if_close,
    **{name: getattr(np, name) for name in ("squeeze", "atleast_1d", "real", "transpose")},
    "expand_dims": lambda entries: np.expand_dims(entries, 0),
    "moveaxis": lambda entries: np.moveaxis(entries, 0, 0),
    "by name": lambda entries: np.ravel(a=entries),
}


@pytest.mark.parametrize("part", VIEWS_OF_ENTRIES.values(), ids=VIEWS_OF_ENTRIES)
def test_numpys_functions_return_views_of_an_iterator(part):
    def f(x):
        entries = part(x.flat)
        entries *= 2
        entries[...] += 2 * x[0, 1]
        return x * 1

    x = np.arange(6.0).reshape(2, 3)
    expected = f(x.copy())
    assert not np.array_equal(expected, x)
    np.testing.assert_array_equal(ad.jit(f)(x.copy()), expected)
    np.testing.assert_array_equal(ad.vjp(f, x.copy())[0], expected)
    ad.check_grads(lambda x: f(x * 1), x)

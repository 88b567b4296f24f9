"""Never silently constant: lists and arrays of traced values stay traced, or are refused.

Every way in which a Tensor might turn into a plain number or array is tried: the slope is either
the measured one, or there is an error.
"""

import array
import ctypes
import decimal
import json
import math
import operator
import pickle
import random
import re
import statistics
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

import autodiff as ad
from autodiff.core.lift import as_operand

X = np.array([0.3, -0.7, 1.1])

STAYS_TRACED = {
    "array of two": lambda t: (np.array([t[0], t[1]]) * [2.0, 3.0]).sum(),
    "array with a number": lambda t: (np.array([t[0], 1.0]) * np.array([2, 3])).sum(),
    "array with an int": lambda t: (np.array([2.0, 3.0]) * np.array([t[0], 1])).sum(),
    "array of rows": lambda t: (np.array([t, t * t]) * np.arange(6.0).reshape(2, 3)).sum(),
    "array of row and list": lambda t: (np.array([t, [1.0, 2, 3]]) * np.ones((2, 3))).sum(),
    "array of row and array": lambda t: (np.array([t, np.ones(3)]) * np.ones((2, 3))).sum(),
    "nested lists": lambda t: (np.array([[t[0], t[1]], [1.0, t[2]]]) @ np.array([1.0, 2.0])).sum(),
    "tuple": lambda t: (np.array((t[0], t[2])) ** 2).sum(),
    "np.array of one": lambda t: (np.array(t) ** 2).sum(),
    "np.asarray of one": lambda t: (np.asarray(t) * 2).sum(),
    "np.asarray of a number": lambda t: np.asarray(t[0]) * 2,
    "np.asarray as object": lambda t: (np.asarray(t, dtype=object) * t).sum(),
    "0-d array": lambda t: np.array(t[0])[()] * 2,
    "item of array": lambda t: np.array([t[0], t[1]]).item(0) * 2,
    "tolist of array": lambda t: sum(np.array([t[0], t[1] * 2]).tolist()),
    "sum": lambda t: np.array([t[0], t[1] * 2]).sum(),
    "mean": lambda t: np.array([t[0], t[1] * 2]).mean(),
    "var": lambda t: np.array([t[0], t[1] * 2]).var(),
    "var with ddof": lambda t: np.array([t[0], t[1] * 2]).var(ddof=1),
    "std": lambda t: np.array([t[0], t[1] * 2]).std(),
    "max": lambda t: np.array([t[0], t[1] * 2]).max() * 3,
    "min": lambda t: np.array([t[0], t[1] * 2]).min() * 3,
    "prod": lambda t: np.array([t[0], t[1] * 2]).prod(),
    "cumsum": lambda t: np.array([t[0], t[1] * 2]).cumsum()[1],
    "dot": lambda t: np.array([t[0], t[1] * 2]).dot(np.array([1.0, 2.0])),
    "dot of plain": lambda t: np.array([1.0, 2.0]).dot(np.array([t[0], t[1]])),
    "matmul": lambda t: np.array([t[0], t[1] * 2]) @ np.array([1.0, 2.0]),
    "matmul of plain": lambda t: (np.array([[1.0, 2], [3, 4]]) @ np.array([t[0], t[1]])).sum(),
    "matmul with traced": lambda t: np.array([t[0], t[1] * 2]) @ t[:2],
    "traced matmul": lambda t: t[:2] @ np.array([t[0], t[1] * 2]),
    "times traced": lambda t: (np.array([t[0], t[1] * 2]) * t[:2]).sum(),
    "clip": lambda t: np.array([t[0], t[1] * 2]).clip(-1, 1).sum(),
    "sort": lambda t: np.sort(np.array([t[0], t[1] * 2]))[0],
    "transposed": lambda t: np.array([[t[0], t[1] * 2]]).T.reshape(2)[1],
    "np.sum of list": lambda t: np.sum([t[0], t[1] * 2]),
    "np.mean of list": lambda t: np.mean([t[0], t[1] * 2]),
    "np.std of list": lambda t: np.std([t[0], t[1] * 2]),
    "np.max of list": lambda t: np.max([t[0], t[1] * 2]) * 3,
    "np.dot of list": lambda t: np.dot([t[0], t[1] * 2], [1.0, 2.0]),
    "np.mean of rows": lambda t: np.mean([t, t * t], axis=0) @ np.array([1.0, 2.0, 3.0]),
    "np.where": lambda t: np.where([True, False], np.array([t[0], t[1]]), 0.0).sum(),
    "np.maximum": lambda t: np.maximum(0, np.array([t[0], t[1]])).sum(),
    "np.abs": lambda t: np.abs(np.array([t[0], t[1]])).sum(),
    "np.exp": lambda t: np.exp(np.array([t[0], t[1]])).sum(),
    "np.hypot": lambda t: np.hypot(np.array([t[0], t[1]]), 2.0).sum(),
    "np.fmod": lambda t: np.fmod(np.array([t[0], t[1]]), 0.73).sum(),
    "np.arctan2": lambda t: np.arctan2(np.array([t[0], t[1]]), np.array([t[1], t[0]])[::-1]).sum(),
    "np.sqrt": lambda t: np.sqrt(np.array([t[0], t[2]])).sum(),
    "np.tanh": lambda t: np.tanh([t[0], t[2]]).sum(),
    "np.power": lambda t: np.power(np.array([t[0], t[2]]), 3).sum(),
    "np.concatenate": lambda t: (np.concatenate([np.array([t[0]]), t, [1.0]]) ** 2).sum(),
    "np.stack": lambda t: (np.stack([np.array([t[0], t[2]]), np.ones(2)]) ** 2).sum(),
    "np.hstack of numbers": lambda t: (np.hstack([t[0], t[1]]) ** 2).sum(),
    "np.vstack": lambda t: (np.vstack([t, [1, 2, 3]]) ** 2).sum(),
    "np.outer": lambda t: np.outer(np.array([t[0], t[1]]), [1.0, 2.0]).sum(),
    "np.add.reduce": lambda t: np.add.reduce([t[0], t[1]]),
    "np.vectorize": lambda t: np.vectorize(lambda v: v * v)(t).sum(),
    "sum()": lambda t: sum(t * t),
    "min()": lambda t: min(t) * 2,
    "max()": lambda t: max(t) * 2,
    "max(0, x)": lambda t: max(0, t[0]) + max(0, t[1]),
    "sorted()": lambda t: sum(i * v for i, v in enumerate(sorted(t))),
    "abs()": lambda t: abs(t[1]),
    "pow()": lambda t: pow(t[0], 3) + pow(2, t[0]),
    "divmod()": lambda t: sum(divmod(t[2], 0.4)) + sum(divmod(2.3, t[2])),
    "round()": lambda t: round(t[0], 2) * t[1],
    "math.floor": lambda t: math.floor(t[2]) * t[1] + math.ceil(t[0]) * t[2],
    "math.prod": lambda t: math.prod(t),
    "random.choice": lambda t: random.Random(0).choice(t) * 2,
    "f-string": lambda t: t[0] * len(f"{t[0]:.3f}"),
    "NumPy scalar": lambda t: np.float64(2) * t[0] + t[1] / np.float32(2),
    "0-d constant": lambda t: (np.array(2.0) * t).sum(),
    "list operand": lambda t: ([1, 2, 3] * t + [0.0, t[0], t[1]]).sum(),
    "np.maximum.reduce": lambda t: np.maximum.reduce(t) * 2,
    "np.add.accumulate": lambda t: np.add.accumulate(t) @ np.array([1.0, 2.0, 3.0]),
    "boolean sum": lambda t: (t > 0).sum() * t[0],
    "condition": lambda t: t[0] * 2 if t[0] > 0 else t[1],
    "indexed by argmax": lambda t: t[np.argmax(t)] ** 2,
    "masked": lambda t: (t[t > 0] ** 2).sum(),
}


def measured(f, x):
    slope = np.zeros_like(x)
    for i in range(x.size):
        nudge = np.zeros_like(x)
        nudge[i] = 1e-6
        slope[i] = (f(x + nudge) - f(x - nudge)) / 2e-6
    return slope


@pytest.mark.parametrize("way", list(STAYS_TRACED))
def test_a_lifted_value_stays_traced_and_has_the_measured_slope(way):
    f = STAYS_TRACED[way]
    value, slope = ad.value_and_grad(f)(X)
    assert_allclose(value, f(X))
    assert_allclose(slope, measured(f, X), atol=1e-6)


def _with(target, edit):
    edit(target)
    return target.sum()


def _added(target, value):
    target += value
    return target.sum()


REFUSED = {
    "float()": lambda t: float(t[0]),
    "int()": lambda t: int(t[0]),
    "complex()": lambda t: complex(t[0]).real,
    "operator.index": lambda t: operator.index(t[0]),
    "range": lambda t: sum(range(t[0])),
    "list index": lambda t: [1.0, 2.0][t[0]],
    "slice": lambda t: np.arange(3.0)[: t[0]].sum(),
    "array index": lambda t: np.arange(3.0)[t[0]],
    "math.sqrt": lambda t: math.sqrt(t[0]),
    "math.exp": lambda t: math.exp(t[1]),
    "math.fsum": lambda t: math.fsum(t),
    "math.hypot": lambda t: math.hypot(t[0], t[1]),
    "math.dist": lambda t: math.dist(t, [1, 2, 3]),
    "statistics.mean": lambda t: statistics.mean(t),
    "np.float64()": lambda t: np.float64(t[0]),
    "np.float64() of many": lambda t: np.float64(t).sum(),
    "np.float32()": lambda t: np.float32(t[0]),
    "np.int64()": lambda t: np.int64(t[0]),
    "np.complex128()": lambda t: np.complex128(t[0]).real,
    "np.longdouble()": lambda t: np.longdouble(t[0]),
    "np.array as float": lambda t: np.array(t, dtype=float).sum(),
    "np.asarray as float": lambda t: np.asarray(t, dtype=float).sum(),
    "list as float": lambda t: np.array([t[0], 1.0], dtype=float).sum(),
    "astype of array": lambda t: np.array([t[0], t[1]]).astype(float).sum(),
    "np.full as float": lambda t: np.full(3, t[0], dtype=float).sum(),
    "np.fromiter": lambda t: np.fromiter(t, float).sum(),
    "entry": lambda t: _with(np.zeros(3), lambda a: operator.setitem(a, 0, t[0])),
    "row": lambda t: _with(np.zeros((3, 3)), lambda a: operator.setitem(a, 0, t)),
    "all entries": lambda t: _with(np.zeros(3), lambda a: operator.setitem(a, ..., t)),
    "entries from list": lambda t: _with(
        np.zeros(2), lambda a: operator.setitem(a, ..., [t[0], t[1]])
    ),
    "masked entries": lambda t: _with(np.zeros(3), lambda a: operator.setitem(a, a == 0, t)),
    "flat entry": lambda t: _with(np.zeros(3), lambda a: operator.setitem(a.flat, 0, t[0])),
    "fill": lambda t: _with(np.zeros(3), lambda a: a.fill(t[0])),
    "put": lambda t: _with(np.zeros(3), lambda a: a.put([0], t[0])),
    "np.put": lambda t: _with(np.zeros(3), lambda a: np.put(a, [0], t[0])),
    "np.copyto": lambda t: _with(np.zeros(3), lambda a: np.copyto(a, t)),
    "np.place": lambda t: _with(np.zeros(3), lambda a: np.place(a, a == 0, t)),
    "np.putmask": lambda t: _with(np.zeros(3), lambda a: np.putmask(a, a == 0, t)),
    "np.fill_diagonal": lambda t: _with(np.zeros((3, 3)), lambda a: np.fill_diagonal(a, t[0])),
    "np.add.at": lambda t: _with(np.zeros(3), lambda a: np.add.at(a, [0, 0, 1], t)),
    "in-place sum": lambda t: _added(np.ones(3), t),
    "in-place sum of one": lambda t: _added(np.ones(1), t[:1]),
    "out=": lambda t: np.add(1.0, t, out=np.zeros(3)).sum(),
    "out= of sum": lambda t: np.sum(t, out=np.zeros(())),
    "out= of dot": lambda t: np.dot(t, t, out=np.zeros(())),
    "out= of concatenate": lambda t: np.concatenate([t, t], out=np.zeros(6)).sum(),
    "where=": lambda t: np.add(t, 1, where=np.array([True, False, True])).sum(),
    "traced initial=": lambda t: np.sum(np.ones(3), initial=t[0]),
    "dtype=": lambda t: np.sum(t, dtype=int),
    "casting=": lambda t: np.add(t, 1, casting="unsafe").sum(),
    "uniform": lambda t: np.random.default_rng(0).uniform(0, t[0]),
    "normal": lambda t: np.random.default_rng(0).normal(t, 1).sum(),
    "random.uniform": lambda t: float(random.Random(0).uniform(0, t[0])),
    "np.arange": lambda t: np.arange(t[2]).sum(),
    "np.zeros": lambda t: np.zeros(t[0]).sum(),
    "np.vectorize as float": lambda t: np.vectorize(lambda v: v, otypes=[float])(t).sum(),
    "memoryview": lambda t: sum(memoryview(t)),
    "np.frombuffer": lambda t: np.frombuffer(t).sum(),
    "struct": lambda t: struct.unpack("d", struct.pack("d", t[0]))[0],
    "array module": lambda t: sum(array.array("d", t)),
    "ctypes": lambda t: ctypes.c_double(t[0]).value,
    "decimal": lambda t: float(decimal.Decimal(t[0])),
    "json": lambda t: json.loads(json.dumps(t[0])),
    "pickle": lambda t: pickle.loads(pickle.dumps(t)).sum(),
    "hash": lambda t: {t[0]: 1},
    "percent": lambda t: t[0] * len("%.3f" % t[0]),  # noqa: UP031 - the old form is the point
    "np.isnan of array": lambda t: np.isnan(np.array([t[0], t[1]])).sum(),
    "np.linalg.det of array": lambda t: np.linalg.det(np.array([[t[0], 1.0], [1.0, t[2]]])),
    "np.fft.fft of array": lambda t: np.fft.fft(np.array([t[0], 1.0])).real.sum(),
    "np.exp of mixed": lambda t: np.exp(np.array([t[0], 1.0])).sum(),
    "text": lambda t: (t * "a").sum(),
    "dict": lambda t: (t * {}).sum(),
    "array of text": lambda t: (t * np.array(["a", "b", "c"])).sum(),
}


@pytest.mark.parametrize("way", list(REFUSED))
def test_what_would_lose_the_slope_is_refused(way):
    with pytest.raises((TypeError, ValueError, IndexError, NotImplementedError, struct.error)):
        ad.grad(REFUSED[way])(X)


def test_entries_in_order_are_the_tensor_again():
    t = ad.tensor(X)
    assert (np.asarray(t) * 1.0 + t * 0).shape == (3,)
    again = ad.tensor(np.array([list(t), list(t)]))
    (again * np.array([[1.0, 2, 3], [10, 20, 30]])).sum().backward()
    assert_allclose(t.grad, [11, 22, 33])


@given(
    st.lists(st.sampled_from([[0], [1], [True], [0, 1], [1, 1], [[0, 1]], [[1]]]), min_size=2),
    st.booleans(),
)
def test_a_list_of_rows_is_the_array_of_them(indices, as_arrays):
    """Also rows at positions that equal their place in the list, as array([1]) equals 1."""

    def rows(x):
        chosen = [x[np.array(i) if as_arrays else (i,)] for i in indices]
        return np.array(chosen) * 1.0

    x = np.array([3.0, 5.0])
    try:
        expected = rows(x)
    except (ValueError, IndexError):  # of different shapes
        return
    np.testing.assert_array_equal(ad.vjp(lambda x: x[0] * 0 + rows(x), x)[0], expected)


def test_an_empty_array_of_objects_keeps_its_shape():
    t = ad.tensor(np.array([3.0, 5.0]))
    assert (np.array([t, t])[:0] * t).shape == (0, 2)
    assert np.concatenate([np.array([t, t])[:, :0], np.stack([t, t])], axis=1).shape == (2, 2)


def test_mixed_entries_take_the_common_dtype():
    narrow = ad.tensor(np.float32([1, 2]))
    assert (np.array([narrow[0], 2.5]) * narrow).dtype == np.float64  # as in NumPy
    assert (np.array([narrow[0], np.float32(2.5)]) * narrow).dtype == np.float32
    assert (np.array([narrow[0], np.float64(2.5)]) * narrow).dtype == np.float64


def test_entries_of_different_shapes_are_refused():
    t = ad.tensor(X)
    with pytest.raises((TypeError, ValueError)):
        np.sum(np.array([t, [1.0, 2.0]], dtype=object) * t)


def test_an_object_that_is_not_a_number_is_named():
    with pytest.raises(TypeError, match=r"expected numbers .* at test_lift.py:\d+, got str 'a'"):
        ad.grad(lambda t: (t * np.array([1, "a", 2], dtype=object)).sum())(X)


def test_a_constant_keeps_its_recorded_value():
    def f(x, constant):
        total = (x * constant).sum()
        constant[0] = 100
        return total

    assert_allclose(ad.grad(f)(X, np.array([1.0, 2.0, 3.0])), [1, 2, 3])
    assert_allclose(ad.grad(f)(X, np.array([3.0, 2.0, 1.0])[::-1]), [1, 2, 3])
    assert_allclose(ad.grad(f)(X, np.array([1.0, 0.0, 2.0, 0.0, 3.0])[::2]), [1, 2, 3])
    assert_allclose(ad.grad(f)(X, [1.0, 2.0, 3.0]), [1, 2, 3])


@pytest.mark.parametrize("positions", [np.array([0, 1]), [0, 1]])
def test_an_index_keeps_its_recorded_value(positions):
    def f(x):
        total = (x[positions] * [1.0, 2.0]).sum()
        positions[0] = 2
        return total

    assert_allclose(ad.grad(f)(X), [1, 2, 0])


def test_a_read_only_window_onto_an_array_that_changes_is_copied():
    values = np.array([1.0, 2.0, 3.0])
    for window in (
        np.lib.stride_tricks.sliding_window_view(values, 3)[0],
        np.lib.stride_tricks.as_strided(values, writeable=False),
        np.broadcast_to(values, (1, 3))[0],
    ):
        values[:] = [1, 2, 3]
        _, pullback = ad.vjp(lambda x, window=window: np.sum(x * window), np.ones(3))
        values[:] = 9
        np.testing.assert_array_equal(pullback(1.0)[0], [1, 2, 3])


def test_a_constant_is_a_read_only_copy_unless_nobody_can_write_to_it():
    x = np.arange(3.0)
    for own in (x, x[1:], x[::-1], np.broadcast_to(x, (2, 3))):
        operand = as_operand(own)
        assert not operand.flags.writeable
        assert not np.shares_memory(operand, x)
    x.setflags(write=False)
    assert as_operand(x) is x


def test_a_stack_of_arrays_has_the_layout_of_numpys_array():
    for x in (np.arange(6.0).reshape(2, 3).T, np.ones((3, 4))[:, ::2], np.ones((2, 2))[::-1]):

        def edited(x):
            both = np.array([x, x]) + 0.0
            entries = both.reshape(-1)
            entries[0] = 7
            turned = np.array([x, x]).T + 0.0
            return both, turned.ravel("K")

        for ours in (edited(ad.tensor(x)), ad.jit(edited)(x)):
            for found, expected in zip(ours, edited(x), strict=True):
                found = found.numpy() if isinstance(found, ad.Tensor) else found
                np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "int32", "bool"])
@pytest.mark.parametrize(
    "made", [np.array, np.asarray, lambda t: np.array(t, ndmin=3), lambda t: np.array([t, t])]
)
def test_an_array_of_an_empty_value_is_numpys(shape, dtype, made):
    x = np.zeros(shape, dtype)
    assert_array_equal(ad.jit(made)(x), made(x), strict=True)
    if np.dtype(dtype).kind in "fc":
        assert_array_equal(ad.vjp(made, x)[0], made(x), strict=True)


@pytest.mark.parametrize("shape", [(2, 0), (0, 3)])
def test_an_empty_mask_as_an_index_of_a_plain_array_is_refused(shape):
    """NumPy would take it for positions, and return an array with more axes."""
    with pytest.raises(TypeError, match="as an index of a plain array at test_lift"):
        ad.grad(lambda t: t.sum() + np.zeros(shape)[t > 0].sum())(np.ones(shape))


@pytest.mark.parametrize("x", [np.array([2]), np.array([True]), np.array([2.5], np.float32)])
def test_a_single_object_beyond_every_integer_dtype_counts_as_a_float(x):
    huge = np.asarray(10**20)
    expected = (x * huge).astype(float)
    np.testing.assert_array_equal(ad.jit(lambda x: x * huge)(x), expected)
    np.testing.assert_array_equal(ad.vjp(lambda x: x * huge, x)[0], expected)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16])
def test_lists_of_numbers_are_stored_as_in_numpy_or_refused(dtype):
    for values in (
        [1, 0, 1],
        [1.5, 2, 3],
        [-1, 300, 1],
        [10**20, 1, 1],
        [1j, 0, 1],
        [np.nan, 0, 1],
    ):
        for place in (slice(None), [2, 0, 1]):
            x = np.array([1, 2, 3], dtype)

            def edited(x, values=values, place=place):
                y = x * 1
                y[place] = values
                return y

            try:
                expected = edited(x)
            except (OverflowError, TypeError, ValueError) as error:
                with pytest.raises(
                    (OverflowError, TypeError, ValueError), match=re.escape(str(error)[:20])
                ):
                    ad.jit(edited)(x)
            else:
                np.testing.assert_array_equal(ad.jit(edited)(x), expected)

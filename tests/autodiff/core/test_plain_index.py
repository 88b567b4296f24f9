"""A Tensor doesn't give functions its memory, which they would take for that of plain numbers."""

import math

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import autodiff as ad


def of_windows(x):
    return (as_strided(x, (3, 2), (x.itemsize, x.itemsize)) ** 2).sum()


@pytest.mark.parametrize("dtype", ["f2", "f4", "g", "c16"])
@pytest.mark.parametrize("transform", [ad.grad, ad.jit])
def test_strides_of_other_items_than_objects_are_refused(transform, dtype):
    with pytest.raises(TypeError, match="as_strided reads the memory"):
        transform(of_windows)(np.arange(4).astype(dtype))


def test_strides_of_an_array_that_is_not_contiguous_are_refused():
    with pytest.raises(TypeError, match="as_strided reads the memory"):
        ad.grad(lambda x: as_strided(x, (2, 2), (8, 16))[0].sum())(np.ones((2, 3), order="F"))


def test_strides_of_contiguous_float64_differentiate():
    np.testing.assert_array_equal(ad.grad(of_windows)(np.arange(4.0)), [0, 4, 8, 6])


@pytest.mark.parametrize("number", [np.nan, -np.inf, 1 + 1j * np.inf])
@pytest.mark.parametrize("shape", [(), (2,), (1, 3)])
def test_numbers_that_are_not_finite_are_refused_where_numpy_looks_for_them(number, shape):
    x = np.full(shape, number)
    for checked in (np.asarray_chkfinite, ad.jit(np.asarray_chkfinite)):
        with pytest.raises(ValueError, match=r"expected finite numbers, got .*\.py:\d+"):
            checked(ad.tensor(x) if checked is np.asarray_chkfinite else x)
    assert np.sum(np.asarray_chkfinite(ad.tensor(np.ones(shape)))) == np.ones(shape).sum()


def stored(x):
    counts, order = np.zeros(2), np.zeros(3, int)
    counts[0], counts[1] = np.argmax(x), (x > 1.5).sum()
    order[:] = np.argsort(x)
    return x * counts[0] + counts[1] * order


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x[int(np.argmax(x))],
        lambda x: x * int((x > 1.5).sum()),
        lambda x: x * float(x[1] > 2),
        lambda x: x * complex(np.argmin(x)).real,
        lambda x: x / math.sqrt((x > 1.5).sum()),
        lambda x: x * len("%03d" % (x > 1.5).sum()),  # noqa: UP031
        stored,
    ],
)
def test_whole_numbers_and_masks_are_numbers_where_the_code_asks_for_these(f):
    x = np.array([1.0, 3.0, 2.0])
    np.testing.assert_array_equal(ad.vjp(f, x)[0], f(x))
    ad.check_grads(f, x)
    with pytest.raises((ad.RecordingError, TypeError, ValueError)):  # one number for all calls
        ad.jit(f)(x)


@pytest.mark.parametrize("convert", [int, float, complex])
def test_a_float_as_a_number_would_lose_its_slope(convert):
    with pytest.raises(TypeError, match="it would lose its slope, silently"):
        ad.grad(lambda x: x * convert(x))(2.0)

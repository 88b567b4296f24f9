"""Results in ``out=`` of another dtype: NumPy's, or refused."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.table import examples

REDUCTIONS = {
    "sum": lambda x, out: np.sum(x, axis=0, out=out),
    "prod": lambda x, out: np.prod(x, 0, None, out=out),
    "method": lambda x, out: x.sum(0, out=out),
    "mean": lambda x, out: np.mean(x, axis=0, out=out),
    "nansum": lambda x, out: np.nansum(x, axis=0, out=out),
    "nanmean": lambda x, out: np.nanmean(x, axis=0, out=out),
    "std": lambda x, out: np.std(x, axis=0, out=out),
    "max": lambda x, out: np.max(x, axis=0, out=out),
    "median": lambda x, out: np.median(x, axis=0, out=out),
    "quantile": lambda x, out: np.quantile(x, 0.3, axis=0, out=out),
    "trace": lambda x, out: np.trace(x[:, None] * np.ones((1, 3, 1), x.dtype), out=out),
    "add": lambda x, out: np.add.reduce(x, 0, None, out),
    "maximum": lambda x, out: np.maximum.reduce(x, axis=0, out=out),
    "floor_divide": lambda x, out: np.floor_divide.reduce(x, axis=0, out=out),
    "subtract": lambda x, out: np.subtract.reduce(x, axis=0, out=out),
    "multiply": lambda x, out: np.multiply.accumulate(x, axis=0, out=out),
    "divide": lambda x, out: np.divide.reduce(x, axis=0, out=out),
    "hypot": lambda x, out: np.hypot.reduce(x, axis=0, out=out),
    "cumsum": lambda x, out: np.cumsum(x, axis=0, out=out),
    "all": lambda x, out: np.all(x, axis=0, out=out),
    "dot": lambda x, out: np.dot(x[0], x, out=out),
    "irfft": lambda x, out: np.fft.irfft(x, 3, axis=0, out=out),
}
DTYPES = ("float16", "float32", "float64", "int8", "uint8", "int64")
WIDE = {*DTYPES, ""} - {"float32"}
ROWS = np.array([[6e4, 100, 7.7], [5e4, -1, 2], [1e-4, 3, -100.5]])


def in_out(name, x, dtype):
    shape = x.shape if name in ("multiply", "cumsum", "irfft") else x.shape[1:]
    out = np.zeros_like(x, shape=shape, dtype=dtype)
    REDUCTIONS[name](x, out)
    return out


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REDUCTIONS)
@given(st.sampled_from(DTYPES), st.sampled_from((*DTYPES, "complex64")))
@examples(12)
def test_a_result_in_another_dtype_is_numpys_or_refused(name, dtype, of_out):
    x = ROWS.astype(dtype)
    try:
        expected = in_out(name, x, of_out)
    except (TypeError, ValueError):
        expected = None
    for run in (ad.jit(lambda x: in_out(name, x, of_out)), lambda x: traced(name, x, of_out)):
        try:
            z = run(x)
        except (TypeError, NotImplementedError):
            continue
        if expected is None and x.dtype.kind in "iu":
            expected = in_out(name, x.astype(np.float64), of_out)  # as vjp makes floats of integers
        assert expected is not None
        np.testing.assert_allclose(z, expected, rtol=1e-9 if {dtype, of_out} < WIDE else 1e-6)


def traced(name, x, dtype):
    return ad.vjp(lambda x: in_out(name, x, dtype), x)[0]


@pytest.mark.parametrize("name", ["mean", "std", "var", "sum", "prod", "max", "min", "any", "all"])
def test_a_method_of_a_plain_array_writes_its_result_into_a_tensor_or_is_refused(name):
    out, kept = ad.tensor(np.zeros(3)), np.zeros(3)
    getattr(ROWS, name)(0, out=kept)
    try:
        z = getattr(ROWS, name)(0, out=out)
    except TypeError as error:
        assert re.search(rf"{name} of a plain array .* at test_out_dtypes\.py:\d+", str(error))  # noqa: PT017
        return
    assert z is out
    assert np.array_equal(out.numpy(), kept)


def test_sums_have_the_digits_of_out():
    x = np.array([[1e8, 1.0], [1.0, 2.0], [-1e8, 4.0]], np.float32)
    for run in (ad.jit(lambda x: in_out("sum", x, float)), lambda x: traced("sum", x, float)):
        assert np.array_equal(run(x), [1.0, 7.0])
    slope = ad.grad(lambda x: np.sum(in_out("sum", x, np.float64) * [2, 3]))(x)
    assert slope.dtype == np.float32
    assert np.array_equal(slope, [[2, 3]] * 3)


@pytest.mark.parametrize("reduce", [np.nanmin, np.nanmedian, np.median, np.nanmean])
def test_out_of_what_needs_numbers_under_jit(reduce):
    def into(make):
        def function(x):
            out = make(x)
            reduce(x, axis=0, out=out)
            return out

        return function

    z = ad.jit(into(lambda x: np.zeros_like(x[0])))(ROWS)
    assert np.array_equal(z, reduce(ROWS, axis=0))
    with pytest.raises(TypeError, match="must be a Tensor, got ndarray"):
        ad.jit(into(lambda x: np.zeros(3)))(ROWS)


def test_a_product_in_place():
    def into_a_plain_array(t):
        z = np.eye(3)
        z @= t
        return z

    with pytest.raises(TypeError, match="must be a Tensor, got ndarray"):
        ad.vjp(into_a_plain_array, np.eye(3))


def test_out_may_be_in_another_byte_order():
    x = np.array([1.5, 2.4, -0.5], ">f8")
    found = ad.jit(lambda x: np.round(x, out=x))(x.copy())
    np.testing.assert_array_equal(found, np.round(x).astype(">f8"), strict=True)
    for method in ("linear", "higher"):  # which returns an entry, in its own byte order

        def quantile(x, method=method):
            return np.quantile(x, [0.5], method=method, out=np.zeros_like(x)[:1])

        np.testing.assert_array_equal(ad.jit(quantile)(x), quantile(x), strict=True)

"""Rare options of functions aren't refused: they return what NumPy does, also in jitted code.

The other laws accept a refusal; here there is none.
"""

import numpy as np
import pytest

import autodiff as ad
from tests.laws.aliasing import lies
from tests.laws.oracle import as_traced, tried

X = np.array([[0.5, -1.5, 2.0], [1.25, 0.25, -0.75], [3.0, 1.5, -2.5]])
Y = np.array([0.0, 0.5, 2.0])

TEXTS = """
np.interp(x, y, y * y, period=-2.5)   np.interp(x, y, y * y, period=2.5)
np.gradient(x, y, axis=0, edge_order=2)   np.gradient(x, y, axis=-1, edge_order=2)
np.gradient(x, [2.0, 3.0, 7.0], y, edge_order=2)   np.gradient(x, 0.5, edge_order=2)
np.apply_along_axis(lambda row: row[1:] * row[0], -1, x)
np.apply_along_axis(lambda row: np.outer(row, row), -2, x)
np.apply_along_axis(lambda row: row.sum(), -1, x)
np.intersect1d(y.astype("f4"), [0.5, 2.0, 9.0])   np.intersect1d([0.5, 2.0], y.astype("f4"))
np.union1d(y.astype("f4"), [0.5, 9.0])   np.setdiff1d(y.astype("f4"), [0.5, 9.0])
np.trim_zeros(np.pad(y, (1, 2)), "FB")   np.trim_zeros(np.pad(y, (1, 2)), "B")
np.trim_zeros(np.pad(y, (1, 2)), "F")
np.linalg.norm(x[:0], 1)   np.linalg.norm(x[:, :0], np.inf)   np.linalg.norm(x[:0], 2)
np.linalg.norm(x[:0], "nuc")   np.linalg.norm(x[:0], -1)   np.linalg.norm(x[:, :0])
np.linalg.norm(y[:0], np.inf)   np.linalg.norm(x, -np.inf)   np.linalg.norm(x, -2, keepdims=True)
np.nanquantile(np.where(x > 2.5, np.nan, x), [0.25, 1.0], axis=0)
np.polyint(y, 2, [3.0, 5.0])   np.polyint(y, 3, 2.0)   np.polyder(y, 4)
np.take(x, [True, False, True], axis=0)   np.take(y, [[True], [False]])   np.take(x, True)
np.add.accumulate(x, axis=(0,))   np.subtract.accumulate(x, axis=(-1,))
np.maximum.reduceat(x, [0, 2], axis=(1,))   np.var([1.0, 2.0, 4.0], mean=x.sum())
np.std(True, mean=x)   np.intersect1d(x * 0 + 2, y * 0 + 2, True, return_indices=True)
np.cumulative_sum(x, axis=(1,))   np.cumulative_prod(x, axis=(-2,))
np.full_like(y, x[:1], shape=3)   np.full_like(x > 0, x[None, :1], dtype=float)
np.polyint(y, True)   np.polyder(y, 1.0)   np.clip(2, min=y.astype("f4"), max=1)
np.diff([1.0, 2.0], prepend=y)   np.trapezoid([[1.0], [2.0], [4.0]], y, axis=0)
np.nanmax(x / 0 * 0, axis=0, initial=np.nan)   np.nanmin(x, initial=np.nan, where=x > 1)
np.prod(x * 1e200, initial=0.0)   np.prod(x, axis=(0,), initial=y.sum(), where=x > 0)
np.max(x[:0], axis=0, initial=-0.0)   np.min(y[:1], initial=-0.0)
np.unwrap(np.array([-0.0, 9.0]) * y[2])
np.linalg.matrix_power(x - np.inf * np.eye(3)[[0, 0, 0]], 3)
np.geomspace(y[1], np.inf, 4)   np.geomspace(-y[1:], y[1:] * 1j, 3)
np.clip(x[:1], y, 1j)   np.pad(x.astype(">f4").T, 1, constant_values=y[0])
np.nanvar(x.astype("f2"), mean=1.5, axis=0)   np.nanstd(y > x, mean=y[1:2], axis=1)
np.cov(x, aweights=y.astype("g"))   np.interp([np.nan, 1], y, y * 1j)   np.unique(x, sorted=False)
np.insert(x.astype(">f8"), 1, 2, axis=0)   np.block(x.astype(">f8").T)   np.delete(x.T, [0, 1], 0)
np.linspace(y.astype(">f4"), 2, 3)   np.percentile(x.astype(">f4"), 30, axis=0, method="lower")
np.nanmedian(x.astype(">f4"), axis=0)   np.trace(x[None], axis1=1, axis2=2, dtype=">f8")
np.meshgrid(x, y, indexing="ij")[1]   np.average(x[:, None], 2, abs(x[:, None]), True)[1]
np.add.reduceat(np.stack([x, -x]).T, [0, 2], axis=1)   np.clip(x, 0, y, dtype=None, where=True)
np.cumulative_sum(x.T[:, None], axis=2, include_initial=True)
np.nanmin(x > 0, initial=y[0])   np.nanquantile(x.astype(">f4"), 0, axis=1, method="inverted_cdf")
np.quantile(np.stack([x, -x]).T, 0.3, axis=1)   np.median(np.stack([x, -x]).T, axis=1)
np.nanmedian(np.stack([x, -x]).T, axis=1)
np.choose([1, 0, 2], x.astype(">f8"))   np.gradient(np.eye(3) * 2, [1, 2, 4], y)
np.ldexp(x, [1, 2, 3], dtype=float)   (x * 1).transpose(np.array([1, 0]))
np.take(x, [1.7, 0.0], axis=0)   np.sort(x, axis=True)
np.partition(x, 1, axis=True)   np.var(x, 0, mean=None)   np.median(x[:0], axis=True)
np.reshape(x.T, None, copy=True)   np.bincount([], y[:0])
(z := x * 1, np.put(z, (1.7, 0), y))[0]
np.choose([2, 0, 4], [x, -x, 2 * x], mode="wrap")   np.choose([2, 0, -4], [y, -y], mode="clip")
"""
EXPRESSIONS = {
    text.strip(): eval(f"lambda x, y: {text}", {"np": np})
    for line in TEXTS.strip().splitlines()
    for text in line.split("   ")
}
UNKNOWN_LENGTHS = ("1d(", "trim_zeros(")  # which depend on the numbers


def assert_is_numpys(found, expected, *, in_order=True):
    found = found if isinstance(found, tuple) else (found,)
    expected = expected if isinstance(expected, tuple) else (expected,)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.shape, ours.dtype) == (np.shape(theirs), np.asarray(theirs).dtype)
        value = ours.numpy() if isinstance(ours, ad.Tensor) else ours
        assert lies(ours) == lies(theirs) or not in_order
        np.testing.assert_allclose(value, theirs, rtol=1e-12, atol=1e-14)
        zeros = np.asarray(theirs) == 0
        np.testing.assert_array_equal(np.signbit(value.real[zeros]), np.signbit(theirs.real[zeros]))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_rare_options_return_what_numpy_does(text):
    function = EXPRESSIONS[text]
    try:
        expected = function(X, Y)
    except (AttributeError, TypeError, ValueError) as error:  # functions and options of NumPy 2.3
        if np.lib.NumpyVersion(np.__version__) >= "2.3.0":
            raise
        pytest.skip(f"NumPy {np.__version__} refuses it: {error}")
    assert_is_numpys(function(ad.tensor(X), ad.tensor(Y)), expected)
    if not any(name in text for name in UNKNOWN_LENGTHS):
        assert_is_numpys(ad.jit(function)(X, Y), expected, in_order=False)


@pytest.mark.parametrize("ddof", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("function", [np.var, np.std])
def test_more_degrees_of_freedom_than_entries_are_none(function, ddof):
    mask = X > 0  # three, two and one entry of the columns
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning) if ddof else np.errstate():
        expected = function(X, axis=0, ddof=ddof, where=mask)
        found = function(ad.tensor(X), axis=0, ddof=ddof, where=mask)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


@pytest.mark.parametrize("function", [np.polyder, np.polyint])
def test_negative_orders_are_refused_as_in_numpy(function):
    with pytest.raises(ValueError, match=r"order m of 0 or more, got -1 at .*\.py:\d+"):
        function(ad.tensor(Y), -1)


@pytest.mark.parametrize("constants", [[1, 2], [], [[1], [2], [3]]])
def test_an_integral_needs_a_constant_for_each_order(constants):
    for p in (Y, ad.tensor(Y)):
        with pytest.raises(ValueError, match=r"k must be a scalar|needs 3 constants|dimension"):
            np.polyint(p, 3, constants)
    for k in (2.0, [2.0], [1.0, 2.0, 3.0, 4.0], [[1.0, 2.0, 3.0]], np.float32(2)):
        np.testing.assert_array_equal(np.polyint(ad.tensor(Y), 3, k).numpy(), np.polyint(Y, 3, k))


@pytest.mark.parametrize("casting", ["no", "equiv", "safe"])
@pytest.mark.parametrize("target", [bool, np.float16, float])
def test_a_rule_of_casting_holds_for_out(casting, target):
    for call in (
        lambda x, out: np.isnan(x, out=out, casting=casting),
        lambda x, out: np.greater(x, 0, out=out, casting=casting),
        lambda x, out: np.logical_and(x, x, out=out, casting=casting),
    ):
        out = np.zeros(Y.shape, target)
        expected, error = tried(lambda call=call, out=out: call(Y, out))
        found, ours = tried(lambda call=call, out=out: call(ad.tensor(Y), as_traced(out.copy())))
        jitted, jits = tried(lambda call=call, out=out: ad.jit(call)(Y, out.copy()))
        assert (error is None) == (ours is None) == (jits is None)
        if error is None:
            np.testing.assert_array_equal(found.numpy(), expected)
            np.testing.assert_array_equal(jitted, expected)


@pytest.mark.parametrize("dtype", [float, complex])
def test_no_positions_are_integers_too(dtype):
    empty = np.zeros(0, dtype)
    for call in (np.take, ad.jit(np.take)):
        for positions in (empty, ad.tensor(empty)):
            with pytest.raises(TypeError):
                call(ad.tensor(Y), positions)
    assert np.take(ad.tensor(Y), []).shape == (0,)


def test_complex_numbers_are_not_copied_into_real_ones():
    x = ad.tensor(Y)
    with pytest.raises(TypeError, match=r"imaginary part \(at .*\.py:\d+"):
        np.copyto(x, 1j, casting="unsafe")


@pytest.mark.parametrize("number", [-1, np.float64(np.nan), np.longdouble(np.inf)])
def test_numbers_out_of_range_in_the_real_part_of_unsigned_ones(number):
    @np.errstate(all="ignore")
    def edited(x):
        x.real = number
        x[:0].real = number
        return x * 1

    counts = np.arange(3, dtype=np.uint16)
    expected, error = tried(lambda: edited(counts.copy()))
    found, ours = tried(lambda: ad.jit(edited)(counts.copy()))
    assert type(ours) is type(error)  # NumPy 2.5 refuses it
    np.testing.assert_array_equal(found, expected)


def test_masks_take_no_values_of_another_kind_also_where_there_are_none():
    with pytest.raises(TypeError, match="Cannot cast"):
        ad.jit(lambda x: (np.putmask(x, x > 0, np.zeros(0)), x)[1])(np.arange(3))


WRONG = """
np.clip(x, 1)   np.clip(x, a_max=1)   np.einsum("...->", x)   np.einsum("...i,i->", x, y)
np.sum(x, keepdims="a")   np.max(x, keepdims=1.0)   np.nanmean(x, 0, keepdims=None)
np.var(x, keepdims=[])   np.std(x, ddof=None)   np.linalg.norm(x, axis=[0, 1])
np.linalg.vector_norm(x, axis=[0])   np.vander(y, 2.0)   np.interp(x, [0, 1], [2, 3], left=y)
np.put(y * 1, np.array([1], np.uint64), 5.0)   np.add.reduceat(y, np.array([0, 1], np.uint64))
np.split(y, [1.0])   np.copyto(x, x, where=np.array([1, 0, 2]))   np.polyder(y[0])
"""


@pytest.mark.parametrize("text", [t for line in WRONG.split("\n") for t in line.split("   ") if t])
def test_calls_with_wrong_options_are_refused_as_in_numpy(text):
    function = eval(f"lambda x, y: {text}", {"np": np})
    with pytest.raises((TypeError, ValueError)) as refused:
        function(X, Y)
    for manner in (lambda: function(ad.tensor(X), ad.tensor(Y)), lambda: ad.jit(function)(X, Y)):
        with pytest.raises(refused.type):
            manner()

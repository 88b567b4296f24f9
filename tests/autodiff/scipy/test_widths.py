"""Rarer dtypes where the laws don't reach: classes, mixed arguments, whole numbers."""

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.interpolate")
import scipy.signal  # noqa: E402 - SciPy may be missing
import scipy.sparse  # noqa: E402
import scipy.stats  # noqa: E402

from autodiff.scipy import (  # noqa: E402
    integrate,
    interpolate,
    ndimage,
    optimize,
    signal,
    sparse,
    spatial,
    special,
    stats,
)

RARE = (np.float16, np.float32, np.longdouble, ">f2", ">f4")
X = np.arange(5.0)


@pytest.mark.parametrize("dtype", RARE)
@pytest.mark.parametrize(
    "name", ["CubicSpline", "PchipInterpolator", "Akima1DInterpolator", "make_interp_spline"]
)
def test_splines_have_scipys_dtypes(name, dtype):
    y, at = (X**2).astype(dtype), np.array([0.5, 1.5], dtype)
    ours = getattr(interpolate, name)(X, ad.tensor(y))(at)
    assert ours.dtype == getattr(plain, name)(X, y)(at).dtype


@pytest.mark.parametrize("dtype", RARE)
def test_coefficients_have_scipys_dtypes(dtype):
    c, at = np.ones((3, 4), dtype), np.array([0.5, 1.5], dtype)
    for change in (lambda p: p, lambda p: p.derivative(), lambda p: p.antiderivative()):
        ours, theirs = change(interpolate.PPoly(ad.tensor(c), X)), change(plain.PPoly(c, X))
        assert ours(at).dtype == theirs(at).dtype
        assert ours.integrate(0, 1).dtype == theirs.integrate(0, 1).dtype
    knots, c = np.arange(8.0), np.arange(4).astype(dtype)
    ours = interpolate.BSpline(knots, ad.tensor(c), 3)
    assert ours(at + 3).dtype == plain.BSpline(knots, c, 3)(at + 3).dtype
    tck = (knots, np.arange(8).astype(dtype), 3)
    ours = interpolate.splev(at + 3, (knots, ad.tensor(tck[1]), 3))
    assert ours.dtype == plain.splev(at + 3, tck).dtype


@pytest.mark.parametrize("dtype", RARE)
@pytest.mark.parametrize("method", ["linear", "nearest", "slinear"])
def test_grids_have_scipys_dtypes(method, dtype):
    values, at = np.outer(X, X).astype(dtype), np.array([[0.4, 2.6]])
    ours = interpolate.RegularGridInterpolator((X, X), ad.tensor(values), method)(at)
    theirs = plain.RegularGridInterpolator((X, X), values, method)(at)
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours.numpy(), theirs)


@pytest.mark.parametrize("of_zeros", [np.float16, np.float32, np.longdouble, np.complex64])
@pytest.mark.parametrize("of_gain", [np.float16, np.float32, np.longdouble, int])
def test_gains_have_the_dtype_of_zeros_and_poles(of_zeros, of_gain):
    z, p, k = np.array([1, 2], of_zeros), np.array([3.0, 5.0]), np.array(2, of_gain)[()]
    ours = signal.zpk2tf(ad.tensor(z), p, k)
    assert [part.dtype for part in ours] == [x.dtype for x in scipy.signal.zpk2tf(z, p, k)]


@pytest.mark.parametrize("dtype", ["<f2", ">f2", ">f4"])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("decimate", {"q": 2}),
        ("decimate", {"q": 2, "ftype": "fir", "n": 4}),
        ("zpk2tf", {"p": 0.5, "k": 1.0}),
        ("zpk2tf", {"p": [0, 2], "k": 1.0}),
        ("wiener", {"noise": np.longdouble(0.3)}),
        ("yeojohnson", {"lmbda": 0.5}),
        ("yeojohnson_llf", {"lmb": 0.5}),
        ("boxcox_llf", {"lmb": 0.5}),
    ],
)
def test_signals_and_samples_in_half_precision_have_scipys_dtypes(name, options, dtype):
    x = (np.cos(np.arange(3 if name == "zpk2tf" else 30)) + 2).astype(dtype)
    module, theirs = (signal, scipy.signal) if hasattr(signal, name) else (stats, scipy.stats)
    args = (options.pop("lmb"), x) if "lmb" in (options := dict(options)) else (x,)
    found = getattr(module, name)(*args[:-1], ad.tensor(x), **options)
    expected = getattr(theirs, name)(*args, **options)
    if name == "zpk2tf":
        assert found[1].dtype == expected[1].dtype
        found, expected = found[0], expected[0]
    assert found.dtype == expected.dtype.newbyteorder("=")
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-2)


@pytest.mark.filterwarnings("ignore:Input has data type int64:FutureWarning")
def test_diagonals_of_whole_numbers_are_cast_as_scipy_does():
    whole = [np.array([1, 2, 3]), np.array([4, 5])]
    for name in ("diags", "diags_array"):
        theirs = getattr(scipy.sparse, name)(whole, offsets=[0, 1])
        ours = getattr(sparse, name)([ad.tensor(d) for d in whole], offsets=[0, 1])
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours.toarray().numpy(), theirs.toarray())


def test_more_than_double_precision_is_refused_where_scipy_has_none():
    wide = ad.tensor(np.array([0.5, 1.5], np.longdouble))
    if wide.dtype == np.float64:
        pytest.skip("longdouble is float64 here")
    for name, call in (
        ("diric", lambda: special.diric(wide, 3)),
        ("yeojohnson", lambda: stats.yeojohnson(wide, 0.3)),
        ("a power transform", lambda: stats.boxcox_llf(0.3, wide)),
        ("a power transform", lambda: stats.boxcox_llf(wide[0], [1.0, 2.0])),
        ("a power transform", lambda: stats.yeojohnson_llf(wide[0], [1.0, 2.0])),
    ):
        with pytest.raises(TypeError, match=f"float64 at most, as {name} with slopes computes"):
            call()


B, A = np.array([0.4, 0.3, 0.1]), np.array([1.3, -0.5, 0.2])
MIXED = {
    "sawtooth": (np.array([0.3, 2.3, 7.3]), np.array([0.3, 0.5, 0.9])),
    "lfilter_zi": (B, A),
    "lp2bs_zpk": (B, A, np.float64(1.5), np.float64(0.7), np.float64(0.2)),
    "lp2bp_zpk": (B, A, np.float64(1.5), np.float64(0.7), np.float64(0.2)),
    "bilinear_zpk": (B, A, np.float64(1.5), np.float64(0.7)),
}


@pytest.mark.parametrize("name", MIXED)
def test_arguments_of_two_dtypes_give_scipys_numbers(name):
    for place in range(len(MIXED[name])):
        args = [x if i == place else x.astype("f") for i, x in enumerate(MIXED[name])]
        traced = [ad.tensor(x) if i == place else x for i, x in enumerate(args)]
        found, expected = getattr(signal, name)(*traced), getattr(scipy.signal, name)(*args)
        for ours, theirs in zip(results(found), results(expected), strict=True):
            assert ours.dtype == theirs.dtype
            close = 1e-11 if theirs.dtype.char in "dD" else 1e-5
            np.testing.assert_allclose(ours, theirs, rtol=close, atol=close)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_integrals_of_rows_by_a_wide_step_stay_narrow_as_in_scipy(count):
    scipy_integrate = pytest.importorskip("scipy.integrate")
    rows, step = np.ones((2, count), np.float32), np.float64(0.7)
    found = integrate.simpson(rows, dx=ad.tensor(step))
    expected = scipy_integrate.simpson(rows, dx=step)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found.numpy(), expected)


@pytest.mark.parametrize("dtype", ["u1", "f4", "f8"])
def test_products_with_rosenbrocks_hessian_have_the_dtype_of_the_point(dtype):
    scipy_optimize = pytest.importorskip("scipy.optimize")
    x, p = np.array([2, 1, 3], dtype), np.array([0.5, 1.0, 2.0])
    found, expected = (f.rosen_hess_prod(x, y) for f, y in
                       [(optimize, ad.tensor(p)), (scipy_optimize, p)])  # fmt: skip
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found.numpy(), expected)


def test_a_distance_takes_its_power_to_all_digits():
    u, v, p = np.array([1.0, 2.0]), np.array([0.5, 3.5]), np.float16(1.3)
    distance = pytest.importorskip("scipy.spatial.distance")
    found = spatial.distance.minkowski(ad.tensor(u), v, p).item()
    assert found == pytest.approx(distance.minkowski(u, v, p), rel=1e-12)


def results(found):
    parts = found if isinstance(found, tuple) else (found,)
    return [np.asarray(x.numpy() if isinstance(x, ad.Tensor) else x) for x in parts]


def test_a_line_of_longdouble_is_refused():
    with pytest.raises(TypeError, match="expected an array of float64 at most, as interp1d"):
        interpolate.interp1d(X, ad.tensor(X.astype(np.longdouble)))(0.5)


@pytest.mark.parametrize("traced", [(0, 0, 1), (0, 1, 0), (1, 0, 0)])
@pytest.mark.parametrize("name", ["splev", "splint", "PPoly", "interp1d"])
def test_interpolants_of_narrow_points_are_as_exact_as_those_of_scipy(name, traced):
    calls = {
        "splev": lambda m, x, y, at: m.splev(at, (x, y[:5], 2)),
        "splint": lambda m, x, y, at: m.splint(*at, (x, y[:5], 2)),
        "PPoly": lambda m, x, y, at: m.PPoly(y[None, 1:], x)(at),
        "interp1d": lambda m, x, y, at: m.interp1d(x, y)(at),
    }
    narrow, at = np.float32([0.1, 0.7, 1.9, 2.4, 4.3, 5.1, 6.7, 7.1]), np.array([2.7, 3.9])
    wide = narrow.astype(float)
    for x, y in [(narrow, narrow**2), (narrow, np.sin(wide)), (wide, np.exp(narrow))]:
        given = [ad.tensor(a) if t else a for a, t in zip((x, y, at), traced, strict=True)]
        found = np.stack(calls[name](interpolate, *given) * np.ones(1)).numpy()
        expected = calls[name](plain, x, y, at) * np.ones(1)
        np.testing.assert_allclose(found, expected, rtol=1e-12, strict=True)


def test_filtered_images_of_one_number_are_of_double_width():
    assert ndimage.spline_filter(ad.tensor(np.float32(2.0))).dtype == np.float64


@pytest.mark.parametrize("lmbda", [2, 1.5, np.float16(1.5), np.float32(1.5), np.float64(1.5)])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, int])
@pytest.mark.parametrize("name", ["yeojohnson", "yeojohnson_llf", "boxcox_llf"])
def test_power_transforms_have_the_dtype_of_scipy(name, dtype, lmbda):
    x = np.array([1, 2, 4], dtype)
    swap = -1 if name.endswith("llf") else 1
    ours = getattr(stats, name)(*(ad.tensor(x), lmbda)[::swap])
    assert ours.dtype == getattr(scipy.stats, name)(*(x, lmbda)[::swap]).dtype

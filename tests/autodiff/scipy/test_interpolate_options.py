"""Options of interpolants mean what they mean in SciPy, or are refused by the call."""

import re
import warnings

import numpy as np
import pytest

import autodiff as ad
from autodiff.check import numerical_slope

plain = pytest.importorskip("scipy.interpolate")
from autodiff.scipy import interpolate  # noqa: E402 - SciPy may be missing

RANDOM = np.random.default_rng(0)
X = np.array([0.0, 0.7, 1.9, 2.4, 4.0, 5.1, 6.0])
Y, ROWS = RANDOM.normal(size=7), RANDOM.normal(size=(7, 2))
AT, BEYOND = np.array([0.3, 2.2, 5.6]), np.array([-0.4, 0.3, 6.5])
SHUFFLED = np.array([3, 0, 6, 1, 5, 2, 4])
GRID = (X[:5], np.array([0.0, 0.8, 2.0, 3.1]))
SURFACE = RANDOM.normal(size=(5, 4))
PLACES = np.array([[0.3, 1.7], [2.2, 0.4], [9.0, 1.0]])
POINTS = np.array([[0.0, 0.0], [1.0, 0.1], [0.1, 1.0], [1.1, 1.0], [0.5, 0.4]])

CALLS = {
    "interp1d": (lambda m, y, **o: m.interp1d(X, y, **o)(AT), Y, [
        {"kind": k} for k in ("linear", "nearest", "nearest-up", "zero", "slinear", "quadratic",
                              "cubic", "previous", "next", 1, 3)
    ]),
    "interp1d beyond": (lambda m, y, **o: m.interp1d(X, y, **o)(BEYOND), Y, [
        {"bounds_error": False}, {"bounds_error": False, "fill_value": 2.5},
        {"bounds_error": False, "fill_value": (1.0, 2.0)}, {"fill_value": "extrapolate"},
        {"fill_value": "extrapolate", "kind": "previous"}, {"bounds_error": True},
        {"fill_value": "extrapolate", "kind": "next"}, {"bounds_error": False, "kind": "cubic"},
    ]),
    "interp1d of rows": (lambda m, y, **o: m.interp1d(X, y, **o)(AT), ROWS, [
        {"axis": 0}, {"axis": 0, "kind": "nearest"}, {"axis": 0, "copy": False},
    ]),
    "interp1d, shuffled": (lambda m, y, **o: m.interp1d(X[SHUFFLED], y, **o)(AT), Y, [
        {}, {"assume_sorted": False}, {"kind": "cubic"},
    ]),
    "CubicSpline": (lambda m, y, **o: m.CubicSpline(X, y, **o)(BEYOND), Y, [
        {"extrapolate": e} for e in (None, True, False, "periodic")
    ] + [{"bc_type": b} for b in ("not-a-knot", "natural", "clamped", ((1, 0.2), (2, -0.3)))]),
    "CubicSpline of rows": (lambda m, y, **o: m.CubicSpline(X, y, **o)(AT), ROWS.T, [
        {"axis": 1}, {"axis": -1, "bc_type": "natural"},
        {"axis": 1, "bc_type": ((1, np.array([0.2, 0.1])), (2, np.array([0.0, 1.0])))},
    ]),
    "PchipInterpolator": (lambda m, y, **o: m.PchipInterpolator(X, y, **o)(BEYOND), Y, [
        {"extrapolate": e} for e in (None, True, False)
    ]),
    "Akima1DInterpolator": (lambda m, y, **o: m.Akima1DInterpolator(X, y, **o)(BEYOND), Y, [
        {}, {"method": "makima"}, {"extrapolate": True}, {"extrapolate": False},
    ]),
    "Akima of rows": (lambda m, y, **o: m.Akima1DInterpolator(X, y, **o)(AT), ROWS.T, [
        {"axis": 1}, {"axis": -1, "method": "makima"},
    ]),
    "make_interp_spline": (lambda m, y, **o: m.make_interp_spline(X, y, **o)(AT), Y, [
        {"k": 1}, {"k": 5}, {"check_finite": False}, {"bc_type": "natural"},
        {"bc_type": ([(1, 0.2)], [(2, -0.3)])}, {"k": 3, "t": np.r_[[0.0] * 4, 1.9, 2.4, 4.0,
                                                                      [6.0] * 4]},
    ]),
    "make_lsq_spline": (
        lambda m, y, **o: m.make_lsq_spline(X, y, np.r_[[0.0] * 4, 2.2, [6.0] * 4], **o)(AT), Y,
        [{}, {"w": 1 + X / 9}, {"check_finite": False}, {"method": "norm-eq"}, {"method": "qr"}],
    ),
    "make_smoothing_spline": (lambda m, y, **o: m.make_smoothing_spline(X, y, **o)(AT), Y, [
        {"lam": 0.3}, {"lam": 0.3, "w": 1 + X / 9},
    ]),
    "pchip_interpolate": (lambda m, y, **o: m.pchip_interpolate(X, y, AT, **o), Y, [
        {"der": 1}, {"der": 2}, {"der": [0, 1]},
    ]),
    "pchip of rows": (lambda m, y, **o: m.pchip_interpolate(X, y, AT, **o), ROWS.T, [
        {"axis": 1}, {"axis": -1, "der": 1},
    ]),
    "barycentric_interpolate": (
        lambda m, y, **o: m.barycentric_interpolate(X, y, AT, **o), ROWS.T, [{"axis": 1}],
    ),
    "splrep": (lambda m, y, **o: m.splev(AT, m.splrep(X, y, **o)), Y, [
        {"k": 1}, {"k": 5}, {"w": 1 + X / 9}, {"s": 0}, {"per": 1}, {"xb": -0.5}, {"quiet": 0},
    ]),
    "RegularGridInterpolator": (
        lambda m, y, **o: m.RegularGridInterpolator(GRID, y, **o)(PLACES), SURFACE,
        [{"bounds_error": False}, {"bounds_error": False, "fill_value": 7.0},
         {"bounds_error": False, "fill_value": None}, {"bounds_error": True},
         {"bounds_error": False, "method": "nearest"}, {"bounds_error": False, "method": "slinear"},
         {"bounds_error": False, "method": "cubic", "fill_value": 1.0}],
    ),
    "interpn": (lambda m, y, **o: m.interpn(GRID, y, PLACES, **o), SURFACE, [
        {"bounds_error": False}, {"bounds_error": False, "fill_value": None},
        {"bounds_error": False, "method": "nearest"}, {"bounds_error": False, "method": "pchip"},
    ]),
    "griddata": (
        lambda m, y, **o: m.griddata(POINTS, y, PLACES / 9, **o), Y[:5],
        [{}, {"method": "nearest"}, {"fill_value": 3.0}, {"rescale": True},
         {"rescale": True, "method": "nearest"}, {"method": "cubic"}],
    ),
}  # fmt: skip


def outcome(call):
    try:
        return call()
    except Exception as error:
        return error


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.filterwarnings("ignore")
def test_an_option_means_what_it_means_in_scipy(name):
    f, y, several = CALLS[name]
    for options in several:
        expected = outcome(lambda options=options: f(plain, y, **options))
        found = outcome(lambda options=options: f(interpolate, ad.tensor(y), **options))
        if isinstance(expected, Exception):
            assert isinstance(found, Exception), f"{options}: SciPy alone refuses it: {expected!r}"
        elif isinstance(found, Exception):
            assert isinstance(found, (TypeError, ValueError, NotImplementedError)), options
            assert re.search(r"\w\.py:\d+", str(found)), f"{options}: no line: {found!r}"
        else:
            check(f, y, options, expected, found)


def check(f, y, options, expected, found):
    """Compare values, shapes and dtypes, and the slope along a line."""
    ours = [x.numpy() for x in found] if isinstance(found, list) else found.numpy()
    np.testing.assert_allclose(ours, expected, atol=1e-9, err_msg=repr(options))
    assert np.shape(ours) == np.shape(expected)
    direction = np.cos(np.arange(y.size)).reshape(y.shape)

    def on_line(t):
        return np.nansum(np.sin(1.0 + np.stack(list(f(interpolate, y + t * direction, **options)))))

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        measured, error = numerical_slope(on_line, 0.0)
        slope = ad.grad(on_line)(0.0)
    assert slope == pytest.approx(measured, rel=1e-6, abs=1e-7 + 10 * error), options


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("options", [{}, {"fill_value": "extrapolate"}])
@pytest.mark.parametrize("x", [[0, 1, 1, 2], [0, 0, 1, 2], [0, 1, 2, 2]])
def test_lines_at_a_jump_have_scipys_values(x, options):
    at = np.array([0.0, 0.5, 1.0, 1.5, 2.0])
    for y in (np.array([0.0, 1.0, 3.0, 4.0]), np.array([[0.0, np.nan, 3, 4], [1, 2, 5, 7]])):
        found = ad.jit(lambda y: interpolate.interp1d(x, y, **options)(at))(y)
        np.testing.assert_array_equal(found, plain.interp1d(x, y, **options)(at))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("kind", ["slinear", "quadratic", "cubic"])
def test_splines_through_points_that_are_nan_have_scipys_values(kind):
    x, y = np.array([0.0, 1.0, np.nan, 3.0, 4.0]), np.arange(5.0) ** 2
    at, options = np.array([0.5, 2.0]), {"kind": kind, "bounds_error": False}
    found = ad.jit(lambda y: interpolate.interp1d(x, y, **options)(at))(y)
    np.testing.assert_array_equal(found, plain.interp1d(x, y, **options)(at))
    if kind != "slinear":
        with pytest.raises(ValueError, match="expected finite points x, got 1"):
            interpolate.make_interp_spline(x, ad.tensor(y), 2, check_finite=False)


@pytest.mark.parametrize("name", ["splder", "splantider"])
@pytest.mark.parametrize("n", [1, 2])
def test_derivatives_and_integrals_of_a_spline_that_is_an_object(name, n):
    def values(module, y):
        return getattr(module, name)(module.make_interp_spline(X, y), n)(AT)

    np.testing.assert_allclose(values(interpolate, ad.tensor(Y)).numpy(), values(plain, Y))


def test_derivatives_and_continuations_that_do_not_exist_are_refused():
    t, c = np.array([0.0, 0, 0, 1, 2, 2, 2]), np.array([1.0, 3.0, 2.0, 0.5])
    for x, coefficients in ((ad.tensor([0.5, 1.5]), c), ([0.5, 1.5], ad.tensor(c))):
        with pytest.raises(ValueError, match=r"nu of 0 or more, got -1 at .*\.py:\d+"):
            interpolate.BSpline(t, coefficients, 2)(x, -1)
        for ext in (4, -1):
            with pytest.raises(ValueError, match=rf"0, 1, 2 or 3, got {ext} at .*\.py:\d+"):
                interpolate.splev(x, (t, coefficients, 2), ext=ext)


def test_the_nearest_point_has_no_slope_in_places():
    places, values = np.array([[0.1, 0.2], [0.9, 0.3]]), np.arange(5.0) ** 2
    near = interpolate.NearestNDInterpolator(POINTS, values)
    found, pullback = ad.vjp(near, places)
    np.testing.assert_array_equal(found, plain.NearestNDInterpolator(POINTS, values)(places))
    np.testing.assert_array_equal(pullback(np.ones(2))[0], np.zeros((2, 2)))


@pytest.mark.parametrize("kind", ["nearest", "nearest-up"])
def test_a_point_in_the_middle_has_the_value_below_or_above(kind):
    x, y, at = np.arange(4.0), np.array([1.0, 3.0, -2.0, 5.0]), np.array([0.5, 1.5, 2.5])
    expected = plain.interp1d(x, y, kind=kind)(at)
    found = ad.vjp(lambda y: interpolate.interp1d(x, y, kind=kind)(at), y)[0]
    np.testing.assert_array_equal(found, expected)


def test_splines_of_fitpack_have_knots_and_points_of_one_axis():
    t, c, k = plain.splrep(X, np.sin(X))
    for f in (interpolate.splder, interpolate.splantider):
        with pytest.raises(ValueError, match=r"expected knots of one axis, got shape \(11, 1\)"):
            f((ad.tensor(t[:, np.newaxis]), c, k))
    with pytest.raises(ValueError, match=r"of one axis, got shapes \(7,\) and \(7, 1\)"):
        interpolate.splrep(X, ad.tensor(np.sin(X)[:, np.newaxis]))


@pytest.mark.parametrize("method", ["nearest", "linear"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex64, complex])
def test_scattered_values_are_interpolated_in_scipys_dtype(method, dtype):
    points, at = [[0, 0], [1, 0], [0, 1.0]], np.array([[0.2, 0.3]])
    values = np.array([1, 2, 3], dtype)
    expected = plain.griddata(points, values, at, method).dtype
    for given, where in ((values, at), (ad.tensor(values), at), (values, ad.tensor(at))):
        assert interpolate.griddata(points, given, where, method).dtype == expected

"""scipy.interpolate with slopes: in values, points and knots, and where the functions end."""

import pickle

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.interpolate")
from scipy.sparse.linalg import spsolve  # noqa: E402 - SciPy may be missing

from autodiff.scipy import interpolate  # noqa: E402

X = np.array([0.0, 0.7, 1.9, 2.4, 4.0, 5.1, 6.0])
Y = np.random.default_rng(0).normal(size=7)
ROWS = np.random.default_rng(1).normal(size=(7, 2))
AT = np.array([[0.3, 1.2], [3.1, 5.6]])
BEYOND = np.array([-0.4, 0.3, 6.5])

ENDS = ("not-a-knot", "natural", "clamped", ((1, 0.3), "not-a-knot"), ("natural", (2, -0.4)))
THROUGH = {
    **{f"spline {e}": lambda m, x, y, at, e=e: m.CubicSpline(x, y, bc_type=e)(at) for e in ENDS},
    "periodic": lambda m, x, y, at: m.CubicSpline(
        x, np.concatenate([y[:-1], y[:1]]), bc_type="periodic")(at),
    "slope": lambda m, x, y, at: m.CubicSpline(x, y)(at, 1),
    "derivative": lambda m, x, y, at: m.CubicSpline(x, y).derivative(2)(at),
    "antiderivative": lambda m, x, y, at: m.CubicSpline(x, y).antiderivative()(at),
    "integral": lambda m, x, y, at: m.CubicSpline(x, y).integrate(at[0, 0], at[1, 1]),
    "hermite": lambda m, x, y, at: m.CubicHermiteSpline(x, y, y)(at),
    "pchip": lambda m, x, y, at: m.PchipInterpolator(x, y)(at),
    "akima": lambda m, x, y, at: m.Akima1DInterpolator(x, y)(at),
    "makima": lambda m, x, y, at: m.Akima1DInterpolator(x, y, method="makima")(at),
    "polynomial": lambda m, x, y, at: m.BarycentricInterpolator(x, y)(at),
    **{f"B-spline {k}": lambda m, x, y, at, k=k: m.make_interp_spline(x, y, k)(at)
       for k in range(6)},
    **{f"B-spline {e}": lambda m, x, y, at, e=e: m.make_interp_spline(x, y, bc_type=e)(at)
       for e in ("natural", "clamped")},
    "its slope": lambda m, x, y, at: m.make_interp_spline(x, y).derivative()(at),
    "its integral": lambda m, x, y, at: m.make_interp_spline(x, y).integrate(0.3, at[1, 1]),
    **{f"line {k}": lambda m, x, y, at, k=k: m.interp1d(x, y, k)(at)
       for k in ("linear", "nearest", "nearest-up", "previous", "next", "zero", "cubic", 2)},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", THROUGH)
def test_interpolants_have_the_values_of_scipy_and_the_measured_slopes(name):
    function = THROUGH[name]
    values = function(plain, X, Y, AT)
    np.testing.assert_allclose(function(interpolate, X, Y, AT), values, rtol=1e-14)
    for traced in ((1, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1)):
        given = [ad.tensor(a) if t else a for a, t in zip((X, Y, AT), traced, strict=True)]
        found = function(interpolate, *given)
        assert isinstance(found, ad.Tensor)
        assert (found.shape, found.dtype) == (np.shape(values), np.float64)
        np.testing.assert_allclose(found.numpy(), values, rtol=1e-9, atol=1e-12)
    ad.check_grads(lambda x, y, at: function(interpolate, x, y, at), X, Y, AT, order=1)


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("ends", ["not-a-knot", "natural", "periodic"])
def test_splines_through_few_points(count, ends):
    y = ROWS[:count].copy()
    if ends == "periodic":
        y[-1] = y[0]
    value = plain.CubicSpline(X[:count], y, bc_type=ends)(AT)
    ours = interpolate.CubicSpline(X[:count], ad.tensor(y), bc_type=ends)(AT)
    np.testing.assert_allclose(ours.numpy(), value, atol=1e-12)


def test_a_line_in_values_is_a_line_in_slopes():
    slope = ad.grad(lambda y: interpolate.interp1d([0.0, 2.0, 4.0], y)(0.5))(np.zeros(3))
    np.testing.assert_array_equal(slope, [0.75, 0.25, 0])
    slope = ad.grad(lambda at: interpolate.interp1d([0.0, 2.0, 4.0], [0.0, 3.0, 3.0])(at))(0.5)
    assert slope == 1.5


def test_a_spline_is_its_own_derivative_again():
    spline = interpolate.CubicSpline(X, Y)
    slopes = ad.elementwise_grad(spline)(AT)
    np.testing.assert_allclose(slopes, spline(AT, 1), rtol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_the_axis_of_points_becomes_those_of_other_points(axis):
    y = np.moveaxis(ROWS, 0, axis)
    for name in ("CubicSpline", "PchipInterpolator", "make_interp_spline", "interp1d"):
        value = getattr(plain, name)(X, y, axis=axis)(AT)
        ours = getattr(interpolate, name)(X, ad.tensor(y), axis=axis)(AT).numpy()
        np.testing.assert_allclose(ours, value, atol=1e-12, err_msg=name)


def test_a_monotonic_interpolant_of_whole_numbers():
    """Equal slopes on both sides, of 1, -1 and 0, and turns."""
    x = np.arange(12.0)
    y = np.array([0.0, 1, 2, 3, 2, 1, 0, 0, 0, 1, 1, 0])
    at = np.linspace(0, 11, 45)
    ours = interpolate.PchipInterpolator(x, ad.tensor(y))(at).numpy()
    np.testing.assert_allclose(ours, plain.PchipInterpolator(x, y)(at), atol=1e-14)


@pytest.mark.slow
def test_complex_values_have_slopes():
    y = Y + 1j * ROWS[:, 0]
    for name in ("CubicSpline", "make_interp_spline"):
        ad.check_grads(lambda y, n=name: getattr(interpolate, n)(X, y)(AT), y, order=1)


@pytest.mark.parametrize("extrapolate", [True, False, "periodic"])
def test_what_lies_beyond_the_ends(extrapolate):
    c = np.random.default_rng(2).normal(size=(3, 6, 2))
    pieces = plain.PPoly(c, X, extrapolate)
    ours = interpolate.PPoly(ad.tensor(c), X, extrapolate)
    np.testing.assert_allclose(ours(BEYOND).numpy(), pieces(BEYOND), atol=1e-12)
    np.testing.assert_allclose(ours.integrate(1, 9).numpy(), pieces.integrate(1, 9), atol=1e-12)
    t = np.concatenate([X, X[-1] + X[1:4]])
    splines = [
        module.BSpline(t, c, 3, extrapolate)
        for module, c in ((plain, Y[:6]), (interpolate, ad.tensor(Y[:6])))
    ]
    np.testing.assert_allclose(splines[1](BEYOND).numpy(), splines[0](BEYOND), atol=1e-10)
    integrals = [spline.integrate(1.0, 9.0) for spline in splines]
    np.testing.assert_allclose(integrals[1].numpy(), integrals[0], atol=1e-10)


def test_descending_breakpoints_and_constant_pieces():
    c = np.random.default_rng(3).normal(size=(1, 3))
    for breaks in (X[:4], X[3::-1]):
        value = plain.PPoly(c, breaks)(AT[0])
        np.testing.assert_array_equal(interpolate.PPoly(ad.tensor(c), breaks)(AT[0]).numpy(), value)


@pytest.mark.parametrize("kind", ["linear", "nearest", "previous", "next", "cubic"])
def test_a_function_of_one_variable_is_filled_outside(kind):
    for fill in ("extrapolate", np.nan, (-1.0, 2.0)):
        options = {"kind": kind, "bounds_error": False, "fill_value": fill}
        value = plain.interp1d(X, Y, **options)(BEYOND)
        ours = interpolate.interp1d(X, ad.tensor(Y), **options)(BEYOND)
        np.testing.assert_allclose(ours.numpy(), value, atol=1e-10)
    slope = ad.grad(lambda f: interpolate.interp1d(X, Y, bounds_error=False, fill_value=f)(-1.0))
    assert slope(0.5) == 1.0


GRID = (X[:6], np.array([0.0, 0.8, 2.0, 3.1, 4.4, 5.0]))
SURFACE = np.random.default_rng(4).normal(size=(6, 6))
PLACES = np.random.default_rng(5).uniform(0.1, 4.9, (3, 2))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["linear", "nearest", "slinear", "cubic", "quintic"])
def test_grids_have_slopes_in_values_lines_and_points(method):
    options = {} if method in ("linear", "nearest") else {"solver": spsolve}

    def surface(module, a, b, values, at):
        return module.RegularGridInterpolator((a, b), values, method, **options)(at)

    value = surface(plain, *GRID, SURFACE, PLACES)
    traced = surface(interpolate, *map(ad.tensor, (*GRID, SURFACE, PLACES)))
    np.testing.assert_allclose(traced.numpy(), value, atol=1e-10)
    ad.check_grads(lambda *args: surface(interpolate, *args), *GRID, SURFACE, PLACES, order=1)


def test_grids_end_where_they_end():
    at = np.array([[-1.0, 1.0], [1.0, 1.0], [np.nan, 1.0]])
    for fill in (np.nan, 0.5, None):
        given = {"bounds_error": False, "fill_value": fill}
        value = plain.interpn(GRID, SURFACE, at, **given)
        ours = interpolate.interpn(GRID, ad.tensor(SURFACE), at, **given)
        np.testing.assert_allclose(ours.numpy(), value)
    flipped = (GRID[0][::-1], GRID[1])
    value = plain.interpn(flipped, SURFACE, (PLACES[:, 0], PLACES[:, 1]))
    ours = interpolate.interpn(flipped, ad.tensor(SURFACE), (PLACES[:, 0], PLACES[:, 1]))
    np.testing.assert_allclose(ours.numpy(), value)


@pytest.mark.slow
def test_scattered_values_have_slopes():
    points = np.random.default_rng(6).uniform(size=(9, 2))
    values, at = ROWS.ravel()[:9], np.array([[0.4, 0.5], [0.6, 0.45], [3.0, 3.0]])
    for method in ("linear", "nearest"):
        value = plain.griddata(points, values, at, method)
        ours = interpolate.griddata(points, ad.tensor(values), at, method)
        np.testing.assert_allclose(ours.numpy(), value)
    ad.check_grads(lambda v, at: interpolate.griddata(points, v, at), values, at[:2], order=1)
    ours = interpolate.griddata(X, ad.tensor(Y), AT)
    np.testing.assert_allclose(ours.numpy(), plain.griddata(X, Y, AT))


@pytest.mark.slow
def test_a_polynomial_is_smooth_at_its_points():
    ad.check_grads(lambda x, y: interpolate.barycentric_interpolate(x, y, X[2]), X[:5], Y[:5])


def test_objects_of_plain_values_are_those_of_scipy():
    spline = interpolate.CubicSpline(X, Y)
    assert isinstance(spline, plain.CubicSpline)
    np.testing.assert_array_equal(spline.roots(), plain.CubicSpline(X, Y).roots())
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(spline))(AT), spline(AT))
    own = interpolate.make_interp_spline(X, Y)
    np.testing.assert_array_equal(own.c, plain.make_interp_spline(X, Y).c)
    assert isinstance(own.derivative(), interpolate.BSpline)


def test_parts_of_objects_are_traced():
    y = ad.tensor(Y)
    assert isinstance(interpolate.CubicSpline(X, y).c, ad.Tensor)
    assert isinstance(interpolate.make_interp_spline(X, y).c, ad.Tensor)
    assert isinstance(interpolate.interp1d(X, y).y, ad.Tensor)
    assert isinstance(
        interpolate.RegularGridInterpolator(GRID, ad.tensor(SURFACE)).values, ad.Tensor
    )


def test_what_has_no_slope_is_refused():
    y = ad.tensor(Y)
    spline, surface = interpolate.CubicSpline(X, y), ad.tensor(SURFACE)
    for call, part in (
        (spline.roots, "brentq"),
        (lambda: spline.solve(0.5), "brentq"),
        (lambda: interpolate.make_interp_spline(X, y).insert_knot(1.0), "plain spline"),
        (lambda: interpolate.make_interp_spline(X, y - y, bc_type="periodic"), "CubicSpline"),
        (lambda: interpolate.UnivariateSpline(X, y), "make_interp_spline"),
        (lambda: interpolate.KroghInterpolator(X, y), "BarycentricInterpolator"),
        (lambda: interpolate.splrep(X, y, s=1), "make_interp_spline"),
        (lambda: interpolate.RegularGridInterpolator(GRID, surface, "pchip")(PLACES), "cubic"),
        (lambda: interpolate.interpn(GRID, surface, PLACES, "splinef2d"), "cubic"),
        (lambda: interpolate.griddata(ROWS, y, ROWS, "cubic"), "RegularGrid"),
        (lambda: interpolate.LinearNDInterpolator(ad.tensor(ROWS), Y), "plain points"),
        (lambda: interpolate.barycentric_interpolate(X, y, 1.0, der=1), "autodiff.grad"),
    ):
        with pytest.raises(NotImplementedError, match=part):
            call()


def test_refused_classes_accept_plain_values():
    assert isinstance(interpolate.UnivariateSpline(X, Y), plain.UnivariateSpline)
    assert issubclass(interpolate.UnivariateSpline, plain.UnivariateSpline)


def test_wrong_arguments_are_refused_as_in_scipy():
    y = ad.tensor(Y)
    for call in (
        lambda: interpolate.CubicSpline(X[::-1], y),
        lambda: interpolate.CubicSpline(X, y, bc_type="round"),
        lambda: interpolate.make_interp_spline(
            X, ad.tensor(ROWS), bc_type=([(2, 0.0)], [(2, 0.0)])
        ),
        lambda: interpolate.interp1d(X, y)(9.0),
        lambda: interpolate.RegularGridInterpolator(GRID, ad.tensor(SURFACE))([[9.0, 9.0]]),
        lambda: interpolate.splev(9.0, (X, y, 1), ext=2),
        lambda: interpolate.splder((X, y, 1), 2),
        lambda: interpolate.splder((np.floor(X[:6] / 2.1), y[:6], 1)),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            call()


def test_jit_writes_splines_as_code():
    def loss(y):
        return (interpolate.CubicSpline(X, y)(AT) ** 2).sum()

    fast = ad.jit(ad.grad(loss))
    np.testing.assert_allclose(fast(Y), ad.grad(loss)(Y), atol=1e-12)
    np.testing.assert_allclose(fast(-Y), ad.grad(loss)(-Y), atol=1e-12)
    assert "solve_banded" in fast.source(Y)


@pytest.mark.slow
def test_a_jitted_function_decides_by_the_numbers_of_each_call():
    def akima(y):
        return interpolate.Akima1DInterpolator(X, y)(AT)

    straight = np.where(X < 3, X, 2 * X)
    fast = ad.jit(akima)
    for y in (X * 1.0, straight, Y):
        np.testing.assert_allclose(fast(y), akima(y), atol=1e-12)

    def pieces(breaks):
        return interpolate.PPoly(np.ones((2, 3)), breaks)(AT[0])

    fast = ad.jit(pieces)
    for breaks in (X[:4], X[3::-1]):
        np.testing.assert_allclose(fast(breaks), pieces(breaks))

    def line(x, at):
        return interpolate.interp1d(x, Y[:3])(at)

    fast = ad.jit(line)
    for x in (np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 2.0])):
        np.testing.assert_allclose(fast(x, 1.4), line(x, 1.4))


def test_a_jitted_function_checks_the_numbers_of_each_call():
    for call, inside, beyond in (
        (lambda at: interpolate.interp1d(X, Y)(at), 1.0, 9.0),
        (lambda at: interpolate.RegularGridInterpolator(GRID, SURFACE)(at), PLACES, PLACES + 9),
        (lambda at: interpolate.splev(at, (X, Y, 1), ext=2), 1.0, 9.0),
    ):
        fast = ad.jit(call)
        np.testing.assert_allclose(fast(inside), call(inside))
        with pytest.raises(ValueError, match="got others"):
            fast(beyond)


def test_grids_agree_with_jax(jax):
    def total(module, values, at):
        return (module.RegularGridInterpolator(GRID, values)(at) ** 2).sum()

    slopes = jax.grad(total, (1, 2))(jax.scipy.interpolate, jax.numpy.array(SURFACE), PLACES)
    for ours, theirs in zip(
        ad.grad(total, (1, 2))(interpolate, SURFACE, PLACES), slopes, strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)


@pytest.mark.parametrize("form", ["class", "function"])
def test_polynomials_at_complex_points(form):
    nodes, values = np.array([0.0, 1.0, 2.5]), np.array([1 + 2j, -0.5j, 0.3 + 1j])

    def polynomial(module, x):
        if form == "class":
            return module.BarycentricInterpolator(nodes, values)(x)
        return module.barycentric_interpolate(nodes, values, x)

    x = np.array([0.5 + 1j, 2 - 0.3j])
    ours = polynomial(interpolate, ad.tensor(x)).numpy()
    np.testing.assert_allclose(ours, polynomial(plain, x))


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")  # SciPy's own
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_polynomial_through_one_point_is_constant():
    values = ad.vjp(lambda y: interpolate.BarycentricInterpolator([2.0], y)([1.0, 3.0]), [5.0])[0]
    assert values.tolist() == [5, 5]


POINTS = {
    "vector": np.array([0.5, 1.2]),
    "list": [0.5, 1.2],
    "row": np.array([[0.5, 1.2]]),
    "tuple": (0.5, 1.2),
    "grid": (np.array([[0.5], [1.0]]), np.array([1.2, 0.3])),
    "array": np.full((2, 3, 2), 0.7),
}


@pytest.mark.slow
@pytest.mark.parametrize("at", POINTS)
@pytest.mark.parametrize("trailing", [(), (2,)])
def test_shapes_at_points_in_every_form(at, trailing):
    """A vector is one point, whose result has an axis of length 1."""
    grid, xi = (np.arange(3.0), np.arange(4.0)), POINTS[at]
    values = np.random.default_rng(0).normal(size=(3, 4, *trailing))
    places = np.stack(np.meshgrid(*grid, indexing="ij"), axis=-1).reshape(-1, 2)
    places = places + np.random.default_rng(1).uniform(0, 0.1, places.shape)
    several = values.reshape(-1, *trailing)
    for call in (
        lambda module, a, b, xi: module.RegularGridInterpolator(grid, a)(xi),
        lambda module, a, b, xi: module.interpn(grid, a, xi, "nearest"),
        lambda module, a, b, xi: module.LinearNDInterpolator(places, b)(xi),
        lambda module, a, b, xi: module.NearestNDInterpolator(places, b)(xi),
        lambda module, a, b, xi: module.griddata(places, b, xi),
    ):
        expected = call(plain, values, several, xi)
        ours = call(interpolate, ad.tensor(values), ad.tensor(several), xi)
        np.testing.assert_allclose(ours.numpy(), expected, strict=True)


@pytest.mark.slow
def test_points_have_slopes_beside_plain_values():
    places, values = np.random.default_rng(2).random((2, 12, 2))
    inside = np.array([[0.4, 0.5], [0.55, 0.4]])
    f = interpolate.LinearNDInterpolator(places, values[:, 0])
    np.testing.assert_array_equal(f(ad.tensor(inside)).numpy(), f(inside))
    ad.check_grads(f, inside)


@pytest.mark.parametrize("name", ["splder", "splantider"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, int])
def test_coefficients_have_the_dtypes_of_scipy(name, dtype):
    knots, coefficients = np.arange(8.0), (np.arange(1.0, 9.0) ** 2).astype(dtype)
    for t in (knots, np.float32(knots)):
        expected = getattr(plain, name)((t, coefficients, 3), 1)
        ours = getattr(interpolate, name)((ad.tensor(t), coefficients, 3), 1)
        for mine, theirs in zip(ours[:2], expected[:2], strict=True):
            np.testing.assert_allclose(mine.numpy(), theirs, strict=True)


@pytest.mark.parametrize("kind", ["linear", "nearest", "next", "previous"])
@pytest.mark.parametrize("fill", ["extrapolate", np.nan, (0, 1.5)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
def test_values_outside_do_not_widen_those_inside(kind, fill, dtype):
    def line(module, y):
        x = np.arange(4, dtype=np.float32)
        f = module.interp1d(x, y, kind=kind, fill_value=fill, bounds_error=False)
        return f(np.float32([-1.0, 0.3, 2.0, 5.0]))

    y = np.arange(4.0).astype(dtype) ** 2
    np.testing.assert_allclose(line(interpolate, ad.tensor(y)).numpy(), line(plain, y), strict=True)

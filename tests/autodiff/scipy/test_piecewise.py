"""Every use of a piecewise function: calls, derivatives, integrals, what is beyond its ends."""

import numpy as np
import pytest

import autodiff as ad

plain = pytest.importorskip("scipy.interpolate")
from autodiff.scipy import interpolate  # noqa: E402 - SciPy may be missing

X = np.array([0.0, 0.7, 1.9, 2.4, 4.0, 5.1, 6.0])
AT = np.array([[0.3, 1.2], [3.1, 5.6]])
BEYOND = np.array([-0.4, 0.3, 6.5])
PIECES = {
    "PPoly": lambda m, c, e: m.PPoly(c, X, e),
    "PPoly along axis 1": lambda m, c, e: m.PPoly(np.moveaxis(c, 2, 0), X, e, 1),
    "CubicSpline": lambda m, c, e: m.CubicSpline(X, c[:, :, 0].T.repeat(2, 0)[:7], extrapolate=e),
    "rows": lambda m, c, e: m.CubicSpline(X, c[0].repeat(2, 0)[:7].T, 1, "clamped", e),
    "Pchip": lambda m, c, e: m.PchipInterpolator(X, np.tile(c[0, :, 0], 2)[:7], extrapolate=e),
    "Hermite": lambda m, c, e: m.CubicHermiteSpline(X[:6], c[0], c[1], extrapolate=e),
    "BSpline": lambda m, c, e: m.BSpline(np.arange(10.0), c[0], 3, e),
    "BSpline along axis 1": lambda m, c, e: m.BSpline(np.arange(10.0), c[0].T, 3, e, 1),
}
USES = {
    "values": lambda f: [f(BEYOND), f(AT), f(2.2)],
    "slopes": lambda f: [f(BEYOND, 1), f(AT, nu=2)],
    "extended": lambda f: [f(BEYOND, extrapolate=e) for e in (True, False, "periodic")],
    "derivatives": lambda f: [f.derivative()(BEYOND), f.derivative(2)(AT)],
    "antiderivatives": lambda f: [f.antiderivative()(BEYOND), f.antiderivative(2)(AT)],
    "their parts": lambda f: [f.derivative().c, f.antiderivative(2).c],
    "integrals": lambda f: [f.integrate(3.2, 5.5), f.integrate(4.5, 0.2)],
    "beyond": lambda f: [f.integrate(-1, 13, e) for e in (None, True, False, "periodic")],
}


@pytest.mark.parametrize("extrapolate", [None, True, False, "periodic"])
@pytest.mark.parametrize("name", PIECES)
def test_every_use_of_a_piecewise_function_is_that_of_scipy(name, extrapolate):
    c = np.random.default_rng(2).normal(size=(3, 6, 2))
    if extrapolate is None and name.startswith("BSpline"):
        extrapolate = True
    ours, theirs = (
        PIECES[name](m, parts, extrapolate)
        for m, parts in ((interpolate, ad.tensor(c)), (plain, c))
    )
    assert ours.extrapolate == theirs.extrapolate
    for use in USES:
        for found, expected in zip(USES[use](ours), USES[use](theirs), strict=True):
            assert (found.shape, found.dtype) == (np.shape(expected), expected.dtype), use
            np.testing.assert_allclose(found.numpy(), expected, atol=1e-9, err_msg=use)

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


@pytest.mark.parametrize("ext", [0, 1, 2, 3])
@pytest.mark.parametrize("der", [0, 1, 3])
def test_splines_of_fitpack_beyond_their_knots(ext, der):
    t, c, k = plain.splrep(X, np.cos(X))
    inside, around = np.array([0.3, 3.1, 5.6]), np.array([-0.4, 0.0, 0.3, 6.0, 6.5])
    for at in (inside, around):
        if ext == 2 and at is around:
            with pytest.raises(ValueError, match=r"within the knots, got others\. Pass ext=0"):
                interpolate.splev(at, (t, ad.tensor(c), k), der, ext)
            continue
        for more in (c, c[: len(t) - k - 1], np.concatenate([c, [7.0, 8.0]])):
            expected = plain.splev(at, (t, more, k), der, ext)
            found = interpolate.splev(at, (t, ad.tensor(more), k), der, ext).numpy()
            np.testing.assert_allclose(found, expected, atol=1e-9)
    curve = interpolate.splev(inside, (t, [ad.tensor(c), ad.tensor(2 * c)], k), der)
    np.testing.assert_allclose(curve[1].numpy(), 2 * curve[0].numpy())


def test_integrals_of_fitpack_are_0_beyond_the_knots():
    t, c, k = plain.splrep(X, np.cos(X))
    for limits in ((0.3, 5.1), (5.1, 0.3), (-3.0, 9.0), (7.0, 9.0)):
        for more in (c, np.concatenate([c, [7.0, 8.0]])):
            found = interpolate.splint(*limits, (t, ad.tensor(more), k))
            assert found.item() == pytest.approx(plain.splint(*limits, (t, more, k)), abs=1e-12)
    with pytest.raises(NotImplementedError, match="no full_output="):
        interpolate.splint(0.0, 1.0, (t, ad.tensor(c), k), full_output=1)

"""Slopes of distribution functions that are integrals of a density."""

import numpy as np
import pytest

import autodiff as ad

special = pytest.importorskip("scipy.special")
from autodiff.scipy import stats  # noqa: E402 - SciPy may be missing

X = np.array([[0.3], [1.4], [2.9]])


@pytest.mark.parametrize("b", [0.05, 1.0, 30.0, 1e4])
def test_the_slope_of_rice_has_a_closed_form(b):
    x = b + np.array([-12.0, -2.0, 0.0, 0.5, 3.0, 12.0])
    x = x[x > 0]
    slope = ad.elementwise_grad(lambda b: stats.rice.cdf(x, b))(np.full(x.shape, b))
    expected = -x * np.exp(-((x - b) ** 2) / 2) * special.i1e(x * b)  # of Marcum's Q₁(b, x)
    np.testing.assert_allclose(slope, expected, rtol=1e-11)


def test_the_slope_of_vonmises_is_that_of_its_series():
    x, kappa = np.linspace(-3.1, 3.1, 9), 2.0
    j = np.arange(1, 40)[:, None]
    ratio = special.iv(j, kappa) / special.iv(0, kappa)
    changes = special.ivp(j, kappa) / special.iv(0, kappa) - ratio * special.iv(1, kappa) / (
        special.iv(0, kappa)
    )
    expected = np.sum(changes * np.sin(j * x) / j, axis=0) / np.pi
    for turns in (0, 1, -2):
        there = x + 2 * np.pi * turns
        slope = ad.jvp(lambda k, at=there: stats.vonmises.cdf(at, k), (kappa,), (1.0,))[1]
        np.testing.assert_allclose(slope, expected, atol=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "x", "shapes"),
    [
        ("rice", X, (np.array([0.3, 1.1, 4.0]),)),
        ("vonmises", X + 3, (np.array([0.3, 1.1, 4.0]),)),
        ("vonmises_line", X, (np.array([0.3, 1.1, 4.0]),)),
        ("norminvgauss", X - 1, (np.array([1.3, 2.0]), np.array([0.2, -0.4]))),
        ("geninvgauss", X, (np.array([-1.3, 2.0]), np.array([0.2, 1.5]))),
        ("rel_breitwigner", X, (np.array([1.3, 2.0]),)),
    ],
)
def test_second_derivatives_are_the_measured_ones(name, x, shapes):
    density = getattr(stats, name).logpdf

    def slope_in_x(x, *shapes):  # SciPy integrates some of these to 8 digits, too few to measure
        return ad.jvp(lambda x: getattr(stats, name).cdf(x, *shapes), (x,), (np.ones_like(x),))[1]

    def slopes_in_shapes(*arrays):
        def total(*shapes):
            return getattr(stats, name).cdf(arrays[0], *shapes).sum()

        return ad.grad(total, range(len(shapes)))(*arrays[1:])

    np.testing.assert_allclose(slope_in_x(x, *shapes), np.exp(density(x, *shapes)), rtol=1e-12)
    ad.check_grads(lambda *arrays: slopes_in_shapes(*arrays), x, *shapes, order=1)


def test_slopes_are_0_outside_of_the_support():
    for x in (-1.0, 0.0, np.inf):
        assert ad.grad(lambda b, x=x: stats.rice.cdf(x, b))(2.0) == 0
    assert ad.grad(lambda k: stats.vonmises_line.cdf(9.0, k))(2.0) == 0


def test_a_jitted_slope_takes_other_numbers():
    slope = ad.grad(lambda b: stats.rice.cdf(X, b).sum())
    fast = ad.jit(slope)
    for b in (np.array([0.3, 1.1]), np.array([9.0, 2.0])):
        np.testing.assert_allclose(fast(b), slope(b), rtol=1e-13)


def test_single_precision_is_kept():
    assert ad.grad(stats.rice.cdf, 1)(np.float32(1.5), np.float32(0.7)).dtype == np.float32

"""Slopes of functions whose orders and counts SciPy takes as whole numbers."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.scipy import special
from tests.laws.table import examples

FUNCTIONS = {
    "bdtr": 2, "bdtrc": 2, "bdtri": 2, "nbdtr": 2, "nbdtrc": 2, "nbdtri": 2, "smirnov": 1,
    "smirnovi": 1, "expn": 1, "kn": 1, "yn": 1, "pdtr": 1, "pdtrc": 1, "pdtri": 1,
}  # fmt: skip
numbers = st.sampled_from([-0.4, 0, 1, 2, 3, 5, 0.5, 1.5, 2.75, 4.25, np.float64(1.5), np.int64(2)])


@pytest.mark.parametrize("name", FUNCTIONS)
@given(st.lists(numbers, min_size=2, max_size=2), st.floats(0.2, 0.8))
@examples(15)
@pytest.mark.filterwarnings("ignore:floating point number truncated")
def test_fractions_that_scipy_drops_have_no_effect(name, drawn, x):
    counts = drawn[: FUNCTIONS[name]]

    def f(x):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return getattr(special, name)(*counts, x)

    assume(name != "smirnov" or x != 0.5)  # a kink of smirnov(2, x)
    measured = (f(x + 1e-5) - f(x - 1e-5)) / 2e-5
    if np.isfinite(measured):
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(ad.grad(f)(x), measured, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("x", "shape"), [(0.9, 3.0), (3.0, 0.75), (-2.5, 1.5), (0.2, 3.0)])
def test_tukeys_distribution_is_flat_beyond_its_support(x, shape):
    for f, at in (
        (lambda x: special.tklmbda(x, shape), x),
        (lambda s: special.tklmbda(x, s), shape),
    ):
        measured = (f(at + 1e-6) - f(at - 1e-6)) / 2e-6
        np.testing.assert_allclose(ad.grad(f)(at), measured, atol=1e-7)


POLYNOMIALS = [name for name in dir(special) if name.startswith("eval_")]


@pytest.mark.parametrize("name", POLYNOMIALS)
@pytest.mark.parametrize("n", range(-4, 4))
def test_whole_degrees_have_the_slopes_of_the_same_floats(name, n):
    f = getattr(special, name)
    shapes = (1.5, 2.5)[: f.nin - 2]
    whole, real = (lambda x, n=n: f(n, *shapes, x) for n in (n, n + 1e-9))
    if name.startswith("eval_hermite") or not np.isclose(whole(0.3), real(0.3)):
        return  # SciPy has no fractional degrees, or 0 for negative ones
    for _ in range(2):
        whole, real = ad.grad(whole), ad.grad(real)
        np.testing.assert_allclose(whole(0.3), real(0.3), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["eval_legendre", "eval_chebyu", "eval_chebys", "eval_laguerre"])
def test_a_large_degree_has_the_slope_of_the_same_integer(name):
    f = getattr(special, name)
    slopes = [ad.grad(lambda x, n=n: f(n, x))(0.3) for n in (300, 300.0, np.float64(300))]
    np.testing.assert_allclose(slopes, slopes[0], rtol=1e-6)


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_degrees_may_be_arguments_of_jitted_functions(name):
    f = getattr(special, name)
    shapes = (1.5, 2.5)[: f.nin - 2]
    jitted = ad.jit(lambda n, x: ad.grad(lambda x: np.sum(f(n, *shapes, x)))(x))
    degrees, x = np.arange(4), np.linspace(0.2, 0.8, 4)
    for n in (degrees, degrees[::-1]):
        slopes = [ad.grad(lambda x, k=k: f(k, *shapes, x))(x) for k, x in zip(n, x, strict=True)]
        np.testing.assert_allclose(jitted(n, x), slopes)


@pytest.mark.parametrize("kind", ["jn", "yn", "in", "kn"])
@pytest.mark.parametrize("n", [0.5, 1.75, np.array([2.5, 3.0])])
def test_orders_of_spherical_functions_are_truncated_in_slopes_too(kind, n):
    f = getattr(special, f"spherical_{kind}")
    expected = np.sum(f(n, 1.25, derivative=True))
    assert ad.grad(lambda z: np.sum(f(n, z)))(1.25) == pytest.approx(expected)
    assert ad.jit(ad.grad(lambda z, n: np.sum(f(n, z))))(1.25, n) == pytest.approx(expected)

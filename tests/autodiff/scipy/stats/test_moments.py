"""Means, variances and entropies by longer formulas: beside SciPy's, and at their ends."""

import numpy as np
import pytest
import scipy.stats

import autodiff as ad
from autodiff.scipy import stats
from autodiff.scipy.stats import moments


@pytest.mark.parametrize(
    ("formula", "expected", "shapes"),
    [
        (moments.extreme_mean, scipy.stats.genextreme.mean, [-0.3, -0.099, -0.02, 0.05, 0.3, 2.0]),
        (moments.extreme_var, scipy.stats.genextreme.var, [-0.3, -0.099, -0.02, 0.05, 0.3, 2.0]),
        pytest.param(
            moments.circular_var, scipy.stats.vonmises.var, [0.5, 20.0], marks=pytest.mark.slow
        ),
        (moments.skew_normal_entropy, scipy.stats.skewnorm.entropy, [0.0, 1.3, -20.0]),
    ],
)
def test_formulas_are_scipys_values(formula, expected, shapes):
    np.testing.assert_allclose(
        formula(np.array(shapes)), [expected(shape) for shape in shapes], rtol=1e-6
    )


def test_formulas_of_counts_are_scipys_values():
    n, p, a = np.array([1, 5, 40]), np.array([0.2, 0.5, 0.9]), np.array([0.4, 1.7, 3.0])
    for formula, law, args in (
        (moments.binomial_entropy, scipy.stats.binom, (n, p)),
        (moments.beta_binomial_entropy, scipy.stats.betabinom, (n, a, a + 1)),
        (moments.negative_binomial_entropy, scipy.stats.nbinom, (a, p)),
    ):
        np.testing.assert_allclose(formula(*args), law.entropy(*args), rtol=1e-9)


def test_an_extreme_value_of_shape_zero_has_slopes():
    slope = ad.grad(lambda c: stats.genextreme.mean(c))(0.0)
    assert slope == pytest.approx(-(np.euler_gamma**2 + np.pi**2 / 6) / 2)  # by Γ''(1)
    above, below = (moments.extreme_var(c) for c in (1e-4, -1e-4))
    assert ad.grad(lambda c: stats.genextreme.var(c))(0.0) == pytest.approx(
        (above - below) / 2e-4, rel=1e-6
    )


@pytest.mark.slow
def test_a_normal_distribution_truncated_on_one_side():
    for method in ("mean", "var"):  # SciPy's entropy is NaN
        f = getattr(stats.truncnorm, method)
        ad.check_grads(lambda a, f=f: f(a, np.inf, 0.3, 1.2), -0.4)
        slope = ad.grad(lambda b, f=f: f(-0.4, b, 0.3, 1.2))(np.inf)
        assert slope == 0


@pytest.mark.slow
def test_entropies_of_counts_by_jit():
    for f in (
        lambda p: stats.binom.entropy(5, p), lambda a: stats.betabinom.entropy(5, a, 1.2),
        lambda p: stats.nbinom.entropy(2.5, p), lambda n: stats.nbinom.entropy(n, 0.3),
    ):  # fmt: skip
        fast = ad.jit(ad.grad(f))
        for p in (0.3, 0.05):
            assert fast(p) == pytest.approx(ad.grad(f)(p), rel=1e-12)

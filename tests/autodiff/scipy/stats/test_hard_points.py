"""Slopes where a careless formula cancels or overflows, compared with 50 digits of mpmath."""

import math

import mpmath as mp
import numpy as np
import pytest

import autodiff as ad
from autodiff.scipy import stats


def normal_mass(a, b):
    return mp.erfc(a / mp.sqrt(2)) / 2 - (mp.erfc(b / mp.sqrt(2)) / 2 if b != mp.inf else 0)


LOG_DENSITIES = {
    "genextreme": lambda x, c: -((1 - c * x) ** (1 / c)) + (1 / c - 1) * mp.log(1 - c * x),
    "genpareto": lambda x, c: -(1 + 1 / c) * mp.log(1 + c * x),
    "truncnorm": lambda x, a, b: -x * x / 2 - mp.log(normal_mass(a, b)),
    "skewnorm": lambda x, a: -x * x / 2 + mp.log(mp.ncdf(a * x)),
    "vonmises": lambda x, kappa: kappa * mp.cos(x) - mp.log(mp.besseli(0, kappa)),
    "t": lambda x, df: (
        mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(df) / 2
        - (df + 1) / 2 * mp.log(1 + x * x / df)
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "args"), [
    ("genextreme", (1.3, 1e-9)), ("genextreme", (0.8, -0.24)), ("genextreme", (2.0, 0.12)),
    ("genpareto", (1.3, -1e-12)), ("genpareto", (40.0, 1e-6)),
    ("truncnorm", (31.0, 30.0, 32.0)), ("truncnorm", (-0.5, -1.0, 1e3)),
    ("skewnorm", (-12.0, 3.0)), ("vonmises", (0.01, 900.0)), ("t", (2.0, 1e5)),
])  # fmt: skip
def test_slopes_of_log_densities(name, args):
    slopes = ad.grad(getattr(stats, name).logpdf, range(len(args)))(*args)
    with mp.workdps(50):
        for i, slope in enumerate(slopes):
            exact = mp.diff(
                lambda v, i=i: LOG_DENSITIES[name](*(*args[:i], v, *args[i + 1 :])), args[i]
            )
            assert slope == pytest.approx(float(exact), rel=1e-9, abs=1e-12)


def test_the_limit_of_the_generalized_extreme_value_distribution_is_gumbel():
    x = 0.7
    assert ad.grad(stats.genextreme.logpdf)(x, 0.0) == pytest.approx(
        ad.grad(stats.gumbel_r.logpdf)(x)
    )
    # by the series log(1 - c x)/c = -x - c x²/2 - …
    slope = ad.grad(stats.genextreme.logpdf, 1)(x, 0.0)
    assert slope == pytest.approx(x - x * x / 2 * (1 - math.exp(-x)))


@pytest.mark.parametrize(("name", "shapes"), [
    ("genextreme", (0.4,)), ("genextreme", (-0.4,)), ("genpareto", (-0.3,)),
    ("genhalflogistic", (0.4,)), ("truncnorm", (-1.1, 2.7)), ("truncexpon", (1.7,)),
    ("loguniform", (0.5, 2.0)), ("beta", (1.7, 0.6)), ("powerlaw", (1.0,)), ("kappa3", (1.0,)),
])  # fmt: skip
@pytest.mark.parametrize(("method", "end"), [("ppf", 0.0), ("ppf", 1.0), ("isf", 1.0)])
def test_quantiles_at_the_ends_move_with_the_support(name, shapes, method, end):
    def quantile(*shapes):
        z = getattr(stats, name)(*shapes, scale=2.0)
        return getattr(z, method)(end)

    if math.isfinite(quantile(*shapes)):
        ad.check_grads(quantile, *shapes, order=1)


@pytest.mark.parametrize(("name", "shapes", "x"), [
    ("truncnorm", (-1.1, 2.7), -1.1), ("powerlaw", (1.0,), 0.0), ("kappa3", (1.0,), 0.0),
])  # fmt: skip
@pytest.mark.parametrize("method", ["cdf", "sf", "logsf"])
def test_probabilities_below_the_support_have_slope_0_in_shapes(name, shapes, x, method):
    slopes = ad.grad(getattr(getattr(stats, name), method), range(1, 1 + len(shapes)))(x, *shapes)
    assert slopes == (0.0,) * len(shapes)


@pytest.mark.parametrize("method", ["logpdf", "pdf", "cdf", "ppf"])
def test_one_x_and_one_scale_of_several_shapes(method):
    shapes = np.array([2.7, 1.4])
    ad.check_grads(
        lambda x, scale: getattr(stats.gamma, method)(x, shapes, 0.1, scale), 0.6, 1.8, order=1
    )

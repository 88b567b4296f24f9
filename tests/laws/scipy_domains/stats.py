"""How to draw calls of ``scipy.stats``; its distributions are tested beside their module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.stats as s

from autodiff.scipy import stats
from autodiff.scipy.stats.boxes import Tolerance, normal_box, student_box
from autodiff.scipy.stats.counts import log_bessel, skellam_sum
from autodiff.scipy.stats.cumulative import normal_cdf, student_cdf
from autodiff.scipy.stats.interval import log_normal_mass
from autodiff.scipy.stats.masses import (
    binomial_mass,
    binomial_sum,
    negative_binomial_mass,
    poisson_mass,
)
from autodiff.scipy.stats.moments import negative_binomial_entropy
from autodiff.scipy.stats.sums import beta_sum, logarithmic_sum, mean_of_log_factorial
from tests.laws.drawing import REAL, Call, Domain, Draw, away, binary, call
from tests.laws.drawing import values as within
from tests.laws.forms import on


def sample(d: Draw, count: int = 5) -> Any:
    """Draw a positive sample, or several side by side, without ties."""
    return d.random.uniform(0.5, 2.0, (count, *d.shape(0, 1)))


def of_sample(**options: Sequence[Any]) -> Domain:
    """Draw ``f(sample, axis)`` with one axis or none, and options."""

    def draw(d: Draw) -> Call:
        a = sample(d)
        return call(a, **d.options(axis=[None, 0, -1 if a.ndim == 1 else 0], **options))

    return Domain(draw, **REAL)


def around_zero(samples: Domain) -> Domain:
    """Draw samples of which SciPy can compute moments: from sums of powers, which may cancel.

    They are vectors: of too few entries, SciPy divides a rounded 0 by 0.
    """
    return replace(samples, draw=lambda d: samples.draw(d).map(lambda a: np.ravel(a) - 1.25))


def of_both(**options: Sequence[Any]) -> Domain:
    """Draw ``f(x, y)`` of two samples."""
    return Domain(
        lambda d: call(*(d.random.uniform(0.5, 2.0, 5) for _ in range(2)), **d.options(**options)),
        **REAL,
    )


def before(parameter: Any, **options: Sequence[Any]) -> Domain:
    """Draw ``f(parameter, sample)``."""
    return Domain(lambda d: call(np.float64(parameter), sample(d), **d.options(**options)), **REAL)


def shapes(d: Draw, count: int) -> list[Any]:
    """Draw positive parameters of one shape."""
    shape = d.shape()
    return [within(0.4, 4)(d, shape) for _ in range(count)]


def of_betas(d: Draw) -> Call:
    orders = d.choice((0, 0), (1, 0), (0, 1), (1, 1))
    k, is_finite = d.integer(0, 6), d.coin()
    return call(k, 7, *shapes(d, 2), orders=orders, is_finite=is_finite)


def symmetric(function: Any) -> Any:
    """Return the function with the symmetric part of a matrix, its third argument."""
    return lambda a, b, c, *rest, **options: function(a, b, (c + c.T) / 2, *rest, **options)


def box(function: Any, *more: float) -> Domain:
    """Draw ``f(lower, upper, matrix, *more)``, of one or two dimensions."""

    def draw(d: Draw) -> Call:
        n = d.integer(1, 2)
        upper, root = d.random.uniform(-1, 1.5, (*d.shape(0, 1), n)), d.random.normal(size=(n, n))
        lower = upper - d.random.uniform(0.5, 2.0, n)
        numbers = [np.float64(number * d.random.uniform(0.8, 1.2)) for number in more]
        matrix = root @ root.T + np.eye(n)
        return Call(
            (lower, upper, matrix, *numbers), {"tolerance": Tolerance()}, symmetric(function)
        )

    return Domain(draw, **REAL, takes_float32=False)


def limits(function: Any, *more: float, **flags: Any) -> Domain:
    """Draw ``f(x, mean, matrix, *more, lower)``; SciPy takes random points for a t."""

    def draw(d: Draw) -> Call:
        drawn = box(function, *more).draw(d)
        lower, x, *rest = drawn.args
        mean = d.random.uniform(-0.5, 0.5, x.shape[-1])
        options = {**drawn.options, "allow_singular": False, "rng": 0}
        return Call((x, mean, *rest, lower), options, drawn.function)

    return Domain(draw, **REAL, takes_float32=False, **flags)


KEEP, WEIGHTS = [True], [[0.5, 1.5, 1.0, 2.0, 0.7]]
LIMITS = {"limits": [(0.55, 1.9), (None, 1.9)], "keepdims": KEEP}


def of_count(*trials: int) -> Any:
    """Return a drawing function of a count, the number of trials, and probabilities."""
    return lambda d: call(d.integer(-1, 4), *trials, within(0.1, 0.9)(d, d.shape()))


# fmt: off
DOMAINS: dict[Any, Domain] = {
    log_normal_mass: binary(within(-4, -0.5), within(0, 4), **REAL),
    log_bessel:      Domain(lambda d: call(d.integer(0, 3), within(0.3, 4)(d, d.shape())), **REAL),
    binomial_mass:   Domain(of_count(3), **REAL),
    binomial_sum:    Domain(of_count(3), **REAL),
    poisson_mass:    Domain(of_count(), **REAL),
    negative_binomial_mass: Domain(
        lambda d: call(d.integer(-1, 3), within(0.5, 3)(d, d.shape()), within(0.2, 0.9)(d, ())),
        **REAL),
    negative_binomial_entropy: binary(within(0.5, 3), within(0.2, 0.9), **REAL),
    skellam_sum:     Domain(lambda d: call(d.integer(-3, 3), *shapes(d, 2)), **REAL),
    beta_sum:        Domain(of_betas, **REAL),
    logarithmic_sum: Domain(lambda d: call(3, within(0.1, 0.9)(d, d.shape())), **REAL),
    mean_of_log_factorial: Domain(lambda d: call(*shapes(d, 1), order=d.choice(0, 1, 2)), **REAL),
    normal_box:  box(normal_box),
    student_box: box(student_box, 3.5),
    normal_cdf:  limits(normal_cdf),
    student_cdf: limits(student_cdf, 3.5, close=1e-3),
    # Moments.
    s.moment:      of_sample(order=[1, 2, 3], keepdims=KEEP, center=[0.5, np.longdouble(0.5)]),
    s.skew:        of_sample(bias=[False], keepdims=KEEP),
    s.kurtosis:    of_sample(bias=[False], fisher=[False], keepdims=KEEP),
    s.kstat:       around_zero(of_sample(n=[1, 2, 3, 4], keepdims=KEEP)),
    s.sem:         of_sample(ddof=[0], keepdims=KEEP),
    s.variation:   of_sample(ddof=[1], keepdims=KEEP),
    s.zscore:      of_sample(ddof=[1]),
    s.gzscore:     of_sample(ddof=[1]),
    s.zmap:        Domain(lambda d: call(sample(d, 3)[:, None], d.random.uniform(0.5, 2.0, (4, 1))),
                          **REAL),
    s.describe:    on(lambda a, **options: stats.describe(a, **options)[1:], of_sample()),
    # Means, spreads, angles.
    s.gmean:       of_sample(keepdims=KEEP),
    s.hmean:       of_sample(keepdims=KEEP),
    s.pmean:       Domain(lambda d: call(sample(d), d.choice(2.5, -1, 0)), **REAL),
    s.gstd:        of_sample(ddof=[0], keepdims=KEEP),
    s.tmean:       of_sample(**LIMITS),
    s.tvar:        of_sample(**LIMITS),
    s.tstd:        of_sample(**LIMITS),
    s.tsem:        of_sample(**LIMITS),
    s.iqr:         of_sample(rng=[(1, 8)], scale=["normal", 2.0, np.longdouble(2)], keepdims=KEEP),
    s.median_abs_deviation: of_sample(scale=["normal", 2.0], keepdims=KEEP),
    s.circmean:    of_sample(high=[4.0], low=[-1.0], keepdims=KEEP),
    s.circvar:     of_sample(high=[4.0], keepdims=KEEP),
    s.circstd:     of_sample(high=[4.0], normalize=[True], keepdims=KEEP),
    s.mode:        on(lambda a, **options: stats.mode(a, **options)[0], of_sample()),
    s.rankdata:    of_sample(),
    # Entropies, distances, transforms.
    s.entropy:     of_sample(base=[2], keepdims=KEEP),
    s.wasserstein_distance: of_both(u_weights=WEIGHTS),
    s.energy_distance:      of_both(),
    s.pearsonr:    on(lambda x, y: tuple(stats.pearsonr(x, y)), of_both()),
    s.boxcox:      Domain(lambda d: call(d.random.uniform(0.5, 2.0, 5), np.float64(0.3)), **REAL),
    s.yeojohnson:  Domain(lambda d: call(away(d, (5,)), 0.3), **REAL),
    s.boxcox_llf:  before(0.4, keepdims=KEEP),
    s.yeojohnson_llf: before(0.4, keepdims=KEEP),
}

"""Distributions with fixed parameters take the arguments that SciPy's take."""

import numpy as np
import pytest

import autodiff as ad

scipy_stats = pytest.importorskip("scipy.stats")
from autodiff.scipy import stats  # noqa: E402 - SciPy may be missing

T = ad.tensor(1.5)
X = np.array([1.0, 2.0])
WRONG = {
    "no quantile": lambda m, t: m.norm(t, 2.0).ppf(),
    "an argument of a mean": lambda m, t: m.norm(t).mean(3.0),
    "two points": lambda m, t: m.norm(t).cdf(0.5, 1.0),
    "a place given again": lambda m, t: m.norm(t).cdf(0.5, loc=1.0),
    "a point of an entropy": lambda m, t: m.norm(t).entropy(3),
    "another name of a point": lambda m, t: m.norm(t).pdf(k=3),
    "a point of a support": lambda m, t: m.lognorm(t).support(1),
    "a missing shape": lambda m, t: m.truncnorm(t),
    "an unknown parameter": lambda m, t: m.norm(bogus=t),
    "too many parameters": lambda m, t: m.norm(t, 2, 3),
    "a parameter twice": lambda m, t: m.norm(t, loc=2),
    "a scale of a discrete one": lambda m, t: m.poisson(t, scale=2),
    "no concentration": lambda m, t: m.dirichlet(),
    "an unknown concentration": lambda m, t: m.dirichlet(bogus=t * X),
    "an argument of a mean of vectors": lambda m, t: m.dirichlet(t * X).mean(3),
    "no point of vectors": lambda m, t: m.multivariate_normal(t * X).pdf(),
}


@pytest.mark.parametrize("t", [1.5, T])
@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_are_refused(name, t):
    with pytest.raises(TypeError):
        WRONG[name](scipy_stats, 1.5)
    with pytest.raises(TypeError):
        WRONG[name](stats, t)


def test_the_error_names_the_arguments_and_the_line():
    with pytest.raises(
        TypeError, match=r"norm\(...\).ppf takes \(q\), .* test_fixed_param\w+\.py:\d+"
    ):
        stats.norm(T).ppf()
    with pytest.raises(TypeError, match=r"beta takes \(a, b, loc=0, scale=1\), got .*'b'"):
        stats.beta(T)


@pytest.mark.parametrize("t", [1.5, T])
def test_arguments_may_be_named(t):
    ours, plain = stats.norm(t, scale=2.0), scipy_stats.norm(1.5, scale=2.0)
    for call in (
        lambda d: d.moment(order=2),
        lambda d: d.stats("v"),
        lambda d: d.stats(moments="m"),
        lambda d: d.ppf(q=0.3),
        lambda d: d.interval(confidence=0.9)[1],
    ):
        np.testing.assert_allclose(ad.tensor(call(ours)).numpy(), call(plain), rtol=1e-12)


@pytest.mark.parametrize("confidence", [-0.2, 1.4, [0.5, 1.5]])
def test_a_confidence_lies_between_0_and_1(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        scipy_stats.norm.interval(confidence)
    interval = ad.jit(lambda c: stats.norm.interval(c))
    interval(np.full(np.shape(confidence), 0.5))
    for call in (
        lambda: stats.norm.interval(ad.tensor(confidence)),
        lambda: stats.norm.interval(confidence, loc=T),
        lambda: interval(np.array(confidence)),
    ):
        with pytest.raises(ValueError, match="a confidence between 0 and 1"):
            call()

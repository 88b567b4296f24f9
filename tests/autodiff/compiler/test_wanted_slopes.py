"""Only wanted slopes are computed: one that isn't may be NaN, and 0 * NaN is NaN."""

import numpy as np
import pytest

import autodiff as ad

X, V = np.array([-1.88, -0.5]), np.array([1.0, 2.0])
pytestmark = pytest.mark.filterwarnings("ignore:(invalid|divide)")


def power(x, k):
    """Return x ** k, whose slope in k is NaN for a negative x."""
    return x**k


def loop(x, k):
    """Return x ** k + x ** k by a loop over constants."""
    return ad.scan(lambda c, entry: (c, entry * c**k), x, np.ones(2))[1].sum(axis=0) / 2


CALLS = {
    "jit": ad.jit(power),
    "checkpoint": ad.checkpoint(power),
    "scan": loop,
    "scan in jit": ad.jit(loop),
}
TRANSFORMS = {
    "jvp": lambda f: lambda x: ad.jvp(f, (x,), (V,))[1],
    "linearize": lambda f: lambda x: ad.linearize(f, x)[1](V),
    "slope of a slope": lambda f: ad.grad(lambda x: np.sum(V * ad.grad(lambda x: f(x).sum())(x))),
    "hessian": lambda f: lambda x: ad.hessian(lambda x: f(x).sum())(x) @ V,
}


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("call", CALLS)
def test_a_plain_or_another_argument_has_no_part(call, transform):
    f, change = CALLS[call], TRANSFORMS[transform]
    expected = change(lambda x: x**2.0)(X)
    np.testing.assert_allclose(change(lambda x: f(x, 2.0))(X), expected)
    np.testing.assert_allclose(ad.jit(change(lambda x: f(x, 2.0)))(X), expected)
    np.testing.assert_allclose(ad.jit(lambda x, k: change(lambda x: f(x, k))(x))(X, 2.0), expected)
    of_k = ad.vjp(lambda k: change(lambda x: f(x, k))(X), 2.0)[0]
    np.testing.assert_allclose(of_k, expected)


def test_a_loop_has_its_numbers_while_jit_records():
    matrix = np.random.default_rng(0).normal(size=(3, 3))

    def repeated(a):
        return ad.scan(lambda c, x: (np.sin(c) + x, c[0]), a, np.arange(3.0))

    for function in (
        lambda a: np.linalg.inv(repeated(a)[0]),
        lambda a: np.average(a[0], weights=repeated(a)[0][1]),
        lambda a: np.linalg.qr(repeated(a)[1])[1],
        lambda a: ad.grad(lambda a: np.linalg.slogdet(repeated(a)[1])[1])(a),
    ):
        np.testing.assert_allclose(ad.jit(function)(matrix), function(matrix), rtol=1e-10)

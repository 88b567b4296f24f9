"""A pullback is linear, and the transpose of the pushforward, which is a pullback's pullback."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.transforms.pytree import flatten
from tests.laws.domains import DOMAINS
from tests.laws.table import calls, every, examples, is_constant, made_complex, random_like, results

SLOPED = [key for key in DOMAINS if not is_constant(key)]


def inner(left, right):
    """Sum the products of the entries, seen as pairs of real numbers."""
    return sum(np.sum(np.real(np.conjugate(a) * b)) for a, b in zip(left, right, strict=True))


def drawn(data, key):
    call = data.draw(calls(key))
    complex_too = DOMAINS[key].takes_complex and data.draw(st.booleans())
    return made_complex(call) if complex_too else call


@every(SLOPED)
@given(data=st.data(), a=st.sampled_from([2.0, -0.5, 0.0]))
@examples(8)
def test_pullback_is_linear_and_the_transpose_of_the_pushforward(key, data, a):
    check_adjoint(drawn(data, key), a)


def check_adjoint(call, a, close=1e-9):
    out, pullback = ad.vjp(call.run, *call.arrays)
    leaves, _, rebuild = flatten(out, "out")
    random = np.random.default_rng(5)
    first, second, start = ([random_like(np.asarray(x), random) for x in leaves] for _ in range(3))
    tangents = [random_like(x, random) for x in call.arrays]
    kept = [x.copy() for x in first]

    mixed = rebuild([a * x + y for x, y in zip(first, second, strict=True)])
    one, other = pullback(rebuild(first)), pullback(rebuild(second))
    for both, x, y in zip(pullback(mixed), one, other, strict=True):
        np.testing.assert_allclose(both, a * x + y, rtol=close, atol=close)

    _, pushforward = ad.vjp(lambda c: pullback(c), rebuild(start))
    (pushed,) = pushforward(tuple(tangents))
    np.testing.assert_allclose(
        inner(first, results(pushed)), inner(one, tangents), rtol=close, atol=close
    )
    np.testing.assert_equal(first, kept)

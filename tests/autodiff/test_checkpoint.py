"""A checkpointed function has the same slopes, to any order, and keeps less."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad

vectors = arrays(np.float64, st.integers(0, 4), elements=st.floats(-2, 2))


def block(weights, x):
    hidden = np.tanh(weights["w"] * x + weights["b"])
    return {"out": hidden * x, "size": np.sum(hidden**2)}


def loss(make):
    def f(weights, x):
        first = make(weights, x)
        second = make(weights, first["out"])
        return np.sum(second["out"]) + second["size"] * first["size"]

    return f


@given(vectors, st.floats(-1, 1))
def test_slopes_are_the_same(x, b):
    weights = {"w": 0.5, "b": b}
    plain, forgetful = loss(block), loss(ad.checkpoint(block))
    expected, got = (ad.grad(f, (0, 1))(weights, x) for f in (plain, forgetful))
    np.testing.assert_allclose(got[0]["w"], expected[0]["w"], atol=1e-12)
    np.testing.assert_allclose(got[0]["b"], expected[0]["b"], atol=1e-12)
    np.testing.assert_allclose(got[1], expected[1], atol=1e-12)
    hessians = [ad.hessian(lambda x, f=f: f(weights, x))(x) for f in (plain, forgetful)]
    np.testing.assert_allclose(hessians[1], hessians[0], atol=1e-10)


def test_less_is_kept():
    def deep(x):
        for _ in range(50):
            x = np.sin(x)
        return x

    def peak(f):
        x = np.ones(10_000)
        tracemalloc.start()
        ad.grad(lambda x: np.sum(f(f(f(f(x))))))(x)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(ad.checkpoint(deep)) < 0.5 * peak(deep)


def test_complex_arguments():
    z = 1.0 + 2.0j
    slopes = [ad.grad(lambda z, f=f: np.abs(f(z)) ** 2)(z) for f in (np.exp, ad.checkpoint(np.exp))]
    assert np.isclose(*slopes)


def test_without_a_trace_it_is_the_function_itself():
    assert ad.checkpoint(lambda x, n: x * n)(2, 3) == 6


def test_integers_stay_integers():
    pick = ad.checkpoint(lambda x, i: x[i])
    assert ad.grad(lambda x: pick(x, 1))(np.ones(3)).tolist() == [0, 1, 0]


def test_a_traced_value_that_it_closes_over_is_refused():
    with pytest.raises(ValueError, match=r"isn't among its arguments"):
        ad.grad(lambda w: ad.checkpoint(lambda x: x * w)(w * 2))(3.0)
    with pytest.raises(TypeError, match="checkpoint needs a function"):
        ad.checkpoint(3)


def test_jit_writes_out_what_happens_inside():
    x = np.array([1.0, 2.0, 3.0])
    f = ad.checkpoint(lambda y: np.sum(np.sin(y)))
    assert np.allclose(ad.jit(ad.grad(f))(x), np.cos(x))
    assert np.allclose(ad.grad(ad.jit(f))(x), np.cos(x))

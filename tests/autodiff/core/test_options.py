"""Options of primitives are constants: traced ones are refused or recorded, arrays are copied."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad


@ad.primitive
def weighted(x, *, weights):
    return x * np.asarray(weights)


ad.derivative(weighted, x=lambda g, z, x, *, weights: g * np.asarray(weights))


@pytest.mark.parametrize("weights", [lambda t: t, lambda t: [t, 1.0], lambda t: (1.0, t)])
def test_a_traced_option_whose_slope_would_be_lost_is_refused(weights):
    x = ad.tensor([1.0, 2.0])
    with pytest.raises(NotImplementedError, match=r"traced weights= at test_options.*an input"):
        ad.grad(lambda t: np.sum(weighted(x, weights=weights(t))))(3.0)


@pytest.mark.parametrize("kind", [list, tuple, dict])
def test_a_container_as_an_option_keeps_its_entries(kind):
    @ad.primitive
    def scaled(x, *, by):
        return x * sum(by.values() if kind is dict else by)

    ad.derivative(scaled, x=lambda g, z, x, *, by: g * sum(by.values() if kind is dict else by))
    inner = np.array([2.0])
    by = {"a": inner} if kind is dict else kind([inner])

    def loss(x):
        y = np.sum(scaled(x, by=by))
        inner[:] = 100
        if kind is dict:
            by["b"] = 100
        elif kind is list:
            by.append(100)
        return y

    assert_array_equal(ad.grad(loss)(np.array([1.0])), [2.0])


def test_an_array_as_an_option_keeps_the_entries_of_the_call():
    weights = np.array([1.0, 2.0])

    def loss(x):
        y = np.sum(weighted(x, weights=weights))
        weights[:] = 100
        return y

    assert_array_equal(ad.grad(loss)(np.ones(2)), [1, 2])


def test_positions_of_a_call_that_jit_records_as_one_operation_are_kept():
    def f(x):
        places = np.array([0, 1])
        x = np.sign(x).astype(int)
        np.add.at(x, places, 5)
        places[:] = 2
        return x

    for x in (np.array([1.0, -1.0, 0.0]), np.array([0.0, 0.0, 0.0])):
        assert_array_equal(ad.jit(f)(x), f(x))


def test_a_traced_option_of_a_function_without_slopes_is_recorded():
    def f(x):
        return np.any(x > 1, where=x < 2), np.isclose(x, 1, atol=x[0])

    jitted = ad.jit(f)
    for x in (np.array([3.0, 0.5]), np.array([0.1, 1.5])):
        for ours, theirs in zip(jitted(x), f(x), strict=True):
            assert_array_equal(ours, theirs)

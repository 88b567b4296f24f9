"""Inputs and options are distinguished, for NumPy's functions and the user's own."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.registry import registry


def total(*xs, scale=1.0):
    return scale * sum(xs)


def test_a_primitive_of_any_number_of_inputs():
    tot = ad.primitive(total)
    ad.derivative(tot, xs=lambda g, z, *xs, scale=1.0: [g * scale for _ in xs])
    assert ad.grad(lambda x: tot(x, 2 * x))(1.0) == 3
    assert ad.grad(lambda x: tot(x, 2 * x, scale=3.0))(1.0) == 9
    assert tot(1.0, 2.0) == 3


def test_a_constant_primitive_with_an_option_that_it_requires():
    @ad.primitive
    def steps(x, *, unit):
        return np.floor(x / unit)

    ad.constant(steps)
    assert steps(ad.tensor(5.0), unit=2.0).item() == 2
    assert ad.grad(lambda x: x * steps(x, unit=2.0))(5.0) == 2


def test_a_primitive_without_a_rule_is_refused_at_the_call():
    square = ad.primitive(lambda x: x * x)
    assert square(3.0) == 9
    with pytest.raises(NotImplementedError, match=r"has no derivative .*test_binding.py:\d+"):
        ad.grad(square)(1.0)


def test_none_is_an_option_where_it_isnt_the_default():
    t = ad.tensor([[3.0, 1.0], [0.0, 2.0]])
    assert np.argsort(t, axis=None).tolist() == [2, 1, 3, 0]
    assert ad.grad(lambda x: np.cumsum(x, axis=None)[2])(np.ones((2, 2))).tolist() == [
        [1, 1],
        [1, 0],
    ]


def test_arguments_by_name_and_by_position():
    x = ad.tensor([[1.0, 2.0]])
    assert np.sum(a=x, axis=1).tolist() == np.sum(x, 1).tolist() == x.sum(1).tolist() == [3]
    assert np.sum(x, 1, None, None, keepdims=True).shape == (1, 1)
    with pytest.raises(TypeError, match=r"values for .*axis"):
        x.sum(0, axis=1)
    with pytest.raises(TypeError, match=r"missing .*'a'"):
        registry[np.sum](axis=1)


@pytest.mark.parametrize(
    ("call", "option"),
    [
        (lambda x: np.exp(x, where=np.array([True])), "where="),
        (lambda x: np.cumsum(x, out=np.zeros(1)), "out="),
    ],
)
def test_options_without_a_rule_are_refused_at_the_call(call, option):
    with pytest.raises((NotImplementedError, TypeError), match=option):
        call(ad.tensor([1.0]))

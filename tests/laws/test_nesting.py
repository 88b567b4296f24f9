"""Derivatives inside derivatives: an inner one never mistakes the outer variable for its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad

numbers = st.floats(-2, 2)


def test_d_dx_of_d_dy_of_y_times_x_minus_y_where_y_is_x():
    def inner(x):
        return ad.grad(lambda y: y * (x - y))(x)

    assert ad.grad(inner)(1.0) == -1.0


def test_d_dx_of_x_times_d_dy_of_x_plus_y():
    assert ad.grad(lambda x: x * ad.grad(lambda y: x + y)(1.0))(1.0) == 1.0


def test_d_dx_of_d_dy_of_x_squared_y_over_a_closure():
    assert ad.grad(lambda x: ad.grad(lambda y: x**2 * y)(1.0))(3.0) == 6.0


@given(numbers)
def test_repeated_slopes_of_a_polynomial(x):
    f = lambda x: x**5 - 2 * x**3  # noqa: E731 - a formula
    slopes = [5 * x**4 - 6 * x**2, 20 * x**3 - 12 * x, 60 * x**2 - 12, 120 * x, 120, 0]
    for slope in slopes:
        f = ad.grad(f)
        assert f(x) == pytest.approx(slope, abs=1e-9)


@given(numbers, numbers)
def test_mixed_derivatives_commute(x, y):
    def f(x, y):
        return np.sin(x * y) * np.exp(x - y)

    one = ad.grad(lambda x: ad.grad(f, 1)(x, y))(x)
    other = ad.grad(lambda y: ad.grad(f, 0)(x, y))(y)
    assert one == pytest.approx(other, abs=1e-9)


@given(numbers)
def test_one_name_at_three_levels(x):
    def f(x):
        return x * ad.grad(lambda x: x * ad.grad(lambda x: x**3)(x))(x)

    assert f(x) == pytest.approx(9 * x**3)
    assert ad.grad(f)(x) == pytest.approx(27 * x**2)


@given(numbers)
def test_the_inner_value_is_differentiated_too(x):
    def f(x):
        value, slope = ad.value_and_grad(lambda y: y**2 * x)(x + 1)
        return value * slope

    assert ad.grad(f)(x) == pytest.approx(2 * (x + 1) ** 2 * x * (5 * x + 2), abs=1e-9)


PARTS = {  # results of an inner x and an outer y, with the slope of the sum of squares in y
    "neither": (lambda x, y: np.float64(4.0), lambda x, y: 0.0),
    "inner": (lambda x, y: x * 2, lambda x, y: 0.0),
    "outer": (lambda x, y: y * 3, lambda x, y: 18 * y),
    "both": (lambda x, y: x * y, lambda x, y: 2 * x * x * y),
}


@pytest.mark.parametrize(
    "results",
    [lambda f, x: ad.vjp(f, x)[0], lambda f, x: ad.linearize(f, x)[0],
     lambda f, x: ad.jvp(f, (x,), (1.0,))[0], lambda f, x: ad.checkpoint(f)(x)],
    ids=["vjp", "linearize", "jvp", "checkpoint"],
)  # fmt: skip
@given(st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=4), numbers, numbers)
def test_each_of_several_results_keeps_its_slope_in_an_outer_variable(results, names, x, y):
    def outer(y):
        parts = results(lambda x: [PARTS[name][0](x, y) for name in names], x)
        return sum(part * part for part in parts) + 0 * y

    expected = sum(PARTS[name][1](x, y) for name in names)
    for slope in (ad.grad(outer), ad.jit(ad.grad(outer))):
        assert slope(y) == pytest.approx(expected, abs=1e-9)


@given(numbers)
def test_a_pullback_inside_a_gradient(x):
    def f(x):
        _, pullback = ad.vjp(lambda y: np.sin(y) * x, x)
        return pullback(x * x)[0]

    slope = 3 * x**2 * np.cos(x) - x**3 * np.sin(x)
    assert ad.grad(f)(x) == pytest.approx(slope, abs=1e-9)


@given(numbers)
def test_backward_inside_a_gradient(x):
    def f(x):
        y = ad.tensor(x) * 1.0
        (y**3).backward()
        return y.grad * x

    assert ad.grad(f)(x) == pytest.approx(9 * x**2, abs=1e-9)


def test_a_slope_that_does_not_depend_on_the_outer_variable_is_plain():
    seen = []

    def f(x):
        seen.append(ad.grad(lambda y: y * y)(3.0))
        return x * seen[-1]

    assert ad.grad(f)(2.0) == 6.0
    assert seen == [6.0]
    assert not isinstance(seen[0], ad.Tensor)


def test_structures_and_arrays_nest():
    def loss(weights, x):
        return np.sum(np.tanh(x @ weights["w"]) ** 2)

    weights, x = {"w": np.array([[0.1, 0.2], [0.3, 0.4]])}, np.array([[1.0, 2.0]])

    def squared_slope(weights):
        return np.sum(ad.grad(loss)(weights, x)["w"] ** 2)

    ad.check_grads(squared_slope, weights)

"""The check fails where a rule is wrong, and names the entry and the mistake."""

import math

import numpy as np
import pytest

import autodiff as ad


def primitive_with(function, **rules):
    made = ad.primitive(function)
    ad.derivative(made, **rules)
    return made


def half_of_squares(slope):
    return primitive_with(lambda x: np.sum(x * x) / 2, x=lambda g, z, x: g * slope(x))


def mean_where_it_was_broadcast(g, x, y):
    return g * y if np.shape(x) == np.shape(g) else np.mean(g * y) * np.ones(np.shape(x))


def cube_with(slope):
    return primitive_with(lambda x: x**3, x=lambda g, z, x: g * slope(x, ad.stop_gradient(x)))


VECTOR, MATRIX = np.array([1.0, 2, 3]), np.array([[1.0, 2], [4, 3]])

WRONG = {
    "sign": (half_of_squares(lambda x: -x), MATRIX, r"x .*the sign\n(.|\n)*the sign is flipped"),
    "factor 2": (half_of_squares(lambda x: 2 * x), MATRIX, r"twice too large(.|\n)*divide it by 2"),
    "factor 1/N": (half_of_squares(lambda x: x / x.size), MATRIX, "multiply it by 4 and it is"),
    "odd factor": (half_of_squares(lambda x: x * 1.0001), MATRIX, "10000/10001|0.9999"),
    "tiny factor": (half_of_squares(lambda x: x * (1 + 1e-9)), MATRIX, "in 4 of 4 entries"),
    "transposed": (half_of_squares(lambda x: x.T), MATRIX, r"in 2 of 4 entries(.|\n)*transpose x"),
    "reversed": (half_of_squares(lambda x: x[::-1]), VECTOR, r"in 2 of 3(.|\n)*reverse the entr"),
    "cancels in a sum": (
        half_of_squares(lambda x: x + np.array([1, 0, -1])),
        VECTOR,
        r"in 2 of 3 entries(.|\n)*twice too large",
    ),
    "one entry": (
        half_of_squares(lambda x: x * np.array([1, 1, 1.5])),
        VECTOR,
        r"in 1 of 3 entries(.|\n)* x +\[2\] +4.5 +3 .* 1.5",
    ),
    "no slope": (lambda x: np.sum(ad.stop_gradient(x) ** 2), VECTOR, "no slope arrives"),
    "not finite": (half_of_squares(lambda x: x / 0.0), VECTOR, "not finite"),
    "a slope of what has none": (
        primitive_with(lambda x: np.sum(np.sign(x)), x=lambda g, z, x: g * x),
        VECTOR,
        "should be zero",
    ),
    "one result of many": (
        primitive_with(
            np.cumsum, x=lambda g, z, x: np.cumsum(g[::-1])[::-1] + g * np.array([0, 1, 0])
        ),
        VECTOR,
        "the slope disagrees with",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_wrong_rules_are_named(name):
    f, x, message = WRONG[name]
    with pytest.raises(AssertionError, match=message):
        ad.check_grads(f, x)
    with pytest.raises(AssertionError, match=message):
        ad.check_grads(lambda y, x: np.sum(f(x)) * math.pi / math.pi, 1.0, x, argnums=1, order=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sign", "factor 2", "factor 1/N", "tiny factor", "no slope"])
def test_wrong_rules_are_found_in_large_arrays(name):
    x = np.random.default_rng(0).normal(size=(30, 40))
    with pytest.raises(AssertionError, match=r"or more of 1200 entries(.|\n)* x +\[\d+, \d+\]"):
        ad.check_grads(WRONG[name][0], x, order=1)


@pytest.mark.slow
def test_one_wrong_entry_of_many_is_found():
    place = (17, 23)

    def slope(x):
        wrong = np.zeros(x.shape)
        wrong[place] = 1e-6
        return x + wrong

    x = np.random.default_rng(0).normal(size=(30, 40))
    with pytest.raises(AssertionError, match=r"in 1 or more of 1200(.|\n)* x +\[17, 23\] "):
        ad.check_grads(half_of_squares(slope), x)
    ad.check_grads(half_of_squares(lambda x: x), x)


@pytest.mark.slow
def test_errors_that_cancel_in_the_sum_of_a_large_array_are_found():
    swapped = half_of_squares(lambda x: np.concatenate([x[1:2], x[:1], x[2:]]))
    with pytest.raises(AssertionError, match=r" x +\[[01]\]"):
        ad.check_grads(swapped, np.random.default_rng(0).normal(size=500))


def test_wrong_on_broadcasting_only():
    product = primitive_with(
        lambda x, y: x * y,
        x=lambda g, z, x, y: mean_where_it_was_broadcast(g, x, y),
        y=lambda g, z, x, y: g * x,
    )
    ad.check_grads(product, VECTOR, VECTOR)
    with pytest.raises(AssertionError, match=r" x +\[0, 0\] .* a third of it"):
        ad.check_grads(product, np.ones((1, 1)), np.ones(3), argnums=0, order=1)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.complex64])
def test_wrong_in_narrow_floats_only(dtype):
    narrow = primitive_with(
        np.sin, x=lambda g, z, x: g * np.cos(x) * (1.01 if x.dtype == dtype else 1)
    )
    ad.check_grads(narrow, VECTOR)
    ad.check_grads(np.sin, VECTOR.astype(dtype))
    if dtype is not np.float16:  # too few digits to tell 1 from 1.01
        with pytest.raises(AssertionError, match=f"x in {np.dtype(dtype)} +\\[0\\]"):
            ad.check_grads(narrow, VECTOR.astype(dtype))


@pytest.mark.slow
def test_wrong_at_the_second_order_only():
    cube = cube_with(lambda x, constant: 3 * x * constant)
    ad.check_grads(cube, 1.5, order=1)
    with pytest.raises(AssertionError, match=r"the second derivative disagrees(.|\n)*half of it"):
        ad.check_grads(cube, 1.5)


@pytest.mark.slow
def test_wrong_at_the_third_order_only():
    cube = cube_with(lambda x, constant: 3 * constant * (2 * x - constant))
    ad.check_grads(cube, 1.5)
    with pytest.raises(AssertionError, match="the third derivative disagrees"):
        ad.check_grads(cube, 1.5, order=3)


def test_right_rules_pass_at_the_third_order():
    ad.check_grads(lambda x, y: np.sum(np.sin(x) * np.exp(y)), VECTOR, 0.3, order=3)


@pytest.mark.slow
@pytest.mark.parametrize("x", [1e-6, 1e-8, 1e-12])
def test_a_slope_that_is_lost_beside_a_pole_is_caught(x):
    inverse = ad.primitive(lambda x: 1 / x)
    ad.derivative(inverse, x=lambda g, z, x: g * 0)
    with pytest.raises(AssertionError, match="no slope arrives"):
        ad.check_grads(inverse, x, order=1)
    ad.check_grads(lambda x: 1 / x, x)

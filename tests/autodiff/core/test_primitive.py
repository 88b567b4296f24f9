"""A user's own primitives: the same door as the engine's."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

import autodiff as ad


@ad.primitive
def scaled(x, y, *, factor=1.0):
    """Multiply, scaled."""
    return np.asarray(x) * y * factor


ad.derivative(
    scaled,
    x=lambda g, z, x, y, *, factor=1.0: g * y * factor,
    y=lambda g, z, x, y, *, factor=1.0: g * x * factor,
)


@ad.primitive
def total(*parts):
    return sum(np.sum(part) for part in parts)


ad.derivative(
    total, parts=lambda g, z, *parts: [np.broadcast_to(g, np.shape(part)) for part in parts]
)


@ad.primitive
def half_known(x, y):
    return x * y


ad.derivative(half_known, x=lambda g, z, x, y: g * y)


def test_it_is_the_function_itself_for_plain_values():
    assert scaled(2.0, 3.0, factor=2) == 12.0
    assert scaled.__doc__ == "Multiply, scaled."


def test_its_rules_differentiate_it_with_options():
    slopes = ad.grad(lambda x, y: scaled(x, y=y, factor=10.0), (0, 1))(2.0, 3.0)
    assert slopes == (30.0, 20.0)


def test_its_rules_differentiate_again():
    assert ad.grad(ad.grad(lambda x: scaled(x, x, factor=0.5) * x))(2.0) == 6 * 2.0 * 0.5


def test_its_cotangents_are_summed_to_the_inputs_shape():
    x, y = np.ones((3, 1)), np.ones(4)
    slopes = ad.grad(lambda x, y: scaled(x, y).sum(), (0, 1))(x, y)
    assert_allclose(slopes[0], np.full((3, 1), 4.0))
    assert_allclose(slopes[1], np.full(4, 3.0))


def test_a_primitive_may_return_a_python_number():
    sine = ad.primitive(lambda x: math.sin(x))
    ad.derivative(sine, x=lambda g, z, x: g * np.cos(x))
    assert ad.grad(sine)(0.0) == 1.0
    assert ad.grad(ad.grad(sine))(0.0) == 0.0


def test_a_function_that_exec_makes_has_no_module():
    names = {}
    exec("def product(x, y):\n    return x * y", names)
    product = ad.primitive(names["product"])
    ad.derivative(product, x=lambda g, z, x, y: g * y, y=lambda g, z, x, y: g * x)
    assert ad.grad(product, (0, 1))(2.0, 3.0) == (3.0, 2.0)


def test_any_number_of_inputs():
    slopes = ad.grad(lambda a, b: total(a, 2.0, b, a) ** 2, (0, 1))(np.ones(2), 3.0)
    assert_allclose(slopes[0], [36, 36])  # the total is 9
    assert slopes[1] == 18.0


def test_as_a_method():
    class Model:
        @ad.primitive
        def double(self, x):
            return 2 * x

    with pytest.raises((TypeError, NotImplementedError)):
        ad.grad(Model().double)(3.0)  # without a rule it isn't silently constant


def test_a_missing_rule_is_named():
    assert ad.grad(half_known)(2.0, 3.0) == 3.0
    with pytest.raises(NotImplementedError) as caught:
        ad.grad(half_known, 1)(2.0, 3.0)
    for part in ("half_known", "respect to y", "test_primitive.py:", "t.numpy()"):
        assert part in str(caught.value)


def test_a_rule_of_none_means_slope_zero():
    @ad.primitive
    def gated(x, gate):
        return x * (gate > 0)

    ad.derivative(gated, x=lambda g, z, x, gate: g * (gate > 0), gate=None)
    assert ad.grad(gated, (0, 1))(2.0, 3.0) == (1.0, 0.0)


def test_constant_functions_have_slope_zero():
    @ad.primitive
    def steps(x):
        return np.floor(x)

    ad.constant(steps)
    assert ad.grad(lambda x: x * steps(x))(2.5) == 2.0


@pytest.mark.parametrize(
    ("rules", "part"),
    [
        ({"x": lambda g, x, y: g}, "g (the cotangent) and z"),
        ({"x": lambda g, z: g}, "names the inputs after g and z"),
        ({"q": lambda g, z, x, y: g}, "got q="),
        ({"x": lambda g, z, x, y: g, "y": lambda g, z, x: g}, "different inputs"),
        ({}, "at least one"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused(rules, part):
    @ad.primitive
    def product(x, y):
        return x * y

    with pytest.raises(TypeError) as caught:
        ad.derivative(product, **rules)
    assert part in str(caught.value)
    assert "product" in str(caught.value)


def test_inputs_that_do_not_come_first():
    @ad.primitive
    def weighted(a, axis=0, b=1.0):
        return np.sum(a * b, axis)

    ad.derivative(
        weighted,
        a=lambda g, z, a, b, *, axis=0: np.expand_dims(g, axis) * b,
        b=lambda g, z, a, b, *, axis=0: np.expand_dims(g, axis) * a,
    )
    a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0], [2.0, 0.5]])
    np.testing.assert_array_equal(weighted(ad.tensor(a), 1).numpy(), [3, 7])
    ad.check_grads(lambda a: weighted(a, 1), a, order=2)
    ad.check_grads(lambda a, b: weighted(a, 1, b), a, b, order=2)
    ad.check_grads(lambda a, b: weighted(a, b=b), a, b, order=2)


def test_only_functions_are_accepted():
    with pytest.raises(TypeError, match=r"function, got float 3\.0"):
        ad.primitive(3.0)


def test_an_option_that_a_call_leaves_out_has_the_functions_default_in_a_rule():
    @ad.primitive
    def scaled(x, *, factor=2.0, shift=0.0):
        return factor * x + shift

    ad.derivative(scaled, x=lambda g, z, x, *, factor, shift=1.0: g * factor * shift)
    assert ad.grad(scaled)(1.0) == 2.0
    assert ad.grad(lambda x: scaled(x, factor=5.0, shift=3.0))(1.0) == 15.0
    assert ad.jit(ad.grad(scaled))(1.0) == 2.0
    assert ad.jvp(scaled, (1.0,), (1.0,))[1] == 2.0


def test_an_option_of_a_user_may_be_called_as_a_parameter_of_the_engines_rules():
    @ad.primitive
    def total(*xs, wanted=1.0):
        return sum(xs) * wanted

    ad.derivative(total, xs=lambda g, z, *xs, wanted=1.0: [g * wanted for _ in xs])
    assert ad.grad(lambda x: total(x, 2.0, wanted=3.0))(1.0) == 3.0


def test_primitives_of_code_without_a_module_have_the_defaults_of_their_function():
    namespace = {"ad": ad}
    code = """
@ad.primitive
def scaled(x, *, c=2.0):
    return x * x * c

ad.derivative(scaled, x=lambda g, z, x, *, c: 2 * g * x * c)
"""
    exec(code, namespace)
    assert ad.grad(namespace["scaled"])(2.0) == 8.0

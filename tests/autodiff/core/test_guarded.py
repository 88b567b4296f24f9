"""User-defined primitives and rules that edit what they get, or keep what they return."""

from collections import namedtuple

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

X = np.array([1.0, -2.0, 3.0])
Both = namedtuple("Both", "low high")  # noqa: PYI024 - a result without types


def operation(function, rule):
    made = ad.primitive(function)
    ad.derivative(made, x=rule)
    return made


def edited_by_operator(g, z, x):
    del z, x
    g *= 2
    return g


def edited_at_positions(g, z, x):
    del z, x
    np.multiply.at(g, np.arange(3), 2.0)
    return g


def edited_by_out(g, z, x):
    del z, x
    return np.multiply(g, 2, out=g)


@pytest.mark.parametrize("rule", [edited_by_operator, edited_at_positions, edited_by_out])
@pytest.mark.parametrize("jitted", [False, True])
def test_a_rule_that_edits_its_cotangent_does_not_edit_that_of_others(rule, jitted):
    double = operation(lambda x: x * 2, rule)
    weights = np.array([1.0, 10.0, 100.0])

    def f(x):
        y = x * 1
        return np.sum((double(y) + y + double(x)) * weights)

    slope = ad.jit(ad.grad(f)) if jitted else ad.grad(f)
    assert_array_equal(slope(X), 5 * weights)
    assert_array_equal(ad.hessian(f)(X), np.zeros((3, 3)))


def test_a_relu_with_a_rule_as_in_books():
    def rule(g, z, x):
        del z
        g[x <= 0] = 0
        return g

    relu = operation(lambda x: np.maximum(x, 0), rule)
    assert_array_equal(ad.grad(lambda x: np.sum(relu(x) + x))(X), [2, 1, 2])


def edit_x(g, z, x):
    del z
    x *= 3
    return g


def edit_z(g, z, x):
    del x
    z[...] = 0
    return g


@pytest.mark.parametrize("rule", [edit_x, edit_z])
def test_a_rule_that_edits_a_value_is_refused(rule):
    with pytest.raises(ValueError, match="read-only"):
        ad.grad(lambda x: np.sum(operation(lambda x: x * 2, rule)(x * 1)))(X)


def test_a_function_that_edits_its_input_is_refused():
    def tripled(x):
        x *= 3
        return x * 1

    triple = operation(tripled, lambda g, z, x: 3 * g)
    for f in (ad.grad(lambda x: np.sum(triple(x * 1))), ad.jit(lambda x: triple(x * 1))):
        with pytest.raises(ValueError, match=r"tripled at test_guarded\.py:\d+.*edit its inputs"):
            f(X)


BUFFER = np.zeros(3)


def into_a_buffer(x):
    return np.multiply(x, 2, out=BUFFER)


def part_of_a_buffer(x):
    np.multiply(x, 2, out=BUFFER)
    return BUFFER[:]


@pytest.mark.parametrize("function", [into_a_buffer, part_of_a_buffer])
def test_a_result_that_the_next_call_overwrites_is_copied(function):
    double = operation(function, lambda g, z, x: 2 * g)

    def f(x):
        return double(x) * double(3 * x)

    assert_array_equal(ad.grad(lambda x: np.sum(f(x)))(X), 24 * X)
    assert_array_equal(ad.jit(f)(X), 12 * X * X)


def test_results_in_a_tuple_are_copied_as_well():
    @ad.primitive
    def both(x):
        np.multiply(x, 2, out=BUFFER)
        return Both(BUFFER, x + 1)

    ad.derivative(both, x=lambda g, z, x: 2 * g[0] + g[1])
    first, second = both(ad.tensor(X)), both(ad.tensor(5 * X))
    assert_array_equal(first.low.numpy(), 2 * X)
    assert_array_equal(second.high.numpy(), 5 * X + 1)


def test_new_results_are_not_copied():
    kept = []

    def doubled(x):
        result = x * 2
        kept.append(id(result))
        return result

    z = operation(doubled, lambda g, z, x: 2 * g)(ad.tensor(X))
    assert id(z.node.value) == kept[0]

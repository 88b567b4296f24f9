"""Every transform over every structure, of arguments and of results, with 0-d and empty leaves.

The function is the same whatever the structures: its result's leaves are known functions of its
argument's leaves, so that values and slopes are known for each.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.transforms.pytree import flatten, flatten_result


class Pair(NamedTuple):
    first: Any
    second: Any


@dataclass
class Weights:
    one: Any
    other: Any


KINDS = {
    "list": list,
    "tuple": tuple,
    "dict": lambda parts: {f"k{i}": part for i, part in enumerate(parts)},
    "ordered": lambda parts: OrderedDict((i, part) for i, part in enumerate(parts)),
    "namedtuple": lambda parts: Pair(*parts),
    "dataclass": lambda parts: Weights(*parts),
    "with None": lambda parts: [None, *parts],
}
SHAPES = ((), (), (2,), (0,), (1, 2))  # numbers twice as often: they are what lists go wrong with
FORMS = ("number", "0-d array", "NumPy scalar")

skeletons = st.recursive(
    st.just("leaf"),
    lambda parts: st.tuples(st.sampled_from(sorted(KINDS)), parts, parts),
    max_leaves=4,
)


def built(skeleton, leaves):
    if skeleton == "leaf":
        return next(leaves)
    kind, *parts = skeleton
    return KINDS[kind]([built(part, leaves) for part in parts])


def size(skeleton):
    return 1 if skeleton == "leaf" else sum(map(size, skeleton[1:]))


def leaf_of(values, form):
    if values.shape:
        return values
    return {"number": float(values), "0-d array": values, "NumPy scalar": values[()]}[form]


@st.composite
def arguments(draw):
    skeleton = draw(skeletons)
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    leaves = []
    for _ in range(size(skeleton)):
        shape, form = draw(st.sampled_from(SHAPES)), draw(st.sampled_from(FORMS))
        leaves.append(leaf_of(np.asarray(random.uniform(0.5, 1.5, shape)), form))
    return built(skeleton, iter(leaves))


def total(x):
    return sum(np.sum(np.sin(leaf)) for leaf in flatten_result(x, "x")[0])


def returning(skeleton, shapes):
    """Make a function whose results are known multiples of the argument's total, squared."""

    def f(x):
        leaves = (np.ones(s) * (i + 1) * total(x) ** 2 for i, s in enumerate(shapes))
        return built(skeleton, leaves)

    return f


@st.composite
def functions(draw):
    skeleton = draw(skeletons)
    shapes = [draw(st.sampled_from(SHAPES)) for _ in range(size(skeleton))]
    return returning(skeleton, shapes)


def assert_alike(one, other):
    """Hold two structures to the same kinds of containers, shapes and values."""
    assert type(one) is type(other) or not isinstance(other, (list, tuple, dict, Weights))
    mine, names, _ = flatten_result(one, "x")
    theirs, other_names, _ = flatten_result(other, "x")
    assert names == other_names
    for a, b in zip(mine, theirs, strict=True):
        assert np.shape(a) == np.shape(b)
        np.testing.assert_allclose(a, b, rtol=1e-9)


def moved(x, by):
    """Change every leaf of an argument; a list of numbers is one."""
    leaves, _, structure = flatten(x, "x")
    return structure([by(np.asarray(leaf))[()] if np.ndim(leaf) else by(leaf) for leaf in leaves])


def tangent_of(x):
    return moved(x, lambda leaf: np.cos(leaf) if np.ndim(leaf) else float(np.cos(leaf)))


def change_of_total(x):
    """How much the total changes along the tangent, cos: the sum of cos²."""
    return sum(np.sum(np.cos(leaf) ** 2) for leaf in flatten(x, "x")[0])


@pytest.mark.slow
@given(arguments(), functions())
def test_jvp_and_linearize_keep_the_structure_of_the_result(x, f):
    out, tangent = ad.jvp(f, (x,), (tangent_of(x),))
    assert_alike(out, f(x))
    factor = 2 * change_of_total(x) / total(x) if total(x) else 0.0
    expected = flatten_result(f(x), "f")
    assert_alike(tangent, expected[2]([leaf * factor for leaf in expected[0]]))
    again, pushforward = ad.linearize(f, x)
    assert_alike(again, out)
    assert_alike(pushforward(tangent_of(x)), tangent)


@given(arguments(), functions())
def test_vjp_is_adjoint_to_jvp(x, f):
    out, pullback = ad.vjp(f, x)
    assert_alike(out, f(x))
    leaves, _, structure = flatten_result(out, "f")
    cotangent = [np.asarray(np.linspace(1, 2, np.size(v))).reshape(np.shape(v)) for v in leaves]
    (slope,) = pullback(structure(cotangent))
    assert_alike(
        slope, moved(x, lambda leaf: leaf * 0.0 + _slope_per_cos(x, leaves, cotangent, leaf))
    )


def _slope_per_cos(x, leaves, cotangent, leaf):
    weighted = sum(np.sum(a * b) for a, b in zip(leaves, cotangent, strict=True))
    return 2 * weighted / total(x) * np.cos(leaf) if total(x) else 0.0


@pytest.mark.slow
@given(arguments())
def test_grad_value_and_grad_and_hvp_have_the_structure_of_the_argument(x):
    def f(x):
        return total(x) ** 2

    slope = ad.grad(f)(x)
    assert_alike(slope, moved(x, lambda leaf: 2 * total(x) * np.cos(leaf)))
    value, same = ad.value_and_grad(f)(x)
    np.testing.assert_allclose(value, f(x))
    assert_alike(same, slope)
    product = ad.hvp(f, (x,), (tangent_of(x),))
    change = change_of_total(x)

    def expected(leaf):
        return 2 * change * np.cos(leaf) - 2 * total(x) * np.sin(leaf) * np.cos(leaf)

    assert_alike(product, moved(x, expected))
    forward = ad.jvp(ad.grad(f), (x,), (tangent_of(x),))[1]
    assert_alike(forward, product)


@pytest.mark.slow
@given(arguments(), functions())
def test_jacobian_has_the_structure_of_the_result_then_that_of_the_argument(x, f):
    found = ad.jacobian(f)(x)
    leaves, _, structure = flatten_result(f(x), "f")

    def row(leaf):
        factor = 2 / total(x) if total(x) else 0.0
        return moved(x, lambda entry: np.multiply.outer(leaf, factor * np.cos(entry)))

    assert_alike(found, structure([row(leaf) for leaf in leaves]))


@given(arguments())
def test_hessian_has_the_structure_of_the_argument_twice(x):
    found = ad.hessian(total)(x)
    numbers = flatten_result(found, "hessian")[0]
    diagonal = sum(np.sum(leaf) for leaf in numbers)
    np.testing.assert_allclose(diagonal, -total(x), atol=1e-12)
    assert_alike(found, ad.jacobian(ad.grad(total))(x))


@pytest.mark.slow
@given(arguments(), functions())
def test_checkpoint_returns_what_the_function_returns(x, f):
    assert_alike(ad.checkpoint(f)(x), f(x))

    def loss(x, f):
        return sum(np.sum(leaf) for leaf in flatten_result(f(x), "f")[0]) + total(x)

    assert_alike(ad.grad(loss)(x, ad.checkpoint(f)), ad.grad(loss)(x, f))
    twice = ad.grad(lambda x: total(ad.grad(loss)(x, ad.checkpoint(f))))(x)
    assert_alike(twice, ad.grad(lambda x: total(ad.grad(loss)(x, f)))(x))


@pytest.mark.slow
@given(arguments(), functions())
def test_check_grads_takes_every_structure(x, f):
    ad.check_grads(f, x)


def test_a_constant_list_of_numbers_stays_a_list():
    out, pullback = ad.vjp(lambda x: [1.0, 2.0], 3.0)
    assert out == [1.0, 2.0]
    assert pullback([1.0, 1.0]) == (0.0,)
    assert ad.jacobian(lambda x: [1.0, x])(3.0) == [0.0, 1.0]


def test_a_wrong_tangent_is_called_a_tangent():
    with pytest.raises(ValueError, match=r"expected a tangent of the structure .* of the primals"):
        ad.jvp(np.sin, (np.ones(2),), (np.ones(3),))
    with pytest.raises(ValueError, match="the tangent has another structure"):
        ad.jvp(lambda w: w["a"], ({"a": 1.0},), ({"b": 1.0},))
    with pytest.raises(ValueError, match=r"expected a cotangent of the structure .* of the result"):
        ad.vjp(np.sin, np.ones(2))[1](np.ones(3))
    with pytest.raises(ValueError, match="the cotangent has another structure"):
        ad.vjp(lambda x: {"a": x}, 1.0)[1]({"b": 1.0})

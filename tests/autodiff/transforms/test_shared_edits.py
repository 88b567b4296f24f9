"""An edit of an argument that shares memory with another one is refused."""

import copy
import dataclasses
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad


def edit_first(a, b):
    a[0] = 5.0
    return np.sum(a * b)


def edit_in_dict(d):
    d["a"] += 1
    return np.sum(d["a"] * d["b"])


def overlapping():
    whole = np.arange(4.0)
    return whole[:3], whole[2::-1]


TRANSFORMS = {
    "both": lambda f, a, b: ad.grad(f, (0, 1))(a, b),
    "the other way round": lambda f, a, b: ad.grad(f, (1, 0))(a, b),
    "one": lambda f, a, b: ad.grad(f)(a, b),
    "vjp": lambda f, a, b: ad.vjp(f, a, b),
    "nested": lambda f, a, b: ad.grad(lambda x: np.sum(ad.grad(f, (0, 1))(x, x)[0]))(a + b),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_an_edit_of_both_is_refused(name):
    match = r"edit_first \(test_shared_edits\.py:\d+\) edits its argument a, .* memory with b"
    with pytest.raises(ValueError, match=match):
        TRANSFORMS[name](edit_first, *overlapping())
    x = np.ones(3)
    with pytest.raises(ValueError, match=match):
        TRANSFORMS[name](edit_first, x, x)


def test_arrays_in_one_argument_may_share_memory_as_well():
    x = np.ones(3)
    with pytest.raises(ValueError, match=r"argument d\['a'\], which .* d\['b'\]"):
        ad.grad(edit_in_dict)({"a": x, "b": x})


def test_other_edits_are_allowed():
    a, b = np.arange(4.0)[:2], np.arange(4.0)[2:]
    assert_array_equal(ad.grad(edit_first, 1)(a, b), [5, 1])
    halves = np.arange(4.0)
    assert_array_equal(ad.grad(edit_first)(halves[:2], halves[2:]), [0, 3])
    assert_array_equal(
        ad.grad(edit_in_dict)({"a": a, "b": b})["b"], [6, 2]
    )  # a is plain, and was edited
    assert_array_equal(ad.grad(partial(lambda f, a, b: f(a * 1, b), edit_first))(a, a)[:1], [0])


@dataclasses.dataclass
class Layer:
    w: np.ndarray


def replace_in_dict(a, b):
    a["w"] = a["w"] * 2
    return np.sum(b["w"])


def replace_field(a, b):
    a.w = a.w * 2
    return np.sum(b.w)


def append(a, b):
    a.append(a[0] * 2)
    return np.sum(b[-1])


def set_number(a, b):
    a[0] = 5.0
    return b[0] * 2


TWICE = {
    "dict": (replace_in_dict, {"w": np.ones(2)}),
    "dataclass": (replace_field, Layer(np.ones(2))),
    "list": (append, [np.ones(2)]),
    "numbers": (set_number, [1.0, 2.0]),
}


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize(("f", "x"), TWICE.values(), ids=TWICE)
def test_an_edit_of_a_container_that_is_passed_twice_is_refused(f, x, name):
    if name == "nested":
        pytest.skip("adds its arguments")
    match = (
        rf"{f.__name__} \(test_shared_edits\.py:\d+\) edits a \w+ that is among its arguments twice"
    )
    with pytest.raises(ValueError, match=match):
        TRANSFORMS[name](f, x, x)
    with pytest.raises(ValueError, match="twice"):
        ad.grad(lambda both: f(*both))((x, x))
    TRANSFORMS[name](f, x, copy.deepcopy(x))  # another object


def test_a_container_that_is_only_read_may_be_passed_twice():
    x = {"w": [np.array([1.0, 2.0])]}
    for slope in ad.grad(lambda a, b: np.sum(a["w"][0] * b["w"][0]), (0, 1))(x, x):
        assert_array_equal(slope["w"][0], [1, 2])


def test_an_argument_that_is_not_traced_may_hold_itself():
    tree = {"w": 2.0}
    tree["parent"] = [tree]
    assert ad.grad(lambda x, tree: x * tree["parent"][0]["w"])(3.0, tree) == 2


@pytest.mark.parametrize(
    "transform",
    [
        lambda f: ad.grad(f, (0, 1)),
        ad.grad,
        lambda f: lambda a, b: ad.vjp(f, a, b)[0],
        lambda f: lambda a, b: ad.grad(lambda pair: f(*pair))((a[:], b)),
    ],
)
def test_a_jitted_transform_refuses_memory_that_is_shared_in_any_call(transform):
    jitted = ad.jit(transform(edit_first))
    x = np.arange(1.0, 4.0)
    match = r"edits its argument [ab], which shares memory with [ab]: jit"
    with pytest.raises(ValueError, match=match):
        jitted(x, x)
    for found, expected in zip(
        tree_leaves(jitted(x, x + 1)), tree_leaves(transform(edit_first)(x, x + 1)), strict=True
    ):
        assert_array_equal(found, expected)
    for shared in ((x, x), (x, x[::-1])):  # recorded by now
        with pytest.raises(ValueError, match=match):
            jitted(*shared)
    assert_array_equal(x, [1, 2, 3])


def tree_leaves(tree):
    return (
        [leaf for part in tree for leaf in tree_leaves(part)] if isinstance(tree, tuple) else [tree]
    )

"""ravel flattens any structure into one vector, and unravel goes back, also on traced values."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import autodiff as ad

leaves = arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_]),
    array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    elements=st.integers(0, 1),
)
trees = st.recursive(
    leaves | st.none() | st.integers(-3, 3) | st.floats(-3, 3, width=16),
    lambda inner: (
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.tuples(inner, inner)
        | st.lists(st.tuples(inner), max_size=2)
    ),
    max_leaves=5,
)


class Pair(NamedTuple):
    left: object
    right: object


@dataclass
class Line:
    slope: object
    offset: object


def leaves_of(tree):
    if tree is None:
        return []
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, (list, tuple)):
        return [leaf for part in tree for leaf in leaves_of(part)]
    return [tree]


@given(trees)
def test_unravel_goes_back(tree):
    vector, unravel = ad.ravel(tree)
    again = unravel(vector)
    assert vector.ndim == 1
    assert vector.dtype.kind == "f"
    assert type(again) is type(tree) or not isinstance(tree, (dict, tuple, list, type(None)))
    assert len(leaves_of(again)) == len(leaves_of(tree))
    for old, new in zip(leaves_of(tree), leaves_of(again), strict=True):
        np.testing.assert_array_equal(new, np.asarray(old))
        floats = np.asarray(old).dtype.kind == "f"
        assert new.dtype == (np.asarray(old).dtype if floats else np.float64)
        assert isinstance(new, np.ndarray) == (np.ndim(old) > 0)


def test_worked_by_hand():
    vector, unravel = ad.ravel({"w": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": 5})
    np.testing.assert_array_equal(vector, [1, 2, 3, 4, 5])
    back = unravel(10 * vector)
    np.testing.assert_array_equal(back["w"], [[10, 20], [30, 40]])
    assert back["b"] == 50


@pytest.mark.parametrize("wrap", [Pair, Line], ids=["namedtuple", "dataclass"])
def test_the_structure_keeps_its_type(wrap):
    back = ad.ravel(wrap([1, 2], 3.0))[1](np.array([4.0, 5.0, 6.0]))
    assert type(back) is wrap
    fields = list(back) if wrap is Pair else [back.slope, back.offset]
    np.testing.assert_array_equal(fields[0], [4, 5])
    assert fields[1] == 6


def test_slopes_flow_both_ways():
    tree = {"a": np.array([1.0, 2.0]), "b": [3, 4], "c": 5.0}
    vector, unravel = ad.ravel(tree)
    slopes = ad.grad(lambda tree: (ad.ravel(tree)[0] ** 3).sum())(tree)
    np.testing.assert_array_equal(slopes["a"], [3, 12])
    np.testing.assert_array_equal(slopes["b"], [27, 48])
    assert slopes["c"] == 75

    def f(vector):
        tree = unravel(vector)
        return (tree["a"] * tree["b"]).sum() * tree["c"] ** 2

    ad.check_grads(f, vector, order=2)
    np.testing.assert_array_equal(ad.jit(ad.grad(f))(vector), ad.grad(f)(vector))


def test_a_plain_vector_and_a_traced_one_have_equal_views():
    vector, unravel = ad.ravel({"a": [1.0, 2.0], "b": np.float32([3.0])})
    unravel(vector)["a"][0] = 7
    assert vector[0] == 7

    def f(vector):
        unravel(vector)["a"][0] = 7 * vector[1]
        return vector.sum()

    np.testing.assert_array_equal(ad.grad(f)(vector), [0, 8, 1])


def test_an_argument_is_not_changed_through_the_vector():
    x = np.ones(3)
    ad.ravel(x)[0][0] = 7
    assert x[0] == 1


def test_dtypes():
    assert ad.ravel(np.ones(2, np.float32))[0].dtype == np.float32
    assert ad.ravel([np.ones(2, np.float32), 1])[0].dtype == np.float64
    vector, unravel = ad.ravel((1.0, 2 + 1j))
    assert vector.dtype == np.complex128
    assert unravel(vector * 1j) == (0, -1 + 2j)


@pytest.mark.parametrize("wrong", [np.ones(2), np.ones((3, 1)), 1.0])
def test_a_vector_of_another_length_is_refused(wrong):
    _, unravel = ad.ravel([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="vector of 3 entries, got shape"):
        unravel(wrong)


def test_text_is_refused():
    with pytest.raises(TypeError, match=r"str 'x' in tree\['a'\]"):
        ad.ravel({"a": "x"})

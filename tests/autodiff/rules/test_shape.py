"""Functions that move entries, of values that don't survive a product with 0."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor
from tests.laws.table import examples

WILD = np.array([[np.inf, np.nan, -np.inf], [1.0, np.inf, np.nan], [np.nan, 2.0, 3.0]])


@pytest.mark.parametrize("function", [np.tril, np.triu])
@pytest.mark.parametrize("k", [-1, 0, 1])
@pytest.mark.parametrize("x", [WILD, WILD[0], np.stack([WILD, -WILD]), WILD > 0, WILD.astype("F")])
def test_the_other_triangle_is_zero_whatever_it_was(function, k, x):
    expected = function(x, k)
    for found in (function(as_traced(x), k).numpy(), ad.jit(lambda x: function(x, k))(x)):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("function", [np.tril, np.triu])
def test_the_slope_of_the_other_triangle_is_zero(function):
    slope = ad.grad(lambda x: np.nansum(np.where(np.isfinite(x), function(x), 0)))(WILD)
    np.testing.assert_array_equal(slope, function(np.isfinite(WILD)))


def as_traced(x):
    return ad.tensor(x) if x.dtype.kind in "fc" else ad.tensor(x.astype(float)).astype(x.dtype)


@st.composite
def layouts(draw):
    """Draw a transposed slice of an array, perhaps broadcast."""
    shape = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    array = np.arange(float(np.prod(shape))).reshape(shape)
    array = array.transpose(draw(st.permutations(range(array.ndim))))
    steps = draw(st.lists(st.sampled_from([1, -1, 2]), min_size=array.ndim, max_size=array.ndim))
    array = array[tuple(slice(None, None, step) for step in steps)]
    wide = [n if n > 1 else draw(st.integers(1, 2)) for n in array.shape]
    array = np.broadcast_to(array, draw(st.lists(st.integers(1, 3), max_size=1)) + wide)
    return array.transpose(draw(st.permutations(range(array.ndim))))


@given(layouts(), st.sampled_from("KACF"))
@examples(100)
def test_entries_have_numpys_order_for_every_layout(array, order):
    t = Tensor(Node(array))
    np.testing.assert_array_equal(t.ravel(order).numpy(), array.ravel(order))
    np.testing.assert_array_equal(t.flatten(order).numpy(), array.flatten(order))
    np.testing.assert_array_equal(t.copy(order).ravel("K").numpy(), array.copy(order).ravel("K"))


@pytest.mark.parametrize("function", [np.inner, np.linalg.vecdot])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_products_of_vectors_have_numpys_layout(function, order):
    x = np.transpose(np.ones([(2, 3, 2)[i] for i in order]), np.argsort(order))
    found = function(Tensor(Node(x)), x).node.value
    assert found.strides == function(x, x).strides


def test_tile_takes_its_arguments_by_name():
    assert ad.grad(lambda x: np.tile(A=x, reps=(2, 1)).sum())(np.ones(3)).tolist() == [2.0] * 3


def test_a_traced_length_or_axis_is_refused_with_what_to_pass():
    x = np.ones((2, 2))
    for reshaped in (lambda x, k: x.reshape(k), np.reshape):
        with pytest.raises(ad.RecordingError, match=r"index or count .* depends on an argument"):
            ad.jit(lambda x, k, f=reshaped: f(x, k))(x, np.array(4))
    for function in (np.flip, np.expand_dims):
        with pytest.raises(TypeError, match="pass an axis or a count as a Python int"):
            ad.jit(lambda x, k, f=function: f(x, k))(x, np.array(1))


def test_a_traced_axis_of_stack_is_refused_as_such():
    for function in (np.stack, np.concatenate):
        with pytest.raises(ad.RecordingError, match="index or count"):
            ad.jit(lambda t, k, f=function: f([t, t], k))(np.ones((3, 1)), np.int8(1))


def test_resize_keeps_the_byte_order_of_nothing():
    x = np.ones(4, ">f8")
    for shape in ((0,), (3,)):
        assert ad.jit(lambda x, n=shape: np.resize(x, n))(x).dtype == np.resize(x, shape).dtype


@pytest.mark.parametrize("start", [-4, -3, 3])
@pytest.mark.parametrize("call", [lambda f, x: f(ad.tensor(x)), lambda f, x: ad.jit(f)(x)])
def test_a_start_of_rollaxis_that_is_no_place_is_refused(start, call):
    words = rf"rollaxis needs start= in -2 to 2 for 2 axes, got {start} at test_shape\.py:\d+"
    with pytest.raises(np.exceptions.AxisError, match=words):
        call(lambda x: np.rollaxis(x, 0, start), np.ones((2, 3)))

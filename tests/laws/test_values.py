"""A traced call returns NumPy's value as a Tensor with its origin, and changes no argument."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.domains import ASKING, DOMAINS
from tests.laws.table import calls, every, examples, made_complex, name_of, results, tensors


def assert_same(traced, plain):
    assert type(traced) is type(plain) or isinstance(traced, ad.Tensor)
    for ours, theirs in zip(results(traced), results(plain), strict=True):
        assert isinstance(ours, ad.Tensor), "lost its origin"
        value = ours.node.value
        assert not (isinstance(value, np.ndarray) and value.ndim == 0), "0-d, but no scalar"
        assert (value.shape, value.dtype) == (theirs.shape, theirs.dtype)
        np.testing.assert_allclose(value, theirs, rtol=1e-13, atol=1e-14)


@every()
@given(data=st.data())
@examples(10)
def test_value_is_that_of_numpy(key, data):
    call = data.draw(calls(key))
    if DOMAINS[key].takes_complex and data.draw(st.booleans()):
        call = made_complex(call)
    before = [array.copy() for array in call.arrays]
    assert_same(call.run(*tensors(call)), call.run(*call.arrays))
    for array, copy in zip(call.arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@every([key for key in DOMAINS if key is not np.full_like])
@given(data=st.data())
@examples(4)
def test_one_traced_argument_among_plain_ones_is_enough(key, data):
    call = data.draw(calls(key))
    arrays = list(call.arrays)
    position = data.draw(st.integers(0, len(arrays) - 1))
    arrays[position] = ad.tensor(arrays[position])
    traced, plain = call.run(*arrays), call.run(*call.arrays)
    if key in (np.atleast_1d, np.atleast_2d, np.atleast_3d, np.broadcast_arrays, np.meshgrid):
        traced, plain = results(traced)[position], results(plain)[position]
    if key is np.gradient and position:  # a slope along an axis depends on its own coordinates
        pairs = zip(results(traced), results(plain), strict=True)
        traced, plain = zip(*[p for p in pairs if isinstance(p[0], ad.Tensor)], strict=True)
    assert_same(traced, plain)


@pytest.mark.parametrize("function", sorted(ASKING, key=name_of), ids=name_of)
def test_functions_of_shape_or_equality_return_plain_values(function):
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    more = {np.can_cast: (np.float64,), np.full_like: (1.0,)}
    if function in (np.array_equal, np.array_equiv, np.allclose):
        more[function] = (x + 0,)
    if function in (np.may_share_memory, np.shares_memory):
        more[function] = (np.ones(2),)
    args = more.get(function, ())
    plain = x.dtype if function is np.can_cast else x
    traced = x.dtype if function is np.can_cast else ad.tensor(x)
    ours, theirs = function(traced, *args), function(plain, *args)
    assert type(ours) is type(theirs)
    if function is not np.empty_like:
        np.testing.assert_array_equal(ours, theirs)

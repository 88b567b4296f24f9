"""NumPy's functions on Tensors: what has a derivative is recorded, what hasn't is refused."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

THREE = np.array([1.0, 2.0, 3.0])


def loss_with(f):
    return lambda x: (f(x) * [1.0, 10.0, 100.0]).sum()


def test_ufunc_methods():
    assert_array_equal(ad.grad(lambda x: np.add.reduce(x))(THREE), [1, 1, 1])
    assert_array_equal(ad.grad(lambda x: np.multiply.reduce(x))(THREE), [6, 3, 2])
    assert_array_equal(ad.grad(lambda x: np.minimum.reduce(x))(THREE), [1, 0, 0])
    assert_array_equal(ad.grad(loss_with(np.add.accumulate))(THREE), [111, 110, 100])
    grid = np.arange(6.0).reshape(2, 3)
    assert np.add.reduce(ad.tensor(grid)).shape == (3,)  # along the first axis, unlike np.sum
    assert np.add.reduce(ad.tensor(grid), axis=1).shape == (2,)


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.subtract.reduce(t),
        lambda t: np.add.reduceat(t, [0, 1]),
        lambda t: np.add.at(t, [0, 0], 1.0),
        lambda t: np.add.at(np.zeros(3), [0, 0], t[:2]),
    ],
)
def test_a_method_without_a_derivative_is_refused_at_the_call(call):
    with pytest.raises(NotImplementedError, match=r"np\..*test_dispatch\.py:.*Write it with"):
        call(ad.tensor(THREE))


def test_a_tensor_on_either_side():
    t = ad.tensor(THREE)
    for out in (np.subtract(THREE, t), THREE - t, np.float64(1) - t, [1.0, 2.0, 3.0] - t):
        assert isinstance(out, ad.Tensor)
        assert_array_equal(ad.grad(lambda x: (THREE - x).sum())(THREE), [-1, -1, -1])


def test_what_only_asks_shape_answers_plainly():
    t = ad.tensor(THREE)
    assert np.shape(t) == (3,)
    assert np.ndim(t) == 1
    assert np.size(t) == 3
    assert np.allclose(t, THREE)
    assert np.result_type(t, np.float32) == np.float64


def test_an_unknown_function_is_refused_at_the_call():
    with pytest.raises(NotImplementedError) as caught:
        ad.grad(lambda x: np.unwrap(x).sum())(THREE)
    for part in ("np.unwrap", "test_dispatch.py:", "autodiff.primitive", "t.numpy()"):
        assert part in str(caught.value)


@pytest.mark.parametrize("option", [{"where": np.array([True, False, True])}, {"dtype": "f4"}])
def test_an_unknown_option_is_refused_at_the_call(option):
    with pytest.raises(NotImplementedError) as caught:
        ad.grad(lambda x: np.exp(x, **option).sum())(THREE)
    for part in ("exp", next(iter(option)), "test_dispatch.py:"):
        assert part in str(caught.value)


def test_a_mistaken_call_is_refused_as_by_numpy():
    t = ad.tensor(THREE)
    with pytest.raises(TypeError):
        np.exp(t, t, t)
    with pytest.raises(TypeError):
        np.sum(t, unknown=3)
    with pytest.raises(ValueError, match="axis 3"):
        np.sum(t, axis=3)


def test_the_line_is_the_users_where_numpy_is_in_between():
    def user(x):
        return np.vectorize(float)(x)  # NumPy calls float() for each entry

    with pytest.raises(TypeError, match=r"test_dispatch\.py:") as caught:
        ad.grad(lambda x: user(x).sum())(THREE)
    assert "slope" in str(caught.value)

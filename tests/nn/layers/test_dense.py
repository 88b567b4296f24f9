import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays

import autodiff as ad
from nn.layers import Dense
from nn.layers.weight import bound


@given(array_shapes(min_dims=2, max_dims=4, max_side=4).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.floats(-4, 4, width=32))
), st.integers(1, 5))  # fmt: skip
def test_the_kernel_multiplies_the_last_axis_for_any_rank(inputs, units):
    layer = Dense(units, bias_initializer="ones")
    outputs = layer(inputs)
    kernel, bias = layer.get_weights()
    assert outputs.dtype == np.float32
    assert layer.compute_output_shape((None, *inputs.shape[1:])) == (None, *outputs.shape[1:])
    assert np.allclose(outputs, np.einsum("...i,ij->...j", inputs, kernel) + bias, atol=1e-4)


def test_two_inputs_by_hand():
    layer = Dense(2, activation="relu")
    layer.build((None, 2))
    layer.set_weights([np.array([[2, -1], [1, -1]]), np.array([0, 1])])
    assert layer([[3, 5]]).tolist() == [[11, 0]]


def test_slopes_are_those_derived_by_hand():
    layer = Dense(2)
    x, target = np.array([[1.0, 2], [3, 4], [5, 6]]), np.ones((3, 2))
    layer.build((None, 2))
    kernel, bias = layer.get_weights()

    def loss(values):
        with bound(layer.weights, values):
            return np.sum((layer(x) - target) ** 2)

    slope_of_kernel, slope_of_bias = ad.grad(loss)([kernel, bias])
    error = x @ kernel + bias - target
    assert slope_of_kernel.dtype == np.float32
    assert np.allclose(slope_of_kernel, 2 * x.T @ error, atol=1e-3)
    assert np.allclose(slope_of_bias, 2 * error.sum(axis=0), atol=1e-3)


def test_the_outputs_of_a_tensor_are_a_tensor():
    layer = Dense(2)
    outputs = layer(ad.tensor(np.ones((3, 2))))
    assert isinstance(outputs, ad.Tensor)
    slope = ad.grad(lambda x: np.sum(layer(x)))(np.ones((3, 2)))
    assert np.allclose(slope, layer.kernel.numpy().sum(axis=1))


def test_the_bias_can_be_left_out():
    layer = Dense(2, use_bias=False)
    layer.build((None, 3))
    assert layer.bias is None
    assert [weight.name for weight in layer.weights] == ["kernel"]
    assert np.allclose(layer([[1, 1, 1]]), layer.kernel.numpy().sum(axis=0))


def test_the_initial_kernel_is_glorot_uniform_and_the_initial_bias_zero():
    kernel, bias = (layer := Dense(50)).build((None, 100)) or layer.get_weights()
    limit = np.sqrt(6 / 150)
    assert 0.95 * limit < np.abs(kernel).max() <= limit
    assert not bias.any()


@pytest.mark.parametrize("units", [0, -3, 2.5, None, True, 10**30])
def test_units_are_a_positive_whole_number(units):
    with pytest.raises(ValueError, match="positive whole number, got"):
        Dense(units)
    assert Dense(np.int64(3)).units == 3


def test_inputs_of_another_width_are_refused_by_name():
    layer = Dense(2, name="hidden")
    layer.build((None, 5))
    with pytest.raises(ValueError, match=r"'hidden' expects inputs of width 5, got \(None, 4\)"):
        layer(np.zeros((3, 4)))


def test_inputs_without_columns_are_refused():
    with pytest.raises(ValueError, match=r"rows, ..., width"):
        Dense(2)(np.zeros(3))


def test_an_unknown_activation_is_refused_when_the_layer_is_made():
    with pytest.raises(ValueError, match="'relu'"):
        Dense(2, activation="rleu")

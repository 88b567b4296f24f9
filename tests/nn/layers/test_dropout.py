import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import autodiff as ad
from nn import layers
from nn.layers import Dropout
from nn.random import set_seed

INPUTS = np.ones((50, 40), dtype=np.float32)


@given(st.floats(0, 1))
def test_inputs_are_not_changed_outside_training(rate):
    assert Dropout(rate)(INPUTS) is INPUTS


@given(st.floats(0.05, 0.95), st.integers(0, 1000))
def test_training_zeroes_a_fraction_of_the_inputs_and_scales_the_others(rate, seed):
    outputs = Dropout(rate, seed=seed)(INPUTS, training=True)
    assert outputs.dtype == np.float32
    assert np.allclose(outputs[outputs != 0], 1 / (1 - rate))
    deviation = np.sqrt(rate * (1 - rate) / INPUTS.size)
    assert abs((outputs == 0).mean() - rate) < 6 * deviation


def test_rates_of_zero_and_one():
    assert Dropout(0)(INPUTS, training=True) is INPUTS
    assert not Dropout(1)(INPUTS, training=True).any()


@pytest.mark.parametrize("rate", [-0.1, 1.5])
def test_a_rate_is_from_0_to_1(rate):
    with pytest.raises(ValueError, match="rate to be a number from 0 to 1"):
        Dropout(rate)


def test_a_seed_makes_the_sequence_of_masks_repeatable():
    first, second = Dropout(0.5, seed=4), Dropout(0.5, seed=4)
    masks = [first(INPUTS, training=True) for _ in range(2)]
    assert not np.array_equal(*masks)
    assert np.array_equal(masks, [second(INPUTS, training=True) for _ in range(2)])


def test_the_global_seed_applies_to_layers_without_a_seed():
    outputs = []
    for _ in range(2):
        set_seed(9)
        outputs.append(Dropout(0.5)(INPUTS, training=True))
    assert np.array_equal(*outputs)


def test_a_noise_shape_shares_the_mask():
    outputs = Dropout(0.5, noise_shape=(None, 1), seed=1)(INPUTS, training=True)
    assert np.array_equal(outputs, np.broadcast_to(outputs[:, :1], INPUTS.shape))
    assert 0 < outputs[:, 0].mean() < 2
    with pytest.raises(ValueError, match="as many axes"):
        Dropout(0.5, noise_shape=(1,))(INPUTS, training=True)


def test_slopes_have_the_mask_of_the_outputs():
    slope = ad.grad(lambda x: np.sum(Dropout(0.5, seed=2)(x, training=True)))(INPUTS)
    assert np.array_equal(slope, Dropout(0.5, seed=2)(INPUTS, training=True))


ALPHA = -1.7580993408473766  # the negative limit of selu


def uniform(shape):
    return np.random.default_rng(5).random(shape, dtype=np.float32)


def normal(shape):
    return np.random.default_rng(5).standard_normal(shape, dtype=np.float32)


def alpha_dropout(x, rate):
    a = ((1 - rate) * (1 + rate * ALPHA**2)) ** -0.5
    return a * np.where(uniform(x.shape) >= rate, x, ALPHA) - a * ALPHA * rate


BY_HAND = {
    "Dropout": lambda x, rate: x * (uniform(x.shape) >= rate) / (1 - rate),
    "GaussianNoise": lambda x, rate: x + rate * normal(x.shape),
    "GaussianDropout": lambda x, rate: x * (1 + np.sqrt(rate / (1 - rate)) * normal(x.shape)),
    "AlphaDropout": alpha_dropout,
    "SpatialDropout1D": lambda x, rate: x * (uniform((4, 1, 3)) >= rate) / (1 - rate),
}


@pytest.mark.parametrize("rate", [0.0, 0.25, 0.75])
@pytest.mark.parametrize("name", BY_HAND)
def test_noise_is_drawn_as_its_formula_says(name, rate):
    x = np.linspace(-2, 3, 60, dtype=np.float32).reshape(4, 5, 3)
    layer = getattr(layers, name)(rate, seed=5)
    assert layer(x) is x
    found = layer(x, training=True)
    np.testing.assert_allclose(found, BY_HAND[name](x, rate), rtol=1e-5, atol=1e-6)
    if rate:
        assert not np.array_equal(layer(x, training=True), found)  # drawn anew
    else:
        assert found is x


def test_all_may_be_dropped():
    assert not Dropout(1.0)(INPUTS, training=True).any()

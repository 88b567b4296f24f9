import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import autodiff as ad
from nn.layers import Dropout
from nn.random import set_seed

INPUTS = np.ones((50, 40), dtype=np.float32)


@given(st.floats(0, 1))
def test_outside_training_inputs_pass_untouched(rate):
    assert Dropout(rate)(INPUTS) is INPUTS


@given(st.floats(0.05, 0.95), st.integers(0, 1000))
def test_training_zeroes_the_share_and_scales_up_the_rest(rate, seed):
    outputs = Dropout(rate, seed=seed)(INPUTS, training=True)
    assert outputs.dtype == np.float32
    assert np.allclose(outputs[outputs != 0], 1 / (1 - rate))
    deviation = np.sqrt(rate * (1 - rate) / INPUTS.size)
    assert abs((outputs == 0).mean() - rate) < 6 * deviation


def test_the_extremes():
    assert Dropout(0)(INPUTS, training=True) is INPUTS
    assert not Dropout(1)(INPUTS, training=True).any()


@pytest.mark.parametrize("rate", [-0.1, 1.5])
def test_a_rate_is_a_share(rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Dropout(rate)


def test_a_seed_fixes_the_sequence_of_masks():
    first, second = Dropout(0.5, seed=4), Dropout(0.5, seed=4)
    masks = [first(INPUTS, training=True) for _ in range(2)]
    assert not np.array_equal(*masks)
    assert np.array_equal(masks, [second(INPUTS, training=True) for _ in range(2)])


def test_the_global_seed_fixes_layers_without_one():
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


def test_slopes_pass_where_inputs_do():
    slope = ad.grad(lambda x: np.sum(Dropout(0.5, seed=2)(x, training=True)))(INPUTS)
    assert np.array_equal(slope, Dropout(0.5, seed=2)(INPUTS, training=True))

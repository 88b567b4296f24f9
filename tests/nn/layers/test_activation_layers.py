"""Activations as layers: by hand, with masks as in Keras, and misused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn import layers

X = np.array([[-2.0, 1.0, 3.0], [0.5, -1.0, 0.0]], np.float32)


def test_a_trained_slope_by_hand():
    layer = layers.PReLU(alpha_initializer=nn.initializers.Constant([0.5, 2.0, 1.0]))
    assert layer(X).tolist() == [[-1, 1, 3], [0.5, -2, 0]]
    assert [(w.name, w.shape) for w in layer.weights] == [("alpha", (3,))]


def test_shared_slopes():
    layer = layers.PReLU(shared_axes=(1, 2))
    layer.build((None, None, 8, 3))
    assert layer.alpha.shape == (1, 1, 3)
    assert layer(np.ones((2, 5, 8, 3))).shape == (2, 5, 8, 3)  # of any height


@given(st.lists(st.booleans(), min_size=4, max_size=4), st.sampled_from(["f4", "?"]))
def test_a_masked_softmax_is_that_of_the_other_entries(kept, dtype):
    scores = np.array([[1.0, -2.0, 30.0, 0.5]], np.float32)
    mask = np.array([kept])
    found = layers.Softmax()(scores, mask=mask.astype(dtype))
    expected = np.zeros((1, 4))
    if any(kept):
        expected[mask] = layers.Softmax()(scores[:, kept])[0]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_masks_are_those_of_keras(keras):
    scores = np.random.default_rng(0).normal(size=(2, 4, 4)).astype("f")
    mask = np.tri(4, dtype=bool)
    ours = layers.Softmax()(scores, mask=mask)
    theirs = keras.ops.convert_to_numpy(keras.layers.Softmax()(scores, mask=mask))
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Softmax()(X, mask=np.ones((2, 2), bool)), "a mask that broadcasts to the"),
        (lambda: layers.PReLU(shared_axes=[3])(X), "expects shared_axes from 1 to 1, got"),
        (lambda: layers.PReLU().build((None, None, 3)), "Name the axes of unknown length in"),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_mask_of_steps_is_not_one_of_scores():
    model = nn.Sequential([layers.Masking(input_shape=(3, 2)), layers.Softmax()])
    with pytest.raises(ValueError, match=r"got shape \(1, 3\) for .* use Activation\('softmax'\)"):
        model.predict(np.ones((1, 3, 2)), verbose=0)
    model = nn.Sequential([layers.Masking(input_shape=(3, 2)), layers.Activation("softmax")])
    assert model.predict(np.ones((1, 3, 2)), verbose=0).tolist() == [[[0.5, 0.5]] * 3]


def test_other_rows_than_built_for():
    layer = layers.PReLU()
    layer(X)
    with pytest.raises(ValueError, match=r"slopes of shape \(3,\) fit, got \(None, 4\)"):
        layer(np.ones((2, 4)))

"""Layers without much inside: worked examples, masks, random layers, and misuse."""

import numpy as np
import pytest

import nn
from nn import layers
from nn.layers.masks import mask_of

X = np.arange(12.0, dtype=np.float32).reshape(1, 3, 4)


def test_merging_by_hand():
    a, b = np.array([[1.0, 2.0]]), np.array([[3.0, -4.0]])
    assert layers.Add()([a, b, b]).tolist() == [[7, -6]]
    assert layers.add([a, b]).tolist() == [[4, -2]]
    assert layers.Average()([a, b]).tolist() == [[2, -1]]
    assert layers.Dot(1)([a, b]).tolist() == [[-5]]
    assert layers.Dot(1, normalize=True)([a, a]).tolist() == [[pytest.approx(1)]]
    assert layers.Concatenate()([a, b]).tolist() == [[1, 2, 3, -4]]
    assert layers.Average()([a > 1, a > 0]).tolist() == [[0.5, 1]]
    assert layers.Add()([np.ones((2, 3, 1)), np.ones((2, 1, 4))]).shape == (2, 3, 4)
    first, second = layers.Input((4, 2)), layers.Input((None, 3))
    model = nn.Model([first, second], layers.Dot(1)([first, second]))
    assert model.output_shape == (None, 2, 3)
    assert model([np.ones((1, 4, 2)), np.ones((1, 4, 3))]).tolist() == [[[4] * 3] * 2]


def test_masks_of_merged_inputs():
    masking = layers.Masking()
    a, b = masking(np.array([[[1.0], [0.0]]])), masking(np.array([[[1.0], [2.0]]]))
    assert mask_of(layers.Add()([a, b])).tolist() == [[True, True]]
    assert mask_of(layers.Concatenate(axis=1)([a, b])).tolist() == [[True, False, True, True]]
    assert mask_of(layers.Add()([np.ones((1, 2, 1)), b])) is None
    assert layers.Multiply()([a, 3 * np.ones((1, 2, 1))]).ravel().tolist() == [3, 3]
    assert layers.Maximum()([a, -np.ones((1, 2, 1))]).ravel().tolist() == [1, -1]


def test_an_embedding_looks_up_and_masks():
    layer = layers.Embedding(4, 2, mask_zero=True)
    outputs = layer(np.array([[0, 3]]))
    assert np.array_equal(outputs[0], layer.embeddings.numpy()[[0, 3]])
    assert mask_of(outputs).tolist() == [[False, True]]
    unmasked = layers.Embedding(4, 2)
    assert mask_of(unmasked(np.array([[0, 3]]))) is None
    assert unmasked.compute_mask(np.array([[0, 3]])) is None
    assert layer(np.array([[1.0, 2.0]])).shape == (1, 2, 2)
    with pytest.raises(IndexError):
        layer(np.array([[4]]))


def test_a_lambda_is_a_layer_anywhere():
    x = nn.Input((4,))
    model = nn.Model(x, layers.Lambda(lambda x: x.sum(axis=1, keepdims=True))(x))
    assert model.output_shape == (None, 1)
    assert model(np.ones((2, 4))).tolist() == [[4], [4]]
    doubled = layers.Lambda(lambda x, factor: x * factor, arguments={"factor": 2.0})
    assert doubled(np.ones((1, 1))).tolist() == [[2]]
    active = layers.Lambda(lambda x, training: x * 3 if training else x)
    assert active(np.ones((1, 1)), training=True).tolist() == [[3]]


@pytest.mark.parametrize(
    "layer",
    [
        layers.GaussianNoise(0.5, seed=1),
        layers.GaussianDropout(0.4, seed=1),
        layers.AlphaDropout(0.4, seed=1),
        layers.SpatialDropout1D(0.4, seed=1),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_noise_is_active_in_training_only_and_keeps_the_mean(layer):
    x = np.random.default_rng(0).normal(1, 1, (50, 40, 30)).astype("f")
    assert np.array_equal(layer(x), x)
    noisy = layer(x, training=True)
    assert noisy.dtype == np.float32
    assert not np.array_equal(noisy, x)
    expected = 1.0 if not isinstance(layer, layers.AlphaDropout) else noisy.mean()
    assert noisy.mean() == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("kind", ["GaussianNoise", "GaussianDropout", "AlphaDropout"])
def test_noise_passes_masks_on(kind):
    masked = layers.Masking()(np.array([[[1.0], [0.0], [2.0]]]))
    outputs = getattr(layers, kind)(0.5, seed=1)(masked)
    assert mask_of(outputs).tolist() == [[True, False, True]]


def test_alpha_dropout_keeps_mean_and_variance_of_normal_inputs():
    x = np.random.default_rng(0).normal(size=(400, 500)).astype("f")
    noisy = layers.AlphaDropout(0.3, seed=0)(x, training=True)
    assert noisy.mean() == pytest.approx(0, abs=0.01)
    assert noisy.var() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("layer", "first"),
    [
        (layers.SpatialDropout1D(0.5, seed=0), False),
        (layers.SpatialDropout2D(0.5, seed=0), False),
        (layers.SpatialDropout2D(0.5, "channels_first", seed=0), True),
        (layers.SpatialDropout3D(0.5, seed=0), False),
        (layers.SpatialDropout3D(0.5, "channels_first", seed=0), True),
    ],
)
def test_spatial_dropout_drops_whole_channels(layer, first):
    noisy = layer(np.ones((8, *[3] * layer.rank, 3)), training=True)
    channels = np.moveaxis(noisy, 1, -1) if first else noisy
    one_place = channels[:, *[slice(1)] * layer.rank]
    assert np.array_equal(channels, np.broadcast_to(one_place, channels.shape))
    assert {0.0, 2.0} == set(noisy.ravel().tolist())


def test_batch_normalization_by_hand_and_its_averages():
    layer = layers.BatchNormalization(momentum=0.5, epsilon=0.0)
    x = np.array([[1.0], [3.0]])
    assert layer(x, training=True).ravel().tolist() == [-1, 1]
    assert layer.moving_mean.numpy().tolist() == [1]  # half of 0, half of 2
    assert layer.moving_variance.numpy().tolist() == [1]
    assert layer(x).ravel().tolist() == [0, 2]
    assert len(layer.trainable_weights) == len(layer.non_trainable_weights) == 2


def test_a_frozen_batch_normalization_uses_its_averages_in_training():
    layer = layers.BatchNormalization(momentum=0.5, epsilon=0.0)
    x = np.array([[1.0], [3.0]])
    layer(x, training=True)
    layer.trainable = False
    assert layer(x, training=True).ravel().tolist() == [0, 2]
    assert layer.moving_mean.numpy().tolist() == [1]


@pytest.mark.slow
def test_batch_normalization_in_a_recorded_step():
    model = nn.Sequential([layers.Dense(3, input_shape=(2,)), layers.BatchNormalization()])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(5, 2, (64, 2))
    model.fit(x, np.zeros((64, 3)), epochs=200, verbose=0)
    normal = model.layers[1]
    hidden = model.layers[0](x)
    np.testing.assert_allclose(normal.moving_mean.numpy(), hidden.mean(0), atol=0.2)
    assert model.predict(x, verbose=0).std() < 0.2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Add()(X), "expects a list of inputs, got one"),
        (lambda: layers.Add()([X, X[:, :2]]), "expects inputs of the same shape"),
        (lambda: layers.Concatenate()([X, X[:, :2]]), "differ in length along axis -1 only"),
        (lambda: layers.Dot(2)([X, X[:, :, :2]]), "two inputs of equal length along axes 2"),
        (lambda: layers.Reshape((5,))(X), "rows of as many entries as"),
        (lambda: layers.Reshape((0, -1))(X), "rows of as many entries as"),
        (lambda: layers.Reshape((0, -1))(X[:, :0]), "rows of as many entries as"),
        (lambda: layers.Reshape((-1, -1)), "at most one -1"),
        (lambda: layers.Permute((2, 1))(X[..., None]), "expects rows of 2 axes"),
        (lambda: layers.Permute((2, 1))(X[..., 0]), "expects rows of 2 axes"),
        (lambda: layers.Permute((1, 1)), "expects dims to be the axes 1 to 2"),
        (lambda: layers.RepeatVector(2)(X), r"expects inputs of shape \(rows, features\)"),
        (lambda: layers.Cropping1D(2)(X), "expects images larger than its cropping"),
        (lambda: layers.UnitNormalization(2)(layers.Input((3,))), "expects inputs with axis 2"),
        (lambda: layers.UnitNormalization((1, -4))(X), r"expects inputs with axis \(1, -4\)"),
        (lambda: layers.BatchNormalization(axis=5)(X), "expects inputs with axis 5"),
        (lambda: layers.GroupNormalization(3)(X), "a multiple of groups=3"),
        (
            lambda: layers.UpSampling2D(interpolation="cubic"),
            "to be 'nearest', 'bilinear', 'bicubic'",
        ),
        (lambda: layers.Dot(0)([X, X]), "expects axes after that of the rows"),
        (lambda: layers.LeakyReLU(-0.1), "expected negative_slope to be a finite number of at"),
        (lambda: layers.Embedding(0, 3), "expected input_dim to be a whole number"),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()

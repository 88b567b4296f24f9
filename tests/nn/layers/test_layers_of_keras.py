"""Layers beside Keras's: the same outputs, shapes, weights and slopes for the same weights."""

import numpy as np
import pytest

import nn
from tests.nn.layers.beside import flat, trained

RANDOM = np.random.default_rng(0)
IMAGE, STEPS, TABLE = (6, 5, 4), (5, 4), (4,)

LAYERS = {
    "reshape": (lambda L: L.Reshape((2, -1)), STEPS),
    "permute": (lambda L: L.Permute((2, 1)), STEPS),
    "repeat": (lambda L: L.RepeatVector(3), TABLE),
    "pad 1": (lambda L: L.ZeroPadding1D((1, 2)), STEPS),
    "pad 2": (lambda L: L.ZeroPadding2D(((1, 0), (2, 1))), IMAGE),
    "pad 3": (lambda L: L.ZeroPadding3D(1), (3, 4, 2, 2)),
    "crop 1": (lambda L: L.Cropping1D(1), STEPS),
    "crop 2": (lambda L: L.Cropping2D((1, 2)), IMAGE),
    "crop 3": (lambda L: L.Cropping3D(((1, 0), (0, 1), (1, 1))), (3, 4, 3, 2)),
    "up 1": (lambda L: L.UpSampling1D(3), STEPS),
    "up 2": (lambda L: L.UpSampling2D((2, 3)), IMAGE),
    "up 2 bilinear": (lambda L: L.UpSampling2D((2, 3), interpolation="bilinear"), IMAGE),
    "up 2 bicubic": (lambda L: L.UpSampling2D((2, 3), interpolation="bicubic"), IMAGE),
    "up 3": (lambda L: L.UpSampling3D(2), (3, 4, 2, 2)),
    "adaptive average 1": (lambda L: L.AdaptiveAveragePooling1D(3), STEPS),
    "adaptive average 2": (lambda L: L.AdaptiveAveragePooling2D((4, 2)), IMAGE),
    "adaptive average 3": (lambda L: L.AdaptiveAveragePooling3D(2), (3, 4, 2, 2)),
    "adaptive max 1": (lambda L: L.AdaptiveMaxPooling1D(3), STEPS),
    "adaptive max 2": (lambda L: L.AdaptiveMaxPooling2D((3, 2)), IMAGE),
    "adaptive max 3": (lambda L: L.AdaptiveMaxPooling3D(2), (3, 4, 2, 2)),
    "resizing": (lambda L: L.Resizing(8, 3), IMAGE),
    "resizing nearest": (lambda L: L.Resizing(4, 9, interpolation="nearest"), IMAGE),
    "resizing bicubic": (lambda L: L.Resizing(4, 9, interpolation="bicubic"), IMAGE),
    "resizing smoothed": (lambda L: L.Resizing(2, 9, antialias=True), IMAGE),
    "resizing bicubic smoothed": (
        lambda L: L.Resizing(4, 2, interpolation="bicubic", antialias=True),
        IMAGE,
    ),
    "resizing cropped": (lambda L: L.Resizing(4, 8, crop_to_aspect_ratio=True), IMAGE),
    "resizing padded": (
        lambda L: L.Resizing(4, 8, pad_to_aspect_ratio=True, fill_value=0.5),
        IMAGE,
    ),
    "center": (lambda L: L.CenterCrop(3, 4), IMAGE),
    "center of small": (lambda L: L.CenterCrop(9, 4), IMAGE),
    "batch": (lambda L: L.BatchNormalization(momentum=0.9), TABLE),
    "batch of images": (lambda L: L.BatchNormalization(axis=1, scale=False), IMAGE),
    "layer": (lambda L: L.LayerNormalization(), STEPS),
    "layer of axes": (lambda L: L.LayerNormalization(axis=[1, 2], center=False), STEPS),
    "layer of axes from both ends": (lambda L: L.LayerNormalization(axis=[1, -1]), STEPS),
    "group": (lambda L: L.GroupNormalization(groups=2), IMAGE),
    "instance": (lambda L: L.GroupNormalization(groups=-1, axis=-1), IMAGE),
    "rms": (lambda L: L.RMSNormalization(), STEPS),
    "unit": (lambda L: L.UnitNormalization(), STEPS),
    "rescaling": (lambda L: L.Rescaling(2.0, 1.0), STEPS),
    "identity": (lambda L: L.Identity(), STEPS),
    "activity": (lambda L: L.ActivityRegularization(0.1, 0.1), TABLE),
    "prelu": (lambda L: L.PReLU("he_normal", alpha_regularizer="l2"), STEPS),
    "prelu of channels": (lambda L: L.PReLU("ones", shared_axes=[1, 2]), IMAGE),
    "softmax of axes": (lambda L: L.Softmax(axis=[1, 2]), IMAGE),
    "masking": (lambda L: L.Masking(0.0), STEPS),
    "noise": (lambda L: L.GaussianNoise(0.0), TABLE),
}


def beside(make, shape, library):
    layers = library.layers
    model = library.Sequential(
        [library.Input(shape), make(layers), layers.Flatten(), layers.Dense(1)]
    )
    model.compile(library.optimizers.SGD(0.002), "mse")
    return model


@pytest.mark.filterwarnings("ignore:.*(passed an input with a mask|drops the mask)")
@pytest.mark.parametrize("name", LAYERS)
def test_outputs_shapes_and_training(of_keras, name):
    make, shape = LAYERS[name]
    random = np.random.default_rng(0)
    x, y = random.normal(size=(8, *shape)).astype("f"), random.normal(size=(8, 1)).astype("f")

    def numbers(library):
        model = beside(make, shape, library)
        return trained(model, x, y, epochs=3, batch_size=4)

    np.testing.assert_allclose(numbers(nn), of_keras(numbers), rtol=1e-3, atol=1e-4)
    layer, row = make(nn.layers), x[:2]
    assert layer.compute_output_shape((2, *shape)) == layer(row).shape


MERGES = {
    "add": lambda L: L.Add(),
    "subtract": lambda L: L.Subtract(),
    "multiply": lambda L: L.Multiply(),
    "average": lambda L: L.Average(),
    "maximum": lambda L: L.Maximum(),
    "minimum": lambda L: L.Minimum(),
    "concatenate": lambda L: L.Concatenate(axis=1),
    "dot": lambda L: L.Dot(axes=(1, 1)),
    "cosine": lambda L: L.Dot(axes=2, normalize=True),
}


@pytest.mark.parametrize("name", MERGES)
def test_merges(of_keras, name):
    random = np.random.default_rng(0)
    arrays = [random.normal(size=(2, 3, 4)).astype("f") for _ in range(2)]

    def merged(library):
        inputs = [library.Input((3, 4)) for _ in range(2)]
        outputs = MERGES[name](library.layers)(inputs)
        found = library.Model(inputs, outputs).predict(arrays, verbose=0)
        assert tuple(outputs.shape)[1:] == found.shape[1:]
        return flat(found)

    np.testing.assert_allclose(merged(nn), of_keras(merged), atol=1e-6)


@pytest.mark.parametrize("size", [1e-20, 1e-9, 0.0])
def test_lengths_near_zero(of_keras, size):
    x = (size * np.random.default_rng(0).normal(size=(2, 3, 4))).astype("f")

    def scaled(library):
        unit = library.layers.UnitNormalization()(x)
        return flat(unit * 1e-6, library.layers.Dot(axes=2, normalize=True)([x, x]) * 1e3)

    np.testing.assert_allclose(scaled(nn), of_keras(scaled), rtol=1e-5, atol=1e-20)


@pytest.mark.slow
@pytest.mark.parametrize("mask_zero", [False, True])
def test_embedding(of_keras, mask_zero):
    random = np.random.default_rng(0)
    words, y = random.integers(0, 7, (8, 5)), random.normal(size=(8, 1)).astype("f")

    def numbers(library):
        layers = library.layers
        model = library.Sequential(
            [
                library.Input((5,), dtype="int32"),
                layers.Embedding(7, 3, mask_zero=mask_zero),
                layers.GlobalAveragePooling1D(),
                layers.Dense(1),
            ]
        )
        model.compile(library.optimizers.SGD(0.1, momentum=0.9), "mse")
        return trained(model, words, y, epochs=4, batch_size=3)

    np.testing.assert_allclose(numbers(nn), of_keras(numbers), rtol=1e-4, atol=1e-5)


def test_frozen_and_masked_batch_normalization(of_keras):
    random = np.random.default_rng(0)
    x, mask = random.normal(size=(6, 5, 4)).astype("f"), random.random((6, 5)) > 0.3

    def numbers(library):
        layer = library.layers.BatchNormalization()
        outputs = layer(x, training=True, mask=mask)
        layer.trainable = False
        return flat(outputs, layer(x, training=True), layer.get_weights())

    np.testing.assert_allclose(numbers(nn), of_keras(numbers), atol=1e-5)

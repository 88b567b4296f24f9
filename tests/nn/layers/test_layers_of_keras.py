"""Layers beside Keras's: the same outputs, shapes, weights and slopes for the same weights."""

import numpy as np
import pytest

import nn

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
    model.compile(library.optimizers.SGD(0.05), "mse")
    return model


@pytest.mark.filterwarnings("ignore:.*(passed an input with a mask|drops the mask)")
@pytest.mark.parametrize("name", LAYERS)
def test_outputs_shapes_and_training(keras, name):
    make, shape = LAYERS[name]
    ours, theirs = beside(make, shape, nn), beside(make, shape, keras)
    assert ours.layers[0].compute_output_shape((None, *shape)) == theirs.layers[0].output.shape
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert ours.count_params() == theirs.count_params()
    weights = [
        np.abs(w) + 0.1 * RANDOM.random(w.shape).astype("f") if np.ndim(w) == 1 else w
        for w in ours.get_weights()
    ]
    for model in (ours, theirs):
        model.set_weights(weights)
    x, y = RANDOM.normal(size=(8, *shape)).astype("f"), RANDOM.normal(size=(8, 1)).astype("f")
    np.testing.assert_allclose(
        ours.predict(x, verbose=0), theirs.predict(x, verbose=0), atol=5e-5, rtol=1e-4
    )
    histories = [
        model.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0).history["loss"]
        for model in (ours, theirs)
    ]
    np.testing.assert_allclose(*histories, rtol=1e-3)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-4, rtol=1e-3)


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
def test_merges(keras, name):
    shapes = [(3, 4), (3, 4)]
    arrays = [RANDOM.normal(size=(2, *shape)).astype("f") for shape in shapes]
    outputs, specs = [], []
    for library in (nn, keras):
        inputs = [library.Input(shape) for shape in shapes]
        merged = MERGES[name](library.layers)(inputs)
        specs.append(tuple(merged.shape))
        outputs.append(library.Model(inputs, merged).predict(arrays, verbose=0))
    assert specs[0] == specs[1]
    np.testing.assert_allclose(*outputs, atol=1e-6)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_embedding(keras, mask_zero):
    words = RANDOM.integers(0, 7, (8, 5))
    y = RANDOM.normal(size=(8, 1)).astype("f")
    models = []
    for library in (nn, keras):
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
        models.append(model)
    ours, theirs = models
    theirs.set_weights(ours.get_weights())
    for model in models:
        model.fit(words, y, epochs=4, batch_size=3, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)


def to_numpy(keras, value):
    return value if isinstance(value, np.ndarray) else keras.ops.convert_to_numpy(value)


def test_frozen_and_masked_batch_normalization(keras):
    x = RANDOM.normal(size=(6, 5, 4)).astype("f")
    mask = RANDOM.random((6, 5)) > 0.3
    found = []
    for library in (nn, keras):
        layer = library.layers.BatchNormalization()
        outputs = to_numpy(keras, layer(x, training=True, mask=mask))
        layer.trainable = False
        frozen = to_numpy(keras, layer(x, training=True))
        found.append([outputs, frozen, *layer.get_weights()])
    for mine, other in zip(*found, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)

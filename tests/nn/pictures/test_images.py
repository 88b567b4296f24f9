"""The images in the pictures of convolutional models: which values, and their axes."""

import numpy as np
import pytest

import nn
from nn import layers
from nn.pictures.images import images_of


def test_channels_and_filters_by_hand():
    model = nn.Sequential(
        [
            nn.Input((4, 5, 2)),
            layers.Conv2D(3, 2, name="conv"),
            layers.GlobalMaxPooling2D(name="top"),
        ]
    )
    shown = images_of(model)
    x = np.arange(40.0).reshape(1, 4, 5, 2)
    assert np.array_equal(shown["x"](x), [x[0, :, :, 0], x[0, :, :, 1]])
    kernel = np.arange(24.0).reshape(2, 2, 2, 3)
    filters = shown["conv/kernel"](kernel)
    assert filters.shape == (6, 2, 2)
    assert np.array_equal(filters[3], kernel[:, :, 1, 1])  # of 2 channels each
    assert shown["top"](np.ones((1, 3))) is None
    assert shown["x"](np.ones((2, 4, 5, 2))) is None  # two rows
    assert "conv/bias" not in shown


def test_channels_first_and_sequences():
    first = nn.Sequential(
        [nn.Input((2, 4, 5)), layers.MaxPooling2D(2, data_format="channels_first", name="pool")]
    )
    x = np.arange(40.0).reshape(1, 2, 4, 5)
    assert np.array_equal(images_of(first)["pool"](x), x[0])
    sequence = nn.Sequential([nn.Input((5, 2)), layers.Conv1D(3, 2, name="conv")])
    shown, x = images_of(sequence), np.arange(10.0).reshape(1, 5, 2)
    assert np.array_equal(shown["x"](x), x.transpose(0, 2, 1))
    kernel = np.arange(12.0).reshape(2, 2, 3)
    assert np.array_equal(shown["conv/kernel"](kernel)[1], kernel[:, :, 1].T)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2D(2, 3, name="layer"), layers.Conv2DTranspose(2, 3, name="layer"),
        layers.DepthwiseConv2D(3, name="layer"), layers.SeparableConv2D(2, 3, name="layer"),
        layers.AveragePooling2D(2, name="layer"), layers.ZeroPadding2D(1, name="layer"),
        layers.UpSampling2D(2, name="layer"), layers.Cropping2D(1, name="layer"),
    ],
    ids=lambda layer: type(layer).__name__,
)  # fmt: skip
def test_pictures_of_layers_of_images_have_pixels(layer):
    model = nn.Sequential([nn.Input((6, 6, 1)), layer, layers.Flatten()])
    dot = model.draw(np.random.default_rng(0).random((6, 6, 1))).dot
    kernels = sum(weight.name in ("kernel", "depthwise_kernel") for weight in layer.weights)
    assert dot.count("FIXEDSIZE") >= 2 * (36 + 9) + 2 * 9 * kernels


def test_kernels_of_one_pixel_are_no_images():
    model = nn.Sequential([nn.Input((4, 4, 2)), layers.Conv2D(3, 1, name="one")])
    assert list(images_of(model)) == ["x", "one"]
    sequence = nn.Sequential([nn.Input((4, 2)), layers.Conv1D(3, 1, name="one")])
    assert list(images_of(sequence)) == ["x", "one"]
    assert images_of(sequence)["x"](np.ones((1, 0, 2))) is None


def test_images_count_more_than_sequences():
    model = nn.Sequential(
        [
            nn.Input((4, 4, 1)),
            layers.Conv2D(2, 2, name="image"),
            layers.Reshape((9, 2)),
            layers.Conv1D(3, 2, name="steps"),
        ]
    )
    shown = images_of(model)
    assert shown["x"](np.ones((1, 4, 4, 1))).shape == (1, 4, 4)
    assert shown["steps"](np.ones((1, 8, 3))) is None
    assert {"image/kernel", "steps/kernel"} <= shown.keys()


def test_a_model_without_them_has_no_images():
    assert images_of(nn.Sequential([nn.Input((3,)), layers.Dense(2)])) == {}


def test_a_nested_convolution_is_found():
    inner = nn.Sequential([nn.Input((6, 6, 1)), layers.Conv2D(2, 3, name="inside")])
    x = nn.Input((6, 6, 1))
    model = nn.Model(x, layers.Flatten()(inner(x)))
    assert {"inside", "inside/kernel"} <= images_of(model).keys()
    assert model.draw(np.ones((6, 6, 1))).dot.count("FIXEDSIZE") > 100

"""Channels first: every layer with a ``data_format`` computes the same with moved axes."""

import inspect

import numpy as np
import pytest

from nn import activations, layers
from nn.argument_checks import parameters_of

LENGTHS, WINDOW, STRIDES = (7, 5, 6), (3, 2, 1), (2, 1, 3)
PAIRS = ((1, 0), (2, 1), (0, 1))
SAME = [{"padding": "same"}, {"padding": "valid"}]
STRIDED = [{"strides": STRIDES}, {"dilation_rate": (1, 2, 2)}]
SLIDING = [{**a, **b} for a in SAME for b in STRIDED]
CASES = {  # keyword arguments; of those along the axes of images, as many are taken as there are
    "Conv": [{"filters": 4, "kernel_size": WINDOW, "groups": 2, **case} for case in SLIDING],
    "Transpose": [{"filters": 3, "kernel_size": WINDOW, **case} for case in SLIDING]
    + [{"filters": 3, "kernel_size": WINDOW, "strides": STRIDES, "output_padding": (1, 0, 2)}],
    "DepthwiseConv": [{"kernel_size": WINDOW, "depth_multiplier": 2, **case} for case in SLIDING],
    "SeparableConv": [
        {"filters": 3, "kernel_size": WINDOW, "depth_multiplier": 2, **case} for case in SLIDING
    ],
    "ConvLSTM": [
        {"filters": 2, "kernel_size": WINDOW, "return_sequences": True, **case} for case in SAME
    ],
    "MaxPooling": [{"pool_size": WINDOW, "strides": STRIDES, **case} for case in SAME],
    "AveragePooling": [{"pool_size": WINDOW, "strides": STRIDES, **case} for case in SAME],
    "GlobalMaxPooling": [{"keepdims": True}, {}],
    "GlobalAveragePooling": [{"keepdims": True}, {}],
    "AdaptiveMaxPooling": [{"output_size": (3, 2, 4)}],
    "AdaptiveAveragePooling": [{"output_size": (3, 2, 4)}],
    "ZeroPadding": [{"padding": PAIRS}],
    "Cropping": [{"cropping": PAIRS}],
    "UpSampling": [{"size": (1, 3, 2)}],
    "SpatialDropout": [{"rate": 0.5, "seed": 3}],
    "Resizing": [
        {"height": 4, "width": 9}, {"height": 4, "width": 9, "crop_to_aspect_ratio": True},
        {"height": 4, "width": 9, "pad_to_aspect_ratio": True},
    ],
    "CenterCrop": [{"height": 3, "width": 4}, {"height": 8, "width": 3}],
}  # fmt: skip
ALONG = ("kernel_size", "strides", "dilation_rate", "output_padding", "pool_size", "output_size",
         "padding", "cropping", "size")  # fmt: skip


def kind_of(name):
    """Return the name without the number of axes, and the number; 2 where there is none."""
    if name.endswith("Transpose"):
        return "Transpose", int(name[-len("1DTranspose")])
    return (name[:-2], int(name[-2])) if name[-1] == "D" and name[-2].isdigit() else (name, 2)


NAMES = sorted(
    name for name, cls in vars(layers).items()
    if inspect.isclass(cls) and issubclass(cls, layers.Layer) and name == cls.__name__
    and "data_format" in parameters_of(cls) and name != "Flatten"
)  # fmt: skip


def arguments(name):
    kind, rank = kind_of(name)
    for case in CASES[kind]:
        yield {
            key: value[:rank] if key in ALONG and isinstance(value, tuple) else value
            for key, value in case.items()
        }


@pytest.mark.parametrize("name", NAMES)
def test_outputs_and_shapes_are_those_of_channels_last_with_moved_axes(name):
    cls, (kind, rank) = getattr(layers, name), kind_of(name)
    steps = (3,) if kind == "ConvLSTM" else ()
    shape = (2, *steps, *LENGTHS[:rank], 4)
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)

    def moved(x):
        return np.moveaxis(x, -1, x.ndim - rank - 1) if x.ndim > 2 else x

    for options in arguments(name):
        last, first = cls(**options), cls(**options, data_format="channels_first")
        training = {"training": True} if kind == "SpatialDropout" else {}
        expected = last(x, **training)
        first.build((None, *moved(x).shape[1:]))
        assert [w.shape for w in first.weights] == [w.shape for w in last.weights]
        first.set_weights(last.get_weights())
        found = first(moved(x), **training)
        np.testing.assert_allclose(found, moved(expected), rtol=1e-5, atol=1e-5)
        for layer, x_given, y in ((last, x, expected), (first, moved(x), found)):
            assert layer.compute_output_shape(x_given.shape) == y.shape
            place = x.ndim - rank - 1 if layer is first else -1
            unknown = [None] * x.ndim
            unknown[0], unknown[place] = 2, 4
            open_shape = layer.compute_output_shape(tuple(unknown))
            assert len(open_shape) == y.ndim
            assert all(n in (None, m) for n, m in zip(open_shape, y.shape, strict=True))
            assert kind.startswith("Global") or open_shape[place] == y.shape[place]


@pytest.mark.parametrize("name", NAMES)
def test_inputs_with_the_channels_elsewhere_are_refused_by_layers_with_weights(name):
    cls, (kind, rank) = getattr(layers, name), kind_of(name)
    layer = cls(**next(iter(arguments(name))), data_format="channels_first")
    steps = (3,) if kind == "ConvLSTM" else ()
    layer(np.ones((1, *steps, 4, *LENGTHS[:rank]), np.float32))
    if layer.weights:
        with pytest.raises(ValueError, match="channels, got"):
            layer(np.ones((1, *steps, *LENGTHS[:rank], 4), np.float32))


@pytest.mark.parametrize("name", NAMES)
def test_another_number_of_axes_is_refused(name):
    kind, rank = kind_of(name)
    for number in (rank + 1, rank + 3):
        if kind in ("Resizing", "CenterCrop") and number == 3:
            continue  # an image alone
        extra = kind == "ConvLSTM"
        layer = getattr(layers, name)(**next(iter(arguments(name))))
        with pytest.raises(ValueError, match=r"layer '.*' expects .* got"):
            layer(np.ones((8,) * (number + extra), np.float32))


@pytest.mark.parametrize(
    "name", [name for name in NAMES if "activation" in parameters_of(getattr(layers, name))]
)
def test_activations_act_on_the_last_axis_of_the_outputs(name):
    options = {**next(iter(arguments(name))), "data_format": "channels_first"}
    kind, rank = kind_of(name)
    x = np.random.default_rng(0).normal(size=(2, *[6] * (rank + 1))).astype(np.float32)
    if kind == "ConvLSTM":  # h = o · activation(c), of gates that are open
        options |= {"recurrent_activation": np.ones_like, "return_state": True}
        _, found, inner = getattr(layers, name)(**options, activation="softmax")(x[:, None])
    else:
        layer, plain = (getattr(layers, name)(**options, activation=f) for f in ("softmax", None))
        layer(x), plain(x)
        plain.set_weights(layer.get_weights())
        found, inner = layer(x), plain(x)
    np.testing.assert_allclose(found, activations.softmax(inner), rtol=1e-5, atol=1e-6)


def test_flattening_moves_the_channels_to_the_end():
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype(np.float32)
    found = layers.Flatten("channels_first")(np.moveaxis(x, -1, 1))
    np.testing.assert_array_equal(found, layers.Flatten()(x))
    rows = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(layers.Flatten("channels_first")(rows), rows)


@pytest.mark.parametrize("name", [*NAMES, "Flatten"])
def test_other_formats_are_refused(name):
    options = {} if name == "Flatten" else next(iter(arguments(name)))
    cls = getattr(layers, name)
    assert cls(**options, data_format=None).data_format == "channels_last"
    assert cls(**options, data_format="CHANNELS_FIRST").data_format == "channels_first"
    for wrong in ("channels", "channel_first", "", 1):
        with pytest.raises(ValueError, match="data_format to be 'channels_last' or"):
            cls(**options, data_format=wrong)

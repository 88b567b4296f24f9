"""Convolutions and pooling beside the same in loops over places, over combinations of options."""

import numpy as np
import pytest

from nn import layers
from tests.nn.layers.options import FLAG, combined

RANDOM = np.random.default_rng(11)
LENGTHS, SIZES, STRIDES = (7, 6, 4), (2, 3, 1), (2, 1, 3)


def along(length, size, step, spacing, padding):
    """Return the number of places along an axis, and the zeros before and after it."""
    whole = (size - 1) * spacing + 1
    if padding == "valid":
        return (length - whole) // step + 1, (0, 0)
    places = -(-length // step)
    zeros = max((places - 1) * step + whole - length, 0)
    return places, (whole - 1, 0) if padding == "causal" else (zeros // 2, zeros - zeros // 2)


def seen(x, size, steps, spacings, padding, outside=0.0):
    """Yield each place, and what is seen there, (rows, *size, channels)."""
    axes = [
        along(*each, padding) for each in zip(x.shape[1:-1], size, steps, spacings, strict=True)
    ]
    padded = np.pad(x, [(0, 0), *(zeros for _, zeros in axes), (0, 0)], constant_values=outside)
    for place in np.ndindex(*(n for n, _ in axes)):
        parts = [
            slice(p * s, p * s + (k - 1) * d + 1, d)
            for p, s, k, d in zip(place, steps, size, spacings, strict=True)
        ]
        yield place, padded[(slice(None), *parts)]


def gathered(found):
    """Return the results of all places as one array."""
    places, values = zip(*found, strict=True)
    shape = tuple(n + 1 for n in places[-1])
    return np.stack(values, axis=1).reshape(len(values[0]), *shape, -1)


def convolved(x, kernel, *window):
    rank = x.ndim - 2
    return gathered(
        (place, np.tensordot(patch, kernel, rank + 1))
        for place, patch in seen(x, kernel.shape[:rank], *window)
    )


def of_each(x, kernel, *window):
    """Return the convolution of each channel with its own kernel."""
    parts = [
        convolved(x[..., i : i + 1], kernel[..., i : i + 1, :], *window) for i in range(x.shape[-1])
    ]
    return np.concatenate(parts, axis=-1)


KINDS = {
    "Conv": {}, "groups": {"groups": 2}, "DepthwiseConv": {"depth_multiplier": 2},
    "SeparableConv": {"depth_multiplier": 2},
}  # fmt: skip


def expected_of(kind, layer, x, window):
    kernel, *others = layer.get_weights()
    if kind == "Conv":
        return convolved(x, kernel, *window)
    if kind == "groups":
        parts = zip(np.split(x, 2, axis=-1), np.split(kernel, 2, axis=-1), strict=True)
        return np.concatenate([convolved(a, b, *window) for a, b in parts], axis=-1)
    found = of_each(x, kernel, *window)
    return found if kind == "DepthwiseConv" else found @ others[0].reshape(others[0].shape[-2:])


@combined(
    kind=list(KINDS), rank=[1, 2, 3], uneven=["none", "strides", "dilation_rate", "both"],
    padding=["valid", "same", "causal"], use_bias=FLAG, activation=["relu", None], is_first=FLAG,
)  # fmt: skip
def test_convolutions_place_by_place(kind, rank, uneven, padding, use_bias, activation, is_first):
    rank = rank if kind in ("Conv", "groups") else min(rank, 2)
    if padding == "causal" and (rank > 1 or kind not in ("Conv", "groups")):
        padding = "same"
    size, ones = SIZES[:rank], (1,) * rank
    both = "strides", "dilation_rate"
    if uneven == "both" and kind in ("Conv", "groups"):
        uneven = "strides"  # which take one of the two
    options = {name: STRIDES[:rank] for name in both if uneven in (name, "both")}
    window = options.get("strides", ones), options.get("dilation_rate", ones), padding
    options |= KINDS[kind] | {"use_bias": use_bias, "activation": activation, "padding": padding}
    if is_first:
        options["data_format"] = "channels_first"
    name = f"{'Conv' if kind == 'groups' else kind}{rank}D"
    filters = () if kind == "DepthwiseConv" else (6,)
    layer = getattr(layers, name)(*filters, size, **options)
    x = RANDOM.normal(size=(2, *(n + 4 for n in LENGTHS[:rank]), 4)).astype("f")
    given = np.moveaxis(x, -1, 1) if is_first else x
    layer(given)
    layer.set_weights([RANDOM.normal(size=w.shape) for w in layer.weights])
    expected = expected_of(kind, layer, x, window)
    if use_bias:
        expected = expected + layer.bias.numpy()
    expected = np.maximum(expected, 0) if activation else expected
    expected = np.moveaxis(expected, -1, 1) if is_first else expected
    np.testing.assert_allclose(layer(given), expected, rtol=1e-4, atol=1e-4)
    assert layer.compute_output_shape((None, *given.shape[1:])) == (None, *expected.shape[1:])


@combined(
    kind=["Max", "Average"], rank=[1, 2, 3], strides=[None, 1, 2, "uneven"], is_same=FLAG,
    is_first=FLAG,
)  # fmt: skip
def test_pooling_place_by_place(kind, rank, strides, is_same, is_first):
    size, padding = SIZES[:rank], "same" if is_same else "valid"
    strides = STRIDES[:rank] if strides == "uneven" else strides
    steps = size if strides is None else (strides,) * rank if isinstance(strides, int) else strides
    options = {"strides": strides, "padding": padding}
    if is_first:
        options["data_format"] = "channels_first"
    layer = getattr(layers, f"{kind}Pooling{rank}D")(size, **options)
    x = RANDOM.normal(size=(2, *LENGTHS[:rank], 3)).astype("f")
    given = np.moveaxis(x, -1, 1) if is_first else x
    reduce = np.nanmax if kind == "Max" else np.nanmean
    patches = seen(x, size, steps, (1,) * rank, padding, np.nan)
    expected = gathered(
        (at, reduce(patch, axis=tuple(range(1, rank + 1)))) for at, patch in patches
    )
    expected = np.moveaxis(expected, -1, 1) if is_first else expected
    np.testing.assert_allclose(layer(given), expected, rtol=1e-5, atol=1e-6)
    assert layer.compute_output_shape((None, *given.shape[1:])) == (None, *expected.shape[1:])


def test_the_usual_options():
    conv = layers.Conv2D(1, 2)
    assert (conv.strides, conv.dilation_rate, conv.groups) == ((1, 1), (1, 1), 1)
    assert layers.MaxPooling2D().pool_size == layers.MaxPooling2D().strides == (2, 2)
    with pytest.raises(ValueError, match="strides or dilation_rate above 1, not both"):
        layers.Conv1D(1, 1, strides=2, dilation_rate=2)

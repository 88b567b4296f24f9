"""Operations on images, beside Keras's and by hand."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import nn
from nn.ops import image
from tests.laws.table import examples

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 255, (2, 6, 9, 3)).astype(np.float32)
CALLS = [
    ("resize", {"size": (4, 5)}),
    ("resize", {"size": (13, 18)}),
    ("resize", {"size": (4, 15), "interpolation": "nearest"}),
    ("resize", {"size": (12, 7), "interpolation": "nearest"}),
    ("resize", {"size": (4, 4), "crop_to_aspect_ratio": True}),
    ("resize", {"size": (4, 12), "crop_to_aspect_ratio": True}),
    ("resize", {"size": (4, 4), "pad_to_aspect_ratio": True, "fill_value": 7.0}),
    ("resize", {"size": (3, 9), "pad_to_aspect_ratio": True}),
    ("pad_images", {"top_padding": 1, "left_padding": 2, "target_height": 9, "target_width": 12}),
    ("pad_images", {"top_padding": 1, "bottom_padding": 2, "left_padding": 0, "right_padding": 3}),
    ("crop_images", {"top_cropping": 1, "right_cropping": 2, "target_height": 4,
                     "target_width": 5}),
    ("extract_patches", {"size": 3}),
    ("extract_patches", {"size": (2, 3), "strides": 2, "padding": "same"}),
    ("rgb_to_grayscale", {}),
]  # fmt: skip
FORMS = {
    "a batch": (IMAGES, {}),
    "an image": (IMAGES[0], {}),
    "channels first": (np.moveaxis(IMAGES, -1, 1).copy(), {"data_format": "channels_first"}),
    "bytes": (IMAGES.astype(np.uint8), {}),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "options"), CALLS)
def test_values_are_those_of_keras(of_keras, name, options, form):
    x, more = FORMS[form]

    def of_image(keras):
        result = keras.ops.convert_to_numpy(getattr(keras.ops.image, name)(x, **options, **more))
        return np.concatenate([[result.dtype.num], result.shape, np.ravel(result)])

    found, expected = getattr(image, name)(x, **options, **more), of_keras(of_image)
    assert [found.dtype.num, *found.shape] == expected[: 1 + found.ndim].tolist()
    tolerance = 1 if form == "bytes" else 1e-3  # bytes may be rounded either way
    np.testing.assert_allclose(found.ravel(), expected[1 + found.ndim :], atol=tolerance)


@pytest.mark.parametrize(("name", "options"), CALLS)
def test_arguments_are_those_of_keras(keras, name, options):  # noqa: ARG001
    mine, theirs = (inspect.signature(getattr(x, name)) for x in (image, keras.ops.image))
    assert [(p.name, p.default) for p in mine.parameters.values()] == [
        (p.name, p.default) for p in theirs.parameters.values()
    ]


@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_whole_numbers_are_rounded(dtype):
    white = np.full((2, 3, 3), 255, dtype)
    gray = image.rgb_to_grayscale(white)  # 254.97
    np.testing.assert_array_equal(gray, np.full((2, 3, 1), 255, dtype), strict=True)
    row = np.array([0, 3, 9], dtype).reshape(1, 3, 1)
    resized = image.resize(row, (1, 6))[0, :, 0]  # 0, 0.75, 2.25, 4.5, 7.5, 9
    np.testing.assert_array_equal(resized, np.array([0, 1, 2, 4, 8, 9], dtype), strict=True)


@pytest.mark.parametrize(("name", "options"), CALLS)
def test_slopes_and_symbols(name, options):
    function = getattr(image, name)
    x = RNG.normal(size=(1, 6, 9, 3))
    ad.check_grads(lambda x: function(x, **options), x, order=1)
    symbol = nn.Input((6, 9, 3), batch_size=1)
    assert function(symbol, **options).shape == function(x, **options).shape


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 7), st.integers(1, 7))
@examples(30)
def test_a_plain_image_stays_plain(height, width, new_height, new_width):
    x = np.full((height, width, 1), 3.0)
    for interpolation in ("bilinear", "nearest"):
        resized = image.resize(x, (new_height, new_width), interpolation)
        np.testing.assert_allclose(resized, np.full((new_height, new_width, 1), 3.0))


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
@examples(30)
def test_cropping_undoes_padding(top, bottom, left, right):
    padded = image.pad_images(IMAGES, top, left, bottom, right)
    cropped = image.crop_images(padded, top, left, target_height=6, target_width=9)
    np.testing.assert_array_equal(cropped, IMAGES)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: image.resize(IMAGES[0, 0], (2, 2)), "Add an axis for the channels"),
        (lambda: image.extract_patches(IMAGES, 2, padding="full"), "padding to be 'valid'"),
        (lambda: image.rgb_to_grayscale(IMAGES, "first"), "data_format to be 'channels_last'"),
        (lambda: image.resize(IMAGES, (2, 2), "lanczos9"), "expected interpolation to be"),
        (lambda: image.pad_images(IMAGES[0, 0], 1, 1), "Add the axis of the channels"),
        (lambda: image.pad_images(IMAGES, 1, 1), "two of the padding"),
        (lambda: image.crop_images(IMAGES, 4, 0, 4, 0), "leaves some pixels"),
        (lambda: image.pad_images(IMAGES, 1, 1, target_height=3, target_width=12), "at least 0"),
        (
            lambda: image.resize(
                IMAGES, (2, 2), crop_to_aspect_ratio=True, pad_to_aspect_ratio=True
            ),
            "got both",
        ),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_gray_images_stay_as_they_are(data_format):
    gray = np.random.default_rng(0).normal(size=(2, 4, 4, 1)).astype(np.float32)
    x = np.moveaxis(gray, -1, 1) if data_format == "channels_first" else gray
    np.testing.assert_array_equal(image.rgb_to_grayscale(x, data_format), x)


@pytest.mark.parametrize("channels", [0, 2, 4])
def test_other_channels_are_not_gray(channels):
    with pytest.raises(ValueError, match=f"3 channels, red, green and blue, or 1, got {channels}"):
        image.rgb_to_grayscale(np.ones((2, 4, 4, channels)))

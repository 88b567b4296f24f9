"""Adaptive pooling, resizing, and embeddings that are reversed: by hand, beside Keras, misused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
import nn
from nn import layers
from nn.layers.masks import mask_of
from nn.resampling import along, interpolation, largest, means, nearest

RANDOM = np.random.default_rng(0)
IMAGE = np.arange(12.0, dtype=np.float32).reshape(1, 3, 4, 1)


def test_parts_by_hand():
    # 5 entries in 2 parts share the middle one.
    x = np.array([[[1.0], [5.0], [3.0], [2.0], [4.0]]])
    assert layers.AdaptiveAveragePooling1D(2)(x).ravel().tolist() == [3, 3]
    assert layers.AdaptiveMaxPooling1D(2)(x).ravel().tolist() == [5, 4]
    assert layers.AdaptiveMaxPooling2D(1)(IMAGE).tolist() == [[[[11]]]]
    first = layers.AdaptiveAveragePooling2D((3, 2), data_format="channels_first")
    assert first(np.moveaxis(IMAGE, -1, 1)).shape == (1, 1, 3, 2)


@given(st.integers(1, 9), st.integers(1, 9))
def test_matrices(length, count):
    x = RANDOM.normal(size=(2, length, 3))
    for matrix in (interpolation(length, count), nearest(length, count)):
        assert matrix.shape == (length, count)
        np.testing.assert_allclose(matrix.sum(axis=0), 1)  # constants stay
    np.testing.assert_allclose(means(x, 1, 1), x.mean(1, keepdims=True))
    np.testing.assert_array_equal(largest(x, 1, 1), x.max(1, keepdims=True))
    np.testing.assert_array_equal(largest(x, length, 1), x)
    np.testing.assert_array_equal(means(x, length, 1), x)
    for matrix in (interpolation, nearest):
        np.testing.assert_allclose(along(x, matrix(length, length), 1), x)


@pytest.mark.slow
def test_slopes():
    x = np.random.default_rng(1).permutation(80).reshape(2, 5, 4, 2) / 7  # without ties
    for layer in (layers.AdaptiveMaxPooling2D(3), layers.AdaptiveAveragePooling2D((2, 3)),
                  layers.Resizing(3, 7)):  # fmt: skip
        ad.check_grads(lambda x, layer=layer: np.sum(layer(x) ** 2), x, order=1)


def test_sizes_of_images():
    assert layers.CenterCrop(1, 2)(IMAGE).ravel().tolist() == [5, 6]
    assert layers.CenterCrop(1, 2)(IMAGE[0]).shape == (1, 2, 1)  # one image
    assert layers.Resizing(6, 4, interpolation="nearest")(IMAGE)[0, :2, 0, 0].tolist() == [0, 0]
    bytes_ = layers.Resizing(1, 3)(np.array([[[[0], [255]]]], np.uint8))
    assert (bytes_.dtype, bytes_.ravel().tolist()) == (np.uint8, [0, 128, 255])
    first = layers.Resizing(2, 2, data_format="channels_first")
    assert first(np.zeros((2, 3, 5, 7))).shape == (2, 3, 2, 2)
    assert first.compute_output_shape((None, 3, 5, 7)) == (None, 3, 2, 2)


def test_a_model_of_bytes():
    inputs = nn.Input((4, 4, 1), dtype="uint8")
    outputs = layers.Rescaling(1 / 255)(layers.Resizing(2, 2)(inputs))
    model = nn.Model(inputs, outputs)
    assert model(np.full((1, 4, 4, 1), 255, np.uint8)).ravel().tolist() == [1] * 4


def test_an_embedding_is_reversed():
    layer = layers.ReversibleEmbedding(5, 3, mask_zero=True)
    vectors = layer(np.array([[1, 0]]))
    assert mask_of(vectors).tolist() == [[True, False]]
    scores = layer(vectors, reverse=True)
    np.testing.assert_allclose(scores, vectors @ layer.embeddings.numpy().T, atol=1e-6)
    capped = layers.ReversibleEmbedding(5, 3, logit_soft_cap=0.01)
    assert np.abs(capped(100 * np.ones((1, 3)), reverse=True)).max() <= 0.01


@pytest.mark.parametrize("options", [{}, {"tie_weights": False}, {"logit_soft_cap": 0.5}], ids=str)
def test_a_language_model_is_that_of_keras(keras, options):
    words = RANDOM.integers(0, 6, (8, 4))

    def model_of(library):
        embedding = library.layers.ReversibleEmbedding(6, 3, **options)
        inputs = library.Input((4,), dtype="int32")
        hidden = library.layers.Dense(3, "tanh")(embedding(inputs))
        model = library.Model(inputs, embedding(hidden, reverse=True))
        loss = library.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(library.optimizers.SGD(0.5), loss)
        return model

    ours, theirs = model_of(nn), model_of(keras)
    assert ours.output_shape == theirs.output_shape == (None, 4, 6)
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    theirs.set_weights(ours.get_weights())
    for model in (ours, theirs):
        model.fit(words, words, epochs=3, batch_size=4, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)


def test_whole_numbers_are_rounded_as_by_keras(keras):
    image = RANDOM.integers(0, 256, (2, 5, 6, 3)).astype(np.uint8)
    ours = layers.Resizing(7, 4)(image)
    theirs = keras.ops.convert_to_numpy(keras.layers.Resizing(7, 4)(image))
    assert ours.dtype == theirs.dtype
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_a_model_of_keras_is_read(keras):
    theirs = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            keras.layers.Resizing(4, 5),
            keras.layers.CenterCrop(3, 3),
            keras.layers.AdaptiveAveragePooling2D(2),
        ]
    )
    inputs = keras.Input((6, 6, 2))
    functional = keras.Model(inputs, theirs.layers[1](theirs.layers[0](inputs)))
    x = RANDOM.normal(size=(2, 6, 6, 2)).astype("f")
    for kind, model in ((nn.Sequential, theirs), (nn.Model, functional)):
        ours = kind.from_config(model.get_config())
        expected = model.predict(x, verbose=0)
        np.testing.assert_allclose(ours.predict(x, verbose=0), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.AdaptiveMaxPooling2D((1, 2, 3)), "output_size to be one number or 2 of"),
        (lambda: layers.AdaptiveMaxPooling2D(2)(np.zeros((1, 2, 3))), "expects inputs of 4 axes"),
        (lambda: layers.Resizing(0, 2), "expected height to be a whole number of at least 1"),
        (lambda: layers.Resizing(2, 2, "lanczos"), "to be 'nearest', 'bilinear', 'bicubic'"),
        (
            lambda: layers.Resizing(2, 2, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
            "got both. Choose one",
        ),
        (lambda: layers.CenterCrop(2, 2)(np.zeros((4, 4))), "Add an axis for the channels"),
        (
            lambda: layers.ReversibleEmbedding(2, 2, reverse_dtype="float16"),
            "expected reverse_dtype to be None or 'float32'",
        ),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", ["GlobalMaxPooling", "GlobalAveragePooling"])
def test_channels_may_come_first_where_all_places_are_pooled(kind, rank):
    make = getattr(layers, f"{kind}{rank}D")
    x = RANDOM.normal(size=(2, *(3, 4, 5)[:rank], 6)).astype("f")
    turned = make(data_format="channels_first")(np.moveaxis(x, -1, 1))
    np.testing.assert_allclose(turned, make()(x), rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_whole_numbers_do_not_wrap_around_where_polynomials_go_beyond_them(dtype):
    most = np.iinfo(dtype).max
    x = np.array([0, most, most, 0, 0], dtype).reshape(1, 1, 5, 1)
    enlarged = layers.Resizing(1, 10, "bicubic"), layers.UpSampling2D((1, 2), None, "bicubic")
    for layer in enlarged:
        beyond = np.ravel(layer(x.astype(float)))
        assert beyond.min() < 0
        assert beyond.max() > most
        np.testing.assert_allclose(np.ravel(layer(x)), np.clip(beyond, 0, most), atol=1)


@pytest.mark.parametrize("method", ["nearest", "bilinear", "bicubic"])
def test_bools_are_true_where_any_of_the_entries_that_count_is(of_keras, method):
    image = np.array([[1, 0, 0], [0, 0, 1], [0, 0, 0]], bool)[np.newaxis, :, :, np.newaxis]

    def enlarged(library):
        made = library.layers
        both = made.UpSampling2D(2, interpolation=method), made.Resizing(5, 4, method)
        found = [np.asarray(layer(image)) for layer in both]
        assert all(x.dtype == bool for x in found)
        return np.concatenate([np.ravel(x) for x in found])

    np.testing.assert_array_equal(enlarged(nn), of_keras(enlarged))

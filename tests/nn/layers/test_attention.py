"""Attention layers: by hand, beside Keras, masked, and misused."""

import numpy as np
import pytest

import nn
from nn import layers
from tests.nn.layers.beside import draw_weights, flat, trained

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(4, 5, 6)).astype("f")
V = RANDOM.normal(size=(4, 7, 6)).astype("f")
MASK = RANDOM.random((4, 7)) > 0.3


def test_attention_by_hand():
    query = np.array([[[10.0, 0.0]]])
    value = np.array([[[1.0, 0.0], [0.0, 1.0]]])  # the first matches, by far
    outputs, weights = layers.Attention()([query, value], return_attention_scores=True)
    np.testing.assert_allclose(outputs, [[[1, 0]]], atol=1e-4)
    assert weights.sum() == pytest.approx(1)
    masked = layers.Attention()([query, value], mask=[None, np.array([[False, True]])])
    np.testing.assert_allclose(masked, [[[0, 1]]], atol=1e-6)


@pytest.mark.parametrize("kind", [layers.Attention, layers.AdditiveAttention])
def test_outputs_of_masked_queries_are_zeros(kind):
    layer, query_mask = kind(), np.array([[True, False, True, True, False]] * 4)
    masked = layer([X, V], mask=[query_mask, MASK])
    assert not masked[~query_mask].any()
    np.testing.assert_array_equal(masked[query_mask], layer([X, V], mask=[None, MASK])[query_mask])
    odd = layer([np.where(query_mask[..., np.newaxis], X, np.nan), V], mask=[query_mask, MASK])
    np.testing.assert_array_equal(odd, masked)


@pytest.mark.parametrize("use_scale", [False, True])
def test_numbers_that_scores_are_multiplied_by_begin_at_one(use_scale):
    layer = layers.Attention(use_scale=use_scale, score_mode="concat")
    layer([X, V])
    names = ["scale"] * use_scale + ["concat_score_weight"]
    assert [weight.name for weight in layer.weights] == names
    assert all(weight == 1 for weight in layer.get_weights())
    features = layers.AdditiveAttention(use_scale=use_scale)
    features([X, V])
    assert [(w.name, w.shape) for w in features.weights] == [("scale", (6,))] * use_scale


def test_a_causal_mask_hides_the_future():
    layer = layers.MultiHeadAttention(2, 3)
    outputs = layer(X, X, use_causal_mask=True)
    changed = X.copy()
    changed[:, 3:] = 0
    np.testing.assert_allclose(
        layer(changed, changed, use_causal_mask=True)[:, :3], outputs[:, :3], atol=1e-6
    )


CALLS = {
    "self": lambda layer: layer(X, X),
    "cross": lambda layer: layer(X, V),
    "causal": lambda layer: layer(X, X, use_causal_mask=True),
    "masked": lambda layer: layer(X, V, value_mask=MASK),
    "attention mask": lambda layer: layer(X, V, attention_mask=np.tri(5, 7)[np.newaxis] > 0),
    "scores": lambda layer: layer(X, V, return_attention_scores=True),
}
KINDS = {
    "heads": lambda L: L.MultiHeadAttention(2, 3, value_dim=4),
    "output": lambda L: L.MultiHeadAttention(2, 3, use_bias=False, output_shape=5),
    "groups": lambda L: L.GroupQueryAttention(3, 4, 2),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_are_those_of_keras(of_keras, kind, call):
    def outputs(library):
        layer = KINDS[kind](library.layers)
        CALLS[call](layer)
        draw_weights(layer)
        return flat(CALLS[call](layer))

    np.testing.assert_allclose(outputs(nn), of_keras(outputs), atol=1e-5)


ONE_HEAD = {
    "dot": lambda L: L.Attention(),
    "scaled": lambda L: L.Attention(use_scale=True),
    "concat": lambda L: L.Attention(score_mode="concat"),
    "additive": lambda L: L.AdditiveAttention(),
}


@pytest.mark.parametrize("mask", [None, [None, MASK]], ids=["plain", "masked"])
@pytest.mark.parametrize("name", ONE_HEAD)
def test_one_head_is_that_of_keras(of_keras, name, mask):
    def outputs(library):
        layer = ONE_HEAD[name](library.layers)
        layer([X, V])
        draw_weights(layer)
        return flat(layer([X, V], mask=mask))

    np.testing.assert_allclose(outputs(nn), of_keras(outputs), atol=1e-5)


def transformer(library):
    layers = library.layers
    words = library.Input((5,), dtype="int32")
    x = layers.Embedding(11, 6)(words)
    attended = layers.MultiHeadAttention(2, 3)(x, x)
    x = layers.LayerNormalization()(layers.Add()([x, attended]))
    hidden = layers.Dense(6)(layers.Dense(8, "relu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, hidden]))
    outputs = layers.Dense(1, "sigmoid")(layers.GlobalAveragePooling1D()(x))
    model = library.Model(words, outputs)
    model.compile(library.optimizers.SGD(0.1, momentum=0.9), "binary_crossentropy")
    return model


@pytest.mark.slow
def test_a_transformer_block_trains_as_in_keras(of_keras):
    random = np.random.default_rng(3)
    words, y = random.integers(0, 11, (12, 5)), random.integers(0, 2, (12, 1))

    def numbers(library):
        return trained(transformer(library), words, y, epochs=4, batch_size=4)

    np.testing.assert_allclose(numbers(nn), of_keras(numbers), rtol=1e-4, atol=3e-5)


def test_dropout_of_weights():
    layer = layers.MultiHeadAttention(2, 3, dropout=0.5, seed=1)
    assert np.array_equal(layer(X, X), layer(X, X))
    assert not np.array_equal(layer(X, X, training=True), layer(X, X, training=True))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MultiHeadAttention(0, 3), "expected num_heads to be a whole number"),
        (lambda: layers.GroupQueryAttention(3, 4, 3), "a multiple of num_key_value_heads"),
        (lambda: layers.Attention()(X), "expects a list of a query and values"),
        (lambda: layers.Attention(score_mode="sum"), "score_mode 'dot' or 'concat'"),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("kind", [layers.Attention, layers.AdditiveAttention])
@pytest.mark.parametrize(
    ("query", "value", "mask", "message"),
    [
        ((2, 3, 4), (3, 5, 4), None, "the same rows of queries as of keys"),
        ((2, 3, 4), (2, 5, 3), None, "queries and keys of the same width"),
        ((2, 3, 4), (2, 5, 4), np.ones((2, 3), bool), "a list of two masks, got one of shape"),
        (
            (2, 3, 4),
            (2, 5, 4),
            [np.ones((2, 5), bool)],
            r"a query mask of a shape that fits \(2, 3",
        ),
        (
            (2, 3, 4),
            (2, 5, 4),
            [None, np.ones((3, 5))],
            r"a value mask of a shape that fits \(2, 5",
        ),
    ],
)
def test_operands_of_one_head_fit(kind, query, value, mask, message):
    with pytest.raises((TypeError, ValueError), match=message):
        kind()([np.ones(query), np.ones(value)], mask=mask)


@pytest.mark.parametrize(
    ("value", "masks", "message"),
    [
        ((3, 5, 4), {}, "the same rows of queries as of keys"),
        ((2, 5, 4), {"attention_mask": np.ones((2, 3, 4))}, "a mask of scores"),
        ((2, 5, 4), {"query_mask": np.ones((2, 5))}, "a mask of scores"),
        ((2, 5, 4), {"value_mask": np.ones((3, 5))}, "a mask of scores"),
    ],
)
def test_operands_of_several_heads_fit(value, masks, message):
    with pytest.raises(ValueError, match=message):
        layers.MultiHeadAttention(2, 2)(np.ones((2, 3, 4)), np.ones(value), **masks)


def test_a_query_alone_is_refused():
    with pytest.raises(TypeError, match=r"a query and a value, .* Write layer\(x, x\)"):
        layers.MultiHeadAttention(2, 2)(np.ones((1, 2, 3)))


IMAGES, OTHERS = RANDOM.normal(size=(2, 3, 5, 4)).astype("f"), RANDOM.normal(size=(2, 2, 7, 4))
OF_PIXELS = {
    "query_mask": RANDOM.random((2, 3, 5)) > 0.3, "value_mask": RANDOM.random((2, 2, 7)) > 0.3,
    "key_mask": RANDOM.random((2, 2, 7)) > 0.3,
    "attention_mask": RANDOM.random((2, 3, 5, 2, 7)) > 0.3,
}  # fmt: skip


def with_the_weights_of(layer, other, *inputs):
    layer(*inputs)
    draw_weights(layer)
    other.set_weights(layer.get_weights())
    return other


@pytest.mark.parametrize("masked", [(), *([name] for name in OF_PIXELS), list(OF_PIXELS)], ids=str)
@pytest.mark.parametrize("axes", [None, (1, 2)])
def test_attention_over_images_is_that_over_their_pixels(axes, masked):
    layer, flat_layer = layers.MultiHeadAttention(2, 3, attention_axes=axes), (
        layers.MultiHeadAttention(2, 3)
    )  # fmt: skip
    query, value = IMAGES.reshape(2, 15, 4), OTHERS.reshape(2, 14, 4)
    flat_layer(query, value)
    with_the_weights_of(layer, flat_layer, IMAGES, OTHERS)
    masks = {name: OF_PIXELS[name] for name in masked}
    found, weights = layer(IMAGES, OTHERS, **masks, return_attention_scores=True)
    shapes = {"query_mask": (2, 15), "attention_mask": (2, 15, 14)}
    masks = {name: mask.reshape(shapes.get(name, (2, 14))) for name, mask in masks.items()}
    expected, scores = flat_layer(query, value, **masks, return_attention_scores=True)
    np.testing.assert_allclose(found, expected.reshape(2, 3, 5, 4), atol=1e-5)
    np.testing.assert_allclose(weights, scores.reshape(2, 2, 3, 5, 2, 7), atol=1e-6)


@pytest.mark.parametrize(("axis", "other"), [(1, 2), (-2, 1)])
def test_attention_within_rows_or_columns_is_that_of_each(axis, other):
    shape = [2, 3, 5, 4]
    shape[axis] = 6
    value = RANDOM.normal(size=shape).astype("f")
    layer, of_steps = (
        layers.MultiHeadAttention(2, 3, attention_axes=axis),
        layers.MultiHeadAttention(2, 3),
    )
    count = IMAGES.shape[other]
    parts = [[np.take(x, i, other) for x in (IMAGES, value)] for i in range(count)]
    of_steps(*parts[0])
    with_the_weights_of(layer, of_steps, IMAGES, value)
    options = {"use_causal_mask": True, "return_attention_scores": True}
    masks = {}
    if axis == 1:  # those of steps have no other axes
        masks = {"query_mask": IMAGES[:, :, 0, 0] > -1, "key_mask": value[:, :, 0, 0] > -1}
    found, weights = layer(IMAGES, value, **options, **masks)
    for i, part in enumerate(parts):
        expected, scores = of_steps(*part, **options, **masks)
        np.testing.assert_allclose(np.take(found, i, other), expected, atol=1e-5)
        np.testing.assert_allclose(weights[:, i], scores, atol=1e-6)


KINDS_OF_KEYS = {
    "Attention": lambda: layers.Attention(),
    "AdditiveAttention": lambda: layers.AdditiveAttention(),
    "MultiHeadAttention": lambda: layers.MultiHeadAttention(2, 3),
    "GroupQueryAttention": lambda: layers.GroupQueryAttention(2, 4, 2),
}


def called(layer, inputs, **options):
    is_list = isinstance(layer, layers.Attention | layers.AdditiveAttention)
    return layer(inputs, **options) if is_list else layer(*inputs, **options)


@pytest.mark.parametrize("kind", KINDS_OF_KEYS)
@pytest.mark.parametrize("is_built", [False, True])
def test_another_number_of_keys_than_values_is_refused(kind, is_built):
    layer, query = KINDS_OF_KEYS[kind](), np.ones((2, 4, 8))
    if is_built:
        called(layer, [query, query, query])
    for value, key in ((5, 6), (1, 4), (4, 1)):
        with pytest.raises(ValueError, match="expects as many keys as values"):
            called(layer, [query, np.ones((2, value, 8)), np.ones((2, key, 8))])
    symbols = [nn.Input((4, 8)), nn.Input((5, 8)), nn.Input((6, 8))]
    with pytest.raises(ValueError, match=r"values of shape \(None, 5, 8\)"):
        called(KINDS_OF_KEYS[kind](), symbols)


@pytest.mark.parametrize("kind", ["Attention", "AdditiveAttention"])
@pytest.mark.parametrize("lengths", [(4, None), (None, 4)])
def test_values_of_unknown_steps_may_have_keys_of_known_ones(kind, lengths):
    inputs = [nn.Input((3, 8)), *(nn.Input((n, 8)) for n in lengths)]
    outputs, weights = called(KINDS_OF_KEYS[kind](), inputs, return_attention_scores=True)
    assert (outputs.shape, weights.shape) == ((None, 3, 8), (None, 3, 4))
    model = nn.Model(inputs, outputs)
    assert model([np.ones((2, n, 8)) for n in (3, 4, 4)]).shape == (2, 3, 8)

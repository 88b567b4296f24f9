"""Embedding: vectors that are given, scores, and numbers that have no vector."""

import re

import numpy as np
import pytest

import nn
from nn import layers
from nn.layers.masks import mask_of, set_mask


def model(**options):
    made = nn.Sequential([layers.Embedding(5, 2, name="words"), layers.Flatten(), layers.Dense(1)])
    made.compile("sgd", "mse", **options)
    return made


USES = {
    "call": lambda x: layers.Embedding(5, 2, name="words")(x),
    "fit": lambda x: model().fit(x, np.ones(len(x)), batch_size=2, verbose=0),
    "eagerly": lambda x: model(run_eagerly=True).fit(x, np.ones(len(x)), verbose=0),
    "evaluate": lambda x: model().evaluate(x, np.ones(len(x)), batch_size=1, verbose=0),
    "predict": lambda x: model().predict(x, batch_size=1, verbose=0),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    ("number", "cure"), [(7, "Pass input_dim=8, one more"), (-6, "Map these numbers")]
)
def test_a_number_without_a_vector_is_named(use, number, cure):
    x = np.array([[0, 4], [1, 2], [3, number]])
    expected = (
        f"layer 'words' expects whole numbers from 0 to 4, .* got {number}. {re.escape(cure)}"
    )
    with pytest.raises(IndexError, match=expected):
        USES[use](x)


def test_a_recorded_step_fails_like_the_first_one():
    trained, x = model(), np.ones((4, 2), int)
    trained.fit(x, np.ones(4), batch_size=2, verbose=0)
    x[3] = 5
    with pytest.raises(IndexError, match="layer 'words' expects"):
        trained.fit(x, np.ones(4), batch_size=2, shuffle=False, verbose=0)


VECTORS = np.arange(6.0).reshape(3, 2)


@pytest.mark.parametrize("given", [VECTORS, [VECTORS], VECTORS.tolist()[:0] or [VECTORS.tolist()]])
def test_an_embedding_may_begin_with_given_vectors(given):
    layer = layers.Embedding(3, 2, weights=given)
    assert layer.built
    np.testing.assert_array_equal(layer([[2, 0]]), VECTORS[None, [2, 0]])
    assert layers.Embedding(3, 2, input_length=5).input_shape_given == (None, 5)
    assert layers.Embedding(3, 2).input_shape_given is None
    assert layers.Embedding(3, 2, input_length=5, input_shape=(7,)).input_shape_given == (None, 7)
    assert layer(np.array([[1.9, 0.2]])).tolist() == [[[2, 3], [0, 1]]]  # cut off, as in Keras
    assert not layer.supports_masking
    assert layer.compute_output_shape((None, 5, 6)) == (None, 5, 6, 2)


@pytest.mark.parametrize(("wrong", "listed"), [([5], "5."), ([-1, 3, 9, 7], "-1, 3, 7, ….")])
def test_numbers_without_a_vector_are_listed(wrong, listed):
    with pytest.raises(IndexError, match=rf"0 to 2, since its input_dim is 3, got {listed}"):
        layers.Embedding(3, 2)(np.array([[0, *wrong, 1]]))


def test_scores_of_an_embedding_that_is_not_tied():
    options = {"tie_weights": False, "embeddings_initializer": nn.initializers.Constant(0.25)}
    layer = layers.ReversibleEmbedding(3, 2, mask_zero=True, logit_soft_cap=2.0, **options)
    x = np.array([[[1.0, -1.0]]], np.float32)
    layer.build()
    assert (layer.reverse_embeddings.numpy() == 0.25).all()
    kernel = np.arange(6.0).reshape(2, 3)
    layer.reverse_embeddings.assign(kernel)
    assert [w.name for w in layer.weights] == ["embeddings", "reverse_embeddings"]
    np.testing.assert_allclose(layer(x, reverse=True), 2 * np.tanh(x @ kernel / 2), rtol=1e-6)
    assert layer.compute_output_shape((None, 4, 2), reverse=True) == (None, 4, 3)
    assert layer.compute_output_shape((None, 4)) == (None, 4, 2)
    set_mask(x, np.array([[True]]))
    assert mask_of(layer(x, reverse=True)).tolist() == [[True]]  # of vectors, not of zeros
    assert mask_of(layer(np.array([[0, 2]]))).tolist() == [[False, True]]
    assert layer(nn.Input((4, 2)), reverse=True).shape == (None, 4, 3)

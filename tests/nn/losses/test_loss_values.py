"""Losses: values computed by hand or by Keras, and identities between the losses."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn import losses
from nn.activations import sigmoid, softmax

TARGETS = np.array([[0, 1, 2], [3, 1, 0.5]], np.float32)
PREDICTIONS = np.array([[0.5, 1, 4], [1, 1.5, 2.5]], np.float32)
ONE_HOT = np.array([[0, 1, 0], [0, 0, 1]], np.float32)
PROBABILITIES = np.array([[0.05, 0.95, 0], [0.1, 0.8, 0.1]], np.float32)
SCORES = np.array([[1, 3, -2], [0, 2, 1]], np.float32)
BINARY = np.array([[0, 1], [1, 0]], np.float32)
CHANCES = np.array([[0.1, 0.6], [0.8, 0.3]], np.float32)
LOGITS = np.array([[-2, 0.5], [3, 1]], np.float32)
SHARES = np.array([[0.2, 0.3, 0.5], [0, 0.5, 0.5]], np.float32)

KERAS = [  # the results of Keras 3.15, a loss per row
    ("MeanSquaredError", {}, TARGETS, PREDICTIONS, (1.4166667, 2.75)),
    ("MeanAbsoluteError", {}, TARGETS, PREDICTIONS, (0.8333334, 1.5)),
    ("MeanAbsolutePercentageError", {}, TARGETS, PREDICTIONS, (1.666667e08, 172.22223)),
    ("MeanSquaredLogarithmicError", {}, TARGETS, PREDICTIONS, (0.14178155, 0.4160533)),
    ("Huber", {}, TARGETS, PREDICTIONS, (0.5416667, 1.0416667)),
    ("LogCosh", {}, TARGETS, PREDICTIONS, (0.48170575, 0.92337334)),
    ("CosineSimilarity", {}, TARGETS, PREDICTIONS, (-0.9690874, -0.58269876)),
    ("Poisson", {}, TARGETS, PREDICTIONS, (0.9091371, 1.3787963)),
    ("KLDivergence", {}, SHARES, PROBABILITIES, (7.6439295, 0.56971574)),
    ("Hinge", {}, BINARY, LOGITS, (0.25, 1.0)),
    ("SquaredHinge", {}, BINARY, LOGITS, (0.125, 2.0)),
    ("CategoricalHinge", {}, ONE_HOT, SCORES, (0.0, 2.0)),
    ("BinaryCrossentropy", {}, BINARY, CHANCES, (0.30809307, 0.28990924)),
    (
        "BinaryCrossentropy",
        {"from_logits": True, "label_smoothing": 0.2},
        BINARY,
        LOGITS,
        (0.42550248, 0.7809245),
    ),
    (
        "BinaryFocalCrossentropy",
        {"apply_class_balancing": True},
        BINARY,
        CHANCES,
        (0.01061161, 0.0131535),
    ),
    ("CategoricalCrossentropy", {}, ONE_HOT, PROBABILITIES, (0.05129331, 2.3025851)),
    (
        "CategoricalCrossentropy",
        {"from_logits": True, "label_smoothing": 0.1},
        ONE_HOT,
        SCORES,
        (0.36617863, 1.407606),
    ),
    ("SparseCategoricalCrossentropy", {}, np.array([1, 2]), PROBABILITIES, (0.05129331, 2.3025851)),
    (
        "SparseCategoricalCrossentropy",
        {"from_logits": True},
        np.array([1, 2]),
        SCORES,
        (0.13284527, 1.407606),
    ),
]


@pytest.mark.parametrize(("name", "options", "y_true", "y_pred", "expected"), KERAS)
def test_values_are_those_of_keras(name, options, y_true, y_pred, expected):
    made = getattr(losses, name)(**options, reduction="none")
    result = made(y_true, y_pred)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize(("name", "options", "y_true", "y_pred", "expected"), KERAS)
def test_function_class_and_name_agree(name, options, y_true, y_pred, expected):
    made = getattr(losses, name)(**options)
    function = type(made).rowwise
    np.testing.assert_array_equal(function(y_true, y_pred, **options), made.call(y_true, y_pred))
    assert made(y_true, y_pred) == pytest.approx(np.mean(expected), rel=1e-5)
    assert type(losses.get(name)) is type(losses.get(function)) is type(made)


def test_mean_squared_error_by_hand():
    assert losses.mse([[1.0, 2.0], [0.0, 0.0]], [[3.0, 2.0], [1.0, 1.0]]).tolist() == [2.0, 1.0]


def test_crossentropy_of_a_guess_among_four_is_log_four():
    guess = np.full((2, 4), 0.25)
    expected = [math.log(4)] * 2
    np.testing.assert_allclose(losses.sparse_categorical_crossentropy([0, 3], guess), expected)


rows = arrays(np.float64, (4, 3), elements=st.floats(-20, 20))


@given(rows, arrays(np.int64, 4, elements=st.integers(0, 2)))
def test_sparse_equals_categorical_of_one_hot_and_of_probabilities(scores, labels):
    one_hot = np.eye(3)[labels]
    expected = losses.categorical_crossentropy(one_hot, scores, from_logits=True)
    sparse = losses.sparse_categorical_crossentropy(labels, scores, from_logits=True)
    np.testing.assert_allclose(sparse, expected)
    of_probabilities = losses.categorical_crossentropy(one_hot, softmax(scores))
    np.testing.assert_allclose(of_probabilities, np.clip(expected, 1e-7, -math.log(1e-7)))


@given(rows, st.floats(0, 1))
def test_binary_from_scores_equals_binary_of_probabilities(scores, target):
    scores = scores / 2  # away from 1e-7, where probabilities are clipped
    targets = np.full(scores.shape, target)
    np.testing.assert_allclose(
        losses.binary_crossentropy(targets, scores, from_logits=True),
        losses.binary_crossentropy(targets, sigmoid(scores)),
        rtol=1e-6,
        atol=1e-9,
    )


@given(rows)
def test_focal_with_gamma_zero_is_binary_crossentropy(scores):
    p, targets = sigmoid(scores / 2), np.ones(scores.shape)
    np.testing.assert_allclose(
        losses.binary_focal_crossentropy(targets, p, gamma=0.0),
        losses.binary_crossentropy(targets, p),
    )


@given(rows, st.floats(0.1, 5))
def test_huber_is_a_parabola_then_a_straight_line(errors, delta):
    size = np.abs(errors)
    pieces = np.where(size <= delta, size**2 / 2, delta * size - delta**2 / 2)
    result = losses.huber(np.zeros_like(errors), errors, delta=delta)
    np.testing.assert_allclose(result, pieces.mean(axis=-1), atol=1e-12)


@given(rows)
def test_log_cosh_is_the_logarithm_of_cosh(errors):
    result = losses.log_cosh(np.zeros_like(errors), errors)
    np.testing.assert_allclose(result, np.log(np.cosh(errors)).mean(axis=-1), atol=1e-12)


@given(rows, rows)
def test_distances_are_symmetric_nonnegative_and_zero_at_the_target(y_true, y_pred):
    for distance in (losses.mse, losses.mae, losses.huber, losses.log_cosh):
        assert (distance(y_true, y_pred) >= -1e-12).all()
        np.testing.assert_allclose(distance(y_true, y_pred), distance(y_pred, y_true), atol=1e-12)
        np.testing.assert_allclose(distance(y_true, y_true), 0.0, atol=1e-12)


def test_hinge_treats_targets_of_zero_as_minus_one():
    scores = np.array([[0.3], [-2.0]])
    np.testing.assert_array_equal(
        losses.hinge([[0], [1]], scores), losses.hinge([[-1], [1]], scores)
    )


def test_cosine_similarity_with_a_zero_vector_is_zero():
    assert losses.cosine_similarity([[1.0, 0.0]], [[0.0, 0.0]]).tolist() == [0.0]


@pytest.mark.parametrize("amount", [-0.1, 1.5])
def test_label_smoothing_is_from_0_to_1(amount):
    with pytest.raises(ValueError, match="label_smoothing from 0 to 1"):
        losses.BinaryCrossentropy(label_smoothing=amount)(BINARY, CHANCES)


@pytest.mark.parametrize("size", [1e-30, 1e-8, 2e-7, 1e-3, 1e10])
def test_directions_of_short_vectors_are_scaled_by_their_own_length(size):
    rows = size * np.array([[0.6, 0.8]])
    expected = -(min(size / 1e-7, 1.0) ** 2)  # of rows no shorter than 1e-7 it is -1
    assert losses.cosine_similarity(rows, rows)[0] == pytest.approx(expected, rel=1e-6)

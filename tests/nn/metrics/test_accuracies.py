"""Accuracies by hand and by counting, and the choice of 'accuracy'."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn import losses, metrics
from nn.metrics import get

P = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.2, 0.2, 0.6], [0.3, 0.4, 0.3]], np.float32)
LABELS = np.array([1, 2, 2, 0])
ONE_HOT = np.eye(3)[LABELS]


def test_threshold_is_strict():
    p = [[0.5], [0.51], [0.49], [0.9]]
    assert metrics.binary_accuracy([[0], [1], [1], [0]], p).ravel().tolist() == [1, 1, 0, 0]
    assert metrics.BinaryAccuracy(threshold=0.95)([[0], [1], [1], [0]], p) == 0.5


def test_one_hot_targets_and_class_numbers_have_equal_accuracy():
    assert metrics.categorical_accuracy(ONE_HOT, P).tolist() == [1, 0, 1, 0]
    assert metrics.sparse_categorical_accuracy(LABELS, P).tolist() == [1, 0, 1, 0]
    assert metrics.sparse_categorical_accuracy(LABELS[:, None], P).tolist() == [1, 0, 1, 0]


def test_top_k_by_hand():
    # Equal predictions all have the rank of the first of them.
    assert metrics.top_k_categorical_accuracy(ONE_HOT, P, k=2).tolist() == [1, 0, 1, 1]
    assert metrics.sparse_top_k_categorical_accuracy(LABELS, P, k=2).tolist() == [1, 0, 1, 1]
    ids = [[1, 2, 0], [0, 1, 2], [2, 0, 1], [1, 0, 2]]
    best = metrics.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)
    assert best(LABELS, ids) == 0.75


@pytest.mark.parametrize("label", [-1, 3, 255])
def test_a_label_without_a_prediction_is_never_in_the_top_k(label):
    y_pred = np.array([[0.1, 0.2, 0.7]], np.float32)
    assert metrics.sparse_top_k_categorical_accuracy([label], y_pred, k=1).tolist() == [0]


def test_nan_is_never_in_the_top_k():
    assert metrics.sparse_top_k_categorical_accuracy([0], [[np.nan, 1.0, 2.0]], k=2).tolist() == [0]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 99))
def test_batches_and_weights_give_the_mean_over_all_rows(sizes, seed):
    random = np.random.default_rng(seed)
    n = sum(sizes)
    labels, p, weight = random.integers(0, 3, n), random.random((n, 3)), random.random(n)
    plain, weighted = metrics.SparseCategoricalAccuracy(), metrics.SparseCategoricalAccuracy()
    for rows in np.split(np.arange(n), np.cumsum(sizes)[:-1]):
        plain.update_state(labels[rows], p[rows])
        weighted.update_state(labels[rows], p[rows], weight[rows])
    correct = np.argmax(p, axis=1) == labels
    assert plain.result() == pytest.approx(np.mean(correct))
    assert weighted.result() == pytest.approx(np.average(correct, weights=weight))
    plain.reset_state()
    assert plain.result() == 0.0


@pytest.mark.parametrize("name", ["accuracy", "acc"])
@pytest.mark.parametrize(
    ("loss", "output_shape", "made"),
    [
        ("binary_crossentropy", (None, 1), metrics.BinaryAccuracy),
        ("mse", (None, 1), metrics.BinaryAccuracy),
        ("categorical_crossentropy", (None, 3), metrics.CategoricalAccuracy),
        ("sparse_categorical_crossentropy", (None, 3), metrics.SparseCategoricalAccuracy),
    ],
)
def test_accuracy_depends_on_the_output_and_the_loss(name, loss, output_shape, made):
    metric = get(name, loss=losses.get(loss), output_shape=output_shape)
    assert type(metric) is made
    assert metric.name == name


def test_accuracy_depends_on_the_targets_if_not_on_loss_and_output():
    metric = get("accuracy", loss=losses.get("mse"), output_shape=(None, 3))
    metric.update_state(LABELS, P)
    metric.update_state(ONE_HOT, P)
    assert metric.result() == 0.5
    assert get("accuracy")([1, 0], [[0.8], [0.7]]) == 0.5


def test_accuracy_of_steps_with_one_output_is_binary():
    accuracy = metrics.get("accuracy")
    accuracy.update_state(
        np.array([[[1.0], [0.0]], [[1.0], [1.0]]]), np.array([[[0.9], [0.8]], [[0.7], [0.2]]])
    )
    assert accuracy.result() == 0.5


def test_accuracy_of_scores_has_a_threshold_of_zero():
    loss = losses.BinaryCrossentropy(from_logits=True)
    scores = np.array([[0.2], [-0.2]])
    assert get("accuracy", loss=loss, output_shape=(None, 1))([[1], [0]], scores) == 1.0


@given(arrays(np.float64, (5, 3), elements=st.floats(-5, 5)))
def test_crossentropy_is_the_loss_that_the_model_has(scores):
    labels = np.array([0, 1, 2, 2, 1])
    for name in ("crossentropy", "ce"):
        for loss, y in (
            (losses.SparseCategoricalCrossentropy(from_logits=True), labels),
            (losses.CategoricalCrossentropy(from_logits=True), np.eye(3)[labels]),
        ):
            metric = get(name, loss=loss, output_shape=(None, 3))
            assert metric(y, scores) == pytest.approx(loss(y, scores))


@pytest.mark.parametrize("name", ["accuracy", "Accuracy", "acc", "ACC"])
def test_names_are_case_insensitive(name):
    assert get(name)([1, 0], [[0.8], [0.7]]) == 0.5
    assert get(name).name == name


def test_class_numbers_with_categorical_accuracy():
    with pytest.raises(ValueError, match=r"to_categorical.*'sparse_categorical_accuracy'"):
        metrics.CategoricalAccuracy()(LABELS, P)


def test_one_hot_with_sparse_accuracy():
    with pytest.raises(ValueError, match=r"np\.argmax"):
        metrics.SparseCategoricalAccuracy()(ONE_HOT, P)


def test_different_numbers_of_rows():
    with pytest.raises(ValueError, match=r"\(3, 1\).*\(2, 1\)"):
        metrics.BinaryAccuracy()([[1], [0], [1]], [[0.1], [0.2]])

"""Every metric with each of its options, on one batch, on two, and with weights, is Keras's."""

import numpy as np
import pytest

import nn
from nn import metrics

random = np.random.default_rng(5)
ROWS = 30
LABELS = random.integers(0, 4, ROWS)
SCORES = random.normal(size=(ROWS, 4)).astype("f")
SHARES = (np.exp(SCORES) / np.exp(SCORES).sum(1, keepdims=True)).astype("f")
ONE_HOT = np.eye(4, dtype="f")[LABELS]
BINARY = (random.random((ROWS, 4)) > 0.5).astype("f")
CHANCES = random.random((ROWS, 4)).astype("f")
NUMBERS = random.random((ROWS, 4)).astype("f") * 3 + 0.1
OTHERS = (NUMBERS + random.normal(size=(ROWS, 4)) * 0.4).clip(0.05).astype("f")
STEPS = np.stack([SHARES, SHARES[::-1]], axis=1)
WEIGHTS = (random.random(ROWS) * 2).astype("f")

of_labels, of_one_hot, of_scores = (LABELS, SHARES), (ONE_HOT, SHARES), (ONE_HOT, SCORES)
of_numbers, of_chances = (NUMBERS, OTHERS), (BINARY, CHANCES)
of_column = BINARY[:, :1], CHANCES[:, :1]
of_steps = np.stack([ONE_HOT, ONE_HOT[::-1]], axis=1), STEPS

# A row for each metric: pairs of data and options.
CASES = {
    "MeanSquaredError": [(of_numbers, {})],
    "RootMeanSquaredError": [(of_numbers, {})],
    "MeanAbsoluteError": [(of_numbers, {})],
    "MeanAbsolutePercentageError": [(of_numbers, {})],
    "MeanSquaredLogarithmicError": [(of_numbers, {})],
    "LogCoshError": [(of_numbers, {})],
    "CosineSimilarity": [(of_numbers, {}), (of_steps, {"axis": 1})],
    "KLDivergence": [(of_one_hot, {}), ((SHARES, SHARES[::-1]), {})],
    "Poisson": [(of_numbers, {})],
    "Hinge": [(of_chances, {}), ((BINARY * 2 - 1, SCORES), {})],
    "SquaredHinge": [(of_chances, {}), ((BINARY * 2 - 1, SCORES), {})],
    "CategoricalHinge": [(of_one_hot, {})],
    "Accuracy": [((LABELS[:, None], LABELS[::-1, None]), {})],
    "BinaryAccuracy": [(of_chances, {}), (of_column, {"threshold": 0.3})],
    "CategoricalAccuracy": [(of_one_hot, {}), (of_steps, {})],
    "SparseCategoricalAccuracy": [(of_labels, {})],
    "TopKCategoricalAccuracy": [(of_one_hot, {"k": 1}), (of_one_hot, {"k": 2})],
    "SparseTopKCategoricalAccuracy": [
        (of_labels, {"k": 1}), (of_labels, {"k": 3}), (of_labels, {"k": 3, "from_sorted_ids": True})
    ],
    "BinaryCrossentropy": [
        (of_chances, {}), ((BINARY, SCORES), {"from_logits": True}),
        (of_column, {"label_smoothing": 0.2}),
    ],
    "CategoricalCrossentropy": [
        (of_one_hot, {}), (of_scores, {"from_logits": True}), (of_one_hot, {"label_smoothing": 0.2})
    ],
    "SparseCategoricalCrossentropy": [(of_labels, {}), ((LABELS, SCORES), {"from_logits": True})],
    "Precision": [
        (of_chances, {}), (of_chances, {"thresholds": [0.2, 0.9]}), (of_chances, {"class_id": 2}),
        (of_chances, {"top_k": 2}), (of_chances, {"top_k": 3, "thresholds": 0.4, "class_id": 1}),
    ],
    "Recall": [
        (of_chances, {}), (of_chances, {"thresholds": [0.2, 0.9]}), (of_chances, {"class_id": 2}),
        (of_chances, {"top_k": 2}), (of_chances, {"top_k": 3, "thresholds": 0.4, "class_id": 1}),
    ],
    **{
        name: [(of_chances, {}), (of_chances, {"thresholds": [0.2, 0.9]})]
        for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
    },
    "F1Score": [
        (of_one_hot, {}), (of_chances, {"threshold": 0.4, "average": "micro"}),
        (of_one_hot, {"average": "macro"}), (of_one_hot, {"average": "weighted"}),
    ],
    "FBetaScore": [
        (of_one_hot, {}), (of_one_hot, {"beta": 2.0}),
        (of_chances, {"threshold": 0.4, "beta": 0.5, "average": "weighted"}),
    ],
    "R2Score": [(of_numbers, {}), (of_numbers, {"class_aggregation": None})],
    "BinaryIoU": [(of_column, {}), (of_column, {"target_class_ids": [0], "threshold": 0.7})],
    "OneHotIoU": [
        (of_one_hot, {"num_classes": 4, "target_class_ids": [1, 2]}),
        ((ONE_HOT.T, SHARES.T), {"num_classes": 4, "target_class_ids": [0], "axis": 0}),
    ],
}  # fmt: skip


def results(library, name):
    """Return the results for one batch, for two, and with weights."""
    found = []
    for (y_true, y_pred), options in CASES[name]:
        has_rows = len(y_true) == ROWS and options.get("axis", -1) == -1
        for weights in (None, WEIGHTS) if has_rows else (None,):
            if weights is not None and name.endswith("IoU"):
                weights = np.round(weights).astype(int)  # to which Keras rounds them
            metric = getattr(library.metrics, name)(**options)
            for rows in (slice(0, 12), slice(12, ROWS)) if has_rows else (slice(None),):
                part = None if weights is None else weights[rows]
                metric.update_state(y_true[rows], y_pred[rows], part)
                found.append(np.ravel(np.asarray(metric.result(), np.float64)))
            metric.reset_state()
            metric.update_state(y_true, y_pred, weights)
            found.append(np.ravel(np.asarray(metric.result(), np.float64)))
    return np.concatenate(found)


@pytest.mark.parametrize("name", CASES)
def test_results_are_those_of_keras(of_keras, name):
    expected = of_keras(lambda keras: results(keras, name))
    np.testing.assert_allclose(results(nn, name), expected, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("name", CASES)
def test_a_batch_without_rows_changes_nothing(name):
    for (y_true, y_pred), options in CASES[name]:
        if options.get("axis", -1) != -1:
            continue
        metric = getattr(metrics, name)(**options)
        for weights in (None, WEIGHTS[: len(y_true)]):
            metric.update_state(y_true, y_pred, weights)
            before = metric.result()
            metric.update_state(y_true[:0], y_pred[:0], None if weights is None else weights[:0])
            np.testing.assert_array_equal(metric.result(), before)


def test_every_metric_of_a_batch_is_compared():
    elsewhere = {  # in test_metrics_of_keras.py, test_overlap_and_points.py, test_metric_means.py
        "AUC", "SensitivityAtSpecificity", "SpecificityAtSensitivity", "PrecisionAtRecall",
        "RecallAtPrecision", "PearsonCorrelation", "ConcordanceCorrelation", "IoU", "MeanIoU",
        "OneHotMeanIoU", "Sum", "Mean", "MeanMetricWrapper", "Metric",
    }  # fmt: skip
    classes = {name for name in metrics.__all__ if isinstance(getattr(metrics, name), type)}
    assert classes == CASES.keys() | elsewhere


@pytest.mark.parametrize("name", ["F1Score", "FBetaScore"])
@pytest.mark.parametrize("threshold", [0, -0.1, 1.2])
def test_a_threshold_of_a_score_is_above_0_and_at_most_1(name, threshold):
    with pytest.raises(ValueError, match="expected threshold to be a number above 0, at most 1"):
        getattr(metrics, name)(threshold=threshold)


@pytest.mark.parametrize("name", ["Precision", "TruePositives", "F1Score", "FBetaScore"])
@pytest.mark.parametrize("threshold", ["a", [["a"]], float("nan"), {}])
def test_thresholds_are_numbers(name, threshold):
    argument = "threshold" if "Score" in name else "thresholds"
    with pytest.raises((TypeError, ValueError), match=f"expect.* {argument} to be a (fi|nu)"):
        getattr(metrics, name)(**{argument: threshold})

"""Areas of several labels, gains, and adjusted coefficients: by hand and by Keras."""

import numpy as np
import pytest

import nn
from nn import metrics

random = np.random.default_rng(0)
TRUTH = (random.random((50, 3)) > 0.6).astype(np.float32)
CHANCE = np.clip(TRUTH * 0.3 + random.random((50, 3)) * 0.7, 0, 1).astype(np.float32)
WEIGHTS = random.random(50).astype(np.float32)


def test_several_labels_by_hand():
    truth = np.array([[0, 1], [1, 1], [0, 0], [1, 0]])
    scores = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.4], [0.9, 0.3]])
    # In the first column all pairs are ordered correctly, in the second 2 of 4.
    assert metrics.AUC(multi_label=True)(truth, scores) == pytest.approx((1 + 0.5) / 2)
    weighted = metrics.AUC(multi_label=True, num_labels=2, label_weights=[3, 1])
    assert weighted(truth, scores) == pytest.approx((3 * 1 + 0.5) / 4)
    weighted.reset_state()
    assert weighted.result() == 0
    assert weighted(truth[:, ::-1], scores[:, ::-1]) == pytest.approx((3 * 0.5 + 1) / 4)


def test_gains_below_that_of_always_predicting_positive_by_hand():
    # At 0.5 one of three positives is found, with two of three negatives: the gains are 1 − 2 / 1
    # and 1 − 2 / 1, of which that of the recall counts as 0. The curve: (1, 0), (0, −1), (0, 1).
    area = metrics.AUC(curve="PRGAIN", thresholds=[0.5])
    assert area([0, 0, 0, 1, 1, 1], [0.9, 0.8, 0.1, 0.2, 0.3, 0.6]) == pytest.approx(-0.5)


def test_several_labels_are_areas_of_columns():
    whole = metrics.AUC(multi_label=True)
    for rows in (slice(0, 20), slice(20, 50)):
        whole.update_state(TRUTH[rows], CHANCE[rows], WEIGHTS[rows])
    columns = [metrics.AUC()(TRUTH[:, i], CHANCE[:, i], WEIGHTS) for i in range(3)]
    assert whole.result() == pytest.approx(np.mean(columns))
    each = random.random(TRUTH.shape)
    whole = metrics.AUC(multi_label=True)(TRUTH, CHANCE, each)
    columns = [metrics.AUC()(TRUTH[:, i], CHANCE[:, i], each[:, i]) for i in range(3)]
    assert whole == pytest.approx(np.mean(columns))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.AUC(num_labels=3), "num_labels only where multi_label=True, got"),
        (lambda: metrics.AUC(multi_label=True)(TRUTH[:, 0], CHANCE[:, 0]), r"shape \(rows, labels"),
        (lambda: metrics.AUC(multi_label=True, num_labels=2)(TRUTH, CHANCE), r"\(rows, 2\), got"),
        (lambda: metrics.AUC(label_weights=[1, 2])(TRUTH, CHANCE), r"\(rows, 2\), got \(50, 3\)"),
    ],
)
def test_labels_that_do_not_match_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_the_adjusted_coefficient_by_hand():
    y_true, y_pred = [1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 5.0]
    assert metrics.R2Score()(y_true, y_pred) == pytest.approx(0.8)
    # 1 − (1 − 0.8) · (4 − 1) / (4 − 1 − 1)
    assert metrics.R2Score(num_regressors=1)(y_true, y_pred) == pytest.approx(0.7)
    assert metrics.R2Score(num_regressors=3)(y_true, y_pred) == pytest.approx(0.8)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
@pytest.mark.parametrize("curve", ["ROC", "PR", "PRGAIN"])
@pytest.mark.parametrize("summation", ["interpolation", "minoring", "majoring"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"multi_label": True},
        {"multi_label": True, "num_labels": 3, "label_weights": [1.0, 0.0, 2.5]},
        {"label_weights": [1.0, 0.5, 2.5]},
        {"multi_label": True, "from_logits": True},
        {"multi_label": True, "thresholds": [0.2, 0.5, 0.6]},
    ],
    ids=str,
)
def test_areas_are_those_of_keras(of_keras, options, curve, summation, weights):
    def result(library):
        metric = library.metrics.AUC(curve=curve, summation_method=summation, **options)
        for rows in (slice(0, 20), slice(20, 50)):
            weight = None if weights is None else weights[rows]
            if weight is not None and library is not nn:
                weight = np.repeat(weight[:, None], 3, axis=1)
            metric.update_state(TRUTH[rows], CHANCE[rows], weight)
        return float(metric.result())

    assert result(nn) == pytest.approx(of_keras(result)[0], abs=2e-5)


@pytest.mark.parametrize("regressors", [0, 2, 5])
@pytest.mark.parametrize("aggregation", ["uniform_average", "variance_weighted_average"])
def test_coefficients_are_those_of_keras(of_keras, aggregation, regressors):
    def result(library):
        return float(library.metrics.R2Score(aggregation, regressors)(TRUTH, CHANCE))

    assert result(nn) == pytest.approx(of_keras(result)[0], abs=1e-5)

"""Precision, recall, AUC and the F-score, compared with counts, scikit-learn and Keras."""

import numpy as np
import pytest
import sklearn.metrics as oracle
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn import metrics
from nn.metrics.confusion import keep_top_k

Y = np.array([0, 0, 1, 1, 1, 0, 1, 0])
P = np.array([0.1, 0.4, 0.35, 0.8, 0.9, 0.7, 0.55, 0.2], np.float32)
truths = arrays(np.int64, 12, elements=st.integers(0, 1))
# Halfway between two of the 200 thresholds, so that these separate different scores.
grid_scores = arrays(np.float32, 12, elements=st.integers(0, 198).map(lambda i: (i + 0.5) / 199))
weights = arrays(np.float64, 12, elements=st.floats(0, 4))


def test_counts_by_hand():
    assert metrics.TruePositives()(Y, P) == 3
    assert metrics.FalsePositives()(Y, P) == 1
    assert metrics.TrueNegatives()(Y, P) == 3
    assert metrics.FalseNegatives()(Y, P) == 1
    assert metrics.TruePositives(thresholds=[0.8, 0.1])(Y, P).tolist() == [1, 4]


@given(truths, grid_scores, weights, st.floats(0, 1))
def test_precision_and_recall_are_fractions_of_weights(y, p, weight, threshold):
    precision, recall = metrics.Precision(threshold), metrics.Recall(threshold)
    for rows in (slice(0, 5), slice(5, 12)):
        precision.update_state(y[rows], p[rows], weight[rows])
        recall.update_state(y[rows], p[rows], weight[rows])
    positive = p > np.float32(threshold)
    true = np.sum(weight[positive & (y == 1)])
    predicted, actual = np.sum(weight[positive]), np.sum(weight[y == 1])
    assert precision.result() == pytest.approx(true / predicted if predicted else 0.0)
    assert recall.result() == pytest.approx(true / actual if actual else 0.0)


def test_a_column_of_scores_matches_flat_targets():
    assert metrics.Precision()(Y, P[:, np.newaxis]) == 0.75
    assert metrics.Recall()(Y[:, np.newaxis], P) == 0.75


def test_top_k_and_class_id():
    y = np.array([[0, 1, 0], [1, 0, 0]])
    p = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    assert metrics.Precision(top_k=1)(y, p) == 0.5
    assert metrics.Recall(top_k=2)(y, p) == 1.0
    assert metrics.Precision(top_k=2, class_id=1)(y, p) == 0.5
    assert metrics.Recall(class_id=0)(y, p) == 1.0


def test_thresholds_lie_between_zero_and_one():
    with pytest.raises(ValueError, match="thresholds from 0 to 1"):
        metrics.Precision(thresholds=[0.5, 1.5])
    np.testing.assert_allclose(  # those at the ends just outside, as Keras has them
        metrics.AUC(num_thresholds=3).thresholds - [0, 0.5, 1], [-1e-7, 0, 1e-7], rtol=1e-6
    )


@given(truths, grid_scores, weights)
def test_roc_area_is_the_probability_that_a_pair_is_ordered(y, p, weight):
    weight = weight + 0.1
    assume(y.min() != y.max())
    expected = oracle.roc_auc_score(y, p, sample_weight=weight)
    assert metrics.AUC()(y, p, weight) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("curve", "summation", "plain", "coarse"),
    [  # the results of Keras 3.15; coarse: five thresholds, weights 1 … 8
        ("ROC", "interpolation", 0.8125, 0.8699690),
        ("ROC", "minoring", 0.8125, 0.7956657),
        ("ROC", "majoring", 0.8125, 0.9442725),
        ("PR", "interpolation", 0.8369187, 0.8901303),
        ("PR", "minoring", 0.5666667, 0.3790537),
        ("PR", "majoring", 0.8541667, 0.9569378),
    ],
)
def test_areas_are_those_of_keras(curve, summation, plain, coarse):
    auc = metrics.AUC(curve=curve, summation_method=summation)
    assert auc(Y, P) == pytest.approx(plain, abs=1e-6)
    auc = metrics.AUC(num_thresholds=5, curve=curve, summation_method=summation)
    assert auc(Y, P, np.arange(1, 9)) == pytest.approx(coarse, abs=1e-6)


def test_scores_need_from_logits():
    scores = np.log(P / (1 - P))
    assert metrics.AUC(from_logits=True)(Y, scores) == pytest.approx(0.8125)
    with pytest.raises(ValueError, match=r"probabilities from 0 to 1.*from_logits=True"):
        metrics.AUC()(Y, scores)


def test_unknown_curve():
    with pytest.raises(
        ValueError, match=r"expected curve to be 'ROC', 'PR' or 'PRGAIN', got 'DET'"
    ):
        metrics.AUC(curve="DET")


tables = arrays(np.int64, (9, 3), elements=st.integers(0, 1))


@pytest.mark.slow
@given(tables, arrays(np.float64, (9, 3), elements=st.floats(0, 1)), st.floats(0.5, 3))
def test_f_score_is_that_of_scikit_learn(y, p, beta):
    for average in (None, "micro", "macro", "weighted"):
        metric = metrics.FBetaScore(average=average, beta=beta, threshold=0.5)
        expected = oracle.fbeta_score(y, p > 0.5, beta=beta, average=average, zero_division=0)
        np.testing.assert_allclose(metric(y, p), expected, atol=1e-6)
        assert type(metric.result()) is (float if average else np.ndarray)


def test_f_score_of_the_largest_column():
    y, p = np.eye(3)[[0, 1, 2, 2]], np.eye(3)[[0, 1, 2, 1]]
    np.testing.assert_allclose(metrics.F1Score()(y, p), [1, 2 / 3, 2 / 3], atol=1e-6)


@pytest.mark.parametrize("made", [metrics.Precision, metrics.Recall, metrics.AUC])
def test_reset_state_removes_all_batches(made):
    metric = made()
    metric(1 - Y, P)
    metric.reset_state()
    assert metric(Y, P) == made()(Y, P)


def test_of_equal_scores_the_first_are_kept_by_top_k():
    scores = np.array([[0.6, 0.6, 0.6, 0.1], [0.2, 0.7, 0.7, 0.9]])
    kept = np.isfinite(keep_top_k(scores, 2))
    assert kept.tolist() == [[True, True, False, False], [False, True, False, True]]
    assert metrics.Recall(top_k=1)([[1, 0, 0, 0]], scores[:1]) == 1
    assert metrics.Recall(top_k=1)([[0, 0, 1, 0]], scores[:1]) == 0


def test_a_prediction_of_nan_is_negative():
    truth, scores = [0, 1, 1], [np.nan, np.nan, 0.9]
    assert metrics.Precision()(truth, scores) == 1
    assert metrics.Recall()(truth, scores) == 0.5
    assert metrics.FalseNegatives()(truth, scores) == 1

"""Overlaps, operating points, correlations and sums: by hand and by Keras."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn
from nn import layers, metrics

random = np.random.default_rng(0)
LABELS = random.integers(0, 4, 60)
SCORES = random.random((60, 4)).astype("f")
ONE_HOT = np.eye(4, dtype="f")[LABELS]
BINARY = (LABELS % 2).astype("f")
WEIGHTS = random.integers(0, 3, 60)


def test_overlap_by_hand():
    # Class 0 is right once, of 2 targets and 2 predictions: 1 / (2 + 2 − 1); class 2 is absent.
    metric = metrics.MeanIoU(3)
    metric.update_state([0, 0, 1], [0, 1, 1])
    metric.update_state([1, 7], [0, 0])  # no class 7
    assert metric.result() == pytest.approx((1 / 3 + 1 / 3) / 2)
    assert metric.variables[0].numpy().tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    metric.reset_state()
    assert metric.result() == 0


def test_operating_points_by_hand():
    truth, scores = [0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]
    # Thresholds below 0.3 find both positives and 2 of 3 negatives; from 0.3 on, one and one.
    assert metrics.RecallAtPrecision(0.5)(truth, scores) == 1
    assert metrics.RecallAtPrecision(0.6)(truth, scores) == 0
    assert metrics.SpecificityAtSensitivity(0.9)(truth, scores) == pytest.approx(1 / 3)
    assert metrics.PrecisionAtRecall(0.9, num_thresholds=1)(truth, scores) == 0  # 1/2 alone


def test_sums_by_hand():
    total = metrics.Sum()
    total.update_state([[1.0, 2.0], [3.0, 4.0]], sample_weight=[1.0, 0.5])
    total.update_state(5.0)
    assert total.result() == 3 + 3.5 + 5


@settings(max_examples=20)
@given(
    true=st.lists(st.integers(-8, 8), min_size=3, max_size=6),
    factor=st.integers(1, 5),
    shift=st.integers(-3, 3),
)
def test_correlation_ignores_scale_and_shift(true, factor, shift):
    true = np.array([true, np.arange(len(true))], float)
    true[:, 0] += 20  # which isn't the same as the others
    np.testing.assert_allclose(metrics.pearson_correlation(true, factor * true + shift), 1)
    np.testing.assert_allclose(metrics.pearson_correlation(true, -factor * true), -1)
    np.testing.assert_allclose(metrics.concordance_correlation(true, true), 1, atol=1e-6)


@pytest.mark.parametrize("unit", [1e-25, 1e-15, 1.0, 1e15, 1e19, 1e37])
def test_correlation_is_the_same_in_each_unit(unit):
    true = np.array([[1.0, 2.0, 4.0], [4.0, 2.0, 3.0]], np.float32) * np.float32(unit)
    found = metrics.pearson_correlation(true, true[:, ::-1])
    np.testing.assert_allclose(found, [-13 / 14, 1 / 2], rtol=1e-5)


@pytest.mark.parametrize("name", ["F1Score", "FBetaScore", "R2Score"])
def test_batches_of_other_columns_are_refused(name):
    metric = getattr(metrics, name)()
    metric.update_state(np.eye(3), np.eye(3))
    for columns in (1, 2):
        with pytest.raises(ValueError, match=f"batches of 3 columns.* got {columns}"):
            metric.update_state(np.eye(3, columns), np.eye(3, columns))
    metric.reset_state()
    metric.update_state(np.eye(2), np.eye(2))


def test_a_prediction_of_zero_is_above_no_threshold_as_in_keras():
    truth, scores = [1, 0, 1, 0], [0.0, 0.2, 0.9, 0.1]
    assert metrics.PrecisionAtRecall(1.0)(truth, scores) == 0  # which is never reached
    assert metrics.PrecisionAtRecall(0.5)(truth, scores) == 1
    assert metrics.SpecificityAtSensitivity(1.0)(truth, scores) == 0
    assert metrics.RecallAtPrecision(0.8)([1, 1], [0.0, 0.0]) == 0
    assert metrics.SensitivityAtSpecificity(0.8)([0, 1], [0.0, 0.25]) == 1


@pytest.mark.parametrize("threshold", [0.25, 0.5, 1.0])
def test_a_score_of_the_threshold_is_of_the_second_class(threshold):
    for target in (0, 1):
        overlap = metrics.BinaryIoU([target], threshold)
        assert overlap([1, 1, 0], [threshold, 1.0, threshold / 2]) == pytest.approx(1)


@pytest.mark.parametrize("size", [1e-5, 1e-3, 1.0])
def test_the_concordance_of_small_numbers_tends_to_zero(size):
    true = size * np.array([[0.0, 1.0, 2.0]])  # of variance 2/3 · size²
    variance = 2 / 3 * size**2
    found = metrics.concordance_correlation(true, true)
    np.testing.assert_allclose(found, 2 * variance / (2 * variance + 1e-7), rtol=1e-4)


OVERLAPS = {
    "IoU": (
        lambda m, **o: m.IoU(4, [0, 2], sparse_y_pred=False, **o), LABELS, SCORES,
    ),
    "MeanIoU": (lambda m, **o: m.MeanIoU(4, **o), LABELS, LABELS[::-1]),
    "MeanIoU of scores": (
        lambda m, **o: m.MeanIoU(4, sparse_y_pred=False, **o), LABELS, SCORES,
    ),
    "BinaryIoU": (lambda m: m.BinaryIoU([1], 0.3), BINARY, SCORES[:, 0]),
    "OneHotIoU": (lambda m, **o: m.OneHotIoU(4, [1, 3], **o), ONE_HOT, SCORES),
    "OneHotMeanIoU": (lambda m, **o: m.OneHotMeanIoU(4, **o), ONE_HOT, SCORES),
}  # fmt: skip


@pytest.mark.parametrize("name", OVERLAPS)
@pytest.mark.parametrize("ignored", [None, 1])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_overlaps_are_those_of_keras(of_keras, name, ignored, weights):
    def result(library):
        make, y_true, y_pred = OVERLAPS[name]
        metric = make(library.metrics, **({} if name == "BinaryIoU" else {"ignore_class": ignored}))
        for rows in (slice(0, 25), slice(25, 60)):
            weight = None if weights is None else weights[rows]
            metric.update_state(y_true[rows], y_pred[rows], weight)
        return float(metric.result())

    assert result(nn) == pytest.approx(of_keras(result)[0], abs=1e-5)


@pytest.mark.parametrize(
    "name",
    [
        "SensitivityAtSpecificity",
        "SpecificityAtSensitivity",
        "PrecisionAtRecall",
        "RecallAtPrecision",
    ],
)
@pytest.mark.parametrize("options", [{}, {"num_thresholds": 1}, {"num_thresholds": 7}], ids=str)
@pytest.mark.parametrize("value", [0.0, 0.31, 0.55, 1.0])
def test_operating_points_are_those_of_keras(of_keras, name, options, value):
    def result(library):
        metric = getattr(library.metrics, name)(value, **options)
        for rows, weights in ((slice(0, 25), None), (slice(25, 60), WEIGHTS[25:])):
            metric.update_state(BINARY[rows], SCORES[rows, 0], weights)
        return float(metric.result())

    assert result(nn) == pytest.approx(of_keras(result)[0], abs=1e-5)


@pytest.mark.parametrize("name", ["PearsonCorrelation", "ConcordanceCorrelation"])
@pytest.mark.parametrize("axis", [-1, 0])
def test_correlations_are_those_of_keras(of_keras, name, axis):
    def result(library):
        metric = getattr(library.metrics, name)(axis=axis)
        weights = None if axis == 0 else WEIGHTS.astype("f")
        metric.update_state(SCORES, SCORES[::-1] + 0.1 * SCORES, weights)
        return float(metric.result())

    assert result(nn) == pytest.approx(of_keras(result)[0], abs=1e-4)


@pytest.mark.parametrize("name", ["PearsonCorrelation", "ConcordanceCorrelation"])
@pytest.mark.parametrize("axis", [-1, 0])
@pytest.mark.parametrize("unit", [1e10, 1e19, 1e30])
@pytest.mark.filterwarnings("error")
def test_correlations_have_no_unit(name, axis, unit):
    metric = getattr(metrics, name)(axis=axis)
    x, y = SCORES.astype("f"), SCORES[::-1].astype("f")
    assert metric(x * unit, y * unit) == pytest.approx(metric(100 * x, 100 * y), abs=1e-5)


@pytest.mark.slow
def test_a_correlation_is_part_of_recorded_steps():
    model = nn.Sequential([layers.Dense(3, input_shape=(4,))])
    model.compile("sgd", "mse", metrics=["pearson_correlation"])
    model.fit(SCORES, SCORES[:, :3], verbose=0)
    assert "pearson_correlation" in model.train_source()
    correlation = metrics.PearsonCorrelation()(SCORES[:, :3], model.predict(SCORES, verbose=0))
    scores = model.evaluate(SCORES, SCORES[:, :3], verbose=0)
    assert scores[1] == pytest.approx(correlation, abs=1e-5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.IoU(2, [2]), r"target_class_ids from 0 to below 2, got \[2\]"),
        (lambda: metrics.MeanIoU(4)(LABELS, SCORES), "as many predictions as targets, got 240"),
        (lambda: metrics.RecallAtPrecision(1.5), "expected precision to be a number from 0 to 1"),
        (
            lambda: metrics.PearsonCorrelation()(BINARY, SCORES[:, :1]),
            r"at least 2 values along axis -1, got shape \(60, 1\)",
        ),
    ],
)
def test_misuse_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()

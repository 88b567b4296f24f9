"""Means over rows and batches, regression metrics, and the names of metrics."""

import numpy as np
import pytest
import sklearn.metrics as oracle
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import autodiff as ad
import nn
from nn import losses, metrics
from nn.metrics import get
from nn.metrics.direction import rises
from nn.naming import reset_names

columns = arrays(np.float64, (9, 2), elements=st.floats(-9, 9))
weights = arrays(np.float64, 9, elements=st.floats(0.125, 4))


def in_batches(metric, y, p, weight=None):
    for rows in (slice(0, 2), slice(2, 7), slice(7, 9)):
        metric.update_state(y[rows], p[rows], None if weight is None else weight[rows])
    return metric.result()


@given(columns, columns, weights)
def test_errors_are_those_of_scikit_learn(y, p, weight):
    for metric, expected in (
        (metrics.MeanSquaredError, oracle.mean_squared_error),
        (metrics.RootMeanSquaredError, None),
        (metrics.MeanAbsoluteError, oracle.mean_absolute_error),
    ):
        if expected is None:
            value = np.sqrt(oracle.mean_squared_error(y, p, sample_weight=weight))
        else:
            value = expected(y, p, sample_weight=weight)
        assert in_batches(metric(), y, p, weight) == pytest.approx(value)


@given(columns, columns, weights)
def test_r2_is_that_of_scikit_learn(y, p, weight):
    y = y + np.arange(9)[:, np.newaxis] * 10  # targets that vary
    for aggregation, multioutput in (
        ("uniform_average", "uniform_average"),
        ("variance_weighted_average", "variance_weighted"),
        (None, "raw_values"),
    ):
        expected = oracle.r2_score(y, p, sample_weight=weight, multioutput=multioutput)
        metric = metrics.R2Score(class_aggregation=aggregation)
        np.testing.assert_allclose(in_batches(metric, y, p, weight), expected, rtol=1e-6, atol=1e-6)


def test_r2_of_targets_that_do_not_vary_is_zero():
    assert metrics.R2Score()([2.0, 2.0], [1.0, 3.0]) == 0.0
    assert metrics.R2Score()([0.1] * 6, [0.2] * 6) == 0.0
    metric = metrics.R2Score()
    for weight in ([0.9, 1], [2.5, 0.4], [0, 0]):
        metric.update_state([0.7] * 2, [0.8] * 2, weight)
    assert metric.result() == 0.0


def test_r2_is_precise_for_targets_that_hardly_vary():
    targets = 1.7e9 + np.arange(6.0)
    metric = metrics.R2Score()
    for rows in (slice(0, 1), slice(1, 4), slice(4, 6)):
        metric.update_state(targets[rows], targets[rows] + 0.1)
    assert metric.result() == pytest.approx(1 - 6 * 0.01 / 17.5, rel=1e-6)


@given(columns, columns, weights)
def test_flat_arrays_are_one_number_per_row(y, p, weight):
    flat = in_batches(metrics.MeanSquaredError(), y[:, 0], p[:, 0], weight)
    assert flat == pytest.approx(np.average((y[:, 0] - p[:, 0]) ** 2, weights=weight))
    assert flat == in_batches(metrics.MeanSquaredError(), y[:, 0], p[:, :1], weight)


@pytest.mark.parametrize(
    "kind",
    [
        metrics.MeanSquaredError,
        metrics.RootMeanSquaredError,
        metrics.MeanAbsoluteError,
        metrics.MeanAbsolutePercentageError,
        metrics.MeanSquaredLogarithmicError,
        metrics.LogCoshError,
        metrics.BinaryCrossentropy,
        metrics.Poisson,
        metrics.Hinge,
        metrics.SquaredHinge,
    ],
)
def test_one_weight_per_number_of_a_flat_array(kind):
    y, p, weight = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 1.0]), np.array([1.0, 0.0, 3.0])
    column = kind()
    column.update_state(y[:, None], p[:, None], weight)
    flat = kind()
    flat.update_state(y, p, weight)
    assert flat.result() == pytest.approx(column.result())


@pytest.mark.parametrize("name", ["mse", "mae", "huber", "log_cosh", "kl_divergence", "poisson"])
def test_any_loss_is_a_metric_with_its_value(name):
    y, p = np.array([[0.2, 0.8], [0.5, 0.5]]), np.array([[0.4, 0.6], [0.9, 0.1]])
    assert get(name)(y, p) == pytest.approx(losses.get(name)(y, p))
    assert get(losses.get(name))(y, p) == pytest.approx(losses.get(name)(y, p))
    assert get(name).name == name


def test_cosine_is_positive_as_a_metric():
    assert get("cosine_similarity")([[1.0, 0.0]], [[2.0, 0.0]]) == pytest.approx(1.0)
    assert metrics.cosine_similarity([[1.0, 0.0]], [[-2.0, 0.0]]).tolist() == [-1.0]


def test_mean_by_hand():
    mean = metrics.Mean()
    assert mean([[1.0, 3.0], [5.0, 7.0]]) == 4.0
    assert mean([0.0], sample_weight=[2.0]) == 2.0
    assert metrics.Mean().result() == 0.0


def test_a_user_defined_function():
    def worst(y_true, y_pred):
        return np.max(np.abs(y_true - y_pred))

    metric = get(worst)
    assert metric.name == "worst"
    assert in_batches(metric, np.zeros((9, 1)), np.ones((9, 1))) == 1.0
    assert in_batches(get(worst), np.zeros((9, 1)), np.ones((9, 1)), np.ones(9)) == 1.0


def test_names():
    reset_names()
    assert [metrics.AUC().name, metrics.AUC().name] == ["auc", "auc_1"]
    assert metrics.MeanSquaredError().name == "mean_squared_error"
    assert metrics.LogCoshError().name == "logcosh"
    assert [get(name).name for name in ("mse", "AUC", "Precision")] == ["mse", "AUC", "Precision"]
    metric = metrics.Recall(name="found")
    assert get(metric) is metric
    assert isinstance(get(metrics.Recall), metrics.Recall)


@pytest.mark.parametrize("name", metrics.METRICS)
def test_every_name_makes_a_metric(name):
    assert get(name).name == name
    assert isinstance(get(name), metrics.Metric)


def test_the_error_for_an_unknown_metric_suggests_the_nearest():
    with pytest.raises(ValueError, match=r"got 'acuracy'.*'accuracy'"):
        get("acuracy")


@pytest.mark.parametrize("wrong", [None, 3, dict])
def test_other_types_than_metrics_are_refused(wrong):
    with pytest.raises(TypeError, match="expected a metric as a name"):
        get(wrong)


def test_a_wrong_number_of_weights_is_refused():
    with pytest.raises(ValueError, match="one weight per row"):
        metrics.MeanSquaredError()([[1.0], [2.0]], [[1.0], [2.0]], [1.0, 2.0, 3.0])


def test_a_metric_without_methods_is_an_error():
    with pytest.raises(NotImplementedError, match=r"Metric to define result\(self\)"):
        metrics.Metric().result()


def test_the_weights_of_ignored_rows_are_ignored():
    labels, p = np.array([0, 1, 2]), np.tile([0.2, 0.5, 0.3], (3, 1))
    expected = -np.log([0.5, 0.3]).mean()
    for weight in ([1, 1, 1], [9, 1, 1]):
        metric = metrics.SparseCategoricalCrossentropy(ignore_class=0)
        assert metric(labels, p, weight) == pytest.approx(expected)
        assert metric(labels[:, np.newaxis], p, weight) == pytest.approx(expected)
    assert metrics.SparseCategoricalCrossentropy(ignore_class=0)(labels, p) == pytest.approx(
        expected * 2 / 3
    )


@pytest.mark.slow
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_the_weights_of_ignored_rows_are_ignored_in_a_model(run_eagerly):
    model = nn.Sequential([nn.layers.Dense(3, "softmax", input_shape=(1,))])
    model.set_weights([np.zeros((1, 3)), np.log([0.2, 0.5, 0.3])])
    ce = metrics.SparseCategoricalCrossentropy(ignore_class=0, name="ce")
    model.compile(
        "sgd", "sparse_categorical_crossentropy", weighted_metrics=[ce], run_eagerly=run_eagerly
    )
    x, weight = np.zeros((3, 1)), np.array([9.0, 1, 1])
    result = model.evaluate(x, np.array([0, 1, 2]), sample_weight=weight, verbose=0)[1]
    assert result == pytest.approx(-np.log([0.5, 0.3]).mean())


def test_steps_of_an_ignored_class_have_no_weight():
    labels, weights = np.array([[0, 1], [1, 2], [2, 0]]), np.array([[1.0, 2], [3, 4], [5, 6]])
    p = np.array([0.5, 0.25, 0.25]) * np.ones((3, 2, 1))
    counted = weights * (labels != 1)  # 16 in all: 7 of class 0, 9 of class 2
    expected = (7 * np.log(2) + 9 * np.log(4)) / counted.sum()
    for y in (labels, labels[..., None]):
        metric = metrics.SparseCategoricalCrossentropy(ignore_class=1)
        metric.update_state(y, p, sample_weight=weights)
        assert metric.result() == pytest.approx(expected)


def test_a_reset_also_removes_what_recorded_steps_have_added():
    mean = metrics.Mean()

    @ad.jit
    def step(x):
        mean.update_state(x)
        return x.sum()

    for values in ([1.0, 3.0], [2.0, 6.0]):
        step(np.array(values))
    assert mean.result() == 3
    mean.reset_state()
    assert mean.result() == 0
    step(np.array([5.0, 7.0]))
    assert mean.result() == 6


def test_the_value_of_a_whole_batch_counts_as_often_as_all_of_its_weights():
    mean = metrics.Mean()
    mean.update_state(2.0, [1.0, 1.0, 2.0])
    mean.update_state(5.0, [1.0, 1.0])
    assert mean.result() == (2 * 4 + 5 * 2) / 6


FALLING = (
    "loss error crossentropy hinge divergence poisson huber cosh logcosh mse mae mape msle rmse "
    "kld perplexity"
)
RISING = (
    "accuracy acc auc precision recall sensitivity specificity f1 fbeta iou io_u similarity "
    "correlation r2"
)


@pytest.mark.parametrize(
    ("words", "expected"), [(FALLING, False), (RISING, True), ("rate score epoch", None)]
)
def test_the_direction_of_each_quantity(words, expected):
    for word in words.split():
        for name in (word, f"val_{word}", f"my_{word}_1", word.upper()):
            assert rises(name) is expected

import numpy as np
import pytest

import nn
from nn.metrics import MeanAbsoluteError, Metric
from nn.training.dataset import Dataset
from nn.training.objective import Objective, Outputs
from nn.training.scores import OutputMetric, Scores, unique_names
from nn.training.step import StepResult


def batch(rows, weight=None):
    weights = None if weight is None else np.full(rows, weight, dtype=np.float32)
    return Dataset(np.zeros((rows, 1)), np.zeros((rows, 1), np.float32), weights)


def scores_of(unweighted, weighted=None):
    scores = [OutputMetric(name, metric) for name, metric in unweighted.items()]
    scores += [
        OutputMetric(name, metric, is_weighted=True) for name, metric in (weighted or {}).items()
    ]
    return Scores(scores, Objective(Outputs((None,)), None))


def test_batches_are_weighted_by_their_rows():
    scores = scores_of({}, {})
    scores.update(StepResult(batch(3), 1.0, np.zeros((3, 1)), ()))
    scores.update(StepResult(batch(1), 5.0, np.zeros((1, 1)), ()))
    assert scores.results() == {"loss": 2.0}
    scores.reset()
    assert scores.results() == {"loss": 0.0}


def test_only_weighted_metrics_use_sample_weights():
    scores = scores_of({"mae": MeanAbsoluteError()}, {"weighted_mae": MeanAbsoluteError()})
    scores.update(StepResult(batch(2, weight=3.0), 0.0, np.ones((2, 1)), ()))
    scores.update(StepResult(batch(2, weight=1.0), 0.0, np.full((2, 1), 5.0), ()))
    assert scores.names == ["loss", "mae", "weighted_mae"]
    assert scores.results() == pytest.approx({"loss": 0, "mae": 3, "weighted_mae": 2})
    scores.reset()
    scores.update(StepResult(batch(1, weight=1.0), 0.0, np.ones((1, 1)), ()))
    assert scores.results()["mae"] == 1


def test_duplicate_names_are_changed():
    names = [("mae", None), ("mae", None)]
    assert unique_names(names, ["loss"]) == ["mae", "mae_1"]
    assert unique_names(names, ["loss", "mae_1"]) == ["mae", "mae_2"]
    weighted = unique_names(names, ["loss", "mae"], "weighted_")
    assert weighted == ["weighted_mae", "weighted_mae_1"]


class Constant(Metric):
    """A metric that returns its argument."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def result(self):
        return self.answer


def test_the_array_of_a_metric_is_copied():
    metric = Constant(np.array([0.5, 1.0], np.float32))
    result = scores_of({"f1": metric}, {}).results()["f1"]
    metric.answer[:] = 0
    assert result.tolist() == [0.5, 1.0]


@pytest.mark.parametrize("number", [1, np.float32(1), np.ones(()), True])
def test_a_single_number_becomes_a_float(number):
    assert type(scores_of({"one": Constant(number)}, {}).results()["one"]) is float


@pytest.mark.parametrize("answer", [None, {"odd": None}, "a word"])
def test_the_error_for_a_metric_without_numbers_names_it(answer):
    with pytest.raises(TypeError, match=r"expected the metric 'odd' to return a number .* got"):
        scores_of({"odd": Constant(answer)}, {}).results()


@pytest.mark.slow
def test_a_score_for_each_class_goes_through_fit_and_evaluate(capsys):
    model = nn.Sequential([nn.layers.Dense(3, "softmax", input_shape=(2,))])
    model.compile("sgd", "categorical_crossentropy", metrics=[nn.metrics.F1Score(average=None)])
    x, y = np.eye(3)[:, :2], np.eye(3)
    history = model.fit(x, y, epochs=2, validation_data=(x, y), verbose=2).history
    assert [scores.shape for scores in history["val_f1_score"]] == [(3,), (3,)]
    _, scores = model.evaluate(x, y, verbose=0)
    np.testing.assert_array_equal(scores, history["val_f1_score"][-1])
    assert f"val_f1_score: {np.mean(scores):.4f}" in capsys.readouterr().out


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_only_weighted_metrics_use_the_weights_of_rows(run_eagerly):
    model = nn.Sequential([nn.layers.Dense(1, kernel_initializer="zeros", input_shape=(2,))])
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mae"], run_eagerly=run_eagerly)
    y, weights = np.arange(4.0)[:, np.newaxis], np.array([1.0, 0, 0, 3])
    found = model.evaluate(np.ones((4, 2)), y, sample_weight=weights, verbose=0, return_dict=True)
    assert found["mae"] == pytest.approx(1.5)
    assert found["weighted_mae"] == pytest.approx(9 / 4)


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_a_mask_counts_in_weighted_metrics_together_with_weights(run_eagerly):
    identity = {"kernel_initializer": "ones", "use_bias": False}
    model = nn.Sequential(
        [nn.Input((3, 1)), nn.layers.Masking(0.0), nn.layers.Dense(1, **identity)]
    )
    model.compile("sgd", "mse", weighted_metrics=["mae"], run_eagerly=run_eagerly)
    x = np.array([[1.0, 0, 2], [3, 0, 0]])[..., np.newaxis]
    found = model.evaluate(
        x, 0 * x, sample_weight=np.array([1.0, 2.0]), verbose=0, return_dict=True
    )
    assert found["mae"] == pytest.approx((1 + 2 + 2 * 3) / (1 + 1 + 2))  # of the steps in the mask

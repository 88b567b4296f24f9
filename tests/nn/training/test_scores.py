import numpy as np
import pytest

from nn.metrics import MeanAbsoluteError
from nn.training.data import Dataset
from nn.training.scores import Scores, named


def batch(rows, weight=None):
    weights = None if weight is None else np.full(rows, weight, dtype=np.float32)
    return Dataset(np.zeros((rows, 1)), np.zeros((rows, 1), np.float32), weights)


def test_a_batch_counts_for_its_rows():
    scores = Scores({}, {})
    scores.update(batch(3), 1.0, np.zeros((3, 1)))
    scores.update(batch(1), 5.0, np.zeros((1, 1)))
    assert scores.results() == {"loss": 2.0}
    scores.reset()
    assert scores.results() == {"loss": 0.0}


def test_only_weighted_metrics_take_account_of_weights():
    scores = Scores({"mae": MeanAbsoluteError()}, {"weighted_mae": MeanAbsoluteError()})
    scores.update(batch(2, weight=3.0), 0.0, np.ones((2, 1)))
    scores.update(batch(2, weight=1.0), 0.0, np.full((2, 1), 5.0))
    assert scores.names == ["loss", "mae", "weighted_mae"]
    assert scores.results() == pytest.approx({"loss": 0, "mae": 3, "weighted_mae": 2})
    scores.reset()
    scores.update(batch(1, weight=1.0), 0.0, np.ones((1, 1)))
    assert scores.results()["mae"] == 1


def test_names_that_are_taken_are_changed():
    first, second = MeanAbsoluteError(name="mae"), MeanAbsoluteError(name="mae")
    assert list(named([first, second], ["loss"])) == ["mae", "mae_1"]
    assert list(named([first, second], ["loss", "mae"], "weighted_")) == [
        "weighted_mae", "weighted_mae_1",
    ]  # fmt: skip

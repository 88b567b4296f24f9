"""Losses and metrics of what isn't an array of real numbers: refused by name, before any change."""

import numpy as np
import pytest

import nn
from nn.losses import FunctionLoss, Loss
from nn.metrics import Mean, MeanMetricWrapper, Metric, Sum
from tests.nn.odd_inputs import ROWS, odd_inputs

OPTIONS = {
    "IoU": (2, [0]),
    "MeanIoU": (2,),
    "OneHotIoU": (2, [0]),
    "OneHotMeanIoU": (2,),
    "PrecisionAtRecall": (0.5,),
    "RecallAtPrecision": (0.5,),
    "SensitivityAtSpecificity": (0.5,),
    "SpecificityAtSensitivity": (0.5,),
    "MeanRelativeError": (np.ones((3, 2)),),
}
SCORES = {
    name: cls(*OPTIONS.get(name, ()))
    for module in (nn.losses, nn.metrics)
    for name, cls in vars(module).items()
    if isinstance(cls, type)
    and issubclass(cls, Loss | Metric)
    and cls not in (Loss, Metric, FunctionLoss, MeanMetricWrapper, Mean, Sum, nn.losses.CTC)
}


def numbers_in(score):
    return [np.copy(part) for part in vars(score).values() if isinstance(part, float | np.ndarray)]


@pytest.mark.parametrize("name", SCORES)
def test_what_is_not_an_array_of_numbers_is_refused(name):
    score = SCORES[name]
    before = [
        np.copy(part) for part in vars(score).values() if isinstance(part, float | np.ndarray)
    ]
    for argument in ("y_true", "y_pred", "sample_weight"):
        for kind, (value, part) in odd_inputs().items():
            if (argument, kind) == ("sample_weight", "nothing"):
                continue
            arguments = {"y_true": ROWS, "y_pred": ROWS, argument: value}
            by_name = rf"(?s)expected {argument} to.*({part})"
            with pytest.raises(
                (TypeError, ValueError), match=f"{by_name}|expects one class number"
            ):
                score(**arguments)
    assert all(map(np.array_equal, before, numbers_in(score)))


def test_missing_targets_become_nan():
    mse = nn.losses.MeanSquaredError()
    assert np.isnan(mse([[None], [1]], [[1.0], [1.0]]))
    assert np.isnan(mse(np.ma.masked_array([[0.0], [1.0]], [[True], [False]]), [[1.0], [1.0]]))
    assert mse([3], [1.0]) == 4


@pytest.mark.parametrize("shape", [(), (5, 2), (3, 7), (0, 2)])
@pytest.mark.parametrize("name", SCORES)
def test_predictions_of_other_shapes_are_refused(name, shape):
    if "OneHot" in name and shape[:1] == (3,):
        return  # the largest of other scores is a class too
    with pytest.raises(ValueError, match="expect"):
        SCORES[name](ROWS, np.ones(shape))

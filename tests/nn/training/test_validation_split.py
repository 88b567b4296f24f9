"""The last rows of the data, which validate; and a warning of classes that are in them alone."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import losses
from nn.training.preparation import prepare
from nn.training.validation_split import split
from tests.nn.training.test_preparation import datasets


@given(datasets(), st.floats(0, 1, exclude_max=True))
def test_the_last_rows_validate(data, share):
    count = math.floor(len(data) * (1.0 - share))
    if share > 0 and count in (0, len(data)):
        with pytest.raises(ValueError, match="Pass more rows"):
            split(data, share)
        return
    train, validation = split(data, share)
    assert len(train) == count
    parts = [train] if validation is None else [train, validation]
    np.testing.assert_array_equal(np.concatenate([part.x for part in parts]), data.x)
    np.testing.assert_array_equal(np.concatenate([part.y for part in parts]), data.y)
    if data.sample_weight is not None:
        weights = np.concatenate([part.sample_weight for part in parts])
        np.testing.assert_array_equal(weights, data.sample_weight)


def test_the_size_of_the_training_part_is_computed_in_floating_point_as_in_keras():
    """10 * (1 - 0.9) is 0.99999…, so Keras raises an error; 0.3 of 10 rows leaves 7."""
    data = prepare(np.arange(10))
    assert len(split(data, 0.3)[0]) == 7
    with pytest.raises(ValueError, match="leaves 0 rows to train on"):
        split(data, 0.9)


@pytest.mark.parametrize("share", [-0.1, 1.0, 20, float("nan")])
def test_a_split_is_a_share(share):
    with pytest.raises(ValueError, match=r"in \[0, 1\)"):
        split(prepare([1, 2]), share)
    with pytest.raises(TypeError, match=rf"in \[0, 1\), got '{share}' of type str"):
        split(prepare([1, 2]), str(share))


@pytest.mark.parametrize(
    "y",
    [
        [0, 0, 1, 1, 0, 0, 2, 2, 2, 2],
        [[0.0], [0.0], [1.0], [1.0], [0.0], [0.0], [2.0], [2.0], [2.0], [2.0]],
        np.eye(3)[[0, 0, 1, 1, 0, 0, 2, 2, 2, 2]],
    ],
)
def test_a_class_without_training_rows_is_a_warning(y):
    with pytest.warns(UserWarning, match="no row of class 2 is left to train on") as record:
        split(prepare(np.arange(10), y), 0.4)
    assert record[0].filename == __file__


@pytest.mark.parametrize(
    "y",
    [
        np.arange(10),  # measurements that happen to be whole
        np.linspace(0, 1, 10),
        [20, 20, 20, 20, 20, 30, 30, 40, 40, 40],
        np.eye(10) * 2,
        np.repeat([0, 1], [30, 10]).reshape(10, 2, 2),  # of steps
        None,
    ],
)
def test_measurements_are_not_classes(y):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split(prepare(np.arange(10), y), 0.4)


@pytest.mark.parametrize(
    ("loss", "y", "missing"),
    [
        ("sparse_categorical_crossentropy", [1, 1, 2, 2, 1, 2, 3, 3], "3"),
        ("sparse_categorical_crossentropy", [0, 2, 3, 0, 2, 3, 0, 5], "5"),
        ("sparse_categorical_crossentropy", np.arange(8), "6, 7"),
        ("sparse_categorical_crossentropy", np.arange(40), "30, 31, 32, 33, 34"),
        ("categorical_crossentropy", np.eye(6)[[0, 2, 3, 0, 2, 3, 0, 5]], "5"),
        ("hinge", [-1, -1, -1, -1, -1, -1, 1, 1], "1"),
        ("mse", np.eye(2)[[0, 0, 0, 0, 0, 0, 1, 1]], "1"),
        ("mse", [0, 0, 0, 0, 0, 0, 0, 1], "1"),
        ("mse", np.arange(8) // 2, None),
        ("poisson", [4, 4, 4, 4, 4, 4, 4, 6], None),
        (losses.SparseCategoricalCrossentropy(ignore_class=-1), [0, 1, 0, 1, 0, 1, 0, -1], None),
    ],
)
def test_the_loss_decides_whether_targets_are_classes(loss, y, missing):
    with warnings.catch_warnings(record=True, action="always") as record:
        split(prepare(np.arange(len(y)), y), 0.25, losses.get(loss))
    found = [str(warning.message).split(" is left")[0] for warning in record]
    assert found == ([] if missing is None else [f"no row of class {missing}"])

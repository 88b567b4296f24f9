"""What isn't an array, a list or a number is refused wherever an argument is one."""

import numpy as np
import pytest

import nn
from nn import layers
from tests.nn.odd_inputs import ROWS, odd_inputs


def dense():
    """Return a compiled model of two columns with one layer, whose kernel has shape (2, 2)."""
    model = nn.Sequential([nn.Input((2,)), layers.Dense(2)])
    model.compile("sgd", "mse")
    return model


TAKERS = {
    "weights": lambda value: dense().set_weights(value),
    "a weight": lambda value: dense().set_weights([value, np.zeros(2)]),
    "assign": lambda value: dense().weights[0].assign(value),
    "assign_add": lambda value: dense().weights[0].assign_add(value),
    "assign_sub": lambda value: dense().weights[0].assign_sub(value),
    "targets": lambda value: dense().fit(ROWS, value),
    "validation": lambda value: dense().fit(ROWS, ROWS, validation_data=(value, ROWS)),
    "train_on_batch": lambda value: dense().train_on_batch(value, ROWS),
    "predict_on_batch": lambda value: dense().predict_on_batch(value),
    "epochs": lambda value: dense().fit(ROWS, ROWS, epochs=value),
    "batch_size": lambda value: dense().predict(ROWS, batch_size=value),
    "shape": lambda value: nn.Input(value),
    "units": lambda value: layers.Dense(value),
    "filters": lambda value: layers.Conv2D(value, 3),
    "kernel_size": lambda value: layers.Conv2D(3, value),
    "seed": lambda value: nn.utils.set_random_seed(value),
    "mean": lambda value: layers.Normalization().adapt(value),
    "bins": lambda value: layers.Discretization(num_bins=3).adapt(value),
    "monitor": lambda value: nn.callbacks.EarlyStopping(monitor=value, mode="min"),
    "schedule": lambda value: nn.callbacks.LearningRateScheduler(value),
    "sequences": lambda value: nn.utils.pad_sequences(value),
    "layers": lambda value: nn.Sequential(value),
    "activation": lambda value: layers.Dense(1, activation=value),
}
TAKEN = {
    ("targets", "nothing"), ("monitor", "a name"), ("batch_size", "nothing"), ("layers", "nothing"),
    ("mean", "a generator"), ("bins", "a generator"), ("sequences", "a generator"),
    ("sequences", "rows of several lengths"), ("activation", "nothing"),
}  # fmt: skip


@pytest.mark.parametrize("argument", TAKERS)
def test_an_odd_argument_is_refused(argument):
    for kind, (value, _) in odd_inputs().items():
        if (argument, kind) not in TAKEN:
            with pytest.raises((TypeError, ValueError), match="expect"):
                TAKERS[argument](value)


def test_a_value_of_the_right_shape_is_refused_too():
    weight = dense().weights[0]
    for value in (np.full((2, 2), 1j), np.full((2, 2), np.datetime64("2020-01-01"))):
        for act in (weight.assign, weight.assign_add, weight.assign_sub):
            with pytest.raises(TypeError, match="kernel to hold numbers"):
                act(value)


def test_sequences_from_a_generator_are_read_once():
    rows = nn.utils.pad_sequences(row for row in ([1], [2, 3]))
    np.testing.assert_array_equal(rows, [[0, 1], [2, 3]])


def test_missing_numbers_in_sequences_need_floats():
    with pytest.raises(ValueError, match=r"finite numbers for dtype int32.* in sequence 1"):
        nn.utils.pad_sequences([[1], [np.nan]])
    rows = nn.utils.pad_sequences([[1], [None, 2]], dtype="float32")
    np.testing.assert_array_equal(rows, [[0, 1], [np.nan, 2]])

"""A layer that is applied to steps computes each of them as it does alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn import layers, ops
from nn.layers.row_independence import is_row_independent
from tests.laws.table import examples
from tests.nn.configs.layers import MERGES, MORE_LAYERS, rows_for

ROWS, STEPS = 3, 2
OF_SEVERAL = (
    *MERGES,
    "MultiHeadAttention",
    "GroupQueryAttention",
    "Attention",
    "AdditiveAttention",
)
OF_OTHER_DATA = ("CategoryEncoding", "IntegerLookup", "StringLookup", "Hashing", "HashedCrossing")
NAMES = sorted(
    name
    for name in MORE_LAYERS.keys() - {*OF_SEVERAL, *OF_OTHER_DATA}
    if not name.endswith(("Cell", "Cells"))
)


class Centered(layers.Layer):
    """Looks at all rows, and adds a penalty."""

    def call(self, inputs):
        mean = inputs.mean(axis=0)
        self.add_loss(np.square(mean).sum())
        return inputs - mean


def functional():
    x = nn.Input((4,))
    return nn.Model(x, layers.Dense(2)(x - ops.mean(x, axis=0)))


LOOK_AT_OTHER_ROWS = {
    "a layer of the user": Centered,
    "a function": lambda: layers.Lambda(lambda x: x - x.mean(axis=0)),
    "an activation": lambda: layers.Dense(2, activation=lambda x: x / np.abs(x).max()),
    "an activation of recurrent cells": lambda: nn.Sequential(
        [layers.Reshape((2, 2)), layers.SimpleRNN(2, activation=lambda x: x - x.mean(axis=0))]
    ),
    "an operation": functional,
    "an axis": lambda: layers.Softmax(axis=0),
    "an axis from the end": lambda: layers.UnitNormalization(axis=[-2]),
    "a penalty": lambda: layers.Dense(2, activity_regularizer="l2"),
    "a part": lambda: nn.Sequential([layers.Dense(2), Centered()]),
    "a state": lambda: nn.Sequential([layers.Reshape((2, 2)), layers.LSTM(2, stateful=True)]),
}


class EachStep(layers.Wrapper):
    """What `TimeDistributed` is, written as a loop."""

    def build(self, input_shape):
        self.layer.ensure_built((None, *input_shape[2:]))

    def call(self, inputs):
        return np.stack([self.layer(inputs[:, i]) for i in range(STEPS)], axis=1)


def check_each_step(make, shape):
    x = np.random.default_rng(0).normal(size=(ROWS, STEPS, *shape)).astype(np.float32)
    found = []
    layer = make()
    layer(x[:, 0])
    for wrapper in (layers.TimeDistributed, EachStep):
        for part in layer.flat_layers():
            if getattr(part, "stateful", False):
                part.reset_state()
        whole = wrapper(layer)
        found.append([whole(x), sum(whole.losses)])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    return layer


@pytest.mark.parametrize("make", LOOK_AT_OTHER_ROWS.values(), ids=LOOK_AT_OTHER_ROWS)
def test_layers_that_look_at_other_rows_see_a_step_at_a_time(make):
    assert not is_row_independent(check_each_step(make, (4,)))


@pytest.mark.parametrize("name", NAMES)
@examples(2)
@given(data=st.data())
def test_all_steps_at_once_are_those_of_each(name, data):
    arguments = {key: data.draw(value) for key, value in MORE_LAYERS[name].items()}
    arguments |= {"return_state": False} if "return_state" in arguments else {}
    if arguments.get("merge_mode", "") is None:
        arguments["merge_mode"] = "concat"
    with np.errstate(invalid="ignore"):  # of a negative variance
        check_each_step(lambda: getattr(layers, name)(**arguments), rows_for(name))

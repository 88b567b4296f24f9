"""The equations of optimizers give the weights that training has made."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.layers import Dense
from nn.optimizers import SGD, Adagrad, Adam, AdamW, Lion, RMSprop
from nn.pictures.updates import update_of
from tests.laws.table import examples

RATE = st.floats(0.001, 0.5)
PART = st.floats(0.1, 0.95)
OPTIMIZERS = st.one_of(
    st.builds(SGD, RATE),
    st.builds(SGD, RATE, momentum=PART, nesterov=st.booleans()),
    st.builds(SGD, RATE, weight_decay=st.floats(0.01, 0.1)),
    st.builds(Adam, RATE, beta_1=PART, beta_2=PART, amsgrad=st.booleans()),
    st.builds(AdamW, RATE, weight_decay=st.floats(0.01, 0.1)),
    st.builds(RMSprop, RATE, rho=PART, momentum=PART, centered=st.booleans()),
    st.builds(Adagrad, RATE),
)


def recorded(optimizer, epochs=3):
    rng = np.random.default_rng(0)
    model = nn.Sequential([Dense(3, "tanh", input_shape=(2,)), Dense(1)])
    model.compile(optimizer, "mse")
    x = rng.normal(size=(6, 2))
    return model.record(x, x[:, 0] * x[:, 1], epochs=epochs, batch_size=2)


@pytest.mark.slow
@examples(20)
@given(optimizer=OPTIMIZERS)
def test_equations_give_the_recorded_weights(optimizer):
    update = update_of(optimizer, recorded(optimizer).steps)
    assert update.note == ""
    assert update.equations[-1][0] == "w"


@pytest.mark.parametrize(
    ("optimizer", "why"),
    [
        (SGD(0.1, clipnorm=0.01), "a clip"),
        (Adam(0.1, use_ema=True, ema_overwrite_frequency=1), "an average"),
        (Lion(0.1), "no equations for Lion"),
    ],
    ids=["clip", "average", "another"],
)
def test_where_equations_fail_none_are_shown(optimizer, why):
    update = update_of(optimizer, recorded(optimizer).steps)
    assert not update.equations
    assert why in update.note


def test_a_wrong_equation_is_noticed():
    steps = recorded(SGD(0.1)).steps
    assert update_of(SGD(0.1, momentum=0.5), [_with_slots(step) for step in steps]).note


def _with_slots(step):
    return type(step)(**{**vars(step), "slots": {"velocity": np.ones_like(step.before)}})

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


EACH = [
    SGD(0.1), SGD(0.1, momentum=0.9), SGD(0.1, momentum=0.9, nesterov=True),
    SGD(0.1, weight_decay=0.1), Adam(0.1), Adam(0.1, amsgrad=True), AdamW(0.1, weight_decay=0.1),
    RMSprop(0.1), RMSprop(0.1, momentum=0.5), RMSprop(0.1, momentum=0.5, centered=True),
    Adagrad(0.1),
]  # fmt: skip


def recorded(optimizer, epochs=3):
    rng = np.random.default_rng(0)
    model = nn.Sequential([Dense(3, "tanh", input_shape=(2,)), Dense(1)])
    model.compile(optimizer, "mse", run_eagerly=True)
    x = rng.normal(size=(6, 2))
    return model.record(x, x[:, 0] * x[:, 1], epochs=epochs, batch_size=2)


@pytest.mark.slow
@examples(20)
@given(optimizer=OPTIMIZERS)
def test_equations_give_the_recorded_weights(optimizer):
    update = update_of(optimizer, recorded(optimizer).steps)
    assert update.note == ""
    assert update.equations[-1][0] == "w"


@pytest.mark.parametrize("optimizer", EACH, ids=repr)
def test_each_optimizer_has_its_equations(optimizer):
    steps = recorded(type(optimizer).from_config(optimizer.get_config()), epochs=1).steps
    update = update_of(optimizer, steps)
    assert (update.note, update.equations[-1][0]) == ("", "w")
    assert update.slots.keys() >= steps[0].slots.keys()
    names = " ".join(expression for _, expression in update.equations)
    assert all(name in names for name in update.constants)
    assert all(getattr(optimizer, name) == value for name, value in update.constants.items())


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

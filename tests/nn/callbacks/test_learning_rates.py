"""ReduceLROnPlateau and LearningRateScheduler.

Where a comment says that Keras gives a number, Keras 3.15 was run on the same script.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.callbacks import (
    LearningRateScheduler,
    ReduceLROnPlateau,
)
from tests.nn.callbacks.scripted import FakeModel, curves, fit, losses


@pytest.mark.parametrize(
    ("options", "curve", "rates"),
    [
        # computed by Keras: the rate of an epoch is logged before it is reduced.
        ({"patience": 1, "factor": 0.5}, [1, 1, 1, 1], [0.5, 0.5, 0.25, 0.125]),
        ({"patience": 2, "factor": 0.5}, [1, 1, 1, 1, 1], [0.5, 0.5, 0.5, 0.25, 0.25]),
        ({"patience": 1, "factor": 0.5, "cooldown": 2}, [1] * 5, [0.5, 0.5, 0.25, 0.25, 0.125]),
        ({"patience": 1, "factor": 0.5, "min_lr": 0.2}, [1] * 5, [0.5, 0.5, 0.25, 0.2, 0.2]),
        ({"patience": 1, "min_delta": 0.5}, [3, 2.5, 1], [0.5, 0.5, 0.05]),
        ({"patience": 1, "factor": 0}, [1, 1, 1], [0.5, 0.5, 0]),
    ],
)  # fmt: skip
def test_reduce_lr_on_plateau_reduces_where_keras_does(options, curve, rates):
    history = fit(FakeModel(), ReduceLROnPlateau(**options), losses(*curve))
    assert history.history["learning_rate"] == pytest.approx(rates)


@given(curves, st.integers(1, 3), st.integers(0, 3))
def test_the_rate_never_rises_and_never_falls_below_its_limit(curve, patience, cooldown):
    reduce = ReduceLROnPlateau(patience=patience, cooldown=cooldown, factor=0.5, min_lr=0.1)
    rates = fit(FakeModel(), reduce, losses(*curve)).history["learning_rate"]
    assert rates == sorted(rates, reverse=True)
    assert min(rates) >= 0.1


def test_a_factor_must_reduce():
    with pytest.raises(ValueError, match=r"factor in \[0, 1\), got 1.0"):
        ReduceLROnPlateau(factor=1.0)


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (lambda epoch: 1 / (epoch + 1), [1.0, 0.5]),
        (lambda epoch, rate: rate * 0.5, [0.25, 0.125]),
        (lambda *arguments: arguments[1], [0.5, 0.5]),
        (lambda epoch: 1 + epoch, [1.0, 2.0]),
        (lambda epoch: np.float32(0.25) * epoch, [0.0, 0.25]),
    ],
)
def test_the_scheduler_sets_and_logs_the_rate(schedule, rates):
    model = FakeModel()
    history = fit(model, LearningRateScheduler(schedule), losses(1, 1))
    assert history.history["learning_rate"] == rates
    assert model.optimizer.learning_rate == rates[-1]


@pytest.mark.parametrize("answer", [None, "0.1", math.nan, [0.1]])
def test_a_schedule_must_return_a_number(answer):
    with pytest.raises(TypeError, match="schedule to return a finite number"):
        fit(FakeModel(), LearningRateScheduler(lambda _: answer), losses(1))


def test_an_error_inside_a_schedule_is_raised_unchanged():
    def schedule(epoch, rate):
        return rate + "text"[epoch]

    with pytest.raises(TypeError, match="unsupported operand"):
        fit(FakeModel(), LearningRateScheduler(schedule), losses(1))


def test_a_schedule_without_a_signature_takes_the_rate(capsys):
    model = FakeModel()
    model.optimizer.learning_rate = 0.5
    history = fit(model, LearningRateScheduler(max), losses(1, 1, 1))  # max(epoch, rate)
    assert history.history["learning_rate"] == [0.5, 1, 2]
    assert not capsys.readouterr().out
    fit(model, LearningRateScheduler(max, verbose=1), losses(1))
    assert "Epoch 1: setting the learning rate to 2" in capsys.readouterr().out


def test_a_lower_rate_is_announced_and_stops_at_its_limit(capsys):
    options = {"patience": 1, "factor": 0.5, "min_lr": 0.2}
    fit(FakeModel(), ReduceLROnPlateau(verbose=1, **options), losses(1, 1, 1, 1, 1))
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 2: reducing the learning rate to 0.25",
        "Epoch 3: reducing the learning rate to 0.2",
    ]
    fit(FakeModel(), ReduceLROnPlateau(**options), losses(1, 1, 1))
    assert capsys.readouterr().out == ""
    single = FakeModel(learning_rate=np.float32(0.2))  # above 0.2 in float64
    fit(single, ReduceLROnPlateau(verbose=1, **options), losses(1, 1, 1))
    assert capsys.readouterr().out == ""


def test_a_cooldown_counts_down():
    reduce = ReduceLROnPlateau(patience=1, cooldown=2)
    fit(FakeModel(), reduce, losses(1, 1))
    assert (reduce.cooldown_counter, reduce.wait, reduce.in_cooldown()) == (2, 0, True)
    fit(FakeModel(), reduce, losses(1, 1, 1))
    assert (reduce.cooldown_counter, reduce.wait) == (1, 0)
    fit(FakeModel(), reduce, losses(1, 1, 1, 0.5))
    assert (reduce.cooldown_counter, reduce.best) == (0, 0.5)

"""EarlyStopping, and what callbacks monitor.

Where a comment says that Keras gives a number, Keras 3.15 was run on the same script.
"""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.callbacks import (
    EarlyStopping,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from tests.nn.callbacks import scripted
from tests.nn.callbacks.scripted import FakeModel, curves, fit, losses


@pytest.mark.parametrize(
    ("options", "curve", "stopped_epoch", "best_epoch"),
    [
        # computed by Keras
        ({}, [3, 2, 2, 1], 2, 1),
        ({"patience": 1}, [3, 2, 2, 1], 2, 1),
        ({"patience": 2}, [3, 2, 2, 1, 1, 1, 0], 5, 3),
        ({}, [1, 1, 0], 1, 0),
        ({"min_delta": 1}, [3, 2, 1, 0], 1, 0),  # a change of exactly min_delta isn't enough
        ({"mode": "max", "patience": 2}, [1, 2, 3, 3, 3, 9], 4, 2),
        ({"start_from_epoch": 3}, [1, 9, 9, 5, 6, 1], 4, 3),
        # The best value improves, but ``wait`` grows until the baseline is beaten too.
        ({"baseline": 2, "patience": 3}, [5, 4, 3, 3, 1], 3, 2),
        ({"baseline": 2, "patience": 3}, [5, 4, 1, 3, 3, 3, 0], 5, 2),
        ({"patience": 3}, [3, 2, 1], 0, 2),
    ],
)
def test_early_stopping_stops_where_keras_does(options, curve, stopped_epoch, best_epoch):
    stopping = EarlyStopping(**options)
    history = fit(FakeModel(), stopping, losses(*curve))
    assert stopping.stopped_epoch == stopped_epoch
    assert stopping.best_epoch == best_epoch
    assert stopping.best == curve[best_epoch]
    assert len(history.epoch) == (stopped_epoch + 1 if stopped_epoch else len(curve))


@given(curves, st.integers(0, 4), st.sampled_from([0.0, 0.125, 0.5]))
def test_early_stopping_by_its_definition(curve, patience, min_delta):
    """Training stops ``patience`` epochs after the last improvement, never after the first."""
    best, best_epoch, stop = math.inf, -1, None
    for epoch, value in enumerate(curve):
        if value < best - min_delta:
            best, best_epoch = value, epoch
        elif epoch - best_epoch >= patience:
            stop = epoch
            break
    stopping = EarlyStopping(patience=patience, min_delta=min_delta)
    model = FakeModel()
    fit(model, stopping, losses(*curve))
    assert (stopping.stopped_epoch or None) == stop
    assert (stopping.best, stopping.best_epoch) == (best, best_epoch)
    assert model.stop_training == (stop is not None)


@given(curves, st.integers(0, 3))
def test_the_best_weights_come_back_even_if_training_ran_to_its_end(curve, patience):
    model = FakeModel()
    stopping = EarlyStopping(patience=patience, restore_best_weights=True)
    fit(model, stopping, losses(*curve))
    assert model.weight == [stopping.best_epoch + 1]


def test_early_stopping_starts_afresh_with_each_fit():
    model, stopping = FakeModel(), EarlyStopping(patience=2)
    first = fit(model, stopping, losses(1, 2, 3, 4, 5))
    second = fit(model, stopping, losses(9, 8, 8, 8, 8))
    assert first.epoch == [0, 1, 2]
    assert second.epoch == [0, 1, 2, 3]
    assert (stopping.best, stopping.best_epoch) == (8, 1)


def test_early_stopping_prints_its_actions(capsys):
    fit(FakeModel(), EarlyStopping(verbose=1, restore_best_weights=True), losses(1, 2, 3))
    out = capsys.readouterr().out
    assert out == "Epoch 2: early stopping\nRestoring the weights of the best epoch: 1\n"


def test_the_first_epoch_is_no_reason_to_stop(capsys):
    stop = EarlyStopping(patience=0, baseline=0.5, verbose=1)
    model = FakeModel()
    fit(model, stop, losses(1, 0.1))  # above the baseline, then below
    assert not model.stop_training
    assert capsys.readouterr().out == ""


def test_a_reused_callback_starts_afresh():
    reduce, model = ReduceLROnPlateau(patience=2, factor=0.5), FakeModel()
    fit(model, reduce, losses(0.1))
    fit(model, reduce, losses(3, 2, 1))  # improving, though worse than the fit before
    assert model.optimizer.learning_rate == model.learning_rate


@pytest.mark.parametrize("kind", [EarlyStopping, ReduceLROnPlateau])
def test_a_quantity_that_does_not_exist_warns_once_with_those_that_do(kind):
    callback = kind(monitor="val_acc")
    with pytest.warns(UserWarning, match=r"'val_acc'.*: (learning_rate, )?loss") as record:
        fit(FakeModel(), callback, [{"loss": 1.0}] * 5)
    assert len(record) == 1
    assert "validation_split" in str(record[0].message)
    assert record[0].filename == scripted.__file__  # the caller's line
    with pytest.warns(UserWarning, match=r"loss, val_accuracy\. Monitor one of these\.$"):
        fit(FakeModel(), callback, [{"loss": 1.0, "val_accuracy": 1.0}])


@pytest.mark.parametrize("kind", [EarlyStopping, ReduceLROnPlateau, ModelCheckpoint])
def test_epochs_without_validation_are_no_reason_to_warn(kind):
    unvalidated = {"loss": 1.0}
    fit(FakeModel(), kind(), [unvalidated, *losses(1), unvalidated, *losses(0.5)])


@pytest.mark.parametrize(
    ("monitor", "rises"),
    [
        ("loss", False),
        ("val_loss", False),
        ("val_accuracy", True),
        ("acc", True),
        ("sparse_top_k_categorical_accuracy", True),
        ("val_auc_1", True),
        ("sparse_categorical_crossentropy", False),
        ("mean_absolute_error", False),
        ("mse", False),
        ("cosine_similarity", True),
    ],
)
def test_the_direction_is_inferred_from_the_name(monitor, rises):
    assert EarlyStopping(monitor=monitor).improves(2.0, 1.0) == rises
    assert EarlyStopping(monitor=monitor).improves(1.0, 2.0) != rises
    assert EarlyStopping(monitor=monitor, mode="max").improves(2.0, 1.0)
    assert EarlyStopping(monitor=monitor, mode="min").improves(1.0, 2.0)


def test_a_direction_that_cannot_be_inferred_is_an_error():
    with pytest.raises(ValueError, match="Pass mode='max' if higher is better"):
        EarlyStopping(monitor="val_score")
    assert EarlyStopping(monitor="val_score", mode="max").improves(2.0, 1.0)
    with pytest.raises(ValueError, match="expects mode to be"):
        EarlyStopping(mode="lowest")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (EarlyStopping, "patience"),
        (EarlyStopping, "min_delta"),
        (EarlyStopping, "baseline"),
        (EarlyStopping, "start_from_epoch"),
        (ReduceLROnPlateau, "factor"),
        (ReduceLROnPlateau, "patience"),
        (ReduceLROnPlateau, "min_delta"),
        (ModelCheckpoint, "initial_value_threshold"),
        (ReduceLROnPlateau, "cooldown"),
        (ReduceLROnPlateau, "min_lr"),
    ],
)
@pytest.mark.parametrize("wrong", ["2", (2,), 2j], ids=repr)
def test_arguments_that_are_not_numbers_are_refused(kind, name, wrong):
    message = f"{kind.__name__} expects {name} to be a number, got {wrong!r}"
    with pytest.raises(TypeError, match=re.escape(message)):
        kind(**{name: wrong})


def test_attributes_are_there_before_training():
    stop = EarlyStopping()
    assert (stop.wait, stop.stopped_epoch, stop.best, stop.best_epoch) == (0, 0, None, 0)
    assert stop.best_weights is None
    reduce = ReduceLROnPlateau()
    assert (reduce.wait, reduce.cooldown_counter, reduce.best) == (0, 0, None)
    assert not reduce.in_cooldown()
    checkpoint = ModelCheckpoint(initial_value_threshold=2.0)
    assert (checkpoint.best, checkpoint.best_epoch, checkpoint.best_weights) == (2.0, None, None)

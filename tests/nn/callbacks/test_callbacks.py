"""The callbacks, driven by scripted logs and a model that only counts its batches.

Where a comment says that Keras gives a number, Keras 3.15 was run on the same script.
"""

import csv
import math
import re
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.callbacks import (
    CSVLogger,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from nn.callbacks.callback import Callback, Logs
from nn.callbacks.callback_list import CallbackList


@dataclass
class FakeModel:
    """Its one weight is the number of batches that it was trained on."""

    learning_rate: float = 0.5
    weight: np.ndarray = field(default_factory=lambda: np.zeros(1))
    stop_training: bool = False

    def __post_init__(self):
        self.optimizer = SimpleNamespace(learning_rate=self.learning_rate)

    def get_weights(self):
        return [self.weight]

    def set_weights(self, weights):
        self.weight = weights[0]

    def save_weights(self, path):
        np.savez(path, *self.get_weights())


def fit(model, callbacks, script, batches=1, first=0):
    """Walk through the hooks as ``fit`` does; each entry of ``script`` is the logs of an epoch."""
    history = History()
    every = CallbackList([callbacks, history], model, {"epochs": len(script), "steps": batches})
    model.stop_training = False
    every.on_train_begin()
    for epoch, logs in enumerate(script, first):
        every.on_epoch_begin(epoch)
        for batch in range(batches):
            every.on_train_batch_begin(batch)
            model.weight += 1
            every.on_train_batch_end(batch, logs)
            if model.stop_training:
                break
        every.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    every.on_train_end(logs)
    return history


def losses(*values: float, name: str = "val_loss") -> list[Logs]:
    return [{"loss": 1.0, name: value} for value in values]


eighths = st.integers(0, 12).map(lambda n: n / 8)
curves = st.lists(eighths, min_size=1, max_size=12)


# --- EarlyStopping -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "curve", "stopped_epoch", "best_epoch"),
    [
        # Keras gives these.
        ({}, [3, 2, 2, 1], 2, 1),
        ({"patience": 1}, [3, 2, 2, 1], 2, 1),
        ({"patience": 2}, [3, 2, 2, 1, 1, 1, 0], 5, 3),
        ({}, [1, 1, 0], 1, 0),
        ({"min_delta": 1}, [3, 2, 1, 0], 1, 0),  # a change of exactly min_delta isn't enough
        ({"mode": "max", "patience": 2}, [1, 2, 3, 3, 3, 9], 4, 2),
        ({"start_from_epoch": 3}, [1, 9, 9, 5, 6, 1], 4, 3),
        # The best improves, but the wait goes on until the baseline is beaten too.
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


def test_early_stopping_tells_what_it_does(capsys):
    fit(FakeModel(), EarlyStopping(verbose=1, restore_best_weights=True), losses(1, 2, 3))
    out = capsys.readouterr().out
    assert out == "Epoch 2: early stopping\nRestoring the weights of the best epoch: 1\n"


# --- what is monitored ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [EarlyStopping, ReduceLROnPlateau])
def test_a_quantity_that_does_not_exist_warns_once_with_those_that_do(kind):
    callback = kind(monitor="val_acc")
    with pytest.warns(UserWarning, match=r"'val_acc'.*: (learning_rate, )?loss") as record:
        fit(FakeModel(), callback, [{"loss": 1.0}] * 5)
    assert len(record) == 1
    assert "validation_split" in str(record[0].message)
    assert record[0].filename == __file__  # the caller's line, not one of ours
    with pytest.warns(UserWarning, match="val_acc"):
        fit(FakeModel(), callback, losses(1.0, name="val_accuracy"))


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
def test_the_direction_is_told_by_the_name(monitor, rises):
    assert EarlyStopping(monitor=monitor).improves(2.0, 1.0) == rises
    assert EarlyStopping(monitor=monitor).improves(1.0, 2.0) != rises
    assert EarlyStopping(monitor=monitor, mode="max").improves(2.0, 1.0)
    assert EarlyStopping(monitor=monitor, mode="min").improves(1.0, 2.0)


def test_a_direction_that_cannot_be_told_is_an_error():
    with pytest.raises(ValueError, match="Pass mode='max' if higher is better"):
        EarlyStopping(monitor="val_score")
    assert EarlyStopping(monitor="val_score", mode="max").improves(2.0, 1.0)
    with pytest.raises(ValueError, match="mode must be"):
        EarlyStopping(mode="lowest")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (EarlyStopping, "patience"),
        (EarlyStopping, "min_delta"),
        (EarlyStopping, "baseline"),
        (EarlyStopping, "start_from_epoch"),
        (ReduceLROnPlateau, "factor"),
        (ReduceLROnPlateau, "cooldown"),
        (ReduceLROnPlateau, "min_lr"),
        (ModelCheckpoint, "initial_value_threshold"),
    ],
)
def test_numbers_are_numbers(kind, name):
    with pytest.raises(TypeError, match=f"{kind.__name__} expects {name} to be a number, got '2'"):
        kind(**{name: "2"})


# --- the learning rate ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "curve", "rates"),
    [
        # Keras gives these: the rate of an epoch is logged before it is reduced.
        ({"patience": 1, "factor": 0.5}, [1, 1, 1, 1], [0.5, 0.5, 0.25, 0.125]),
        ({"patience": 2, "factor": 0.5}, [1, 1, 1, 1, 1], [0.5, 0.5, 0.5, 0.25, 0.25]),
        ({"patience": 1, "factor": 0.5, "cooldown": 2}, [1] * 5, [0.5, 0.5, 0.25, 0.25, 0.125]),
        ({"patience": 1, "factor": 0.5, "min_lr": 0.2}, [1] * 5, [0.5, 0.5, 0.25, 0.2, 0.2]),
        ({"patience": 1, "min_delta": 0.5}, [3, 2.5, 1], [0.5, 0.5, 0.05]),
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
def test_a_schedule_answers_a_number(answer):
    with pytest.raises(TypeError, match="must answer a finite number"):
        fit(FakeModel(), LearningRateScheduler(lambda _: answer), losses(1))


def test_an_error_inside_a_schedule_is_shown_as_it_is():
    def schedule(epoch, rate):
        return rate + "text"[epoch]

    with pytest.raises(TypeError, match="unsupported operand"):
        fit(FakeModel(), LearningRateScheduler(schedule), losses(1))


# --- ModelCheckpoint -----------------------------------------------------------------------------


@given(curves)
def test_the_best_weights_are_kept_in_memory(curve):
    model, checkpoint = FakeModel(), ModelCheckpoint()
    fit(model, checkpoint, losses(*curve))
    best_epoch = int(np.argmin(curve))
    assert checkpoint.best == min(curve)
    assert checkpoint.best_epoch == best_epoch
    assert checkpoint.best_weights[0] == [best_epoch + 1]


def test_every_epoch_is_saved_to_a_file_named_by_its_fields(tmp_path):
    path = tmp_path / "run" / "{epoch:02d}-{val_loss:.2f}.npz"
    fit(FakeModel(), ModelCheckpoint(path), losses(0.5, 0.25, 1))
    names = sorted(file.name for file in (tmp_path / "run").iterdir())
    assert names == ["01-0.50.npz", "02-0.25.npz", "03-1.00.npz"]
    assert np.load(tmp_path / "run" / "02-0.25.npz")["arr_0"] == [2]


def test_the_best_goes_on_over_several_fits_as_the_file_does(tmp_path):
    model, path = FakeModel(), tmp_path / "best.npz"
    checkpoint = ModelCheckpoint(path, save_best_only=True, save_weights_only=True)
    fit(model, checkpoint, losses(3, 2, 4))
    fit(model, checkpoint, losses(3, 3))
    assert np.load(path)["arr_0"] == [2]


def test_an_epoch_without_validation_is_not_the_best(tmp_path):
    script = [{"loss": 1.0}, *losses(2), {"loss": 1.0}, *losses(3)]
    in_memory, path = ModelCheckpoint(), tmp_path / "best.npz"
    in_file = ModelCheckpoint(path, save_best_only=True)
    fit(FakeModel(), [in_memory, in_file], script)
    assert in_memory.best_epoch == in_file.best_epoch == 1
    assert in_memory.best_weights[0] == np.load(path)["arr_0"] == [2]


@pytest.mark.filterwarnings("ignore:ModelCheckpoint monitors")
def test_what_a_checkpoint_keeps_without_any_validation(tmp_path):
    in_memory, path = ModelCheckpoint(), tmp_path / "best.npz"
    fit(FakeModel(), [in_memory, ModelCheckpoint(path, save_best_only=True)], [{"loss": 1.0}] * 3)
    assert in_memory.best_weights is None
    assert np.load(path)["arr_0"] == [3]


def test_a_first_value_to_beat():
    checkpoint = ModelCheckpoint(initial_value_threshold=1.0)
    fit(FakeModel(), checkpoint, losses(3, 2))
    assert checkpoint.best_weights is None
    fit(FakeModel(), checkpoint, losses(0.5))
    assert checkpoint.best_weights is not None


def test_saving_after_every_few_batches_counts_over_epochs(tmp_path):
    """Keras gives these: of 2 epochs with 4 batches each, every third batch."""
    path = tmp_path / "{epoch}-{batch}.npz"
    fit(FakeModel(), ModelCheckpoint(path, save_freq=3), losses(1, 1), batches=4)
    assert sorted(file.stem for file in tmp_path.iterdir()) == ["1-3", "2-2"]


def test_a_checkpoint_tells_what_it_does(capsys):
    fit(FakeModel(), ModelCheckpoint(verbose=1), losses(0.5, 0.25, 1))
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1: val_loss improved to 0.50000",
        "Epoch 1: saved the weights to memory",
        "Epoch 2: val_loss improved from 0.50000 to 0.25000",
        "Epoch 2: saved the weights to memory",
    ]


def test_what_a_checkpoint_refuses(tmp_path):
    with pytest.raises(ValueError, match=re.escape("ends in '.npz', got 'model.keras'")):
        ModelCheckpoint("model.keras")
    with pytest.raises(ValueError, match="a number of batches, got 0"):
        ModelCheckpoint(save_freq=0)
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(IsADirectoryError, match="Choose another name"):
        ModelCheckpoint(tmp_path / "folder.npz")
    with pytest.raises(KeyError, match="'val_acc', which isn't among epoch, loss, val_loss"):
        fit(FakeModel(), ModelCheckpoint(tmp_path / "{val_acc}.npz"), losses(1))
    with pytest.warns(UserWarning, match="monitors 'val_loss'"):
        fit(FakeModel(), ModelCheckpoint(), [{"loss": 1.0}])


# --- CSVLogger, TerminateOnNaN, LambdaCallback, History ------------------------------------------


def test_the_csv_file_is_the_one_that_keras_writes(tmp_path):
    path = tmp_path / "log.csv"
    script = [{"loss": 0.5, "accuracy": 0.25}, {"loss": 0.5, "accuracy": 0.25, "val_loss": 1.0}]
    fit(FakeModel(), CSVLogger(path), script)
    assert path.read_bytes() == (
        b"epoch,accuracy,loss,val_accuracy,val_loss\r\n0,0.25,0.5,NA,NA\r\n1,0.25,0.5,NA,1.0\r\n"
    )


def test_a_score_for_each_class_is_a_list_in_the_csv_file(tmp_path):
    path = tmp_path / "log.csv"
    fit(FakeModel(), CSVLogger(path), [{"loss": 0.5, "f1": np.array([0.25, 1.0])}])
    assert next(csv.DictReader(path.read_text().splitlines()))["f1"] == "[0.25, 1.0]"


@pytest.mark.parametrize("monitor", [EarlyStopping, ReduceLROnPlateau])
def test_a_score_for_each_class_can_not_be_monitored(monitor):
    message = rf"{monitor.__name__} expects one number .*'f1', an array of shape \(2,\)"
    with pytest.raises(ValueError, match=message):
        fit(FakeModel(), monitor("f1"), [{"f1": np.array([0.25, 1.0])}])


def test_a_csv_file_is_started_anew_or_appended_to(tmp_path):
    path = tmp_path / "log.csv"
    for append, epochs in ((True, "01"), (True, "0101"), (False, "01")):
        fit(FakeModel(), CSVLogger(path, separator=";", append=append), losses(1, 2))
        header, *rows = csv.reader(path.read_text().splitlines(), delimiter=";")
        assert header == ["epoch", "loss", "val_loss"]
        assert [row[0] for row in rows] == list(epochs)


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_ends_the_training(loss, capsys):
    script = [{"loss": 1.0}, {"loss": loss}, {"loss": 1.0}]
    history = fit(FakeModel(), TerminateOnNaN(), script, batches=3)
    assert history.epoch == [0, 1]
    assert history.model.weight == [4]
    assert capsys.readouterr().out == f"Batch 0: the loss is {loss}, training ends\n"
    with pytest.raises(RuntimeError, match="Try a smaller learning rate"):
        fit(FakeModel(), TerminateOnNaN(raise_error=True), script)


def test_functions_become_a_callback():
    seen = []
    callback = LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["loss"])),
        on_batch_end=lambda batch, logs: seen.append((batch, sorted(logs))),
        on_train_end=lambda logs: seen.append(logs["val_loss"]),
    )
    fit(FakeModel(), callback, losses(0.5))
    assert seen == [(0, ["loss", "val_loss"]), (0, 1.0), 0.5]
    with pytest.raises(ValueError, match="on_epoch_end"):
        LambdaCallback(on_epoch_ends=print)


def test_history_records_what_other_callbacks_add():
    adding = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(double=2 * epoch))
    model = FakeModel()
    history = fit(model, adding, losses(1, 2), first=3)
    assert history.history == {"loss": [1, 1], "val_loss": [1, 2], "double": [6, 8]}
    assert history.epoch == [3, 4]
    assert history.epochs["loss"] == [4, 5]
    assert model.history is history


def test_a_history_of_ones_own_goes_on_recording():
    own = History()
    fit(FakeModel(), own, losses(1, 2))
    fit(FakeModel(), own, losses(3))
    assert own.history["val_loss"] == [1, 2, 3]
    assert own.epoch == [0]
    assert own.epochs["val_loss"] == [1, 2, 3]


# --- CallbackList --------------------------------------------------------------------------------


def test_the_list_accepts_nothing_one_or_nested_lists():
    one, two = Callback(), Callback()
    assert CallbackList(None).callbacks == []
    assert CallbackList(one).callbacks == [one]
    assert CallbackList([one, (two, None)]).callbacks == [one, two]


def test_what_is_no_callback_is_refused_with_the_cure():
    with pytest.raises(TypeError, match=re.escape("Make one: EarlyStopping()")):
        CallbackList([EarlyStopping])
    with pytest.raises(TypeError, match="wrap functions in a LambdaCallback"):
        CallbackList([print])


def test_the_list_passes_on_the_model_and_the_parameters():
    callback, model = Callback(), FakeModel()
    CallbackList(callback, model, {"epochs": 3})
    assert callback.model is model
    assert callback.params == {"epochs": 3}


HOOKS_OF_A_RUN = [
    ("on_train_begin", ()),
    ("on_epoch_begin", (0,)),
    ("on_train_batch_begin", (0,)),
    ("on_train_batch_end", (0,)),
    ("on_test_begin", ()),
    ("on_test_batch_begin", (0,)),
    ("on_test_batch_end", (0,)),
    ("on_test_end", ()),
    ("on_epoch_end", (0,)),
    ("on_train_end", ()),
    ("on_predict_begin", ()),
    ("on_predict_batch_begin", (0,)),
    ("on_predict_batch_end", (0,)),
    ("on_predict_end", ()),
]


@pytest.mark.parametrize(("hook", "position"), HOOKS_OF_A_RUN)
def test_every_hook_reaches_the_callbacks_that_override_it(hook, position):
    seen = []
    callback = LambdaCallback(**{hook: lambda *arguments: seen.append(arguments)})
    every = CallbackList([Callback(), callback])
    for name, arguments in HOOKS_OF_A_RUN:
        getattr(every, name)(*arguments, {"b": np.float32(0.5), "a": np.array(2), "text": "t"})
        assert seen == ([(*position, {"a": 2.0, "b": 0.5, "text": "t"})] if name == hook else [])
        seen.clear()


def test_logs_are_sorted_plain_floats():
    callback = LambdaCallback(on_train_begin=lambda logs: seen.extend(logs.items()))
    seen: list[tuple[str, object]] = []
    CallbackList(callback).on_train_begin({"b": np.float32(0.5), "a": 1})
    assert seen == [("a", 1.0), ("b", 0.5)]
    assert {type(value) for _, value in seen} == {float}


def test_logs_are_made_only_if_somebody_looks():
    def forbidden():
        raise AssertionError("nobody was going to look")

    CallbackList([Callback(), History(), EarlyStopping()]).on_train_batch_end(0, forbidden)
    looking = LambdaCallback(on_train_batch_end=lambda _, logs: seen.append(logs))
    seen: list[Logs] = []
    CallbackList(looking).on_train_batch_end(0, lambda: {"loss": 1})
    assert seen == [{"loss": 1.0}]


def test_a_callback_may_pass_over_batches():
    class EveryThird(Callback):
        def wants_batch(self, batch):
            return batch % 3 == 0

        def on_batch_end(self, batch, logs=None):
            seen.append((batch, logs["loss"]))

    seen: list[tuple[int, float]] = []
    every = CallbackList(EveryThird())
    for batch in range(7):
        every.on_train_batch_end(batch, {"loss": batch})
    assert seen == [(0, 0.0), (3, 3.0), (6, 6.0)]

"""CallbackList, and the callbacks that write and record logs."""

import csv
import math
import re
from types import SimpleNamespace

import numpy as np
import pytest

import nn
from nn.callbacks import (
    CSVLogger,
    EarlyStopping,
    History,
    LambdaCallback,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from nn.callbacks.callback import Callback, Logs
from nn.callbacks.callback_list import CallbackList
from tests.nn.callbacks.scripted import FakeModel, fit, losses


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


def test_a_csv_file_is_replaced_or_appended_to(tmp_path):
    path = tmp_path / "log.csv"
    for append, epochs in ((True, "01"), (True, "0101"), (False, "01")):
        fit(FakeModel(), CSVLogger(path, separator=";", append=append), losses(1, 2))
        header, *rows = csv.reader(path.read_text().splitlines(), delimiter=";")
        assert header == ["epoch", "loss", "val_loss"]
        assert [row[0] for row in rows] == list(epochs)


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_of_nan_ends_the_training(loss, capsys):
    script = [{"loss": 1.0}, {"loss": loss}, {"loss": 1.0}]
    history = fit(FakeModel(), TerminateOnNaN(), script, batches=3)
    assert history.epoch == [0, 1]
    assert history.model.weight == [4]
    assert capsys.readouterr().out == f"Batch 0: the loss is {loss}, training ends\n"
    with pytest.raises(RuntimeError, match="Try a smaller learning rate"):
        fit(FakeModel(), TerminateOnNaN(raise_error=True), script)
    TerminateOnNaN(raise_error=True).on_batch_end(0)  # without logs there is no loss


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


def test_a_reused_history_appends():
    own = History()
    fit(FakeModel(), own, losses(1, 2))
    fit(FakeModel(), own, losses(3))
    assert own.history["val_loss"] == [1, 2, 3]
    assert own.epoch == [0]
    assert own.epochs["val_loss"] == [1, 2, 3]


def test_the_list_accepts_nothing_one_or_nested_lists():
    one, two = Callback(), Callback()
    assert CallbackList(None).callbacks == []
    assert CallbackList(one).callbacks == [one]
    assert CallbackList([one, (two, None)]).callbacks == [one, two]


def test_the_error_for_other_objects_shows_the_cure():
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


def test_logs_are_made_only_if_a_callback_uses_them():
    def forbidden():
        raise AssertionError("nobody was going to look")

    CallbackList([Callback(), History(), EarlyStopping()]).on_train_batch_end(0, forbidden)
    looking = LambdaCallback(on_train_batch_end=lambda _, logs: seen.append(logs))
    seen: list[Logs] = []
    CallbackList(looking).on_train_batch_end(0, lambda: {"loss": 1})
    assert seen == [{"loss": 1.0}]


def test_a_callback_may_skip_batches():
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


def test_what_kinds_of_callbacks_there_are():
    class Own(Callback):
        def on_train_batch_begin(self, batch, logs=None):
            pass

    class Quiet(Callback):
        pass

    def kinds(*callbacks):
        every = CallbackList(list(callbacks))
        return every.are_user_defined, every.have_batch_hooks, every.have_user_batch_hooks

    assert kinds() == (False, False, False)
    assert kinds(EarlyStopping(), History()) == (False, False, False)
    assert kinds(TerminateOnNaN()) == (False, True, False)  # by the alias of a hook
    assert kinds(EarlyStopping(), Quiet()) == (True, False, False)
    assert kinds(TerminateOnNaN(), Quiet()) == (True, True, False)
    assert kinds(Own()) == (True, True, True)
    assert kinds(LambdaCallback(on_train_batch_end=print)) == (True, True, True)
    assert kinds(LambdaCallback(on_epoch_end=print)) == (True, False, False)
    assert CallbackList([]).params == {}


def test_a_resumed_epoch_begins_for_callbacks_that_are_not_backed_up():
    class Seen(Callback):
        def __init__(self, *, is_backed_up):
            self.is_backed_up = is_backed_up

        def on_epoch_begin(self, epoch, logs=None):  # noqa: ARG002 - a hook's argument
            seen.append((self.is_backed_up, epoch))

        def resume(self, run, callbacks):  # noqa: ARG002 - likewise
            seen.append(len(callbacks))

    every = CallbackList([Seen(is_backed_up=True), Seen(is_backed_up=False)])
    for batch, expected in ((0, [2, 2]), (3, [2, 2, (False, 7)])):
        seen = []
        every.resume(SimpleNamespace(batch=batch, epoch=7))
        assert seen == expected
    assert not every.are_backups


def test_a_history_knows_where_training_was_stopped():
    stop = LambdaCallback(on_epoch_end=lambda epoch, logs: setattr(model, "stop_training", True))
    model = FakeModel()
    assert fit(model, stop, losses(1, 2, 3)).stopped_after == 1
    assert fit(model, stop, losses(1)).stopped_after is None  # all epochs have run
    assert fit(model, [], losses(1, 2)).stopped_after is None
    own = History()
    fit(FakeModel(), own, losses(1, 2))
    assert own.stopped_after is None
    fit(model, [own, stop], losses(1, 2))
    assert own.stopped_after == 3


def test_the_state_of_a_log_is_the_text_so_far(tmp_path):
    path, other = tmp_path / "log.csv", tmp_path / "other.csv"
    logger = CSVLogger(path)
    assert logger.get_state() == {"_columns": None, "text": ""}
    fit(FakeModel(), logger, losses(1, 2))
    resumed = CSVLogger(other)
    resumed.set_state(logger.get_state())
    assert other.read_text() == path.read_text()
    logger.on_epoch_end(2, {"loss": 0.5, "val_loss": 3.0})
    resumed.on_epoch_end(2, {"loss": 0.5, "val_loss": 3.0})
    assert other.read_text() == path.read_text()
    assert "params" not in History().get_state()


def test_the_shorter_names_of_batches_are_called_too():
    class Batches(Callback):
        def on_batch_begin(self, batch, logs=None):  # noqa: ARG002 - as it is called
            seen.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):  # noqa: ARG002 - as it is called
            seen.append(("end", batch))

    seen = []
    model = nn.Sequential([nn.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.ones(4), batch_size=2, verbose=0, callbacks=[Batches()])
    assert seen == [("begin", 0), ("end", 0), ("begin", 1), ("end", 1)]

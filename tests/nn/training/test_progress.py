import io
import re
import sys

import numpy as np
import pytest

from nn.callbacks import CallbackList, LambdaCallback
from nn.callbacks.callback import Callback
from nn.training import progress
from nn.training.progress import ProgressBar, ProgressLines, progress_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal_in(monkeypatch) -> Terminal:
    """Replace standard output by a terminal; called in the test, after pytest replaces it."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    return terminal


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that the test advances: ``clock.append(seconds)``."""
    times = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: times[-1])
    return times


def fit(callbacks, clock, epochs=2, steps=4, seconds=0.05):
    every = CallbackList(callbacks, None, {"epochs": epochs, "steps": steps})
    every.on_train_begin()
    for epoch in range(epochs):
        every.on_epoch_begin(epoch)
        for batch in range(steps):
            clock.append(clock[-1] + seconds)
            every.on_train_batch_end(batch, {"loss": 1.0 + batch})
        every.on_test_begin()
        every.on_test_batch_end(0, {"loss": 3.0})
        every.on_test_end({"loss": 3.0})
        every.on_epoch_end(epoch, {"accuracy": 0.75, "loss": 0.5, "val_loss": 1e-5})
    every.on_train_end()


def screen(terminal) -> list[str]:
    """Return the visible lines of a terminal; a carriage return restarts the line."""
    lines = []
    for line in terminal.getvalue().split("\n"):
        shown = ""
        for piece in line.split("\r"):
            shown = piece + shown[len(piece) :]
        lines.append(shown.rstrip())
    return lines


def test_one_line_per_epoch_is_printed_to_a_log(capsys, clock):
    fit(progress_for("auto"), clock)
    assert capsys.readouterr().out == (
        "Epoch 1/2 - 0.2s - loss: 0.5000 - accuracy: 0.7500 - val_loss: 1e-05\n"
        "Epoch 2/2 - 0.2s - loss: 0.5000 - accuracy: 0.7500 - val_loss: 1e-05\n"
    )


def test_silence(capsys, clock):
    for verbose in (0, False):
        fit(progress_for(verbose), clock)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_a_bar_and_keeps_the_lines(monkeypatch, clock):
    terminal = terminal_in(monkeypatch)
    fit(progress_for("auto"), clock, epochs=1)
    assert "2/4" in terminal.getvalue()
    assert "loss: 2.0000" in terminal.getvalue()
    assert "loss: 3.0000" not in terminal.getvalue()  # of the validation
    line = "Epoch 1/1 - 0.2s - loss: 0.5000 - accuracy: 0.7500 - val_loss: 1e-05"
    assert screen(terminal) == [line, ""]


def test_the_output_of_a_callback_starts_on_an_empty_line(monkeypatch, clock):
    terminal = terminal_in(monkeypatch)
    printing = LambdaCallback(on_epoch_end=lambda epoch, _: print("end of", epoch))
    fit([printing, progress_for(1)], clock)
    shown = screen(terminal)
    assert shown[0] == "end of 0"
    assert shown[2] == "end of 1"
    assert all(line.startswith("Epoch ") for line in shown[1:4:2])


def test_short_epochs_show_no_bar(monkeypatch, clock):
    terminal = terminal_in(monkeypatch)
    fit(progress_for(1), clock, seconds=0.001)
    assert "\r" not in terminal.getvalue()
    assert "Epoch 2/2 - 4ms" in terminal.getvalue()


def test_the_bar_is_drawn_at_most_ten_times_a_second(monkeypatch, clock):
    terminal = terminal_in(monkeypatch)
    fit(ProgressBar(), clock, epochs=1, steps=10_000, seconds=0.0001)
    assert len(re.findall(r"\d+/10000", terminal.getvalue())) <= 12


def test_an_epoch_that_ends_early_leaves_no_bar(monkeypatch, clock):
    terminal = terminal_in(monkeypatch)
    every = CallbackList(ProgressBar(), None, {"epochs": 1, "steps": 4})
    every.on_train_begin()
    every.on_epoch_begin(0)
    clock.append(1.0)
    every.on_train_batch_end(0, {"loss": 1.0})
    assert "1/4" in screen(terminal)[-1]
    every.on_train_end()
    assert screen(terminal) == [""]


def test_evaluate_prints_a_line_and_predict_none(monkeypatch, clock):
    terminal = terminal_in(monkeypatch)
    every = CallbackList(ProgressBar(), None, {"steps": 2})
    for task in ("test", "predict"):
        getattr(every, f"on_{task}_begin")()
        for batch in range(2):
            clock.append(clock[-1] + 1)
            getattr(every, f"on_{task}_batch_end")(batch, {"loss": 1.0})
        getattr(every, f"on_{task}_end")({"loss": 0.25})
    assert screen(terminal) == ["Evaluate - 2.0s - loss: 0.2500", ""]
    drawn = re.findall(r"(\w+) .{20} 1/2 ([\d:]*)<[\d:?]*(.*?)\r", terminal.getvalue())
    assert drawn == [("Evaluate", "00:01", ", loss: 1.0000"), ("Predict", "00:01", "")]


def test_a_prediction_of_unknown_length_leaves_no_bar(monkeypatch, clock):
    terminal = terminal_in(monkeypatch)
    every = CallbackList(ProgressBar(), None, {"steps": None})
    every.on_predict_begin()
    clock.append(1.0)
    every.on_predict_batch_end(0, {})
    assert "Predict" in screen(terminal)[-1]
    every.on_predict_end()
    assert screen(terminal) == [""]


@pytest.mark.parametrize(
    ("verbose", "in_a_log", "in_a_terminal"),
    [
        ("auto", ProgressLines, ProgressBar),
        (1, ProgressLines, ProgressBar),
        (True, ProgressLines, ProgressBar),
        (2, ProgressLines, ProgressLines),
        (0, Callback, Callback),
        (False, Callback, Callback),
    ],
)
def test_values_of_verbose(monkeypatch, verbose, in_a_log, in_a_terminal):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert type(progress_for(verbose)) is in_a_log
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert type(progress_for(verbose)) is in_a_terminal


@pytest.mark.parametrize("verbose", ["loud", 3, None, -1])
def test_other_verbosities_are_refused(verbose):
    with pytest.raises(ValueError, match="expected verbose to be"):
        progress_for(verbose)


def test_a_notebook_counts_as_a_place_for_bars(monkeypatch):
    class OutStream(io.StringIO):
        __module__ = "ipykernel.iostream"

    monkeypatch.setattr(sys, "stdout", OutStream())
    assert isinstance(progress_for("auto"), ProgressBar)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.0000"),
        (0.001, "0.0010"),
        (-0.001, "-0.0010"),
        (0.00099, "0.00099"),
        (999999.0, "999999.0000"),
        (1e6, "1e+06"),
        (-1e6, "-1e+06"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (3, "3"),
        ("text", "text"),
        (np.array([1.0, 2.0]), "1.5000"),
        (np.array([[0, 1], [1, 2]]), "1.0000"),
    ],
)
def test_numbers_have_four_digits(capsys, value, shown):
    lines = ProgressLines()
    lines.on_test_begin()
    lines.on_test_end({"score": value})
    assert capsys.readouterr().out == f"Evaluate - 0ms - score: {shown}\n"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.0494, "49ms"), (0.05, "0.1s"), (0.0006, "1ms"), (83.25, "83.2s")]
)
def test_short_times_are_in_milliseconds(capsys, clock, seconds, shown):
    lines = ProgressLines()
    lines.on_epoch_begin(4)
    clock.append(seconds)
    lines.on_epoch_end(4, {})
    assert capsys.readouterr().out == f"Epoch 5/1 - {shown}\n"


@pytest.mark.usefixtures("clock")
def test_the_loss_comes_first_and_the_validation_last(capsys):
    lines = ProgressLines()
    lines.on_epoch_begin(0)
    names = ["val_mae", "mae", "val_loss", "accuracy", "loss", "a_loss"]
    lines.on_epoch_end(0, dict.fromkeys(names, 1))
    expected = ["loss", "a_loss", "accuracy", "mae", "val_loss", "val_mae"]
    assert capsys.readouterr().out.split(" - ")[2:] == [
        *[f"{name}: 1" for name in expected[:-1]], f"{expected[-1]}: 1\n"
    ]  # fmt: skip


@pytest.mark.usefixtures("clock")
def test_evaluations_print_lines_before_and_after_training_only(capsys):
    lines = ProgressLines()

    def evaluate():
        lines.on_test_begin()
        lines.on_test_end({})
        return capsys.readouterr().out

    assert evaluate() == "Evaluate - 0ms\n"
    lines.on_train_begin()
    assert evaluate() == ""
    lines.on_train_end()
    assert evaluate() == "Evaluate - 0ms\n"
    lines.on_test_begin()
    lines.on_test_end()
    assert capsys.readouterr().out == "Evaluate - 0ms\n"


def test_a_bar_wants_the_batches_that_change_it(monkeypatch, clock):
    terminal_in(monkeypatch)
    bar = ProgressBar()
    CallbackList(bar, None, {"epochs": 1, "steps": 4})
    bar.on_epoch_begin(0)
    assert [bar.wants_batch(batch) for batch in range(5)] == [False] * 3 + [True, False]
    clock.append(0.1)
    assert bar.wants_batch(0)
    bar.on_train_batch_end(0, {})
    assert not bar.wants_batch(1)
    clock.append(0.2)
    assert bar.wants_batch(1)
    bar.on_train_end()

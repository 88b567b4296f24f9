import re

import numpy as np
import pytest

import nn
from nn.layers import Dense, Dropout
from nn.models import Sequential
from nn.optimizers import SGD, Optimizer
from nn.training.step import TrainStep

X = np.linspace(-1, 1, 60, dtype=np.float32).reshape(20, 3)
Y = X.sum(axis=1, keepdims=True)


def fitted(*layers, optimizer="sgd", batch_size=8, **options):
    model = Sequential([*layers, Dense(1, name="last")])
    model.compile(optimizer, "mse", **options)
    model.fit(X, Y, batch_size=batch_size, verbose=0)
    return model


def headings(source):
    return re.findall(r"^ *# (.*)$", source, re.MULTILINE)


@pytest.mark.slow
def test_the_listing_shows_a_batch_from_its_rows_to_the_update():
    model = fitted(Dense(4, "relu", name="first"), metrics=["mae"])
    source = model.train_source()
    found = [line for line in headings(source) if not line.startswith(" ")]
    assert found == [
        "First the rows of a batch, 8 of them, are gathered:",
        "Live arrays, read in each call:",
        "Arrays, written in each call:",
        "Constants:",
        "Buffers, allocated once and reused:",
        "first: Dense 4 relu",
        "last: Dense 1",
        "loss: mse",
        "loss, backward",
        "last, backward",
        "first, backward",
        "mae",
        "Then the optimizer, sgd, updates all parameters at once. The weights above are views of",
        "one flat array of parameters, and their slopes are views of one flat array of gradients.",
    ]
    assert "def update(self, parameters: Buffer" in source
    assert "def step" not in source


@pytest.mark.slow
def test_the_program_in_it_is_the_one_that_runs():
    model = fitted(Dense(4, "relu"))
    program = model.step(TrainStep).program()
    assert program.source in model.train_source()
    assert program.compiled.source.text.endswith(program.source + "\n")
    assert len(program.batch) == 8


@pytest.mark.slow
def test_slopes_are_computed_in_the_flat_array_without_copies():
    source = fitted(Dense(4, "relu", name="first")).step(TrainStep).program().source
    assert "x_T.dot(d_first_sum, d_first_kernel)" in source
    assert "[...] = " not in source


@pytest.mark.slow
def test_each_number_of_rows_has_its_own_program():
    model = fitted()
    assert "x: float32 of shape (8, 3)" in model.train_source()
    assert "x: float32 of shape (4, 3)" in model.train_source(4)  # the short last batch
    assert "x: float32 of shape (32, 3)" in model.train_source(batch_size=32)


@pytest.mark.slow
def test_draws_are_written_as_calls():
    source = fitted(Dense(4), Dropout(0.25)).train_source()
    assert "random((8, 4), dtype=np.float32)" in source


@pytest.mark.slow
def test_clipping_and_constraints_are_listed():
    limited = Dense(4, kernel_constraint="non_neg", name="limited")
    source = fitted(limited, optimizer=SGD(clipnorm=1.0)).train_source()
    assert "clip_by_norm(gradients, clips.segments, clips.clipnorm)" in source
    assert "# Last, the constraints are applied to limited/kernel." in source


def test_an_optimizer_without_a_file():
    namespace = {"Optimizer": Optimizer}
    rule = "class Own(Optimizer):\n    def update(self, parameters, gradients, rate):\n        pass"
    exec(rule, namespace)
    source = fitted(optimizer=namespace["Own"]()).train_source()
    assert "# Own.update, whose source isn't in a file." in source


def test_there_is_no_listing_without_data_or_recording():
    model = Sequential([Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(RuntimeError, match="data before it has a source"):
        model.train_source()
    with pytest.raises(RuntimeError, match="run operation by operation"):
        fitted(run_eagerly=True).train_source()


@pytest.mark.slow
def test_the_names_of_several_models_do_not_collide():
    nn.utils.set_random_seed(0)
    one, other = fitted(Dense(2)), fitted(Dense(2))
    assert one.train_source() != other.train_source()


@pytest.mark.slow
@pytest.mark.parametrize("classes", [2, 4])
def test_a_softmax_is_computed_once(classes):
    model = Sequential([Dense(4, "relu"), Dense(classes, "softmax")])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, np.eye(classes)[np.arange(20) % classes], verbose=0)
    source = model.train_source().split("# Then the optimizer")[0]
    calls = ("np.exp", "np.log", r"np.maximum(?:\.reduce)?\((?!.*zeros)")
    assert [len(re.findall(call, source)) for call in calls] == [1, 1, 1]

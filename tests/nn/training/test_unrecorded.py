"""What can't be recorded is run eagerly, after one warning."""

import time
from collections import deque

import numpy as np
import pytest

from nn.layers import Dense, Layer
from nn.training.batch_program import attributes_restored
from nn.training.step import TrainStep
from tests.nn.training.odd_models import X, Y, agree, around


class Global(Layer):
    def call(self, inputs, training=False):
        noise = np.random.normal(size=inputs.shape)  # noqa: NPY002 - as users do
        return inputs + noise.astype(np.float32) if training else inputs


class Own(Layer):
    def __init__(self):
        super().__init__()
        self.generator = np.random.default_rng(1)

    def call(self, inputs, training=False):
        return inputs * self.generator.random(inputs.shape, np.float32) if training else inputs


class Counts(Layer):
    def __init__(self, name):
        super().__init__(name=name)
        self.count = 0

    def call(self, inputs):
        self.count += 1
        return inputs * self.count


class Remembers(Layer):
    def call(self, inputs):
        self.latest = inputs
        return inputs


class Decides(Layer):
    def call(self, inputs):
        return inputs * 2 if np.sum(inputs) > 0 else inputs


def masked(y_true, y_pred):
    return np.mean((y_true - y_pred)[y_true > 0] ** 2)


def by_number(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2) * float(np.max(y_true))


def by_selected(y_true, y_pred):
    selected = y_true > 0
    return np.sum(np.where(selected, (y_true - y_pred) ** 2, 0)) / len(y_true[selected])


def of_arrays(y_true, y_pred):
    if not isinstance(y_true, np.ndarray):
        raise NotImplementedError
    return np.mean((y_true - y_pred) ** 2, axis=-1)


calls = []


def noting(y_true, y_pred):
    calls.append(1)
    return np.mean((y_true - y_pred) ** 2, axis=-1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: around(Global()), "draws random numbers"),
        (lambda: around(Own()), "draws random numbers"),
        (lambda: around(Counts(name="counts")), "'counts' changes something"),
        (lambda: around(Remembers(name="memory")), "'memory' changes something"),
        (lambda: around(Decides()), "a decision"),
        (lambda: around(loss=masked), "the number of entries"),
        (lambda: around(loss=by_selected), "the number of entries that a mask selects"),
        (lambda: around(loss=by_number), r"float\(\) at"),
        (lambda: around(loss=noting), "'noting' changes something"),
        (lambda: around(loss=of_arrays), r"raised NotImplementedError without a message\. Or"),
    ],
)
def test_one_warning_names_the_reason(make, reason):
    with pytest.warns(RuntimeWarning, match=f"run operation by operation.*{reason}") as warnings:
        agree(make)
    assert len(warnings) == 1


def test_failed_recordings_leave_no_trace():
    counts, memory = Counts("counts"), Remembers()
    model = around(counts, memory)
    before = counts.count
    with pytest.warns(RuntimeWarning, match="changes something"):
        model.train_on_batch(X, Y)
    assert counts.count == before + 2  # one row to build the model, and the batch
    del memory.latest
    memory.kept = kept = [[1], {"a": 1}, {2}, deque([3])]
    memory.seen, memory.table, memory.found, memory.last = kept
    with attributes_restored([memory]):
        memory(X)
        memory.seen.append(4)
        memory.table["b"] = 4
        memory.found.add(4)
        memory.last.clear()
    assert not hasattr(memory, "latest")
    assert kept == [[1], {"a": 1}, {2}, deque([3])]
    late = Dense(2)
    with attributes_restored([late, memory]):
        late(X)
        memory.noted = late.noted = 1
    assert late.built  # what was built in the block keeps its attributes
    assert (late.noted, hasattr(memory, "noted")) == (1, False)


class Fresh(Layer):
    def call(self, inputs, training=False):
        noise = np.random.default_rng().normal(size=inputs.shape)
        return inputs + noise.astype(np.float32) if training else inputs


class Drawn(Layer):
    def call(self, inputs, training=False):
        return inputs * np.full(4, time.perf_counter(), np.float32) if training else inputs


class Special(Layer):
    """Has constants that are made in each call, and scales that are 0 for equal rows."""

    def call(self, inputs):
        scaled = (inputs - np.mean(inputs, axis=0)) / np.std(inputs, axis=0)
        return np.where(inputs > 1e9, np.full(4, np.nan, np.float32), scaled)


def test_what_is_special_about_constants_and_equal_rows_is_no_obstacle(recwarn):
    model = around(Special())
    model.train_on_batch(X, Y)
    assert not model.refused
    assert not recwarn.list


class Timed(Layer):
    def call(self, inputs, training=False):
        return inputs * time.perf_counter() if training else inputs


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (Fresh, r"without a seed at test_unrecorded\.py"),
        (Timed, "something that can.t be recorded"),
        (Drawn, "something that can.t be recorded"),
    ],
)
def test_results_that_vary_are_not_recorded(kind, reason):
    model = around(kind())
    with pytest.warns(RuntimeWarning, match=reason):
        model.fit(X, Y, verbose=0)
    assert model.refused == {TrainStep}


def test_compile_resets_the_warning():
    model = around(Decides())
    for _ in range(2):
        with pytest.warns(RuntimeWarning, match="a decision"):
            model.fit(X, Y, verbose=0)
        model.fit(X, Y, verbose=0)
        model.compile("sgd", "mse")


@pytest.mark.slow
def test_errors_of_user_code_are_raised_and_leave_the_model_usable():
    class Fails(Layer):
        is_broken = True

        def call(self, inputs, training=False):
            if training and self.is_broken:
                raise KeyError("the user's mistake")
            return inputs

    model = around(Fails())
    with pytest.raises(KeyError, match="the user's mistake") as found:
        model.fit(X, Y, verbose=0)
    assert found.value.__context__ is None
    assert all(type(weight.value) is np.ndarray for weight in model.weights)
    Fails.is_broken = False
    model.fit(X, Y, verbose=0)
    assert not model.refused


@pytest.mark.slow
def test_an_interrupt_while_recording_leaves_the_model_usable():
    class Interrupted(Layer):
        interrupts = True

        def call(self, inputs, training=False):
            if training and self.interrupts:
                raise KeyboardInterrupt
            return inputs

    model = around(Interrupted())
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, verbose=0)
    Interrupted.interrupts = False
    model.fit(X, Y, verbose=0)
    assert not model.refused

"""The programs that a step keeps: one for each number of rows, as many as there is room for."""

import numpy as np
import pytest

import nn
from nn.training import step
from nn.training.step import Step, TrainStep

X = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
Y = X.sum(axis=1, keepdims=True)


@pytest.fixture
def model():
    made = nn.Sequential([nn.layers.Dense(1, input_shape=(3,))])
    made.compile("sgd", "mse")
    return made


def rows_of_programs(kept):
    return [rows for rows, _ in kept._programs]


def predict(model, *counts):
    for count in counts:
        found = model.predict_on_batch(X[:count])
        np.testing.assert_allclose(found, model(X[:count]), rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_the_programs_that_ran_longest_ago_are_deleted(model, monkeypatch):
    monkeypatch.setattr(step, "_MOST", 3)
    predict(model, 1, 2, 3, 1, 4)
    assert rows_of_programs(model.step(Step)) == [3, 1, 4]
    predict(model, 3, 3, 5)
    assert rows_of_programs(model.step(Step)) == [4, 3, 5]


def test_large_programs_leave_no_room_for_others(model, monkeypatch):
    predict(model, 2)
    monkeypatch.setattr(step, "_MOST_BYTES", 2 * model.step(Step).program(2).bytes)
    predict(model, 1)
    assert rows_of_programs(model.step(Step)) == [2, 1]
    predict(model, 12)
    assert rows_of_programs(model.step(Step)) == [12]


def test_the_size_of_a_program_is_that_of_its_buffers(model):
    predict(model, 2, 8)
    small, large = (model.step(Step).program(count) for count in (2, 8))
    assert small.bytes >= 2 * 3 * 4
    assert large.bytes >= small.bytes + 6 * 3 * 4
    model.train_on_batch(X[:4], Y[:4], sample_weight=np.ones(4))
    program = model.step(TrainStep).program(4)
    buffers = [buffer for _, buffer in program.batch.arrays()]
    assert program.bytes == program.compiled.report.bytes + 4 * (4 * 3 + 4 + 4)
    assert [buffer.nbytes for buffer in buffers] == [48, 16, 16]


@pytest.mark.slow
@pytest.mark.parametrize(("count", "rows"), [(None, 7), (7, 7), (3, 3), (5, 5), (12, 12)])
def test_the_source_is_that_of_the_largest_batch_or_of_the_rows_that_are_named(model, count, rows):
    model.train_on_batch(X[:7], Y[:7])
    model.train_on_batch(X[:3], Y[:3])
    kept = model.step(TrainStep)
    program = kept.program(count)
    assert len(program.batch) == rows
    assert (program in kept._programs.values()) == (rows in (3, 7))
    assert f"batch, {rows} of them, are gathered" in model.train_source(count)
    assert rows_of_programs(kept) == [7, 3]


def test_data_of_another_form_has_programs_of_its_own(model):
    model.train_on_batch(X[:4], Y[:4])
    model.train_on_batch(X[:4], Y[:4], sample_weight=np.zeros(4))
    before = model.get_weights()
    assert model.train_on_batch(X[:4], Y[:4], sample_weight=np.zeros(4)) == 0
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert rows_of_programs(model.step(TrainStep)) == [4, 4]


def test_parts_of_the_same_length_share_a_program_wherever_they_begin(model):
    model.predict(X, batch_size=4, verbose=0)
    assert rows_of_programs(model.step(Step)) == [4]
    np.testing.assert_allclose(
        model.predict(X, batch_size=5, verbose=0), model(X), rtol=1e-5, atol=1e-6
    )
    assert rows_of_programs(model.step(Step)) == [4, 5, 2]

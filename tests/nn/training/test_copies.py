"""Copies, threads and memory of trained models."""

import copy
import gc
import pickle
import threading
import weakref

import numpy as np
import pytest

import autodiff as ad
import nn
from nn.layers import Dense, Dropout, Layer, SpectralNormalization
from nn.training import loop
from nn.training.step import Step, TrainStep
from nn.utils import set_random_seed
from tests.nn.training.odd_models import X, Y, around


@pytest.mark.slow
@pytest.mark.parametrize("again", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_of_a_trained_model_are_independent(again):
    model = around(Dense(4, "relu"), Dropout(0.2, seed=3), optimizer="adam")
    model.fit(X, Y, verbose=0)
    before = model.get_weights()
    other = again(model)
    other.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    assert all(map(np.array_equal, before, model.get_weights()))
    model.fit(X, Y, epochs=3, shuffle=False, verbose=0)
    assert all(map(np.array_equal, other.get_weights(), model.get_weights()))


@pytest.mark.slow
def test_predictions_in_several_threads():
    model = around(Dense(30, "relu"))
    random = np.random.default_rng(2)
    inputs = [random.normal(size=(16, 4)).astype(np.float32) for _ in range(4)]
    expected = [model(x) for x in inputs]
    wrong = []

    def predict(x, outputs):
        found = [model.predict(x, verbose=0) for _ in range(30)]
        wrong.extend(x for x in found if not np.allclose(x, outputs, atol=1e-5))

    threads = [
        threading.Thread(target=predict, args=pair) for pair in zip(inputs, expected, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.slow
def test_programs_for_a_bounded_number_of_rows_are_kept(monkeypatch):
    monkeypatch.setattr(nn.training.step, "_MOST", 8)
    model = around()
    for rows in range(1, 21):
        assert model.predict_on_batch(X[:rows]).shape == (rows, 2)
    assert [rows for rows, _ in model.step(Step)._programs] == list(range(13, 21))


@pytest.mark.slow
def test_programs_with_large_buffers_are_deleted(monkeypatch):
    monkeypatch.setattr(nn.training.step, "_MOST_BYTES", 300)
    model = around()
    for rows, kept in [(2, [2]), (3, [2, 3]), (20, [20]), (2, [2])]:
        model.predict_on_batch(X[:rows])
        assert [count for count, _ in model.step(Step)._programs] == kept


@pytest.mark.slow
def test_neither_data_nor_graph_is_kept(monkeypatch):
    kept = []
    fit = loop.fit

    def spy(model, train, *rest):
        kept.append(weakref.ref(train))
        fit(model, train, *rest)

    monkeypatch.setattr(loop, "fit", spy)
    model = around()
    model.fit(X, Y, verbose=0)
    gc.collect()
    assert kept[0]() is None
    assert model.step(TrainStep)._y_pred is None


class Fading(Layer):
    """Assigns to a trained weight in each call."""

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs):
        faded = self.scale.value * 0.5
        self.scale.assign(faded)
        self.note(faded)
        return inputs * self.scale.value

    def note(self, faded):
        pass


class Noting(Fading):
    def build(self, input_shape):
        super().build(input_shape)
        self.assigned = []

    def note(self, faded):
        if isinstance(faded, ad.Tensor):
            self.assigned.append(weakref.ref(faded.node.value))


@pytest.mark.slow
def test_what_layers_assign_to_weights_is_not_kept():
    layer = Noting()
    model = around(layer)
    model.run_eagerly = True
    model.train_on_batch(X, Y)
    gc.collect()
    assert layer.assigned
    assert all(value() is None for value in layer.assigned)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Fading, lambda: SpectralNormalization(Dense(3))])
def test_what_layers_assign_to_trained_weights_is_what_optimizers_start_from(kind):
    found = []
    for run_eagerly in (False, True):
        set_random_seed(5)
        model = around(kind(), run_eagerly=run_eagerly)
        losses = [model.train_on_batch(X, Y) for _ in range(3)]
        assert not model.refused
        found.append([*losses, *model.get_weights()])
    for recorded, eager in zip(*found, strict=True):
        np.testing.assert_allclose(recorded, eager, rtol=1e-4, atol=1e-6)

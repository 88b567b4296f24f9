"""What is changed between calls, or by a callback, is noticed by a recorded step."""

# ruff: noqa: ARG002 # Callback names the arguments of its hooks, used or not

import numpy as np
import pytest

import nn
from nn.callbacks import Callback
from nn.layers import Dense, Layer
from nn.models import Sequential
from nn.utils import set_random_seed
from tests.nn.training.odd_models import X, Y, agree, around


class Scales(Layer):
    unit = 1.0

    def __init__(self):
        super().__init__()
        self.by, self.options = np.ones(4, np.float32), {"more": [1.0]}

    def call(self, inputs):
        return inputs * self.by * self.options["more"][0] * self.unit


def scale_in_place(model):
    model.layers[0].by[:] = 0.5


def scale_in_a_list(model):
    model.layers[0].options["more"][0] = 0.5


def scale_by_class(_):
    Scales.unit *= 0.5


def set_weights(model):
    model.set_weights([weight * 0.5 for weight in model.get_weights()])


def assign(model):
    model.layers[-1].kernel.assign(np.ones((4, 2)))


def penalize(model):
    model.layers[-1].kernel.regularizer = nn.regularizers.L2(0.5)


def compile_again(model):
    model.compile("adam", "mae", metrics=["mse"], run_eagerly=model.run_eagerly)


def add_a_layer(model):
    model.add(Dense(2))
    compile_again(model)


def freeze(model):
    model.layers[-1].trainable = False
    compile_again(model)


def take_away(model):
    model.pop()
    model.add(Dense(2, "tanh"))
    compile_again(model)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        scale_in_place, scale_in_a_list, scale_by_class, set_weights, assign, penalize,
        compile_again, add_a_layer, freeze, take_away,
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:.* has nothing to train")
def test_changes_between_calls(change, monkeypatch):
    def make():
        monkeypatch.setattr(Scales, "unit", 1.0)
        return around(Scales())

    agree(make, change)


factor = 1.0


def by_a_global(y_true, y_pred):
    return factor * np.mean((y_true - y_pred) ** 2, axis=-1)


@pytest.mark.slow
def test_globals_that_a_loss_refers_to(monkeypatch):
    model = around(loss=by_a_global)
    before = model.evaluate(X, Y, verbose=0)
    monkeypatch.setitem(globals(), "factor", 3.0)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(3 * before)


def test_options_of_a_penalty():
    model = around(Dense(3, kernel_regularizer=nn.regularizers.L2(0.0)))
    before = model.evaluate(X, Y, verbose=0)
    model.layers[0].kernel.regularizer.l2 = 1.0
    penalty = np.sum(model.layers[0].kernel.numpy() ** 2)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(before + penalty, rel=1e-5)


@pytest.mark.slow
def test_targets_that_add_up_after_others_that_do_not():
    shares = np.abs(Y)
    exact = np.eye(2)[np.arange(20) % 2]
    losses = []
    for validation in (None, (X, exact)):
        set_random_seed(1)
        model = Sequential([Dense(2, "softmax", input_shape=(4,))])
        model.compile("sgd", "categorical_crossentropy")
        fitted = model.fit(X, shares, epochs=3, verbose=0, validation_data=validation)
        losses.append(fitted.history["loss"])
    assert losses[0] == losses[1]


class Calls(Callback):
    """Calls a function after each batch or each epoch."""

    def __init__(self, function, when="epoch"):
        self.function, self.when = function, when

    def on_train_batch_end(self, batch, logs=None):
        if self.when == "batch":
            self.function(self.model)

    def on_epoch_end(self, epoch, logs=None):
        if self.when == "epoch":
            self.function(self.model)


def halve(model):
    model.layers[0].by = model.layers[0].by / 2


@pytest.mark.slow
@pytest.mark.parametrize("when", ["batch", "epoch"])
@pytest.mark.parametrize("change", [halve, set_weights, scale_in_a_list])
def test_callbacks_that_change_the_model(change, when):
    histories = []
    for is_eager in (False, True):
        set_random_seed(2)
        model = around(Scales(), run_eagerly=is_eager)
        fitted = model.fit(X, Y, 8, epochs=3, verbose=0, callbacks=[Calls(change, when)])
        histories.append(fitted.history["loss"])
    assert histories[0] == pytest.approx(histories[1], rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["batch", "epoch"])
def test_evaluation_in_a_callback_does_not_change_the_scores_of_the_epoch(when):
    histories, inside = [], []
    for function in (
        lambda model: None,
        lambda model: inside.append(model.evaluate(X, Y, verbose=0)),
        lambda model: inside.append(model.test_on_batch(X, Y)),
    ):
        set_random_seed(2)
        model = around(Dense(3), metrics=["mae", nn.metrics.R2Score()])
        fitted = model.fit(X, Y, 8, epochs=2, verbose=0, callbacks=[Calls(function, when)])
        histories.append(fitted.history)
    assert histories[0] == histories[1] == histories[2]
    assert inside


def test_a_fit_in_a_callback_has_its_own_history():
    model = around()
    inner = []

    def fit_once(model):
        if not inner:
            inner.append(None)
            inner[0] = model.fit(X, Y, verbose=0)

    outer = model.fit(X, Y, epochs=3, verbose=0, callbacks=[Calls(fit_once)])
    assert (outer.epoch, inner[0].epoch) == ([0, 1, 2], [0])
    assert model.history is outer


@pytest.mark.slow
def test_models_that_share_a_layer_train_it_in_turns():
    results = []
    for is_eager in (False, True):
        set_random_seed(6)
        shared = Dense(3, "tanh")
        one, other = (around(shared, run_eagerly=is_eager) for _ in range(2))
        train_other = Calls(lambda _, other=other: other.fit(X, Y, shuffle=False, verbose=0))
        one.fit(X, Y, epochs=2, shuffle=False, verbose=0, callbacks=[train_other])
        for _ in range(2):
            one.train_on_batch(X, Y)
            other.train_on_batch(X, Y)
        results.append([*one.get_weights(), *other.get_weights()])
        assert results[-1][0].tolist() == other.get_weights()[0].tolist()
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_run_eagerly_may_be_set_between_fits():
    model = around()
    model.fit(X, Y, verbose=0)
    assert "def train_step" in model.train_source()
    model.run_eagerly = True
    with pytest.raises(RuntimeError, match="is run operation by operation"):
        model.train_source()
    model.run_eagerly = False
    model.fit(X, Y, verbose=0)
    assert "def train_step" in model.train_source()

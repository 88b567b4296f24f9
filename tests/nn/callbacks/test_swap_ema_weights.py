"""Evaluation with moving averages of the weights: by hand, beside Keras, and misused."""

# ruff: noqa: ARG002 # hooks have their arguments, used or not

import numpy as np
import pytest

import nn
from nn.callbacks import Callback, SwapEMAWeights

random = np.random.default_rng(0)
X = random.normal(size=(24, 3)).astype("f")
Y = (X @ [1.0, -2.0, 0.5])[:, np.newaxis].astype("f")


def model_of(library):
    model = library.Sequential([library.Input((3,)), library.layers.Dense(1)])
    model.compile(library.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), "mse")
    return model


class Seen(Callback):
    """Keeps the weights at the beginning and the end of each epoch; may end training."""

    def __init__(self, epochs=3):
        self.begins, self.ends, self.epochs = [], [], epochs

    def on_epoch_begin(self, epoch, logs=None):
        self.begins.append(self.model.get_weights())

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(self.model.get_weights())
        self.model.stop_training = len(self.ends) == self.epochs


def averaged(steps):
    """Return the averages after each step of one batch, and the weights."""
    found, average = [], None
    for weights in steps:
        average = weights if average is None else [(average[0] + weights[0]) / 2]
        found.append(average)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("epochs", [2, 3])
def test_epochs_end_with_the_averages(epochs):
    plain, swapped = Seen(), Seen(epochs)
    first, second = model_of(nn), model_of(nn)
    second.set_weights(first.get_weights())
    first.fit(X, Y, batch_size=24, epochs=3, callbacks=[plain], verbose=0)
    callbacks = [SwapEMAWeights(swap_on_epoch=True), swapped]
    second.fit(X, Y, batch_size=24, epochs=3, callbacks=callbacks, verbose=0)
    expected = averaged(plain.ends)[:epochs]
    for found, wanted in zip(swapped.ends, expected, strict=True):
        np.testing.assert_allclose(found[0], wanted[0], rtol=1e-5, atol=1e-7)
    for found, wanted in zip(swapped.begins, plain.begins[:epochs], strict=True):
        np.testing.assert_allclose(found[0], wanted[0], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(second.get_weights()[0], expected[-1][0], rtol=1e-5, atol=1e-7)


def test_predictions_use_the_averages_and_put_the_weights_back():
    model = model_of(nn)

    class Watch(Callback):
        def on_train_batch_end(self, batch, logs=None):
            before = self.model.get_weights()
            with_averages = self.model.predict(X, callbacks=[SwapEMAWeights()], verbose=0)
            np.testing.assert_array_equal(before[0], self.model.get_weights()[0])
            changes.append(np.abs(with_averages - self.model.predict(X, verbose=0)).max())

    changes = []
    model.fit(X, Y, batch_size=12, callbacks=[Watch()], verbose=0)
    assert changes[0] == 0  # the average begins with the weights after the first step
    assert changes[1] > 1e-3


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_scores_and_weights_are_those_of_keras(keras, swap_on_epoch):
    ours, theirs = model_of(nn), model_of(keras)
    theirs.set_weights(ours.get_weights())
    scores = []
    for model, library in ((ours, nn), (theirs, keras)):
        history = model.fit(
            X, Y, batch_size=8, epochs=3, shuffle=False, validation_data=(X, Y), verbose=0,
            callbacks=[library.callbacks.SwapEMAWeights(swap_on_epoch)],
        )  # fmt: skip
        scores.append(history.history["val_loss"])
    np.testing.assert_allclose(*scores, rtol=1e-4)
    np.testing.assert_allclose(ours.get_weights()[0], theirs.get_weights()[0], rtol=1e-4)


def test_an_optimizer_without_averages_is_refused():
    model = nn.Sequential([nn.layers.Dense(1, input_shape=(3,))])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="expects an optimizer with use_ema=True, got SGD"):
        model.evaluate(X, Y, callbacks=[SwapEMAWeights()], verbose=0)


def test_an_evaluation_at_the_end_of_an_epoch_leaves_the_own_weights():
    """The averages are in the model already when a callback evaluates it."""
    model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    model.compile(nn.optimizers.SGD(0.1, use_ema=True), "mse")
    x, y = np.ones((4, 2)), np.ones((4, 1))
    model.train_on_batch(x, y)
    model.train_on_batch(x, y)
    own = model.get_weights()
    swap = nn.callbacks.SwapEMAWeights(swap_on_epoch=True)
    swap.set_model(model)
    swap.on_train_begin()
    swap.on_epoch_end(0)
    assert not np.array_equal(model.get_weights()[0], own[0])
    swap.on_test_begin()
    swap.on_test_end()
    swap.on_epoch_begin(1)
    assert all(map(np.array_equal, model.get_weights(), own))

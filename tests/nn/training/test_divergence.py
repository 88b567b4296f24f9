"""A loss that isn't finite: the warning names the operation that it came from."""

import re
import warnings

import numpy as np
import pytest

import nn
from nn.layers import Dense
from nn.training import divergence

X = np.random.default_rng(0).normal(size=(32, 2))


def root_loss(y, prediction):
    return np.sqrt(prediction - y).mean()


def model_of(loss, optimizer="sgd", **options):
    nn.utils.set_random_seed(0)
    model = nn.Sequential([Dense(4, "relu", input_shape=(2,)), Dense(1, name="out")])
    model.compile(optimizer, loss, **options)
    return model


def warned(model, y, **options):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        model.fit(X, y, verbose=0, **options)
    (warning,) = [str(one.message) for one in found if "the loss is" in str(one.message)]
    return warning


@pytest.mark.parametrize("eagerly", [False, True])
def test_the_operation_is_named_before_any_update(eagerly):
    text = warned(model_of(root_loss, run_eagerly=eagerly), X[:, 0], epochs=2)
    assert "in the first batch, before any update. The first NaN is sqrt(−" in text
    line = root_loss.__code__.co_firstlineno + 1
    assert f"at test_divergence.py:{line}, entry [" in text


@pytest.mark.slow
def test_the_operation_is_named_in_the_batch_that_it_happened_in():
    text = warned(
        model_of(root_loss, nn.optimizers.SGD(0.1)), np.full(32, -4.0), epochs=60, batch_size=8
    )
    assert "and the weights are unusable. The first NaN is sqrt(−" in text
    assert "in epoch 1:" not in text


def test_a_layer_is_named_for_an_overflow_in_it():
    text = warned(model_of("mse", nn.optimizers.SGD(100.0)), X[:, 0], epochs=20)
    assert (
        "The first infinity is matmul(32×4 entries, 4×1 entries) in out (test_divergence.py:"
        in text
    )


@pytest.mark.slow
@pytest.mark.parametrize("error", [TypeError, ValueError, NotImplementedError])
def test_what_cannot_be_shown_is_not_named(monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(divergence.ad, "first_nonfinite", fail)
    text = warned(model_of("mse", nn.optimizers.SGD(1e6)), X[:, 0], epochs=20)
    assert re.search(r"in epoch \d+: the updates were too large, and the weights are", text)
    text = warned(model_of(root_loss), X[:, 0])
    assert "before any update. If an earlier fit diverged" in text

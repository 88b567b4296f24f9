"""train_on_batch and test_on_batch: a batch is checked without calling the model again."""

import numpy as np
import pytest

import nn
from nn.layers import Dense, Layer

X = np.random.default_rng(0).normal(size=(12, 5, 3)).astype(np.float32)
Y = X.sum((1, 2), keepdims=True)[:, 0]
METHODS = ["train_on_batch", "test_on_batch"]


class Sums(Layer):
    """Add the steps of a sequence."""

    copies = 1

    def call(self, x):
        return np.concatenate([x.sum(-2)] * self.copies, 0)[: len(x)]


def summing():
    model = nn.Sequential([nn.Input((None, 3)), Sums(), Dense(1)])
    model.compile("sgd", "mse")
    return model


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_the_model_is_called_once_for_inputs_of_a_form(method, monkeypatch):
    calls = []
    called = nn.Sequential._called
    monkeypatch.setattr(nn.Sequential, "_called", lambda *a: calls.append(a) or called(*a))
    model = summing()
    for _ in range(3):
        getattr(model, method)(X, Y)
        getattr(model, method)(X[:, :2], Y)
    assert len(calls) == 2
    model.layers[0].copies = 2  # a change of what `call` reads
    getattr(model, method)(X, Y)
    assert len(calls) == 3


@pytest.mark.parametrize("method", METHODS)
def test_targets_are_aligned_and_checked_for_each_batch(method):
    model = summing()
    first = getattr(model, method)(X, Y)
    model.set_weights([np.zeros((3, 1)), np.zeros(1)])
    expected = float(np.mean(Y**2))
    assert first != pytest.approx(expected)
    assert getattr(model, method)(X, Y[:, 0]) == pytest.approx(expected)
    with pytest.raises(ValueError, match=r"y of shape \(12, 2\)"):
        getattr(model, method)(X, np.ones((12, 2)))
    with pytest.raises(ValueError, match="expects targets"):
        getattr(model, method)(X)
    with pytest.raises(ValueError, match="got nan at row 0"):
        getattr(model, method)(X * np.nan, Y)


class Steps(Layer):
    """Keep the steps: the shape of the outputs depends on the form of the inputs."""

    def call(self, x):
        return x[..., 0]


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_each_form_of_inputs_has_the_shapes_of_its_outputs(method):
    model = nn.Sequential([nn.Input((None, 3)), Steps()])
    model.compile("sgd", "mse")
    for _ in range(2):
        for steps in (5, 2, 5):
            x = X[:, :steps]
            assert getattr(model, method)(x, x[..., 0] + 1) == pytest.approx(1, rel=1e-5)
            with pytest.raises(ValueError, match=rf"predictions of shape \(N, {steps}\)"):
                getattr(model, method)(x, np.ones((12, steps + 1)))

"""Warnings about likely mistakes, once for each fit, with the cure."""

import warnings

import numpy as np
import pytest

import nn
from nn import losses
from nn.layers import Activation, Dense
from nn.optimizers import SGD

X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
CLASSES = (X[:, 0] > 0).astype(int)


def fit(*layers, y=CLASSES, loss="mse", metrics=None, optimizer="sgd", **options):
    """Fit a model for two epochs, and return the texts of all warnings."""
    model = nn.Sequential([*layers])
    model.compile(optimizer, loss, metrics=metrics)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y, epochs=2, batch_size=10, verbose=0, **options)
    return [str(each.message) for each in caught]


@pytest.mark.parametrize(
    "layers", [(Dense(1, "softmax"),), (Dense(1), Activation("softmax"))], ids=["in", "own"]
)
def test_a_softmax_over_one_unit(layers):
    [text] = fit(*layers, loss="binary_crossentropy")
    assert "softmax over 1 unit, which is 1 for every row" in text
    assert "Use a sigmoid for two classes" in text


@pytest.mark.parametrize(
    ("units", "activation", "loss"),
    [
        (1, "sigmoid", losses.BinaryCrossentropy(from_logits=True)),
        (2, "softmax", losses.SparseCategoricalCrossentropy(from_logits=True)),
        (1, "sigmoid", losses.BinaryFocalCrossentropy(from_logits=True)),
    ],
)
def test_scores_that_are_probabilities(units, activation, loss):
    [text] = fit(Dense(units, activation), loss=loss, metrics=["accuracy"])
    assert f"ends with a {activation}, but {loss.name!r} has from_logits=True" in text
    assert "Leave out activation=" in text


def test_a_metric_of_scores_that_are_probabilities():
    metric = nn.metrics.BinaryCrossentropy(from_logits=True)
    [text] = fit(Dense(1, "sigmoid"), loss="binary_crossentropy", metrics=[metric])
    assert "'binary_crossentropy" in text


@pytest.mark.parametrize(
    "options", [{"sample_weight": np.linspace(1, -1, 40)}, {"class_weight": {0: 1, 1: -2}}]
)
def test_negative_weights_of_rows(options):
    [text] = fit(Dense(1), **options)
    assert "negative weights of rows, the first " in text


@pytest.mark.slow
def test_the_first_of_the_negative_weights_is_named():
    weights = np.ones(40)
    assert fit(Dense(1), sample_weight=weights) == []
    weights[[7, 9]] = -0.25, -3
    [text] = fit(Dense(1), sample_weight=weights)
    assert "with 2 negative weights of rows, the first -0.25 in row 7: training" in text
    steps = np.ones((40, 3))
    steps[5] = 1, -1, -2
    x = nn.Input((3,))
    model = nn.Model(x, nn.layers.Reshape((3, 1))(Dense(3)(x)))
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="2 negative weights of rows, the first -2 in row 5:"):
        model.fit(X, X[..., np.newaxis], sample_weight=steps, verbose=0)


@pytest.mark.slow
def test_a_softmax_over_one_unit_of_another_axis_is_sound():
    x = nn.Input((3,))
    scores = nn.layers.Reshape((3, 1))(Dense(3)(x))
    for axis, count in ((1, 0), (2, 1)):
        model = nn.Model(x, nn.layers.Softmax(axis=axis)(scores))
        model.compile("sgd", "mse")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.fit(X, X[..., np.newaxis], verbose=0)
        assert len(caught) == count


@pytest.mark.slow
def test_several_functions_of_scores_are_one_warning():
    loss = losses.BinaryCrossentropy(from_logits=True)
    metrics = [nn.metrics.BinaryCrossentropy(from_logits=True)]
    assert len(fit(Dense(1, "sigmoid"), loss=loss, metrics=metrics)) == 1


def test_a_model_without_weights_has_nothing_frozen():
    assert fit(Activation("tanh"), y=X) == []


@pytest.mark.slow
def test_weights_of_the_rows_of_each_output_are_looked_at():
    x = nn.Input((3,))
    model = nn.Model(x, [Dense(1, name="p")(x), Dense(1, name="q")(x)])
    model.compile("sgd", "mse")
    weights = [None, np.linspace(1, -0.5, 40)]
    with pytest.warns(UserWarning, match=r"negative weights of rows, the first .* in row 27:"):
        model.fit(X, [X[:, :1]] * 2, sample_weight=weights, verbose=0)


def test_labels_that_are_not_whole():
    [text] = fit(Dense(1), y=X[:, 0], metrics=["sparse_categorical_accuracy"])
    assert "'sparse_categorical_accuracy' as a metric, which counts classes" in text


def test_everything_is_frozen():
    [text] = fit(Dense(2, trainable=False), Dense(1, trainable=False))
    assert "nothing to train: all of its 4 weights are frozen. Set trainable = True" in text


@pytest.mark.parametrize("metric", ["accuracy", "acc", "binary_accuracy"])
def test_accuracy_of_a_regression(metric):
    [text] = fit(Dense(1), y=np.where(np.arange(40) < 9, CLASSES, X[:, 0]), metrics=[metric])
    assert f"has {metric!r} as a metric, which counts classes" in text
    assert "'mean_absolute_error'" in text


@pytest.mark.parametrize("y", [X, np.abs(X) * 1e3, -np.abs(X) / np.abs(X).max()])
@pytest.mark.parametrize("metric", ["accuracy", "categorical_accuracy"])
def test_accuracy_of_a_regression_with_several_outputs(metric, y):
    y = np.where(np.arange(40)[:, np.newaxis] < 9, 1, y)  # some are those of classes
    [text] = fit(Dense(y.shape[1]), y=y, metrics=[metric])
    assert "which counts classes" in text


@pytest.mark.parametrize("batch_size", [40, 10])
def test_weights_too_large_to_compute_with(batch_size):
    model = nn.Sequential([Dense(1)])
    model.compile(SGD(1e30), "mse")
    with pytest.warns(RuntimeWarning, match=r"smaller learning rate \(it is 1e\+30\)"):
        model.fit(X, X[:, 0], batch_size=batch_size, verbose=0)


@pytest.mark.parametrize(
    ("units", "activation", "loss", "y"),
    [
        (1, "sigmoid", "binary_crossentropy", CLASSES),
        (1, None, losses.BinaryCrossentropy(from_logits=True), CLASSES),
        (2, "softmax", "sparse_categorical_crossentropy", CLASSES),
        (2, "softmax", "categorical_crossentropy", np.eye(2)[CLASSES]),
        (2, None, "mse", np.eye(2)[CLASSES]),
        (2, "sigmoid", "mse", np.eye(2)[CLASSES]),
    ],
)
def test_sound_models_cause_no_warnings(units, activation, loss, y):
    assert fit(Dense(units, activation), y=y, loss=loss, metrics=["accuracy"]) == []

"""Losses and metrics of masked steps: as in Keras, they don't count."""

import numpy as np
import pytest

import nn

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(8, 5, 3)).astype("f")
X[1, 2:] = X[4, 4:] = 0
Y = RANDOM.normal(size=(8, 5, 1)).astype("f")


def built(library, loss="mse", **choices):
    layers = library.layers
    model = library.Sequential(
        [
            library.Input((5, 3)),
            layers.Masking(),
            layers.SimpleRNN(4, return_sequences=True),
            layers.Dropout(0.0),
            layers.Dense(1, "sigmoid" if loss != "mse" else None),
        ]
    )
    model.compile(library.optimizers.SGD(0.1), loss, **choices)
    return model


@pytest.mark.slow
def test_masked_steps_have_no_loss():
    model = built(nn)
    changed = Y.copy()
    changed[1, 2:] = 100
    assert model.evaluate(X, Y, verbose=0) == model.evaluate(X, changed, verbose=0)
    counts = (X != 0).any(-1)
    errors = (model.predict(X, verbose=0) - Y)[..., 0] ** 2
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(errors[counts].mean(), rel=1e-5)


@pytest.mark.slow
def test_a_weight_of_a_row_counts_for_all_its_steps():
    model, weights = built(nn), np.arange(1.0, 9)
    scores = [
        model.evaluate(X, Y, sample_weight=sample_weight, verbose=0)
        for sample_weight in (weights, np.repeat(weights[:, None], 5, axis=1))
    ]
    assert scores[0] == pytest.approx(scores[1], rel=1e-6)
    assert scores[0] != pytest.approx(model.evaluate(X, Y, verbose=0), rel=1e-3)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("loss", ["mse", "binary_crossentropy"])
def test_training_is_that_of_keras(keras, loss, weighted):
    choices = {"metrics": ["mae"], "weighted_metrics": ["mse"]}
    ours, theirs = built(nn, loss, **choices), built(keras, loss, **choices)
    theirs.set_weights(ours.get_weights())
    y = Y if loss == "mse" else (Y > 0).astype("f")
    options = {"sample_weight": np.arange(1.0, 41).reshape(8, 5) / 20} if weighted else {}
    histories = [
        model.fit(X, y, epochs=3, batch_size=4, shuffle=False, verbose=0, **options).history
        for model in (ours, theirs)
    ]
    np.testing.assert_allclose(histories[0]["loss"], histories[1]["loss"], rtol=1e-4)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=2e-5)


def test_eager_equals_recorded():
    losses = []
    for run_eagerly in (False, True):
        nn.utils.set_random_seed(0)
        model = built(nn, run_eagerly=run_eagerly)
        losses.append(model.fit(X, Y, epochs=3, verbose=0).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)

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
    assert histories[0].keys() == histories[1].keys()
    # Keras on PyTorch multiplies sample weights by the mask in place, scaled as the loss needs it.
    for name in histories[1].keys() - ({"mse"} if weighted else set()):
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-4, err_msg=name)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=2e-5)


def error(y_true, y_pred):
    """A metric of the user, which isn't part of the recorded step."""
    return abs(y_true - y_pred)[..., 0]


@pytest.mark.slow
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_masked_steps_count_in_no_mean(run_eagerly):
    metrics = {"metrics": ["mae", error, "accuracy"], "weighted_metrics": ["mse"]}
    model = built(nn, "binary_crossentropy", run_eagerly=run_eagerly, **metrics)
    y = (Y > 0).astype("f")
    changed = y.copy()
    changed[1, 2:] = changed[4, 4:] = 1 - y[1, 2:][0]
    found = [model.evaluate(X, each, verbose=0, return_dict=True) for each in (y, changed)]
    assert found[0] == found[1]
    assert found[0]["error"] == pytest.approx(found[0]["mae"], rel=1e-6)
    model.optimizer.learning_rate = 0.0
    trained = model.fit(X, y, verbose=0, shuffle=False, batch_size=8).history
    for name, score in found[0].items():
        assert trained[name] == pytest.approx([score], rel=1e-5), name


@pytest.mark.slow
def test_masks_of_several_outputs_with_classes_that_are_ignored(keras):
    models = []
    for library in (nn, keras):
        x = inputs = library.Input((5, 3))
        x = library.layers.SimpleRNN(4, return_sequences=True)(library.layers.Masking()(x))
        steps = library.layers.Dense(3, name="steps")(x)
        model = library.Model(inputs, [steps, library.layers.Dense(1, name="last")(x)])
        sparse = library.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
        model.compile(library.optimizers.SGD(0.1), [sparse, "mae"], metrics=[["accuracy"], ["mse"]])
        models.append(model)
    models[0].set_weights([weight.numpy() for weight in models[1].weights])
    labels = RANDOM.integers(0, 3, (8, 5))
    ours, theirs = [
        model.fit(X, [labels, Y], epochs=2, batch_size=4, shuffle=False, verbose=0).history
        for model in models
    ]
    for name, scores in theirs.items():
        np.testing.assert_allclose(ours[name], scores, rtol=1e-4, err_msg=name)


def test_losses_and_metrics_read_the_mask_of_what_a_model_returns(keras):
    numbers = []
    weights = None
    for library in (nn, keras):
        model = built(library)
        model.set_weights(weights or model.get_weights())
        weights = model.get_weights()
        rows = np.arange(1.0, 9, dtype="f")[:, None] * np.ones((1, 5), "f")
        for reduction in ("sum", "mean", "mean_with_sample_weight"):
            loss = library.losses.MeanSquaredError(reduction=reduction)
            numbers += [loss(Y, model(X)), loss(Y, model(X), sample_weight=rows.copy())]
        for metric in (
            library.metrics.MeanAbsoluteError(),
            library.metrics.MeanMetricWrapper(library.ops.subtract, name="error"),
        ):
            metric.update_state(Y, model(X))
            metric.update_state(Y, model(X), rows.copy())
            numbers.append(metric.result())
    numbers = [x.detach().numpy() if hasattr(x, "detach") else x for x in numbers]
    half = len(numbers) // 2
    np.testing.assert_allclose(numbers[:half], numbers[half:], rtol=1e-5, atol=1e-6)


class OwnStep(nn.Model):
    """A `train_step` as in Keras's guides."""

    def train_step(self, data):
        x, y = data

        def forward():
            y_pred = self(x, training=True)
            return self.compute_loss(x, y, y_pred), y_pred

        (_, y_pred), slopes = self.loss_and_gradients(forward)
        self.optimizer.apply(slopes, self.trainable_weights)
        return self.compute_metrics(x, y, y_pred)


@pytest.mark.slow
def test_a_train_step_of_the_user_has_masks():
    scores = []
    for kind in (nn.Model, OwnStep):
        nn.utils.set_random_seed(0)
        x = inputs = nn.Input((5, 3))
        for layer in built(nn).layers:
            x = layer(x)
        model = kind(inputs, x)
        model.set_weights([np.full(w.shape, 0.1) for w in model.get_weights()])
        model.compile(nn.optimizers.SGD(0.1), "mse", metrics=["mae", error])
        scores.append(model.fit(X, Y, epochs=2, batch_size=4, shuffle=False, verbose=0).history)
    for name in ("mae", "error"):
        np.testing.assert_allclose(scores[1][name], scores[0][name], rtol=1e-5)


@pytest.mark.slow
def test_eager_equals_recorded():
    losses = []
    for run_eagerly in (False, True):
        nn.utils.set_random_seed(0)
        model = built(nn, run_eagerly=run_eagerly)
        losses.append(model.fit(X, Y, epochs=3, verbose=0).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)

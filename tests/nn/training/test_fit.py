# ruff: noqa: ARG002 # Callback names the arguments of its hooks, used or not

import itertools

import numpy as np
import pytest

import nn
from nn.callbacks import Callback
from nn.layers import Dense, Dropout, Flatten
from nn.optimizers import SGD, Adam
from nn.utils import set_random_seed
from tests.nn.training.small_models import X, Y, make, numbers, start


class Recorder(Callback):
    """Records the calls of its hooks."""

    def __init__(self):
        self.batches, self.calls = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(dict(logs))

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(f"begin {epoch}")

    def on_test_begin(self, logs=None):
        self.calls.append("test")

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(f"end {epoch}")

    def on_train_end(self, logs=None):
        self.last = logs


# --- the same numbers as Keras: 3.15 gives these with the same weights and batches


@pytest.mark.slow
def test_keras_returns_the_same_losses_with_penalties_weights_and_a_short_last_batch():
    options = {
        "kernel_regularizer": nn.regularizers.L2(0.01),
        "activity_regularizer": nn.regularizers.L1(0.02),
    }
    model = start(Dense(4, "tanh", bias_regularizer=nn.regularizers.L1(0.03), **options), Dense(1))
    model.compile(
        SGD(learning_rate=0.1, momentum=0.9),
        "mean_squared_error",
        metrics=["mae"],
        weighted_metrics=["mae", "mse"],
    )
    x = numbers(10, 3)
    y, weight = x.sum(axis=1, keepdims=True), np.linspace(0.5, 2, 10)
    history = model.fit(
        x, y, batch_size=3, epochs=3, shuffle=False, verbose=0,
        validation_split=0.3, sample_weight=weight,
    ).history  # fmt: skip
    keras = {
        "loss": [1.5960542, 0.9248996, 0.5785634],
        "mae": [1.1959150, 0.6712132, 0.6391372],
        "mse": [1.4783680, 0.8427811, 0.4824890],
        "val_loss": [0.6846425, 1.5171242, 0.7858259],
        "val_mae": [0.4968728, 0.7628700, 0.5636751],
        "val_mse": [0.3299164, 0.7792891, 0.3586105],
        "val_weighted_mae": [0.4727439, 0.7253703, 0.5645569],
        "weighted_mae": [1.0734028, 0.7282848, 0.5851709],
    }
    assert list(history) == list(keras)
    for name, values in keras.items():
        assert history[name] == pytest.approx(values, rel=1e-5)
    assert model.evaluate(x, y, verbose=0)[0] == pytest.approx(0.4549085, rel=1e-5)
    assert model.metrics_names == ["loss", "mae", "weighted_mae", "mse"]


@pytest.mark.slow
def test_keras_returns_the_same_losses_with_class_weights():
    model = start(Dense(5, "relu"), Dense(3, "softmax"))
    model.compile(Adam(0.05), "categorical_crossentropy", metrics=["accuracy"])
    x, y = numbers(11, 3), np.eye(3)[np.arange(11) * 7 % 3]
    history = model.fit(
        x, y, batch_size=4, epochs=3, shuffle=False, verbose=0, class_weight={0: 2.0, 2: 0.5},
        validation_data=(x[:5], y[:5], np.linspace(1, 2, 5)), validation_freq=2,
    ).history  # fmt: skip
    assert history["loss"] == pytest.approx([1.3387529, 1.1474590, 1.0750527], rel=1e-5)
    assert history["accuracy"] == pytest.approx([4 / 11, 5 / 11, 5 / 11])
    assert history["val_loss"] == pytest.approx([1.6354383], rel=1e-5)
    assert history["val_accuracy"] == pytest.approx([0.4])
    scores = model.evaluate(x, y, verbose=0, return_dict=True)
    assert scores == pytest.approx({"loss": 1.1067547, "accuracy": 5 / 11}, rel=1e-5)


@pytest.mark.slow
def test_keras_returns_the_same_losses_with_constraints():
    limits = nn.constraints
    model = start(
        Dense(4, "relu", kernel_constraint=limits.MaxNorm(0.8), bias_constraint="non_neg"),
        Dense(4, "sigmoid", kernel_constraint="unit_norm"),
        Dense(4, kernel_constraint=limits.MinMaxNorm(0.3, 0.6, 0.5)),
        Dense(1, "sigmoid"),
    )
    model.compile("rmsprop", "binary_crossentropy")
    x, y = numbers(10, 3), np.arange(10) % 3 == 0
    history = model.fit(x, y, batch_size=4, epochs=4, shuffle=False, verbose=0).history
    assert history["loss"] == pytest.approx([1.7916126, 1.610095, 1.573251, 1.5528048], rel=1e-5)
    assert model.train_on_batch(x, y) == pytest.approx(1.5389943, rel=1e-5)
    assert model.test_on_batch(x, y) == pytest.approx(1.5327935, rel=1e-5)


@pytest.mark.slow
def test_keras_returns_the_same_losses_with_a_frozen_layer_and_sparse_labels():
    frozen = Dense(5, "tanh", trainable=False)
    model = start(Dense(4, "relu"), Flatten(), frozen, Dense(3), input_shape=(2, 3))
    before = frozen.get_weights()
    loss = nn.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adagrad", loss, metrics=["accuracy"])
    x, y = numbers(9, 2, 3), np.arange(9) * 5 % 3
    history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0).history
    assert history["loss"] == pytest.approx([1.3228471, 1.3201513, 1.3182654], rel=1e-6)
    assert history["accuracy"] == pytest.approx([2 / 9] * 3)
    assert all(map(np.array_equal, before, frozen.get_weights()))


# --- what history, callbacks and arguments mean


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights_bit_for_bit():
    results = []
    for _ in range(2):
        set_random_seed(11)
        model = nn.Sequential([Dense(8, "relu", input_dim=3), Dropout(0.3), Dense(1)])
        model.compile("adam", "mse")
        model.fit(X, Y, epochs=3, batch_size=6, verbose=0)
        results.append(model.get_weights())
    assert all(map(np.array_equal, *results))
    model.fit(X, Y, epochs=1, verbose=0)
    assert not all(map(np.array_equal, results[0], model.get_weights()))


def test_shuffling_visits_every_row_once_in_a_new_order_each_epoch():
    seen = []

    def loss(y_true, y_pred):
        seen.append(np.array(y_true).ravel())
        return np.mean((y_true - y_pred) ** 2, axis=-1)

    model = start(Dense(1))
    model.compile("sgd", loss, run_eagerly=True)  # so that the loss is called for each batch
    model.fit(X, np.arange(20.0), epochs=2, batch_size=8, verbose=0)
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    assert sorted(first) == sorted(second) == list(range(20))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, np.arange(20))


@pytest.mark.slow
def test_fit_continues_from_the_last_weights():
    model, other = make(), make()
    model.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    history = model.fit(X, Y, epochs=4, initial_epoch=2, shuffle=False, verbose=0)
    assert history.epoch == [2, 3]
    losses = other.fit(X, Y, epochs=4, shuffle=False, verbose=0).history["loss"]
    assert history.history["loss"] == losses[2:]
    assert model.history is history


def test_steps_per_epoch_shorten_each_epoch():
    first, shortened = make(), make()
    recorder = Recorder()
    first.fit(X[:10], Y[:10], epochs=4, batch_size=5, shuffle=False, verbose=0)
    history = shortened.fit(
        X, Y, epochs=4, batch_size=5, steps_per_epoch=2, shuffle=False, verbose=0,
        callbacks=recorder,
    )  # fmt: skip
    assert len(recorder.batches) == 8
    assert history.params["steps"] == 2
    assert all(map(np.array_equal, first.get_weights(), shortened.get_weights()))


@pytest.mark.slow
@pytest.mark.parametrize("steps", [1, 2, 3, 7, 1000])
def test_steps_without_a_batch_size_share_all_rows_as_in_keras(steps):
    recorder, model, count = Recorder(), make(), len(X)
    model.fit(
        X, Y, steps_per_epoch=steps, validation_data=(X, Y), validation_steps=steps, verbose=0,
        callbacks=recorder,
    )  # fmt: skip
    size = -(-count // steps)
    assert len(recorder.batches) == -(-count // size)
    assert len(model.predict(X, steps=steps, verbose=0)) == count
    assert model.evaluate(X, Y, steps=steps, verbose=0) == pytest.approx(
        model.evaluate(X, Y, verbose=0), rel=1e-5
    )


def test_more_steps_per_epoch_than_batches_are_all_batches():
    model = make()
    history = model.fit(X, Y, batch_size=len(X) // 2, steps_per_epoch=1000, verbose=0)
    assert history.params["steps"] == -(-len(X) // (len(X) // 2))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frequency", "epochs"),
    [(1, [0, 1, 2, 3]), (2, [1, 3]), (np.int64(3), [2]), ([1, 4], [0, 3]), ({2}, [1])],
)
def test_validation_frequency(frequency, epochs):
    recorder = Recorder()
    history = make().fit(
        X, Y, epochs=4, verbose=0, validation_data=(X, Y), validation_freq=frequency,
        callbacks=[recorder],
    ).history  # fmt: skip
    tests = ["test" if epoch in epochs else None for epoch in range(4)]
    expected = [(f"begin {e}", tests[e], f"end {e}") for e in range(4)]
    assert recorder.calls == [call for call in itertools.chain(*expected) if call]
    assert len(history["val_loss"]) == len(epochs)
    last = history["val_loss"][-1] if 3 in epochs else None
    assert recorder.last.get("val_loss") == last


@pytest.mark.slow
@pytest.mark.parametrize(("options", "steps"), [({}, 1), ({"batch_size": 8}, 3), ({"steps": 2}, 2)])
def test_callbacks_know_the_number_of_batches_of_an_evaluation_and_a_prediction(options, steps):
    model, callback = make(), Callback()
    model.evaluate(X, Y, callbacks=[callback], verbose=0, **options)
    assert callback.params["steps"] == steps
    callback.params = {}
    model.predict(X, callbacks=[callback], verbose=0, **options)
    assert callback.params["steps"] == steps


class Stop(Callback):
    """Stops at a batch."""

    def __init__(self, batch):
        self.batch = batch

    def on_train_batch_end(self, batch, logs=None):
        self.model.stop_training = batch == self.batch


@pytest.mark.slow
def test_stopping_ends_the_epoch_after_the_batch_but_not_its_hooks():
    recorder = Recorder()
    history = make().fit(
        X, Y, batch_size=5, epochs=9, verbose=0, callbacks=[Stop(1), recorder],
        validation_data=(X, Y),
    )  # fmt: skip
    assert recorder.calls == ["begin 0", "test", "end 0"]
    assert len(recorder.batches) == 2
    assert history.epoch == [0]
    assert history.model.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1]


@pytest.mark.slow
def test_evaluation_leaves_the_weights_unchanged():
    model = make(metrics=["mae"])
    before = model.get_weights()
    loss, error = model.evaluate(X, Y, batch_size=7, verbose=0)
    outputs = model.predict(X, verbose=0).ravel()
    assert loss == pytest.approx(np.mean((outputs - Y) ** 2), rel=1e-5)
    assert error == pytest.approx(np.mean(np.abs(outputs - Y)), rel=1e-5)
    assert model.test_on_batch(X, Y, return_dict=True) == pytest.approx(
        {"loss": loss, "mae": error}
    )
    assert all(map(np.array_equal, before, model.get_weights()))


def test_dropout_acts_in_training_only():
    model = start(Dropout(0.5, seed=1), Dense(1))
    model.compile(SGD(0.0), "mse")
    trained = model.fit(X, Y, verbose=0).history["loss"][0]
    assert trained != pytest.approx(model.evaluate(X, Y, verbose=0), rel=0.01)
    assert model.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


@pytest.mark.slow
def test_lists_frames_and_columns_are_accepted():
    pandas = pytest.importorskip("pandas")
    kinds = [(X, Y), (X.tolist(), Y.tolist()), (pandas.DataFrame(X), pandas.Series(Y))]
    losses = [make().fit(x, y, shuffle=False, verbose=0).history["loss"] for x, y in kinds]
    assert losses[0] == losses[1] == losses[2]


@pytest.mark.slow
def test_custom_losses_and_metrics_are_plain_numpy():
    model = make(metrics=[lambda y_true, y_pred: np.abs(y_true - y_pred).max(axis=-1)])
    model.compile("sgd", lambda y_true, y_pred: np.mean((y_true - y_pred) ** 4, axis=-1))
    losses = model.fit(X, Y, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_a_model_without_trainable_weights_is_unchanged(run_eagerly):
    model = start(Dense(1, trainable=False))
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    with pytest.warns(UserWarning, match="has nothing to train"):
        losses = model.fit(X, Y, epochs=2, verbose=0).history["loss"]
    assert losses[0] == pytest.approx(losses[1])


def test_model_loss_is_the_argument_of_compile():
    model = make()
    assert "Loss function: " + model.loss == "Loss function: mse"
    assert isinstance(model.optimizer, SGD)
    model.compile(loss="mae")
    assert type(model.optimizer).__name__ == "RMSprop"


@pytest.mark.slow
def test_data_to_validate_on_leaves_all_rows_for_training():
    one, other = make(), make()
    found = [
        model.fit(X, Y, shuffle=False, verbose=0, validation_data=(X[:5], Y[:5]), **options).history
        for model, options in ((one, {}), (other, {"validation_split": 0.5}))
    ]
    assert found[0] == found[1]


def test_no_epochs_train_nothing():
    model = make()
    before = model.get_weights()
    history = model.fit(X, Y, epochs=0, verbose=0)
    assert (history.epoch, history.history) == ([], {})
    assert all(map(np.array_equal, before, model.get_weights()))


@pytest.mark.slow
def test_weights_of_rows_and_classes_in_single_batches():
    labels, weights = (np.arange(20) % 2)[:, np.newaxis], np.linspace(0.5, 2, 20)
    by_class = np.where(labels[:, 0] == 1, 3.0, 1.0)
    calls = (
        lambda model: model.train_on_batch(X, labels, class_weight={1: 3.0}),
        lambda model: model.train_on_batch(X, labels, by_class),
        lambda model: model.test_on_batch(X, labels, sample_weight=by_class),
        lambda model: model.evaluate(X, labels, sample_weight=by_class, verbose=0),
    )
    losses = [call(make()) for call in calls]
    assert losses == pytest.approx([losses[0]] * 4, rel=1e-6)
    both = make().train_on_batch(X, labels, weights, {1: 3.0})
    assert both == pytest.approx(make().test_on_batch(X, labels, weights * by_class), rel=1e-6)


@pytest.mark.parametrize("penalty", ["kernel_regularizer", "activity_regularizer"])
def test_penalties_alone_can_be_trained(penalty):
    model = start(Dense(1, **{penalty: nn.regularizers.L2(0.5)}))
    model.compile(SGD(0.1))
    (loss,) = model.fit(X, batch_size=20, verbose=0).history["loss"]
    kernel = numbers(3, 1, scale=0.7)
    squared = kernel**2 if penalty == "kernel_regularizer" else model_output(kernel) ** 2 / 20
    assert loss == pytest.approx(0.5 * squared.sum(), rel=1e-4)
    assert model.evaluate(X, verbose=0) < loss


def model_output(kernel):
    return X @ kernel + numbers(1, scale=0.7)


# --- mistakes


def test_the_names_of_the_scores_are_known_from_compile_on():
    assert start(Dense(1)).metrics_names == []
    assert make().metrics_names == ["loss"]
    assert make(metrics=["mae", "mse"]).metrics_names == ["loss", "mae", "mse"]

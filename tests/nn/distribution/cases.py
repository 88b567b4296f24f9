"""Trainings whose results are the same in any number of processes; run by test_data_parallel.py.

``mpiexec -n 3 python cases.py out.json`` writes the results of all of them to a file.
"""

import json
import sys
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import numpy as np

import nn
from nn.layers import LSTM, BatchNormalization, Dense, Dropout, Embedding

RNG = np.random.default_rng(0)
X = RNG.normal(size=(61, 5)).astype(np.float32)
LABELS = X[:, :3].argmax(axis=1)
Y = (X @ RNG.normal(size=(5, 2))).astype(np.float32)
WEIGHTS = RNG.uniform(0.1, 3, 61)
WORDS = np.where(np.arange(7) < RNG.integers(1, 8, (61, 1)), RNG.integers(1, 9, (61, 7)), 0)
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def network(units=3, last="softmax", *inner, **options):
    return nn.Sequential(
        [nn.Input((5,)), Dense(6, "tanh", **options), *inner, Dense(units, last)], name="net"
    )


def trained(model, x, y, **options):
    """Return everything that a user could look at."""
    options = {"batch_size": 20, "epochs": 2, "verbose": 0} | options
    history = model.fit(x, y, **options).history
    return [history, [weight.tolist() for weight in model.get_weights()]]


@case
def scores_and_callbacks():
    """61 rows in batches of 20: the last batch has one row, in every process."""
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    stop = nn.callbacks.EarlyStopping(patience=1, min_delta=0.02, restore_best_weights=True)
    rate = nn.callbacks.ReduceLROnPlateau(patience=0, min_delta=0.05)
    found = trained(model, X, LABELS, epochs=8, validation_split=0.3, callbacks=[stop, rate])
    return [*found, model.evaluate(X, LABELS, verbose=0), model.predict(X, verbose=0).tolist()]


@case
def eager_with_weights():
    model = network()
    model.compile(
        nn.optimizers.SGD(0.1, momentum=0.9, clipnorm=0.5),
        "sparse_categorical_crossentropy",
        weighted_metrics=["accuracy"],
        run_eagerly=True,
    )
    return trained(model, X, LABELS, sample_weight=WEIGHTS, class_weight={0: 1.0, 1: 3.0})


def of_reduction(reduction):
    model = network(2, "linear", kernel_regularizer="l2", activity_regularizer="l1")
    optimizer = nn.optimizers.Adam(0.01, gradient_accumulation_steps=2)
    model.compile(optimizer, nn.losses.MeanSquaredError(reduction=reduction))
    return trained(model, X, Y, sample_weight=WEIGHTS)


@case
def mean():
    return of_reduction("sum_over_batch_size")


@case
def sum_over_rows():
    return of_reduction("sum")


@case
def mean_with_sample_weight():
    return of_reduction("mean_with_sample_weight")


@case
def ignored_class():
    model = network()
    model.compile("sgd", nn.losses.SparseCategoricalCrossentropy(ignore_class=1))
    return trained(model, X, LABELS)


@case
def masked():
    layers = [Embedding(9, 4, mask_zero=True), LSTM(3, return_sequences=True), Dense(1)]
    model = nn.Sequential(layers)
    model.compile("rmsprop", "mse", metrics=["mae"])
    return trained(model, WORDS, WORDS[..., None] / 9)


@case
def unrecorded_metrics():
    class Largest(nn.Metric):
        def __init__(self):
            super().__init__(name="largest")
            self.value = self.add_weight(name="value")

        def update_state(self, y_true, y_pred, sample_weight=None):  # noqa: ARG002
            self.value.assign(np.maximum(self.value, np.max(np.abs(y_true - y_pred))))

        def result(self):
            return self.value

    model = network(1, "sigmoid")
    model.compile("adam", "binary_crossentropy", metrics=["AUC", Largest(), "accuracy"])
    return trained(model, X, LABELS == 1)


@case
def several_outputs():
    inputs = nn.Input((5,))
    hidden = Dense(4, "relu")(inputs)
    outputs = [Dense(3, "softmax", name="kind")(hidden), Dense(2, name="size")(hidden)]
    model = nn.Model(inputs, outputs)
    losses = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
    model.compile("adam", losses, loss_weights={"size": 0.3}, metrics={"kind": "accuracy"})
    found = trained(model, X, {"kind": LABELS, "size": Y}, validation_split=0.1)
    return [*found, [part.tolist() for part in model.predict(X, verbose=0)]]


@case
def streams():
    def generator():
        for start in cycle(range(0, 60, 12)):
            yield X[start : start + 12], Y[start : start + 12], WEIGHTS[start : start + 12]

    class Batches(nn.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return X[index::9], Y[index::9]

    model = network(2, "linear")
    model.compile("adam", "mae")
    first = trained(model, generator(), None, batch_size=None, steps_per_epoch=7)
    return [first, trained(model, Batches(), None, batch_size=None, validation_data=Batches())]


@case
def synchronized_normalization():
    class Centered(nn.layers.Layer):
        def call(self, inputs):
            mean, variance = nn.ops.moments(inputs, 0, synchronized=True)
            return (inputs - mean) / (variance + 0.1)

    model = network(3, "softmax", BatchNormalization(synchronized=True), Dense(3), Centered())
    model.compile("sgd", "sparse_categorical_crossentropy")
    return trained(model, X, LABELS)


@case
def own_train_step():
    class Doubled(nn.Sequential):
        def train_step(self, data):
            x, y, sample_weight = nn.utils.unpack_x_y_sample_weight(data)

            def loss():
                y_pred = self(x, training=True)
                return 2 * self.compute_loss(x, y, y_pred, sample_weight), y_pred

            (value, y_pred), gradients = self.loss_and_gradients(loss)
            self.optimizer.apply(gradients, self.trainable_weights)
            return {**self.compute_metrics(x, y, y_pred), "loss": value}

    class Counted(nn.Sequential):
        def train_step(self, data):
            return {**super().train_step(data), "one": 1.0}

    found = []
    for kind in (Doubled, Counted):
        model = kind([nn.Input((5,)), Dense(2)])
        model.compile("adam", "mse", metrics=["mae"])
        found.append(trained(model, X, Y))
    return found


@case
def metrics_of_layers():
    class Watched(Dense):
        def build(self, shape):
            super().build(shape)
            self.size = nn.metrics.Mean("size")

        def call(self, inputs):
            result = super().call(inputs)
            self.size.update_state(np.abs(result))
            return result

    model = nn.Sequential([nn.Input((5,)), Watched(2)])
    model.compile("adam", "mse")
    return trained(model, X, Y)


@case
def single_batches():
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    if not nn.distribution.is_main():  # whose weights all get
        model.set_weights([np.zeros(weight.shape) for weight in model.weights])
    found = [model.train_on_batch(X[:n], LABELS[:n]) for n in (9, 1, 2, 5)]
    return [found, model.test_on_batch(X, LABELS), model.predict_on_batch(X).tolist()]


@case
def resumed():
    """A training that is interrupted and started again has the numbers of one that isn't."""
    is_interrupted = True

    class Interrupt(nn.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):  # noqa: ARG002 - a hook's argument
            if epoch == 2 and is_interrupted:
                raise InterruptedError

    def fit(*callbacks):
        model = network()
        model.compile("adam", "sparse_categorical_crossentropy")
        model.set_weights([np.full(weight.shape, 0.1) for weight in model.weights])
        return trained(model, X, LABELS, epochs=4, callbacks=list(callbacks))

    folder = Path(sys.argv[1]).with_suffix(".backup")
    with suppress(InterruptedError):
        fit(nn.callbacks.BackupAndRestore(folder), Interrupt())
    is_interrupted = False
    return fit(nn.callbacks.BackupAndRestore(folder), Interrupt())


@case
def files():
    """Process 0 prints, and writes the files."""
    folder = Path(sys.argv[1]).with_suffix(".files")
    folder.mkdir(exist_ok=True)
    log, best = folder / "log.csv", folder / "best.npz"
    callbacks = [nn.callbacks.CSVLogger(log), nn.callbacks.ModelCheckpoint(best, "loss")]
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy")
    found = trained(model, X, LABELS, callbacks=callbacks, verbose=2)
    model.save(folder / "new.npz", overwrite=False)
    if not nn.distribution.is_main():
        return []
    rows = [[float(cell) for cell in line.split(",")[:2]] for line in log.read_text().split()[1:]]
    saved = [weight.tolist() for weight in nn.models.load_model(best).get_weights()]
    return [found, rows, saved, sorted(path.name for path in folder.iterdir())]


@case
def time_limit():
    """A callback that stops in one process only stops all of them."""

    class Limit(nn.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002 - a hook's argument
            self.model.stop_training = batch == 1 and is_last()

    model = network()
    model.compile("adam", "sparse_categorical_crossentropy")
    return trained(model, X, LABELS, callbacks=Limit(), epochs=5)


def is_last():
    return nn.distribution.distribution().rank == nn.distribution.distribution().size - 1


def main(path):
    distribution = nn.distribution.DataParallel()
    nn.distribution.set_distribution(distribution)
    results = {}
    for name, function in CASES.items():
        nn.utils.set_random_seed(1)
        results[name] = function()
    # Dropout and local normalization differ with the number of processes, but not between them.
    model = network(3, "softmax", BatchNormalization(), Dropout(0.5), Dense(3))
    model.compile("adam", "sparse_categorical_crossentropy")
    trained(model, X, LABELS)
    if nn.distribution.is_main():
        with open(path, "w", encoding="utf-8") as file:
            json.dump(results, file)
    print(f"{distribution.size} processes are done")


if __name__ == "__main__":
    main(sys.argv[1])

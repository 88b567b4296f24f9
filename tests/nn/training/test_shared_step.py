"""A process that shares batches with a twin, which has equal rows, trains as one process does."""

import numpy as np
import pytest

import nn
from nn.distribution import sharing
from nn.distribution.sharing import share_of
from nn.layers import BatchNormalization, Dense, Masking, SimpleRNN
from nn.training import agreement
from nn.training.shared_step import _some_of

RANDOM = np.random.default_rng(0)


class Twin:
    """Stands for two processes that have the same numbers at the same time."""

    rank, size = 0, 2

    def add_up(self, array):
        array *= 2

    def broadcast(self, array):
        pass

    def values_of_all(self, values):
        return np.stack([values, values])

    def object_of_main(self, value):
        return value

    def rows_of_all(self, array, counts):
        assert counts == [len(array)] * 2
        return np.concatenate([array, array])


def twice(x):
    """Return rows whose batches of 8 have two equal halves; the last batch is a single row."""
    return np.concatenate([x[:4], x[:4], x[4:8], x[4:8], x[8:9]])


X = twice(RANDOM.normal(size=(9, 3)).astype("f"))
STEPS = twice(RANDOM.normal(size=(9, 4, 3)).astype("f"))
STEPS[:8:2, 2:] = 0
LABELS, WEIGHTS = np.argmax(X, axis=1), np.abs(X[:, 0]) + 0.1


class Watched(Dense):
    """Updates a metric of its own."""

    def build(self, input_shape):
        super().build(input_shape)
        self.size = nn.metrics.Mean("size")

    def call(self, inputs):
        outputs = super().call(inputs)
        self.size.update_state(np.abs(outputs))
        return outputs


class Doubled(nn.Sequential):
    def train_step(self, data):
        x, y = data

        def loss():
            y_pred = self(x, training=True)
            return 2 * self.compute_loss(x, y, y_pred), y_pred

        (value, y_pred), gradients = self.loss_and_gradients(loss)
        self.optimizer.apply(gradients, self.trainable_weights)
        return {**self.compute_metrics(x, y, y_pred), "loss": value, "count": 3}


def chain(*layers, kind=nn.Sequential, **options):
    model = kind([nn.Input((3,)), Dense(4, "tanh"), *layers])
    model.compile(nn.optimizers.SGD(0.1), **options)
    return model


def of_steps(*inner, **options):
    layers = [Masking(), *inner, SimpleRNN(3, return_sequences=True), Dense(1)]
    model = nn.Sequential([nn.Input((4, 3)), *layers])
    model.compile(nn.optimizers.SGD(0.1), "mse", **options)
    return model


def of_all():
    return BatchNormalization(momentum=0.5, synchronized=True)


def of_two_outputs(**options):
    x = nn.Input((3,))
    model = nn.Model(x, [Dense(1, name="p")(x), Dense(2, name="q")(x)])
    model.compile(nn.optimizers.SGD(0.1), ["mse", "mae"], loss_weights=[1.0, 0.5], **options)
    return model


def error(y_true, y_pred):
    """A metric that isn't part of the recorded step."""
    return abs(y_true - y_pred)[..., 0]


SPARSE = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
MEAN = nn.losses.MeanSquaredError(reduction="mean_with_sample_weight")
CASES = {
    "scores": (lambda **o: chain(Dense(3, "softmax"), **SPARSE, **o), X, LABELS),
    "weights": (lambda **o: chain(Dense(2), loss=MEAN, **o), X, X[:, :2]),
    "metrics that aren't recorded": (
        lambda **o: chain(Dense(1, "sigmoid"), loss="mse", metrics=["AUC", error], **o),
        X, (LABELS == 1)[:, np.newaxis],
    ),
    "moving averages": (
        lambda **o: chain(BatchNormalization(momentum=0.5), Dense(2), loss="mse", **o),
        X, X[:, :2],
    ),
    "averages of all": (
        lambda **o: chain(of_all(), Dense(2), loss="mse", **o), X, X[:, :2],
    ),
    "averages of all masked rows": (lambda **o: of_steps(of_all(), **o), STEPS, STEPS[..., :1]),
    "masks": (lambda **o: of_steps(metrics=[error], **o), STEPS, STEPS[..., :1] + 1),
    "two outputs": (of_two_outputs, X, [X[:, :1], X[:, 1:]]),
    "metrics of layers": (lambda **o: chain(Watched(2), loss="mse", **o), X, X[:, :2]),
    "own steps": (lambda **o: chain(Dense(2), kind=Doubled, loss="mse", **o), X, X[:, :2]),
}  # fmt: skip


def team(**options):
    made = nn.distribution.DataParallel(**options)
    made.communicator, made.size = Twin(), 2
    return made


def numbers(make, x, y, distribution, **fit):
    nn.utils.set_random_seed(1)
    model = make(distribution=distribution, run_eagerly=fit.pop("run_eagerly", False))
    options = {"batch_size": 8, "verbose": 0}
    history = model.fit(x, y, epochs=2, shuffle=False, **options, **fit).history
    scores = model.evaluate(x, y, **options, return_dict=True)
    return [*history.values(), list(scores.values()), *model.get_weights(),
            *nn.tree.leaves(model.predict(x, **options))], [*history, *scores]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("run_eagerly", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_twins_train_as_one(monkeypatch, name, run_eagerly):
    fit = {"run_eagerly": run_eagerly} | ({"sample_weight": WEIGHTS} if name == "weights" else {})
    expected, names = numbers(*CASES[name], None, **fit)
    monkeypatch.setattr(sharing, "_communicator", Twin())
    found, own_names = numbers(*CASES[name], team(), **fit)
    assert own_names == names
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_weights_are_compared_after_some_batches_and_each_epoch(monkeypatch):
    compared = []
    monkeypatch.setattr(agreement, "check_weights", lambda _, when: compared.append(when))
    model = chain(Dense(2), loss="mse", distribution=team(check_every=2))
    model.fit(X, X[:, :2], batch_size=4, epochs=2, verbose=0)
    places = ("at batch 2 of epoch {}", "at batch 4 of epoch {}", "in epoch {}")
    assert compared == [place.format(epoch) for epoch in (1, 2) for place in places]


@pytest.mark.slow
def test_outputs_without_a_row_for_each_row_are_refused(monkeypatch):
    monkeypatch.setattr(sharing, "_communicator", Twin())
    model = chain(nn.layers.Lambda(lambda x: x.sum(axis=0, keepdims=True)), loss="mse")
    model._distribution = team()
    with pytest.raises(ValueError, match=r"a row for each row .* got shape \(1, 4\) for 2 rows"):
        model.predict(X[:4], verbose=0)


@pytest.mark.slow
def test_rows_that_differ_are_refused(monkeypatch):
    monkeypatch.setattr(Twin, "add_up", lambda _, array: array.__setitem__(..., 2 * array + 1))
    model = chain(Dense(2), loss="mse", distribution=team())
    with pytest.raises(RuntimeError, match="process 0 expects the same rows in each process"):
        model.evaluate(X, X[:, :2], verbose=0)


@pytest.mark.parametrize("rows", [slice(2, 9), np.array([4, 2, 9, 7, 1, 0, 3])])
def test_the_rows_of_a_share(rows):
    x = np.arange(10)
    parts = [x[_some_of(rows, share_of(7, rank, 2))].tolist() for rank in range(2)]
    assert [len(part) for part in parts] == [3, 4]
    assert sum(parts, []) == x[rows].tolist()  # noqa: RUF017 - of two


class Calls(nn.Metric):
    """Counts calls, which can't be merged."""

    def __init__(self):
        super().__init__(name="calls")
        self.number = self.add_weight(name="number")

    def update_state(self, *_):
        self.number.assign(self.number + 1)

    def result(self):
        return self.number


class Counting(Dense):
    """Has such a metric, and may update it."""

    updates = False

    def build(self, input_shape):
        super().build(input_shape)
        self.calls_of_this = Calls()

    def call(self, inputs):
        if self.updates:
            self.calls_of_this.update_state()
        return super().call(inputs)


@pytest.mark.parametrize("updates", [False, True])
def test_only_means_of_layers_are_merged(monkeypatch, updates):
    monkeypatch.setattr(Counting, "updates", updates)
    model = chain(Counting(2), loss="mse", distribution=team(), run_eagerly=True)
    if not updates:
        assert "loss" in model.fit(X[:8], X[:8, :2], shuffle=False, verbose=0).history
        return
    with pytest.raises(NotImplementedError, match="expected a mean as a metric that a layer"):
        model.fit(X[:8], X[:8, :2], shuffle=False, verbose=0)

"""Models that override how a loss or metrics are computed."""

# ruff: noqa: ARG002 # arguments have the names that Keras gives them, used or not

import numpy as np
import pytest

import nn
from nn.layers import Dense
from nn.models import Model
from nn.utils import set_random_seed
from tests.nn.training.lines import FIT, Line, X, Y, compiled, plain


class Doubled(Line):
    """Keras's example: an overridden loss, and a metric that is updated with it."""

    def __init__(self):
        super().__init__()
        self.own = nn.metrics.Mean(name="own")

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        loss = super().compute_loss(x, y, y_pred, sample_weight) * 2
        self.own.update_state(loss)
        return loss


class Counted(Doubled):
    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        results = super().compute_metrics(x, y, y_pred, sample_weight)
        results["n"] = float(len(x))
        return results


ONES, ZEROS = np.ones((4, 3), np.float32), np.zeros(4)


@pytest.mark.slow
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_an_overridden_loss(run_eagerly):
    """The numbers are those of Keras 3.15 on the same model."""
    model = compiled(
        Doubled, optimizer=nn.optimizers.SGD(0.01), metrics=["mae"], run_eagerly=run_eagerly
    )
    history = model.fit(ONES, ZEROS, epochs=2, verbose=0).history
    assert history["loss"] == pytest.approx([18.0, 12.7007999])
    assert history["mae"] == pytest.approx([3.0, 2.52])
    assert history["own"] == pytest.approx([18.0, 12.7007999])
    scores = model.evaluate(ONES, ZEROS, verbose=0, return_dict=True)
    assert scores == pytest.approx({"loss": 8.9616857, "mae": 2.1168001, "own": 8.9616857})
    assert not model.refused


@pytest.mark.slow
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_overridden_metrics(run_eagerly):
    """The numbers are those of Keras 3.15 on the same model."""
    model = compiled(
        Counted, optimizer=nn.optimizers.SGD(0.01), metrics=["mae"], run_eagerly=run_eagerly
    )
    history = model.fit(ONES, ZEROS, epochs=2, batch_size=3, verbose=0).history
    assert history["loss"] == pytest.approx([16.6751995, 8.3021049])
    assert history["mae"] == pytest.approx([2.8800001, 2.0321281])
    assert history["own"] == pytest.approx([15.3504, 7.6425247])
    assert history["n"] == [1.0, 1.0]
    scores = model.evaluate(ONES, ZEROS, verbose=0, return_dict=True)
    expected = {"loss": 4.4617667, "mae": 1.4936141, "n": 4.0, "own": 4.4617667}
    assert scores == pytest.approx(expected)
    assert not model.refused


@pytest.mark.slow
def test_a_metric_in_an_attribute_is_reset_and_reported():
    class Tracks(Line):
        def __init__(self):
            super().__init__()
            self.trackers = {"inner": [nn.metrics.Mean(name="rows")]}

        def train_step(self, data):
            self.trackers["inner"][0].update_state(np.full(3, float(len(data[0]))))
            return super().train_step(data)

    history = compiled(Tracks).fit(X, Y, **FIT).history
    assert history["rows"] == [4.0, 4.0, 4.0]  # of 5, 5 and 2
    np.testing.assert_allclose(history["loss"], plain().fit(X, Y, **FIT).history["loss"], rtol=1e-5)


class Autoencoder(Model):
    """A loss without targets, and a penalty that a layer adds."""

    def __init__(self):
        super().__init__()
        self.code, self.out = Dense(2, "tanh"), Dense(3)

    def call(self, inputs):
        code = self.code(inputs)
        self.add_loss(0.1 * np.mean(code**2))
        return self.out(code)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        return np.mean((x - y_pred) ** 2) + sum(self.losses)


@pytest.mark.slow
def test_a_loss_without_targets():
    results = []
    for run_eagerly in (False, True):
        set_random_seed(2)
        model = compiled(Autoencoder, loss=None, run_eagerly=run_eagerly)
        results.append(model.fit(X, **FIT).history["loss"])
        results[-1].append(model.evaluate(X, verbose=0))
        assert not model.refused
    np.testing.assert_allclose(*results, rtol=1e-5)
    assert results[0][-1] < results[0][0]


def test_a_loss_that_is_not_a_number_is_refused():
    class Rows(Line):
        def compute_loss(self, x, y, y_pred, sample_weight, training=True):
            return (matched(y) - y_pred) ** 2

    def matched(y):
        return y[:, np.newaxis]

    with pytest.raises(ValueError, match=r"one number, got shape \(12, 1\)"):
        compiled(Rows).fit(X, Y, verbose=0)


@pytest.mark.slow
def test_metrics_that_an_overridden_property_leaves_out_are_not_reported():
    class Chosen(Line):
        @property
        def metrics(self):
            return [metric for metric in super().metrics if metric.name == "loss"]

    model = compiled(Chosen, metrics=["mae", "mse"])
    assert set(model.fit(X, Y, **FIT).history) == {"loss"}
    assert set(model.get_metrics_result()) == {"loss"}


class OwnLoss(nn.Sequential):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        return super().compute_loss(x, y, y_pred, sample_weight)


@pytest.mark.slow
def test_what_accuracy_means_depends_on_the_outputs_of_a_model_with_its_own_loss():
    found = []
    for kind in (nn.Sequential, OwnLoss):
        set_random_seed(1)
        model = kind([nn.Input((3,)), Dense(3, "softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
        labels = np.argmax(X, axis=1)
        found.append(model.fit(X, labels, verbose=0).history)
        found[-1]["score"] = model.evaluate(X, labels, verbose=0)[1]
    assert found[0] == found[1]
    assert 0 < found[0]["score"] < 1


@pytest.mark.slow
def test_layers_called_in_training_are_built_for_an_own_loss():
    class Own(Model):
        def __init__(self):
            super().__init__()
            self.extra, self.out = Dense(3), Dense(1)

        def call(self, inputs, training=False):
            return self.out(self.extra(inputs) if training else inputs)

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            return np.mean((y[:, np.newaxis] - y_pred) ** 2)

    model = compiled(Own)
    model.evaluate(X, Y, verbose=0)
    assert len(model.weights) == 4
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    assert not any(map(np.array_equal, before, model.get_weights()))


@pytest.mark.slow
def test_the_source_of_a_step_with_own_metrics():
    model = compiled(Counted)
    model.fit(X, Y, batch_size=5, verbose=0)
    assert "batch, 5 of them, are gathered" in model.train_source()
    assert "batch, 2 of them, are gathered" in model.train_source(2)
    with pytest.raises(ValueError, match="compiled to machine code, got none"):
        model.train_source(native=True)


def test_without_targets_the_loss_is_that_of_penalties():
    model = nn.Sequential([Dense(1, kernel_initializer="ones", kernel_regularizer="l2")])
    model.compile("sgd", "mse")
    y_pred = model(X)
    assert model.compute_loss(X, None, y_pred) == pytest.approx(0.03)
    assert model.compute_loss(X, y_pred + 1, y_pred) == pytest.approx(1.03)

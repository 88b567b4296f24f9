"""All metrics of compile in one, results in dictionaries, and models without a compiled loss."""

import numpy as np
import pytest

import nn
from nn import layers

X, Y = np.arange(8.0).reshape(8, 1), np.ones((8, 1))


class Extremes(nn.metrics.Metric):
    def __init__(self, name="extremes"):
        super().__init__(name)
        self.low = self.add_weight(name="low")
        self.high = self.add_weight(name="high")

    def update_state(self, y_true, y_pred, sample_weight=None):  # noqa: ARG002
        self.low.assign(np.minimum(self.low, np.min(y_pred - y_true)))
        self.high.assign(np.maximum(self.high, np.max(y_pred - y_true)))

    def result(self):
        return {"low": self.low, "high": self.high}


def line(**options):
    model = nn.Sequential([nn.Input((1,)), layers.Dense(1, kernel_initializer="ones")])
    model.compile(nn.optimizers.SGD(0.0), "mse", **options)
    return model


@pytest.mark.slow
def test_a_dictionary_of_results_gives_several_scores():
    model = line(metrics=[Extremes(), "mae"])
    history = model.fit(X, Y, batch_size=4, validation_data=(X[:2], Y[:2]), verbose=0).history
    assert (history["low"], history["high"], history["val_high"]) == ([-1.0], [6.0], [0.0])
    assert list(model.evaluate(X, Y, verbose=0, return_dict=True)) == ["high", "loss", "low", "mae"]
    assert len(model.evaluate(X, Y, verbose=0)) == 4


def test_only_weighted_metrics_are_weighted_when_all_are_updated_together():
    model = line(metrics=["mae"], weighted_metrics=["mae"])
    model.fit(X, Y, verbose=0)
    loss, compiled = model.metrics
    assert (loss.name, compiled.name) == ("loss", "compile_metrics")
    compiled.reset_state()
    compiled.update_state(Y[:2], np.array([[2.0], [4.0]]), sample_weight=np.array([1.0, 3.0]))
    assert compiled.result() == {"mae": 2.0, "weighted_mae": 2.5}
    model.reset_metrics()
    assert compiled.result() == {"mae": 0.0, "weighted_mae": 0.0}


def test_targets_without_a_last_axis_are_aligned():
    model = line(metrics=[Extremes()])
    model.fit(X, Y, verbose=0)
    compiled = model.metrics[1]
    compiled.reset_state()
    compiled.update_state(np.array([1, 3]), np.array([[2.0], [5.0]]))
    assert compiled.result() == {"extremes": {"low": 0, "high": 2}}
    compiled.update_state([np.array([1, 3])], np.array([[5.0], [0.0]]))
    assert compiled.result() == {"extremes": {"low": -3, "high": 4}}


def test_targets_of_one_output_of_two():
    x = nn.Input((1,))
    model = nn.Model(x, {"p": layers.Dense(1, name="p")(x), "q": layers.Dense(1, name="q")(x)})
    model.compile("sgd", {"p": "mse"}, metrics={"p": Extremes()})
    model.fit(X, Y, verbose=0)
    compiled = next(metric for metric in model.metrics if metric.name == "compile_metrics")
    compiled.reset_state()
    compiled.update_state(np.array([1, 3]), {"p": np.array([[2.0], [5.0]]), "q": Y})
    assert list(compiled.result().values()) == [{"low": 0, "high": 2}]


@pytest.mark.slow
def test_a_model_without_a_loss_trains_on_what_its_layers_add():
    class Centered(layers.Layer):
        def call(self, inputs):
            self.add_loss(np.mean(inputs) ** 2)
            return inputs

    model = nn.Sequential([nn.Input((1,)), layers.Dense(1, kernel_initializer="ones"), Centered()])
    model.compile(nn.optimizers.SGD(0.01))
    losses = model.fit(X, epochs=3, verbose=0).history["loss"]
    assert losses[0] == pytest.approx(3.5**2)
    assert losses[2] < losses[1] < losses[0]
    assert isinstance(model.evaluate(X, verbose=0), float)


@pytest.mark.slow
def test_the_error_of_a_model_without_any_loss_names_what_is_missing():
    model = nn.Sequential([nn.Input((1,)), layers.Dense(1)])
    model.compile("sgd")
    with pytest.raises(ValueError, match="or call add_loss in a layer of your own"):
        model.fit(X, Y, verbose=0)

    class Plain(layers.Layer):
        def call(self, inputs):
            return inputs * 1

    model = nn.Sequential([nn.Input((1,)), layers.Dense(1), Plain()])
    model.compile("sgd")
    with pytest.raises(ValueError, match="expects a loss to compute, got none"):
        model.fit(X, Y, verbose=0)


@pytest.mark.slow
def test_fit_calls_the_apply_of_an_optimizer_of_the_user():
    class Negated(nn.optimizers.SGD):
        def apply(self, gradients, trainable_variables=None):
            super().apply([-g for g in gradients], trainable_variables)

    weights = []
    for optimizer in (nn.optimizers.SGD(0.01), Negated(0.01)):
        model = nn.Sequential([nn.Input((1,)), layers.Dense(1, kernel_initializer="ones")])
        model.compile(optimizer, "mse")
        model.fit(X, Y, batch_size=8, verbose=0)
        weights.append(model.get_weights()[0].item())
    assert weights[0] - 1 == pytest.approx(1 - weights[1], rel=1e-5)


@pytest.mark.slow
def test_layers_made_in_a_call_are_recorded(recwarn):
    class Pair(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, inputs):
            return layers.concatenate([inputs, self.dense(inputs)])

    model = nn.Sequential([nn.Input((1,)), Pair(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert not recwarn.list
    assert "np." in model.train_source()

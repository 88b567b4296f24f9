"""A recorded step notices changes of layers and weights in each form of model."""

import numpy as np
import pytest

import nn
from nn.layers import Dense, Input
from nn.models import Model, Sequential
from nn.training.guards import Guards

X = np.random.default_rng(1).normal(size=(12, 4)).astype(np.float32)
Y = X[:, :2]


def functional(layer):
    inputs = Input(shape=(4,))
    return Model(inputs, Dense(2)(layer(inputs)))


class Subclass(Model):
    def __init__(self, layer):
        super().__init__()
        self.parts = {"first": [layer]}
        self.last = Dense(2)

    def call(self, inputs):
        return self.last(self.parts["first"][0](inputs))


FORMS = {
    "sequential": lambda layer: Sequential([Input(shape=(4,)), layer, Dense(2)]),
    "functional": functional,
    "nested": lambda layer: functional(functional(layer)),
    "subclass": Subclass,
}
OF_WEIGHTS = {
    "weight frozen": lambda layer: setattr(layer.kernel, "trainable", False),
    "layer frozen": lambda layer: setattr(layer, "trainable", False),
    "constraint": lambda layer: setattr(layer.kernel, "constraint", nn.constraints.NonNeg()),
    "regularizer": lambda layer: setattr(layer.kernel, "regularizer", nn.regularizers.L2(0.1)),
    "array": lambda layer: setattr(layer.kernel, "value", np.ones((4, 3), np.float32)),
    "activation": lambda layer: setattr(layer, "activation", nn.activations.get("relu")),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("change", OF_WEIGHTS)
def test_changes_of_layers_of_every_form_of_model_are_detected(form, change):
    layer = Dense(3, activation="tanh")
    model = FORMS[form](layer)
    model.compile("sgd", "mse")
    model.train_on_batch(X, Y)
    guards = Guards(model)
    assert guards.is_current()
    OF_WEIGHTS[change](layer)
    assert not guards.is_current()


OF_MODELS = {
    "jit_compile": lambda model: setattr(model, "jit_compile", True),
    "run_eagerly": lambda model: setattr(model, "run_eagerly", True),
    "the loss": lambda model: setattr(model.loss_function, "options", {"delta": 2.0}),
    "a metric": lambda model: setattr(model.running_scores.recorded_metrics[0], "threshold", 0.1),
}


@pytest.mark.parametrize("change", OF_MODELS)
def test_changes_of_the_options_of_compile_are_detected(change):
    model = Sequential([Input(shape=(4,)), Dense(2)])
    loss, metric = nn.losses.Huber(delta=0.5), nn.metrics.BinaryAccuracy(threshold=0.5)
    model.compile("sgd", loss, metrics=[metric])
    model.train_on_batch(X, Y > 0)
    guards = Guards(model)
    assert guards.is_current()
    OF_MODELS[change](model)
    assert not guards.is_current()

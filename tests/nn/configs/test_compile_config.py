"""Configs of compile: what Keras writes and reads too."""

import json

import numpy as np
import pytest

import nn
from nn.layers import Dense
from nn.models import Sequential
from nn.saving import deserialize_keras_object, register_keras_serializable, serialize_keras_object

X = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras's, with NumPy 2
def test_keras_writes_and_reads_the_same_compile(keras):
    arguments = {"loss": "mse", "metrics": ["mae"], "loss_weights": 0.5}
    ours = Sequential([Dense(1, input_shape=(4,), name="d")])
    ours.compile(nn.optimizers.Adam(0.5, name="adam"), **arguments)
    theirs = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    theirs.compile(keras.optimizers.Adam(0.5, name="adam"), **arguments)
    own, written = ours.get_compile_config(), theirs.get_compile_config()
    for part in ("config", "class_name"):
        assert own["optimizer"][part] == written["optimizer"][part]
    assert {**own, "optimizer": None} == {**written, "optimizer": None}
    again = deserialize_keras_object(keras.saving.serialize_keras_object(theirs))
    assert again.get_compile_config() == own
    back = keras.saving.deserialize_keras_object(serialize_keras_object(ours))
    assert back.get_compile_config() == written
    y = X[:, :1]
    again.set_weights(ours.get_weights())
    assert again.fit(X, y, shuffle=False, verbose=0).history == (
        ours.fit(X, y, shuffle=False, verbose=0).history
    )


def test_a_compiled_model_is_compiled_again():
    model = Sequential([Dense(3, "softmax", input_shape=(4,))])
    model.compile(
        nn.optimizers.SGD(nn.optimizers.schedules.CosineDecay(0.1, 9), momentum=0.5),
        loss=nn.losses.CategoricalCrossentropy(label_smoothing=0.25),
        metrics=["accuracy", nn.metrics.F1Score(average="macro", name="f"), cubed_error],
        run_eagerly=True,
    )
    described = json.loads(json.dumps(serialize_keras_object(model)))
    again = deserialize_keras_object(described)
    assert serialize_keras_object(again) == described
    again.set_weights(model.get_weights())
    y = np.eye(3)[[0, 1, 2, 0, 1, 2]]
    assert again.evaluate(X, y, verbose=0) == model.evaluate(X, y, verbose=0)
    model.compile("sgd", lambda y_true, y_pred: (y_true - y_pred) ** 2)
    with pytest.raises(NotImplementedError, match=r"a lambda, which no config can hold"):
        model.get_compile_config()


@register_keras_serializable("tests")
class CompiledOtherwise(Sequential):
    def compile(self, rate):
        super().compile(nn.optimizers.SGD(rate), "mse")


def test_a_class_with_its_own_compile_is_not_compiled():
    model = CompiledOtherwise([Dense(1, input_shape=(4,))])
    model.compile(0.5)
    with pytest.warns(UserWarning, match=r"overrides compile. Call it yourself"):
        again = deserialize_keras_object(serialize_keras_object(model))
    assert again.get_compile_config() == {}


@register_keras_serializable("tests")
def cubed_error(y_true, y_pred):
    return np.mean(np.abs(y_true - y_pred) ** 3, axis=-1)

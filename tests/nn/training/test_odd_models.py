"""User-defined models and layers: recorded where that is correct; special numbers."""

import numpy as np
import pytest

import autodiff as ad
from nn.layers import Dense, Input, Layer
from nn.models import Model
from nn.utils import set_random_seed
from tests.nn.training.odd_models import X, Y, agree, around


class Odd(Model):
    """Loops, a layer used twice, layers in dictionaries and lists, a choice by shape."""

    def __init__(self):
        super().__init__()
        self.parts = {"first": Dense(4, "tanh"), "rest": [Dense(3, "relu"), Dense(2)]}
        self.unused = Dense(1)

    def call(self, inputs, training=False):
        values = inputs
        for _ in range(3):
            values = self.parts["first"](values)
        if training or inputs.shape[1] > 3:
            values = np.concatenate([values, inputs], axis=1)
        for layer in self.parts["rest"]:
            values = layer(values)
        return [values][0]


@pytest.mark.slow
def test_a_user_defined_model():
    agree(Odd)


class Means(Layer):
    """Computes running means of its inputs."""

    def build(self, input_shape):
        self.means = self.add_weight((input_shape[-1],), "zeros", trainable=False)
        self.seen = self.add_weight((), "zeros", trainable=False)

    def call(self, inputs, training=False):
        self.seen.assign(self.seen + 1)
        if training:
            self.means.assign(0.9 * self.means + 0.1 * np.mean(inputs, axis=0))
        return inputs - self.means


class Edits(Layer):
    """Does the same by an edit in place."""

    def build(self, input_shape):
        self.means = self.add_weight((input_shape[-1],), "zeros", trainable=False)

    def call(self, inputs):
        self.means.value[...] = 0.9 * self.means + 0.1 * np.mean(inputs, axis=0)
        return inputs - self.means


@pytest.mark.slow
def test_running_statistics_advance_in_training_and_beside_it():
    agree(lambda: around(Dense(3), Means()))
    agree(lambda: around(Edits()))
    model = around(Means())
    seen = model.layers[0].seen
    before = int(seen.numpy())
    model.predict(X, batch_size=10, verbose=0)
    assert int(seen.numpy()) == before + 2


def test_a_layer_that_is_built_by_the_first_prediction():
    model = Odd()
    outputs = model.predict(X, verbose=0)
    np.testing.assert_allclose(outputs, model(X), rtol=1e-4, atol=1e-6)


def test_a_prediction_with_bound_weights():
    model = around(Dense(3, "tanh"))
    before = model.predict(X, verbose=0)
    values = [weight.astype(float) for weight in model.get_weights()]
    with model.bound(values):
        outputs = model.predict(X, verbose=0)
    assert outputs.dtype == float
    np.testing.assert_allclose(outputs, before, rtol=1e-4, atol=1e-6)

    def total(values):
        with model.bound(values):
            return np.sum(model.predict(X, verbose=0))

    assert [slope.shape for slope in ad.grad(total)(values)] == [v.shape for v in values]


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_weights_that_are_nan(number):
    def spoil(model):
        model.layers[0].bias.assign(np.full(2, number))

    found = []
    for is_eager in (False, True):
        set_random_seed(1)
        model = around(run_eagerly=is_eager, metrics=["mae"])
        spoil(model)
        found.append([model.evaluate(X, Y, verbose=0), model.predict(X, verbose=0)])
    assert str(found[0]) == str(found[1])


class Counting(Layer):
    """Counts the rows that it has seen."""

    def __init__(self):
        super().__init__()
        self.rows = self.add_weight((), "zeros", trainable=False)

    def call(self, inputs):
        self.rows.assign_add(float(len(inputs)))
        return inputs


@pytest.mark.slow
def test_the_look_at_the_first_row_leaves_the_state_as_it_is():
    counting = Counting()
    x = Input((4,))
    model = Model(x, Dense(2)(counting(x)))
    model.compile("sgd", "mse")
    model.fit(X, Y, epochs=2, batch_size=5, verbose=0)
    model.evaluate(X, Y, verbose=0)
    model.predict(X, verbose=0)
    assert counting.rows.numpy() == 4 * len(X)


def test_a_list_of_one_input_takes_an_array():
    x = Input((4,))
    hidden = Dense(3)(x)
    model = Model(x, Dense(2)(hidden))
    features = Model(model.inputs, [hidden, model.output])
    assert [part.shape for part in features.predict(X, verbose=0)] == [(20, 3), (20, 2)]

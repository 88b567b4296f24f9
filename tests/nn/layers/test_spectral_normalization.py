"""Spectral normalization, and assignments to trained weights: by hand and beside Keras."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn import layers

RANDOM = np.random.default_rng(0)


def test_a_kernel_by_hand():
    layer = layers.SpectralNormalization(layers.Dense(2), power_iterations=20)
    layer.build((None, 2))
    layer.kernel.assign([[4.0, 0.0], [0.0, 1.0]])
    x = np.ones((1, 2))
    assert layer(x).tolist() == [[4, 1]]  # only training normalizes
    np.testing.assert_allclose(layer(x, training=True), [[1, 0.25]], atol=1e-6)
    np.testing.assert_allclose(layer.layer.kernel.numpy(), [[1, 0], [0, 0.25]], atol=1e-6)


@pytest.mark.slow
@given(st.integers(1, 4), st.integers(1, 4), st.sampled_from([1.0, 1e-6, 1e6]))
def test_the_largest_singular_value_becomes_one(inputs, units, scale):
    layer = layers.SpectralNormalization(layers.Dense(units), power_iterations=60)
    layer.build((None, inputs))
    layer.kernel.assign(scale * RANDOM.normal(size=(inputs, units)))
    layer(np.ones((1, inputs)), training=True)
    assert np.linalg.norm(layer.kernel.numpy(), 2) == pytest.approx(1, abs=0.02)


def test_a_kernel_of_zeros_stays():
    layer = layers.SpectralNormalization(layers.Dense(2, kernel_initializer="zeros"))
    before = layer(np.ones((1, 3)), training=True)
    assert before.tolist() == [[0, 0]]
    assert np.isfinite(layer.vector_u.numpy()).all()


INNER = {
    "dense": (lambda L: L.Dense(3), (4,)),
    "convolution": (lambda L: L.Conv2D(2, 3), (5, 5, 2)),
}  # Keras turns the outputs of an embedding into whole numbers


@pytest.mark.parametrize("name", INNER)
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_weights_and_training_are_those_of_keras(keras, name, run_eagerly):
    make, shape = INNER[name]
    x, y = RANDOM.normal(size=(8, *shape)).astype("f"), RANDOM.normal(size=(8, 1)).astype("f")

    def model_of(library):
        L = library.layers
        wrapped = L.SpectralNormalization(make(L), power_iterations=2)
        inputs = library.Input(shape)
        model = library.Model(inputs, L.Dense(1)(L.Flatten()(wrapped(inputs))))
        model.compile(library.optimizers.SGD(0.05), "mse", run_eagerly=run_eagerly)
        return model

    ours, theirs = model_of(nn), model_of(keras)
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    assert ours.count_params() == theirs.count_params()
    assert ours.layers[1].compute_output_shape((None, *shape)) == theirs.layers[1].output.shape
    theirs.set_weights(ours.get_weights())
    for model in (ours, theirs):
        model.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0)
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-4, rtol=1e-3)


class Clipped(layers.Dense):
    def call(self, inputs):
        self.kernel.assign(np.clip(self.kernel, -0.1, 0.1))
        return super().call(inputs)


@pytest.mark.slow
@pytest.mark.parametrize("run_eagerly", [False, True])
def test_an_assignment_in_a_step_is_kept(run_eagerly):
    model = nn.Sequential([Clipped(1, kernel_initializer="ones", use_bias=False)])
    model.compile(nn.optimizers.SGD(0.5), "mse", run_eagerly=run_eagerly)
    # The kernel 1 is clipped to 0.1; the slope there is 2 · (0.1 − 0.3) = −0.4.
    model.fit(np.ones((1, 1)), [[0.3]], verbose=0)
    np.testing.assert_allclose(model.get_weights(), [[[0.1 + 0.5 * 0.4]]], atol=1e-6)


def test_an_assignment_in_a_user_defined_step_is_kept():
    class Custom(nn.Sequential):
        def train_step(self, data):
            x, y = data
            loss, slopes = self.loss_and_gradients(
                lambda: self.compute_loss(x, y, self(x, training=True))
            )
            self.optimizer.apply(slopes, self.trainable_weights)
            return {"loss": loss}

    model = Custom([Clipped(1, kernel_initializer="ones", use_bias=False)])
    model.compile(nn.optimizers.SGD(0.5), "mse")
    model.fit(np.ones((1, 1)), [[0.3]], verbose=0)
    np.testing.assert_allclose(model.get_weights(), [[[0.3]]], atol=1e-6)


def test_layers_without_a_kernel_are_refused():
    with pytest.raises(ValueError, match="expects a layer with a kernel or embeddings, got"):
        layers.SpectralNormalization(layers.Dropout(0.5))(np.ones((1, 2)))
    with pytest.raises(ValueError, match="power_iterations to be a whole number of at least 1"):
        layers.SpectralNormalization(layers.Dense(1), power_iterations=0)

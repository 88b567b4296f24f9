"""Muon: orthogonal steps by hand, which weights take them, and training."""

import numpy as np
import pytest

import nn
from nn import layers, optimizers
from nn.layers.weight import Weight

RANDOM = np.random.default_rng(0)


def test_a_step_is_nearly_orthogonal_of_the_size_of_adams():
    weight = Weight(np.zeros((6, 4)), name="kernel")
    optimizers.Muon(0.1, weight_decay=None).apply([RANDOM.normal(size=(6, 4))], [weight])
    step = weight.numpy() / (0.1 * np.sqrt(6) * 0.2)
    values = np.linalg.svd(step, compute_uv=False)
    assert values.min() > 0.6  # the iterations end between 0.7 and 1.2
    assert values.max() < 1.3


def test_the_step_of_a_transposed_gradient_is_transposed():
    gradient = RANDOM.normal(size=(6, 4))
    tall, wide = Weight(np.zeros((6, 4)), name="kernel"), Weight(np.zeros((4, 6)), name="kernel")
    optimizers.Muon(0.1).apply([gradient], [tall])
    optimizers.Muon(0.1).apply([gradient.T], [wide])
    np.testing.assert_allclose(wide.numpy(), tall.numpy().T, rtol=1e-4)


def test_other_weights_are_adams():
    gradient = RANDOM.normal(size=3)
    bias, other = (Weight(np.zeros(3), name="bias") for _ in range(2))
    optimizers.Muon(0.1, adam_weight_decay=0.0).apply([gradient], [bias])
    optimizers.Adam(0.1).apply([gradient], [other])
    np.testing.assert_allclose(bias.numpy(), other.numpy(), rtol=1e-5)
    table = Weight(np.zeros((2, 3)), name="embeddings", layer="embedding")
    optimizers.Muon(0.1).apply([np.ones((2, 3))], [table])
    np.testing.assert_allclose(table.numpy(), -0.1, rtol=1e-5)


def test_each_kind_of_weight_has_its_decay():
    kernel, bias = Weight(np.ones((2, 3)), name="kernel"), Weight(np.ones(3), name="bias")
    muon = optimizers.Muon(0.1, weight_decay=0.5, adam_weight_decay=0.25)
    muon.apply([np.zeros((2, 3)), np.zeros(3)], [kernel, bias])
    np.testing.assert_allclose(kernel.numpy(), 1 - 0.1 * 0.5, rtol=1e-6)
    np.testing.assert_allclose(bias.numpy(), 1 - 0.1 * 0.25, rtol=1e-6)


def test_it_trains_a_network():
    nn.utils.set_random_seed(0)
    x = RANDOM.normal(size=(64, 5)).astype("f")
    model = nn.Sequential([layers.Dense(16, "relu", input_shape=(5,)), layers.Dense(1)])
    model.compile(optimizers.Muon(0.02), "mse")
    history = model.fit(x, x[:, :1] ** 2, epochs=20, verbose=0).history["loss"]
    assert history[-1] < 0.5 * history[0]


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="expected ns_steps to be a whole number of at least 1"):
        optimizers.Muon(ns_steps=0)
    with pytest.raises(ValueError, match="expected beta_1 to be above 0 and below 1, got 0"):
        optimizers.ScheduleFreeAdamW(beta_1=0.0)

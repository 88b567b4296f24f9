"""Each gate of a recurrent cell is activated on its own, whatever the activation combines."""

import numpy as np
import pytest

from nn import layers
from nn.activations import ACTIVATIONS, sigmoid, softmax
from nn.layers.gates import two_gates


def centered(z):
    return z - z.mean(axis=-1, keepdims=True)


class Centered:
    """An activation that is an object without a hash."""

    __hash__ = None

    def __call__(self, z):
        return centered(z)


ONE_INPUT = sorted(set(ACTIVATIONS) - {"glu", "threshold"})


@pytest.mark.parametrize("activation", [*map(ACTIVATIONS.get, ONE_INPUT), centered, Centered()])
def test_two_gates_are_activated_on_their_own(activation):
    z = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)
    for gate, part in zip(two_gates(activation, z, 2), (z[:, :2], z[:, 2:4]), strict=True):
        np.testing.assert_allclose(gate, activation(part), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("activation", [softmax, sigmoid, centered])
def test_a_step_of_an_lstm_gate_by_gate(activation):
    rng = np.random.default_rng(1)
    x, h, c = (rng.normal(size=(2, 3)).astype(np.float32) for _ in range(3))
    cell = layers.LSTMCell(3, recurrent_activation=activation, use_bias=False)
    output, (_, after) = cell(x, [h, c])
    let_in, kept, candidate, out = np.split(
        x @ cell.kernel.numpy() + h @ cell.recurrent_kernel.numpy(), 4, axis=1
    )
    by_hand = activation(kept) * c + activation(let_in) * np.tanh(candidate)
    np.testing.assert_allclose(after, by_hand, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(output, activation(out) * np.tanh(by_hand), rtol=1e-5, atol=1e-6)

"""The gates of recurrent cells, which lie side by side along the last axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn import activations

if TYPE_CHECKING:
    from autodiff import Array, Function

__all__ = ["two_gates"]

_ELEMENTWISE = (
    activations.sigmoid, activations.hard_sigmoid, activations.tanh, activations.relu,
)  # fmt: skip


def two_gates(activation: Function, z: Array, n: int) -> tuple[Array, Array]:
    """Return the first two gates of n units, each activated on its own.

    Where the activation takes each entry alone, both are computed in one call, which is faster;
    another one, such as softmax, may combine the units of a gate.
    """
    if any(activation is known for known in _ELEMENTWISE):  # others may have no hash
        both = activation(z[..., : 2 * n])
        return both[..., :n], both[..., n:]
    return activation(z[..., :n]), activation(z[..., n : 2 * n])

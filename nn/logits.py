"""Logits: the inputs of the activation that computed a model's probabilities.

The logarithm of a probability is exact, and its slope cheap and nonzero, if it is computed from the
logit before the softmax or sigmoid. So a train step remembers the logits, and a cross-entropy
uses them, as Keras does on TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from autodiff import Array


class Logits(NamedTuple):
    """The input and the result of an activation that computes probabilities.

    Attributes:
        activation: ``"softmax"`` or ``"sigmoid"``.
        values: its input.
        probabilities: its result, the same object.
        axis: the axis along which a softmax adds up to 1, or several.
    """

    activation: str
    values: Array
    probabilities: Array
    axis: Any


_remembered: ContextVar[list[Logits] | None] = ContextVar("logits", default=None)


@contextmanager
def remembering() -> Iterator[list[Logits]]:
    """Remember the activations that compute probabilities, until the block ends."""
    latest: list[Logits] = []
    token = _remembered.set(latest)
    try:
        yield latest
    finally:
        _remembered.reset(token)


def remember(activation: str, values: Array, probabilities: Array, axis: Any = -1) -> Array:
    """Remember the activation and logits of probabilities, and return these."""
    latest = _remembered.get()
    if latest is not None:
        latest.append(Logits(activation, values, probabilities, axis))
    return probabilities


def made_by(outputs: Array) -> Logits | None:
    """Return the activation whose probabilities these outputs are, or None."""
    remembered = _remembered.get() or ()
    return next((made for made in reversed(remembered) if made.probabilities is outputs), None)

"""Scores: what a model's probabilities were made from by its last activation.

The logarithm of a probability is exact, and its slope cheap and alive, where it is computed from
the score before the softmax or sigmoid. So a train step remembers the scores, and a cross-entropy
takes them, as Keras does on TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple


class Scores(NamedTuple):
    """The input of an activation that made probabilities, and these.

    Attributes:
        activation: ``"softmax"`` or ``"sigmoid"``.
        scores: its input.
        probabilities: its result, the very object.
        axis: the one along which a softmax adds up to 1.
    """

    activation: str
    scores: Any
    probabilities: Any
    axis: int


_remembered: ContextVar[list[Scores] | None] = ContextVar("scores", default=None)


@contextmanager
def remembering() -> Iterator[list[Scores]]:
    """Remember the latest activation that makes probabilities, while the block runs."""
    latest: list[Scores] = []
    token = _remembered.set(latest)
    try:
        yield latest
    finally:
        _remembered.reset(token)


def remember(activation: str, scores: Any, probabilities: Any, axis: int = -1) -> Any:
    """Note how probabilities were made, and answer them."""
    latest = _remembered.get()
    if latest is not None:
        latest[:] = [Scores(activation, scores, probabilities, axis)]
    return probabilities

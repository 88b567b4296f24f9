"""The only source of randomness: generators for weights, shuffles and dropout.

A global stream (a ``numpy.random.SeedSequence``) spawns children. The same global seed yields the
same sequence of children, bit for bit, regardless of what each of them draws.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

_stream: np.random.SeedSequence | None = None  # NumPy imports its random module lazily


class Shared:
    """The source of draws without a seed; it isn't a child, so that it leaves these as they are."""

    def __init__(self) -> None:
        self._made: np.random.Generator | None = None

    @property
    def generator(self) -> np.random.Generator:
        """The generator, made at first use."""
        if self._made is None:
            self._made = np.random.default_rng()
        return self._made

    def restart(self, stream: np.random.SeedSequence) -> None:
        """Begin with the seed of the global stream."""
        apart = np.random.SeedSequence(stream.entropy, spawn_key=(_SHARED,))
        self._made = np.random.default_rng(apart)


_SHARED = 2**32 - 1  # a key that no child will have
shared = Shared()


_own_stream: ContextVar[np.random.SeedSequence | None] = ContextVar("own_stream", default=None)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Use a stream of this seed until the block ends, in this thread alone.

    >>> with seeded(1):
    ...     first = generator().random()
    >>> with seeded(1):
    ...     bool(generator().random() == first)
    True
    """
    token = _own_stream.set(np.random.SeedSequence(_checked(seed)))
    try:
        yield
    finally:
        _own_stream.reset(token)


def set_seed(seed: int) -> None:
    """Restart the global stream from ``seed``.

    Raises:
        ValueError: ``seed`` is negative.

    >>> set_seed(1)
    >>> first = generator().random()
    >>> set_seed(1)
    >>> generator().random() == first
    True
    """
    global _stream
    _stream = np.random.SeedSequence(_checked(seed))
    shared.restart(_stream)


def generator(seed: int | None = None) -> np.random.Generator:
    """Return a generator with this seed, or by default the next child of the global stream.

    Raises:
        ValueError: ``seed`` is negative.

    >>> generator(7).integers(100) == generator(7).integers(100)
    np.True_
    >>> set_seed(1); first = generator().random(3)
    >>> set_seed(1); second = generator().random(3)
    >>> bool((first == second).all())
    True
    """
    global _stream
    if seed is not None:
        return np.random.default_rng(_checked(seed))
    stream = _own_stream.get()
    if stream is None:
        stream = _stream = _stream or np.random.SeedSequence()
    return np.random.default_rng(stream.spawn(1)[0])


def get_state() -> dict[str, Any]:
    """Return the state of the global stream, in numbers, for `set_state`."""
    stream, made = _stream, shared._made
    return {
        "entropy": None if stream is None else stream.entropy,
        "children": 0 if stream is None else stream.n_children_spawned,
        "shared": None if made is None else made.bit_generator.state,
    }


def set_state(state: dict[str, Any]) -> None:
    """Continue the global stream where `get_state` was called."""
    global _stream
    entropy, children = state["entropy"], state["children"]
    _stream = None
    if entropy is not None:
        _stream = np.random.SeedSequence(entropy, n_children_spawned=children)
    if state["shared"] is not None:
        shared.generator.bit_generator.state = state["shared"]


def _checked(seed: int) -> int:
    if not isinstance(seed, int | np.integer):
        raise TypeError(
            f"expected a whole number as a seed, got {seed!r}. Write an integer, such as 42."
        )
    if seed < 0:
        raise ValueError(
            f"expected a seed of at least 0, got {seed}. Write a non-negative integer, such as 42."
        )
    return int(seed)

"""The one source of chance: weights, shuffles and dropout all draw from generators made here.

A global stream (a ``numpy.random.SeedSequence``) hands out children. The same global seed gives the
same sequence of children, bit for bit, whatever each of them draws.
"""

from __future__ import annotations

import numpy as np

_stream: np.random.SeedSequence | None = None  # NumPy imports its random module when it is used


def set_seed(seed: int) -> None:
    """Start the global stream afresh from ``seed``.

    Raises:
        ValueError: ``seed`` is negative.
    """
    global _stream
    _stream = np.random.SeedSequence(_checked(seed))


def generator(seed: int | None = None) -> np.random.Generator:
    """Make a generator: of this seed, or without one the global stream's next child.

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
    if _stream is None:
        _stream = np.random.SeedSequence()
    return np.random.default_rng(_stream.spawn(1)[0])


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

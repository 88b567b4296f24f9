"""A source of random numbers that layers keep, and the one that is used without any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import autodiff as ad
from autodiff import Array
from nn.random import seeds

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SeedGenerator", "drawn"]


class SeedGenerator:
    """A source of random numbers, each draw of which differs from the one before.

    Args:
        seed: makes the sequence of draws repeatable; from the global stream by default.
        name: without effect.

    >>> first, second = SeedGenerator(7), SeedGenerator(7)
    >>> first.generator.integers(100) == second.generator.integers(100)
    np.True_
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        self.seed, self.name = seed, name
        self.generator: np.random.Generator = seeds.generator(seed)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """Return a source made from the result of `get_config`."""
        return cls(**config)


def drawn(seed: int | SeedGenerator | None, method: str, *args: Any, **options: Any) -> Array:
    """Return what a method of a NumPy generator draws.

    Args:
        seed: a whole number for the same draw in each call; a source for another one in each; None
            for the global source, which `set_seed` restarts.
        method: its name.
        args: its arguments, plain values.
        options: its named arguments.
    """
    if seed is None:
        return ad.sample(_draw, seeds.shared, method, args, options)
    if isinstance(seed, SeedGenerator):
        return ad.sample(_draw, seed, method, args, options)
    return getattr(seeds.generator(seed), method)(*args, **options)


def _draw(
    source: SeedGenerator | seeds.Shared, method: str, args: Any, options: dict[str, Any]
) -> Array:
    return getattr(source.generator, method)(*args, **options)

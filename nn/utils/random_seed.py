"""The seed of all random numbers: of this package, of Python and of NumPy."""

from __future__ import annotations

import random

import numpy as np

from nn.argument_checks import keywords_checked
from nn.numbers import as_whole
from nn.random import set_seed

__all__ = ["set_random_seed"]


@keywords_checked
def set_random_seed(seed: int) -> None:
    """Seed the random stream of this package, Python's ``random`` and NumPy's global generator.

    Initial weights, shuffles and dropout are then repeatable.

    Args:
        seed: from 0 to 2**32 - 1.

    Raises:
        TypeError: ``seed`` isn't a whole number.
        ValueError: ``seed`` is out of this range.

    >>> import nn
    >>> set_random_seed(1)
    >>> first = nn.random.normal((3,))
    >>> set_random_seed(1)
    >>> bool((nn.random.normal((3,)) == first).all())
    True
    """
    number = as_whole(seed)
    if number is None:
        raise TypeError(
            f"expected a whole number as the seed, got {seed!r} of type {type(seed).__name__}. "
            "Write set_random_seed(1), for example."
        )
    seed = number
    if not 0 <= seed < 2**32:
        raise ValueError(
            f"expected a seed from 0 to 2**32 - 1, got {seed}. Write a smaller number."
        )
    set_seed(seed)
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (scikit-learn and older code draw from it)

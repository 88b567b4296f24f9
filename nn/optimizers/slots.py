"""Slots: the state of an optimizer, an array of all parameters for each of its moments."""

from __future__ import annotations

from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

__all__ = ["Slots"]


class Slots(dict[str, NDArray[np.float32]]):
    """The slots by their names, made at the first step for the options that the optimizer has then.

    Raises:
        ValueError: an option that was changed since needs another slot.
    """

    def __missing__(self, name: str) -> NoReturn:
        raise ValueError(
            f"expected the options with which the optimizer made its first step, got one that "
            f"needs its {name}, which has no past. Create a new optimizer with that option, and "
            f"compile."
        )

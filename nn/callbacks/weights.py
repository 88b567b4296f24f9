"""Copies of a model's weights in memory."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = list[NDArray[Any]]


def copy_of_weights(model: Any) -> Weights:
    """Return copies of the weights of ``model``."""
    return [np.array(weight) for weight in model.get_weights()]

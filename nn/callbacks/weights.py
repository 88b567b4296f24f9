"""A model's weights, kept in memory."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = list[NDArray[Any]]


def copy_of_weights(model: Any) -> Weights:
    """Answer the weights of ``model`` as they are now, whatever training does to them later."""
    return [np.array(weight) for weight in model.get_weights()]

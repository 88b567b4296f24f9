"""Weights excluded from weight decay, as is often better for biases and scales."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nn.buffers import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


class Exclusion:
    """A selection of weights, by the objects or by patterns searched in their names.

    Attributes:
        factors: 0 for each excluded parameter, 1 for the others; None if none is excluded.
    """

    def __init__(self, weights: Sequence[Any] = (), patterns: Sequence[str] = ()) -> None:
        self._weights = list(weights)
        self._pattern = re.compile("|".join(patterns)) if patterns else None
        self.factors: NDArray[np.float32] | None = None

    def build(self, size: int, segments: Sequence[slice], variables: Sequence[Any]) -> None:
        """Set the factors from the variables of a model and their segments of the parameters."""
        excluded = [s for s, v in zip(segments, variables, strict=False) if self._excludes(v)]
        if excluded:
            self.factors = aligned(size, 1.0)
            for segment in excluded:
                self.factors[segment] = 0.0

    def _excludes(self, variable: Any) -> bool:
        if any(variable is weight for weight in self._weights):
            return True
        return self._pattern is not None and self._pattern.search(variable.name) is not None

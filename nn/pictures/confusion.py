"""Which classes a network takes for which, at each step of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn.pictures.maps import encoded, with_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.pictures.recording import RecordedTraining

__all__ = ["Confusion", "confusion_of"]

_MOST_ROWS = 300
_MOST_CLASSES = 12


class Confusion:
    """Counts of rows by their class and the class that is predicted.

    Args:
        recording: of a model with an output for each class.
        classes: how many.
    """

    def __init__(self, recording: RecordedTraining, classes: int) -> None:
        self.recording, self.classes = recording, classes
        count = len(recording.x)
        kept = np.arange(count)
        if count > _MOST_ROWS:
            kept = np.sort(np.random.default_rng(0).choice(count, _MOST_ROWS, replace=False))
        self.x = recording.x[kept]
        y = recording.y[kept]
        self.y = (y.argmax(1) if y.shape[1] > 1 else y[:, 0]).astype(int)

    @property
    def bytes_per_step(self) -> int:
        """How much the counts of a step take."""
        return 4 * self.classes**2

    def record(self, weights: Sequence[np.ndarray]) -> dict[str, Any]:
        """Return the counts with each of some weights, for the page."""
        found = [self._count(flat) for flat in weights]
        return {"classes": self.classes, "rows": len(self.y), "steps": encoded(np.stack(found))}

    def _count(self, flat: np.ndarray) -> np.ndarray:
        model = self.recording.model
        with with_weights(model, flat), np.errstate(all="ignore"):
            predicted = np.asarray(model(self.x)).argmax(-1)
        counts = np.zeros((self.classes, self.classes), np.float32)
        np.add.at(counts, (self.y, predicted), 1)
        return counts


def confusion_of(recording: RecordedTraining) -> Confusion | None:
    """Return the confusion of a classifier with few classes; None for other models."""
    outputs = np.shape(recording.model(recording.x[:1]))
    classes = outputs[-1] if len(outputs) == 2 else 1
    y = recording.y
    if not 2 <= classes <= _MOST_CLASSES or y.shape[1] not in (1, classes):
        return None
    numbers = y.argmax(1) if y.shape[1] > 1 else y[:, 0]
    is_of_classes = (numbers == np.floor(numbers)).all() and 0 <= numbers.min() <= numbers.max()
    if y.shape[1] > 1:
        is_of_classes = bool(((y == 0) | (y == 1)).all() and (y.sum(1) == 1).all())
    return Confusion(recording, classes) if is_of_classes and numbers.max() < classes else None

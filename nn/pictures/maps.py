"""What a network predicts over its inputs: a curve over one, a map over two, in few bytes."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.layers.weight import bound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from nn.layers.container import Container
    from nn.pictures.recording import RecordedTraining

__all__ = ["MOST_CLASSES", "Map", "encoded", "with_weights"]

_POINTS, _SIDE = 80, 32  # of a curve; of a map
MOST_CLASSES = 8  # of which a byte holds the number, and the probability in 32 steps
_MOST_ROWS = 300  # of the data that are drawn
_MARGIN = 0.08  # around the data


class Map:
    """The predictions of a recorded model over its one or two inputs.

    Args:
        recording: of a model with one or two inputs.

    Attributes:
        bytes_per_step: of the predictions at one step.
    """

    def __init__(self, recording: RecordedTraining) -> None:
        self.recording = recording
        x = recording.x
        self.low, self.high = _padded(x.min(0), x.max(0))
        axes = [
            np.linspace(a, b, _POINTS if x.shape[1] == 1 else _SIDE)
            for a, b in zip(self.low, self.high, strict=True)
        ]
        grid = np.meshgrid(*axes, indexing="xy")
        self.points = np.stack([np.ravel(axis) for axis in grid], axis=1).astype(np.float32)
        self.outputs = recording.model(self.points[:1]).shape[-1]
        self.is_of_classes = self.outputs > 1
        ends = _padded(np.min(recording.y, initial=0.0), np.max(recording.y, initial=1.0))
        self.ends = [float(end) for end in ends]
        self.bytes_per_step = len(self.points) * (1 if x.shape[1] == 2 else 4)

    def record(self, weights: Sequence[np.ndarray]) -> dict[str, Any]:
        """Return the map at each of some weights, for the page."""
        recording = self.recording
        kept = np.arange(len(recording.x))
        if len(kept) > _MOST_ROWS:
            kept = np.random.default_rng(0).choice(kept, _MOST_ROWS, replace=False)
        predictions = [self._encode(self._predictions(flat)) for flat in weights]
        return {
            "dimensions": recording.x.shape[1],
            "side": _SIDE,
            "low": self.low.tolist(),
            "high": self.high.tolist(),
            "ends": self.ends,
            "classes": self.outputs if self.is_of_classes else 0,
            "x": recording.x[kept].tolist(),
            "y": self._targets()[kept].tolist(),
            "steps": encoded(np.stack(predictions)),
        }

    def _predictions(self, flat: np.ndarray) -> np.ndarray:
        with with_weights(self.recording.model, flat), np.errstate(all="ignore"):
            return np.asarray(self.recording.model(self.points))

    def _encode(self, predictions: np.ndarray) -> np.ndarray:
        """Return a byte for each point of a map, 255 for NaN; a float for each of a curve."""
        if self.recording.x.shape[1] == 1:
            return predictions[:, 0].astype(np.float32)
        if not self.is_of_classes:
            low, high = self.ends
            shares = (np.clip(predictions[:, 0], low, high) - low) / (high - low)
            return np.where(np.isnan(shares), 255, np.nan_to_num(shares) * 254).astype(np.uint8)
        best = predictions.argmax(1)
        share = np.clip(np.nan_to_num(predictions.max(1)), 0, 1)
        codes: np.ndarray = (best * 32 + share * 31).astype(np.uint8)
        return codes

    def _targets(self) -> np.ndarray:
        """Return one number for each row: a class, or the target."""
        y = self.recording.y
        targets: np.ndarray = y.argmax(1) if y.shape[1] > 1 else y[:, 0]
        return targets


def with_weights(model: Container, flat: np.ndarray) -> AbstractContextManager[None]:
    """Give the model's trainable weights other values in a block, from a flat buffer."""
    trainable = model.trainable_weights
    parts = np.split(flat, np.cumsum([weight.size for weight in trainable])[:-1])
    values = [part.reshape(w.shape) for part, w in zip(parts, trainable, strict=True)]
    return bound(trainable, values)


def encoded(array: np.ndarray) -> str:
    """Write an array of bytes or floats as text."""
    kind = np.uint8 if array.dtype == np.uint8 else "<f4"
    return base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode()


def _padded(low: Any, high: Any) -> tuple[Any, Any]:
    margin = np.where(high > low, (high - low) * _MARGIN, 1.0)
    return low - margin, high + margin

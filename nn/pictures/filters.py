"""The filters of the first layer as images, at each step of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nn.layers.dense import Dense
from nn.pictures.maps import encoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layers.container import Container
    from nn.layers.weight import Weight
    from nn.pictures.recording import RecordedStep

__all__ = ["Filters", "filters_of"]

_MOST_FILTERS = 12
_MOST_WEIGHTS = 240  # whose updates are derived


class Filters(NamedTuple):
    """The filters of a layer.

    Attributes:
        layer: the name of the layer.
        places: for each filter, row and column, the place of the weight in the flat buffer.
        names: of the weights in the flat buffer.
    """

    layer: str
    places: np.ndarray
    names: list[str]

    @property
    def bytes_per_step(self) -> int:
        """How much the images of a step take."""
        return 3 * self.places.size + 24

    def chosen(self, steps: Sequence[RecordedStep]) -> list[tuple[int, int, int]]:
        """Choose weights to derive the updates of: those of each filter that change the most."""
        change = np.abs(np.nan_to_num(steps[-1].after - steps[0].before))[self.places]
        count, height, width = self.places.shape
        each = min(max(1, _MOST_WEIGHTS // count), height * width)
        found = []
        for number in range(count):
            flat = np.argsort(-change[number], axis=None, kind="stable")[:each]
            found += [(number, int(i) // width, int(i) % width) for i in sorted(flat)]
        return found

    def weights(self, chosen: Sequence[tuple[int, int, int]]) -> list[dict[str, Any]]:
        """Return the name, filter, row and column of each chosen weight, for the page."""
        return [
            {"name": self.names[self.places[place]], "filter": n, "row": row, "column": column}
            for place in chosen
            for n, row, column in [place]
        ]

    def record(self, steps: Sequence[RecordedStep]) -> dict[str, Any]:
        """Return the images at each step, a byte for each weight, and what 127 stands for."""
        shown = {
            "weights": [*(step.before for step in steps), steps[-1].after],
            "slopes": [step.slopes for step in steps],
            "changes": [step.after - step.before for step in steps],
        }
        found: dict[str, Any] = {}
        for name, values in shown.items():
            images = np.stack([flat[self.places] for flat in values])
            sizes = np.abs(np.nan_to_num(images, posinf=0, neginf=0)).max((1, 2, 3))
            scale = np.where(sizes > 0, sizes, 1.0)[:, np.newaxis, np.newaxis, np.newaxis]
            levels = np.rint(np.clip(np.nan_to_num(images / scale), -1, 1) * 127) + 128
            found[name] = encoded(levels.astype(np.uint8))
            found[f"{name}_size"] = [float(f"{size:.4g}") for size in sizes]
        return found


def filters_of(model: Container, shape: Sequence[int]) -> Filters | None:
    """Return the filters of a model of images; None if its first weights aren't any.

    Args:
        model: built.
        shape: that of one input; a row is an image if its length is a square.
    """
    trainable = model.trainable_weights
    starts = dict(
        zip(map(id, trainable), np.cumsum([0, *(w.size for w in trainable)]), strict=False)
    )
    for layer in model.flat_layers():
        kernel: Weight | None = getattr(layer, "kernel", None)
        if kernel is None or id(kernel) not in starts:
            continue
        places = starts[id(kernel)] + np.arange(kernel.size).reshape(kernel.shape)
        images = _images(layer, places, shape)
        if images is None:
            return None
        names = [
            f"{weight.path}[{', '.join(map(str, place))}]"
            for weight in trainable
            for place in np.ndindex(*weight.shape)
        ]
        return Filters(layer.name, images[:_MOST_FILTERS], names)
    return None


def _images(layer: Any, kernel: np.ndarray, shape: Sequence[int]) -> np.ndarray | None:
    """Arrange the entries of a kernel in images: filter, row, column."""
    if getattr(layer, "rank", 0) == 2 and kernel.ndim == 4:
        filters = np.moveaxis(kernel, (0, 1), (-2, -1)).swapaxes(0, 1)
        return filters.reshape(-1, *kernel.shape[:2])
    if type(layer) is not Dense:
        return None
    side = int(np.sqrt(len(kernel)))
    lengths = tuple(shape[:2]) if len(shape) > 1 else (side, side)
    if lengths[0] * lengths[1] != len(kernel) or min(lengths) < 4:
        return None
    return kernel.T.reshape(-1, *lengths)

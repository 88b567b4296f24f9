"""The page that plays a training of a small network, step by step, with the working shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.pictures.maps import MOST_CLASSES, Map, encoded
from nn.pictures.recording import RecordedTraining
from nn.pictures.units import units_of
from nn.pictures.updates import update_of

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from autodiff.display import HtmlPage
    from nn.pictures.recording import RecordedStep

__all__ = ["TrainingRecording", "training_page"]

_MOST_BYTES = 1_100_000  # of the recorded numbers, which text makes larger by a third
_TEXT = 30  # of a loss, a rate and the numbers of a step
_MOST_TRAININGS = 6
_SCRIPTS = ("elements", "numbers", "expressions"), ("charts", "network", "derivation", "training")


def training_page(recordings: TrainingRecording | Mapping[str, TrainingRecording]) -> HtmlPage:
    """Return a page that plays one training, or several side by side, step by step.

    It shows the weights and slopes on a picture of the network, the loss, and the predictions over
    one or two inputs; the update of a selected weight is derived with its numbers. It is one file
    of less than 2 MB without dependencies; of a long training, it has every second step, or fewer.

    Args:
        recordings: what `Model.record` returned; or a dictionary from labels to several of them, of
            networks of the same shape.

    Returns:
        A page, which notebooks display; ``.save("training.html")`` writes it to a file, and
        ``.show()`` opens it in the browser.

    Raises:
        TypeError: not a recording.
        ValueError: the network isn't a small chain of `Dense` layers, or the networks differ.

    >>> import numpy as np, nn
    >>> from nn.layers import Dense
    >>> x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    >>> recordings = {}
    >>> for rate in 0.1, 1:
    ...     nn.utils.set_random_seed(1)
    ...     layers = [Dense(3, "tanh", input_shape=(2,)), Dense(1, "sigmoid")]
    ...     model = nn.Sequential(layers)
    ...     model.compile(nn.optimizers.SGD(rate), "binary_crossentropy")
    ...     recordings[f"rate {rate}"] = model.record(x, y, epochs=20)
    >>> nn.pictures.training_page(recordings)  # doctest: +ELLIPSIS
    <training of 20 steps, at rate 0.1, rate 1: .save(...
    """
    from autodiff.display import HtmlPage  # slow to import

    if isinstance(recordings, TrainingRecording):
        recordings = {recordings.model.name: recordings}
    if not isinstance(recordings, Mapping) or not all(
        isinstance(one, TrainingRecording) for one in recordings.values()
    ):
        raise TypeError(
            f"expected a recording, or a dictionary of them, got {recordings!r}. Pass what "
            "model.record(x, y, epochs=...) returns."
        )
    if not 1 <= len(recordings) <= _MOST_TRAININGS:
        raise ValueError(
            f"expected 1 to {_MOST_TRAININGS} trainings side by side, got {len(recordings)}. "
            "Choose some."
        )
    content = _content(recordings)
    steps = max(len(recording.steps) for recording in recordings.values())
    description = f"training of {steps} steps, at {', '.join(map(str, recordings))}"
    return HtmlPage(description, lambda: _html(content))


class TrainingRecording(RecordedTraining):
    """A training with all of its steps, which `Model.record` returns; notebooks display its page.

    Attributes:
        model: the trained model.
        x: the inputs, a table.
        y: the targets, one row for each of the inputs.
        names: the names of the columns of ``x``.
        steps: the updates, each with the weights before and after, and the slopes.
        history: what ``fit`` returned.

    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> recording = model.record(np.ones((4, 2)), np.ones(4), epochs=3)
    >>> len(recording.steps), isinstance(recording, TrainingRecording)
    (3, True)
    """

    def __repr__(self) -> str:
        return (
            f"<Recording of {len(self.steps)} steps of {self.model.name}: "
            ".save('training.html') writes a page to step through>"
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to step through; see `training_page`."""
        return training_page(self).save(path)

    def show(self) -> Path:
        """Open the page in the browser, and return its path."""
        return training_page(self).show()

    def _repr_html_(self) -> str:
        return training_page(self)._repr_html_()


def _html(content: dict[str, Any]) -> str:
    from autodiff.display import as_json, escaped, filled, static  # slow to import

    shared, own = _SCRIPTS
    here = "nn.pictures"
    scripts = [static(f"{name}.js") for name in shared]
    scripts += [static(f"{name}.js", here) for name in own]
    parts = {
        "title": escaped(content["title"]),
        "style": static("page.css") + static("training.css", here),
        "content": as_json(content),
        "script": "\n".join(scripts),
    }
    return filled(static("training.html", here), parts)


def _content(recordings: Mapping[str, TrainingRecording]) -> dict[str, Any]:
    """Return the content of the page, for JSON."""
    units = [units_of(recording.model, recording.names) for recording in recordings.values()]
    columns, weights = units[0]
    sizes = [[len(column["units"]) for column in one.columns] for one in units]
    if any(size != sizes[0] for size in sizes) or len({len(one.weights) for one in units}) > 1:
        raise ValueError(
            f"expected networks of one shape side by side, got layers of {sizes} units. Record "
            "the trainings of one architecture."
        )
    maps = [_map_of(recording) for recording in recordings.values()]
    every = _stride(recordings, maps)
    trainings = [
        _training(label, recording, shown, every)
        for (label, recording), shown in zip(recordings.items(), maps, strict=True)
    ]
    names = ", ".join(map(str, recordings))
    return {
        "title": f"Training of {names}",
        "columns": columns,
        "weights": weights,
        "every": every,
        "trainings": trainings,
    }


def _map_of(recording: TrainingRecording) -> Map | None:
    if recording.x.shape[1] > 2:
        return None
    found = Map(recording)
    return None if found.outputs > MOST_CLASSES else found


def _stride(recordings: Mapping[str, TrainingRecording], maps: list[Map | None]) -> int:
    """Return how many steps are one on the page, for it to stay small."""
    size = 0
    for recording, shown in zip(recordings.values(), maps, strict=True):
        first = recording.steps[0]
        numbers = _TEXT + 4 * first.before.size * (3 + len(first.slots))
        size += len(recording.steps) * (numbers + (shown.bytes_per_step if shown else 0))
    return -(-size // _MOST_BYTES)


def _training(
    label: str, recording: TrainingRecording, shown: Map | None, every: int
) -> dict[str, Any]:
    """Return the content of one training."""
    kept = recording.steps[::every]
    optimizer: Any = getattr(recording.model, "optimizer")  # noqa: B009 - of a compiled model
    update = update_of(optimizer, kept)
    final = recording.steps[-1].after
    slots = {name: _stacked(kept, name) for name in kept[0].slots} if update.equations else {}
    return {
        "label": str(label),
        "optimizer": type(optimizer).__name__,
        "equations": list(update.equations),
        "constants": update.constants,
        "note": update.note,
        "slots": {update.slots[name]: encoded(values) for name, values in slots.items()},
        "rates": [step.rate for step in kept],
        "numbers": [step.number for step in kept],
        "epochs": [step.epoch for step in kept],
        "count": len(recording.steps),
        "losses": [_finite(step.loss) for step in kept],
        "before": encoded(np.stack([*(step.before for step in kept), final])),
        "slopes": encoded(np.stack([step.slopes for step in kept])),
        "after": encoded(np.stack([step.after for step in kept])),
        "map": shown and shown.record([*(step.before for step in kept), final]),
    }


def _stacked(steps: list[RecordedStep], name: str) -> np.ndarray:
    return np.stack([step.slots[name] for step in steps])


def _finite(loss: float) -> float | None:
    """Return a loss for JSON, which has no NaN."""
    return float(f"{loss:.6g}") if np.isfinite(loss) else None

"""The page that plays a training of a small network, step by step, with the working shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nn.pictures.confusion import Confusion, confusion_of
from nn.pictures.filters import Filters, filters_of
from nn.pictures.maps import MOST_CLASSES, Map, encoded
from nn.pictures.recording import RecordedTraining
from nn.pictures.units import units_of
from nn.pictures.updates import update_of

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from autodiff.display import HtmlPage
    from nn.pictures.recording import RecordedStep

__all__ = ["TrainingRecording", "training_page"]

_MOST_BYTES = 1_100_000  # of the recorded numbers, which text makes larger by a third
_TEXT = 30  # of a loss, a rate and the numbers of a step
_MOST_TRAININGS = 6
_MOST_PREDICTED = 60  # steps at which classes are predicted
_SCRIPTS = ("elements", "numbers", "expressions"), (
    "charts", "network", "filters", "derivation", "training",
)  # fmt: skip


def training_page(recordings: TrainingRecording | Mapping[str, TrainingRecording]) -> HtmlPage:
    """Return a page that plays one training, or several side by side, step by step.

    It shows the weights and slopes on a picture of the network, the loss, and the predictions over
    one or two inputs; the update of a selected weight is derived with its numbers. Of a model of
    images it shows the filters of the first layer, and of a classifier the confusion of its
    classes. It is one file of less than 2 MB without dependencies; of a long training, it has every
    second step, or fewer.

    Args:
        recordings: what `Model.record` returned; or a dictionary from labels to several of them, of
            networks of the same shape.

    Returns:
        A page, which notebooks display; ``.save("training.html")`` writes it to a file, and
        ``.show()`` opens it in the browser.

    Raises:
        TypeError: not a recording.
        ValueError: the network is neither a small chain of `Dense` layers nor one of images, or
            the networks differ.

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
        x: the inputs, a table or images.
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
    views = [_view_of(recording) for recording in recordings.values()]
    shapes = {(*view.drawing, *view.shape, len(view.take)) for view in views}
    if len(shapes) > 1:
        raise ValueError(
            f"expected networks of one shape side by side, got {[v.shape for v in views]}. Record "
            "the trainings of one architecture."
        )
    every = max(_stride(list(recordings.values()), views), 1)
    trainings = [
        _training(label, recording, view, every)
        for (label, recording), view in zip(recordings.items(), views, strict=True)
    ]
    names = ", ".join(map(str, recordings))
    return {
        "title": f"Training of {names}",
        **views[0].drawing,
        "weights": views[0].weights,
        "every": every,
        "trainings": trainings,
    }


class _View(NamedTuple):
    """What is shown of a training.

    Attributes:
        drawing: the columns of units, or the lengths of the filters' images.
        shape: of the network, for messages.
        weights: those whose updates are derived.
        take: their places in the flat buffer.
        panels: what is recorded at each step besides them, by name.
    """

    drawing: dict[str, Any]
    shape: list[int]
    weights: list[dict[str, Any]]
    take: np.ndarray
    panels: dict[str, Map | Confusion | Filters]


def _view_of(recording: TrainingRecording) -> _View:
    """Choose what to show: all weights on arrows, or the filters of the first layer.

    Raises:
        ValueError: the network is no small chain of `Dense` layers, and its inputs are no images.
    """
    panels: dict[str, Map | Confusion | Filters] = {}
    if recording.x.ndim == 2 and recording.x.shape[1] <= 2:
        found = Map(recording)
        if found.outputs <= MOST_CLASSES:
            panels["map"] = found
    confusion = confusion_of(recording)
    if confusion is not None:
        panels["confusion"] = confusion
    try:
        columns, weights = units_of(recording.model, recording.names)
    except ValueError:
        filters = filters_of(recording.model, recording.x.shape[1:])
        if filters is None:
            raise
        chosen = filters.chosen(recording.steps)
        count, height, width = filters.places.shape
        lengths = {"count": count, "height": height, "width": width}
        drawing = {"filters": {"layer": filters.layer, **lengths}}
        take = np.array([filters.places[place] for place in chosen])
        panels["filters"] = filters
        return _View(drawing, [count, height, width], filters.weights(chosen), take, panels)
    sizes = [len(column["units"]) for column in columns]
    return _View({"columns": columns}, sizes, weights, np.arange(len(weights)), panels)


def _stride(recordings: Sequence[TrainingRecording], views: Sequence[_View]) -> int:
    """Return how many steps are one on the page, for it to stay small."""
    size, longest = 0, 0
    for recording, view in zip(recordings, views, strict=True):
        numbers = _TEXT + 4 * len(view.take) * (3 + len(recording.steps[0].slots))
        numbers += sum(panel.bytes_per_step for panel in view.panels.values())
        size += len(recording.steps) * numbers
        if "confusion" in view.panels:
            longest = max(longest, len(recording.steps))
    return max(-(-size // _MOST_BYTES), -(-longest // _MOST_PREDICTED))


def _training(label: str, recording: TrainingRecording, view: _View, every: int) -> dict[str, Any]:
    """Return the content of one training."""
    kept = recording.steps[::every]
    optimizer: Any = getattr(recording.model, "optimizer")  # noqa: B009 - of a compiled model
    update = update_of(optimizer, kept)
    final = recording.steps[-1].after
    slots = {name: _stacked(kept, name, view) for name in kept[0].slots} if update.equations else {}
    flats = [*(step.before for step in kept), final]
    recorded = {
        name: panel.record(kept) if isinstance(panel, Filters) else panel.record(flats)
        for name, panel in view.panels.items()
    }
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
        "before": encoded(np.stack([flat[view.take] for flat in flats])),
        "slopes": encoded(np.stack([step.slopes[view.take] for step in kept])),
        "after": encoded(np.stack([step.after[view.take] for step in kept])),
        **recorded,
    }


def _stacked(steps: list[RecordedStep], name: str, view: _View) -> np.ndarray:
    return np.stack([step.slots[name][view.take] for step in steps])


def _finite(loss: float) -> float | None:
    """Return a loss for JSON, which has no NaN."""
    return float(f"{loss:.6g}") if np.isfinite(loss) else None

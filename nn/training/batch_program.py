"""A recorded step: straight-line NumPy code for one number of rows, and the buffers it reads.

A recording is valid only if each call would record the same operations. User-defined code is
therefore recorded twice, from different rows, and the two must be equal; and recording must change
no state but weights.
"""

from __future__ import annotations

import copy
import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

import autodiff as ad
from autodiff import Array
from nn.distribution.sharing import rehearsing
from nn.layers.masks import attach_masks
from nn.layers.weight import bound
from nn.naming import names_restored
from nn.training.guards import Guards
from nn.training.machine_code import native_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.layers.base import Layer
    from nn.layers.weight import Weight
    from nn.training.dataset import Dataset
    from nn.training.model_protocol import TrainableModel

Rows = Any  # a slice, or an array of row numbers

recording = threading.RLock()  # held while weights are bound to traced values


@contextmanager
def live_weights(weights: Sequence[Weight]) -> Iterator[None]:
    """Record that weights are read at each call, and that values assigned to them are stored.

    The latter updates running statistics, for example.
    """
    values = [ad.live(weight.value, weight.path) for weight in weights]
    before = [value.node for value in values]
    with bound(weights, values):
        yield
        assigned = [weight.value for weight in weights]
    for weight, node, value in zip(weights, before, assigned, strict=True):
        if getattr(value, "node", None) is not node:  # also where it was edited in place
            ad.assign(weight.value, value, weight.path)


class _Step(Protocol):
    """The part of `Step` that is used here; its file imports this one."""

    model: TrainableModel
    training: bool
    layers: list[Layer]

    def recorded(self, batch: Dataset) -> tuple[Array, Any, list[Any], list[Any]]: ...


class BatchProgram:
    """A step for one number of rows: its program, and the buffers that it reads the batch from.

    Attributes:
        batch: the buffers.
        bytes: their size, and that of the program's.
        compiled: the program, as `autodiff.jit` compiles it.
        source: the code that runs.

    Raises:
        Exception: any error while recording; autodiff.RecordingError if later calls would not
            record the same operations.
    """

    def __init__(self, step: _Step, data: Dataset, rows: Rows) -> None:
        self.batch = data.take(rows).map(np.array)
        self._buffers = [buffer for _, buffer in self.batch.arrays()]
        self.compiled = _compiled(step, self.batch)
        # The first line names the place of the function in this file.
        self.source = self.compiled.source.text.split("\n", 1)[1].strip()
        self.bytes = self.compiled.report.bytes + sum(buffer.nbytes for buffer in self._buffers)

    def run(self, data: Dataset, rows: Rows) -> tuple[float, Any, Sequence[Any], Sequence[Any]]:
        """Gather the rows into the buffers, and run the program on them."""
        self.gather(data, rows)
        loss, (y_pred, masks), sums, losses = self.compiled.structure(self.compiled.run())
        attach_masks(y_pred, masks)
        return float(loss), y_pred, sums, losses

    def gather(self, data: Dataset, rows: Rows) -> None:
        """Copy the rows into the buffers."""
        if type(rows) is slice:
            for (_, array), buffer in zip(data.arrays(), self._buffers, strict=True):
                buffer[...] = array[rows]
        else:
            for (_, array), buffer in zip(data.arrays(), self._buffers, strict=True):
                array.take(rows, 0, buffer, "clip")


def _compiled(step: _Step, batch: Dataset) -> Any:
    """Record a step; if it contains user-defined code, twice, from different rows."""

    def train_step() -> tuple[Array, Any, list[Any], list[Any]]:
        return step.recorded(
            batch.rebuilt([ad.live(buffer, name) for name, buffer in batch.arrays()])
        )

    train_step.__name__ = "train_step" if step.training else "forward_step"
    objective = step.model._training.objective
    losses = (
        [loss.function for loss in objective.losses] if batch.y is not None and objective else []
    )
    with recording, rehearsing(), attributes_restored([*step.layers, *losses]):
        before = Guards(step.model)
        with names_restored():  # of layers made inside
            compiled = ad.jit(train_step, native=native_for(step.model)).compiled()
        again = None
        if before.has_user_code:
            for _, buffer in batch.arrays():
                buffer[...] = buffer[0].copy()
            with np.errstate(all="ignore"), names_restored():  # of repeated rows
                again = ad.jit(train_step).compiled()
        _check_unchanged(before)
    if again is not None:
        _check_equal(compiled.source, again.source)
    return compiled


@contextmanager
def attributes_restored(parts: Sequence[Any]) -> Iterator[None]:
    """Restore the attributes of layers and the loss after the block has run.

    Of lists, dictionaries, sets and deques also the items. A layer built in the block keeps its
    attributes, among which are its weights.
    """
    held = [dict(vars(part)) for part in parts]
    items = [
        [(x, copy.copy(x)) for x in attributes.values() if type(x) in _CONTAINERS]
        for attributes in held
    ]
    try:
        yield
    finally:
        for part, attributes, containers in zip(parts, held, items, strict=True):
            if getattr(part, "built", None) == attributes.get("built"):
                vars(part).update(attributes)
                for name in vars(part).keys() - attributes.keys():
                    delattr(part, name)
                for container, before in containers:
                    container.clear()
                    (container.extend if hasattr(container, "extend") else container.update)(before)


_CONTAINERS = (list, dict, set, deque)


def _check_unchanged(before: Guards) -> None:
    owner = before.changed()
    if owner is not None:
        raise ad.RecordingError(
            f"{owner.name!r} changes something that isn't a weight while it runs (an attribute, a "
            f"list, a global), which a recording does once and not at each step. Keep such state "
            f"in a weight: add_weight(..., trainable=False), and assign to it."
        )


def _check_equal(first: Any, second: Any) -> None:
    """Raise an error unless two recordings have the same code and constants."""
    is_same = first.text == second.text and all(
        a is b or not isinstance(a, np.ndarray | np.generic) or _equal(a, b)
        for a, b in zip(first.namespace.values(), second.namespace.values(), strict=True)
    )
    if not is_same:
        raise ad.RecordingError(
            "its result depends on something that can't be recorded: random numbers of a generator "
            "made inside, the time, or how many entries of a batch were selected. Draw by "
            "ad.sample(rng.random, shape), and count by np.sum(mask)."
        )


def _equal(a: Array, b: Array) -> bool:
    """Return whether two constants are equal; strings have no NaN."""
    return np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")

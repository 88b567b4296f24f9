"""A recorded step: straight-line NumPy code for one number of rows, and the buffers it reads.

It is used only where it is going to do at each call what it did when it was recorded. So code of
the user's own is recorded twice, from different rows, which must come out the same; and nothing
that lasts may have changed but weights.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff as ad
from nn.layers.weight import bound
from nn.training.configuration import Configuration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nn.layers.weight import Array, Weight
    from nn.training.data import Dataset
    from nn.training.step import Step

Rows = Any  # a slice, or an array of row numbers

recording = threading.RLock()  # weights stand for traced values meanwhile: nobody else may look


@contextmanager
def following(weights: Sequence[Weight]) -> Iterator[None]:
    """Record that weights stand for their numbers at each call; what is assigned is written back.

    That is how running statistics advance.
    """
    values = [ad.live(weight.value, weight.path) for weight in weights]
    before = [value.node for value in values]
    with bound(weights, values):
        yield
        assigned = [weight.value for weight in weights]
    for weight, node, value in zip(weights, before, assigned, strict=True):
        if getattr(value, "node", None) is not node:  # also where it was edited in place
            ad.assign(weight.value, value, weight.path)


class Recorded:
    """A step for one number of rows: its program, and the buffers that it reads the batch from.

    Attributes:
        batch: the buffers.
        bytes: their size, and that of the program's.
        source: the code that runs.

    Raises:
        Exception: whatever kept it from being recorded; autodiff.RecordingError where it would
            not do at each call what it does at first.
    """

    def __init__(self, step: Step, data: Dataset, rows: Rows) -> None:
        first = data.take(rows)
        self.batch = replace(first, **{n: np.array(a) for n, a in first.arrays()})
        self._buffers = self.batch.arrays()
        self._compiled = _compiled(step, self.batch)
        # Its first line tells where this file has the function, which is no news to anybody.
        self.source = self._compiled.source.text.split("\n", 1)[1].strip()
        self.bytes = self._compiled.report.bytes + sum(b.nbytes for _, b in self._buffers)
        self._has_outputs = self._compiled.structure.skeleton[1] is not None

    def run(self, data: Dataset, rows: Rows) -> tuple[float, Any, Sequence[Any]]:
        """Gather the rows into the buffers, and run the program on them."""
        if type(rows) is slice:
            for name, buffer in self._buffers:
                buffer[...] = getattr(data, name)[rows]
        else:
            for name, buffer in self._buffers:
                getattr(data, name).take(rows, 0, buffer, "clip")
        loss, *rest = self._compiled.run()
        outputs = rest.pop(0) if self._has_outputs else None
        return float(loss), outputs, rest


def _compiled(step: Step, batch: Dataset) -> Any:
    """Record a step; where code of the user's own is part of it, twice, from different rows."""

    def train_step() -> tuple[Array, Array, list[Any]]:
        live = {name: ad.live(buffer, name) for name, buffer in batch.arrays()}
        return step.recorded(replace(batch, **live))

    train_step.__name__ = "train_step" if step.training else "forward_step"
    judges = [] if batch.y is None else [step.model.loss_function]
    with recording, as_it_was([*step.layers, *judges]):
        before = Configuration.of_parts(step.model)
        compiled = ad.jit(train_step).compiled()
        again = None
        if any(held.has_foreign for _, held in before):
            for _, buffer in batch.arrays():
                buffer[...] = buffer[0].copy()
            with np.errstate(all="ignore"):  # of rows that are all the same
                again = ad.jit(train_step).compiled()
        after = Configuration.of_parts(step.model)
    _check_that_nothing_changed(before, after)
    if again is not None:
        _check_that_both_agree(compiled.source, again.source)
    return compiled


@contextmanager
def as_it_was(parts: Sequence[Any]) -> Iterator[None]:
    """Give layers and the loss the attributes back that they had before the block ran.

    A layer that was built meanwhile stays as it is: its weights are there now.
    """
    held = [dict(vars(part)) for part in parts]
    try:
        yield
    finally:
        for part, attributes in zip(parts, held, strict=True):
            if getattr(part, "built", None) == attributes.get("built"):
                vars(part).update(attributes)
                for name in vars(part).keys() - attributes.keys():
                    delattr(part, name)


def _check_that_nothing_changed(before: Sequence[Any], after: Sequence[Any]) -> None:
    for (name, held), (_, holds) in zip(before, after, strict=False):  # layers may be new
        if not holds.is_of(held):
            raise ad.RecordingError(
                f"{name!r} changes something that isn't a weight while it runs (an attribute, a "
                f"list, a global), which would be done once and not at each step. Keep such state "
                f"in a weight: add_weight(..., trainable=False), and assign to it."
            )


def _check_that_both_agree(one: Any, other: Any) -> None:
    """Compare the code that was made from different rows, and its constants."""
    is_same = one.text == other.text and all(
        x is y or not isinstance(x, np.ndarray | np.generic) or np.array_equal(x, y, equal_nan=True)
        for x, y in zip(one.given.values(), other.given.values(), strict=True)
    )
    if not is_same:
        raise ad.RecordingError(
            "what it computes depends on something that changes unseen: random numbers of a "
            "generator made on the spot, the time, or how many entries of a batch were selected. "
            "Draw by ad.sample(rng.random, shape), and count by np.sum(mask)."
        )

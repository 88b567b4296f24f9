"""Streams: batches that come one by one, from a generator, a `PyDataset` or another iterable."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from numbers import Number
from typing import Any

from nn import random
from nn.messages import warn
from nn.training.dataset import Dataset, rows_of_batches

__all__ = ["Batches", "PyDataset", "Stream", "batches_of", "check_alone", "is_stream"]

Batches = Iterator[tuple[Dataset, Any]]  # of a dataset, and the rows of it to use


class PyDataset:
    """Batches that a subclass computes by their number: define ``__len__`` and ``__getitem__``.

    Args:
        workers: accepted for Keras's sake; batches are computed when they are needed.
        use_multiprocessing: likewise.
        max_queue_size: likewise.

    >>> import numpy as np
    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         x = np.arange(4.0)[:, np.newaxis] + index
    ...         return x, x**2
    >>> x, y = Squares()[1]
    >>> y.ravel().tolist()
    [1.0, 4.0, 9.0, 16.0]
    """

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    @property
    def num_batches(self) -> int | None:
        """The number of batches in an epoch; None for an endless dataset."""
        return len(self) if hasattr(self, "__len__") else None

    def __getitem__(self, index: int) -> Any:
        """Return a batch: ``(x, y)``, ``(x, y, sample_weight)``, or ``x`` alone."""
        raise NotImplementedError(
            f"expected {type(self).__name__} to define __getitem__(self, index), got none. Return "
            "the batch of this number, (x, y)."
        )

    def on_epoch_begin(self) -> None:
        """Do something before each epoch."""

    def on_epoch_end(self) -> None:
        """Do something after each epoch, such as drawing a new order."""


def is_stream(x: Any) -> bool:
    """Return whether data is batches to iterate over, not an array or a structure of arrays."""
    if isinstance(x, PyDataset | Iterator):
        return True
    is_data = isinstance(x, list | tuple | Mapping | AbstractSet | str | bytes)
    is_array = hasattr(x, "shape") or hasattr(x, "to_numpy") or hasattr(x, "__array__")
    return isinstance(x, Iterable) and not is_data and not is_array


def check_alone(y: Any, sample_weight: Any, validation_split: float = 0.0) -> None:
    """Check the arguments of ``fit`` beside a stream.

    Raises:
        ValueError: one of them is given, which doesn't go with batches.
    """
    given = {"y": y, "sample_weight": sample_weight, "validation_split": validation_split or None}
    for name, value in given.items():
        if value is not None:
            raise ValueError(
                f"expected {name} in the batches that x yields, (x, y) or (x, y, sample_weight), "
                f"got {name}= too. Leave it out"
                + ("; pass validation_data." if name == "validation_split" else ".")
            )


class Stream:
    """The batches of one epoch after another.

    Args:
        source: a `PyDataset`, an iterable that starts over for each epoch, or an iterator, which
            goes on where it was.
        convert: makes a checked dataset of a batch.
        steps: the number of batches in an epoch; needed for endless sources.
        name: the argument for these steps, for messages.
        shuffle: whether to draw the order of the batches of a `PyDataset`.
    """

    def __init__(
        self,
        source: Any,
        convert: Callable[[Any], Dataset],
        steps: int | None = None,
        name: str = "steps_per_epoch",
        shuffle: bool = False,
    ) -> None:
        self.source, self.convert, self.name = source, convert, name
        self.given_steps = steps
        self.generator = random.generator() if shuffle else None
        self._endless: Iterator[Any] | None = source if isinstance(source, Iterator) else None
        self._first: list[Any] = []

    @property
    def steps(self) -> int | None:
        """The number of batches in an epoch; None if it isn't known."""
        limits = [n for n in (self._length(), self.given_steps) if n is not None]
        return min(limits, default=None)

    def _length(self) -> int | None:
        """Return the number of batches, if it is known; an iterator may say how many are left."""
        if isinstance(self.source, PyDataset):
            return self.source.num_batches
        known = -1 if self._endless is not None else operator.length_hint(self.source, -1)
        return known if known >= 0 else None

    def peek(self) -> Any:
        """Return the first batch as it is; the first epoch begins with it all the same.

        Raises:
            ValueError: there is no batch.
            TypeError: it is a single number.
        """
        batch = self._peek()
        x = batch[0] if isinstance(batch, tuple) and batch else batch
        if isinstance(x, Number):
            raise TypeError(
                f"expected batches from {type(self.source).__name__}, arrays with a row for each "
                f"example, got the number {x!r}. Collect the values first: np.array(list(x))."
            )
        return batch

    def _peek(self) -> Any:
        if self._first:
            return self._first[0]
        if isinstance(self.source, PyDataset):
            return self.source[0]
        batches = iter(self.source)
        for batch in itertools.islice(batches, 1):
            if self._endless is not None:
                self._first = [batch]
            return batch
        raise ValueError(
            f"expected batches from {type(self.source).__name__}, got none. A generator that has "
            "been used up is empty: make a new one."
        )

    def epoch(self) -> Batches:
        """Return the batches of the next epoch."""
        count = 0
        for batch in itertools.islice(self._next_epoch(), self.steps):
            count += 1
            data = self.convert(batch)
            yield data, slice(0, len(data))
        if self.steps is not None and count < self.steps:
            warn(
                f"the data ended after {count} batches of an epoch, where {self.name} is "
                f"{self.steps}. Pass a generator that goes on (while True: ...), or a smaller "
                f"{self.name}."
            )
        if isinstance(self.source, PyDataset):
            self.source.on_epoch_end()

    def skip(self, epochs: int) -> None:
        """Pass over the batches of some epochs."""
        for _ in range(epochs):
            if isinstance(self.source, PyDataset):
                self.source.on_epoch_begin()
                self.source.on_epoch_end()
            elif self._endless is not None:
                for _ in itertools.islice(self._next_epoch(), self.steps):
                    pass

    def is_exhausted(self) -> bool:
        """Return whether an iterator has no further batch, by reading one."""
        if self._endless is None or self._first:
            return False
        self._first = list(itertools.islice(self._endless, 1))
        return not self._first

    def _next_epoch(self) -> Iterator[Any]:
        if self._endless is not None:
            first, self._first = self._first, []
            return itertools.chain(first, self._endless)
        if not isinstance(self.source, PyDataset):
            return iter(self.source)
        self.source.on_epoch_begin()
        count = self.source.num_batches
        if count is None:
            return map(self.source.__getitem__, itertools.count())
        order = range(count) if self.generator is None else self.generator.permutation(count)
        return (self.source[int(index)] for index in order)


def batches_of(data: Dataset | Stream, batch_size: int, steps: int | None = None) -> Batches:
    """Return the batches of one pass over the data, in order."""
    if isinstance(data, Stream):
        return data.epoch()
    every = itertools.islice(rows_of_batches(len(data), batch_size), steps)
    return ((data, rows) for rows in every)

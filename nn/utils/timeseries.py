"""Windows of a series of measurements, in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nn import random
from nn.argument_checks import keywords_checked
from nn.numbers import whole
from nn.training.streams import PyDataset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike

__all__ = ["timeseries_dataset_from_array"]


@keywords_checked
def timeseries_dataset_from_array(
    data: ArrayLike,
    targets: ArrayLike | None,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
) -> Windows:
    """Return batches of windows of a series, for ``fit`` or a ``for`` loop.

    Args:
        data: the series, one measurement for each time along the first axis.
        targets: the target of the window that begins at each time; None for windows alone.
        sequence_length: the number of measurements in a window.
        sequence_stride: the times from the beginning of a window to that of the next one.
        sampling_rate: the times from one measurement of a window to the next one.
        batch_size: the number of windows in a batch; None for single windows.
        shuffle: whether the windows are in random order, which is drawn once.
        seed: of this order.
        start_index: the first time that is used.
        end_index: the time at which to stop; it isn't used.

    Raises:
        ValueError: the series is too short, or an argument is out of its range.

    >>> x = np.arange(10)
    >>> for windows, following in timeseries_dataset_from_array(x, x[3:], 3, batch_size=2):
    ...     print(windows.tolist(), following)
    ...     break
    [[0, 1, 2], [1, 2, 3]] [3 4]
    """
    data = np.asarray(data)
    start = 0 if start_index is None else whole("start_index", start_index, 0)
    end = len(data) if end_index is None else whole("end_index", end_index)
    if not start < end <= len(data):
        raise ValueError(
            f"expected start_index below end_index, within the {len(data)} times of the data, got "
            f"{start} and {end}. Leave them out to use all."
        )
    length, rate = whole("sequence_length", sequence_length), whole("sampling_rate", sampling_rate)
    count = end - start - (length - 1) * rate
    if targets is not None:
        targets = np.asarray(targets)[start:end]
        count = min(count, len(targets))
    if count < 1:
        raise ValueError(
            f"expected at least {(length - 1) * rate + 1} times for a window of {length} "
            f"measurements, got {end - start}. Pass a longer series or a smaller sequence_length."
        )
    starts = np.arange(0, count, whole("sequence_stride", sequence_stride))
    if shuffle:
        random.generator(seed).shuffle(starts)
    offsets = np.arange(length) * rate
    size = None if batch_size is None else whole("batch_size", batch_size)
    return Windows(data[start:end], targets, starts, offsets, size)


class Windows(PyDataset):
    """Windows of a series, which are cut out when they are needed.

    Args:
        data: the series.
        targets: the target of the window that begins at each time, or None.
        starts: the times at which the windows begin.
        offsets: from there to the times of their measurements.
        batch_size: the number of windows in a batch; None for single windows.
    """

    def __init__(
        self,
        data: np.ndarray,
        targets: np.ndarray | None,
        starts: np.ndarray,
        offsets: np.ndarray,
        batch_size: int | None,
    ) -> None:
        super().__init__()
        self.data, self.targets = data, targets
        self.starts, self.offsets = starts, offsets
        self.batch_size = batch_size

    def __len__(self) -> int:
        return -(-len(self.starts) // (self.batch_size or 1))

    def __getitem__(self, index: int) -> Any:
        """Return the batch of this number: windows, or windows and targets."""
        if not 0 <= index < len(self):
            raise IndexError(
                f"expected the number of a batch below {len(self)}, got {index}. Count from 0."
            )
        size = self.batch_size
        chosen = self.starts[index] if size is None else self.starts[index * size :][:size]
        windows = self.data[np.expand_dims(chosen, -1) + self.offsets]
        return windows if self.targets is None else (windows, self.targets[chosen])

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

"""Sequences of different lengths as one array."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.argument_checks import keywords_checked
from nn.conversion import as_real, not_rows
from nn.numbers import whole

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import DTypeLike

__all__ = ["pad_sequences"]

_ENDS = ("pre", "post")


@keywords_checked
def pad_sequences(
    sequences: Collection[Sequence[Any]],
    maxlen: int | None = None,
    dtype: DTypeLike = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Return sequences as the rows of one array, filled up or cut to one length.

    Args:
        sequences: lists or arrays of numbers, of strings, or of equally long vectors.
        maxlen: the length; that of the longest sequence by default.
        dtype: that of the result; ``object`` or ``str`` for strings.
        padding: where short sequences are filled up: ``'pre'``, at their beginning, or ``'post'``.
        truncating: where long sequences are cut, likewise.
        value: what they are filled up with.

    Raises:
        TypeError: a sequence isn't one.
        ValueError: an argument isn't one of these, or the vectors differ in length.

    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2)
    array([[0, 1],
           [2, 3],
           [5, 6]], dtype=int32)
    """
    for name, end in (("padding", padding), ("truncating", truncating)):
        if end not in _ENDS:
            raise ValueError(
                f"expected {name} to be 'pre' or 'post', got {end!r}. Write {name}='post' for the "
                "ends of the sequences."
            )
    if isinstance(value, str) and np.dtype(dtype).kind not in "OUS":
        raise ValueError(
            f"expected a number as the value for dtype {dtype}, got {value!r}. Write dtype=object "
            "to pad strings."
        )
    sequences = _listed(sequences)
    lengths = [_length(position, sequence) for position, sequence in enumerate(sequences)]
    length = max(lengths, default=0) if maxlen is None else whole("maxlen", maxlen, 0)
    rows = [_cut(sequence, length, truncating) for sequence in sequences]
    kind = _kind(rows, dtype, value)
    inner = next((np.shape(row)[1:] for row in rows if len(row)), ())
    padded = np.full((len(rows), length, *inner), value, kind)
    for position, row in enumerate(rows):
        entries = _entries(position, row, np.dtype(kind))
        if len(row) and entries.shape[1:] != inner:
            raise ValueError(
                f"expected vectors of shape {inner}, as in the first sequence, got "
                f"{entries.shape[1:]} in sequence {position}. Pad these first."
            )
        if len(row):
            place = slice(-len(row), None) if padding == "pre" else slice(len(row))
            padded[position, place] = entries
    return padded


def _listed(sequences: Any) -> list[Any]:
    is_one = isinstance(sequences, str | Mapping | AbstractSet) or hasattr(sequences, "toarray")
    if is_one or not isinstance(sequences, Iterable):
        raise not_rows("sequences", sequences)
    return list(sequences)


def _entries(position: int, row: Any, kind: np.dtype[Any]) -> np.ndarray:
    """Return the entries of a sequence as an array of this dtype."""
    if kind.kind not in "biuf":
        return np.asarray(row, kind)
    numbers = as_real(f"sequence {position}", row)
    if kind.kind != "f" and not np.isfinite(numbers).all():
        raise ValueError(
            f"expected finite numbers for dtype {kind}, got NaN or infinity in sequence "
            f"{position}. Leave them out, or pass dtype='float32'."
        )
    return np.asarray(numbers, kind)


def _length(position: int, sequence: Any) -> int:
    if isinstance(sequence, str) or not hasattr(sequence, "__len__"):
        raise TypeError(
            f"expected a list of sequences, got {sequence!r} at position {position}. Write "
            "pad_sequences([[1], [2, 3]]), for example."
        )
    return len(sequence)


def _cut(sequence: Any, length: int, truncating: str) -> Any:
    return sequence[max(len(sequence) - length, 0) :] if truncating == "pre" else sequence[:length]


def _kind(rows: list[Any], dtype: DTypeLike, value: Any) -> np.dtype[Any]:
    """Return the dtype; that of strings is wide enough for all of them."""
    kind = np.dtype(dtype)
    if kind.itemsize:
        return kind
    return np.result_type(*(np.asarray(row, kind) for row in (*rows, [value])))

"""Discretization: numbers sorted into bins."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from autodiff import Array
from nn.conversion import as_real
from nn.layers.preprocessing.data import batches_in
from nn.layers.preprocessing.data_layer import DataLayer
from nn.layers.preprocessing.encoding import checked_mode, encode
from nn.layers.preprocessing.quantiles import EMPTY, boundaries, merged, summary_of
from nn.numbers import positive, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Discretization(DataLayer):
    """Replace each number by that of its bin.

    Args:
        bin_boundaries: the numbers between the bins, from small to large; with k of them there are
            k + 1 bins. A number that is equal to one belongs to the bin above it.
        num_bins: the number of bins that `adapt` makes, with about as many entries in each.
        epsilon: how exact their boundaries are: a summary of the data has about 1 / epsilon values.
        output_mode: ``'int'``, ``'one_hot'``, ``'multi_hot'`` or ``'count'``.
        options: those of every `Layer`.

    Raises:
        ValueError: both of ``bin_boundaries`` and ``num_bins`` are given, or neither.

    >>> layer = Discretization(bin_boundaries=[0.0, 1.0, 2.0])
    >>> layer([[-1.5, 1.0, 3.4, 0.5]])
    array([[0, 2, 3, 1]], dtype=int32)
    """

    written_by_keras: ClassVar = {"sparse": False}
    left_out_by_keras = ("trainable",)
    casts_integers = True
    index_dtype = np.int32

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if (bin_boundaries is None) == (num_bins is None):
            raise ValueError(
                "Discretization expects either bin_boundaries or num_bins, got bin_boundaries="
                f"{bin_boundaries} and num_bins={num_bins}. With num_bins, adapt finds the "
                "boundaries."
            )
        self.bin_boundaries = None if bin_boundaries is None else _increasing(bin_boundaries)
        self.num_bins = None if num_bins is None else whole("num_bins", num_bins)
        self.epsilon = positive("epsilon", epsilon)
        self.output_mode = checked_mode("Discretization", output_mode, "multi_hot", "count")

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Set the boundaries to quantiles of data.

        Args:
            data: an array, a list of numbers, a frame; or an iterable of batches.
            steps: the number of batches to read; all by default.

        Raises:
            ValueError: the boundaries were given, or there is no data.
        """
        if self.num_bins is None:
            raise ValueError(
                f"layer {self.name!r} expects to find its boundaries, but bin_boundaries="
                f"{self.bin_boundaries} were given. Make it with num_bins= instead."
            )
        summary, is_finite = EMPTY, True
        for batch in batches_in(data, steps):
            with np.errstate(over="ignore"):
                values = np.asarray(as_real("data", batch), np.float32)
            is_finite = is_finite and bool(np.isfinite(values).all())
            summary = merged(summary_of(values, self.epsilon), summary, self.epsilon)
        if not summary.size or not is_finite:
            raise ValueError(
                f"layer {self.name!r} expects finite numbers to adapt to, got "
                f"{'NaN or infinity' if summary.size else 'none'}. Drop rows with missing numbers, "
                "or pass a new generator if it is used up."
            )
        self.bin_boundaries = boundaries(summary, self.num_bins)

    @property
    def depth(self) -> int | None:
        """The number of bins."""
        return self.num_bins if self.bin_boundaries is None else len(self.bin_boundaries) + 1

    def call(self, inputs: Array) -> Array:
        """Find the bins."""
        if self.bin_boundaries is None:
            raise ValueError(
                f"layer {self.name!r} expects boundaries before it is called, got none. Call "
                "adapt(data), or pass bin_boundaries=."
            )
        edges = np.asarray(self.bin_boundaries, np.float32)
        bins = np.searchsorted(edges, inputs, side="right").astype(self.index_dtype)
        return encode(bins, self.output_mode, len(edges) + 1)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a layer from the result of `get_config`, with the boundaries that it has found."""
        if config.get("num_bins") is None:
            return super().from_config(config)
        layer = super().from_config({**config, "bin_boundaries": None})
        layer.bin_boundaries = config.get("bin_boundaries")
        return layer

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        return super()._arguments(**elsewhere) | {"dtype": "float32"}


def _increasing(values: Sequence[float]) -> list[float]:
    """Return boundaries as a list of floats, or raise a ValueError if they aren't in order."""
    found: list[float] = np.asarray(values, np.float64).ravel().tolist()
    if not found or any(not a < b for a, b in pairwise(found)):
        raise ValueError(
            f"Discretization expects bin_boundaries from small to large, got {values!r}. Sort "
            "them, and leave out repeated ones."
        )
    return found

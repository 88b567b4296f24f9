"""Hashing: strings or whole numbers as numbers of bins, without a vocabulary."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from autodiff import Array
from nn.layers.preprocessing.data_layer import DataLayer
from nn.layers.preprocessing.encoding import applied, checked_mode, encode
from nn.layers.preprocessing.hashes import as_salt, hashed
from nn.numbers import whole


class Hashing(DataLayer):
    """Replace strings or whole numbers by the bins that a hash chooses, as TensorFlow does.

    Different values may share a bin. The package ``pyfarmhash`` computes the hash, or ``siphash24``
    where there is a salt: ``pip install 'slopes[hashing]'``.

    Args:
        num_bins: the number of bins.
        mask_value: a value that has bin 0 for itself.
        salt: one or two whole numbers, for another hash, SipHash.
        output_mode: ``'int'``, ``'one_hot'``, ``'multi_hot'`` or ``'count'``.
        options: those of every `Layer`.

    >>> Hashing(num_bins=3)([["A"], ["B"], ["E"]]).ravel()
    array([1, 0, 2])
    """

    written_by_keras: ClassVar = {"sparse": False}

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.num_bins = whole("num_bins", num_bins)
        self.mask_value = mask_value
        self.salt = as_salt("Hashing", salt)
        self.output_mode = checked_mode("Hashing", output_mode, "multi_hot", "count")

    @property
    def depth(self) -> int:
        """The number of bins."""
        return self.num_bins

    def call(self, inputs: Array) -> Array:
        """Hash a batch; fractions are cut off."""
        return encode(applied(inputs, self._bins), self.output_mode, self.num_bins)

    def _bins(self, values: np.ndarray) -> np.ndarray:
        values = values if values.dtype.kind == "U" else values.astype(np.int64)
        if self.mask_value is None or self.num_bins == 1:
            return hashed(values, self.num_bins, self.salt)
        bins = 1 + hashed(values, self.num_bins - 1, self.salt)
        return np.where(values == self.mask_value, 0, bins)

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        policy = {"module": "keras", "class_name": "DTypePolicy", "registered_name": None}
        dtype = policy | {"config": {"name": self.output_dtype.name}}
        return super()._arguments(**elsewhere) | {"dtype": dtype}

"""IntegerLookup: any whole numbers as indices in a vocabulary."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from autodiff import Array
from nn.layers.preprocessing.data import checked_integers
from nn.layers.preprocessing.index_lookup import IndexLookup


class IntegerLookup(IndexLookup):
    """Replace whole numbers by their indices in a vocabulary, given or learned by `adapt`.

    Args:
        max_tokens: the largest number of indices, those of special tokens included.
        num_oov_indices: the number of indices for numbers out of the vocabulary; with several, the
            remainder chooses one of them; with none, such numbers raise an error.
        mask_token: a number that stands for a missing value: index 0 with the output mode
            ``'int'``, and dropped in others.
        oov_token: the number that stands for those out of the vocabulary.
        vocabulary: the numbers in order, or the path of a file with one in each line.
        idf_weights: with the output mode ``'tf_idf'``, a weight for each number.
        invert: whether to replace indices by numbers.
        output_mode: ``'int'``, ``'one_hot'``, ``'multi_hot'``, ``'count'``, or ``'tf_idf'``, counts
            times the weights. All but the first return float32.
        pad_to_max_tokens: whether encoded outputs have `max_tokens` columns in any case.
        oov_method: ``'floormod'``, or ``'farmhash'`` to choose by a hash in place of the remainder.
        salt: with ``'farmhash'``, one or two whole numbers for another hash.
        options: those of every `Layer`.

    Raises:
        ValueError: the arguments don't fit each other.

    >>> layer = IntegerLookup(vocabulary=[12, 36, 1138, 42])
    >>> layer([[12, 1138, 42], [42, 1000, 36]])
    array([[1, 3, 4],
           [4, 0, 2]])
    """

    written_by_keras: ClassVar = {"sparse": False, "vocabulary_dtype": "int64"}
    key_dtype = np.dtype(np.int64)

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int = -1,
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        oov_method: str = "floormod",
        salt: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert,
            output_mode, pad_to_max_tokens, salt, oov_method=oov_method, **options,
        )  # fmt: skip

    def read(self, values: Array) -> np.ndarray:
        """Return whole numbers, or raise an error."""
        return checked_integers(self.name, values)

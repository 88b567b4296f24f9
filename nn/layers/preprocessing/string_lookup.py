"""StringLookup: strings as whole numbers, by a vocabulary."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from autodiff import Array
from nn.layers.preprocessing.data import checked_integers, checked_strings
from nn.layers.preprocessing.index_lookup import IndexLookup


class StringLookup(IndexLookup):
    """Replace strings by their indices in a vocabulary, given or learned by `adapt`.

    Args:
        max_tokens: the largest number of indices, those of special tokens included.
        num_oov_indices: the number of indices for strings out of the vocabulary; with several, a
            hash chooses one of them, by the package ``pyfarmhash``; with none, they raise an error.
        mask_token: a string that stands for a missing value: index 0 with the output mode
            ``'int'``, and dropped in others.
        oov_token: the string that stands for those out of the vocabulary.
        vocabulary: the strings in order, or the path of a file with one in each line.
        idf_weights: with the output mode ``'tf_idf'``, a weight for each string.
        invert: whether to replace indices by strings.
        output_mode: ``'int'``, ``'one_hot'``, ``'multi_hot'``, ``'count'``, or ``'tf_idf'``, counts
            times the weights. All but the first return float32.
        pad_to_max_tokens: whether encoded outputs have `max_tokens` columns in any case.
        salt: one or two whole numbers for another hash, by the package ``siphash24``.
        options: those of every `Layer`.

    Raises:
        ValueError: the arguments don't fit each other.

    >>> layer = StringLookup()
    >>> layer.adapt([["a", "c", "d"], ["d", "z", "b"]])
    >>> layer.get_vocabulary()
    ['[UNK]', 'd', 'z', 'c', 'b', 'a']
    >>> layer([["a", "d", "x"]])
    array([[5, 1, 0]])
    """

    written_by_keras: ClassVar = {"sparse": False, "encoding": "utf-8"}
    key_dtype = np.dtype("str")

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        salt: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert,
            output_mode, pad_to_max_tokens, salt, **options,
        )  # fmt: skip

    def read(self, values: Array) -> np.ndarray:
        """Return strings, or raise a TypeError."""
        return checked_strings(self.name, values)

    def _tokens_at(self, indices: np.ndarray) -> np.ndarray:
        return super()._tokens_at(checked_integers(self.name, indices))

"""The base class of layers that look up tokens in a vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Array
from nn.layers import context
from nn.layers.preprocessing.encoding import applied, checked_mode, encode
from nn.layers.preprocessing.hashes import as_salt, hashed
from nn.layers.preprocessing.lookup_checks import check_together
from nn.layers.preprocessing.vocabulary_layer import VocabularyLayer
from nn.numbers import whole

MASKED = np.iinfo(np.int64).max  # an index that no encoding counts


class IndexLookup(VocabularyLayer):
    """The base class of `StringLookup` and `IntegerLookup`; see there for the arguments."""

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        pad_to_max_tokens: bool,
        salt: Any,
        oov_method: str = "floormod",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        owner = type(self).__name__
        self.max_tokens = None if max_tokens is None else whole("max_tokens", max_tokens, 2)
        self.num_oov_indices = whole("num_oov_indices", num_oov_indices, 0)
        self.mask_token, self.oov_token = mask_token, oov_token
        self.invert, self.pad_to_max_tokens = bool(invert), bool(pad_to_max_tokens)
        self.output_mode = checked_mode(owner, output_mode, "multi_hot", "count", "tf_idf")
        self.oov_method, self.salt = oov_method, as_salt(owner, salt)
        check_together(self, vocabulary, idf_weights)
        self.is_given = vocabulary is not None
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def call(self, inputs: Array) -> Array:
        """Look up the tokens of a batch; with ``invert``, the numbers of a batch."""
        if self.invert:
            return applied(inputs, self._tokens_at)
        if self.output_mode != "int" and self.depth is None:
            raise RuntimeError(
                f"layer {self.name!r} expects a vocabulary before it is called with output_mode="
                f"{self.output_mode!r}, got none. Call adapt(data), or pass vocabulary=."
            )
        indices = applied(inputs, self._indices_of)
        if not self._has_idf:
            return encode(indices, self.output_mode, self.depth or 0)
        return encode(indices, "count", self.depth or 0) * self._idf

    def _indices_of(self, inputs: np.ndarray) -> np.ndarray:
        """Return the index of each token."""
        tokens = self.read(inputs)
        found = self._vocabulary.indices(tokens)
        unknown = found < 0
        found = np.where(unknown, self._oov_indices(tokens, unknown), found + self._first)
        if self.mask_token is not None:
            masked = 0 if self.output_mode == "int" else MASKED
            found = np.where(tokens == self.mask_token, masked, found)
        return found

    def _oov_indices(self, tokens: np.ndarray, unknown: np.ndarray) -> Array:
        """Return the indices of tokens that are out of the vocabulary."""
        if not unknown.any():
            return 0
        if self.num_oov_indices < 2:
            wrong = unknown if self.mask_token is None else unknown & (tokens != self.mask_token)
            if self.num_oov_indices == 0 and wrong.any() and not context.are_zeros():
                raise ValueError(
                    f"layer {self.name!r} expects tokens of its vocabulary, with num_oov_indices=0,"
                    f" got {tokens[wrong].tolist()[0]!r}. Write num_oov_indices=1, or adapt to "
                    "more data."
                )
            return self._first_oov
        if self.hashes_unknown:
            return self._first_oov + hashed(tokens, self.num_oov_indices, self.salt)
        return self._first_oov + tokens % self.num_oov_indices

    @property
    def hashes_unknown(self) -> bool:
        """Whether a hash chooses the index of a token that is out of the vocabulary."""
        is_text = self.key_dtype.kind == "U"
        return self.num_oov_indices > 1 and (is_text or self.oov_method == "farmhash")

    def _tokens_at(self, indices: np.ndarray) -> np.ndarray:
        """Return the tokens at some indices; where there is none, that for unknown ones."""
        known = self.get_vocabulary()
        table = np.array([*known, self.oov_token], self.key_dtype)
        indices = indices.astype(np.int64)
        return table[np.where((indices >= 0) & (indices < len(known)), indices, len(known))]

    @property
    def output_dtype(self) -> np.dtype[Any]:
        """The dtype of the outputs; with ``invert``, that of the tokens."""
        return self.key_dtype if self.invert else super().output_dtype

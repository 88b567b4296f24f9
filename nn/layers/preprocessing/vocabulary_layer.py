"""The vocabulary of a layer: learned or given, with weights of its tokens, in configs and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from autodiff import Array
from nn.layers.preprocessing.data import batches_in, is_batch
from nn.layers.preprocessing.data_layer import DataLayer
from nn.layers.preprocessing.lookup_checks import check_tokens
from nn.layers.preprocessing.vocabulary import Counts, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping


class VocabularyLayer(DataLayer):
    """The base class of layers with a vocabulary.

    The indices of a vocabulary are, in order: that of the mask token, where there is one and the
    output mode is ``'int'``; ``num_oov_indices`` for tokens out of the vocabulary; the tokens.

    Attributes:
        is_given: whether the vocabulary was given, so that the layer doesn't learn it.
    """

    key_dtype: np.dtype[Any]
    max_tokens: int | None
    num_oov_indices: int
    mask_token: Any
    oov_token: Any
    invert: bool
    pad_to_max_tokens: bool

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.is_given = False
        self._vocabulary = Vocabulary(np.zeros(0, self.key_dtype))
        self._idf: np.ndarray | None = None
        self._size_in_file: int | None = None  # where Keras writes the tokens elsewhere

    def read(self, values: Array) -> np.ndarray:
        """Return tokens in the dtype of the vocabulary, or raise an error."""
        raise NotImplementedError

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the vocabulary from data: the most frequent tokens first, at most `max_tokens`.

        Of equally frequent tokens the last in order comes first, as in Keras. With the output mode
        ``'tf_idf'``, each row is a document, and `adapt` learns the weights of the tokens too.

        Args:
            data: an array, a list, a frame; or an iterable of batches.
            steps: the number of batches to read; all by default.

        Raises:
            ValueError: the vocabulary was given, or there is no token.
        """
        if self.is_given:
            raise ValueError(
                f"layer {self.name!r} expects to learn its vocabulary, but one was given. Make it "
                "without vocabulary=."
            )
        counts = Counts()
        for batch in batches_in(data, steps):
            tokens = self.read(batch)
            counts.add(tokens[:, np.newaxis] if is_batch(data) and tokens.ndim == 1 else tokens)
        room = None if self.max_tokens is None else self.max_tokens - self._first
        found = counts.most_common(room, without=(self.mask_token, self.oov_token))
        if not found:
            raise ValueError(
                f"layer {self.name!r} expects tokens to adapt to, got none. Pass data, or a new "
                "generator if it is used up."
            )
        weights = counts.inverse_document_frequencies(found)
        self._learn(np.array(found, self.key_dtype), weights if self._has_idf else None)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Set the vocabulary.

        Args:
            vocabulary: the tokens in order, with or without the tokens for the mask and for those
                out of the vocabulary before them; or the path of a file with a token in each line.
            idf_weights: with the output mode ``'tf_idf'``, a weight for each token.

        Raises:
            ValueError: a token occurs twice, there are none, or too many; or the weights don't fit.
        """
        if isinstance(vocabulary, str | Path):
            vocabulary = Path(vocabulary).read_text("utf-8").splitlines()
            vocabulary = np.asarray(vocabulary).astype(self.key_dtype)
        tokens = self.read(self.as_inputs(vocabulary)).ravel()
        if self._has_idf != (idf_weights is not None):
            raise ValueError(
                f"layer {self.name!r} expects idf_weights with output_mode='tf_idf' and with no "
                f"other, got {'none' if idf_weights is None else 'some'} with "
                f"{self.output_mode!r}. Pass one for each token, or leave them out."
            )
        weights = None if idf_weights is None else np.asarray(idf_weights, np.float32)
        if weights is not None and weights.shape != tokens.shape:
            raise ValueError(
                f"layer {self.name!r} expects idf_weights of shape {tokens.shape}, one for each "
                f"token, got shape {weights.shape}. Pass as many weights as tokens."
            )
        special = self.special_tokens()
        if special and tokens[: len(special)].tolist() == special:
            tokens, whole_weights, weights = tokens[len(special) :], weights, None
        else:
            whole_weights = None
        check_tokens(self, tokens)
        self._learn(tokens, weights, whole_weights)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Return the tokens in the order of their indices.

        Args:
            include_special_tokens: whether to begin with the token of the mask and those for what
                is out of the vocabulary.
        """
        tokens: list[Any] = self._vocabulary.tokens.tolist()
        return [*self.special_tokens(), *tokens] if include_special_tokens else tokens

    def vocabulary_size(self) -> int:
        """Return the number of indices, those of the special tokens included."""
        return self._first + len(self._vocabulary)

    @property
    def depth(self) -> int | None:
        """The length of the last axis of encoded outputs."""
        if self.pad_to_max_tokens:
            return self.max_tokens
        return self.vocabulary_size() if len(self._vocabulary) else self._size_in_file

    @property
    def _has_idf(self) -> bool:
        return self.output_mode == "tf_idf"

    @property
    def _first_oov(self) -> int:
        """The first index for tokens that are out of the vocabulary."""
        return int(self.mask_token is not None and self.output_mode == "int")

    @property
    def _first(self) -> int:
        """The index of the first token of the vocabulary."""
        return self._first_oov + self.num_oov_indices

    def special_tokens(self) -> list[Any]:
        """Return the tokens before those of the vocabulary: of the mask, and of unknown ones."""
        return [self.mask_token] * self._first_oov + [self.oov_token] * self.num_oov_indices

    def _learn(
        self, tokens: np.ndarray, weights: Any, whole_weights: np.ndarray | None = None
    ) -> None:
        """Set the tokens, and the weights: those of the tokens alone, or those of all indices."""
        self._vocabulary = Vocabulary(tokens)
        if weights is not None:  # unknown tokens get the mean
            whole_weights = np.concatenate([np.full(self._first, weights.mean()), weights])
        if whole_weights is not None:
            padding = np.zeros((self.depth or 0) - len(whole_weights))
            self._idf = np.concatenate([whole_weights, padding]).astype(np.float32)

    def _arguments(self, **elsewhere: Any) -> dict[str, Any]:
        """Return the arguments; the vocabulary is written also where it was learned."""
        size = self.vocabulary_size() if len(self._vocabulary) else None
        tokens = None if size is None else self.get_vocabulary(self._has_idf)
        weights = None if self._idf is None else self._idf[:size].tolist()
        found = super()._arguments(vocabulary=tokens, idf_weights=weights, **elsewhere)
        return found | {"vocabulary_size": size}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a layer from the result of `get_config`, or from what Keras wrote."""
        rest = {name: x for name, x in config.items() if name != "vocabulary_size"}
        layer = super().from_config(rest)
        layer._size_in_file = config.get("vocabulary_size")
        return layer

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Add the weights of the tokens to ``store``, with the output mode ``'tf_idf'``."""
        if self._idf is not None:
            store["idf_weights"] = self._idf

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Set the weights of the tokens to those in ``store``.

        Raises:
            ValueError: they aren't there, or they are there with another output mode.
        """
        if set(store) != ({"idf_weights"} if self._has_idf else set()):
            raise ValueError(
                f"layer {self.name!r} expects {'weights' if self._has_idf else 'no weights'} of "
                f"tokens with output_mode={self.output_mode!r}, got {sorted(store)}. Read a file "
                "of the same model."
            )
        if self._has_idf:
            self._idf = np.asarray(store["idf_weights"], np.float32)

    def load_vocabulary(self, text: str) -> None:
        """Set the vocabulary to that in the file that Keras writes, one token in each line."""
        if text and not self.is_given:
            tokens = np.asarray(text.rstrip("\n").split("\n")).astype(self.key_dtype)
            self.set_vocabulary(
                tokens, self._idf if self._idf is None else self._idf[: len(tokens)]
            )

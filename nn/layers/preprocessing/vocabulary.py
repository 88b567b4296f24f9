"""A vocabulary: tokens, which are strings or whole numbers, with an index for each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Counts", "Vocabulary"]


class Vocabulary:
    """Tokens in the order of their indices.

    >>> Vocabulary(np.array(["cat", "ant"])).indices(np.array(["ant", "bee", "cat"]))
    array([ 1, -1,  0])
    """

    def __init__(self, tokens: np.ndarray) -> None:
        self.tokens = tokens
        self._order = np.argsort(tokens)
        self._sorted = tokens[self._order]

    def __len__(self) -> int:
        return len(self.tokens)

    def indices(self, values: np.ndarray) -> np.ndarray:
        """Return the index of each value; -1 for those that aren't tokens."""
        if not len(self):
            return np.full(values.shape, -1)
        near = np.minimum(np.searchsorted(self._sorted, values), len(self) - 1)
        return np.where(self._sorted[near] == values, self._order[near], -1)


class Counts:
    """How often tokens occur, and in how many documents.

    A document is a row; a batch of one axis is one document.
    """

    def __init__(self) -> None:
        self.tokens: Counter[Any] = Counter()
        self.documents: Counter[Any] = Counter()
        self.document_count = 0

    def add(self, batch: np.ndarray) -> None:
        """Count the tokens of a batch."""
        count = len(batch) if batch.ndim > 1 else 1
        rows = batch.reshape(count, batch.size // max(count, 1))
        found, indices = np.unique(rows, return_inverse=True)
        tokens, indices = found.tolist(), indices.reshape(rows.shape)
        self.tokens.update(dict(zip(tokens, np.bincount(indices.ravel()).tolist(), strict=True)))
        pairs = np.unique(indices + len(tokens) * np.arange(count)[:, np.newaxis]) % max(
            len(tokens), 1
        )
        self.documents.update(dict(zip(tokens, np.bincount(pairs).tolist(), strict=True)))
        self.document_count += count

    def most_common(self, count: int | None, without: Iterable[Any]) -> list[Any]:
        """Return the tokens, the most frequent first; of equally frequent ones, the last first."""
        left = self.tokens.keys() - set(without)
        return sorted(left, key=lambda token: (self.tokens[token], token), reverse=True)[:count]

    def inverse_document_frequencies(self, tokens: Iterable[Any]) -> np.ndarray:
        """Return ``log(1 + documents / (1 + documents with the token))`` for each token."""
        found = np.array([self.documents[token] for token in tokens])
        return np.log(1 + self.document_count / (1 + found)).astype(np.float32)

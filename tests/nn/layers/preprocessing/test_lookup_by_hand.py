"""StringLookup and IntegerLookup beside the same in loops over dictionaries, with all options."""

import json
from collections import Counter

import numpy as np
import pytest

from nn.layers import IntegerLookup, StringLookup
from tests.nn.layers.options import FLAG, combined

MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


def as_word(number):
    return "abcdefgh"[number + 3]


class Reference:
    """The lookup, token by token.

    Args:
        tokens: those of the vocabulary.
        idf: the weight of each token.
        options: those of the layer.
    """

    def __init__(self, tokens, idf, options):
        self.tokens, self.options = tokens, options
        mask, unknown = options["mask_token"], options["num_oov_indices"]
        self.first_unknown = int(mask is not None and options["output_mode"] == "int")
        self.first = self.first_unknown + unknown
        self.special = [mask] * self.first_unknown + [options["oov_token"]] * unknown
        self.idf = [float(np.mean(idf))] * self.first + list(idf)

    def index(self, token):
        """Return the index of a token; None for one that is dropped."""
        if token == self.options["mask_token"]:
            return 0 if self.options["output_mode"] == "int" else None
        if token in self.tokens:
            return self.first + self.tokens.index(token)
        count = self.options["num_oov_indices"]
        if not count:
            raise ValueError(token)
        return self.first_unknown + (token % count if count > 1 else 0)

    @property
    def depth(self):
        if self.options["pad_to_max_tokens"]:
            return self.options["max_tokens"]
        return self.first + len(self.tokens)

    def encoded(self, rows):
        mode, found = self.options["output_mode"], [list(map(self.index, row)) for row in rows]
        if mode == "int":
            return np.array(found)
        hot = np.zeros((len(rows), len(rows[0]), self.depth))
        for i, row in enumerate(found):
            for j, index in enumerate(row):
                if index is not None:
                    hot[i, j, index] = 1
        if mode == "one_hot":
            return hot[:, 0] if len(rows[0]) == 1 else hot
        counts = hot.sum(axis=1)
        if mode == "tf_idf":
            return counts * np.pad(self.idf, (0, self.depth - len(self.idf)))
        return counts.clip(0, 1) if mode == "multi_hot" else counts


def learned(batches, options):
    """Return the tokens of a vocabulary, the most frequent first, and their weights."""
    rows = [row for batch in batches for row in batch]
    counts = Counter(token for row in rows for token in row)
    left = counts.keys() - {options["mask_token"], options["oov_token"]}
    tokens = sorted(left, key=lambda token: (counts[token], token), reverse=True)
    if options["max_tokens"] is not None:
        masked = options["mask_token"] is not None and options["output_mode"] == "int"
        tokens = tokens[: options["max_tokens"] - masked - options["num_oov_indices"]]
    documents = [sum(token in row for row in rows) for token in tokens]
    return tokens, [np.log(1 + len(rows) / (1 + n)) for n in documents]


OPTIONS = {
    "is_text": FLAG, "output_mode": MODES, "num_oov_indices": [0, 1, 2, 3], "is_masked": FLAG,
    "pads": FLAG, "max_tokens": [None, 5, 7, 9],
}  # fmt: skip


def lookups(is_text, output_mode, num_oov_indices, is_masked, pads, max_tokens):
    """Return the class of a layer, its options, and batches of tokens."""
    random = np.random.default_rng([is_text, len(output_mode), num_oov_indices, is_masked, pads])
    options = {
        "output_mode": output_mode,
        "num_oov_indices": min(num_oov_indices, 1) if is_text else num_oov_indices,
        "mask_token": converted(is_text, random.integers(-3, 5)) if is_masked else None,
        "oov_token": "?" if is_text else -9,
        "pad_to_max_tokens": pads,
        "max_tokens": 8 if pads and max_tokens is None else max_tokens,
    }
    batches = [
        [[converted(is_text, n) for n in row] for row in random.integers(-3, 5, (rows, width))]
        for rows, width in ((3, 2), (1, 1), (2, 3))
    ]
    return StringLookup if is_text else IntegerLookup, options, batches


def converted(is_text, number):
    return as_word(number) if is_text else int(number)


def check(layer, reference, rows):
    data = np.array(rows)
    try:
        expected = reference.encoded(rows)
    except ValueError:
        with pytest.raises(ValueError, match="num_oov_indices=0"):
            layer(data)
        return
    found = layer(data)
    assert found.dtype == (np.int64 if layer.output_mode == "int" else np.float32)
    assert found.dtype == layer.output_dtype
    assert layer.compute_output_shape(data.shape) == found.shape
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@combined(**OPTIONS, steps=[1, 2, 3])
def test_learned_vocabularies(steps, **options):
    cls, options, batches = lookups(**options)
    tokens, idf = learned(batches[:steps], options)
    layer = cls(**options)
    layer.adapt([np.array(batch) for batch in batches], steps=steps)
    reference = Reference(tokens, idf, options)
    assert layer.get_vocabulary() == [*reference.special, *tokens]
    assert layer.get_vocabulary(include_special_tokens=False) == tokens
    assert layer.vocabulary_size() == reference.first + len(tokens)
    twin = cls.from_config(json.loads(json.dumps(layer.get_config())))
    every = [[converted(cls is StringLookup, n)] for n in range(-3, 5)]
    for rows in (*batches, every):
        check(layer, reference, rows)
        check(twin, reference, rows)


@combined(**OPTIONS, begins=FLAG)
def test_given_vocabularies(begins, **options):
    """Also those that begin with the special tokens, which then have weights of their own."""
    cls, options, batches = lookups(**options)
    tokens, _ = learned(batches, options)
    idf = [float(n) / 8 for n in range(1, len(tokens) + 1)]
    reference = Reference(tokens, idf, options)
    begins = begins and bool(reference.special)
    if begins:
        first = [n / 4 for n, _ in enumerate(reference.special, 1)]
        reference.idf = [*first, *idf]
    vocabulary = [*(reference.special if begins else ()), *tokens]
    weights = reference.idf if begins else idf
    given_weights = {"idf_weights": weights} if options["output_mode"] == "tf_idf" else {}
    layer = cls(vocabulary=vocabulary, **given_weights, **options)
    assert layer.get_vocabulary() == [*reference.special, *tokens]
    twin = cls.from_config(json.loads(json.dumps(layer.get_config())))
    for rows in batches:
        check(layer, reference, rows)
        check(twin, reference, rows)
    if options["output_mode"] == "int":
        back = cls(vocabulary=tokens, invert=True, **options)
        size, unknown = back.vocabulary_size(), options["oov_token"]
        places = np.arange(-1, size + 1)
        assert back(places).tolist() == [unknown, *reference.special, *tokens, unknown]
        assert back.output_dtype == back(places).dtype.type or cls is StringLookup


@pytest.mark.parametrize("wrong", [[0.5], [0.5, 0.25, 1.0]])
def test_as_many_weights_as_tokens(wrong):
    with pytest.raises(ValueError, match=r"idf_weights of shape \(2,\), one for each"):
        StringLookup(vocabulary=["a", "b"], output_mode="tf_idf", idf_weights=wrong)


@pytest.mark.parametrize(("most", "is_refused"), [(5, False), (4, True)])
def test_special_tokens_count_for_the_most_tokens(most, is_refused):
    def make():
        return IntegerLookup(
            vocabulary=[7, 8], num_oov_indices=2, mask_token=0, oov_token=-1, max_tokens=most
        )

    if is_refused:
        with pytest.raises(ValueError, match="at most max_tokens=4 indices, got 5, 3 of them"):
            make()
    else:
        assert make()([7, 8, 0, 3, 4]).tolist() == [3, 4, 0, 2, 1]

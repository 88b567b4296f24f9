"""StringLookup and IntegerLookup beside the same in loops over dictionaries, with all options."""

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.layers import IntegerLookup, StringLookup
from tests.laws.table import examples

MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
NUMBERS = st.integers(-3, 4)
BATCHES = st.lists(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=1,
                               max_size=3)
    ),
    min_size=1, max_size=3,
)  # fmt: skip


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


@st.composite
def lookups(draw):
    """Draw the class, its options, and batches of tokens."""
    is_text = draw(st.booleans())
    convert = as_word if is_text else int
    pads = draw(st.booleans())
    options = {
        "output_mode": draw(st.sampled_from(MODES)),
        "num_oov_indices": draw(st.integers(0, 1 if is_text else 3)),
        "mask_token": convert(draw(NUMBERS)) if draw(st.booleans()) else None,
        "oov_token": "?" if is_text else -9,
        "pad_to_max_tokens": pads,
        "max_tokens": draw(st.integers(5, 9) if pads else st.none() | st.integers(5, 9)),
    }
    batches = [
        [[convert(n) for n in row] for row in batch] for batch in draw(BATCHES)
    ]  # fmt: skip
    return StringLookup if is_text else IntegerLookup, options, batches


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


@given(case=lookups(), rest=BATCHES, last=st.integers(1, 3))
@examples(30)
def test_learned_vocabularies(case, rest, last):
    cls, options, batches = case
    steps = min(last, len(batches))
    tokens, idf = learned(batches[:steps], options)
    layer = cls(**options)
    if not tokens:
        with pytest.raises(ValueError, match="expects tokens to adapt to, got none"):
            layer.adapt([np.array(batch) for batch in batches], steps=steps)
        return
    layer.adapt([np.array(batch) for batch in batches], steps=steps)
    reference = Reference(tokens, idf, options)
    assert layer.get_vocabulary() == [*reference.special, *tokens]
    assert layer.get_vocabulary(include_special_tokens=False) == tokens
    assert layer.vocabulary_size() == reference.first + len(tokens)
    twin = cls.from_config(json.loads(json.dumps(layer.get_config())))
    convert = as_word if cls is StringLookup else int
    for rows in (*batches, [[convert(n) for n in row] for row in rest[0]]):
        check(layer, reference, rows)
        check(twin, reference, rows)


@given(case=lookups(), begins=st.booleans(), data=st.data())
@examples(25)
def test_given_vocabularies(case, begins, data):
    """Also those that begin with the special tokens, which then have weights of their own."""
    cls, options, batches = case
    tokens, _ = learned(batches, options)
    if not tokens:
        return
    idf = [float(n) / 8 for n in range(1, len(tokens) + 1)]
    reference = Reference(tokens, idf, options)
    begins = begins and bool(reference.special)
    if begins:
        first = [data.draw(st.integers(1, 9)) / 4 for _ in reference.special]
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

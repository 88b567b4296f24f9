"""Masks go from layer to layer beside the values, and end with them."""

import gc

import numpy as np
import pytest

import autodiff as ad
from nn import layers
from nn.layers import (
    GRU,
    LSTM,
    Activation,
    Add,
    Attention,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Dense,
    Dropout,
    Embedding,
    GlobalAveragePooling1D,
    Input,
    Layer,
)
from nn.layers.masks import _masks, mask_of, masks_of, set_mask

X = np.ones((2, 3), np.float32)
MASK = np.array([[True, True, False], [True, False, False]])


class Masking(Layer):
    def call(self, inputs):
        return inputs * 1

    def compute_mask(self, inputs, previous_mask):  # noqa: ARG002
        return inputs != 0


class Keeping(Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True

    def call(self, inputs):
        return inputs + 1


class Dropping(Layer):
    def call(self, inputs):
        return inputs + 1


class Counting(Layer):
    def call(self, inputs, mask=None):
        return inputs if mask is None else inputs * mask


class Two(Layer):
    def call(self, query, value, query_mask=None, value_mask=None):
        self.seen = query_mask, value_mask
        return query + value


def test_a_mask_is_carried_to_the_layer_that_takes_it():
    hidden = Keeping()(Masking()(np.array([[1.0, 0.0, 2.0]])))
    assert mask_of(hidden).tolist() == [[True, False, True]]
    assert Counting()(hidden).tolist() == [[2, 0, 3]]
    assert Counting()(hidden, mask=np.zeros((1, 3), bool)).tolist() == [[0, 0, 0]]


def test_masks_of_named_arguments():
    layer, masked = Two(), Masking()(np.array([[1.0, 0.0]]))
    layer(np.ones((1, 2)), masked)
    assert layer.seen[0] is None
    assert layer.seen[1].tolist() == [[True, False]]


def test_a_layer_that_drops_a_mask_warns():
    masked = Masking()(np.array([[1.0, 0.0]]))
    with pytest.warns(UserWarning, match=r"drops the mask .*supports_masking = True"):
        outputs = Dropping()(masked)
    assert mask_of(outputs) is None


def test_traced_values_carry_masks():
    def loss(x):
        return Counting()(Keeping()(Masking()(x))).sum()

    assert ad.grad(loss)(np.array([[3.0, 0.0]])).tolist() == [[1, 0]]


@pytest.mark.slow
def test_a_mask_is_forgotten_with_its_value():
    value = X + 1
    set_mask(value, MASK)
    assert masks_of([value, X]) == [MASK, None] or mask_of(value) is MASK
    key = id(value)
    del value
    gc.collect()
    assert key not in _masks
    assert masks_of([X]) is None


def test_a_mask_is_removed_by_none():
    value = X + 1
    set_mask(value, MASK)
    set_mask(value, None)
    assert mask_of(value) is None


def test_no_mask_without_one():
    assert mask_of(Dropout(0.5)(X)) is None


@pytest.mark.parametrize("axis", [1, -1])
def test_inputs_without_a_mask_count_beside_those_with_one(axis):
    x, other = np.ones((2, 3, 2), np.float32), np.ones((2, 3, 2), np.float32)
    set_mask(x, MASK)
    found = mask_of(Concatenate(axis)([x, other]))
    every = np.ones_like(MASK)
    expected = np.concatenate([MASK, every], axis=1) if axis == 1 else every
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("keepdims", [False, True])
def test_a_mean_over_the_steps_leaves_out_masked_ones(keepdims):
    x = np.arange(12.0, dtype=np.float32).reshape(2, 3, 2)
    pooled = GlobalAveragePooling1D(keepdims=keepdims)(x, mask=MASK)
    expected = np.array([[[1.0, 2.0]], [[6.0, 7.0]]])
    np.testing.assert_allclose(pooled, expected if keepdims else expected[:, 0])


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_masked_may_be_anything(wrong):
    x = np.arange(12.0, dtype=np.float32).reshape(2, 3, 2)
    odd = np.where(MASK[..., np.newaxis], x, np.float32(wrong))
    np.testing.assert_array_equal(*(GlobalAveragePooling1D()(a, mask=MASK) for a in (x, odd)))
    found, averages = [], []
    for a in (x, odd):
        layer = BatchNormalization()
        found.append(layer(a, training=True, mask=MASK)[MASK])
        averages.append(layer.get_weights())
    np.testing.assert_array_equal(*found)
    np.testing.assert_array_equal(*averages)


@pytest.mark.parametrize(
    "layer",
    [LSTM(2, return_sequences=True), BatchNormalization(), Dense(2), Activation("relu")],
    ids=repr,
)
def test_a_mask_that_is_passed_on_keeps_its_dtype(layer):
    x = np.ones((2, 3, 2), np.float32)
    given = {"mask": MASK} if "mask" in layer._signature.names else {}
    if not given:
        set_mask(x, MASK)
    passed = mask_of(layer(x, **given))
    assert passed.dtype == bool
    np.testing.assert_array_equal(passed, MASK)


def test_one_mask_is_that_of_the_first_output():
    x = np.ones((2, 3, 2), np.float32)
    outputs, weights = Attention()([x, x], mask=[MASK, None], return_attention_scores=True)
    assert mask_of(outputs) is MASK
    assert mask_of(weights) is None
    outputs, *states = Bidirectional(LSTM(2, return_sequences=True, return_state=True))(
        x, mask=MASK
    )
    assert mask_of(outputs) is MASK
    assert not any(mask_of(state) is not None for state in states)
    both = Bidirectional(LSTM(2, return_sequences=True), merge_mode=None)(x, mask=MASK)
    assert all(mask_of(each) is MASK for each in both)
    words = Embedding(4, 2, mask_zero=True)(Input((3,), dtype="int32"))
    symbols = Bidirectional(LSTM(2, return_sequences=True, return_state=True))(words)
    assert [symbol.is_masked for symbol in symbols] == [True, False, False, False, False]


class Merging(Layer):
    """Takes two arrays, and a mask that neither of them alone can give."""

    def call(self, first, second, mask=None):
        self.seen = mask
        return first + second

    def compute_mask(self, inputs, previous_mask):  # noqa: ARG002
        return None


def test_a_mask_is_passed_where_its_owner_is_clear():
    masked = Masking()(np.array([[1.0, 0.0]]))
    layer = Merging()
    layer(masked, np.ones((1, 2)))
    assert layer.seen is None
    other = np.zeros((1, 2), bool)
    layer(masked, np.ones((1, 2)), other)
    assert layer.seen is other
    assert Counting()(masked, None).tolist() == [[1, 0]]  # it was passed, and left open
    two = Two()
    two.supports_masking = True
    two(masked, masked, other)
    assert two.seen[0] is other
    assert two.seen[1].tolist() == [[True, False]]
    two(masked, masked, value_mask=other)
    assert two.seen[0].tolist() == [[True, False]]
    assert two.seen[1] is other


class Apart(Layer):
    """Returns two outputs, one of them masked."""

    def call(self, inputs):
        return [inputs, {"b": inputs * 2}]

    def compute_mask(self, inputs, previous_mask):  # noqa: ARG002
        return [None, {"b": inputs > 0}]


def test_each_output_has_its_own_mask():
    first, second = Apart()(np.array([[1.0, -1.0]]))
    assert mask_of(first) is None
    assert mask_of(second["b"]).tolist() == [[True, False]]


class Needs(Layer):
    """Can be called on masked inputs alone."""

    def call(self, inputs, mask=None):
        return inputs * mask[..., np.newaxis]


def test_symbols_are_masked_where_numbers_would_be():
    words = Input((3,), dtype="int32")
    masked, plain = Embedding(4, 2, mask_zero=True)(words), Embedding(4, 2)(words)
    assert [s.is_masked for s in (words, masked, plain)] == [False, True, False]
    assert Dense(2)(masked).is_masked
    assert not Dense(2)(plain).is_masked
    assert not LSTM(2)(masked).is_masked
    outputs, state = GRU(2, return_sequences=True, return_state=True)(masked)
    assert (outputs.is_masked, state.is_masked) == (True, False)
    assert Add()([masked, masked]).is_masked
    assert not Add()([masked, plain]).is_masked
    assert Concatenate()([plain, masked]).is_masked
    assert Needs()(masked).shape == (None, 3, 2)
    with pytest.raises(TypeError):
        Needs()(plain)
    first, second = Apart()(plain)
    assert not first.is_masked
    assert second["b"].is_masked


@pytest.mark.parametrize(
    "layer",
    [
        layers.Activation("relu"), layers.ActivityRegularization(), layers.AlphaDropout(0.5),
        layers.BatchNormalization(), layers.Dense(2), layers.Dropout(0.5), layers.ELU(),
        layers.GaussianDropout(0.5), layers.GaussianNoise(1.0), layers.GroupNormalization(1),
        layers.Identity(), layers.LayerNormalization(), layers.LeakyReLU(),
        layers.Normalization(mean=0.0, variance=1.0), layers.PReLU(), layers.RMSNormalization(),
        layers.ReLU(), layers.SpatialDropout1D(0.5), layers.UnitNormalization(),
    ],
    ids=lambda layer: type(layer).__name__,
)  # fmt: skip
def test_layers_that_work_on_each_step_pass_masks_on(layer):
    x = np.ones((2, 3, 4), np.float32)
    set_mask(x, MASK)
    np.testing.assert_array_equal(mask_of(layer(x)), MASK)

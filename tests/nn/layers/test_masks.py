"""Masks go from layer to layer beside the values, and end with them."""

import gc

import numpy as np
import pytest

import autodiff as ad
from nn.layers import Dropout, Layer
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

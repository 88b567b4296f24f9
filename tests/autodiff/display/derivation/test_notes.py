"""The chain rule in words, and the notes on how to read a derivation."""

import numpy as np
import pytest

import autodiff as ad


def loss(weights, x, target):
    error = (weights * x).sum() - target
    return error**2


def test_the_chain_rule_is_said_in_words():
    printed = " ".join(str(ad.explain(loss)(np.array([0, 2, 1]), np.array([1, 2, 3]), 0)).split())
    assert "its slope is the slope of that, times how much that changes per unit" in printed


def test_a_relation_is_explained_as_it_is_written():
    printed = str(ad.explain(lambda x: np.sum(x * (x < 2)))(np.array([1.0, 3.0])))
    assert "(A < B)" in printed
    assert "(A > B)" not in printed


@pytest.mark.parametrize(
    ("x", "is_rounded"), [(np.float64(0.5), False), (1 / 3, True), (np.float32(0.1), False)]
)
def test_rounded_numbers_are_said_to_be(x, is_rounded):
    printed = str(ad.explain(lambda x: 2 * x)(x))
    assert ("computed with all digits" in printed) == is_rounded

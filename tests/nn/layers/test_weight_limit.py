"""The weights of a model that is read from a file share one limit."""

import pytest

from nn.layers.weight_limit import at_most, spend


def test_arrays_that_stay_share_the_limit():
    with at_most(10):
        spend((2, 3), "a kernel")
        spend((4,), "a bias")
        with pytest.raises(ValueError, match=r"a model with a bias of shape \(1,\)"):
            spend((1,), "a bias")
    spend((1000,), "a kernel")  # without a limit


def test_arrays_that_are_freed_soon_count_alone():
    with at_most(10):
        spend((10,), "a value", returned=True)
        spend((10,), "a value", returned=True)
        with pytest.raises(ValueError, match="too few bytes"):
            spend((11,), "a value", returned=True)

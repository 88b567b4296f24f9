"""Entries read and written at positions and masks that may be traced."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

X = np.array([1.0, 2.0, 3.0])
MASK = np.array([True, False, True])


@pytest.mark.parametrize("value", [5.0, np.array([5.0]), np.array([5.0, 6.0])])
def test_what_is_written_through_a_traced_mask_has_its_slope(value):
    def written(x, value, mask):
        y = x * 1
        y[mask] = value * 2
        return y @ [1.0, 10.0, 100.0]

    slopes = ad.grad(written, (0, 1))
    jitted = ad.jit(slopes)
    for mask in (MASK, MASK[[1, 0, 2]]):
        for own, recorded in zip(slopes(X, value, mask), jitted(X, value, mask), strict=True):
            assert_array_equal(own, recorded)

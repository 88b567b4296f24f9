"""Functions whose results have no slopes."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import autodiff as ad

BIG = 2**53 + np.array([1, 0, 2])  # in float64 the first two are equal


@pytest.mark.parametrize("run", [lambda f: f, ad.jit], ids=["eager", "jit"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.uint64, bool])
def test_keys_of_several_dtypes_are_not_converted(run, dtype):
    other = np.array([1, 1, 0])
    by_big = run(lambda x: np.lexsort((BIG, x.astype(dtype))))
    by_other = run(lambda x: np.lexsort((x.astype(dtype), BIG)))
    traced = ad.tensor(other.astype(float))
    assert_array_equal(by_big(traced), np.lexsort((BIG, other)))
    assert_array_equal(by_other(traced), np.lexsort((other, BIG)))

"""A Tensor doesn't give functions its memory, which they would take for that of plain numbers."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import autodiff as ad


def of_windows(x):
    return (as_strided(x, (3, 2), (x.itemsize, x.itemsize)) ** 2).sum()


@pytest.mark.parametrize("dtype", ["f2", "f4", "g", "c16"])
@pytest.mark.parametrize("transform", [ad.grad, ad.jit])
def test_strides_of_other_items_than_objects_are_refused(transform, dtype):
    with pytest.raises(TypeError, match="as_strided reads the memory"):
        transform(of_windows)(np.arange(4).astype(dtype))


def test_strides_of_an_array_that_is_not_contiguous_are_refused():
    with pytest.raises(TypeError, match="as_strided reads the memory"):
        ad.grad(lambda x: as_strided(x, (2, 2), (8, 16))[0].sum())(np.ones((2, 3), order="F"))


def test_strides_of_contiguous_float64_differentiate():
    np.testing.assert_array_equal(ad.grad(of_windows)(np.arange(4.0)), [0, 4, 8, 6])

"""A view of one entry, such as x[0, ...], has views in turn, as NumPy's 0-d arrays do."""

import numpy as np
import pytest

import autodiff as ad
from autodiff.core.indexing import getitem
from autodiff.core.positions import split_index

OF_AN_ENTRY = {
    "axis": lambda v: v[None],
    "shape": lambda v: v.reshape(1),
    "all": lambda v: v.ravel(),
    "in memory": lambda v: v.ravel("K"),
    "matrix": np.atleast_2d,
    "turned": lambda v: v[None, None].T,
    "again": lambda v: v[...][None],
    "same dtype": lambda v: v.astype(v.dtype, copy=False)[None],
    "expanded": lambda v: np.expand_dims(v, 0),
    "none": lambda v: v[None][:0],
    "mask": lambda v: v[True],
    "number": lambda v: v[()].reshape(1),
    "copy": lambda v: v.copy().reshape(1),
    "flattened": lambda v: v.flatten(),
}


@pytest.mark.parametrize("dtype", [float, int, complex])
@pytest.mark.parametrize("name", OF_AN_ENTRY)
def test_views_of_a_view_of_one_entry_are_those_of_numpy(name, dtype):
    def written(x):
        part = OF_AN_ENTRY[name](x[1, 0, ...])
        part[...] = 7
        before = part * 1
        x[1] = 9
        return x * 1, before, part * 1

    x = np.arange(6).reshape(3, 2).astype(dtype)
    expected = written(x.copy())
    traced = ad.tensor(x.astype(complex)) if dtype is complex else ad.tensor(x * 1.0).astype(dtype)
    for found in (written(traced), ad.jit(written)(x.copy())):
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_an_edit_through_a_view_of_one_entry_has_its_slope():
    def f(x):
        whole = x * 1
        whole[0, ...][None][0] *= x[1]
        return whole[0] ** 2

    np.testing.assert_allclose(ad.grad(f)(np.array([3.0, 2.0])), [24.0, 36.0])


@pytest.mark.parametrize("index", [ad.tensor([1.0]).astype(int)[0, ...], ad.tensor([]).astype(int)])
def test_what_is_read_from_a_plain_array_is_no_view_of_the_index(index):
    constant, parts = split_index(index)
    found = getitem.apply((np.arange(6.0).reshape(3, 2), *parts), {"index": constant})
    assert type(found) is ad.Tensor

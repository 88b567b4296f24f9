"""Copies in the same memory layout."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autodiff as ad
from autodiff.core.layout import copied, layout_of

slices = st.builds(slice, st.none(), st.none(), st.integers(-3, 3).filter(lambda step: step != 0))


@st.composite
def layouts(draw):
    """Arrays with gaps, negative and zero strides, and fields of records, in any order of axes."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    if draw(st.booleans()):
        x = np.zeros(shape, [("flag", np.int8), ("number", np.float32)])["number"]
    else:
        x = np.zeros(shape, draw(st.sampled_from([np.int16, np.float32, np.float64])))
    x[...] = np.arange(x.size).reshape(shape)
    x = x[(*(draw(slices) for _ in shape), ...)]
    if draw(st.booleans()):
        x = np.broadcast_to(x, (draw(st.integers(0, 3)), *x.shape))
    return x.transpose(draw(st.permutations(range(x.ndim))))


@given(layouts(), st.sampled_from([None, np.float32, np.complex128]))
def test_a_copy_has_the_values_and_entries_of_its_own(x, dtype):
    copy = copied(x, dtype)
    assert copy.dtype == (x.dtype if dtype is None else dtype)
    np.testing.assert_array_equal(copy, x)
    assert not np.shares_memory(copy, x)
    numbers = np.arange(1, copy.size + 1).reshape(copy.shape)
    copy[...] = numbers
    np.testing.assert_array_equal(copy, numbers)  # no two entries share memory


@given(layouts().filter(lambda x: 0 not in x.strides))
def test_a_copy_has_the_same_layout(x):
    assert layout_of(copied(x)) == layout_of(x)


def test_a_write_to_a_copy_of_a_repeated_number_changes_one_entry():
    x = np.broadcast_to(np.float64(1), (3,))
    copy = copied(x)
    copy[0] = 5
    np.testing.assert_array_equal(copy, [5, 1, 1])


@pytest.mark.parametrize("view", [np.s_[::2], np.s_[::-1], np.s_[:, ::-2]])
def test_gaps_and_negative_strides_stay(view):
    x = np.arange(24.0).reshape(4, 6)[view]
    assert copied(x).strides == x.strides
    assert copied(x, np.float32).strides == tuple(step // 2 for step in x.strides)


@pytest.mark.parametrize("order", "CFAK")
@pytest.mark.parametrize("view", [np.s_[:, :], np.s_[::-1], np.s_[:, 1:], np.s_[0]])
def test_a_field_of_packed_records_is_not_contiguous(view, order):
    records = np.zeros((3, 2), [("tag", "i1"), ("value", "f8"), ("single", "f4")])

    def edited(x):
        row = x.T.ravel(order)
        row[0] = 9.0
        return x * 1, row * 1, x.astype("f4").ravel(order)

    for field in ("value", "single"):
        records[field] = np.arange(6.0).reshape(3, 2)
        for run in (edited, lambda x: ad.vjp(edited, x)[0], ad.jit(edited)):
            x = records.copy()[field][view]
            for found, expected in zip(run(x), edited(records.copy()[field][view]), strict=True):
                np.testing.assert_array_equal(found, expected)
            np.testing.assert_array_equal(x, records[field][view])  # the row is a copy


BROADCAST = np.broadcast_arrays(np.ones((2, 1)), np.arange(3.0))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: BROADCAST[1] * x,
        lambda x: np.broadcast_arrays(np.ones((2, 1)), np.arange(3.0))[1] * x,
        lambda x: np.broadcast_arrays(x[:, :1], 1.0),
        lambda x: np.broadcast_arrays(np.arange(3.0), np.ones((2, 1)))[0][1:],
        lambda x: np.matmul(x, np.broadcast_arrays(np.ones((3, 1)), np.arange(3.0))[1][:, 1:]),
    ],
)
def test_broadcast_arrays_are_read_without_a_warning(f):
    """NumPy warns where ``flags.writeable`` of one is read, since it will be read-only one day."""
    x = np.arange(6.0).reshape(2, 3)
    expected = f(x)
    for transform in (ad.jit, lambda f: lambda x: ad.vjp(f, x)[0], lambda f: f):
        found = transform(f)(x)
        for i in range(len(expected)):
            np.testing.assert_array_equal(found[i], expected[i])
    ad.jit(lambda x, y: x * y)(x, BROADCAST[1])
    ad.grad(lambda x, y: (x * y).sum())(x, BROADCAST[1])
    ad.grad(lambda x: ad.checkpoint(lambda x: (x * BROADCAST[1]).sum())(x))(x)

"""Nested lists of blocks have the dtype, entries and memory layout of NumPy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from tests.laws.aliasing import lies

DTYPES = "?bBhHiIlLefdgFDG"


def nested(random, depth):
    """Draw a nested list of blocks of one shape, two at each level."""
    if depth:
        return [nested(random, depth - 1) for _ in range(2)]
    block = (random.normal(size=(2, 3)) * 100).astype(random.choice(list(DTYPES)))
    return np.asfortranarray(block) if random.random() < 0.5 else block


def traced(blocks):
    if isinstance(blocks, list):
        return [traced(part) for part in blocks]
    return ad.tensor(blocks) if blocks.dtype.kind in "fc" else blocks


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@given(seed=st.integers(0, 2**32 - 1), depth=st.integers(1, 3))
def test_blocks_are_joined_list_by_list(seed, depth):
    blocks = nested(np.random.default_rng(seed), depth)
    expected, found = np.block(blocks), np.block(traced(blocks))
    value = found.node.value if isinstance(found, ad.Tensor) else found
    assert (value.dtype, lies(value)) == (expected.dtype, lies(expected))
    np.testing.assert_array_equal(value, expected)


@pytest.mark.parametrize("n", [1, 600])
def test_large_blocks_have_the_common_dtype_as_in_numpy(n):
    b, c, a = (np.ones((n, n), dtype) for dtype in ("u2", "i1", "f4"))
    expected = np.block([[b, c], [b, a]])
    assert expected.dtype == (np.float64 if n == 1 else np.float32)
    for found in (
        np.block([[b, c], [b, ad.tensor(a)]]),
        ad.jit(lambda b, c, a: np.block([[b, c], [b, a]]))(b, c, a),
    ):
        assert found.dtype == expected.dtype

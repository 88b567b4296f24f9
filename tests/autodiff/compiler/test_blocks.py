import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff as ad
from autodiff.compiler.blocks import MOST_BLOCKS, ON_ONE_THREAD, block_of, product_in_blocks
from tests.laws.table import examples

RANDOM = np.random.default_rng(2)
LENGTHS = st.integers(1, 12)


@examples(60)
@given(LENGTHS, LENGTHS, LENGTHS, LENGTHS, LENGTHS, st.sampled_from([np.float32, np.float64]))
def test_a_product_in_blocks_is_the_product(m, k, n, rows, terms, dtype):
    a, b = RANDOM.normal(size=(k, m)).astype(dtype).T, RANDOM.normal(size=(k, n)).astype(dtype)
    out = np.full((m, n), np.nan, dtype)
    np.testing.assert_allclose(
        product_in_blocks.evaluate(a, b, rows, terms, out), a @ b, 1e-4, 1e-5
    )
    np.testing.assert_array_equal(product_in_blocks.evaluate(a, b, rows, terms), out)


@examples(100)
@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 3000))
def test_a_block_has_at_most_the_size_for_one_thread(m, k, n):
    block = block_of(m, k, n)
    if block is None:
        size, longest = m * k * n, max(m, k)
        is_cut_finely = size // longest > ON_ONE_THREAD
        assert size <= ON_ONE_THREAD or size > MOST_BLOCKS * ON_ONE_THREAD or is_cut_finely
    else:
        rows, terms = block
        assert rows * terms * n <= ON_ONE_THREAD
        assert (rows == m) != (terms == k)


def recurrence(w, u, xs, h):
    def step(h, x):
        h = np.tanh(x + h @ u)
        return h, h

    _, hs = ad.scan(step, h, (xs.reshape(-1, 8) @ w).reshape(20, 32, -1))
    return (hs**2).sum()


@pytest.mark.parametrize(
    ("units", "blocks"),
    [
        (64, {"rows=512, terms=8, out=", "rows=8, terms=512", "rows=64, terms=64, out=sum_"}),
        (128, {"rows=256, terms=8, out=", "rows=8, terms=256", "rows=32, terms=64, out="}),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_program_with_a_loop_computes_its_products_in_blocks(units, blocks, dtype):
    """Before the loop, after it, and in the sum over the steps or in the step itself."""
    shapes = ((8, units), (units, units), (20, 32, 8), (32, units))
    arguments = [(0.1 * RANDOM.normal(size=shape)).astype(dtype) for shape in shapes]
    slopes = ad.grad(recurrence, argnums=(0, 1))
    jitted = ad.jit(slopes)
    for mine, eager in zip(jitted(*arguments), slopes(*arguments), strict=True):
        np.testing.assert_allclose(mine, eager, 1e-4, 1e-3 if dtype is np.float32 else 1e-10)
    source = jitted.source(*arguments)
    assert {block for block in blocks if block in source} == blocks


def test_other_programs_leave_products_to_blas():
    f = ad.jit(lambda a, b: a @ b)
    a, b = RANDOM.normal(size=(640, 8)), RANDOM.normal(size=(8, 128))
    assert "product_in_blocks" not in f.source(a, b)
    np.testing.assert_array_equal(f(a, b), a @ b)

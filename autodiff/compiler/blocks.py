"""Products in blocks, each so small that BLAS computes it on one thread.

OpenBLAS computes a product of more than 262,144 multiplications on all cores. Its threads then wait
actively for the next product, beside the many small operations of a loop. So a program with a loop
computes its products of moderate size in blocks. On two idle cores a training step of an LSTM (32
units, 20 steps, batch of 32) takes as long as before, 1.9 ms, with half the processor time (1.9 ms
instead of 3.8); beside a busy process it takes 1.9 ms instead of 5 to 7.
"""

from __future__ import annotations

import numpy as np

from autodiff.compiler.program import ProgramValue
from autodiff.core.primitive import constant, primitive
from autodiff.core.registry import registry
from autodiff.core.typing import Array

__all__ = ["block_of", "in_blocks", "product_in_blocks"]

ON_ONE_THREAD = 1 << 18  # multiplications
MOST_BLOCKS = 16  # larger products are left to BLAS; other limits haven't been measured


@primitive
def product_in_blocks(a: Array, b: Array, rows: int, terms: int, out: Array = None) -> Array:
    """Return ``a @ b``, computed by blocks of the rows of a, or of the terms of the sums.

    Args:
        a: shape (m, k).
        b: shape (k, n), of the same dtype.
        rows: in a block; m for a whole column of blocks.
        terms: in a block; k for whole sums.
        out: receives the result; shape (m, n), C order.
    """
    if out is None:
        out = np.empty((a.shape[0], b.shape[1]), a.dtype)
    for i in range(0, a.shape[0], rows):
        part = out[i : i + rows]
        a[i : i + rows, :terms].dot(b[:terms], part)
        for j in range(terms, b.shape[0], terms):
            part += a[i : i + rows, j : j + terms].dot(b[j : j + terms])
    return out


constant(product_in_blocks)
product_in_blocks.emit = "{function}({inputs}, rows={rows}, terms={terms}, out={out})"


def block_of(m: int, k: int, n: int) -> tuple[int, int] | None:
    """Return the rows and the terms of a block; None for a product to compute at once.

    The longer one of the rows and the terms is cut.

    >>> block_of(32, 32, 128)
    >>> block_of(640, 8, 128), block_of(32, 640, 128)
    ((256, 8), (32, 64))
    """
    blocks = m * k * n / ON_ONE_THREAD
    if not 1 < blocks <= MOST_BLOCKS:
        return None
    if m > k:
        rows = ON_ONE_THREAD // (k * n)
        return (rows, k) if rows else None
    terms = ON_ONE_THREAD // (m * n)
    return (m, terms) if terms else None


def in_blocks(value: ProgramValue) -> ProgramValue:
    """Compute a product of matrices in blocks, if its size is moderate."""
    if value.primitive is not registry[np.matmul]:
        return value
    a, b = value.inputs
    if not (
        isinstance(a, ProgramValue)
        and isinstance(b, ProgramValue)
        and a.ndim == b.ndim == 2
        and a.dtype == b.dtype == value.dtype
        and value.dtype in (np.float32, np.float64)
    ):
        return value
    (m, k), (_, n) = a.shape or (), b.shape or ()
    block = block_of(m, k, n)
    if block is None:
        return value
    return value.like(product_in_blocks, a, b, rows=block[0], terms=block[1])

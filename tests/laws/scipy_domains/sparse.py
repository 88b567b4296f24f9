"""How to draw calls of ``scipy.sparse``: entries at random places, seen in the dense matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse as plain

from autodiff.scipy import sparse
from autodiff.scipy.sparse import operators, products
from tests.laws.drawing import Call, Domain, Draw


def structure(d: Draw, rows: int, columns: int) -> Any:
    """Draw a matrix without numbers, with at least one entry."""
    there = d.random.random((rows, columns)) < 0.6
    there[0, 0] = True
    return plain.csr_array(there.astype(float))


def matrix(data: Any, places: Any) -> Any:
    """Return the matrix with these entries: SciPy's, or one with traced entries."""
    return sparse.csr_array((data, places.indices, places.indptr), shape=places.shape)


def of_blocks(function: Any, arrange: Any = lambda a, b: [a, b], **options: Any) -> Domain:
    """Draw two square blocks, one of them constant."""

    def draw(d: Draw) -> Call:
        first, second = structure(d, 2, 2), structure(d, 2, 2)

        def run(data: Any) -> Any:
            blocks = arrange(matrix(data, first), second)
            return function(blocks, **options).toarray()

        return Call((d.reals((first.nnz,)),), {}, run)

    return Domain(draw)


def of_one(look: Any) -> Domain:
    def draw(d: Draw) -> Call:
        places = structure(d, 3, 3)
        return Call((d.reals((places.nnz,)),), {}, lambda data: look(matrix(data, places)))

    return Domain(draw)


def of_diagonals(run: Any) -> Domain:
    return Domain(lambda d: Call((d.reals((3,)), d.reals((3,))), {}, run))


def constant_matrix(d: Draw) -> Call:
    rows, columns = d.integer(1, 3), d.integer(1, 3)
    constant = d.choice(plain.csr_array, plain.csc_matrix, plain.coo_array)(
        structure(d, rows, columns)
    )
    more = d.choice((), (2,))
    return d.choice(
        Call((d.reals((columns, *more)),), {}, lambda t: constant @ t),
        Call((d.reals((*more, rows)),), {}, lambda t: t @ constant),
        Call((d.reals((rows, columns)),), {}, lambda t: np.asarray(constant + t - constant)),
    )


def any_product(d: Draw) -> Call:
    places = structure(d, d.integer(1, 3), d.integer(1, 3))
    rows, columns = places.shape
    x = d.reals((columns, *d.choice((), (2,))))
    other = structure(d, columns, 2)
    data = d.reals((places.nnz,))
    return d.choice(
        Call((data, x), {}, lambda data, x: matrix(data, places) @ x),
        Call((data, d.reals((rows,))), {}, lambda data, x: x @ matrix(data, places)),
        Call((data,), {}, lambda data: (matrix(data, places) @ other).toarray()),
        Call((data,), {}, lambda data: (matrix(data, places).T @ matrix(data, places)).toarray()),
    )


def diags(d0: Any, d1: Any) -> Any:
    return sparse.diags([d0, 2.0, d1[:2]], [0, -1, 1]).toarray()


def diags_array(d0: Any, d1: Any) -> Any:
    return sparse.diags_array([d0, d1], offsets=[0, 2], shape=(3, 5)).toarray()


def spdiags(d0: Any, d1: Any) -> Any:
    return sparse.spdiags(np.stack([d0, d1]), [0, 1], 3, 3).toarray()


DOMAINS: dict[Any, Domain] = {
    products.times: Domain(constant_matrix),
    products.product: Domain(any_product),
    plain.vstack: of_blocks(sparse.vstack, format="csc"),
    plain.hstack: of_blocks(sparse.hstack),
    plain.block_array: of_blocks(sparse.block_array, lambda a, b: [[a, None], [b, a]]),
    plain.bmat: of_blocks(sparse.bmat, lambda a, b: [[a, b]]),
    plain.block_diag: of_blocks(sparse.block_diag, lambda a, b: [a, np.ones((1, 2)), b]),
    plain.kron: of_blocks(lambda blocks: sparse.kron(*blocks)),
    plain.tril: of_one(lambda a: sparse.tril(a, -1).toarray()),
    plain.triu: of_one(lambda a: sparse.triu(a).toarray()),
    plain.diags: of_diagonals(diags),
    plain.diags_array: of_diagonals(diags_array),
    plain.spdiags: of_diagonals(spdiags),
}

ASKING = {plain.issparse}

assert operators  # its operators are used above

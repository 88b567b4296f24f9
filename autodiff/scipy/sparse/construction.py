"""Making sparse matrices with traced entries: SciPy's classes and functions.

A function of SciPy is run on the numbers of the entries; see ``matrix.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse

from autodiff.core.errors import describe, user_line
from autodiff.core.lift import as_operand
from autodiff.core.tensor import peek
from autodiff.core.typing import Array, Function
from autodiff.rules.composite import composite
from autodiff.scipy.face import is_traced
from autodiff.scipy.sparse.matrix import (
    TracedMatrix,
    as_traced_matrix,
    numbered,
    of_places,
    rearranged,
)
from autodiff.scipy.sparse.products import places

__all__ = ["CLASSES"]


_KINDS = ("coo", "csc", "csr", "dia")  # of traced entries; others are refused


class Constructor(type):
    """The class of SciPy's classes here, which make a :class:`TracedMatrix` of traced entries."""

    library: Any

    def __call__(cls, arg1: Any, *args: Any, **options: Any) -> Any:
        """Make SciPy's matrix, or one of traced entries."""
        if not is_traced(arg1):
            return cls.library(arg1, *args, **options)
        return _traced(cls.library, arg1, *args, **options)

    def __instancecheck__(cls, value: Any) -> bool:
        """Return whether a value is SciPy's matrix, or such a one with traced entries."""
        matrix = value.structure if isinstance(value, TracedMatrix) else value
        return isinstance(matrix, cls.library)


def _traced(
    library: Any, arg1: Any, shape: Any = None, dtype: Any = None, copy: bool = False
) -> TracedMatrix:
    """Return a matrix with traced entries, in the format of one of SciPy's classes."""
    del copy
    kind = library.__name__.partition("_")[0]
    is_array = issubclass(library, scipy.sparse.sparray)
    if isinstance(arg1, tuple) and len(arg1) == 3 and kind in ("csr", "csc"):
        made = _compressed(library, *arg1, shape)
    elif isinstance(arg1, tuple) and len(arg1) == 2 and kind == "dia":
        data = as_operand(arg1[0])
        numbers = np.arange(1, 1 + data.size).reshape(data.shape)
        made = rearranged(library((numbers, arg1[1]), shape=shape), np.reshape(data, -1))
    elif isinstance(arg1, tuple) and len(arg1) == 2 and kind in ("csr", "csc", "coo"):
        data, (i, j) = as_operand(arg1[0]), map(np.asarray, arg1[1])
        if data.ndim != 1 or not data.shape == i.shape == j.shape:
            raise ValueError(
                f"expected a row and a column for each entry, got the shapes "
                f"{data.shape}, {i.shape} and {j.shape} at {user_line()}. Pass (data, (i, j))."
            )
        shape = shape or (int(i.max()) + 1, int(j.max()) + 1)
        made = of_places(data, i, j, shape, _compressed_kind("csr", is_array))
    elif isinstance(arg1, TracedMatrix) and kind in _KINDS:
        structure = _compressed_kind(arg1.format, is_array)(numbered(arg1))
        made = TracedMatrix(arg1.data, structure)
    elif kind in _KINDS and not isinstance(arg1, tuple) and np.ndim(arg1) == 2:
        dense = as_operand(arg1)
        structure = _compressed_kind("csr", is_array)(np.ones(dense.shape))
        made = TracedMatrix(np.reshape(dense, -1), structure)
    else:
        raise NotImplementedError(
            f"{library.__name__} of traced values at {user_line()} takes (data, indices, indptr), "
            f"(data, (i, j)) or a matrix, as its format allows; got {describe(arg1)}. Use "
            f"csr_array."
        )
    found: TracedMatrix = made.asformat(kind)
    return found if dtype is None else found.astype(dtype)


def _compressed_kind(kind: str, is_array: bool) -> Any:
    return getattr(scipy.sparse, f"{kind}_{'array' if is_array else 'matrix'}")


def _compressed(library: Any, data: Array, indices: Any, indptr: Any, shape: Any) -> TracedMatrix:
    data = as_operand(data)
    structure = library((np.ones(peek(data).shape), indices, indptr), shape=shape, copy=True)
    if structure.has_canonical_format:
        return TracedMatrix(data, structure)
    i, j = places(structure)
    kind = _compressed_kind("csr", issubclass(library, scipy.sparse.sparray))
    return of_places(data, i, j, structure.shape, kind)


CLASSES: dict[str, Constructor] = {}
for _name in (
    f"{_format}_{_kind}"
    for _format in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for _kind in ("array", "matrix")
):
    _library = getattr(scipy.sparse, _name)
    _members = {"library": _library, "__doc__": _library.__doc__, "__module__": __name__}
    CLASSES[_name] = Constructor(_name, (), _members)


# Functions that place entries.

_CASTING = (scipy.sparse.diags, scipy.sparse.diags_array)  # whole numbers become float64


def _by_numbers(function: Function) -> Function:
    """Return a function of blocks or diagonals, some of them traced."""

    def run(blocks: Any, *args: Any, dtype: Any = None, **options: Any) -> Any:
        entries: list[Array] = []
        numbers = _numbers(blocks, entries)
        data = np.concatenate(entries)
        made = rearranged(function(numbers, *args, **options), data)
        if dtype is None and function in _CASTING and data.dtype.kind not in "fc":
            dtype = function(_plain(blocks), *args, **options).dtype
        return made if dtype is None else made.astype(dtype)

    return run


def _plain(blocks: Any) -> Any:
    """Return blocks without traced values."""
    return list(map(_plain, blocks)) if isinstance(blocks, (list, tuple)) else peek(blocks)


def _numbers(blocks: Any, entries: list[Array]) -> Any:
    """Return nested blocks with the numbers of their entries, which are appended to a list."""
    if blocks is None:
        return None
    if isinstance(blocks, (list, tuple)):
        return [_numbers(block, entries) for block in blocks]
    first = 1 + sum(len(part) for part in entries)
    if isinstance(blocks, TracedMatrix) or scipy.sparse.issparse(blocks):
        matrix = as_traced_matrix(blocks)
        entries.append(matrix.data)
        return numbered(matrix, first)
    dense = as_operand(blocks)
    entries.append(np.reshape(dense, -1))
    return np.arange(float(first), first + np.size(dense)).reshape(np.shape(dense))[()]


for _name in (
    "vstack", "hstack", "block_array", "bmat", "block_diag", "tril", "triu", "diags",
    "diags_array", "spdiags",
):  # fmt: skip
    composite(getattr(scipy.sparse, _name), exact=True)(_by_numbers(getattr(scipy.sparse, _name)))


@composite(scipy.sparse.kron, exact=True)
def kron(A: Any, B: Any, format: str | None = None) -> TracedMatrix:
    """Return the Kronecker product: B times each entry of A, in blocks."""
    a = as_traced_matrix(A)
    b = as_traced_matrix(B)
    if format in (None, "bsr") and b.nnz < np.prod(b.shape) <= 2 * b.nnz:  # as SciPy fills it
        full = _compressed_kind("csr", b.is_array)(np.ones(b.shape))
        b = TracedMatrix(np.reshape(b.toarray(), -1), full)
    (i, j), (k, m) = places(a.structure), places(b.structure)
    rows, columns = b.shape
    shape = (a.shape[0] * rows, a.shape[1] * columns)
    made = of_places(
        np.reshape(a.data[:, None] * b.data, -1),
        np.add.outer(i.astype(np.int64) * rows, k).reshape(-1),
        np.add.outer(j.astype(np.int64) * columns, m).reshape(-1),
        shape,
        _compressed_kind("csr", a.is_array or b.is_array),
    )
    return made.asformat(format) if format else made


@composite(scipy.sparse.issparse, exact=True)
def issparse(x: Any) -> bool:
    """Return whether a value is a sparse matrix."""
    return isinstance(x, TracedMatrix)


issparse.is_constant = True  # type: ignore[attr-defined]

"""Sparse matrices whose entries are traced; their places are plain.

SciPy itself rearranges entries: its functions and methods run on matrices that hold the numbers of
the entries, which tells where each of them goes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse

from autodiff.core.errors import describe, user_line
from autodiff.core.lift import Traced, as_operand
from autodiff.core.tensor import Tensor, plain
from autodiff.core.typing import Array
from autodiff.scipy.sparse.beside import beside_sparse, is_zero, refuse_number
from autodiff.scipy.sparse.products import filled, places, product, times

__all__ = [
    "TracedMatrix", "as_traced_matrix", "numbered", "of_places", "rearranged",
]  # fmt: skip


class TracedMatrix(Traced):
    """A sparse matrix with traced entries: what ``csr_array((data, indices, indptr))`` makes.

    Attributes:
        data: the entries, a Tensor.
        structure: SciPy's matrix in a compressed form, its places sorted, each once. Its own
            numbers aren't used.

    It has the products and methods of SciPy's matrices; for all others, use ``toarray()``.

    >>> import numpy as np, autodiff as ad
    >>> from autodiff.scipy import sparse
    >>> def energy(data, x):
    ...     matrix = sparse.csr_array((data, [0, 1, 1], [0, 2, 3]))  # [[a, b], [0, c]]
    ...     return x @ (matrix @ x)
    >>> ad.grad(energy)(np.array([1.0, 2.0, 3.0]), np.array([1.0, 10.0]))
    array([  1.,  10., 100.])
    """

    __slots__ = ("data", "structure")
    __array_ufunc__ = None  # arrays leave operators to this class

    def __init__(self, data: Array, structure: Any) -> None:
        self.data, self.structure = data, _fixed(structure)

    def __repr__(self) -> str:
        return f"<{self.shape} traced {type(self.structure).__name__}, {self.nnz} entries>"

    def __getattr__(self, name: str) -> Any:
        instead = "Use toarray(), or numpy() for SciPy's matrix of plain numbers"
        raise AttributeError(
            f"a traced sparse matrix has no {name} (read at {user_line()}). {instead}."
            if hasattr(scipy.sparse.csr_matrix, name) or hasattr(scipy.sparse.csr_array, name)
            else f"a sparse matrix has no {name} (read at {user_line()})"
        )

    # The properties of SciPy's matrices.

    @property
    def shape(self) -> tuple[int, ...]:
        """The numbers of rows and columns."""
        shape: tuple[int, ...] = self.structure.shape
        return shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the entries."""
        dtype: np.dtype[Any] = self.data.dtype
        return dtype

    @property
    def ndim(self) -> int:
        """The number of axes, 2."""
        return 2

    @property
    def nnz(self) -> int:
        """The number of entries that are stored."""
        return int(self.data.shape[0])

    @property
    def format(self) -> str:
        """The format of the structure: ``csr`` or another."""
        return str(self.structure.format)

    @property
    def is_array(self) -> bool:
        """Whether * multiplies entry by entry, as for ``csr_array``; for ``csr_matrix`` it is @."""
        return isinstance(self.structure, scipy.sparse.sparray)

    # Rearranged entries.

    def _by(self, method: str, *args: Any, **options: Any) -> Any:
        return rearranged(getattr(numbered(self), method)(*args, **options), self.data)

    @property
    def T(self) -> Any:  # noqa: N802 - SciPy's name
        """The transpose."""
        return self._by("transpose")

    def transpose(self) -> Any:
        """Return the transpose."""
        return self.T

    def asformat(self, format: str | None) -> Any:
        """Return the matrix in the format csc, or in csr for all others."""
        return self.tocsc() if format == "csc" else self.tocsr()

    def tocsr(self) -> Any:
        """Return the matrix with its entries ordered by rows."""
        return self if self.format == "csr" else self._by("tocsr")

    def tocsc(self) -> Any:
        """Return the matrix with its entries ordered by columns."""
        return self if self.format == "csc" else self._by("tocsc")

    def diagonal(self, k: int = 0) -> Array:
        """Return a diagonal, a Tensor."""
        return self._by("diagonal", k)

    def toarray(self) -> Array:
        """Return the dense matrix, a Tensor."""
        return self._by("toarray")

    todense = toarray

    def __getitem__(self, index: Any) -> Any:
        rows = self.tocsr()
        return rearranged(numbered(rows)[index], rows.data)

    def numpy(self) -> Any:
        """Return SciPy's matrix of plain numbers, without slopes."""
        return filled(self.structure, plain(self.data))

    # Other entries at the same places.

    def _with(self, data: Array) -> TracedMatrix:
        return TracedMatrix(data, self.structure)

    def __neg__(self) -> TracedMatrix:
        return self._with(-self.data)

    def __abs__(self) -> TracedMatrix:
        return self._with(np.abs(self.data))

    def __truediv__(self, other: Array) -> TracedMatrix:
        wide = np.float64 if np.can_cast(self.dtype, np.float64) else self.dtype  # as in SciPy
        return self._with(self.data.astype(wide) * (1.0 / _number(other, "/")))

    def __pow__(self, n: Array) -> TracedMatrix:
        if not self.is_array:
            raise NotImplementedError(
                f"** of a traced csr_matrix, its product with itself, isn't supported (at "
                f"{user_line()}). Write A @ A, or A.power(n) for powers of the entries."
            )
        return self.power(n)

    def __eq__(self, other: object) -> Any:
        raise NotImplementedError(
            f"the entries of a traced sparse matrix can't be compared (at {user_line()}). Compare "
            f"toarray(), or numpy() for SciPy's matrix of plain numbers."
        )

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = object.__hash__

    def conj(self) -> TracedMatrix:
        """Return the matrix with conjugated entries."""
        return self._with(np.conjugate(self.data))

    conjugate = conj

    def power(self, n: Array) -> TracedMatrix:
        """Return the matrix with each entry to a power."""
        return self._with(self.data**n)

    def sqrt(self) -> TracedMatrix:
        """Return the matrix with the root of each entry."""
        return self._with(np.sqrt(self.data))

    def astype(self, dtype: Any) -> TracedMatrix:
        """Return the matrix in another dtype."""
        return self._with(self.data.astype(dtype))

    def copy(self) -> TracedMatrix:
        """Return a copy."""
        return self._with(self.data)

    def multiply(self, other: Any) -> TracedMatrix:
        """Return the products of the entries with numbers, rows, columns or a dense matrix."""
        if _is_sparse(other):
            raise NotImplementedError(
                f"the products of the entries of two sparse matrices, one of them traced, aren't "
                f"supported (at {user_line()}). Multiply by one of them, other.toarray()."
            )
        other = as_operand(other)
        if np.ndim(other) == 0:
            return self._with(self.data * other)
        i, j = places(self.structure)
        return self._with(self.data * np.broadcast_to(other, self.shape)[i, j])

    # Sums and products.

    def __add__(self, other: Any) -> Any:
        if _is_sparse(other):
            return _sum(self, as_traced_matrix(other, like=self))
        return self.copy() if is_zero(other) else self.toarray() + beside_sparse(other)

    def __radd__(self, other: Any) -> Any:
        return as_traced_matrix(other) + self if _is_sparse(other) else self + other

    def __sub__(self, other: Any) -> Any:
        if is_zero(other):
            return self.copy()
        refuse_number(other)
        return self + (-other) if _is_sparse(other) else self.toarray() - other

    def __rsub__(self, other: Any) -> Any:
        if is_zero(other):
            return -self
        refuse_number(other)
        return as_traced_matrix(other) - self if _is_sparse(other) else other - self.toarray()

    def sum(self, axis: Any = None, dtype: Any = None, out: None = None) -> Array:
        """Return the sum of all entries, of each column or of each row; ``out`` is refused."""
        if out is not None:
            raise NotImplementedError(
                f"sums of a traced sparse matrix take no out= (at {user_line()}). Leave it out."
            )
        if dtype is not None:
            return self.astype(dtype).sum(axis)
        if axis is None or isinstance(axis, tuple):
            return np.sum(self.toarray(), axis)
        whole = self.astype(np.add.reduce(np.zeros(1, self.dtype)).dtype)  # of narrow integers
        ones = np.ones(self.shape[axis], np.zeros(1, whole.dtype).real.dtype)
        total = whole.T @ ones if axis in (0, -2) else whole @ ones
        return total if self.is_array else np.expand_dims(total, axis)

    def __matmul__(self, other: Any) -> Any:
        if _is_sparse(other):
            return _product_of_sparse(self, as_traced_matrix(other, like=self))
        return _product(self, as_operand(other))

    def __rmatmul__(self, other: Any) -> Any:
        if scipy.sparse.issparse(other):
            return as_traced_matrix(other) @ self
        other = as_operand(other)
        found = _product(self.T, other.T)
        return found.T

    dot = __matmul__

    def __mul__(self, other: Any) -> Any:
        if self.is_array or np.ndim(other) == 0:
            return self.multiply(other)
        return self @ other

    def __rmul__(self, other: Any) -> Any:
        if _is_sparse(other):
            return as_traced_matrix(other) * self
        if self.is_array or np.ndim(other) == 0:
            return self.multiply(other)
        return other @ self


def _fixed(structure: Any) -> Any:
    """Return a structure with read-only places, which SciPy would otherwise sort in place."""
    for array in (structure.indices, structure.indptr):
        array.setflags(write=False)
    return structure


def _number(value: Any, sign: str) -> Array:
    value = as_operand(value)
    if np.ndim(value):
        raise NotImplementedError(
            f"a traced sparse matrix takes a number after {sign}, got {describe(value)} at "
            f"{user_line()}. Use multiply, or toarray()."
        )
    return value


def numbered(matrix: TracedMatrix, first: int = 1) -> Any:
    """Return the structure with the numbers of its entries, which start at 1 or more."""
    return filled(matrix.structure, np.arange(first, first + matrix.nnz))


def rearranged(numbers: Any, data: Array) -> Any:
    """Return the entries with these numbers at their places: in a sparse matrix, or in an array."""
    if scipy.sparse.issparse(numbers) and numbers.ndim == 1:  # a row, which is dense here
        numbers = numbers.toarray()
    if scipy.sparse.issparse(numbers):
        if numbers.format not in ("csr", "csc"):
            numbers = numbers.tocsr()
        if not numbers.has_sorted_indices:
            numbers = numbers.sorted_indices()
        return TracedMatrix(data[numbers.data.astype(int) - 1], numbers)
    padded = np.concatenate([np.zeros(1, bool), data])
    return padded[np.asarray(numbers).astype(int)]


def as_traced_matrix(matrix: Any, like: TracedMatrix | None = None) -> TracedMatrix:
    """Return a matrix as one whose entries may be traced; it is an array if the other is."""
    if isinstance(matrix, TracedMatrix):
        return matrix
    is_array = not isinstance(matrix, scipy.sparse.spmatrix) if like is None else like.is_array
    kind = scipy.sparse.csr_array if is_array else scipy.sparse.csr_matrix
    if isinstance(matrix, Tensor):
        return TracedMatrix(np.reshape(matrix, -1), kind(np.ones(matrix.shape)))
    structure = kind(matrix, copy=True)
    structure.sum_duplicates()
    return TracedMatrix(as_operand(structure.data), structure)


def of_places(data: Array, i: Array, j: Array, shape: tuple[int, ...], kind: Any) -> TracedMatrix:
    """Return the matrix with these entries; those at the same place are summed."""
    flat = np.asarray(i, np.int64) * shape[1] + np.asarray(j, np.int64)
    used, inverse = np.unique(flat, return_inverse=True)
    if len(used) < len(flat):
        ones = np.ones(len(flat), np.real(data).dtype)
        gather = scipy.sparse.csr_array(
            (ones, (inverse, np.arange(len(flat)))), shape=(len(used), len(flat))
        )
        data = times(data, matrix=gather)
    else:
        data = data[np.argsort(flat)]
    where = (np.zeros(len(used)), (used // shape[1], used % shape[1]))
    return TracedMatrix(data, kind(where, shape=shape))


def _is_sparse(x: Any) -> bool:
    return isinstance(x, TracedMatrix) or scipy.sparse.issparse(x)


def _sum(a: TracedMatrix, b: TracedMatrix) -> TracedMatrix:
    if a.shape != b.shape:
        raise ValueError(
            f"expected sparse matrices of one shape to add, got {a.shape} and {b.shape}. Transpose "
            f"one, or make them anew with shape=."
        )
    (i, j), (k, m) = places(a.structure), places(b.structure)
    data = np.concatenate([a.data, b.data])
    kind = _kind(a)
    return of_places(data, np.concatenate([i, k]), np.concatenate([j, m]), a.shape, kind)


def _kind(matrix: TracedMatrix) -> Any:
    return scipy.sparse.csr_array if matrix.is_array else scipy.sparse.csr_matrix


def _product(a: TracedMatrix, x: Array) -> Array:
    if np.ndim(x) not in (1, 2) or x.shape[0] != a.shape[1]:
        raise ValueError(
            f"the product of a sparse matrix of shape {a.shape} needs a vector or matrix with "
            f"{a.shape[1]} rows, got shape {np.shape(x)} at {user_line()}. Transpose one of them."
        )
    return product(a.data, x, structure=a.structure)


def _product_of_sparse(a: TracedMatrix, b: TracedMatrix) -> TracedMatrix:
    """Return the product of two sparse matrices: each entry of a times the row of b it meets."""
    if a.shape[1] != b.shape[0]:
        raise ValueError(
            f"expected as many columns in the left sparse matrix as rows in the right one, got "
            f"shapes {a.shape} and {b.shape}. Transpose one of them."
        )
    b = b.tocsr()
    i, j = places(a.structure)
    counts = np.diff(b.structure.indptr)[j]
    left = np.repeat(np.arange(a.nnz), counts)
    within = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
    right = b.structure.indptr[j[left]] + within
    one, other = (
        x.data.astype(np.float32) if x.data.dtype == np.float16 else x.data for x in (a, b)
    )  # SciPy has no sparse matrices of float16
    data = one[left] * other[right]
    columns = b.structure.indices[right]
    return of_places(data, i[left], columns, (a.shape[0], b.shape[1]), _kind(a))

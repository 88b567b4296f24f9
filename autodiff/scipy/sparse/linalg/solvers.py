"""Direct and iterative solvers of linear systems, with implicit slopes.

The backward pass solves the transposed system by the same method: slopes are as precise as its
tolerance, ``rtol``, which is 1e-5 by default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from autodiff.core.errors import user_line
from autodiff.core.lift import as_operand
from autodiff.core.primitive import derivative, primitive
from autodiff.core.tensor import Tensor
from autodiff.core.typing import Array, Arrays, Function
from autodiff.rules.composite import composite
from autodiff.scipy.sparse.construction import CLASSES
from autodiff.scipy.sparse.linalg.systems import coefficients_of, kept
from autodiff.scipy.sparse.matrix import TracedMatrix

__all__: list[str] = []


@dataclass(frozen=True, eq=False)
class Direct:
    """Solve by factors, as ``spsolve`` does."""

    options: dict[str, Any]

    def solve(self, matrix: Any, b: Array, transposed: bool) -> Array:  # noqa: ARG002 - as below
        """Return the solution."""
        return scipy.sparse.linalg.spsolve(matrix, b, **self.options)


@dataclass(frozen=True, eq=False)
class Iterative:
    """Solve by a function such as ``cg``, up to its tolerance.

    Attributes:
        function: that of SciPy.
        options: its own, for the first run.
        again: the same for later runs.
    """

    function: Function
    options: dict[str, Any]
    again: dict[str, Any]

    def run(self, matrix: Any, b: Array, x0: Array, callback: Any = None) -> tuple[Array, int]:
        """Return the solution, and 0 if it converged."""
        x, info = self.function(matrix, b, x0=x0, callback=callback, **self.options)
        return x, info

    def solve(self, matrix: Any, b: Array, transposed: bool) -> Array:
        """Return the solution of a system in the backward pass.

        Raises:
            LinAlgError: it didn't converge.
        """
        options = _transposed(self.again) if transposed else self.again
        x, info = self.function(matrix, b, **options)
        if info:
            raise np.linalg.LinAlgError(
                f"{self.function.__name__} didn't converge for the transposed system of the "
                f"backward pass (info={info}). Pass a larger rtol or maxiter, or M, or use spsolve."
            )
        return x


def _transposed(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options with the preconditioners of the transposed system."""
    turned = {"M": "M", "M1": "M2", "M2": "M1"}
    return {
        turned.get(name, name): value.T if name in turned and value is not None else value
        for name, value in options.items()
    }


@primitive
def solved(
    data: Array, b: Array, *, coefficients: Any, method: Any, transposed: bool = False
) -> Array:
    """Return the solution of a system, or of the transposed one."""
    return method.solve(coefficients.matrix(data, transposed), b, transposed)


def _back(g: Array, data: Array, b: Array, coefficients: Any, method: Any, other: bool) -> Array:
    """Return the solution of the other system."""
    del b
    return solved(data, g, coefficients=coefficients, method=method, transposed=other)


def _solved_slope_data(
    g: Array, z: Array, data: Array, b: Array, *, coefficients: Any, method: Any,
    transposed: bool = False,
) -> Array:  # fmt: skip
    w = _back(g, data, b, coefficients, method, not transposed)
    return coefficients.slope(w, z, transposed)


def _solved_slope_b(
    g: Array, z: Array, data: Array, b: Array, *, coefficients: Any, method: Any,
    transposed: bool = False,
) -> Array:  # fmt: skip
    del z
    return _back(g, data, b, coefficients, method, not transposed)


derivative(solved, data=_solved_slope_data, b=_solved_slope_b)


@primitive
def iterated(
    data: Array, b: Array, x0: Array, *, coefficients: Any, method: Any, callback: Any = None
) -> tuple[Array, Any]:
    """Return the solution of a system by iteration from x0, and 0 if it converged."""
    x, info = method.run(coefficients.matrix(data, transposed=False), b, x0, callback)
    return x, np.int64(info)


def _iterated_slope_data(
    g: Arrays, z: Arrays, data: Array, b: Array, x0: Array, *, coefficients: Any, method: Any,
    callback: Any = None,
) -> Array:  # fmt: skip
    del x0, callback
    w = _back(g[0], data, b, coefficients, method, other=True)
    return coefficients.slope(w, z[0], transposed=False)


def _iterated_slope_b(
    g: Arrays, z: Arrays, data: Array, b: Array, x0: Array, *, coefficients: Any, method: Any,
    callback: Any = None,
) -> Array:  # fmt: skip
    del z, x0, callback
    return _back(g[0], data, b, coefficients, method, other=True)


derivative(iterated, data=_iterated_slope_data, b=_iterated_slope_b, x0=None)


def _as_right_side(b: Any, name: str) -> Array:
    """Return b; a matrix of one column as a vector, as SciPy takes it."""
    if isinstance(b, TracedMatrix) or scipy.sparse.issparse(b):
        raise NotImplementedError(
            f"{name} of traced values at {user_line()} takes a dense b. Pass b.toarray()."
        )
    b = as_operand(b)
    return b[:, 0] if np.ndim(b) == 2 and b.shape[1] == 1 else b


@composite(scipy.sparse.linalg.spsolve, exact=True)
def spsolve(A: Any, b: Array, permc_spec: Any = None, use_umfpack: bool = True) -> Array:
    """Solve A x = b for a sparse matrix A, and a vector or dense matrix b."""
    b = _as_right_side(b, "spsolve")
    if isinstance(A, Tensor) or not (isinstance(A, TracedMatrix) or scipy.sparse.issparse(A)):
        A = CLASSES["csc_array"](A)
    data, coefficients = coefficients_of(A)
    method = Direct({"permc_spec": permc_spec, "use_umfpack": use_umfpack})
    return solved(data, b, coefficients=coefficients, method=method)


def _iterative(function: Function) -> Function:
    def solve(
        A: Any, b: Array, x0: Array = None, *, callback: Any = None, **options: Any
    ) -> tuple[Array, Array]:
        data, coefficients = coefficients_of(A)
        again = {name: kept(value) for name, value in options.items()}
        found: tuple[Array, Array] = iterated(
            data, _as_right_side(b, function.__name__), x0, coefficients=coefficients,
            method=Iterative(function, options, again), callback=callback,
        )  # fmt: skip
        return found

    return solve


for _name in (
    "bicg", "bicgstab", "cg", "cgs", "gcrotmk", "gmres", "lgmres", "minres", "qmr", "tfqmr",
):  # fmt: skip
    _function = getattr(scipy.sparse.linalg, _name)
    composite(_function, exact=True)(_iterative(_function))

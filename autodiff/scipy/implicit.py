"""Slopes of a solution by the implicit function theorem.

Where ``F(x, θ) = 0`` defines x as a function of θ, ``dx/dθ = -(∂F/∂x)⁻¹ ∂F/∂θ``. How a solver found
x doesn't matter, nor where it started.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autodiff.core.errors import user_level
from autodiff.core.graph import Node
from autodiff.core.tensor import Tensor, peek
from autodiff.core.typing import Array, Function
from autodiff.scipy.called import Called
from autodiff.scipy.solved import Solved
from autodiff.transforms.closures import Rerun
from autodiff.transforms.gradients import elementwise_grad
from autodiff.transforms.jacobians import jacobian
from autodiff.transforms.opaque import record

__all__ = ["implicit", "warn_unless_solved"]

_NEAR = 1e-4  # the longest step from what counts as a solution, relative to its entries


def implicit(
    name: str,
    solution: Array,
    residual: Function,
    called: Called,
    free: np.ndarray[Any, Any] | None = None,
    elementwise: bool = False,
) -> Array:
    """Return a solution with slopes in the traced values that it depends on.

    Args:
        name: that of SciPy's function.
        solution: a number, a vector, or of any shape if ``elementwise``.
        residual: F, a function of x and of the values of ``called``'s traced arguments, of x's
            shape.
        called: the function that SciPy called.
        free: which entries of a vector solve the equation; the others lie on a bound, and stay.
        elementwise: whether each entry of F depends on that entry of x alone.
    """
    call = Implicit(name, solution, residual, called.closed, free, elementwise)
    return record(call, called.values)[0]


class Implicit(Solved):
    """A solution of an equation; see :func:`implicit`."""

    def __init__(
        self,
        name: str,
        solution: Array,
        residual: Function,
        closed: Iterable[Node],
        free: np.ndarray[Any, Any] | None = None,
        elementwise: bool = False,
    ) -> None:
        super().__init__(name, (solution,), closed)
        self.residual = residual
        self.free = free
        self.elementwise = elementwise or np.ndim(solution) == 0
        self._known: Array | None = None

    def slopes(
        self,
        cotangents: Sequence[Array],
        own: Sequence[Array],
        results: Sequence[Array],
        *,
        record: bool,
    ) -> Iterable[Array]:
        """Return the cotangents: -g (∂F/∂x)⁻¹ ∂F/∂θ."""
        (g,), (x,) = cotangents, results
        matrix = self._matrix(x, own)
        if self.elementwise:
            self._refuse_singular(bool(np.any(peek(matrix) == 0)))
            slope = -g / matrix
        else:
            slope = -self._solved(matrix, g)
        rerun = Rerun(self.__name__, self.closed, self._residuals, (x, *own))
        return rerun.pulled_back([slope], record)[1:]

    def _matrix(self, x: Array, own: Sequence[Array]) -> Array:
        """Return ∂F/∂x; of an elementwise equation, its diagonal in the shape of x."""
        is_plain = not any(isinstance(value, Tensor) for value in (x, *own))
        if is_plain and self._known is not None:
            return self._known
        differentiated = _steepness if self.elementwise else jacobian
        matrix = differentiated(lambda x: self.residual(x, *own))(x)
        if is_plain:
            self._known = matrix = peek(matrix)  # what the equation closes over is traced
        return matrix

    def _residuals(self, x: Array, *own: Array) -> tuple[Array, ...]:
        return (self.residual(x, *own),)

    def _solved(self, matrix: Array, g: Array) -> Array:
        """Return the solution y of matrix.T @ y = g; 0 where an entry isn't free."""
        if self.free is not None:
            matrix = np.where(np.outer(self.free, self.free), matrix, np.eye(len(self.free)))
            g = np.where(self.free, g, 0.0)
        try:
            return np.linalg.solve(np.transpose(matrix), g)
        except np.linalg.LinAlgError:
            self._refuse_singular(True)  # noqa: FBT003
            raise

    def _refuse_singular(self, is_singular: bool) -> None:
        if is_singular:
            raise np.linalg.LinAlgError(
                f"expected an isolated solution of {self.__name__}, which has slopes, got one "
                f"where the Jacobian of its equation is singular: others are as good. Add a "
                f"condition, such as a penalty, or remove parameters without effect."
            )


def _steepness(function: Function) -> Function:
    """Return a function that computes the derivative of each entry of an elementwise function."""

    def steepness(x: Array) -> Array:
        if not np.iscomplexobj(peek(x)):
            return elementwise_grad(function)(x)
        matrix = np.reshape(jacobian(function)(x), (np.size(x), np.size(x)))
        return np.reshape(np.diagonal(matrix), np.shape(x))

    return steepness


def warn_unless_solved(
    name: str, result: Any, solution: Array, residual: Function, called: Called
) -> None:
    """Warn where SciPy reports a failure, and Newton's next step isn't short.

    Many failures are a search that could not become more accurate.
    """
    if result.success:
        return
    matrix, errors = (
        np.atleast_1d(peek(f(solution, *called.traced))) for f in (jacobian(residual), residual)
    )
    step = np.linalg.lstsq(np.atleast_2d(matrix), errors)[0]
    if not np.all(np.abs(step) <= _NEAR * (1 + np.abs(solution))):
        warnings.warn(
            f"expected a solution from {name}, whose slopes are those of an exact one, got: "
            f"{result.message} Start closer to the solution, or allow more iterations.",
            RuntimeWarning,
            stacklevel=user_level(),
        )
